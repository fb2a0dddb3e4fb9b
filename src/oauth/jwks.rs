//! The tenant's signing keys (RFC 7517), and signature verification with them.

use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
};
use serde_json::{Map, Value};

use super::jwt::Jws;
use super::wire;
use crate::base::error::{Error, ErrorKind};

/// The most keys in a set. A tenant has two or three.
const MAX_KEYS: usize = 64;

/// The RSA signing keys of a key set. Other keys are skipped.
#[derive(Clone, Debug)]
pub struct Jwks(Vec<Jwk>);

#[derive(Clone, Debug)]
struct Jwk {
    kid: Option<String>,
    alg: Option<String>,
    public: RsaPublicKeyComponents<Vec<u8>>,
}

/// Why a signature is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SignatureError {
    /// The algorithm, named here, is neither RS256 nor PS256.
    Algorithm(String),
    /// No key matches. The set may be outdated.
    UnknownKey(Option<String>),
    /// The signature does not match the key.
    Invalid,
}

impl Jwks {
    /// Parses a key set.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let unusable = |why: &str| {
            Error::new(ErrorKind::Unavailable, "the tenant's signing keys cannot be read")
                .because(why)
                .hint("check the domain, and any proxy in between")
        };
        let document =
            wire::json_object(body).ok_or_else(|| unusable("jwks.json is not a JSON object"))?;
        let keys = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(|| unusable("jwks.json has no keys"))?;
        if keys.len() > MAX_KEYS {
            return Err(unusable("jwks.json has too many keys"));
        }
        Ok(Self(keys.iter().filter_map(Value::as_object).filter_map(Jwk::read).collect()))
    }

    /// Verifies the signature of a JWS (RFC 7515 §5.2) with the key that it names, or with any
    /// matching key if it names none. Only RS256 and PS256 are allowed, whatever the token's `alg`
    /// says: `none`, and HMAC with the public key as secret, are refused.
    pub(super) fn verify(&self, jws: &Jws<'_>) -> Result<(), SignatureError> {
        let parameters: &RsaParameters = match jws.alg.as_str() {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "PS256" => &RSA_PSS_2048_8192_SHA256,
            other => return Err(SignatureError::Algorithm(wire::clean_text(other))),
        };
        let mut fitting = self.0.iter().filter(|key| key.fits(jws)).peekable();
        if fitting.peek().is_none() {
            return Err(SignatureError::UnknownKey(jws.kid.as_deref().map(wire::clean_text)));
        }
        let input = jws.signing_input.as_bytes();
        fitting
            .any(|key| key.public.verify(parameters, input, &jws.signature).is_ok())
            .then_some(())
            .ok_or(SignatureError::Invalid)
    }
}

