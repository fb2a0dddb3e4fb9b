//! The Management API.
pub mod catalog;
pub mod headers;
#[cfg(test)]
mod test_random;
