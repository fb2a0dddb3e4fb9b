//! The one door to standard error.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use unicode_width::UnicodeWidthStr;

use crate::base::error::Error;
use crate::base::escape;
use crate::base::secret::Secret;
use crate::base::text::{Hint, Text, wrapped};
use crate::term::{Color, Env, UiOptions, columns};

/// Standard error, shared by threads. A message may hold a server's words, so it is escaped, on one
/// line (wrapped on a terminal), and holds none of the secrets that this process knows.
#[derive(Clone)]
pub struct Ui(Arc<Voice>);

struct Voice {
    ui_options: UiOptions,
    terminal: bool,
    color: bool,
    /// Whether the terminal obeys escape sequences.
    obeys: bool,
    /// A status line stands at the cursor and must be wiped before anything else is said.
    status_shown: AtomicBool,
    /// A question stands at the cursor.
    asking: AtomicBool,
    /// What is never said.
    secrets: Mutex<Vec<Secret>>,
}

/// A label of ours at the start of a line, with its SGR style.
#[derive(Clone, Copy)]
struct Label {
    sgr: &'static str,
    text: &'static str,
}

const NONE: Label = Label { sgr: "", text: "" };
const ERROR: Label = Label { sgr: "31;1", text: "error: " };
const WARNING: Label = Label { sgr: "33;1", text: "warning: " };
const CAUSE: Label = Label { sgr: "", text: "  caused by: " };
const HINT: Label = Label { sgr: "36;1", text: "hint: " };

/// The only way to the stream itself.
#[expect(clippy::disallowed_methods, reason = "the one door to standard error")]
fn stderr() -> io::Stderr {
    io::stderr()
}

pub(super) fn is_terminal() -> bool {
    stderr().is_terminal()
}

impl Ui {
    pub(super) fn new(ui_options: UiOptions, terminal: bool, obeys: bool, env: Env) -> Self {
        Self(Arc::new(Voice {
            ui_options,
            terminal,
            color: ui_options.color.wanted(terminal && obeys, env),
            obeys,
            status_shown: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            secrets: Mutex::default(),
        }))
    }

    /// Never says this from now on: what a message has of it becomes `[redacted]`.
    ///
    /// Whoever sends a secret or reads one from a file registers it here, so that a server which
    /// repeats it in an error message does not put it on the screen or into a log.
    pub fn hide(&self, secret: &Secret) {
        let mut secrets = self.secrets();
        if secret.expose().len() >= SHORTEST_SECRET
            && secrets.len() < MOST_SECRETS
            && !secrets.contains(secret)
        {
            secrets.push(secret.clone());
        }
    }

    fn secrets(&self) -> MutexGuard<'_, Vec<Secret>> {
        self.0.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something the user wants to know: not said with `--quiet`.
    pub fn say(&self, message: impl Display) {
        if !self.0.ui_options.quiet {
            self.put(NONE, &message.to_string());
        }
    }

    /// Like [`Ui::say`], with a styled text of our own before it.
    pub fn say_styled(&self, styled: &str, message: impl Display) {
        if !self.0.ui_options.quiet {
            let message = self.clean(&message.to_string()).into_owned();
            self.write(&format!("{styled}{message}\n"));
        }
    }

    /// Like [`Ui::say`], for a hint behind a literal: its lines stay lines.
    pub fn say_hint(&self, before: &'static str, hint: &Hint) {
        if !self.0.ui_options.quiet {
            for line in format!("{before}{hint}").split('\n') {
                self.put_wrapped(NONE, line, Text::Hint);
            }
        }
    }

    /// Something the user should mend. Said even with `--quiet`.
    pub fn warn(&self, message: impl Display) {
        self.put(WARNING, &message.to_string());
    }

    /// A warning, and what to do about it.
    pub fn warn_with(&self, message: impl Display, hint: impl Into<Hint>) {
        self.warn(message);
        self.hint(&hint.into());
    }

    /// What the user must see for the command to go on.
    pub fn must_say(&self, message: impl Display) {
        self.put(NONE, &message.to_string());
    }

    /// What the user must open or type, apart from all else and never wrapped, so that it can be
    /// copied: an address, a code.
    pub fn present(&self, what: impl Display, value: impl Display) {
        self.put(NONE, &what.to_string());
        let value = self.clean(&value.to_string()).into_owned();
        self.write(&format!("\n  {value}\n\n"));
    }

