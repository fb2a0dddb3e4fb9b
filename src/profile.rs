//! A profile: the settings a person may edit, and the token that the program writes.
//!
//! Pure: it reads text into types. [`edit`] writes changes back and keeps comments, order and unknown
//! keys. `crate::profile::store` handles files, locks and permissions.

mod apis;
pub(crate) mod cache;
#[doc(hidden)]
pub mod edit;
mod name;
pub(crate) mod store;
pub(crate) mod suggest;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::value::Datetime;

pub use self::name::ProfileName;
use crate::base::domain::Domain;
use crate::base::secret::Secret;
use crate::base::time;
use crate::oauth::discovery::Issuer;

/// The default scopes of a profile.
pub const DEFAULT_SCOPE: [&str; 6] =
    ["openid", "profile", "email", "offline_access", "read:clients", "read:connections"];

/// The default redirect URI of a profile.
pub const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1:5000/callback";

/// The grant with which a profile gets its tokens (RFC 6749 §1.3, RFC 8628).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginMethod {
    /// A person, in the browser, with PKCE.
    #[default]
    AuthorizationCode,
    /// A person, on another device.
    DeviceCode,
    /// The application itself.
    ClientCredentials,
}

impl LoginMethod {
    /// The names of all grants in a profile.
    pub const NAMES: [&str; 3] = ["authorization_code", "device_code", "client_credentials"];

    /// The grant with this name in a profile.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::AuthorizationCode, Self::DeviceCode, Self::ClientCredentials]
            .into_iter()
            .find(|grant| grant.name() == name)
    }

    /// The name in a profile, as in OAuth's `grant_type` (shortened for devices).
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => Self::NAMES[0],
            Self::DeviceCode => Self::NAMES[1],
            Self::ClientCredentials => Self::NAMES[2],
        }
    }
}

/// The content of a profile file.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The settings that a person chose.
    pub settings: Settings,
    /// The token of the last login or refresh.
    pub token: Option<StoredToken>,
    /// Tokens of the same login for other APIs, by the API's identifier.
    pub tokens: BTreeMap<String, StoredToken>,
    /// Who signed in, from the validated ID token.
    pub user: Option<User>,
    /// Whether the saved secret or key is for another tenant or application than the settings. Such
    /// a credential is removed from `settings`, so it is never sent.
    pub has_foreign_credential: bool,
}

/// The settings that a person chose. A missing one has a default, or comes from flags and the
/// environment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The tenant.
    pub domain: Option<Domain>,
    /// The application that signs in.
    pub client_id: Option<String>,
    /// The API. Default: the domain's Management API.
    pub audience: Option<String>,
    /// The scopes to request.
    pub scope: Option<Vec<String>>,
    /// Callback addresses, tried in order.
    pub redirect_uris: Option<Vec<String>>,
    /// The grant.
    pub grant: Option<LoginMethod>,
    /// An organization's ID or name.
    pub organization: Option<String>,
    /// Whether destructive commands ask for the domain to be typed.
    pub protected: bool,
    /// The client secret, saved by `--save-secret` so that tokens can be refreshed without a
    /// person.
    pub client_secret: Option<Secret>,
    /// Path of a private key in PEM, for `private_key_jwt`.
    pub private_key: Option<String>,
    /// The private key's `kid` at the tenant.
    pub key_id: Option<String>,
    /// The signing algorithm: RS256 (default), RS384 or PS256.
    pub signing_alg: Option<String>,
}

impl Settings {
    /// Whether a secret or a key is saved.
    pub fn saves_credential(&self) -> bool {
        self.client_secret.is_some() || self.private_key.is_some()
    }

    /// Removes the secret, or the private key with its key ID and algorithm.
    pub fn clear_credential(&mut self) {
        self.client_secret = None;
        self.private_key = None;
        self.key_id = None;
        self.signing_alg = None;
    }
}

