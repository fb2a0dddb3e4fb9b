//! `auth0-users roles`, `permissions` and `organizations`: the collections below a user.

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

use crate::base::error::Error;
use crate::cmd::examples;
use crate::cmd::resource_args::RunOptions;
use crate::cmd::resources::members::{self, MembersVerb};
use crate::resource::ResourceContext;
use crate::resource::kinds::{Members, USERS};

/// Collections that have a command here; `auth0-resources users` has them all.
const NAMES: [&str; 3] = ["roles", "permissions", "organizations"];

/// What to do with one of them.
#[derive(Debug)]
pub(super) struct UserMembers(MembersVerb);

impl UserMembers {
    /// What is shown, whether writes are only shown, and whether warnings are errors.
    pub(super) fn options(&self) -> RunOptions {
        self.0.options()
    }

    pub(super) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        self.0.run(context)
    }
}

fn all() -> impl Iterator<Item = &'static Members> {
    USERS.members.iter().filter(|members| NAMES.contains(&members.name))
}

impl Subcommand for UserMembers {
    fn augment_subcommands(command: Command) -> Command {
        all().fold(command, |command, members| {
            let collection = members::command(&USERS, members).mut_subcommands(|verb| {
                let name = format!("auth0-users {} {}", members.name, verb.get_name());
                verb.after_help(examples::help("", examples::of(&name)))
            });
            let name = format!("auth0-users {}", members.name);
            command.subcommand(collection.after_help(examples::help("", examples::of(&name))))
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        NAMES.contains(&name)
    }
}

impl FromArgMatches for UserMembers {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        MembersVerb::parse(&USERS, name, matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
