//! From a name or an ID to the one resource it names.

mod by_name;

use crate::base::error::{Error, ErrorKind};
use crate::base::text::{foreign, with_article};
use crate::management::catalog::Operation;
use crate::management::change::Object;
use crate::management::paging::Listing;
use crate::management::{Call, Management, Query};
use crate::resource::kinds::{IdForm, Kind, NameLookup};
use crate::resource::naming::{ResourceRef, reference, reference_of, text_of, with_list};
use crate::resource::object_of;
use crate::term::Io;
use crate::term::progress::{Progress, Waiting};

/// Up to this many are asked for one by one; past that the list of all is the shorter way.
const ONE_BY_ONE: usize = 20;

/// Looks up resources of one kind.
#[derive(Clone, Copy)]
pub struct Lookup<'a> {
    /// The kind.
    pub kind: &'static Kind,
    /// The tenant's API.
    pub api: &'a Management<'a>,
    /// Where progress goes.
    pub io: &'a Io,
}

/// The `fields` parameters for what will be shown, as far as the operation takes them: the top level
/// of `wanted`, or everything; in either case without the secrets unless they are revealed.
pub fn fields_query(
    kind: &Kind,
    operation: &Operation,
    wanted: Option<&[String]>,
    reveal_secrets: bool,
) -> Query {
    let takes = |name: &str| operation.query().any(|parameter| parameter.name == name);
    if !takes("fields") || !takes("include_fields") {
        return Vec::new();
    }
    let pair = |key: &str, value: String| (key.to_owned(), value);
    match wanted {
        Some(wanted) => {
            let asked = |field: &&str| reveal_secrets || !kind.secrets.contains(field);
            let mut fields: Vec<_> = wanted.iter().map(String::as_str).filter(asked).collect();
            if fields.is_empty() {
                // No field at all would mean every field.
                fields.push(kind.id);
            }
            vec![pair("fields", fields.join(",")), pair("include_fields", "true".to_owned())]
        }
        None if !kind.asked_for.is_empty() => {
            let fields = kind.asked_for.join(",");
            vec![pair("fields", fields), pair("include_fields", "true".to_owned())]
        }
        None if reveal_secrets || kind.secrets.is_empty() => Vec::new(),
        None => {
            vec![pair("fields", kind.secrets.join(",")), pair("include_fields", "false".to_owned())]
        }
    }
}

impl<'a> Lookup<'a> {
    /// The same tenant, another kind.
    pub fn of(self, kind: &'static Kind) -> Self {
        Self { kind, ..self }
    }

    /// Reads one resource by its ID: the fields in `wanted`, or all.
    ///
    /// # Errors
    /// Not found, or the API's refusal.
    pub fn get(&self, id: &str, wanted: Option<&[String]>, secrets: bool) -> Result<Object, Error> {
        let what = match self.kind.is_singleton() {
            true => format!("read the {}", self.kind.singular),
            false => format!("read the {} {}", self.kind.singular, foreign(id).named()),
        };
        let _waiting = Waiting::new(&self.io.ui);
        let Some(operation) = self.kind.show() else { return self.listed(id, &what) };
        let query = fields_query(self.kind, &operation, wanted, secrets);
        let path = self.kind.path_of(id)?;
        let answer = self.api.call(&Call { query: &query, ..Call::get(&what, &path) })?;
        object_of(self.kind, &answer, &what)
    }

    /// One of a kind that the API only lists.
    fn listed(&self, id: &str, what: &str) -> Result<Object, Error> {
        let mut found = None;
        if let Some(listing) = self.listing(what, Vec::new()) {
            listing.each(self.api, |row| {
                let fits = reference(self.kind, row).is_some_and(|it| it.id == id);
                if fits {
                    found = serde_json::from_str(row).ok();
                }
                Ok(!fits)
            })?;
        }
        found.ok_or_else(|| with_list(self.kind.unknown(id), self.kind))
    }

