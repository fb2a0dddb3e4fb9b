//! Requests that change something: shown first, merged with what is there, or not sent at all.

use serde_json::{Value, json};

use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, foreign, with_article};
use crate::hint;
use crate::http::{Answer, Body};
use crate::management::Call;
use crate::management::catalog::Operation;
use crate::management::change::{Object, take_redacted};
use crate::output::redact::Redactor;
use crate::resource::changes::warnings;
use crate::resource::confirm::Confirmation;
use crate::resource::kinds::{NameLookup, NamePart};
use crate::resource::naming::{ResourceRef, text_of};
use crate::resource::{ResourceContext, object};
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

impl ResourceContext<'_> {
    /// Sends it; with `--dry-run` prints it instead, secrets redacted, says what it would do, and
    /// `None` is the answer.
    ///
    /// # Errors
    /// The API's; or when stdout fails.
    pub fn write(&mut self, write: &Write<'_>) -> Result<Option<Answer>, Error> {
        self.write_with(write, &[])
    }

    /// Like [`ResourceContext::write`], with further headers.
    ///
    /// # Errors
    /// The API's; or when stdout fails.
    pub fn write_with(
        &mut self,
        write: &Write<'_>,
        headers: &[(String, String)],
    ) -> Result<Option<Answer>, Error> {
        if self.dry_run {
            let mut request =
                json!({"method": write.method, "path": format!("/api/v2{}", write.path)});
            if let Some(body) = write.body {
                request["body"] = Redactor::for_path(write.path).value(body);
            }
            for (name, value) in headers {
                request["headers"][name] = json!(value);
            }
            self.io.out.json(request.to_string())?;
            self.io.ui.say(format_args!("dry run: would {} (nothing was sent)", write.what));
            return Ok(None);
        }
        let bytes = write.body.map(|body| body.to_string().into_bytes());
        let body = bytes.as_deref().map(Body::Json);
        let waiting = Waiting::new(&self.io.ui);
        let call = Call { body, headers, ..Call::new(write.what, write.method, write.path) };
        let sent = self.api.call(&call);
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

    /// Like [`ResourceContext::write`], where the answer is the object as it is afterwards.
    ///
    /// # Errors
    /// As [`ResourceContext::write`]; or if the answer is not an object.
    pub fn write_object(&mut self, write: &Write<'_>) -> Result<Option<Object>, Error> {
        let Some(answer) = self.write(write)? else { return Ok(None) };
        object(&answer, write.what).map(Some).map_err(|error| error.hint(write.doubt.clone()))
    }

    /// Creates one and shows it. `id` fills the path of a kind that is created below another.
    ///
    /// # Errors
    /// Usage, if a `needed` field is missing, or for what the API does not document and `--strict`;
    /// the API's refusal.
    pub fn create(
        &mut self,
        mut fields: Object,
        needed: &[(&str, &'static str)],
        id: Option<&str>,
    ) -> Result<(), Error> {
        let kind = self.kind;
        let operation = self.operation(kind.create(), "create")?;
        self.tell_redacted(&take_redacted(&mut fields), "not sent");
        if let NameLookup::Pair(parts) = kind.find {
            self.resolve_names(parts, &mut fields)?;
        }
        let schema = kind.body(&operation).map(|schema| schema.knowing(&fields));
        let is_set_by_tenant = |key: &str| {
            kind.read_only.contains(&key)
                && schema.is_none_or(|schema| !schema.names().contains(&key))
        };
        let shown: Vec<_> = kind
            .read_only
            .iter()
            .copied()
            .filter(|key| is_set_by_tenant(key) && fields.shift_remove(*key).is_some())
            .collect();
        if !shown.is_empty() {
            self.io
                .ui
                .say(format_args!("not sent, because the tenant sets it: {}", shown.join(", ")));
        }
        for (field, flag) in needed {
            if !fields.contains_key(*field) {
                return Err(Error::usage(format!(
                    "{} needs {}",
                    with_article(kind.singular),
                    with_article(field)
                ))
                .hint(hint!("give it: {}", *flag)));
            }
        }
        if let Some(schema) = schema {
            self.advise(&warnings(schema, &fields, None))?;
        }
        let name = fields.get(kind.name_field).and_then(text_of);
        let name = name.or(id.filter(|_| kind.is_created_by_name()).map(str::to_owned));
        let named = name.as_deref().map(|name| format!(" {}", foreign(name).quoted()));
        if let Some(id) = id.filter(|_| kind.is_created_by_name()) {
            // PUT would replace what is there.
            match self.lookup().get(id, None, false) {
                Ok(_) => {
                    let it = foreign(id).in_command("NAME");
                    let message = format!(
                        "there is {} {} already",
                        with_article(kind.singular),
                        foreign(id).quoted()
                    );
                    return Err(Error::new(ErrorKind::Rejected, message).hint(hint!(
                        "change it: {} update {} --set KEY=VALUE",
                        kind.command(),
                        it
                    )));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let what = format!("create the {}{}", kind.singular, named.unwrap_or_default());
        let path = match id {
            Some(id) => kind.path_of(id)?,
            None => operation.path.to_owned(),
        };
        let body = Value::Object(fields);
        let look = match &name {
            Some(name) => hint!("{} show {}", kind.command(), foreign(name).in_command("NAME")),
            None if kind.list().is_some() => hint!("{} list", kind.command()),
            None => hint!("{} show", kind.command()),
        };
        let write = Write {
            what: &what,
            method: operation.method.as_str(),
            path: &path,
            body: Some(&body),
            doubt: hint!("it may have been created all the same; look first: {}", look),
        };
        let sent = self.write_object(&write).map_err(|error| match error.http_status() {
            Some(409) => error.hint(hint!("see what is there: {}", look)),
            _ => error,
        });
        let Some(created) = sent? else { return Ok(()) };
        let made = created.get(kind.id).and_then(text_of).or(id.map(str::to_owned));
        self.say_done("created", &ResourceRef { id: made.unwrap_or_default(), name });
        self.show_new(&created)
    }

    /// Replaces names by what the API wants in their place: a grant's `client_id=Storefront`.
    ///
    /// # Errors
    /// Not found, if a name fits nothing or several; the API's refusal.
    fn resolve_names(&self, parts: &[NamePart; 2], fields: &mut Object) -> Result<(), Error> {
        for part in parts {
            let Some(Value::String(text)) = fields.get(part.query) else { continue };
            if part.kind.is_id(text) && part.field == part.kind.id {
                continue;
            }
            let wanted = [part.field.to_owned()];
            match self.lookup_of(part.kind).read(text, Some(&wanted), false) {
                Ok((_, found)) => {
                    if let Some(value) = found.get(part.field) {
                        fields.insert(part.query.to_owned(), value.clone());
                    }
                }
                // The API decides about what the token may not look up.
                Err(error) if error.kind() == ErrorKind::Refused => self.io.ui.warn(format_args!(
                    "{} is sent as it is: the token may not look up the {}",
                    part.query, part.kind.singular
                )),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn operation(
        &self,
        operation: Option<Operation>,
        verb: &str,
    ) -> Result<Operation, Error> {
        operation.ok_or_else(|| {
            Error::usage(format!("the API cannot {verb} {}", with_article(self.kind.singular)))
        })
    }

    /// Warns about what the API does not document; an error with `--strict`.
    ///
    /// # Errors
    /// Usage, with `--strict`.
    pub fn advise(&self, warnings: &[String]) -> Result<(), Error> {
        if !self.strict {
            warnings.iter().for_each(|warning| self.io.ui.warn(warning));
            return Ok(());
        }
        match warnings.split_first() {
            None => Ok(()),
            Some((first, others)) => Err(others
                .iter()
                .fold(Error::usage(first.clone()), |error, other| error.because(other.clone()))
                .hint("nothing was sent; without --strict these are only warnings")),
        }
    }

    /// One of them in a sentence: the kind, and the name unless a tenant has only one.
    pub(super) fn named(&self, found: &ResourceRef) -> String {
        match self.kind.is_singleton() {
            true => self.kind.singular.to_owned(),
            false => format!("{} {found}", self.kind.singular),
        }
    }

    pub(super) fn tell_redacted(&self, paths: &[String], become_of: &str) {
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
        confirm: &Confirmation,
        verb: &str,
        found: &[ResourceRef],
        consequence: &str,
    ) -> Result<(), Error> {
        const MOST_TOLD: usize = 20;
        let identity = self.api.identity();
        if self.dry_run || confirm.is_answered(identity)? {
            return Ok(());
        }
        let what = match found {
            [one] => format!("the {} {one}", self.kind.singular),
            several => {
                for one in several.iter().take(MOST_TOLD) {
                    self.io.ui.must_say(format_args!("  {one}"));
                }
                if several.len() > MOST_TOLD {
                    self.io.ui.must_say(format_args!("  … and {} more", several.len() - MOST_TOLD));
                }
                format!("these {} {}", several.len(), self.kind.plural)
            }
        };
        let question = format!("{verb} {what} on {}?{consequence}", identity.place());
        confirm.ask(&question, identity, self.io)
    }

    /// Says what was done to one of them, and where.
    pub fn say_done(&self, done: &str, found: &ResourceRef) {
        let place = self.api.identity().place();
        self.io.ui.say(format_args!("{done} the {} on {place}", self.named(found)));
    }

    /// Fails early where [`ResourceContext::confirm`] could only fail: before anything is looked up.
    ///
    /// # Errors
    /// As there.
    pub fn check_confirmable(&self, confirm: &Confirmation) -> Result<(), Error> {
        if self.dry_run { Ok(()) } else { confirm.check(self.api.identity(), self.io) }
    }
}
