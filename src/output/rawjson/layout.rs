//! Changes the layout of JSON text without changing its tokens.

use std::convert::Infallible;

use crate::output::rawjson::{skip_space, string_end, value_end};

/// Appends a value without white space between its tokens.
pub fn push_compact(value: &str, out: &mut String) {
    let bytes = value.as_bytes();
    let mut at = 0;
    let mut copied = 0;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'"' => at = string_end(bytes, at),
            b' ' | b'\t' | b'\n' | b'\r' => {
                out.push_str(value.get(copied..at).unwrap_or_default());
                at += 1;
                copied = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(value.get(copied..).unwrap_or_default());
}

/// The most levels that are indented. Deeper values stay on one line, so that hostile nesting
/// cannot turn a small answer into a large one.
const MAX_INDENT: usize = 32;

/// Appends a value with one member or item per line, indented by two spaces per level, starting at
/// `level`.
pub fn push_pretty(value: &str, level: usize, out: &mut String) {
    let done: Result<(), Infallible> = pretty(value, level, out, |_| Ok(()));
    let Ok(()) = done;
}

/// Like [`push_pretty`], but calls `each` with `out` after every token, so that the text can be
/// written in pieces.
///
/// # Errors
/// The first error of `each`, which ends the call.
pub fn pretty<E>(
    value: &str,
    level: usize,
    out: &mut String,
    mut each: impl FnMut(&mut String) -> Result<(), E>,
) -> Result<(), E> {
    let bytes = value.as_bytes();
    let mut at = 0;
    let mut depth = level;
    while let Some(&b) = bytes.get(at) {
        let start = at;
        at += 1;
        match b {
            b'{' | b'[' => {
                out.push(char::from(b));
                let next = skip_space(bytes, at);
                if let Some(close @ (b'}' | b']')) = bytes.get(next) {
                    out.push(char::from(*close));
                    at = next + 1;
                } else {
                    depth += 1;
                    push_line(depth, out);
                }
            }
            b'}' | b']' => {
                // The closing bracket of the deepest indented level is indented by one level less.
                if depth <= MAX_INDENT {
                    push_line(depth.saturating_sub(1), out);
                }
                depth = depth.saturating_sub(1);
                out.push(char::from(b));
            }
            b',' => {
                out.push(',');
                push_line(depth, out);
            }
            b':' => out.push_str(": "),
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => {
                at = value_end(bytes, start).max(at);
                out.push_str(value.get(start..at).unwrap_or_default());
            }
        }
        each(out)?;
    }
    Ok(())
}

fn push_line(depth: usize, out: &mut String) {
    if depth <= MAX_INDENT {
        out.push('\n');
        for _ in 0..depth {
            out.push_str("  ");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::output::rawjson::tests::ROW;

    #[test]
    fn compact_and_pretty_keep_the_value_and_its_digits() {
        let (mut compact, mut pretty) = (String::new(), String::new());
        push_compact(ROW, &mut compact);
        push_pretty(ROW, 0, &mut pretty);
        assert_eq!(
            compact,
            r#"{"a":[1,2.0,-3e5,"x,]}\""],"b\u0041":{"c":{},"d":[]},"n":null,"big":123456789012345678901234567890,"t":true}"#
        );
        let mut again = String::new();
        push_compact(&pretty, &mut again);
        assert_eq!(again, compact);
        // The layout equals that of serde_json.
        let plain = r#"{"a":[1,{"b":[]}],"c":{},"d":"e"}"#;
        let mut ours = String::new();
        push_pretty(plain, 0, &mut ours);
        let value: Value = serde_json::from_str(plain).unwrap();
        assert_eq!(ours, serde_json::to_string_pretty(&value).unwrap());
    }

    #[test]
    fn deep_nesting_does_not_recurse_and_stays_small() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let mut out = String::new();
        push_pretty(&deep, 1, &mut out);
        assert!(out.len() < deep.len() + 10_000, "{}", out.len());
        let mut compact = String::new();
        push_compact(&out, &mut compact);
        assert_eq!(compact, deep);
    }
}
