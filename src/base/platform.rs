//! Everything that differs between systems: private files and folders, certificates, terminals,
//! signals.

pub(crate) mod signals;

pub(crate) mod desktop;
pub(crate) mod peers;
pub(crate) mod typed;

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use rustls_native_certs::CertificateResult;

use crate::base::text::{self, Hint};
use crate::hint;

/// What other users can do with a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "permissions are only read on Unix"))]
pub(crate) enum Exposure {
    /// They cannot access it.
    Private,
    /// They can read it.
    Readable,
    /// They can write to it.
    Writable,
    /// They own it, so they can do anything.
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

    /// Without these flags, opening a pipe would wait for a writer, and opening a terminal would
    /// make it the process's controlling terminal.
    pub(super) fn open_without_waiting(path: &Path) -> io::Result<File> {
        use rustix::fs::OFlags;
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC).bits();
        OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
    }

    pub(super) fn path_bytes(path: &Path) -> Option<&[u8]> {
        Some(path.as_os_str().as_bytes())
    }

    pub(super) type TerminalSettings = rustix::termios::Termios;

    pub(super) fn terminal_settings() -> Option<TerminalSettings> {
        rustix::termios::tcgetattr(rustix::stdio::stdin()).ok()
    }

    pub(super) fn hide_typing(settings: &TerminalSettings) {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcsetattr};
        let mut hidden = settings.clone();
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
        hidden.special_codes[SpecialCodeIndex::VMIN] = 1;
        hidden.special_codes[SpecialCodeIndex::VTIME] = 0;
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &hidden);
    }

    pub(super) fn restore_terminal(settings: &TerminalSettings) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, settings);
    }

    /// A rename survives a power failure only after its folder has been synced.
    pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

/// Files under the user's profile folder inherit an access list that admits only the user, the
/// administrators and the system. There are no modes to set.
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
    pub(super) type TerminalSettings = ();

    pub(super) fn terminal_settings() -> Option<TerminalSettings> {
        None
    }

    pub(super) fn hide_typing(_: &TerminalSettings) {}

    pub(super) fn restore_terminal(_: &TerminalSettings) {}
}

/// The system's trusted certificates, ignoring the environment. `None` on systems where that is not
/// possible.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn roots() -> Option<CertificateResult> {
    let found = openssl_probe::probe();
    let folder = found.cert_dir.first().map(AsRef::as_ref);
    Some(rustls_native_certs::load_certs_from_paths(found.cert_file.as_deref(), folder))
}

/// The system's trusted certificates, ignoring the environment. `None` on systems where that is not
/// possible.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(crate) fn roots() -> Option<CertificateResult> {
    None
}

/// Creates a file that only this user can access (0600). Fails if the path exists, even as a link.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    imp::private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Opens a lock file, which holds no data. Creates it (0600) if necessary.
pub(crate) fn open_lock_file(path: &Path) -> io::Result<File> {
    imp::private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Creates a folder and its missing parents, accessible only to this user (0700).
pub(crate) fn create_private_dirs(path: &Path) -> io::Result<()> {
    imp::create_private_dirs(path)
}

/// What other users can do with a file or folder.
pub(crate) fn exposure(metadata: &Metadata) -> Exposure {
    imp::exposure(metadata)
}

/// Whether a folder has the sticky bit, like `/tmp`.
pub(crate) fn is_sticky(metadata: &Metadata) -> bool {
    imp::is_sticky(metadata)
}

/// Whether this is a folder of this user, or a file of this user that has only one link.
pub(crate) fn is_ours_only(metadata: &Metadata) -> bool {
    imp::is_ours_only(metadata)
}

/// Removes all access for other users: 0600 for a file, 0700 for a folder.
pub(crate) fn make_private(file: &File) -> io::Result<()> {
    imp::make_private(file)
}

/// Opens a folder, to read its metadata and change its permissions.
pub(crate) fn open_dir(path: &Path) -> io::Result<File> {
    imp::open_dir(path)
}

/// Opens a regular file to read it. Never blocks: a pipe without a writer is refused, like
/// everything else that is not a regular file.
///
/// # Errors
/// Any I/O error, and `InvalidInput` if the path is not a regular file.
pub(crate) fn open_regular_file(path: &Path) -> io::Result<File> {
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    // Opening a device can have side effects, so check before and after.
    if !std::fs::metadata(path)?.is_file() {
        return Err(refused());
    }
    let file = imp::open_without_waiting(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(refused()) }
}

/// A path as bytes, as other programs receive it. `None` if it has no such form.
pub(crate) fn path_bytes(path: &Path) -> Option<&[u8]> {
    imp::path_bytes(path)
}

/// Whether a file cannot be replaced right now because another program has it open.
pub(crate) fn is_busy(error: &io::Error) -> bool {
    // ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION.
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Whether an error says that no host has a name. `None` on systems whose errors have no code for
/// that.
pub(crate) fn is_unknown_name(error: &io::Error) -> Option<bool> {
    // WSAHOST_NOT_FOUND and WSANO_DATA.
    cfg!(windows).then(|| matches!(error.raw_os_error(), Some(11_001 | 11_004)))
}

/// Checks that a rename could replace this file. A missing file can be replaced.
#[cfg(windows)]
pub(crate) fn check_replaceable(path: &Path) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt;
    /// The access right that a rename needs. A program that does not share it blocks the rename.
    const DELETE: u32 = 0x0001_0000;
    match OpenOptions::new().access_mode(DELETE).open(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Checks that a rename could replace this file. That is always so if its folder is writable.
#[cfg(not(windows))]
pub(crate) fn check_replaceable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The command that shows which process has a file open, on systems that have such a command.
pub(crate) fn who_has_open(path: &Path) -> Option<Hint> {
    cfg!(unix).then(|| hint!("fuser {}", text::path(path).in_command("FILE")))
}

/// Makes a rename in this folder survive a power failure.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    imp::sync_dir(path)
}

/// The settings of the terminal on standard input: echo, line mode and the like.
pub(crate) struct Terminal(imp::TerminalSettings);

impl Terminal {
    /// The current settings, or `None` if stdin is not a terminal.
    pub(crate) fn settings() -> Option<Self> {
        imp::terminal_settings().map(Self)
    }

    /// Hides what is typed, and passes it on key by key. Ctrl-C still works.
    pub(crate) fn hide_typing(&self) {
        imp::hide_typing(&self.0);
    }

    /// Restores these settings.
    pub(crate) fn restore(&self) {
        imp::restore_terminal(&self.0);
    }
}

/// Makes the terminal obey escape sequences, which the classic console of Windows does only on
/// request. False if it cannot: then there are no colors and no status line.
pub(crate) fn enable_escape_sequences() -> bool {
    #[cfg(windows)]
    return anstyle_query::windows::enable_ansi_colors().unwrap_or(false);
    #[cfg(not(windows))]
    true
}
