//! From what was typed to the body of a request.

use std::fs::File;
use std::path::Path;

use super::Typed;
use crate::base::error::Error;
use crate::base::input;
use crate::cmd::api::prepared::Payload;
use crate::management::body;
use crate::management::catalog::{self, Method, Operation};
use crate::management::multipart::{self, FormPart};
use crate::management::schema::RequestBody;
use crate::term::{Io, read_bounded};

/// The longest body read from a file or stdin: far beyond what the API takes.
const MAX_BODY: u64 = 64 << 20;

impl Typed {
    /// The body, checked as far as it can be before it is sent.
    pub(super) fn body(
        &self,
        method: Method,
        operation: Option<&Operation>,
        content_type: Option<String>,
        io: &Io,
    ) -> Result<Payload, Error> {
        if !self.has_body() {
            return Ok(Payload::None);
        }
        if method == Method::Get {
            return Err(Error::usage("a GET has no body")
                .hint("-q KEY=VALUE adds a query parameter; or name another method: POST, PATCH"));
        }
        if !self.form.is_empty() {
            if content_type.is_some() {
                return Err(Error::usage("a form brings its own Content-Type")
                    .hint("leave out -H Content-Type"));
            }
            let parts = self.form.iter().map(|(name, value)| part(name, value));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            let form = multipart::form(&parts, &multipart::boundary()?);
            return Ok(Payload::Raw(form.content_type, form.body));
        }
        if let Some(operation) = operation
            && operation.body == catalog::BodyKind::Multipart
        {
            return Err(Error::usage(format!(
                "{} {} takes a form, not JSON",
                method.as_str(),
                operation.path
            ))
            .hint("-F NAME=VALUE for each field, -F users=@users.json for the file"));
        }
        let (bytes, source) = match self.data.as_deref() {
            None => (None, String::new()),
            Some("-" | "@-") => (Some(io.read_stdin("the body", MAX_BODY)?), "stdin".to_owned()),
            Some(data) => match data.strip_prefix('@') {
                Some(file) => (Some(read_file(file)?), file.to_owned()),
                None => (Some(data.as_bytes().to_vec()), "--data".to_owned()),
            },
        };
        if let (Some(kind), Some(bytes)) = (&content_type, &bytes)
            && !is_json(kind)
            && self.field.is_empty()
        {
            return Ok(Payload::Raw(kind.clone(), bytes.clone()));
        }
        let bytes = bytes
            .map(|bytes| {
                input::text(bytes, &format!("the body ({source})")).map(String::into_bytes)
            })
            .transpose()?;
        if let Some(bytes) = &bytes {
            body::check(bytes, &source)?;
        }
        let json = match bytes {
            Some(bytes) if self.field.is_empty() => bytes,
            bytes => {
                let document = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
                let document = document.map_err(|e| {
                    Error::usage(format!("the body ({source}) cannot be taken apart")).caused_by(&e)
                })?;
                let schema = operation
                    .and_then(|operation| RequestBody::of(method.as_str(), operation.path));
                let typed = |schema: RequestBody| {
                    let fields = self.field.iter().cloned().map(move |field| field.typed(schema));
                    body::with_fields(document.clone(), fields)
                };
                let body = match schema {
                    // What the fields say may decide about the types of others.
                    Some(schema) => match typed(schema)?.as_object() {
                        Some(said) => typed(schema.knowing(said))?,
                        None => typed(schema)?,
                    },
                    None => body::with_fields(document, self.field.iter().cloned())?,
                };
                body.to_string().into_bytes()
            }
        };
        Ok(match content_type {
            Some(kind) => Payload::Raw(kind, json),
            None => Payload::Json(json),
        })
    }
}

/// Takes `Content-Type` out of the headers: it goes with the body.
pub(super) fn content_type(headers: &mut Vec<(String, String)>) -> Result<Option<String>, Error> {
    let is_it = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
    let mut found = headers.extract_if(.., |header| is_it(header)).map(|(_, value)| value);
    let first = found.next();
    match found.count() {
        0 => Ok(first),
        _ => Err(Error::usage("Content-Type is given more than once")),
    }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

fn part(name: &str, value: &str) -> Result<FormPart, Error> {
    let (file_name, content) = match value.strip_prefix('@') {
        None => (None, value.as_bytes().to_vec()),
        Some(file) => {
            // The folders it lies in are not sent (RFC 7578 §4.2).
            let last = Path::new(file).file_name().unwrap_or_default();
            (Some(last.to_string_lossy().into_owned()), read_file(file)?)
        }
    };
    Ok(FormPart { name: name.to_owned(), file_name, content })
}

fn read_file(path: &str) -> Result<Vec<u8>, Error> {
    let file = File::open(path)
        .map_err(|e| Error::usage("cannot open the file behind the @").caused_by(&e))?;
    read_bounded(file, "the file behind the @", MAX_BODY)
}
