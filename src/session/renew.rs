//! Gets new tokens without a person. Processes that need one at the same time share one request. A
//! rotated refresh token is saved before the access token is used.

use super::identity::{Environment, Identity};
use super::{
    AccessToken, Held, Session, TokenKind, ask_for_less, check_binding, lifetime, too_short,
};
use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::time;
use crate::hint;
use crate::http::Http;
use crate::login::tenant::{Refreshed, TenantClient, stored};
use crate::oauth::id_token::Expectations;
use crate::oauth::scope::{Granted, Scopes};
use crate::oauth::tokens::UnvalidatedIdToken;
use crate::profile::edit::Document;
use crate::profile::store::{Reservation, Store};
use crate::profile::{LoginMethod, Profile, ProfileName, Settings, StoredToken};
use crate::term::interrupt::CriticalSection;

/// Below this many seconds, a token counts as expiring.
const MIN_LEFT: i64 = 60;

impl Session {
    /// Whether a new token can be requested without a person.
    fn can_refresh(&self) -> bool {
        match &self.identity {
            Identity::GivenToken { .. } => false,
            Identity::GivenCredentials { .. } => true,
            Identity::Profile { profile, settings, .. } => {
                profile.token.as_ref().is_some_and(|token| token.refresh_token.is_some())
                    || settings.has_credential()
            }
        }
    }

    /// Gets a new token, even if the current one is still valid.
    ///
    /// # Errors
    /// Not signed in if there is no refresh token or credential, or if the tenant refuses.
    pub fn refresh(&self) -> Result<AccessToken, Error> {
        let mut current = self.current();
        let token = self.refresh_unless(1, &|_| false)?;
        *current = Some(Held { token: token.clone(), replaces_a_rejected: false });
        Ok(token)
    }

    /// Replaces a token that the API rejected. If another thread or process has replaced it
    /// already, that token is used. `None` if there is no refresh token or credential, or if the
    /// rejected token was a replacement itself, because otherwise this could repeat forever.
    ///
    /// # Errors
    /// Not signed in if the tenant refuses.
    pub fn replace_rejected(&self, rejected: &Secret) -> Result<Option<AccessToken>, Error> {
        if !self.can_refresh() {
            return Ok(None);
        }
        let mut current = self.current();
        if let Some(held) = &*current
            && (held.token.secret != *rejected || held.replaces_a_rejected)
        {
            return Ok((held.token.secret != *rejected).then(|| held.token.clone()));
        }
        let is_other = |stored: &StoredToken| {
            stored.access_token != *rejected && stored.seconds_left(time::now()) > 0
        };
        let token = self.refresh_unless(1, &is_other)?;
        *current = Some(Held { token: token.clone(), replaces_a_rejected: true });
        Ok(Some(token))
    }

    /// The profile's token if `acceptable` is true for it once we hold the lock, else a new one
    /// from the tenant.
    ///
    /// `needed` is the number of seconds for which the token must be valid. It is used for the
    /// error if there is no way to get a new token.
    pub(super) fn refresh_unless(
        &self,
        needed: i64,
        acceptable: &dyn Fn(&StoredToken) -> bool,
    ) -> Result<AccessToken, Error> {
        match &self.identity {
            Identity::GivenToken { .. } => Err(Error::new(
                ErrorKind::NotSignedIn,
                "the token in AUTH0_ACCESS_TOKEN cannot be renewed",
            )
            .hint("put a new one there, or unset it and sign in: auth0-login")),
            Identity::GivenCredentials { domain, client_id, secret, audience, scope } => {
                let settings = Settings {
                    domain: Some(domain.clone()),
                    client_id: Some(client_id.clone()),
                    client_secret: Some(secret.clone()),
                    audience: Some(audience.clone()),
                    scope: Some(scope.clone()),
                    ..Settings::default()
                };
                Ok(AccessToken::from(&machine_token(&self.http, &settings)?))
            }
            Identity::Profile { settings, .. } if self.stays_in_memory() => {
                Ok(AccessToken::from(&machine_token(&self.http, settings)?))
            }
            Identity::Profile { store, name, .. } => {
                let renewed =
                    self.refresh_profile(store, name, needed, acceptable, RequiredToken::AnyApi)?;
                Ok(AccessToken::from(&renewed))
            }
        }
    }

    /// Whether the environment asks for another machine token than the profile's own. Such a token
    /// is never saved, because the next command without those variables needs the profile's own.
    pub(super) fn stays_in_memory(&self) -> bool {
        let Identity::Profile { profile, settings, .. } = &self.identity else { return false };
        let is_person = profile.token.as_ref().is_some_and(|token| token.refresh_token.is_some());
        settings.has_credential()
            && !is_person
            && !settings.request_same_token_as(&profile.settings)
    }

