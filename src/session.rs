//! From flags, environment and profile to a token that is valid now, and stays so.

pub mod identity;

pub use identity::Identity;