/// A stored token, with the tenant that issued it, and the API and application it is for. It is
/// only used for these.
#[derive(Clone, Debug)]
pub struct StoredToken {
    /// The access token.
    pub access_token: Secret,
    /// The token type: `Bearer`.
    pub token_type: String,
    /// When the access token expires, in Unix seconds by this computer's clock.
    pub expires_at: i64,
    /// The granted scopes; empty if the tenant did not name them.
    pub scope: Vec<String>,
    /// The refresh token. Absent for client credentials, and if the API does not allow one.
    pub refresh_token: Option<Secret>,
    /// The last ID token that was valid.
    pub id_token: Option<Secret>,
    /// The tenant that issued it.
    pub domain: Domain,
    /// The API it is for.
    pub audience: String,
    /// The application it was issued to.
    pub client_id: String,
    /// The tenant's endpoints, from its discovery document at login.
    pub endpoints: Endpoints,
}

/// A tenant's endpoints. `None` for Auth0's default. They are always on the tenant's own origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// The token endpoint.
    pub token: Option<String>,
    /// The revocation endpoint (RFC 7009).
    pub revocation: Option<String>,
}

impl StoredToken {
    /// Seconds until the token expires, at `now` (Unix seconds). Negative if it has expired.
    pub fn seconds_left(&self, now: i64) -> i64 {
        self.expires_at.saturating_sub(now)
    }
}

/// Who signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The subject.
    pub sub: String,
    /// The display name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

impl User {
    /// The name to show: the e-mail address, else the name, else the subject.
    pub fn label(&self) -> &str {
        self.email.as_deref().or(self.name.as_deref()).unwrap_or(&self.sub)
    }
}

impl Profile {
    /// Reads a profile file's text.
    ///
    /// # Errors
    /// The line and column, and what is wrong. The text is never quoted, because it may be a token.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let file: ProfileFile =
            toml::from_str(text).map_err(|e| ParseError::from_toml(text, &e))?;
        file.validate()
    }
}

/// Why a profile or the config file cannot be used.
#[derive(Debug)]
pub struct ParseError {
    /// Line and column, from 1, if the fault is in one place.
    pub place: Option<(usize, usize)>,
    /// What is wrong there.
    pub message: String,
}

