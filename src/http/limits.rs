//! How long a command may take, and how often it may ask again.

use std::time::{Duration, Instant};

/// Retries after the first attempt, unless told otherwise.
const MAX_RETRIES: u32 = 5;

/// A longer time is no bound at all, and adding it to a clock could overflow.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Bounds on all requests of one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for the whole command from its start; `None` for no bound.
    pub timeout: Option<Duration>,
    /// Retries of a request after its first attempt.
    pub max_retries: u32,
}

impl Limits {
    /// What was asked for, with the default number of retries.
    pub fn new(timeout: Option<Duration>, max_retries: Option<u32>) -> Self {
        Self { timeout, max_retries: max_retries.unwrap_or(MAX_RETRIES) }
    }

    /// When a command that began at `started` must have ended.
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
