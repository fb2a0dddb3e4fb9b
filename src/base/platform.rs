//! What differs between systems: private files and folders, certificates, terminals, signals. All such code is here.

pub mod signals;

pub mod desktop;
pub mod peers;
pub mod typed;

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use rustls_native_certs::CertificateResult;

use crate::base::text::{self, Hint};
use crate::hint;

/// What other users can do with a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Nothing.
    Private,
    /// Read it.
    Readable,
    /// Write to it.
    Writable,
    /// Anything: it belongs to another user.
    Foreign,
}

#[cfg(unix)]
mod imp {
    use super::{Exposure, File, Metadata, OpenOptions, Path, io};
    use std::fs::{DirBuilder, Permissions};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    pub(super) fn create_private_dirs(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(super) fn exposure(metadata: &Metadata) -> Exposure {
        let (owner, mode) = (metadata.uid(), metadata.mode());
        if owner != 0 && owner != rustix::process::geteuid().as_raw() {
            Exposure::Foreign
        } else if mode & 0o022 != 0 {
            Exposure::Writable
        } else if mode & 0o077 != 0 {
            Exposure::Readable
        } else {
            Exposure::Private
        }
    }

    pub(super) fn is_sticky(metadata: &Metadata) -> bool {
        metadata.mode() & 0o1000 != 0
    }

    pub(super) fn is_ours_only(metadata: &Metadata) -> bool {
        metadata.uid() == rustix::process::geteuid().as_raw()
            && (metadata.is_dir() || (metadata.is_file() && metadata.nlink() == 1))
    }

    pub(super) fn make_private(file: &File) -> io::Result<()> {
        let mode = if file.metadata()?.is_dir() { 0o700 } else { 0o600 };
        file.set_permissions(Permissions::from_mode(mode))
    }

    pub(super) fn open_dir(path: &Path) -> io::Result<File> {
        open_without_waiting(path)
    }

    /// Without these flags, opening a pipe waits for a writer, and opening a terminal makes it the
    /// process's own.
    pub(super) fn open_without_waiting(path: &Path) -> io::Result<File> {
        use rustix::fs::OFlags;
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC).bits();
        OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
    }

    pub(super) fn path_bytes(path: &Path) -> Option<&[u8]> {
        Some(path.as_os_str().as_bytes())
    }

    pub(super) type Settings = rustix::termios::Termios;

    pub(super) fn terminal_settings() -> Option<Settings> {
        rustix::termios::tcgetattr(rustix::stdio::stdin()).ok()
    }

    pub(super) fn hide_typing(settings: &Settings) {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcsetattr};
        let mut hidden = settings.clone();
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
        hidden.special_codes[SpecialCodeIndex::VMIN] = 1;
        hidden.special_codes[SpecialCodeIndex::VTIME] = 0;
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &hidden);
    }

    pub(super) fn restore_terminal(settings: &Settings) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, settings);
    }

    /// A rename is on disk once its folder is.
    pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

