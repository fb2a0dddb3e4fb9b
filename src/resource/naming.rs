//! From the text that a person typed to the one resource that has it as its ID or name.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::base::error::{Error, ErrorKind};
use crate::base::near::Near;
use crate::base::text::{Shown, foreign};
use crate::hint;
use crate::management::change::Object;
use crate::resource::kinds::Kind;

/// A thing the API has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRef {
    /// Its ID.
    pub id: String,
    /// Its name, where the API showed one.
    pub name: Option<String>,
}

/// On one line, whatever the tenant says its name is.
impl std::fmt::Display for ResourceRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = foreign(&self.id).named();
        match &self.name {
            Some(name) => write!(f, "{} ({id})", foreign(name).quoted()),
            None => write!(f, "{id}"),
        }
    }
}

/// ID and name of a row, if it has an ID.
pub(crate) fn reference(kind: &Kind, row: &str) -> Option<ResourceRef> {
    let mut json = serde_json::Deserializer::from_str(row);
    let (id, name) = Pick { id: kind.id, name: kind.name_field }.deserialize(&mut json).ok()?;
    Some(ResourceRef { id: id?, name })
}

/// ID and name of an object, if it has an ID.
pub(crate) fn reference_of(kind: &Kind, object: &Object) -> Option<ResourceRef> {
    let text = |field: &str| object.get(field).and_then(text_of);
    Some(ResourceRef { id: text(kind.id)?, name: text(kind.name_field) })
}

/// The text of a string or number.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads two fields of an object without keeping the others.
struct Pick {
    id: &'static str,
    name: &'static str,
}

impl<'de> DeserializeSeed<'de> for Pick {
    type Value = (Option<String>, Option<String>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Pick {
    type Value = (Option<String>, Option<String>);

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut id, mut name) = (None, None);
        while let Some(key) = map.next_key::<BorrowedKey<'_>>()? {
            let (is_id, is_name) = (key.0 == self.id, key.0 == self.name);
            if !is_id && !is_name {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let text = text_of(&map.next_value::<Value>()?);
            if is_name {
                name.clone_from(&text);
            }
            if is_id {
                id = text;
            }
        }
        Ok((id, name))
    }
}

/// A key that is borrowed from the row where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct BorrowedKey<'a>(#[serde(borrow)] Cow<'a, str>);

/// The error, with the command that lists what there is, if the API can list it.
pub(crate) fn with_list(error: Error, kind: &Kind) -> Error {
    match kind.list() {
        Some(_) => error.hint(hint!("see what there is: {} list", kind.command())),
        None => error,
    }
}

/// The code of the error for a name that fits several things.
const AMBIGUOUS: &str = "ambiguous_name";

/// How many of those that one name fits are told.
const MOST_TOLD: usize = 10;

/// Near names are looked for as long as no more texts than this are.
const MOST_NEAR: usize = 10;

/// A walk through a list for what several texts name: rows are offered, then the results taken.
pub(crate) struct Search<'a> {
    kind: &'static Kind,
    sought: Vec<Sought<'a>>,
    /// Where each text is in `sought`.
    index: HashMap<&'a str, usize>,
    rows: usize,
    /// How many texts turned out to be IDs.
    with_id: usize,
}

struct Sought<'a> {
    text: &'a str,
    by_id: Option<ResourceRef>,
    by_name: Vec<ResourceRef>,
    fits: usize,
    near: Near,
}

impl<'a> Search<'a> {
    /// A search for what each of `texts` names; no two are the same.
    pub(crate) fn new(kind: &'static Kind, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let sought = texts.into_iter().map(|text| Sought {
            text,
            by_id: None,
            by_name: Vec::new(),
            fits: 0,
            near: Near::new(text),
        });
        let sought: Vec<_> = sought.collect();
        let index = sought.iter().enumerate().map(|(at, sought)| (sought.text, at)).collect();
        Self { kind, sought, index, rows: 0, with_id: 0 }
    }

    /// Takes note of a row.
    pub(crate) fn offer(&mut self, found: &ResourceRef) {
        self.rows += 1;
        if let Some(at) = self.index.get(found.id.as_str()) {
            self.with_id += usize::from(self.sought[*at].by_id.replace(found.clone()).is_none());
        }
        let Some(name) = &found.name else { return };
        if let Some(at) = self.index.get(name.as_str()) {
            let sought = &mut self.sought[*at];
            sought.fits += 1;
            if sought.by_name.len() < MOST_TOLD {
                sought.by_name.push(found.clone());
            }
        } else {
            self.offer_near(name);
        }
    }

    /// Considers a name only as a suggestion.
    pub(crate) fn offer_near(&mut self, name: &str) {
        if self.sought.len() <= MOST_NEAR {
            for sought in
                self.sought.iter_mut().filter(|sought| sought.fits == 0 && sought.by_id.is_none())
            {
                sought.near.offer(name);
            }
        }
    }

    /// Rows seen so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether every text is an ID that was seen: no further row can change that.
    pub(crate) fn is_decided(&self) -> bool {
        self.with_id == self.sought.len()
    }

    /// Whether every text fits something.
    pub(crate) fn all_fit(&self) -> bool {
        self.sought.iter().all(|sought| sought.by_id.is_some() || sought.fits > 0)
    }

    /// For each text the one thing it names, or the reason why there is not exactly one.
    pub(crate) fn results(self) -> Vec<Result<ResourceRef, Error>> {
        let kind = self.kind;
        self.sought.into_iter().map(|sought| sought.result(kind)).collect()
    }
}

