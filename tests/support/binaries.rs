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

/// Copies a program.
///
/// While a file is open for writing, Linux refuses to run it. A thread that starts a program holds
/// for a moment all files that another thread writes, so that no test writes a program itself.
#[track_caller]
pub(crate) fn copy_program(from: &Path, to: &Path) {
    #[cfg(unix)]
    write_elsewhere("cp \"$1\" \"$2\" && chmod 755 \"$2\"", from, to, "");
    #[cfg(not(unix))]
    std::fs::copy(from, to).unwrap();
}

/// Writes a shell script that can be run, for the reason that [`copy_program`] has. `text` begins
/// behind the first line.
#[cfg(unix)]
#[track_caller]
pub(crate) fn write_script(to: &Path, text: &str) {
    let text = format!("#!/bin/sh\n{text}\n");
    write_elsewhere("cat >\"$2\" && chmod 755 \"$2\"", Path::new(""), to, &text);
}

#[cfg(unix)]
#[track_caller]
fn write_elsewhere(command: &str, from: &Path, to: &Path, text: &str) {
    use std::io::Write as _;
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", command, "sh"]).arg(from).arg(to);
    let mut shell = shell.stdin(std::process::Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success(), "{} cannot be written", to.display());
}
