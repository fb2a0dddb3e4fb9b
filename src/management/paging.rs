//! Every list of the API to its end: which page to ask for next, and when there is none.
//!
//! A [`Pager`] sends nothing. Its driver asks for [`Pager::next_request`], fetches that, and hands
//! the answer to [`Pager::absorb`], which says which of its items are new:
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
//!     for item in &body.items[pager.absorb(&body, None)?] {
//!         assert_eq!(*item, r#"{"id":"rol_1"}"#);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Whatever a server answers, the walk ends: cursors must not come back, and pages are counted.

mod body;
mod given;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::catalog::{Items, Operation, Paging, query_pairs};
use crate::base::error::{Error, Kind};
use crate::hint;

use given::Given;

pub use body::{BodyError, PageBody};

/// Pages of one list, at most: ten million rows of a hundred a page.
const MAX_PAGES: u32 = 100_000;

/// Pages without an item, at most, before a list counts as endless.
pub(super) const MAX_EMPTY: u32 = 100;

/// The longest cursor that is sent back, in bytes: more fits no URL.
pub(crate) const MAX_CURSOR: usize = 4096;

/// A walk through one list. It consumes the paging parameters of a query and makes its own.
#[derive(Debug)]
pub struct Pager {
    walk: Walk,
    at: At,
    /// Items a page.
    size: u32,
    /// Items still wanted.
    left: Option<u64>,
    window: Option<u32>,
    pages: u32,
    empty: u32,
    /// Hashes of the cursors so far: a false alarm takes 2³² of them.
    cursors: BTreeSet<u64>,
    /// Offset: items behind us, and where the last page said it began.
    seen: u64,
    start: Option<u64>,
    /// The ID that the last bare page began with.
    first: Option<String>,
    cut: Option<Cut>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    /// One answer is all.
    Whole,
    /// `take` and `from`; where answers are bare arrays, the last item's ID is the next `from`.
    Checkpoint { by_id: bool },
    /// `page` and `per_page`, asking for totals where that must be asked for.
    Offset { ask_totals: bool },
    /// `/logs`, oldest first, then by the ID of the last one.
    Logs,
}

#[derive(Debug)]
enum At {
    Start,
    Page(u32),
    Cursor(String),
    End,
}

/// A list that goes on past the rows that the API shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last row that pages reach.
    pub window: u32,
    /// Rows that there are, where the server said so.
    pub total: Option<u64>,
}

impl Cut {
    /// The error for a list that the API does not show to its end.
    pub fn error(self, operation: &Operation) -> Error {
        let Self { window, total } = self;
        let there = match total {
            Some(total) => format!("the first {window} of {total} items"),
            None => format!("the first {window} items, and there may be more"),
        };
        let way = match operation.path {
            "/users" => {
                "get every user: auth0-users export > users.ndjson; or narrow the list with a query"
            }
            _ => "narrow the list with a filter to see the others",
        };
        Error::new(Kind::Failure, format!("the list is not complete: the API shows only {there}"))
            .code("list_cut_off")
            .hint(hint!("{}; --limit {} asks for no more than these", way, window))
    }
}

/// An answer that leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingError {
    /// The page was there already.
    Circle,
    /// There is no end in sight.
    Endless,
    /// The next page's cursor is longer than a URL can be.
    LongCursor,
    /// There are more items, and no way to them.
    NoWayOn,
}

impl Pager {
    /// A walk through an operation's list, to its end or until `limit` items. The paging parameters
    /// that `query` has are taken out of it: `from` or `page` say where to begin, `take` or
    /// `per_page` how large pages are. The rest of the query belongs to every request.
    ///
    /// Where an operation can do both, it walks by checkpoint unless `page` is given. `/logs` is
    /// walked by log ID, which alone reaches all, oldest first; as a search (any parameter but
    /// `from` and `take`), or for a limit within the search's window, in the API's own order.
    ///
    /// # Errors
    ///
    /// A usage error for a page or page size that is no whole number.
    pub fn new(
        operation: &Operation,
        query: &mut Vec<(String, String)>,
        limit: Option<u64>,
    ) -> Result<Self, Error> {
        let given = Given::take_out_of(query, operation.paging)?;
        let offset = |ask_totals| (Walk::Offset { ask_totals }, At::Page(given.page.unwrap_or(0)));
        let by_cursor = |walk, from: Option<String>| (walk, from.map_or(At::Start, At::Cursor));
        let by_id = operation.items == Items::Bare;
        let (walk, at) = match operation.paging {
            Paging::None | Paging::Events | Paging::Stats => (Walk::Whole, At::Start),
            Paging::Both if given.page.is_some() => offset(true),
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
            at: At::End,
            size: size.min(most).max(least),
            left: limit,
            window: operation.window,
            pages: 0,
            empty: 0,
            cursors: BTreeSet::new(),
            seen: 0,
            start: None,
            first: None,
            cut: None,
        };
        if let At::Page(page) = at {
            pager.seen = u64::from(page) * u64::from(pager.size);
        }
        if let At::Cursor(from) = &at {
            pager.cursors.insert(hash(from));
        }
        pager.at = at;
        Ok(pager)
    }