impl ParseError {
    /// Converts an error of the TOML parser. Removes the text that its message quotes.
    pub fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        Self::at(text, error.span(), without_quoted_value(error.message()))
    }

    fn at(text: &str, span: Option<Range<usize>>, message: String) -> Self {
        let place = span.map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
        });
        Self { place, message }
    }

    fn key(key: &str, message: impl fmt::Display) -> Self {
        Self { place: None, message: format!("{key}: {message}") }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

/// A parser's message without the offending value, which may be a token in the wrong place.
fn without_quoted_value(message: &str) -> String {
    match message.rfind("expected ") {
        Some(at) if message.starts_with("invalid ") => {
            let kind =
                if message.starts_with("invalid type") { "wrong type" } else { "wrong value" };
            format!("{kind}, {}", &message[at..])
        }
        _ => message.lines().next().unwrap_or_default().to_owned(),
    }
}

/// The file's content before its values are checked.
#[derive(Deserialize)]
struct ProfileFile {
    domain: Option<String>,
    client_id: Option<String>,
    audience: Option<String>,
    scope: Option<ScopeSetting>,
    redirect_uris: Option<Vec<String>>,
    grant: Option<String>,
    organization: Option<String>,
    #[serde(default)]
    protected: bool,
    client_secret: Option<Secret>,
    private_key: Option<String>,
    key_id: Option<String>,
    signing_alg: Option<String>,
    credential: Option<CredentialTable>,
    token: Option<TokenTable>,
    #[serde(default)]
    tokens: BTreeMap<String, apis::ApiTokenTable>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct TokenTable {
    access_token: Secret,
    token_type: Option<String>,
    expires_at: Datetime,
    #[serde(default)]
    scope: Vec<String>,
    refresh_token: Option<Secret>,
    id_token: Option<Secret>,
    domain: String,
    audience: String,
    client_id: String,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
}

/// The tenant and the application that a saved secret or key is for.
#[derive(Deserialize)]
struct CredentialTable {
    domain: String,
    client_id: String,
}

/// A list of scopes, or one string of them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of strings")]
enum ScopeSetting {
    List(Vec<String>),
    Line(String),
}

impl ProfileFile {
    fn validate(self) -> Result<Profile, ParseError> {
        let domain =
            self.domain.filter(|d| !d.is_empty()).map(|d| domain("domain", &d)).transpose()?;
        let grant = match self.grant {
            None => None,
            Some(name) => Some(LoginMethod::parse(&name).ok_or_else(|| {
                ParseError::key(
                    "grant",
                    format_args!("not one of {}", LoginMethod::NAMES.join(", ")),
                )
            })?),
        };
        let mut settings = Settings {
            domain,
            client_id: self.client_id.filter(|v| !v.is_empty()),
            audience: self.audience.filter(|v| !v.is_empty()),
            scope: self.scope.map(ScopeSetting::into_list),
            redirect_uris: self.redirect_uris,
            grant,
            organization: self.organization.filter(|v| !v.is_empty()),
            protected: self.protected,
            client_secret: self.client_secret.filter(|v| !v.is_empty()),
            private_key: self.private_key.filter(|v| !v.is_empty()),
            key_id: self.key_id,
            signing_alg: self.signing_alg,
        };
        let token = self.token.map(TokenTable::validate).transpose()?;
        // Version 0.1 did not store what a credential is for.
        let fits = match self.credential {
            None => true,
            Some(binding) => {
                settings.domain == Some(self::domain("credential.domain", &binding.domain)?)
                    && settings.client_id == Some(binding.client_id)
            }
        };
        let has_foreign_credential = settings.saves_credential() && !fits;
        if has_foreign_credential {
            settings.clear_credential();
        }
        let tokens = apis::validate(self.tokens)?;
        Ok(Profile { settings, token, tokens, user: self.user, has_foreign_credential })
    }
}

impl TokenTable {
    fn validate(self) -> Result<StoredToken, ParseError> {
        let domain = domain("token.domain", &self.domain)?;
        let issuer = Issuer::at(&domain.origin())
            .map_err(|_| ParseError::key("token.domain", "not the domain of a tenant"))?;
        let endpoint = |key, url: Option<String>| match url {
            Some(url) if !issuer.owns(&url) => {
                Err(ParseError::key(key, "not an address on the token's own domain"))
            }
            url => Ok(url),
        };
        Ok(StoredToken {
            endpoints: Endpoints {
                token: endpoint("token.token_endpoint", self.token_endpoint)?,
                revocation: endpoint("token.revocation_endpoint", self.revocation_endpoint)?,
            },
            domain,
            expires_at: time::from_toml(&self.expires_at)
                .ok_or_else(|| ParseError::key("token.expires_at", "not a date and a time"))?,
            access_token: self.access_token,
            token_type: self.token_type.unwrap_or_else(|| "Bearer".to_owned()),
            scope: self.scope,
            refresh_token: self.refresh_token.filter(|token| !token.is_empty()),
            id_token: self.id_token.filter(|token| !token.is_empty()),
            audience: self.audience,
            client_id: self.client_id,
        })
    }
}

impl ScopeSetting {
    fn into_list(self) -> Vec<String> {
        match self {
            Self::List(list) => list,
            Self::Line(line) => line.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

fn domain(key: &str, text: &str) -> Result<Domain, ParseError> {
    // The error of `Domain` quotes its input, which may be a token here.
    Domain::parse(text).map_err(|_| {
        ParseError::key(key, "not a tenant's whole domain, such as acme.eu.auth0.com, over https")
    })
}

#[cfg(test)]
mod tests;
