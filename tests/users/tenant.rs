//! A tenant, a home, and a token that may export and import users.

use auth0_emulator::{Config, Emulator, Fault};
use serde_json::Value;

use crate::support::{Home, Ran, Run};

/// The scopes that exports and imports need.
const SCOPES: &str = "read:users create:users update:users read:connections delete:users";

pub(super) struct UserTenant {
    pub(super) emulator: Emulator,
    pub(super) home: Home,
    token: String,
}

impl UserTenant {
    pub(super) fn with(users: usize, faults: &[&str]) -> Self {
        let faults = faults.iter().map(|fault| Fault::parse(fault).unwrap()).collect();
        let emulator = Emulator::start(Config { users, faults, ..Config::default() }).unwrap();
        let token = emulator.access_token(SCOPES, None, 3600);
        Self { emulator, home: Home::new(), token }
    }

    /// A tenant without any user.
    pub(super) fn empty(faults: &[&str]) -> Self {
        let tenant = Self::with(1, faults);
        let delete = ["DELETE", "users/{id}", "auth0|ann", "--yes"];
        tenant.command("auth0-api", &delete).run().exits(0);
        tenant
    }

    pub(super) fn command(&self, binary: &str, args: &[&str]) -> Run {
        let command = self.home.command(binary).args(args);
        command.env("AUTH0_DOMAIN", self.emulator.domain()).env("AUTH0_ACCESS_TOKEN", &self.token)
    }

    pub(super) fn run(&self, args: &[&str]) -> Ran {
        self.command("auth0-users", args).run()
    }

    /// The requests for exported files.
    pub(super) fn downloads(&self) -> Vec<auth0_emulator::Recorded> {
        let requests = self.emulator.requests().into_iter();
        requests.filter(|request| request.path.starts_with("/job_")).collect()
    }

    /// The bodies of the imports that were asked for.
    pub(super) fn imports(&self) -> Vec<auth0_emulator::Recorded> {
        self.emulator.requests_to("POST", "/api/v2/jobs/users-imports")
    }

    pub(super) fn user(&self, id: &str) -> Value {
        Value::Object(self.emulator.user(id).unwrap_or_default())
    }
}

/// The lines of what was printed, as JSON.
#[track_caller]
pub(super) fn rows(ran: &Ran) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    ran.lines().into_iter().map(read).collect()
}
