//! What became of each item of a batch, as rows on stdout, and how a later run goes on from there.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use serde_json::{Value, json};

use crate::base::error::Error;
use crate::base::text;
use crate::output::{Column, Format, Renderer};
use crate::resource::View;
use crate::term::{Io, read_bounded};

/// The longest report that is read: far more than a million lines.
const MAX_REPORT: u64 = 256 << 20;

static COLUMNS: [Column; 4] = [
    Column::new("id", "id"),
    Column::new("item", "item"),
    Column::new("status", "status"),
    Column::new("error", "error"),
];

/// The status of an item that failed; any other status means that it is done.
const FAILED: &str = "failed";

/// The rows of a batch: nothing in a table, where the messages on stderr say the same.
pub(crate) struct Report(Option<Renderer>);

impl Report {
    /// An empty report in the format that was asked for.
    pub(crate) fn new(view: &View) -> Self {
        Self((view.format != Format::Table).then(|| view.renderer("", &COLUMNS)))
    }

    /// An item as it was named is done; `status` says what was done. `None` if its ID is not known.
    ///
    /// # Errors
    /// If stdout fails.
    pub(crate) fn done<'i>(
        &mut self,
        item: &str,
        id: impl Into<Option<&'i str>>,
        status: &str,
        io: &mut Io,
    ) -> Result<(), Error> {
        let id: Option<&str> = id.into();
        self.row(&json!({"id": id, "item": item, "status": status, "error": null}), io)
    }

    /// An item as it was named failed.
    ///
    /// # Errors
    /// If stdout fails.
    pub(crate) fn failed(
        &mut self,
        item: &str,
        id: Option<&str>,
        error: &Error,
        io: &mut Io,
    ) -> Result<(), Error> {
        let error = io.ui.error_json(error)["error"].take();
        self.row(&json!({"id": id, "item": item, "status": FAILED, "error": error}), io)
    }

    /// Ends the report.
    ///
    /// # Errors
    /// If stdout fails.
    pub(crate) fn end(self, io: &mut Io) -> Result<(), Error> {
        match self.0 {
            Some(renderer) => renderer.end(io, "nothing was done"),
            None => Ok(()),
        }
    }

    fn row(&mut self, row: &Value, io: &mut Io) -> Result<(), Error> {
        let Some(renderer) = &mut self.0 else { return Ok(()) };
        io.out.with(|out| renderer.row(out, &row.to_string()))?;
        // Whoever goes on after an interruption must find every item that is done.
        io.out.flush()
    }
}

/// Leaves out of `names` what the report in `path` says is done. Says how many that are.
///
/// # Errors
/// Usage, if the file cannot be read or is not such a report.
pub(crate) fn resume(names: &mut Vec<String>, path: &Path, io: &Io) -> Result<(), Error> {
    let done = done_in(path)?;
    let before = names.len();
    names.retain(|name| !done.contains(name.as_str()));
    if names.len() < before {
        io.ui.say(format_args!("{} of {before} are done already", before - names.len()));
    }
    Ok(())
}

/// The items and IDs that the report in `path` says are done.
///
/// # Errors
/// Usage, if the file cannot be read or is not such a report.
pub(crate) fn done_in(path: &Path) -> Result<HashSet<String>, Error> {
    let shown = text::path(path).shown().to_string();
    let file =
        File::open(path).map_err(|e| Error::usage(format!("cannot open {shown}")).caused_by(&e))?;
    let text = String::from_utf8(read_bounded(file, &shown, MAX_REPORT)?)
        .map_err(|_| Error::usage(format!("{shown} is not UTF-8 text")))?;
    done_items(&text).map_err(|line| {
        Error::usage(format!("line {line} of {shown} is not a line of a report"))
            .hint("a report is what the same command prints with -o jsonl")
    })
}

/// The items and IDs that a report says are done, or the number of a line that is not JSON. The
/// last line may be cut off.
fn done_items(text: &str) -> Result<HashSet<String>, usize> {
    let mut done = HashSet::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let row = match serde_json::from_str::<Value>(line) {
            Ok(row) if row.is_object() => row,
            _ if line.trim().is_empty() || !line.ends_with('\n') => continue,
            _ => return Err(index + 1),
        };
        match row["status"].as_str() {
            None => return Err(index + 1),
            Some(FAILED) => {}
            Some(_) => {
                done.extend(
                    ["item", "id"].iter().filter_map(|key| Some(row[*key].as_str()?.to_owned())),
                );
            }
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::done_items;

    #[test]
    fn only_what_is_done_is_skipped() {
        let text = "{\"id\":\"1\",\"item\":\"a\",\"status\":\"deleted\",\"error\":null}\n\
                    {\"id\":null,\"item\":\"b\",\"status\":\"failed\",\"error\":{}}\n\n\
                    {\"id\":\"3\",\"item\":\"c\",\"sta";
        let mut done: Vec<_> = done_items(text).unwrap().into_iter().collect();
        done.sort();
        assert_eq!(done, ["1", "a"]);
        assert_eq!(done_items("nonsense\n"), Err(1));
        assert_eq!(done_items("{\"status\":\"deleted\"}\n[]\n"), Err(2));
        assert_eq!(done_items("{\"a\":1}\n"), Err(1));
        assert!(done_items("").unwrap().is_empty());
    }
}
