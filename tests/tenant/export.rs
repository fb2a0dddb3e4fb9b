//! What an export holds.

use std::collections::BTreeSet;

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET};
use serde_json::{Value, json};

use super::world::{SHOP, World, files, page};
use crate::support::Home;

#[test]
fn each_resource_is_a_file_without_generated_ids() {
    let world = World::new();
    world.export("out").exits(0).prints("").says("12 resources").hides(SHOP);
    let names: BTreeSet<_> = files(&world.dir("out")).into_keys().collect();
    for name in [
        "actions/enrich.code.js",
        "actions/enrich.json",
        "auth0-tenant.json",
        "clients/robot.json",
        "clients/shop.json",
        "connections/auth0~Users.json",
        "connections/auth0~Users.login.js",
        "email-templates/verify_email.body.html",
        "email-templates/verify_email.json",
        "login-page.custom_login_page.html",
        "login-page.json",
        "mfa-policies.json",
        "roles/admin.json",
        "tenant-settings.change_password.html",
        "tenant-settings.json",
        "triggers/post-login.json",
    ] {
        assert!(names.contains(name), "{name} is not there: {names:?}");
    }
    assert_eq!(
        world.json("out/clients/shop.json"),
        json!({"allowed_clients": ["robot"], "callbacks": ["https://a", "https://b"], "name": "shop"})
    );
    assert_eq!(
        world.json("out/connections/auth0~Users.json"),
        json!({"clients": ["robot", "shop"], "name": "Users", "strategy": "auth0",
               "options": {"customScripts": {"login": {"$file": "auth0~Users.login.js"}}}})
    );
    assert_eq!(
        world.json("out/triggers/post-login.json"),
        json!({"bindings": [{"action": "enrich", "display_name": "enrich"}], "id": "post-login"})
    );
    assert_eq!(
        world.json("out/roles/admin.json"),
        json!({"name": "admin", "permissions": [{"permission_name": "read:a",
               "resource_server_identifier": "https://api.example.com"}]})
    );
    let code = std::fs::read(world.dir("out/actions/enrich.code.js")).unwrap();
    assert_eq!(code, b"one\ntwo\nthree\n");
    let settings = std::fs::read_to_string(world.dir("out/tenant-settings.json")).unwrap();
    assert!(settings.find("\"a\"") < settings.find("\"b\""), "{settings}");
}

/// The same JSON with the keys of every object in the reverse order.
fn with_keys_reversed(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let members = object.iter().rev();
            members.map(|(key, member)| (key.clone(), with_keys_reversed(member))).collect()
        }
        Value::Array(items) => items.iter().map(with_keys_reversed).collect(),
        other => other.clone(),
    }
}

#[test]
fn two_exports_without_a_change_are_the_same_bytes() {
    let world = World::new();
    world.export("one").exits(0);
    // What means nothing: the order of rows and sets, dates, IDs.
    world.answers.change("/clients", |page| {
        let rows = page["clients"].as_array_mut().unwrap();
        rows.reverse();
        rows[1]["callbacks"].as_array_mut().unwrap().reverse();
        rows[1]["created_at"] = json!("2027-01-01");
    });
    world.answers.change("/actions/actions", |page| {
        page["actions"][0]["secrets"][0]["updated_at"] = json!("2027");
        page["actions"][0]["deployed_version"] = json!({"id": "y"});
    });
    for path in ["/clients", "/connections", "/actions/actions", "/tenants/settings"] {
        world.answers.change(path, |answer| *answer = with_keys_reversed(answer));
    }
    world.export("two").exits(0);
    assert_eq!(files(&world.dir("one")), files(&world.dir("two")));
    world.export("one").exits(0).says("nothing has changed");
}

/// Auth0 does not document these dates for every kind, but may send them.
#[test]
fn dates_are_not_exported() {
    let world = World::new();
    for (path, rows) in [
        ("/roles", "roles"),
        ("/resource-servers", "resource_servers"),
        ("/client-grants", "client_grants"),
        ("/roles/rol_0000000000000001/permissions", "permissions"),
    ] {
        world.answers.change(path, |page| {
            page[rows][0]["created_at"] = json!("2026-01-01T00:00:00.000Z");
            page[rows][0]["updated_at"] = json!("2026-01-02T00:00:00.000Z");
        });
    }
    world.answers.set(
        "/organizations",
        page("organizations", json!([{"id": "org_1", "name": "o", "created_at": "2026-01-01"}])),
    );
    world.export("out").exits(0);
    let out = files(&world.dir("out"));
    assert!(out.contains_key("organizations/o.json"), "{:?}", out.keys());
    for (name, bytes) in out {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("created_at") && !text.contains("updated_at"), "{name}: {text}");
    }
}

