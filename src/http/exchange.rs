//! What is asked of a server, and what comes back.

use std::io::Read;
use std::time::SystemTime;

use ureq::http::HeaderMap;

use super::clock;
use crate::base::error::{Error, Kind};
use crate::base::secret::Secret;
use crate::base::time::{self, Moment};

/// What is asked of a server.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Absolute, already encoded.
    pub url: &'a str,
    /// The access token, sent as `Authorization: Bearer`.
    pub bearer: Option<&'a Secret>,
    /// Further headers.
    pub headers: &'a [(String, String)],
    /// What is sent, if anything.
    pub body: Option<Body<'a>>,
    /// Which failures are worth another try.
    pub retry: Retry,
    /// The longest body that is read, in bytes; `None` for the usual bound.
    pub max_body: Option<u64>,
}

/// A request's body.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// A form with secrets in it: never logged.
    Form(&'a Secret),
    /// JSON.
    Json(&'a [u8]),
    /// Any other, with its content type.
    Raw(&'a str, &'a [u8]),
}

/// Which failures are worth another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Rate limits, outages and broken connections: asking twice does no more than asking once.
    Idempotent,
    /// Rate limits, and connections that never carried the request.
    NotSent,
    /// None: the caller has a protocol of its own for it.
    Never,
}

/// What a server answered, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// When its headers came, by this computer's clock and by the server's.
    pub moment: Moment,
}

/// What a server answers, its body still on the way.
pub struct Stream {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed as it comes.
    pub body: Box<dyn Read + Send>,
}

impl<'a> Request<'a> {
    /// A GET, tried again as long as it makes sense.
    pub fn get(url: &'a str) -> Self {
        Self::new("GET", url)
    }

    /// A request without a body. GET, PUT and DELETE are idempotent (RFC 9110 §9.2.2).
    pub fn new(method: &'a str, url: &'a str) -> Self {
        let idempotent = matches!(method, "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS");
        let retry = if idempotent { Retry::Idempotent } else { Retry::NotSent };
        Self { method, url, bearer: None, headers: &[], body: None, retry, max_body: None }
    }

    /// A POST of a form, as the token endpoint wants it.
    pub fn form(url: &'a str, form: &'a Secret, retry: Retry) -> Self {
        Self { body: Some(Body::Form(form)), retry, ..Self::new("POST", url) }
    }
}

impl Answer {
    /// A header's text; `None` when absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The server's time when it answered, in Unix seconds, by its `Date` header. It may differ from
    /// this computer's clock. `None` if the header is missing or malformed.
    pub fn server_time(&self) -> Option<i64> {
        clock::server_time(&self.headers)
    }

    /// The body as text.
    ///
    /// # Errors
    /// Unavailable, when it is not UTF-8: JSON always is.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|_| {
            Error::new(Kind::Unavailable, "the server's answer is not UTF-8 text")
                .status(self.status)
        })
    }
}

/// Now, by this computer's clock and by the `Date` header (RFC 9110 §6.6.1). An answer from a cache
/// has an `Age` since then (RFC 9111 §5.1).
pub(super) fn moment(headers: &HeaderMap) -> Moment {
    let date = clock::server_time(headers);
    let age = header(headers, "age").and_then(|age| age.trim().parse::<u32>().ok()).unwrap_or(0);
    let here = u64::try_from(time::unix(SystemTime::now())).unwrap_or(0);
    Moment::dated(here, date.map(|date| date.saturating_add(i64::from(age))))
}

/// A header's text; `None` when absent or not text.
pub fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
