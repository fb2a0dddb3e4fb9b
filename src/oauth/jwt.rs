//! Parses a compact JWS (RFC 7515 §7.1) and its claims (RFC 7519), without verifying them.

use std::fmt;

use serde_json::{Map, Value};

use super::scope::Scopes;
use super::wire;

/// The longest accepted token, in bytes.
pub const MAX_TOKEN: usize = 64 * 1024;

/// The parts of a compact JWS. Nothing has been verified.
pub(super) struct Jws<'a> {
    /// `alg`, or an empty text.
    pub(super) alg: String,
    /// `typ`, if there is one.
    pub(super) typ: Option<String>,
    /// `kid`, which names the key.
    pub(super) kid: Option<String>,
    pub(super) claims: Claims,
    /// The signed text: the encoded header and payload.
    pub(super) signing_input: &'a str,
    pub(super) signature: Vec<u8>,
}

/// Why a token is not a JWS. No variant contains a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtError {
    /// Longer than [`MAX_TOKEN`].
    TooLong,
    /// Not three parts.
    Parts,
    /// A part that is not base64url.
    Encoding,
    /// The header or payload is not a JSON object.
    Json,
    /// A `crit` header (RFC 7515 §4.1.11), which requires unsupported extensions.
    Critical,
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "it is too long",
            Self::Parts => "it does not have three parts",
            Self::Encoding => "it is not base64url",
            Self::Json => "its header or payload is not a JSON object",
            Self::Critical => "it demands extensions that are not supported",
        })
    }
}

impl std::error::Error for JwtError {}

impl<'a> Jws<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, JwtError> {
        if token.len() > MAX_TOKEN {
            return Err(JwtError::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(JwtError::Parts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwtError::Parts)?;
        if payload.contains('.') {
            return Err(JwtError::Parts); // five parts are a JWE
        }
        let decode = |part| wire::from_base64url(part).ok_or(JwtError::Encoding);
        let object = |part| wire::json_object(&decode(part)?).ok_or(JwtError::Json);
        let header = object(header)?;
        if header.contains_key("crit") {
            return Err(JwtError::Critical);
        }
        Ok(Self {
            alg: wire::text(&header, "alg").unwrap_or_default().to_owned(),
            typ: header.get("typ").map(|typ| typ.as_str().unwrap_or("?").to_owned()),
            kid: wire::text(&header, "kid").map(str::to_owned),
            claims: Claims(object(payload)?),
            signing_input,
            signature: decode(signature)?,
        })
    }
}

/// The claims of an access token, without verification. They may be displayed and used for hints,
/// but never for a security decision. `None` for an opaque token or a JWE.
pub fn unverified(token: &str) -> Option<Claims> {
    Jws::parse(token).ok().map(|jws| jws.claims)
}

/// Whether a token is encrypted: a JWE has five parts (RFC 7516 §3.1). Only its API can read it.
pub fn is_encrypted(token: &str) -> bool {
    token.split('.').count() == 5
}

