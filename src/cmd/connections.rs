//! `auth0-connections`: where the tenant's users come from.

mod enabled;

use clap::{Args, Parser, Subcommand};
use serde_json::json;

use crate::base::error::{Error, ErrorKind};
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::resource_args::{BatchArgs, ListArgs, RunOptions, SafetyArgs, ShowArgs, WriteArgs};
use crate::cmd::run::Command;
use crate::management::body::Field;
use crate::management::change::Object;
use crate::management::{Call, Management};
use crate::resource::kinds::CONNECTIONS;
use crate::resource::{ListOptions, ResourceContext, unknown_name};
use crate::session::Session;
use crate::term::Io;

const NOTES: &str = "\
A connection is named by its ID or its name. Each subcommand has its own --help.";

/// List, show and change the tenant's connections
#[derive(Debug, Parser)]
#[command(name = "auth0-connections", version, after_help = examples::help(NOTES, examples::of("auth0-connections")))]
pub struct Connections {
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
    Clients(Clients),
    Enable(Enable),
    Disable(Disable),
    Status(Status),
}

/// List the connections, all of them unless limited
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-connections list")))]
struct List {
    /// Only these strategies, such as auth0, samlp, oidc, google-oauth2
    #[arg(long, value_name = "S,…", value_delimiter = ',')]
    strategy: Vec<String>,

    /// Only the connection with exactly this name
    #[arg(long, value_name = "N")]
    name: Option<String>,

    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

/// Show one connection, with all its settings
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-connections show")))]
struct ShowOne {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::connections())]
    connection: String,

    #[command(flatten)]
    show: ShowArgs,
}

/// Create a connection and show it
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-connections create")))]
struct Create {
    /// Its name: letters, digits and hyphens; it cannot be changed later
    #[arg(long, value_name = "N", help_heading = "Settings")]
    name: Option<String>,

    /// What it connects to, such as auth0 (a database), samlp, oidc, google-oauth2
    #[arg(long, value_name = "S", help_heading = "Settings")]
    strategy: Option<String>,

    #[command(flatten)]
    write: WriteArgs,
}

const UPDATE_NOTES: &str = "\
Reads the connection, merges the change, and sends only the fields that differ. stderr says what
changes; stdout shows the connection as it is afterwards. A change inside options needs a token
that can see them (scope read:connections_options).";

/// Change a connection: what is not named stays as it is, inside its options too
#[derive(Debug, Parser)]
#[command(after_help = examples::help(UPDATE_NOTES, examples::of("auth0-connections update")))]
struct Update {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::connections())]
    connection: String,

    #[command(flatten)]
    write: WriteArgs,
}

const DELETE_NOTES: &str = "\
The tenant accepts the deletion at once and finishes it later.";

/// Delete connections and all the users in them, for good
#[derive(Debug, Parser)]
#[command(after_help = examples::help(DELETE_NOTES, examples::of("auth0-connections delete")))]
struct Delete {
    /// IDs or names; - reads them from stdin, one a line
    #[arg(value_name = "ID|NAME", required = true, add = completer::connections())]
    connections: Vec<String>,

    #[command(flatten)]
    sure: SafetyArgs,

    #[command(flatten)]
    batch: BatchArgs,
}

/// List the clients that may use a connection
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-connections clients")))]
struct Clients {
    /// ID or name
    #[arg(value_name = "CONNECTION", add = completer::connections())]
    connection: String,

    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

/// Let clients use a connection
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-connections enable")))]
struct Enable {
    #[command(flatten)]
    switch: Switch,
}

/// Stop clients from using a connection
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::of("auth0-connections disable")))]
struct Disable {
    #[command(flatten)]
    switch: Switch,
}

#[derive(Args, Debug)]
struct Switch {
    /// ID or name
    #[arg(value_name = "CONNECTION", add = completer::connections())]
    connection: String,

    /// IDs or names of clients; - reads them from stdin, one a line
    #[arg(long = "client", value_name = "ID|NAME", required = true, num_args = 1.., add = completer::clients())]
    clients: Vec<String>,

    #[command(flatten)]
    sure: SafetyArgs,

