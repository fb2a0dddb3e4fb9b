//! A list to its end, in order, at the speed the API allows.
//!
//! Up to 1,000 rows the pages are numbered and fetched side by side; past that each page names the
//! next, and one is on its way while the last is printed. Rows of the two ways are never mixed:
//! their orders need not agree.
//!
//! The API's own count chooses the way and is not believed further: a numbered list ends with a
//! page that is not full, and one by `next` where there is none.

mod queue;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use self::queue::{MAX_AT_ONCE, Queue, SHARE};
use super::catalog::{Items, Operation, Paging};
use super::paging::{MAX_CURSOR, MAX_EMPTY, PageBody, Pager};
use super::{Call, Management, Query};
use crate::base::error::{Error, Kind};
use crate::base::threads;
use crate::http::{Answer, TOO_LONG, headers};

/// The numbered pages end here.
const WINDOW: usize = 1_000;

/// Pages of one list, at most: ten million rows.
const MAX_PAGES: usize = 100_000;

/// A list of the API, such as `/clients`.
pub struct Listing<'a> {
    /// What it is for, after "cannot".
    pub what: &'a str,
    /// Below `/api/v2`.
    pub path: &'a str,
    /// The operation that lists it: how it is paged and where its rows are.
    pub operation: Operation,
    /// Filters and fields.
    pub query: Query,
    /// Rows wanted, at most; all without.
    pub limit: Option<usize>,
}

/// Rows as they came, borrowed from the answer's own text.
pub struct Page {
    text: String,
    rows: Vec<Range<usize>>,
    next: Option<String>,
    total: Option<usize>,
}

/// Where a list of the API is asked for a page.
type PageQuery<'q> = &'q [(&'q str, String)];

impl Page {
    fn read(answer: Answer, what: &str, key: Option<&str>) -> Result<Self, Error> {
        let malformed = |why: &dyn std::fmt::Display| malformed(what, why);
        let text =
            String::from_utf8(answer.body).map_err(|_| malformed(&"it is not UTF-8 text"))?;
        let body = PageBody::parse(&text, key).map_err(|e| malformed(&e))?;
        // The rows are slices of `text`; as ranges they can travel with it.
        let start = text.as_ptr() as usize;
        let rows = body.items.iter().map(|item| {
            let from = item.as_ptr() as usize - start;
            from..from + item.len()
        });
        if body.items.iter().any(|item| !item.starts_with('{')) {
            return Err(malformed(&"a row is not an object"));
        }
        let (rows, next, total) = (rows.collect(), body.next.map(Into::into), body.total);
        let total = total.and_then(|total| usize::try_from(total).ok());
        Ok(Self { rows, next, total, text })
    }

    /// The rows, each a JSON value.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &str> {
        self.rows.iter().map(|row| &self.text[row.clone()])
    }
}

fn malformed(what: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Unavailable, format!("cannot {what}: the answer is not what the API promises"))
        .because(why.to_string())
        .hint("try again; if it stays, something between here and the tenant changes answers")
}

