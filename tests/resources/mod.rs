//! `auth0-clients` and `auth0-connections` against the emulator.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod clients;
mod connections;
mod coverage;
mod done;
mod faults;
mod hints;
mod kinds;
mod lists;
mod protected;
mod run;
#[cfg(target_os = "linux")]
mod terminal;
