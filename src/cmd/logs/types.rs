//! `auth0-logs types`: what the codes mean.

use clap::Parser;
use serde_json::json;

use crate::base::error::Error;
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::output::{Column, Emphasis, Renderer};
use crate::resource::logs::codes::{self, EventType, Level};
use crate::term::Io;

static COLUMNS: [Column; 4] = [
    Column::new("type", "type").whole(),
    Column::new("level", "level"),
    Column::new("group", "group"),
    Column::new("meaning", "meaning"),
];

const NOTES: &str = "\
Needs no tenant. Auth0 adds types every few weeks, so the filters take other codes too.";

/// List the types of events: code, level and meaning
#[derive(Debug, Parser)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-logs types")))]
pub(super) struct Types {
    /// Only types with this in their code, group or meaning, ignoring case
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
}

impl Types {
    pub(super) fn run(&self, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        let mut renderer = Renderer::new(shared.format(), None, &COLUMNS, shared.rendering(io));
        let pattern = self.pattern.as_deref().unwrap_or_default();
        // A code is a code first: `s` is in nearly every word.
        let exact = codes::find(pattern);
        let fits =
            |known: &&EventType| exact.map_or_else(|| known.matches(pattern), |it| it == *known);
        for known in codes::all().iter().filter(fits) {
            let row = json!({
                "type": known.code,
                "level": known.level.name(),
                "failure": known.level == Level::Failure,
                "group": known.group,
                "meaning": known.meaning,
            })
            .to_string();
            let emphasis = (known.level == Level::Failure).then_some(Emphasis::Alarm);
            io.out.with(|out| renderer.emphasized_row(out, &row, emphasis))?;
        }
        renderer.end(io, "no documented type matches")
    }
}
