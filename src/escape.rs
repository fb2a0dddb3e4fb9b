//! What a server said, made safe to show on a terminal.
//!
//! Control characters can move the cursor, retitle a window or hide text; bidirectional controls
//! reorder what is read; line separators and zero-width characters fake or hide it. Here each of
//! them becomes visible: `\n`, `\t`, `\r`, and `\u{1b}` for the others. Everything else stays as
//! it was, the joiners of emoji and of Persian or Indic scripts too.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with nothing in it that a terminal would obey; borrowed when there was nothing.
///
/// One line stays one line: newlines are escaped like the rest.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_safe(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_visible(text, &mut out);
    Cow::Owned(out)
}

/// Appends [`visible`] text to a buffer.
pub fn push_visible(text: &str, out: &mut String) {
    push_escaped(text, out, |c, out| match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    });
}

/// JSON text for a terminal: the same JSON, where characters that a terminal would obey are
/// written as JSON's own `\u009b` escapes. Line breaks between tokens stay.
pub fn json(text: &str) -> Cow<'_, str> {
    // Valid JSON has no raw control below U+0020 but its own white space.
    if !text.bytes().any(|b| b >= 0x7f) || !text.chars().any(|c| c >= '\x7f' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(text, &mut out, |c, out| {
        if c < ' ' {
            out.push(c);
        } else {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
    });
    Cow::Owned(out)
}

/// Whether a terminal, or the reader's eye, could be led astray by the character.
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'                  // C0, DEL, C1
        | '\u{61c}' | '\u{200e}' | '\u{200f}'              // bidirectional marks
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
        | '\u{2028}' | '\u{2029}'                          // line and paragraph separators
        | '\u{200b}' | '\u{2060}' | '\u{feff}'             // zero width, and nothing joined
    )
}

fn is_safe(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_unsafe)
}

/// Copies the safe stretches whole and hands the other characters to `escape`.
fn push_escaped(text: &str, out: &mut String, escape: impl Fn(char, &mut String)) {
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
        let (safe, tail) = rest.split_at(at);
        out.push_str(safe);
        escape(c, out);
        rest = tail.get(c.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_borrowed() {
        for text in ["", "plain", "日本語 🇫🇷", "می\u{200c}خواهم", "👩\u{200d}🔬", r"C:\dir"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(visible("a\x1b[31mb"), r"a\u{1b}[31mb");
        assert_eq!(visible("a\n\tb\r"), r"a\n\tb\r");
        assert_eq!(visible("\u{9b}2J\x7f\0"), r"\u{9b}2J\u{7f}\u{0}");
        assert_eq!(visible("a\u{202e}b\u{2066}"), r"a\u{202e}b\u{2066}");
        assert_eq!(visible("\u{feff}x\u{2028}"), r"\u{feff}x\u{2028}");
    }

    #[test]
    fn nothing_unsafe_survives_in_any_position() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_unsafe(*c)) {
            for text in [format!("{c}"), format!("é{c}é"), format!("{c}{c}")] {
                let shown = visible(&text);
                assert!(!shown.chars().any(is_unsafe), "{text:?} gave {shown:?}");
            }
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let text = "{\n  \"a\u{9b}\": \"\u{202e}x\u{7f}é\"\n}";
        let shown = json(text);
        assert!(!shown.chars().any(|c| c != '\n' && is_unsafe(c)));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
        assert!(matches!(json("{\n\"é\":1}"), Cow::Borrowed(_)));
    }
}
