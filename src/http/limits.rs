//! Limits on time and retries.

use std::time::{Duration, Instant};

use super::Rate;

/// The default number of retries.
const MAX_RETRIES: u32 = 5;

/// Longer timeouts are shortened to this, because adding them to a clock could overflow.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Limits on all requests of one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for the whole command, from its start. `None` for no limit.
    pub timeout: Option<Duration>,
    /// The most retries of a request after its first attempt.
    pub max_retries: u32,
    /// The most requests per second. `None` if only the tenant's rate limit applies.
    pub rate: Option<Rate>,
}

impl Limits {
    /// Limits without a rate. `None` for `max_retries` means 5.
    pub fn new(timeout: Option<Duration>, max_retries: Option<u32>) -> Self {
        Self { timeout, max_retries: max_retries.unwrap_or(MAX_RETRIES), rate: None }
    }

    /// The time at which a command that began at `started` must have ended.
    pub(super) fn deadline(&self, started: Instant) -> Option<Instant> {
        started.checked_add(self.timeout?.min(LONGEST))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(None, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_duration_gives_a_deadline() {
        let now = Instant::now();
        for seconds in [0, 1, u64::MAX / 2, u64::MAX] {
            let limits = Limits::new(Some(Duration::from_secs(seconds)), None);
            assert!(limits.deadline(now).is_some_and(|at| at >= now), "{seconds}");
        }
        assert_eq!(Limits::default().deadline(now), None);
    }
}
