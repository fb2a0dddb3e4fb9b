//! A folder of its own for each test.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A new folder for this user alone; it goes with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("auth0-suite-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        private_dir(&path);
        Self(path)
    }

    /// Writes a file for this user alone, in folders of the same kind; its path.
    #[track_caller]
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        private_dir(path.parent().unwrap());
        write_private(&path, text);
        path
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Hands over every file below a folder; links are files.
pub(crate) fn walk(folder: &Path, found: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            walk(&path, found);
        } else {
            found(&path);
        }
    }
}

/// Creates folders that are not there, for this user alone.
#[track_caller]
pub(crate) fn private_dir(path: &Path) {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path).unwrap();
}

/// Writes a file for this user alone.
#[track_caller]
pub(crate) fn write_private(path: &Path, text: impl AsRef<[u8]>) {
    #[expect(clippy::disallowed_methods, reason = "this is the person's editor")]
    fs::write(path, text).unwrap();
    set_mode(path, 0o600);
}

/// Sets who may do what, where systems have modes.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there are none"))]
#[track_caller]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}
