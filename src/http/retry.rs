//! How long to wait before a retry.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::clock;

/// The wait that a 429 asks for, plus a little, or else `backoff`.
pub(super) fn rate_limit_wait(headers: &HeaderMap, backoff: Duration) -> Duration {
    // The window opens on a whole second. A random delay avoids its edge and keeps processes apart.
    clock::asked_wait(headers).map_or(backoff, |asked| {
        asked.max(Duration::from_millis(200)).saturating_add(jitter(Duration::from_millis(500)))
    })
}

/// 0.5 s, 1 s, 2 s, … up to 16 s, with jitter so that processes that failed together do not retry
/// together.
pub(super) fn backoff(tries: u32) -> Duration {
    let base = Duration::from_millis(500) * 2u32.pow(tries.min(5));
    base + jitter(base / 4)
}

fn jitter(most: Duration) -> Duration {
    let mut bytes = [0; 4];
    // Without randomness there is no jitter, which is not a reason to fail.
    let _ = getrandom::fill(&mut bytes);
    most.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

/// Formats seconds for a message.
pub(super) fn in_seconds(wait: Duration) -> String {
    format!("{:.1} s", wait.as_secs_f64())
}
