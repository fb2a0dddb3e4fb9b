//! Fetches complete lists of the API, in order, as fast as the API allows.
//!
//! A [`Listing`] sends the requests. A [`Pager`] decides what to request next, and when a list is
//! complete:
//!
//! - With a known total, several numbered pages are fetched at once. If the API also supports
//!   checkpoints, they are used for more than 1,000 rows.
//! - With checkpoints, each page names the next one. It is fetched while the rows of the previous
//!   page are printed. The same is true for numbered pages without a total.
//! - A list without pages is a single answer.

mod body;
mod error;
mod params;
mod queue;
mod rules;

use std::borrow::Cow;
use std::ops::Range;
use std::thread;

use self::queue::{PAGE_SHARE, Queue};
use super::catalog::Operation;
use super::{Call, Management, Query};
use crate::base::error::{Error, ErrorKind};
use crate::base::threads;
use crate::http::{Answer, TOO_LONG, headers};

pub use self::body::{BodyError, PageBody};
pub use self::error::{PagingError, Truncation};
pub use self::rules::Pager;

pub(crate) use self::error::CUT_OFF;
pub(crate) use self::rules::{MAX_CURSOR, cursor_of};

/// The paging parameters of one request.
type PageQuery = Vec<(&'static str, String)>;

/// A list of the API, such as `/clients`.
pub struct Listing<'a> {
    /// The purpose, for error messages after "cannot": "list the clients".
    pub what: &'a str,
    /// Path below `/api/v2`, encoded.
    pub path: &'a str,
    /// The operation, which says how the list is paged and where its rows are.
    pub operation: Operation,
    /// Filters, fields, and paging parameters, which say where to begin and how large pages are.
    pub query: Query,
    /// Maximum number of rows, or `None` for all of them.
    pub limit: Option<usize>,
}

/// A page as it was received. `items` are ranges of `text`.
struct FetchedPage {
    text: String,
    items: Vec<Range<usize>>,
    wrapped: bool,
    next: Option<String>,
    total: Option<u64>,
    start: Option<u64>,
    limit: Option<u64>,
    /// The target of the answer's `Link: rel="next"`.
    link: Option<String>,
}

impl FetchedPage {
    fn read(answer: Answer, listing: &Listing<'_>) -> Result<Self, Error> {
        let link = answer.header("link").and_then(headers::next_link).map(str::to_owned);
        let malformed = |why: &dyn std::fmt::Display| listing.malformed(why);
        let text =
            String::from_utf8(answer.body).map_err(|_| malformed(&"it is not UTF-8 text"))?;
        let body = PageBody::parse(&text, listing.operation.items.key())
            .map_err(|error| malformed(&error))?;
        // Ranges instead of slices, so that the items can be moved with the text.
        let start_of_text = text.as_ptr() as usize;
        let items = body.items.iter().map(|item| {
            let from = item.as_ptr() as usize - start_of_text;
            from..from + item.len()
        });
        let items = items.collect();
        let PageBody { wrapped, total, start, limit, .. } = body;
        let next = body.next.map(Cow::into_owned);
        Ok(Self { items, wrapped, next, total, start, limit, link, text })
    }

    fn body(&self) -> PageBody<'_> {
        PageBody {
            items: self.items.iter().map(|item| &self.text[item.clone()]).collect(),
            wrapped: self.wrapped,
            next: self.next.as_deref().map(Cow::Borrowed),
            total: self.total,
            start: self.start,
            limit: self.limit,
        }
    }
}