    /// The profile's own token, refreshed unless `acceptable` is true for the stored one.
    pub(super) fn refresh_profile(
        &self,
        store: &Store,
        name: &ProfileName,
        needed: i64,
        acceptable: &dyn Fn(&StoredToken) -> bool,
        required: RequiredToken,
    ) -> Result<StoredToken, Error> {
        let locked = store.lock(name)?;
        let http = self.http.while_others_wait();
        // Another process may have refreshed the token, or signed in, while we waited.
        let (mut document, profile) = locked.read()?;
        let mut settings = Environment::read(self.env)?.over(profile.settings.clone());
        if required != RequiredToken::AnyApi {
            settings.use_own_api(&profile.settings);
        }
        if let Some(token) = &profile.token {
            check_binding(name, token, &settings)?;
            if acceptable(token) {
                return Ok(token.clone());
            }
        }
        let old = profile.token.as_ref();
        document.bind_old_credential(&profile.settings);
        let save = |document: &mut Document, token: &StoredToken, room: Option<Reservation<'_>>| {
            document.set_token(token, profile.user.as_ref());
            match room {
                Some(room) => room.write(document),
                None => locked.write(document),
            }
        };
        // Between the tenant's answer and the write, only this process has the new refresh token,
        // so it must not be interrupted.
        let critical = CriticalSection::begin();
        let fresh = match (old, old.and_then(|token| token.refresh_token.as_ref())) {
            (Some(old), Some(refresh_token)) => {
                // The tenant may revoke the old refresh token as soon as it answers, so make sure
                // first that the new one can be saved.
                let room = locked.reserve()?;
                let tenant = TenantClient::of(&http, old)?;
                let refreshed = tenant
                    .refresh(old, refresh_token, settings.client_secret.as_ref(), None)
                    .map_err(|error| refused(name, error))?;
                let (mut fresh, id_token) = after_refresh(old, refreshed);
                save(&mut document, &fresh, Some(room))?;
                let id_token = id_token?;
                if required == RequiredToken::IdToken {
                    let id_token = id_token.ok_or_else(|| no_id_token_came(name))?;
                    fresh.id_token = Some(validated(id_token, &tenant, old, &profile)?);
                    save(&mut document, &fresh, None)?;
                }
                fresh
            }
            _ if settings.has_credential() && required != RequiredToken::IdToken => {
                let fresh = machine_token(&http, &settings)?;
                save(&mut document, &fresh, None)?;
                fresh
            }
            _ => return Err(not_renewable(name, &profile, needed)),
        };
        drop(critical);
        Ok(fresh)
    }
}

/// The token that a refresh must return.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RequiredToken {
    /// A token for the API in the settings, which the environment may override.
    AnyApi,
    /// A token for the profile's own API, whatever the environment says, because a flag named it.
    OwnApi,
    /// A new ID token.
    IdToken,
}

/// Validates the ID token of a refresh. The other tokens are saved already.
fn validated(
    id_token: UnvalidatedIdToken,
    tenant: &TenantClient<'_>,
    old: &StoredToken,
    profile: &Profile,
) -> Result<Secret, Error> {
    let expected = Expectations {
        issuer: tenant.metadata.issuer.clone(),
        client_id: old.client_id.clone(),
        nonce: None,
        max_age: None,
        organization: profile.settings.organization.clone(),
        subject: profile.user.as_ref().map(|user| user.sub.clone()),
        required: true,
    };
    id_token.validate(&expected, tenant.moment(), |_| tenant.keys())
}

fn no_id_token_came(name: &ProfileName) -> Error {
    Error::new(ErrorKind::NotSignedIn, "the tenant sent no ID token with the refreshed tokens")
        .because(
            "a refresh returns one only if the login requested openid, and not on every tenant",
        )
        .hint(hint!("sign in again: auth0-login --profile {} --add-scope openid", name))
}

/// Gets a token with client credentials. Does not save it.
pub(super) fn machine_token(http: &Http, settings: &Settings) -> Result<StoredToken, Error> {
    let (domain, client_id, audience) = settings.target()?;
    let scope = Scopes::of(settings.scope.as_deref().unwrap_or_default());
    let tenant = TenantClient::at(http, domain)?;
    let tokens = tenant.client_credentials(settings, &scope)?;
    Ok(stored(&tokens, domain, &audience, client_id, tenant.endpoints()))
}

