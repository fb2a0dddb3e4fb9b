//! Answers as data, before they are written as HTTP.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// A status, headers and a body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body: body.into() }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", value.to_string())
    }

    pub(crate) fn html(status: u16, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html).with("cache-control", "no-store")
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::empty(302).with("location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Forbids caching, for an answer with tokens or personal data (RFC 6749 §5.1).
    pub(crate) fn not_stored(self) -> Self {
        self.with("cache-control", "no-store").with("pragma", "no-cache")
    }

    /// The Management API's error body.
    pub(crate) fn refused(status: u16, code: &str, message: &str) -> Self {
        let error = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            409 => "Conflict",
            413 => "Payload Too Large",
            415 => "Unsupported Media Type",
            429 => "Too Many Requests",
            _ => "Internal Server Error",
        };
        let mut body = json!({"statusCode": status, "error": error, "message": message});
        if !code.is_empty() {
            body["errorCode"] = json!(code);
        }
        Self::json(status, &body)
    }

    /// The token endpoint's error body (RFC 6749 §5.2).
    pub(crate) fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self::json(status, &json!({"error": error, "error_description": description}))
    }

    pub(crate) fn into_response(self, gzip: bool) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().append(*name, value);
            }
        }
        let body = if gzip && self.body.len() > 1024 {
            use std::io::Write as _;
            response.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&self.body).and_then(|()| encoder.finish()).unwrap_or_default()
        } else {
            self.body
        };
        *response.body_mut() = Body::from(Bytes::from(body));
        response
    }
}
