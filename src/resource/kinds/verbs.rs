//! What can be done with a kind, and the form of its IDs.

use serde_json::{Value, json};

use super::model::{IdForm, Kind, MemberBody, MemberName, Members};
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, foreign, with_article};
use crate::hint;
use crate::management::catalog::{self, Method, Operation};
use crate::management::change::Object;
use crate::management::schema::{self, RequestBody, Schema, Type};
use crate::output::Column;

impl Kind {
    /// Whether a tenant has exactly one of it.
    pub fn is_singleton(&self) -> bool {
        self.id_form == IdForm::None
    }

    /// The operation that lists them.
    pub fn list(&self) -> Option<Operation> {
        let is_list = !self.is_singleton() && self.path != self.item;
        is_list.then(|| operation(Method::Get, self.path)).flatten()
    }

    /// The operation that reads one.
    pub fn show(&self) -> Option<Operation> {
        operation(Method::Get, self.item)
    }

    /// The operation that creates one.
    pub fn create(&self) -> Option<Operation> {
        operation(Method::Post, self.path)
            .or_else(|| operation(Method::Post, self.item))
            .or_else(|| operation(Method::Put, self.item).filter(|_| self.is_created_by_name()))
    }

    /// Whether PUT at the path of its own creates one, so that its name is given at creation.
    pub fn is_created_by_name(&self) -> bool {
        self.id_form == IdForm::Name
    }

    /// The operation that changes one: PATCH, else PUT.
    pub fn update(&self) -> Option<Operation> {
        operation(Method::Patch, self.item).or_else(|| operation(Method::Put, self.item))
    }

    /// The operation that deletes one.
    pub fn delete(&self) -> Option<Operation> {
        operation(Method::Delete, self.item)
    }

    /// The error for a text that names no resource of this kind.
    pub(crate) fn unknown(&self, text: &str) -> Error {
        let message = format!("there is no {} {}", self.singular, foreign(text).quoted());
        Error::new(ErrorKind::NotFound, message)
    }

    /// Checks a name against the documented values of the path's placeholders, where the API
    /// documents them.
    ///
    /// # Errors
    /// Not found, with the nearest documented value.
    pub fn check_name(&self, text: &str) -> Result<(), Error> {
        let unknown = || self.unknown(text);
        let IdForm::Two(form) = self.id_form else {
            return documented(self.item, &[text], unknown);
        };
        let Some((first, second)) = text.split_once(':') else {
            return Err(unknown().hint(hint!(
                "{} is named {}",
                foreign(&with_article(self.singular)).named(),
                form
            )));
        };
        documented(self.item, &[first, second], unknown).map_err(|error| {
            match documented(self.item, &[second, first], unknown) {
                Ok(()) => unknown().hint(hint!(
                    "it is named {}: {}:{}",
                    form,
                    foreign(second).in_command("FIRST"),
                    foreign(first).in_command("SECOND")
                )),
                Err(_) => error,
            }
        })
    }

    /// The path of one of them, with an ID in its placeholder.
    ///
    /// # Errors
    /// Usage, if the ID cannot be a segment of a path.
    pub fn path_of(&self, id: &str) -> Result<String, Error> {
        match self.id_form {
            IdForm::None => catalog::fill(self.item, []),
            IdForm::Two(form) => match id.split_once(':') {
                Some((first, second)) => catalog::fill(self.item, [first, second]),
                None => {
                    Err(Error::usage(format!("{} is named {form}", with_article(self.singular))))
                }
            },
            _ => catalog::fill(self.item, [id]),
        }
    }

    /// The schema of an operation's body.
    pub fn body(&self, operation: &Operation) -> Option<RequestBody> {
        let body = RequestBody::of(operation.method.as_str(), operation.path)?;
        Some(if self.bare.is_empty() { body } else { body.named(self.bare) })
    }

    /// The schema of the body that creates one.
    pub fn new_body(&self) -> Option<RequestBody> {
        self.body(&self.create()?)
    }

    /// What an update or a creation sends for these fields.
    pub fn sent(&self, mut fields: Object) -> Value {
        match self.bare {
            "" => Value::Object(fields),
            list => fields.shift_remove(list).unwrap_or_else(|| json!([])),
        }
    }

    /// The command that works with this kind, as it is typed.
    pub fn command(&self) -> Hint {
        match self.program {
            "" => hint!("auth0-resources {}", self.name),
            program => program.into(),
        }
    }

