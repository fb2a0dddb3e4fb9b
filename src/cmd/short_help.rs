//! `-h` fits one screen, `--help` says everything.
//!
//! One rule makes the short help of every command from its definition. It has no examples, no notes
//! and no headings, of the options that commands share only the usual ones, and of a long description
//! its first part. If that is still taller than a screen, the options that are defined last are left
//! out, after those that [`RARE`] names.

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// Lines of the smallest usual terminal, without the one that the shell's prompt takes.
const SCREEN: usize = 23;

/// Lines beside the subcommands of a command: description, usage, the usual options, the last line.
#[cfg(test)]
const BESIDE: usize = 10;

/// The width that counts, in columns.
const WIDTH: usize = 80;

/// A longer description takes more than one line.
const LINE: usize = 48;

/// Where a description may end early.
const PARTS: [&str; 6] = [". ", "; ", ": ", " (", " [", ", "];

/// The options of groups that `-h` lists although the others of their group are left out.
const USUAL: [&str; 2] = ["profile", "output"];

/// Options that are left out first: most people never need them.
const RARE: [(&str, &[&str]); 1] = [(
    "auth0-login",
    &[
        "redirect_uris",
        "invitation",
        "connection",
        "login_hint",
        "prompt",
        "max_age",
        "ui_locales",
        "params",
        "key_id",
        "signing_alg",
    ],
)];

/// The last line of every short help.
const MORE: &str = "All options, with examples: --help";

/// Whether the command line asks for the long help.
pub(crate) fn is_long(given: &[String]) -> bool {
    let first = given.iter().find(|word| !word.starts_with('-'));
    given.iter().any(|word| word == "--help") || first.is_some_and(|word| word == "help")
}

/// The short help of the command whose long help this error of clap has. `command` is the definition
/// of the program.
pub(crate) fn instead_of(error: &clap::Error, command: Command) -> StyledStr {
    let long = error.render().to_string();
    let usage = long.lines().find_map(|line| line.strip_prefix("Usage: ")).unwrap_or_default();
    let mut program = shorten(command);
    let mut command = &mut program;
    for word in usage.split(' ').skip(1) {
        // Two steps, because a search that fails would keep the borrow.
        if command.find_subcommand(word).is_none() {
            break;
        }
        command = command.find_subcommand_mut(word).expect("it was found");
    }
    command.render_help()
}

/// Makes the help of a command and of its subcommands short.
pub(super) fn shorten(mut command: Command) -> Command {
    // Only then subcommands have the options that they share.
    command.build();
    shorten_built(command)
}

fn shorten_built(command: Command) -> Command {
    let has_options = command.get_arguments().any(|arg| !arg.is_positional());
    let command = command.after_help(if has_options { MORE } else { "" }).mut_args(shorten_arg);
    let names = command.get_subcommands().map(|sub| sub.get_name().chars().count());
    let line = (WIDTH - 4).saturating_sub(names.max().unwrap_or_default());
    let command = command.mut_subcommands(|sub| match sub.get_name() {
        "help" => sub.hide(true),
        _ => shorten_about(shorten_built(sub), line),
    });
    fit(command)
}

/// Shortens what the list of subcommands says of one to a line of this many columns.
fn shorten_about(command: Command, line: usize) -> Command {
    let about = command.get_about().map(|about| first_part(&about.to_string(), line));
    match about {
        Some(about) => command.about(about),
        None => command,
    }
}

fn shorten_arg(arg: Arg) -> Arg {
    let id = arg.get_id().as_str();
    let group = arg.get_help_heading().unwrap_or_default();
    let shared = ["Network options", "Shared options"].contains(&group);
    if ["help", "version"].contains(&id) || (shared && !USUAL.contains(&id)) {
        return arg.hide_short_help(true);
    }
    let help = arg.get_help().map(|help| first_part(&help.to_string(), LINE));
    let arg = match help {
        Some(help) => arg.help(help),
        None => arg,
    };
    if arg.is_positional() { arg } else { arg.help_heading(None) }
}

