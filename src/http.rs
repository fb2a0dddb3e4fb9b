//! The only user of ureq: timeouts, proxies, certificates, retries, redaction.
//!
//! Before the first request no certificates are read and no TLS is configured.

mod agent;
pub mod clock;
mod exchange;
mod failure;
pub mod headers;
mod limits;
mod log;
mod proxy;
mod resolver;
mod retry;

pub use self::exchange::{Answer, Body, Request, Retry, Stream, header};
pub use self::limits::Limits;

use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http;

use self::proxy::NamedProxy;
use self::resolver::Addresses;
use crate::base::error::{Error, Kind};
use crate::base::secret::Secret;
use crate::base::url::is_loopback;
use crate::term::interrupt;
use crate::term::{Env, Ui};

/// Sent with every request.
pub const USER_AGENT: &str = concat!("auth0-suite/", env!("CARGO_PKG_VERSION"));

/// The largest response body. A page of 100 full rows is much smaller.
const MAX_BODY: u64 = 64 << 20;

/// The error code of an answer that is longer than the request allows.
pub const TOO_LONG: &str = "answer_too_long";

/// Time limit of one request, from resolving the host to the last byte.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Time limit of all requests under a lock together.
const LOCKED_TIMEOUT: Duration = Duration::from_secs(75);

/// Longer waits for a rate limit are reported as an error.
const MAX_WAIT: Duration = Duration::from_secs(90);

/// An HTTP client. Threads share it and its connections.
pub struct Http {
    env: Env,
    ui: Ui,
    max_retries: u32,
    deadline: Option<Instant>,
    /// Whether `deadline` comes from [`Http::while_others_wait`] rather than `--timeout`.
    others_wait: bool,
    addresses: Addresses,
    /// For plain HTTP on this machine. It reads no certificates.
    local: Arc<OnceLock<Agent>>,
    direct: Arc<OnceLock<Agent>>,
    proxied: Arc<OnceLock<(Agent, NamedProxy)>>,
}

/// The result of an attempt that may be retried.
enum AttemptResult<T> {
    Done(T),
    Failed { error: Error, wait: Option<Duration> },
}

impl Http {
    /// A client that has done nothing yet. `started` is when the command began: `--timeout` bounds
    /// all of it.
    pub fn new(env: Env, ui: &Ui, limits: &Limits, started: Instant) -> Self {
        Self {
            env,
            ui: ui.clone(),
            max_retries: limits.max_retries,
            deadline: limits.deadline(started),
            others_wait: false,
            addresses: Addresses::default(),
            local: Arc::default(),
            direct: Arc::default(),
            proxied: Arc::default(),
        }
    }

    /// When `--timeout` ends, if it was given.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The most retries of a request after its first attempt.
    pub fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// Waits this long, or until `--timeout` ends: then the next request says so.
    pub fn sleep(&self, wait: Duration) {
        let left = self.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        std::thread::sleep(left.map_or(wait, |left| wait.min(left)));
    }

