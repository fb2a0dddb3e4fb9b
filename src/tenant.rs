//! A tenant's OAuth endpoints over HTTP: the pure steps of [`crate::oauth`] with a network between.

use std::fs::File;
use std::time::SystemTime;

use crate::domain::{Domain, outage_hint};
use crate::error::{Error, Kind};
use crate::http::{Http, Request, Retry, clock};
use crate::io::read_bounded;
use crate::oauth::advice::Attempt;
use crate::oauth::assertion::{Assertion, SigningKey};
use crate::oauth::discovery::{Issuer, Metadata};
use crate::oauth::errors::TokenError;
use crate::oauth::grant::{self, ClientAuth, Form, Grant, GrantType};
use crate::oauth::id_token::Expectations;
use crate::oauth::jwks::Jwks;
use crate::oauth::pkce::RandomToken;
use crate::oauth::scope::Scopes;
use crate::oauth::token::TokenResponse;
use crate::oauth::tokens::{KeySet, Tokens};
use crate::profile::{Settings, StoredToken, User};
use crate::secret::Secret;
use crate::time;

/// A private key in PEM is a few kilobytes.
const MAX_KEY_FILE: u64 = 64 << 10;

/// A tenant, and the connection to it.
pub struct Tenant<'h> {
    http: &'h Http,
    /// Where its endpoints are.
    pub metadata: Metadata,
}

impl<'h> Tenant<'h> {
    /// A tenant whose endpoints are where every Auth0 tenant has them. Nothing is asked.
    pub fn at(http: &'h Http, domain: &Domain) -> Result<Self, Error> {
        let issuer = Issuer::at(&domain.origin())?;
        Ok(Self { http, metadata: Metadata::default_of(&issuer) })
    }

    /// A tenant by its own discovery document (OpenID Connect Discovery §4).
    ///
    /// # Errors
    /// Unavailable, when it cannot be reached or does not look like a tenant.
    pub fn discover(http: &'h Http, domain: &Domain) -> Result<Self, Error> {
        let issuer = Issuer::at(&domain.origin())?;
        let answer = http.send(&Request::get(&issuer.discovery_url()))?;
        if answer.status == 404 {
            return Err(Error::new(Kind::Unavailable, format!("there is no Auth0 tenant at {domain}"))
                .status(404)
                .because(format!("{} is not there", issuer.discovery_url()))
                .hint("check the domain: the dashboard has it under Applications → your application → Settings → Domain"));
        }
        if answer.status != 200 {
            return Err(Error::new(
                Kind::Unavailable,
                format!("{domain} does not describe itself (HTTP {})", answer.status),
            )
            .status(answer.status)
            .hint(match answer.status {
                500.. => outage_hint(issuer.as_str()),
                _ => "check the domain: auth0-profiles show",
            }));
        }
        Ok(Self { http, metadata: Metadata::parse(&answer.body, &issuer)? })
    }

    /// Posts a form to the token endpoint.
    ///
    /// # Errors
    /// The outer: no answer came. The inner: it is no token.
    pub fn post_token(
        &self,
        form: &Form,
        retry: Retry,
    ) -> Result<Result<TokenResponse, TokenError>, Error> {
        let answer =
            self.http.send(&Request::form(&self.metadata.token_endpoint, &form.encode(), retry))?;
        Ok(TokenResponse::parse(answer.status, &answer.body).map_err(|error| {
            error.answered_by(self.metadata.issuer.as_str(), clock::asked_wait(&answer.headers))
        }))
    }

    /// Posts a form to another of the tenant's OAuth endpoints; status and body.
    ///
    /// # Errors
    /// No answer came.
    pub fn post(&self, url: &str, form: &Form, retry: Retry) -> Result<(u16, Vec<u8>), Error> {
        let answer = self.http.send(&Request::form(url, &form.encode(), retry))?;
        Ok((answer.status, answer.body))
    }

    /// The tenant's signing keys as they are now (RFC 7517).
    ///
    /// # Errors
    /// Unavailable, when they cannot be had.
    pub fn keys(&self) -> Result<Jwks, Error> {
        let answer = self.http.send(&Request::get(&self.metadata.jwks_uri))?;
        if answer.status != 200 {
            return Err(Error::new(Kind::Unavailable, "the tenant's signing keys cannot be had")
                .status(answer.status));
        }
        Jwks::parse(&answer.body)
    }

