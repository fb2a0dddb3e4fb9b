//! `auth0-clients`: the tenant's applications.

mod flags;

use clap::{ArgGroup, Parser, Subcommand};

use self::flags::{Flags, app_types};
use crate::base::error::Error;
use crate::base::text::foreign;
use crate::cmd::completer;
use crate::cmd::options::{Network, Shared};
use crate::cmd::resource_args::{BatchArgs, Changes, Cut, DryRun, Show, Sure};
use crate::cmd::run::Command;
use crate::hint;
use crate::login::launch;
use crate::management::{Management, dashboard};
use crate::output::Column;
use crate::resource::legacy::CLIENTS;
use crate::resource::{Desk, Filter, View, Write};
use crate::session::Session;
use crate::term::Io;

/// What a list shows unless told otherwise.
static COLUMNS: [Column; 4] = [
    Column::new("client_id", "client id").whole(),
    Column::new("name", "name"),
    Column::new("app_type", "type"),
    Column::new("is_first_party", "first party"),
];

const EXAMPLES: &str = "\
Examples:
  auth0-clients list
  auth0-clients list --app-type spa,native -o json | jq -r '.[].client_id'
  auth0-clients show 'My App'
  auth0-clients create --name 'My App' --type spa --callbacks http://localhost:3000
  auth0-clients update 'My App' --set refresh_token.rotation_type=rotating --dry-run
  auth0-clients delete 'My App'

A client is named by its ID or its name. Each subcommand has its own --help.";

/// List, show and change the tenant's applications
#[derive(Debug, Parser)]
#[command(name = "auth0-clients", version, after_help = EXAMPLES)]
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

const LIST_EXAMPLES: &str = "\
Examples:
  auth0-clients list --query shop
  auth0-clients list --app-type m2m --third-party
  auth0-clients list --fields client_id,name,callbacks -o csv > clients.csv
  auth0-clients list -o jsonl --fields client_id | head -10";

/// List the clients, all of them unless limited
#[derive(Debug, Parser)]
#[command(after_help = LIST_EXAMPLES, group = ArgGroup::new("party"))]
struct List {
    /// Of these types alone: native, spa, regular_web, m2m or any other the tenant has
    #[arg(long, value_name = "T,…", value_delimiter = ',', add = app_types())]
    app_type: Vec<String>,

    /// First-party clients alone
    #[arg(long, group = "party")]
    first_party: bool,

    /// Third-party clients alone
    #[arg(long, group = "party")]
    third_party: bool,

    /// Those with this in their name, in any case (found here: every row is fetched)
    #[arg(long, value_name = "Q")]
    query: Option<String>,

    /// With the "All Applications" client, which stands for the tenant's global settings
    #[arg(long)]
    include_global: bool,

    #[command(flatten)]
    show: Show,

    #[command(flatten)]
    cut: Cut,
}

const SHOW_EXAMPLES: &str = "\
Examples:
  auth0-clients show 'My App'
  auth0-clients show 'My App' --fields callbacks,refresh_token.rotation_type
  auth0-clients show 'My App' -o json > client.json
  auth0-clients show 'My App' --reveal-secrets --fields client_secret -o tsv";

/// Show one client, with all its settings
#[derive(Debug, Parser)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowOne {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    #[command(flatten)]
    show: Show,
}

const CREATE_EXAMPLES: &str = "\
A type brings the grants and the client authentication that suit it (authorization code with \
PKCE and refresh tokens, or client credentials for m2m), unless they are given.

Examples:
  auth0-clients create --name 'My App' --type spa --callbacks http://localhost:3000 --web-origins http://localhost:3000
  auth0-clients create --name robot --type m2m -o json | jq -r .client_secret
  auth0-clients show 'My App' -o json | auth0-clients create --json - --name 'My App (copy)'";

/// Create a client and show it, with its secret
#[derive(Debug, Parser)]
#[command(after_help = CREATE_EXAMPLES)]
struct Create {
    #[command(flatten)]
    flags: Flags,

    #[command(flatten)]
    changes: Changes,

    #[command(flatten)]
    dry: DryRun,

    #[command(flatten)]
    show: Show,
}

const UPDATE_EXAMPLES: &str = "\
Reads the client, merges the change, and sends the fields that differ. What changes is said on \
stderr; the client as it is afterwards goes to stdout.

Examples:
  auth0-clients update 'My App' --callbacks https://app.example/cb,http://localhost:3000
  auth0-clients update 'My App' --set refresh_token.rotation_type=rotating
  auth0-clients update 'My App' --set 'callbacks[]=https://new.example/cb'
  auth0-clients update 'My App' --set client_metadata.tier=null  removes it
  auth0-clients update 'My App' --json client.json --dry-run";

/// Change a client: what is not named stays as it is, inside nested settings too
#[derive(Debug, Parser)]
#[command(after_help = UPDATE_EXAMPLES)]
struct Update {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    #[command(flatten)]
    flags: Flags,

    #[command(flatten)]
    changes: Changes,

    #[command(flatten)]
    dry: DryRun,

    #[command(flatten)]
    show: Show,
}

const DELETE_EXAMPLES: &str = "\
Examples:
  auth0-clients delete 'My App'
  auth0-clients delete --yes 'My App' robot
  auth0-clients list --query test- --fields client_id -o tsv | tail -n +2 | auth0-clients delete - --dry-run
  auth0-clients delete - --yes -o jsonl < names.txt > report.jsonl
  auth0-clients delete - --yes -o jsonl --resume report.jsonl < names.txt > rest.jsonl";

