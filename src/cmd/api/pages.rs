//! `--paginate`: every page of a list, its items printed as they come.

use super::answer::{self, AnswerFormat};
use crate::base::error::Error;
use crate::management::catalog::Operation;
use crate::management::paging::{CUT_OFF, Listing};
use crate::management::{Call, Management};
use crate::term::Io;
use crate::term::progress::{Progress, Waiting};

/// Prints the items of a list to its end, or `limit` of them.
pub(super) fn print(
    api: &Management<'_>,
    call: &Call<'_>,
    operation: Operation,
    limit: Option<usize>,
    shape: &AnswerFormat<'_>,
    io: &mut Io,
) -> Result<(), Error> {
    if !operation.paging.is_paged() {
        return print_only(api, call, limit, shape, io);
    }
    let (what, path, query) = (call.what, call.path, call.query.to_vec());
    let listing = Listing { what, path, operation, query, limit };
    let mut rows = shape.rows(&[], io);
    let mut progress = Progress::new(&io.ui);
    let on_terminal = io.width().is_some();
    let mut seen = 0;
    let read = listing.pages(api, call.headers, |items| {
        progress.begun();
        for item in items {
            // Rows that stream onto the same terminal are progress enough.
            if on_terminal && !rows.holds_next() {
                progress.end();
            }
            rows.row(item, io)?;
        }
        seen += items.len();
        progress.at(|| format!("{seen} items"));
        // A reader in a pipe sees every page as it comes.
        io.out.flush()?;
        Ok(true)
    });
    drop(progress);
    match read {
        Err(error) if error.code_text() != CUT_OFF => Err(error),
        whole_or_cut => {
            rows.end(io)?;
            whole_or_cut
        }
    }
}

/// Prints an answer without further pages: its items, or all of it if it is not a list.
fn print_only(
    api: &Management<'_>,
    call: &Call<'_>,
    limit: Option<usize>,
    shape: &AnswerFormat<'_>,
    io: &mut Io,
) -> Result<(), Error> {
    if limit == Some(0) {
        return shape.rows(&[], io).end(io);
    }
    let waiting = Waiting::new(&io.ui);
    let answer = api.call(call)?;
    drop(waiting);
    let Some(items) = answer::items(answer.text()?, shape.items)? else {
        return shape.print(&answer.body, io);
    };
    let mut rows = shape.rows(&[], io);
    for item in items.into_iter().take(limit.unwrap_or(usize::MAX)) {
        rows.row(item, io)?;
    }
    rows.end(io)
}
