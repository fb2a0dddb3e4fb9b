//! A local Auth0 tenant on loopback, for demos, tests and scripts. It is as strict as Auth0.
//!
//! ```
//! use auth0_emulator::{Config, Emulator};
//! let tenant = Emulator::start(Config::default()).unwrap();
//! assert!(tenant.url().starts_with("http://127.0.0.1:"));
//! ```
//!
//! The rooms, from the top down. A room imports only from the rooms below it:
//! `tests/architecture.rs` in the suite reads this table and checks every import.
//!
//! | room | job |
//! | --- | --- |
//! | `bin` | the demo |
//! | `server` | sockets, faults, rate limit, and which room answers a path |
//! | `limits` | requests counted against the rate limits |
//! | `cors` | which web pages may read an answer |
//! | `record` | requests as JSON lines |
//! | `management` | the Management API: checks, paging, special rules of each kind |
//! | `oauth` | logins and tokens |
//! | `seed` | what a new tenant holds |
//! | `state` | the state of a tenant |
//! | `pages` | the HTML of the login and the device page |
//! | `catalog` | the operations of the Management API and their schemas |
//! | `answer` | an answer's status, headers and body |
//! | `tls` | a certificate for this machine |
//! | `keys` | signing keys and random text |
//! | `config` | options and faults |
//! | `bucket` | rate limits as buckets |

mod answer;
mod bucket;
mod catalog;
mod config;
mod cors;
mod keys;
mod limits;
mod management;
mod oauth;
mod pages;
mod record;
mod seed;
mod server;
mod state;
mod tls;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use serde_json::{Map, Value, json};

use tokio::runtime::{Builder, Runtime};

pub use bucket::Bucket;
#[doc(hidden)]
pub use config::Rule;
pub use config::{Config, Fault, FaultKind, IdTokenFault, ScopeMode, TokenFault};
pub use state::Recorded;

use server::{Shared, lock, serve, serve_file};
use tls::{TemporaryFile, Tls};

/// The seeded public application: people sign in with it.
pub const NATIVE: &str = "emulator-native";
/// The seeded confidential application: client credentials, all scopes.
pub const MACHINE: &str = "emulator-m2m";
/// Its secret.
pub const MACHINE_SECRET: &str = "emulator-secret";
/// An API of the tenant's own, with `read:things` and `write:things`.
pub const OWN_API: &str = "https://api.example.com";
/// The user ID of the person who signs in by default.
pub const USER: &str = oauth::authorize::USER;

/// A running tenant. Dropping it stops it.
pub struct Emulator {
    url: String,
    shared: Shared,
    ca_file: Option<TemporaryFile>,
    handle: Handle<SocketAddr>,
    runtime: Option<Runtime>,
}

impl Emulator {
    /// Starts a tenant on 127.0.0.1. It accepts requests when this returns.
    ///
    /// # Errors
    /// An I/O error if the port is taken or no thread can be started.
    pub fn start(config: Config) -> io::Result<Self> {
        if let Some(path) = &config.record {
            create_private(path)?;
        }
        let scheme = if config.tls { "https" } else { "http" };
        let listen = |port: u16| -> io::Result<(TcpListener, String)> {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
            listener.set_nonblocking(true)?;
            let url = format!("{scheme}://{}", listener.local_addr()?);
            Ok((listener, url))
        };
        let (listener, url) = listen(config.port)?;
        // Exported files are served from another origin, as at Auth0.
        let (files, files_url) = listen(0)?;
        let tls = config.tls.then(Tls::new).transpose()?;
        let ca_file =
            tls.as_ref().map(|tls| TemporaryFile::create("-ca.pem", &tls.ca_pem)).transpose()?;
        let shared: Shared = Arc::new(Mutex::new(seed::tenant(config, url.clone(), files_url)));
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let handle = Handle::new();
        let state = Arc::clone(&shared);
        let tenant = Router::new().fallback(move |request| serve(state.clone(), request));
        let state = Arc::clone(&shared);
        let downloads = Router::new().fallback(move |request| serve_file(state.clone(), request));
        let guard = runtime.enter();
        for (listener, app) in [(listener, tenant), (files, downloads)] {
            let app = app.into_make_service();
            // Send small answers at once (no Nagle delay), as real servers do.
            let server =
                axum_server::from_tcp(listener)?.handle(handle.clone()).acceptor(NoDelayAcceptor);
            if let Some(tls) = &tls {
                let config = RustlsConfig::from_config(Arc::clone(&tls.config));
                let server = server.map(|tcp| RustlsAcceptor::new(config).acceptor(tcp));
                runtime.spawn(server.serve(app));
            } else {
                runtime.spawn(server.serve(app));
            }
        }
        drop(guard);
        Ok(Self { url, shared, ca_file, handle, runtime: Some(runtime) })
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value for `--domain`: with TLS only the host and port, otherwise with `http://`.
    pub fn domain(&self) -> &str {
        self.url.strip_prefix("https://").unwrap_or(&self.url)
    }

    /// The file with the CA, for `SSL_CERT_FILE`. It is removed when the emulator is dropped.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_ref().map(TemporaryFile::path)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared).requests.clone()
    }