/// Delete clients, for good
#[derive(Debug, Parser)]
#[command(after_help = DELETE_EXAMPLES)]
struct Delete {
    /// IDs or names; - reads them from stdin, one a line
    #[arg(value_name = "ID|NAME", required = true, add = completer::clients())]
    clients: Vec<String>,

    #[command(flatten)]
    sure: Sure,

    #[command(flatten)]
    batch: BatchArgs,
}

const ROTATE_EXAMPLES: &str = "\
Examples:
  auth0-clients rotate-secret robot
  auth0-clients rotate-secret robot --yes -o json | jq -r .client_secret";

/// Give a client a new secret and show it; the old one stops working
#[derive(Debug, Parser)]
#[command(after_help = ROTATE_EXAMPLES)]
struct RotateSecret {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    #[command(flatten)]
    sure: Sure,

    #[command(flatten)]
    show: Show,
}

const OPEN_EXAMPLES: &str = "\
Examples:
  auth0-clients open 'My App'
  auth0-clients open 'My App' --print";

/// Open a client's page in the dashboard
#[derive(Debug, Parser)]
#[command(after_help = OPEN_EXAMPLES)]
struct Open {
    /// ID or name
    #[arg(value_name = "ID|NAME", add = completer::clients())]
    client: String,

    /// Print the address and open nothing
    #[arg(long)]
    print: bool,
}

impl Command for Clients {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        let api = Management::open(&session)?;
        let (view, dry_run) = self.action.view(&self.shared);
        let mut desk = Desk { resource: &CLIENTS, columns: &COLUMNS, api: &api, io, view, dry_run };
        match self.action {
            Action::List(list) => {
                flags::warn_of_types(&list.app_type, desk.io);
                desk.list(list.filter())
            }
            Action::Show(show) => desk.show(&show.client),
            Action::Create(create) => {
                let fields = create.flags.new_client(create.changes, desk.io)?;
                desk.create(fields, &[("name", "--name NAME")])
            }
            Action::Update(update) => {
                update.flags.warn(desk.io);
                let wanted = update.changes.read(update.flags.fields(), &CLIENTS, desk.io)?;
                desk.update(&update.client, &wanted)
            }
            Action::Delete(delete) => {
                let names = delete.batch.names(&delete.clients, desk.io)?;
                desk.delete(&names, &delete.sure.confirm)
            }
            Action::RotateSecret(rotate) => rotate.run(&mut desk),
            Action::Open(open) => open.run(&mut desk),
        }
    }
}

impl Action {
    /// How data is shown, and whether writes are.
    fn view(&self, shared: &Shared) -> (View, bool) {
        let view = |show: &Show| View::new(shared, show);
        match self {
            Self::List(list) => (View::new(shared, &list.show), false),
            Self::Show(show) => (view(&show.show), false),
            Self::Create(create) => (view(&create.show), create.dry.dry_run),
            Self::Update(update) => (view(&update.show), update.dry.dry_run),
            Self::Delete(delete) => (View::plain(shared), delete.sure.dry.dry_run),
            Self::RotateSecret(rotate) => (view(&rotate.show), rotate.sure.dry.dry_run),
            Self::Open(_) => (View::plain(shared), false),
        }
    }
}

impl List {
    fn filter(self) -> Filter {
        let mut query = Vec::new();
        let mut ask = |key: &str, value: &str| query.push((key.to_owned(), value.to_owned()));
        if !self.app_type.is_empty() {
            let types: Vec<_> = self.app_type.iter().map(|name| flags::api_type(name)).collect();
            ask("app_type", &types.join(","));
        }
        if self.first_party || self.third_party {
            ask("is_first_party", if self.first_party { "true" } else { "false" });
        }
        if !self.include_global {
            ask("is_global", "false");
        }
        Filter { query, named: self.query, cut: self.cut }
    }
}

impl RotateSecret {
    fn run(&self, desk: &mut Desk<'_>) -> Result<(), Error> {
        desk.check_confirmable(&self.sure.confirm)?;
        let found = desk.find(&self.client)?;
        desk.confirm(
            &self.sure.confirm,
            "rotate the secret of",
            std::slice::from_ref(&found),
            " Whatever uses the old one stops working.",
        )?;
        let what = format!("rotate the secret of the client {found}");
        let path = format!("{}/rotate-secret", CLIENTS.path_of(&found.id));
        let rotated = desk.write_object(&Write {
            what: &what,
            method: "POST",
            path: &path,
            body: None,
            doubt: "the secret may have been rotated all the same: rotate it once more to see the new one".into(),
        })?;
        let Some(client) = rotated else { return Ok(()) };
        desk.say_done("rotated the secret of", &found);
        desk.show_new(&client)
    }
}

impl Open {
    fn run(&self, desk: &mut Desk<'_>) -> Result<(), Error> {
        let found = desk.find(&self.client)?;
        let url = {
            let token = desk.api.token()?;
            dashboard::settings_page(&token.domain, token.audience.as_deref(), &found.id)?
        };
        if self.print {
            return desk.io.out.line(url);
        }
        desk.io.ui.say(format_args!("opening {url}"));
        launch::open(&url, None, desk.io.env, &desk.io.ui).map_err(|error| {
            error.hint(hint!("open it yourself: {}", foreign(&url).in_command("ADDRESS")))
        })
    }
}
