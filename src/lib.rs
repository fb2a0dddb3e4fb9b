//! The library under the `auth0-*` binaries.

pub mod cli;
pub mod domain;
pub mod error;
pub mod escape;
pub mod http;
pub mod io;
pub mod management;
pub mod output;
pub mod platform;
pub mod profile;
pub mod redact;
pub mod run;
pub mod secret;
pub mod session;
pub mod store;
pub mod time;
