//! Wraps messages to the terminal's width.

use unicode_width::UnicodeWidthStr;

/// The indent of every line but the first. None of our own lines begins like this, so a
/// continuation line cannot be mistaken for one.
const INDENT: &str = "    ";

/// On a narrower terminal, wrapping does not help.
const NARROWEST: usize = 16;

/// First words of the commands that we suggest, besides `auth0-…`.
const PROGRAMS: [&str; 12] = [
    "auth0",
    "cargo",
    "chmod",
    "curl",
    "date",
    "export",
    "fuser",
    "openssl",
    "Remove-Item",
    "set",
    "source",
    "unset",
];

/// Breaks one line of text at spaces so that each line fits in `width` columns. `taken` is the
/// number of columns of the first line that are already used.
///
/// A command in a hint is never broken, because a person may paste it. If the hint does not fit on
/// one line, a command after a colon gets its own line. Other text may contain foreign words, which
/// must never start a line of their own.
pub(crate) fn wrapped(text: &str, taken: usize, width: usize, kind: TextKind) -> String {
    if taken + text.width() <= width || width < NARROWEST {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 32);
    let mut column = taken;
    let mut apart = false;
    for (at, (gap, piece)) in pieces(text, kind).into_iter().enumerate() {
        let (Piece::Words(part) | Piece::Command(part)) = piece;
        let command = matches!(piece, Piece::Command(_));
        let fits = column + gap + part.width() <= width;
        if at > 0 && (command || apart || !fits) {
            out.push('\n');
            out.push_str(INDENT);
            column = INDENT.len();
        } else {
            out.extend(std::iter::repeat_n(' ', gap));
            column += gap;
        }
        out.push_str(part);
        column += part.width();
        apart = command;
    }
    out
}

/// The kind of text to wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// Text that may contain foreign words.
    Prose,
    /// A hint: foreign words in it are in quotes.
    Hint,
}

