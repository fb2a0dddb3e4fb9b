//! `auth0-logs list`: the newest events, by search.

use clap::Parser;

use super::filters::{FilterArgs, Time};
use super::rows::EventView;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Shown, foreign};
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::hint;
use crate::management::Management;
use crate::management::catalog::{self, Method};
use crate::management::paging::{CUT_OFF, Listing};
use crate::resource::logs::event::LogEvent;
use crate::resource::logs::{PATH, WINDOW};
use crate::term::Io;
use crate::term::progress::Progress;

/// Events that are shown unless told otherwise.
const LIMIT: usize = 100;

const NOTES: &str = "\
The API's search reaches the newest 1,000 events that match. auth0-logs tail --since has no such
limit.";

/// List events, newest first
#[derive(Debug, Parser)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-logs list")))]
pub(super) struct List {
    #[command(flatten)]
    filters: FilterArgs,

    /// Only events at or after this time: 30m, 24h, 7d, a local date or time, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Time::parse, help_heading = "Filters")]
    since: Option<Time>,

    /// Only events before this time
    #[arg(long, value_name = "TIME", value_parser = Time::parse, help_heading = "Filters")]
    until: Option<Time>,

    #[command(flatten)]
    show: ShowArgs,

    /// Stop after this many [default: 100]
    #[arg(long, value_name = "N", help_heading = "Output options")]
    limit: Option<usize>,
}

impl List {
    pub(super) fn run(
        &self,
        api: &Management<'_>,
        shared: &Shared,
        io: &mut Io,
    ) -> Result<(), Error> {
        let (since, until) = (self.since.as_ref().map(Time::at), self.until.as_ref().map(Time::at));
        let filter = self.filters.filter(since, until, io)?;
        let limit = self.limit.unwrap_or(LIMIT);
        let view = EventView::new(shared, &self.show, io);
        let mut query = vec![("sort".to_owned(), "date:-1".to_owned())];
        query.extend(filter.search().map(|search| ("q".to_owned(), search)));
        if let Some(mut fields) = view.fields() {
            // Events that come twice are recognised by it.
            fields.push("log_id");
            query.push(("fields".to_owned(), fields.join(",")));
            query.push(("include_fields".to_owned(), "true".to_owned()));
        }
        let operation = catalog::find(Method::Get, PATH).expect("it is in the catalog").operation;
        let what = "list the events";
        let listing = Listing { what, path: PATH, operation, query, limit: Some(limit) };
        let mut printer = view.printer(io);
        let mut progress = Progress::new(&io.ui);
        let mut printed = 0;
        let read = listing.pages(api, &[], |rows| {
            progress.begun();
            for row in rows {
                printer.row(&LogEvent::of(row), row, io)?;
            }
            printed += rows.len();
            io.out.flush()?;
            progress.at(|| format!("{printed} events"));
            Ok(true)
        });
        drop(progress);
        let is_cut = match read {
            Err(error) if error.code_text() != CUT_OFF => return Err(error),
            whole_or_cut => whole_or_cut.is_err(),
        };
        printer.finish(io)?;
        if is_cut {
            return Err(self.cut());
        }
        if self.limit.is_none() && printed == LIMIT {
            io.ui.say(format_args!(
                "these are the newest {LIMIT} events; there may be more: --limit {WINDOW}"
            ));
        }
        Ok(())
    }

    /// The error for a list that the API's search does not show to its end.
    fn cut(&self) -> Error {
        let mut options = self.filters.in_command();
        let time = |time: &Option<Time>, otherwise| {
            time.as_ref().map_or_else(|| foreign(otherwise).shown(), Time::in_command)
        };
        options.extend([foreign("--since").shown(), time(&self.since, "24h")]);
        options.extend([foreign("--until").shown(), time(&self.until, "now")]);
        Error::new(ErrorKind::Failure, format!("the list is cut after {WINDOW} events"))
            .because("the API's search reaches no further")
            .hint(hint!(
                "get every event{}: auth0-logs tail {}",
                self.filters.to_replace(),
                Shown::join(options, " ")
            ))
    }
}
