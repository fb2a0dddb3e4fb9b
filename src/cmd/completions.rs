//! `auth0-completions`: what shells and manuals know of the suite, from its own definitions.

pub mod answer;
pub mod describe;
mod install;
pub mod man;
mod notes;
pub mod scripts;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use self::scripts::Shell;
use crate::base::error::Error;
use crate::cmd::examples;
use crate::cmd::options::{self, Shared};
use crate::cmd::run::Command;
use crate::term::Io;

const USAGE: &str = "\
auth0-completions [OPTIONS] SHELL
       auth0-completions [OPTIONS] install [SHELL]
       auth0-completions [OPTIONS] man [--dir DIR]
       auth0-completions [OPTIONS] commands";

/// Shell completions and man pages for the whole suite
#[derive(Debug, Parser)]
#[command(
    name = "auth0-completions",
    version,
    override_usage = USAGE,
    after_help = examples::help("", examples::COMPLETIONS),
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Completions {
    /// Print this shell's script: bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL", required = true, hide_possible_values = true, value_parser = shells())]
    shell: Option<Shell>,

    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Subcommand)]
enum Action {
    Install(Install),
    Man(Man),
    Commands(Commands),
}

/// Put the completions where a shell looks for them
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::COMPLETIONS_INSTALL))]
struct Install {
    /// bash, zsh, fish, powershell or elvish [default: the one in $SHELL]
    #[arg(value_name = "SHELL", hide_possible_values = true, value_parser = shells())]
    shell: Option<Shell>,
}

/// Write the man pages of every command
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::COMPLETIONS_MAN))]
struct Man {
    /// Write them into this folder [default: ../share/man/man1 beside the program's folder]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// Describe every command: options, values, examples, exit codes, scopes
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::COMPLETIONS_COMMANDS))]
struct Commands {}

impl Command for Completions {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        match (self.action, self.shell) {
            (Some(Action::Install(install)), _) => install::install(install.shell, io),
            (Some(Action::Man(man)), _) => install::man_pages(man.dir, io),
            (Some(Action::Commands(Commands {})), _) => describe::print(&self.shared, io),
            (None, Some(shell)) => io.out.with(|out| {
                out.write_all(scripts::script(shell, &scripts::installed()).as_bytes())
            }),
            (None, None) => Err(Error::usage("no shell is named")
                .hint("name one: auth0-completions bash, zsh, fish, powershell or elvish")),
        }
    }
}

fn shells() -> impl clap::builder::TypedValueParser<Value = Shell> {
    options::one_of(Shell::ALL.iter().map(|shell| shell.name()), Shell::parse)
}
