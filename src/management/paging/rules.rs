//! Decides which page to request next, and when a list is complete.
//!
//! A [`Pager`] sends nothing. Its caller sends [`Pager::next_request`] and passes the answer to
//! [`Pager::accept`], which returns the new items:
//!
//! ```
//! # use auth0_suite::management::{catalog::{self, Method}, paging::{PageBody, Pager}};
//! let roles = catalog::find(Method::Get, "/roles").expect("it is in the catalog").operation;
//! let mut query = vec![("name_filter".to_owned(), "a".to_owned())];
//! let mut pager = Pager::new(&roles, &mut query, None)?;
//! while let Some(page) = pager.next_request() {
//!     // GET /roles with `query` and `page`
//!     let answer = r#"{"start":0,"limit":100,"total":1,"roles":[{"id":"rol_1"}]}"#;
//!     let body = PageBody::parse(answer, roles.items.key())?;
//!     for item in pager.accept(&body, None)? {
//!         assert_eq!(item, r#"{"id":"rol_1"}"#);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The list always ends, even with a hostile server: a cursor must not repeat, and the number of
//! pages is limited.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::PageQuery;
use super::body::{PageBody, id};
use super::error::{PagingError, Truncation};
use super::params::PagingParams;
use crate::base::error::Error;
use crate::management::Query;
use crate::management::catalog::{Items, Operation, Paging, query_pairs};

/// If a list supports both page numbers and checkpoints, page numbers are used up to this many
/// rows.
const WINDOW: u32 = 1_000;

/// Maximum number of pages of one list: 10 million rows with 100 rows per page.
const MAX_PAGES: u32 = 100_000;

/// Maximum number of consecutive pages without items.
const MAX_EMPTY: u32 = 100;

/// The longest cursor, in bytes. A longer one is too long for a URL.
pub(crate) const MAX_CURSOR: usize = 4096;

/// The state of one list between two pages.
#[derive(Debug)]
pub struct Pager {
    walk: Walk,
    at: Position,
    /// Whether the total in the first answer will decide between page numbers and checkpoints.
    undecided: bool,
    /// Items per page.
    size: u32,
    /// Items left until the limit.
    left: Option<u64>,
    window: Option<u32>,
    /// How many pages follow the next one, according to the total.
    further: u32,
    pages: u32,
    empty: u32,
    /// Hashes of the cursors so far. A false match is only likely after 2³² of them.
    cursors: BTreeSet<u64>,
    /// For page numbers: the number of items so far, and the `start` of the last page.
    seen: u64,
    start: Option<u64>,
    /// For a search in the logs: hashes of the IDs so far. New events move earlier ones to later
    /// pages, so they must be skipped there.
    events: Option<HashSet<u64>>,
    /// The ID of the first item of the last bare array.
    first: Option<String>,
    truncation: Option<Truncation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    /// A single answer.
    Whole,
    /// `take` and `from`. With `by_id`, answers are bare arrays, and the last item's ID is the next
    /// `from`.
    Checkpoint { by_id: bool },
    /// `page` and `per_page`. With `ask_totals`, also `include_totals`, for APIs that only send
    /// totals on request.
    Offset { ask_totals: bool },
    /// `/logs`: the oldest events first, then `from` with the ID of the last one.
    Logs,
}

#[derive(Debug)]
enum Position {
    Start,
    Page(u32),
    Cursor(String),
    End,
}

