//! A home of its own for the binaries: an emptied environment, a configuration folder, and what a
//! run of theirs did.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use auth0_emulator::{Config, Emulator, NATIVE};
use auth0_suite::profile::Profile;
use serde_json::Value;

use crate::support::OwnEnvironment as _;
use crate::support::{Folder, Ran, binary, private_dir, walk, write_private};

/// Every binary of the suite that this build has.
pub(super) const BINARIES: [&str; 8] = [
    "auth0-api",
    "auth0-clients",
    "auth0-connections",
    "auth0-login",
    "auth0-logout",
    "auth0-logs",
    "auth0-profiles",
    "auth0-token",
];

pub(super) struct Home(Folder);

impl Home {
    pub(super) fn new() -> Self {
        let folder = Folder::new();
        private_dir(&folder.join("config/profiles"));
        Self(folder)
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
            .own_environment()
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

impl Ran {
    /// Runs it and looks at its memory all the while: what it did, its peak in MiB, and how long it
    /// took. It is killed after a minute.
    pub(crate) fn watched(command: &mut Command, input: &[u8]) -> (Self, u64, Duration) {
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
        (Self::read(command, output), peak, took)
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
    binary(name)
}

/// A profile with a token that is good for an hour, and a tenant behind it.
pub(super) fn desk() -> (Emulator, Home) {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let token = tenant.access_token("read:clients read:connections", None, 3600);
    home.write_profile("person", &profile_text(&tenant, &token, None, 3600));
    (tenant, home)
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
    let expires_at = auth0_suite::base::time::rfc3339(unix_now() + valid_for);
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