    /// The paging parameters of the next request; nothing when the list is complete.
    pub fn next_request(&self) -> Option<Vec<(&'static str, String)>> {
        if self.left == Some(0) {
            return None;
        }
        let size = self.size.to_string();
        let mut query = match (self.walk, &self.at) {
            (_, At::End) => return None,
            (Walk::Whole, _) => return Some(Vec::new()),
            (Walk::Logs, At::Start) => {
                vec![("page", "0".to_owned()), ("per_page", size), ("sort", "date:1".to_owned())]
            }
            (_, At::Start) => vec![("take", size)],
            (_, At::Cursor(from)) => vec![("from", from.clone()), ("take", size)],
            (_, At::Page(page)) => vec![("page", page.to_string()), ("per_page", size)],
        };
        if self.walk == (Walk::Offset { ask_totals: true }) {
            query.push(("include_totals", "true".to_owned()));
        }
        Some(query)
    }

    /// Reads the answer to the last request: which of its items belong to the list, without those
    /// that came before or go past the limit. `link` is the target of its `Link: rel="next"`; only
    /// the cursor in it is used, never the address.
    ///
    /// # Errors
    ///
    /// When the list would not end, or could not go on though there is more of it. The items of
    /// such an answer are not to be used.
    pub fn absorb(
        &mut self,
        body: &PageBody<'_>,
        link: Option<&str>,
    ) -> Result<Range<usize>, PagingError> {
        let first = if body.wrapped { None } else { body.first_id() };
        let begin = match (self.walk, &self.at) {
            (Walk::Logs | Walk::Checkpoint { by_id: true }, At::Cursor(cursor))
                if first.as_ref() == Some(cursor) =>
            {
                1
            }
            (Walk::Offset { .. }, _) if first.is_some() && first == self.first => {
                if self.pages > 1 {
                    return Err(PagingError::Circle);
                }
                // It knows no pages: the first answer was all of it.
                body.items.len()
            }
            _ => 0,
        };
        self.first = first;
        self.pages += 1;
        let fresh = body.items.len() - begin;
        let left = self.left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
        let keep = fresh.min(left);
        self.left = self.left.map(|left| left - keep as u64);
        self.at = if self.left == Some(0) { At::End } else { self.following(body, fresh, link)? };
        match self.at {
            At::End => Ok(begin..begin + keep),
            _ if self.pages >= MAX_PAGES => Err(PagingError::Endless),
            _ => Ok(begin..begin + keep),
        }
    }

    /// Whether the list went on where the API shows no more of it. A limit that was reached is not
    /// a cut.
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }

    fn following(
        &mut self,
        body: &PageBody<'_>,
        fresh: usize,
        link: Option<&str>,
    ) -> Result<At, PagingError> {
        match self.walk {
            Walk::Whole => Ok(At::End),
            Walk::Offset { .. } if fresh == 0 => Ok(At::End),
            Walk::Offset { .. } => self.after_page(body, fresh as u64),
            // The link of an empty page leads back to it.
            Walk::Logs if fresh == 0 => Ok(At::End),
            Walk::Logs => {
                let cursor = link.and_then(cursor_of).or_else(|| body.last_id());
                self.after_cursor(cursor.ok_or(PagingError::NoWayOn)?, fresh)
            }
            Walk::Checkpoint { by_id } => match body.next.as_deref() {
                Some(next) if !next.is_empty() => self.after_cursor(next.to_owned(), fresh),
                // Bare arrays name no next page: a full one may have one all the same.
                _ if by_id && !body.wrapped && body.items.len() >= self.size as usize => {
                    self.after_cursor(body.last_id().ok_or(PagingError::NoWayOn)?, fresh)
                }
                // Answered as if a numbered page had been asked for: the rest is out of reach.
                _ if matches!(self.at, At::Start) && body.total > Some(body.items.len() as u64) => {
                    Err(PagingError::NoWayOn)
                }
                _ => Ok(At::End),
            },
        }
    }

    fn after_cursor(&mut self, cursor: String, fresh: usize) -> Result<At, PagingError> {
        self.empty = if fresh == 0 { self.empty + 1 } else { 0 };
        if self.empty > MAX_EMPTY {
            return Err(PagingError::Endless);
        }
        if cursor.len() > MAX_CURSOR {
            return Err(PagingError::LongCursor);
        }
        if !self.cursors.insert(hash(&cursor)) {
            return Err(PagingError::Circle);
        }
        Ok(At::Cursor(cursor))
    }

    fn after_page(&mut self, body: &PageBody<'_>, items: u64) -> Result<At, PagingError> {
        let At::Page(page) = self.at else {
            return Ok(At::End);
        };
        if let (Some(before), Some(now)) = (self.start, body.start)
            && now <= before
        {
            return Err(PagingError::Circle);
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
            return Ok(At::End);
        }
        let next = page.saturating_add(1);
        if let Some(window) = self.window
            && (u64::from(next) + 1) * u64::from(self.size) > u64::from(window)
        {
            self.cut = Some(Cut { window, total: body.total });
            return Ok(At::End);
        }
        Ok(At::Page(next))
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

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Circle => "the next page is one that was there already",
            Self::Endless => "the pages do not come to an end",
            Self::LongCursor => "the next page's cursor is longer than a request can hold",
            Self::NoWayOn => "there are more items, but the answer names no way to them",
        })
    }
}

impl std::error::Error for PagingError {}

impl From<PagingError> for Error {
    fn from(error: PagingError) -> Self {
        Self::new(Kind::Unavailable, "the API's pages lead nowhere")
            .because(error.to_string())
            .hint("what came so far is right but not all; fewer rows may do: --limit N")
    }
}
