//! Drives a login: the pure flow of [`crate::oauth`] with a browser, a listener and a tenant.

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

/// How long a person may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignInLimit {
    started: Instant,
    given: Option<Duration>,
}

impl SignInLimit {
    /// Unless `--timeout` says otherwise.
    const DEFAULT: Duration = Duration::from_secs(300);

    /// Counted from when the command began to work.
    pub(crate) fn new(started: Instant, given: Option<Duration>) -> Self {
        Self { started, given }
    }

    /// When it ends for a page in the browser; `None` for never.
    fn deadline(self) -> Option<Instant> {
        self.started.checked_add(self.given.unwrap_or(Self::DEFAULT))
    }

    /// When it ends for a device's code, which has a lifetime of its own; `None` for never.
    fn given_deadline(self) -> Option<Instant> {
        self.started.checked_add(self.given?)
    }
}

impl fmt::Display for SignInLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.given.unwrap_or(Self::DEFAULT)).fmt(f)
    }
}
