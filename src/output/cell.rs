//! Formats one JSON value as the text of a cell.

use crate::base::escape;
use crate::output::rawjson::{self, ValueType};

/// Appends a value for a program: strings without quotes, nested values as compact JSON, and
/// nothing for `null` or a missing value.
pub(super) fn push_data(value: Option<&str>, out: &mut String) {
    let Some(value) = value else { return };
    match rawjson::kind(value) {
        ValueType::Null => {}
        ValueType::String => rawjson::push_string(value, out),
        ValueType::Number | ValueType::Bool => out.push_str(value),
        ValueType::Object | ValueType::Array => rawjson::push_compact(value, out),
    }
}

/// Appends a value for a person: `yes` and `no`, lists joined by commas, and `-` for a missing or
/// empty value. Control characters are escaped.
pub(super) fn push_human(value: Option<&str>, out: &mut String) {
    let start = out.len();
    let value = value.unwrap_or_default();
    match rawjson::kind(value) {
        ValueType::Null => {}
        ValueType::Bool => out.push_str(if value == "true" { "yes" } else { "no" }),
        ValueType::Array => {
            for (at, item) in rawjson::items(value).enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                push_plain(item, out);
            }
        }
        ValueType::Object if is_empty(value) => {}
        ValueType::Object | ValueType::String | ValueType::Number => push_plain(value, out),
    }
    if out.len() == start {
        out.push('-');
    }
}

/// Appends a value as the API writes it, on one line and escaped: strings without quotes, nested
/// values as compact JSON.
pub(super) fn push_plain(value: &str, out: &mut String) {
    match rawjson::kind(value) {
        ValueType::String => escape::push_visible(&rawjson::string(value), out),
        ValueType::Number | ValueType::Bool | ValueType::Null => out.push_str(value),
        ValueType::Object | ValueType::Array => {
            let mut compact = String::new();
            rawjson::push_compact(value, &mut compact);
            escape::push_visible(&compact, out);
        }
    }
}

/// Whether an object or an array is empty.
pub(super) fn is_empty(value: &str) -> bool {
    rawjson::members(value).next().is_none() && rawjson::items(value).next().is_none()
}

/// Appends spaces.
pub(super) fn push_spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_for_programs_and_for_people() {
        for (value, data, human) in [
            (r#""a\tb""#, "a\tb", r"a\tb"),
            ("1.0", "1.0", "1.0"),
            ("true", "true", "yes"),
            ("false", "false", "no"),
            ("null", "", "-"),
            (r#""""#, "", "-"),
            ("[]", "[]", "-"),
            ("{ }", "{}", "-"),
            (r#"["a", "b\u001b"]"#, r#"["a","b\u001b"]"#, r"a, b\u{1b}"),
            (r#"[{"a": 1}, null]"#, r#"[{"a":1},null]"#, r#"{"a":1}, null"#),
            ("{\"a\u{9b}\": [ ]}", "{\"a\u{9b}\":[]}", r#"{"a\u{9b}":[]}"#),
        ] {
            let (mut for_data, mut for_human) = (String::new(), String::new());
            push_data(Some(value), &mut for_data);
            push_human(Some(value), &mut for_human);
            assert_eq!((for_data.as_str(), for_human.as_str()), (data, human), "{value}");
        }
        let mut out = String::new();
        push_data(None, &mut out);
        push_human(None, &mut out);
        assert_eq!(out, "-");
    }
}