    /// Like [`Ui::present`], for what the user may not need: not said with `--quiet`.
    pub fn offer(&self, what: impl Display, value: impl Display) {
        if !self.0.ui_options.quiet {
            self.present(what, value);
        }
    }

    /// Said at `-v` (1) or `-vv` (2). The message is only made when it will be said.
    pub fn detail<D: Display>(&self, level: u8, message: impl FnOnce() -> D) {
        if self.0.ui_options.verbose >= level {
            let message = self.clean(&message().to_string()).into_owned();
            self.write(&format!("{message}\n"));
        }
    }

    /// Whether `-v` was given at least `level` times.
    pub fn details(&self, level: u8) -> bool {
        self.0.ui_options.verbose >= level
    }

    /// Width of the terminal on stderr, or `None` if stderr is not a terminal.
    pub fn width(&self) -> Option<usize> {
        self.0.terminal.then(|| columns(terminal_size::terminal_size_of(stderr())))
    }

    /// Columns and rows of the terminal on stderr; `None` if it is not a terminal or does not tell.
    pub fn size(&self) -> Option<(usize, usize)> {
        let (width, height) = terminal_size::terminal_size_of(stderr())?;
        self.0.terminal.then_some((usize::from(width.0), usize::from(height.0)))
    }

    /// Whether a status line would be shown at all.
    pub fn shows_status(&self) -> bool {
        let Voice { ui_options, terminal, obeys, .. } = &*self.0;
        // The line is wiped with an escape sequence.
        let wiped = *terminal && *obeys && ui_options.color != Color::Never;
        wiped && !ui_options.quiet && ui_options.verbose == 0
    }

    /// Shows a passing status on a terminal: the next message of any kind wipes it.
    pub fn status(&self, message: impl Display) {
        if self.shows_status() {
            let text = self.clean(&message.to_string()).into_owned();
            self.0.status_shown.store(true, Ordering::Relaxed);
            let _ = write!(stderr().lock(), "\r\x1b[2K{text}");
        }
    }

    /// Whether a status line stands.
    pub fn has_status(&self) -> bool {
        self.0.status_shown.load(Ordering::Relaxed)
    }

    /// Wipes the status line, if one stands.
    pub fn clear_status(&self) {
        if self.0.status_shown.swap(false, Ordering::Relaxed) {
            let _ = write!(stderr().lock(), "\r\x1b[2K");
        }
    }

    /// A question, the cursor left behind it.
    pub fn prompt(&self, question: &str) {
        self.clear_status();
        self.0.asking.store(true, Ordering::Relaxed);
        let text = self.clean(question).into_owned();
        let mut stderr = stderr().lock();
        let _ = write!(stderr, "{text}");
        let _ = stderr.flush();
    }

    /// The question was answered with Enter, which has ended its line.
    pub(super) fn answered(&self) {
        self.0.asking.store(false, Ordering::Relaxed);
    }

    /// Ends a question's line where nobody else has.
    pub fn end_question(&self) {
        if self.0.asking.swap(false, Ordering::Relaxed) {
            let _ = stderr().lock().write_all(b"\n");
        }
    }

    /// Whether stderr is colored.
    pub fn is_colored(&self) -> bool {
        self.0.color
    }

    /// What `--color` said.
    /// Whether the terminal obeys escape sequences.
    pub(super) fn obeys(&self) -> bool {
        self.0.obeys
    }

    pub(super) fn color_choice(&self) -> Color {
        self.0.ui_options.color
    }

