//! What is asked of `/logs`, as query parameters.

use jiff::Timestamp;

use crate::resource::logs::{PAGE, when};

/// A question to `/logs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The newest events of all.
    Newest,
    /// The last events of those that fit the filter.
    Matching {
        /// How many.
        lines: usize,
    },
    /// The last events before a moment.
    Before(Timestamp),
    /// The oldest events that are kept.
    Oldest,
    /// The events after this one.
    After(String),
}

impl Ask {
    /// The parameters of the request. `filter` is the search of the filter, if it has one.
    pub(crate) fn query(&self, filter: Option<&str>) -> Vec<(String, String)> {
        let search = |q: Option<String>, order: &str, rows: usize| {
            let q = q.map(|q| ("q", q));
            let rest = [
                ("sort", order.to_owned()),
                ("page", "0".to_owned()),
                ("per_page", rows.to_string()),
            ];
            q.into_iter().chain(rest).collect::<Vec<_>>()
        };
        let pairs = match self {
            Self::Newest => search(None, "date:-1", PAGE),
            Self::Matching { lines } => search(filter.map(str::to_owned), "date:-1", *lines),
            Self::Before(at) => {
                search(Some(format!("date:[* TO {}}}", when::api(*at))), "date:-1", PAGE)
            }
            Self::Oldest => search(None, "date:1", PAGE),
            Self::After(from) => vec![("from", from.clone()), ("take", PAGE.to_string())],
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
