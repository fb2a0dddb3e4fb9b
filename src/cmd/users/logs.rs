//! `auth0-users logs`.

use clap::Args;

use super::USER;
use crate::base::error::{Error, ErrorKind};
use crate::cmd::examples;
use crate::cmd::logs::rows::EventView;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::management::catalog::{self, Method};
use crate::management::paging::Listing;
use crate::output::Format;
use crate::resource::ResourceContext;
use crate::resource::logs::event::LogEvent;

/// The list of one user's events.
const PATH: &str = "/users/{id}/logs";

/// Events that are shown unless told otherwise.
const LIMIT: usize = 100;

const NOTES: &str = "\
These are the events that name the user's ID. auth0-logs why USER explains failed logins, also those
that have only the name that was typed.";

/// List the events of a user in the tenant's log, newest first
#[derive(Args, Debug)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-users logs")))]
pub(super) struct Logs {
    #[arg(value_name = "USER", help = USER)]
    user: String,

    #[command(flatten)]
    pub(super) show: ShowArgs,

    /// Stop after this many [default: 100]
    #[arg(long, value_name = "N", help_heading = "Output options")]
    limit: Option<usize>,
}

impl Logs {
    pub(super) fn run(
        &self,
        context: &mut ResourceContext<'_>,
        shared: &Shared,
    ) -> Result<(), Error> {
        let user = context.lookup().find(&self.user)?;
        let what = format!("list the events of the user {user}");
        let path = catalog::fill(PATH, [user.id.as_str()])?;
        let operation = catalog::find(Method::Get, PATH)
            .ok_or_else(|| Error::new(ErrorKind::Failure, "the API does not list a user's events"))?
            .operation;
        let query = vec![("sort".to_owned(), "date:-1".to_owned())];
        let limit = self.limit.unwrap_or(LIMIT);
        let listing = Listing { what: &what, path: &path, operation, query, limit: Some(limit) };
        let view = EventView::new(shared, &self.show, context.io);
        let mut printer = view.printer(context.io);
        let mut printed = 0;
        listing.each(context.api, |row| {
            printer.row(&LogEvent::of(row), row, context.io)?;
            printed += 1;
            Ok(true)
        })?;
        printer.finish(context.io)?;
        if printed == 0 && view.format() == Format::Table {
            context.io.ui.say("no events to show");
        }
        if self.limit.is_none() && printed == LIMIT {
            context.io.ui.say(format_args!(
                "these are the newest {LIMIT} events; there may be more: --limit 1000"
            ));
        }
        Ok(())
    }
}
