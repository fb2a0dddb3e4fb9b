//! What a server, a file or an argument says stays data: it forges no line of ours, obeys nothing on
//! a terminal, and what is secret is not repeated.

mod errors;
mod hints;
mod output;
#[cfg(target_os = "linux")] // a terminal made by script(1)
mod terminal;
mod usage;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::Home;

/// A home whose profile `p` is signed in at this origin.
fn home_at(origin: &str, access_token: &str, expires_at: &str) -> Home {
    let home = Home::new();
    home.write(
        "config/profiles/p.toml",
        &format!(
            "domain = \"{origin}\"\nclient_id = \"c\"\n\n[token]\naccess_token = {access_token:?}\n\
             token_type = \"Bearer\"\nexpires_at = {expires_at}\nscope = [\"read:clients\"]\n\
             refresh_token = \"{REFRESH}\"\ndomain = \"{origin}\"\n\
             audience = \"{origin}/api/v2/\"\nclient_id = \"c\"\n"
        ),
    );
    home
}

const ACCESS: &str = "access-token-that-nobody-may-read-0123456789";
const REFRESH: &str = "refresh-token-that-nobody-may-read-0123456789";
const LATER: &str = "2199-01-01T00:00:00Z";
const EARLIER: &str = "2020-01-01T00:00:00Z";

/// A token with these claims. Its signature proves nothing.
fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.AAAA", part(&json!({"alg": "RS256"})), part(claims))
}

/// The last line of stderr as JSON.
#[track_caller]
fn json_error(stderr: &str) -> Value {
    let line = stderr.lines().last().unwrap_or_default();
    let mut value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {stderr}"));
    value["error"].take()
}
