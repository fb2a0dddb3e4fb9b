//! The Management API.
pub mod headers;
