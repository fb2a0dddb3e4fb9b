//! Reads JSON text without building a tree.
//!
//! The program shows, cuts or copies the rows of a list, but never changes them. So a row stays the
//! server's own text, borrowed: its keys keep their order and its numbers their digits. The
//! functions expect valid JSON (a [`serde_json::value::RawValue`]). Given anything else they return
//! less, but never panic. None of them recurses.

mod layout;

use std::borrow::Cow;

pub use self::layout::{pretty, push_compact, push_pretty};

/// The type of a JSON value, determined by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, kept as text.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`, or no value.
    Null,
}

/// The type of a value. It must not start with white space.
pub fn kind(value: &str) -> ValueType {
    match value.as_bytes().first() {
        Some(b'{') => ValueType::Object,
        Some(b'[') => ValueType::Array,
        Some(b'"') => ValueType::String,
        Some(b't' | b'f') => ValueType::Bool,
        Some(b'-' | b'0'..=b'9') => ValueType::Number,
        _ => ValueType::Null,
    }
}

/// The members of an object in order, as (quoted key, value). Empty for any other value.
pub fn members(object: &str) -> ObjectMembers<'_> {
    let at = match kind(object) {
        ValueType::Object => 1,
        _ => object.len(),
    };
    ObjectMembers { object, at }
}

/// Iterator over the members of an object.
#[derive(Clone, Debug)]
pub struct ObjectMembers<'a> {
    object: &'a str,
    at: usize,
}

impl<'a> Iterator for ObjectMembers<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.object.as_bytes();
        let key = skip_separators(bytes, self.at);
        if bytes.get(key) != Some(&b'"') {
            self.at = bytes.len();
            return None;
        }
        let key_end = string_end(bytes, key);
        let value = skip_separators(bytes, key_end);
        self.at = value_end(bytes, value);
        Some((self.object.get(key..key_end)?, self.object.get(value..self.at)?))
    }
}

/// Finds several members of one value. Each search starts where the last one ended, so searches in
/// the object's own order take one pass.
#[derive(Clone, Debug)]
pub struct Finder<'a> {
    next: ObjectMembers<'a>,
}

impl<'a> Finder<'a> {
    /// A finder at the start of the value. It finds nothing if the value is not an object.
    pub fn new(value: &'a str) -> Self {
        Self { next: members(value) }
    }

    /// The whole value.
    pub fn value(&self) -> &'a str {
        self.next.object
    }

    /// The member with this key, as (quoted key, value).
    pub fn find(&mut self, key: &str) -> Option<(&'a str, &'a str)> {
        let start = self.next.at;
        let mut found = self.next.find(|(quoted, _)| is_string(quoted, key));
        if found.is_none() {
            self.next = members(self.next.object);
            while self.next.at < start {
                found = self.next.next().filter(|(quoted, _)| is_string(quoted, key));
                if found.is_some() {
                    break;
                }
            }
        }
        found
    }
}

/// The items of an array. Empty for any other value.
pub fn items(array: &str) -> impl Iterator<Item = &str> {
    let mut at = if kind(array) == ValueType::Array { 1 } else { array.len() };
    std::iter::from_fn(move || {
        let bytes = array.as_bytes();
        let item = skip_separators(bytes, at);
        // A closing bracket ends the loop: the array's own, or a stray one in malformed text.
        if matches!(bytes.get(item), None | Some(b']' | b'}')) {
            at = bytes.len();
            return None;
        }
        at = value_end(bytes, item);
        array.get(item..at)
    })
}

/// Whether a quoted JSON string has the value `text`.
pub fn is_string(quoted: &str, text: &str) -> bool {
    let inner = unquoted(quoted);
    if inner.contains('\\') { string(quoted) == text } else { inner == text }
}

/// The value of a quoted JSON string. Borrowed if it has no escapes.
pub fn string(quoted: &str) -> Cow<'_, str> {
    let inner = unquoted(quoted);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    push_string(quoted, &mut out);
    Cow::Owned(out)
}

