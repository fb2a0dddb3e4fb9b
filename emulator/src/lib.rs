//! A local Auth0 tenant on loopback, for demos, tests and scripts: strict where a real one is.
//!
//! ```
//! use auth0_emulator::{Config, Emulator};
//! let tenant = Emulator::start(Config::default()).unwrap();
//! assert!(tenant.url().starts_with("http://127.0.0.1:"));
//! ```

mod answer;
mod authenticate;
mod config;
mod keys;
mod login;
mod management;
mod pages;
mod server;
mod state;
mod tls;
mod token;

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

pub use config::{Config, Fault, FaultKind, IdTokenFault, ScopeMode, TokenFault};
pub use state::Recorded;

use server::{Shared, lock, serve};
use state::State;
use tls::{TemporaryFile, Tls};

/// The seeded public application: people sign in with it.
pub const NATIVE: &str = "emulator-native";
/// The seeded confidential application: client credentials, all scopes.
pub const MACHINE: &str = "emulator-m2m";
/// Its secret.
pub const MACHINE_SECRET: &str = "emulator-secret";
/// An API of the tenant's own, with `read:things` and `write:things`.
pub const OWN_API: &str = "https://api.example.com";
/// Who signs in.
pub const USER: &str = login::USER;

/// A running tenant. Dropping it stops it.
pub struct Emulator {
    url: String,
    shared: Shared,
    ca_file: Option<TemporaryFile>,
    handle: Handle<SocketAddr>,
    runtime: Option<Runtime>,
}

impl Emulator {
    /// Starts a tenant on 127.0.0.1; it answers from now on.
    ///
    /// # Errors
    /// When the port is taken, or the system gives no threads.
    pub fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))?;
        listener.set_nonblocking(true)?;
        let scheme = if config.tls { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr()?);
        let tls = config.tls.then(Tls::new).transpose()?;
        let ca_file =
            tls.as_ref().map(|tls| TemporaryFile::create("-ca.pem", &tls.ca_pem)).transpose()?;
        let shared: Shared = Arc::new(Mutex::new(State::new(config, url.clone())));
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let state = Arc::clone(&shared);
        let app = Router::new()
            .fallback(move |request| serve(state.clone(), request))
            .into_make_service();
        let handle = Handle::new();
        let guard = runtime.enter();
        // No real server lets small answers wait for an acknowledgement of what went before.
        let server =
            axum_server::from_tcp(listener)?.handle(handle.clone()).acceptor(NoDelayAcceptor);
        if let Some(tls) = tls {
            let config = RustlsConfig::from_config(tls.config);
            let server = server.map(|tcp| RustlsAcceptor::new(config).acceptor(tcp));
            runtime.spawn(server.serve(app));
        } else {
            runtime.spawn(server.serve(app));
        }
        drop(guard);
        Ok(Self { url, shared, ca_file, handle, runtime: Some(runtime) })
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What to give as `--domain`: bare over TLS, with `http://` without.
    pub fn domain(&self) -> &str {
        self.url.strip_prefix("https://").unwrap_or(&self.url)
    }

    /// The CA to name in `SSL_CERT_FILE`; removed with the emulator.
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

    /// How many requests to a path have arrived, those without an answer so far included.
    pub fn arrived_at(&self, path: &str) -> usize {
        lock(&self.shared).arrived.iter().filter(|arrived| *arrived == path).count()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        let mut state = lock(&self.shared);
        state.requests.clear();
        state.arrived.clear();
    }

    /// Changes how the tenant behaves from now on. Port, TLS and the seeded objects stay.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        let mut state = lock(&self.shared);
        change(&mut state.config);
        state.fault_counts = vec![0; state.config.faults.len()];
    }

    /// Whether a refresh token would be honoured now, in its leeway too.
    pub fn honours(&self, refresh_token: &str) -> bool {
        let state = lock(&self.shared);
        let leeway = Duration::from_secs(state.config.refresh_leeway);
        state.families.iter().any(|family| {
            let previous = family.previous.as_ref();
            family.current == refresh_token
                || previous
                    .is_some_and(|(token, at)| token == refresh_token && at.elapsed() < leeway)
        })
    }

    /// The refresh tokens that are the newest of their family.
    pub fn refresh_tokens(&self) -> Vec<String> {
        lock(&self.shared).families.iter().map(|family| family.current.clone()).collect()
    }

    /// A signed access token for the Management API, or for another audience.
    pub fn access_token(&self, scope: &str, audience: Option<&str>, lifetime: u64) -> String {
        let state = lock(&self.shared);
        let management = format!("{}api/v2/", state.issuer());
        token::access_token(
            &state,
            USER,
            NATIVE,
            &json!(audience.unwrap_or(&management)),
            scope,
            lifetime,
        )
    }

    /// An application as it is now, its secret included.
    pub fn client(&self, client_id: &str) -> Option<Map<String, Value>> {
        lock(&self.shared).client(client_id).cloned()
    }

    /// A connection as it is now, by name.
    pub fn connection(&self, name: &str) -> Option<Map<String, Value>> {
        lock(&self.shared).connections.iter().find(|connection| connection["name"] == name).cloned()
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
