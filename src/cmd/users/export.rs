//! `auth0-users export`.

use clap::Args;

use crate::base::error::{Error, Kind};
use crate::cmd::options::Shared;
use crate::management::Management;
use crate::session::Session;
use crate::term::Io;

/// Write all users to a file
#[derive(Args, Debug)]
pub(super) struct Export {}

impl Export {
    pub(super) fn run(
        self,
        _session: &Session,
        _api: &Management<'_>,
        _shared: &Shared,
        _io: &mut Io,
    ) -> Result<(), Error> {
        Err(Error::new(Kind::Failure, "this is not built yet"))
    }
}
