//! Requests as lines of JSON, for assertions about other people's software.

use serde_json::{Value, json};

use crate::state::Recorded;

/// Headers, query parameters and body fields whose values prove who somebody is.
const SECRET: [&str; 18] = [
    "access_token",
    "authorization",
    "client_assertion",
    "client_secret",
    "cookie",
    "custom_password_hash",
    "device_code",
    "dpop",
    "id_token",
    "id_token_hint",
    "mfa_token",
    "password",
    "password_hash",
    "private_key",
    "proxy-authorization",
    "refresh_token",
    "subject_token",
    "token",
];

/// One request with its answer's status, secrets redacted.
pub(crate) fn line(request: &Recorded) -> String {
    let is_secret = |name: &str| SECRET.contains(&name.to_ascii_lowercase().as_str());
    let shown = |(name, value): (String, String)| {
        let value = if is_secret(&name) { json!("[redacted]") } else { json!(value) };
        (name, value)
    };
    let pairs = |encoded: &[u8]| -> Value {
        Value::Object(form_urlencoded::parse(encoded).into_owned().map(shown).collect())
    };
    let kind = request.header("content-type").unwrap_or_default();
    let body = if request.body.is_empty() {
        Value::Null
    } else if let Ok(mut body) = serde_json::from_slice(&request.body) {
        redact(&mut body);
        body
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        pairs(&request.body)
    } else {
        json!(String::from_utf8_lossy(&request.body))
    };
    let headers = Value::Object(request.headers.iter().cloned().map(shown).collect());
    let line = json!({
        "method": request.method, "path": request.path, "query": pairs(request.query.as_bytes()),
        "headers": headers, "body": body, "status": request.status, "at": request.at,
    });
    format!("{line}\n")
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if SECRET.contains(&name.to_ascii_lowercase().as_str()) && value.is_string() {
                    *value = json!("[redacted]");
                } else {
                    redact(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}
