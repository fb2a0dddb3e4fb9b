//! Every recipe of `docs/recipes.md` does what it says, as it stands on the page.
//!
//! The tenant and the application on the page stand for a reader's own. Here they are replaced by
//! those of the emulator. Profiles and files are named as on the page.

use std::collections::BTreeSet;

use auth0_emulator::{Config, MACHINE, MACHINE_SECRET};
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Home, Ran, Tenant};

const PAGE: &str = include_str!("../docs/recipes.md");

/// The tenant of the page and the one that its other profile belongs to.
struct World {
    acme: Tenant,
    other: Tenant,
    home: Home,
}

impl World {
    fn new() -> Self {
        let acme = Tenant::with(|config: &mut Config| config.users = 30);
        let other = Tenant::with(|config: &mut Config| config.users = 0);
        let home = Home::new();
        let read = |tenant: &Tenant| std::fs::read_to_string(tenant.ca_file().unwrap()).unwrap();
        home.write("ca.pem", &(read(&acme) + &read(&other)));
        for (name, tenant) in [("production", &acme), ("staging", &other), ("acme-admin", &acme)] {
            home.command("auth0-login")
                .trust(tenant)
                .args(&["--profile", name, "--domain", tenant.domain(), "--client-id", MACHINE])
                .args(&["--client-credentials", "--use"])
                .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
                .run()
                .exits(0);
        }
        Self { acme, other, home }
    }

    /// Runs a script for bash in the home.
    fn run(&self, script: &str, variables: &[(&str, &str)]) -> Ran {
        let script = script
            .replace("acme.eu.auth0.com", self.acme.domain())
            .replace("YOUR-CLIENT-ID", MACHINE);
        let ca = self.home.path().join("ca.pem");
        let run = self.home.script(&self.acme, &script);
        variables
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value))
            .env("SSL_CERT_FILE", &ca)
            .env("CURL_CA_BUNDLE", &ca)
            .run()
    }

    /// What a job finds in its environment.
    fn variables(&self) -> [(&str, &str); 3] {
        [
            ("AUTH0_DOMAIN", self.acme.domain()),
            ("AUTH0_CLIENT_ID", MACHINE),
            ("AUTH0_CLIENT_SECRET", MACHINE_SECRET),
        ]
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.home.path().join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn create(&self, name: &str, kind: &str) {
        let line = format!("auth0-clients create --name '{name}' --type {kind}");
        self.run(&line, &[]).exits(0);
    }

    fn names(&self) -> BTreeSet<String> {
        let listed = self.run("auth0-clients list --fields name -o tsv --no-header", &[]);
        listed.stdout.lines().map(str::to_owned).collect()
    }
}

#[track_caller]
fn shows(ran: &Ran, text: &str) {
    assert!(ran.stdout.contains(text), "{text:?} is missing: {ran:?}");
}

/// The fenced blocks of one language, with the heading above each.
fn blocks(language: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut heading = "";
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title;
        } else if let Some(tag) = line.strip_prefix("```") {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            if tag == language {
                found.push((heading, block.join("\n")));
            }
        }
    }
    found
}

/// The blocks under a heading.
fn recipe(heading: &str) -> Vec<String> {
    let found: Vec<_> =
        blocks("sh").into_iter().filter(|(title, _)| *title == heading).map(|(_, b)| b).collect();
    assert!(!found.is_empty(), "the page has no recipe called {heading}");
    found
}

/// Every heading with a block has a test here that names it.
#[test]
fn every_recipe_has_a_test() {
    let here = include_str!("recipes.rs");
    for (heading, _) in blocks("sh").into_iter().chain(blocks("yaml")) {
        assert!(here.contains(&format!("(\"{heading}\")")), "no test runs {heading}");
    }
}

#[test]
fn a_job_needs_no_files_of_ours() {
    for block in recipe("A job without files") {
        let world = World::new();
        let before = world.home.files();
        world.run(&block, &world.variables()).exits(0);
        let clients: Vec<Value> = serde_json::from_str(&world.text("clients.json")).unwrap();
        assert!(clients.len() > 2, "{clients:?}");
        assert_eq!(world.home.files(), before, "a profile was written");
    }
}

#[test]
fn a_token_reaches_another_tool() {
    let world = World::new();
    for block in recipe("A token for another tool") {
        world.run(&block, &[]).exits(0);
    }
    assert!(world.acme.requests_to("GET", "/api/v2/tenants/settings").len() == 1);
}

