//! The library under the `auth0-*` binaries.

pub mod error;
pub mod escape;
pub mod output;
pub mod rawjson;
pub mod redact;
pub mod secret;
