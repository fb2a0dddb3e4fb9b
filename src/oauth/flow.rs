//! The states of a login. Each step consumes the state it leaves, so that a code is exchanged once,
//! with the verifier of the request it answers, and nothing is saved that was not validated.

use std::fmt;

use super::authorize::AuthorizationRequest;
use super::callback::{Callback, Outcome};
use super::denial::{Asked, Denial};
use super::discovery::{Issuer, Metadata};
use super::id_token::{self, Expectations, IdTokenError, ValidatedIdToken};
use super::jwks::Jwks;
use super::jwt;
use super::pkce::Entropy;
use super::scope::Granted;
use super::token::{self, ClientAuth, Form, Grant, TokenResponse};
use super::wire;
use crate::error::{Error, Kind};
use crate::secret::Secret;

/// A login whose browser has not come back yet. It belongs to one tenant.
pub struct AwaitingCallback {
    request: AuthorizationRequest,
    entropy: Entropy,
    issuer: Issuer,
    iss_in_responses: bool,
}

impl AwaitingCallback {
    pub(super) fn new(request: AuthorizationRequest, entropy: Entropy, tenant: &Metadata) -> Self {
        Self {
            request,
            entropy,
            issuer: tenant.issuer.clone(),
            iss_in_responses: tenant.iss_in_responses,
        }
    }

    /// The request's state: a response without it is not for this login, and does not end it.
    pub fn state(&self) -> &Secret {
        self.entropy.state.secret()
    }

    /// Where the browser returns to.
    pub fn redirect_uri(&self) -> &str {
        &self.request.redirect_uri
    }

    /// Judges the response: state first (RFC 6749 §10.12), then issuer (RFC 9207 §2.4, before an
    /// error is believed), then what it says.
    pub fn callback(self, response: Callback) -> Result<Exchange, FlowError> {
        if !self.state().matches(&response.state) {
            return Err(FlowError::State);
        }
        match response.iss.as_deref() {
            Some(iss) if iss == self.issuer.as_str() => {}
            Some(iss) => {
                return Err(FlowError::Issuer {
                    expected: self.issuer,
                    named: wire::prose(iss),
                });
            }
            None if self.iss_in_responses => return Err(FlowError::NoIssuer(self.issuer)),
            None => {}
        }
        match response.outcome {
            Outcome::Code(code) => Ok(Exchange {
                code,
                request: self.request,
                entropy: self.entropy,
                issuer: self.issuer,
            }),
            Outcome::Denied {
                error,
                description,
                uri,
            } => Err(FlowError::Denied {
                denial: Denial::new(&error, description.as_deref(), uri.as_deref()),
                request: Box::new(self.request),
            }),
        }
    }
}

/// A code, to be exchanged once.
pub struct Exchange {
    code: Secret,
    request: AuthorizationRequest,
    entropy: Entropy,
    issuer: Issuer,
}

impl Exchange {
    /// The body for the token endpoint. A retry after a failed connection may send it again: the
    /// tenant takes a code once.
    pub fn form(&self, auth: &ClientAuth) -> Form {
        let grant = Grant::AuthorizationCode {
            code: &self.code,
            verifier: &self.entropy.verifier,
            redirect_uri: &self.request.redirect_uri,
        };
        token::request(&self.request.client_id, auth, &grant)
    }

    /// Takes the token endpoint's answer; the code and its verifier end here.
    pub fn received(self, response: TokenResponse) -> AwaitingValidation {
        let required = self.request.scope.contains("openid");
        response.validating(Expectations {
            issuer: self.issuer,
            client_id: self.request.client_id,
            nonce: Some(self.entropy.nonce.secret().clone()),
            max_age: self.request.max_age,
            organization: self.request.organization,
            subject: None,
            required,
        })
    }
}

/// Which keys are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySet {
    /// Those at hand, from a cache if there is one.
    Any,
    /// Those the tenant publishes now: the ones at hand do not have the key.
    Fresh,
}

/// Tokens whose ID token has not been looked at.
pub struct AwaitingValidation {
    response: TokenResponse,
    expected: Expectations,
}

impl TokenResponse {
    /// On to the ID token's validation.
    pub fn validating(self, expected: Expectations) -> AwaitingValidation {
        AwaitingValidation {
            response: self,
            expected,
        }
    }

    /// The tokens of a grant that signs nobody in. An ID token, if there is one, is dropped unread.
    /// `now` is when the answer came, in Unix seconds.
    pub fn without_identity(self, now: u64) -> Tokens {
        Tokens::new(self, None, now)
    }
}

impl AwaitingValidation {
    /// Validates the ID token and gives the tokens up.
    ///
    /// `keys` brings the tenant's keys: never asked if no ID token came, once if it did, and once
    /// more, for [`KeySet::Fresh`] ones, if it is signed with a key that is not among them. `now`
    /// is when the answer came, in Unix seconds.
    pub fn validate(
        self,
        now: u64,
        mut keys: impl FnMut(KeySet) -> Result<Jwks, Error>,
    ) -> Result<Tokens, Error> {
        let Some(raw) = &self.response.id_token else {
            if self.expected.required {
                return Err(IdTokenError::Absent.into());
            }
            return Ok(Tokens::new(self.response, None, now));
        };
        let mut check = |wanted| {
            let keys = keys(wanted)?;
            Ok::<_, Error>(id_token::validate(raw, &keys, &self.expected, now))
        };
        let identity = match check(KeySet::Any)? {
            Err(IdTokenError::UnknownKey(_)) => check(KeySet::Fresh)?,
            outcome => outcome,
        }?;
        Ok(Tokens::new(self.response, Some(identity), now))
    }
}

