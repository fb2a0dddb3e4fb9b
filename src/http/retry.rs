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

#[cfg(test)]
mod tests {
    use super::*;

    /// The shortest and the longest of many waits, in milliseconds.
    fn range(wait: impl Fn() -> Duration) -> (u128, u128) {
        let waits: Vec<u128> = (0..200).map(|_| wait().as_millis()).collect();
        (*waits.iter().min().unwrap(), *waits.iter().max().unwrap())
    }

    #[test]
    fn the_backoff_doubles_up_to_16_seconds_with_a_quarter_of_jitter() {
        for (tries, base) in [(0, 500), (1, 1_000), (4, 8_000), (5, 16_000), (u32::MAX, 16_000)] {
            let (shortest, longest) = range(|| backoff(tries));
            assert!(shortest >= base && longest <= base + base / 4, "{shortest} {longest}");
            assert!(shortest < base + base / 8 && longest > base + base / 8, "no jitter");
        }
    }

    #[test]
    fn a_rate_limit_waits_as_asked_with_half_a_second_of_jitter() {
        let headers = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", value.parse().unwrap());
            headers
        };
        let (shortest, longest) = range(|| rate_limit_wait(&headers("7"), Duration::from_secs(1)));
        assert!(shortest >= 7_000 && longest <= 7_500, "{shortest} {longest}");
        assert!(shortest < 7_250 && longest > 7_250, "no jitter");
        let backoff = Duration::from_secs(3);
        assert_eq!(rate_limit_wait(&headers("0"), backoff), backoff);
        assert_eq!(rate_limit_wait(&HeaderMap::new(), backoff), backoff);
        assert!(rate_limit_wait(&headers("99999999999999999999"), backoff) > backoff);
    }

    #[test]
    fn waits_are_shown_with_one_decimal() {
        assert_eq!(in_seconds(Duration::from_millis(1_260)), "1.3 s");
    }
}
