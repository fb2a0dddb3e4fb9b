//! The real binaries, over real sockets, with real files.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says where, and the rules of output are for the suite"
)]

mod api;
mod architecture;
mod completions;
mod dependencies;
mod described;
mod doctor;
mod documents;
mod foreign;
mod fuzzing;
mod hard;
#[cfg(feature = "host")]
mod host;
mod logs;
mod look;
mod newcomer;
#[cfg(unix)] // the examples are lines for a Unix shell
mod pasted;
mod profiles;
mod prose;
#[cfg(unix)] // the recipes are scripts for bash
mod recipes;
mod redaction;
mod resources;
mod signin;
mod support;
mod tally;
mod tenant;
mod token;
mod users;
