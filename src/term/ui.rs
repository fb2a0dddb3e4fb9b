//! Standard error. No other module writes to it.

mod secrets;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use self::secrets::KnownSecrets;
use crate::base::error::Error;
use crate::base::escape;
use crate::base::secret::Secret;
use crate::base::text::{Hint, Shown, TextKind, wrapped};
use crate::term::{Color, Env, UiOptions, columns, painted};

/// Standard error, shared by threads. Messages may quote a server, so they are escaped, put on one
/// line (wrapped on a terminal), and cleaned of the secrets that this process knows.
#[derive(Clone)]
pub struct Ui(Arc<Voice>);

struct Voice {
    ui_options: UiOptions,
    terminal: bool,
    color: bool,
    /// Whether the terminal obeys escape sequences.
    obeys: bool,
    /// Whether a status line is shown, which must be erased before any other output.
    status_shown: AtomicBool,
    /// Whether the cursor is behind a question.
    asking: AtomicBool,
    secrets: KnownSecrets,
    /// The profile that the command line names, which suggested commands must name too.
    profile: OnceLock<Shown>,
}

/// The start of a line, with its SGR style.
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
/// The start of a hint's further lines, unless they have an indent of their own.
const HINT_GOES_ON: Label = Label { sgr: "", text: "      " };
const WAY: Label = Label { sgr: "", text: "  → " };

