//! `private_key_jwt` client authentication (RFC 7523 §2.2, OpenID Connect Core §9), within Auth0's
//! limits.

use std::fmt;
use std::str::FromStr;

use ring::rand::SecureRandom;
use ring::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use super::discovery::Issuer;
use super::pkce::RandomToken;
use super::wire;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;

/// Lifetime of an assertion in seconds. Auth0 allows 300 and recommends 60.
const LIFETIME: u64 = 60;

/// The longest assertion that Auth0 accepts, in bytes.
const MAX_ASSERTION: usize = 2048;

/// The algorithms that Auth0 accepts for client assertions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlg {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[default]
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PSS with SHA-256.
    Ps256,
}

impl SigningAlg {
    /// All algorithms, for help texts and completions.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Rs384, Self::Ps256];

    /// The `alg` header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Ps256 => "PS256",
        }
    }

    fn encoding(self) -> &'static dyn RsaEncoding {
        match self {
            Self::Rs256 => &RSA_PKCS1_SHA256,
            Self::Rs384 => &RSA_PKCS1_SHA384,
            Self::Ps256 => &RSA_PSS_SHA256,
        }
    }
}

impl fmt::Display for SigningAlg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningAlg {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|alg| alg.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
            Error::usage("unknown signing algorithm for client assertions")
                .hint("Auth0 accepts RS256, RS384 and PS256")
        })
    }
}

/// An application's private RSA key.
pub struct SigningKey(pub(super) RsaKeyPair);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

impl SigningKey {
    /// Reads the first private key of a PEM file: an unencrypted RSA key of 2048 to 4096 bits, in
    /// PKCS#8 or PKCS#1.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let unusable = |why: String| Error::usage("the private key cannot be used").because(why);
        // An encrypted key is marked by the label in PKCS#8, and by a header in PKCS#1.
        let says = |words: &str| pem.windows(words.len()).any(|w| w == words.as_bytes());
        if says("ENCRYPTED PRIVATE KEY") || says("4,ENCRYPTED") {
            return Err(unusable("it is encrypted".to_owned())
                .hint("decrypt it: openssl pkey -in KEY.pem -out PLAIN.pem"));
        }
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| {
            unusable("it contains no private key in PEM format".to_owned())
                .hint("make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
        })?;
        let pair = match &der {
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(unusable("it is not an RSA key".to_owned()).hint(RSA_ONLY)),
        };
        pair.map(Self).map_err(|rejected| {
            let why = match rejected.to_string().as_str() {
                "WrongAlgorithm" => "it is not an RSA key".to_owned(),
                "TooSmall" => "it has fewer than 2048 bits".to_owned(),
                "TooLarge" => "it has more than 4096 bits".to_owned(),
                other => format!("it is not a valid RSA key ({other})"),
            };
            unusable(why).hint(RSA_ONLY)
        })
    }

    /// Makes an assertion for one request.
    ///
    /// `now` is in Unix seconds by the tenant's clock. `id` is the `jti`: the tenant accepts each
    /// only once. `random` provides the salt for PS256. There is no `iat` claim: it is optional,
    /// and Auth0 rejects one in the future.
    pub fn assertion(
        &self,
        about: &Assertion<'_>,
        now: u64,
        id: &RandomToken,
        random: &dyn SecureRandom,
    ) -> Result<Secret, Error> {
        let mut header = json!({"alg": about.alg.as_str(), "typ": "JWT"});
        if let Some(kid) = about.key_id {
            header["kid"] = json!(kid);
        }
        // `aud` is a single string: Auth0 has deprecated arrays and endpoint URLs.
        let claims = json!({
            "iss": about.client_id,
            "sub": about.client_id,
            "aud": about.issuer.as_str(),
            "exp": now.saturating_add(LIFETIME),
            "jti": id.secret().expose(),
        });
        let input =
            [header, claims].map(|part| wire::base64url(part.to_string().as_bytes())).join(".");
        let signature = self.sign(about.alg, input.as_bytes(), random)?;
        let assertion = format!("{input}.{}", wire::base64url(&signature));
        if assertion.len() > MAX_ASSERTION {
            return Err(Error::usage("the client assertion is too long").because(format!(
                "Auth0 accepts {MAX_ASSERTION} bytes, and it has {}",
                assertion.len()
            )));
        }
        Ok(Secret::new(assertion))
    }

    /// Signs `input` (RFC 7515 §5.1).
    pub(super) fn sign(
        &self,
        alg: SigningAlg,
        input: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<Vec<u8>, Error> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(alg.encoding(), random, input, &mut signature)
            .map_err(|_| Error::new(ErrorKind::Failure, "the private key could not sign"))?;
        Ok(signature)
    }
}

/// The content of an assertion, and how to sign it.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// The application.
    pub client_id: &'a str,
    /// The tenant's issuer: the audience of the assertion.
    pub issuer: &'a Issuer,
    /// The algorithm registered for the credential.
    pub alg: SigningAlg,
    /// The credential's key ID. Auth0 also finds the key without it.
    pub key_id: Option<&'a str>,
}