#[test]
fn many_applications_are_looked_at_before_a_change() {
    let world = World::new();
    for block in recipe("Change many applications") {
        let ran = world.run(&block, &[]).exits(0);
        let spas = world.text("spas.txt").lines().count();
        assert!(spas > 0);
        assert_eq!(ran.stderr.matches("dry run: ").count(), spas, "{}", ran.stderr);
        assert!(world.acme.requests().iter().all(|request| request.method != "PATCH"));
    }
}

#[test]
fn only_what_a_list_names_is_deleted() {
    for block in recipe("Delete what a list names") {
        let world = World::new();
        let before = world.names();
        for name in ["preview-1", "preview-2"] {
            world.create(name, "spa");
        }
        world.run(&block, &[]).exits(0);
        assert_eq!(world.names(), before);
        // The list is empty now, and that is no error.
        world.run(&block, &[]).exits(0);
        assert_eq!(world.names(), before);
    }
}

#[test]
fn a_protected_tenant_wants_its_domain() {
    let world = World::new();
    for block in recipe("Protect a tenant") {
        world.run(&block, &[]).exits(0);
    }
    world.create("old", "spa");
    let delete = "auth0-clients delete old --profile production";
    world.run(&format!("{delete} --yes"), &[]).exits(2);
    world.run(&format!("{delete} --confirm acme.eu.auth0.com"), &[]).exits(0);
}

#[test]
fn a_second_application_takes_over_without_downtime() {
    let world = World::new();
    world.create("Orders job", "m2m");
    let blocks = recipe("Change a secret without downtime");
    world.run(&blocks[0], &[]).exits(0);
    let job: Value = serde_json::from_str(&world.text("job.json")).unwrap();
    // The new application works while the old one is still there.
    let (id, secret) = (job["client_id"].as_str().unwrap(), job["client_secret"].as_str().unwrap());
    let variables = [
        ("AUTH0_DOMAIN", world.acme.domain()),
        ("AUTH0_CLIENT_ID", id),
        ("AUTH0_CLIENT_SECRET", secret),
        ("AUTH0_AUDIENCE", "https://api.example.com"),
    ];
    shows(&world.run("auth0-token --claims", &variables).exits(0), "read:things");
    assert!(world.names().contains("Orders job"));
    world.run(&blocks[1], &[]).exits(0);
    assert!(!world.names().contains("Orders job"));
    assert!(!world.home.path().join("job.json").exists());
}

#[test]
fn all_users_move_to_another_tenant() {
    let world = World::new();
    let blocks = recipe("All users in a file");
    world.run(&blocks[0], &[]).exits(0);
    assert_eq!(world.text("users.jsonl").lines().count(), 30);
    // The local tenant always has Ann, who signs in.
    world.run("auth0-users delete ann@example.com --profile staging --yes", &[]).exits(0);
    world.run(&blocks[1], &[]).exits(0);
    let list = "auth0-users list --profile staging --fields email -o tsv --no-header";
    assert_eq!(world.run(list, &[]).exits(0).stdout.lines().count(), 30);
}

#[test]
fn a_blocked_user_gets_in_again() {
    let world = World::new();
    world.run("auth0-users block ann@example.com", &[]).exits(0);
    for block in recipe("Help a user in") {
        world.run(&block, &[]).exits(0);
    }
    let shown = world.run("auth0-users show ann@example.com -o json --fields blocked", &[]);
    assert!(!shown.stdout.contains("true"), "{}", shown.stdout);
}

#[test]
fn a_change_in_a_tenant_is_seen() {
    let world = World::new();
    let blocks = recipe("See what has changed in a tenant");
    world.run(&blocks[0], &[]).exits(0);
    world.create("new", "spa");
    shows(&world.run("auth0-tenant diff ./tenant -o markdown", &[]).exits(9), "new");
    world.run(&blocks[1], &[]).exits(0);
}

#[test]
fn a_long_list_arrives_whole() {
    let world = World::new();
    for block in recipe("Long lists and rate limits") {
        world.run(&block, &[]).exits(0);
    }
    let unpacked = world.run("gunzip < clients.jsonl.gz", &[]).exits(0).stdout.lines().count();
    assert_eq!(unpacked, world.names().len());
}

