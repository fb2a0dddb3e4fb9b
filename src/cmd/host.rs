//! `auth0`: the suite's programs, and any other `auth0-*` program, as subcommands.

mod programs;

use std::ffi::{OsStr, OsString};

use clap::{Parser, Subcommand};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate, SubcommandCandidates};

pub use self::programs::Program;
use crate::base::error::{Error, ErrorKind};
use crate::base::near::Near;
use crate::base::text::{Shown, foreign};
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::run::Command;
use crate::cmd::short_help;
use crate::cmd::suite;
use crate::hint;
use crate::output::{Column, Options, Renderer};
use crate::term::{Env, Io};

const NOTES: &str = "Any program named auth0-NAME on PATH is a subcommand.";

/// The list of subcommands stands where clap lists its own.
const TEMPLATE: &str =
    "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

static COLUMNS: [Column; 3] = [
    Column::new("name", "name").whole(),
    Column::new("summary", "summary"),
    Column::new("path", "path"),
];

/// Run the suite's programs, and any other auth0-* program, as subcommands
#[derive(Debug, Parser)]
#[command(
    name = "auth0",
    version,
    after_help = examples::help(NOTES, examples::HOST),
    disable_help_subcommand = true,
    disable_help_flag = true,
    help_template = TEMPLATE,
    add = SubcommandCandidates::new(subcommands)
)]
pub struct Host {
    /// List the subcommands: the suite's, then all others on PATH
    #[arg(long)]
    list: bool,

    /// Print help, with every subcommand; -h prints it in short
    #[arg(long)]
    help: bool,

    /// Print help in short
    #[arg(short = 'h', hide = true)]
    short_help: bool,

    #[command(subcommand)]
    named: Option<Named>,

    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Subcommand)]
enum Named {
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

impl Command for Host {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        if self.list {
            return self.list(io);
        }
        if self.short_help && !self.help {
            return help(short_help::shorten(<Self as clap::CommandFactory>::command()), io);
        }
        let long = <Self as clap::CommandFactory>::command();
        let Some(Named::Other(words)) = self.named.as_ref().filter(|_| !self.help) else {
            return help(long, io);
        };
        let (name, rest) = words.split_first().expect("clap gives the name at least");
        let mut args = self.given();
        let (name, rest) = match (name.to_str(), rest.split_first()) {
            (Some("help"), None) => return help(long, io),
            (Some("help"), Some((name, rest))) => {
                args.clear();
                args.extend(rest.iter().cloned());
                args.push("--help".into());
                (name, &[][..])
            }
            _ => (name, rest),
        };
        args.extend(rest.iter().cloned());
        let program = match meaning(name, io.env) {
            Some((program, kind)) => {
                if let Some(kind) = kind {
                    args.insert(0, kind.into());
                }
                program
            }
            None => find(name, io.env)?,
        };
        io.out.flush()?;
        program.run(&args)
    }
}

impl Host {
    fn list(&self, io: &mut Io) -> Result<(), Error> {
        let mut renderer = Renderer::new(
            self.shared.format(),
            None,
            &COLUMNS,
            Options { reveal_secrets: true, ..self.shared.rendering(io) },
        );
        for program in programs::all(io.env) {
            let row = serde_json::json!({
                "name": program.name,
                "summary": program.summary(),
                "path": program.path.to_string_lossy(),
                "first_party": program.first_party,
            });
            let row = serde_json::value::to_raw_value(&row).expect("a JSON value is JSON");
            io.out.with(|out| renderer.row(out, row.get()))?;
        }
        renderer.end(io, "no subcommands to show")
    }

    /// The shared options that stood before the subcommand, spelled out: `-q` is another option
    /// to `auth0-api`.
    fn given(&self) -> Vec<OsString> {
        let shared = &self.shared;
        let mut args: Vec<OsString> = Vec::new();
        let mut pair = |option: &str, value: &str| {
            args.push(option.into());
            args.push(value.into());
        };
        if let Some(profile) = &shared.profile {
            pair("--profile", profile);
        }
        if let Some(output) = shared.output {
            pair("--output", output.name());
        }
        if let Some(color) = shared.color {
            pair("--color", color.name());
        }
        let flags = [
            (shared.quiet, "--quiet"),
            (shared.no_input, "--no-input"),
            (shared.csv_safe, "--csv-safe"),
            (shared.no_header, "--no-header"),
        ];
        args.extend(flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.into()));
        args.extend((0..shared.verbose).map(|_| OsString::from("--verbose")));
        args
    }
}

/// Prints the help of this definition, with the programs that are there.
fn help(command: clap::Command, io: &mut Io) -> Result<(), Error> {
    let (ours, others): (Vec<_>, Vec<_>) =
        programs::all(io.env).into_iter().partition(|program| program.first_party);
    let width = ours.iter().chain(&others).map(|program| program.name.len()).max().unwrap_or(0);
    let mut list = String::new();
    for (heading, programs) in [("Commands", ours), ("Other programs on PATH", others)] {
        if programs.is_empty() {
            continue;
        }
        list.push_str(&format!("{heading}:\n"));
        for program in programs {
            let line = format!("  {:width$}  {}", program.name, program.summary());
            list.push_str(line.trim_end());
            list.push('\n');
        }
        list.push('\n');
    }
    list.push_str(
        "A kind of resource is a command too: auth0 roles list. All: auth0 resources kinds",
    );
    let text = command.before_help(list).render_help();
    io.out.with(|out| writeln!(out, "{}", text.to_string().trim_end()))
}

/// What a word means that is not the name of a program: another name of one, or a kind of resource,
/// which is then the first argument.
fn meaning(name: &OsStr, env: Env) -> Option<(Program, Option<&'static str>)> {
    let name = name.to_str()?;
    if programs::is_name(name) && programs::find(name, env).is_some() {
        return None;
    }
    let (program, kind) = suite::alias(name)?;
    Some((programs::find(program.strip_prefix(suite::PREFIX)?, env)?, kind))
}

/// The program of a subcommand.
fn find(name: &OsStr, env: Env) -> Result<Program, Error> {
    let shown = name.to_string_lossy();
    if let Some(name) = name.to_str().filter(|name| programs::is_name(name))
        && let Some(program) = programs::find(name, env)
    {
        return Ok(program);
    }
    let mut near = Near::new(&shown);
    for program in programs::all(env) {
        near.offer(&program.name);
    }
    let near = near.names();
    let error = Error::new(ErrorKind::Usage, "there is no such subcommand");
    Err(if near.is_empty() {
        error.hint("see which there are: auth0 --list")
    } else {
        // They passed `is_name`, so none needs quotes.
        let near = near.iter().map(|name| foreign(name).named());
        error.hint(hint!(
            "did you mean auth0 {}? all of them: auth0 --list",
            Shown::join(near, ", auth0 ")
        ))
    })
}

/// Every subcommand, for a shell.
fn subcommands() -> Vec<CompletionCandidate> {
    let mut found: Vec<_> = programs::all(Env)
        .into_iter()
        .map(|program| {
            let summary = program.summary();
            CompletionCandidate::new(program.name).help(Some(summary.into()))
        })
        .collect();
    found.push(CompletionCandidate::new("help").help(Some("Show a subcommand's help".into())));
    found
}

/// What stands behind `auth0 help`, for a shell.
pub(crate) fn names_alone() -> clap::Command {
    let names = ArgValueCandidates::new(subcommands);
    clap::Command::new("help").disable_help_flag(true).arg(clap::Arg::new("name").add(names))
}
