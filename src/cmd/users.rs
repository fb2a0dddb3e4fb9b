//! `auth0-users`: the people who sign in.

mod access;
mod change;

mod export;
mod export_file;
mod import;
mod list;
mod logs;
mod members;
mod sessions;
mod show;
mod ticket;

use clap::{Parser, Subcommand};

use crate::base::error::Error;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::resource_args::RunOptions;
use crate::cmd::run::Command;
use crate::management::Management;
use crate::resource::kinds::USERS;
use crate::session::Session;
use crate::term::Io;

const NOTES: &str = "\
A user is named by ID, e-mail address, user name, phone number or name. Here -q is the query of
list; --quiet has no short form. Each subcommand has its own --help.";

/// What names a user, in the help of every command.
const USER: &str = USERS.named_by;

/// Find, inspect, change, block, unblock, export and import users
#[derive(Debug, Parser)]
#[command(
    name = "auth0-users",
    version,
    after_help = examples::help(NOTES, examples::of("auth0-users")),
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
    List(list::List),
    Find(list::Find),
    Show(show::ShowOne),
    Create(change::Create),
    Update(change::Update),
    Delete(change::Delete),
    Block(access::Block),
    Unblock(access::Unblock),
    ResetMfa(access::ResetMfa),
    PasswordTicket(ticket::PasswordTicket),
    VerifyEmail(access::VerifyEmail),
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    Logs(logs::Logs),
    #[command(flatten)]
    Members(members::UserMembers),
    Open(show::Open),
    Export(export::Export),
    Import(import::Import),
}

impl Command for Users {
    const OPENS_PAGES: bool = true;

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let Self { action, network, shared } = self;
        let session = Session::open(shared.profile.as_deref(), &network.limits(), io)?;
        let api = Management::open(&session)?;
        let options = action.options();
        let new_context = |io| options.context(&USERS, &api, &shared, io);
        match action {
            Action::Export(export) => export.run(&session, &api, &shared, io),
            Action::Import(import) => import.run(&session, &api, &shared, io),
            Action::Logs(logs) => logs.run(&mut new_context(io), &shared),
            Action::List(list) => list.run(&mut new_context(io)),
            Action::Find(find) => find.run(&mut new_context(io)),
            Action::Open(open) => open.run(&mut new_context(io)),
            Action::Show(show) => show.run(&mut new_context(io)),
            Action::Create(create) => create.run(&mut new_context(io)),
            Action::Update(update) => update.run(&mut new_context(io)),
            Action::Delete(delete) => delete.run(&mut new_context(io)),
            Action::Block(block) => block.run(&mut new_context(io)),
            Action::Unblock(unblock) => unblock.run(&mut new_context(io)),
            Action::ResetMfa(reset) => reset.run(&mut new_context(io)),
            Action::PasswordTicket(ticket) => ticket.run(&mut new_context(io)),
            Action::VerifyEmail(verify) => verify.run(&mut new_context(io)),
            Action::Sessions(sessions) => sessions.run(&mut new_context(io)),
            Action::Members(members) => members.run(&mut new_context(io)),
        }
    }
}

impl Action {
    /// What is shown, whether writes are only shown, and whether warnings are errors.
    fn options(&self) -> RunOptions {
        match self {
            Self::List(it) => RunOptions::shows(&it.show),
            Self::Find(it) => RunOptions::shows(&it.show),
            Self::Show(it) => RunOptions::shows(&it.show),
            Self::Logs(it) => RunOptions::shows(&it.show),
            Self::Create(it) => it.write.options(),
            Self::Update(it) => it.write.options(),
            Self::Delete(it) => RunOptions::changes(it.users.dry_run()),
            Self::Block(it) => RunOptions::changes(it.users.dry_run()),
            Self::Unblock(it) => RunOptions::changes(it.users.dry_run()),
            Self::ResetMfa(it) => RunOptions::changes(it.users.dry_run()),
            Self::VerifyEmail(it) => RunOptions::changes(it.users.dry_run()),
            Self::PasswordTicket(it) => RunOptions::changes(it.safety.dry.dry_run),
            Self::Sessions(it) => it.options(),
            Self::Members(it) => it.options(),
            // They have output of their own.
            Self::Open(_) | Self::Export(_) | Self::Import(_) => RunOptions::default(),
        }
    }
}

/// A number of users, in words.
fn counted(users: usize) -> String {
    if users == 1 { "1 user".to_owned() } else { format!("{users} users") }
}
