//! Rows to bytes: a table for people, JSON, JSON lines, CSV and TSV for programs.
//!
//! Nothing here knows a terminal, a file or the command line: rows are the server's JSON text,
//! borrowed; bytes go to the writer that is handed in; the width and the colours are [`Options`].
//!
//! | format | a list | one object |
//! | --- | --- | --- |
//! | `table` | aligned columns | aligned `key  value` lines, nested ones indented |
//! | `json` | one array, indented by two spaces, streamed | the object, indented |
//! | `jsonl` | one compact object a line | the same |
//! | `csv` | RFC 4180: CRLF, a header even of nothing | a header and a row |
//! | `tsv` | tabs, newlines and backslashes as `\t`, `\n`, `\\` | a header and a row |
//!
//! Every format writes each row as it comes, but the table holds its first rows back until it knows
//! its widths. What a server said is escaped in the
//! table always, and in the other formats on a terminal only: a pipe gets it as it is.
//! Secrets are replaced by `"[redacted]"` in every format unless they are asked for
//! ([`crate::output::redact`]).

mod cell;
mod delimited;
#[cfg(test)]
mod examples;
mod fields;
mod listing;
#[cfg(test)]
mod properties;
pub mod rawjson;
pub mod redact;
mod renderer;
mod table;

use std::str::FromStr;

pub use self::fields::Fields;
pub use self::renderer::Renderer;
use crate::base::error::Error;
use crate::output::redact::Redactor;

/// What `--output` chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for people.
    #[default]
    Table,
    /// One JSON array, or one object.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values, RFC 4180.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// A comparison for a pull request. Only `auth0-tenant diff` has it.
    Markdown,
}

impl Format {
    /// Every format of rows, in the order help shows them.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Jsonl, Self::Csv, Self::Tsv];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Markdown => "markdown",
        }
    }

    /// Whether errors are due as JSON on stderr too (contract §8).
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            Error::usage("there is no such output format")
                .hint("choose table, json, jsonl, csv or tsv")
        })
    }
}

/// How to render, apart from what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Columns of the terminal that the output goes to. `None` is a pipe or a file: nothing is
    /// cut, and only the table escapes control characters.
    pub width: Option<usize>,
    /// Whether the table's headings may be bold, and alarming rows red.
    pub color: bool,
    /// Whether cells of CSV and TSV that a spreadsheet would take for a formula get a leading `'`.
    pub csv_safe: bool,
    /// Whether secrets are shown.
    pub reveal_secrets: bool,
    /// What hides them otherwise: that of the operation that the rows come from.
    pub redactor: Redactor,
}

/// A column that a list shows when no `--fields` says otherwise.
///
/// CSV and TSV name it by its path, the API's own name; the table by its heading, in capitals.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    path: &'static str,
    heading: &'static str,
    align: Align,
    whole: bool,
    least: usize,
}

impl Column {
    /// The top-level field that it shows, or shows a part of.
    pub fn top_level(&self) -> &'static str {
        self.path.split('.').next().unwrap_or(self.path)
    }

    /// A left-aligned column for the value at a dotted path.
    pub const fn new(path: &'static str, heading: &'static str) -> Self {
        Self { path, heading, align: Align::Left, whole: false, least: 0 }
    }

    /// Where in a row its value is.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Aligned right, for numbers.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// At least this wide, for rows that are still to come when the widths are settled.
    #[must_use]
    pub const fn at_least(mut self, width: usize) -> Self {
        self.least = width;
        self
    }

    /// Not cut while any other column can be: for IDs, which are there to be copied.
    #[must_use]
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse::<Format>().unwrap(), format);
        }
        for name in ["", "JSON", "yaml"] {
            assert!(name.parse::<Format>().is_err(), "{name}");
        }
    }
}
