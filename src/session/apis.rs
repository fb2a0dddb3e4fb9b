//! Tokens of a login for further APIs, and its ID token.
//!
//! Each API's token is stored in the profile, under the same lock as the profile's own token. A
//! person has one refresh token for all of them, so the next refresh token is saved first, even if
//! the rest of an answer is unusable.

use std::time::Duration;

pub(crate) use super::comparison::RequiredApi;
use super::comparison::{Requester, check_audience, check_scopes};
use super::identity::{Environment, Identity};
use super::renew::{RequiredToken, machine_token, not_renewable, refused};
use super::{AccessToken, Session, TokenKind, check_binding, needed_seconds, too_short};
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::text::foreign;
use crate::base::time;
use crate::hint;
use crate::http::Http;
use crate::login::tenant::{OtherApi, Refreshed, TenantClient, stored};
use crate::oauth::jwt;
use crate::oauth::scope::{Granted, Scopes, is_management_api, missing};
use crate::oauth::tokens::Tokens;
use crate::profile::store::Store;
use crate::profile::{Endpoints, LoginMethod, Profile, ProfileName, Settings, StoredToken};
use crate::term::interrupt::CriticalSection;

/// An ID token that was validated when it was received.
#[derive(Debug)]
pub struct IdToken {
    /// The token.
    pub secret: Secret,
    /// `exp`, in Unix seconds.
    pub expires_at: i64,
}

impl IdToken {
    /// Seconds until it expires, or a negative number.
    fn seconds_left(&self) -> i64 {
        self.expires_at.saturating_sub(time::now())
    }
}

impl Session {
    /// A token for an API that is valid for at least `min_valid`. With `anew`, always a new one.
    ///
    /// # Errors
    /// Refused if the tenant issues a token for another API or without a required scope. Not signed
    /// in if there is no way to get a token, or if the tenant refuses.
    pub fn token_for(
        &self,
        api: &RequiredApi,
        min_valid: Duration,
        anew: bool,
    ) -> Result<AccessToken, Error> {
        let needed = needed_seconds(min_valid);
        let enough = |token: &StoredToken| !anew && token.seconds_left(time::now()) >= needed;
        let acceptable = |token: &StoredToken| {
            enough(token) && missing(&api.scope, &Scopes::of(&token.scope)).is_empty()
        };
        match &self.identity {
            Identity::GivenToken { .. } => {
                let given = self.token(min_valid)?;
                let claims = jwt::unverified(given.secret.expose());
                match claims.filter(|claims| claims.audiences().contains(&api.audience.as_str())) {
                    Some(claims) => {
                        check_scopes(
                            api,
                            &claims.scopes().unwrap_or_default(),
                            Requester::GivenToken,
                        )?;
                        Ok(AccessToken { audience: Some(api.audience.clone()), ..given })
                    }
                    None => Err(Error::new(
                        ErrorKind::NotSignedIn,
                        format!(
                            "the token in AUTH0_ACCESS_TOKEN is not for {}",
                            foreign(&api.audience).shown()
                        ),
                    )
                    .hint("use a profile: auth0-token --profile NAME --audience API")),
                }
            }
            Identity::GivenCredentials { domain, client_id, secret, .. } => {
                let settings = Settings {
                    domain: Some(domain.clone()),
                    client_id: Some(client_id.clone()),
                    client_secret: Some(secret.clone()),
                    ..Settings::default()
                };
                Ok(AccessToken::from(&for_machine(&self.http, api, &settings)?))
            }
            Identity::Profile { profile, settings, store, name } => {
                let mut settings = settings.as_ref().clone();
                settings.use_own_api(&profile.settings);
                if settings.audience().as_ref() == Some(&api.audience)
                    && settings.request_same_token_as(&profile.settings)
                {
                    let own =
                        self.own_api_token(store, name, profile, &settings, needed, &enough)?;
                    let requester = match settings.grant {
                        Some(LoginMethod::ClientCredentials) => Requester::Machine,
                        _ => Requester::Person { login: &own, store },
                    };
                    check_scopes(api, &Scopes::of(&own.scope), requester)?;
                    return Ok(AccessToken::from(&own));
                }
                let is_person =
                    profile.token.as_ref().is_some_and(|token| token.refresh_token.is_some());
                if settings.has_credential()
                    && !is_person
                    && !settings.request_same_token_as(&profile.settings)
                {
                    return Ok(AccessToken::from(&for_machine(&self.http, api, &settings)?));
                }
                match saved_api_token(profile, &settings, api).filter(|token| acceptable(token)) {
                    Some(token) => Ok(token.into()),
                    None => self.refresh_api(store, name, api, &acceptable),
                }
            }
        }
    }

