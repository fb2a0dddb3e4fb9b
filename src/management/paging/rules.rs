//! Which page to ask for next, and when there is none.
//!
//! A [`Pager`] sends nothing. Its driver asks for [`Pager::next_request`], fetches that, and hands
//! the answer to [`Pager::accept`], which returns the new items:
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
//! Whatever a server answers, the walk ends: cursors must not come back, and pages are counted.

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

/// The rows up to which a list that can be walked in both ways is walked by page numbers.
const WINDOW: u32 = 1_000;

/// Maximum number of pages of one list: ten million rows of a hundred a page.
const MAX_PAGES: u32 = 100_000;

/// Maximum number of pages without an item in a row.
const MAX_EMPTY: u32 = 100;

/// The longest cursor that is sent back, in bytes: a longer one is too long for a URL.
pub(crate) const MAX_CURSOR: usize = 4096;

/// A walk through one list. It consumes the paging parameters of a query and makes its own.
#[derive(Debug)]
pub struct Pager {
    walk: Walk,
    at: Position,
    /// Whether the first answer's total decides between page numbers and checkpoints.
    undecided: bool,
    /// Items per page.
    size: u32,
    /// Items still wanted.
    left: Option<u64>,
    window: Option<u32>,
    /// How many pages follow the next one, as far as the total tells.
    further: u32,
    pages: u32,
    empty: u32,
    /// Hashes of the cursors so far: a false alarm takes 2³² of them.
    cursors: BTreeSet<u64>,
    /// Offset: items so far, and where the last page said it began.
    seen: u64,
    start: Option<u64>,
    /// Search of the log: hashes of the IDs so far. New events move the others to later pages.
    events: Option<HashSet<u64>>,
    /// The ID that the last bare page began with.
    first: Option<String>,
    truncation: Option<Truncation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    /// A single answer.
    Whole,
    /// `take` and `from`; where answers are bare arrays, the last item's ID is the next `from`.
    Checkpoint { by_id: bool },
    /// `page` and `per_page`, with `include_totals` if the API wants to be asked for totals.
    Offset { ask_totals: bool },
    /// `/logs`, oldest first, then by the ID of the last one.
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
    /// A walk through an operation's list, to its end or until `limit` items. The paging parameters
    /// in `query` are removed from it: `from` or `page` say where to begin, `take` or
    /// `per_page` how large pages are. The rest of the query belongs to every request.
    ///
    /// If an operation can be paged in both ways, the first page is numbered, and its total decides:
    /// up to 1,000 wanted rows the walk goes on by number, otherwise it starts again by checkpoint.
    /// The rows of the two ways are never mixed, because their orders may differ. `page`, `from` or
    /// `take` in the query choose the way themselves.
    ///
    /// `/logs` is walked by log ID, oldest first, because a search does not reach all events. It is
    /// searched, in the API's own order, if the query has any parameter besides `from` and `take`,
    /// or for a limit within the search's window.
    ///
    /// # Errors
    ///
    /// Usage, if a page or page size is not a whole number.
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
        // A page that begins with its cursor's own item must have room for another.
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

    /// The next request, and those that are certain to follow it: the pages that the total tells of.
    pub(super) fn upcoming(&self) -> impl Iterator<Item = PageQuery> {
        let pages = match self.at {
            _ if self.left == Some(0) => None,
            Position::End => None,
            Position::Page(page) => Some(page..=page.saturating_add(self.further)),
            Position::Start | Position::Cursor(_) => Some(0..=0),
        };
        pages.into_iter().flatten().map(|page| self.request(page))
    }

    /// The request where the walk stands; `page` is the number of a numbered page.
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

    /// Reads the answer to the last request and returns its items that belong to the list, without
    /// those that came before or exceed the limit. `link` is the target of its `Link: rel="next"`;
    /// only the cursor in it is used, never the address.
    ///
    /// # Errors
    ///
    /// If the list would not end, or cannot go on although there is more of it. The items of such an
    /// answer must not be used.
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
                // The server ignores page numbers: the first answer was all of it.
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

    /// Whether page numbers reach every row that is wanted, by the first answer's total.
    fn fits_window(&self, body: &PageBody<'_>) -> bool {
        let size = u64::from(self.size);
        let wanted = |total: u64| total.min(self.left.unwrap_or(u64::MAX));
        body.total.filter(|total| *total >= body.items.len() as u64).is_some_and(|total| {
            wanted(total).div_ceil(size).saturating_mul(size) <= u64::from(WINDOW)
        })
    }

    /// Whether the list went on where the API shows no more of it. A limit that was reached is not
    /// a cut.
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
            // The link of an empty page leads back to it.
            Walk::Logs if fresh == 0 => Ok(Position::End),
            Walk::Logs => {
                let cursor = link.and_then(cursor_of).or_else(|| body.last_id());
                self.after_cursor(cursor.ok_or(PagingError::NoCursor)?, fresh)
            }
            Walk::Checkpoint { by_id } => match body.next.as_deref() {
                Some(next) if !next.is_empty() => self.after_cursor(next.to_owned(), fresh),
                // Bare arrays name no next page: a full one may have one all the same.
                _ if by_id && !body.wrapped && body.items.len() >= self.size as usize => {
                    self.after_cursor(body.last_id().ok_or(PagingError::NoCursor)?, fresh)
                }
                // Answered as if a numbered page had been asked for: the rest is out of reach.
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
        // The server may know a smaller maximum than we do.
        let size = body.limit.filter(|limit| *limit > 0).unwrap_or(u64::MAX).min(self.size.into());
        let complete = match body.total {
            Some(total) if self.seen < total => false,
            Some(total) if self.seen == total => true,
            // No total, or one that the items belie; and an array longer than was asked for is no page.
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
