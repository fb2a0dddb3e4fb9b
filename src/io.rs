//! The edges of a process: stdout is data, stderr is talk, and the environment is read here alone.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Kind};
use crate::escape;
use crate::interrupt;
use crate::platform;
use crate::secret::Secret;

/// What a command is handed: where data goes, where talk goes, and what the user said about both.
pub struct Io {
    /// Standard output: data alone.
    pub out: Out,
    /// Standard error: messages, prompts, progress.
    pub talk: Talk,
    /// The environment, where an empty variable counts as unset.
    pub env: Env,
    /// Whether questions may be asked: stdin and stderr are terminals and `--no-input` is absent.
    pub interactive: bool,
}

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR`; off a terminal with `CLICOLOR_FORCE`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is said, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// Errors and warnings alone.
    pub quiet: bool,
    /// 1: requests and statuses; 2: bodies too. Secrets are redacted in both.
    pub verbose: u8,
    /// When to color.
    pub color: Color,
    /// Never ask.
    pub no_input: bool,
    /// Report the error as one JSON object too.
    pub json_errors: bool,
}

impl Io {
    /// The real edges of this process.
    pub fn new(manner: Manner) -> Self {
        let env = Env;
        let stderr_is_terminal = io::stderr().is_terminal();
        // Both must be asked for, also where only one of them is used.
        let obeys = platform::enable_escape_sequences();
        let obeys = obeys && env.get_os("TERM").is_none_or(|term| term != "dumb");
        Self {
            out: Out::new(),
            interactive: !manner.no_input && stderr_is_terminal && io::stdin().is_terminal(),
            talk: Talk(Arc::new(Voice {
                manner,
                terminal: stderr_is_terminal,
                color: manner.color.wanted(stderr_is_terminal && obeys, env),
                obeys,
                status_shown: AtomicBool::new(false),
                asking: AtomicBool::new(false),
            })),
            env,
        }
    }

    /// Whether data on stdout is colored.
    pub fn color_out(&self) -> bool {
        let terminal = io::stdout().is_terminal() && self.talk.0.obeys;
        self.talk.0.manner.color.wanted(terminal, self.env)
    }

    /// The width to cut tables to: the terminal's, or `None` in a pipe. A terminal that does not
    /// tell (Emacs, expect) has 80 columns: it is a terminal, and nothing it obeys may reach it.
    pub fn width(&self) -> Option<usize> {
        let told = columns(terminal_size::terminal_size_of(io::stdout()));
        io::stdout().is_terminal().then_some(told)
    }

    /// All of standard input, up to `limit` bytes.
    pub fn read_stdin(&self, what: &str, limit: u64) -> Result<Vec<u8>, Error> {
        read_bounded(io::stdin().lock(), what, limit)
    }

    /// A question on the terminal. `None` where questions may not be asked.
    pub fn ask(&self, question: &str) -> Result<Option<String>, Error> {
        if !self.interactive {
            return Ok(None);
        }
        interrupt::watch()?;
        self.talk.prompt(question);
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(|e| {
            Error::new(Kind::Failure, "cannot read the answer from the terminal").caused_by(&e)
        })?;
        if line.ends_with('\n') {
            self.talk.answered();
        }
        self.talk.end_question();
        Ok(Some(line.trim().to_owned()).filter(|line| !line.is_empty()))
    }

    /// A question whose answer is not shown, and may be longer than a terminal's line. `None` where
    /// questions may not be asked, and for no answer.
    pub fn ask_secret(&self, question: &str) -> Result<Option<Secret>, Error> {
        if !self.interactive {
            return Ok(None);
        }
        interrupt::watch()?;
        // Before the question: the answer may come at once.
        let hidden = interrupt::hide_typing();
        self.talk.prompt(question);
        let keys = rpassword::ConfigBuilder::new();
        // Ctrl-C stays a signal that way, not a key that ends in an error.
        let keys = if hidden { keys.input_reader(io::stdin()).output_discard() } else { keys };
        let answer = rpassword::read_password_with_config(keys.build());
        interrupt::show_typing();
        if hidden {
            self.talk.end_question();
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(e) => {
                let error = Error::new(Kind::Failure, "cannot read the answer from the terminal");
                return Err(error.caused_by(&e));
            }
        };
        Ok(Some(answer.trim()).filter(|answer| !answer.is_empty()).map(Secret::new))
    }

    /// Asks before something goes for good. Without a terminal it is refused: `--yes` says yes.
    pub fn confirm(&self, question: &str) -> Result<(), Error> {
        match self.ask(&format!("{question} [y/N] "))? {
            Some(answer) if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") => Ok(()),
            Some(_) => Err(Error::new(Kind::Failure, "not confirmed; nothing was done")),
            None if self.interactive => {
                Err(Error::new(Kind::Failure, "not confirmed; nothing was done"))
            }
            None => {
                Err(Error::usage("this needs a confirmation, and there is no terminal to ask on")
                    .hint("add --yes to go ahead without being asked"))
            }
        }
    }
}

fn columns(told: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    told.map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0).unwrap_or(80)
}

/// Reads all of a stream, refusing one that is longer than `limit` bytes.
pub fn read_bounded(stream: impl Read, what: &str, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    stream
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::new(Kind::Failure, format!("cannot read {what}")).caused_by(&e))?;
    if bytes.len() as u64 > limit {
        return Err(Error::usage(format!("{what} is longer than {limit} bytes")));
    }
    Ok(bytes)
}

impl Color {
    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    fn wanted(self, terminal: bool, env: Env) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if env.is_set("NO_COLOR") => false,
            Self::Auto if env.is_set("CLICOLOR_FORCE") => true,
            Self::Auto => terminal,
        }
    }
}

/// The process environment, where an empty variable counts as unset.
#[derive(Clone, Copy, Debug)]
pub struct Env;

impl Env {
    /// A variable as text.
    ///
    /// # Errors
    /// Usage, when it is not UTF-8.
    pub fn get(self, name: &str) -> Result<Option<String>, Error> {
        self.get_os(name).map(OsString::into_string).transpose().map_err(|_| {
            Error::usage(format!("the environment variable {name} is not valid UTF-8"))
                .hint(format!("set it anew, or take it away: unset {name}"))
        })
    }

    /// A variable as the system has it: for paths.
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    pub fn get_os(self, name: &str) -> Option<OsString> {
        std::env::var_os(name).filter(|value| !value.is_empty())
    }

    /// A variable as a path.
    pub fn path(self, name: &str) -> Option<PathBuf> {
        self.get_os(name).map(PathBuf::from)
    }

    /// Whether it is there and not empty.
    pub fn is_set(self, name: &str) -> bool {
        self.get_os(name).is_some()
    }
}

/// Buffered standard output. What is written to it may stay in memory until [`Out::flush`].
pub struct Out(BufWriter<io::Stdout>);

impl Out {
    fn new() -> Self {
        Self(BufWriter::with_capacity(32 * 1024, io::stdout()))
    }

    /// One line of data.
    pub fn line(&mut self, line: impl Display) -> Result<(), Error> {
        writeln!(self.0, "{line}").map_err(|e| Error::stdout(&e))
    }

    /// Runs a renderer and says a write error in this process's terms.
    pub fn with(
        &mut self,
        render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        render(&mut self.0).map_err(|e| Error::stdout(&e))
    }

    /// Hands the buffer to the system.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.0.flush().map_err(|e| Error::stdout(&e))
    }
}

/// Standard error, shared by threads. Whatever is said is escaped: it may hold a server's words.
#[derive(Clone)]
pub struct Talk(Arc<Voice>);

struct Voice {
    manner: Manner,
    terminal: bool,
    color: bool,
    /// The terminal obeys escape sequences.
    obeys: bool,
    /// A status line stands at the cursor and must be wiped before anything else is said.
    status_shown: AtomicBool,
    /// A question stands at the cursor.
    asking: AtomicBool,
}

impl Talk {
    /// Something the user wants to know: not said with `--quiet`.
    pub fn say(&self, message: impl Display) {
        if !self.0.manner.quiet {
            self.put("", &message.to_string());
        }
    }

    /// Like [`Talk::say`], with a styled text of our own before it.
    pub fn say_styled(&self, styled: &str, message: impl Display) {
        if !self.0.manner.quiet {
            self.put(styled, &message.to_string());
        }
    }

    /// Something the user should mend. Said even with `--quiet`.
    pub fn warn(&self, message: impl Display) {
        self.put(&self.paint("33;1", "warning: "), &message.to_string());
    }

    /// What the user must see for the command to go on: an address to open, a code to type.
    pub fn must_say(&self, message: impl Display) {
        self.put("", &message.to_string());
    }

    /// Said at `-v` (1) or `-vv` (2); the message is only made when it will be said.
    pub fn detail<D: Display>(&self, level: u8, message: impl FnOnce() -> D) {
        if self.0.manner.verbose >= level {
            self.put("", &message().to_string());
        }
    }

    /// Whether `-v` was given at least `level` times.
    pub fn details(&self, level: u8) -> bool {
        self.0.manner.verbose >= level
    }

    /// The columns of the terminal that stderr is; `None` where it is none.
    pub fn width(&self) -> Option<usize> {
        self.0.terminal.then(|| columns(terminal_size::terminal_size_of(io::stderr())))
    }

    /// Whether a status line would be shown at all.
    pub fn shows_status(&self) -> bool {
        let Voice { manner, terminal, obeys, .. } = &*self.0;
        // The line is wiped with an escape sequence.
        let wiped = *terminal && *obeys && manner.color != Color::Never;
        wiped && !manner.quiet && manner.verbose == 0
    }

    /// Shows a passing status on a terminal: the next word of any kind wipes it.
    pub fn status(&self, message: impl Display) {
        if self.shows_status() {
            let text = escape::visible(&message.to_string()).into_owned();
            self.0.status_shown.store(true, Ordering::Relaxed);
            let _ = write!(io::stderr().lock(), "\r\x1b[2K{text}");
        }
    }

    /// Whether a status line stands.
    pub fn has_status(&self) -> bool {
        self.0.status_shown.load(Ordering::Relaxed)
    }

    /// Wipes the status line, if one stands.
    pub fn clear_status(&self) {
        if self.0.status_shown.swap(false, Ordering::Relaxed) {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K");
        }
    }

    /// A question, the cursor left behind it.
    pub fn prompt(&self, question: &str) {
        self.clear_status();
        self.0.asking.store(true, Ordering::Relaxed);
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{}", escape::visible(question));
        let _ = stderr.flush();
    }

    /// The question was answered with Enter, which has ended its line.
    fn answered(&self) {
        self.0.asking.store(false, Ordering::Relaxed);
    }

    /// Ends a question's line where nobody else has.
    pub fn end_question(&self) {
        if self.0.asking.swap(false, Ordering::Relaxed) {
            let _ = io::stderr().lock().write_all(b"\n");
        }
    }

    /// Whether stderr is colored.
    pub fn is_colored(&self) -> bool {
        self.0.color
    }

    /// Text in an SGR style, where stderr is colored.
    pub fn paint(&self, sgr: &str, text: &str) -> String {
        if self.0.color { format!("\x1b[{sgr}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// The error report: the only place that prints one.
    pub fn report(&self, error: &Error) {
        // One line each: a line break in a server's words must not begin a line of its own, which
        // could say "hint: run this".
        let line = |prefix: &str, text: &str| {
            self.put(&format!("{prefix}{}", escape::visible(text)), "");
        };
        line(&self.paint("31;1", "error: "), error.message());
        for cause in error.causes() {
            line("  caused by: ", cause);
        }
        if let Some(hint) = error.hint_text() {
            // Our own words, of several lines where a line is to be copied.
            self.put(&self.paint("36;1", "hint: "), hint);
        }
        if self.0.manner.json_errors {
            self.report_json(error);
        }
    }

    /// The error as one JSON object on a line.
    pub fn report_json(&self, error: &Error) {
        self.put(&escape::json(&error.to_json().to_string()), "");
    }

    /// Writes `prefix` as it is and `message` escaped, each of its lines on a line of its own.
    /// A stderr that is closed or full is no reason to fail.
    fn put(&self, prefix: &str, message: &str) {
        self.clear_status();
        let mut text = String::with_capacity(prefix.len() + message.len() + 1);
        text.push_str(prefix);
        for line in message.split('\n') {
            text.push_str(&escape::visible(line));
            text.push('\n');
        }
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
