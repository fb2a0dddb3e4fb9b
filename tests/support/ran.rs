//! What a command did, and what is expected of it.

use std::fmt;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::Signal;

/// A command that has ended.
pub(crate) struct Ran {
    pub(crate) command: String,
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// Stdout as it came.
    pub(crate) bytes: Vec<u8>,
    /// Stdout as text.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self::read(command, output)
    }

    /// Runs it with this on stdin.
    #[track_caller]
    pub(crate) fn fed(command: &mut Command, input: impl AsRef<[u8]>) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end without reading; that is its own affair.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Self::read(command, child.wait_with_output().unwrap())
    }

    pub(crate) fn read(command: &Command, output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            command: format!("{command:?}"),
            code: output.status.code(),
            #[cfg(unix)]
            signal: std::os::unix::process::ExitStatusExt::signal(&output.status),
            #[cfg(not(unix))]
            signal: None,
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            bytes: output.stdout,
        }
    }

    /// Fails unless it ended with this code, and without a panic.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.stderr.contains("internal error"), "{self:?}");
        self
    }

    /// Fails unless this signal ended it: on Unix so that a shell's loop sees it, on Windows with exit
    /// code 130.
    #[track_caller]
    pub(crate) fn dies_of(self, signal: Signal) -> Self {
        #[cfg(unix)]
        assert_eq!(self.signal, Some(signal.as_raw()), "{self:?}");
        #[cfg(windows)]
        assert_eq!(self.code, Some(130), "{signal:?}: {self:?}");
        assert!(!self.stderr.contains("internal error"), "{self:?}");
        self
    }

    /// Fails unless stderr has this in it.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}: {self:?}");
        self
    }

    /// Fails if either stream has this in it.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        assert!(!text.is_empty(), "nothing cannot be hidden");
        let shown = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!shown, "{text:?} is shown: {self:?}");
        self
    }

    /// Fails unless this is all on stdout.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert_eq!(self.stdout, text, "{self:?}");
        self
    }

    /// Fails unless this and a line's end is all on stdout.
    #[track_caller]
    pub(crate) fn prints_line(self, text: &str) -> Self {
        self.prints(&format!("{text}\n"))
    }

    /// Fails on a panic and on anything a terminal would obey.
    #[track_caller]
    pub(crate) fn keeps_its_manners(self) -> Self {
        assert!(!self.stderr.contains("internal error"), "{self:?}");
        let obeyed = |c: &char| {
            (c.is_control() && !"\n\t\r".contains(*c))
                || matches!(u32::from(*c), 0x61c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069)
        };
        assert_eq!(self.stderr.chars().find(obeyed), None, "{self:?}");
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Stdout's lines.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A list of 100,000 rows tells no more than its beginning.
        let cut = |text: &str| text.chars().take(4000).collect::<String>();
        let (stdout, stderr) = (cut(&self.stdout), cut(&self.stderr));
        write!(
            f,
            "{}\nended with {:?}, signal {:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}",
            self.command, self.code, self.signal
        )
    }
}
