//! `auth0-users import`.

use clap::Args;

use crate::base::error::{Error, Kind};
use crate::cmd::options::Shared;
use crate::management::Management;
use crate::session::Session;
use crate::term::Io;

/// Create users from a file
#[derive(Args, Debug)]
pub(super) struct Import {}

impl Import {
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