/// Files under the user's profile folder inherit an access list that admits only the user, the
/// administrators and the system; there are no modes to set.
#[cfg(not(unix))]
mod imp {
    use super::{Exposure, File, Metadata, OpenOptions, Path, io};

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn create_private_dirs(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    pub(super) fn exposure(_: &Metadata) -> Exposure {
        Exposure::Private
    }

    pub(super) fn is_sticky(_: &Metadata) -> bool {
        false
    }

    pub(super) fn is_ours_only(_: &Metadata) -> bool {
        true
    }

    pub(super) fn make_private(_: &File) -> io::Result<()> {
        Ok(())
    }

    /// Never called: every folder is private here.
    pub(super) fn open_dir(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn open_without_waiting(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn path_bytes(path: &Path) -> Option<&[u8]> {
        path.to_str().map(str::as_bytes)
    }

    pub(super) fn sync_dir(_: &Path) -> io::Result<()> {
        Ok(())
    }

    /// The console restores its mode when the process ends.
    pub(super) type Settings = ();

    pub(super) fn terminal_settings() -> Option<Settings> {
        None
    }

    pub(super) fn hide_typing(_: &Settings) {}

    pub(super) fn restore_terminal(_: &Settings) {}
}

/// The system's trusted certificates, whatever the environment says; nothing where only the
/// environment can be asked.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn roots() -> Option<CertificateResult> {
    let found = openssl_probe::probe();
    let folder = found.cert_dir.first().map(AsRef::as_ref);
    Some(rustls_native_certs::load_certs_from_paths(found.cert_file.as_deref(), folder))
}

/// The system's trusted certificates, whatever the environment says; nothing where only the
/// environment can be asked.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn roots() -> Option<CertificateResult> {
    None
}

/// Creates a file for this user only (0600). It must not exist yet, not even as a link.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    imp::private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Opens a file that holds no data and serves as a lock, creating it (0600).
pub fn open_lock_file(path: &Path) -> io::Result<File> {
    imp::private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Creates a folder, and those above it that are missing, for this user only (0700).
pub fn create_private_dirs(path: &Path) -> io::Result<()> {
    imp::create_private_dirs(path)
}

/// What other users can do with a file or folder.
pub fn exposure(metadata: &Metadata) -> Exposure {
    imp::exposure(metadata)
}

/// Whether a folder has the sticky bit, as folders have that many users share.
pub fn is_sticky(metadata: &Metadata) -> bool {
    imp::is_sticky(metadata)
}

/// Whether it is a folder of this user's, or a file of this user's that has no other name.
pub fn is_ours_only(metadata: &Metadata) -> bool {
    imp::is_ours_only(metadata)
}

/// Takes all rights from other users: 0600 for a file, 0700 for a folder.
pub fn make_private(file: &File) -> io::Result<()> {
    imp::make_private(file)
}

/// Opens a folder, to look at it and to change its permissions.
pub fn open_dir(path: &Path) -> io::Result<File> {
    imp::open_dir(path)
}

/// Opens a regular file to read it. Never waits: a pipe without a writer is refused like anything
/// else that is not a regular file.
///
/// # Errors
/// The system's, and `InvalidInput` if the path names no regular file.
pub fn open_regular_file(path: &Path) -> io::Result<File> {
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    // Opening a device can have effects, so look before and after.
    if !std::fs::metadata(path)?.is_file() {
        return Err(refused());
    }
    let file = imp::open_without_waiting(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(refused()) }
}

/// A path as the bytes that name it to other programs; `None` if it has no such form.
pub fn path_bytes(path: &Path) -> Option<&[u8]> {
    imp::path_bytes(path)
}

/// Whether a file cannot be replaced for the moment, because another program holds it open.
pub fn is_busy(error: &io::Error) -> bool {
    // ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION.
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Finds out whether a rename could replace this file. A missing file can be replaced.
#[cfg(windows)]
pub fn check_replaceable(path: &Path) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt;
    /// The right that a rename asks for. A program that does not share it stops the rename.
    const DELETE: u32 = 0x0001_0000;
    match OpenOptions::new().access_mode(DELETE).open(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Finds out whether a rename could replace this file: always, if its folder takes new files.
#[cfg(not(windows))]
pub fn check_replaceable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The command that shows which process has a file open, on systems that have one.
pub fn who_has_open(path: &Path) -> Option<Hint> {
    cfg!(unix).then(|| hint!("fuser {}", text::path(path).in_command("FILE")))
}

/// Makes a rename in this folder last through a power cut.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    imp::sync_dir(path)
}

/// The settings of the terminal on standard input: echo, line mode and the like.
pub struct Terminal(imp::Settings);

impl Terminal {
    /// As they are now; `None` where there is no terminal.
    pub fn settings() -> Option<Self> {
        imp::terminal_settings().map(Self)
    }

    /// Shows nothing of what is typed, and hands it over key by key. Ctrl-C works as before.
    pub fn hide_typing(&self) {
        imp::hide_typing(&self.0);
    }

    /// Puts them back.
    pub fn restore(&self) {
        imp::restore_terminal(&self.0);
    }
}

/// Lets the terminal obey escape sequences, for which the classic console of Windows must be asked.
/// False if it cannot: then nothing is colored, and no status line is shown.
pub fn enable_escape_sequences() -> bool {
    #[cfg(windows)]
    return anstyle_query::windows::enable_ansi_colors().unwrap_or(false);
    #[cfg(not(windows))]
    true
}
