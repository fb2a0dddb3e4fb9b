//! Checks the permissions of our files and folders. If other users can write, the file is refused.
//! If they can only read, the file is closed to them. Files of other users are never changed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crate::base::error::Error;
use crate::base::input;
use crate::base::platform::{self, Exposure};
use crate::base::text;
use crate::hint;
use crate::profile::store::{
    CONFIG_FILE, LOCKS_DIR, PROFILES_DIR, Store, cannot, name_of_file, temporary::is_temporary,
    unusable,
};

/// Maximum size of a file, in bytes. Profiles have a few kilobytes.
const MAX_FILE: u64 = 1 << 20;

/// What a folder holds.
#[derive(Clone, Copy, PartialEq)]
enum Contents {
    Nothing,
    /// Only files and folders of this program.
    OnlyOurs,
    Others,
}

impl Store {
    /// Creates missing folders, and checks the others.
    pub(super) fn prepare_dirs(&self) -> Result<(), Error> {
        for dir in [self.dir.clone(), self.profiles_dir(), self.locks_dir()] {
            match fs::metadata(&dir) {
                Ok(metadata) => self.check_dir(&dir, &metadata, true)?,
                Err(_) => {
                    platform::create_private_dirs(&dir).map_err(|e| cannot("create", &dir, &e))?
                }
            }
        }
        Ok(())
    }

    /// Refuses a folder in which other users can replace our files. With `mend`, removes the read
    /// permission of other users, if the folder is ours.
    fn check_dir(&self, dir: &Path, metadata: &Metadata, mend: bool) -> Result<(), Error> {
        let refused =
            |why: &str| Error::usage(format!("{} {why}", text::path(dir).shown())).hint(OTHER_DIR);
        if !metadata.is_dir() {
            return Err(refused("is not a folder"));
        }
        if platform::is_sticky(metadata) {
            return Err(refused("is a folder that users share: it has the sticky bit"));
        }
        match platform::exposure(metadata) {
            Exposure::Private => Ok(()),
            Exposure::Foreign => Err(foreign(dir)),
            // That other users can list the names does no harm.
            Exposure::Readable if !mend => Ok(()),
            exposure => match (exposure, self.contents(dir)?) {
                (Exposure::Readable, Contents::Others) => Ok(()),
                (Exposure::Writable, Contents::Nothing) if !mend => Ok(()),
                (Exposure::Readable, _) | (_, Contents::Nothing) => match close_dir(dir) {
                    Ok(()) => {
                        self.ui.warn(format_args!(
                            "other users could list {}; its permissions are now 0700",
                            text::path(dir).shown()
                        ));
                        Ok(())
                    }
                    Err(_) if exposure == Exposure::Readable => Ok(()),
                    Err(e) => Err(cannot("close to other users", dir, &e)),
                },
                (_, Contents::OnlyOurs) => Err(writable(dir, "700")),
                (_, Contents::Others) => Err(refused("can be written to by other users")),
            },
        }
    }

    fn contents(&self, dir: &Path) -> Result<Contents, Error> {
        let is_ours = |name: &str| {
            if dir == self.dir {
                [CONFIG_FILE, PROFILES_DIR, LOCKS_DIR].contains(&name)
                    || is_temporary(name, CONFIG_FILE)
            } else if dir == self.locks_dir() {
                name.ends_with(".lock")
            } else {
                name_of_file(name).is_some()
                    || name.rfind(".toml.").is_some_and(|at| is_temporary(name, &name[..at + 5]))
            }
        };
        let mut contents = Contents::Nothing;
        for entry in fs::read_dir(dir).map_err(|e| cannot("read", dir, &e))? {
            let entry = entry.map_err(|e| cannot("read", dir, &e))?;
            if !entry.file_name().to_str().is_some_and(is_ours) {
                return Ok(Contents::Others);
            }
            contents = Contents::OnlyOurs;
        }
        Ok(contents)
    }

    /// Reads a file of ours. `None` if it does not exist. Refuses a file that other users can
    /// write, and removes their permission to read a profile.
    pub(super) fn read(&self, path: &Path) -> Result<Option<String>, Error> {
        let file = match platform::open_regular_file(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) if e.kind() == io::ErrorKind::InvalidInput => return Err(unusable(path, &e)),
            Err(e) => return Err(cannot("read", path, &e)),
        };
        let metadata = file.metadata().map_err(|e| cannot("read", path, &e))?;
        if metadata.len() > MAX_FILE {
            return Err(unusable(path, &"it is larger than any profile"));
        }
        for dir in [&*self.dir, path.parent().unwrap_or(&self.dir)] {
            if let Ok(metadata) = fs::metadata(dir) {
                self.check_dir(dir, &metadata, false)?;
            }
        }
        match platform::exposure(&metadata) {
            Exposure::Private => {}
            Exposure::Foreign => return Err(foreign(path)),
            Exposure::Writable => return Err(writable(path, "600")),
            Exposure::Readable => self.close_profile(path, &file, &metadata),
        }
        let mut bytes = Vec::new();
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(|e| cannot("read", path, &e))?;
        input::text(bytes, "the file")
            .map(Some)
            .map_err(|e| unusable(path, &e).hint("save it as UTF-8; it was not changed"))
    }

    /// Removes other users' permission to read a profile. `config.toml` has no secrets and is not
    /// changed. A file behind a symbolic link or with several hard links is not changed either,
    /// only reported.
    fn close_profile(&self, path: &Path, file: &File, metadata: &Metadata) {
        if path.parent() != Some(&*self.profiles_dir()) {
            return;
        }
        let ours = platform::is_ours_only(metadata) && !path.is_symlink();
        if ours && platform::make_private(file).is_ok() {
            self.ui.warn(format_args!(
                "other users could read {}; its permissions are now 0600",
                text::path(path).shown()
            ));
        } else {
            self.ui.warn(format_args!(
                "other users can read {0}; close it: chmod 600 {1}",
                text::path(path).shown(),
                text::path(path).in_command("PATH")
            ));
        }
    }
}

/// The text of a temporary file of ours.
///
/// # Errors
/// Permission denied if other users could have written or can read it, or an error of the system.
pub(super) fn read_temporary(path: &Path) -> io::Result<String> {
    let file = platform::open_regular_file(path)?;
    let metadata = file.metadata()?;
    let private = platform::exposure(&metadata) == Exposure::Private;
    if !private || !platform::is_ours_only(&metadata) || path.is_symlink() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut text = String::new();
    file.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(text)
}

/// Removes other users' permissions on a folder of this user.
fn close_dir(dir: &Path) -> io::Result<()> {
    let opened = platform::open_dir(dir)?;
    let metadata = opened.metadata()?;
    // It may have been replaced since it was checked.
    if !metadata.is_dir() || !platform::is_ours_only(&metadata) || platform::is_sticky(&metadata) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    platform::make_private(&opened)
}

/// The hint for a folder that cannot be used.
const OTHER_DIR: &str = "use a folder of your own: set AUTH0_CONFIG_DIR to it";

fn foreign(path: &Path) -> Error {
    Error::usage(format!(
        "{} belongs to another user, who could change its content",
        text::path(path).shown()
    ))
    .hint(OTHER_DIR)
}

fn writable(path: &Path, mode: &'static str) -> Error {
    Error::usage(format!(
        "other users can write to {}, so they may have changed it",
        text::path(path).shown()
    ))
    .hint(hint!(
        "check its content, then close it: chmod {} {}",
        mode,
        text::path(path).in_command("PATH")
    ))
}
