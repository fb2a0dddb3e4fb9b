//! Lists that do not end, or that the API does not show to their end.

use std::fmt;

use crate::base::error::{Error, Kind};
use crate::hint;
use crate::management::catalog::Operation;

/// The error code of a list that the API does not show to its end.
pub(crate) const CUT_OFF: &str = "list_cut_off";

/// A list that goes on past the rows that the API shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// The last row that pages reach.
    pub window: u32,
    /// Total number of rows, if the server said so.
    pub total: Option<u64>,
}

impl Truncation {
    /// The error for a list that the API does not show to its end.
    pub fn error(self, operation: &Operation) -> Error {
        let Self { window, total } = self;
        let shown = match total {
            Some(total) => format!("the first {window} of {total} items"),
            None => format!("the first {window} items, and there may be more"),
        };
        let way = match operation.path {
            "/users" => {
                "get every user: auth0-users export > users.ndjson; or narrow the list with a query"
            }
            _ => "narrow the list with a filter to see the others",
        };
        Error::new(Kind::Failure, format!("the list is not complete: the API shows only {shown}"))
            .code(CUT_OFF)
            .hint(hint!("{}; --limit {} asks for no more than these", way, window))
    }
}

/// An answer after which the list cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingError {
    /// The next page is one that came before.
    Cycle,
    /// There are too many pages, or too many without items.
    Endless,
    /// The next page's cursor is longer than a URL can be.
    LongCursor,
    /// There are more items, but the answer does not say how to get them.
    NoCursor,
}

impl PagingError {
    /// The error of a list. `what` is what it is for, after "cannot".
    pub(super) fn of_list(self, what: &str) -> Error {
        let fault = match self {
            Self::Cycle | Self::Endless => "the list does not end",
            Self::LongCursor | Self::NoCursor => "the list breaks off",
        };
        Error::new(Kind::Unavailable, format!("cannot {what}: {fault}"))
            .because(self.to_string())
            .hint("the rows so far are right, but some are missing; --limit N asks for fewer")
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cycle => "the next page is one that was there already",
            Self::Endless => "there are too many pages, or too many without items",
            Self::LongCursor => "the next-page cursor is too long for a URL",
            Self::NoCursor => "the answer does not say how to get the next page",
        })
    }
}

impl std::error::Error for PagingError {}
