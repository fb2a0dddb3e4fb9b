//! A home folder with profiles, and commands that know no other.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A home that is gone with the value.
pub(crate) struct Home {
    pub(crate) path: PathBuf,
}

impl Home {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("auth0-home-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(path.join("bin")).unwrap();
        Self { path }
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        make(&path, 0o600);
        path
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
        for folder in ["config/profiles", "config"] {
            make(&self.path.join(folder), 0o700);
        }
    }

    /// What a list of clients would have left behind.
    pub(crate) fn cached(&self, domain: &str, lines: &str) {
        self.file(&format!("cache/{domain}.tsv"), lines);
    }

    /// A shell script in `bin`.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(&format!("bin/{name}"), text);
        make(&path, 0o755);
        path
    }

    /// A binary of ours in `bin`.
    #[cfg(unix)]
    pub(crate) fn binary(&self, path: &str) {
        let name = Path::new(path).file_name().unwrap();
        std::os::unix::fs::symlink(path, self.path.join("bin").join(name)).unwrap();
    }

    /// A command in this home, with nothing else in its environment.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let at = |name: &str| self.path.join(name);
        command.env_clear().stdin(Stdio::null()).current_dir(&self.path);
        command.env("HOME", &self.path).env("LANG", "C.UTF-8");
        command.env("AUTH0_CONFIG_DIR", at("config")).env("AUTH0_CACHE_DIR", at("cache"));
        command.env("PATH", format!("{}:/usr/bin:/bin", at("bin").display()));
        command
    }

    /// `auth0-completions`, run.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_auth0-completions")).args(args).output().unwrap()
    }

    /// What it offers.
    #[track_caller]
    pub(crate) fn offered(&self, words: &[&str]) -> Vec<String> {
        let output = self.run(&[&["complete", "fish", "--"], words].concat());
        assert_eq!(text(&output.stderr), "");
        text(&output.stdout).lines().map(str::to_owned).collect()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[cfg(unix)]
fn make(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn make(_: &Path, _: u32) {}
