//! From a command line to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::cli::Shared;
use crate::error::{Error, Kind};
use crate::interrupt;
use crate::io::{Io, Manner};

/// One binary of the suite: its arguments are the type, its work is `run`.
pub trait Command: clap::Parser {
    /// The options every binary shares.
    fn shared(&self) -> &Shared;

    /// What a command line without arguments means, where that is known without parsing one:
    /// building a parser costs more than some commands do.
    fn bare() -> Option<Self> {
        None
    }

    /// Does the job. Data goes to `io.out`, everything else to `io.talk`.
    ///
    /// # Errors
    /// Whatever failed; its kind is the exit code.
    fn run(self, io: &mut Io) -> Result<(), Error>;
}

/// The whole of a binary's `main`.
pub fn main<C: Command>() -> ExitCode {
    report_panics_briefly();
    let bare = if std::env::args_os().len() <= 1 { C::bare() } else { None };
    let command = match bare.map_or_else(C::try_parse, Ok) {
        Ok(command) => command,
        Err(error) => return misused(&error),
    };
    let mut io = Io::new(command.shared().manner());
    interrupt::enable(&io.talk);
    let result = command.run(&mut io);
    // What was printed before a failure is data all the same.
    let flushed = io.out.flush();
    io.talk.clear_status();
    match result.and(flushed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == Kind::Closed => ExitCode::SUCCESS,
        Err(error) => {
            io.talk.report(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// Help and version go to stdout; a wrong command line is a usage error like any other.
fn misused(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe ends help quietly too.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let json_errors = asks_for_json(std::env::args_os().skip(1));
    let _ = error.print();
    if json_errors {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        let io = Io::new(Manner { json_errors, ..Manner::default() });
        io.talk.report_json(&Error::usage(message));
    }
    ExitCode::from(Kind::Usage.exit_code())
}

/// Whether an unparsable command line still says `-o json` or `-o jsonl`.
fn asks_for_json(args: impl Iterator<Item = OsString>) -> bool {
    let mut value_follows = false;
    for arg in args {
        let Some(arg) = arg.to_str() else { continue };
        let value = if value_follows {
            Some(arg)
        } else {
            arg.strip_prefix("--output=").or_else(|| arg.strip_prefix("-o"))
        };
        if matches!(value.map(|v| v.trim_start_matches('=')), Some("json" | "jsonl")) {
            return true;
        }
        value_follows = matches!(arg, "-o" | "--output");
    }
    false
}

/// A panic is a bug of ours: said in one line, with no backtrace and without the panic's payload,
/// which could quote a secret.
fn report_panics_briefly() {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write;
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "error: internal error at {place}\nhint: this is a bug in auth0-suite; please report it with the command that led here"
        );
        std::process::exit(i32::from(Kind::Failure.exit_code()));
    }));
}

#[cfg(test)]
mod tests {
    use super::asks_for_json;

    #[test]
    fn json_is_heard_in_every_spelling() {
        for args in [
            &["-o", "json"][..],
            &["-ojsonl"],
            &["-o=json"],
            &["--output=json"],
            &["list", "--output", "jsonl"],
        ] {
            assert!(asks_for_json(args.iter().map(Into::into)), "{args:?}");
        }
        for args in [&["-o", "csv"][..], &["json"], &["--query", "json"]] {
            assert!(!asks_for_json(args.iter().map(Into::into)), "{args:?}");
        }
    }
}
