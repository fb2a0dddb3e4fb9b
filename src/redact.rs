//! Secrets in JSON, replaced by `"[redacted]"` before a person or a log sees them.
//!
//! The rule is about keys, at any depth and in any spelling (`client_secret`, `clientSecret`,
//! `"client\u005fsecret"`), because the Management API has hundreds of places for a secret and
//! connection options take keys nobody has listed. It errs on the side of hiding.
//!
//! - Some keys hide all that is below them: `encryption_key`, `configuration`, `credentials`.
//! - Some hide a string, a number or a list of them, but not an object of settings that has the
//!   same name: a client's `refresh_token: {"rotation_type": …}`, a connection's `password: {…}`.
//!
//! What is replaced is each string and number, so the keys below stay readable (which custom
//! scripts there are, which configuration values). `null`, `true`, `false` and `""` stay: they say
//! that a secret is or is not set, and hold none.
//!
//! A look at the keys alone settles nearly every row of a list. Where one of them may be a secret's,
//! a scan follows: one pass over borrowed text with a fixed amount of memory; text with nothing to
//! hide is not copied, and what is copied keeps its order, its digits and its white space.

mod keys;

use std::borrow::Cow;

use self::keys::{Reach, reach};
use crate::rawjson;

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// JSON text with its secrets replaced; borrowed when it has none.
///
/// The text may be cut off at any byte (a log line): what is there is still redacted. Text that is
/// no JSON never panics, but only JSON is promised to come out clean.
pub fn json(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    if push_json(text, &mut out) { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// Appends JSON text with its secrets replaced and says `true`; leaves the buffer alone and says
/// `false` when there are none, so that the caller can use the text it has.
pub fn push_json(text: &str, out: &mut String) -> bool {
    may_hold_secrets(text.as_bytes()) && scan(text, out)
}

/// Whether some key may be that of a secret, or the nesting too deep to tell. A key stands before
/// a colon, so that values are passed over; what only looks like one costs a scan, and no more.
fn may_hold_secrets(text: &[u8]) -> bool {
    // Brackets in strings count too, and those that are closed: this is a bound.
    memchr::memchr2_iter(b'{', b'[', text).nth(DEPTH - 1).is_some()
        || memchr::memchr_iter(b':', text).any(|colon| {
            let (before, after) = text.split_at(colon);
            let Some(key) = before.trim_ascii_end().strip_suffix(b"\"") else { return false };
            let value = after.get(rawjson::skip_space(after, 1)).copied().unwrap_or_default();
            // Whether a secret is set is none, and nor are settings of one.
            !matches!(value, b't' | b'f' | b'n')
                && match keys::reach_at_end(key) {
                    Some(Reach::None | Reach::Methods) => false,
                    Some(Reach::Values) => value != b'{',
                    _ => true,
                }
        })
}

fn scan(text: &str, out: &mut String) -> bool {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut copied = 0;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let start = at;
        at += 1;
        match b {
            b'"' => {
                at = rawjson::string_end(bytes, start);
                let next = rawjson::skip_space(bytes, at);
                if bytes.get(next) == Some(&b':') {
                    scan.key(text.get(start..at).unwrap_or_default());
                    at = next + 1;
                    continue;
                }
                if !scan.hides_value() || bytes.get(start + 1) == Some(&b'"') {
                    continue;
                }
            }
            b'-' | b'0'..=b'9' => {
                at = rawjson::value_end(bytes, start).max(at);
                if !scan.hides_value() {
                    continue;
                }
            }
            b'{' | b'[' => {
                scan.open(b == b'[');
                continue;
            }
            b'}' | b']' => {
                scan.close();
                continue;
            }
            b',' => {
                scan.pending = Reach::None;
                continue;
            }
            _ => continue,
        }
        out.push_str(text.get(copied..start).unwrap_or_default());
        out.push('"');
        out.push_str(REDACTED);
        out.push('"');
        copied = at;
    }
    if copied == 0 {
        return false;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    true
}

/// Whether a value under this name is a secret: a JSON key, or a field of a form or a query.
///
/// In forms and queries the authorization `code` counts too; in JSON it does not, because there
/// it is an error's code or an Action's source.
pub fn is_secret_parameter(name: &str) -> bool {
    name == "code" || !matches!(reach(name.as_bytes()), Reach::None | Reach::Methods)
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

/// Levels that are told apart. Auth0's own answers stay under a dozen; past this depth every
/// string is hidden, since what it belongs to is no longer known.
const DEPTH: usize = 128;

struct Scan {
    levels: [Reach; DEPTH],
    depth: usize,
    /// The reach of the key that was just read.
    pending: Reach,
}

impl Default for Scan {
    fn default() -> Self {
        Self { levels: [Reach::None; DEPTH], depth: 0, pending: Reach::None }
    }
}

impl Scan {
    fn level(&self) -> Reach {
        self.levels.get(self.depth).copied().unwrap_or(Reach::Below)
    }

    fn key(&mut self, quoted: &str) {
        let name = rawjson::string(quoted);
        self.pending = match (reach(name.as_bytes()), self.level()) {
            (Reach::Credentials, Reach::Methods) => Reach::None,
            (Reach::Credentials, _) => Reach::Below,
            (reach, _) => reach,
        };
    }

    /// Whether the string or number that is next is hidden.
    fn hides_value(&self) -> bool {
        [self.level(), self.pending]
            .iter()
            .any(|reach| matches!(reach, Reach::Values | Reach::Below))
    }

    fn open(&mut self, is_array: bool) {
        let level = self.level();
        let inner = match (level, self.pending) {
            (Reach::Below, _) | (_, Reach::Below) => Reach::Below,
            (_, Reach::Values) | (Reach::Values, _) if is_array => Reach::Values,
            (Reach::Methods, _) | (_, Reach::Methods) => Reach::Methods,
            _ => Reach::None,
        };
        self.pending = Reach::None;
        self.depth += 1;
        if let Some(level) = self.levels.get_mut(self.depth) {
            *level = inner;
        }
    }

    fn close(&mut self) {
        self.pending = Reach::None;
        self.depth = self.depth.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
