//! A tenant's OAuth endpoints over HTTP.

use std::cell::Cell;
use std::fs::File;

use crate::base::domain::{Domain, outage_hint};
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::time::{self, Moment};
use crate::http::{Answer, Http, Request, Retry, clock};
use crate::oauth::advice::RequestContext;
use crate::oauth::assertion::{Assertion, SigningKey};
use crate::oauth::discovery::{Issuer, Metadata};
use crate::oauth::errors::TokenError;
use crate::oauth::grant::{self, ClientAuth, Form, GrantType, TokenRequest};
use crate::oauth::jwks::Jwks;
use crate::oauth::pkce::RandomToken;
use crate::oauth::scope::Scopes;
use crate::oauth::token::{TokenResponse, refresh_token_in};
use crate::oauth::tokens::{Tokens, UnvalidatedIdToken};
use crate::profile::{Endpoints, Settings, StoredToken};
use crate::term::read_text;

/// The largest file of a private key, in bytes. PEM keys have a few kilobytes.
const MAX_KEY_FILE: u64 = 64 << 10;

/// The result of a refresh.
pub(crate) enum Refreshed {
    /// A usable response.
    Tokens {
        /// The access token, and the next refresh token if the tenant rotated it.
        tokens: Box<Tokens>,
        /// The ID token, if there is one. It is validated after the tokens are saved.
        id_token: Option<UnvalidatedIdToken>,
    },
    /// An unusable response with a new refresh token.
    RefreshTokenOnly {
        /// The new refresh token.
        refresh_token: Secret,
        /// The error for the rest of the response.
        error: Error,
    },
}

/// Another API to request a token for (Auth0's multi-resource refresh tokens).
#[derive(Clone, Copy)]
pub(crate) struct OtherApi<'a> {
    /// Its identifier.
    pub audience: &'a str,
    /// The requested scopes. If empty, the tenant chooses.
    pub scope: &'a Scopes,
}

/// A tenant, and the HTTP client to reach it.
pub(crate) struct TenantClient<'h> {
    http: &'h Http,
    /// Its endpoints and features.
    pub metadata: Metadata,
    /// How many seconds its clock is ahead of ours. `None` until an answer has a `Date`.
    ahead: Cell<Option<i64>>,
}

impl<'h> TenantClient<'h> {
    /// A tenant with the endpoints that every Auth0 tenant has. Sends nothing.
    pub(crate) fn at(http: &'h Http, domain: &Domain) -> Result<Self, Error> {
        let issuer = Issuer::at(&domain.origin())?;
        Ok(Self { http, metadata: Metadata::default_of(&issuer), ahead: Cell::default() })
    }

    /// The tenant that issued a token, with the endpoints stored at login. Sends nothing.
    ///
    /// # Errors
    /// Usage error if the token's domain is not a tenant's address.
    pub(crate) fn of(http: &'h Http, token: &StoredToken) -> Result<Self, Error> {
        let mut tenant = Self::at(http, &token.domain)?;
        let Endpoints { token, revocation } = token.endpoints.clone();
        let metadata = &mut tenant.metadata;
        metadata.token_endpoint = token.unwrap_or_else(|| metadata.token_endpoint.clone());
        metadata.revocation_endpoint =
            revocation.unwrap_or_else(|| metadata.revocation_endpoint.clone());
        Ok(tenant)
    }

    /// The endpoints that a profile must store, because they differ from the default.
    pub(crate) fn endpoints(&self) -> Endpoints {
        let default = Metadata::default_of(&self.metadata.issuer);
        let found = |url: &String, default: &String| (url != default).then(|| url.clone());
        Endpoints {
            token: found(&self.metadata.token_endpoint, &default.token_endpoint),
            revocation: found(&self.metadata.revocation_endpoint, &default.revocation_endpoint),
        }
    }

    /// The time by this computer's clock and, once the tenant has answered, by the tenant's clock.
    pub(crate) fn moment(&self) -> Moment {
        Moment::new(now(), self.ahead.get())
    }

    /// Asks the tenant once for the time. Without an answer, returns this computer's time.
    pub(crate) fn ask_time(&self) -> Moment {
        let url = self.metadata.issuer.discovery_url();
        let request = Request { retry: Retry::Never, ..Request::get(&url) };
        // Only the date of the answer matters, even if it is an error.
        let _ = self.send(&request);
        self.moment()
    }

    fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let answer = self.http.send(request)?;
        self.ahead.set(answer.moment.ahead().or(self.ahead.get()));
        Ok(answer)
    }

    /// Reads the discovery document of a tenant (OpenID Connect Discovery §4).
    ///
    /// # Errors
    /// Unavailable if the host cannot be reached or is not an Auth0 tenant.
    pub(crate) fn discover(http: &'h Http, domain: &Domain) -> Result<Self, Error> {
        let issuer = Issuer::at(&domain.origin())?;
        let mut tenant = Self::at(http, domain)?;
        let answer = tenant.send(&Request::get(&issuer.discovery_url()))?;
        if answer.status == 404 {
            return Err(Error::new(ErrorKind::Unavailable, format!("there is no Auth0 tenant at {domain}"))
                .status(404)
                .because(format!("{} does not exist", issuer.discovery_url()))
                .hint("check the domain: the dashboard has it under Applications → your application → Settings → Domain"));
        }
        if answer.status != 200 {
            return Err(Error::new(
                ErrorKind::Unavailable,
                format!("{domain} has no usable openid-configuration (HTTP {})", answer.status),
            )
            .status(answer.status)
            .hint(match answer.status {
                500.. => outage_hint(issuer.as_str()),
                _ => "check the domain: auth0-profiles show",
            }));
        }
        tenant.metadata = Metadata::parse(&answer.body, &issuer)?;
        Ok(tenant)
    }

    /// Posts a form to the token endpoint.
    ///
    /// # Errors
    /// Outer error: no response. Inner error: the endpoint's OAuth error.
    pub(crate) fn post_token(
        &self,
        form: &Form,
        retry: Retry,
    ) -> Result<Result<TokenResponse, TokenError>, Error> {
        let answer = self.ask_token(form, retry)?;
        Ok(TokenResponse::parse(answer.status, &answer.body).map_err(|error| {
            error.with_source(self.metadata.issuer.as_str(), clock::asked_wait(&answer.headers))
        }))
    }

    fn ask_token(&self, form: &Form, retry: Retry) -> Result<Answer, Error> {
        self.send(&Request::form(&self.metadata.token_endpoint, &form.encode(), retry))
    }

    /// Posts a form to another of the tenant's OAuth endpoints. Returns status and body.
    ///
    /// # Errors
    /// Unavailable if no answer came.
    pub(crate) fn post(
        &self,
        url: &str,
        form: &Form,
        retry: Retry,
    ) -> Result<(u16, Vec<u8>), Error> {
        let answer = self.send(&Request::form(url, &form.encode(), retry))?;
        Ok((answer.status, answer.body))
    }

    /// The tenant's signing keys as they are now (RFC 7517).
    ///
    /// # Errors
    /// Unavailable if the tenant does not return them.
    pub(crate) fn keys(&self) -> Result<Jwks, Error> {
        let answer = self.send(&Request::get(&self.metadata.jwks_uri))?;
        if answer.status != 200 {
            return Err(Error::new(ErrorKind::Unavailable, "cannot get the tenant's signing keys")
                .status(answer.status));
        }
        Jwks::parse(&answer.body)
    }

    /// Requests a token with client credentials (RFC 6749 §4.4).
    ///
    /// # Errors
    /// Usage error if there is no secret or key. Not signed in if the tenant refuses.
    pub(crate) fn client_credentials(
        &self,
        settings: &Settings,
        scope: &Scopes,
    ) -> Result<Tokens, Error> {
        let (_, client_id, audience) = settings.target()?;
        let grant = TokenRequest::ClientCredentials {
            audience: &audience,
            organization: settings.organization.as_deref(),
            scope: Some(scope).filter(|scope| !scope.is_empty()),
        };
        let ask = |auth: &ClientAuth| {
            // The tenant accepts an assertion only once, so never send it twice. A secret may be
            // sent again.
            let retry = match auth {
                ClientAuth::Assertion(_) => Retry::NotSent,
                _ => Retry::Idempotent,
            };
            self.post_token(&grant::request(client_id, auth, &grant), retry)
        };
        let auth = self.authentication(settings, client_id)?;
        let clock_was_known = self.ahead.get().is_some();
        let mut response = ask(&auth)?;
        // If this computer's clock is wrong, the tenant refuses the assertion. Its answer has the
        // right time, so make another assertion with that.
        if response.is_err()
            && matches!(auth, ClientAuth::Assertion(_))
            && !clock_was_known
            && self.moment().clock_fault().is_some()
        {
            response = ask(&self.authentication(settings, client_id)?)?;
        }
        let context = RequestContext {
            grant: GrantType::ClientCredentials,
            client_id,
            audience: &audience,
            scope: Some(scope),
        };
        let response = response.map_err(|e| {
            let error = e.into_error(context);
            match self.moment().clock_fault() {
                Some(fault) if matches!(auth, ClientAuth::Assertion(_)) => error.because(fault),
                _ => error,
            }
        })?;
        Ok(response.without_identity(self.moment()))
    }

    /// Refreshes a token (RFC 6749 §6), for the API of `old` or for `other`. An ID token in the
    /// response is not validated here, because the new refresh token must be saved first.
    ///
    /// # Errors
    /// Not signed in if the tenant refuses. In doubt if the response was lost, because the tenant
    /// may have rotated the refresh token.
    pub(crate) fn refresh(
        &self,
        old: &StoredToken,
        refresh_token: &Secret,
        secret: Option<&Secret>,
        other: Option<OtherApi<'_>>,
    ) -> Result<Refreshed, Error> {
        let auth = secret.map_or(ClientAuth::None, |secret| ClientAuth::Secret(secret.clone()));
        let scope = other.map(|api| api.scope).filter(|scope| !scope.is_empty());
        let audience = other.map(|api| api.audience);
        let grant = TokenRequest::RefreshToken { refresh_token, scope, audience };
        let form = grant::request(&old.client_id, &auth, &grant);
        // If the response is lost, the refresh token may be used up. A second request with it could
        // trigger the tenant's reuse detection.
        let answer = self.ask_token(&form, Retry::NotSent)?;
        let error = match TokenResponse::parse(answer.status, &answer.body) {
            Ok(response) => {
                let (tokens, id_token) = response.refreshed(self.moment());
                return Ok(Refreshed::Tokens { tokens: Box::new(tokens), id_token });
            }
            Err(error) => error.into_error(RequestContext {
                grant: GrantType::RefreshToken,
                client_id: &old.client_id,
                audience: audience.unwrap_or(&old.audience),
                scope,
            }),
        };
        match refresh_token_in(answer.status, &answer.body) {
            Some(refresh_token) => Ok(Refreshed::RefreshTokenOnly { refresh_token, error }),
            None if matches!(answer.status, 200..=299 | 500..=599) => Err(error.in_doubt()),
            None => Err(error),
        }
    }

    /// The client authentication: by private key, else by secret.
    fn authentication(&self, settings: &Settings, client_id: &str) -> Result<ClientAuth, Error> {
        if let Some(path) = &settings.private_key {
            // Do not print the path: a person may have pasted the key itself.
            let file = File::open(path).map_err(|e| {
                Error::usage("the file of the private key cannot be read")
                    .caused_by(&e)
                    .hint("--private-key takes the name of a file; see what a profile has: auth0-profiles show")
            })?;
            let pem = Secret::new(read_text(file, "the private key", MAX_KEY_FILE)?);
            let alg = settings.signing_alg.as_deref().unwrap_or("RS256").parse()?;
            let about = Assertion {
                client_id,
                issuer: &self.metadata.issuer,
                alg,
                key_id: settings.key_id.as_deref(),
            };
            let id = RandomToken::from_bytes(random()?);
            let key = SigningKey::from_pem(pem.expose().as_bytes())?;
            return Ok(ClientAuth::Assertion(key.assertion(
                &about,
                self.moment().there(),
                &id,
                &ring::rand::SystemRandom::new(),
            )?));
        }
        settings.client_secret.clone().map(ClientAuth::Secret).ok_or_else(|| {
            Error::usage("no client secret is given").hint(
                "set AUTH0_CLIENT_SECRET, or use --client-secret-file FILE, or --private-key FILE",
            )
        })
    }
}

