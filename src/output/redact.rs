//! Replaces secrets in JSON by `"[redacted]"` before a person or a log sees them.
//!
//! For documented paths of the Management API, the reviewed table decides (`redact/table.rs`). It
//! lists the secrets of each operation, and the documented fields that only sound secret, such as
//! the names of an Action's secrets or the region of a log stream. For every other path, the keys
//! decide.
//!
//! The rule about keys (`redact/keys.rs`) applies at any depth and in any spelling
//! (`client_secret`, `clientSecret`, `"client\u005fsecret"`), because connection options and
//! metadata can contain keys that are not documented. When in doubt it hides.
//!
//! - Some keys hide everything below them: `encryption_key`, `credentials`, and a connection's
//!   `options.configuration`.
//! - Some hide a string, a number or a list of them, but not an object of settings with the same
//!   name: a client's `refresh_token: {"rotation_type": …}`, a connection's `password: {…}`.
//!
//! Each hidden string and number is replaced, so the keys below stay readable: which custom scripts
//! exist, which configuration values. `null`, `true`, `false` and `""` stay, because they show
//! whether a secret is set.
//!
//! A text that is a URL is judged whatever its key is. The user information before the host is always
//! a secret, and so are the values of query parameters whose names sound secret.
//!
//! For most rows of a list, a look at the keys is enough to know that there is nothing to hide.
//! Otherwise a scan follows: one pass over borrowed text with a fixed amount of memory. Text
//! without secrets is not copied, and a copy keeps the order, the digits and the white space.

mod keys;
mod scan;
mod table;

use std::borrow::Cow;

use serde_json::Value;

use crate::base::url;

use self::keys::{Reach, reach};
use self::scan::{DEPTH, scan};
use self::table::PathRules;
use crate::output::rawjson;

/// The text that replaces a secret.
pub const REDACTED: &str = "[redacted]";

/// Redacts the JSON that an operation takes or returns.
///
/// The default knows no operation and judges by keys only.
#[derive(Clone, Copy, Default)]
pub struct Redactor {
    place: Option<&'static PathRules>,
    /// Whether some secret of the place has a key that does not sound secret.
    always_scans: bool,
}

impl Redactor {
    /// Redacts by the names of keys only. The default.
    pub const BY_KEYS: Self = Self { place: None, always_scans: false };

    /// Redacts requests and answers of a path of the Management API. The path starts after
    /// `/api/v2`, with a slash. It may be a template.
    pub fn for_path(path: &str) -> Self {
        let place = table::place(path.split_once('?').map_or(path, |(path, _)| path));
        let shows = |secret: &&str| {
            let mut keys = secret.rsplit('.').map(|key| reach(key.as_bytes()));
            keys.next().unwrap_or_default().may_hide()
                || keys.any(|key| key.may_hide() && key != Reach::Values)
        };
        let always_scans = place.is_some_and(|place| !place.secrets.iter().all(shows));
        Self { place, always_scans }
    }

    /// Redacts requests and answers of a URL: by its path for the Management API, otherwise by
    /// keys.
    pub fn for_url(url: &str) -> Self {
        match url.split_once("/api/v2/") {
            Some((base, _)) => Self::for_path(&url[base.len() + "/api/v2".len()..]),
            None => Self::BY_KEYS,
        }
    }

    /// Returns JSON text with its secrets replaced, or borrows it if it has none.
    ///
    /// The text may be cut off at any byte, as in a log line. Text that is not JSON does not panic,
    /// but only valid JSON is guaranteed to be clean afterwards.
    pub fn json<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = String::new();
        if self.push_json(text, &mut out) { Cow::Owned(out) } else { Cow::Borrowed(text) }
    }

    /// Returns a value of the same shape with its secrets replaced.
    pub fn value(&self, value: &Value) -> Value {
        let text = value.to_string();
        serde_json::from_str(&self.json(&text)).expect("redaction keeps JSON JSON")
    }

    /// Appends JSON text with its secrets replaced and returns `true`. If it has none, leaves the
    /// buffer unchanged and returns `false`, so that the caller can use the original text.
    pub fn push_json(&self, text: &str, out: &mut String) -> bool {
        (self.always_scans || may_hold_secrets(text.as_bytes())) && scan(self.place, text, out)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({:?})", self.place.map(|place| place.api))
    }
}

