//! Events on stdout.

use serde::Serialize;
use serde_json::json;
use serde_json::value::to_raw_value;

use crate::base::error::Error;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::output::{Column, Emphasis, Format, Renderer};
use crate::resource::View;
use crate::resource::logs::codes::{self, Level};
use crate::resource::logs::event::LogEvent;
use crate::resource::logs::{PATH, when};
use crate::term::Io;

/// What CSV and TSV have unless told otherwise: the API's own fields.
static FIELDS: [Column; 10] = [
    Column::new("date", "date"),
    Column::new("type", "type"),
    Column::new("description", "description"),
    Column::new("user_name", "user name"),
    Column::new("user_id", "user id"),
    Column::new("client_name", "client name"),
    Column::new("client_id", "client id"),
    Column::new("connection", "connection"),
    Column::new("ip", "ip"),
    Column::new("log_id", "log id"),
];

/// The columns of a table: local time, and the code in words.
static WIDE: [Column; 7] = [
    Column::new("date", "date").whole().at_least(19),
    Column::new("type", "type").whole().at_least(6),
    Column::new("event", "event").at_least(30),
    Column::new("user", "user").at_least(20),
    Column::new("client", "client").at_least(12),
    Column::new("connection", "connection").at_least(12),
    Column::new("ip", "ip").at_least(15),
];

/// The columns of a table on a terminal that is not wide.
static NARROW: [Column; 4] = [
    Column::new("date", "date").whole().at_least(19),
    Column::new("type", "type").at_least(6),
    Column::new("event", "event").at_least(27),
    Column::new("user", "user").at_least(20),
];

/// A terminal must have this many columns for the wide table.
const WIDE_FROM: usize = 120;

/// How events are shown.
pub(crate) struct EventView {
    view: View,
}

impl EventView {
    pub(crate) fn new(shared: &Shared, show: &ShowArgs, io: &Io) -> Self {
        Self { view: show.view(shared, io) }
    }

    pub(crate) fn format(&self) -> Format {
        self.view.format
    }

    /// The fields to ask the API for; `None` for whole events.
    pub(crate) fn fields(&self) -> Option<Vec<&str>> {
        match (&self.view.fields, self.view.format) {
            (Some(fields), _) => Some(fields.top_level().collect()),
            (None, Format::Json | Format::Jsonl) => None,
            (None, _) => Some(FIELDS.iter().map(Column::path).collect()),
        }
    }

    /// The printer of a list.
    pub(crate) fn printer(&self, io: &Io) -> Printer {
        let in_words = self.view.format == Format::Table && self.view.fields.is_none();
        let columns: &[Column] = match io.width() {
            _ if !in_words => &FIELDS,
            Some(width) if width < WIDE_FROM => &NARROW,
            _ => &WIDE,
        };
        Printer { renderer: self.view.renderer(PATH, columns), in_words, line: Vec::new() }
    }

    /// Prints one object.
    pub(crate) fn object(&self, object: &impl Serialize, io: &mut Io) -> Result<(), Error> {
        let object = to_raw_value(object).expect("a JSON value is JSON");
        let renderer = self.view.renderer(PATH, &[]);
        io.out.with(|out| renderer.object(out, object.get()))
    }
}

/// Prints events, row by row.
pub(crate) struct Printer {
    renderer: Renderer,
    /// The table for people, and not the API's own fields.
    in_words: bool,
    line: Vec<u8>,
}

impl Printer {
    /// Prints an event. `row` is the JSON text that it was read from. It is written in one go, so
    /// that a reader never has half a line because this process ended.
    pub(crate) fn row(
        &mut self,
        event: &LogEvent<'_>,
        row: &str,
        io: &mut Io,
    ) -> Result<(), Error> {
        self.line.clear();
        let written = if self.in_words {
            let failed = codes::level(&event.code) == Level::Failure;
            let emphasis = failed.then_some(Emphasis::Alarm);
            self.renderer.emphasized_row(&mut self.line, &in_words(event), emphasis)
        } else {
            self.renderer.row(&mut self.line, row)
        };
        written.map_err(|e| Error::stdout(&e))?;
        io.out.with(|out| out.write_all(&self.line))
    }

    /// Prints what a table holds back.
    pub(crate) fn settle(&mut self, io: &mut Io) -> Result<(), Error> {
        io.out.with(|out| self.renderer.settle(out))?;
        io.out.flush()
    }

    /// Ends the list.
    pub(crate) fn finish(self, io: &mut Io) -> Result<(), Error> {
        self.renderer.end(io, "no events to show")
    }
}

/// An event as a row of the table for people.
fn in_words(event: &LogEvent<'_>) -> String {
    let meaning = codes::meaning(&event.code);
    let description = event.description.trim();
    let words = match description {
        "" => meaning.to_owned(),
        same if same.eq_ignore_ascii_case(meaning) => meaning.to_owned(),
        // The code says no more than itself.
        _ if meaning == event.code => description.to_owned(),
        _ => format!("{meaning}: {description}"),
    };
    json!({
        "date": when::local(&event.date),
        "type": event.code,
        "event": words,
        "user": event.user(),
        "client": event.client(),
        "connection": event.connection,
        "ip": event.ip,
    })
    .to_string()
}