/// Random bytes from the system.
///
/// # Errors
/// Failure if the system provides no random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| {
        Error::new(ErrorKind::Failure, "the system provides no random bytes").because(e.to_string())
    })?;
    Ok(bytes)
}

/// The time in Unix seconds.
pub(crate) fn now() -> u64 {
    u64::try_from(time::now()).unwrap_or(0)
}

/// The tokens in the form in which a profile stores them.
pub(crate) fn stored(
    tokens: &Tokens,
    domain: &Domain,
    audience: &str,
    client_id: &str,
    endpoints: Endpoints,
) -> StoredToken {
    use crate::oauth::scope::Granted;
    /// The lifetime in seconds if neither the response nor the token states it. It is short, so
    /// that the token is refreshed before an API rejects it.
    const DEFAULT_LIFETIME: u64 = 3600;
    StoredToken {
        access_token: tokens.access_token.clone(),
        token_type: "Bearer".to_owned(),
        expires_at: i64::try_from(tokens.expires_at.unwrap_or_else(|| now() + DEFAULT_LIFETIME))
            .unwrap_or(i64::MAX),
        scope: match &tokens.granted {
            Granted::Known(scope) => scope.iter().map(str::to_owned).collect(),
            Granted::Unknown => Vec::new(),
        },
        refresh_token: tokens.refresh_token.clone(),
        id_token: tokens.id_token.clone(),
        domain: domain.clone(),
        audience: audience.to_owned(),
        client_id: client_id.to_owned(),
        endpoints,
    }
}
