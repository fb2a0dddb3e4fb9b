//! The real binaries, over real sockets, with real files.

mod api;
mod dependencies;
mod fuzzing;
