//! `auth0-users`: the people who sign in.

mod draft;
mod export;
mod import;

use clap::{Parser, Subcommand};

use crate::base::error::Error;
use crate::cmd::options::{Network, Shared};
use crate::cmd::run::Command;
use crate::management::Management;
use crate::session::Session;
use crate::term::Io;

/// Find, inspect, change, block, unblock, export and import users
#[derive(Debug, Parser)]
#[command(
    name = "auth0-users",
    version,
    // -q is the query of list, as in auth0-api and auth0-logs.
    mut_arg("quiet", |quiet| quiet.short(None))
)]
pub struct Users {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Subcommand)]
enum Action {
    Export(export::Export),
    Import(import::Import),
}

impl Command for Users {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let Self { action, network, shared } = self;
        let session = Session::open(shared.profile.as_deref(), &network.limits(), io)?;
        let api = Management::open(&session)?;
        match action {
            Action::Export(export) => export.run(&session, &api, &shared, io),
            Action::Import(import) => import.run(&session, &api, &shared, io),
        }
    }
}
