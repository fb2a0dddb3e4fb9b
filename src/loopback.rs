//! x
pub mod page;
pub mod request;
