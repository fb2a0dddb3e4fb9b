//! The real binaries, over real sockets, with real files.

mod api;
mod completions;
mod dependencies;
#[cfg(feature = "host")]
mod host;
