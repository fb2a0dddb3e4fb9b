//! What the API answered, onto stdout.

use std::borrow::Cow;
use std::io::{self, Read};

use serde_json::value::RawValue;
use ureq::http::HeaderMap;

use crate::base::error::{Error, ErrorKind};
use crate::http::header;
use crate::management::paging::{BodyError, PageBody};
use crate::output::rawjson;
use crate::output::redact::Redactor;
use crate::output::{Column, Fields, Format, Options, Renderer};
use crate::term::Io;

/// Response headers that `--include` prints: they say something and hold no secret.
const SHOWN: [&str; 14] = [
    "content-type",
    "content-length",
    "date",
    "deprecation",
    "etag",
    "last-modified",
    "link",
    "retry-after",
    "sunset",
    "warning",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-auth0-requestid",
];

/// The longest refusal that is read.
const MAX_REFUSAL: u64 = 1 << 20;

/// How an answer is to look.
#[derive(Clone, Copy, Default)]
pub(super) struct AnswerFormat<'a> {
    /// As asked for: JSON unless it was.
    pub(super) format: Option<Format>,
    pub(super) fields: Option<&'a Fields>,
    /// Secrets too.
    pub(super) reveal: bool,
    /// No cell of CSV or TSV is a formula.
    pub(super) csv_safe: bool,
    /// Lists have no header.
    pub(super) no_header: bool,
    /// What hides them otherwise.
    pub(super) redactor: Redactor,
    /// Where a list keeps its items, if it is known.
    pub(super) items: Option<&'a str>,
    /// Asking again would get the same answer, with secrets if need be.
    pub(super) repeatable: bool,
}

impl AnswerFormat<'_> {
    /// As JSON, whole.
    pub(super) fn plain(self) -> Self {
        Self { format: None, fields: None, ..self }
    }

    /// JSON text with its secrets replaced, unless they are revealed.
    pub(super) fn safe<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.reveal { Cow::Borrowed(text) } else { self.redactor.json(text) }
    }

    fn format(&self) -> Format {
        self.format.unwrap_or(Format::Json)
    }

    fn options(&self, io: &Io) -> Options {
        Options {
            width: io.width(),
            color: io.color_out(),
            reveal_secrets: self.reveal,
            csv_safe: self.csv_safe,
            no_header: self.no_header,
            redactor: self.redactor,
        }
    }

    /// Prints a body that is there whole. JSON in the format asked for, anything else as it is.
    pub(super) fn print(&self, body: &[u8], io: &mut Io) -> Result<(), Error> {
        if body.is_empty() {
            return Ok(());
        }
        let text = std::str::from_utf8(body).ok();
        let json = text.and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
        let Some(json) = json else { return other(body, io) };
        self.mention_redaction(json.get(), io);
        // As JSON, an answer is printed as it is unless parts of it are asked for.
        let whole = self.format() == Format::Json && self.fields.is_none();
        match if whole { None } else { items(json.get(), self.items)? } {
            Some(items) => {
                let mut rows = self.rows(&[], io);
                items.into_iter().try_for_each(|item| rows.row(item, io))?;
                rows.end(io)
            }
            None => {
                let renderer = self.renderer(&[], io);
                io.out.with(|out| renderer.object(out, json.get()))
            }
        }
    }

    /// A list whose rows are still to come. Without columns they are the rows' own members.
    pub(super) fn rows(&self, columns: &[Column], io: &Io) -> Rows {
        Rows(self.renderer(columns, io))
    }

    fn renderer(&self, columns: &[Column], io: &Io) -> Renderer {
        Renderer::new(self.format(), self.fields.cloned(), columns, self.options(io))
    }

    /// What was made and will not be shown again is not lost without a word.
    fn mention_redaction(&self, text: &str, io: &Io) {
        if matches!(self.safe(text), Cow::Borrowed(_)) {
            return;
        }
        if self.repeatable {
            io.ui.say("secrets are redacted; --reveal-secrets shows them");
        } else {
            io.ui.warn("the answer holds a secret that is redacted here; if the API shows it only once, make another with --reveal-secrets");
        }
    }
}

/// A list on its way to stdout.
pub(super) struct Rows(Renderer);

impl Rows {
    /// Whether a row that comes now would be held back.
    pub(super) fn holds_next(&self) -> bool {
        self.0.holds_next()
    }

    pub(super) fn row(&mut self, row: &str, io: &mut Io) -> Result<(), Error> {
        io.out.with(|out| self.0.row(out, row))
    }

    pub(super) fn end(self, io: &mut Io) -> Result<(), Error> {
        self.0.end(io, "no rows to show")
    }

    /// Ends the list without a word.
    pub(super) fn finish(self, io: &mut Io) -> Result<(), Error> {
        io.out.with(|out| self.0.finish(out))
    }
}

/// The status line and the headers, as HTTP writes them.
pub(super) fn head(status: u16, headers: &HeaderMap, io: &mut Io) -> Result<(), Error> {
    io.out.line(format_args!("HTTP {status}"))?;
    for name in SHOWN {
        if let Some(value) = header(headers, name) {
            io.out.line(format_args!("{name}: {value}"))?;
        }
    }
    io.out.line("")
}

/// Bytes as they come. What has arrived is not held back.
pub(super) fn copy(body: &mut dyn Read, io: &mut Io) -> Result<(), Error> {
    let mut buffer = vec![0; 32 << 10];
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                io.out.with(|out| out.write_all(&buffer[..read]))?;
                io.out.flush()?;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(broken_off(&e)),
        }
    }
}

/// The body of a refusal.
///
/// # Errors
/// Unavailable, if it is too long or breaks off: the server is at fault, not the command line.
pub(super) fn refused(body: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    body.take(MAX_REFUSAL + 1).read_to_end(&mut bytes).map_err(|e| broken_off(&e))?;
    if bytes.len() as u64 > MAX_REFUSAL {
        let message = format!("the answer is longer than {} MiB", MAX_REFUSAL >> 20);
        return Err(Error::new(ErrorKind::Unavailable, message));
    }
    Ok(bytes)
}

/// A connection that ended before its answer.
pub(super) fn broken_off(error: &io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "the answer broke off").caused_by(error)
}

/// The items of a list: a bare array, or the array of a page under its key.
///
/// # Errors
/// Unavailable, if there are more items than any page of the API has.
pub(super) fn items<'t>(text: &'t str, key: Option<&str>) -> Result<Option<Vec<&'t str>>, Error> {
    let page = match PageBody::parse(text, key) {
        Ok(page) => page,
        Err(error @ BodyError::TooManyItems) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let known = key.is_some_and(|key| rawjson::Finder::new(text).find(key).is_some());
    Ok((!page.wrapped || known).then_some(page.items))
}

/// An answer that is not JSON: text is shown, bytes are for a file.
fn other(body: &[u8], io: &mut Io) -> Result<(), Error> {
    match std::str::from_utf8(body) {
        Ok(text) => {
            for line in text.split_terminator('\n') {
                io.out.line(line.trim_end_matches('\r'))?;
            }
            Ok(())
        }
        Err(_) => Err(Error::new(
            ErrorKind::Failure,
            format!("the answer is {} bytes that are no text", body.len()),
        )
        .hint("get them with --raw, into a file: auth0-api --raw … > FILE")),
    }
}
