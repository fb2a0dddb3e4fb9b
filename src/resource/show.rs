//! How data of the API reaches stdout.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::to_raw_value;

use crate::base::error::Error;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::Show;
use crate::management::change::Object;
use crate::management::known;
use crate::management::refusal;
use crate::output::redact::Redactor;
use crate::output::{Column, Fields, Format, Options, Renderer};
use crate::resource::Desk;
use crate::resource::legacy::Resource;
use crate::term::Io;

/// What shows the secrets of a client.
pub(super) const SECRETS_SCOPE: &str = "read:client_keys";

/// The format and the fields that were asked for.
#[derive(Clone, Debug)]
pub struct View {
    /// The format.
    pub format: Format,
    /// `--fields`.
    pub fields: Option<Fields>,
    /// `--reveal-secrets`.
    pub reveal_secrets: bool,
    shared: Shared,
}

impl View {
    /// What the command line says.
    pub fn new(shared: &Shared, show: &Show) -> Self {
        Self {
            format: shared.format(),
            fields: show.fields.clone(),
            reveal_secrets: show.reveal_secrets,
            shared: shared.clone(),
        }
    }

    /// What a command shows that has no options for it.
    pub fn plain(shared: &Shared) -> Self {
        Self::new(shared, &Show::default())
    }

    /// The top-level fields that a list with these columns will show; `None` for all there are.
    pub fn wanted(&self, columns: &[Column]) -> Option<Vec<String>> {
        match (&self.fields, self.format) {
            (Some(fields), _) => Some(fields.top_level().map(str::to_owned).collect()),
            (None, Format::Json | Format::Jsonl) => None,
            (None, _) => Some(columns.iter().map(|column| column.path().to_owned()).collect()),
        }
    }

    /// Warns about chosen fields that the API does not document, and about secrets that are not
    /// asked for.
    pub fn warn_of_fields(&self, resource: &Resource, io: &Io) {
        let what = format!("field of a {}", resource.singular);
        for field in self.fields.iter().flat_map(Fields::top_level) {
            if let Some(warning) = known::unknown(&what, field, resource.fields) {
                io.ui.warn(warning);
            }
            if !self.reveal_secrets && resource.secrets.contains(&field) {
                io.ui.warn(format_args!(
                    "'{field}' is a secret and was not asked for; to see it, add --reveal-secrets"
                ));
            }
        }
    }

    /// A renderer for rows with these columns, which come from this path of the API.
    pub fn renderer(&self, path: &str, columns: &[Column], io: &Io) -> Renderer {
        Renderer::new(
            self.format,
            self.fields.clone(),
            columns,
            Options {
                reveal_secrets: self.reveal_secrets,
                redactor: Redactor::for_path(path),
                ..self.shared.rendering(io)
            },
        )
    }
}

impl Desk<'_> {
    /// Shows the one that `text` names.
    ///
    /// # Errors
    /// As [`Desk::read`].
    pub fn show(&mut self, text: &str) -> Result<(), Error> {
        let wanted: Option<Vec<_>> =
            self.view.fields.as_ref().map(|fields| fields.top_level().map(str::to_owned).collect());
        self.view.warn_of_fields(self.resource, self.io);
        let query = self.resource.fields(wanted.as_deref(), self.view.reveal_secrets);
        let (_, object) = self.read(text, &query)?;
        self.show_object(&object)?;
        if self.view.reveal_secrets {
            self.warn_of_missing_secrets(&object, wanted.as_deref());
        }
        Ok(())
    }

    /// Says which of the secrets that were asked for the API left out, and which scope shows them.
    fn warn_of_missing_secrets(&self, object: &Object, wanted: Option<&[String]>) {
        let secrets = self.resource.secrets.iter().copied();
        let missing: Vec<_> = match wanted {
            Some(wanted) => secrets
                .filter(|secret| wanted.iter().any(|field| field == secret))
                .filter(|secret| !object.contains_key(*secret))
                .collect(),
            // A client need not have all of them.
            None if self.resource.secrets.iter().any(|secret| object.contains_key(*secret)) => {
                return;
            }
            None => secrets.collect(),
        };
        if !missing.is_empty() {
            self.io.ui.warn_with(
                format_args!(
                    "the API did not show {}: the scope {SECRETS_SCOPE} does",
                    missing.join(", ")
                ),
                refusal::how_to_get(SECRETS_SCOPE, self.api.identity()),
            );
        }
    }

    /// Shows an object, whole or the fields asked for.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn show_object(&mut self, object: &Object) -> Result<(), Error> {
        let renderer = self.view.renderer(self.resource.path, &[], self.io);
        render(renderer, object, self.io)
    }

    /// Shows one that has just been made or given a new secret, with its client secret even if
    /// secrets are not revealed: whoever made it needs it.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn show_new(&mut self, object: &Object) -> Result<(), Error> {
        const SECRET: &str = "client_secret";
        let Some(secret) = object.get(SECRET).filter(|secret| secret.is_string()) else {
            return self.show_object(object);
        };
        if self
            .view
            .fields
            .as_ref()
            .is_some_and(|fields| !fields.top_level().any(|field| field == SECRET))
        {
            self.io.ui.say("the new client secret is not among the fields shown");
            return self.show_object(object);
        }
        self.io.ui.warn("the client secret is shown: keep it where nobody else can read it; auth0-clients show --reveal-secrets shows it again");
        if self.view.reveal_secrets {
            return self.show_object(object);
        }
        let redactor = Redactor::for_path(self.resource.path);
        let mut shown = redactor.value(&Value::Object(object.clone()));
        shown[SECRET] = secret.clone();
        let view = View { reveal_secrets: true, ..self.view.clone() };
        let renderer = view.renderer(self.resource.path, &[], self.io);
        render(renderer, &shown, self.io)
    }
}

fn render(renderer: Renderer, object: &impl Serialize, io: &mut Io) -> Result<(), Error> {
    let row = to_raw_value(object).expect("a JSON object is JSON");
    io.out.with(|out| renderer.object(out, row.get()))
}