impl Listing<'_> {
    /// Hands over every row, in order, as pages arrive; at most `limit`, and until `row` says that
    /// no more is wanted.
    ///
    /// # Errors
    /// The API's, or `row`'s own: either ends the list at once.
    pub fn each(
        &self,
        api: &Management<'_>,
        mut row: impl FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let wanted = self.limit.unwrap_or(usize::MAX);
        let mut left = wanted;
        let mut take = |page: &Page| {
            for text in page.rows().take(left) {
                if !row(text)? {
                    return Ok(false);
                }
            }
            left -= page.rows.len().min(left);
            Ok(left > 0)
        };
        if wanted == 0 {
            return Ok(());
        }
        match (self.operation.paging, self.operation.items) {
            (Paging::Both, Items::Key(_)) => {}
            (Paging::Checkpoint, Items::Key(_)) => return self.follow(api, &mut take),
            _ => return self.walk(api, &mut row),
        }
        let size = wanted.min(self.page_size());
        let first = self.numbered(api, 0, size, None)?;
        let counted = first.total.filter(|total| *total >= first.rows.len());
        let Some(expected) =
            counted.map(|total| total.min(wanted)).filter(|expected| *expected <= WINDOW)
        else {
            drop(first);
            return self.follow(api, &mut take);
        };
        let pages = expected.div_ceil(size).max(1);
        let full = first.rows.len() == size;
        let short = first.text.len() <= SHARE;
        if !take(&first)? {
            return Ok(());
        }
        drop(first);
        if pages > 1 {
            let queue = Queue::new(1..pages, api.concurrency(self.path), short);
            return self.side_by_side(api, &queue, pages, &mut take);
        }
        if full { self.beyond(api, pages, &mut take) } else { Ok(()) }
    }

    /// The rows that the API's count left out, where the last page is full: usually none.
    fn beyond(
        &self,
        api: &Management<'_>,
        pages: usize,
        take: &mut dyn FnMut(&Page) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        for number in pages..WINDOW / self.page_size() {
            let page = self.numbered(api, number, self.page_size(), None)?;
            if !take(&page)? || page.rows.len() < self.page_size() {
                return Ok(());
            }
        }
        if pages == WINDOW / self.page_size() {
            return Ok(());
        }
        Err(Error::new(Kind::Unavailable, format!("cannot {} to its end", self.what))
            .because("the tenant counted fewer rows than it has")
            .hint("try again"))
    }

    /// The largest page that the operation allows.
    fn page_size(&self) -> usize {
        usize::try_from(self.operation.page_max).unwrap_or(usize::MAX).max(1)
    }

    /// Page after page in the operation's own way of paging.
    fn walk(
        &self,
        api: &Management<'_>,
        row: &mut dyn FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut filters = self.query.clone();
        let limit = self.limit.map(|limit| limit as u64);
        let mut pager = Pager::new(&self.operation, &mut filters, limit)?;
        while let Some(paging) = pager.next_request() {
            let mut query = filters.clone();
            query.extend(paging.into_iter().map(|(name, value)| (name.to_owned(), value)));
            let answer = api.call(&Call { query: &query, ..Call::get(self.what, self.path) })?;
            let link = answer.header("link").and_then(headers::next_link).map(str::to_owned);
            let malformed = |why: &dyn std::fmt::Display| malformed(self.what, why);
            let text = std::str::from_utf8(&answer.body)
                .map_err(|_| malformed(&"it is not UTF-8 text"))?;
            let body =
                PageBody::parse(text, self.operation.items.key()).map_err(|e| malformed(&e))?;
            for item in &body.items[pager.absorb(&body, link.as_deref())?] {
                if !item.starts_with('{') {
                    return Err(malformed(&"a row is not an object"));
                }
                if !row(item)? {
                    return Ok(());
                }
            }
        }
        match pager.cut() {
            None => Ok(()),
            Some(cut) => Err(cut.error(&self.operation)),
        }
    }

    fn fetch(
        &self,
        api: &Management<'_>,
        paging: PageQuery<'_>,
        max_answer: Option<u64>,
    ) -> Result<Page, Error> {
        let mut query = self.query.clone();
        query.extend(paging.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        let call = Call { query: &query, max_answer, ..Call::get(self.what, self.path) };
        Page::read(api.call(&call)?, self.what, self.operation.items.key())
    }

    fn numbered(
        &self,
        api: &Management<'_>,
        page: usize,
        size: usize,
        max_answer: Option<u64>,
    ) -> Result<Page, Error> {
        let paging = [
            ("page", page.to_string()),
            ("per_page", size.to_string()),
            ("include_totals", "true".to_owned()),
        ];
        self.fetch(api, &paging, max_answer)
    }

    /// A page ahead of the reader, within its share of the bytes; a longer one when it is its turn.
    fn ahead(&self, api: &Management<'_>, queue: &Queue, page: usize) -> Result<Page, Error> {
        if queue.pages_are_short() {
            match self.numbered(api, page, self.page_size(), Some(SHARE as u64)) {
                Err(error) if error.code_text() == TOO_LONG => queue.a_page_is_long(),
                fetched => return fetched,
            }
        }
        if !queue.wait_for_turn(page) {
            return Err(Error::new(Kind::Failure, "the list was not read to its end"));
        }
        self.numbered(api, page, self.page_size(), None)
    }

    /// Pages 1 to `pages`-1, several at once, handed over in order.
    fn side_by_side(
        &self,
        api: &Management<'_>,
        queue: &Queue,
        pages: usize,
        take: &mut dyn FnMut(&Page) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let workers = MAX_AT_ONCE.min(pages - 1);
        thread::scope(|scope| {
            for number in 0..workers {
                let worker = threads::start_in(scope, "pages", || {
                    while let Some(page) = queue.next() {
                        let fetched = self.ahead(api, queue, page);
                        queue.put(page, fetched, api.concurrency(self.path));
                    }
                });
                match worker {
                    // Those that run fetch all pages.
                    Err(_) if number > 0 => break,
                    worker => drop(worker?),
                }
            }
            let mut full = false;
            for page in 1..pages {
                let result = queue.take(page).and_then(|page| {
                    full = page.rows.len() == self.page_size();
                    take(&page)
                });
                if !matches!(result, Ok(true)) {
                    queue.stop();
                    return result.map(|_| ());
                }
            }
            if full { self.beyond(api, pages, take) } else { Ok(()) }
        })
    }

    /// Page after page by its `next`, one ahead of the reader.
    fn follow(
        &self,
        api: &Management<'_>,
        take: &mut dyn FnMut(&Page) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let stopped = AtomicBool::new(false);
        // Without room of its own: a page is printed, another waits, and no third is fetched.
        let (pages, arriving) = sync_channel(0);
        thread::scope(|scope| {
            threads::start_in(scope, "pages", || self.chase(api, &stopped, pages))?;
            let mut result = Ok(());
            for page in &arriving {
                match page.and_then(|page| take(&page)) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        result = Err(error);
                        break;
                    }
                }
            }
            stopped.store(true, Ordering::Relaxed);
            // A sender that waits for room finds the other end gone.
            drop(arriving);
            result
        })
    }

    fn chase(
        &self,
        api: &Management<'_>,
        stopped: &AtomicBool,
        pages: SyncSender<Result<Page, Error>>,
    ) {
        let mut from: Option<String> = None;
        let mut known = HashSet::new();
        let mut empty = 0;
        for _ in 0..MAX_PAGES {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            let mut paging = vec![("take", self.page_size().to_string())];
            paging.extend(from.clone().map(|from| ("from", from)));
            let page = self.fetch(api, &paging, None);
            from = page
                .as_ref()
                .ok()
                .and_then(|page| page.next.clone())
                .filter(|next| !next.is_empty());
            empty += u32::from(page.as_ref().is_ok_and(|page| page.rows.is_empty()));
            if pages.send(page).is_err() {
                return;
            }
            let Some(next) = &from else { return };
            if empty > MAX_EMPTY {
                let _ = pages.send(Err(self.endless("page after page has nothing in it")));
                return;
            }
            if next.len() > MAX_CURSOR {
                let _ = pages.send(Err(self.endless("a page's next one fits no address")));
                return;
            }
            let mut hasher = DefaultHasher::new();
            next.hash(&mut hasher);
            if !known.insert(hasher.finish()) {
                let _ = pages
                    .send(Err(self.endless("a page names one that was there before as the next")));
                return;
            }
        }
        let _ = pages.send(Err(self.endless("it has more pages than any list")));
    }

    fn endless(&self, why: &str) -> Error {
        Error::new(Kind::Unavailable, format!("cannot {}: the list does not end", self.what))
            .because(why)
    }
}
