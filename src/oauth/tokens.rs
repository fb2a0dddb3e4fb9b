//! Turns the token endpoint's response into tokens that may be saved, by validating the ID token.

use std::fmt;

use super::id_token::{self, Expectations, IdTokenError, ValidatedIdToken};
use super::jwks::Jwks;
use super::jwt;
use super::scope::Granted;
use super::token::TokenResponse;
use crate::base::error::Error;
use crate::base::secret::Secret;
use crate::base::time::Moment;

/// Which key set is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySet {
    /// The cached set, or else the published one.
    Any,
    /// The set that the tenant publishes now, because the cached set lacks the key.
    Fresh,
}

/// Tokens whose ID token has not been validated.
pub struct AwaitingValidation {
    response: TokenResponse,
    expected: Expectations,
}

impl TokenResponse {
    /// Continues with the validation of the ID token.
    pub fn validating(self, expected: Expectations) -> AwaitingValidation {
        AwaitingValidation { response: self, expected }
    }

    /// The tokens of a response without a person, as for client credentials. An ID token is
    /// dropped. `now` is when the response arrived.
    pub fn without_identity(self, now: Moment) -> Tokens {
        Tokens::new(self, None, now)
    }

    /// The tokens of a refresh, and separately its ID token. The tokens must be saved before the ID
    /// token is validated, so that an invalid one does not lose the refresh token. `now` is when
    /// the response arrived.
    pub fn refreshed(mut self, now: Moment) -> (Tokens, Option<UnvalidatedIdToken>) {
        let id_token = self.id_token.take().map(UnvalidatedIdToken);
        (Tokens::new(self, None, now), id_token)
    }
}

/// The ID token of a refresh, not validated yet.
pub struct UnvalidatedIdToken(Secret);

impl UnvalidatedIdToken {
    /// Validates the ID token and returns it. `keys` and `now` are as for
    /// [`AwaitingValidation::validate`].
    ///
    /// # Errors
    /// Not signed in if it is invalid, or any error of `keys`.
    pub fn validate(
        self,
        expected: &Expectations,
        now: Moment,
        keys: impl FnMut(KeySet) -> Result<Jwks, Error>,
    ) -> Result<Secret, Error> {
        validated(&self.0, expected, now, keys).map(|_| self.0)
    }
}

impl AwaitingValidation {
    /// Validates the ID token and returns the tokens.
    ///
    /// `keys` fetches the tenant's keys. It is not called without an ID token. Otherwise it is
    /// called once, and a second time with [`KeySet::Fresh`] if the ID token's key is missing.
    /// `now` is when the response arrived. Times in the ID token are compared with the tenant's
    /// clock, because this computer's clock may be wrong.
    ///
    /// # Errors
    /// Not signed in if the ID token is missing or invalid, or any error of `keys`.
    pub fn validate(
        self,
        now: Moment,
        keys: impl FnMut(KeySet) -> Result<Jwks, Error>,
    ) -> Result<Tokens, Error> {
        let Some(raw) = &self.response.id_token else {
            if self.expected.required {
                return Err(IdTokenError::Absent.into());
            }
            return Ok(Tokens::new(self.response, None, now));
        };
        let identity = validated(raw, &self.expected, now, keys)?;
        Ok(Tokens::new(self.response, Some(identity), now))
    }
}

fn validated(
    raw: &Secret,
    expected: &Expectations,
    now: Moment,
    mut keys: impl FnMut(KeySet) -> Result<Jwks, Error>,
) -> Result<ValidatedIdToken, Error> {
    let mut check = |wanted| {
        let keys = keys(wanted)?;
        Ok::<_, Error>(id_token::validate(raw, &keys, expected, now.there()))
    };
    match check(KeySet::Any)? {
        Err(IdTokenError::UnknownKey(_)) => check(KeySet::Fresh)?,
        outcome => outcome,
    }
    .map_err(|error| error.into_error_at(now))
}

/// The tokens of a login or a refresh. They may be used and saved.
pub struct Tokens {
    /// The access token.
    pub access_token: Secret,
    /// When it expires, in Unix seconds by this computer's clock. `None` if neither the response
    /// nor the token says so.
    pub expires_at: Option<u64>,
    /// The refresh token. After a refresh, `None` means that the earlier one stays valid (RFC 6749
    /// §6).
    pub refresh_token: Option<Secret>,
    /// The granted scopes.
    pub granted: Granted,
    /// The person who signed in.
    pub identity: Option<ValidatedIdToken>,
    /// The ID token that `identity` was read from.
    pub id_token: Option<Secret>,
}

