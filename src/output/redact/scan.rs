//! Replaces the secrets of a JSON text in one pass.

use std::borrow::Cow;

use crate::output::rawjson;
use crate::output::redact::keys::{Reach, reach};
use crate::output::redact::table::PathRules;
use crate::output::redact::{self, REDACTED};

/// The most levels that are tracked. Auth0's answers have fewer than a dozen. Below this depth
/// every string is hidden, because its context is unknown.
pub(super) const DEPTH: usize = 128;

/// Appends the text with its secrets replaced and returns `true`. If it has none, appends nothing
/// and returns `false`.
pub(super) fn scan(place: Option<&'static PathRules>, text: &str, out: &mut String) -> bool {
    let bytes = text.as_bytes();
    let mut scan = Scan::new(place);
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
                if bytes.get(start + 1) == Some(&b'"') {
                    continue;
                }
                if !scan.hides_value() {
                    if let Some(shown) =
                        url_without_secrets(text.get(start..at).unwrap_or_default())
                    {
                        out.push_str(text.get(copied..start).unwrap_or_default());
                        out.push_str(&shown);
                        copied = at;
                    }
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
                scan.pending = Pending::default();
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

/// A quoted URL without the secrets in it. `None` if the text is not a URL or has none.
fn url_without_secrets(quoted: &str) -> Option<String> {
    if !quoted.contains("://") && !quoted.contains('\\') {
        return None;
    }
    let text = rawjson::string(quoted);
    let (scheme, _) = text.split_once("://")?;
    let is_scheme_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if !scheme.trim_start().chars().all(is_scheme_char) {
        return None;
    }
    match redact::url(&text) {
        Cow::Owned(shown) => serde_json::to_string(&shown).ok(),
        Cow::Borrowed(_) => None,
    }
}

/// What the table says about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    Secret,
    Plain,
}

/// An object or array around the current position.
#[derive(Clone, Copy, Default)]
struct Frame<'t> {
    /// The quoted key of this object or array. Empty for an item of an array and for the outermost
    /// value.
    key: &'t str,
    is_array: bool,
    reach: Reach,
    verdict: Option<Listed>,
}

/// The key whose value comes next.
#[derive(Clone, Copy, Default)]
struct Pending<'t> {
    key: &'t str,
    reach: Reach,
    verdict: Option<Listed>,
}

struct Scan<'t> {
    place: Option<&'static PathRules>,
    levels: [Frame<'t>; DEPTH],
    depth: usize,
    pending: Pending<'t>,
}

impl<'t> Scan<'t> {
    fn new(place: Option<&'static PathRules>) -> Self {
        let levels = [Frame::default(); DEPTH];
        Self { place, levels, depth: 0, pending: Pending::default() }
    }

    fn level(&self) -> Frame<'t> {
        let too_deep = Frame { verdict: Some(Listed::Secret), ..Frame::default() };
        self.levels.get(self.depth).copied().unwrap_or(too_deep)
    }

    fn key(&mut self, quoted: &'t str) {
        let level = self.level();
        let reach = match (reach(rawjson::string(quoted).as_bytes()), level.reach) {
            (Reach::Credentials, Reach::Methods) => Reach::None,
            (Reach::Configuration, above) if above != Reach::Options => Reach::None,
            (Reach::Credentials | Reach::Configuration, _) => Reach::Below,
            (reach, _) => reach,
        };
        let verdict = self.place.and_then(|place| {
            let is_at = |path: &&&str| self.is_at(quoted, path);
            if place.secrets.iter().any(|path| is_at(&path)) {
                return Some(Listed::Secret);
            }
            // Values that are shown anyway need no entry.
            let is_hidden = hides(reach) || hides(level.reach);
            let is_plain = is_hidden && place.plain.iter().any(|path| is_at(&path));
            is_plain.then_some(Listed::Plain)
        });
        self.pending = Pending { key: quoted, reach, verdict };
    }

    /// Whether a key of the innermost object matches a path of the table.
    fn is_at(&self, quoted: &str, path: &str) -> bool {
        let is_key = |quoted: &str, segment: &str| {
            let segment = segment.strip_suffix("[]").unwrap_or(segment);
            segment == "*" || rawjson::is_string(quoted, segment)
        };
        let (path, anywhere) = match path.strip_prefix("**.") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let mut segments = path.rsplit('.');
        if !segments.next().is_some_and(|segment| is_key(quoted, segment)) {
            return false;
        }
        let levels = self.levels.get(..=self.depth).unwrap_or_default();
        let mut above = levels.iter().rev().filter(|level| !level.key.is_empty());
        segments.all(|segment| above.next().is_some_and(|level| is_key(level.key, segment)))
            // A page has its rows in a list under one key.
            && (anywhere
                || above.next().is_none_or(|top| top.is_array && above.next().is_none()))
    }

    /// Whether the next string or number must be hidden.
    fn hides_value(&self) -> bool {
        let level = self.level();
        if level.verdict == Some(Listed::Secret) {
            return true;
        }
        // An item of a list has no key of its own, so the key of the list counts.
        match self.pending.verdict.or(level.verdict.filter(|_| level.is_array)) {
            Some(verdict) => verdict == Listed::Secret,
            None => hides(level.reach) || hides(self.pending.reach),
        }
    }

    fn open(&mut self, is_array: bool) {
        let level = self.level();
        let Pending { key, reach, verdict } = std::mem::take(&mut self.pending);
        let inner = match (level.reach, reach) {
            (Reach::Below, _) | (_, Reach::Below) => Reach::Below,
            (_, Reach::Values) | (Reach::Values, _) if is_array => Reach::Values,
            (Reach::Methods, _) | (_, Reach::Methods) => Reach::Methods,
            (Reach::Options, _) | (_, Reach::Options) => Reach::Options,
            _ => Reach::None,
        };
        // An object with the name of a secret text holds settings, as in the rule about keys.
        let is_settings = reach == Reach::Values && !is_array;
        let verdict = match (level.verdict, verdict.filter(|_| !is_settings)) {
            (Some(Listed::Secret), _) | (_, Some(Listed::Secret)) => Some(Listed::Secret),
            // Neither a list in a list nor an object at a plain path is documented.
            (_, verdict) => verdict.filter(|_| is_array),
        };
        self.depth += 1;
        if let Some(level) = self.levels.get_mut(self.depth) {
            *level = Frame { key, is_array, reach: inner, verdict };
        }
    }

    fn close(&mut self) {
        self.pending = Pending::default();
        self.depth = self.depth.saturating_sub(1);
    }
}

fn hides(reach: Reach) -> bool {
    matches!(reach, Reach::Values | Reach::Below)
}
