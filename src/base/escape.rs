//! Makes text from a server, a file or an argument safe to show on a terminal.
//!
//! Control characters can move the cursor, change the window title or hide text. Bidirectional
//! controls reorder text. Line separators and invisible characters fake or hide it. Here each of
//! them becomes visible: as `
//! `, `\t` or `\r`, or as a code such as `\u{1b}`.
//!
//! Joiners and variation selectors are invisible too, but emoji and many scripts need them. They
//! are kept where they have an effect: after a non-ASCII character (or after a digit, as in `1️⃣`),
//! and never two of the same kind in a row. Elsewhere they could only hide something.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes every character that controls a terminal or that a reader cannot see. Borrows `text` if
/// it has no such character.
///
/// The result is one line: line breaks are escaped too.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_safe(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_visible(text, &mut out);
    Cow::Owned(out)
}

/// Appends `text` to a buffer, escaped as by [`visible`].
pub fn push_visible(text: &str, out: &mut String) {
    push_escaped(text, out, push_escape);
}

/// Appends one character, escaped if necessary after `before`. Then sets `before` to the last
/// character of the output.
pub(crate) fn push_visible_after(before: &mut Option<char>, c: char, out: &mut String) {
    if is_unsafe_after(*before, c) {
        push_escape(c, out);
        *before = Some(ESCAPE_END);
    } else {
        out.push(c);
        *before = Some(c);
    }
}

/// The character before the one that follows an escape. It is ASCII, so a joiner or selector after
/// it has no effect.
const ESCAPE_END: char = '}';

fn push_escape(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// Escapes JSON text for a terminal with JSON's own `\u009b`, so its value stays the same. White
/// space between tokens is kept.
pub fn json(text: &str) -> Cow<'_, str> {
    // The only raw control characters in valid JSON below U+0020 are its white space.
    if !text.bytes().any(|b| b >= 0x7f) || is_safe_above_ascii(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(text, &mut out, |c, out| {
        if c < ' ' {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    });
    Cow::Owned(out)
}

/// Whether a character can mislead a terminal or a reader in any position.
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'                   // C0, DEL, C1
        | '\u{ad}' | '\u{34f}'                              // soft hyphen, grapheme joiner
        | '\u{61c}' | '\u{200e}' | '\u{200f}'               // bidirectional marks
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}' | '\u{180e}'              // Khmer and Mongolian, invisible
        | '\u{200b}' | '\u{feff}'                           // zero width
        | '\u{2028}'..='\u{202e}'                           // line breaks, embeddings, overrides
        | '\u{2060}'..='\u{206f}'                           // word joiner, operators, isolates
        | '\u{fff0}'..='\u{fffb}'                           // annotations
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' // shorthand and music formats
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}' // tags
    )
}

/// Whether `c` must be escaped when it follows `before`.
fn is_unsafe_after(before: Option<char>, c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{200c}' | '\u{200d}' => before.is_none_or(|b| b.is_ascii() || is_joiner(b)),
        _ if is_selector(c) => before.is_none_or(|b| {
            let keycap = b.is_ascii_digit() || matches!(b, '#' | '*');
            (b.is_ascii() && !keycap) || is_joiner(b) || is_selector(b)
        }),
        _ => is_unsafe(c),
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_safe(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b)) || first_unsafe(text, None).is_none()
}

/// Like [`is_safe`], but allows raw ASCII control characters: in JSON those are white space.
fn is_safe_above_ascii(text: &str) -> bool {
    let mut before = None;
    text.chars().all(|c| {
        let before = before.replace(c);
        c < '\x7f' || !is_unsafe_after(before, c)
    })
}