#[test]
fn the_emulator_is_exported_twice_to_the_same_bytes() {
    let config = Config { tls: true, clients: 120, connections: 7, ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    let home = Home::new();
    let export = |dir: &str| {
        let mut run = home.command("auth0-tenant").args(&[
            "export",
            dir,
            "--kinds",
            "clients,connections,organizations",
        ]);
        run = run.env("AUTH0_DOMAIN", emulator.domain());
        run = run.env("AUTH0_CLIENT_ID", MACHINE).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
        run = run.env("SSL_CERT_FILE", emulator.ca_file().unwrap());
        run.run().exits(0).hides(MACHINE_SECRET)
    };
    export("one");
    export("two");
    let (one, two) = (files(&home.path().join("one")), files(&home.path().join("two")));
    assert_eq!(one, two);
    assert!(one.keys().filter(|name| name.starts_with("clients/")).count() > 100);
    assert_eq!(one.keys().filter(|name| name.starts_with("connections/")).count(), 7);
    // They have no more fields than a summary, and are not taken for one.
    assert_eq!(one.keys().filter(|name| name.starts_with("organizations/")).count(), 2);
}

#[test]
fn secrets_never_leave() {
    const SECRET: &str = "hunter2-hunter2";
    let world = World::new();
    world.answers.change("/clients", |page| {
        page["clients"][0]["client_secret"] = json!(SECRET);
        page["clients"][0]["encryption_key"] = json!({"pub": SECRET});
        page["clients"][0]["signing_keys"] = json!([{"pkcs7": SECRET}]);
        page["clients"][0]["addons"] = json!({"firebase": {"private_key": SECRET, "id": "x"}});
    });
    world.answers.change("/connections", |page| {
        page["connections"][0]["options"]["configuration"] = json!({"DB": SECRET});
        page["connections"][0]["options"]["client_secret"] = json!(SECRET);
        page["connections"][0]["provisioning_ticket_url"] = json!(SECRET);
    });
    world.answers.change("/actions/actions", |page| {
        page["actions"][0]["secrets"][0]["value"] = json!(SECRET);
    });
    world.answers.set(
        "/log-streams",
        json!([{"id": "lst_1", "name": "http", "type": "http",
        "sink": {"httpEndpoint": format!("https://u:{SECRET}@x/?token={SECRET}"),
                 "httpAuthorization": SECRET}}]),
    );
    world.answers.set(
        "/emails/provider",
        json!({"name": "smtp",
        "credentials": {"smtp_host": "mail", "smtp_pass": SECRET}}),
    );
    world.answers.set("/hooks", page("hooks", json!([{"id": "h", "name": "h", "triggerId": "t"}])));
    world.answers.set("/hooks/h/secrets", json!({"KEY": SECRET}));
    world.export("out").exits(0).hides(SECRET);
    for (name, bytes) in files(&world.dir("out")) {
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{name}");
    }
    world.run(&["export", "-"]).exits(0).hides(SECRET);
    world.answers.set("/log-streams", json!([]));
    world.run(&["diff", "./out", "-o", "json"]).exits(9).hides(SECRET);
    // That one is set is to be seen.
    assert_eq!(
        world.json("out/log-streams/http.json")["sink"],
        json!({"httpAuthorization": "[redacted]",
               "httpEndpoint": "https://[redacted]@x/?token=[redacted]"})
    );
    assert_eq!(
        world.json("out/connections/auth0~Users.json")["options"]["configuration"],
        json!({"DB": "[redacted]"})
    );
    assert_eq!(world.json("out/hooks/t~h.json")["secrets"], json!({"KEY": "[redacted]"}));
}

#[test]
fn secrets_of_clients_are_not_asked_for() {
    let world = World::new();
    world.run(&["export", "out", "--kinds", "clients"]).exits(0);
    let asked = world.tenant.seen();
    let clients = asked.iter().find(|seen| seen.path == "/api/v2/clients").unwrap();
    assert_eq!(clients.param("include_fields"), Some("false"));
    assert_eq!(clients.param("fields"), Some("client_secret%2Cencryption_key%2Csigning_keys"));
}

#[test]
fn hostile_names_stay_in_the_folder() {
    let names = [
        "../../evil",
        "..",
        "/etc/passwd",
        "con",
        "NUL.json",
        "App",
        "app",
        "APP",
        "a/b",
        "a\\b",
        "C:evil",
        "\u{1b}[31mred",
        "x\nhint: run this",
        "",
        " ",
        ".git",
        "-rf",
        "日本",
        "日木",
        "auth0-tenant",
        "twin",
        "twin",
    ];
    let world = World::empty();
    let rows: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| json!({"client_id": format!("{SHOP}{n}"), "name": name, "n": n}))
        .collect();
    world.answers.set("/clients", page("clients", json!(rows)));
    let ran = world.export("out").exits(0);
    assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
    let out = files(&world.dir("out"));
    assert_eq!(out.len(), names.len() + 1, "{:?}", out.keys());
    let folded: BTreeSet<_> = out.keys().map(|name| name.to_ascii_lowercase()).collect();
    assert_eq!(folded.len(), out.len(), "{folded:?}");
    for name in out.keys().filter(|name| *name != "auth0-tenant.json") {
        let name = name.strip_prefix("clients/").unwrap();
        assert!(!name.contains('/') && name.is_ascii() && !name.starts_with(['.', '-']), "{name}");
    }
    // Whatever the order in which they come.
    world.answers.change("/clients", |page| page["clients"].as_array_mut().unwrap().reverse());
    world.export("again").exits(0);
    assert_eq!(out, files(&world.dir("again")));
    assert!(!world.dir("evil").exists() && !world.dir("../evil").exists());
    world.run(&["diff", "./out", "./again"]).exits(0);
}

