//! Requests as lines of JSON, for assertions about other people's software.

use serde_json::{Value, json};

use crate::state::Recorded;

/// Headers, query parameters and body fields with credentials.
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

/// Further credentials outside the Management API, where `code` is the source code of an action.
const SECRET_OF_SIGN_IN: [&str; 3] = ["code", "code_verifier", "user_code"];

fn is_secret(name: &str, path: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_sign_in = !path.starts_with("/api/v2/") && SECRET_OF_SIGN_IN.contains(&&*name);
    of_sign_in || SECRET.contains(&&*name)
}

/// A request with its answer's status, as a line of JSON with redacted secrets.
pub(crate) fn line(request: &Recorded) -> String {
    let shown = |(name, value): (String, String)| {
        let value =
            if is_secret(&name, &request.path) { json!("[redacted]") } else { json!(value) };
        (name, value)
    };
    let pairs = |encoded: &[u8]| -> Value {
        Value::Object(form_urlencoded::parse(encoded).into_owned().map(shown).collect())
    };
    let kind = request.header("content-type").unwrap_or_default();
    let body = if request.body.is_empty() {
        Value::Null
    } else if let Ok(mut body) = serde_json::from_slice(&request.body) {
        redact(&mut body, &request.path);
        body
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        pairs(&request.body)
    } else {
        // In other formats, secrets cannot be found.
        let kind = kind.split(';').next().unwrap_or_default().trim();
        json!({"content_type": kind, "bytes": request.body.len()})
    };
    let headers = Value::Object(request.headers.iter().cloned().map(shown).collect());
    let line = json!({
        "method": request.method, "path": request.path, "query": pairs(request.query.as_bytes()),
        "headers": headers, "body": body, "status": request.status, "at": request.at,
    });
    format!("{line}\n")
}

fn redact(value: &mut Value, path: &str) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if is_secret(name, path) && value.is_string() {
                    *value = json!("[redacted]");
                } else {
                    redact(value, path);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, path)),
        _ => {}
    }
}