impl Listing<'_> {
    /// Calls `row` with the JSON text of every row, in order, as pages arrive. Ends after `limit`
    /// rows, or when `row` returns `false`.
    ///
    /// # Errors
    /// The API's error response, an answer that is not a page of objects, or an error of `row`.
    /// Each ends the list at once. If the API does not show the whole list, that is an error after
    /// the last row.
    pub fn each(
        &self,
        api: &Management<'_>,
        mut row: impl FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.pages(api, &[], |items| {
            if items.iter().any(|item| !item.starts_with('{')) {
                return Err(self.malformed(&"a row is not an object"));
            }
            for item in items {
                if !row(item)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Calls `take` with the new rows of each page. There may be no rows, and they may have any
    /// type. Sends `headers` with each request.
    ///
    /// # Errors
    /// The same as [`Listing::each`].
    pub(crate) fn pages(
        &self,
        api: &Management<'_>,
        headers: &[(String, String)],
        mut take: impl FnMut(&[&str]) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut filters = self.query.clone();
        let limit = self.limit.map(|limit| limit as u64);
        let mut pager = Pager::new(&self.operation, &mut filters, limit)?;
        let source = PageSource { listing: self, api, headers, filters };
        let Some(first) = pager.next_request() else { return Ok(()) };
        let mut page = source.fetch(&first, None)?;
        let queue = Queue::after(&page, api.concurrency(self.path));
        thread::scope(|scope| {
            let mut workers = 0;
            let mut read = || {
                loop {
                    let items = pager
                        .accept(&page.body(), page.link.as_deref())
                        .map_err(|error| error.of_list(self.what))?;
                    let needed = queue.add(pager.upcoming());
                    while workers < needed {
                        match threads::start_in(scope, "pages", || source.work(&queue)) {
                            // The running workers fetch all pages.
                            Err(_) if workers > 0 => break,
                            worker => drop(worker?),
                        }
                        workers += 1;
                    }
                    if !take(&items)? {
                        return Ok(());
                    }
                    match queue.take() {
                        Some(next) => page = next?,
                        None => {
                            return pager.truncation().map_or(Ok(()), |truncation| {
                                Err(truncation.error(&self.operation))
                            });
                        }
                    }
                }
            };
            let result = read();
            queue.end();
            result
        })
    }

    fn malformed(&self, why: &dyn std::fmt::Display) -> Error {
        Error::new(
            ErrorKind::Unavailable,
            format!("cannot {}: the answer is not what the API promises", self.what),
        )
        .because(why.to_string())
        .hint("try again; if it stays, something between here and the tenant changes answers")
    }
}

/// Where the pages of a list come from.
struct PageSource<'a> {
    listing: &'a Listing<'a>,
    api: &'a Management<'a>,
    headers: &'a [(String, String)],
    /// The query without its paging parameters.
    filters: Query,
}

impl PageSource<'_> {
    /// Fetches the requests of the queue until the list ends.
    fn work(&self, queue: &Queue) {
        while let Some((place, request)) = queue.next() {
            let fetched = self.ahead(queue, place, &request);
            queue.put(place, fetched, self.api.concurrency(self.listing.path));
        }
    }

    /// Fetches a page. Before its turn, it must be shorter than [`PAGE_SHARE`].
    fn ahead(
        &self,
        queue: &Queue,
        place: usize,
        request: &PageQuery,
    ) -> Result<FetchedPage, Error> {
        if !queue.is_turn_of(place) && queue.pages_are_short() {
            match self.fetch(request, Some(PAGE_SHARE as u64)) {
                Err(error) if error.code_text() == TOO_LONG => queue.note_long_page(),
                fetched => return fetched,
            }
        }
        if !queue.wait_for_turn_of(place) {
            return Err(Error::new(ErrorKind::Failure, "the list was not read to its end"));
        }
        self.fetch(request, None)
    }

    fn fetch(&self, request: &PageQuery, max_answer: Option<u64>) -> Result<FetchedPage, Error> {
        let mut query = self.filters.clone();
        query.extend(request.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let Listing { what, path, .. } = self.listing;
        let call =
            Call { query: &query, headers: self.headers, max_answer, ..Call::get(what, path) };
        FetchedPage::read(self.api.call(&call)?, self.listing)
    }
}
