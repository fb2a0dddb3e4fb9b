//! From what a person writes to the member that it names.

use serde_json::{Value, json};

use super::{Above, Member, listing_of, plural};
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::hint;
use crate::management::paging::Listing;
use crate::resource::kinds::{APIS, MemberName, Members};
use crate::resource::naming::{ResourceRef, text_of};
use crate::resource::{Failures, ResourceContext};

impl ResourceContext<'_> {
    /// What each name is; nothing is sent if one of them is nothing.
    pub(super) fn find_members(
        &mut self,
        members: &Members,
        above: &Above,
        names: &[String],
    ) -> Result<Vec<Member>, Error> {
        if names.is_empty() {
            let what = format!("no {} was given", members.singular);
            return Err(Error::usage(what).hint("name at least one"));
        }
        let ui = self.io.ui.clone();
        let mut failures = Failures::new(&ui, names.len(), "found");
        let results = match members.named {
            MemberName::Of(kind) => {
                let found = self.lookup_of(kind).find_all(names)?;
                let member = |found: ResourceRef| Member { value: json!(found.id), found };
                found.into_iter().map(|found| found.map(member)).collect()
            }
            MemberName::Permission => self.find_permissions(names)?,
            MemberName::Own(field) => self.find_own(members, above, names, field)?,
        };
        let mut found = Vec::new();
        for result in results {
            found.extend(failures.note(result)?);
        }
        failures.end()?;
        Ok(found)
    }

    /// What one name is.
    ///
    /// # Errors
    /// Not found; the API's refusal.
    pub(in crate::resource) fn find_member(
        &mut self,
        members: &Members,
        above: &Above,
        name: &str,
    ) -> Result<ResourceRef, Error> {
        let found = self.find_members(members, above, &[name.to_owned()])?.pop();
        found.map(|member| member.found).ok_or_else(|| missing(members, name))
    }

    /// Members that are named by their own ID or a field.
    fn find_own(
        &self,
        members: &Members,
        above: &Above,
        names: &[String],
        field: &str,
    ) -> Result<Vec<Result<Member, Error>>, Error> {
        let what = format!("look for the {}", plural(members));
        let path = above.fill(members.path, None)?;
        let mut fits: Vec<Vec<ResourceRef>> = vec![Vec::new(); names.len()];
        listing_of(members, &what, &path, None)?.each(self.api, |row| {
            let row: Value = serde_json::from_str(row).unwrap_or_default();
            let Some(id) = row.get(members.id).and_then(text_of) else { return Ok(true) };
            let named = field.split('.').try_fold(&row, |row, key| row.get(key));
            let named = named.and_then(text_of);
            for (text, fits) in names.iter().zip(&mut fits) {
                if *text == id || Some(text) == named.as_ref() {
                    fits.push(ResourceRef { id: id.clone(), name: named.clone() });
                }
            }
            Ok(true)
        })?;
        let of = |(text, mut fits): (&String, Vec<ResourceRef>)| match fits.len() {
            1 => {
                let found = fits.remove(0);
                Ok(Member { value: json!(found.id), found })
            }
            0 => Err(missing(members, text)),
            several => Err(Error::new(
                ErrorKind::NotFound,
                format!("{several} {} are named {}", plural(members), foreign(text).quoted()),
            )
            .hint(hint!("name it by its ID, such as {}", foreign(&fits[0].id).in_command("ID")))),
        };
        Ok(names.iter().zip(fits).map(of).collect())
    }

    /// Permissions named `API:PERMISSION`. Both halves may hold colons, so the APIs tell where the
    /// first one ends: the longest identifier or name that fits.
    fn find_permissions(&self, names: &[String]) -> Result<Vec<Result<Member, Error>>, Error> {
        let operation = APIS.list().ok_or_else(|| Error::usage("the API does not list APIs"))?;
        let listing = Listing {
            what: "look for the APIs of the permissions",
            path: APIS.path,
            operation,
            query: Vec::new(),
            limit: None,
        };
        let mut best: Vec<Option<(String, String)>> = vec![None; names.len()];
        listing.each(self.api, |row| {
            let row: Value = serde_json::from_str(row).unwrap_or_default();
            let Some(identifier) = row.get("identifier").and_then(text_of) else { return Ok(true) };
            let spellings =
                ["identifier", APIS.name_field].map(|key| row.get(key).and_then(text_of));
            for spelling in spellings.into_iter().flatten() {
                for (text, best) in names.iter().zip(&mut best) {
                    let rest = text.strip_prefix(&spelling).and_then(|rest| rest.strip_prefix(':'));
                    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { continue };
                    if best.as_ref().is_none_or(|(_, known)| rest.len() < known.len()) {
                        *best = Some((identifier.clone(), rest.to_owned()));
                    }
                }
            }
            Ok(true)
        })?;
        let of = |(text, best): (&String, Option<(String, String)>)| {
            let Some((api, permission)) = best else {
                return Err(Error::new(
                    ErrorKind::NotFound,
                    format!("no API has the permission {}", foreign(text).quoted()),
                )
                .because("a permission is named API:PERMISSION")
                .hint("see the APIs: auth0-resources apis list"));
            };
            let value = json!({"resource_server_identifier": api, "permission_name": permission});
            Ok(Member { found: ResourceRef { id: permission, name: None }, value })
        };
        Ok(names.iter().zip(best).map(of).collect())
    }
}

fn missing(members: &Members, text: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("there is no {} {}", members.singular, foreign(text).quoted()),
    )
}
