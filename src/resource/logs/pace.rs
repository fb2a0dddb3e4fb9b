//! How long to wait before the next request for events, so that production logins keep their share
//! of the rate limit.

use std::time::Duration;

/// What an answer's headers say of the rate limit. Anything may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RateLimit {
    /// Requests in a full bucket.
    pub limit: Option<u64>,
    /// Requests left in it.
    pub remaining: Option<u64>,
    /// The time until the bucket is full again, by the server's clock.
    pub reset: Option<Duration>,
}

/// How an answer was filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// A whole page: there is more.
    Full,
    /// Some events, and now there are no more.
    Part,
    /// None.
    Empty,
}

/// Without headers, the tenant is asked this often.
const UNTOLD: Duration = Duration::from_secs(5);

/// Events are not fetched more often than this, unless there are more already.
const SHORTEST: Duration = Duration::from_secs(1);

/// When nothing happens, events are not fetched more often than this. The smallest rate of a paid
/// plan is 100 requests a minute, of which this is a tenth. The headers cannot tell such a bucket
/// from a faster one: their reset has whole seconds, and a request comes back in 0.6 s.
const IDLE: Duration = Duration::from_secs(6);

/// Longer waits would make a person think that it hangs.
const LONGEST: Duration = Duration::from_secs(60);

/// The time to wait after an answer. While there are more events, the bucket is used up to its last
/// third; after some events a third of it, and when nothing happens a tenth.
pub(crate) fn wait(fill: Fill, budget: &RateLimit) -> Duration {
    let limit = budget.limit.filter(|limit| *limit > 0);
    let low = match (limit, budget.remaining) {
        (Some(limit), Some(remaining)) => remaining.saturating_mul(3) <= limit,
        (None, Some(remaining)) => remaining == 0,
        (_, None) => false,
    };
    let window = budget.reset.unwrap_or(SHORTEST).clamp(SHORTEST, LONGEST);
    // One request in this time is `1/share` of the bucket.
    let every = |share: u32| match limit {
        Some(limit) => window.mul_f64(f64::from(share) / limit.min(1_000_000) as f64),
        None => UNTOLD,
    };
    let least = if low { window } else { Duration::ZERO };
    match fill {
        Fill::Full => least,
        Fill::Part => every(3).clamp(SHORTEST, LONGEST).max(least),
        Fill::Empty if limit.is_none() => UNTOLD.max(least),
        Fill::Empty => every(10).clamp(IDLE, LONGEST).max(least),
    }
}

/// The time to wait after the `failures`th failure in a row: 5 s, doubled each time, up to a minute.
pub(crate) fn after_failure(failures: u32) -> Duration {
    Duration::from_secs(5).saturating_mul(1 << failures.saturating_sub(1).min(4)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(limit: u64, remaining: u64, reset: u64) -> RateLimit {
        RateLimit {
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(Duration::from_secs(reset)),
        }
    }

    fn seconds(fill: Fill, budget: RateLimit) -> u64 {
        wait(fill, &budget).as_secs()
    }

    #[test]
    fn an_idle_tail_uses_a_tenth_of_the_bucket() {
        // 10 requests come back within 6 s: 100 a minute, as on the paid plans.
        assert_eq!(seconds(Fill::Empty, budget(10, 9, 6)), 6);
        assert_eq!(seconds(Fill::Part, budget(10, 9, 6)), 1);
        assert_eq!(seconds(Fill::Full, budget(10, 9, 6)), 0);
        // The free plan: 2 requests a second for the whole API.
        assert_eq!(seconds(Fill::Empty, budget(2, 1, 1)), 6);
        // The same 100 a minute, where a request comes back after 0.6 s.
        assert_eq!(seconds(Fill::Empty, budget(10, 9, 1)), 6);
        assert_eq!(seconds(Fill::Empty, budget(50, 49, 3)), 6);
        assert_eq!(seconds(Fill::Empty, budget(10, 9, 20)), 20);
        assert_eq!(seconds(Fill::Empty, RateLimit::default()), 5);
    }

    #[test]
    fn the_last_third_of_the_bucket_is_left_to_others() {
        assert_eq!(seconds(Fill::Full, budget(9, 4, 6)), 0);
        assert_eq!(seconds(Fill::Full, budget(9, 3, 6)), 6);
        assert_eq!(seconds(Fill::Full, budget(9, 0, 6)), 6);
        assert_eq!(seconds(Fill::Part, budget(9, 3, 20)), 20);
        let untold = RateLimit { remaining: Some(0), ..RateLimit::default() };
        assert_eq!(seconds(Fill::Full, untold), 1);
    }

    #[test]
    fn no_header_makes_it_wait_for_long_or_not_at_all() {
        for limit in [0, 1, u64::MAX] {
            for remaining in [0, 1, u64::MAX] {
                for reset in [0, 1, u64::MAX] {
                    let budget = budget(limit, remaining, reset);
                    for fill in [Fill::Full, Fill::Part, Fill::Empty] {
                        let wait = wait(fill, &budget);
                        assert!(wait <= LONGEST, "{budget:?}");
                        assert!(fill == Fill::Full || wait >= SHORTEST, "{budget:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn failures_are_asked_about_less_and_less_often() {
        let waits: Vec<_> = (1..8).map(|failures| after_failure(failures).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60, 60]);
        assert_eq!(after_failure(u32::MAX).as_secs(), 60);
    }
}