    /// The variable that names the proxy on the way to a host, or `None` if the host is reached
    /// directly, as this machine always is.
    ///
    /// # Errors
    /// Usage, if the variable does not hold the address of a proxy.
    pub fn proxy_variable(&self, host: &str) -> Result<Option<&'static str>, Error> {
        if is_loopback(host) {
            return Ok(None);
        }
        Ok(NamedProxy::for_host(self.env, host)?.map(|named| named.variable))
    }

    /// The same client for work under a lock, which ends before others give up waiting for it.
    #[must_use]
    pub fn while_others_wait(&self) -> Self {
        let limit = Instant::now() + LOCKED_TIMEOUT;
        let others_wait = self.deadline.is_none_or(|deadline| limit < deadline);
        Self {
            env: self.env,
            ui: self.ui.clone(),
            max_retries: self.max_retries,
            deadline: if others_wait { Some(limit) } else { self.deadline },
            others_wait,
            addresses: self.addresses.clone(),
            local: Arc::clone(&self.local),
            direct: Arc::clone(&self.direct),
            proxied: Arc::clone(&self.proxied),
        }
    }

    fn out_of_time(&self) -> Error {
        if self.others_wait {
            failure::held_too_long(LOCKED_TIMEOUT)
        } else {
            failure::out_of_time()
        }
    }

    /// Sends a request and reads the whole answer, whatever its status. Retries as the request
    /// says.
    ///
    /// # Errors
    /// Unavailable if there was no complete answer. Rate-limited if a rate limit lasted longer than
    /// the retries.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        self.retried(request, Reading::Whole, |stream| {
            let moment = exchange::moment(&stream.headers);
            let mut body = Vec::new();
            let limit = request.max_body.unwrap_or(MAX_BODY).min(MAX_BODY);
            stream
                .body
                .take(limit + 1)
                .read_to_end(&mut body)
                .map_err(|e| failure::while_reading(request.url, e))?;
            if body.len() as u64 > limit {
                return Err(Error::new(
                    Kind::Unavailable,
                    format!(
                        "the answer of {} is longer than {} MiB and was cut off",
                        failure::host(request.url),
                        limit >> 20
                    ),
                )
                .code(TOO_LONG));
            }
            log::body(&self.ui, request.url, &body);
            Ok(Answer { status: stream.status, headers: stream.headers, body, moment })
        })
    }

    /// Sends a request and returns its answer before the body is read. The body may take as long as
    /// it likes, within `--timeout`, because events arrive when they happen.
    ///
    /// # Errors
    /// The same as [`Http::send`]. Reading the body can fail with any I/O error.
    pub fn stream(&self, request: &Request<'_>) -> Result<Stream, Error> {
        self.retried(request, Reading::AsItComes, Ok)
    }

    fn retried<T>(
        &self,
        request: &Request<'_>,
        reading: Reading,
        mut finish: impl FnMut(Stream) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tries = 0;
        loop {
            let (error, wait) = match self.attempt(request, reading, tries, &mut finish)? {
                AttemptResult::Done(done) => return Ok(done),
                AttemptResult::Failed { error, wait } => (error, wait),
            };
            let Some(wait) = wait.filter(|_| tries < self.max_retries) else { return Err(error) };
            tries += 1;
            self.pause(wait, &error, tries)?;
        }
    }

    /// One attempt. `Err` is final. `Failed` may be retried after `wait`.
    fn attempt<T>(
        &self,
        request: &Request<'_>,
        reading: Reading,
        tries: u32,
        finish: &mut impl FnMut(Stream) -> Result<T, Error>,
    ) -> Result<AttemptResult<T>, Error> {
        let backoff = retry::backoff(tries);
        let stream = match self.once(request, reading) {
            Ok(stream) => stream,
            Err(Failed { error, passing, sent }) => {
                let again = match request.retry {
                    Retry::Idempotent => passing,
                    Retry::NotSent | Retry::NotSentNorLimited => passing && !sent,
                    Retry::Never => false,
                };
                return Ok(AttemptResult::Failed { error, wait: again.then_some(backoff) });
            }
        };
        let status = stream.status;
        if (300..400).contains(&status) && status != 304 {
            return Err(failure::redirected(
                request.url,
                status,
                header(&stream.headers, "location"),
            ));
        }
        if status == 429 && request.retry.waits_for_rate_limit() {
            let wait = retry::rate_limit(&stream.headers, backoff);
            let error = failure::rate_limited(request.url, wait);
            let wait = (wait <= MAX_WAIT && tries < self.max_retries).then_some(wait);
            return match wait {
                Some(_) => Ok(AttemptResult::Failed { error, wait }),
                // Return the last answer: its body says which limit was reached.
                None => finish(stream).map(AttemptResult::Done),
            };
        }
        if matches!(status, 502..=504)
            && request.retry == Retry::Idempotent
            && tries < self.max_retries
        {
            return Ok(AttemptResult::Failed {
                error: failure::outage(request.url, status),
                wait: Some(backoff),
            });
        }
        match finish(stream) {
            Ok(done) => Ok(AttemptResult::Done(done)),
            Err(error) => {
                let again =
                    request.retry == Retry::Idempotent && error.code_text() == failure::BROKEN_OFF;
                Ok(AttemptResult::Failed {
                    error: error.in_doubt(),
                    wait: again.then_some(backoff),
                })
            }
        }
    }

    fn once(&self, request: &Request<'_>, reading: Reading) -> Result<Stream, Failed> {
        let not_sent = |error| Failed { error, passing: false, sent: false };
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
            let error = failure::of_transport(request.url, proxy, &e);
            let error = match self.time_left() {
                Ok(_) => error,
                Err(out) => out.because(error.message()),
            };
            let sent = failure::may_have_been_sent(&e);
            let error = if sent { error.in_doubt() } else { error };
            Failed { error, passing: failure::may_pass(&e), sent }
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

    /// What remains of `--timeout`, if it was given.
    fn time_left(&self) -> Result<Option<Duration>, Error> {
        let left = self.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(self.out_of_time());
        }
        Ok(left)
    }

    fn pause(&self, wait: Duration, error: &Error, tries: u32) -> Result<(), Error> {
        if let Some(deadline) = self.deadline
            && deadline.saturating_duration_since(Instant::now()) < wait
        {
            return Err(self.out_of_time().because(error.message()));
        }
        self.ui.say(format_args!(
            "{error}; trying again in {} ({tries} of {})",
            retry::tenths(wait),
            self.max_retries
        ));
        std::thread::sleep(wait);
        Ok(())
    }

    /// The agent for a URL, and the proxy it uses. This machine is reached without a proxy.
    fn agent(&self, url: &str) -> Result<(&Agent, Option<&NamedProxy>), Error> {
        let uri = url.parse::<http::Uri>().unwrap_or_default();
        let host = uri.host().unwrap_or_default();
        // The first slow step follows.
        interrupt::watch()?;
        let build = |proxy, tls| agent::build(self.env, &self.ui, &self.addresses, proxy, tls);
        if is_loopback(&host.to_ascii_lowercase()) {
            let tls = uri.scheme_str() == Some("https");
            let cell = if tls { &self.direct } else { &self.local };
            return Ok((get_or_try_init(cell, || build(None, tls))?, None));
        }
        let Some(named) = NamedProxy::for_host(self.env, host)? else {
            return Ok((get_or_try_init(&self.direct, || build(None, true))?, None));
        };
        let (agent, named) = get_or_try_init(&self.proxied, || {
            Ok((build(Some(named.proxy.clone()), true)?, named))
        })?;
        Ok((agent, Some(named)))
    }
}

