//! How data of the API reaches stdout.

use serde_json::Value;

use super::Desk;
use super::args::{Cut, Show};
use crate::cli::Shared;
use crate::error::Error;
use crate::io::Io;
use crate::management::change::Object;
use crate::output::{Column, Fields, Format, Options, Renderer};
use crate::redact;

/// The format and the fields that were asked for.
#[derive(Clone, Debug)]
pub struct View {
    /// The format.
    pub format: Format,
    /// `--fields`.
    pub fields: Option<Fields>,
    /// `--reveal-secrets`.
    pub reveal_secrets: bool,
    csv_safe: bool,
}

impl View {
    /// What the command line says.
    pub fn new(shared: &Shared, show: &Show, cut: Cut) -> Self {
        Self {
            format: shared.format(),
            fields: show.fields.clone(),
            reveal_secrets: show.reveal_secrets,
            csv_safe: cut.csv_safe,
        }
    }

    /// What a command shows that has no options for it.
    pub fn plain(shared: &Shared) -> Self {
        Self::new(shared, &Show::default(), Cut::default())
    }

    /// The top-level fields that will be shown; `None` for all there are.
    pub fn wanted(&self, columns: &[&str]) -> Option<Vec<String>> {
        match (&self.fields, self.format) {
            (Some(fields), _) => Some(fields.roots()),
            (None, Format::Json | Format::Jsonl) => None,
            (None, _) => Some(columns.iter().map(|column| (*column).to_owned()).collect()),
        }
    }

    /// A renderer for rows with these columns.
    pub fn renderer(&self, columns: &[&'static str], io: &Io) -> Renderer {
        let columns = columns.iter().map(|column| Column::new(column)).collect();
        Renderer::new(self.format, self.fields.clone(), columns, Options {
            width: io.width(),
            color: io.color_out(),
            csv_safe: self.csv_safe,
            reveal_secrets: self.reveal_secrets,
        })
    }
}

impl Desk<'_> {
    /// Shows one of them, whole or the fields asked for.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn show_object(&mut self, object: &Object) -> Result<(), Error> {
        let mut renderer = self.view.renderer(self.resource.columns, self.io);
        let text = Value::Object(object.clone()).to_string();
        self.io.out.with(|out| renderer.object(out, &text))
    }

    /// Shows one that has just been made or given a new secret: this once, the secret is shown.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn show_new(&mut self, object: &Object) -> Result<(), Error> {
        const SECRET: &str = "client_secret";
        let Some(secret) = object.get(SECRET).filter(|secret| secret.is_string()) else {
            return self.show_object(object);
        };
        let text = Value::Object(object.clone()).to_string();
        let mut shown: Object = serde_json::from_str(&redact::json(&text)).expect("redaction keeps JSON JSON");
        shown.insert(SECRET.to_owned(), secret.clone());
        let columns: Vec<_> = self.resource.columns.iter().copied().chain([SECRET]).collect();
        let view = View { reveal_secrets: true, ..self.view.clone() };
        let mut renderer = view.renderer(&columns, self.io);
        let text = Value::Object(shown).to_string();
        self.io.talk.warn("the client secret is shown this once: keep it where nobody else reads it");
        self.io.out.with(|out| renderer.object(out, &text))
    }
}
