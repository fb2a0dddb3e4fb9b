//! The library under the `auth0-*` binaries.

pub mod error;
pub mod secret;
