//! The binaries under test.

use std::path::{Path, PathBuf};

/// The folder of the suite's binaries: `AUTH0_SUITE_BIN_DIR` if it is set, else this build's own.
///
/// This build's dependencies have the features that the emulator and the tests ask of them too;
/// those of an installed suite have only its own. `.ci/run` tests the latter.
pub(crate) fn binaries() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests")]
    let given = std::env::var_os("AUTH0_SUITE_BIN_DIR").filter(|folder| !folder.is_empty());
    match given {
        // Commands are started in other folders.
        Some(folder) => std::path::absolute(folder).unwrap(),
        None => Path::new(env!("CARGO_BIN_EXE_auth0-login")).parent().unwrap().to_owned(),
    }
}

/// A binary of the suite.
#[track_caller]
pub(crate) fn binary(name: &str) -> PathBuf {
    // A test names a copy or a link of its own by its whole path.
    if Path::new(name).is_absolute() {
        return name.into();
    }
    let path = binaries().join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.is_file(), "there is no {}", path.to_string_lossy());
    path
}
