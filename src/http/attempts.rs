//! Retries a request if its kind of failure allows it.

use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

use super::budget::BucketKey;
use super::budget::gate::TooLate;
use super::once::{ReadMode, SendFailure};
use super::{Http, MAX_WAIT, Request, Retry, Stream, failure, header, retry};
use crate::base::error::Error;

/// The result of an attempt that may be retried.
enum AttemptResult<T> {
    Done(T),
    Failed { error: Error, wait: Option<Duration> },
}

/// How many bytes of a 503 answer are searched for the message of a slow query.
const PEEK: u64 = 16 << 10;

/// Reads the first [`PEEK`] bytes of a body. Returns a stream of the whole body, and whether it
/// says that a search took too long.
fn peeked(stream: Stream) -> (Stream, bool) {
    let Stream { status, headers, mut body } = stream;
    let mut start = Vec::new();
    // A failure is reported when the rest is read.
    let _ = body.by_ref().take(PEEK).read_to_end(&mut start);
    let is_slow_query = failure::is_slow_query(&start);
    let body = Box::new(Cursor::new(start).chain(body));
    (Stream { status, headers, body }, is_slow_query)
}

impl Http {
    pub(super) fn send_with_retries<T>(
        &self,
        request: &Request<'_>,
        reading: ReadMode,
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
        reading: ReadMode,
        tries: u32,
        finish: &mut impl FnMut(Stream) -> Result<T, Error>,
    ) -> Result<AttemptResult<T>, Error> {
        let backoff = retry::backoff(tries);
        let endpoint = BucketKey::of(request.method, request.url);
        let permit = self.gate.acquire(endpoint, self.deadline).map_err(|TooLate| {
            self.timeout_error()
                .because("it was waiting for the tenant's rate limit, or for --rate")
        })?;
        let stream = match self.send_once(request, reading) {
            Ok(stream) => stream,
            Err(SendFailure { error, is_temporary, sent }) => {
                let again = match request.retry {
                    Retry::Idempotent => is_temporary,
                    Retry::NotSent | Retry::NotSentNorLimited => is_temporary && !sent,
                    Retry::Never => false,
                };
                return Ok(AttemptResult::Failed { error, wait: again.then_some(backoff) });
            }
        };
        let status = stream.status;
        let is_limit = status == 429 && request.retry.waits_for_rate_limit();
        let wait = retry::rate_limit_wait(&stream.headers, backoff);
        match is_limit {
            true => permit.refused(&stream.headers, wait),
            false => permit.answered(&stream.headers),
        }
        if (300..400).contains(&status) && status != 304 {
            return Err(failure::redirected(
                request.url,
                status,
                header(&stream.headers, "location"),
            ));
        }
        if is_limit {
            let error = failure::rate_limited(request.url, wait);
            let wait = (wait <= MAX_WAIT && tries < self.max_retries).then_some(wait);
            return match wait {
                Some(_) => Ok(AttemptResult::Failed { error, wait }),
                // Return the last answer: its body says which limit was reached.
                None => finish(stream).map(AttemptResult::Done),
            };
        }
        let (stream, is_slow_query) = match status {
            503 => peeked(stream),
            _ => (stream, false),
        };
        if matches!(status, 502..=504)
            && !is_slow_query
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
                let again = request.retry == Retry::Idempotent
                    && error.code_text() == failure::CONNECTION_BROKEN;
                Ok(AttemptResult::Failed {
                    error: error.in_doubt(),
                    wait: again.then_some(backoff),
                })
            }
        }
    }

    fn pause(&self, wait: Duration, error: &Error, tries: u32) -> Result<(), Error> {
        if let Some(deadline) = self.deadline
            && deadline.saturating_duration_since(Instant::now()) < wait
        {
            return Err(self.timeout_error().because(error.message()));
        }
        self.ui.say(format_args!(
            "{error}; trying again in {} ({tries} of {})",
            retry::in_seconds(wait),
            self.max_retries
        ));
        std::thread::sleep(wait);
        Ok(())
    }
}
