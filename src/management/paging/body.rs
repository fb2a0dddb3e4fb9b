//! Parses a page without building a JSON tree: the items are slices of the answer.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::base::error::{Error, ErrorKind};
use crate::output::rawjson;

/// Maximum number of items of one page. The API's pages have up to 1,000 items, and its lists
/// without pages far fewer than this. The limit is for hostile answers with millions of empty
/// items.
const MAX_ITEMS: usize = 100_000;

/// The answer to one request for a page: a bare array, or an object with the items under a key.
#[derive(Debug)]
pub struct PageBody<'a> {
    /// The items as JSON text, borrowed from the answer.
    pub items: Vec<&'a str>,
    /// Whether the items are in an object.
    pub wrapped: bool,
    /// The cursor of the next page.
    pub next: Option<Cow<'a, str>>,
    /// Total number of items, according to the server.
    pub total: Option<u64>,
    /// The index of the first item.
    pub start: Option<u64>,
    /// The page size that the server used (`limit` or `per_page`).
    pub limit: Option<u64>,
}

/// An answer that is not a page.
#[derive(Debug)]
pub enum BodyError {
    /// It is not JSON.
    Json(serde_json::Error),
    /// Neither an array nor an object with one.
    NoItems,
    /// An object with several arrays, none of them under the expected key.
    SeveralArrays,
    /// `next` is not text.
    Cursor,
    /// More items than any page of the API has.
    TooManyItems,
}

impl<'a> PageBody<'a> {
    /// Parses a page. The items are under `key`, if there is such a member; otherwise they are the
    /// only top-level array.
    ///
    /// # Errors
    ///
    /// An error if it is not JSON, or if it is not clear which array has the items.
    pub fn parse(text: &'a str, key: Option<&str>) -> Result<Self, BodyError> {
        // Check this here, because the parser's own message would repeat the text.
        if !text.trim_ascii_start().starts_with(['[', '{']) {
            return Err(BodyError::NoItems);
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        // At the top level, only the items must have a certain type.
        let refused = |why: serde_json::Error| {
            if why.is_data() { BodyError::NoItems } else { BodyError::Json(why) }
        };
        let outline = deserializer.deserialize_any(Outline { key }).map_err(refused)?;
        deserializer.end().map_err(BodyError::Json)?;
        outline.body()
    }

    /// The `log_id`, `_id` or `id` of the first item.
    pub(super) fn first_id(&self) -> Option<String> {
        self.items.first().and_then(|item| id(item))
    }

    /// The `log_id`, `_id` or `id` of the last item.
    pub(super) fn last_id(&self) -> Option<String> {
        self.items.last().and_then(|item| id(item))
    }
}

/// The `log_id`, `_id` or `id` of an item.
pub(super) fn id(item: &str) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_str(item);
    deserializer.deserialize_map(Id).ok().flatten().filter(|id| !id.is_empty())
}

/// The top level of a page.
#[derive(Default)]
struct TopLevel<'a> {
    /// The bare array's items, or those under the expected key.
    items: Option<ItemTexts<'a>>,
    is_bare: bool,
    /// The first array under another key. `arrays` counts these arrays.
    array: Option<&'a RawValue>,
    arrays: usize,
    next: Option<&'a RawValue>,
    total: Option<u64>,
    start: Option<u64>,
    limit: Option<u64>,
}

impl<'a> TopLevel<'a> {
    fn body(self) -> Result<PageBody<'a>, BodyError> {
        let items = match (self.items, self.array) {
            (Some(items), _) => items.0,
            (None, Some(_)) if self.arrays > 1 => return Err(BodyError::SeveralArrays),
            // The array was parsed as JSON already, so its items need no second check.
            (None, Some(array)) => rawjson::items(array.get()).take(MAX_ITEMS + 1).collect(),
            (None, None) => return Err(BodyError::NoItems),
        };
        if items.len() > MAX_ITEMS {
            return Err(BodyError::TooManyItems);
        }
        let next = match self.next.map(RawValue::get) {
            None | Some("null") => None,
            Some(text) => Some(string(text).ok_or(BodyError::Cursor)?),
        };
        let Self { is_bare, total, start, limit, .. } = self;
        Ok(PageBody { items, wrapped: !is_bare, next, total, start, limit })
    }
}

/// Parses a JSON string. It is borrowed if it has no escapes.
fn string(text: &str) -> Option<Cow<'_, str>> {
    match serde_json::from_str::<&str>(text) {
        Ok(plain) => Some(Cow::Borrowed(plain)),
        Err(_) => serde_json::from_str::<String>(text).ok().map(Cow::Owned),
    }
}

/// The items of an array, at most one more than a page may have; the rest is only skipped.
#[derive(Default)]
struct ItemTexts<'a>(Vec<&'a str>);

impl<'a> Deserialize<'a> for ItemTexts<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self(Vec::new()))
    }
}

impl<'a> Visitor<'a> for ItemTexts<'a> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut seq: A) -> Result<Self, A::Error> {
        while self.0.len() <= MAX_ITEMS
            && let Some(item) = seq.next_element::<&'a RawValue>()?
        {
            self.0.push(item.get());
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self)
    }
}

struct Outline<'k> {
    key: Option<&'k str>,
}

impl<'a> Visitor<'a> for Outline<'_> {
    type Value = TopLevel<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page: an array, or an object with one")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let items = ItemTexts(Vec::new()).visit_seq(seq)?;
        Ok(TopLevel { items: Some(items), is_bare: true, ..TopLevel::default() })
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = TopLevel::default();
        while let Some(key) = map.next_key::<Cow<'a, str>>()? {
            if self.key == Some(&*key) {
                // Some answers have `null` for an empty list.
                found.items = Some(map.next_value::<Option<ItemTexts<'a>>>()?.unwrap_or_default());
                continue;
            }
            let value = map.next_value::<&'a RawValue>()?;
            // A malformed number is treated as absent.
            let number = || value.get().parse().ok();
            if key == "next" {
                found.next = Some(value);
            } else if value.get().starts_with('[') {
                found.arrays += 1;
                found.array.get_or_insert(value);
            } else {
                match &*key {
                    "total" => found.total = number(),
                    "start" => found.start = number(),
                    "limit" | "per_page" => found.limit = number(),
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}

/// Finds an item's identifier: the first of `log_id`, `_id` and `id` that it has.
struct Id;

impl<'a> Visitor<'a> for Id {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        const NAMES: [&str; 3] = ["log_id", "_id", "id"];
        let mut best = None;
        while let Some(key) = map.next_key::<Cow<'a, str>>()? {
            match NAMES.iter().position(|name| *name == key) {
                Some(rank) if best.as_ref().is_none_or(|(found, _)| rank < *found) => {
                    let value = map.next_value::<&'a RawValue>()?;
                    best = string(value.get()).map(|id| (rank, id.into_owned())).or(best);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(best.map(|(_, id)| id))
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(why) => write!(f, "it is not a page of JSON: {why}"),
            Self::NoItems => f.write_str("it has no array of items"),
            Self::SeveralArrays => {
                f.write_str("it has several arrays, and it is not clear which one is the list")
            }
            Self::TooManyItems => write!(
                f,
                "it has more than {MAX_ITEMS} items, and no page of the API has that many"
            ),
            Self::Cursor => f.write_str("its next-page cursor is not text"),
        }
    }
}

impl std::error::Error for BodyError {}

impl From<BodyError> for Error {
    fn from(error: BodyError) -> Self {
        Self::new(ErrorKind::Unavailable, "the API's answer is not a list")
            .because(error.to_string())
            .hint("see it with auth0-api PATH, without --paginate")
    }
}
