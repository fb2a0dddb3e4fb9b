//! Sends a request once.

use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http;

use super::{Body, CALL_TIMEOUT, Http, Request, Stream, failure, log};
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;

impl Http {
    pub(super) fn send_once(
        &self,
        request: &Request<'_>,
        reading: ReadMode,
    ) -> Result<Stream, SendFailure> {
        let not_sent = |error| SendFailure { error, is_temporary: false, sent: false };
        let (agent, proxy) = self.agent(request.url).map_err(not_sent)?;
        let left = self.time_left().map_err(not_sent)?;
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some(token) = request.bearer {
            builder = builder.header("authorization", bearer(token).map_err(not_sent)?);
        }
        let (kind, bytes): (Option<&str>, &[u8]) = match request.body {
            None => (None, &[]),
            Some(Body::Form(form)) => {
                (Some("application/x-www-form-urlencoded"), form.expose().as_bytes())
            }
            Some(Body::Json(json)) => (Some("application/json"), json),
            Some(Body::Raw(kind, bytes)) => (Some(kind), bytes),
        };
        if let Some(kind) = kind {
            builder = builder.header("content-type", kind);
        }
        self.hide_secrets(request);
        log::request(&self.ui, request);
        let started = Instant::now();
        // Without an explicit empty body, ureq would send a chunked one.
        let has_body = kind.is_some() || matches!(request.method, "POST" | "PUT" | "PATCH");
        let answer = if has_body {
            builder
                .body(bytes)
                .map_err(ureq::Error::from)
                .and_then(|r| agent.run(with_timeout(agent, r, reading, left)))
        } else {
            builder
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|r| agent.run(with_timeout(agent, r, reading, left)))
        };
        let answer = answer.map_err(|e| {
            if failure::never_connected(&e) {
                self.addresses.forget();
            }
            let error = failure::transport_error(request.url, proxy, &e);
            let error = match self.time_left() {
                Ok(_) => error,
                Err(out) => out.because(error.message()),
            };
            let sent = failure::may_have_been_sent(&e);
            let error = if sent { error.in_doubt() } else { error };
            SendFailure { error, is_temporary: failure::is_temporary(&e), sent }
        })?;
        let (parts, body) = answer.into_parts();
        log::answer(&self.ui, parts.status.as_u16(), &parts.headers, started.elapsed());
        let body = Box::new(body.into_with_config().limit(u64::MAX).reader());
        Ok(Stream { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// Registers the request's secrets, because a server may repeat them in an error message.
    fn hide_secrets(&self, request: &Request<'_>) {
        if let Some(token) = request.bearer {
            self.ui.hide(token);
        }
        if let Some(Body::Form(form)) = request.body {
            for secret in log::secrets_of_form(form.expose()) {
                self.ui.hide(&secret);
            }
        }
    }
}

pub(super) struct SendFailure {
    pub(super) error: Error,
    /// Whether the failure may be temporary.
    pub(super) is_temporary: bool,
    /// Whether the server may have received the request.
    pub(super) sent: bool,
}

/// How an answer is read. This determines its time limits.
#[derive(Clone, Copy)]
pub(super) enum ReadMode {
    /// The whole answer within [`CALL_TIMEOUT`].
    Whole,
    /// Only the headers within [`CALL_TIMEOUT`]. The body is read piece by piece.
    Streamed,
}

fn with_timeout<S: ureq::AsSendBody>(
    agent: &Agent,
    request: http::Request<S>,
    reading: ReadMode,
    left: Option<Duration>,
) -> http::Request<S> {
    let config = agent.configure_request(request);
    match reading {
        ReadMode::Whole => {
            let left = left.unwrap_or(CALL_TIMEOUT).min(CALL_TIMEOUT);
            config.timeout_global(Some(left))
        }
        ReadMode::Streamed => config.timeout_global(left).timeout_recv_response(Some(CALL_TIMEOUT)),
    }
    .build()
}

fn bearer(token: &Secret) -> Result<http::HeaderValue, Error> {
    let unfit = || {
        Error::new(ErrorKind::NotSignedIn, "the access token contains invalid characters")
            .hint("copy the whole token again, without anything before or after it")
    };
    if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unfit());
    }
    let mut value =
        http::HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| unfit())?;
    value.set_sensitive(true);
    Ok(value)
}
