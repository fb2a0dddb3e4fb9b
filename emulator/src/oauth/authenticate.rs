//! Client authentication at the token endpoint.

use base64::Engine as _;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256,
    UnparsedPublicKey,
};
use rustls::pki_types::pem::{PemObject, SectionKind};
use serde_json::Value;

use super::form::Form;
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::state::{Object, State, text};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Adds the credentials of a Basic header to the form.
///
/// # Errors
/// `invalid_request` if the header is malformed, or credentials were sent in two places.
pub(super) fn credentials(mut form: Form, authorization: Option<&str>) -> Result<Form, Answer> {
    let invalid = |why: &str| Answer::oauth(400, "invalid_request", why);
    if let Some(header) = authorization.filter(|header| header.starts_with("Basic ")) {
        let (id, secret) = basic(header).ok_or_else(|| invalid("Malformed Basic credentials"))?;
        if form.contains_key("client_secret") || form.contains_key("client_assertion") {
            return Err(invalid("Use one way of client authentication only"));
        }
        if form.get("client_id").is_some_and(|given| *given != id) {
            return Err(invalid("The client_id is not that of the Basic credentials"));
        }
        form.insert("client_id".to_owned(), id);
        form.insert("client_secret".to_owned(), secret);
    }
    if !form.contains_key("client_id")
        && let Some(assertion) = form.get("client_assertion")
        && let Some(claims) = keys::claims(assertion)
        && let Some(sub) = claims["sub"].as_str()
    {
        form.insert("client_id".to_owned(), sub.to_owned());
    }
    Ok(form)
}

/// Client ID and secret of an `Authorization: Basic` header, form-decoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let decoded =
        base64::engine::general_purpose::STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        // Without `&` and `=`, the part parses as the name of a single pair.
        let pair = part.replace('&', "%26").replace('=', "%3D");
        form_urlencoded::parse(pair.as_bytes())
            .next()
            .map_or_else(String::new, |(name, _)| name.into_owned())
    };
    Some((decode(id), decode(secret)))
}

/// Checks a confidential client's secret or assertion. A public client needs none.
///
/// # Errors
/// `invalid_client` or `access_denied`, as at Auth0.
pub(super) fn authenticate(state: &mut State, client: &Object, form: &Form) -> Result<(), Answer> {
    let denied = |why: &str| Answer::oauth(401, "invalid_client", why);
    let client_id = text(client, "client_id");
    if let Some(assertion) = form.get("client_assertion") {
        if form.get("client_assertion_type").map(String::as_str) != Some(ASSERTION_TYPE) {
            return Err(denied("The client_assertion_type is missing or unknown"));
        }
        check_assertion(state, client_id, assertion).map_err(|why| denied(&why))?;
        return Ok(());
    }
    if text(client, "token_endpoint_auth_method") == "none" {
        return Ok(());
    }
    let by_key = client.get("client_authentication_methods").is_some_and(Value::is_object);
    if by_key && state.enforces(Rule::KeyOnly) {
        return Err(denied("The client must authenticate with a private key"));
    }
    if !state.enforces(Rule::Secret) {
        return Ok(());
    }
    match form.get("client_secret") {
        Some(given) if given == text(client, "client_secret") => Ok(()),
        Some(_) => Err(Answer::oauth(401, "access_denied", "Unauthorized")),
        None => Err(denied("Client authentication is required")),
    }
}

/// The public keys that a client may sign with: the one from the command line, and its credentials.
fn public_keys(state: &State, client_id: &str) -> Vec<Vec<u8>> {
    let configured = state.config.assertion_key.clone().filter(|_| client_id == crate::MACHINE);
    let credentials = state.rows(&format!("clients/{client_id}/credentials"));
    let stored = credentials.iter().map(|row| text(row, "pem").as_bytes().to_vec());
    configured.into_iter().chain(stored).collect()
}

/// Checks an assertion (RFC 7523 §3), with Auth0's rules.
fn check_assertion(state: &mut State, client_id: &str, assertion: &str) -> Result<(), String> {
    if assertion.len() > 2048 {
        return Err("The assertion is longer than 2048 bytes".to_owned());
    }
    let keys_of_client = public_keys(state, client_id);
    if keys_of_client.is_empty() {
        return Err("The client has no public key".to_owned());
    }
    let header = keys::header(assertion).ok_or("The assertion is malformed")?;
    let claims = keys::claims(assertion).ok_or("The assertion is malformed")?;
    let (input, signature) = assertion.rsplit_once('.').ok_or("The assertion is malformed")?;
    let signature = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|e| e.to_string())?;
    let algorithm: &dyn ring::signature::VerificationAlgorithm = match header["alg"].as_str() {
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        Some("RS384") => &RSA_PKCS1_2048_8192_SHA384,
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        _ => return Err("The algorithm is not allowed".to_owned()),
    };
    let verified = keys_of_client.iter().any(|pem| {
        let Ok((_, public)) = <(SectionKind, Vec<u8>)>::from_pem_slice(pem) else { return false };
        // ring needs the content of the last bit string of SubjectPublicKeyInfo.
        let inner = public
            .windows(4)
            .position(|w| w[0] == 0x03 && w[1] == 0x82)
            .map_or(&public[..], |at| &public[at + 5..]);
        UnparsedPublicKey::new(algorithm, inner).verify(input.as_bytes(), &signature).is_ok()
    });
    if !verified && state.enforces(Rule::AssertionSignature) {
        return Err("The signature is invalid".to_owned());
    }
    let host = state.url.split("://").nth(1).unwrap_or_default();
    let audience = claims["aud"].as_str().ok_or("aud must be a single string")?;
    if audience != state.issuer()
        && audience != format!("https://{host}/")
        && state.enforces(Rule::AssertionAudience)
    {
        return Err("The audience is invalid".to_owned());
    }
    let own = claims["iss"] == client_id && claims["sub"] == client_id;
    if !own && state.enforces(Rule::AssertionSubject) {
        return Err("iss and sub must be the client_id".to_owned());
    }
    let expires = claims["exp"].as_i64().ok_or("exp is required")?;
    let now = state.now();
    if (expires < now || expires > now + 300) && state.enforces(Rule::AssertionLifetime) {
        return Err("The assertion has expired or lives too long".to_owned());
    }
    if ["iat", "nbf"].iter().any(|name| claims[*name].as_i64().is_some_and(|at| at > now + 10)) {
        return Err("The assertion was issued in the future".to_owned());
    }
    let id = claims["jti"].as_str().unwrap_or_default().to_owned();
    let proper = (1..=64).contains(&id.chars().count());
    if !proper && state.enforces(Rule::AssertionId) {
        return Err("jti must have 1 to 64 characters".to_owned());
    }
    if state.assertion_ids.contains(&id) && state.enforces(Rule::AssertionOnce) {
        return Err("The assertion was used before".to_owned());
    }
    state.assertion_ids.push(id);
    Ok(())
}
