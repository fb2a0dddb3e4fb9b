//! `auth0-clients`: the tenant's applications.

mod flags;

use clap::{ArgGroup, Parser, Subcommand};

use self::flags::{ClientFlags, app_types};
use crate::base::error::Error;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::resource_args::{BatchArgs, ListArgs, RunOptions, SafetyArgs, ShowArgs, WriteArgs};
use crate::cmd::run::Command;
use crate::management::Management;
use crate::resource::kinds::CLIENTS;
use crate::resource::{ListOptions, ResourceContext, Write};
use crate::session::Session;
use crate::term::Io;

const NOTES: &str = "\
A client is named by its ID or its name. Each subcommand has its own --help.";

/// List, show and change the tenant's applications
#[derive(Debug, Parser)]
#[command(name = "auth0-clients", version, after_help = examples::help(NOTES, examples::of("auth0-clients")))]
pub struct Clients {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Show(ShowOne),
    Create(Create),
    Update(Update),
    Delete(Delete),
    RotateSecret(RotateSecret),
    Open(Open),
}

/// List the clients, all of them unless limited
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-clients list")), group = ArgGroup::new("party"))]
struct List {
    /// Only these types: native, spa, regular_web, m2m or any other the tenant has
    #[arg(long, value_name = "T,…", value_delimiter = ',', add = app_types())]
    app_type: Vec<String>,

    /// Only first-party clients
    #[arg(long, group = "party")]
    first_party: bool,

    /// Only third-party clients
    #[arg(long, group = "party")]
    third_party: bool,

    /// Only clients whose name contains Q, ignoring case (filters locally, so every client is fetched)
    #[arg(long, value_name = "Q")]
    query: Option<String>,

    /// Also list the "All Applications" client, which holds the tenant's global settings
    #[arg(long)]
    include_global: bool,

    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

/// Show one client, with all its settings
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-clients show")))]
struct ShowOne {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    #[command(flatten)]
    show: ShowArgs,
}

const CREATE_NOTES: &str = "\
Each type brings the grants and the client authentication that suit it, unless they are given:
authorization code with PKCE and refresh tokens, or client credentials for m2m.";

/// Create a client and show it, with its secret
#[derive(Debug, Parser)]
#[command(after_help = examples::help(CREATE_NOTES, examples::of("auth0-clients create")))]
struct Create {
    #[command(flatten)]
    flags: ClientFlags,

    #[command(flatten)]
    write: WriteArgs,
}

const UPDATE_NOTES: &str = "\
Reads the client, merges the change, and sends only the fields that differ. stderr says what
changes; stdout shows the client as it is afterwards.";

/// Change a client: what is not named stays as it is, inside nested settings too
#[derive(Debug, Parser)]
#[command(after_help = examples::help(UPDATE_NOTES, examples::of("auth0-clients update")))]
struct Update {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    #[command(flatten)]
    flags: ClientFlags,

    #[command(flatten)]
    write: WriteArgs,
}

/// Delete clients, for good
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-clients delete")))]
struct Delete {
    /// IDs or names; - reads them from stdin, one a line
    #[arg(value_name = "ID|NAME", required = true, add = completer::clients())]
    clients: Vec<String>,

    #[command(flatten)]
    sure: SafetyArgs,

    #[command(flatten)]
    batch: BatchArgs,
}

/// Give a client a new secret and show it; the old one stops working
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-clients rotate-secret")))]
struct RotateSecret {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    #[command(flatten)]
    sure: SafetyArgs,

    #[command(flatten)]
    show: ShowArgs,
}

/// Open a client's page in the dashboard
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-clients open")))]
struct Open {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    /// Print the address and open nothing
    #[arg(long)]
    print: bool,
}

impl Command for Clients {
    const OPENS_PAGES: bool = true;

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        let api = Management::open(&session)?;
        let mut context = self.action.options().context(&CLIENTS, &api, &self.shared, io);
        match self.action {
            Action::List(list) => {
                flags::warn_of_types(&list.app_type, context.io);
                context.list(list.options())
            }
            Action::Show(show) => context.show(&show.client),
            Action::Create(create) => {
                let mut fields = create.flags.new_client(create.write.changes, context.io)?;
                if !fields.contains_key("name")
                    && let Some(name) = context.io.ask("Name of the new client: ")?
                {
                    fields.insert("name".to_owned(), name.into());
                }
                context.create(fields, &[("name", "--name NAME")], None)
            }
            Action::Update(update) => {
                let changes = update.write.changes.read(update.flags.fields(), context.io)?;
                context.update(&update.client, &changes)
            }
            Action::Delete(delete) => {
                let names = delete.batch.names(&delete.clients, context.io)?;
                context.delete(&names, &delete.sure.confirm.answer())
            }
            Action::RotateSecret(rotate) => rotate.run(&mut context),
            Action::Open(open) => context.open(&open.client, open.print),
        }
    }
}

impl Action {
    /// How results are shown, whether it is a dry run, and whether warnings are errors.
    fn options(&self) -> RunOptions {
        match self {
            Self::List(list) => RunOptions::shows(&list.show),
            Self::Show(show) => RunOptions::shows(&show.show),
            Self::Create(it) => it.write.options(),
            Self::Update(it) => it.write.options(),
            Self::Delete(delete) => RunOptions::changes(delete.sure.dry.dry_run),
            Self::RotateSecret(it) => RunOptions::writes(&it.show, it.sure.dry.dry_run, false),
            Self::Open(_) => RunOptions::default(),
        }
    }
}

impl List {
    fn options(self) -> ListOptions {
        let mut query = Vec::new();
        let mut ask = |key: &str, value: &str| query.push((key.to_owned(), value.to_owned()));
        if !self.app_type.is_empty() {
            let types: Vec<_> = self.app_type.iter().map(|name| flags::api_type(name)).collect();
            ask("app_type", &types.join(","));
        }
        if self.first_party || self.third_party {
            ask("is_first_party", if self.first_party { "true" } else { "false" });
        }
        // This leaves out "All Applications", which is not an application.
        let global = (!self.include_global).then(|| ("is_global".to_owned(), "false".to_owned()));
        ListOptions {
            query,
            always: global.into_iter().collect(),
            named: self.query,
            limit: self.list.limit,
        }
    }
}

impl RotateSecret {
    fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let confirmation = self.sure.confirm.answer();
        context.check_confirmable(&confirmation)?;
        let found = context.lookup().find(&self.client)?;
        context.confirm(
            &confirmation,
            "rotate the secret of",
            std::slice::from_ref(&found),
            " Whatever uses the old one stops working.",
        )?;
        let what = format!("rotate the secret of the client {found}");
        let path = format!("{}/rotate-secret", CLIENTS.path_of(&found.id)?);
        let rotated = context.write_object(&Write {
            what: &what,
            method: "POST",
            path: &path,
            body: None,
            doubt: "the secret may have been rotated all the same: rotate it once more to see the new one".into(),
        })?;
        let Some(client) = rotated else { return Ok(()) };
        context.say_done("rotated the secret of", &found);
        context.show_new(&client)
    }
}
