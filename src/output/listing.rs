//! Renders one object for a person: aligned `key  value` lines.
//!
//! ```text
//! client_id          abc
//! callbacks          https://a.example
//!                    https://b.example
//! jwt_configuration
//!   alg                  RS256
//!   lifetime_in_seconds  36000
//! identities
//!   - provider  auth0
//!     user_id   1
//! ```
//!
//! Values are not cut to the terminal's width, and are written as the API does (`true`, not `yes`),
//! because people copy them from here into `--set`.

use unicode_width::UnicodeWidthStr;

use super::cell::{self, push_spaces};
use crate::base::escape;
use crate::output::rawjson::{self, ValueType};
use crate::term::style;

/// The most levels that are indented. Deeper values are one line of compact JSON.
const MAX_DEPTH: usize = 16;

/// Appends the lines of a value, each with its line break.
pub(super) fn push(value: &str, color: bool, out: &mut String) {
    let margin = Margin { color, ..Margin::default() };
    match rawjson::kind(value) {
        ValueType::Object => push_object(value, margin, out),
        ValueType::Array => {
            for item in rawjson::items(value) {
                push_item(item, margin, out);
            }
        }
        _ => push_line(value, out),
    }
}

/// The margin of a line.
#[derive(Clone, Copy, Default)]
struct Margin {
    depth: usize,
    /// The first line has a `- ` in the last two columns of the margin.
    bullet: bool,
    /// Keys are colored.
    color: bool,
}

impl Margin {
    fn push(self, first: bool, out: &mut String) {
        let spaces = 2 * self.depth;
        if self.bullet && first {
            push_spaces(spaces.saturating_sub(2), out);
            out.push_str("- ");
        } else {
            push_spaces(spaces, out);
        }
    }

    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, bullet: false, ..self }
    }
}

fn push_object(object: &str, margin: Margin, out: &mut String) {
    let key_width = |key: &str| escape::visible(&rawjson::string(key)).width();
    let width = rawjson::members(object)
        .filter(|(_, value)| !is_block(value, margin))
        .map(|(key, _)| key_width(key))
        .max()
        .unwrap_or(0);
    for (at, (key, value)) in rawjson::members(object).enumerate() {
        margin.push(at == 0, out);
        let (style, plain) = if margin.color { (style::BLUE, style::PLAIN) } else { ("", "") };
        out.push_str(style);
        escape::push_visible(&rawjson::string(key), out);
        out.push_str(plain);
        if is_block(value, margin) {
            out.push('\n');
            match rawjson::kind(value) {
                ValueType::Object => push_object(value, margin.deeper(), out),
                _ => {
                    for item in rawjson::items(value) {
                        push_item(item, margin.deeper(), out);
                    }
                }
            }
            continue;
        }
        push_spaces(width.saturating_sub(key_width(key)) + 2, out);
        if rawjson::kind(value) == ValueType::Array && is_flat(value) && !cell::is_empty(value) {
            for (at, item) in rawjson::items(value).enumerate() {
                if at > 0 {
                    push_spaces(2 * margin.depth + width + 2, out);
                }
                push_line(item, out);
            }
        } else {
            push_line(value, out);
        }
    }
}

/// Appends an item of an array that is shown on lines of its own.
fn push_item(item: &str, margin: Margin, out: &mut String) {
    let inner = Margin { bullet: true, ..margin.deeper() };
    if rawjson::kind(item) == ValueType::Object && !cell::is_empty(item) && margin.depth < MAX_DEPTH
    {
        push_object(item, inner, out);
    } else {
        inner.push(true, out);
        push_line(item, out);
    }
}

fn push_line(value: &str, out: &mut String) {
    match rawjson::kind(value) {
        ValueType::Null => out.push('-'),
        ValueType::String if value.len() == 2 => out.push('-'),
        ValueType::Object | ValueType::Array if cell::is_empty(value) => out.push('-'),
        _ => cell::push_plain(value, out),
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// Whether a value is shown below its key rather than next to it.
fn is_block(value: &str, margin: Margin) -> bool {
    margin.depth < MAX_DEPTH
        && match rawjson::kind(value) {
            ValueType::Object => !cell::is_empty(value),
            ValueType::Array => !is_flat(value),
            _ => false,
        }
}

/// Whether an array has no nested items.
fn is_flat(array: &str) -> bool {
    rawjson::items(array)
        .all(|item| !matches!(rawjson::kind(item), ValueType::Object | ValueType::Array))
}