    /// Text in an SGR style, where stderr is colored.
    pub fn paint(&self, sgr: &str, text: &str) -> String {
        if self.0.color && !sgr.is_empty() {
            format!("\x1b[{sgr}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// The error report: the only place that prints one.
    pub fn report(&self, error: &Error) {
        self.put(ERROR, error.message());
        for cause in error.causes() {
            self.put(CAUSE, cause);
        }
        if let Some(hint) = error.hint_ref() {
            self.hint(hint);
        }
        if self.0.ui_options.json_errors {
            self.report_json(error);
        }
    }

    /// The error as one JSON object on a line.
    pub fn report_json(&self, error: &Error) {
        let mut json = error.to_json();
        // Before the text is JSON: its escapes could hide a secret from the search.
        each_string(&mut json, &|text| {
            if let Cow::Owned(clean) = self.without_secrets(text) {
                *text = clean;
            }
        });
        self.write(&format!("{}\n", escape::json(&json.to_string())));
    }

    /// Text of our own in several lines, such as a help text.
    pub(crate) fn own_text(&self, text: &str) {
        self.write(text);
    }

    /// The line breaks in a hint are ours: its type sees to that.
    fn hint(&self, hint: &Hint) {
        for (at, line) in hint.as_str().split('\n').enumerate() {
            self.put_wrapped(if at == 0 { HINT } else { NONE }, line, Text::Hint);
        }
    }

    fn put(&self, label: Label, message: &str) {
        self.put_wrapped(label, message, Text::Prose);
    }

    /// One message. A line break in it is escaped, so that no server's words begin a line of ours,
    /// which could say "hint: run this".
    fn put_wrapped(&self, label: Label, message: &str, kind: Text) {
        let clean = self.clean(message);
        let text = match self.width() {
            Some(width) => Cow::Owned(wrapped(&clean, label.text.width(), width, kind)),
            None => clean,
        };
        self.write(&format!("{}{text}\n", self.paint(label.sgr, label.text)));
    }

    /// Without secrets, escaped, on one line.
    fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.without_secrets(text) {
            Cow::Borrowed(text) => escape::visible(text),
            Cow::Owned(text) => Cow::Owned(escape::visible(&text).into_owned()),
        }
    }

    fn without_secrets<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.secrets().iter().fold(Cow::Borrowed(text), |text, secret| redacted(text, secret))
    }

    /// In one go, so that threads do not mix their lines. A stderr that is closed or full is no
    /// reason to fail.
    fn write(&self, text: &str) {
        self.clear_status();
        let _ = stderr().lock().write_all(text.as_bytes());
    }
}

/// Hands over every string in a JSON value, but not the keys: those are ours.
fn each_string(value: &mut serde_json::Value, change: &dyn Fn(&mut String)) {
    match value {
        serde_json::Value::String(text) => change(text),
        serde_json::Value::Array(items) => {
            items.iter_mut().for_each(|item| each_string(item, change));
        }
        serde_json::Value::Object(members) => {
            members.values_mut().for_each(|member| each_string(member, change));
        }
        _ => {}
    }
}

/// A shorter secret could be a part of any word.
const SHORTEST_SECRET: usize = 8;

/// The most secrets that one process has at hand: tokens of a profile, a client secret, codes.
const MOST_SECRETS: usize = 64;

/// The beginning of a secret by which it is known: messages are cut, and with them what they say.
const KNOWN_BY: usize = 16;

/// Replaces every stretch of `text` that is the secret, or at least its first [`KNOWN_BY`] bytes.
fn redacted<'t>(text: Cow<'t, str>, secret: &Secret) -> Cow<'t, str> {
    let secret = secret.expose();
    let mut known_by = secret.len().min(KNOWN_BY);
    while !secret.is_char_boundary(known_by) {
        known_by += 1;
    }
    let start = secret.get(..known_by).unwrap_or(secret);
    if start.is_empty() || !text.contains(start) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(start) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        out.push_str("[redacted]");
        let same: usize = found
            .chars()
            .zip(secret.chars())
            .take_while(|(a, b)| a == b)
            .map(|(c, _)| c.len_utf8())
            .sum();
        rest = found.get(same..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str, secret: &str) -> String {
        super::redacted(Cow::Borrowed(text), &Secret::new(secret)).into_owned()
    }

    #[test]
    fn a_secret_is_redacted_whole_or_cut() {
        let secret = "0123456789abcdefGHIJ";
        assert_eq!(
            redacted(&format!("a {secret} b {secret}"), secret),
            "a [redacted] b [redacted]"
        );
        assert_eq!(redacted("is 0123456789abcdefGH…", secret), "is [redacted]…");
        assert_eq!(redacted("is 0123456789abcdeX", secret), "is 0123456789abcdeX");
        assert_eq!(redacted("hunter22 é", "hunter22"), "[redacted] é");
        assert_eq!(redacted("ééééééééé!", "ééééééééé"), "[redacted]!");
    }
}
