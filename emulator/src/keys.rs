//! The signing keys. They are constants in the source, because they protect nothing and generating
//! keys would slow down the start.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

/// Key IDs in the key set: the current key and the next.
pub(crate) const KIDS: [&str; 2] = ["emulator-1", "emulator-2"];

static KEYS: LazyLock<[RsaKeyPair; 2]> = LazyLock::new(|| {
    [include_bytes!("../keys/signing.pem").as_slice(), include_bytes!("../keys/next.pem")].map(read)
});

fn read(pem: &[u8]) -> RsaKeyPair {
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem).expect("our own PEM");
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("our own key")
}

/// Unpadded base64url.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key set (RFC 7517).
pub(crate) fn jwks() -> Value {
    let keys = KEYS.iter().zip(KIDS).map(|(key, kid)| {
        let public: RsaPublicKeyComponents<Vec<u8>> = key.public().into();
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": base64url(&public.n), "e": base64url(&public.e)})
    });
    json!({"keys": keys.collect::<Vec<_>>()})
}

/// The public key's modulus, which an attacker would use as an HMAC secret.
pub(crate) fn modulus() -> Vec<u8> {
    let public: RsaPublicKeyComponents<Vec<u8>> = KEYS[0].public().into();
    public.n
}

/// A compact JWS, signed with RS256 by the key of that index, with this key ID.
pub(crate) fn sign(key: usize, kid: &str, claims: &Value) -> String {
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": kid});
    let input = [&header, claims].map(|part| base64url(part.to_string().as_bytes())).join(".");
    let pair = &KEYS[key];
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
        .expect("the key is sound");
    format!("{input}.{}", base64url(&signature))
}

/// A compact JWS, signed with HS256.
pub(crate) fn sign_with_secret(secret: &[u8], kid: Option<&str>, claims: &Value) -> String {
    let mut header = json!({"alg": "HS256", "typ": "JWT"});
    if let Some(kid) = kid {
        header["kid"] = json!(kid);
    }
    let input = [&header, claims].map(|part| base64url(part.to_string().as_bytes())).join(".");
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    format!("{input}.{}", base64url(ring::hmac::sign(&secret, input.as_bytes()).as_ref()))
}

/// The claims of a token, or `None` if its signature is not ours.
pub(crate) fn verified(token: &str) -> Option<Value> {
    let (input, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let public: RsaPublicKeyComponents<Vec<u8>> = KEYS[0].public().into();
    public
        .verify(&ring::signature::RSA_PKCS1_2048_8192_SHA256, input.as_bytes(), &signature)
        .ok()?;
    claims(token)
}

/// The claims of any JWS, unverified.
pub(crate) fn claims(token: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

/// The header of any JWS, unverified.
pub(crate) fn header(token: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?).ok()
}

/// A fresh random string that fits in a URL.
pub(crate) fn random() -> String {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    base64url(&bytes)
}
