//! The real binaries, over real sockets, with real files.

mod dependencies;
mod documents;