    /// The token for the profile's own API, refreshed unless `enough` accepts the stored one.
    fn own_api_token(
        &self,
        store: &Store,
        name: &ProfileName,
        profile: &Profile,
        settings: &Settings,
        needed: i64,
        enough: &dyn Fn(&StoredToken) -> bool,
    ) -> Result<StoredToken, Error> {
        if let Some(token) = &profile.token {
            check_binding(name, token, settings)?;
            // A refresh adds no scopes to a login, so missing scopes are no reason for one.
            if enough(token) {
                return Ok(token.clone());
            }
        }
        self.refresh_profile(store, name, needed, enough, RequiredToken::OwnApi)
    }

    fn refresh_api(
        &self,
        store: &Store,
        name: &ProfileName,
        api: &RequiredApi,
        acceptable: &dyn Fn(&StoredToken) -> bool,
    ) -> Result<AccessToken, Error> {
        let locked = store.lock(name)?;
        let http = self.http.while_others_wait();
        let (mut document, profile) = locked.read()?;
        let mut settings = Environment::read(self.env)?.over(profile.settings.clone());
        settings.use_own_api(&profile.settings);
        if let Some(token) = &profile.token {
            check_binding(name, token, &settings)?;
        }
        let before = saved_api_token(&profile, &settings, api);
        if let Some(token) = before.filter(|token| acceptable(token)) {
            return Ok(token.into());
        }
        // Keep the scopes of the previous token, so that two callers do not replace each other's
        // token again and again.
        let mut scope = api.scope.clone();
        if let Some(before) = before.filter(|_| !scope.is_empty()) {
            scope.extend(&Scopes::of(&before.scope));
        }
        document.bind_old_credential(&profile.settings);
        // Between the tenant's answer and the write, only this process has the new refresh token,
        // so it must not be interrupted.
        let critical = CriticalSection::begin();
        let old = profile.token.as_ref();
        let fresh = match (old, old.and_then(|token| token.refresh_token.as_ref())) {
            (Some(old), Some(refresh_token)) => {
                let room = locked.reserve()?;
                let requester = Requester::Person { login: old, store };
                let other = OtherApi { audience: &api.audience, scope: &scope };
                let refreshed = TenantClient::of(&http, old)?
                    .refresh(old, refresh_token, settings.client_secret.as_ref(), Some(other))
                    .map_err(|error| requester.with_policy_hint(api, refused(name, error)))?;
                let (next, outcome) = match refreshed {
                    Refreshed::Tokens { tokens, .. } => {
                        (tokens.refresh_token.clone(), for_person(api, &tokens, old, requester))
                    }
                    Refreshed::RefreshTokenOnly { refresh_token, error } => {
                        (Some(refresh_token), Err(error))
                    }
                };
                let refresh_token = next.or_else(|| old.refresh_token.clone());
                let own = StoredToken { refresh_token, ..old.clone() };
                document.set_token(&own, profile.user.as_ref());
                if let Ok(fresh) = &outcome {
                    document.set_api_token(fresh);
                }
                room.write(&document)?;
                outcome?
            }
            _ if settings.has_credential() => {
                let wider = RequiredApi { audience: api.audience.clone(), scope };
                let fresh = for_machine(&http, &wider, &settings)?;
                document.set_api_token(&fresh);
                locked.write(&document)?;
                fresh
            }
            _ => return Err(cannot_widen(name, api, &profile)),
        };
        drop(critical);
        Ok(AccessToken::from(&fresh))
    }

    /// The ID token, valid for at least `min_valid`. With `anew`, always a new one.
    ///
    /// # Errors
    /// Not signed in if the ID token expires too early and cannot be refreshed, or if the new one
    /// is invalid. The refreshed tokens are saved in any case.
    pub fn id_token(&self, min_valid: Duration, anew: bool) -> Result<IdToken, Error> {
        let Identity::Profile { profile, settings, store, name } = &self.identity else {
            return Err(Error::new(ErrorKind::NotSignedIn, "the environment's token or credentials have no ID token")
                .hint("use a profile that a person signed in to: auth0-login, then auth0-token --profile NAME --id-token"));
        };
        let needed = needed_seconds(min_valid);
        let mut settings = settings.as_ref().clone();
        if settings.grant == Some(LoginMethod::ClientCredentials) {
            return Err(machine_has_no_id_token(name, &settings));
        }
        settings.use_own_api(&profile.settings);
        let acceptable = |token: &StoredToken| {
            !anew && id_token_of(token).is_some_and(|id| id.seconds_left() >= needed)
        };
        let token = match &profile.token {
            Some(token) => {
                check_binding(name, token, &settings)?;
                if acceptable(token) {
                    token.clone()
                } else if token.refresh_token.is_some() {
                    self.refresh_profile(store, name, needed, &acceptable, RequiredToken::IdToken)?
                } else {
                    return Err(no_id_token(name, token, needed));
                }
            }
            None => return Err(not_renewable(name, profile, needed)),
        };
        let id_token = id_token_of(&token).ok_or_else(|| no_id_token(name, &token, needed))?;
        let left = id_token.seconds_left();
        if left < needed {
            return Err(too_short(TokenKind::Id, &id_token.secret, left, needed).hint(
                "ask for less with --min-valid, or raise the ID Token Expiration of the application in the dashboard (Applications → your application → Settings)",
            ));
        }
        Ok(id_token)
    }
}

