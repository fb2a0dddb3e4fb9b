//! Opens browsers, and hides the address they are given from other users of the machine.

/// What to give the browser instead of the authorization URL, which contains secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handover {
    /// A one-time address of our own listener, for this user only. Other users can read a program's
    /// arguments, and sandboxed browsers cannot open files.
    OneTimeAddress,
    /// A file that only this user can read, which redirects to the URL.
    File,
    /// The URL itself: other users cannot read a program's arguments.
    Url,
}

/// What this system's browsers are given.
pub(crate) const HANDOVER: Handover = if cfg!(target_os = "linux") {
    Handover::OneTimeAddress
} else if cfg!(windows) {
    Handover::Url
} else {
    Handover::File
};

/// Whether command lines follow Windows' rules.
pub(crate) const WINDOWS: bool = cfg!(windows);

/// Whether this is macOS, where AirPlay Receiver listens on port 5000.
pub(crate) const MACOS: bool = cfg!(target_os = "macos");

/// Whether graphical programs need a display server, named in the environment.
pub(crate) const NEEDS_DISPLAY: bool = cfg!(all(unix, not(target_os = "macos")));

/// The command that opens a file of ours in the default browser, on the systems that are handed one.
pub(crate) const FILE_OPENER: Option<&str> =
    if cfg!(target_os = "macos") { Some("/usr/bin/open") } else { None };