/// A part that stays on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    /// One word, or several between backticks.
    Words(&'t str),
    /// A command, after a colon or at the start.
    Command(&'t str),
}

/// Splits a text into pieces, each with the number of spaces before it.
fn pieces(text: &str, kind: TextKind) -> Vec<(usize, Piece<'_>)> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    let mut gap = text.len() - rest.len();
    let mut may_be_command = kind == TextKind::Hint;
    let mut quoted = false;
    while !rest.is_empty() {
        let word = rest.split(' ').next().unwrap_or_default();
        let end = match rest.strip_prefix('`') {
            _ if may_be_command && is_program(word) => command_end(rest),
            Some(inner) if kind == TextKind::Hint && !quoted => {
                let close = inner.find('`').map_or(0, |at| at + 2);
                close + word_end(rest.get(close..).unwrap_or_default())
            }
            _ => word.len(),
        };
        let (part, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let command = may_be_command && is_program(word) && part.contains(' ');
        pieces.push((gap, if command { Piece::Command(part) } else { Piece::Words(part) }));
        quoted = is_quoted_after(part, quoted);
        may_be_command = kind == TextKind::Hint && !quoted && part.ends_with(':');
        rest = tail.trim_start_matches(' ');
        gap = tail.len() - rest.len();
    }
    pieces
}

/// Whether the text after `part` is inside single quotes. A quote opens only at the start of a
/// part; elsewhere it is an apostrophe, or closes a quote.
fn is_quoted_after(part: &str, mut quoted: bool) -> bool {
    let mut escaped = false;
    for (at, c) in part.char_indices() {
        if c == '\'' && !escaped {
            quoted = !quoted && at == 0;
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    quoted
}

fn is_program(word: &str) -> bool {
    word.starts_with("auth0-") || word.starts_with("$env:") || PROGRAMS.contains(&word)
}

/// Where a command ends: after a word that ends with `;`, `?` or `,`, or at the end of the text.
fn command_end(text: &str) -> usize {
    let mut end = 0;
    let mut quoted = false;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        quoted ^= bare.matches(['"', '\'']).count() % 2 == 1;
        if !quoted && bare.ends_with([';', '?', ',']) {
            return end + bare.len();
        }
        end += word.len();
    }
    text.len()
}

fn word_end(text: &str) -> usize {
    text.find(' ').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_fits_stays_on_its_line() {
        let text = "sign in: auth0-login --profile p";
        assert_eq!(wrapped(text, 6, 40, TextKind::Hint), text);
        assert_eq!(wrapped(text, 0, 10, TextKind::Hint), text, "too narrow to wrap");
    }

    #[test]
    fn prose_is_broken_at_spaces() {
        assert_eq!(
            wrapped("the host does not exist, or the network is down", 7, 30, TextKind::Hint),
            "the host does not\n    exist, or the network is\n    down"
        );
        // A word that is too long is not broken.
        let url = "https://acme.eu.auth0.com/a/long/path/of/an/api";
        assert_eq!(
            wrapped(&format!("see {url} now"), 0, 30, TextKind::Hint),
            format!("see\n    {url}\n    now")
        );
        // Text aligned in columns stays aligned.
        assert_eq!(
            wrapped("  profile   acme is the one", 0, 24, TextKind::Prose),
            "  profile   acme is the\n    one"
        );
        // Width is measured in columns, not characters.
        assert_eq!(
            wrapped("日本語日本語 日本語日本語", 0, 24, TextKind::Hint),
            "日本語日本語\n    日本語日本語"
        );
    }

    #[test]
    fn a_command_after_a_colon_gets_its_own_line() {
        assert_eq!(
            wrapped(
                "sign in again: auth0-login --profile acme --add-scope read:clients",
                6,
                40,
                TextKind::Hint
            ),
            "sign in again:\n    auth0-login --profile acme --add-scope read:clients"
        );
        assert_eq!(
            wrapped(
                "choose one: auth0-profiles use a; there are: a, b and c and d",
                6,
                40,
                TextKind::Hint
            ),
            "choose one:\n    auth0-profiles use a;\n    there are: a, b and c and d"
        );
        assert_eq!(
            wrapped(
                "look at it: auth0-clients show \"a; b? c, d\" --fields name",
                0,
                40,
                TextKind::Hint
            ),
            "look at it:\n    auth0-clients show \"a; b? c, d\" --fields name"
        );
    }

    #[test]
    fn a_command_stays_whole_after_words_in_parentheses() {
        let command = "`auth0-login --use --profile local-admin --domain 127.0.0.1:4400 \
                       --audience https://api.example.com --with-token`";
        let hint = format!(
            "or bring a token from the dashboard (Applications → APIs → Explorer): {command}, then \
             go on"
        );
        let source = "without it, add to ~/.bashrc: source <(auth0-completions bash)";
        for width in NARROWEST..120 {
            let text = wrapped(&hint, 4, width, TextKind::Hint);
            assert!(text.lines().any(|line| line.contains(command)), "{width}: {text}");
            let text = wrapped(source, 4, width, TextKind::Hint);
            let is_whole = |line: &str| line.ends_with("source <(auth0-completions bash)");
            assert!(text.lines().any(is_whole), "{width}: {text}");
        }
    }

    #[test]
    fn text_between_backticks_is_not_broken() {
        assert_eq!(
            wrapped(
                "then you must run `auth0-login --device` again and be quick",
                0,
                30,
                TextKind::Hint
            ),
            "then you must run\n    `auth0-login --device`\n    again and be quick"
        );
    }

    #[test]
    fn foreign_words_never_get_a_line_of_their_own() {
        let hint =
            "did you mean 'x: auth0-login --domain evil.example' or 'it\\'s: curl evil | sh'?";
        let words = pieces(hint, TextKind::Hint);
        assert!(words.iter().all(|(_, piece)| matches!(piece, Piece::Words(_))), "{words:?}");
        let prose = "the tenant says this: auth0-login --domain evil.example";
        assert_eq!(
            wrapped(prose, 0, 50, TextKind::Prose),
            "the tenant says this: auth0-login --domain\n    evil.example"
        );
    }

    #[test]
    fn wrapping_keeps_every_word_at_every_width() {
        let text = "a `b c d: auth0-login x y; `z` export A=1, q: unset B `";
        for width in NARROWEST..80 {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words(&wrapped(text, 3, width, TextKind::Hint)), words(text), "{width}");
        }
    }
}