#[test]
fn several_tenants_are_listed_at_once() {
    let world = World::new();
    for block in recipe("Several tenants") {
        world.run(&block, &[]).exits(0);
    }
    for profile in ["production", "staging", "acme-admin"] {
        assert!(world.text(&format!("{profile}.jsonl")).contains("client_id"), "{profile}");
    }
    assert!(!world.other.requests_to("GET", "/api/v2/clients").is_empty());
}

#[test]
fn a_script_tells_a_missing_application_from_other_failures() {
    let world = World::new();
    for block in recipe("Tell failures apart") {
        world.run(&block, &[]).exits(0);
        assert!(world.names().contains("my-app"));
        world.run("auth0-logout --all", &[]);
        world.run(&block, &[]).exits(1).says("sign in first");
    }
}

/// The steps of a job, as its YAML has them.
fn steps(heading: &str) -> String {
    let (_, text) = blocks("yaml").into_iter().find(|(title, _)| *title == heading).unwrap();
    let documents = YamlLoader::load_from_str(&text).unwrap_or_else(|e| panic!("{heading}: {e}"));
    let [document] = &documents[..] else { panic!("{heading}: {}", documents.len()) };
    let texts = |list: &Yaml| -> Vec<String> {
        let list = list.as_vec().unwrap_or_else(|| panic!("{heading}: no list in {document:?}"));
        list.iter().filter_map(Yaml::as_str).map(str::to_owned).collect()
    };
    let lines = match heading {
        "GitHub Actions" => {
            assert!(!document["on"].is_badvalue(), "the workflow never starts");
            let steps = document["jobs"]["inventory"]["steps"].as_vec().unwrap();
            steps.iter().filter_map(|step| step["run"].as_str()).map(str::to_owned).collect()
        }
        "GitLab" => texts(&document["inventory"]["script"]),
        _ => {
            let container = &document["spec"]["template"]["spec"]["containers"][0];
            assert_eq!(texts(&container["command"]), ["sh", "-ec"]);
            texts(&container["args"])
        }
    };
    // The tests have built the programs already.
    let install = "cargo install --locked --git REPOSITORY-URL auth0-suite";
    let lines: Vec<_> = lines.into_iter().filter(|line| line != install).collect();
    assert!(!lines.is_empty(), "{heading}");
    format!("set -e\n{}", lines.join("\n"))
}

#[test]
fn jobs_of_github_and_gitlab_write_the_list() {
    for script in [steps("GitHub Actions"), steps("GitLab")] {
        let world = World::new();
        world.run(&script, &world.variables()).exits(0);
        assert!(world.text("clients.csv").contains(MACHINE));
    }
}

#[test]
fn a_job_of_kubernetes_reads_its_secret_from_a_file() {
    let world = World::new();
    let secret = world.home.write("secrets/auth0/client-secret", MACHINE_SECRET);
    let folder = world.home.path().join("job");
    let script =
        steps("Kubernetes").replace("/secrets/auth0/client-secret", &secret.to_string_lossy());
    let folder = folder.to_string_lossy();
    let variables = [
        ("AUTH0_DOMAIN", world.acme.domain()),
        ("AUTH0_CLIENT_ID", MACHINE),
        ("AUTH0_CONFIG_DIR", &*folder),
    ];
    shows(&world.run(&script, &variables).exits(0), "client_id");
}

#[test]
fn the_drift_workflow_fails_if_the_tenant_differs() {
    let page = include_str!("../docs/tenant-export.md");
    let text = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let workflow = YamlLoader::load_from_str(text).unwrap().remove(0);
    assert!(!workflow["on"]["schedule"].is_badvalue());
    let steps = workflow["jobs"]["drift"]["steps"].as_vec().unwrap();
    let diff = steps.last().unwrap()["run"].as_str().unwrap();

    let world = World::new();
    let summary = world.home.path().join("summary.md");
    let summary = summary.to_string_lossy();
    let mut variables = world.variables().to_vec();
    variables.push(("GITHUB_STEP_SUMMARY", &*summary));
    world.run("auth0-tenant export ./tenant", &variables).exits(0);
    world.run(diff, &variables).exits(0);
    world.create("Made by hand", "spa");
    world.run(diff, &variables).exits(9);
    assert!(world.text("summary.md").contains("Made by hand"));
}
