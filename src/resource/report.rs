//! What became of each item of a batch, as rows on stdout, and how a later run goes on from there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::Path;

use serde_json::{Value, json};

use crate::base::error::Error;
use crate::base::text;
use crate::output::{Column, Format, Renderer};
use crate::resource::View;
use crate::term::interrupt::Brief;
use crate::term::{Io, read_text};

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

/// The status of an item that was sent with a job of the tenant, and whose outcome is not known.
const SENT: &str = "sent";

/// What a report says of earlier work.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Earlier {
    /// The items and IDs that are done.
    pub done: HashSet<String>,
    /// The items and IDs that were sent, by the job that they were sent with.
    pub sent: BTreeMap<String, Vec<(String, Option<String>)>>,
}

/// The row of an item that was sent with this job.
pub(crate) fn sent_row(item: &str, id: Option<&str>, job: &str) -> Value {
    json!({"id": id, "item": item, "status": SENT, "error": null, "job": job})
}

/// The rows of a batch: nothing in a table, where the messages on stderr say the same.
pub(crate) struct BatchReport(Option<Renderer>);

impl BatchReport {
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

    /// An item was sent with this job, and its outcome is not known.
    ///
    /// # Errors
    /// If stdout fails.
    pub(crate) fn sent(
        &mut self,
        item: &str,
        id: Option<&str>,
        job: &str,
        io: &mut Io,
    ) -> Result<(), Error> {
        self.row(&sent_row(item, id, job), io)
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
        // A signal comes before a row or after it.
        let _brief = Brief::begin();
        io.out.with(|out| renderer.row(out, &row.to_string()))?;
        // After an interruption, every item that is done must be in it.
        io.out.flush()
    }
}

/// Leaves out of `names` what the report in `path` says is done. Says how many that are.
///
/// # Errors
/// Usage, if the file cannot be read or is not such a report.
pub(crate) fn resume(names: &mut Vec<String>, path: &Path, io: &Io) -> Result<(), Error> {
    let done = earlier_in(path)?.done;
    let before = names.len();
    names.retain(|name| !done.contains(name.as_str()));
    if names.len() < before {
        io.ui.say(format_args!("{} of {before} are done already", before - names.len()));
    }
    Ok(())
}

/// What the report in `path` says.
///
/// # Errors
/// Usage, if the file cannot be read or is not such a report.
pub(crate) fn earlier_in(path: &Path) -> Result<Earlier, Error> {
    let shown = text::path(path).shown().to_string();
    let file =
        File::open(path).map_err(|e| Error::usage(format!("cannot open {shown}")).caused_by(&e))?;
    let text = read_text(file, &shown, MAX_REPORT)?;
    earlier(&text).map_err(|line| {
        Error::usage(format!("line {line} of {shown} is not a line of a report"))
            .hint("a report is what the same command prints with -o jsonl")
    })
}

/// What a report says, or the number of a line that is not JSON. The last line may be cut off. The
/// last word on an item counts.
fn earlier(text: &str) -> Result<Earlier, usize> {
    let mut done = HashSet::new();
    let mut sent: HashMap<String, (String, Option<String>)> = HashMap::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let row = match serde_json::from_str::<Value>(line) {
            Ok(row) if row.is_object() => row,
            _ if line.trim().is_empty() || !line.ends_with('\n') => continue,
            _ => return Err(index + 1),
        };
        let field = |key: &str| row[key].as_str().map(str::to_owned);
        let status = field("status").ok_or(index + 1)?;
        let item = field("item");
        if let (SENT, Some(item), Some(job)) = (&*status, &item, field("job")) {
            sent.insert(item.clone(), (job, field("id")));
            continue;
        }
        if let Some(item) = &item {
            sent.remove(item);
        }
        if status != FAILED {
            done.extend(item);
            done.extend(field("id"));
        }
    }
    let mut by_job: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (item, (job, id)) in sent {
        by_job.entry(job).or_default().push((item, id));
    }
    by_job.values_mut().for_each(|items| items.sort());
    Ok(Earlier { done, sent: by_job })
}

#[cfg(test)]
mod tests {
    use super::{earlier, sent_row};

    #[test]
    fn only_what_is_done_is_skipped() {
        let text = "{\"id\":\"1\",\"item\":\"a\",\"status\":\"deleted\",\"error\":null}\n\
                    {\"id\":null,\"item\":\"b\",\"status\":\"failed\",\"error\":{}}\n\n\
                    {\"id\":\"3\",\"item\":\"c\",\"sta";
        let mut done: Vec<_> = earlier(text).unwrap().done.into_iter().collect();
        done.sort();
        assert_eq!(done, ["1", "a"]);
        assert_eq!(earlier("nonsense\n"), Err(1));
        assert_eq!(earlier("{\"status\":\"deleted\"}\n[]\n"), Err(2));
        assert_eq!(earlier("{\"a\":1}\n"), Err(1));
        assert!(earlier("").unwrap().done.is_empty());
    }

    #[test]
    fn what_was_sent_is_known_by_its_job_until_its_outcome_is() {
        let sent = |item: &str| format!("{}\n", sent_row(item, Some("auth0|1"), "job_1"));
        let imported = "{\"id\":null,\"item\":\"a\",\"status\":\"imported\",\"error\":null}\n";
        let found = earlier(&(sent("a") + &sent("b") + imported)).unwrap();
        assert_eq!(found.sent["job_1"], [("b".to_owned(), Some("auth0|1".to_owned()))]);
        assert!(found.done.contains("a") && !found.done.contains("b"));
    }
}
