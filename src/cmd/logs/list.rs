//! `auth0-logs list`: the newest events, by search.

use std::collections::HashSet;

use clap::Parser;

use super::filters::{FilterArgs, Time};
use super::rows::View;
use crate::base::error::{Error, Kind};
use crate::base::text::{Shown, foreign};
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::hint;
use crate::management::catalog::{self, Method};
use crate::management::paging::{PageBody, Pager};
use crate::management::{Call, Management};
use crate::output::Format;
use crate::resource::logs::event::Event;
use crate::resource::logs::{PAGE, PATH, WINDOW};
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
        let view = View::new(shared, &self.show, io);
        let mut query = vec![("sort".to_owned(), "date:-1".to_owned())];
        query.extend(filter.search().map(|search| ("q".to_owned(), search)));
        if let Some(mut fields) = view.fields() {
            // Events that come twice are recognised by it.
            fields.push("log_id");
            query.push(("fields".to_owned(), fields.join(",")));
            query.push(("include_fields".to_owned(), "true".to_owned()));
        }
        query.push(("per_page".to_owned(), limit.clamp(1, PAGE).to_string()));
        let operation = catalog::find(Method::Get, PATH).expect("it is in the catalog").operation;
        let mut pager = Pager::new(&operation, &mut query, None)?;
        let mut printer = view.printer(io);
        let mut progress = Progress::new(&io.ui);
        let mut shown: HashSet<String> = HashSet::new();
        let mut printed = 0;
        while printed < limit
            && let Some(page) = pager.next_request()
        {
            let mut query = query.clone();
            query.extend(page.into_iter().map(|(name, value)| (name.to_owned(), value)));
            let call = Call { query: &query, ..Call::get("list the events", PATH) };
            let answer = api.call(&call)?;
            let body = PageBody::parse(answer.text()?, Some("logs"))?;
            progress.begun();
            for row in &body.items[pager.absorb(&body, None)?] {
                let event = Event::of(row);
                // Events that come meanwhile move the others to later pages.
                let new = event.id.is_empty() || shown.insert(event.id.clone().into_owned());
                if new && printed < limit {
                    printer.row(&event, row, io)?;
                    printed += 1;
                }
            }
            io.out.flush()?;
            progress.at(|| format!("{printed} events"));
        }
        drop(progress);
        printer.finish(io)?;
        if printed == 0 && view.format() == Format::Table {
            io.ui.say("no events to show");
        }
        if printed < limit && pager.cut().is_some() {
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
        Error::new(Kind::Failure, format!("the list is cut after {WINDOW} events"))
            .because("the API's search reaches no further")
            .hint(hint!("get every event: auth0-logs tail {}", Shown::join(options, " ")))
    }
}