fn get_or_try_init<T>(
    cell: &OnceLock<T>,
    make: impl FnOnce() -> Result<T, Error>,
) -> Result<&T, Error> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

struct Failed {
    error: Error,
    /// Whether the failure may be temporary.
    passing: bool,
    /// Whether the server may have received the request.
    sent: bool,
}

/// How to read an answer, which determines its time limits.
#[derive(Clone, Copy)]
enum Reading {
    /// To its end, within [`CALL_TIMEOUT`].
    Whole,
    /// Piece by piece. Only the headers must arrive within [`CALL_TIMEOUT`].
    AsItComes,
}

fn with_timeout<S: ureq::AsSendBody>(
    agent: &Agent,
    request: http::Request<S>,
    reading: Reading,
    left: Option<Duration>,
) -> http::Request<S> {
    let config = agent.configure_request(request);
    match reading {
        Reading::Whole => {
            let left = left.unwrap_or(CALL_TIMEOUT).min(CALL_TIMEOUT);
            config.timeout_global(Some(left))
        }
        Reading::AsItComes => config.timeout_global(left).timeout_recv_response(Some(CALL_TIMEOUT)),
    }
    .build()
}

fn bearer(token: &Secret) -> Result<http::HeaderValue, Error> {
    let unfit = || {
        Error::new(Kind::NotSignedIn, "the access token has characters that no token can have")
            .hint("copy it again: all of it, and nothing else")
    };
    if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unfit());
    }
    let mut value =
        http::HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| unfit())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests;
