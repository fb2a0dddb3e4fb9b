//! Every example of the help, pasted into a shell: each must end well.
//!
//! The tenant, the application and the IDs in the examples stand for a reader's own; here they are
//! replaced by those of the emulator. Profiles and files are named as in the examples.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_emulator::{Config, MACHINE, MACHINE_SECRET, NATIVE, USER};
use auth0_suite::cmd::completions::describe;
use auth0_suite::cmd::examples::{self, Example};
use auth0_suite::management::catalog;
use auth0_suite::resource::kinds;

use crate::support::{Browser, Home, Run, Tenant};

/// Profiles that the examples name.
const PROFILES: [&str; 5] = ["staging", "acme", "acme-admin", "old", "older"];

/// An event of the emulator's log.
const EVENT: &str = "90020261124000000000000000000000000000000000000000000001";

/// What the examples name, and settings that a new tenant does not have.
const MADE: &[(&[&str], &str)] = &[
    (
        &["POST", "custom-domains"],
        r#"{"domain": "login.example.com", "type": "auth0_managed_certs"}"#,
    ),
    (&["PATCH", "custom-domains/default"], r#"{"domain": "login.example.com"}"#),
    (
        &["PUT", "branding/templates/universal-login"],
        r#"{"template": "<html>{%- auth0:head -%}{%- auth0:widget -%}</html>"}"#,
    ),
    (
        &["POST", "emails/provider"],
        r#"{"name": "sendgrid", "credentials": {"api_key": "x"}, "default_from_address": "a@example.com"}"#,
    ),
    (
        &["POST", "clients"],
        r#"{"name": "My App", "app_type": "spa", "refresh_token": {"rotation_type": "non-rotating", "expiration_type": "non-expiring"}, "client_metadata": {"tier": "1"}}"#,
    ),
    (&["POST", "clients"], r#"{"name": "robot", "app_type": "non_interactive"}"#),
    (&["POST", "clients"], r#"{"name": "Old App"}"#),
    (&["POST", "clients"], r#"{"name": "old-1"}"#),
    (&["POST", "clients"], r#"{"name": "old-2"}"#),
    (&["POST", "clients"], r#"{"name": "test-1"}"#),
    (&["POST", "clients"], r#"{"name": "listed-1"}"#),
    (&["POST", "clients"], r#"{"name": "listed-2"}"#),
    (
        &["POST", "connections"],
        r#"{"name": "my-db", "strategy": "auth0", "options": {"attributes": {"email": {"profile_required": true}}}}"#,
    ),
    (&["POST", "connections"], r#"{"name": "old-db", "strategy": "auth0"}"#),
    (&["POST", "connections"], r#"{"name": "older-db", "strategy": "auth0"}"#),
    (&["POST", "connections"], r#"{"name": "my-ad", "strategy": "ad"}"#),
    (
        &["POST", "actions/actions"],
        r#"{"name": "Check device", "code": "x", "supported_triggers": [{"id": "post-login", "version": "v3"}]}"#,
    ),
    (
        &["POST", "actions/actions"],
        r#"{"name": "Enrich tokens", "code": "x", "supported_triggers": [{"id": "post-login", "version": "v3"}]}"#,
    ),
];

/// A tenant, and the text of a profile that is signed in to it.
struct Stage {
    tenant: Tenant,
    profile: String,
    connection: String,
}

impl Stage {
    fn new() -> Self {
        let tenant = Tenant::with(|config: &mut Config| config.device_interval = 1);
        let home = Home::new();
        let mut scopes: Vec<&str> = catalog::operations().flat_map(|it| it.scopes()).collect();
        scopes.extend(["openid", "profile", "email", "offline_access"]);
        scopes.extend(["read:connections_options", "update:connections_options"]);
        scopes.sort_unstable();
        scopes.dedup();
        tenant.sign_in(&home, &["--profile", "p", "--scope", &scopes.join(" ")]).0.exits(0);
        let profile = home.profile_text("p").unwrap();
        for (words, body) in MADE {
            let file = home.write("body.json", body);
            let file = format!("@{}", file.display());
            let run = home.command("auth0-api").trust(&tenant).args(words);
            run.args(&["-d", &file]).run().exits(0);
        }
        for action in ["Check device", "Enrich tokens"] {
            let deploy = home.command("auth0-resources").trust(&tenant);
            deploy.args(&["actions", "deploy", action]).run().exits(0);
        }
        let connection = tenant.connection("Username-Password-Authentication").unwrap();
        let connection = connection["id"].as_str().unwrap().to_owned();
        Self { tenant, profile, connection }
    }

    /// A home with everything that the examples name.
    fn home(&self) -> Home {
        let home = Home::new();
        for name in PROFILES.iter().chain(&["p"]) {
            home.write(&format!("config/profiles/{name}.toml"), &self.profile);
        }
        home.run("auth0-profiles", &["use", "p"]).exits(0);
        home.write("role.json", r#"{"name": "admin", "description": "Can do everything"}"#);
        home.write("users.json", r#"[{"email": "new@example.com"}]"#);
        // Each import brings a user whom the tenant does not have yet.
        static IMPORTED: AtomicUsize = AtomicUsize::new(0);
        let number = IMPORTED.fetch_add(1, Ordering::Relaxed);
        let exported = format!(
            "{{\"user_id\":\"auth0|new{number}\",\"email\":\"new{number}@a.example\",\"email_verified\":true}}\n"
        );
        home.write("users.jsonl", &exported);
        home.write("emails.txt", "eun@example.com\nfatima@example.com\n");
        // Nobody is deleted whom a later example needs.
        let done = ["eun@example.com", "fatima@example.com", "listed-1", "listed-2"]
            .map(|name| format!("{{\"item\":\"{name}\",\"status\":\"deleted\"}}\n"));
        home.write("report.jsonl", &done.concat());
        home.write("clients.txt", "listed-1\nlisted-2\n");
        home.write("connections.txt", "my-db\n");
        home.write("client.json", r#"{"name": "My App", "description": "Mine"}"#);
        home.write("connection.json", r#"{"name": "my-db", "strategy": "auth0"}"#);
        home.write("password.txt", "Correct-Horse-7\n");
        home.write("settings.json", r#"{"friendly_name": "Acme"}"#);
        home.write("token.txt", &self.tenant.access_token("read:clients", None, 3600));
        let env = format!("AUTH0_DOMAIN={}\nAUTH0_CLIENT_ID={NATIVE}\n", self.tenant.domain());
        home.write(".env", &env);
        home
    }

    /// The command with this tenant's names in it.
    fn command(&self, command: &str) -> String {
        let client = if command.contains("client-credentials") { MACHINE } else { NATIVE };
        [
            ("acme.eu.auth0.com", self.tenant.domain()),
            ("acme-dev.eu.auth0.com", self.tenant.domain()),
            ("YOUR_CLIENT_ID", client),
            ("auth0|123", USER),
            ("con_123", &self.connection),
            ("abc123", "app00000000000000000000000000003"),
            ("EVENT_ID", EVENT),
        ]
        .iter()
        .fold(command.to_owned(), |command, (name, ours)| command.replace(name, ours))
    }

    /// Makes the exports that an example compares.
    fn exports(&self, home: &Home, command: &str) {
        for name in ["before", "after"] {
            let folder = format!("./{name}");
            if command.starts_with("auth0-tenant") && command.contains(&folder) {
                self.shell(home, &format!("auth0-tenant export {folder}")).run().exits(0);
            }
        }
    }

    fn shell(&self, home: &Home, command: &str) -> Run {
        let mut run = home
            .script(&self.tenant, command)
            .env("CURL_CA_BUNDLE", self.tenant.ca_file().unwrap())
            .env("BROWSER", "true")
            .env("EDITOR", "cat")
            .env("SHELL", "/bin/bash");
        if command.contains("client-credentials") {
            run = run.env("AUTH0_CLIENT_ID", MACHINE).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
            run = run.env("AUTH0_DOMAIN", self.tenant.domain());
        }
        run
    }
}

/// Whether the other programs of a pipeline are on this machine.
fn can_run(command: &str) -> bool {
    let is_there = |name: &str| Path::new("/usr/bin").join(name).exists();
    // Only tenants at auth0.com have a page in the dashboard.
    let is_opened = command.contains(" open ");
    !is_opened
        && ["jq", "curl", "a0deploy", "terraform"]
            .iter()
            .all(|name| !command.contains(name) || is_there(name))
}

/// Each example that this machine can run, with the name of its command.
fn all() -> Vec<(String, Example)> {
    let names =
        describe::commands().into_iter().map(|row| row["command"].as_str().unwrap().to_owned());
    let names = names.filter(|name| name != "auth0" || cfg!(feature = "host"));
    // The kinds are hidden from the list of commands.
    let bindings = "auth0-resources actions bindings".to_owned();
    let known = names.chain([bindings]).flat_map(|name| {
        examples::of(&name).iter().map(move |example| (name.clone(), example.clone()))
    });
    let generated = kinds::all().flat_map(|kind| {
        let name = format!("auth0-resources {}", kind.name);
        examples::of_kind(kind).into_iter().map(move |example| (name.clone(), example))
    });
    known.chain(generated).filter(|(_, example)| can_run(&example.command)).collect()
}

#[test]
fn every_example_of_the_help_ends_well() {
    let stage = Stage::new();
    let (mut ran, mut wrong) = (0, Vec::new());
    for (name, example) in all() {
        // As help shows it, on several lines.
        let shown = example.lines().join("\n");
        let home = stage.home();
        let mut command = stage.command(&shown);
        stage.exports(&home, &command);
        if name == "auth0-logs tail" && !command.contains("--until") {
            // A tail without an end is given one.
            command.push_str(" --until 2m");
        }
        let running = stage.shell(&home, &format!("set -o pipefail\n{command}")).start();
        let asks = !["--with-token", "--client-credentials"].iter().any(|o| shown.contains(o));
        if shown.contains("--device") {
            running.hears("confirm this code");
            assert!(stage.tenant.decide_device(true));
        } else if shown.starts_with("auth0-login") && asks {
            Browser::new(&stage.tenant).sign_in(&running.address());
        }
        let done = running.wait();
        // What help shows for the API is what the API documents. This token also sees secrets.
        let is_about_help = |line: &str| {
            line.starts_with("warning: ") && !line.contains("a secret that is redacted")
        };
        let warned = name.starts_with("auth0-api") && done.stderr.lines().any(is_about_help);
        if done.code != Some(0) || warned {
            wrong.push(format!("{done:?}"));
        }
        ran += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 50, "{ran}");
}
