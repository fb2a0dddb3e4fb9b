//! What differs between systems: private files and folders, certificates. All such code is here.

pub mod desktop;
pub mod peers;
pub mod typed;

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use rustls_native_certs::CertificateResult;

/// Why a file or folder cannot be trusted with tokens, or what was mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// For this user alone.
    Private,
    /// Open to others by its mode; it can be mended.
    Open,
    /// Owned by somebody else, who decides what is in it.
    Foreign,
}

#[cfg(unix)]
mod imp {
    use super::{Exposure, File, Metadata, OpenOptions, Path, io};
    use std::fs::{DirBuilder, Permissions};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    pub(super) fn create_private_dirs(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(super) fn exposure(metadata: &Metadata, allowed: u32) -> Exposure {
        let owner = metadata.uid();
        if owner != 0 && owner != rustix::process::geteuid().as_raw() {
            Exposure::Foreign
        } else if metadata.mode() & 0o777 & !allowed != 0 {
            Exposure::Open
        } else {
            Exposure::Private
        }
    }

    pub(super) fn make_private(path: &Path, metadata: &Metadata) -> io::Result<()> {
        let mode = if metadata.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, Permissions::from_mode(mode))
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

/// Files under the user's profile folder inherit an access list that admits the user, the
/// administrators and the system alone; there are no modes to set.
#[cfg(not(unix))]
mod imp {
    use super::{Exposure, Metadata, OpenOptions, Path, io};

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn create_private_dirs(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    pub(super) fn exposure(_: &Metadata, _: u32) -> Exposure {
        Exposure::Private
    }

    pub(super) fn make_private(_: &Path, _: &Metadata) -> io::Result<()> {
        Ok(())
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

/// Creates a file for this user alone (0600). It must not be there yet, not even as a link.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    imp::private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Opens a file that holds no data and serves as a lock, creating it (0600).
pub fn open_lock_file(path: &Path) -> io::Result<File> {
    imp::private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Creates a folder, and those above it that are missing, for this user alone (0700).
pub fn create_private_dirs(path: &Path) -> io::Result<()> {
    imp::create_private_dirs(path)
}

/// Whether others can reach a file that must be 0600.
pub fn file_exposure(metadata: &Metadata) -> Exposure {
    imp::exposure(metadata, 0o600)
}

/// Whether others can write into a folder. Reading its list of names is no harm.
pub fn dir_exposure(metadata: &Metadata) -> Exposure {
    imp::exposure(metadata, 0o755)
}

/// Takes all rights from others: 0600 for a file, 0700 for a folder.
pub fn make_private(path: &Path, metadata: &Metadata) -> io::Result<()> {
    imp::make_private(path, metadata)
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