    /// A token for the application itself (RFC 6749 §4.4).
    ///
    /// # Errors
    /// Usage, without a secret or key; not signed in, when the tenant refuses.
    pub fn client_credentials(&self, settings: &Settings, scope: &Scopes) -> Result<Tokens, Error> {
        let (_, client_id, audience) = settings.target()?;
        let auth = self.authentication(settings, client_id)?;
        let grant = Grant::ClientCredentials {
            audience: &audience,
            organization: settings.organization.as_deref(),
            scope: Some(scope).filter(|scope| !scope.is_empty()),
        };
        // An assertion is good once, so it does not travel twice; a secret may.
        let retry = if matches!(auth, ClientAuth::Assertion(_)) {
            Retry::NotSent
        } else {
            Retry::Idempotent
        };
        let response = self.post_token(&grant::request(client_id, &auth, &grant), retry)?;
        let attempt = Attempt {
            grant: GrantType::ClientCredentials,
            client_id,
            audience: &audience,
            scope: Some(scope),
        };
        Ok(response.map_err(|e| e.into_error(attempt))?.without_identity(now()))
    }

    /// A token for a refresh token (RFC 6749 §6). The ID token that may come along must be the
    /// tenant's and about the same person (OpenID Connect Core §12.2); the keys to check it with
    /// are fetched first, so that nothing can fail once the old refresh token is spent.
    ///
    /// # Errors
    /// Not signed in, when the tenant refuses.
    pub fn refresh(
        &self,
        old: &StoredToken,
        refresh_token: &Secret,
        user: Option<&User>,
        secret: Option<&Secret>,
    ) -> Result<Tokens, Error> {
        let keys = user.map(|_| self.keys()).transpose()?;
        let auth = secret.map_or(ClientAuth::None, |secret| ClientAuth::Secret(secret.clone()));
        let grant = Grant::RefreshToken { refresh_token, scope: None, audience: None };
        let form = grant::request(&old.client_id, &auth, &grant);
        // Whether a lost answer had spent the token is not known: asking again with it could look
        // like theft.
        let response = self.post_token(&form, Retry::NotSent)?.map_err(|e| {
            e.into_error(Attempt {
                grant: GrantType::RefreshToken,
                client_id: &old.client_id,
                audience: &old.audience,
                scope: None,
            })
        })?;
        let (Some(user), Some(keys)) = (user, keys) else {
            return Ok(response.without_identity(now()));
        };
        let expected = Expectations {
            issuer: self.metadata.issuer.clone(),
            client_id: old.client_id.clone(),
            nonce: None,
            max_age: None,
            organization: None,
            subject: Some(user.sub.clone()),
            required: false,
        };
        let mut at_hand = Some(keys);
        response.validating(expected).validate(now(), |wanted| match (wanted, at_hand.take()) {
            (KeySet::Any, Some(keys)) => Ok(keys),
            _ => self.keys(),
        })
    }

    /// How the application proves that it is itself: a private key, else a secret.
    fn authentication(&self, settings: &Settings, client_id: &str) -> Result<ClientAuth, Error> {
        if let Some(path) = &settings.private_key {
            // The path is not said: it could be the key, given in place of a file.
            let file = File::open(path).map_err(|e| {
                Error::usage("the file of the private key cannot be read")
                    .caused_by(&e)
                    .hint("--private-key takes the name of a file; see what a profile has: auth0-profiles show")
            })?;
            let pem = Secret::new(String::from_utf8_lossy(&read_bounded(
                file,
                "the private key",
                MAX_KEY_FILE,
            )?));
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
                now(),
                &id,
                &ring::rand::SystemRandom::new(),
            )?));
        }
        settings.client_secret.clone().map(ClientAuth::Secret).ok_or_else(|| {
            Error::usage("no client secret is given")
                .hint("export AUTH0_CLIENT_SECRET, or use --client-secret-file FILE, or --private-key FILE")
        })
    }
}

/// Bytes from the system's generator.
///
/// # Errors
/// When it has none, which no login survives.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| {
        Error::new(Kind::Failure, "the system has no randomness to give").because(e.to_string())
    })?;
    Ok(bytes)
}

/// Unix seconds.
pub fn now() -> u64 {
    u64::try_from(time::unix(SystemTime::now())).unwrap_or(0)
}

/// What is kept of the tokens: with whom they may be used, and until when.
pub fn stored(tokens: &Tokens, domain: &Domain, audience: &str, client_id: &str) -> StoredToken {
    use crate::oauth::scope::Granted;
    /// Where neither the tenant nor the token says: short, so that it is renewed rather than refused.
    const UNSAID: u64 = 3600;
    StoredToken {
        access_token: tokens.access_token.clone(),
        token_type: "Bearer".to_owned(),
        expires_at: i64::try_from(tokens.expires_at.unwrap_or_else(|| now() + UNSAID))
            .unwrap_or(i64::MAX),
        scope: match &tokens.granted {
            Granted::Known(scope) => scope.iter().map(str::to_owned).collect(),
            Granted::Unknown => Vec::new(),
        },
        refresh_token: tokens.refresh_token.clone(),
        domain: domain.clone(),
        audience: audience.to_owned(),
        client_id: client_id.to_owned(),
    }
}
