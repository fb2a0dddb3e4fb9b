//! How data of the API reaches stdout.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::to_raw_value;

use crate::base::error::Error;
use crate::management::change::Object;
use crate::management::refusal;
use crate::output::redact::Redactor;
use crate::output::{Column, Fields, Format, Options, Renderer};
use crate::resource::kinds::Kind;
use crate::resource::{ResourceContext, unknown_name};
use crate::term::Io;

/// The format and the fields that were asked for.
#[derive(Clone, Debug)]
pub struct View {
    /// The format.
    pub format: Format,
    /// `--fields`.
    pub fields: Option<Fields>,
    /// `--reveal-secrets`.
    pub reveal_secrets: bool,
    /// The width, colors and escapes of the output.
    pub options: Options,
}

impl View {
    /// The top-level fields that a list with these columns will show; `None` for all there are.
    pub fn wanted(&self, columns: &[Column]) -> Option<Vec<String>> {
        match (&self.fields, self.format) {
            (Some(fields), _) => Some(fields.top_level().map(str::to_owned).collect()),
            (None, Format::Json | Format::Jsonl) => None,
            (None, _) => Some(columns.iter().map(|column| column.top_level().to_owned()).collect()),
        }
    }

    /// Warns about chosen fields that the API does not document, and about secrets that are not
    /// asked for.
    pub fn warn_of_fields(&self, kind: &Kind, io: &Io) {
        let article = if kind.is_singleton() { "the" } else { "a" };
        let what = format!("field of {article} {}", kind.singular);
        let known = if self.fields.is_some() { kind.fields() } else { Vec::new() };
        for field in self.fields.iter().flat_map(Fields::top_level) {
            if let Some(warning) = unknown_name(&what, field, &known) {
                io.ui.warn(warning);
            }
            if !self.reveal_secrets && kind.secrets.contains(&field) {
                io.ui.warn(format_args!(
                    "'{field}' is a secret and was not asked for; to see it, add --reveal-secrets"
                ));
            }
        }
    }

    /// A renderer for rows with these columns, which come from this path of the API.
    pub fn renderer(&self, path: &str, columns: &[Column]) -> Renderer {
        Renderer::new(
            self.format,
            self.fields.clone(),
            columns,
            Options {
                reveal_secrets: self.reveal_secrets,
                redactor: Redactor::for_path(path),
                ..self.options
            },
        )
    }
}

impl ResourceContext<'_> {
    /// Shows the one that `text` names.
    ///
    /// # Errors
    /// As [`crate::resource::Lookup::read`].
    pub fn show(&mut self, text: &str) -> Result<(), Error> {
        let wanted: Option<Vec<_>> =
            self.view.fields.as_ref().map(|fields| fields.top_level().map(str::to_owned).collect());
        self.view.warn_of_fields(self.kind, self.io);
        let reveal = self.view.reveal_secrets;
        let (_, object) = self.lookup().read(text, wanted.as_deref(), reveal)?;
        self.show_object(&object)?;
        if self.view.reveal_secrets {
            self.warn_of_missing_secrets(&object, wanted.as_deref());
        }
        Ok(())
    }

    /// Says which of the secrets that were asked for the API left out, and which scope shows them.
    fn warn_of_missing_secrets(&self, object: &Object, wanted: Option<&[String]>) {
        let secrets = self.kind.secrets.iter().copied();
        let missing: Vec<_> = match wanted {
            Some(wanted) => secrets
                .filter(|secret| wanted.iter().any(|field| field == secret))
                .filter(|secret| !object.contains_key(*secret))
                .collect(),
            // A client need not have all of them.
            None if self.kind.secrets.iter().any(|secret| object.contains_key(*secret)) => {
                return;
            }
            None => secrets.collect(),
        };
        if let (Some(scope), false) = (self.kind.secrets_scope, missing.is_empty()) {
            self.io.ui.warn_with(
                format_args!("the API did not show {}: the scope {scope} does", missing.join(", ")),
                refusal::how_to_get(scope, self.api.identity()),
            );
        }
    }

    /// Shows an object, whole or the fields asked for.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn show_object(&mut self, object: &Object) -> Result<(), Error> {
        self.show_at(self.kind.item, object)
    }

    /// Shows an object that a path of the API answered.
    ///
    /// # Errors
    /// If stdout fails.
    pub fn show_at(&mut self, path: &str, object: &Object) -> Result<(), Error> {
        render(self.view.renderer(path, &[]), object, self.io)
    }

    /// Shows one that has just been made or given a new secret, with that secret even if secrets are
    /// not revealed: it is shown only now.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn show_new(&mut self, object: &Object) -> Result<(), Error> {
        let secret = self.kind.new_secret().and_then(|field| Some((field, object.get(field)?)));
        let Some((field, secret)) = secret.filter(|(_, secret)| secret.is_string()) else {
            return self.show_object(object);
        };
        let words = field.replace('_', " ");
        if self.view.fields.as_ref().is_some_and(|fields| !fields.top_level().any(|it| it == field))
        {
            self.io.ui.say(format_args!("the new {words} is not among the fields shown"));
            return self.show_object(object);
        }
        self.io.ui.warn(format_args!(
            "the {words} is shown: keep it where nobody else can read it; {} show --reveal-secrets shows it again",
            self.kind.command()
        ));
        if self.view.reveal_secrets {
            return self.show_object(object);
        }
        let redactor = Redactor::for_path(self.kind.item);
        let mut shown = redactor.value(&Value::Object(object.clone()));
        shown[field] = secret.clone();
        let view = View { reveal_secrets: true, ..self.view.clone() };
        render(view.renderer(self.kind.item, &[]), &shown, self.io)
    }
}

fn render(renderer: Renderer, object: &impl Serialize, io: &mut Io) -> Result<(), Error> {
    let row = to_raw_value(object).expect("a JSON object is JSON");
    io.out.with(|out| renderer.object(out, row.get()))
}
