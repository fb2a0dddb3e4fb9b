//! The library under the `auth0-*` binaries.

pub mod error;
pub mod loopback;
pub mod oauth;
pub mod secret;
