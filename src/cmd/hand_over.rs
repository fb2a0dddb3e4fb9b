//! Another program in place of this one: a plugin, or the command of `auth0-token exec`.

use std::process::Command;

use crate::base::error::Error;

/// Becomes the program: its exit code and the signals it gets are its own. Returns only if it cannot
/// be started; `failed` makes the error.
#[cfg(unix)]
pub(super) fn hand_over(
    mut command: Command,
    failed: impl Fn(&std::io::Error) -> Error,
) -> Result<(), Error> {
    use std::os::unix::process::CommandExt;
    Err(failed(&command.exec()))
}

/// Runs the program and ends as it did. Ctrl-C reaches both, and it decides.
#[cfg(not(unix))]
pub(super) fn hand_over(
    mut command: Command,
    failed: impl Fn(&std::io::Error) -> Error,
) -> Result<(), Error> {
    crate::term::interrupt::leave_to_child()?;
    let status = command.status().map_err(|e| failed(&e))?;
    std::process::exit(status.code().unwrap_or(1))
}
