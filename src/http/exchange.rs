//! HTTP requests and responses as data.

use std::io::Read;

use ureq::http::HeaderMap;

use super::clock;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;
use crate::base::time::{self, Moment};

/// An HTTP request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Absolute and already encoded.
    pub url: &'a str,
    /// The access token, sent as `Authorization: Bearer`.
    pub bearer: Option<&'a Secret>,
    /// Additional headers.
    pub headers: &'a [(String, String)],
    /// The body, if any.
    pub body: Option<Body<'a>>,
    /// Which failures to retry.
    pub retry: Retry,
    /// The longest response body to read, in bytes. `None` for the default limit.
    pub max_body: Option<u64>,
}

/// A request's body.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// A form with secrets. It is never logged.
    Form(&'a Secret),
    /// JSON.
    Json(&'a [u8]),
    /// Any other body, with its content type.
    Raw(&'a str, &'a [u8]),
}

/// Which failures to retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Rate limits, outages and broken connections, for an idempotent request.
    Idempotent,
    /// Rate limits, and connections that failed before the request was sent.
    NotSent,
    /// Connections that failed before the request was sent. The caller handles rate limits.
    NotSentNorLimited,
    /// No failures: the caller decides itself.
    Never,
}

/// A response that has been read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// When its headers arrived, by this computer's clock and by the server's.
    pub moment: Moment,
}

/// A response whose body has not been read yet.
pub struct Stream {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed while it is read.
    pub body: Box<dyn Read + Send>,
}

impl Retry {
    /// Whether a request waits for the end of a rate limit and is sent again.
    pub(super) fn waits_for_rate_limit(self) -> bool {
        matches!(self, Self::Idempotent | Self::NotSent)
    }
}

impl<'a> Request<'a> {
    /// A GET request that is retried.
    pub fn get(url: &'a str) -> Self {
        Self::new("GET", url)
    }

    /// A request without a body. GET, PUT and DELETE count as idempotent (RFC 9110 §9.2.2).
    pub fn new(method: &'a str, url: &'a str) -> Self {
        let idempotent = matches!(method, "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS");
        let retry = if idempotent { Retry::Idempotent } else { Retry::NotSent };
        Self { method, url, bearer: None, headers: &[], body: None, retry, max_body: None }
    }

    /// A POST request with a form, as for the token endpoint.
    pub fn form(url: &'a str, form: &'a Secret, retry: Retry) -> Self {
        Self { body: Some(Body::Form(form)), retry, ..Self::new("POST", url) }
    }
}

impl Answer {
    /// The text of a header, or `None` if it is missing or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The server's time when it answered, in Unix seconds, from the `Date` header. It may differ
    /// from this computer's clock. `None` if the header is missing or malformed.
    pub fn server_time(&self) -> Option<i64> {
        clock::server_time(&self.headers)
    }

    /// The body as UTF-8 text.
    ///
    /// # Errors
    /// Unavailable if the body is not UTF-8, as JSON must be (RFC 8259 §8.1).
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|_| {
            Error::new(ErrorKind::Unavailable, "the server's answer is not UTF-8 text")
                .status(self.status)
        })
    }
}

/// The current time by this computer's clock and by the `Date` header (RFC 9110 §6.6.1). For an
/// answer from a cache, `Age` is added (RFC 9111 §5.1).
pub(super) fn moment(headers: &HeaderMap) -> Moment {
    let date = clock::server_time(headers);
    let age = header(headers, "age").and_then(|age| age.trim().parse::<u32>().ok()).unwrap_or(0);
    let here = u64::try_from(time::now()).unwrap_or(0);
    Moment::dated(here, date.map(|date| date.saturating_add(i64::from(age))))
}

/// The text of a header, or `None` if it is missing or not text.
pub fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