    /// The field of a creation's answer whose secret is worth keeping.
    pub fn new_secret(&self) -> Option<&'static str> {
        self.secrets.first().copied()
    }

    /// The documented top-level fields: those of the bodies, and those that only the API sets.
    /// Empty if the bodies are not known.
    pub fn fields(&self) -> Vec<&'static str> {
        let bodies = [self.create(), self.update()].into_iter().flatten();
        let mut fields: Vec<&str> = bodies
            .filter_map(|operation| self.body(&operation))
            .flat_map(RequestBody::names)
            .collect();
        if !fields.is_empty() {
            let columns = self.columns.iter().map(Column::top_level);
            fields.extend(columns.chain(self.read_only.iter().chain(self.secrets).copied()));
        }
        fields
    }

    /// The documented values of a field; empty if any are allowed.
    pub fn values(&self, field: &str) -> Vec<&'static str> {
        match self.new_body().and_then(|body| body.at([field])).map(Schema::kind) {
            Some(Type::Enum(values)) => values.values().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the text has the exact form of an ID that Auth0 issues for this kind.
    pub fn is_id(&self, text: &str) -> bool {
        let alphanumeric = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        match self.id_form {
            IdForm::Prefix(prefix) => text
                .strip_prefix(prefix)
                .is_some_and(|rest| (8..=64).contains(&rest.len()) && alphanumeric(rest)),
            IdForm::Client => text.len() == 32 && alphanumeric(text),
            IdForm::User => text
                .split_once('|')
                .is_some_and(|(provider, id)| !provider.is_empty() && !id.is_empty()),
            IdForm::Uuid => {
                text.len() == 36
                    && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
                    && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
            }
            IdForm::Fixed(names) => names.contains(&text),
            IdForm::Two(_) => text
                .split_once(':')
                .is_some_and(|(first, second)| !first.is_empty() && !second.is_empty()),
            IdForm::Unknown | IdForm::Name | IdForm::None => false,
        }
    }

    /// Whether the text may be an ID, so that asking for it is worth a request.
    pub fn may_be_id(&self, text: &str) -> bool {
        match self.id_form {
            IdForm::Client => {
                text.len() >= 20
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            }
            // A dot is not a segment of a path.
            IdForm::Unknown | IdForm::Name => !matches!(text, "" | "." | ".."),
            _ => self.is_id(text),
        }
    }
}

impl Members {
    /// Whether one is added as an object of fields, and not by the ID or name of something that exists.
    pub fn is_made_of_fields(&self) -> bool {
        self.add.is_some_and(|add| add.body == MemberBody::Fields)
    }

    /// The field that a name on the command line sets in a member that is made of fields, as dotted
    /// names; `None` if the API takes no such field.
    pub fn natural_field(&self) -> Option<&'static str> {
        let MemberName::Own(field) = self.named else { return None };
        let add = self.add.filter(|_| self.is_made_of_fields())?;
        let body = RequestBody::of(add.method.as_str(), add.path)?;
        body.at(field.split('.')).map(|_| field)
    }

    /// The operation that reads one.
    pub fn show(&self) -> Option<Operation> {
        operation(Method::Get, self.item)
    }

    /// The operation that changes one.
    pub fn update(&self) -> Option<Operation> {
        operation(Method::Patch, self.item)
    }
}

/// Checks the values of a path's placeholders, in order, where the API documents them.
///
/// # Errors
/// `unknown`, with the nearest documented value as a hint.
pub fn documented(
    template: &'static str,
    given: &[&str],
    unknown: impl Fn() -> Error,
) -> Result<(), Error> {
    for (placeholder, text) in catalog::placeholders(template).zip(given) {
        if let Some(values) = schema::path_values(template, placeholder)
            && values.values().all(|value| value != *text)
        {
            let near = schema::nearest_value(text, values).join(" or ");
            return Err(unknown()
                .because(format!("{placeholder} is not a documented value"))
                .hint(hint!("did you mean {}?", foreign(&near).named())));
        }
    }
    Ok(())
}

/// The operation of the catalog with exactly this path template.
pub(super) fn operation(method: Method, template: &str) -> Option<Operation> {
    catalog::find(method, template)
        .map(|found| found.operation)
        .filter(|operation| operation.path == template)
}
