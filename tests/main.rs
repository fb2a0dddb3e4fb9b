//! The real binaries, over real sockets, with real files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod api;
mod completions;
mod dependencies;
mod doctor;
mod documents;
mod foreign;
mod fuzzing;
#[cfg(unix)]
mod hard;
#[cfg(feature = "host")]
mod host;
mod logs;
mod newcomer;
mod profiles;
mod redaction;
mod resources;
mod signin;
mod support;
mod tally;
mod tenant;
mod token;
