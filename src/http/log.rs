//! Logs the traffic for `-v` and `-vv`: selected headers, redacted bodies.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::{Body, Request, header};
use crate::base::secret::Secret;
use crate::base::url;
use crate::output::redact;
use crate::output::redact::Redactor;
use crate::term::Ui;

/// The response headers that are logged. They never hold secrets.
const SHOWN: [&str; 7] = [
    "content-type",
    "content-length",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-auth0-requestid",
];

/// The longest body shown, in characters.
const MAX_SHOWN: usize = 16 << 10;

pub(super) fn request(ui: &Ui, request: &Request<'_>) {
    ui.detail(1, || format!("> {} {}", request.method, redact::url(request.url)));
    match request.body {
        Some(Body::Form(form)) => ui.detail(2, || format!("> {}", form_keys(form.expose()))),
        Some(Body::Json(json)) => json_body(ui, "> ", request.url, json),
        Some(Body::Raw(kind, bytes)) => {
            ui.detail(2, || format!("> ({} bytes of {kind})", bytes.len()))
        }
        None => {}
    }
}

pub(super) fn answer(ui: &Ui, status: u16, headers: &HeaderMap, took: Duration) {
    ui.detail(1, || format!("< {status} ({} ms)", took.as_millis()));
    if ui.details(2) {
        for name in SHOWN {
            if let Some(value) = header(headers, name) {
                ui.detail(2, || format!("< {name}: {value}"));
            }
        }
    }
}

/// Logs the body of an answer. `url` decides what is redacted in it.
pub(super) fn body(ui: &Ui, url: &str, bytes: &[u8]) {
    json_body(ui, "< ", url, bytes);
}

/// Logs a body if it is JSON. Other bodies cannot be redacted reliably, so only their length is
/// logged.
fn json_body(ui: &Ui, mark: &str, url: &str, bytes: &[u8]) {
    ui.detail(2, || {
        let text = std::str::from_utf8(bytes).ok();
        let Some(text) =
            text.filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
        else {
            return format!("{mark}({} bytes that are not JSON)", bytes.len());
        };
        let redacted = Redactor::for_url(url).json(text);
        let shown: String = redacted.chars().take(MAX_SHOWN).collect();
        let more = if shown.len() < redacted.len() { " …" } else { "" };
        format!("{mark}{shown}{more}")
    });
}

/// The keys of a form, with the values that are not secret.
fn form_keys(form: &str) -> String {
    let shown = |(key, value)| match is_shown(key) {
        true => format!("{key}={value}"),
        false => format!("{key}=[redacted]"),
    };
    pairs(form).map(shown).collect::<Vec<_>>().join("&")
}

/// The secret values of a form, both encoded and decoded.
pub(super) fn secrets_of_form(form: &str) -> impl Iterator<Item = Secret> {
    pairs(form).filter(|(key, _)| !is_shown(key)).flat_map(|(_, value)| {
        let decoded = url::decoded(value);
        [Secret::new(decoded), Secret::new(value)]
    })
}

fn pairs(form: &str) -> impl Iterator<Item = (&str, &str)> {
    form.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Whether a form parameter's value may be logged. Unknown parameters count as secret.
fn is_shown(key: &str) -> bool {
    const PLAIN: [&str; 6] =
        ["grant_type", "client_id", "audience", "scope", "redirect_uri", "organization"];
    PLAIN.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allow_listed_form_values_are_shown() {
        let form = "grant_type=authorization_code&client_id=c&code=s3cr3t&code_verifier=s3cr3t\
            &client_assertion=s3cr3t&client_secret=s3cr3t&refresh_token=s3cr3t&ticket=s3cr3t\
            &otp=s3cr3t&anything=s3cr3t";
        let shown = form_keys(form);
        assert!(shown.starts_with("grant_type=authorization_code&client_id=c&code=[redacted]&"));
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert!(SHOWN.iter().all(|name| !name.contains("cookie") && !name.contains("auth-")));
    }
}
