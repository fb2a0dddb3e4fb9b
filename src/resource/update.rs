//! Changes of what is there: merged with it, shown field by field, and sent without losing a sibling.

use serde_json::Value;

use crate::base::error::{Error, ErrorKind};
use crate::base::text::{foreign, with_article};
use crate::hint;
use crate::management::catalog::Method;
use crate::management::change::{Object, merged, remove_at, take_redacted, value_at};
use crate::management::{difference, refusal};
use crate::output::redact::Redactor;
use crate::resource::changes::{ChangeSet, warnings};
use crate::resource::naming::{ResourceRef, text_of};
use crate::resource::write_only::{self, Erased};
use crate::resource::{ResourceContext, Write, object_of};

impl ResourceContext<'_> {
    /// Merges `changes` with what is there, says what differs, and sends that.
    ///
    /// # Errors
    /// Refused, where the token does not show what a nested change must be merged with; usage, for
    /// a change of what cannot change; the API's refusal.
    pub fn update(&mut self, text: &str, changes: &ChangeSet) -> Result<(), Error> {
        let kind = self.kind;
        let operation = self.operation(kind.update(), "change")?;
        let schema = kind.body(&operation);
        let mut change = changes.over(&Object::new())?;
        if change.is_empty() {
            let command = kind.command();
            let example = match kind.is_singleton() {
                true => hint!("{} update --set KEY=VALUE", command),
                false => {
                    hint!("{} update {} --set KEY=VALUE", command, foreign(text).in_command("NAME"))
                }
            };
            return Err(Error::usage("no change was given").hint(hint!("set a field: {}", example)));
        }
        take_redacted(&mut change);
        let secret = kind.secrets.iter().find(|secret| inside(&change, changes, secret));
        if let Some(secret) = secret.filter(|_| !self.view.reveal_secrets) {
            return Err(Error::usage(format!("{secret} cannot be changed in part: it is a secret, and what is there is not asked for"))
                .because(format!("the API replaces {secret} whole, so sending a part of it would delete the rest; nothing was sent"))
                .hint("ask for it too: --reveal-secrets"));
        }
        let in_part = |field: &&&str| changes.reaches_inside(field);
        if let Some(field) = kind.write_only.iter().find(in_part) {
            return Err(Erased { top: field, path: field }.error());
        }
        let (id, before) = match self.lookup().read(text, None, self.view.reveal_secrets) {
            // PUT creates a setting that does not exist yet.
            Err(error)
                if kind.is_singleton()
                    && operation.method == Method::Put
                    && error.kind() == ErrorKind::NotFound =>
            {
                (String::new(), Object::new())
            }
            read => read?,
        };
        let found = ResourceRef { id, name: before.get(kind.name_field).and_then(text_of) };
        let schema = schema.map(|schema| schema.knowing(&before));
        let changes = &changes.clone().typed(schema);
        let mut change = changes.over(&before)?;
        let redacted = take_redacted(&mut change);
        let is_partly = |field: &&&str| {
            change.contains_key(**field)
                && redacted.iter().any(|path| path.starts_with(&format!("{field}.")))
        };
        if let Some(field) = kind.write_only.iter().find(is_partly) {
            return Err(Erased { top: field, path: field }.error());
        }
        self.tell_redacted(&redacted, "left as it is");
        self.check_seen(&found, &before, &change, changes)?;
        let mut known = before.clone();
        write_only::forget(kind, &mut known);
        // A document that was shown holds the fixed fields too. Unchanged, they are not sent.
        let fixed_below: Vec<&str> =
            kind.fixed.iter().copied().filter(|field| field.contains('.')).collect();
        for path in &fixed_below {
            if value_at(&change, path.split('.')) == value_at(&before, path.split('.')) {
                remove_at(&mut change, path.split('.'));
            }
        }
        let mut body = merged(&known, &change, kind.merged)?;
        for top in write_only::cleared(kind, &change) {
            if let Some(rest) = known.get(top).filter(|_| !body.contains_key(top)) {
                body.insert(top.to_owned(), rest.clone());
            }
        }
        let is_changed = |field: &&&str| match field.contains('.') {
            true => value_at(&change, field.split('.')).is_some(),
            false => body.contains_key(**field),
        };
        if let Some(field) = kind.read_only.iter().chain(kind.fixed).find(is_changed) {
            return Err(Error::usage(format!(
                "the {field} of {} cannot be changed",
                with_article(kind.singular)
            ))
            .hint(hint!(
                "leave {} out; {} create makes another {}",
                *field,
                kind.command(),
                kind.singular
            )));
        }
        if let Some(schema) = schema {
            self.advise(&warnings(schema, &body, Some(&change)))?;
        }
        if body.is_empty() {
            self.io.ui.say(format_args!(
                "the {} {} like that already; nothing was sent",
                self.named(&found),
                if kind.is_singleton() && kind.singular.ends_with("settings") {
                    "are"
                } else {
                    "is"
                }
            ));
            return if self.dry_run { Ok(()) } else { self.show_object(&before) };
        }
        let changed = body.clone();
        fixed_below.iter().for_each(|path| remove_at(&mut body, path.split('.')));
        let sent_back: Vec<&str> = match operation.method {
            // PUT replaces the whole.
            Method::Put => write_only::replaced(schema, &before),
            _ => kind.sent_back.to_vec(),
        };
        for field in sent_back {
            if let Some(value) = before.get(field).filter(|value| !value.is_null())
                && !body.contains_key(field)
            {
                body.insert(field.to_owned(), value.clone());
            }
        }
        let whole = operation.method == Method::Put;
        if let Some(erased) = write_only::erased(kind, schema, &body, &change, whole) {
            return Err(erased.error());
        }
        let mut after = before.clone();
        after.extend(changed);
        let (old, new) = (Value::Object(before.clone()), Value::Object(after));
        for line in difference::lines(&old, &new, Redactor::for_path(kind.item)) {
            self.io
                .ui
                .say_styled(&self.io.ui.paint(line.mark.style(), line.mark.sign()), &line.text);
        }
        let what = format!("update the {}", self.named(&found));
        let path = kind.path_of(&found.id)?;
        let body = kind.sent(body);
        let write = Write {
            what: &what,
            method: operation.method.as_str(),
            path: &path,
            body: Some(&body),
            doubt: "it may have been updated all the same; run the command again to be sure".into(),
        };
        let Some(answer) = self.write(&write)? else { return Ok(()) };
        self.say_done("updated", &found);
        let updated = match answer.body.trim_ascii() {
            b"" => self.lookup().get(&found.id, None, self.view.reveal_secrets)?,
            _ => {
                object_of(kind, &answer, &what).map_err(|error| error.hint(write.doubt.clone()))?
            }
        };
        self.show_object(&updated)
    }

    /// Refuses a change inside of something that the token may not see: the rest would be deleted.
    fn check_seen(
        &self,
        found: &ResourceRef,
        before: &Object,
        change: &Object,
        wanted: &ChangeSet,
    ) -> Result<(), Error> {
        let visibility = self.kind.visibility.as_ref();
        let secrets = self.kind.secrets;
        let shows_secrets = secrets.iter().any(|secret| before.contains_key(*secret));
        let hidden = |key: &str| {
            let (enough, scope) = if secrets.contains(&key) {
                (shows_secrets, self.kind.secrets_scope?)
            } else {
                let visibility = visibility?;
                let concerned = visibility.inside.is_none_or(|inside| inside == key);
                (!concerned || (visibility.enough)(before), visibility.scope)
            };
            (!enough && inside(change, wanted, key)).then_some(scope)
        };
        let Some((key, scope)) = change.keys().find_map(|key| Some((key, hidden(key)?))) else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Refused, format!("cannot update {key} of the {} {found}: the token does not show what is there", self.kind.singular))
            .because(format!("the API replaces {key} whole, so sending a part of it would delete the rest; nothing was sent"))
            .hint(refusal::how_to_get(scope, self.api.identity())))
    }
}

/// Whether the change is inside of a field that the API replaces whole.
fn inside(change: &Object, wanted: &ChangeSet, field: &str) -> bool {
    change.get(field).is_some_and(|value| value.is_object() || wanted.appends_to(field))
}
