//! ID token validation (OpenID Connect Core §3.1.3.7), in the order of Auth0's own libraries.

use std::fmt;
use std::time::Duration;

use super::discovery::Issuer;
use super::jwks::{Jwks, SignatureError};
use super::jwt::{Claims, Jws, JwtError};
use super::wire;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::time::Moment;

/// The largest accepted difference between the tenant's clock and ours, in seconds.
pub const LEEWAY: u64 = 60;

/// The longest accepted subject, in bytes.
const MAX_SUBJECT: usize = 1024;

/// The expected content of an ID token.
#[derive(Clone, Debug)]
pub struct Expectations {
    /// The issuer.
    pub issuer: Issuer,
    /// The application that it is for.
    pub client_id: String,
    /// The nonce of the authorization request. `None` for the device flow and for a refresh.
    pub nonce: Option<Secret>,
    /// `max_age` of the authorization request, in seconds.
    pub max_age: Option<u64>,
    /// The requested organization: an ID (`org_…`) or a name.
    pub organization: Option<String>,
    /// For a refresh, the subject of the earlier token (OpenID Connect Core §12.2).
    pub subject: Option<String>,
    /// Whether an ID token is required: a new login requested `openid`.
    pub required: bool,
}

/// A person, as described by a validated ID token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatedIdToken {
    subject: String,
    name: Option<String>,
    email: Option<String>,
    organization: Option<String>,
    session: Option<String>,
}

impl ValidatedIdToken {
    /// `sub`: Auth0's user ID.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `name`, shortened for display.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// `email`, shortened for display.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// `org_id`, else `org_name`.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// `sid`: the ID of the session at the tenant.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }
}

/// Why an ID token is invalid. No variant contains the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdTokenError {
    /// There is no ID token although `openid` was requested.
    Absent,
    /// It is not a JWS.
    Malformed(JwtError),
    /// It is another type of token, such as an access token (RFC 9068). The type is named here.
    Type(String),
    /// It comes from another issuer, named here.
    Issuer(String),
    /// It is signed with an algorithm other than RS256 and PS256, such as HS256, which a public
    /// client cannot verify.
    Algorithm(String),
    /// Its signing key is not in the key set. The caller should fetch the set again.
    UnknownKey(Option<String>),
    /// The signature is invalid.
    Signature,
    /// It is for another application.
    Audience,
    /// It was issued to another application.
    AuthorizedParty,
    /// It belongs to another login.
    Nonce,
    /// A required claim is missing or has the wrong type.
    Missing(&'static str),
    /// It expired this many seconds ago.
    Expired(u64),
    /// `iat` or `nbf` is this many seconds in the future.
    Future(u64),
    /// The sign-in exceeds `max_age` by this many seconds.
    Stale(u64),
    /// It is for another organization, or has none.
    Organization,
    /// It is for another person than the earlier token.
    Subject,
}

/// Validates a raw ID token with the tenant's keys. `now` is in Unix seconds.
pub fn validate(
    raw: &Secret,
    keys: &Jwks,
    expected: &Expectations,
    now: u64,
) -> Result<ValidatedIdToken, IdTokenError> {
    use IdTokenError as Bad;
    let jws = Jws::parse(raw.expose()).map_err(Bad::Malformed)?;
    let claims = &jws.claims;
    // RFC 8725 §3.11: an access token is signed with the same keys.
    if let Some(typ) = &jws.typ
        && !typ.eq_ignore_ascii_case("JWT")
    {
        return Err(Bad::Type(wire::clean_text(typ)));
    }

    let issuer = claims.issuer().ok_or(Bad::Missing("iss"))?;
    if issuer != expected.issuer.as_str() {
        return Err(Bad::Issuer(wire::clean_text(issuer)));
    }
    let subject = claims
        .subject()
        .filter(|subject| subject.len() <= MAX_SUBJECT)
        .ok_or(Bad::Missing("sub"))?;
    keys.verify(&jws).map_err(|error| match error {
        SignatureError::Algorithm(alg) => Bad::Algorithm(alg),
        SignatureError::UnknownKey(kid) => Bad::UnknownKey(kid),
        SignatureError::Invalid => Bad::Signature,
    })?;
    check_audience(claims, &expected.client_id)?;
    if let Some(nonce) = &expected.nonce {
        let echoed = claims.text("nonce").ok_or(Bad::Missing("nonce"))?;
        if !nonce.matches(echoed) {
            return Err(Bad::Nonce);
        }
    }
    check_times(claims, expected.max_age, now)?;
    if let Some(organization) = &expected.organization {
        check_organization(claims, organization)?;
    }
    if expected.subject.as_ref().is_some_and(|same| same != subject) {
        return Err(Bad::Subject);
    }
    Ok(ValidatedIdToken {
        subject: subject.to_owned(),
        name: claims.text("name").map(wire::clean_text),
        email: claims.text("email").map(wire::clean_text),
        organization: claims
            .text("org_id")
            .or_else(|| claims.text("org_name"))
            .map(wire::clean_text),
        session: claims.text("sid").map(wire::clean_text),
    })
}

