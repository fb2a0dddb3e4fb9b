//! Responses of the token endpoint (RFC 6749 §5.1).

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::errors::TokenError;
use super::scope::{Granted, Scopes};
use super::{jwt, wire};
use crate::base::secret::Secret;

/// The longest accepted lifetime, in seconds. Auth0 allows 30 days for an access token. The limit
/// prevents overflows.
const MAX_LIFETIME: u64 = 366 * 24 * 3600;

/// A successful response (RFC 6749 §5.1) whose ID token has not been validated. Its tokens are only
/// available through [`TokenResponse::validating`](super::flow) or
/// [`TokenResponse::without_identity`](super::flow), so unchecked tokens are never used or saved.
pub struct TokenResponse {
    pub(super) access_token: Secret,
    pub(super) expires_in: Option<Duration>,
    pub(super) refresh_token: Option<Secret>,
    pub(super) id_token: Option<Secret>,
    pub(super) granted: Granted,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("refresh_token", &self.refresh_token.is_some())
            .field("id_token", &self.id_token.is_some())
            .field("granted", &self.granted)
            .finish_non_exhaustive()
    }
}

impl TokenResponse {
    /// Parses an answer of the token endpoint. Only status 200 is a success. Everything else,
    /// including a redirect, is an error.
    pub fn parse(status: u16, body: &[u8]) -> Result<Self, TokenError> {
        if status != 200 {
            return Err(TokenError::parse(status, body));
        }
        let object = wire::json_object(body).ok_or_else(|| TokenError::parse(status, body))?;
        let unusable = |why| TokenError::unusable(status, why);
        let access_token =
            credential(&object, "access_token")?.ok_or(unusable("it has no access token"))?;
        match wire::text(&object, "token_type") {
            Some(kind) if kind.eq_ignore_ascii_case("bearer") => {}
            // RFC 9449 §5: the token is bound to a key.
            Some(kind) if kind.eq_ignore_ascii_case("dpop") => {
                return Err(TokenError::dpop_bound(status));
            }
            Some(_) => return Err(unusable("its token type is not Bearer")), // RFC 6749 §7.1
            None => return Err(unusable("it has no token type")),
        }
        let expires_in = match object.get("expires_in") {
            None | Some(Value::Null) => None,
            Some(value) => Some(
                wire::seconds(value)
                    .ok_or(unusable("its expires_in is not a number of seconds"))?,
            ),
        };
        Ok(Self {
            granted: granted(&object, &access_token),
            expires_in: expires_in.map(|s| Duration::from_secs(s.min(MAX_LIFETIME))),
            refresh_token: credential(&object, "refresh_token")?,
            id_token: id_token(&object),
            access_token,
        })
    }
}

/// The refresh token of an otherwise unusable response. It must be saved, because the tenant may
/// have revoked the earlier one.
pub fn refresh_token_in(status: u16, body: &[u8]) -> Option<Secret> {
    let object = wire::json_object(body).filter(|_| status == 200)?;
    credential(&object, "refresh_token").ok().flatten()
}

/// The ID token, if present. Its format is checked by the validation, because only a login needs an
/// ID token.
fn id_token(object: &Map<String, Value>) -> Option<Secret> {
    match object.get("id_token")? {
        Value::Null => None,
        Value::String(text) => Some(Secret::new(text)),
        other => Some(Secret::new(other.to_string())),
    }
}

/// A token, if present. It must be valid in a header.
fn credential(object: &Map<String, Value>, name: &str) -> Result<Option<Secret>, TokenError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if wire::is_credential(text) => Ok(Some(Secret::new(text))),
        Some(_) => Err(TokenError::unusable(200, "one of its tokens is malformed")),
    }
}

