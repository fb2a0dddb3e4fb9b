//! The library under the `auth0-*` binaries.

pub mod cli;
pub mod domain;
pub mod error;
pub mod escape;
pub mod io;
pub mod output;
pub mod platform;
pub mod profile;
pub mod run;
pub mod secret;
pub mod store;
pub mod time;
