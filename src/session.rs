//! Gets a valid token from flags, environment and profile, and refreshes it.

pub(crate) mod apis;
mod comparison;
pub(crate) mod exec_mark;
pub mod identity;
pub(crate) mod renew;

use std::sync::Mutex;
use std::time::{Duration, Instant};

pub use identity::Identity;

use exec_mark::ExecMark;

use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::text::Hint;
use crate::base::time;
use crate::hint;
use crate::http::{Http, Limits};
use crate::oauth::jwt;
use crate::profile::{ProfileName, Settings, StoredToken, cache};
use crate::term::{Env, Io};

/// How long a token must still be valid before an API command uses it.
pub const MIN_VALID: Duration = Duration::from_secs(30);

/// A token that may be sent to one tenant's API.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token.
    pub secret: Secret,
    /// The only tenant it may be sent to.
    pub domain: Domain,
    /// The API it is for, if known.
    pub audience: Option<String>,
    /// When it expires, in Unix seconds, if known.
    pub expires_at: Option<i64>,
    /// The granted scopes, if known.
    pub scope: Option<Vec<String>>,
}

/// Who the command acts as, and the HTTP client that refreshes its token.
pub struct Session {
    identity: Identity,
    /// The HTTP client. It connects only when a request is sent.
    pub http: Http,
    env: Env,
    /// The token in use, if there is one yet. Threads share it.
    current: Mutex<Option<Held>>,
}

/// The token in use.
struct Held {
    token: AccessToken,
    replaces_a_rejected: bool,
}

impl Session {
    /// Determines who the command acts as. Reads the profile. Sends no request.
    ///
    /// # Errors
    /// Those of [`Identity::choose`].
    pub fn open(profile: Option<&str>, limits: &Limits, io: &Io) -> Result<Self, Error> {
        let http = Http::new(io.env, &io.ui, limits, Instant::now());
        let identity = Identity::choose(profile, io.env, &io.ui)?.until(http.deadline());
        identity.secrets().for_each(|secret| io.ui.hide(secret));
        if let Identity::Profile { store, name, .. } = &identity
            && let Some(file) = cache::budget_file(io.env, store.dir(), name)
        {
            http.share_budget(file);
        }
        Ok(Self { identity, http, env: io.env, current: Mutex::new(None) })
    }

    /// The API whose token `auth0-token exec` gave to this process, if it was run for the same
    /// profile. With another profile, or outside of `exec`, it is `None`.
    ///
    /// # Errors
    /// Usage error if a variable of the environment is invalid.
    pub fn exec_audience(&self) -> Result<Option<String>, Error> {
        let Identity::Profile { name, .. } = &self.identity else { return Ok(None) };
        if !ExecMark::read(self.env)?.has_set("AUTH0_PROFILE", name.as_str()) {
            return Ok(None);
        }
        Ok(identity::Environment::read(self.env)?.exec_audience)
    }

