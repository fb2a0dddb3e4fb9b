//! `auth0-logs`: what happened at the tenant.

mod filters;
mod list;
pub(crate) mod rows;
mod tail;
mod types;
mod why;

use clap::{Parser, Subcommand};
use serde_json::{Value, json};

use self::rows::EventView;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::base::url::encoded;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::resource_args::ShowArgs;
use crate::cmd::run::Command;
use crate::management::{Call, Management};
use crate::output::Format;
use crate::resource::logs::{self, codes, when};
use crate::session::Session;
use crate::term::Io;
use crate::term::progress::Waiting;

const NOTES: &str = "\
Here -q is the query of list and tail; --quiet has no short form.";

/// List, show and follow the tenant's log; explain why a login failed
#[derive(Debug, Parser)]
#[command(
    name = "auth0-logs",
    version,
    after_help = examples::help(NOTES, examples::of("auth0-logs")),
    // -q is the query here, as in auth0-api.
    mut_arg("quiet", |quiet| quiet.short(None))
)]
pub struct Logs {
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
    Tail(tail::Tail),
    Show(ShowOne),
    Types(types::Types),
    Why(why::Why),
}

const SHOW_NOTES: &str = "\
EVENT_ID stands for the log_id of an event: auth0-logs list --fields date,type,log_id";

/// Show one event, with all that is known of it
#[derive(Debug, Parser)]
#[command(after_help = examples::help(SHOW_NOTES, examples::of("auth0-logs show")))]
struct ShowOne {
    /// The event's log_id
    #[arg(value_name = "LOG_ID")]
    event: String,

    #[command(flatten)]
    show: ShowArgs,
}

impl Command for Logs {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let Self { action, network, shared } = self;
        match action {
            Action::Types(types) => types.run(&shared, io),
            Action::Tail(tail) => tail.run(&network.limits(), &shared, io),
            Action::List(list) => {
                let session = open(&network, &shared, io)?;
                list.run(&Management::open(&session)?, &shared, io)
            }
            Action::Show(show) => {
                let session = open(&network, &shared, io)?;
                show.run(&Management::open(&session)?, &shared, io)
            }
            Action::Why(why) => {
                shared.refuse_rows("an explanation")?;
                let session = open(&network, &shared, io)?;
                why.run(&Management::open(&session)?, &shared, io)
            }
        }
    }
}

fn open(network: &Network, shared: &Shared, io: &Io) -> Result<Session, Error> {
    Session::open(shared.profile.as_deref(), &network.limits(), io)
}

impl ShowOne {
    fn run(&self, api: &Management<'_>, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        let what = format!("show the event {}", foreign(&self.event).named());
        let path = format!("{}/{}", logs::PATH, encoded(&self.event));
        let waiting = Waiting::new(&io.ui);
        let answer = api.call(&Call::get(&what, &path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => error
                .because("no such event, or the tenant no longer keeps it")
                .hint("list the IDs of those there are: auth0-logs list --fields date,type,log_id"),
            _ => error,
        })?;
        drop(waiting);
        let mut event = crate::resource::object(&answer, &what)?;
        let view = EventView::new(shared, &self.show, io);
        if view.format() == Format::Table && self.show.fields.is_none() {
            let text = |value: Option<&Value>| {
                value.and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
            };
            let (code, date) = (text(event.get("type")), text(event.get("date")));
            event.insert("type".into(), json!(format!("{code} ({})", codes::meaning(&code))));
            event.insert("date".into(), json!(when::local_with_offset(&date)));
        }
        view.object(&Value::Object(event), io)
    }
}