/// Copies the safe stretches unchanged and passes every other character to `escape`.
fn push_escaped(text: &str, out: &mut String, escape: impl Fn(char, &mut String)) {
    let mut rest = text;
    let mut before = None;
    while let Some((at, c)) = first_unsafe(rest, before) {
        let (safe, tail) = rest.split_at(at);
        out.push_str(safe);
        escape(c, out);
        before = Some(ESCAPE_END);
        rest = tail.get(c.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The first character of `text` that must be escaped. `before` is the character that precedes
/// `text`.
fn first_unsafe(text: &str, mut before: Option<char>) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| {
        let found = is_unsafe_after(before, *c);
        before = Some(*c);
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_borrowed() {
        for text in [
            "",
            "plain",
            "日本語 🇫🇷",
            "می\u{200c}خواهم",
            "👩\u{200d}🔬",
            r"C:\dir",
            "❤\u{fe0f}\u{200d}🔥 ☎\u{fe0e}",
            "1\u{fe0f}\u{20e3} #\u{fe0f}\u{20e3}",
            "葛\u{e0100}城",
            "क्\u{200d}ष",
        ] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text:?}");
            assert!(matches!(json(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn control_and_bidirectional_characters_are_escaped() {
        assert_eq!(visible("a\x1b[31mb"), r"a\u{1b}[31mb");
        assert_eq!(visible("a\n\tb\r"), r"a\n\tb\r");
        assert_eq!(visible("\u{9b}2J\x7f\0"), r"\u{9b}2J\u{7f}\u{0}");
        assert_eq!(visible("a\u{202e}b\u{2066}"), r"a\u{202e}b\u{2066}");
        assert_eq!(visible("\u{feff}x\u{2028}"), r"\u{feff}x\u{2028}");
    }

    #[test]
    fn every_invisible_character_is_escaped() {
        let invisible = [0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x3164, 0xffa0];
        let ranges = [0x2060..=0x206f, 0xfff9..=0xfffb, 0xe0000..=0xe007f];
        for code in invisible.into_iter().chain(ranges.into_iter().flatten()) {
            let c = char::from_u32(code).unwrap();
            assert_eq!(visible(&format!("é{c}")), format!("é\\u{{{code:x}}}"), "U+{code:04X}");
        }
    }

    #[test]
    fn joiners_and_selectors_without_effect_are_escaped() {
        assert_eq!(visible("pay\u{200d}pal"), r"pay\u{200d}pal");
        assert_eq!(visible("a\u{fe0f}"), r"a\u{fe0f}");
        assert_eq!(visible("\u{200c}"), r"\u{200c}");
        // A message can be hidden in a series of selectors.
        assert_eq!(visible("😀\u{e0101}\u{e0102}"), "😀\u{e0101}\\u{e0102}");
        assert_eq!(visible("👩\u{200d}\u{200d}🔬"), "👩\u{200d}\\u{200d}🔬");
        // After an escape there is nothing to join.
        assert_eq!(visible("\u{2066}\u{200d}\u{fe0f}"), r"\u{2066}\u{200d}\u{fe0f}");
    }

    #[test]
    fn escaping_twice_changes_nothing() {
        let parts = ["a", "1", "é", "😀", "\u{200d}", "\u{fe0f}", "\u{e0101}", "\u{202e}", "\n"];
        let texts = parts.iter().flat_map(|a| parts.iter().map(move |b| format!("{a}{b}")));
        let texts: Vec<_> = texts.collect();
        for text in texts.iter().flat_map(|a| texts.iter().map(move |b| format!("{a}{b}"))) {
            let (shown, as_json) = (visible(&text), json(&text));
            assert_eq!(visible(&shown), shown, "{text:?}");
            assert_eq!(json(&as_json), as_json, "{text:?}");
        }
    }

    #[test]
    fn unsafe_characters_are_escaped_in_every_position() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_unsafe(*c)) {
            for text in [format!("{c}"), format!("é{c}é"), format!("{c}{c}")] {
                let shown = visible(&text);
                assert!(!shown.chars().any(is_unsafe), "{text:?} gave {shown:?}");
            }
        }
    }

    #[test]
    fn escaped_json_keeps_its_value() {
        let text = "{\n  \"a\u{9b}\": \"\u{202e}x\u{7f}é\u{e0041}\u{200d}\"\n}";
        let shown = json(text);
        assert!(!shown.chars().any(|c| c != '\n' && is_unsafe(c)), "{shown:?}");
        assert!(shown.contains(r"\udb40\udc41"), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
        assert!(matches!(json("{\n\"é\":1}"), Cow::Borrowed(_)));
    }

    #[test]
    fn one_character_at_a_time_gives_the_same() {
        for text in ["a\u{202e}\u{200d}b", "👩\u{200d}🔬\u{200d}\u{200d}", "1\u{fe0f}\n\u{fe0f}"]
        {
            let (mut before, mut out) = (None, String::new());
            for c in text.chars() {
                push_visible_after(&mut before, c, &mut out);
            }
            assert_eq!(out, visible(text), "{text:?}");
        }
    }
}
