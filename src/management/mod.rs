//! The Management API.
pub mod catalog;
pub mod headers;
pub mod paging;
#[cfg(test)]
mod test_random;