impl Jwk {
    /// Reads an RSA signing key (RFC 7517 §4, RFC 7518 §6.3.1). `None` for any other key.
    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let usage = wire::text(jwk, "use").unwrap_or("sig");
        if wire::text(jwk, "kty") != Some("RSA") || usage != "sig" {
            return None;
        }
        // RFC 7517 §4.3.
        let verifies = |ops: &Value| {
            ops.as_array().is_some_and(|ops| ops.iter().any(|op| op.as_str() == Some("verify")))
        };
        if jwk.get("key_ops").is_some_and(|ops| !verifies(ops)) {
            return None;
        }
        let number = |name| {
            let bytes = wire::from_base64url(wire::text(jwk, name)?)?;
            let leading = bytes.iter().take_while(|byte| **byte == 0).count();
            Some(bytes[leading..].to_vec()) // ring rejects leading zeros
        };
        Some(Self {
            kid: wire::text(jwk, "kid").map(str::to_owned),
            alg: wire::text(jwk, "alg").map(str::to_owned),
            public: RsaPublicKeyComponents { n: number("n")?, e: number("e")? },
        })
    }

    fn fits(&self, jws: &Jws<'_>) -> bool {
        (jws.kid.is_none() || jws.kid == self.kid)
            && self.alg.as_ref().is_none_or(|alg| *alg == jws.alg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::testing::{Mutator, RFC_7515_A2, jwks, jwks_json, sign, sign_with};
    use serde_json::json;

    fn verify(token: &str) -> Result<(), SignatureError> {
        jwks().verify(&Jws::parse(token).unwrap())
    }

    #[test]
    fn the_example_of_rfc_7515_a2_verifies() {
        assert_eq!(verify(RFC_7515_A2), Ok(()));
    }

    #[test]
    fn rs256_and_ps256_verify() {
        let claims = json!({"sub": "auth0|1"});
        assert_eq!(verify(&sign("RS256", &claims)), Ok(()));
        assert_eq!(verify(&sign("PS256", &claims)), Ok(()));
    }

    #[test]
    fn other_algorithms_are_refused_whatever_the_signature() {
        for alg in ["none", "None", "", "HS256", "RS384", "RS1", "ES256", "rs256", "RS256 "] {
            let token = sign(alg, &json!({}));
            assert!(matches!(verify(&token), Err(SignatureError::Algorithm(_))), "{alg}");
        }
    }

    #[test]
    fn only_the_named_key_is_used() {
        let with = |header: Value| verify(&sign_with(&header, &json!({"a": 1})));
        assert_eq!(with(json!({"alg": "RS256"})), Ok(()));
        assert_eq!(with(json!({"alg": "RS256", "kid": "old"})), Err(SignatureError::Invalid));
        for kid in ["k2", "ec"] {
            assert_eq!(
                with(json!({"alg": "RS256", "kid": kid})),
                Err(SignatureError::UnknownKey(Some(kid.to_owned())))
            );
        }
    }

    #[test]
    fn a_changed_token_fails() {
        let token = sign("RS256", &json!({"sub": "auth0|1"}));
        let (rest, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = rest.split_once('.').unwrap();
        let forged = wire::base64url(br#"{"sub":"auth0|2"}"#);
        assert_eq!(verify(&format!("{header}.{forged}.{signature}")), Err(SignatureError::Invalid));
        assert_eq!(verify(&format!("{rest}.")), Err(SignatureError::Invalid));
        // RS256 and PS256 must not be confused.
        let pss = wire::base64url(br#"{"alg":"PS256","kid":"k1"}"#);
        let (_, payload) = rest.split_once('.').unwrap();
        assert_eq!(verify(&format!("{pss}.{payload}.{signature}")), Err(SignatureError::Invalid));
    }

    #[test]
    fn keys_are_limited_to_their_use_and_algorithm() {
        let token = sign("RS256", &json!({}));
        let jws = Jws::parse(&token).unwrap();
        for (member, value, stands) in [
            ("alg", json!("RS256"), true),
            ("alg", json!("PS256"), false),
            ("use", json!("sig"), true),
            ("use", json!("enc"), false),
            ("key_ops", json!(["sign", "verify"]), true),
            ("key_ops", json!(["encrypt"]), false),
            ("key_ops", json!([]), false),
            ("key_ops", json!("verify"), false),
        ] {
            let mut document = jwks_json();
            document["keys"][0][member] = value.clone();
            let keys = Jwks::parse(document.to_string().as_bytes()).unwrap();
            assert_eq!(keys.verify(&jws).is_ok(), stands, "{member} {value}");
        }
    }

    #[test]
    fn leading_zeros_in_the_modulus_are_dropped() {
        let mut document = jwks_json();
        let n = document["keys"][0]["n"].as_str().unwrap();
        let padded = [vec![0], wire::from_base64url(n).unwrap()].concat();
        document["keys"][0]["n"] = json!(wire::base64url(&padded));
        let keys = Jwks::parse(document.to_string().as_bytes()).unwrap();
        assert!(keys.verify(&Jws::parse(&sign("RS256", &json!({}))).unwrap()).is_ok());
    }

    #[test]
    fn weak_and_malformed_keys_verify_nothing() {
        let token = sign("RS256", &json!({}));
        let jws = Jws::parse(&token).unwrap();
        for (n, e) in [("AQAB", "AQAB"), ("", "AQAB"), ("!", "AQAB"), ("AAAA", "AA")] {
            let set = json!({"keys": [{"kty": "RSA", "kid": "k1", "n": n, "e": e}]});
            let keys = Jwks::parse(set.to_string().as_bytes()).unwrap();
            assert!(keys.verify(&jws).is_err(), "{n} {e}");
        }
    }

    #[test]
    fn malformed_key_sets_are_refused() {
        let many = json!({"keys": vec![json!({}); MAX_KEYS + 1]}).to_string();
        for body in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>", &many] {
            assert_eq!(Jwks::parse(body.as_bytes()).unwrap_err().kind(), ErrorKind::Unavailable);
        }
        assert!(Jwks::parse(br#"{"keys":[]}"#).is_ok());
        let most = json!({"keys": vec![json!({}); MAX_KEYS]}).to_string();
        assert!(Jwks::parse(most.as_bytes()).is_ok());
    }

    #[test]
    fn malformed_key_sets_do_not_panic() {
        let token = sign("RS256", &json!({}));
        let jws = Jws::parse(&token).unwrap();
        Mutator::new(4).each(jwks_json().to_string().as_bytes(), 2000, |bytes| {
            if let Ok(keys) = Jwks::parse(bytes) {
                let _ = keys.verify(&jws);
            }
        });
    }
}
