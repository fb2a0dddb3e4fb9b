//! The binaries, with an emptied environment and a tenant of their own.

use std::process::{Command, Stdio};

use auth0_emulator::{Config, Emulator, Recorded};
use serde_json::Value;

use crate::support::OwnEnvironment as _;
use crate::support::{Folder, Ran};
#[cfg(target_os = "linux")]
use crate::support::{Home, Running};

/// All that these commands may need.
const SCOPE: &str = "read:clients create:clients update:clients delete:clients update:client_keys \
    read:connections read:connections_options create:connections update:connections \
    update:connections_options delete:connections";

/// A tenant, and who acts on it.
pub(crate) struct Tenant {
    pub(crate) emulator: Emulator,
    token: String,
    scopes: Vec<&'static str>,
    home: Folder,
}

impl Tenant {
    /// A tenant over TLS.
    pub(crate) fn new() -> Self {
        Self::with(Config { tls: true, ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let emulator = Emulator::start(config).unwrap();
        let token = emulator.access_token(SCOPE, None, 3600);
        let scopes = SCOPE.split_whitespace().collect();
        Self { emulator, token, scopes, home: Folder::new() }
    }

    /// The same, but the token lacks these scopes.
    pub(crate) fn without(mut self, scopes: &[&str]) -> Self {
        self.scopes.retain(|scope| !scopes.contains(scope));
        self.token = self.emulator.access_token(&self.scopes.join(" "), None, 3600);
        self
    }

    /// The same, and the token has this scope too.
    pub(crate) fn also(mut self, scope: &'static str) -> Self {
        self.scopes.push(scope);
        self.without(&[])
    }

    pub(crate) fn command(&self, binary: &str, args: &[&str]) -> Command {
        let program = match binary {
            "clients" => "auth0-clients",
            "resources" => "auth0-resources",
            _ => "auth0-connections",
        };
        self.program(program, args)
    }

    /// The access token that every command has.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Any program of the suite.
    pub(crate) fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(crate::support::binary(program));
        command
            .args(args)
            .own_environment()
            .env("AUTH0_CONFIG_DIR", &*self.home)
            .env("HOME", &*self.home)
            .env("AUTH0_DOMAIN", self.emulator.domain())
            .env("AUTH0_ACCESS_TOKEN", &self.token)
            .stdin(Stdio::null());
        if let Some(ca) = self.emulator.ca_file() {
            command.env("SSL_CERT_FILE", ca);
        }
        command
    }

    pub(crate) fn clients(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command("clients", args))
    }

    pub(crate) fn resources(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command("resources", args))
    }

    /// The same, with a token that has every scope of the API.
    pub(crate) fn with_every_scope(mut self) -> Self {
        let mut scopes: Vec<_> = auth0_suite::management::catalog::operations()
            .flat_map(|operation| operation.scopes().collect::<Vec<_>>())
            .collect();
        scopes.sort_unstable();
        scopes.dedup();
        self.scopes = scopes;
        self.without(&[])
    }

    pub(crate) fn connections(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command("connections", args))
    }

    /// A person's shell on a terminal, with this line typed.
    #[cfg(target_os = "linux")]
    pub(crate) fn at_desk(&self, home: &Home, line: &str) -> Running {
        let desk = home.terminal(&format!("trap : INT; {line}; echo ended with $?"));
        let desk = desk.env("AUTH0_DOMAIN", self.emulator.domain());
        let desk = desk.env("AUTH0_ACCESS_TOKEN", &self.token);
        desk.env("SSL_CERT_FILE", self.emulator.ca_file().unwrap()).start()
    }

    /// With something on stdin.
    pub(crate) fn piped(&self, binary: &str, args: &[&str], input: &str) -> Ran {
        Ran::fed(&mut self.command(binary, args), input)
    }

    /// The requests since the last call that were no GET.
    pub(crate) fn writes(&self) -> Vec<Recorded> {
        let writes = self.emulator.requests().into_iter().filter(|request| request.method != "GET");
        let writes = writes.collect();
        self.emulator.forget_requests();
        writes
    }

    /// The only write since the last call, and its body.
    pub(crate) fn write(&self) -> (String, Value) {
        let mut writes = self.writes();
        assert_eq!(writes.len(), 1, "{writes:?}");
        let write = writes.remove(0);
        let body = if write.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&write.body).unwrap()
        };
        (format!("{} {}", write.method, write.path), body)
    }
}
