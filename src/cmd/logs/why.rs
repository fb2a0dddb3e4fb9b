//! `auth0-logs why`.
use clap::Parser;
use crate::cli::Shared;
use crate::error::Error;
use crate::io::Io;
use crate::management::Management;
/// Explain why a login failed
#[derive(Debug, Parser)]
pub(super) struct Why {}
impl Why {
    pub(super) fn run(&self, _api: &Management<'_>, _shared: &Shared, _io: &mut Io) -> Result<(), Error> { Ok(()) }
}
