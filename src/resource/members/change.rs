//! Adds and removes members.

use serde_json::{Value, json};

use super::{Above, Member, cannot, plural};
use crate::base::error::Error;
use crate::base::text::with_article;
use crate::hint;
use crate::management::catalog;
use crate::management::change::{Object, set_at, value_at};
use crate::management::schema::RequestBody;
use crate::resource::changes::{ChangeSet, warnings};
use crate::resource::confirm::Confirmation;
use crate::resource::kinds::{MemberBody, MemberName, MemberWrite, Members};
use crate::resource::{ResourceContext, Write};

/// How many members one request takes, unless the body's schema says otherwise.
const AT_ONCE: usize = 50;

impl ResourceContext<'_> {
    /// Adds members to the one that `text` names, or that `text` and `via` name.
    ///
    /// # Errors
    /// Usage, if names or fields are missing; not found; the API's refusal.
    pub fn add_members(
        &mut self,
        members: &Members,
        (text, via): (&str, &str),
        names: &[String],
        changes: &ChangeSet,
        confirm: &Confirmation,
    ) -> Result<(), Error> {
        let request = members.add.as_ref().ok_or_else(|| cannot("add", members))?;
        self.change_members(members, request, (text, via), names, changes, (confirm, true))
    }

    /// Removes members from the one that `text` names. Asks first if that deletes them.
    ///
    /// # Errors
    /// Not found; the API's refusal.
    pub fn remove_members(
        &mut self,
        members: &Members,
        (text, via): (&str, &str),
        names: &[String],
        confirm: &Confirmation,
    ) -> Result<(), Error> {
        let request = members.remove.as_ref().ok_or_else(|| cannot("remove", members))?;
        let none = ChangeSet::default();
        self.change_members(members, request, (text, via), names, &none, (confirm, false))
    }

    fn change_members(
        &mut self,
        members: &Members,
        request: &MemberWrite,
        (text, via): (&str, &str),
        names: &[String],
        changes: &ChangeSet,
        (confirm, adds): (&Confirmation, bool),
    ) -> Result<(), Error> {
        let body_schema = RequestBody::of(request.method.as_str(), request.path);
        // The fields of a row are typed as the row's.
        let row_schema = match request.body {
            MemberBody::Rows(key, _) => {
                body_schema.and_then(|body| body.at([key])?.items()).map(RequestBody::from)
            }
            _ => body_schema,
        };
        let fields = changes.clone().typed(row_schema).over(&Object::new())?;
        let takes_fields =
            matches!(request.body, MemberBody::Fields | MemberBody::Id(_) | MemberBody::Rows(..));
        if !fields.is_empty() && !takes_fields {
            return Err(Error::usage(format!(
                "{} has no fields to set",
                with_article(members.singular)
            ))
            .hint("leave out --set and --json"));
        }
        if let (MemberBody::Rows(_, id), Some(schema)) = (request.body, row_schema) {
            let mut row = fields.clone();
            row.insert(id.to_owned(), Value::from("ID"));
            self.advise(&warnings(schema, &row, None))?;
        }
        let verb = if adds { "add" } else { "remove" };
        let asks = self.api.identity().is_protected()
            || (!adds && matches!(members.named, MemberName::Own(_)));
        if asks {
            self.check_confirmable(confirm)?;
        }
        let made = match request.body {
            MemberBody::Fields if adds => Some(made_of(members, names, &fields)?),
            _ => None,
        };
        let above = self.find_above(members, text, via)?;
        if let Some(made) = made {
            let mut made = made.iter();
            return made.try_for_each(|it| self.create_member(members, request, &above, it));
        }
        let found = self.find_members(members, &above, names)?;
        if asks && !self.dry_run && !confirm.is_answered(self.api.identity())? {
            let names: Vec<_> = found.iter().map(|member| member.found.to_string()).collect();
            let question = format!(
                "{verb} the {} {} of {above} on {}?",
                plural(members),
                names.join(", "),
                self.api.identity().place()
            );
            confirm.ask(&question, self.api.identity(), self.io)?;
        }
        let key = match request.body {
            MemberBody::Ids(key) | MemberBody::Rows(key, _) => key,
            MemberBody::Permissions => "permissions",
            _ => "",
        };
        let bound = body_schema
            .and_then(|body| body.fields().into_iter().find(|field| field.name == key)?.most());
        let at_once = match request.body {
            MemberBody::Ids(_)
            | MemberBody::Rows(..)
            | MemberBody::Permissions
            | MemberBody::Statuses(_) => bound.map_or(AT_ONCE, |bound| bound as usize).max(1),
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
        request: &MemberWrite,
        (above, verb): (&Above, &str),
        some: &[Member],
        fields: &Object,
    ) -> Result<(), Error> {
        let Some(first) = some.first() else { return Ok(()) };
        let values: Vec<_> = some.iter().map(|member| member.value.clone()).collect();
        let (path, body) = match request.body {
            MemberBody::None | MemberBody::Fields => {
                (above.fill(request.path, Some(&first.found.id))?, None)
            }
            MemberBody::Above(key) => (
                catalog::fill(request.path, [first.found.id.as_str()])?,
                Some(json!({key: [above.id()]})),
            ),
            MemberBody::Ids(key) => (above.fill(request.path, None)?, Some(json!({key: values}))),
            MemberBody::Rows(key, id) => {
                let row = |value: &Value| {
                    let mut row = Object::new();
                    row.insert(id.to_owned(), value.clone());
                    row.extend(fields.clone());
                    Value::Object(row)
                };
                let rows: Vec<_> = values.iter().map(row).collect();
                (above.fill(request.path, None)?, Some(json!({key: rows})))
            }
            MemberBody::Permissions => {
                (above.fill(request.path, None)?, Some(json!({"permissions": values})))
            }
            MemberBody::Id(key) => {
                let mut body = Object::new();
                body.insert(key.to_owned(), first.value.clone());
                body.extend(fields.clone());
                (above.fill(request.path, None)?, Some(Value::Object(body)))
            }
            MemberBody::Statuses(status) => {
                let rows = values.iter().map(|id| json!({"client_id": id, "status": status}));
                (above.fill(request.path, None)?, Some(rows.collect()))
            }
        };
        let names: Vec<_> = some.iter().map(|member| member.found.to_string()).collect();
        let names = names.join(", ");
        let (side, done) = if verb == "add" { ("to", "added") } else { ("from", "removed") };
        let what = format!("{verb} the {} {names} {side} {above}", members.singular);
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
                "{done} the {} {names} {side} {above} on {place}",
                members.singular
            ));
        }
        Ok(())
    }

    /// Adds a member that is made of fields, and shows it.
    fn create_member(
        &mut self,
        members: &Members,
        request: &MemberWrite,
        above: &Above,
        fields: &Object,
    ) -> Result<(), Error> {
        if let Some(body) = RequestBody::of(request.method.as_str(), request.path) {
            self.advise(&warnings(body, fields, None))?;
        }
        let path = above.fill(request.path, None)?;
        let what = format!("add the {} to {above}", members.singular);
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
        self.io
            .ui
            .say(format_args!("added {} to {above} on {place}", with_article(members.singular)));
        self.show_at(members.path, &made)
    }
}

/// The members to make: one for each name, with the name in its natural field, or one of the fields
/// only.
///
/// # Errors
/// Usage, if the members have no such field, or it is set as well.
fn made_of(members: &Members, names: &[String], fields: &Object) -> Result<Vec<Object>, Error> {
    if names.is_empty() {
        return Ok(vec![fields.clone()]);
    }
    let singular = members.singular;
    let Some(field) = members.natural_field() else {
        return Err(Error::usage(format!("{} is made of fields only", with_article(singular)))
            .hint("leave out the name, and set fields: --set KEY=VALUE"));
    };
    if value_at(fields, field.split('.')).is_some() {
        return Err(Error::usage(format!(
            "the {field} of the {singular} is given twice: as an argument and as a field"
        ))
        .hint(hint!("leave out one of them: --set {}=… or the argument", field)));
    }
    let made = |name: &String| {
        let mut object = fields.clone();
        set_at(&mut object, field.split('.'), Value::from(name.as_str()));
        object
    };
    Ok(names.iter().map(made).collect())
}