    /// Who the command acts as.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// A token that is valid for at least `min_valid`. It is refreshed first if needed.
    ///
    /// # Errors
    /// Not signed in if there is no such token and no way to get one.
    pub fn token(&self, min_valid: Duration) -> Result<AccessToken, Error> {
        let needed = needed_seconds(min_valid);
        let enough = |stored: &StoredToken| stored.seconds_left(time::now()) >= needed;
        let mut current = self.current();
        if let Some(Held { token, .. }) = &*current
            && token.expires_at.is_none_or(|at| at.saturating_sub(time::now()) >= needed)
        {
            return Ok(token.clone());
        }
        let token = match &self.identity {
            // Its claims are not verified: they are only used for hints. The API verifies the
            // token.
            Identity::GivenToken { domain, token } => {
                let claims = jwt::unverified(token.expose());
                let claims = claims.as_ref();
                AccessToken {
                    secret: token.clone(),
                    domain: domain.clone(),
                    audience: None,
                    expires_at: claims.and_then(|claims| i64::try_from(claims.expires_at()?).ok()),
                    scope: claims
                        .and_then(jwt::Claims::scopes)
                        .map(|scopes| scopes.iter().map(str::to_owned).collect()),
                }
            }
            Identity::Profile { profile, settings, name, .. } => match &profile.token {
                Some(stored) if !self.stays_in_memory() => {
                    check_binding(name, stored, settings)?;
                    if enough(stored) {
                        stored.into()
                    } else {
                        self.refresh_unless(needed, &enough)?
                    }
                }
                _ => self.refresh_unless(needed, &enough)?,
            },
            Identity::GivenCredentials { .. } => self.refresh_unless(needed, &enough)?,
        };
        *current = Some(Held { token: token.clone(), replaces_a_rejected: false });
        Ok(token)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<Held>> {
        self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl AccessToken {
    /// Checks that the token is valid for `min_valid` after `now` (Unix seconds). A token without a
    /// known expiry passes.
    ///
    /// # Errors
    /// Not signed in if it expires earlier.
    pub fn check_min_valid(&self, min_valid: Duration, now: i64) -> Result<(), Error> {
        let needed = needed_seconds(min_valid);
        let Some(left) = self.expires_at.map(|at| at.saturating_sub(now)) else { return Ok(()) };
        if left >= needed {
            return Ok(());
        }
        let kind = if self.audience.is_some() { TokenKind::Access } else { TokenKind::Given };
        let error = too_short(kind, &self.secret, left, needed);
        Err(error.hint(match (left > 0, &self.audience) {
            (true, _) => ask_for_less(left),
            (false, Some(_)) => "raise the Token Expiration of the API in the dashboard (Applications → APIs), or check the clock: date -u".into(),
            (false, None) => "put a new one into AUTH0_ACCESS_TOKEN, or check the clock: date -u".into(),
        }))
    }
}

/// The hint for an access token that expires in `left` seconds, too early for `--min-valid`.
fn ask_for_less(left: i64) -> Hint {
    hint!(
        "ask for less: auth0-token --min-valid {}s; or raise the Token Expiration of the API in the dashboard (Applications → APIs)",
        left
    )
}

/// The seconds for which a token must still be valid: at least 1, so that an expired token never
/// passes.
fn needed_seconds(min_valid: Duration) -> i64 {
    i64::try_from(min_valid.as_secs()).unwrap_or(i64::MAX).max(1)
}

/// The kinds of tokens that `--min-valid` applies to.
#[derive(Clone, Copy)]
enum TokenKind {
    /// The access token in `AUTH0_ACCESS_TOKEN`. We do not know which setting decides its lifetime.
    Given,
    /// An access token that the tenant issued to us.
    Access,
    /// An ID token.
    Id,
}

/// The error for a token with `left` seconds of validity where `needed` are required. If the
/// token's whole lifetime is shorter than `needed`, the error says so, because a new token would
/// not help.
fn too_short(kind: TokenKind, token: &Secret, left: i64, needed: i64) -> Error {
    let (one, all) = match kind {
        TokenKind::Given => ("access token", None),
        TokenKind::Access => ("access token", Some("tokens of this API")),
        TokenKind::Id => ("ID token", Some("ID tokens of this application")),
    };
    let asked = time::exactly(needed);
    let message = match (all, lifetime(token)) {
        _ if left <= 0 => format!("the {one} has expired"),
        (Some(all), Some(lifetime)) if lifetime < needed => format!(
            "{all} live only {} and cannot be valid for the {asked} asked for",
            time::exactly(lifetime)
        ),
        _ => format!(
            "the {one} is valid for {} only, not for the {asked} asked for",
            time::exactly(left)
        ),
    };
    Error::new(ErrorKind::NotSignedIn, message)
}

/// Seconds from `iat` to `exp`, or `None` if the token is not a JWT with both.
fn lifetime(token: &Secret) -> Option<i64> {
    let claims = jwt::unverified(token.expose())?;
    i64::try_from(claims.expires_at()?.checked_sub(claims.issued_at()?)?).ok()
}

impl From<&StoredToken> for AccessToken {
    fn from(stored: &StoredToken) -> Self {
        Self {
            secret: stored.access_token.clone(),
            domain: stored.domain.clone(),
            audience: Some(stored.audience.clone()),
            expires_at: Some(stored.expires_at),
            scope: (!stored.scope.is_empty()).then(|| stored.scope.clone()),
        }
    }
}

/// Checks that a token is for the tenant, application and API in the settings.
fn check_binding(
    name: &ProfileName,
    stored: &StoredToken,
    settings: &Settings,
) -> Result<(), Error> {
    let elsewhere = |what: &str, is: &str, wanted: &str| {
        Error::new(ErrorKind::NotSignedIn, format!("the token of profile '{name}' is for the {what} {is}, not for {wanted}"))
            .hint(hint!("sign in for it: auth0-login --profile {}; or unset what asks for another (AUTH0_DOMAIN, AUTH0_AUDIENCE, AUTH0_CLIENT_ID)", name))
    };
    if let Some(domain) = &settings.domain
        && *domain != stored.domain
    {
        return Err(elsewhere("domain", &stored.domain.to_string(), &domain.to_string()));
    }
    // The application only matters for a refresh: an access token works without it.
    if let Some(client_id) = &settings.client_id
        && (stored.refresh_token.is_some() || settings.has_credential())
        && *client_id != stored.client_id
    {
        return Err(elsewhere("application", &stored.client_id, client_id));
    }
    match settings.audience() {
        Some(audience) if audience != stored.audience => {
            Err(elsewhere("audience", &stored.audience, &audience))
        }
        _ => Ok(()),
    }
}
