//! A request that is ready but for its token: what it asks for, and what of it may be shown.

use std::borrow::Cow;

use super::answer::AnswerFormat;
use crate::base::domain::Domain;
use crate::base::error::Error;
use crate::http::Body;
use crate::management::catalog::{Items, Method, Operation, Paging};
use crate::output::Fields;
use crate::output::redact::{self, Redactor};
use crate::term::Io;

/// A request that can be sent, but for the tenant and the token.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) method: Method,
    /// Below `/api/v2`, with a leading slash, percent-encoded.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Payload,
    /// The tenant that the path named, when it was a whole address.
    pub(super) domain: Option<Domain>,
    /// What the catalog knows of it.
    pub(super) operation: Option<Operation>,
    /// The operation that the path would be if one of its words were an ID.
    pub(super) near: Option<Operation>,
}

/// What is sent behind the headers.
#[derive(Debug)]
pub(super) enum Payload {
    None,
    Json(Vec<u8>),
    /// Anything else, with its content type.
    Raw(String, Vec<u8>),
}

impl Prepared {
    /// Whether the answer does not end by itself.
    pub(super) fn streams(&self) -> bool {
        self.operation.is_some_and(|operation| operation.paging == Paging::Events)
    }

    /// Says that events are wanted, one by one: compressed they could wait for each other.
    pub(super) fn ask_for_events(&mut self) {
        for (name, value) in [("accept", "text/event-stream"), ("accept-encoding", "identity")] {
            if !self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                self.headers.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Leaves out of the answer what will not be shown, where the API can and no other fields
    /// were asked for.
    pub(super) fn ask_for(&mut self, fields: &Fields) {
        let takes = |name: &str| {
            self.operation
                .is_some_and(|operation| operation.query().any(|param| param.name == name))
        };
        let asked = |name: &str| self.query.iter().any(|(known, _)| known == name);
        let names: Vec<_> = fields.top_level().collect();
        // Where the last item's ID leads to the next page, every item must have one.
        if self.operation.is_some_and(|it| it.paging == Paging::Logs || it.items == Items::Bare) {
            return;
        }
        // The API separates names by commas, and has none with one.
        if takes("fields") && !asked("fields") && !names.iter().any(|name| name.contains(',')) {
            let include = takes("include_fields") && !asked("include_fields");
            self.query.push(("fields".to_owned(), names.join(",")));
            if include {
                self.query.push(("include_fields".to_owned(), "true".to_owned()));
            }
        }
    }

    /// A token goes only to its own tenant, whatever address was pasted.
    pub(super) fn check_domain(&self, ours: &Domain) -> Result<(), Error> {
        match &self.domain {
            Some(typed) if typed != ours => {
                Err(Error::usage(format!("the address is at {typed}, but the token is for {ours}"))
                    .hint(
                        "leave out the host, or choose the profile that is for it: --profile NAME",
                    ))
            }
            _ => Ok(()),
        }
    }

    /// Prints what would be sent, as HTTP would write it.
    pub(super) fn say(&self, url: &str, reveal: bool, io: &mut Io) -> Result<(), Error> {
        let kind = match &self.body {
            Payload::None => None,
            Payload::Json(_) => Some("application/json"),
            Payload::Raw(kind, _) => Some(kind.as_str()),
        };
        let method = self.method.as_str();
        let url = if reveal { Cow::Borrowed(url) } else { redact::url(url) };
        io.out.line(format_args!("{method} {url}"))?;
        let kind = kind.map(|kind| ("content-type", kind));
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in headers.chain(kind) {
            io.out.line(format_args!("{name}: {value}"))?;
        }
        match &self.body {
            Payload::None => Ok(()),
            Payload::Json(json) => {
                io.out.line("")?;
                let redactor = Redactor::for_path(&self.path);
                AnswerFormat { reveal, redactor, repeatable: true, ..AnswerFormat::default() }
                    .print(json, io)
            }
            // Secrets in it could not be told from the rest.
            Payload::Raw(_, bytes) => {
                io.out.line("")?;
                io.out.line(format_args!("({} bytes)", bytes.len()))
            }
        }
    }
}

impl Payload {
    pub(super) fn as_body(&self) -> Option<Body<'_>> {
        match self {
            Self::None => None,
            Self::Json(json) => Some(Body::Json(json)),
            Self::Raw(kind, bytes) => Some(Body::Raw(kind, bytes)),
        }
    }
}
