//! Starts threads, with an error if the system allows no more. `std::thread::spawn` would panic.

use std::io;
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

use crate::base::error::{Error, ErrorKind};

/// Starts a thread.
///
/// # Errors
/// Failure if the system allows no further thread.
pub(crate) fn start<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Error> {
    Builder::new().name(name.to_owned()).spawn(work).map_err(|e| not_started(&e))
}

/// Starts a thread that ends before its scope does.
///
/// # Errors
/// The same as [`start`].
pub(crate) fn start_in<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, Error> {
    Builder::new().name(name.to_owned()).spawn_scoped(scope, work).map_err(|e| not_started(&e))
}

fn not_started(error: &io::Error) -> Error {
    Error::new(ErrorKind::Failure, "cannot start a thread").code("no_thread").caused_by(error).hint(
        "the limit on processes and threads of this user or container is reached: end other programs, or raise it (ulimit -u shows it)",
    )
}
