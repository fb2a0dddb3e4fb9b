//! Names as good as IDs: from what was typed to the one thing it names.

use std::collections::HashMap;

use serde::Deserialize;

use crate::base::error::{Error, Kind};
use crate::base::near::Near;
use crate::base::text::{Shown, foreign};
use crate::hint;
use crate::resource::legacy::Resource;

/// A thing the API has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its ID.
    pub id: String,
    /// Its name, where the API showed one.
    pub name: Option<String>,
}

/// On one line, whatever the tenant says its name is.
impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = foreign(&self.id).named();
        match &self.name {
            Some(name) => write!(f, "{} ({id})", foreign(name).quoted()),
            None => write!(f, "{id}"),
        }
    }
}

impl Resource {
    /// ID and name of a row, if it has an ID.
    pub fn found(&self, row: &str) -> Option<Found> {
        #[derive(Deserialize)]
        struct Row {
            id: Option<String>,
            client_id: Option<String>,
            name: Option<String>,
        }
        let row: Row = serde_json::from_str(row).ok()?;
        let id = if self.id == "id" { row.id } else { row.client_id };
        Some(Found { id: id?, name: row.name })
    }
}

/// How many of those that one name fits are told.
const MOST_TOLD: usize = 10;

/// Near names are looked for as long as no more texts than this are.
const MOST_NEAR: usize = 10;

/// A walk through a list for what several texts name: rows are offered, then the results taken.
pub struct Search<'a> {
    resource: &'a Resource,
    wanted: Vec<Wanted<'a>>,
    /// Where each text is in `wanted`.
    index: HashMap<&'a str, usize>,
    rows: usize,
    /// How many texts turned out to be IDs.
    with_id: usize,
}

struct Wanted<'a> {
    text: &'a str,
    by_id: Option<Found>,
    by_name: Vec<Found>,
    fits: usize,
    near: Near,
}

impl<'a> Search<'a> {
    /// A search for what each of `texts` names; no two are the same.
    pub fn new(resource: &'a Resource, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let wanted = texts.into_iter().map(|text| Wanted {
            text,
            by_id: None,
            by_name: Vec::new(),
            fits: 0,
            near: Near::new(text),
        });
        let wanted: Vec<_> = wanted.collect();
        let index = wanted.iter().enumerate().map(|(at, wanted)| (wanted.text, at)).collect();
        Self { resource, wanted, index, rows: 0, with_id: 0 }
    }

    /// Takes note of a row.
    pub fn offer(&mut self, found: &Found) {
        self.rows += 1;
        if let Some(at) = self.index.get(found.id.as_str()) {
            self.with_id += usize::from(self.wanted[*at].by_id.replace(found.clone()).is_none());
        }
        let Some(name) = &found.name else { return };
        if let Some(at) = self.index.get(name.as_str()) {
            let wanted = &mut self.wanted[*at];
            wanted.fits += 1;
            if wanted.by_name.len() < MOST_TOLD {
                wanted.by_name.push(found.clone());
            }
        } else {
            self.offer_near(name);
        }
    }

    /// Takes note of a name for what it is near to alone.
    pub fn offer_near(&mut self, name: &str) {
        if self.wanted.len() <= MOST_NEAR {
            for wanted in
                self.wanted.iter_mut().filter(|wanted| wanted.fits == 0 && wanted.by_id.is_none())
            {
                wanted.near.offer(name);
            }
        }
    }

    /// Rows seen so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether every text is an ID that was seen: no further row can change that.
    pub fn is_decided(&self) -> bool {
        self.with_id == self.wanted.len()
    }

    /// Whether every text fits something.
    pub fn all_fit(&self) -> bool {
        self.wanted.iter().all(|wanted| wanted.by_id.is_some() || wanted.fits > 0)
    }

    /// For each text the one thing it names, or why there is none.
    pub fn results(self) -> Vec<Result<Found, Error>> {
        let resource = self.resource;
        self.wanted.into_iter().map(|wanted| wanted.result(resource)).collect()
    }
}

impl Wanted<'_> {
    fn result(mut self, resource: &Resource) -> Result<Found, Error> {
        let text = self.text;
        if let Some(found) = self.by_id {
            return Ok(found);
        }
        match self.fits {
            1 => Ok(self.by_name.remove(0)),
            0 => {
                let error = Error::new(
                    Kind::NotFound,
                    format!("there is no {} {}", resource.singular, foreign(text).quoted()),
                );
                let near = self.near.names();
                Err(if near.is_empty() {
                    error.hint(hint!("see what there is: {} list", resource.command))
                } else {
                    let near = near.iter().map(|name| foreign(name).quoted());
                    error.hint(hint!("did you mean {}?", Shown::join(near, " or ")))
                })
            }
            fits => {
                let ids = self.by_name.iter().map(|found| foreign(&found.id).named());
                let more = if fits > MOST_TOLD { ", …" } else { "" };
                Err(Error::new(
                    Kind::NotFound,
                    format!(
                        "{fits} {} have the name {}: {}{more}",
                        resource.plural,
                        foreign(text).quoted(),
                        Shown::join(ids, ", ")
                    ),
                )
                .hint(hint!(
                    "name it by its ID, such as {}",
                    foreign(&self.by_name[0].id).in_command("ID")
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::legacy::CLIENTS;

    fn search(text: &str, rows: &[(&str, &str)]) -> Result<Found, Error> {
        let mut search = Search::new(&CLIENTS, [text]);
        for (id, name) in rows {
            search.offer(&Found { id: (*id).to_owned(), name: Some((*name).to_owned()) });
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
            search.offer(&Found { id: id.to_owned(), name: Some("b2".to_owned()) });
            assert_eq!(search.is_decided(), decided, "{id}");
        }
        assert!(search.results().iter().all(Result::is_ok));
    }

    #[test]
    fn a_name_that_fits_several_tells_their_ids() {
        let error = search("App", &[("a1", "App"), ("b2", "App"), ("c3", "Apple")]).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert_eq!(error.message(), "2 clients have the name 'App': a1, b2");
    }

    #[test]
    fn a_name_that_fits_none_tells_the_nearest() {
        let rows = [("1", "Chekout"), ("2", "checkout-api"), ("3", "Checkout"), ("4", "Billing")];
        let error = search("checkout", &rows).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
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
            CLIENTS.found(r#"{"client_id":"a","name":"b","id":"c"}"#),
            Some(Found { id: "a".into(), name: Some("b".into()) })
        );
        for row in ["[]", "1", r#"{"name":"b"}"#, r#"{"client_id":5}"#, ""] {
            assert_eq!(CLIENTS.found(row), None, "{row}");
        }
    }
}