    /// The requests to a path, by method.
    pub fn requests_to(&self, method: &str, path: &str) -> Vec<Recorded> {
        self.requests()
            .into_iter()
            .filter(|request| request.method == method && request.path == path)
            .collect()
    }

    /// How many requests to a path have arrived, including those that are not answered yet.
    pub fn arrived_at(&self, path: &str) -> usize {
        lock(&self.shared).arrived.iter().filter(|arrived| *arrived == path).count()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        let mut state = lock(&self.shared);
        state.requests.clear();
        state.arrived.clear();
    }

    /// Changes the settings. Port, TLS and the seeded objects cannot be changed.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        let mut state = lock(&self.shared);
        change(&mut state.config);
        state.fault_counts = vec![0; state.config.faults.len()];
    }

    /// Whether a refresh token would be accepted now, either as the newest or as the previous one
    /// within the leeway.
    pub fn honours(&self, refresh_token: &str) -> bool {
        let state = lock(&self.shared);
        state.families.iter().any(|family| {
            let leeway = state.leeway(&family.login.client_id);
            let previous = family.previous.as_ref();
            family.current == refresh_token
                || previous
                    .is_some_and(|(token, at)| token == refresh_token && at.elapsed() < leeway)
        })
    }

    /// The newest refresh token of each family.
    pub fn refresh_tokens(&self) -> Vec<String> {
        lock(&self.shared).families.iter().map(|family| family.current.clone()).collect()
    }

    /// A signed access token for the Management API, or for another audience.
    pub fn access_token(&self, scope: &str, audience: Option<&str>, lifetime: u64) -> String {
        let state = lock(&self.shared);
        let management = format!("{}api/v2/", state.issuer());
        oauth::issue::access_token(
            &state,
            USER,
            NATIVE,
            &json!(audience.unwrap_or(&management)),
            scope,
            lifetime,
        )
    }

    /// The current state of an application, including its secret.
    pub fn client(&self, client_id: &str) -> Option<Map<String, Value>> {
        lock(&self.shared).client(client_id).cloned()
    }

    /// The current state of a connection, by name.
    pub fn connection(&self, name: &str) -> Option<Map<String, Value>> {
        lock(&self.shared).connections.iter().find(|connection| connection["name"] == name).cloned()
    }

    /// The current state of a user.
    pub fn user(&self, user_id: &str) -> Option<Map<String, Value>> {
        lock(&self.shared).user(user_id).cloned()
    }

    /// Adds a log event of this type with further fields. It happened this many seconds ago, but
    /// arrives now, so its ID is the newest.
    pub fn log_event(&self, kind: &str, fields: Value, seconds_ago: i64) {
        let mut state = lock(&self.shared);
        let at = state.now() - seconds_ago;
        state.log_at(kind, fields, at);
    }

    /// Blocks an e-mail address or other identifier after too many failed logins, as brute-force
    /// protection does.
    pub fn block(&self, identifier: &str) {
        let key = format!("user-blocks/{identifier}");
        let row = json!({"identifier": identifier, "ip": "192.0.2.9", "connection": "Username-Password-Authentication"});
        lock(&self.shared).rows_mut(&key).extend(row.as_object().cloned());
    }

    /// Gives a user an authentication method of this type, such as `totp` or `passkey`. Returns its
    /// ID.
    pub fn enroll(&self, user_id: &str, kind: &str) -> String {
        let id = state::new_id(&format!("{kind}|dev_"));
        let row = json!({
            "id": id, "type": kind, "confirmed": true, "created_at": state::stamp(), "authentication_methods": [],
        });
        let key = format!("users/{user_id}/authentication-methods");
        lock(&self.shared).rows_mut(&key).extend(row.as_object().cloned());
        id
    }

    /// Adds a user without the API's checks.
    pub fn add_user(&self, user: Value) {
        lock(&self.shared).users.extend(user.as_object().cloned());
    }

    /// Adds a row to a list without the API's checks, also for lists such as `groups`, to which the
    /// API cannot add rows.
    pub fn add_row(&self, list: &str, row: Value) {
        lock(&self.shared).rows_mut(list).extend(row.as_object().cloned());
    }

    /// Confirms or denies the newest device code, as a person on another device would.
    pub fn decide_device(&self, allowed: bool) -> bool {
        let mut state = lock(&self.shared);
        let newest = state.devices.values_mut().max_by_key(|device| device.begun);
        newest.map(|device| device.allowed = Some(allowed)).is_some()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_millis(100));
        }
    }
}

/// Creates a file that only this user can read, or empties it.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// The command that sets a variable: for PowerShell on Windows, otherwise for a Unix shell.
#[must_use]
pub fn assignment(name: &str, value: &str) -> String {
    if cfg!(windows) {
        format!("$env:{name} = '{value}'")
    } else {
        format!("export {name}={value}")
    }
}
