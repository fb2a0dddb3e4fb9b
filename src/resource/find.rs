//! From a name or an ID to the one thing it names.

use crate::base::error::{Error, Kind};
use crate::management::Query;
use crate::management::change::Object;
use crate::management::listing::{Listing, Paging};
use crate::management::naming::{Found, Search};
use crate::resource::Desk;
use crate::term::progress::Progress;

/// How many rows are looked through for a name that is near one that does not exist.
const NEAR_ROWS: usize = 1_000;

/// Up to this many are asked for one by one; past that the list of all is the shorter way.
const ONE_BY_ONE: usize = 20;

impl Desk<'_> {
    /// What each of `texts` names, in order.
    ///
    /// # Errors
    /// Those of the API that no other text could escape; a text that names nothing, or several,
    /// has its error in the list.
    pub fn find_all(&self, texts: &[String]) -> Result<Vec<Result<Found, Error>>, Error> {
        let mut found: Vec<Option<Result<Found, Error>>> = Vec::with_capacity(texts.len());
        let mut progress = Progress::new(&self.io.ui);
        let one_by_one = texts.len() <= ONE_BY_ONE;
        for text in texts {
            progress.at(|| {
                format!("looking up {} of {} {}", found.len(), texts.len(), self.resource.plural)
            });
            found.push(if one_by_one { self.by_id(text)? } else { None });
        }
        drop(progress);
        let names = texts
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(text, _)| text.as_str());
        let names = names.collect::<Vec<_>>();
        let by_name = match self.by_name(&names) {
            // As for one: text that cannot be a name needs no look-up.
            Err(error)
                if error.kind() == Kind::Refused
                    && names.iter().all(|name| (self.resource.is_issued_id)(name)) =>
            {
                names.iter().map(|id| Ok(Found { id: (*id).to_owned(), name: None })).collect()
            }
            result => result?,
        };
        let mut by_name = by_name.into_iter();
        Ok(found.into_iter().filter_map(|found| found.or_else(|| by_name.next())).collect())
    }

    /// What `text` names.
    ///
    /// # Errors
    /// Not found, when that is nothing or several things; the API's.
    pub fn find(&self, text: &str) -> Result<Found, Error> {
        self.find_all(&[text.to_owned()])?
            .pop()
            .unwrap_or_else(|| Err(Error::new(Kind::NotFound, "nothing is named")))
    }

    /// What `text` names, and the fields of it that `query` asks for.
    ///
    /// # Errors
    /// As [`Desk::find`].
    pub fn read(&self, text: &str, query: &Query) -> Result<(String, Object), Error> {
        if (self.resource.may_be_id)(text) {
            match self.get(text, query) {
                Err(error) if error.kind() == Kind::NotFound => {}
                read => return Ok((text.to_owned(), read?)),
            }
        }
        let found = self.by_name(&[text])?.remove(0)?;
        Ok((found.id.clone(), self.get(&found.id, query)?))
    }

    /// `None` where it is no ID, or that of nothing.
    fn by_id(&self, text: &str) -> Result<Option<Result<Found, Error>>, Error> {
        if !(self.resource.may_be_id)(text) {
            return Ok(None);
        }
        match self.get(text, &self.names_alone()) {
            Ok(object) => {
                let name = object.get("name").and_then(|name| name.as_str()).map(str::to_owned);
                Ok(Some(Ok(Found { id: text.to_owned(), name })))
            }
            Err(error) => match error.kind() {
                Kind::NotFound => Ok(None),
                // A token that may not read may still be allowed what comes next. Only a text that
                // cannot be a name is used so: the API answers 204 when an unknown ID is deleted.
                Kind::Refused if (self.resource.is_issued_id)(text) => {
                    Ok(Some(Ok(Found { id: text.to_owned(), name: None })))
                }
                Kind::Refused => Ok(Some(Err(error.because(format!(
                    "without a look-up it is not known whether this is the ID or the name of a {}; nothing was sent",
                    self.resource.singular
                ))))),
                _ => Err(error),
            },
        }
    }

    fn by_name(&self, names: &[&str]) -> Result<Vec<Result<Found, Error>>, Error> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let what = format!("look for a {} by its name", self.resource.singular);
        let listing = |query, limit| Listing {
            what: &what,
            path: self.resource.path,
            key: self.resource.key,
            query,
            limit,
            paging: Paging::Either,
        };
        let mut search = Search::new(self.resource, names.iter().copied());
        let mut progress = Progress::new(&self.io.ui);
        let mut offer = |row: &str| {
            if let Some(found) = self.resource.found(row) {
                search.offer(&found);
            }
            progress
                .at(|| format!("looking through the {}: {}", self.resource.plural, search.rows()));
            Ok(!search.is_decided())
        };
        if !self.resource.finds_names || names.len() > ONE_BY_ONE {
            listing(self.names_alone(), None).each(self.api, &mut offer)?;
            return Ok(search.results());
        }
        for name in names {
            let mut query = self.names_alone();
            query.push(("name".to_owned(), (*name).to_owned()));
            listing(query, None).each(self.api, &mut offer)?;
        }
        if !search.all_fit() {
            let mut offer = |row: &str| {
                if let Some(name) = self.resource.found(row).and_then(|found| found.name) {
                    search.offer_near(&name);
                }
                Ok(true)
            };
            listing(self.names_alone(), Some(NEAR_ROWS)).each(self.api, &mut offer)?;
        }
        Ok(search.results())
    }

    fn names_alone(&self) -> Query {
        self.resource.fields(Some(&[self.resource.id.to_owned(), "name".to_owned()]), false)
    }
}
