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
use crate::cmd::options::{self, Shared};
use crate::cmd::run::Command;
use crate::term::Io;

const USAGE: &str = "\
auth0-completions [OPTIONS] SHELL
       auth0-completions [OPTIONS] install [SHELL]
       auth0-completions [OPTIONS] man [--dir DIR]
       auth0-completions [OPTIONS] commands";

const EXAMPLES: &str = "\
Examples:
  auth0-completions install                   for the shell you use
  auth0-completions install zsh
  auth0-completions bash > auth0-suite.bash   the script alone
  auth0-completions man                       where man looks
  auth0-completions commands -o json          every command, for software";

/// Shell completions and man pages for the whole suite
#[derive(Debug, Parser)]
#[command(
    name = "auth0-completions",
    version,
    override_usage = USAGE,
    after_help = EXAMPLES,
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

const INSTALL_EXAMPLES: &str = "\
Examples:
  auth0-completions install
  auth0-completions install fish";

/// Put the completions where a shell looks for them
#[derive(Args, Debug)]
#[command(after_help = INSTALL_EXAMPLES)]
struct Install {
    /// bash, zsh, fish, powershell or elvish [default: the one in $SHELL]
    #[arg(value_name = "SHELL", hide_possible_values = true, value_parser = shells())]
    shell: Option<Shell>,
}

const MAN_EXAMPLES: &str = "\
Examples:
  auth0-completions man
  auth0-completions man --dir /usr/local/share/man/man1";

/// Write the man pages of every command
#[derive(Args, Debug)]
#[command(after_help = MAN_EXAMPLES)]
struct Man {
    /// Write them into this folder [default: ../share/man/man1 beside the program's folder]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

const COMMANDS_EXAMPLES: &str = "\
Examples:
  auth0-completions commands
  auth0-completions commands -o json | jq '.[] | {command, scopes}'";

/// Describe every command: options, values, examples, exit codes, scopes
#[derive(Args, Debug)]
#[command(after_help = COMMANDS_EXAMPLES)]
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