/// What a login or a refresh yields: fit to be saved and used.
pub struct Tokens {
    /// The access token.
    pub access_token: Secret,
    /// When it expires, in Unix seconds, where the tenant or the token says.
    pub expires_at: Option<u64>,
    /// For the next refresh. None on a refresh means that the earlier one stays good (RFC 6749 §6).
    pub refresh_token: Option<Secret>,
    /// The scopes granted.
    pub granted: Granted,
    /// Who signed in.
    pub identity: Option<ValidatedIdToken>,
}

impl Tokens {
    fn new(response: TokenResponse, identity: Option<ValidatedIdToken>, now: u64) -> Self {
        let expires_at = match response.expires_in {
            Some(lifetime) => Some(now.saturating_add(lifetime.as_secs())),
            None => jwt::unverified(response.access_token.expose())
                .and_then(|claims| claims.expires_at()),
        };
        Self {
            access_token: response.access_token,
            expires_at,
            refresh_token: response.refresh_token,
            granted: response.granted,
            identity,
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_at", &self.expires_at)
            .field("refresh_token", &self.refresh_token.is_some())
            .field("granted", &self.granted)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// Why an authorization response does not lead to a code.
#[derive(Debug)]
pub enum FlowError {
    /// It belongs to another login.
    State,
    /// It comes from another tenant (RFC 9207).
    Issuer {
        /// The tenant asked.
        expected: Issuer,
        /// The one that answered, by its own account.
        named: String,
    },
    /// The tenant promises to name itself in every response, and this one does not.
    NoIssuer(Issuer),
    /// The tenant refused.
    Denied {
        /// Its words.
        denial: Denial,
        /// What was asked of it.
        request: Box<AuthorizationRequest>,
    },
}

/// Exit 3: the login failed.
impl From<FlowError> for Error {
    fn from(error: FlowError) -> Self {
        let mixed_up = |why: String| {
            Self::new(
                Kind::NotSignedIn,
                "the browser's answer is not to be trusted",
            )
            .because(why)
            .hint("run `auth0-login` again, with the other login pages closed")
        };
        match error {
            FlowError::State => mixed_up("it belongs to another login".to_owned()),
            FlowError::Issuer { expected, named } => mixed_up(format!(
                "it comes from {named:?}, not from {}",
                expected.as_str()
            )),
            FlowError::NoIssuer(expected) => mixed_up(format!(
                "{} promises to name itself in its answers, and this one names nobody",
                expected.as_str()
            )),
            FlowError::Denied { denial, request } => denial.into_error(Asked {
                client_id: &request.client_id,
                redirect_uri: &request.redirect_uri,
                audience: request.audience.as_deref(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::scope::Scopes;
    use crate::oauth::testing::{issuer, jwks, sign, sign_with};
    use serde_json::{Value, json};

    const NOW: u64 = 1_700_000_000;
    const NO_KEYS: fn(KeySet) -> Result<Jwks, Error> = |_| panic!("no keys are needed");

    fn state() -> String {
        wire::base64url(&[1; 32])
    }

    fn nonce() -> String {
        wire::base64url(&[2; 32])
    }

    fn begin(iss_in_responses: bool) -> AwaitingCallback {
        let entropy = std::array::from_fn(|i| (i / 32) as u8);
        let tenant = Metadata {
            iss_in_responses,
            ..Metadata::default_of(&issuer())
        };
        let request = AuthorizationRequest {
            client_id: "app".to_owned(),
            redirect_uri: "http://127.0.0.1:5000/callback".to_owned(),
            scope: Scopes::of(["openid read:orders"]),
            ..AuthorizationRequest::default()
        };
        request.start(Entropy::from_bytes(entropy), &tenant).0
    }

    fn code(iss: Option<&str>) -> Callback {
        Callback {
            state: state(),
            iss: iss.map(str::to_owned),
            outcome: Outcome::Code(Secret::new("SplxlOBeZQQYbYS6WxSbIA")),
        }
    }

    fn denied(iss: Option<&str>) -> Callback {
        Callback {
            outcome: Outcome::Denied {
                error: "access_denied".to_owned(),
                description: None,
                uri: None,
            },
            ..code(iss)
        }
    }

    fn response(id_token: Option<&str>) -> TokenResponse {
        let body = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 60,
            "id_token": id_token, "scope": "openid"});
        TokenResponse::parse(200, body.to_string().as_bytes()).unwrap()
    }

    fn claims() -> Value {
        json!({"iss": issuer().as_str(), "sub": "auth0|1", "aud": "app", "nonce": nonce(),
            "iat": NOW, "exp": NOW + 60})
    }

    fn exchange() -> Exchange {
        begin(false).callback(code(None)).ok().unwrap()
    }

    #[test]
    fn the_code_goes_out_with_its_own_verifier_and_callback() {
        assert_eq!(
            exchange().form(&ClientAuth::None).encode().expose(),
            format!(
                "client_id=app&grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
                 &redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcallback&code_verifier={}",
                "A".repeat(43)
            )
        );
    }

    #[test]
    fn a_foreign_state_is_refused() {
        for other in ["", "x", &nonce(), &state()[1..]] {
            let response = Callback {
                state: other.to_owned(),
                ..code(None)
            };
            assert!(matches!(
                begin(false).callback(response),
                Err(FlowError::State)
            ));
        }
    }

    #[test]
    fn the_issuer_is_compared_when_named_and_wanted_when_promised() {
        let own = "https://acme.eu.auth0.com/";
        for (promised, iss, stands) in [
            (false, None, true),
            (false, Some(own), true),
            (true, Some(own), true),
            (true, None, false),
            (false, Some("https://acme.eu.auth0.com"), false),
            (false, Some("https://evil.example/"), false),
            (false, Some(""), false),
        ] {
            let outcome = begin(promised).callback(code(iss));
            assert_eq!(outcome.is_ok(), stands, "{promised} {iss:?}");
        }
    }

    #[test]
    fn an_error_from_elsewhere_is_not_believed() {
        let outcome = begin(false).callback(denied(Some("https://evil.example/")));
        assert!(matches!(outcome, Err(FlowError::Issuer { .. })));
        let outcome = begin(true).callback(denied(None));
        assert!(matches!(outcome, Err(FlowError::NoIssuer(_))));
        let error = Error::from(begin(false).callback(denied(None)).err().unwrap());
        assert_eq!(
            (error.message(), error.kind()),
            ("the login was denied", Kind::NotSignedIn)
        );
    }

    #[test]
    fn tokens_come_with_their_person() {
        let id_token = sign("RS256", &claims());
        let mut asked = Vec::new();
        let tokens = exchange()
            .received(response(Some(&id_token)))
            .validate(NOW, |wanted| {
                asked.push(wanted);
                Ok(jwks())
            })
            .unwrap();
        assert_eq!(asked, [KeySet::Any]);
        assert_eq!(tokens.identity.as_ref().unwrap().subject(), "auth0|1");
        assert_eq!(tokens.expires_at, Some(NOW + 60));
        assert!(!format!("{tokens:?}").contains("\"at\""));
    }

    #[test]
    fn unknown_keys_are_fetched_once_more() {
        let id_token = sign("RS256", &claims());
        let old = || Jwks::parse(br#"{"keys":[]}"#);
        let tokens = exchange()
            .received(response(Some(&id_token)))
            .validate(NOW, |wanted| match wanted {
                KeySet::Any => old(),
                KeySet::Fresh => Ok(jwks()),
            });
        assert!(tokens.is_ok());
        let mut asked = 0;
        let error = exchange()
            .received(response(Some(&id_token)))
            .validate(NOW, |_| {
                asked += 1;
                old()
            })
            .unwrap_err();
        assert_eq!((asked, error.kind()), (2, Kind::NotSignedIn));
    }

    #[test]
    fn a_bad_id_token_yields_no_tokens() {
        let forged = sign_with(&json!({"alg": "RS256", "kid": "old"}), &claims());
        let mut asked = 0;
        let outcome = exchange()
            .received(response(Some(&forged)))
            .validate(NOW, |_| {
                asked += 1;
                Ok(jwks())
            });
        assert!(outcome.is_err());
        assert_eq!(asked, 1, "a bad signature is no reason to fetch keys again");
        let error = Error::new(Kind::Unavailable, "offline");
        let mut once = Some(error);
        let outcome = exchange()
            .received(response(Some(&sign("RS256", &claims()))))
            .validate(NOW, |_| Err(once.take().unwrap()));
        assert_eq!(outcome.unwrap_err().message(), "offline");
    }

    #[test]
    fn openid_wants_an_id_token() {
        let error = exchange().received(response(None)).validate(NOW, NO_KEYS);
        assert!(error.unwrap_err().causes()[0].contains("no ID token"));
        let expected = Expectations {
            issuer: issuer(),
            client_id: "app".to_owned(),
            nonce: None,
            max_age: None,
            organization: None,
            subject: None,
            required: false,
        };
        let tokens = response(None).validating(expected).validate(NOW, NO_KEYS);
        assert!(tokens.unwrap().identity.is_none());
    }

    #[test]
    fn without_expires_in_the_token_itself_is_asked() {
        let jwt = sign("RS256", &json!({"exp": NOW + 7}));
        for (token, expires_at) in [(jwt.as_str(), Some(NOW + 7)), ("opaque", None)] {
            let body = json!({"access_token": token, "token_type": "Bearer"}).to_string();
            let response = TokenResponse::parse(200, body.as_bytes()).unwrap();
            assert_eq!(response.without_identity(NOW).expires_at, expires_at);
        }
    }
}
