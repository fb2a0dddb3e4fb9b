//! Errors for lists that do not end, and for lists of which the API does not show all rows.

use std::fmt;

use crate::base::error::{Error, ErrorKind};
use crate::hint;
use crate::management::catalog::Operation;

/// The error code of a list of which the API does not show all rows.
pub(crate) const CUT_OFF: &str = "list_cut_off";

/// A list with more rows than the API shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// The last row that numbered pages can reach.
    pub window: u32,
    /// Total number of rows, if the server said so.
    pub total: Option<u64>,
}

impl Truncation {
    /// The error for such a list.
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
        Error::new(
            ErrorKind::Failure,
            format!("the list is not complete: the API shows only {shown}"),
        )
        .code(CUT_OFF)
        .hint(hint!("{}; --limit {} asks for no more than these", way, window))
    }
}

/// Why a list cannot be continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingError {
    /// The next page was fetched before.
    Cycle,
    /// There are too many pages, or too many pages without items.
    Endless,
    /// The next page's cursor is longer than a URL can be.
    LongCursor,
    /// There are more items, but the answer does not say how to get them.
    NoCursor,
}

impl PagingError {
    /// The error for a list. `what` is its purpose, after "cannot".
    pub(super) fn of_list(self, what: &str) -> Error {
        let fault = match self {
            Self::Cycle | Self::Endless => "the list does not end",
            Self::LongCursor | Self::NoCursor => "the list breaks off",
        };
        Error::new(ErrorKind::Unavailable, format!("cannot {what}: {fault}"))
            .because(self.to_string())
            .hint("the rows so far are correct, but others are missing; --limit N asks for fewer")
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cycle => "the next page is one that was fetched before",
            Self::Endless => "there are too many pages, or too many pages without items",
            Self::LongCursor => "the next-page cursor is too long for a URL",
            Self::NoCursor => "the answer does not say how to get the next page",
        })
    }
}

impl std::error::Error for PagingError {}
