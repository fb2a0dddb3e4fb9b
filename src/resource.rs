//! Kinds of resource as data, and the operations over them.

pub mod kinds;
pub mod snapshot;