/// The claims of a JWT (RFC 7519 §4).
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// `iss`: the issuer.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub`: the subject. For an application it is `CLIENT_ID@clients`.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `aud`: the audiences, one or several.
    pub fn audiences(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The application: `azp`, or `client_id` in the RFC 9068 profile.
    pub fn client_id(&self) -> Option<&str> {
        self.text("azp").or_else(|| self.text("client_id"))
    }

    /// `exp`, in Unix seconds.
    pub fn expires_at(&self) -> Option<u64> {
        self.time("exp")
    }

    /// `iat`, in Unix seconds.
    pub fn issued_at(&self) -> Option<u64> {
        self.time("iat")
    }

    /// `scope`, split into scopes.
    pub fn scopes(&self) -> Option<Scopes> {
        self.0.get("scope").and_then(Value::as_str).map(|text| Scopes::of([text]))
    }

    /// Every claim.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A claim that is a non-empty string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        wire::text(&self.0, name)
    }

    /// A NumericDate (RFC 7519 §2) in whole Unix seconds. A string of digits is not accepted.
    pub(super) fn time(&self, name: &str) -> Option<u64> {
        self.0.get(name).filter(|value| value.is_number()).and_then(wire::seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::testing::{Mutator, RFC_7515_A2, sign};
    use serde_json::json;

    #[test]
    fn the_example_of_rfc_7515_a2_is_parsed() {
        let jws = Jws::parse(RFC_7515_A2).unwrap();
        assert_eq!((jws.alg.as_str(), jws.kid), ("RS256", None));
        assert_eq!(jws.claims.issuer(), Some("joe"));
        assert_eq!(jws.claims.expires_at(), Some(1300819380));
        assert_eq!(jws.claims.all()["http://example.com/is_root"], json!(true));
        assert_eq!((jws.signature[0], jws.signature.len()), (112, 256));
    }

    #[test]
    fn claims_of_auth0_are_read() {
        let token = sign(
            "RS256",
            &json!({
                "iss": "https://acme.eu.auth0.com/", "sub": "auth0|1", "azp": "app",
                "aud": ["https://api.example.com", "https://acme.eu.auth0.com/userinfo"],
                "iat": 1_700_000_000.7, "exp": 1_700_086_400, "scope": "openid read:orders",
            }),
        );
        let claims = unverified(&token).unwrap();
        assert_eq!(claims.audiences().len(), 2);
        assert_eq!(claims.issued_at(), Some(1_700_000_000));
        assert_eq!(claims.client_id(), Some("app"));
    }

    #[test]
    fn claims_of_the_wrong_type_count_as_absent() {
        let token = sign(
            "RS256",
            &json!({"aud": 7, "exp": "1700000000", "iat": -1, "scope": ["a"], "sub": "",
                    "client_id": "m2m"}),
        );
        let claims = unverified(&token).unwrap();
        assert!(claims.audiences().is_empty());
        assert_eq!((claims.expires_at(), claims.issued_at()), (None, None));
        assert_eq!(claims.scopes(), None);
        assert_eq!((claims.subject(), claims.client_id()), (None, Some("m2m")));
    }

    #[test]
    fn malformed_tokens_are_refused() {
        for (token, error) in [
            ("", JwtError::Parts),
            ("opaque", JwtError::Parts),
            ("a.b", JwtError::Parts),
            ("a.b.c.d.e", JwtError::Parts), // a JWE
            ("..", JwtError::Json),
            ("e30.e30.=", JwtError::Encoding),
            ("e30.W10.", JwtError::Json), // a payload of []
            ("eyJjcml0IjpbXX0.e30.", JwtError::Critical),
        ] {
            assert_eq!(Jws::parse(token).err(), Some(error), "{token:?}");
        }
        let long = "a".repeat(MAX_TOKEN + 1);
        assert_eq!(Jws::parse(&long).err(), Some(JwtError::TooLong));
        let longest = "a".repeat(MAX_TOKEN);
        assert_eq!(Jws::parse(&longest).err(), Some(JwtError::Parts), "the limit itself is fine");
        let deep = format!("e30.{}.", wire::base64url("[".repeat(40_000).as_bytes()));
        assert_eq!(Jws::parse(&deep).err(), Some(JwtError::Json));
    }

    #[test]
    fn only_five_parts_are_an_encrypted_token() {
        assert!(is_encrypted("a.b.c.d.e"));
        for other in ["", "opaque", RFC_7515_A2, "a.b.c.d", "a.b.c.d.e.f"] {
            assert!(!is_encrypted(other), "{other}");
        }
    }

    #[test]
    fn malformed_tokens_do_not_panic() {
        Mutator::new(3).each(RFC_7515_A2.as_bytes(), 5000, |bytes| {
            let _ = unverified(&String::from_utf8_lossy(bytes));
        });
    }
}
