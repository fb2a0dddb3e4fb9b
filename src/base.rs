//! What every other room stands on: errors, secrets, foreign text, domains, times, URLs, platforms.

pub(crate) mod child;
pub mod domain;
pub mod error;
#[doc(hidden)]
pub mod escape;
pub(crate) mod file_name;
pub(crate) mod input;
pub(crate) mod near;
pub(crate) mod platform;
pub mod secret;
#[cfg(test)]
pub(crate) mod test_random;
pub mod text;
pub(crate) mod threads;
pub mod time;
pub(crate) mod url;
