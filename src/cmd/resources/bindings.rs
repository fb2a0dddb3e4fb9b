//! `actions bindings`: which Actions run at a trigger, in which order. The API replaces the whole
//! list.

use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};

use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::resource_args::{BatchArgs, ListArgs, RunOptions, SafetyArgs, ShowArgs};
use crate::management::catalog::{self, Method};
use crate::management::paging::Listing;
use crate::output::Column;
use crate::resource::kinds::{ACTIONS, Kind, documented};
use crate::resource::{ResourceContext, Write};

const PATH: &str = "/actions/triggers/{triggerId}/bindings";

static COLUMNS: [Column; 3] = [
    Column::new("action.id", "action id").whole(),
    Column::new("action.name", "action"),
    Column::new("display_name", "display name"),
];

/// The Actions that run at a trigger, in order
#[derive(Debug, Parser)]
#[command(name = "bindings", after_help = examples::help("", examples::of("auth0-resources actions bindings")))]
pub(super) struct Bindings {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Set(Set),
}

/// List the Actions of a trigger, in the order in which they run
#[derive(Args, Debug)]
struct List {
    /// ID of the trigger, such as post-login
    #[arg(value_name = "TRIGGER")]
    trigger: String,

    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

/// Replace the Actions of a trigger with these, in this order; with none, nothing runs there
#[derive(Args, Debug)]
struct Set {
    /// ID of the trigger, such as post-login
    #[arg(value_name = "TRIGGER")]
    trigger: String,

    /// IDs or names of deployed Actions, in order
    #[arg(value_name = "ACTION", add = completer::resources(&ACTIONS))]
    actions: Vec<String>,

    #[command(flatten)]
    safety: SafetyArgs,
}

impl Bindings {
    /// Whether a kind has bindings.
    pub(super) fn belong_to(kind: &Kind) -> bool {
        std::ptr::eq(kind, &ACTIONS)
    }

    /// As [`super::tree::Verb::options`].
    pub(super) fn options(&self) -> RunOptions {
        match &self.action {
            Action::List(list) => RunOptions::shows(&list.show),
            Action::Set(set) => RunOptions::changes(set.safety.dry.dry_run),
        }
    }

    pub(super) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        match self.action {
            Action::List(list) => {
                check_trigger(&list.trigger)?;
                let what = format!("list the bindings of {}", foreign(&list.trigger).named());
                let path = catalog::fill(PATH, [list.trigger.as_str()])?;
                let operation = catalog::find(Method::Get, PATH)
                    .ok_or_else(|| Error::new(ErrorKind::Failure, "the API lists no bindings"))?
                    .operation;
                let limit = list.list.limit;
                let query = Vec::new();
                let listing = Listing { what: &what, path: &path, operation, query, limit };
                context.columns = &COLUMNS;
                context.print(&listing, "bindings", limit, |_| true)
            }
            Action::Set(set) => set.run(context),
        }
    }
}

/// Checks the name of a trigger.
///
/// # Errors
/// Not found, with the nearest trigger.
fn check_trigger(trigger: &str) -> Result<(), Error> {
    let unknown = || {
        let message = format!("there is no trigger {}", foreign(trigger).quoted());
        Error::new(ErrorKind::NotFound, message)
    };
    documented(PATH, &[trigger], unknown)
}

impl Set {
    fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        check_trigger(&self.trigger)?;
        let confirm = self.safety.confirm.answer();
        context.check_confirmable(&confirm)?;
        let names = BatchArgs::default().names(&self.actions, context.io)?;
        let mut actions = Vec::new();
        for found in context.lookup().find_all(&names)? {
            actions.push(found?);
        }
        let trigger = foreign(&self.trigger).named();
        let place = context.api.identity().place();
        let shown: Vec<_> = actions.iter().map(ToString::to_string).collect();
        if !context.dry_run && !confirm.is_answered(context.api.identity())? {
            let shown = if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") };
            let question = format!("replace what runs at {trigger} on {place} with {shown}?");
            confirm.ask(&question, context.api.identity(), context.io)?;
        }
        let bindings = actions.iter().map(|action| {
            json!({
                "ref": {"type": "action_id", "value": action.id},
                "display_name": action.name.as_ref().unwrap_or(&action.id),
            })
        });
        let body = json!({"bindings": bindings.collect::<Value>()});
        let what = format!("replace the bindings of {trigger}");
        let path = catalog::fill(PATH, [self.trigger.as_str()])?;
        let sent = context.write(&Write {
            what: &what,
            method: "PATCH",
            path: &path,
            body: Some(&body),
            doubt: "it may have been done all the same; the same again does no harm".into(),
        })?;
        if sent.is_some() {
            let what = match actions.len() {
                0 => "no Action now runs".to_owned(),
                1 => "1 Action now runs".to_owned(),
                several => format!("{several} Actions now run, in this order,"),
            };
            context.io.ui.say(format_args!("{what} at {trigger} on {place}"));
        }
        Ok(())
    }
}
