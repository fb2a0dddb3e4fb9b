//! `auth0-users`, against a tenant with as many users as a test wants.

mod export;
mod import;
mod tenant;
