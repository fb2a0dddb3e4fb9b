//! `auth0-api`.

mod calls;
mod fake;
mod known;
mod operations;
mod paging;
