//! Renders rows: as a table for people, as JSON, JSON lines, CSV or TSV for programs.
//!
//! Nothing but [`Renderer::end`] depends on a terminal, a file or the command line. Rows are the
//! server's JSON text, borrowed. The output goes to a given writer. Width and colors are in
//! [`Options`].
//!
//! | format | a list | one object |
//! | --- | --- | --- |
//! | `table` | aligned columns; on a narrow terminal a block for each row | aligned `key  value` lines, nested ones indented |
//! | `json` | one array, indented by two spaces, streamed | the object, indented |
//! | `jsonl` | one compact object a line | the same |
//! | `csv` | RFC 4180: CRLF, a header even without rows | a header and a row |
//! | `tsv` | tabs, newlines and backslashes as `\t`, `\n`, `\\` | a header and a row |
//!
//! Every format writes each row at once, except the table, which holds back its first rows until it
//! knows the column widths. The table always escapes control characters. The other formats escape
//! them only on a terminal: a pipe gets the text unchanged. Every format replaces secrets by
//! `"[redacted]"` unless they are asked for ([`crate::output::redact`]).

mod cell;
mod delimited;
#[cfg(test)]
mod examples;
mod fields;
mod listing;
#[cfg(test)]
mod properties;
#[doc(hidden)]
pub mod rawjson;
#[doc(hidden)]
pub mod redact;
mod renderer;
mod table;

use std::str::FromStr;

pub use self::fields::Fields;
pub use self::renderer::{Emphasis, Renderer};
use crate::base::error::Error;
use crate::output::redact::Redactor;

/// The choices of `--output`.
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

    /// Whether errors are also printed as JSON on stderr.
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            Error::usage("unknown output format").hint("choose table, json, jsonl, csv or tsv")
        })
    }
}

/// How to render rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Columns of the terminal that the output goes to. `None` for a pipe or a file: then nothing
    /// is cut, and only the table escapes control characters.
    pub width: Option<usize>,
    /// Whether JSON, the table's headings and the rows that have a meaning of their own are colored.
    pub color: bool,
    /// Whether the table, CSV and TSV go without their header.
    pub no_header: bool,
    /// Whether CSV and TSV cells that a spreadsheet would read as a formula get a leading `'`.
    pub csv_safe: bool,
    /// Whether secrets are shown.
    pub reveal_secrets: bool,
    /// Hides secrets unless `reveal_secrets` is set: the redactor of the operation that returned
    /// the rows.
    pub redactor: Redactor,
}

/// A column that a list shows without `--fields`.
///
/// CSV and TSV name it by its path, which is the API's own name. The table uses its heading, in
/// capitals.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    path: &'static str,
    heading: &'static str,
    align: Align,
    whole: bool,
    least: usize,
    word: Option<(&'static str, &'static str)>,
    time: bool,
}

impl Column {
    /// The top-level field that it shows, or shows a part of.
    pub fn top_level(&self) -> &'static str {
        self.path.split('.').next().unwrap_or(self.path)
    }

    /// A left-aligned column for the value at a dotted path.
    pub const fn new(path: &'static str, heading: &'static str) -> Self {
        Self { path, heading, align: Align::Left, whole: false, least: 0, word: None, time: false }
    }

    /// The dotted path of its value in a row.
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

    /// In a table, shows a word of the API as the word that our options use for it.
    #[must_use]
    pub const fn in_our_word(mut self, api: &'static str, ours: &'static str) -> Self {
        self.word = Some((api, ours));
        self
    }

    /// In a table, shows a time of the API in local time.
    #[must_use]
    pub const fn in_local_time(mut self) -> Self {
        self.time = true;
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