impl Pager {
    /// A pager for an operation's list, up to its end or to `limit` items. The paging parameters in
    /// `query` are removed from it: `from` or `page` say where to begin, `take` or `per_page` how
    /// large pages are. The rest of the query belongs to every request.
    ///
    /// If an operation can be paged in both ways, the first page is numbered, and its total
    /// decides: for up to 1,000 rows the pager continues with page numbers, otherwise it starts
    /// again with checkpoints. The rows of the two ways are never mixed, because their order may
    /// differ. `page`, `from` or `take` in the query choose the way themselves.
    ///
    /// `/logs` is read by log ID, oldest first, because a search does not return all events. A
    /// search, in the API's own order, is used if the query has any parameter besides `from` and
    /// `take`, or if the limit is within the search's window.
    ///
    /// # Errors
    ///
    /// Usage error if a page or page size is not a whole number.
    pub fn new(
        operation: &Operation,
        query: &mut Query,
        limit: Option<u64>,
    ) -> Result<Self, Error> {
        let given = PagingParams::extract_from(query, operation.paging)?;
        let offset =
            |ask_totals| (Walk::Offset { ask_totals }, Position::Page(given.page.unwrap_or(0)));
        let by_cursor =
            |walk, from: Option<String>| (walk, from.map_or(Position::Start, Position::Cursor));
        let by_id = operation.items == Items::Bare;
        let undecided = operation.paging == Paging::Both
            && matches!(operation.items, Items::Key(_))
            && given.page.is_none()
            && !given.by_cursor;
        let (walk, at) = match operation.paging {
            Paging::None | Paging::Events | Paging::Stats => (Walk::Whole, Position::Start),
            Paging::Both if given.page.is_some() || undecided => offset(true),
            Paging::Both | Paging::Checkpoint => by_cursor(Walk::Checkpoint { by_id }, given.from),
            Paging::Offset => offset(true),
            Paging::OffsetWrapped => offset(false),
            Paging::Logs => {
                let window = operation.window.map(u64::from);
                let searches = given.page.is_some() || !query.is_empty();
                if given.from.is_none() && (searches || limit.is_some_and(|it| Some(it) <= window))
                {
                    offset(false)
                } else {
                    by_cursor(Walk::Logs, given.from)
                }
            }
        };
        let most = operation.page_max.max(1);
        let size =
            given.size.unwrap_or(most).min(limit.unwrap_or(u64::MAX).try_into().unwrap_or(most));
        // If a page begins with the cursor's own item, it needs space for another.
        let least = if walk == (Walk::Checkpoint { by_id: true }) { 2 } else { 1 };
        let mut pager = Self {
            walk,
            at: Position::End,
            undecided,
            size: size.min(most).max(least),
            left: limit,
            window: if undecided { Some(WINDOW) } else { operation.window },
            further: 0,
            pages: 0,
            empty: 0,
            cursors: BTreeSet::new(),
            seen: 0,
            start: None,
            events: (operation.paging == Paging::Logs && matches!(walk, Walk::Offset { .. }))
                .then(HashSet::new),
            first: None,
            truncation: None,
        };
        if let Position::Page(page) = at {
            pager.seen = u64::from(page) * u64::from(pager.size);
        }
        if let Position::Cursor(from) = &at {
            pager.cursors.insert(hash(from));
        }
        pager.at = at;
        Ok(pager)
    }

    /// The paging parameters of the next request, or `None` if the list is complete.
    pub fn next_request(&self) -> Option<PageQuery> {
        self.upcoming().next()
    }

    /// The next request, and those that will follow it according to the total.
    pub(super) fn upcoming(&self) -> impl Iterator<Item = PageQuery> {
        let pages = match self.at {
            _ if self.left == Some(0) => None,
            Position::End => None,
            Position::Page(page) => Some(page..=page.saturating_add(self.further)),
            Position::Start | Position::Cursor(_) => Some(0..=0),
        };
        pages.into_iter().flatten().map(|page| self.request(page))
    }

    /// The request at the current position. `page` is the number of a numbered page.
    fn request(&self, page: u32) -> PageQuery {
        let size = self.size.to_string();
        match (self.walk, &self.at) {
            (Walk::Whole, _) => Vec::new(),
            (Walk::Logs, Position::Start) => {
                vec![("page", "0".to_owned()), ("per_page", size), ("sort", "date:1".to_owned())]
            }
            (Walk::Offset { ask_totals }, _) => {
                let totals = ask_totals.then(|| ("include_totals", "true".to_owned()));
                let numbers = [("page", page.to_string()), ("per_page", size)];
                numbers.into_iter().chain(totals).collect()
            }
            (_, Position::Cursor(from)) => vec![("from", from.clone()), ("take", size)],
            _ => vec![("take", size)],
        }
    }