/// Gets a token for an API with client credentials. Does not save it.
fn for_machine(http: &Http, api: &RequiredApi, settings: &Settings) -> Result<StoredToken, Error> {
    let settings = Settings {
        audience: Some(api.audience.clone()),
        scope: Some(requested_scopes(api)),
        ..settings.clone()
    };
    let mut token = machine_token(http, &settings)?;
    let access = token.access_token.expose();
    // Only its API can read an encrypted token, so there is nothing to compare.
    if !jwt::is_encrypted(access) {
        let claims = jwt::unverified(access);
        let audiences = claims.as_ref().map(jwt::Claims::audiences).unwrap_or_default();
        check_audience(api, &audiences, Requester::Machine)?;
    }
    if token.scope.is_empty() {
        // RFC 6749 §5.1: an answer without `scope` grants the requested scopes.
        token.scope = requested_scopes(api);
    }
    check_scopes(api, &Scopes::of(&token.scope), Requester::Machine)?;
    Ok(token)
}

fn requested_scopes(api: &RequiredApi) -> Vec<String> {
    api.scope.iter().map(str::to_owned).collect()
}

/// The stored token for an API, if it belongs to the tenant and application in use.
fn saved_api_token<'p>(
    profile: &'p Profile,
    settings: &Settings,
    api: &RequiredApi,
) -> Option<&'p StoredToken> {
    let token = profile.tokens.get(&api.audience)?;
    let own = profile.token.as_ref();
    let fits = settings.domain.as_ref().is_none_or(|domain| *domain == token.domain)
        && settings.client_id.as_ref().is_none_or(|id| *id == token.client_id)
        && own.is_none_or(|own| own.domain == token.domain && own.client_id == token.client_id);
    fits.then_some(token)
}

/// The token to store after a refresh for another API. Checks audience and scopes, because the
/// tenant may answer with a token for the login's own API, and drops scopes silently.
fn for_person(
    api: &RequiredApi,
    tokens: &Tokens,
    old: &StoredToken,
    requester: Requester<'_>,
) -> Result<StoredToken, Error> {
    let claims = jwt::unverified(tokens.access_token.expose());
    let audiences = claims.as_ref().map(jwt::Claims::audiences).unwrap_or_default();
    check_audience(api, &audiences, requester)?;
    let mut fresh =
        stored(tokens, &old.domain, &api.audience, &old.client_id, Endpoints::default());
    fresh.refresh_token = None;
    match &tokens.granted {
        Granted::Known(granted) => check_scopes(api, granted, requester)?,
        Granted::Unknown => fresh.scope = requested_scopes(api),
    }
    Ok(fresh)
}

/// The error for a profile that cannot get tokens for other APIs.
fn cannot_widen(name: &ProfileName, api: &RequiredApi, profile: &Profile) -> Error {
    let Some(token) = &profile.token else { return not_renewable(name, profile, 1) };
    let error = Error::new(
        ErrorKind::NotSignedIn,
        format!(
            "profile '{name}' has no refresh token, which is needed for a token for another API"
        ),
    );
    let error = if is_management_api(&token.audience) {
        error.because("Auth0 issues no refresh token when a person signs in for the Management API")
    } else {
        error
    };
    error.hint(hint!(
        "sign in for that API: auth0-login --profile {} --audience {}",
        name,
        foreign(&api.audience).in_command("API")
    ))
}

/// The stored ID token. It was validated before it was saved.
fn id_token_of(token: &StoredToken) -> Option<IdToken> {
    let secret = token.id_token.clone()?;
    let expires_at = jwt::unverified(secret.expose())?.expires_at()?;
    Some(IdToken { secret, expires_at: i64::try_from(expires_at).ok()? })
}

fn no_id_token(name: &ProfileName, token: &StoredToken, needed: i64) -> Error {
    match id_token_of(token) {
        Some(old) => too_short(TokenKind::Id, &old.secret, old.seconds_left(), needed)
            .because("there is no refresh token"),
        None => Error::new(ErrorKind::NotSignedIn, format!("profile '{name}' has no ID token"))
            .because("only a person's login with the scope openid returns one"),
    }
    .hint(hint!("sign in as a person: auth0-login --profile {}", name))
}

/// The error if an ID token is requested for a profile of a machine.
fn machine_has_no_id_token(name: &ProfileName, settings: &Settings) -> Error {
    let domain = match &settings.domain {
        Some(domain) => hint!("{}", domain),
        None => "DOMAIN".into(),
    };
    Error::new(ErrorKind::NotSignedIn, format!("profile '{name}' has no ID token"))
        .because("it signs in as a machine, and only a person has one")
        .hint(hint!(
            "use its access token: auth0-token kube --access-token --profile {}\nor sign in as a person in a new profile: auth0-login --profile NEW-NAME --domain {} --client-id CLIENT-ID",
            name,
            domain
        ))
}
