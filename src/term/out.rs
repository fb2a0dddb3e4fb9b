//! Standard output. No other module writes to it.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};

use crate::base::error::Error;
use crate::base::escape;
use crate::term::{columns, style};

/// Standard output, buffered. Text may stay in memory until [`Out::flush`].
///
/// A pipe or a file gets the bytes unchanged. For a terminal, the methods escape control
/// characters, and a check behind them catches any that remain.
pub struct Out {
    buffer: BufWriter<Checked>,
    /// Whether data is colored.
    pub(super) color: bool,
}

impl Out {
    #[expect(clippy::disallowed_methods, reason = "the one door to standard output")]
    pub(super) fn new() -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let checked = Checked { stdout, terminal, begun: Vec::new(), before: None };
        Self { buffer: BufWriter::with_capacity(32 * 1024, checked), color: false }
    }

    /// Whether stdout is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.buffer.get_ref().terminal
    }

    /// Width of the terminal, or `None` if stdout is not a terminal.
    pub(super) fn width(&self) -> Option<usize> {
        let checked = self.buffer.get_ref();
        checked.terminal.then(|| columns(terminal_size::terminal_size_of(&checked.stdout)))
    }

    /// Writes one line of data. On a terminal, line breaks in it are escaped too.
    ///
    /// # Errors
    /// [`Error::stdout`], as for every method here.
    pub fn line(&mut self, line: impl Display) -> Result<(), Error> {
        let written = if self.is_terminal() {
            writeln!(self.buffer, "{}", escape::visible(&line.to_string()))
        } else {
            writeln!(self.buffer, "{line}")
        };
        written.map_err(|e| Error::stdout(&e))
    }

    /// Writes JSON text and a line break. On a terminal it is colored, and escaped with JSON's own
    /// escapes, so it stays valid.
    pub fn json(&mut self, json: impl Display) -> Result<(), Error> {
        let written = if self.is_terminal() || self.color {
            let mut text = json.to_string();
            if self.is_terminal() {
                text = escape::json(&text).into_owned();
            }
            if self.color {
                let plain = std::mem::take(&mut text);
                style::push_json(&plain, &mut text);
            }
            writeln!(self.buffer, "{text}")
        } else {
            writeln!(self.buffer, "{json}")
        };
        written.map_err(|e| Error::stdout(&e))
    }

    /// Runs a renderer, and converts a failed write into our error type.
    pub fn with(
        &mut self,
        render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        render(&mut self.buffer).map_err(|e| Error::stdout(&e))
    }

    /// Writes the buffer to the system.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.buffer.flush().map_err(|e| Error::stdout(&e))
    }
}

/// Writes the last data of a process that a signal ends. Failures are ignored: the reader
/// may have ended.
#[expect(clippy::disallowed_methods, reason = "the one door to standard output")]
pub(super) fn write_last(data: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(data.as_bytes()).and_then(|()| stdout.flush());
}

/// Escapes control characters on their way to a terminal, whichever code wrote them.
struct Checked {
    stdout: io::Stdout,
    terminal: bool,
    /// The first bytes of a character that is not complete yet.
    begun: Vec<u8>,
    /// The last character written.
    before: Option<char>,
}

impl Write for Checked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.terminal {
            return self.stdout.write(bytes);
        }
        let mut text = String::with_capacity(bytes.len() + 16);
        self.begun.extend_from_slice(bytes);
        let begun = std::mem::take(&mut self.begun);
        self.begun = push_checked(&begun, &mut self.before, &mut text).to_vec();
        self.stdout.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

/// Appends bytes as text for a terminal. Line breaks, tabs and our styles are kept, other control
/// characters are escaped. Returns the incomplete character at the end, if there is one.
fn push_checked<'b>(bytes: &'b [u8], before: &mut Option<char>, out: &mut String) -> &'b [u8] {
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(c) = rest.chars().next() {
            let mut taken = c.len_utf8();
            if let Some(style) = style::ALL.iter().find(|style| rest.starts_with(**style)) {
                out.push_str(style);
                taken = style.len();
            } else if matches!(c, '\n' | '\t') || rest.starts_with("\r\n") {
                out.push(c);
                *before = Some(c);
            } else {
                escape::push_visible_after(before, c, out);
            }
            rest = rest.get(taken..).unwrap_or_default();
        }
        let invalid = chunk.invalid();
        let at_end = bytes.as_ptr_range().end == invalid.as_ptr_range().end;
        if at_end && is_begun(invalid) {
            return invalid;
        }
        for byte in invalid {
            out.push_str(&format!("\\x{byte:02x}"));
            // An escape is ASCII, so nothing after it can join to it.
            *before = Some('x');
        }
    }
    &[]
}

/// Whether these bytes are the start of a character.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(parts: &[&[u8]]) -> String {
        let (mut out, mut before, mut begun) = (String::new(), None, Vec::new());
        for part in parts {
            begun.extend_from_slice(part);
            let bytes = std::mem::take(&mut begun);
            begun = push_checked(&bytes, &mut before, &mut out).to_vec();
        }
        out
    }

    #[test]
    fn lines_and_our_own_styles_pass() {
        let table = "\x1b[1mNAME\x1b[0m\nCafé Menü 日本語 👩\u{200d}🔬\na\tb\r\n";
        assert_eq!(checked(&[table.as_bytes()]), table);
    }

    #[test]
    fn control_characters_from_any_writer_are_escaped() {
        let bad = "a\x1b]0;t\x07\u{9b}2J\u{202e}\rb\x1b[31m";
        assert_eq!(checked(&[bad.as_bytes()]), r"a\u{1b}]0;t\u{7}\u{9b}2J\u{202e}\rb\u{1b}[31m");
        assert_eq!(checked(&[b"a\x9b2J\xff"]), r"a\x9b2J\xff");
    }

    #[test]
    fn a_character_may_arrive_in_parts() {
        let text = "é👩\u{200d}🔬\u{202e}".as_bytes();
        for at in 0..text.len() {
            let (head, tail) = text.split_at(at);
            assert_eq!(checked(&[head, tail]), "é👩\u{200d}🔬\\u{202e}", "{at}");
        }
    }
}
