//! `auth0-clients`, `auth0-connections` and `auth0-resources` against the emulator.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod client_updates;
mod clients;
mod connections;
mod coverage;
mod documented;
mod done;

mod faults;
mod hints;
mod kinds;
mod lists;
mod protected;
pub(crate) mod run;
mod secrets;
#[cfg(target_os = "linux")] // a terminal made by script(1)
pub(crate) mod terminal;