    #[command(flatten)]
    batch: BatchArgs,
}

const STATUS_NOTES: &str = "\
Only connections through an AD/LDAP connector go on and off line.";

/// Say whether a connection is online: exit code 5 when it is not
#[derive(Debug, Parser)]
#[command(after_help = examples::help(STATUS_NOTES, examples::of("auth0-connections status")))]
struct Status {
    /// ID or name
    #[arg(value_name = "CONNECTION", add = completer::connections())]
    connection: String,
}

impl Command for Connections {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        let api = Management::open(&session)?;
        let mut context = self.action.options().context(&CONNECTIONS, &api, &self.shared, io);
        match self.action {
            Action::List(list) => {
                warn_of_strategies(&list.strategy, context.io);
                context.list(list.options())
            }
            Action::Show(show) => context.show(&show.connection),
            Action::Create(create) => {
                let flags = [("name", create.name), ("strategy", create.strategy)];
                let flags: Vec<_> = flags
                    .into_iter()
                    .filter_map(|(field, text)| Some(Field::top(field, text?)))
                    .collect();
                let body = CONNECTIONS.new_body();
                let changes = create.write.changes.read(flags, context.io)?.typed(body);
                let fields = changes.over(&Object::new())?;
                context.create(
                    fields,
                    &[("name", "--name NAME"), ("strategy", "--strategy auth0, or samlp, oidc, …")],
                    None,
                )
            }
            Action::Update(update) => {
                let changes = update.write.changes.read(Vec::new(), context.io)?;
                context.update(&update.connection, &changes)
            }
            Action::Delete(delete) => {
                let names = delete.batch.names(&delete.connections, context.io)?;
                context.delete(&names, &delete.sure.confirm.answer())
            }
            Action::Clients(clients) => {
                enabled::list(&mut context, &clients.connection, clients.list.limit)
            }
            Action::Enable(Enable { switch }) => enabled::switch(&mut context, &switch, true),
            Action::Disable(Disable { switch }) => enabled::switch(&mut context, &switch, false),
            Action::Status(status) => status.run(&mut context),
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
            Self::Clients(clients) => RunOptions::shows(&clients.show),
            Self::Enable(Enable { switch }) | Self::Disable(Disable { switch }) => {
                RunOptions::changes(switch.sure.dry.dry_run)
            }
            Self::Status(_) => RunOptions::default(),
        }
    }
}

/// Warns about strategies that the API does not document.
fn warn_of_strategies(strategies: &[String], io: &Io) {
    let known = CONNECTIONS.values("strategy");
    let unknown = |name: &String| unknown_name("strategy", name, &known);
    for warning in strategies.iter().filter_map(unknown) {
        io.ui.warn(warning);
    }
}

impl List {
    fn options(self) -> ListOptions {
        let strategies =
            self.strategy.into_iter().map(|strategy| ("strategy".to_owned(), strategy));
        let name = self.name.map(|name| ("name".to_owned(), name));
        ListOptions {
            query: strategies.chain(name).collect(),
            limit: self.list.limit,
            ..ListOptions::default()
        }
    }
}

impl Status {
    /// Shows the status. The API answers 404 both for a connection that is offline and for one that
    /// does not exist, so the connection is looked up first.
    fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let found = context.lookup().find(&self.connection)?;
        let what = format!("see the status of the connection {found}");
        let path = format!("{}/status", CONNECTIONS.path_of(&found.id)?);
        let offline = match context.api.call(&Call::get(&what, &path)) {
            Ok(_) => None,
            Err(error) if error.kind() == ErrorKind::NotFound => Some(error),
            Err(error) => return Err(error),
        };
        let status = if offline.is_some() { "offline" } else { "online" };
        let status = json!({"id": found.id, "name": found.name, "status": status});
        context.show_object(status.as_object().expect("it is made as one"))?;
        match offline {
            None => Ok(()),
            Some(error) => Err(error.causes().iter().fold(
                Error::new(ErrorKind::NotFound, format!("the connection {found} is not online"))
                    .status(404),
                |error, cause| error.because(*cause),
            )),
        }
    }
}
