//! The programs behind the subcommands: beside the host first, then on `PATH`.

use std::collections::BTreeMap;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::base::error::{Error, ErrorKind};
use crate::base::platform::desktop::WINDOWS;
use crate::base::text;
use crate::cmd::hand_over::hand_over;
use crate::cmd::suite;
use crate::term::Env;

/// How much of a script is looked through for its summary.
const HEAD: u64 = 4096;

/// A program of the suite, or another one.
#[derive(Debug)]
pub struct Program {
    /// The subcommand: its name without `auth0-`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is part of the suite.
    pub first_party: bool,
}

/// Whether a word can be the name of a subcommand: none leads to another folder.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// The program of a subcommand.
pub(super) fn find(name: &str, env: Env) -> Option<Program> {
    let file = format!("{}{name}{EXE_SUFFIX}", suite::PREFIX);
    let path = folders(env).into_iter().map(|folder| folder.join(&file)).find(|p| is_program(p))?;
    Some(Program::new(name, path))
}

/// Every program there is: the suite's in its own order, then the others by name.
pub(super) fn all(env: Env) -> Vec<Program> {
    let ours =
        suite::commands().iter().filter_map(|binary| binary.name.strip_prefix(suite::PREFIX));
    let mut found: Vec<_> = ours.filter_map(|name| find(name, env)).collect();
    let mut others = BTreeMap::new();
    for folder in folders(env) {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let file = entry.file_name();
            let Some(name) = file.to_str().and_then(subcommand) else { continue };
            let known = found.iter().any(|program| program.name == name);
            if !known && !others.contains_key(&name) && is_program(&entry.path()) {
                others.insert(name.clone(), Program::new(&name, entry.path()));
            }
        }
    }
    found.extend(others.into_values());
    found
}

/// The subcommand of a program's file; `None` if it has none. On Windows, which finds a file by any
/// spelling, the subcommand is in lower case.
fn subcommand(file: &str) -> Option<String> {
    let file = if WINDOWS { file.to_ascii_lowercase() } else { file.to_owned() };
    let name = file.strip_suffix(EXE_SUFFIX)?.strip_prefix(suite::PREFIX)?;
    is_name(name).then(|| name.to_owned())
}

/// The host's own folder, then those of `PATH`; relative ones are skipped, so that no program
/// runs because of the folder one happens to stand in.
fn folders(env: Env) -> Vec<PathBuf> {
    let own = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
    let path = env.get_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = own.into_iter().collect();
    folders.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    folders
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

impl Program {
    fn new(name: &str, path: PathBuf) -> Self {
        let first_party = suite::find(&format!("{}{name}", suite::PREFIX)).is_some();
        Self { name: name.to_owned(), path, first_party }
    }

    /// What it does, in one line: ours by heart, a script's from its `auth0-summary:` line. Nothing
    /// is run to find out.
    pub fn summary(&self) -> String {
        match suite::find(&format!("{}{}", suite::PREFIX, self.name)) {
            Some(binary) => binary.summary.to_owned(),
            None => self.own_summary().unwrap_or_default(),
        }
    }

    fn own_summary(&self) -> Option<String> {
        let mut head = Vec::new();
        File::open(&self.path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
        let head = String::from_utf8_lossy(&head);
        if !head.starts_with("#!") {
            return None;
        }
        let line = head.lines().find_map(|line| line.split_once("auth0-summary:"))?;
        Some(line.1.trim().chars().filter(|c| !c.is_control()).take(100).collect())
    }

    /// Becomes the program.
    pub(super) fn run(&self, args: &[OsString]) -> Result<(), Error> {
        let mut command = Command::new(&self.path);
        command.args(args);
        hand_over(command, |error| self.failed(error))
    }

    fn failed(&self, error: &std::io::Error) -> Error {
        Error::new(ErrorKind::Failure, format!("cannot run {}", text::path(&self.path).shown()))
            .caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EXE_SUFFIX, is_name, subcommand};
    use crate::base::file_name::is_portable;

    proptest! {
        /// A plugin's file.
        #[test]
        fn any_name_names_a_file_of_every_system(name in "(con|nul|COM1)?[\\PC\\x00-\\x1f]{0,2}[a-zA-Z0-9._/\\\\: -]{0,6}") {
            if is_name(&name) {
                prop_assert!(is_portable(&format!("auth0-{name}.exe")), "{name}");
            }
        }
    }

    #[test]
    fn a_program_is_found_by_the_name_of_its_file() {
        assert_eq!(subcommand(&format!("auth0-hello{EXE_SUFFIX}")).as_deref(), Some("hello"));
        assert_eq!(subcommand(&format!("hello{EXE_SUFFIX}")), None);
        assert_eq!(subcommand(&format!("auth0-{EXE_SUFFIX}")), None);
        if cfg!(windows) {
            assert_eq!(subcommand("AUTH0-Hello.EXE").as_deref(), Some("hello"));
            assert_eq!(subcommand("auth0-hello.cmd"), None);
        }
    }

    #[test]
    fn names_lead_to_no_other_folder() {
        for name in ["whoami", "a.b", "x_1-2"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "../x", "a/b", "a\\b", "-x", "ä", "a b", ".x"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