/// The token to save after a refresh, and the ID token or the error to report afterwards.
fn after_refresh(
    old: &StoredToken,
    refreshed: Refreshed,
) -> (StoredToken, Result<Option<UnvalidatedIdToken>, Error>) {
    match refreshed {
        Refreshed::Tokens { tokens, id_token } => {
            let endpoints = old.endpoints.clone();
            let mut fresh = stored(&tokens, &old.domain, &old.audience, &old.client_id, endpoints);
            if tokens.granted == Granted::Unknown {
                fresh.scope.clone_from(&old.scope);
            }
            // RFC 6749 §6: if there is no new refresh token, the old one stays valid.
            fresh.refresh_token = fresh.refresh_token.or_else(|| old.refresh_token.clone());
            fresh.id_token.clone_from(&old.id_token);
            (fresh, Ok(id_token))
        }
        Refreshed::RefreshTokenOnly { refresh_token, error } => {
            (StoredToken { refresh_token: Some(refresh_token), ..old.clone() }, Err(error))
        }
    }
}

impl Settings {
    /// Whether a saved secret or private key can get a token.
    pub fn has_credential(&self) -> bool {
        self.grant == Some(LoginMethod::ClientCredentials) && self.saves_credential()
    }

    /// Restores API and scopes from the profile's own settings. Used if a flag names the API,
    /// because a flag takes precedence over the environment.
    pub(super) fn use_own_api(&mut self, own: &Self) {
        self.audience.clone_from(&own.audience);
        self.scope.clone_from(&own.scope);
    }

    /// Whether both settings request the same token from the same tenant.
    pub(super) fn request_same_token_as(&self, other: &Self) -> bool {
        let scopes = |settings: &Self| Scopes::of(settings.scope.as_deref().unwrap_or_default());
        self.domain == other.domain
            && self.client_id == other.client_id
            && self.audience() == other.audience()
            && scopes(self) == scopes(other)
    }

    /// Tenant, application and API.
    ///
    /// # Errors
    /// Usage error if the tenant or the application is not known.
    pub fn target(&self) -> Result<(&Domain, &str, String), Error> {
        let missing =
            |what: &str, how: &'static str| Error::usage(format!("no {what} is known")).hint(how);
        let domain = self.domain.as_ref().ok_or_else(|| {
            missing("domain", "give it: auth0-login --domain YOUR-TENANT.eu.auth0.com")
        })?;
        let client_id = self
            .client_id
            .as_deref()
            .ok_or_else(|| missing("client ID", "give it: auth0-login --client-id ID"))?;
        Ok((domain, client_id, self.audience().unwrap_or_else(|| domain.management_audience())))
    }
}

pub(super) fn refused(name: &ProfileName, error: Error) -> Error {
    if error.is_in_doubt() {
        return error
            .because("the tenant may have replaced the refresh token in an answer that was lost")
            .hint(hint!(
                "try again; if the tenant then refuses, sign in again: auth0-login --profile {}",
                name
            ));
    }
    if error.kind() != ErrorKind::NotSignedIn {
        return error;
    }
    // Keep a hint about a wrong clock, because the clock must be corrected first.
    let spent = error.code_text() == "invalid_grant";
    let error = error.within(format!("the tenant refuses to renew the token of profile '{name}'"));
    let again = hint!("sign in again: auth0-login --profile {}", name);
    if spent { error.hint(again) } else { error.or_hint(again) }
}

/// The error for a profile whose token expires in less than `needed` seconds and that has no
/// refresh token or credential.
pub(super) fn not_renewable(name: &ProfileName, profile: &Profile, needed: i64) -> Error {
    if let Some(old) = &profile.token {
        let left = old.seconds_left(time::now());
        // With less than that left, the message says that the token is about to expire.
        if (MIN_LEFT..needed).contains(&left) {
            let new_one_lasts = lifetime(&old.access_token).is_none_or(|whole| whole >= needed);
            return too_short(TokenKind::Access, &old.access_token, left, needed)
                .because("there is nothing to renew it with")
                .hint(match new_one_lasts {
                    true => hint!("sign in: auth0-login --profile {}", name),
                    false => ask_for_less(left),
                });
        }
    }
    let message = match &profile.token {
        None => format!("profile '{name}' is not signed in"),
        Some(old) => {
            let ago = -old.seconds_left(time::now());
            if ago >= 0 {
                format!(
                    "the token of profile '{name}' expired {} ago, and there is nothing to renew it with",
                    time::roughly(ago)
                )
            } else {
                format!(
                    "the token of profile '{name}' is about to expire or no longer accepted, and there is nothing to renew it with"
                )
            }
        }
    };
    let error = Error::new(ErrorKind::NotSignedIn, message);
    if profile.has_foreign_credential {
        return error
            .because("the saved secret or key is for another domain or application, so it was not used")
            .hint(hint!("sign in and save the right one: auth0-login --profile {} --client-credentials --save-secret", name));
    }
    error.hint(hint!("sign in: auth0-login --profile {}", name))
}
