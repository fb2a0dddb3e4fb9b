//! Secrets in JSON, replaced by `"[redacted]"` before a person or a log sees them.
//!
//! A documented path of the Management API goes by the reviewed table (`redact/table.rs`): it lists the secrets of
//! each operation, and the documented fields that only have the name of one (the names of an
//! Action's secrets, the region of a log stream). Every other path goes by its keys.
//!
//! The rule about keys (`redact/keys.rs`) holds at any depth and in any spelling (`client_secret`,
//! `clientSecret`, `"client\u005fsecret"`), because connection options and metadata take keys that
//! nobody has listed. It errs on the side of hiding.
//!
//! - Some keys hide everything below them: `encryption_key`, `credentials`, and a connection's
//!   `options.configuration`.
//! - Some hide a string, a number or a list of them, but not an object of settings that has the
//!   same name: a client's `refresh_token: {"rotation_type": …}`, a connection's `password: {…}`.
//!
//! Each hidden string and number is replaced, so the keys below stay readable (which custom scripts
//! there are, which configuration values). `null`, `true`, `false` and `""` stay: they say whether
//! a secret is set.
//!
//! A look at the keys settles nearly every row of a list. If one of them may be that of a secret, a
//! scan follows: one pass over borrowed text with a fixed amount of memory. Text with nothing to
//! hide is not copied, and what is copied keeps its order, its digits and its white space.

mod keys;
mod scan;
mod table;

use std::borrow::Cow;

use serde_json::Value;

use self::keys::{Reach, reach};
use self::scan::{DEPTH, scan};
use self::table::Place;
use crate::output::rawjson;

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Redacts the JSON that one operation takes or answers.
///
/// The default knows no operation and goes by the names of keys.
#[derive(Clone, Copy, Default)]
pub struct Redactor {
    place: Option<&'static Place>,
    /// Whether the place has a secret that the name of its key does not show.
    always_scans: bool,
}

impl Redactor {
    /// The default.
    pub const BY_KEYS: Self = Self { place: None, always_scans: false };

    /// Redacts the requests and answers of a path of the Management API: below `/api/v2`, with a
    /// leading slash, concrete or a template.
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

    /// Redacts the requests and answers of a URL: by its path if it is one of the Management API.
    pub fn for_url(url: &str) -> Self {
        match url.split_once("/api/v2/") {
            Some((base, _)) => Self::for_path(&url[base.len() + "/api/v2".len()..]),
            None => Self::default(),
        }
    }

    /// JSON text with its secrets replaced; borrowed if it has none.
    ///
    /// The text may be cut off at any byte (a log line): what is there is still redacted. Text that
    /// is not JSON never panics, but only JSON is promised to come out clean.
    pub fn json<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = String::new();
        if self.push_json(text, &mut out) { Cow::Owned(out) } else { Cow::Borrowed(text) }
    }

    /// A value with its secrets replaced and its shape kept.
    pub fn value(&self, value: &Value) -> Value {
        let text = value.to_string();
        serde_json::from_str(&self.json(&text)).expect("redaction keeps JSON JSON")
    }

    /// Appends JSON text with its secrets replaced and returns `true`. If there are none, leaves
    /// the buffer as it is and returns `false`, so that the caller can use the text it has.
    pub fn push_json(&self, text: &str, out: &mut String) -> bool {
        (self.always_scans || may_hold_secrets(text.as_bytes())) && scan(self.place, text, out)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({:?})", self.place.map(|place| place.api))
    }
}

/// Whether some key may be that of a secret, or the nesting is too deep to tell. A key stands
/// before a colon, so values are passed over; what only looks like a key costs a scan.
fn may_hold_secrets(text: &[u8]) -> bool {
    // Brackets in strings count too, and those that are closed: this is a bound.
    memchr::memchr2_iter(b'{', b'[', text).nth(DEPTH - 1).is_some()
        || memchr::memchr_iter(b':', text).any(|colon| {
            let (before, after) = text.split_at(colon);
            let Some(key) = before.trim_ascii_end().strip_suffix(b"\"") else { return false };
            let value = after.get(rawjson::skip_space(after, 1)).copied().unwrap_or_default();
            // Booleans and null are not secrets, and option objects have keys of their own.
            !matches!(value, b't' | b'f' | b'n')
                && match keys::reach_at_end(key) {
                    Some(Reach::Values) => value != b'{',
                    Some(reach) => reach.may_hide(),
                    None => true,
                }
        })
}

/// Whether a value under this name is a secret: a JSON key, or a field of a form or a query.
///
/// In forms and queries the authorization `code` counts too; in JSON it does not, because there
/// it is an error's code or an Action's source.
pub fn is_secret_parameter(name: &str) -> bool {
    name == "code" || reach(name.as_bytes()).may_hide()
}

/// A URL or a path with a query, for logs and messages: the values of secret parameters and a
/// password before the host are replaced. Borrowed if there are none.
pub fn url(url: &str) -> Cow<'_, str> {
    let (start, query) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let shown_start = without_password(start);
    let mut changed = matches!(shown_start, Cow::Owned(_));
    let mut shown = shown_start.into_owned();
    // A fragment can hold what a query can (OAuth 2.0 implicit answers).
    for part in query.split_inclusive(['?', '#', '&', ';']) {
        let (pair, mark) = part.split_at(part.trim_end_matches(['?', '#', '&', ';']).len());
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret_parameter(&decoded(name)) => {
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
    let Some((scheme, rest)) = start.split_once("://") else { return Cow::Borrowed(start) };
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rfind('@') {
        Some(at) => Cow::Owned(format!("{scheme}://{REDACTED}{}", &rest[at..])),
        None => Cow::Borrowed(start),
    }
}

/// A parameter's name as the server reads it.
fn decoded(name: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(name).decode_utf8_lossy()
}

#[cfg(test)]
mod tests;
