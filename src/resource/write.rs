//! Requests that change something: shown first, merged with what is there, or not sent at all.

use serde_json::{Value, json};

use crate::base::error::{Error, Kind};
use crate::base::text::{Hint, foreign};
use crate::cmd::confirm::ConfirmArgs;
use crate::cmd::resource_args::Wanted;
use crate::hint;
use crate::http::{Answer, Body};
use crate::management::change::{Object, merged, take_redacted};
use crate::management::naming::Found;
use crate::management::{Call, difference, refusal};
use crate::output::redact::Redactor;
use crate::resource::show::SECRETS_SCOPE;
use crate::resource::{Desk, object};
use crate::term::progress::Waiting;

/// A request that changes something.
pub struct Write<'a> {
    /// What it is for, after "cannot".
    pub what: &'a str,
    /// `POST`, `PATCH` or `DELETE`.
    pub method: &'a str,
    /// Below `/api/v2`, encoded.
    pub path: &'a str,
    /// The body, if any.
    pub body: Option<&'a Value>,
    /// What to do where it may have been carried out and may not: look first, as a rule.
    pub doubt: Hint,
}

impl Desk<'_> {
    /// Sends it; with `--dry-run` prints it instead, secrets redacted, says what it would do, and
    /// `None` is the answer.
    ///
    /// # Errors
    /// The API's; or when stdout fails.
    pub fn write(&mut self, write: &Write<'_>) -> Result<Option<Answer>, Error> {
        if self.dry_run {
            let mut request =
                json!({"method": write.method, "path": format!("/api/v2{}", write.path)});
            if let Some(body) = write.body {
                request["body"] = Redactor::for_path(write.path).value(body);
            }
            self.io.out.json(request.to_string())?;
            self.io.ui.say(format_args!("dry run: would {} (nothing was sent)", write.what));
            return Ok(None);
        }
        let bytes = write.body.map(|body| body.to_string().into_bytes());
        let body = bytes.as_deref().map(Body::Json);
        let waiting = Waiting::new(&self.io.ui);
        let sent = self.api.call(&Call { body, ..Call::new(write.what, write.method, write.path) });
        drop(waiting);
        sent.map(Some).map_err(|error| {
            if error.is_in_doubt() {
                return error.hint(write.doubt.clone());
            }
            match error.http_status() {
                Some(400 | 422) => error.hint("see what is sent: the same again with --dry-run"),
                _ => error,
            }
        })
    }

    /// Like [`Desk::write`], where the answer is the object as it is afterwards.
    ///
    /// # Errors
    /// As there.
    pub fn write_object(&mut self, write: &Write<'_>) -> Result<Option<Object>, Error> {
        let Some(answer) = self.write(write)? else { return Ok(None) };
        object(&answer, write.what).map(Some).map_err(|error| error.hint(write.doubt.clone()))
    }

    /// Creates one and shows it.
    ///
    /// # Errors
    /// Usage, where a `needed` field is missing; the API's.
    pub fn create(
        &mut self,
        mut fields: Object,
        needed: &[(&str, &'static str)],
    ) -> Result<(), Error> {
        let resource = self.resource;
        self.tell_redacted(&take_redacted(&mut fields), "not sent");
        let shown: Vec<_> = resource
            .read_only
            .iter()
            .copied()
            .filter(|key| fields.shift_remove(*key).is_some())
            .collect();
        if !shown.is_empty() {
            self.io
                .ui
                .say(format_args!("not sent, because the tenant sets it: {}", shown.join(", ")));
        }
        for (field, flag) in needed {
            if !fields.contains_key(*field) {
                return Err(Error::usage(format!("a {} needs a {field}", resource.singular))
                    .hint(hint!("give it: {}", *flag)));
            }
        }
        let name = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let what = format!("create the {} {}", resource.singular, foreign(&name).quoted());
        let body = Value::Object(fields);
        let look = hint!("{} show {}", resource.command, foreign(&name).in_command("NAME"));
        let write = Write {
            what: &what,
            method: "POST",
            path: resource.path,
            body: Some(&body),
            doubt: hint!("it may have been created all the same; look first: {}", look),
        };
        let sent = self.write_object(&write).map_err(|error| match error.http_status() {
            Some(409) => error.hint(hint!("see what is there: {}", look)),
            _ => error,
        });
        let Some(created) = sent? else { return Ok(()) };
        let id = created.get(resource.id).and_then(Value::as_str).unwrap_or_default();
        let made = Found { id: id.to_owned(), name: Some(name) };
        self.say_done("created", &made);
        self.show_new(&created)
    }

    /// Merges `change` with what is there, says what differs, and sends that.
    ///
    /// # Errors
    /// Refused, where the token does not show what a nested change must be merged with; usage, for
    /// a change of what cannot change; the API's.
    pub fn update(&mut self, text: &str, wanted: &Wanted) -> Result<(), Error> {
        let resource = self.resource;
        let mut change = wanted.over(&Object::new())?;
        if change.is_empty() {
            return Err(Error::usage("nothing to change is named").hint(hint!(
                "set a field: {} update {} --set KEY=VALUE",
                resource.command,
                foreign(text).in_command("NAME")
            )));
        }
        take_redacted(&mut change);
        let secret = resource.secrets.iter().find(|secret| inside(&change, wanted, secret));
        if let Some(secret) = secret.filter(|_| !self.view.reveal_secrets) {
            return Err(Error::usage(format!("{secret} cannot be changed in part: it is a secret, and what is there is not asked for"))
                .because(format!("the API replaces {secret} whole, so sending a part of it would delete the rest; nothing was sent"))
                .hint("ask for it too: --reveal-secrets"));
        }
        let (id, before) = self.read(text, &resource.fields(None, self.view.reveal_secrets))?;
        let found =
            Found { id, name: before.get("name").and_then(Value::as_str).map(str::to_owned) };
        let mut change = wanted.over(&before)?;
        self.tell_redacted(&take_redacted(&mut change), "left as it is");
        self.check_seen(&found, &before, &change, wanted)?;
        let mut body = merged(&before, &change, resource.keep_null)?;
        if let Some(field) =
            resource.read_only.iter().chain(resource.fixed).find(|field| body.contains_key(**field))
        {
            return Err(Error::usage(format!(
                "the {field} of a {} cannot be changed",
                resource.singular
            ))
            .hint(hint!(
                "leave {} out; {} create makes another {}",
                *field,
                resource.command,
                resource.singular
            )));
        }
        if body.is_empty() {
            self.io.ui.say(format_args!(
                "the {} {found} is like that already; nothing was sent",
                resource.singular
            ));
            return if self.dry_run { Ok(()) } else { self.show_object(&before) };
        }
        let mut after = before.clone();
        after.extend(body.clone());
        let (before, after) = (Value::Object(before), Value::Object(after));
        for line in difference::lines(&before, &after, Redactor::for_path(resource.path)) {
            self.io
                .ui
                .say_styled(&self.io.ui.paint(line.mark.style(), line.mark.sign()), &line.text);
        }
        for field in resource.sent_back {
            if let Some(value) = before.get(*field).filter(|value| !value.is_null())
                && !body.contains_key(*field)
            {
                body.insert((*field).to_owned(), value.clone());
            }
        }
        let what = format!("update the {} {found}", resource.singular);
        let path = resource.path_of(&found.id);
        let body = Value::Object(body);
        let updated = self.write_object(&Write {
            what: &what,
            method: "PATCH",
            path: &path,
            body: Some(&body),
            doubt: "it may have been updated all the same; run the command again to be sure".into(),
        })?;
        let Some(updated) = updated else { return Ok(()) };
        self.say_done("updated", &found);
        self.show_object(&updated)
    }

    /// Refuses a change inside of something that the token may not see: the rest would be deleted.
    fn check_seen(
        &self,
        found: &Found,
        before: &Object,
        change: &Object,
        wanted: &Wanted,
    ) -> Result<(), Error> {
        let seen = &self.resource.seen;
        let secrets = self.resource.secrets;
        let shows_secrets = secrets.iter().any(|secret| before.contains_key(*secret));
        let hidden = |key: &str| {
            let (enough, scope) = if secrets.contains(&key) {
                (shows_secrets, SECRETS_SCOPE)
            } else {
                let concerned = seen.inside.is_none_or(|inside| inside == key);
                (!concerned || (seen.enough)(before), seen.scope)
            };
            (!enough && inside(change, wanted, key)).then_some(scope)
        };
        let Some((key, scope)) = change.keys().find_map(|key| Some((key, hidden(key)?))) else {
            return Ok(());
        };
        Err(Error::new(Kind::Refused, format!("cannot update {key} of the {} {found}: the token does not show what is there", self.resource.singular))
            .because(format!("the API replaces {key} whole, so sending a part of it would delete the rest; nothing was sent"))
            .hint(refusal::how_to_get(scope, self.api.identity())))
    }

    fn tell_redacted(&self, paths: &[String], become_of: &str) {
        if !paths.is_empty() {
            self.io.ui.say(format_args!(
                "redacted in the document and {become_of}: {}",
                paths.join(", ")
            ));
        }
    }

    /// Asks before something goes for good, naming it; a dry run asks nothing.
    ///
    /// # Errors
    /// Usage, without a terminal and without `--yes`; failure, when the answer is no.
    pub fn confirm(
        &self,
        confirm: &ConfirmArgs,
        verb: &str,
        found: &[Found],
        consequence: &str,
    ) -> Result<(), Error> {
        const MOST_TOLD: usize = 20;
        let identity = self.api.identity();
        if self.dry_run || confirm.is_answered(identity)? {
            return Ok(());
        }
        let what = match found {
            [one] => format!("the {} {one}", self.resource.singular),
            several => {
                for one in several.iter().take(MOST_TOLD) {
                    self.io.ui.must_say(format_args!("  {one}"));
                }
                if several.len() > MOST_TOLD {
                    self.io.ui.must_say(format_args!("  … and {} more", several.len() - MOST_TOLD));
                }
                format!("these {} {}", several.len(), self.resource.plural)
            }
        };
        let question = format!("{verb} {what} on {}?{consequence}", identity.place());
        confirm.ask(&question, identity, self.io)
    }

    /// Says what was done to one of them, and where.
    pub fn say_done(&self, done: &str, found: &Found) {
        let place = self.api.identity().place();
        self.io.ui.say(format_args!("{done} the {} {found} on {place}", self.resource.singular));
    }

    /// Fails early where [`Desk::confirm`] could only fail: before anything is looked up.
    ///
    /// # Errors
    /// As there.
    pub fn check_confirmable(&self, confirm: &ConfirmArgs) -> Result<(), Error> {
        if self.dry_run { Ok(()) } else { confirm.check(self.api.identity(), self.io) }
    }
}

/// Whether the change is inside of a field that the API replaces whole.
fn inside(change: &Object, wanted: &Wanted, field: &str) -> bool {
    change.get(field).is_some_and(|value| value.is_object() || wanted.appends_to(field))
}
