//! When a request may be sent, according to the tenant's rate-limit headers. Pure: no clock, no
//! files, no waiting. [`gate`] adds those.
//!
//! Production logins use the same rate-limit bucket. So a third of it is left to them: a request is
//! sent only if more than a third of the bucket remains after it and the requests in flight. Once
//! only a third remains, one request is sent at each reset, and its answer states how much is left.

pub(super) mod gate;
mod saved;
mod shared;

use std::num::NonZeroU32;

use ureq::http::HeaderMap;

use super::{clock, header};
use crate::base::url;

/// The most requests of one list that are in flight at once.
const MAX_CONCURRENT: u32 = 10;

/// The most requests in flight at once if the answers have no rate-limit headers.
const CONCURRENT_WITHOUT_LIMIT: u32 = 4;

/// How long a request counts as in flight, in milliseconds. After that the tenant has counted it,
/// or the process that sent it has ended.
const IN_FLIGHT_LIFE: Millis = 3_000;

/// How long an answer's rate-limit headers are used, in milliseconds. Others use the bucket too, so
/// they become outdated.
const REPORT_LIFE: Millis = 60_000;

/// The longest plausible wait for a reset, in milliseconds. Auth0's limits are per second or per
/// minute.
const LONGEST_RESET: Millis = 90_000;

/// How long to wait if the reset time is not plausible, in milliseconds.
const DEFAULT_RESET: Millis = 1_000;

/// How long to wait before checking again whether a request in flight was answered, in
/// milliseconds.
const POLL: Millis = 10;

/// The most reports, and the most requests in flight, that are stored.
const MAX_KEPT: usize = 64;

/// With more headroom than this, processes do not tell each other about their requests: twenty
/// processes with ten requests each cannot use it up unnoticed.
const HEADROOM_FOR_ALL: u32 = 200;

/// Milliseconds since 1970 by this computer's clock.
type Millis = u64;

/// The rate-limit bucket of a request. Some endpoints have a bucket of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BucketKey {
    /// Hash of the scheme, the host and the API (Management API or not).
    api: u32,
    /// Hash of the first word of the path below the API, and whether the request only reads.
    path: u32,
}

impl BucketKey {
    pub(super) fn of(method: &str, url: &str) -> Self {
        let (scheme, host, rest) = url::split(url).unwrap_or(("", url, ""));
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (api, below) = match rest.strip_prefix("/api/v2/") {
            Some(below) => ("management", below),
            None => ("", rest.trim_start_matches('/')),
        };
        let word = below.split('/').next().unwrap_or_default();
        let access = if matches!(method, "GET" | "HEAD") { "read" } else { "write" };
        Self { api: hash(&[scheme, host, api]), path: hash(&[access, word]) }
    }
}

/// FNV-1a. The hash is stored in files, so it must be the same in every build.
fn hash(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The most requests per second, as `--rate` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(NonZeroU32);

impl Rate {
    /// A rate of `per_second` requests, at most 1,000.
    pub fn new(per_second: u32) -> Option<Self> {
        NonZeroU32::new(per_second).filter(|rate| rate.get() <= 1_000).map(Self)
    }

    /// The time between two requests, in milliseconds.
    fn interval(self) -> Millis {
        1_000_u64.div_ceil(u64::from(self.0.get()))
    }
}

/// The state of a rate-limit bucket, from the headers of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateLimit {
    /// `x-ratelimit-limit`: the size of the bucket, in requests.
    size: u32,
    /// `x-ratelimit-remaining`: requests left.
    remaining: u32,
    /// `x-ratelimit-reset`: when requests are added. The bucket is not always full then.
    resets: Millis,
}

impl RateLimit {
    /// Reads the three `x-ratelimit` headers of an answer that arrived at `now`. `None` if a number
    /// is missing or malformed.
    pub(super) fn read(headers: &HeaderMap, now: Millis) -> Option<Self> {
        let number = |name| header(headers, name)?.trim().parse::<u32>().ok();
        let size = number("x-ratelimit-limit").filter(|size| *size > 0)?;
        let remaining = number("x-ratelimit-remaining")?.min(size);
        let wait = match header(headers, "x-ratelimit-reset") {
            None => DEFAULT_RESET,
            Some(reset) => {
                let date = clock::server_time(headers);
                let date = date.unwrap_or(i64::try_from(now / 1_000).unwrap_or(i64::MAX));
                let wait = clock::retry_wait(None, Some(reset), date);
                wait.map_or(0, |wait| plausible(wait.as_secs().saturating_mul(1_000)))
            }
        };
        Some(Self { size, remaining, resets: now + wait })
    }

