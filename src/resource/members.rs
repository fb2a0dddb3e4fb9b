//! The collections below one resource: list, add, remove.

use serde_json::{Value, json};

use crate::base::error::{Error, Kind as ErrorKind};
use crate::base::text::foreign;
use crate::hint;
use crate::management::catalog::{self, Method};
use crate::management::change::Object;
use crate::management::paging::Listing;
use crate::management::schema;
use crate::resource::changes::{ChangeSet, warnings};
use crate::resource::confirm::Confirmation;
use crate::resource::kinds::{APIS, MemberBody, MemberName, Members, Write as Request};
use crate::resource::naming::{ResourceRef, text_of};
use crate::resource::{Failures, ResourceContext, Write};

/// How many members one request takes, unless the body's schema says otherwise.
const AT_ONCE: usize = 50;

/// A member as it is named on the command line, found.
struct Member {
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
        text: &str,
        limit: Option<usize>,
    ) -> Result<(), Error> {
        let above = self.lookup().find(text)?;
        let what = format!("list the {} of the {} {above}", plural(members), self.kind.singular);
        let path = catalog::fill(members.path, [above.id.as_str()])?;
        let listing = listing_of(members, &what, &path, limit)?;
        self.columns = members.columns;
        self.print(&listing, &plural(members), limit, |_| true)
    }

    /// Adds members to the one that `text` names.
    ///
    /// # Errors
    /// Usage, if names or fields are missing; not found; the API's refusal.
    pub fn add_members(
        &mut self,
        members: &Members,
        text: &str,
        names: &[String],
        changes: &ChangeSet,
        confirm: &Confirmation,
    ) -> Result<(), Error> {
        let request = members.add.as_ref().ok_or_else(|| cannot("add", members))?;
        self.change_members(members, request, text, names, changes, (confirm, true))
    }

    /// Removes members from the one that `text` names. Asks first if that deletes them.
    ///
    /// # Errors
    /// Not found; the API's refusal.
    pub fn remove_members(
        &mut self,
        members: &Members,
        text: &str,
        names: &[String],
        confirm: &Confirmation,
    ) -> Result<(), Error> {
        let request = members.remove.as_ref().ok_or_else(|| cannot("remove", members))?;
        let none = ChangeSet::default();
        self.change_members(members, request, text, names, &none, (confirm, false))
    }

    fn change_members(
        &mut self,
        members: &Members,
        request: &Request,
        text: &str,
        names: &[String],
        changes: &ChangeSet,
        (confirm, adds): (&Confirmation, bool),
    ) -> Result<(), Error> {
        let body_schema = schema::body(request.method.as_str(), request.path);
        let fields = changes.clone().typed(body_schema).over(&Object::new())?;
        let takes_fields = matches!(request.body, MemberBody::Fields | MemberBody::Id(_));
        if !fields.is_empty() && !takes_fields {
            return Err(Error::usage(format!("a {} has no fields to set", members.singular))
                .hint("leave out --set and --json"));
        }
        let verb = if adds { "add" } else { "remove" };
        let asks = self.api.identity().is_protected()
            || (!adds && matches!(members.named, MemberName::Own(_)));
        if asks {
            self.check_confirmable(confirm)?;
        }
        let above = self.lookup().find(text)?;
        if request.body == MemberBody::Fields && adds {
            return self.create_member(members, request, &above, &fields);
        }
        let found = self.find_members(members, &above, names)?;
        if asks && !self.dry_run && !confirm.is_answered(self.api.identity())? {
            let names: Vec<_> = found.iter().map(|member| member.found.to_string()).collect();
            let question = format!(
                "{verb} the {} {} of the {} {above} on {}?",
                plural(members),
                names.join(", "),
                self.kind.singular,
                self.api.identity().place()
            );
            confirm.ask(&question, self.api.identity(), self.io)?;
        }
        let key = match request.body {
            MemberBody::Ids(key) => key,
            MemberBody::Permissions => "permissions",
            _ => "",
        };
        let bound = body_schema
            .and_then(|body| body.fields().into_iter().find(|field| field.name == key)?.most());
        let at_once = match request.body {
            MemberBody::Ids(_) | MemberBody::Permissions | MemberBody::Statuses(_) => {
                bound.map_or(AT_ONCE, |bound| bound as usize).max(1)
            }
            _ => 1,
        };
        for some in found.chunks(at_once) {
            self.send_members(members, request, (&above, verb), some, &fields)?;
        }
        Ok(())
    }

    fn send_members(
        &mut self,
        members: &Members,
        request: &Request,
        (above, verb): (&ResourceRef, &str),
        some: &[Member],
        fields: &Object,
    ) -> Result<(), Error> {
        let Some(first) = some.first() else { return Ok(()) };
        let values: Vec<_> = some.iter().map(|member| member.value.clone()).collect();
        let placeholders = catalog::placeholders(request.path).count();
        let (path, body) = match request.body {
            MemberBody::None | MemberBody::Fields => {
                let values = [above.id.as_str(), first.found.id.as_str()];
                (catalog::fill(request.path, values.into_iter().take(placeholders))?, None)
            }
            MemberBody::Above(key) => (
                catalog::fill(request.path, [first.found.id.as_str()])?,
                Some(json!({key: [above.id]})),
            ),
            MemberBody::Ids(key) => (self.below(request, above)?, Some(json!({key: values}))),
            MemberBody::Permissions => {
                (self.below(request, above)?, Some(json!({"permissions": values})))
            }
            MemberBody::Id(key) => {
                let mut body = Object::new();
                body.insert(key.to_owned(), first.value.clone());
                body.extend(fields.clone());
                (self.below(request, above)?, Some(Value::Object(body)))
            }
            MemberBody::Statuses(status) => {
                let rows = values.iter().map(|id| json!({"client_id": id, "status": status}));
                (self.below(request, above)?, Some(rows.collect()))
            }
        };
        let names: Vec<_> = some.iter().map(|member| member.found.to_string()).collect();
        let names = names.join(", ");
        let (side, done) = if verb == "add" { ("to", "added") } else { ("from", "removed") };
        let whose = format!("{} {above}", self.kind.singular);
        let what = format!("{verb} the {} {names} {side} the {whose}", members.singular);
        let sent = self.write(&Write {
            what: &what,
            method: request.method.as_str(),
            path: &path,
            body: body.as_ref(),
            doubt: "it may have been done all the same; the same again does no harm".into(),
        })?;
        if sent.is_some() {
            let place = self.api.identity().place();
            self.io.ui.say(format_args!(
                "{done} the {} {names} {side} the {whose} on {place}",
                members.singular
            ));
        }
        Ok(())
    }

    fn below(&self, request: &Request, above: &ResourceRef) -> Result<String, Error> {
        catalog::fill(request.path, [above.id.as_str()])
    }

    /// Adds a member that is made of fields, and shows it.
    fn create_member(
        &mut self,
        members: &Members,
        request: &Request,
        above: &ResourceRef,
        fields: &Object,
    ) -> Result<(), Error> {
        if let Some(body) = schema::body(request.method.as_str(), request.path) {
            self.advise(&warnings(body, fields, None))?;
        }
        let path = self.below(request, above)?;
        let what = format!("add the {} to the {} {above}", members.singular, self.kind.singular);
        let body = Value::Object(fields.clone());
        let write = Write {
            what: &what,
            method: request.method.as_str(),
            path: &path,
            body: Some(&body),
            doubt: "it may have been added all the same; look first".into(),
        };
        let Some(made) = self.write_object(&write)? else { return Ok(()) };
        let place = self.api.identity().place();
        self.io.ui.say(format_args!(
            "added a {} to the {} {above} on {place}",
            members.singular, self.kind.singular
        ));
        self.show_at(members.path, &made)
    }

    /// What each name is; nothing is sent if one of them is nothing.
    fn find_members(
        &mut self,
        members: &Members,
        above: &ResourceRef,
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

    /// Members that are named by their own ID or a field.
    fn find_own(
        &self,
        members: &Members,
        above: &ResourceRef,
        names: &[String],
        field: &str,
    ) -> Result<Vec<Result<Member, Error>>, Error> {
        let what = format!("look for the {}", plural(members));
        let path = catalog::fill(members.path, [above.id.as_str()])?;
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

fn missing(members: &Members, text: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("there is no {} {}", members.singular, foreign(text).quoted()),
    )
}
