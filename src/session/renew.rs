//! Getting a token anew without a person: one request however many processes ask, and a rotated
//! refresh token on disk before the access token is used.

use std::time::SystemTime;

use super::identity::{Environment, Identity};
use super::{AccessToken, Held, Session, check_binding};
use crate::domain::Domain;
use crate::error::{Error, Kind};
use crate::interrupt::Undivided;
use crate::oauth::scope::{Granted, Scopes};
use crate::profile::{Grant, ProfileName, Settings, StoredToken};
use crate::secret::Secret;
use crate::store::Store;
use crate::tenant::{Tenant, stored};
use crate::time;

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
                    ..Settings::default()
                };
                let tokens = Tenant::at(&self.http, domain)?
                    .client_credentials(&settings, &Scopes::of(scope))?;
                Ok(AccessToken::from(&stored(&tokens, domain, audience, client_id)))
            }
            Identity::Profile { store, name, .. } => self.renewed_profile(store, name, good),
        }
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
        // Between the tenant's answer and the write the new refresh token is nowhere but here.
        let undivided = Undivided::begin();
        let mut reservation = None;
        let fresh = match (old, old.and_then(|token| token.refresh_token.as_ref())) {
            (Some(old), Some(refresh_token)) => {
                // The tenant may forget the old refresh token the moment it answers: be sure that
                // there is room for the new one first.
                reservation = Some(locked.reserve()?);
                let tenant = Tenant::at(&http, &old.domain)?;
                let tokens = match tenant.refresh(
                    old,
                    refresh_token,
                    profile.user.as_ref(),
                    settings.client_secret.as_ref(),
                ) {
                    Ok(tokens) => tokens,
                    Err(error) => return Err(refused(name, error)),
                };
                let mut fresh = stored(&tokens, &old.domain, &old.audience, &old.client_id);
                if tokens.granted == Granted::Unknown {
                    fresh.scope.clone_from(&old.scope);
                }
                // RFC 6749 §6: without a new one the old one stays good.
                fresh.refresh_token = fresh.refresh_token.or_else(|| old.refresh_token.clone());
                fresh
            }
            _ if settings.has_credential() => {
                let (domain, client_id, audience) = settings.target()?;
                let scope = Scopes::of(settings.scope.as_deref().unwrap_or_default());
                let tokens = Tenant::at(&http, domain)?.client_credentials(&settings, &scope)?;
                stored(&tokens, domain, &audience, client_id)
            }
            _ => return Err(not_renewable(name, old)),
        };
        document.set_token(&fresh, profile.user.as_ref());
        match reservation {
            Some(reservation) => reservation.write(&document)?,
            None => locked.write(&document)?,
        }
        drop(undivided);
        Ok(AccessToken::from(&fresh))
    }
}

impl Settings {
    /// Whether a token can be had with what is kept: a secret, or a private key's path.
    pub fn has_credential(&self) -> bool {
        self.grant == Some(Grant::ClientCredentials)
            && (self.client_secret.is_some() || self.private_key.is_some())
    }

    /// Tenant, application and API.
    ///
    /// # Errors
    /// Usage, when the tenant or the application is not known.
    pub fn target(&self) -> Result<(&Domain, &str, String), Error> {
        let missing = |what: &str, how: &str| {
            Error::usage(format!("no {what} is known")).hint(how.to_owned())
        };
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
        return error.hint(format!(
            "try again; if the tenant then refuses, sign in again: auth0-login --profile {name}"
        ));
    }
    if error.kind() != Kind::NotSignedIn {
        return error;
    }
    Error::new(
        Kind::NotSignedIn,
        format!("the tenant refuses to renew the token of profile '{name}'"),
    )
    .caused_by(&error)
    .hint(format!("sign in again: auth0-login --profile {name}"))
}

fn not_renewable(name: &ProfileName, old: Option<&StoredToken>) -> Error {
    let message = match old {
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
    Error::new(Kind::NotSignedIn, message).hint(format!("sign in: auth0-login --profile {name}"))
}
