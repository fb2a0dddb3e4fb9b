//! `auth0-users` against the emulator.

mod batches;
mod change;
mod export;
mod import;
mod list;
mod lookup;
mod protected;
mod sessions;
mod show;
mod tenant;

use auth0_emulator::{Config, Recorded};
use serde_json::{Value, json};

use crate::support::{Home, Ran, Run, Tenant};

/// The users whom the emulator begins with.
const ANN: &str = "auth0|ann";
const BEN: &str = "auth0|000000000000000000000001";
const CHLOE: &str = "auth0|000000000000000000000002";

/// All that these commands may need.
const SCOPES: &str = "read:users create:users update:users delete:users read:roles read:role_members \
    read:organizations create:organization_members delete:organization_members \
    read:authentication_methods delete:authentication_methods read:logs_users read:sessions \
    delete:sessions delete:refresh_tokens create:user_tickets read:connections \
    read:resource_servers create:custom_domains";

/// A tenant, and a home without a profile: the environment has the token.
struct Desk {
    tenant: Tenant,
    home: Home,
    token: String,
}

impl Desk {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let tenant = Tenant::with(change);
        let token = tenant.access_token(SCOPES, None, 3600);
        Self { tenant, home: Home::new(), token }
    }

    /// The same, but the token lacks these scopes.
    fn without(mut self, scopes: &[&str]) -> Self {
        let left: Vec<_> =
            SCOPES.split_whitespace().filter(|scope| !scopes.contains(scope)).collect();
        self.token = self.tenant.access_token(&left.join(" "), None, 3600);
        self
    }

    fn program(&self, program: &str, args: &[&str]) -> Run {
        self.home
            .command(program)
            .trust(&self.tenant)
            .env("AUTH0_DOMAIN", self.tenant.domain())
            .env("AUTH0_ACCESS_TOKEN", &self.token)
            .args(args)
    }

    #[track_caller]
    fn users(&self, args: &[&str]) -> Ran {
        self.program("auth0-users", args).run()
    }

    /// With these lines on stdin.
    #[track_caller]
    fn piped(&self, args: &[&str], lines: &str) -> Ran {
        self.program("auth0-users", args).stdin(lines).run()
    }

    /// The requests to the API since the last call that were no GET: method, path and body.
    fn writes(&self) -> Vec<(String, Value)> {
        let writes = self.tenant.requests().into_iter().filter(|request| request.method != "GET");
        let body = |request: &Recorded| serde_json::from_slice(&request.body).unwrap_or_default();
        let writes = writes
            .map(|request| (format!("{} {}", request.method, request.path), body(&request)))
            .collect();
        self.tenant.forget_requests();
        writes
    }

    /// Adds a user of another provider.
    fn add(&self, id: &str, more: &Value) {
        let (provider, rest) = id.split_once('|').unwrap();
        let mut user = json!({
            "user_id": id,
            "identities": [{"connection": provider, "provider": provider, "user_id": rest, "isSocial": true}],
        });
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.tenant.add_user(user);
    }
}

fn path(method: &str, id: &str, rest: &str) -> String {
    format!("{method} /api/v2/users/{}{rest}", id.replace('|', "%7C"))
}
