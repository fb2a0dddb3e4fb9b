//! `auth0-logs tail`: every event once, as it arrives.

use std::thread;

use clap::Parser;
use jiff::Timestamp;

use super::filters::{FilterArgs, Time};
use super::rows::{EventView, Printer};
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, Shown, foreign};
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::hint;
use crate::http::headers::next_link;
use crate::http::{Answer, Limits, clock};
use crate::management::paging::PageBody;
use crate::management::{Call, Management};
use crate::output::Format;
use crate::resource::logs::PATH;
use crate::resource::logs::event::LogEvent;
use crate::resource::logs::filter::Filter;
use crate::resource::logs::follow::{Ask, Failure, FollowStep, Follower, Start};
use crate::resource::logs::pace::RateLimit;
use crate::session::Session;
use crate::term::Io;
use crate::term::interrupt::{self, Brief};
use crate::term::progress::Waiting;

const NOTES: &str = "\
Each event is shown once, in the order of arrival, however late it arrives and whatever the rate
limit or the network does. Filters run on this side, because the API cannot filter while it reads
on. When it ends, it says how to go on from there; --timeout does not end it. EVENT_ID stands for
the log_id of an event.";

/// Follow the log, without losing an event
#[derive(Debug, Parser)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-logs tail")))]
pub(super) struct Tail {
    #[command(flatten)]
    filters: FilterArgs,

    /// Go on after this event
    #[arg(long, value_name = "LOG_ID", conflicts_with = "since", help_heading = "Where to start")]
    from: Option<String>,

    /// Start with the events at or after this time: 30m, 24h, a local date or time, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Time::parse, help_heading = "Where to start")]
    since: Option<Time>,

    /// Start with the last N events that match, up to 100 [default: 10]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=100),
        conflicts_with_all = ["from", "since"], help_heading = "Where to start")]
    lines: Option<u8>,

    /// End at this time, once the events before it have arrived; now is possible
    #[arg(long, value_name = "TIME", value_parser = Time::parse, help_heading = "Where to start")]
    until: Option<Time>,

    #[command(flatten)]
    show: ShowArgs,
}

/// Events shown first unless told otherwise.
const LINES: u8 = 10;

impl Tail {
    pub(super) fn run(&self, limits: &Limits, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        if shared.output == Some(Format::Json) {
            return Err(Error::usage("a JSON array that never ends is of no use")
                .hint("print one object a line: -o jsonl"));
        }
        self.filters.check_query()?;
        let (since, until) = (self.since.as_ref().map(Time::at), self.until.as_ref().map(Time::at));
        let filter = self.filters.filter(since, until, io)?;
        let start = match (&self.from, since) {
            (Some(id), _) => Start::From(id.clone()),
            (None, Some(since)) => Start::Since(since),
            (None, None) => Start::Now { lines: usize::from(self.lines.unwrap_or(LINES)) },
        };
        let mut following = Following {
            follower: Follower::new(start, !filter.selects_all(), until),
            search: Filter { since: None, ..filter.clone() }.search(),
            filter,
            printer: EventView::new(shared, &self.show, io).printer(io),
            options: self.options(),
            to_replace: self.filters.to_replace(),
            io,
        };
        let session = Session::open(shared.profile.as_deref(), limits, following.io)?;
        let api = Management::open(&session)?;
        let result = following.start(&api).and_then(|()| {
            if limits.timeout.is_none() {
                return following.follow(&api);
            }
            // --timeout bounds the start, and not what follows.
            let limits = Limits { timeout: None, ..*limits };
            let session = Session::open(shared.profile.as_deref(), &limits, following.io)?;
            following.follow(&Management::open(&session)?)
        });
        match result {
            Err(error) if error.kind() == ErrorKind::Closed => Err(error),
            result => {
                following.say_how_to_go_on();
                result.map_err(|error| self.explained(error))
            }
        }
    }

    /// The options that another run must have to show the same events.
    fn options(&self) -> Vec<Shown> {
        let mut options = self.filters.in_command();
        if let Some(until) = &self.until {
            options.extend([foreign("--until").shown(), until.in_command()]);
        }
        options
    }

    fn explained(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::Rejected if self.from.is_some() => error.hint(
                "the tenant may not know this event any more: start at a time, such as --since 24h",
            ),
            _ => error,
        }
    }
}