/// Whether some key may hold a secret, or the nesting is too deep to track. This only looks at text
/// before colons, so a text value that looks like a key costs an unnecessary scan.
fn may_hold_secrets(text: &[u8]) -> bool {
    // Closed brackets and brackets in strings count too, so this is an upper bound.
    memchr::memchr2_iter(b'{', b'[', text).nth(DEPTH - 1).is_some()
        // Escaped, the colon of a URL is `\u003a`.
        || memchr::memmem::find(text, b"\\u003").is_some()
        || memchr::memchr_iter(b':', text).any(|colon| {
            let (before, after) = text.split_at(colon);
            if may_be_url_with_secrets(after) {
                return true;
            }
            let Some(key) = before.trim_ascii_end().strip_suffix(b"\"") else { return false };
            let value = after.get(rawjson::skip_space(after, 1)).copied().unwrap_or_default();
            // Booleans and null are not secrets, and option objects have keys of their own.
            !matches!(value, b't' | b'f' | b'n')
                && keys::last_key(key).is_none_or(|name| match reach(name) {
                    Reach::Values => value != b'{',
                    reach => reach.may_hide(),
                })
        })
}

/// Whether a text from a colon on may be the rest of a URL with user information or a query.
fn may_be_url_with_secrets(from_colon: &[u8]) -> bool {
    if !from_colon.starts_with(b"://") && !from_colon.starts_with(b":\\") {
        return false;
    }
    let end = memchr::memchr(b'"', from_colon).unwrap_or(from_colon.len());
    let rest = from_colon.get(..end).unwrap_or_default();
    memchr::memchr3(b'@', b'=', b'\\', rest).is_some()
}

/// Whether a text is a redacted secret, or a URL from which secrets were removed.
pub(crate) fn is_redacted(text: &str) -> bool {
    text == REDACTED || text.contains("://") && text.contains(REDACTED)
}

/// Whether a value under this name is secret. The name is a JSON key, or a field of a form or
/// query.
///
/// In forms and queries the authorization `code`, a `key` and a signature are secret too. In JSON a
/// `code` is an error's code or an Action's source.
pub fn is_secret_parameter(name: &str) -> bool {
    ["code", "key", "sig"].iter().any(|word| name.eq_ignore_ascii_case(word))
        || name.to_ascii_lowercase().ends_with("signature")
        || reach(name.as_bytes()).may_hide()
}

/// Redacts a URL, or a path with a query, for logs and messages: the values of secret parameters,
/// and a password before the host. Borrowed if there is nothing to hide.
pub fn url(url: &str) -> Cow<'_, str> {
    let (start, query) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let shown_start = without_password(start);
    let mut changed = matches!(shown_start, Cow::Owned(_));
    let mut shown = shown_start.into_owned();
    // A fragment can hold the same as a query (OAuth 2.0 implicit flow).
    for part in query.split_inclusive(['?', '#', '&', ';']) {
        let (pair, mark) = part.split_at(part.trim_end_matches(['?', '#', '&', ';']).len());
        match pair.split_once('=') {
            Some((name, value))
                if !value.is_empty() && is_secret_parameter(&url::decoded(name)) =>
            {
                changed = true;
                shown.extend([name, "=", REDACTED]);
            }
            _ => shown.push_str(pair),
        }
        shown.push_str(mark);
    }
    if changed { Cow::Owned(shown) } else { Cow::Borrowed(url) }
}

fn without_password(start: &str) -> Cow<'_, str> {
    let Some((scheme, authority, path)) = url::split(start) else { return Cow::Borrowed(start) };
    match authority.rfind('@') {
        Some(at) => Cow::Owned(format!("{scheme}://{REDACTED}{}{path}", &authority[at..])),
        None => Cow::Borrowed(start),
    }
}

#[cfg(test)]
mod tests;
