//! What the tests of the real binaries share: a home of its own for each, a tenant over TLS, and a
//! browser that a test plays itself.

mod binaries;
mod browser;
mod folder;
mod home;
mod ran;
mod running;
pub(crate) mod signal;

#[cfg(unix)]
pub(crate) use binaries::write_script;
pub(crate) use binaries::{binaries, binary, copy_program};
pub(crate) use browser::{Browser, Page, exchange, get};
#[cfg(unix)]
pub(crate) use folder::set_mode;
pub(crate) use folder::{Folder, private_dir, walk, write_private};
pub(crate) use home::{Home, Run};
pub(crate) use ran::Ran;
pub(crate) use running::Running;
pub(crate) use signal::Signal;

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET, NATIVE, ScopeMode};
use serde_json::Value;

/// A command with an environment of its own.
pub(crate) trait OwnEnvironment {
    /// Takes every variable away but the one without which Windows has no sockets.
    fn own_environment(&mut self) -> &mut Self;
}

impl OwnEnvironment for std::process::Command {
    fn own_environment(&mut self) -> &mut Self {
        self.env_clear();
        if let Some(root) = std::env::var_os("SystemRoot").filter(|_| cfg!(windows)) {
            self.env("SystemRoot", root);
        }
        self
    }
}

/// A tenant over TLS that takes any callback port.
pub(crate) struct Tenant(Emulator);

impl std::ops::Deref for Tenant {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.0
    }
}

impl Tenant {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A tenant of another kind.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        // Most tests are about the suite, not about what Auth0 grants a person: here a person may
        // administer, so that one login serves every command. Tests of what most tenants grant
        // set `scope_mode` back.
        let scope_mode = ScopeMode::Administrative;
        let mut config =
            Config { tls: true, any_callback_port: true, scope_mode, ..Config::default() };
        change(&mut config);
        Self(Emulator::start(config).unwrap())
    }

    /// The Management API's identifier.
    pub(crate) fn audience(&self) -> String {
        format!("{}/api/v2/", self.url())
    }

    /// The token requests so far.
    pub(crate) fn token_requests(&self) -> usize {
        self.requests_to("POST", "/oauth/token").len()
    }

    /// `auth0-login` to this tenant's seeded application; how, is the caller's.
    pub(crate) fn login(&self, home: &Home, args: &[&str]) -> Run {
        home.command("auth0-login")
            .trust(self)
            .args(&["--domain", self.domain(), "--client-id", NATIVE])
            .args(args)
    }

    /// `auth0-login --no-browser` on a free port, with the page not visited yet.
    pub(crate) fn login_begun(&self, home: &Home, args: &[&str]) -> (Running, String) {
        let free_port = ["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"];
        let login = self.login(home, &free_port).args(args).start();
        let url = login.address();
        (login, url)
    }

    /// A whole login in the browser: what the command did, and the page that was shown.
    #[track_caller]
    pub(crate) fn sign_in(&self, home: &Home, args: &[&str]) -> (Ran, Page) {
        let (login, url) = self.login_begun(home, args);
        let page = Browser::new(self).sign_in(&url);
        (login.wait(), page)
    }

    /// A home with a machine's profile whose secret is saved.
    #[track_caller]
    pub(crate) fn machine_signed_in(&self, profile: &str) -> Home {
        let home = Home::new();
        self.machine_login(&home, profile).arg("--save-secret").run().exits(0);
        home
    }

    /// The login of the seeded machine, with its secret in the environment.
    pub(crate) fn machine_login(&self, home: &Home, profile: &str) -> Run {
        home.command("auth0-login")
            .trust(self)
            .args(&["--profile", profile, "--domain", self.domain(), "--client-id", MACHINE])
            .arg("--client-credentials")
            .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
    }

    /// A home with a profile that is signed in.
    #[track_caller]
    pub(crate) fn signed_in(&self) -> Home {
        let home = Home::new();
        self.sign_in(&home, &["--profile", "p"]).0.exits(0);
        self.forget_requests();
        home
    }
}

/// The claims of a JSON Web Token, unverified.
#[track_caller]
pub(crate) fn claims(token: &str) -> Value {
    let middle = token.split('.').nth(1).unwrap_or_else(|| panic!("no JWT: {token:?}"));
    decoded(middle)
}

/// The header of a JSON Web Token.
#[track_caller]
pub(crate) fn header(token: &str) -> Value {
    decoded(token.split('.').next().unwrap())
}

#[track_caller]
fn decoded(part: &str) -> Value {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// A query's parameters, in order.
pub(crate) fn query(url: &str) -> Vec<(String, String)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let text = |part: &str| {
        percent_encoding::percent_decode_str(&part.replace('+', " "))
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

/// A query's parameter; empty where there is none.
pub(crate) fn parameter(url: &str, name: &str) -> String {
    query(url).into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}
