//! A home of its own for the binaries, what is run in it, and what came of that.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use auth0_suite::profile::Profile;
use serde_json::Value;

use super::{Running, Tenant};

/// A folder with everything that the binaries may write; it goes with the value.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("auth0-suite-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
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
        let program = Path::new(env!("CARGO_BIN_EXE_auth0-login")).with_file_name(binary);
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", &self.0)
            .env("AUTH0_CONFIG_DIR", self.config())
            .env("AUTH0_CACHE_DIR", self.0.join("cache"))
            .current_dir(&self.0)
            .stdin(Stdio::null());
        Run { command, input: None }
    }

    /// Runs a binary to its end.
    #[track_caller]
    pub(crate) fn run(&self, binary: &str, args: &[&str]) -> Output {
        self.command(binary).args(args).run()
    }

    /// A line for a shell on a terminal of 80 columns, made by `script`. All that is shown comes on
    /// stderr, with line ends as a terminal has them; what is typed is shown too, unless hidden.
    #[cfg(target_os = "linux")]
    pub(crate) fn terminal(&self, line: &str) -> Run {
        let binaries = Path::new(env!("CARGO_BIN_EXE_auth0-login")).parent().unwrap();
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", r#"exec script -qec "stty cols 80 rows 24; $0" /dev/null >&2"#, line])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", binaries.display()))
            .env("TERM", "xterm")
            .env("HOME", &self.0)
            .env("AUTH0_CONFIG_DIR", self.config())
            .current_dir(&self.0);
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

    /// Writes a file of a person's, for nobody else to read; its path.
    #[track_caller]
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "this is the person's editor")]
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
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

    /// Every file of the configuration, with its content.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut folders = vec![self.config()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), fs::read(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A binary about to be run.
pub(crate) struct Run {
    pub(super) command: Command,
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

    /// Starts it, with stdin at its end unless there is something on it.
    #[track_caller]
    pub(crate) fn start(self) -> Running {
        Running::start(self)
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Output {
        self.start().wait()
    }
}

/// What a command did.
pub(crate) struct Output {
    pub(super) command: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Fails unless it ended with this code, and without a panic.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.stderr.contains("internal error"), "{self:?}");
        self
    }

    /// Fails unless stderr has this in it.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}: {self:?}");
        self
    }

    /// Fails if either stream has this in it.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        assert!(!text.is_empty(), "nothing cannot be hidden");
        let shown = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!shown, "{text:?} is shown: {self:?}");
        self
    }

    /// Fails unless this, and a line's end, is all on stdout; nothing at all for "".
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        let line = if text.is_empty() { String::new() } else { format!("{text}\n") };
        assert_eq!(self.stdout, line, "{self:?}");
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "{command}\nended with {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}
