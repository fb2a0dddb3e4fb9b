//! Properties of ID tokens and key sets: only correctly signed tokens are valid.

use std::sync::LazyLock;

use auth0_suite::base::secret::Secret;
use auth0_suite::oauth::discovery::Issuer;
use auth0_suite::oauth::id_token::{Expectations, LEEWAY, validate};
use auth0_suite::oauth::jwks::Jwks;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use super::input::Input;

/// A key pair made for tests.
const PEM: &str = include_str!("../../src/oauth/testdata/test-key.pem");
const NOW: u64 = 1_700_000_000;
const ISSUER: &str = "https://acme.eu.auth0.com/";
const CLIENT: &str = "client";
const NONCE: &str = "n-0S6_WzA2Mj";

static KEY: LazyLock<KeyPair> = LazyLock::new(|| {
    let lines = PEM.lines().skip_while(|line| !line.starts_with("-----BEGIN")).skip(1);
    let base64: String = lines.take_while(|line| !line.starts_with('-')).collect();
    let der = base64::prelude::BASE64_STANDARD.decode(base64).expect("PEM");
    KeyPair::from_pkcs8(&der).expect("PKCS#8")
});

static JWKS: LazyLock<String> = LazyLock::new(|| {
    let (n, e) = public_key();
    json!({"keys": [{"kty": "RSA", "use": "sig", "kid": "k1", "n": BASE64.encode(n), "e": BASE64.encode(e)}]})
        .to_string()
});

/// The one token that the tenant has signed.
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    sign(
        &json!({
            "iss": ISSUER, "sub": "auth0|1", "aud": CLIENT, "nonce": NONCE,
            "iat": NOW, "exp": NOW + 3600, "name": "Ada", "email": "ada@example.com",
        })
        .to_string(),
    )
});

/// Arbitrary bytes, and the signed token with changed bytes, are only valid if they equal the
/// signed token.
pub(crate) fn id_token(bytes: &[u8]) {
    assert_valid_only_if_signed(&String::from_utf8_lossy(bytes));
    let mut damaged = TOKEN.clone().into_bytes();
    for change in bytes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % damaged.len();
        damaged[at] ^= change[2];
    }
    assert_valid_only_if_signed(&String::from_utf8_lossy(&damaged));
    // Another payload or header over the same signature.
    let parts: Vec<&str> = TOKEN.split('.').collect();
    let text = BASE64.encode(bytes);
    assert_valid_only_if_signed(&format!("{}.{text}.{}", parts[0], parts[2]));
    assert_valid_only_if_signed(&format!("{text}.{}.{}", parts[1], parts[2]));
    assert_valid_only_if_signed(&format!("{}.{}.{text}", parts[0], parts[1]));
}

fn assert_valid_only_if_signed(token: &str) {
    let keys = Jwks::parse(JWKS.as_bytes()).expect("our own keys");
    match validate(&Secret::new(token), &keys, &expectations(), NOW) {
        Ok(person) => {
            assert_eq!(token, *TOKEN, "a token without our signature is valid");
            assert_eq!(person.subject(), "auth0|1");
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error}"),
    }
}

/// Arbitrary claims with a valid signature are only accepted if they have the expected values.
pub(crate) fn claims(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let expected = Expectations {
        max_age: input.choose(&[None, Some(60)]),
        organization: input.choose(&[None, Some("org_1"), Some("acme")]).map(str::to_owned),
        ..expectations()
    };
    let Ok(text) = std::str::from_utf8(input.rest()) else { return };
    let Ok(Value::Object(claims)) = serde_json::from_str(text) else { return };
    let keys = Jwks::parse(JWKS.as_bytes()).expect("our own keys");
    let Ok(person) = validate(&Secret::new(sign(text)), &keys, &expected, NOW) else { return };
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    let (now, leeway) = (NOW as f64, LEEWAY as f64);
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], person.subject());
    assert!(
        claims["aud"] == CLIENT
            || claims["aud"].as_array().is_some_and(|all| all.contains(&json!(CLIENT)))
    );
    assert_eq!(claims["nonce"], NONCE);
    assert!(number("exp").is_some_and(|at| at + 1.0 + leeway > now));
    assert!(number("iat").is_some_and(|at| at <= now + leeway + 1.0));
    assert!(number("nbf").is_none_or(|at| at <= now + leeway + 1.0));
    assert!(claims.get("azp").is_none_or(|azp| azp == CLIENT || !azp.is_string() || azp == ""));
    if expected.max_age.is_some() {
        assert!(number("auth_time").is_some_and(|at| at + 61.0 + leeway > now));
    }
    match expected.organization.as_deref() {
        Some("org_1") => assert_eq!(claims["org_id"], "org_1"),
        Some(name) => assert_eq!(claims["org_name"], name),
        None => {}
    }
    for shown in [person.name(), person.email(), person.organization(), person.session()] {
        assert!(shown.is_none_or(|text| !text.contains(char::is_control)));
    }
}

/// With an arbitrary key set, the token is only valid if the set has its key.
pub(crate) fn jwks(bytes: &[u8]) {
    let Ok(keys) = Jwks::parse(bytes) else { return };
    if validate(&Secret::new(TOKEN.as_str()), &keys, &expectations(), NOW).is_err() {
        return;
    }
    let document: Value = serde_json::from_slice(bytes).expect("it was parsed");
    let (n, _) = public_key();
    let has_key = document["keys"].as_array().is_some_and(|keys| {
        keys.iter().any(|key| {
            let modulus = BASE64.decode(key["n"].as_str().unwrap_or_default()).unwrap_or_default();
            modulus.iter().skip_while(|byte| **byte == 0).eq(&n)
        })
    });
    assert!(has_key, "valid with another key");
}

fn expectations() -> Expectations {
    Expectations {
        issuer: Issuer::at(ISSUER.trim_end_matches('/')).expect("an issuer"),
        client_id: CLIENT.to_owned(),
        nonce: Some(Secret::new(NONCE)),
        max_age: None,
        organization: None,
        subject: None,
        required: true,
    }
}

fn public_key() -> (Vec<u8>, Vec<u8>) {
    let key = PublicKeyComponents::<Vec<u8>>::from(KEY.public());
    (key.n, key.e)
}

fn sign(claims: &str) -> String {
    let header = BASE64.encode(r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#);
    let input = format!("{header}.{}", BASE64.encode(claims));
    let mut signature = vec![0; KEY.public().modulus_len()];
    KEY.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
        .expect("a signature");
    format!("{input}.{}", BASE64.encode(signature))
}
