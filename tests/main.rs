//! The real binaries, over real sockets, with real files.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests are tests")]

mod api;
mod architecture;
mod completions;
mod dependencies;
mod documents;
mod foreign;
mod fuzzing;
#[cfg(unix)]
mod hard;
#[cfg(feature = "host")]
mod host;
mod newcomer;
mod profiles;
mod redaction;
mod resources;
mod signin;
mod support;
mod tally;
