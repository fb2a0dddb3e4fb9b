//! The collections below one resource: list, show, change, add, remove.

mod change;
mod named;

use serde_json::Value;

use crate::base::error::Error;
use crate::management::Call;
use crate::management::catalog::{self, Method};
use crate::management::change::merged;
use crate::management::paging::Listing;
use crate::management::schema::RequestBody;
use crate::resource::changes::{ChangeSet, warnings};
use crate::resource::kinds::Members;
use crate::resource::naming::ResourceRef;
use crate::resource::{ResourceContext, Write, object};

/// What members belong to: one resource, or two.
pub(super) struct Above {
    /// The kind in a sentence, and the resource.
    one: (&'static str, ResourceRef),
    /// The same for the second.
    via: Option<(&'static str, ResourceRef)>,
}

/// In a sentence: the second one first.
impl std::fmt::Display for Above {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((singular, via)) = &self.via {
            write!(f, "the {singular} {via} of ")?;
        }
        write!(f, "the {} {}", self.one.0, self.one.1)
    }
}

impl Above {
    /// The path with the IDs in it, and that of a member.
    ///
    /// # Errors
    /// Usage, if one of them cannot be a segment of a path.
    pub(super) fn fill(&self, template: &str, member: Option<&str>) -> Result<String, Error> {
        let above = [Some(&self.one), self.via.as_ref()].into_iter().flatten();
        let ids = above.map(|(_, found)| found.id.as_str()).chain(member);
        catalog::fill(template, ids)
    }

    /// The ID of the first.
    pub(super) fn id(&self) -> &str {
        &self.one.1.id
    }
}

/// A member as it is named on the command line, found.
pub(super) struct Member {
    found: ResourceRef,
    /// What stands for it in a body.
    value: Value,
}

impl ResourceContext<'_> {
    /// Lists the members of the one that `text` names.
    ///
    /// # Errors
    /// As [`crate::resource::Lookup::find`]; the API's refusal.
    pub fn list_members(
        &mut self,
        members: &Members,
        (text, via): (&str, &str),
        limit: Option<usize>,
    ) -> Result<(), Error> {
        let above = self.find_above(members, text, via)?;
        let what = format!("list the {} of {above}", plural(members));
        let path = above.fill(members.path, None)?;
        let listing = listing_of(members, &what, &path, limit)?;
        self.columns = members.columns;
        self.print(&listing, &plural(members), limit, |_| true)
    }

    /// What `text` names, and `via` if members belong to two.
    pub(super) fn find_above(
        &self,
        members: &Members,
        text: &str,
        via: &str,
    ) -> Result<Above, Error> {
        let one = (self.kind.singular, self.lookup().find(text)?);
        let via = match members.via {
            Some(kind) => Some((kind.singular, self.lookup_of(kind).find(via)?)),
            None => None,
        };
        Ok(Above { one, via })
    }

    /// Shows one member.
    ///
    /// # Errors
    /// Not found; the API's refusal.
    pub fn show_member(&mut self, members: &Members, text: &str, name: &str) -> Result<(), Error> {
        let above = self.find_above(members, text, "")?;
        let found = self.find_member(members, &above, name)?;
        let what = format!("show the {} {found} of {above}", members.singular);
        let path = above.fill(members.item, Some(&found.id))?;
        let shown = object(&self.api.call(&Call::get(&what, &path))?, &what)?;
        self.show_at(members.item, &shown)
    }

    /// Changes one member: its fields are sent as they are given, merged with what is there.
    ///
    /// # Errors
    /// Usage, if there is no change; not found; the API's refusal.
    pub fn update_member(
        &mut self,
        members: &Members,
        (text, name): (&str, &str),
        changes: &ChangeSet,
    ) -> Result<(), Error> {
        let schema = RequestBody::of("PATCH", members.item);
        let changes = changes.clone().typed(schema);
        if changes.is_empty() {
            return Err(Error::usage("no change was given").hint("set a field: --set KEY=VALUE"));
        }
        let above = self.find_above(members, text, "")?;
        let found = self.find_member(members, &above, name)?;
        let what = format!("update the {} {found} of {above}", members.singular);
        let path = above.fill(members.item, Some(&found.id))?;
        let before = object(&self.api.call(&Call::get(&what, &path))?, &what)?;
        let change = changes.over(&before)?;
        let fields = merged(&before, &change, &[])?;
        if let Some(schema) = schema {
            self.advise(&warnings(schema, &fields, Some(&change)))?;
        }
        if fields.is_empty() {
            self.io.ui.say("it is like that already; nothing was sent");
            return if self.dry_run { Ok(()) } else { self.show_at(members.item, &before) };
        }
        let body = Value::Object(fields);
        let updated = self.write_object(&Write {
            what: &what,
            method: "PATCH",
            path: &path,
            body: Some(&body),
            doubt: "it may have been updated all the same; run the command again to be sure".into(),
        })?;
        let Some(updated) = updated else { return Ok(()) };
        let place = self.api.identity().place();
        self.io
            .ui
            .say(format_args!("updated the {} {found} of {above} on {place}", members.singular));
        self.show_at(members.item, &updated)
    }
}

/// Several of them, in a sentence.
fn plural(members: &Members) -> String {
    members.name.replace('-', " ")
}

fn listing_of<'a>(
    members: &Members,
    what: &'a str,
    path: &'a str,
    limit: Option<usize>,
) -> Result<Listing<'a>, Error> {
    let operation =
        catalog::find(Method::Get, members.path).ok_or_else(|| cannot("list", members))?.operation;
    Ok(Listing { what, path, operation, query: Vec::new(), limit })
}

fn cannot(verb: &str, members: &Members) -> Error {
    Error::usage(format!("the API cannot {verb} {}", plural(members)))
}
