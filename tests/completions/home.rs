//! A home folder with profiles, and commands that know no other.

use std::ffi::OsStr;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

#[cfg(unix)]
use crate::support::write_script;
use crate::support::{Folder, OwnEnvironment as _, binary, copy_program, private_dir};

/// A home that is gone with the value.
pub(crate) struct Home {
    pub(crate) path: Folder,
}

impl Home {
    pub(crate) fn new() -> Self {
        let path = Folder::new();
        private_dir(&path.join("bin"));
        Self { path }
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        self.path.write(name, text)
    }

    /// A profile with a token for a domain.
    pub(crate) fn profile(&self, name: &str, domain: &str) {
        let text = format!(
            "domain = \"{domain}\"\nclient_id = \"c\"\n\n[token]\naccess_token = \"t\"\n\
             token_type = \"Bearer\"\nexpires_at = 2199-01-01T00:00:00Z\n\
             scope = [\"read:clients\", \"read:connections\"]\n\
             domain = \"{domain}\"\naudience = \"{domain}/api/v2/\"\nclient_id = \"c\"\n"
        );
        self.file(&format!("config/profiles/{name}.toml"), &text);
    }

    /// What a list of clients would have left behind.
    pub(crate) fn cached(&self, domain: &str, lines: &str) {
        self.file(&format!("cache/{domain}.tsv"), lines);
    }

    /// A shell script in `bin`.
    #[cfg(unix)]
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join("bin").join(name);
        write_script(&path, text);
        path
    }

    /// A copy of a binary of ours in `bin`, by another name.
    pub(crate) fn program(&self, name: &str, of: &str) -> PathBuf {
        let path = self.path.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
        copy_program(&binary(of), &path);
        path
    }

    /// A binary of ours in `bin`.
    #[cfg(unix)]
    pub(crate) fn binary(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let name = path.file_name().unwrap();
        std::os::unix::fs::symlink(path, self.path.join("bin").join(name)).unwrap();
    }

    /// A command in this home, with nothing else in its environment.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let at = |name: &str| self.path.join(name);
        command.own_environment().stdin(Stdio::null()).current_dir(&*self.path);
        command.env("HOME", &*self.path).env("LANG", "C.UTF-8");
        command.env("AUTH0_CONFIG_DIR", at("config")).env("AUTH0_CACHE_DIR", at("cache"));
        let path = [at("bin"), "/usr/bin".into(), "/bin".into()];
        command.env("PATH", std::env::join_paths(path).unwrap());
        command
    }

    /// `auth0-completions`, run.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(binary("auth0-completions")).args(args).output().unwrap()
    }

    /// What it offers.
    #[track_caller]
    pub(crate) fn offered(&self, words: &[&str]) -> Vec<String> {
        let output = self.run(&[&["complete", "fish", "--"], words].concat());
        assert_eq!(text(&output.stderr), "");
        text(&output.stdout).lines().map(str::to_owned).collect()
    }
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
