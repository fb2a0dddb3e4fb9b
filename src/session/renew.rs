//! Getting a token anew without a person: one request however many processes ask, and a rotated
//! refresh token on disk before the access token is used.

use std::time::SystemTime;

use super::identity::{Environment, Identity};
use super::{AccessToken, Held, Session, check_binding};
use crate::base::domain::Domain;
use crate::base::error::{Error, Kind};
use crate::base::secret::Secret;
use crate::base::time;
use crate::hint;
use crate::http::Http;
use crate::login::tenant::{Refreshed, Tenant, stored};
use crate::oauth::scope::{Granted, Scopes};
use crate::profile::edit::Document;
use crate::profile::store::{Reservation, Store};
use crate::profile::{Grant, Profile, ProfileName, Settings, StoredToken};
use crate::term::interrupt::CriticalSection;

impl Session {
    /// Whether a new token can be had without a person.
    fn renewable(&self) -> bool {
        match &self.identity {
            Identity::GivenToken { .. } => false,
            Identity::GivenCredentials { .. } => true,
            Identity::Profile { profile, settings, .. } => {
                profile.token.as_ref().is_some_and(|token| token.refresh_token.is_some())
                    || settings.has_credential()
            }
        }
    }

    /// A new token, whatever the one at hand is good for.
    ///
    /// # Errors
    /// Not signed in, when there is nothing to renew with or the tenant refuses.
    pub fn renew(&self) -> Result<AccessToken, Error> {
        let mut current = self.current();
        let token = self.renewed(&|_| false)?;
        *current = Some(Held { token: token.clone(), replaces_a_rejected: false });
        Ok(token)
    }

    /// A token instead of one that the API did not accept: that of another thread or process where
    /// it was faster. Nothing where there is nothing to renew with, or where the rejected one was
    /// itself new: a tenant that takes none is not asked for ever.
    ///
    /// # Errors
    /// Not signed in, when the tenant refuses.
    pub fn instead_of(&self, rejected: &Secret) -> Result<Option<AccessToken>, Error> {
        if !self.renewable() {
            return Ok(None);
        }
        let mut current = self.current();
        if let Some(held) = &*current
            && (held.token.secret != *rejected || held.replaces_a_rejected)
        {
            return Ok((held.token.secret != *rejected).then(|| held.token.clone()));
        }
        let now = time::unix(SystemTime::now());
        let token = self
            .renewed(&|stored| stored.access_token != *rejected && stored.seconds_left(now) > 0)?;
        *current = Some(Held { token: token.clone(), replaces_a_rejected: true });
        Ok(Some(token))
    }

