//! Kinds of resource as data, and the operations over them.

pub mod kinds;
pub mod logs;
pub mod user_lookup;
