//! The only user of ureq: timeouts, proxies, certificates, retries, redaction.
//!
//! Before the first request no certificates are read and no TLS is configured.

mod agent;
mod attempts;
mod budget;
#[doc(hidden)]
pub mod clock;
mod exchange;
mod failure;
#[doc(hidden)]
pub mod headers;
mod limits;
mod log;
mod once;
mod proxy;
mod resolver;
mod retry;

pub use self::budget::Rate;
pub use self::exchange::{Answer, Body, Request, Retry, Stream, header};
pub(crate) use self::failure::is_slow_query;
pub use self::limits::Limits;

use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http;

use self::budget::BucketKey;
use self::budget::gate::Gate;
use self::once::ReadMode;
use self::proxy::NamedProxy;
use self::resolver::Addresses;
use crate::base::error::{Error, ErrorKind};
use crate::base::url::is_loopback;
use crate::term::interrupt;
use crate::term::{Env, Ui};

/// Sent with every request.
pub const USER_AGENT: &str = concat!("auth0-suite/", env!("CARGO_PKG_VERSION"));

/// The largest response body. A page of 100 full rows is much smaller.
const MAX_BODY: u64 = 64 << 20;

/// The error code if an answer is longer than the request allows.
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
    /// Whether `deadline` comes from [`Http::while_others_wait`] and not from `--timeout`.
    others_wait: bool,
    gate: Arc<Gate>,
    addresses: Addresses,
    /// For plain HTTP on this machine. It reads no certificates.
    local: Arc<OnceLock<Agent>>,
    direct: Arc<OnceLock<Agent>>,
    proxied: Arc<OnceLock<(Agent, NamedProxy)>>,
}

impl Http {
    /// A client without connections. `started` is when the command began, because `--timeout`
    /// limits the whole command.
    pub fn new(env: Env, ui: &Ui, limits: &Limits, started: Instant) -> Self {
        Self {
            env,
            ui: ui.clone(),
            max_retries: limits.max_retries,
            deadline: limits.deadline(started),
            others_wait: false,
            gate: Arc::new(Gate::new(ui, limits.rate)),
            addresses: Addresses::default(),
            local: Arc::default(),
            direct: Arc::default(),
            proxied: Arc::default(),
        }
    }

    /// Shares what is known about the tenant's rate limit, and `--rate`, with all processes that
    /// use the same file. The file is opened at the first request.
    pub fn share_budget(&self, file: PathBuf) {
        self.gate.share(file);
    }

    /// How many GET requests to a URL may be in flight at once under the rate limit: 1 to 10. It is
    /// 1 until an answer has stated the limit.
    pub fn concurrency(&self, url: &str) -> usize {
        self.gate.concurrency(BucketKey::of("GET", url))
    }

    /// When `--timeout` ends, if it was given.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The most retries of a request after its first attempt.
    pub fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// Waits this long, or until `--timeout` ends. In that case the next request returns the
    /// timeout error.
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

    /// The same client for work under a lock. Its deadline is earlier than the time after which
    /// other processes stop waiting for the lock.
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
            gate: Arc::clone(&self.gate),
            addresses: self.addresses.clone(),
            local: Arc::clone(&self.local),
            direct: Arc::clone(&self.direct),
            proxied: Arc::clone(&self.proxied),
        }
    }

    fn timeout_error(&self) -> Error {
        if self.others_wait { failure::lock_timeout(LOCKED_TIMEOUT) } else { failure::timed_out() }
    }

    /// Sends a request and reads the whole answer, with any status. Retries according to
    /// [`Request::retry`].
    ///
    /// # Errors
    /// Unavailable if there was no complete answer. Rate-limited if a rate limit lasted longer than
    /// the retries.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        self.send_with_retries(request, ReadMode::Whole, |stream| {
            let moment = exchange::moment(&stream.headers);
            let mut body = Vec::new();
            let limit = request.max_body.unwrap_or(MAX_BODY).min(MAX_BODY);
            stream
                .body
                .take(limit + 1)
                .read_to_end(&mut body)
                .map_err(|e| failure::read_error(request.url, e))?;
            if body.len() as u64 > limit {
                return Err(Error::new(
                    ErrorKind::Unavailable,
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
        self.send_with_retries(request, ReadMode::Streamed, Ok)
    }

    /// The time left of `--timeout`, or `None` without a limit.
    ///
    /// # Errors
    /// Unavailable if no time is left.
    fn time_left(&self) -> Result<Option<Duration>, Error> {
        let left = self.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(self.timeout_error());
        }
        Ok(left)
    }

    /// The agent for a URL, and the proxy it uses. This machine is reached without a proxy.
    fn agent(&self, url: &str) -> Result<(&Agent, Option<&NamedProxy>), Error> {
        let uri = url.parse::<http::Uri>().unwrap_or_default();
        let host = uri.host().unwrap_or_default();
        // Only slow steps can be interrupted halfway, and this is where they begin.
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

#[cfg(test)]
mod tests;