    /// Reads the answer to the last request. Returns its new items, up to the limit. `link` is the
    /// target of its `Link: rel="next"`; only the cursor in it is used, never the address.
    ///
    /// # Errors
    ///
    /// An error if the list would not end, or cannot be continued although it has more items. The
    /// items of such an answer must not be used.
    pub fn accept<'a>(
        &mut self,
        body: &PageBody<'a>,
        link: Option<&str>,
    ) -> Result<Vec<&'a str>, PagingError> {
        self.pages += 1;
        if std::mem::take(&mut self.undecided) && !self.fits_window(body) {
            self.walk = Walk::Checkpoint { by_id: false };
            self.at = Position::Start;
            return Ok(Vec::new());
        }
        let first = if body.wrapped { None } else { body.first_id() };
        let known = match (self.walk, &self.at) {
            (Walk::Logs | Walk::Checkpoint { by_id: true }, Position::Cursor(cursor))
                if first.as_ref() == Some(cursor) =>
            {
                1
            }
            (Walk::Offset { .. }, _) if first.is_some() && first == self.first => {
                if self.pages > 2 {
                    return Err(PagingError::Cycle);
                }
                // The server ignores page numbers: the first answer was the complete list.
                body.items.len()
            }
            _ => 0,
        };
        self.first = first;
        let fresh = body.items.len() - known;
        let left = self.left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
        let is_new = |item: &&str| match &mut self.events {
            Some(events) => id(item).is_none_or(|id| events.insert(hash(&id))),
            None => true,
        };
        let items: Vec<_> =
            body.items.iter().skip(known).copied().filter(is_new).take(left).collect();
        self.left = self.left.map(|left| left - items.len() as u64);
        self.at =
            if self.left == Some(0) { Position::End } else { self.following(body, fresh, link)? };
        match self.at {
            Position::End => Ok(items),
            _ if self.pages >= MAX_PAGES => Err(PagingError::Endless),
            _ => Ok(items),
        }
    }

    /// Whether page numbers can reach all requested rows, according to the total in the first
    /// answer.
    fn fits_window(&self, body: &PageBody<'_>) -> bool {
        let size = u64::from(self.size);
        let wanted = |total: u64| total.min(self.left.unwrap_or(u64::MAX));
        body.total.filter(|total| *total >= body.items.len() as u64).is_some_and(|total| {
            wanted(total).div_ceil(size).saturating_mul(size) <= u64::from(WINDOW)
        })
    }

    /// Whether the list has more rows than the API shows. `None` if only the caller's limit was
    /// reached.
    pub fn truncation(&self) -> Option<Truncation> {
        self.truncation
    }

    fn following(
        &mut self,
        body: &PageBody<'_>,
        fresh: usize,
        link: Option<&str>,
    ) -> Result<Position, PagingError> {
        match self.walk {
            Walk::Whole => Ok(Position::End),
            Walk::Offset { .. } if fresh == 0 => Ok(Position::End),
            Walk::Offset { .. } => self.after_page(body, fresh as u64),
            // The link of an empty page points to the same page.
            Walk::Logs if fresh == 0 => Ok(Position::End),
            Walk::Logs => {
                let cursor = link.and_then(cursor_of).or_else(|| body.last_id());
                self.after_cursor(cursor.ok_or(PagingError::NoCursor)?, fresh)
            }
            Walk::Checkpoint { by_id } => match body.next.as_deref() {
                Some(next) if !next.is_empty() => self.after_cursor(next.to_owned(), fresh),
                // Bare arrays name no next page, so after a full page there may be another one.
                _ if by_id && !body.wrapped && body.items.len() >= self.size as usize => {
                    self.after_cursor(body.last_id().ok_or(PagingError::NoCursor)?, fresh)
                }
                // The server ignored `take` and answered with a numbered page. The other rows
                // cannot be reached.
                _ if matches!(self.at, Position::Start)
                    && body.total > Some(body.items.len() as u64) =>
                {
                    Err(PagingError::NoCursor)
                }
                _ => Ok(Position::End),
            },
        }
    }

    fn after_cursor(&mut self, cursor: String, fresh: usize) -> Result<Position, PagingError> {
        self.empty = if fresh == 0 { self.empty + 1 } else { 0 };
        if self.empty > MAX_EMPTY {
            return Err(PagingError::Endless);
        }
        if cursor.len() > MAX_CURSOR {
            return Err(PagingError::LongCursor);
        }
        if !self.cursors.insert(hash(&cursor)) {
            return Err(PagingError::Cycle);
        }
        Ok(Position::Cursor(cursor))
    }

    fn after_page(&mut self, body: &PageBody<'_>, items: u64) -> Result<Position, PagingError> {
        let Position::Page(page) = self.at else {
            return Ok(Position::End);
        };
        if let (Some(before), Some(now)) = (self.start, body.start)
            && now <= before
        {
            return Err(PagingError::Cycle);
        }
        self.start = body.start;
        self.seen = body.start.unwrap_or(self.seen).saturating_add(items);
        // The server's maximum page size may be smaller than the catalog's.
        let size = body.limit.filter(|limit| *limit > 0).unwrap_or(u64::MAX).min(self.size.into());
        let complete = match body.total {
            Some(total) if self.seen < total => false,
            Some(total) if self.seen == total => true,
            // There is no total, or there are more items than the total. A page that is not full is
            // the last. A bare array that is longer than requested is the complete list.
            _ => items < size || (!body.wrapped && items > size),
        };
        if complete {
            return Ok(Position::End);
        }
        let next = page.saturating_add(1);
        let mut reachable = u32::MAX;
        if let Some(window) = self.window {
            reachable = window / self.size;
            if next >= reachable {
                let total = body.total.filter(|total| *total > u64::from(window));
                self.truncation = Some(Truncation { window, total });
                return Ok(Position::End);
            }
        }
        let missing = body.total.map_or(0, |total| total.saturating_sub(self.seen));
        let pages = missing.min(self.left.unwrap_or(u64::MAX)).div_ceil(size.max(1));
        self.further = u32::try_from(pages)
            .unwrap_or(u32::MAX)
            .min(reachable.saturating_sub(next))
            .saturating_sub(1);
        Ok(Position::Page(next))
    }
}

/// The `from` of a link's query.
pub(crate) fn cursor_of(link: &str) -> Option<String> {
    let query = link.split_once('?')?.1;
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    query_pairs(query)
        .find(|(name, value)| name == "from" && !value.is_empty())
        .map(|(_, value)| value)
}

fn hash(cursor: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    cursor.hash(&mut hasher);
    hasher.finish()
}
