//! Paging parameters in a user's query.

use crate::base::error::Error;
use crate::management::Query;
use crate::management::catalog::Paging;

/// Where to begin and how large pages are. `None` if the user did not say so.
#[derive(Default)]
pub(super) struct PagingParams {
    /// Whether there was a parameter of checkpoint paging.
    pub(super) by_cursor: bool,
    pub(super) from: Option<String>,
    pub(super) page: Option<u32>,
    pub(super) size: Option<u32>,
}

impl PagingParams {
    pub(super) fn extract_from(query: &mut Query, paging: Paging) -> Result<Self, Error> {
        let (by_cursor, by_page) = match paging {
            Paging::None | Paging::Events | Paging::Stats => return Ok(Self::default()),
            Paging::Checkpoint => (true, false),
            Paging::Offset | Paging::OffsetWrapped => (false, true),
            Paging::Both | Paging::Logs => (true, true),
        };
        let mut given = Self::default();
        let mut wrong = None;
        query.retain(|(name, value)| {
            let mut number =
                || value.parse().map_err(|_| wrong = Some(format!("{name}={value}"))).ok();
            match name.as_str() {
                "from" if by_cursor => given.from = Some(value.clone()),
                "take" if by_cursor => {
                    given.by_cursor = true;
                    given.size = number();
                }
                "per_page" if by_page => given.size = number(),
                "page" if by_page => given.page = number(),
                "include_totals" => {}
                _ => return true,
            }
            false
        });
        given.from = given.from.filter(|from| !from.is_empty());
        given.by_cursor |= given.from.is_some();
        given.size = given.size.filter(|size| *size > 0);
        match wrong {
            Some(wrong) => Err(Error::usage(format!("{wrong} is not a whole number"))),
            None => Ok(given),
        }
    }
}
