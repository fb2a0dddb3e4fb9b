//! `auth0`, the host.
fn main() {}
