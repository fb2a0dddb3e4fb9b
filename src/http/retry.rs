//! How long to wait before a retry.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::clock;

/// The wait that a 429 asks for, plus up to 0.5 s of jitter, or else `backoff`.
pub(super) fn rate_limit_wait(headers: &HeaderMap, backoff: Duration) -> Duration {
    // The limit resets on a whole second. Jitter avoids that moment and spreads the retries of
    // several processes.
    clock::asked_wait(headers).map_or(backoff, |asked| {
        asked.max(Duration::from_millis(200)).saturating_add(jitter(Duration::from_millis(500)))
    })
}

/// 0.5 s, 1 s, 2 s, … up to 16 s, plus up to a quarter of jitter, so that processes that failed
/// together do not retry together.
pub(super) fn backoff(tries: u32) -> Duration {
    let base = Duration::from_millis(500) * 2u32.pow(tries.min(5));
    base + jitter(base / 4)
}

fn jitter(most: Duration) -> Duration {
    let mut bytes = [0; 4];
    // If the system has no random bytes, go on without jitter.
    let _ = getrandom::fill(&mut bytes);
    most.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

/// Formats a wait in seconds with one decimal, for a message.
pub(super) fn in_seconds(wait: Duration) -> String {
    format!("{:.1} s", wait.as_secs_f64())
}