const RSA_ONLY: &str = "Auth0 accepts RSA keys of 2048 to 4096 bits for Private Key JWT";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::jwt::Jws;
    use crate::oauth::testing::{
        Mutator, RFC_7515_A2, RFC_7515_A2_KEY, TEST_KEY, issuer, jwks, jwks_json, test_key,
    };
    use base64::Engine;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

    fn assertion(alg: SigningAlg, key_id: Option<&str>) -> Secret {
        let issuer = issuer();
        let about = Assertion { client_id: "m2m", issuer: &issuer, alg, key_id };
        let id = RandomToken::from_bytes([7; 32]);
        let random = SystemRandom::new();
        test_key().assertion(&about, 1_700_000_000, &id, &random).unwrap()
    }

    #[test]
    fn rfc_7515_a2() {
        let (input, signature) = RFC_7515_A2.rsplit_once('.').unwrap();
        let key = SigningKey::from_pem(RFC_7515_A2_KEY).unwrap();
        let made = key.sign(SigningAlg::Rs256, input.as_bytes(), &SystemRandom::new());
        assert_eq!(wire::base64url(&made.unwrap()), signature);
    }

    #[test]
    fn claims_meet_auth0s_rules() {
        let assertion = assertion(SigningAlg::Rs256, Some("key-1"));
        let jws = Jws::parse(assertion.expose()).unwrap();
        assert_eq!((jws.alg.as_str(), jws.kid.as_deref()), ("RS256", Some("key-1")));
        assert_eq!(
            serde_json::Value::from(jws.claims.all().clone()),
            json!({
                "iss": "m2m", "sub": "m2m", "aud": "https://acme.eu.auth0.com/",
                "exp": 1_700_000_060, "jti": wire::base64url(&[7; 32]),
            })
        );
    }

    #[test]
    fn an_assertion_that_auth0_would_not_take_is_refused_here() {
        let issuer = issuer();
        let make = |length: usize| {
            let client_id = "m".repeat(length);
            let about = Assertion {
                client_id: &client_id,
                issuer: &issuer,
                alg: SigningAlg::Rs256,
                key_id: None,
            };
            let id = RandomToken::from_bytes([7; 32]);
            test_key().assertion(&about, 1_700_000_000, &id, &SystemRandom::new())
        };
        // The client ID is in it twice, and base64url encodes 3 bytes as 4.
        assert!(make(MAX_ASSERTION / 4).is_ok());
        assert_eq!(make(MAX_ASSERTION).unwrap_err().kind(), ErrorKind::Usage);
        let longest = (1..MAX_ASSERTION).rev().find_map(|length| make(length).ok()).unwrap();
        assert!((MAX_ASSERTION - 3..=MAX_ASSERTION).contains(&longest.expose().len()));
    }

    #[test]
    fn an_assertion_of_exactly_the_longest_length_is_accepted() {
        let issuer = issuer();
        let length = |id: usize, kid: usize| {
            let (client_id, kid) = ("m".repeat(id), "k".repeat(kid));
            let about = Assertion {
                client_id: &client_id,
                issuer: &issuer,
                alg: SigningAlg::Rs256,
                key_id: Some(&kid),
            };
            let id = RandomToken::from_bytes([7; 32]);
            let made = test_key().assertion(&about, 1_700_000_000, &id, &SystemRandom::new());
            made.ok().map(|assertion| assertion.expose().len())
        };
        // Each kid shifts the lengths, because base64url encodes 3 bytes as 4.
        let lengths = (1..4).flat_map(|kid| (500..620).map(move |id| length(id, kid)));
        assert_eq!(lengths.flatten().max(), Some(MAX_ASSERTION));
    }

    #[test]
    fn signatures_verify() {
        for alg in [SigningAlg::Rs256, SigningAlg::Ps256] {
            let assertion = assertion(alg, None);
            assert!(jwks().verify(&Jws::parse(assertion.expose()).unwrap()).is_ok(), "{alg}");
        }
        let rs384 = assertion(SigningAlg::Rs384, None);
        let jws = Jws::parse(rs384.expose()).unwrap();
        let key = jwks_json()["keys"][0].clone();
        let number = |name: &str| wire::from_base64url(key[name].as_str().unwrap()).unwrap();
        let public = ring::signature::RsaPublicKeyComponents { n: number("n"), e: number("e") };
        public
            .verify(
                &ring::signature::RSA_PKCS1_2048_8192_SHA384,
                jws.signing_input.as_bytes(),
                &jws.signature,
            )
            .unwrap();
    }

    #[test]
    fn algorithms_by_name() {
        assert_eq!("ps256".parse::<SigningAlg>().unwrap(), SigningAlg::Ps256);
        for bad in ["", "RS512", "HS256", "none", "ES256"] {
            assert!(bad.parse::<SigningAlg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn unusable_keys_are_refused_with_the_reason() {
        let random = SystemRandom::new();
        let elliptic = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let body = base64::prelude::BASE64_STANDARD.encode(elliptic.unwrap());
        let elliptic = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        for (pem, why) in [
            ("", "PEM"),
            ("not a key", "PEM"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "encrypted"),
            ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "encrypted"),
            (elliptic.as_str(), "not an RSA key"),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "not a valid RSA key",
            ),
        ] {
            let error = SigningKey::from_pem(pem.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(error.causes()[0].contains(why), "{pem} {error:?}");
        }
    }

    #[test]
    fn malformed_key_files_do_not_panic() {
        Mutator::new(5).each(TEST_KEY, 300, |bytes| {
            let _ = SigningKey::from_pem(bytes);
        });
    }
}