impl Tokens {
    fn new(response: TokenResponse, identity: Option<ValidatedIdToken>, now: Moment) -> Self {
        let expires_at = match response.expires_in {
            Some(lifetime) => Some(now.here().saturating_add(lifetime.as_secs())),
            None => jwt::unverified(response.access_token.expose())
                .and_then(|claims| claims.expires_at())
                .map(|at| now.to_here(at)),
        };
        Self {
            access_token: response.access_token,
            expires_at,
            refresh_token: response.refresh_token,
            granted: response.granted,
            id_token: response.id_token.filter(|_| identity.is_some()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::ErrorKind;
    use crate::oauth::testing::{issuer, jwks, sign, sign_with};
    use serde_json::{Value, json};

    const NOW: u64 = 1_700_000_000;
    const NO_KEYS: fn(KeySet) -> Result<Jwks, Error> = |_| panic!("no keys are needed");

    fn now() -> Moment {
        Moment::new(NOW, None)
    }

    fn expectations() -> Expectations {
        Expectations {
            issuer: issuer(),
            client_id: "app".to_owned(),
            nonce: None,
            max_age: None,
            organization: None,
            subject: None,
            required: true,
        }
    }

    fn claims() -> Value {
        json!({"iss": issuer().as_str(), "sub": "auth0|1", "aud": "app", "iat": NOW,
            "exp": NOW + 60})
    }

    fn response(id_token: Option<&str>) -> TokenResponse {
        let body = json!({"access_token": "at", "token_type": "Bearer", "id_token": id_token});
        TokenResponse::parse(200, body.to_string().as_bytes()).unwrap()
    }

    fn pending(id_token: Option<&str>) -> AwaitingValidation {
        response(id_token).validating(expectations())
    }

    #[test]
    fn a_missing_key_is_fetched_once() {
        let id_token = sign("RS256", &claims());
        let old = || Jwks::parse(br#"{"keys":[]}"#);
        let tokens = pending(Some(&id_token)).validate(now(), |wanted| match wanted {
            KeySet::Any => old(),
            KeySet::Fresh => Ok(jwks()),
        });
        assert!(tokens.is_ok());
        let mut asked = 0;
        let error = pending(Some(&id_token))
            .validate(now(), |_| {
                asked += 1;
                old()
            })
            .unwrap_err();
        assert_eq!((asked, error.kind()), (2, ErrorKind::NotSignedIn));
    }

    #[test]
    fn a_bad_id_token_yields_no_tokens() {
        let forged = sign_with(&json!({"alg": "RS256", "kid": "old"}), &claims());
        let mut asked = 0;
        let outcome = pending(Some(&forged)).validate(now(), |_| {
            asked += 1;
            Ok(jwks())
        });
        assert!(outcome.is_err());
        assert_eq!(asked, 1, "a bad signature must not fetch the keys again");
        let error = Error::new(ErrorKind::Unavailable, "offline");
        let mut once = Some(error);
        let outcome =
            pending(Some(&sign("RS256", &claims()))).validate(now(), |_| Err(once.take().unwrap()));
        assert_eq!(outcome.unwrap_err().message(), "offline");
    }

    #[test]
    fn openid_requires_an_id_token() {
        let error = pending(None).validate(now(), NO_KEYS);
        assert!(error.unwrap_err().causes()[0].contains("no ID token"));
        let expected = Expectations { required: false, ..expectations() };
        let tokens = response(None).validating(expected).validate(now(), NO_KEYS);
        assert!(tokens.unwrap().identity.is_none());
    }

    #[test]
    fn without_expires_in_the_tokens_own_expiry_counts() {
        let jwt = sign("RS256", &json!({"exp": NOW + 7}));
        for (token, expires_at) in [(jwt.as_str(), Some(NOW + 7)), ("opaque", None)] {
            let body = json!({"access_token": token, "token_type": "Bearer"}).to_string();
            let response = TokenResponse::parse(200, body.as_bytes()).unwrap();
            assert_eq!(response.without_identity(now()).expires_at, expires_at);
        }
    }

    #[test]
    fn the_id_token_is_checked_by_the_tenants_clock() {
        let id_token = sign("RS256", &claims());
        let here_and_ahead = |here, ahead| {
            pending(Some(&id_token)).validate(Moment::new(here, ahead), |_| Ok(jwks()))
        };
        for off in [-7200i64, -120, 120, 7200] {
            let here = NOW.saturating_add_signed(off);
            assert!(here_and_ahead(here, Some(-off)).is_ok(), "{off}");
            let error = here_and_ahead(here, None);
            assert_eq!(error.is_err(), !(-60..=120).contains(&off), "{off}");
        }
        // The access token's `exp` is by the tenant's clock too.
        let jwt = sign("RS256", &json!({"exp": NOW + 7}));
        let body = json!({"access_token": jwt, "token_type": "Bearer"}).to_string();
        let response = TokenResponse::parse(200, body.as_bytes()).unwrap();
        let tokens = response.without_identity(Moment::new(NOW - 120, Some(120)));
        assert_eq!(tokens.expires_at, Some(NOW - 120 + 7));
    }
}
