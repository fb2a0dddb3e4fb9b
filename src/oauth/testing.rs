//! Shared by the tests of this module: signed tokens, key sets and hostile bytes.

use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use serde_json::{Value, json};

use super::assertion::{SigningAlg, SigningKey};
use super::discovery::Issuer;
use super::jwks::Jwks;
use super::wire;
use crate::base::test_random::Random;

/// The token of RFC 7515 appendix A.2.
pub(crate) const RFC_7515_A2: &str = "eyJhbGciOiJSUzI1NiJ9.\
eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG\
bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K\
0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6\
LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// The key of RFC 7515 appendix A.2, as PKCS#1.
pub(crate) const RFC_7515_A2_KEY: &[u8] = include_bytes!("testdata/rfc7515-a2.pem");

/// A key made for these tests, as PKCS#8.
pub(crate) const TEST_KEY: &[u8] = include_bytes!("testdata/test-key.pem");

pub(crate) fn issuer() -> Issuer {
    Issuer::at("https://acme.eu.auth0.com").unwrap()
}

pub(crate) fn test_key() -> SigningKey {
    SigningKey::from_pem(TEST_KEY).unwrap()
}

/// The tenant's key set: the test key as `k1`, and the key of RFC 7515 as `old`.
pub(crate) fn jwks() -> Jwks {
    Jwks::parse(jwks_json().to_string().as_bytes()).unwrap()
}

pub(crate) fn jwks_json() -> Value {
    let old = SigningKey::from_pem(RFC_7515_A2_KEY).unwrap();
    json!({"keys": [
        jwk(&test_key(), "k1"),
        {"kty": "EC", "kid": "ec", "use": "sig", "crv": "P-256", "x": "AA", "y": "AA"},
        jwk(&old, "old"),
    ]})
}

fn jwk(key: &SigningKey, kid: &str) -> Value {
    let public = PublicKeyComponents::<Vec<u8>>::from(key.0.public());
    json!({"kty": "RSA", "use": "sig", "kid": kid, "n": wire::base64url(&public.n),
           "e": wire::base64url(&public.e)})
}

/// A token with these claims, signed with the test key `k1`.
pub(crate) fn sign(alg: &str, claims: &Value) -> String {
    sign_with(&json!({"alg": alg, "typ": "JWT", "kid": "k1"}), claims)
}

/// A token with this header. It is signed with PS256 if the header says so, otherwise with RS256.
pub(crate) fn sign_with(header: &Value, claims: &Value) -> String {
    let alg = if header["alg"] == "PS256" { SigningAlg::Ps256 } else { SigningAlg::Rs256 };
    let input = [header, claims].map(|part| wire::base64url(part.to_string().as_bytes())).join(".");
    let signature = test_key().sign(alg, input.as_bytes(), &SystemRandom::new()).unwrap();
    format!("{input}.{}", wire::base64url(&signature))
}

/// Random changes to bytes, the same in every run.
pub(crate) struct Mutator(Random);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    /// Calls `check` with `rounds` damaged copies of `seed`: bytes changed, removed, repeated or
    /// cut.
    pub(crate) fn each(mut self, seed: &[u8], rounds: usize, mut check: impl FnMut(&[u8])) {
        const SPICE: &[u8] = b"\"\\{}[]:,.0-9eE\0\n\x1b\x7f\xc3\xff=+/_ ";
        for _ in 0..rounds {
            let mut bytes = seed.to_vec();
            for _ in 0..=self.below(4) {
                let at = self.below(bytes.len());
                match self.below(6) {
                    0 if !bytes.is_empty() => bytes[at] = SPICE[self.below(SPICE.len())],
                    1 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                    2 if !bytes.is_empty() => drop(bytes.remove(at)),
                    3 => bytes.insert(at, SPICE[self.below(SPICE.len())]),
                    4 => {
                        let end = (at + self.below(20)).min(bytes.len());
                        let piece = bytes[at..end].to_vec();
                        bytes.splice(at..at, piece);
                    }
                    _ => bytes.truncate(at),
                }
            }
            check(&bytes);
        }
    }
}
