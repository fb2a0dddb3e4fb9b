//! Browsers: how each system opens one, and what a browser can be given that no other user of the
//! machine can read.

/// What the browser gets in place of the authorization URL, which has secrets in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// An address of our own listener that works once, and only for this user. Other users can
    /// read a program's arguments, and browsers that run confined can open no file.
    OneTimeAddress,
    /// A file that only this user can read and that leads to the URL.
    File,
    /// The URL itself: other users cannot read a program's arguments.
    Url,
}

/// What this system's browsers get.
pub const HANDOVER: Handover = if cfg!(target_os = "linux") {
    Handover::OneTimeAddress
} else if cfg!(windows) {
    Handover::Url
} else {
    Handover::File
};

/// Whether command lines follow Windows' rules.
pub const WINDOWS: bool = cfg!(windows);

/// Whether this is macOS, where AirPlay Receiver listens on port 5000.
pub const MACOS: bool = cfg!(target_os = "macos");

/// Whether a graphical program needs a display server that the environment names.
pub const NEEDS_DISPLAY: bool = cfg!(all(unix, not(target_os = "macos")));

/// The command that opens a file of ours in the default browser, on the systems that are handed one.
pub const FILE_OPENER: Option<&str> =
    if cfg!(target_os = "macos") { Some("/usr/bin/open") } else { None };
