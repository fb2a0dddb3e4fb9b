//! Encodings (base64url, forms, JSON, numbers) and limits on a server's texts.

use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::base::url::encoded;

/// The largest accepted JSON document, in bytes. A token response has a few kilobytes.
const MAX_BODY: usize = 1 << 20;

/// The longest text of a server in messages, in characters.
const MAX_TEXT: usize = 300;

/// Unpadded base64url (RFC 7515 §2).
pub(super) fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes [`base64url`] strictly: no padding, no white space, no unused bits set at the end.
pub(super) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// Encodes `a=b&c=d`, for a query or an `application/x-www-form-urlencoded` body (RFC 6749 appendix
/// B).
pub(super) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        let _ = write!(out, "{}={}", encoded(name), encoded(value));
    }
    out
}

/// Parses a JSON object of limited size, or returns `None`. serde_json limits the depth.
pub(super) fn json_object(body: &[u8]) -> Option<Map<String, Value>> {
    if body.len() > MAX_BODY {
        return None;
    }
    serde_json::from_slice(body).ok()
}

/// A member that is a non-empty string.
pub(super) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A whole number of seconds: a number, whose fraction is dropped, or a string of digits. `None`
/// for negative numbers and anything else.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    /// The largest float that still counts whole seconds exactly (2^53).
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_f64().filter(|n| (0.0..=EXACT).contains(n)).map(|n| n as u64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Shortens a server's text to [`MAX_TEXT`] characters, and replaces control characters by spaces.
pub(super) fn clean_text(text: &str) -> String {
    let mut out: String =
        text.trim().chars().take(MAX_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().chars().nth(MAX_TEXT).is_some() {
        out.push('…');
    }
    out
}

/// Whether a text can be sent as a credential in a header or form: visible ASCII of limited length
/// (RFC 6749 appendix A.12 and A.17, but without spaces, which no issuer uses).
pub(super) fn is_credential(text: &str) -> bool {
    const MAX: usize = 64 * 1024;
    !text.is_empty() && text.len() <= MAX && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base64url_matches_rfc_7515_appendix_c() {
        assert_eq!(base64url(&[3, 236, 255, 224, 193]), "A-z_4ME");
        assert_eq!(from_base64url("A-z_4ME"), Some(vec![3, 236, 255, 224, 193]));
        for bad in ["A-z_4ME=", "A-z_4M\n", "A+z/4ME", "A-z_4MF", "A"] {
            assert_eq!(from_base64url(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn form_encoding_matches_rfc_6749_appendix_b() {
        // The appendix's example: space % & + £ €, with %20 in place of +.
        assert_eq!(form([("v", " %&+£€"), ("a b", "")]), "v=%20%25%26%2B%C2%A3%E2%82%AC&a%20b=");
    }

    #[test]
    fn negative_and_huge_seconds_are_refused_or_limited() {
        assert_eq!(seconds(&json!(86400)), Some(86400));
        assert_eq!(seconds(&json!("86400")), Some(86400));
        assert_eq!(seconds(&json!(1.9)), Some(1));
        for bad in [
            json!(-1),
            json!("-1"),
            json!(1e300),
            json!("1e3"),
            json!(null),
            json!(true),
            json!([1]),
        ] {
            assert_eq!(seconds(&bad), None, "{bad}");
        }
    }

    #[test]
    fn json_above_the_limit_is_not_parsed() {
        let padded = |length: usize| format!("{{}}{}", " ".repeat(length - 2));
        assert!(json_object(padded(MAX_BODY).as_bytes()).is_some());
        for length in [MAX_BODY + 1, MAX_BODY + 2, 2 * MAX_BODY] {
            assert_eq!(json_object(padded(length).as_bytes()), None, "{length}");
        }
    }

    #[test]
    fn credentials_are_visible_ascii_of_limited_length() {
        for (text, fits) in [
            ("a", true),
            ("!~", true),
            (&"a".repeat(64 * 1024), true),
            (&"a".repeat(64 * 1024 + 1), false),
            ("", false),
            ("a b", false),
            ("a\n", false),
            ("\u{7f}", false),
            ("é", false),
        ] {
            assert_eq!(is_credential(text), fits, "{} bytes: {text:.20?}", text.len());
        }
    }

    #[test]
    fn whole_seconds_are_exact_up_to_the_largest_exact_float() {
        assert_eq!(seconds(&json!(9_007_199_254_740_992.0)), Some(9_007_199_254_740_992));
        assert_eq!(seconds(&json!(9_007_199_254_740_994.0)), None);
        assert_eq!(seconds(&json!(0.0)), Some(0));
    }

    #[test]
    fn texts_are_cut_and_cleaned() {
        assert_eq!(clean_text("  a\u{1b}]0;x\u{7}\r\nb "), "a ]0;x   b");
        assert_eq!(clean_text(&"é".repeat(100_000)).chars().count(), MAX_TEXT + 1);
    }
}