    /// How many requests may be sent before the last third of the bucket is reached.
    fn headroom(self) -> u32 {
        self.remaining.saturating_sub(self.size.div_ceil(3))
    }
}

fn plausible(wait: Millis) -> Millis {
    if wait <= LONGEST_RESET { wait } else { DEFAULT_RESET }
}

/// The rate limit in the newest answer for a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LimitReport {
    endpoint: BucketKey,
    at: Millis,
    /// `None` if the answer had no rate-limit headers.
    limit: Option<RateLimit>,
}

/// A request without an answer yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InFlight {
    /// The process that sent it.
    owner: u32,
    /// Its number in that process.
    number: u32,
    endpoint: BucketKey,
    sent: Millis,
}

/// Why a request must wait, and how many milliseconds until the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wait {
    /// Until requests in flight are answered.
    Answers(Millis),
    /// For `--rate`.
    Rate(Millis),
    /// For the reset of the tenant's rate limit.
    Reset(Millis),
}

/// What is known about the rate limits of the tenants of one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Budget {
    /// When the newest request that counts for `--rate` was sent.
    paced: Millis,
    reports: Vec<LimitReport>,
    in_flight: Vec<InFlight>,
}

impl Budget {
    /// Records that a request is sent, or returns why and how long it must wait.
    pub(super) fn begin(&mut self, flight: InFlight, rate: Option<Rate>) -> Result<(), Wait> {
        let now = flight.sent;
        self.forget_old(now);
        if let Some(rate) = rate {
            let next = self.paced + rate.interval();
            if now < next {
                return Err(Wait::Rate(next - now));
            }
        }
        if let Some(wait) = self.wait(flight.endpoint, now) {
            return Err(wait);
        }
        if rate.is_some() {
            self.paced = now;
        }
        if self.in_flight.len() < MAX_KEPT {
            self.in_flight.push(flight);
        }
        Ok(())
    }

    /// Why a request to this endpoint must wait, or `None` if it can be sent.
    fn wait(&self, endpoint: BucketKey, now: Millis) -> Option<Wait> {
        let in_flight = self.in_flight_to(endpoint);
        let for_answers = (in_flight > 0).then_some(Wait::Answers(POLL));
        let waits = self.relevant(endpoint).map(|report| match report.limit {
            None => for_answers.filter(|_| in_flight >= CONCURRENT_WITHOUT_LIMIT),
            Some(limit) if limit.headroom() > in_flight => None,
            Some(limit) if limit.headroom() == 0 && now < limit.resets => {
                Some(Wait::Reset(limit.resets - now))
            }
            Some(_) => for_answers,
        });
        // Without a report, the first answer says what the limit is.
        waits.max().unwrap_or(for_answers)
    }

    /// How many requests to this endpoint may be in flight at once: at least 1.
    pub(super) fn concurrency(&self, endpoint: BucketKey) -> u32 {
        let allowed = self.relevant(endpoint).map(|report| match report.limit {
            None => CONCURRENT_WITHOUT_LIMIT,
            Some(limit) => limit.headroom(),
        });
        allowed.min().unwrap_or(1).clamp(1, MAX_CONCURRENT)
    }

    /// Whether this process may send requests to an endpoint without telling other processes.
    fn has_headroom_for_all(&self, endpoint: BucketKey) -> bool {
        let mut limits = self.relevant(endpoint).peekable();
        limits.peek().is_some()
            && limits
                .all(|report| report.limit.is_some_and(|limit| limit.headroom() > HEADROOM_FOR_ALL))
    }