impl Sought<'_> {
    fn result(mut self, kind: &Kind) -> Result<ResourceRef, Error> {
        let text = self.text;
        if let Some(found) = self.by_id {
            return Ok(found);
        }
        match self.fits {
            1 => Ok(self.by_name.remove(0)),
            0 => {
                let error = kind.unknown(text);
                let near = self.near.names();
                Err(if near.is_empty() {
                    with_list(error, kind)
                } else {
                    let near = near.iter().map(|name| foreign(name).quoted());
                    error.hint(hint!("did you mean {}?", Shown::join(near, " or ")))
                })
            }
            fits => Err(ambiguous(kind, text, fits, &self.by_name)),
        }
    }
}

/// The one thing that `text` names, where these are all that it may name.
///
/// # Errors
/// Not found, if that is nothing or several things.
pub(crate) fn only_one(
    kind: &Kind,
    text: &str,
    mut found: Vec<ResourceRef>,
) -> Result<ResourceRef, Error> {
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(with_list(kind.unknown(text), kind)),
        fits => Err(ambiguous(kind, text, fits, &found)),
    }
}

/// The error for a text that fits several things, some of which are `found`.
fn ambiguous(kind: &Kind, text: &str, fits: usize, found: &[ResourceRef]) -> Error {
    let ids = found.iter().take(MOST_TOLD).map(|found| foreign(&found.id).named());
    let more = if fits > MOST_TOLD { ", …" } else { "" };
    let error = Error::new(
        ErrorKind::NotFound,
        format!(
            "{fits} {} have the name {}: {}{more}",
            kind.plural,
            foreign(text).quoted(),
            Shown::join(ids, ", ")
        ),
    )
    .code(AMBIGUOUS);
    match found.first() {
        Some(first) => {
            error.hint(hint!("name it by its ID, such as {}", foreign(&first.id).in_command("ID")))
        }
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::kinds::CLIENTS;

    fn search(text: &str, rows: &[(&str, &str)]) -> Result<ResourceRef, Error> {
        let mut search = Search::new(&CLIENTS, [text]);
        for (id, name) in rows {
            search.offer(&ResourceRef { id: (*id).to_owned(), name: Some((*name).to_owned()) });
        }
        search.results().remove(0)
    }

    #[test]
    fn a_name_that_fits_one_is_as_good_as_its_id() {
        let rows = [("a1", "Checkout"), ("b2", "Billing")];
        assert_eq!(search("Billing", &rows).unwrap().id, "b2");
        assert_eq!(search("a1", &rows).unwrap().name.as_deref(), Some("Checkout"));
    }

    #[test]
    fn an_id_outranks_a_name() {
        assert_eq!(
            search("a1", &[("b2", "a1"), ("a1", "x"), ("c3", "a1")]).unwrap().name.as_deref(),
            Some("x")
        );
    }

    #[test]
    fn a_search_for_ids_alone_can_end_early() {
        let mut search = Search::new(&CLIENTS, ["a1", "b2"]);
        for (id, decided) in [("a1", false), ("a1", false), ("c3", false), ("b2", true)] {
            search.offer(&ResourceRef { id: id.to_owned(), name: Some("b2".to_owned()) });
            assert_eq!(search.is_decided(), decided, "{id}");
        }
        assert!(search.results().iter().all(Result::is_ok));
    }

    #[test]
    fn a_name_that_fits_several_tells_their_ids() {
        let error = search("App", &[("a1", "App"), ("b2", "App"), ("c3", "Apple")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.message(), "2 clients have the name 'App': a1, b2");
    }

    #[test]
    fn a_name_that_fits_none_tells_the_nearest() {
        let rows = [("1", "Chekout"), ("2", "checkout-api"), ("3", "Checkout"), ("4", "Billing")];
        let error = search("checkout", &rows).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(
            error.hint_text(),
            Some("did you mean 'Checkout' or 'Chekout' or 'checkout-api'?")
        );
        assert!(
            search("zzzzz", &rows).unwrap_err().hint_text().unwrap().contains("auth0-clients list")
        );
    }

    #[test]
    fn rows_of_any_shape_are_read_or_passed_over() {
        assert_eq!(
            reference(&CLIENTS, r#"{"client_id":"a","name":"b","id":"c"}"#),
            Some(ResourceRef { id: "a".into(), name: Some("b".into()) })
        );
        for row in ["[]", "1", r#"{"name":"b"}"#, r#"{"client_id":null}"#, ""] {
            assert_eq!(reference(&CLIENTS, row), None, "{row}");
        }
    }
}
