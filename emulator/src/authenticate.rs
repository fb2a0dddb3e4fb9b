//! How clients prove who they are at the token endpoint.

use base64::Engine as _;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256,
    UnparsedPublicKey,
};
use rustls::pki_types::pem::{PemObject, SectionKind};

use crate::answer::Answer;
use crate::keys;
use crate::state::State;
use crate::token::Form;

/// Client ID and secret of an `Authorization: Basic` header.
pub(crate) fn basic(header: &str) -> Option<(String, String)> {
    let decoded =
        base64::engine::general_purpose::STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// Checks a confidential client's secret or assertion.
pub(crate) fn authenticate(
    state: &mut State,
    client_id: &str,
    secret: Option<&str>,
    form: &Form,
) -> Result<(), Answer> {
    let denied = |why: &str| Answer::oauth(401, "invalid_client", why);
    if let Some(assertion) = form.get("client_assertion") {
        check_assertion(state, client_id, assertion).map_err(|why| denied(&why))?;
        return Ok(());
    }
    match form.get("client_secret") {
        Some(given) if Some(given.as_str()) == secret => Ok(()),
        Some(_) => Err(Answer::oauth(401, "access_denied", "Unauthorized")),
        None => Err(denied("Client authentication is required")),
    }
}

/// RFC 7523 §3, with Auth0's rules.
fn check_assertion(state: &mut State, client_id: &str, assertion: &str) -> Result<(), String> {
    let pem = state.config.assertion_key.clone().ok_or("The client has no public key")?;
    let header = keys::header(assertion).ok_or("The assertion is malformed")?;
    let claims = keys::claims(assertion).ok_or("The assertion is malformed")?;
    let (input, signature) = assertion.rsplit_once('.').ok_or("The assertion is malformed")?;
    let signature = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|e| e.to_string())?;
    let public = <(SectionKind, Vec<u8>)>::from_pem_slice(&pem).map_err(|e| e.to_string())?.1;
    // SubjectPublicKeyInfo wraps what ring wants: the last bit string's content.
    let inner = public
        .windows(4)
        .position(|w| w[0] == 0x03 && w[1] == 0x82)
        .map_or(&public[..], |at| &public[at + 5..]);
    let verify = |algorithm: &'static dyn ring::signature::VerificationAlgorithm| {
        UnparsedPublicKey::new(algorithm, inner).verify(input.as_bytes(), &signature)
    };
    let verified = match header["alg"].as_str() {
        Some("RS256") => verify(&RSA_PKCS1_2048_8192_SHA256),
        Some("RS384") => verify(&RSA_PKCS1_2048_8192_SHA384),
        Some("PS256") => verify(&RSA_PSS_2048_8192_SHA256),
        _ => return Err("The algorithm is not allowed".to_owned()),
    };
    verified.map_err(|_| "The signature is invalid".to_owned())?;
    let host = state.url.split("://").nth(1).unwrap_or_default();
    let audience = claims["aud"].as_str().ok_or("aud must be a single string")?;
    if audience != state.issuer() && audience != format!("https://{host}/") {
        return Err("The audience is invalid".to_owned());
    }
    if claims["iss"] != client_id || claims["sub"] != client_id {
        return Err("iss and sub must be the client_id".to_owned());
    }
    let expires = claims["exp"].as_i64().ok_or("exp is required")?;
    let now = state.now();
    if expires < now || expires > now + 300 {
        return Err("The assertion has expired or lives too long".to_owned());
    }
    if claims["iat"].as_i64().is_some_and(|issued| issued > now + 10) {
        return Err("The assertion was issued in the future".to_owned());
    }
    let id = claims["jti"].as_str().ok_or("jti is required")?.to_owned();
    if state.assertion_ids.contains(&id) {
        return Err("The assertion was used before".to_owned());
    }
    state.assertion_ids.push(id);
    Ok(())
}
