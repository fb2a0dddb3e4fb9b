//! Every example of the help, pasted into a shell: each must end well.
//!
//! The tenant, the application and the IDs in the examples stand for a reader's own; here they are
//! replaced by those of the emulator. Profiles and files are named as in the examples.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_emulator::{Config, MACHINE, MACHINE_SECRET, NATIVE, USER};
use auth0_suite::cmd::completions::describe;
use auth0_suite::cmd::examples;
use auth0_suite::resource::snapshot::table;

use crate::support::{Browser, Home, Run, Tenant};

/// Profiles that the examples name.
const PROFILES: [&str; 5] = ["staging", "acme", "acme-admin", "old", "older"];

/// An event of the emulator's log.
const EVENT: &str = "90020261124000000000000000000000000000000000000000000001";

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
        let scopes = "openid profile email offline_access create:roles read:users read:clients \
                      update:clients delete:clients create:users update:users delete:users \
                      read:roles read:role_members read:organizations \
                      create:organization_members delete:organization_members \
                      read:authentication_methods delete:authentication_methods read:logs_users \
                      read:sessions delete:sessions delete:refresh_tokens create:user_tickets \
                      read:resource_servers create:custom_domains update:tenant_settings read:logs \
                      read:connections";
        let scopes = format!("{scopes} {}", table::scopes().join(" "));
        tenant.sign_in(&home, &["--profile", "p", "--scope", &scopes]).0.exits(0);
        let profile = home.profile_text("p").unwrap();
        let domain = ["POST", "custom-domains", "-f", "domain=login.example.com"];
        let domain = home.command("auth0-api").trust(&tenant).args(&domain);
        domain.args(&["-f", "type=auth0_managed_certs"]).run().exits(0);
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
        let done = ["eun", "fatima"]
            .map(|name| format!("{{\"item\":\"{name}@example.com\",\"status\":\"deleted\"}}\n"));
        home.write("report.jsonl", &done.concat());
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

#[test]
fn every_example_of_the_help_ends_well() {
    let stage = Stage::new();
    let (mut ran, mut wrong) = (0, Vec::new());
    for row in describe::commands() {
        let name = row["command"].as_str().unwrap();
        if name == "auth0" && !cfg!(feature = "host") {
            continue;
        }
        for example in examples::of(name).iter().filter(|example| can_run(example.command)) {
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
            // What help shows for the API is what the API documents.
            let warned = name.starts_with("auth0-api") && done.stderr.contains("warning: ");
            if done.code != Some(0) || warned {
                wrong.push(format!("{done:?}"));
            }
            ran += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 50, "{ran}");
}