    /// What each of `texts` names, in order.
    ///
    /// # Errors
    /// A failure of the API that would meet every text. If a text names nothing, or several
    /// resources, the list holds its error.
    pub fn find_all(&self, texts: &[String]) -> Result<Vec<Result<ResourceRef, Error>>, Error> {
        let texts: Vec<_> =
            texts.iter().map(|text| self.given_or_chosen(text)).collect::<Result<_, _>>()?;
        let mut found: Vec<Option<Result<ResourceRef, Error>>> = Vec::with_capacity(texts.len());
        let mut progress = Progress::new(&self.io.ui);
        let one_by_one = texts.len() <= ONE_BY_ONE;
        for text in &texts {
            if let Err(error) = self.kind.check_name(text) {
                found.push(Some(Err(error)));
                continue;
            }
            progress.at(|| {
                format!("looking up {} of {} {}", found.len(), texts.len(), self.kind.plural)
            });
            let walks = self.walkable().is_some() && !matches!(self.kind.find, NameLookup::AsUser);
            found.push(if one_by_one || !walks { self.by_id(text)? } else { None });
        }
        drop(progress);
        let names: Vec<_> = texts
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(text, _)| &**text)
            .collect();
        let by_name = match self.by_name(&names) {
            // Text that cannot be a name needs no look-up, as in `read`.
            Err(error)
                if error.kind() == ErrorKind::Refused
                    && names.iter().all(|name| self.kind.is_id(name)) =>
            {
                names
                    .iter()
                    .map(|id| Ok(ResourceRef { id: (*id).to_owned(), name: None }))
                    .collect()
            }
            result => result?,
        };
        let mut by_name = by_name.into_iter();
        Ok(found.into_iter().filter_map(|found| found.or_else(|| by_name.next())).collect())
    }

    /// What `text` names.
    ///
    /// # Errors
    /// Not found, if it names nothing or several resources; the API's refusal.
    pub fn find(&self, text: &str) -> Result<ResourceRef, Error> {
        self.find_all(&[text.to_owned()])?
            .pop()
            .unwrap_or_else(|| Err(Error::new(ErrorKind::NotFound, "no name was given")))
    }

    /// What `text` names, and the fields of it that are wanted.
    ///
    /// # Errors
    /// As [`Lookup::find`].
    pub fn read(
        &self,
        text: &str,
        wanted: Option<&[String]>,
        secrets: bool,
    ) -> Result<(String, Object), Error> {
        if self.kind.is_singleton() {
            return Ok((String::new(), self.get("", wanted, secrets)?));
        }
        let text = &*self.given_or_chosen(text)?;
        self.kind.check_name(text)?;
        if self.kind.may_be_id(text) {
            match self.get(text, wanted, secrets) {
                Err(error) if self.says_no_id(&error) => {}
                read => {
                    let read = read?;
                    let id = read.get(self.kind.id).and_then(text_of);
                    return Ok((id.unwrap_or_else(|| text.to_owned()), read));
                }
            }
        }
        let found = self.by_name(&[text])?.remove(0)?;
        let read = self.get(&found.id, wanted, secrets)?;
        Ok((found.id, read))
    }

    /// Whether a read failed because the text is not an ID: the API refuses the form of some.
    fn says_no_id(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::NotFound
            || (error.kind() == ErrorKind::Rejected
                && matches!(self.kind.id_form, IdForm::Unknown | IdForm::Name))
    }

    /// `None` if `text` is not an ID or no such resource exists.
    fn by_id(&self, text: &str) -> Result<Option<Result<ResourceRef, Error>>, Error> {
        if !self.kind.may_be_id(text) {
            return Ok(None);
        }
        match self.get(text, Some(&self.name_fields()), false) {
            Ok(object) => {
                let found = reference_of(self.kind, &object);
                let found = found.unwrap_or_else(|| ResourceRef {
                    id: text.to_owned(),
                    name: object.get(self.kind.name_field).and_then(text_of),
                });
                Ok(Some(Ok(found)))
            }
            Err(error) if self.says_no_id(&error) => Ok(None),
            Err(error) => match error.kind() {
                // A token without the scope to read may still be allowed the request that follows.
                // Only text that cannot be a name is taken for an ID here, because the API answers
                // 204 when an unknown ID is deleted.
                ErrorKind::Refused if self.kind.is_id(text) => {
                    Ok(Some(Ok(ResourceRef { id: text.to_owned(), name: None })))
                }
                ErrorKind::Refused => Ok(Some(Err(error.because(format!(
                    "without a look-up it is not known whether this is the ID or the name of {}; nothing was sent",
                    with_article(self.kind.singular)
                ))))),
                _ => Err(error),
            },
        }
    }

    /// The list of all, unless the API lists only those of something else.
    fn walkable(&self) -> Option<Operation> {
        let needs = |list: &Operation| list.query().any(|parameter| parameter.required);
        self.kind.list().filter(|list| !needs(list))
    }

    pub(super) fn listing<'l>(&self, what: &'l str, mut query: Query) -> Option<Listing<'l>> {
        let operation = self.walkable()?;
        query.extend(fields_query(self.kind, &operation, Some(&self.name_fields()), false));
        Some(Listing { what, path: self.kind.path, operation, query, limit: None })
    }

    fn name_fields(&self) -> Vec<String> {
        let mut fields = vec![self.kind.id.to_owned()];
        if self.kind.name_field != self.kind.id {
            fields.push(self.kind.name_field.to_owned());
        }
        fields
    }
}
