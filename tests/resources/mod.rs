//! `auth0-clients` and `auth0-connections` against the emulator.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod clients;
mod connections;
mod done;
mod faults;
mod hints;
mod kinds;
mod lists;
mod protected;
pub(crate) mod run;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;