/// A tail under way.
struct Following<'a> {
    follower: Follower,
    filter: Filter,
    /// The filter as a search, for the first lines.
    search: Option<String>,
    printer: Printer,
    options: Vec<Shown>,
    /// What to say before a command with these options.
    to_replace: Shown,
    io: &'a mut Io,
}

impl Following<'_> {
    /// Finds the place to read on from, and shows the first lines.
    fn start(&mut self, api: &Management<'_>) -> Result<(), Error> {
        while !self.follower.is_following() && self.step(api)? {}
        Ok(())
    }

    fn follow(&mut self, api: &Management<'_>) -> Result<(), Error> {
        self.printer.settle(self.io)?;
        while self.step(api)? {}
        Ok(())
    }

    /// Does what is next. `false` at the end.
    fn step(&mut self, api: &Management<'_>) -> Result<bool, Error> {
        let ask = match self.follower.next_step() {
            FollowStep::End => return Ok(false),
            FollowStep::Wait(wait) => {
                thread::sleep(wait);
                return Ok(true);
            }
            FollowStep::Ask(ask) => ask,
        };
        let result = self.ask(api, &ask);
        match result {
            Ok(answer) => match self.show(&answer) {
                Ok(()) => Ok(true),
                Err(error) => self.failed(error),
            },
            Err(error) => self.failed(error),
        }
    }

    fn ask(&self, api: &Management<'_>, ask: &Ask) -> Result<Answer, Error> {
        let query = ask.query(self.search.as_deref());
        let _waiting = (!matches!(ask, Ask::After(_))).then(|| Waiting::new(&self.io.ui));
        api.call(&Call { query: &query, ..Call::get("read the log", PATH) })
    }

    /// Shows the new events of an answer.
    fn show(&mut self, answer: &Answer) -> Result<(), Error> {
        let body = PageBody::parse(answer.text()?, Some("logs"))?;
        let link = answer.header("link").and_then(next_link);
        let number = |name| answer.header(name).and_then(|text| text.trim().parse().ok());
        let budget = RateLimit {
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            reset: clock::asked_wait(&answer.headers),
        };
        let now = answer.server_time().and_then(|at| Timestamp::from_second(at).ok());
        let now = now.unwrap_or_else(Timestamp::now);
        for at in self.follower.answered(&body, link, &budget, now)? {
            let row = body.items[at];
            let event = LogEvent::of(row);
            // Signals wait until the event is printed, so that the place to go on from is exact.
            let _brief = Brief::begin();
            if self.filter.fits(&event, row) {
                self.printer.row(&event, row, self.io)?;
                self.io.out.flush()?;
            }
            self.follower.done_with(&event.id);
            self.prepare_farewell();
        }
        self.follower.done_with_answer();
        self.prepare_farewell();
        if self.follower.is_following() {
            self.printer.settle(self.io)?;
        }
        Ok(())
    }

    fn failed(&mut self, error: Error) -> Result<bool, Error> {
        // Stdout, not the tenant.
        if matches!(error.kind(), ErrorKind::Closed | ErrorKind::Failure) {
            return Err(error);
        }
        match self.follower.failed(&error) {
            Failure::Final => return Err(error),
            Failure::Passing => {
                self.io.ui.say(format_args!("{error}; the tail goes on when it can"));
            }
            Failure::Lost => self.io.ui.warn(
                "the tenant no longer keeps the event to read on from; events before the next one may be missing",
            ),
        }
        Ok(true)
    }

    fn prepare_farewell(&self) {
        if let Some(hint) = self.how_to_go_on() {
            interrupt::say_at_end(hint);
        }
    }

    fn say_how_to_go_on(&self) {
        if let Some(hint) = self.how_to_go_on() {
            self.io.ui.say_hint("", &hint);
        }
    }

    fn how_to_go_on(&self) -> Option<Hint> {
        let mut words = self.options.clone();
        words.push(foreign("--from").shown());
        words.push(foreign(self.follower.position()?).in_command("LOG_ID"));
        Some(hint!(
            "to go on from here{}: auth0-logs tail {}",
            self.to_replace,
            Shown::join(words, " ")
        ))
    }
}
