//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).

use super::discovery::Metadata;
use super::pkce::Entropy;
use super::scope::Scopes;
use super::wire;
use crate::base::error::Error;
use crate::base::text::foreign;
use crate::hint;

/// The parameters of a login. Times are in seconds.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationRequest {
    /// The application.
    pub client_id: String,
    /// Where the browser returns to, exactly as registered, with the bound port.
    pub redirect_uri: String,
    /// The scopes.
    pub scope: Scopes,
    /// The API. Without one, the token only works for `/userinfo`.
    pub audience: Option<String>,
    /// An organization's ID, or its name if the tenant allows names.
    pub organization: Option<String>,
    /// The ticket of an invitation. Requires `organization`.
    pub invitation: Option<String>,
    /// The connection to use. The person cannot choose another.
    pub connection: Option<String>,
    /// Prefills the identifier.
    pub login_hint: Option<String>,
    /// `login`, `consent`, `select_account`, `none`, or several of them.
    pub prompt: Option<String>,
    /// The maximum age of the person's sign-in, in seconds.
    pub max_age: Option<u64>,
    /// Languages for the pages, by preference, separated by spaces.
    pub ui_locales: Option<String>,
    /// Further parameters.
    pub extra: ExtraParameters,
}

/// Parameters that this program sets itself, or that would change the format of the response.
const RESERVED: [&str; 21] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "audience",
    "organization",
    "invitation",
    "connection",
    "login_hint",
    "prompt",
    "max_age",
    "ui_locales",
    "request",
    "request_uri",
    "dpop_jkt",
];

/// Further parameters such as `screen_hint` or `ext-…`. Those that a login sets itself are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraParameters(Vec<(String, String)>);

impl ExtraParameters {
    /// Checks names and values. Usage error if a name is reserved, empty or repeated.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let mut taken: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            if name.is_empty() {
                return Err(Error::usage("a parameter without a name")
                    .hint("write it as --param KEY=VALUE"));
            }
            if RESERVED.contains(&name.as_str()) {
                let error = Error::usage(format!("{name} cannot be set with --param"));
                return Err(match name.as_str() {
                    "scope" | "audience" | "organization" | "invitation" | "connection"
                    | "prompt" | "login_hint" | "max_age" | "ui_locales" => {
                        let option = format!("--{}", name.replace('_', "-"));
                        error.hint(hint!("use {}", foreign(&option).shown()))
                    }
                    _ => error.because("it is part of the protocol, and is set automatically"),
                });
            }
            if taken.iter().any(|(known, _)| *known == name) {
                // RFC 6749 §3.1: a parameter must not appear twice.
                return Err(Error::usage(format!("--param {name} is given twice")));
            }
            taken.push((name, value));
        }
        Ok(Self(taken))
    }
}

impl AuthorizationRequest {
    /// The URL for the browser. It contains the random values of this login.
    pub(super) fn url(&self, entropy: &Entropy, tenant: &Metadata) -> String {
        let scope = self.scope.to_string();
        let challenge = entropy.verifier.challenge();
        let max_age = self.max_age.map(|seconds| seconds.to_string());
        let optional = [
            ("scope", Some(scope.as_str()).filter(|s| !s.is_empty())),
            ("audience", self.audience.as_deref()),
            ("organization", self.organization.as_deref()),
            ("invitation", self.invitation.as_deref()),
            ("connection", self.connection.as_deref()),
            ("login_hint", self.login_hint.as_deref()),
            ("prompt", self.prompt.as_deref()),
            ("max_age", max_age.as_deref()),
            ("ui_locales", self.ui_locales.as_deref()),
        ];
        let query = wire::form(
            [
                ("response_type", "code"),
                ("client_id", &self.client_id),
                ("redirect_uri", &self.redirect_uri),
                ("state", entropy.state.secret().expose()),
                ("nonce", entropy.nonce.secret().expose()),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ]
            .into_iter()
            .chain(optional.into_iter().filter_map(|(name, value)| Some((name, value?))))
            .chain(self.extra.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        );
        let endpoint = &tenant.authorization_endpoint;
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{separator}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::ErrorKind;
    use crate::oauth::testing::issuer;

    fn url(request: AuthorizationRequest) -> String {
        request.start(Entropy::from_bytes([0; 96]), &Metadata::default_of(&issuer())).1
    }

    /// The example of RFC 6749 §4.1.1, with its client and callback.
    #[test]
    fn the_smallest_request() {
        let url = url(AuthorizationRequest {
            client_id: "s6BhdRkqt3".to_owned(),
            redirect_uri: "https://client.example.com/cb".to_owned(),
            ..AuthorizationRequest::default()
        });
        let zeros = "A".repeat(43);
        assert_eq!(
            url,
            format!(
                "https://acme.eu.auth0.com/authorize?response_type=code&client_id=s6BhdRkqt3\
                 &redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb&state={zeros}&nonce={zeros}\
                 &code_challenge=DwBzhbb51LfusnSGBa_hqYSgo7-j8BTQnip4TOnlzRo\
                 &code_challenge_method=S256"
            )
        );
    }

    #[test]
    fn everything_is_encoded() {
        let url = url(AuthorizationRequest {
            client_id: "id".to_owned(),
            redirect_uri: "http://127.0.0.1:5000/callback".to_owned(),
            scope: Scopes::of(["openid read:a+b"]),
            audience: Some("https://acme.eu.auth0.com/api/v2/".to_owned()),
            organization: Some("org_1".to_owned()),
            invitation: Some("t&x=y".to_owned()),
            connection: Some("Username-Password-Authentication".to_owned()),
            login_hint: Some("a+b@example.com".to_owned()),
            prompt: Some("login consent".to_owned()),
            max_age: Some(0),
            ui_locales: Some("fr-CA en".to_owned()),
            extra: ExtraParameters::new([("ext-é".to_owned(), "#&state=x".to_owned())]).unwrap(),
        });
        let (_, tail) = url.split_once("S256&").unwrap();
        assert_eq!(
            tail,
            "scope=openid%20read%3Aa%2Bb&audience=https%3A%2F%2Facme.eu.auth0.com%2Fapi%2Fv2%2F\
             &organization=org_1&invitation=t%26x%3Dy&connection=Username-Password-Authentication\
             &login_hint=a%2Bb%40example.com&prompt=login%20consent&max_age=0\
             &ui_locales=fr-CA%20en&ext-%C3%A9=%23%26state%3Dx"
        );
    }

    #[test]
    fn extra_parameters_cannot_touch_the_protocol() {
        let one = |name: &str| ExtraParameters::new([(name.to_owned(), "x".to_owned())]);
        for name in RESERVED.into_iter().chain([""]) {
            assert_eq!(one(name).unwrap_err().kind(), ErrorKind::Usage, "{name}");
        }
        assert_eq!(one("max_age").unwrap_err().hint_text(), Some("use --max-age"));
        assert!(one("screen_hint").is_ok());
        let twice = ["a", "a"].map(|name| (name.to_owned(), String::new()));
        assert!(ExtraParameters::new(twice).is_err());
    }
}
