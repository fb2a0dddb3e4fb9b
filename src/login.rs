//! Drives a login: the pure flow of [`crate::oauth`] with a browser, a listener and a tenant.

mod browser;
mod device;

use std::time::Duration;

pub use browser::{InBrowser, in_browser};
pub use device::on_another_device;

/// How long a person may take, unless `--timeout` says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(300);