/// Only this function opens the stream.
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
            secrets: KnownSecrets::default(),
            profile: OnceLock::new(),
        }))
    }

    /// Names this profile in every command that is suggested from now on. `profile` must be one
    /// plain word. The first call counts.
    pub(crate) fn name_profile(&self, profile: Shown) {
        let _ = self.0.profile.set(profile);
    }

    /// A hint as this command must give it: its commands name the profile that the command line
    /// names.
    pub(crate) fn suggested<'h>(&self, hint: &'h Hint) -> Cow<'h, Hint> {
        match self.0.profile.get() {
            Some(profile) => Cow::Owned(hint.with_profile(profile)),
            None => Cow::Borrowed(hint),
        }
    }

    /// The JSON form of an error, with the hint as this command must give it.
    pub(crate) fn error_json(&self, error: &Error) -> serde_json::Value {
        let mut json = error.to_json();
        if let Some(hint) = error.hint_ref() {
            json["error"]["hint"] = self.suggested(hint).as_str().into();
        }
        json
    }

    /// Replaces this secret by `[redacted]` in every later message.
    ///
    /// Code that sends a secret or reads one from a file must register it here. A server that
    /// repeats it in an error message then cannot put it on the screen or into a log.
    pub fn hide(&self, secret: &Secret) {
        self.0.secrets.add(secret);
    }

    /// Prints information. Nothing with `--quiet`.
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
            let hint = self.suggested(hint);
            for line in format!("{before}{hint}").split('\n') {
                self.put_wrapped(NONE, line, TextKind::Hint);
            }
        }
    }

    /// Like [`Ui::say_hint`], for ways to go on: each line of the hint gets an arrow.
    pub fn say_ways(&self, hint: &Hint) {
        if !self.0.ui_options.quiet {
            for line in hint.as_str().split('\n') {
                self.put_wrapped(WAY, line, TextKind::Hint);
            }
        }
    }

    /// Prints a warning, even with `--quiet`.
    pub fn warn(&self, message: impl Display) {
        self.put(WARNING, &message.to_string());
    }

    /// Prints a warning and a hint.
    pub fn warn_with(&self, message: impl Display, hint: impl Into<Hint>) {
        self.warn(message);
        self.hint(&hint.into());
    }

    /// Prints what the user must see for the command to continue, even with `--quiet`.
    pub fn must_say(&self, message: impl Display) {
        self.put(NONE, &message.to_string());
    }

    /// Prints something that the user must open or type, such as an address or a code. It gets a
    /// line of its own and is never wrapped, so that it can be copied.
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

    /// Prints a detail at `-v` (level 1) or `-vv` (level 2). Only then is the message made.
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

    /// Columns and rows of the terminal on stderr. `None` if it is not a terminal or does not
    /// report its size.
    pub fn size(&self) -> Option<(usize, usize)> {
        let (width, height) = terminal_size::terminal_size_of(stderr())?;
        self.0.terminal.then_some((usize::from(width.0), usize::from(height.0)))
    }

    /// Whether status lines are shown at all.
    pub fn shows_status(&self) -> bool {
        let Voice { ui_options, terminal, obeys, .. } = &*self.0;
        // The line is wiped with an escape sequence.
        let wiped = *terminal && *obeys && ui_options.color != Color::Never;
        wiped && !ui_options.quiet && ui_options.verbose == 0
    }

    /// Shows a temporary status line on a terminal. The next message erases it.
    pub fn status(&self, message: impl Display) {
        if self.shows_status() {
            let text = self.clean(&message.to_string()).into_owned();
            // A line that the terminal breaks could not be erased whole.
            let text = fitting(&text, self.width().unwrap_or(usize::MAX).saturating_sub(1));
            self.0.status_shown.store(true, Ordering::Relaxed);
            let _ = write!(stderr().lock(), "\r\x1b[2K{text}");
        }
    }

    /// Whether a status line is shown.
    pub fn has_status(&self) -> bool {
        self.0.status_shown.load(Ordering::Relaxed)
    }

    /// Erases the status line, if one is shown.
    pub fn clear_status(&self) {
        if self.0.status_shown.swap(false, Ordering::Relaxed) {
            let _ = write!(stderr().lock(), "\r\x1b[2K");
        }
    }

    /// Prints a question and leaves the cursor behind it.
    pub fn prompt(&self, question: &str) {
        self.clear_status();
        self.0.asking.store(true, Ordering::Relaxed);
        let text = self.clean(question).into_owned();
        let mut stderr = stderr().lock();
        let _ = write!(stderr, "{text}");
        let _ = stderr.flush();
    }

    /// The user pressed Enter, which has ended the question's line.
    pub(super) fn answered(&self) {
        self.0.asking.store(false, Ordering::Relaxed);
    }

    /// Ends the question's line unless Enter has ended it.
    pub fn end_question(&self) {
        if self.0.asking.swap(false, Ordering::Relaxed) {
            let _ = stderr().lock().write_all(b"\n");
        }
    }

    /// Whether stderr is colored.
    pub fn is_colored(&self) -> bool {
        self.0.color
    }

    /// Applies an SGR style if stderr is colored.
    pub fn paint(&self, sgr: &str, text: &str) -> String {
        painted(self.0.color, sgr, text)
    }

    /// Prints an error. No other code prints one.
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

    /// Prints the error as one JSON object on a line.
    pub fn report_json(&self, error: &Error) {
        let mut json = self.error_json(error);
        // Before serialization, because JSON escapes could hide a secret from the search.
        each_string(&mut json, &|text| {
            if let Cow::Owned(clean) = self.0.secrets.redact(text) {
                *text = clean;
            }
        });
        self.write(&format!("{}\n", escape::json(&json.to_string())));
    }

    /// Prints text of our own in several lines, such as a help text.
    pub(crate) fn own_text(&self, text: &str) {
        self.write(text);
    }

    /// Prints a hint. Its line breaks are ours, which its type guarantees.
    fn hint(&self, hint: &Hint) {
        for (at, line) in self.suggested(hint).as_str().split('\n').enumerate() {
            let label = match at {
                0 => HINT,
                _ if line.starts_with(' ') => NONE,
                _ => HINT_GOES_ON,
            };
            self.put_wrapped(label, line, TextKind::Hint);
        }
    }

    fn put(&self, label: Label, message: &str) {
        self.put_wrapped(label, message, TextKind::Prose);
    }

    /// Prints one message. Line breaks in it are escaped, so that a server's text cannot start a
    /// line of ours such as "hint: run this".
    fn put_wrapped(&self, label: Label, message: &str, kind: TextKind) {
        let clean = self.clean(message);
        let text = match self.width() {
            Some(width) => Cow::Owned(wrapped(&clean, label.text.width(), width, kind)),
            None => clean,
        };
        self.write(&format!("{}{text}\n", self.paint(label.sgr, label.text)));
    }

    /// Redacts secrets and escapes line breaks and control characters.
    fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.0.secrets.redact(text) {
            Cow::Borrowed(text) => escape::visible(text),
            Cow::Owned(text) => Cow::Owned(escape::visible(&text).into_owned()),
        }
    }

    /// Writes in one call, so that threads do not mix their lines. Failures are ignored: a closed
    /// or full stderr must not fail the command.
    fn write(&self, text: &str) {
        self.clear_status();
        let _ = stderr().lock().write_all(text.as_bytes());
    }
}

/// The text, cut to this many columns with `…` at its end.
fn fitting(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if cut.width() + c.width().unwrap_or(0) + 1 > width {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

/// Calls `change` for every string in a JSON value, except keys, which are ours.
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

#[cfg(test)]
mod tests;
