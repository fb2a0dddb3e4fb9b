//! A fake tenant that serves lists in each of the API's ways, and panics on a request that the API
//! would refuse.

use serde_json::json;

use crate::base::test_random::Random;
use crate::management::Query;

/// How the fake serves a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fake {
    /// `{KEY,next}`; the last page has no `next`, a null or an empty one.
    Checkpoint,
    /// The same, with pages that are shorter than asked, or empty.
    Ragged,
    /// By checkpoint or by number, as asked.
    Both,
    /// `{start,limit,total,KEY}` when totals are asked for, else a bare array.
    Offset,
    /// The same, with a total that is too large.
    Boastful,
    /// The same, without a total.
    Totalless,
    /// `{total,page,per_page,KEY}`, for any request.
    Wrapped,
    /// A bare array of all items, for any request.
    All,
    /// A bare array after (or from) an ID.
    AfterId { inclusive: bool },
    /// `/logs`: searches by page, walks by ID; `linked` says whether it sends `Link`.
    Logs { linked: bool },
}

pub(super) struct Tenant<'r> {
    pub(super) fake: Fake,
    pub(super) key: &'static str,
    pub(super) page_max: usize,
    pub(super) window: Option<usize>,
    pub(super) items: usize,
    pub(super) random: &'r mut Random,
}

pub(super) struct Answer {
    pub(super) text: String,
    pub(super) link: Option<String>,
}

impl Answer {
    fn of(value: &serde_json::Value) -> Self {
        Self { text: value.to_string(), link: None }
    }
}

/// An item with its index, and with text that looks like the end of the list.
pub(super) fn item(index: usize) -> serde_json::Value {
    json!({"nested": {"id": "no"}, "id": format!("i{index}"), "text": "],\"next\":\"x"})
}

pub(super) fn index_of(cursor: &str) -> usize {
    cursor.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}

impl Tenant<'_> {
    fn rows(&self, start: usize, length: usize) -> Vec<serde_json::Value> {
        let end = start.saturating_add(length).min(self.items);
        (start.min(end)..end).map(item).collect()
    }

    pub(super) fn answer(&mut self, query: &Query) -> Answer {
        let text =
            |name| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let number = |name| text(name).map(|value| value.parse::<usize>().unwrap());
        let count =
            query.iter().map(|(key, _)| key).collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!(count, query.len(), "a parameter came twice: {query:?}");
        let size = number("take").or(number("per_page")).expect("a page size");
        assert!((1..=self.page_max).contains(&size), "{size} of {}", self.page_max);
        let page_start = number("page").unwrap_or(0) * size;
        if let (Some(window), Some(_)) = (self.window, number("page")) {
            assert!(page_start + size <= window, "past the window: {query:?}");
        }
        let fake = match self.fake {
            Fake::Both if number("page").is_some() => Fake::Offset,
            Fake::Both => Fake::Checkpoint,
            fake => fake,
        };
        match fake {
            Fake::Checkpoint | Fake::Ragged => {
                assert!(text("page").is_none() && text("include_totals").is_none(), "{query:?}");
                let start = text("from").map_or(0, index_of);
                let length = match fake {
                    Fake::Ragged if self.random.below(3) == 0 => self.random.below(size),
                    _ => size,
                };
                let rows = self.rows(start, length);
                let end = start + rows.len();
                let mut body = json!({"limit": size});
                body[self.key] = rows.into();
                if end < self.items {
                    // An opaque cursor: the position in the list, and a part that is different each
                    // time.
                    body["next"] =
                        format!("{}\"é:{end}", "~".repeat(self.random.below(5000) % 4000)).into();
                } else {
                    match self.random.below(3) {
                        0 => body["next"] = "".into(),
                        1 => body["next"] = serde_json::Value::Null,
                        _ => {}
                    }
                }
                Answer::of(&body)
            }
            Fake::Both | Fake::Offset | Fake::Boastful | Fake::Totalless => {
                assert!(text("from").is_none() && text("take").is_none(), "{query:?}");
                let rows = self.rows(page_start, size);
                assert_eq!(text("include_totals"), Some("true"));
                let mut body = json!({"start": page_start, "limit": size});
                body[self.key] = rows.into();
                match fake {
                    Fake::Offset => body["total"] = self.items.into(),
                    Fake::Boastful => {
                        body["total"] = (self.items + 1 + self.random.below(500)).into();
                    }
                    _ => {}
                }
                Answer::of(&body)
            }
            Fake::Wrapped => {
                assert!(text("include_totals").is_none(), "{query:?}");
                let mut body =
                    json!({"total": self.items, "page": number("page"), "per_page": size});
                body[self.key] = self.rows(page_start, size).into();
                Answer::of(&body)
            }
            Fake::All => Answer::of(&self.rows(0, self.items).into()),
            Fake::AfterId { inclusive } => {
                let start = text("from").map_or(0, |id| index_of(id) + usize::from(!inclusive));
                Answer::of(&self.rows(start, size).into())
            }
            Fake::Logs { linked } => {
                let start = match text("from") {
                    Some(id) => {
                        assert!(text("page").is_none() && text("sort").is_none(), "{query:?}");
                        index_of(&id[1..]) + 1
                    }
                    None => page_start,
                };
                let rows = self.rows(start, size);
                let rows: Vec<_> = rows
                    .into_iter()
                    .enumerate()
                    .map(|(nth, mut row)| {
                        row["log_id"] = format!("9{:06}", start + nth).into();
                        row
                    })
                    .collect();
                let last = (start + rows.len()).saturating_sub(1);
                let link =
                    format!("https://elsewhere.example/api/v2/logs?take=7&from=9{last:06}#x");
                let link = (linked && text("from").is_some()).then_some(link);
                Answer { text: json!(rows).to_string(), link }
            }
        }
    }
}
