//! Runs a login: connects the pure steps of [`crate::oauth`] with a browser, a listener and a
//! tenant.

mod browser;
mod device;
mod handover;
pub(crate) mod launch;
mod pasted;
pub(crate) mod tenant;

use std::fmt;
use std::time::{Duration, Instant};

pub(crate) use browser::{BrowserLogin, sign_in_with_browser};
pub(crate) use device::sign_in_with_device;

/// The time limit for a person to sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignInLimit {
    started: Instant,
    given: Option<Duration>,
}

impl SignInLimit {
    /// The limit without `--timeout`.
    const DEFAULT: Duration = Duration::from_secs(300);

    /// `started` is when the command began. `given` is `--timeout`.
    pub(crate) fn new(started: Instant, given: Option<Duration>) -> Self {
        Self { started, given }
    }

    /// The deadline of a login in the browser. `None` if it is too far in the future for the clock.
    fn deadline(self) -> Option<Instant> {
        self.started.checked_add(self.given.unwrap_or(Self::DEFAULT))
    }

    /// The deadline of a login with a device code. `None` without `--timeout`, because the code has
    /// a lifetime of its own.
    fn given_deadline(self) -> Option<Instant> {
        self.started.checked_add(self.given?)
    }
}

impl fmt::Display for SignInLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.given.unwrap_or(Self::DEFAULT)).fmt(f)
    }
}
