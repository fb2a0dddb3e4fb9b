//! The edges of a process: stdout is data, stderr is messages, and only this module reads the
//! environment.

#[doc(hidden)]
pub mod interrupt;
mod out;
pub(crate) mod pick;
pub(crate) mod progress;
pub(crate) mod shell;
pub(crate) mod style;
mod ui;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

pub use self::out::Out;
pub use self::ui::Ui;
use crate::base::error::{Error, ErrorKind};
use crate::base::input;
use crate::base::platform;
use crate::base::secret::Secret;
use crate::hint;

/// What a command is handed: where data and messages go, and what the user said about both.
pub struct Io {
    /// Standard output: data only.
    pub out: Out,
    /// Standard error: messages, prompts, progress.
    pub ui: Ui,
    /// The environment, where an empty variable counts as unset.
    pub env: Env,
    /// Whether the command may ask questions: stdin and stderr are terminals, and `--no-input` is
    /// absent.
    pub interactive: bool,
}

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set. Elsewhere only with `CLICOLOR_FORCE`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is printed, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct UiOptions {
    /// Print only errors and warnings.
    pub quiet: bool,
    /// 1 shows requests and statuses, 2 also bodies. Secrets are redacted in both.
    pub verbose: u8,
    /// When to color.
    pub color: Color,
    /// Never ask questions.
    pub no_input: bool,
    /// Also report the error as one JSON object.
    pub json_errors: bool,
}

/// A text with an SGR style, or unchanged if it is not colored or the style is empty.
pub fn painted(is_colored: bool, sgr: &str, text: &str) -> String {
    match is_colored && !sgr.is_empty() {
        true => format!("\x1b[{sgr}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

impl Io {
    /// The real edges of this process.
    pub fn new(ui_options: UiOptions) -> Self {
        let env = Env;
        let stderr_is_terminal = ui::is_terminal();
        // Both must be asked for, also where only one of them is used.
        let obeys = platform::enable_escape_sequences();
        let obeys = obeys && env.get_os("TERM").is_none_or(|term| term != "dumb");
        let mut out = Out::new();
        out.color = ui_options.color.wanted(out.is_terminal() && obeys, env);
        Self {
            out,
            interactive: !ui_options.no_input && stderr_is_terminal && io::stdin().is_terminal(),
            ui: Ui::new(ui_options, stderr_is_terminal, obeys, env),
            env,
        }
    }

    /// Whether data on stdout is colored.
    pub fn color_out(&self) -> bool {
        self.out.color
    }

    /// The width to cut tables to: the terminal's, or `None` in a pipe. A terminal that does not
    /// report its width (Emacs, expect) counts as 80 columns wide.
    pub fn width(&self) -> Option<usize> {
        self.out.width()
    }

    /// All of standard input as text, up to `limit` bytes.
    pub fn read_stdin_text(&self, what: &str, limit: u64) -> Result<String, Error> {
        input::text(self.read_stdin(what, limit)?, what)
    }

    /// All of standard input, up to `limit` bytes.
    pub fn read_stdin(&self, what: &str, limit: u64) -> Result<Vec<u8>, Error> {
        read_bounded(io::stdin().lock(), what, limit)
    }

    /// Asks a question on the terminal. `None` if questions may not be asked, or for an empty
    /// answer.
    pub fn ask(&self, question: &str) -> Result<Option<String>, Error> {
        if !self.interactive {
            return Ok(None);
        }
        interrupt::watch()?;
        self.ui.prompt(question);
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(|e| {
            Error::new(ErrorKind::Failure, "cannot read the answer from the terminal").caused_by(&e)
        })?;
        if line.ends_with('\n') {
            self.ui.answered();
        }
        self.ui.end_question();
        Ok(Some(line.trim().to_owned()).filter(|line| !line.is_empty()))
    }

    /// Asks a question without showing the answer, which may be longer than a terminal's line.
    /// `None` if questions may not be asked, or for an empty answer.
    pub fn ask_secret(&self, question: &str) -> Result<Option<Secret>, Error> {
        if !self.interactive {
            return Ok(None);
        }
        interrupt::watch()?;
        // Before the question, because a script may answer at once.
        let hidden = interrupt::hide_typing();
        self.ui.prompt(question);
        let keys = rpassword::ConfigBuilder::new();
        // This way Ctrl-C stays a signal and does not become a key press that ends in an error.
        let keys = if hidden { keys.input_reader(io::stdin()).output_discard() } else { keys };
        let answer = rpassword::read_password_with_config(keys.build());
        interrupt::show_typing();
        if hidden {
            self.ui.end_question();
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(e) => {
                let error =
                    Error::new(ErrorKind::Failure, "cannot read the answer from the terminal");
                return Err(error.caused_by(&e));
            }
        };
        Ok(Some(answer.trim()).filter(|answer| !answer.is_empty()).map(Secret::new))
    }

    /// Asks before something is deleted for good. Without a terminal it fails and points to
    /// `--yes`.
    pub fn confirm(&self, question: &str) -> Result<(), Error> {
        match self.ask(&format!("{question} [y/N] "))? {
            Some(answer) if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") => Ok(()),
            Some(_) => Err(Error::new(ErrorKind::Failure, "not confirmed; nothing was done")),
            None if self.interactive => {
                Err(Error::new(ErrorKind::Failure, "not confirmed; nothing was done"))
            }
            None => {
                Err(Error::usage("this needs a confirmation, but there is no terminal to ask on")
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
    read_sized(stream, 0, what, limit)
}

/// The same for a stream of a known size in bytes, which saves reads. The size may be wrong.
pub(crate) fn read_sized(
    stream: impl Read,
    size: u64,
    what: &str,
    limit: u64,
) -> Result<Vec<u8>, Error> {
    /// At most this much is reserved, in case the size is wrong.
    const MAX_RESERVED: u64 = 1 << 20;
    let size = size.min(limit).min(MAX_RESERVED);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    stream
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::new(ErrorKind::Failure, format!("cannot read {what}")).caused_by(&e))?;
    if bytes.len() as u64 > limit {
        return Err(Error::usage(format!("{what} is longer than {limit} bytes")));
    }
    Ok(bytes)
}

/// Reads all of a stream as text, refusing one that is longer than `limit` bytes.
pub fn read_text(stream: impl Read, what: &str, limit: u64) -> Result<String, Error> {
    input::text(read_bounded(stream, what, limit)?, what)
}

impl Color {
    /// The value on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Whether to color a stream that is, or is not, a terminal.
    pub(crate) fn wanted(self, terminal: bool, env: Env) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if env.is_set("NO_COLOR") => false,
            Self::Auto if env.get_os("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
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
    /// Usage error if it is not UTF-8.
    pub fn get(self, name: &'static str) -> Result<Option<String>, Error> {
        self.get_os(name).map(OsString::into_string).transpose().map_err(|_| {
            Error::usage(format!("the environment variable {name} is not valid UTF-8"))
                .hint(hint!("set it again, or remove it: {}", shell::unset(name)))
        })
    }

    /// A variable as the system stores it, for paths.
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    pub fn get_os(self, name: &str) -> Option<OsString> {
        std::env::var_os(name).filter(|value| !value.is_empty())
    }

    /// A variable as a path.
    pub fn path(self, name: &str) -> Option<PathBuf> {
        self.get_os(name).map(PathBuf::from)
    }

    /// Whether the variable is set and not empty.
    pub fn is_set(self, name: &str) -> bool {
        self.get_os(name).is_some()
    }
}
