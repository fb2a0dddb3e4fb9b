//! `auth0-api`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "helpers of tests are tests"
)]

mod calls;
pub(crate) mod fake;
mod known;
mod operations;
mod paging;
mod printed;
