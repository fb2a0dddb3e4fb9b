//! How a name becomes an ID.

use super::{Lookup, ONE_BY_ONE};
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{foreign, with_article};
use crate::hint;
use crate::management::Call;
use crate::management::catalog;
use crate::management::paging::Listing;
use crate::resource::kinds::{IdForm, NameLookup, NamePart};
use crate::resource::naming::{
    ResourceRef, Search, only_one, reference, reference_of, text_of, with_list,
};
use crate::resource::{object, user_lookup};
use crate::term::progress::Progress;

/// How many rows are looked through for a name that is near one that does not exist.
const NEAR_ROWS: usize = 1_000;

impl Lookup<'_> {
    /// What each of the names means, in order.
    pub(super) fn by_name(&self, names: &[&str]) -> Result<Vec<Result<ResourceRef, Error>>, Error> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        if let NameLookup::Pair(parts) = self.kind.find {
            return names.iter().map(|name| self.by_pair(name, parts)).collect();
        }
        if matches!(self.kind.find, NameLookup::AsUser) {
            let mut progress = Progress::new(&self.io.ui);
            let mut found = Vec::with_capacity(names.len());
            for name in names {
                progress.at(|| format!("looking for {} of {}", found.len(), names.len()));
                found.push(self.as_user(name)?);
            }
            return Ok(found);
        }
        let what = format!("look for {} by its name", with_article(self.kind.singular));
        let mut search = Search::new(self.kind, names.iter().copied());
        let few = names.len() <= ONE_BY_ONE;
        match self.kind.find {
            NameLookup::Query(parameter) if few => {
                for name in names {
                    let query = vec![(parameter.to_owned(), (*name).to_owned())];
                    self.offer_all(&mut search, self.listing(&what, query))?;
                }
            }
            NameLookup::Path(template) if few => {
                for name in names.iter().filter(|name| !matches!(**name, "" | "." | "..")) {
                    let path = catalog::fill(template, [*name])?;
                    match self.api.call(&Call::get(&what, &path)) {
                        Err(error)
                            if matches!(
                                error.kind(),
                                ErrorKind::NotFound | ErrorKind::Rejected
                            ) => {}
                        answer => {
                            if let Some(found) = reference_of(self.kind, &object(&answer?, &what)?)
                            {
                                search.offer(&found);
                            }
                        }
                    }
                }
            }
            NameLookup::IdOnly => {
                if let IdForm::Fixed(known) = self.kind.id_form {
                    known.iter().for_each(|name| search.offer_near(name));
                }
                let explained = |error: Error| match self.kind.id_form {
                    IdForm::Prefix(prefix) => error.hint(hint!(
                        "{} is named by its ID, which starts with {}",
                        foreign(&with_article(self.kind.singular)).named(),
                        prefix
                    )),
                    _ => error,
                };
                return Ok(search.results().into_iter().map(|it| it.map_err(explained)).collect());
            }
            _ => {
                self.offer_all(&mut search, self.listing(&what, Vec::new()))?;
                return Ok(search.results());
            }
        }
        if !search.all_fit()
            && let Some(listing) = self.listing(&what, Vec::new())
        {
            let listing = Listing { limit: Some(NEAR_ROWS), ..listing };
            listing.each(self.api, |row| {
                if let Some(name) = reference(self.kind, row).and_then(|found| found.name) {
                    search.offer_near(&name);
                }
                Ok(true)
            })?;
        }
        Ok(search.results())
    }

    fn offer_all(
        &self,
        search: &mut Search<'_>,
        listing: Option<Listing<'_>>,
    ) -> Result<(), Error> {
        let Some(listing) = listing else { return Ok(()) };
        let mut progress = Progress::new(&self.io.ui);
        listing.each(self.api, |row| {
            if let Some(found) = reference(self.kind, row) {
                search.offer(&found);
            }
            progress.at(|| format!("looking through the {}: {}", self.kind.plural, search.rows()));
            Ok(!search.is_decided())
        })
    }

    /// The user that a text names; the error of a text that the API cannot look for is in the result.
    fn as_user(&self, text: &str) -> Result<Result<ResourceRef, Error>, Error> {
        match user_lookup::candidates(self.api, text) {
            Ok(found) => {
                let found = found.iter().filter_map(|object| reference_of(self.kind, object));
                Ok(only_one(self.kind, text, found.collect()))
            }
            Err(error) if error.kind() == ErrorKind::Rejected => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }

    /// The one that belongs to the two resources named in `A:B`; the error of a text that does not
    /// name two is in the result.
    fn by_pair(
        &self,
        text: &str,
        parts: &[NamePart; 2],
    ) -> Result<Result<ResourceRef, Error>, Error> {
        let Some((first, second)) = text.split_once(':') else {
            let names = parts.each_ref().map(|part| part.kind.singular.to_uppercase()).join(":");
            let how =
                format!("{} is named by its ID or as {names}", with_article(self.kind.singular));
            return Ok(Err(with_list(self.kind.unknown(text).because(how), self.kind)));
        };
        let mut query = Vec::new();
        for (part, text) in parts.iter().zip([first, second]) {
            let wanted = [part.field.to_owned()];
            match self.of(part.kind).read(text, Some(&wanted), false) {
                Ok((_, object)) => {
                    let value = object.get(part.field).and_then(text_of).unwrap_or_default();
                    query.push((part.query.to_owned(), value));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Err(error)),
                Err(error) => return Err(error),
            }
        }
        let what = format!("look for the {} {}", self.kind.singular, foreign(text).quoted());
        let mut found = Vec::new();
        if let Some(listing) = self.listing(&what, query) {
            listing.each(self.api, |row| {
                found.extend(reference(self.kind, row));
                Ok(true)
            })?;
        }
        let found = only_one(self.kind, text, found);
        // The two halves are its name: a message must not show an ID in their place.
        Ok(found.map(|found| ResourceRef { name: Some(text.to_owned()), ..found }))
    }
}