/// The scopes according to the response, or else the access token.
fn granted(object: &Map<String, Value>, access_token: &Secret) -> Granted {
    match object.get("scope").and_then(Value::as_str) {
        Some(scope) => Granted::Known(Scopes::of([scope])),
        None => match jwt::unverified(access_token.expose()).and_then(|claims| claims.scopes()) {
            Some(scopes) => Granted::Known(scopes),
            None => Granted::Unknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::errors::Reason;
    use crate::oauth::testing::{Mutator, sign};
    use serde_json::json;

    fn parse(body: &Value) -> Result<TokenResponse, TokenError> {
        TokenResponse::parse(200, body.to_string().as_bytes())
    }

    /// The example of RFC 6749 §5.1, with Auth0's token type Bearer.
    #[test]
    fn a_successful_answer_is_parsed() {
        let response = parse(&json!({
            "access_token": "2YotnFZFEjr1zCsicMWpAA",
            "token_type": "bearer",
            "expires_in": 3600,
            "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
            "example_parameter": "example_value",
        }))
        .unwrap();
        assert_eq!(response.access_token.expose(), "2YotnFZFEjr1zCsicMWpAA");
        assert_eq!(response.expires_in, Some(Duration::from_secs(3600)));
        assert_eq!(response.refresh_token.as_ref().unwrap().expose(), "tGzv3JOkF0XG5Qx2TlKWIA");
        assert_eq!(response.granted, Granted::Unknown);
        assert!(!format!("{response:?}").contains("2YotnFZFEjr1zCsicMWpAA"));
    }

    #[test]
    fn other_token_types_are_refused() {
        let error =
            parse(&json!({"access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "example"}));
        assert_eq!(error.unwrap_err().reason(), Reason::Unusable);
    }

    #[test]
    fn lifetimes_are_read_and_limited() {
        let with = |value: Value| {
            parse(&json!({"access_token": "a", "token_type": "Bearer", "expires_in": value}))
                .map(|response| response.expires_in.map(|d| d.as_secs()))
        };
        assert_eq!(with(json!("86400")).unwrap(), Some(86400));
        assert_eq!(with(json!(null)).unwrap(), None);
        assert_eq!(with(json!(u64::MAX)).unwrap(), Some(MAX_LIFETIME));
        for bad in [json!(-5), json!("soon"), json!({})] {
            assert!(with(bad).is_err());
        }
    }

    #[test]
    fn granted_scopes_come_from_the_response_or_the_token() {
        let jwt = sign("RS256", &json!({"scope": "openid read:orders"}));
        let with = |token: &str, scope: Option<&str>| {
            parse(&json!({"access_token": token, "token_type": "Bearer", "scope": scope}))
                .unwrap()
                .granted
        };
        let known = |text| Granted::Known(Scopes::of([text]));
        assert_eq!(with(&jwt, Some("openid")), known("openid"));
        assert_eq!(with(&jwt, Some("")), known(""));
        assert_eq!(with(&jwt, None), known("openid read:orders"));
        assert_eq!(with("opaque", None), Granted::Unknown);
    }

    #[test]
    fn other_answers_are_errors() {
        for body in [
            json!({"token_type": "Bearer"}),
            json!({"access_token": "", "token_type": "Bearer"}),
            json!({"access_token": "a b", "token_type": "Bearer"}),
            json!({"access_token": "a\r\nX: y", "token_type": "Bearer"}),
            json!({"access_token": "é", "token_type": "Bearer"}),
            json!({"access_token": ["a"], "token_type": "Bearer"}),
            json!({"access_token": "a"}),
            json!({"access_token": "a", "token_type": "mac"}),
            json!({"access_token": "a".repeat(70_000), "token_type": "Bearer"}),
            json!({"access_token": "a", "token_type": "Bearer", "refresh_token": "\u{0}"}),
        ] {
            assert_eq!(parse(&body).unwrap_err().reason(), Reason::Unusable);
        }
        let bound = json!({"access_token": "a", "token_type": "DPoP"});
        assert_eq!(parse(&bound).unwrap_err().reason(), Reason::DpopRequired);
        let ok = json!({"access_token": "a", "token_type": "Bearer"}).to_string();
        for status in [201, 204, 302, 400, 500] {
            assert!(TokenResponse::parse(status, ok.as_bytes()).is_err(), "{status}");
        }
        for body in ["", "<html>", "[]", "null", "{\"access_token\":\"a\""] {
            assert!(TokenResponse::parse(200, body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn an_unusable_answer_keeps_its_refresh_token() {
        for body in [
            json!({"refresh_token": "rt"}),
            json!({"refresh_token": "rt", "access_token": "a", "token_type": "DPoP"}),
            json!({"refresh_token": "rt", "access_token": 7, "expires_in": "soon"}),
        ] {
            assert!(parse(&body).is_err());
            let body = body.to_string();
            assert_eq!(refresh_token_in(200, body.as_bytes()), Some(Secret::new("rt")));
            assert_eq!(refresh_token_in(403, body.as_bytes()), None);
        }
        for body in ["", "<html>", r#"{"refresh_token":"a b"}"#, r#"{"refresh_token":null}"#] {
            assert_eq!(refresh_token_in(200, body.as_bytes()), None, "{body}");
        }
        // A malformed ID token does not invalidate the other tokens.
        for id_token in [json!("é b"), json!(7), json!({})] {
            let body = json!({"access_token": "a", "token_type": "Bearer", "id_token": id_token});
            assert!(parse(&body).is_ok());
        }
    }

    #[test]
    fn malformed_answers_do_not_panic() {
        let seed = json!({"access_token": sign("RS256", &json!({"scope": "a b"})),
            "token_type": "Bearer", "expires_in": 86400, "id_token": "a.b.c", "scope": "a"})
        .to_string();
        Mutator::new(2).each(seed.as_bytes(), 3000, |bytes| {
            if let Ok(response) = TokenResponse::parse(200, bytes) {
                assert!(wire::is_credential(response.access_token.expose()));
            }
        });
    }
}