    /// The reports that matter to an endpoint: its own, and those of endpoints of the same API with
    /// a bucket of the same size, which may be the same bucket. For an endpoint without a report,
    /// these are all reports of its API.
    fn relevant(&self, endpoint: BucketKey) -> impl Iterator<Item = &LimitReport> {
        let of_api = self.reports.iter().filter(move |report| report.endpoint.api == endpoint.api);
        let own = of_api.clone().find(|report| report.endpoint == endpoint);
        let size = |report: &LimitReport| report.limit.map(|limit| limit.size);
        of_api.filter(move |report| own.is_none_or(|own| size(own) == size(report)))
    }

    fn in_flight_to(&self, endpoint: BucketKey) -> u32 {
        let same = self.in_flight.iter().filter(|flight| flight.endpoint.api == endpoint.api);
        u32::try_from(same.count()).unwrap_or(u32::MAX)
    }

    /// Removes a request that got no answer.
    pub(super) fn end(&mut self, flight: InFlight) {
        self.in_flight.retain(|other| (other.owner, other.number) != (flight.owner, flight.number));
    }

    /// Records the answer to a request. `limit` is `None` if the answer has no rate-limit headers.
    pub(super) fn report(&mut self, flight: InFlight, limit: Option<RateLimit>, now: Millis) {
        self.end(flight);
        let endpoint = flight.endpoint;
        let before = self.reports.iter().position(|report| report.endpoint == endpoint);
        let before = before.map(|at| self.reports.remove(at));
        let limit = match (limit, before) {
            // The answers of requests in flight at the same time can arrive in any order.
            (Some(new), Some(LimitReport { limit: Some(old), at, .. }))
                if at >= flight.sent && old.size == new.size =>
            {
                let remaining = new.remaining.min(old.remaining);
                Some(RateLimit { remaining, resets: new.resets.max(old.resets), ..new })
            }
            _ => limit,
        };
        if self.reports.len() >= MAX_KEPT {
            self.reports.remove(0);
        }
        self.reports.push(LimitReport { endpoint, at: now, limit });
    }

    /// Records a 429 after which requests must wait `wait` milliseconds.
    pub(super) fn refuse(
        &mut self,
        flight: InFlight,
        limit: Option<RateLimit>,
        wait: Millis,
        now: Millis,
    ) {
        let known = self.reports.iter().find(|report| report.endpoint == flight.endpoint);
        let known = known.and_then(|report| report.limit);
        let size = limit.or(known).map_or(1, |limit| limit.size);
        self.report(
            flight,
            Some(RateLimit { size, remaining: 0, resets: now + plausible(wait) }),
            now,
        );
    }

    fn forget_old(&mut self, now: Millis) {
        self.paced = self.paced.min(now);
        self.in_flight.retain(|flight| recent(flight.sent, IN_FLIGHT_LIFE, now));
        self.reports.retain(|report| recent(report.at, REPORT_LIFE + LONGEST_RESET, now));
        self.reports.retain_mut(|report| {
            let Some(limit) = &mut report.limit else {
                return recent(report.at, REPORT_LIFE, now);
            };
            limit.resets = limit.resets.min(now + LONGEST_RESET);
            limit.resets > now || recent(report.at, REPORT_LIFE, now)
        });
    }

    /// Merges what this process knows into what all processes of the profile have saved. `owner` is
    /// this process.
    fn merge(&mut self, own: &Self, owner: u32) {
        self.paced = self.paced.max(own.paced);
        for report in &own.reports {
            match self.reports.iter_mut().find(|other| other.endpoint == report.endpoint) {
                Some(other) if other.at >= report.at => {}
                Some(other) => *other = *report,
                None => self.reports.push(*report),
            }
        }
        self.in_flight.retain(|flight| flight.owner != owner);
        self.in_flight.extend(own.in_flight.iter().filter(|flight| flight.owner == owner));
        self.reports.truncate(MAX_KEPT);
        self.in_flight.truncate(MAX_KEPT);
    }
}

/// Whether `time` is in the last `life` milliseconds. A time in the future is not: either the clock
/// was set back or the file is corrupt.
fn recent(time: Millis, life: Millis, now: Millis) -> bool {
    time <= now && now - time < life
}

#[cfg(test)]
mod tests;