/// The part of a description that fits a line, or all of it if no part does.
fn first_part(help: &str, line: usize) -> String {
    if help.chars().count() <= line {
        return help.to_owned();
    }
    let ends = PARTS.iter().filter_map(|part| help.find(part));
    let end = ends.filter(|end| *end > 0 && *end <= line).max().unwrap_or(help.len());
    let mut part = help.get(..end).unwrap_or(help);
    for (open, close) in [(" [", ']'), (" (", ')')] {
        if let Some(at) = part.rfind(open).filter(|at| !part[*at..].contains(close)) {
            part = &part[..at];
        }
    }
    part.to_owned()
}

/// Leaves out the last options until the help fits a screen. Hidden commands are not laid out: there
/// are hundreds, and none of them is as tall.
fn fit(mut command: Command) -> Command {
    if command.is_hide_set() {
        return command;
    }
    let rare = RARE.iter().find(|(name, _)| *name == command.get_name());
    let rare: &[&str] = rare.map_or(&[], |(_, ids)| ids);
    let mut options: Vec<_> = command
        .get_arguments()
        .filter(|arg| !arg.is_positional() && !arg.is_required_set())
        .map(|arg| arg.get_id().clone())
        .filter(|id| !USUAL.contains(&id.as_str()))
        .collect();
    options.sort_by_key(|id| rare.contains(&id.as_str()));
    for id in options.iter().rev() {
        if height(&command) <= SCREEN {
            break;
        }
        command = command.mut_arg(id, |arg| arg.hide_short_help(true));
    }
    command
}

fn height(command: &Command) -> usize {
    let mut command = command.clone().term_width(WIDTH);
    command.render_help().to_string().trim_end().lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::suite;

    fn each(command: &Command, name: &str, check: &mut impl FnMut(&Command, &str)) {
        check(command, name);
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            each(sub, &format!("{name} {}", sub.get_name()), check);
        }
    }

    #[test]
    fn short_help_fits_one_screen_and_long_help_says_more() {
        let mut tall = Vec::new();
        for binary in suite::commands() {
            let mut long = binary.command();
            long.build();
            each(&shorten(binary.command()), binary.name, &mut |command, name| {
                let mut long = name
                    .split(' ')
                    .skip(1)
                    .fold(&long, |command, name| command.find_subcommand(name).unwrap())
                    .clone()
                    .term_width(WIDTH);
                let long = long.render_long_help().to_string();
                let short = command.clone().term_width(WIDTH).render_help().to_string();
                // A list of subcommands is never cut: only what stands beside it gives way.
                let subcommands = command.get_subcommands().count();
                if height(command) > SCREEN.max(subcommands + BESIDE) {
                    tall.push(format!("{name}: {}\n{short}", height(command)));
                }
                assert!(!short.contains("Examples:") && short.contains("--output"), "{short}");
                for option in ["--timeout <TIME>", "--csv-safe", "--color <WHEN>"] {
                    assert!(!short.contains(option), "{name}");
                }
                assert!(long.contains("--csv-safe"), "{name}");
                assert!(long.lines().count() > short.lines().count(), "{name}");
            });
        }
        assert!(tall.is_empty(), "{}", tall.join("\n"));
    }

    #[test]
    fn a_long_description_ends_early() {
        for (whole, short) in [
            ("Add a header", "Add a header"),
            (
                "Send this JSON; @FILE reads it from a file, - from stdin",
                "Send this JSON; @FILE reads it from a file",
            ),
            (
                "Set a field of the JSON body, over --data where both are given: a.b=VALUE nests",
                "Set a field of the JSON body",
            ),
            (
                "The API the token is for [default: the tenant's Management API]",
                "The API the token is for",
            ),
            (
                "A description with no part to end at, which is however much longer",
                "A description with no part to end at",
            ),
        ] {
            assert_eq!(first_part(whole, LINE), short);
        }
    }

    #[test]
    fn the_long_help_is_asked_for_in_full() {
        let is_long =
            |line: &str| is_long(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        for line in ["--help", "list --help", "help list", "-q help list"] {
            assert!(is_long(line), "{line}");
        }
        for line in ["", "-h", "list -h", "show help -h"] {
            assert!(!is_long(line), "{line}");
        }
    }
}