/// Appends the value of a quoted JSON string. An unpaired surrogate becomes U+FFFD.
pub fn push_string(quoted: &str, out: &mut String) {
    let mut rest = unquoted(quoted);
    while let Some((plain, tail)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\x08'),
            Some('f') => out.push('\x0c'),
            Some('u') => {
                let (c, used) = unicode_escape(chars.as_str());
                out.push(c);
                rest = tail.get(1 + used..).unwrap_or_default();
                continue;
            }
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

/// The end of the string that begins at `start`: after its closing quote, or the end of the text.
pub fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(rest) = bytes.get(at..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(found) if rest.get(found) == Some(&b'"') => return at + found + 1,
            Some(found) => at += found + 2,
            None => break,
        }
    }
    bytes.len()
}

/// The end of the value that begins at `start`.
pub fn value_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut depth = 0_usize;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
                continue;
            }
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            _ if depth > 0 => {
                at += 1;
                continue;
            }
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => return at,
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// The position of the next byte that is not JSON white space.
pub fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

fn skip_separators(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') = bytes.get(at) {
        at += 1;
    }
    at
}

fn unquoted(quoted: &str) -> &str {
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    inner.strip_suffix('"').unwrap_or(inner)
}

/// Decodes an escape from the text after `\u`. Returns the character and the number of bytes used.
fn unicode_escape(digits: &str) -> (char, usize) {
    let unit = |at: usize| {
        let hex = digits.get(at..at + 4)?;
        u32::from_str_radix(hex, 16).ok()
    };
    let Some(first) = unit(0) else {
        return (char::REPLACEMENT_CHARACTER, 0);
    };
    if (0xd800..0xdc00).contains(&first)
        && digits.get(4..6) == Some("\\u")
        && let Some(second @ 0xdc00..0xe000) = unit(6)
    {
        let point = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER), 10);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ROW: &str = r#" { "a" : [1, 2.0 ,-3e5, "x,]}\"" ] ,"b\u0041":{"c":{}, "d" : [ ]},"n":null,
        "big":123456789012345678901234567890, "t":true} "#;

    fn value<'a>(object: &'a str, key: &str) -> &'a str {
        Finder::new(object).find(key).unwrap().1
    }

    #[test]
    fn members_and_items_are_found() {
        let row = ROW.trim();
        let keys: Vec<_> = members(row).map(|(key, _)| string(key)).collect();
        assert_eq!(keys, ["a", "bA", "n", "big", "t"]);
        let array = value(row, "a");
        let found: Vec<_> = items(array).collect();
        assert_eq!(found, ["1", "2.0", "-3e5", r#""x,]}\"""#]);
        assert_eq!(value(row, "bA"), r#"{"c":{}, "d" : [ ]}"#);
        assert_eq!(value(row, "big"), "123456789012345678901234567890");
        let mut finder = Finder::new(row);
        for key in ["n", "t", "a", "none", "bA", "bA", "big", "t", "none", "a"] {
            let plainly = members(row).find(|(quoted, _)| string(quoted) == key);
            assert_eq!(finder.find(key), plainly, "{key}");
        }
        assert_eq!(members("[1]").count() + items("{}").count(), 0);
    }

    #[test]
    fn strings_are_decoded_as_serde_does() {
        for quoted in [
            r#""""#,
            r#""plain""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u00e9\u4e2d\ud83d\ude00é""#,
            r#""é\\\"""#,
        ] {
            assert_eq!(string(quoted), serde_json::from_str::<String>(quoted).unwrap());
        }
        assert_eq!(string(r#""\ud800x""#), "\u{fffd}x");
        assert_eq!(string(r#""\ud800\u0041""#), "\u{fffd}A");
        assert_eq!(string(r#""\udc00""#), "\u{fffd}");
    }

    #[test]
    fn any_prefix_of_json_is_read_without_panic() {
        for end in (0..=ROW.len()).filter(|at| ROW.is_char_boundary(*at)) {
            let part = ROW[..end].trim_start();
            let mut out = String::new();
            push_compact(part, &mut out);
            push_pretty(part, 0, &mut out);
            for (key, value) in members(part) {
                push_string(key, &mut out);
                out.extend(items(value));
            }
        }
        for broken in ["[}", "[}]", "[:}", "{]", "{\"a\"]", "{\"a\":}", "[\"", "{\"a\\"] {
            assert!(items(broken).count() + members(broken).count() < 3);
        }
    }
}
