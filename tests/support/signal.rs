//! Ends running commands as a person at the keyboard does, or as the system does.

use std::process::{Child, Command};

/// What can end a command from outside.
#[cfg(unix)]
pub(crate) use rustix::process::Signal;

/// What can end a command from outside. Ctrl-Break is missing because Wine 8 cannot send it.
#[cfg(windows)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    /// Ctrl-C.
    INT,
}

/// Every signal that the suite handles.
#[cfg(unix)]
pub(crate) const ENDING: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];
#[cfg(windows)]
pub(crate) const ENDING: [Signal; 1] = [Signal::INT];

/// Prepares a command for [`send`]. On Windows signals go to all processes of a console, so this one
/// gets a console without a window for itself.
#[cfg(windows)]
pub(crate) fn prepare(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

/// Prepares a command for [`send`].
#[cfg(unix)]
pub(crate) fn prepare(_: &mut Command) {}

/// Sends a signal to a command that was prepared for it.
#[cfg(unix)]
#[track_caller]
pub(crate) fn send(child: &Child, signal: Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).unwrap();
}

/// Sends a signal to a command that was prepared for it.
#[cfg(windows)]
#[track_caller]
pub(crate) fn send(child: &Child, Signal::INT: Signal) {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests")]
    let program = std::env::var_os("AUTH0_SUITE_CTRL_C")
        .expect("AUTH0_SUITE_CTRL_C names the program built from .ci/ctrl-c.c");
    super::Ran::of(Command::new(program).arg(child.id().to_string())).exits(0);
}
