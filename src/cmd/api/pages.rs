//! `--paginate`: every page of a list, its items printed as they come.

use std::thread;

use super::answer::Shape;
use crate::base::error::{Error, Kind};
use crate::base::threads;
use crate::hint;
use crate::http::headers;
use crate::management::Call;
use crate::management::Management;
use crate::management::catalog::Operation;
use crate::management::paging::{BodyError, Cut, PageBody, Pager};
use crate::term::Io;
use crate::term::progress::Progress;

/// Prints the items of a list to its end, or `limit` of them. The next page is on its way while
/// one is printed.
pub(super) fn walk(
    api: &Management<'_>,
    call: &Call<'_>,
    operation: &Operation,
    limit: Option<u64>,
    shape: &Shape<'_>,
    io: &mut Io,
) -> Result<(), Error> {
    let mut query = call.query.to_vec();
    let mut pager = Pager::new(operation, &mut query, limit)?;
    let fetch = |paging: Vec<(&'static str, String)>| {
        let mut query = query.clone();
        query.extend(paging.into_iter().map(|(name, value)| (name.to_owned(), value)));
        api.call(&Call { query: &query, ..*call })
    };
    let Some(first) = pager.next_request() else { return shape.rows(&[], io).end(io) };
    let mut progress = Progress::new(&io.ui);
    let mut answer = fetch(first)?;
    progress.begun();
    let text = answer.text()?;
    if !operation.paging.is_paged()
        && matches!(
            PageBody::parse(text, operation.items.key()),
            Err(BodyError::NoItems | BodyError::SeveralArrays)
        )
    {
        // One answer that is no list: there is nothing to walk.
        return shape.print(&answer.body, io);
    }
    let mut rows = shape.rows(&[], io);
    let on_terminal = io.width().is_some();
    let mut seen = 0;
    loop {
        let link = answer.header("link").and_then(headers::next_link).map(str::to_owned);
        let body = PageBody::parse(answer.text()?, operation.items.key())
            .map_err(|e| malformed(call, &e))?;
        let fresh = pager.absorb(&body, link.as_deref())?;
        seen += fresh.len();
        let next = pager.next_request();
        progress.at(|| format!("{seen} items"));
        // Scoped, so that the page being printed can stay where it is.
        let arrived = thread::scope(|scope| {
            let arriving =
                next.map(|paging| threads::start_in(scope, "next page", || fetch(paging)));
            let arriving = arriving.transpose()?;
            let printed = body.items[fresh].iter().try_for_each(|item| {
                // Rows that stream onto the same terminal are progress enough.
                if on_terminal && !rows.holds_next() {
                    progress.end();
                }
                rows.row(item, io)
            });
            // A reader in a pipe sees every page as it comes.
            let printed = printed.and_then(|()| io.out.flush());
            let arrived = arriving.map(|thread| thread.join().expect("a panic ends the process"));
            printed.and(arrived.transpose())
        })?;
        match arrived {
            Some(next) => answer = next,
            None => break,
        }
    }
    drop(progress);
    rows.end(io)?;
    pager.cut().map_or(Ok(()), |cut| Err(cut_off(cut, operation)))
}

/// The error for a list that the API does not show to its end.
fn cut_off(cut: Cut, operation: &Operation) -> Error {
    let Cut { window, total } = cut;
    let there = match total {
        Some(total) => format!("the first {window} of {total} items"),
        None => format!("the first {window} items, and there may be more"),
    };
    let way = match operation.path {
        "/users" => "`auth0-users export` has all users; or narrow the list with -q q=QUERY",
        _ => "narrow the list with -q to see the others",
    };
    Error::new(Kind::Failure, format!("the list is not complete: the API shows only {there}"))
        .code("list_cut_off")
        .hint(hint!("{}; --limit {} asks for no more than these", way, window))
}

fn malformed(call: &Call<'_>, why: &BodyError) -> Error {
    Error::new(Kind::Unavailable, format!("cannot {}: the answer is no page of a list", call.what))
        .caused_by(why)
        .hint("leave out --paginate to see it as it is")
}
