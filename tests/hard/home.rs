//! A home of its own for the binaries: an emptied environment, a configuration folder, and what a
//! run of theirs did.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use auth0_emulator::{Emulator, NATIVE};
use auth0_suite::profile::Profile;
use serde_json::Value;

/// Every binary of the suite that this build has.
pub(super) const BINARIES: [&str; 7] = [
    "auth0-api",
    "auth0-clients",
    "auth0-connections",
    "auth0-login",
    "auth0-logout",
    "auth0-profiles",
    "auth0-token",
];

pub(super) struct Home(PathBuf);

/// What a command did.
pub(super) struct Ran {
    command: String,
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Home {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("auth0-hard-{}-{number}", std::process::id()));
        private_dir(&path.join("config/profiles"));
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// `AUTH0_CONFIG_DIR`.
    pub(super) fn config(&self) -> PathBuf {
        self.0.join("config")
    }

    pub(super) fn profile_path(&self, name: &str) -> PathBuf {
        self.config().join(format!("profiles/{name}.toml"))
    }

    pub(super) fn command(
        &self,
        binary: &str,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        let mut command = Command::new(binary_path(binary));
        command
            .args(args)
            .env_clear()
            .env("AUTH0_CONFIG_DIR", self.config())
            .env("HOME", self.path())
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, binary: &str, args: &[&str]) -> Ran {
        Ran::of(&mut self.command(binary, args))
    }

    pub(super) fn write_profile(&self, name: &str, text: &str) {
        write_private(&self.profile_path(name), text);
    }

    /// The profile's text and what it says; fails where it does not parse.
    #[track_caller]
    pub(super) fn profile(&self, name: &str) -> (String, Profile) {
        let text = fs::read_to_string(self.profile_path(name)).unwrap();
        let profile = Profile::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}\n{text}"));
        (text, profile)
    }

    /// Every file below the configuration folder, by its path there.
    pub(super) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        walk(&self.config(), &mut |path| {
            let path = path.strip_prefix(self.config()).unwrap();
            files.push(path.to_string_lossy().into_owned());
        });
        files.sort();
        files
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Ran {
    #[track_caller]
    pub(super) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self::read(command, &output)
    }

    /// With this on standard input.
    #[track_caller]
    pub(super) fn fed(command: &mut Command, input: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        Self::read(command, &child.wait_with_output().unwrap())
    }

    pub(super) fn read(command: &Command, output: &Output) -> Self {
        Self {
            command: format!("{command:?}"),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs it and looks at its memory all the while: what it did, its peak in MiB, and how long it
    /// took. It is killed after a minute.
    pub(super) fn watched(command: &mut Command, input: &[u8]) -> (Self, u64, Duration) {
        let started = Instant::now();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        let status = format!("/proc/{}/status", child.id());
        let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
        let mut peak = 0;
        let status = loop {
            if let Ok(text) = fs::read_to_string(&status) {
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kib =
                    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
                peak = peak.max(kib.unwrap_or(0) / 1024);
            }
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > Duration::from_secs(60) {
                let _ = child.kill();
            }
            thread::sleep(Duration::from_millis(2));
        };
        let took = started.elapsed();
        let output =
            Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() };
        (Self::read(command, &output), peak, took)
    }

    /// Fails unless it ended with this code, without a panic's words.
    #[track_caller]
    pub(super) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.stderr.contains("internal error"), "{self:?}");
        self
    }

    /// Fails on a panic, on a secret's Debug, and on anything a terminal would obey.
    #[track_caller]
    pub(super) fn keeps_its_manners(self) -> Self {
        assert!(!self.stderr.contains("internal error"), "{self:?}");
        let obeyed = |c: &char| {
            (c.is_control() && !"\n\t\r".contains(*c))
                || matches!(u32::from(*c), 0x61c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069)
        };
        assert_eq!(self.stderr.chars().find(obeyed), None, "{self:?}");
        self
    }

    #[track_caller]
    pub(super) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}: {self:?}");
        self
    }
}

impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |text: &str| text.chars().take(2000).collect::<String>();
        let (stdout, stderr) = (cut(&self.stdout), cut(&self.stderr));
        write!(f, "{} → {:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}", self.command, self.code)
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.unwrap().read_to_end(&mut bytes);
        bytes
    })
}

/// A built binary of the suite.
pub(super) fn binary_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_auth0-login")).with_file_name(name)
}

pub(super) fn private_dir(path: &Path) {
    DirBuilder::new().recursive(true).mode(0o700).create(path).unwrap();
}

pub(super) fn write_private(path: &Path, text: &str) {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

pub(super) fn walk(folder: &Path, found: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            walk(&path, found);
        } else {
            found(&path);
        }
    }
}

/// A person's tokens, got by the device flow: access and refresh token.
pub(super) fn person(tenant: &Emulator) -> (String, String) {
    let post = |path: &str, form: &str| -> Value {
        let mut answer = ureq::post(format!("{}{path}", tenant.url()))
            .content_type("application/x-www-form-urlencoded")
            .send(form)
            .unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    };
    // The tenant is told to confirm the newest code: one at a time.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let audience = format!("{}/api/v2/", tenant.url());
    let device = post(
        "/oauth/device/code",
        &format!(
            "client_id={NATIVE}&scope=openid%20offline_access%20read:clients&audience={audience}"
        ),
    );
    assert!(tenant.decide_device(true));
    let tokens = post(
        "/oauth/token",
        &format!(
            "client_id={NATIVE}&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={}",
            device["device_code"].as_str().unwrap()
        ),
    );
    let text = |name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned();
    (text("access_token"), text("refresh_token"))
}

/// A profile of a person, its token expired or not.
pub(super) fn profile_text(
    tenant: &Emulator,
    access: &str,
    refresh: Option<&str>,
    valid_for: i64,
) -> String {
    let domain = tenant.domain();
    let expires_at = auth0_suite::time::rfc3339(unix_now() + valid_for);
    let refresh = refresh.map(|token| format!("refresh_token = \"{token}\"\n")).unwrap_or_default();
    format!(
        "# kept as it is\ndomain = \"{domain}\"\nclient_id = \"{NATIVE}\"\nunknown = {{ kept = true }}\n\n\
         [token]\naccess_token = \"{access}\"\ntoken_type = \"Bearer\"\nexpires_at = {expires_at}\n\
         scope = [\"read:clients\"]\n{refresh}domain = \"{domain}\"\naudience = \"{domain}/api/v2/\"\n\
         client_id = \"{NATIVE}\"\n\n[user]\nsub = \"{}\"\n",
        auth0_emulator::USER
    )
}

pub(super) fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap()
}
