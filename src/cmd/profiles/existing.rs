//! Profiles that must exist already.

use crate::base::error::Error;
use crate::profile::ProfileName;
use crate::profile::store::{Locked, Store};
use crate::session::identity::no_such_profile;

/// An existing profile, by its name as the file spells it.
pub(super) fn existing(store: &Store, name: &str) -> Result<ProfileName, Error> {
    let name = ProfileName::parse(name)?;
    store.find(&name).ok_or_else(|| no_such_profile(&name, store))
}

/// The lock of an existing profile. A profile that another process removed in the meantime is an
/// error, so that nothing brings it back.
pub(super) fn lock_existing<'a>(store: &'a Store, name: &ProfileName) -> Result<Locked<'a>, Error> {
    // Before the lock, so that a name that was mistyped leaves no lock file behind.
    if store.exists(name) {
        let locked = store.lock(name)?;
        if locked.exists() {
            return Ok(locked);
        }
    }
    Err(no_such_profile(name, store))
}
