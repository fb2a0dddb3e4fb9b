//! `auth0-completions`: its files, its answers, and the shells that use them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests are tests")]

mod answers;
mod files;
pub(crate) mod home;
#[cfg(unix)] // bash, zsh and fish
mod shells;