    /// A token from the profile if `good` says so once the lock is ours, else from the tenant.
    pub(super) fn renewed(
        &self,
        good: &dyn Fn(&StoredToken) -> bool,
    ) -> Result<AccessToken, Error> {
        match &self.identity {
            Identity::GivenToken { .. } => Err(Error::new(
                Kind::NotSignedIn,
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
            Identity::Profile { store, name, .. } => self.renewed_profile(store, name, good),
        }
    }

    /// Whether the environment asks for another machine token than the profile's own. Such a token
    /// is never written into the profile: the next plain command wants the profile's own.
    pub(super) fn stays_in_memory(&self) -> bool {
        let Identity::Profile { profile, settings, .. } = &self.identity else { return false };
        let is_person = profile.token.as_ref().is_some_and(|token| token.refresh_token.is_some());
        settings.has_credential() && !is_person && !settings.ask_for_same(&profile.settings)
    }

    fn renewed_profile(
        &self,
        store: &Store,
        name: &ProfileName,
        good: &dyn Fn(&StoredToken) -> bool,
    ) -> Result<AccessToken, Error> {
        let locked = store.lock(name)?;
        let http = self.http.while_others_wait();
        // Somebody else may have renewed it, or signed in anew, while we waited.
        let (mut document, profile) = locked.read()?;
        let settings = Environment::read(self.env)?.over(profile.settings.clone());
        if let Some(token) = &profile.token {
            check_binding(name, token, &settings)?;
            if good(token) {
                return Ok(token.into());
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
        // Between the tenant's answer and the write the new refresh token is nowhere but here.
        let critical = CriticalSection::begin();
        let fresh = match (old, old.and_then(|token| token.refresh_token.as_ref())) {
            (Some(old), Some(refresh_token)) => {
                // The tenant may forget the old refresh token the moment it answers: be sure that
                // there is room for the new one first.
                let room = locked.reserve()?;
                let tenant = Tenant::of(&http, old)?;
                let refreshed = tenant
                    .refresh(old, refresh_token, settings.client_secret.as_ref())
                    .map_err(|error| refused(name, error))?;
                let (fresh, error) = after_refresh(old, refreshed);
                save(&mut document, &fresh, Some(room))?;
                match error {
                    Some(error) => return Err(error),
                    None => fresh,
                }
            }
            _ if settings.has_credential() => {
                let fresh = machine_token(&http, &settings)?;
                save(&mut document, &fresh, None)?;
                fresh
            }
            _ => return Err(not_renewable(name, &profile)),
        };
        drop(critical);
        Ok(AccessToken::from(&fresh))
    }
}

/// A token for the application itself, not saved yet.
fn machine_token(http: &Http, settings: &Settings) -> Result<StoredToken, Error> {
    let (domain, client_id, audience) = settings.target()?;
    let scope = Scopes::of(settings.scope.as_deref().unwrap_or_default());
    let tenant = Tenant::at(http, domain)?;
    let tokens = tenant.client_credentials(settings, &scope)?;
    Ok(stored(&tokens, domain, &audience, client_id, tenant.endpoints()))
}

/// What is saved after a refresh, and what was wrong with the answer.
fn after_refresh(old: &StoredToken, refreshed: Refreshed) -> (StoredToken, Option<Error>) {
    match refreshed {
        Refreshed::Tokens(tokens) => {
            let endpoints = old.endpoints.clone();
            let mut fresh = stored(&tokens, &old.domain, &old.audience, &old.client_id, endpoints);
            if tokens.granted == Granted::Unknown {
                fresh.scope.clone_from(&old.scope);
            }
            // RFC 6749 §6: without a new one the old one stays good.
            fresh.refresh_token = fresh.refresh_token.or_else(|| old.refresh_token.clone());
            (fresh, None)
        }
        Refreshed::RefreshTokenOnly { refresh_token, error } => {
            (StoredToken { refresh_token: Some(refresh_token), ..old.clone() }, Some(error))
        }
    }
}

impl Settings {
    /// Whether a token can be had with what is kept: a secret, or a private key's path.
    pub fn has_credential(&self) -> bool {
        self.grant == Some(Grant::ClientCredentials) && self.saves_credential()
    }

    /// Whether both ask the same tenant for the same token.
    fn ask_for_same(&self, other: &Self) -> bool {
        let scopes = |settings: &Self| Scopes::of(settings.scope.as_deref().unwrap_or_default());
        self.domain == other.domain
            && self.client_id == other.client_id
            && self.audience() == other.audience()
            && scopes(self) == scopes(other)
    }

    /// Tenant, application and API.
    ///
    /// # Errors
    /// Usage, when the tenant or the application is not known.
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

fn refused(name: &ProfileName, error: Error) -> Error {
    if error.is_in_doubt() {
        // The tenant may have spent the old refresh token, and its answer with the new one is lost.
        return error.hint(hint!(
            "try again; if the tenant then refuses, sign in again: auth0-login --profile {}",
            name
        ));
    }
    if error.kind() != Kind::NotSignedIn {
        return error;
    }
    // What the tenant's refusal tells to do names no profile; a clock to set is to be set first.
    let spent = error.code_text() == "invalid_grant";
    let error = error.within(format!("the tenant refuses to renew the token of profile '{name}'"));
    let again = hint!("sign in again: auth0-login --profile {}", name);
    if spent { error.hint(again) } else { error.or_hint(again) }
}

fn not_renewable(name: &ProfileName, profile: &Profile) -> Error {
    let message = match &profile.token {
        None => format!("profile '{name}' is not signed in"),
        Some(old) => {
            let ago = -old.seconds_left(time::unix(SystemTime::now()));
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
    let error = Error::new(Kind::NotSignedIn, message);
    if profile.has_foreign_credential {
        return error
            .because("the saved secret or key is for another domain or application, so it was not used")
            .hint(hint!("sign in and save the right one: auth0-login --profile {} --client-credentials --save-secret", name));
    }
    error.hint(hint!("sign in: auth0-login --profile {}", name))
}
