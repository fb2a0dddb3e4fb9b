//! What every other room stands on: errors, secrets, foreign text, domains, times, URLs, platforms.

pub mod child;
pub mod domain;
pub mod error;
pub mod escape;
pub mod near;
pub mod platform;
pub mod secret;
#[cfg(test)]
pub(crate) mod test_random;
pub mod text;
pub mod threads;
pub mod time;
pub mod url;
