//! A home of its own for the binaries, and what is run in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use auth0_suite::profile::Profile;

use super::folder::{Folder, walk};
use super::{OwnEnvironment as _, Ran, Running, Tenant};

/// A folder with everything that the binaries may write; it goes with the value.
pub(crate) struct Home(Folder);

impl Home {
    pub(crate) fn new() -> Self {
        Self(Folder::new())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// `AUTH0_CONFIG_DIR`. It is not there before something is written.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("config")
    }

    /// A binary of the suite with nothing in its environment but this home.
    pub(crate) fn command(&self, binary: &str) -> Run {
        let mut command = Command::new(super::binary(binary));
        command
            .own_environment()
            .env("HOME", self.path())
            .env("AUTH0_CONFIG_DIR", self.config())
            .env("AUTH0_CACHE_DIR", self.0.join("cache"))
            .current_dir(self.path())
            .stdin(Stdio::null());
        Run { command, input: None }
    }

    /// Runs a binary to its end.
    #[track_caller]
    pub(crate) fn run(&self, binary: &str, args: &[&str]) -> Ran {
        self.command(binary).args(args).run()
    }

    /// A script for bash, with a process group of its own, as a terminal gives one.
    #[cfg(unix)]
    pub(crate) fn script(&self, tenant: &Tenant, script: &str) -> Run {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("/bin/bash");
        command
            .args(["-c", script])
            .process_group(0)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", super::binaries().to_string_lossy()))
            .env("HOME", self.path())
            .env("AUTH0_CONFIG_DIR", self.config())
            .current_dir(self.path())
            .stdin(Stdio::null());
        Run { command, input: None }.trust(tenant)
    }

    /// A line for a shell on a terminal of 80 columns, made by `script`. All that is shown comes on
    /// stderr, with line ends as a terminal has them; what is typed is shown too, unless hidden.
    #[cfg(target_os = "linux")]
    pub(crate) fn terminal(&self, line: &str) -> Run {
        let binaries = super::binaries();
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", r#"exec script -qec "stty cols 80 rows 24; $0" /dev/null >&2"#, line])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", binaries.to_string_lossy()))
            .env("TERM", "xterm")
            .env("HOME", self.path())
            .env("AUTH0_CONFIG_DIR", self.config())
            .current_dir(self.path());
        Run { command, input: Some(String::new()) }
    }

    /// A profile's text; `None` where there is no file.
    pub(crate) fn profile_text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.config().join(format!("profiles/{name}.toml"))).ok()
    }

    /// What a profile says.
    #[track_caller]
    pub(crate) fn profile(&self, name: &str) -> Profile {
        let text = self.profile_text(name).unwrap_or_else(|| panic!("there is no profile {name}"));
        Profile::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}\n{text}"))
    }

    /// The access token of the profile `p`.
    #[track_caller]
    pub(crate) fn access_token(&self) -> String {
        self.profile("p").token.unwrap().access_token.expose().to_owned()
    }

    /// The refresh token of the profile `p`.
    #[track_caller]
    pub(crate) fn refresh_token(&self) -> String {
        self.profile("p").token.unwrap().refresh_token.unwrap().expose().to_owned()
    }

    /// Writes a file of a person's, for nobody else to read; its path.
    #[track_caller]
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        self.0.write(name, text)
    }

    /// Lets a person edit a profile.
    #[track_caller]
    pub(crate) fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        let text = self.profile_text(name).unwrap();
        self.write(&format!("config/profiles/{name}.toml"), &change(text));
    }

    /// Turns the clock of a profile's token: this long before now it expired.
    #[track_caller]
    pub(crate) fn expire(&self, name: &str) {
        self.edit(name, |text| {
            let at = text.find("expires_at = ").unwrap() + "expires_at = ".len();
            let end = at + text[at..].find('\n').unwrap();
            format!("{}2020-01-01T00:00:00Z{}", &text[..at], &text[end..])
        });
    }

    /// Every file of the configuration that holds something, with its content. Lock files are
    /// empty and stay.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        walk(&self.config(), &mut |path| {
            let bytes = fs::read(path).unwrap();
            let is_lock = path.extension() == Some(OsStr::new("lock")) && bytes.is_empty();
            if !is_lock {
                files.push((path.to_owned(), bytes));
            }
        });
        files.sort();
        files
    }
}

/// A binary about to be run.
pub(crate) struct Run {
    pub(crate) command: Command,
    pub(super) input: Option<String>,
}

impl Run {
    pub(crate) fn arg(self, arg: &str) -> Self {
        self.args(&[arg])
    }

    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Knows the tenant's CA.
    pub(crate) fn trust(self, tenant: &Tenant) -> Self {
        match tenant.ca_file() {
            Some(ca) => self.env("SSL_CERT_FILE", ca),
            None => self,
        }
    }

    /// This on stdin, then its end.
    pub(crate) fn stdin(mut self, text: impl Into<String>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// Lets signals reach it.
    pub(crate) fn interruptible(mut self) -> Self {
        super::signal::prepare(&mut self.command);
        self
    }

    /// Starts it, with stdin at its end unless there is something on it.
    #[track_caller]
    pub(crate) fn start(self) -> Running {
        Running::start(self)
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Ran {
        self.start().wait()
    }
}
