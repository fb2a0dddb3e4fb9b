//! A tenant whose answers a test chooses, and the folder that it is exported to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::api::fake::{Reply, TOKEN, Tenant};
use crate::support::{Folder, Ran, walk};

/// What the tenant answers, by path below `/api/v2`. Every other path is 404.
#[derive(Clone, Default)]
pub(crate) struct Answers(Arc<Mutex<BTreeMap<String, (u16, Value)>>>);

impl Answers {
    /// Answers a path with this.
    pub(crate) fn set(&self, path: &str, answer: Value) {
        self.refuse(path, 200, answer);
    }

    /// Answers a path with a status.
    pub(crate) fn refuse(&self, path: &str, status: u16, answer: Value) {
        self.0.lock().unwrap().insert(path.to_owned(), (status, answer));
    }

    /// Changes an answer.
    #[track_caller]
    pub(crate) fn change(&self, path: &str, change: impl FnOnce(&mut Value)) {
        change(&mut self.0.lock().unwrap().get_mut(path).unwrap().1);
    }

    fn reply(&self, path: &str) -> Reply {
        let missing = || (404, json!({"statusCode": 404, "error": "Not Found"}));
        let path = path.strip_prefix("/api/v2").unwrap();
        let (status, body) = self.0.lock().unwrap().get(path).cloned().unwrap_or_else(missing);
        Reply::json(status, body)
    }
}

pub(crate) struct World {
    pub(crate) tenant: Tenant,
    pub(crate) answers: Answers,
    pub(crate) folder: Folder,
}

impl World {
    /// A tenant with one of most things.
    pub(crate) fn new() -> Self {
        let world = Self::empty();
        fill(&world.answers);
        world
    }

    /// A tenant that has nothing.
    pub(crate) fn empty() -> Self {
        let answers = Answers::default();
        let replies = answers.clone();
        let tenant = Tenant::new(move |seen| {
            let is_global = seen.param("is_global") == Some("true");
            let path = if is_global { "/api/v2/global-client" } else { &seen.path };
            replies.reply(path)
        });
        Self { tenant, answers, folder: Folder::new() }
    }

    pub(crate) fn dir(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// `auth0-tenant` in the test's folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.tenant.program("auth0-tenant", args);
        command.current_dir(&*self.folder);
        command
    }

    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command(args))
    }

    /// Exports everything into this folder.
    #[track_caller]
    pub(crate) fn export(&self, name: &str) -> Ran {
        self.run(&["export", name])
    }

    /// A file of an export as JSON.
    #[track_caller]
    pub(crate) fn json(&self, file: &str) -> Value {
        let text =
            std::fs::read_to_string(self.dir(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        serde_json::from_str(&text).unwrap()
    }

    /// Adds a profile that acts on a tenant.
    pub(crate) fn profile(&self, name: &str, tenant: &Tenant) {
        let origin = &tenant.origin;
        let text = format!(
            "domain = \"{origin}\"\nclient_id = \"c\"\n\n[token]\naccess_token = \"{TOKEN}\"\n\
             token_type = \"Bearer\"\nexpires_at = 2199-01-01T00:00:00Z\nscope = []\n\
             domain = \"{origin}\"\naudience = \"{origin}/api/v2/\"\nclient_id = \"c\"\n"
        );
        self.folder.write(&format!("config/profiles/{name}.toml"), text);
    }

    /// Runs it with the profiles of [`World::profile`].
    #[track_caller]
    pub(crate) fn run_with_profiles(&self, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.env_remove("AUTH0_DOMAIN").env_remove("AUTH0_ACCESS_TOKEN");
        command.env("AUTH0_CONFIG_DIR", self.dir("config"));
        Ran::of(&mut command)
    }
}

/// Every file below a folder, by its path in it.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    walk(folder, &mut |path| {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
        files.insert(name, std::fs::read(path).unwrap());
    });
    files
}

