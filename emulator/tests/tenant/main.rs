//! The tenant as its clients see it, over real sockets.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod jobs;
mod management;
mod rules;
mod strict;
mod support;
