//! The library under the `auth0-*` binaries.

pub mod browser;
pub mod cli;
pub mod cmd;
pub mod domain;
pub mod error;
pub mod escape;
pub mod http;
pub mod interrupt;
pub mod io;
pub mod login;
pub mod loopback;
pub mod management;
pub mod oauth;
pub mod output;
pub mod platform;
pub mod profile;
pub mod rawjson;
pub mod redact;
pub mod run;
pub mod secret;
pub mod session;
pub mod store;
pub mod tenant;
pub mod time;