/// An answer with all rows of a list.
pub(crate) fn page(key: &str, rows: Value) -> Value {
    let total = rows.as_array().unwrap().len();
    json!({key: rows, "start": 0, "limit": 100, "total": total})
}

/// What a token without a scope gets.
pub(crate) fn insufficient(scope: &str) -> Value {
    json!({"statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
           "message": format!("Insufficient scope, expected any of: {scope}")})
}

pub(crate) const SHOP: &str = "shopshopshopshopshopshopshopshop";
pub(crate) const ROBOT: &str = "robotrobotrobotrobotrobotrobot00";

fn fill(answers: &Answers) {
    answers.set("/tenants/settings", json!({"friendly_name": "Acme", "flags": {"b": true, "a": false},
        "sandbox_versions_available": ["22"], "change_password": {"enabled": true, "html": "<p>new</p>\n"}}));
    answers.set(
        "/global-client",
        page(
            "clients",
            json!([{"client_id": "g", "global": true,
        "custom_login_page": "<html>login</html>", "custom_login_page_on": true}]),
        ),
    );
    answers.set(
        "/clients",
        page(
            "clients",
            json!([
                {"client_id": SHOP, "name": "shop", "callbacks": ["https://b", "https://a"],
                 "allowed_clients": [ROBOT], "tenant": "acme", "created_at": "2026-01-01"},
                {"client_id": ROBOT, "name": "robot", "app_type": "non_interactive", "is_first_party": true},
            ]),
        ),
    );
    answers.set(
        "/client-grants",
        page(
            "client_grants",
            json!([
                {"id": "cgr_0000000000000001", "client_id": ROBOT, "scope": ["read:b", "read:a"],
                 "audience": "https://api.example.com"},
            ]),
        ),
    );
    answers.set(
        "/resource-servers",
        page(
            "resource_servers",
            json!([
                {"id": "1", "name": "Orders", "identifier": "https://api.example.com",
                 "scopes": [{"value": "read:b"}, {"value": "read:a"}]},
            ]),
        ),
    );
    answers.set("/connections", page("connections", json!([
        {"id": "con_0000000000000001", "name": "Users", "strategy": "auth0", "realms": ["Users"],
         "options": {"customScripts": {"login": "function login() {}\n"}}},
    ])));
    answers.set(
        "/connections/con_0000000000000001/clients",
        json!({"clients": [{"client_id": SHOP}, {"client_id": ROBOT}]}),
    );
    answers.set("/roles", page("roles", json!([{"id": "rol_0000000000000001", "name": "admin"}])));
    answers.set("/roles/rol_0000000000000001/permissions", page("permissions", json!([
        {"resource_server_identifier": "https://api.example.com", "permission_name": "read:a",
         "resource_server_name": "Orders"},
    ])));
    answers.set("/actions/actions", json!({"total": 1, "page": 0, "per_page": 100, "actions": [
        {"id": "910b1053-577f-4d81-a8c8-020e7319a38a", "name": "enrich", "code": "one\ntwo\nthree\n",
         "supported_triggers": [{"id": "post-login", "version": "v3", "status": "CURRENT"}],
         "secrets": [{"name": "KEY", "updated_at": "2026"}], "deployed_version": {"id": "x"},
         "all_changes_deployed": true}]}));
    answers.set(
        "/actions/triggers",
        json!({"triggers": [
        {"id": "post-login", "version": "v3"}, {"id": "post-login", "version": "v2"}]}),
    );
    answers.set(
        "/actions/triggers/post-login/bindings",
        json!({"total": 1, "page": 0, "per_page": 100, "bindings": [
            {"id": "b", "trigger_id": "post-login", "display_name": "enrich",
             "action": {"id": "910b1053-577f-4d81-a8c8-020e7319a38a", "name": "enrich"}}]}),
    );
    answers.set(
        "/email-templates/verify_email",
        json!({"template": "verify_email",
        "enabled": true, "body": "<p>verify</p>"}),
    );
    answers.set("/guardian/policies", json!(["all-applications"]));
}
