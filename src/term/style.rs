//! The styles of data on stdout: few, and never the only sign of a meaning.

/// Ends every style.
pub(crate) const PLAIN: &str = "\x1b[0m";
/// Headings.
pub(crate) const BOLD: &str = "\x1b[1m";
/// What is in use, what went well, and strings in JSON.
pub(crate) const GREEN: &str = "\x1b[32m";
/// What works, but not always.
pub(crate) const YELLOW: &str = "\x1b[33;1m";
/// What failed or has expired.
pub(crate) const RED: &str = "\x1b[31;1m";
/// The names of members in JSON.
pub(crate) const BLUE: &str = "\x1b[34;1m";
/// Numbers, booleans and null in JSON.
const MAGENTA: &str = "\x1b[35m";

/// Every style that may reach a terminal, with the two that help texts use besides.
pub(super) const ALL: [&str; 9] =
    [PLAIN, BOLD, GREEN, YELLOW, RED, BLUE, MAGENTA, "\x1b[4m", "\x1b[m"];

/// Appends JSON text with the colors of its tokens. Everything but the colors stays as it is, and
/// text that is not JSON gets through too.
///
/// The text must not end between the name of a member and its colon.
pub(crate) fn push_json(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let start = at;
        let style = match b {
            b'"' => {
                at = string_end(bytes, at + 1);
                let next = bytes.get(at..).unwrap_or_default();
                let is_name = next.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                if is_name { BLUE } else { GREEN }
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {
                at += 1;
                ""
            }
            b if b.is_ascii_whitespace() => {
                at += 1;
                ""
            }
            _ => {
                let ends = |b: &u8| b.is_ascii_whitespace() || b"\"{}[],:".contains(b);
                at += bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start);
                MAGENTA
            }
        };
        let token = text.get(start..at).unwrap_or_default();
        out.push_str(style);
        out.push_str(token);
        if !style.is_empty() {
            out.push_str(PLAIN);
        }
    }
}

/// The position after the quote that ends a string, which goes on at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b) = bytes.get(at) {
        at += match b {
            b'"' => return at + 1,
            // At the end of the text nothing follows the backslash.
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colored(text: &str) -> String {
        let mut out = String::new();
        push_json(text, &mut out);
        out
    }

    #[test]
    fn names_strings_and_other_values_differ() {
        assert_eq!(
            colored("{\n  \"a\\\"b\": [\"é\", 1.5, true]\n}"),
            "{\n  \x1b[34;1m\"a\\\"b\"\x1b[0m: [\x1b[32m\"é\"\x1b[0m, \x1b[35m1.5\x1b[0m, \x1b[35mtrue\x1b[0m]\n}"
        );
    }

    #[test]
    fn without_the_colors_the_text_is_unchanged() {
        for text in
            ["", "{}", "\"", "\"\\", "\"a\\\\\" x", "nul", "{\"a\" : null}", "é\u{2028}", "[[,,]]]"]
        {
            let plain = ALL.iter().fold(colored(text), |text, style| text.replace(style, ""));
            assert_eq!(plain, text);
        }
    }
}