fn check_audience(claims: &Claims, client_id: &str) -> Result<(), IdTokenError> {
    let audiences = claims.audiences();
    if !audiences.contains(&client_id) {
        return Err(IdTokenError::Audience);
    }
    match claims.text("azp") {
        Some(party) if party != client_id => Err(IdTokenError::AuthorizedParty),
        None if audiences.len() > 1 => Err(IdTokenError::Missing("azp")),
        _ => Ok(()),
    }
}

fn check_times(claims: &Claims, max_age: Option<u64>, now: u64) -> Result<(), IdTokenError> {
    use IdTokenError as Bad;
    let expires = claims.time("exp").ok_or(Bad::Missing("exp"))?;
    let issued = claims.time("iat").ok_or(Bad::Missing("iat"))?;
    if now > expires.saturating_add(LEEWAY) {
        return Err(Bad::Expired(now - expires));
    }
    let begins = match claims.all().get("nbf") {
        None => issued,
        Some(_) => issued.max(claims.time("nbf").ok_or(Bad::Missing("nbf"))?),
    };
    if begins > now.saturating_add(LEEWAY) {
        return Err(Bad::Future(begins - now));
    }
    if let Some(max_age) = max_age {
        let signed_in = claims.time("auth_time").ok_or(Bad::Missing("auth_time"))?;
        let until = signed_in.saturating_add(max_age);
        if now > until.saturating_add(LEEWAY) {
            return Err(Bad::Stale(now - until));
        }
    }
    Ok(())
}

/// IDs are compared exactly, names in lower case, as Auth0 stores them.
fn check_organization(claims: &Claims, expected: &str) -> Result<(), IdTokenError> {
    let fits = if expected.starts_with("org_") {
        claims.text("org_id") == Some(expected)
    } else {
        claims.text("org_name") == Some(expected.to_lowercase().as_str())
    };
    fits.then_some(()).ok_or(IdTokenError::Organization)
}

impl fmt::Display for IdTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = |seconds: &u64| humantime::format_duration(Duration::from_secs(*seconds));
        match self {
            Self::Absent => f.write_str("openid was requested, but there is no ID token"),
            Self::Malformed(error) => write!(f, "it cannot be read: {error}"),
            Self::Type(typ) => write!(f, "it is not an ID token: its type is {typ:?}"),
            Self::Issuer(other) => write!(f, "its issuer is {other:?}"),
            Self::Algorithm(alg) => write!(f, "it is signed with {alg:?}"),
            Self::UnknownKey(Some(kid)) => {
                write!(f, "it is signed with the key {kid:?}, which the tenant does not publish")
            }
            Self::UnknownKey(None) => {
                f.write_str("it is signed with a key that the tenant does not publish")
            }
            Self::Signature => f.write_str("its signature is not the tenant's"),
            Self::Audience => f.write_str("it is for another application"),
            Self::AuthorizedParty => f.write_str("it was issued to another application"),
            Self::Nonce => f.write_str("its nonce belongs to another login"),
            Self::Missing(claim) => write!(f, "it has no usable {claim} claim"),
            Self::Expired(ago) => {
                write!(f, "it expired {} ago", span(ago))
            }
            Self::Future(ahead) => {
                write!(f, "it was issued {} in the future", span(ahead))
            }
            Self::Stale(over) => {
                write!(f, "the person signed in longer ago than max_age allows, by {}", span(over))
            }
            Self::Organization => f.write_str("it is not for the requested organization"),
            Self::Subject => f.write_str("it is for another person than the login"),
        }
    }
}

impl std::error::Error for IdTokenError {}

impl IdTokenError {
    /// The error for a token that was validated at `now`. It suggests that this computer's clock is
    /// wrong only if the tenant's clock is unknown.
    pub(super) fn into_error_at(self, now: Moment) -> Error {
        let about_time = matches!(self, Self::Expired(_) | Self::Future(_));
        let error = Error::from(self);
        if !about_time || now.ahead().is_none() {
            return error;
        }
        error.because("this is by the tenant's own clock").hint(
            "run `auth0-login` again; if it recurs, check the domain and any proxy in between",
        )
    }
}

/// Exit code 3: the login failed.
impl From<IdTokenError> for Error {
    fn from(error: IdTokenError) -> Self {
        let hint = match &error {
            IdTokenError::Algorithm(_) => {
                "set Applications → your app → Settings → Advanced Settings → OAuth → JsonWebToken \
                 Signature Algorithm to RS256, then run `auth0-login` again"
            }
            IdTokenError::Expired(_) | IdTokenError::Future(_) => {
                "set this computer's clock (on Linux, see `timedatectl`), then run `auth0-login`"
            }
            IdTokenError::Stale(_) => "run `auth0-login` with --prompt login",
            IdTokenError::Issuer(_) => {
                "the domain must be the one in the tenant's issuer: either its canonical or its custom domain"
            }
            IdTokenError::Organization => {
                "check --organization; a name works only where the tenant allows organization names"
            }
            IdTokenError::Subject => "run `auth0-login` to sign in as the other person",
            _ => "run `auth0-login` again; if it recurs, check the domain and any proxy in between",
        };
        Self::new(ErrorKind::NotSignedIn, "the ID token cannot be trusted")
            .caused_by(&error)
            .hint(hint)
    }
}

#[cfg(test)]
mod tests;
