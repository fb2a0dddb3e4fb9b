//! From a command line to an exit code.

mod misuse;

use std::process::ExitCode;

use clap::error::ErrorKind as ClapErrorKind;

use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::options::Shared;
use crate::cmd::short_help;
use crate::login::launch;
use crate::profile::ProfileName;
use crate::resource::choose::NOT_GIVEN;
use crate::term::interrupt;
use crate::term::{Color, Io, UiOptions};

/// One binary of the suite: its arguments are the type, its work is `run`.
pub trait Command: clap::Parser {
    /// The options every binary shares.
    fn shared(&self) -> &Shared;

    /// What a command line without arguments means, where that is known without parsing one:
    /// building a parser costs more than some commands do.
    fn bare() -> Option<Self> {
        None
    }

    /// Whether the program can open a page in the default browser, and so contains what knows the
    /// default browsers of each system.
    const OPENS_PAGES: bool = false;

    /// Does the job. Data goes to `io.out`, everything else to `io.ui`.
    ///
    /// # Errors
    /// Whatever failed; its kind is the exit code.
    fn run(self, io: &mut Io) -> Result<(), Error>;
}

/// The whole of a binary's `main`.
pub fn main<C: Command>() -> ExitCode {
    report_panics_briefly();
    if C::OPENS_PAGES
        && let Some(code) = launch::open_page_if_asked()
    {
        return code;
    }
    let bare = if std::env::args_os().len() <= 1 { C::bare() } else { None };
    let command = match bare.map_or_else(parse::<C>, Ok) {
        Ok(command) => command,
        Err(error) => return misused::<C>(&error),
    };
    let mut io = Io::new(command.shared().ui_options());
    name_profile(command.shared().profile.as_deref(), &io);
    interrupt::enable(&io.ui);
    let result = command.run(&mut io);
    ended(result, &mut io)
}

/// Lets suggested commands name the profile of `--profile`. One that is chosen in another way is
/// chosen in the same way by the command that a person pastes.
fn name_profile(profile: Option<&str>, io: &Io) {
    if let Some(name) = profile.and_then(|name| ProfileName::parse(name).ok()) {
        io.ui.name_profile(foreign(name.as_str()).in_command("NAME"));
    }
}

/// Reports how a command ended.
fn ended(result: Result<(), Error>, io: &mut Io) -> ExitCode {
    // What was printed before a failure is data all the same.
    let flushed = io.out.flush();
    io.ui.clear_status();
    match result.and(flushed) {
        Ok(()) => ExitCode::SUCCESS,
        // Neither is a failure, and all has been said.
        Err(error) if matches!(error.kind(), ErrorKind::Closed | ErrorKind::Differs) => {
            ExitCode::from(error.kind().exit_code())
        }
        Err(error) => {
            io.ui.report(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// The definition of a command. Help and errors name the program as it is called in the documents,
/// and not `auth0-login.exe` or a link to it.
fn definition<C: Command>() -> clap::Command {
    let mut command = C::command();
    command.set_bin_name(command.get_name().to_owned());
    command
}

/// Parses the command line.
fn parse<C: Command>() -> Result<C, clap::Error> {
    let mut command = definition::<C>();
    match command.try_get_matches_from_mut(std::env::args_os()) {
        Ok(mut matches) => {
            C::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
        }
        Err(error) if misuse::lacks_only_a_name(&error) => {
            ask_for_name(definition::<C>()).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// The command with a mark in place of the name that is missing, if there is a terminal on which a
/// person can choose one.
fn ask_for_name<C: Command>(definition: clap::Command) -> Option<C> {
    let args = std::env::args_os().chain([NOT_GIVEN.into()]);
    let mut matches = definition.try_get_matches_from(args).ok()?;
    let command = C::from_arg_matches_mut(&mut matches).ok()?;
    Io::new(command.shared().ui_options()).interactive.then_some(command)
}

/// What was given after the program's name.
fn given() -> Vec<String> {
    std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// Help and version go to stdout; a wrong command line is a usage error like any other.
fn misused<C: Command>(error: &clap::Error) -> ExitCode {
    let given = given();
    let ui_options = UiOptions {
        json_errors: values(&given, "-o", "--output")
            .iter()
            .any(|value| matches!(*value, "json" | "jsonl")),
        color: match values(&given, "", "--color").pop() {
            Some("always") => Color::Always,
            Some("never") => Color::Never,
            _ => Color::Auto,
        },
        ..UiOptions::default()
    };
    let mut io = Io::new(ui_options);
    name_profile(values(&given, "", "--profile").pop(), &io);
    let styled = |color: bool| {
        let text = match error.kind() {
            ClapErrorKind::DisplayVersion => error.render(),
            _ if short_help::is_long(&given) => error.render(),
            _ => short_help::instead_of(error, definition::<C>()),
        };
        if color { text.ansi().to_string() } else { text.to_string() }
    };
    let result = match error.kind() {
        ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion => {
            let text = styled(io.color_out());
            io.out.with(|out| out.write_all(text.as_bytes()))
        }
        ClapErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            io.ui.own_text(&styled(io.ui.is_colored()));
            if ui_options.json_errors {
                io.ui.report_json(&Error::usage("a subcommand is missing"));
            }
            return ExitCode::from(ErrorKind::Usage.exit_code());
        }
        _ => Err(misuse::explain(error, &C::command(), &given)),
    };
    ended(result, &mut io)
}

/// The values that a command line gives an option, although it cannot be parsed. `short` may be
/// empty.
fn values<'w>(given: &'w [String], short: &str, long: &str) -> Vec<&'w str> {
    let mut found = Vec::new();
    let mut words = given.iter().map(String::as_str).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        let joined = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        let short_joined = word.strip_prefix(short).filter(|_| !short.is_empty());
        if word == long || (word == short && !short.is_empty()) {
            found.extend(words.next());
        } else if let Some(value) =
            joined.or_else(|| short_joined.map(|rest| rest.trim_start_matches('=')))
        {
            found.push(value);
        }
    }
    found
}

/// A panic is a bug of ours: said in one line, with no backtrace and without the panic's payload,
/// which could quote a secret.
fn report_panics_briefly() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let error = Error::new(ErrorKind::Failure, format!("internal error at {place}"))
            .hint("this is a bug in auth0-suite; please report it with the command that led here");
        Io::new(UiOptions::default()).ui.report(&error);
        std::process::exit(i32::from(ErrorKind::Failure.exit_code()));
    }));
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn an_option_is_heard_in_every_spelling() {
        let output = |args: &[&str]| {
            let given: Vec<String> = args.iter().map(ToString::to_string).collect();
            values(&given, "-o", "--output").pop().map(str::to_owned)
        };
        for args in [
            &["-o", "json"][..],
            &["-ojson"],
            &["-o=json"],
            &["--output=json"],
            &["list", "--output", "json"],
            &["-o", "csv", "-o", "json"],
        ] {
            assert_eq!(output(args).as_deref(), Some("json"), "{args:?}");
        }
        for args in [&["-o"][..], &["json"], &["--query", "json"], &["--", "-o", "json"]] {
            assert_eq!(output(args), None, "{args:?}");
        }
    }
}