#[test]
fn standard_output_gets_one_object_with_the_texts_inside() {
    let world = World::new();
    let whole = world.run(&["export", "-"]).exits(0).json();
    assert_eq!(whole["kinds"]["actions"][0]["code"], "one\ntwo\nthree\n");
    assert_eq!(whole["kinds"]["tenant-settings"]["friendly_name"], "Acme");
    assert_eq!(whole["kinds"]["mfa-policies"]["value"], json!(["all-applications"]));
    assert_eq!(whole["not_read"], json!([]));
    assert!(whole["kinds"].get("prompt-texts").is_none());
}

#[test]
fn texts_of_prompts_are_read_when_they_are_asked_for() {
    let world = World::new();
    world.answers.change("/tenants/settings", |it| it["enabled_locales"] = json!(["en", "de"]));
    world.answers.set("/prompts/login/custom-text/de", json!({"login": {"title": "Hallo"}}));
    world.answers.set("/prompts/login/custom-text/en", json!({}));
    world.run(&["export", "out", "--kinds", "prompt-texts"]).exits(0);
    let names: Vec<_> = files(&world.dir("out")).into_keys().collect();
    assert_eq!(names, ["auth0-tenant.json", "prompt-texts/de~login.json"]);
    assert_eq!(world.tenant.seen().len(), 1 + 2 * 37);
}

#[test]
fn a_reference_without_a_single_name_keeps_its_id_and_is_said() {
    let world = World::new();
    world.answers.change("/clients", |page| page["clients"][0]["name"] = json!("robot"));
    world.export("out").exits(0).says("client-grants: 1 client referred to by ID");
    let grants = files(&world.dir("out"));
    let grant = grants.keys().find(|name| name.starts_with("client-grants/")).unwrap();
    assert!(grant.starts_with("client-grants/robotrobot"), "{grant}");
}

#[test]
fn the_document_names_every_kind() {
    let document = include_str!("../../docs/tenant-export.md");
    for entry in auth0_suite::resource::snapshot::table::all() {
        assert!(document.contains(&format!("`{}`", entry.name)), "{}", entry.name);
    }
}

/// Status lines appear only on a terminal, for what takes longer than half a second.
#[cfg(target_os = "linux")] // a terminal made by script(1)
#[test]
fn a_terminal_shows_how_far_the_reading_is() {
    use crate::support::Run;
    use std::time::Duration;
    let latency = Duration::from_millis(400);
    let config = Config { tls: true, latency, ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    let home = Home::new();
    let export = |command: Run| {
        command
            .env("AUTH0_DOMAIN", emulator.domain())
            .env("AUTH0_CLIENT_ID", MACHINE)
            .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
            .env("SSL_CERT_FILE", emulator.ca_file().unwrap())
            .run()
            .exits(0)
    };
    let line = "auth0-tenant export ./one --kinds clients,connections";
    export(home.terminal(line)).says("reading 127.0.0.1").says(" requests");
    let args = ["export", "./two", "--kinds", "clients,connections"];
    export(home.command("auth0-tenant").args(&args)).hides("reading");
    export(home.terminal(&format!("{line} --quiet"))).hides("reading");
}
