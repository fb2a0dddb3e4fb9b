//! `auth0-connections`: each subcommand and what it sends.

use auth0_emulator::{Config, Fault, FaultKind};
use serde_json::{Value, json};

use super::run::Tenant;

const DATABASE: &str = "Username-Password-Authentication";
const DATABASE_ID: &str = "con_0000000000000000";

#[test]
fn one_is_shown_by_id_and_by_name_without_its_secrets() {
    let tenant = Tenant::new();
    let by_id = tenant.connections(&["show", DATABASE_ID, "-o", "json"]).exits(0);
    let by_name =
        tenant.connections(&["show", DATABASE, "-o", "json"]).exits(0).hides("idp-secret");
    assert_eq!(by_id.json(), by_name.json());
    assert_eq!(by_id.json()["options"]["client_secret"], "[redacted]");
    let revealed = tenant.connections(&[
        "show",
        DATABASE,
        "--reveal-secrets",
        "--fields",
        "options.client_secret",
        "-o",
        "json",
    ]);
    assert_eq!(revealed.exits(0).json(), json!({"options": {"client_secret": "idp-secret-0"}}));
    tenant
        .connections(&["show", "Username-Password-Authenticatio"])
        .exits(5)
        .says(&format!("did you mean '{DATABASE}'"));
    tenant.connections(&["show", "con_none"]).exits(5);
}

#[test]
fn lists_filter_by_strategy_and_name() {
    let tenant = Tenant::with(Config { connections: 9, ..Config::default() });
    let ran = tenant
        .connections(&["list", "--strategy", "samlp,waad", "--fields", "strategy", "-o", "tsv"])
        .exits(0);
    assert_eq!(ran.lines(), ["strategy", "samlp", "waad", "samlp", "waad"]);
    let query = tenant.emulator.requests().pop().unwrap().query;
    assert!(query.contains("strategy=samlp&strategy=waad"), "{query}");
    let ran = tenant.connections(&["list", "--name", DATABASE, "-o", "json"]).exits(0);
    assert_eq!(ran.json().as_array().unwrap().len(), 1);
}

#[test]
fn an_option_changes_and_its_siblings_stay() {
    let tenant = Tenant::new();
    let before = tenant.emulator.connection(DATABASE).unwrap();
    let ran = tenant.connections(&[
        "update",
        DATABASE,
        "--set",
        "options.password_history.enable=true",
        "--set",
        "options.client_secret=fresh-one",
    ]);
    ran.exits(0)
        .says("~ options.password_history.enable: false → true")
        .hides("fresh-one")
        .hides("idp-secret-0");
    let mut after = tenant.emulator.connection(DATABASE).unwrap();
    assert_eq!(after["options"]["password_history"], json!({"enable": true, "size": 5}));
    assert_eq!(after["options"]["client_secret"], "fresh-one");
    assert_eq!(after["display_name"], "Example account", "it is sent back");
    after.insert("options".to_owned(), before["options"].clone());
    assert_eq!(after, before);
}

#[test]
fn a_shown_connection_can_be_edited_and_sent_back() {
    let tenant = Tenant::new();
    let shown = tenant.connections(&["show", DATABASE, "-o", "json"]).exits(0).stdout;
    let edited = shown.replace("\"size\": 5", "\"size\": 9");
    let ran = tenant.piped("connections", &["update", DATABASE, "--json", "-"], &edited).exits(0);
    ran.says("redacted in the document and left as it is: options.client_secret")
        .says("~ options.password_history.size: 5 → 9");
    let after = tenant.emulator.connection(DATABASE).unwrap();
    assert_eq!(after["options"]["client_secret"], "idp-secret-0");
    assert_eq!(after["options"]["password_history"]["size"], 9);
}

#[test]
fn options_that_cannot_be_seen_are_not_replaced() {
    let tenant = Tenant::new().without(&["read:connections_options"]);
    let ran = tenant.connections(&["update", DATABASE, "--set", "options.size=1"]).exits(4);
    ran.says("nothing was sent").says("read:connections_options").says("--client-credentials");
    assert!(tenant.writes().is_empty());
    tenant.connections(&["update", DATABASE, "--set", "show_as_button=false"]).exits(0);
    let (_, body) = tenant.write();
    assert_eq!(body, json!({"show_as_button": false, "display_name": "Example account"}));
    let options = tenant.emulator.connection(DATABASE).unwrap()["options"].clone();
    assert_eq!(options["client_secret"], "idp-secret-0");
}

#[test]
fn what_is_fixed_is_said_before_it_is_sent() {
    let tenant = Tenant::new();
    tenant
        .connections(&["update", DATABASE, "--set", "name=other"])
        .exits(2)
        .says("name of a connection cannot be changed");
    tenant
        .connections(&["update", DATABASE, "--set", "realms.0=x"])
        .exits(2)
        .says("realms is a list");
    assert!(tenant.writes().is_empty());
}

#[test]
fn create_and_its_conflicts() {
    let tenant = Tenant::new();
    tenant.connections(&["create", "--name", "x"]).exits(2).says("--strategy");
    let ran = tenant.connections(&[
        "create",
        "--name",
        "my-db",
        "--strategy",
        "auth0",
        "--set",
        "options.passwordPolicy=good",
        "-o",
        "json",
    ]);
    assert_eq!(ran.exits(0).json()["name"], "my-db");
    assert_eq!(
        tenant.write().1,
        json!({"name": "my-db", "strategy": "auth0", "options": {"passwordPolicy": "good"}})
    );
    tenant
        .connections(&["create", "--name", "my-db", "--strategy", "auth0"])
        .exits(8)
        .says("already exists")
        .says("auth0-connections show my-db");
    let ran = tenant.connections(&[
        "create",
        "--name",
        "y",
        "--strategy",
        "oidc",
        "--set",
        "options.client_secret=hush-hush",
        "--dry-run",
    ]);
    assert_eq!(
        ran.exits(0).hides("hush-hush").json()["body"]["options"]["client_secret"],
        "[redacted]"
    );
}

#[test]
fn a_deletion_that_goes_on_at_the_tenant_is_said_so() {
    let tenant = Tenant::new();
    tenant.connections(&["delete", DATABASE, "--yes"]).exits(0).says("finishes it later");
    assert!(tenant.emulator.connection(DATABASE).is_none());
    tenant.connections(&["delete", DATABASE, "--yes"]).exits(5);
    tenant.connections(&["delete", "globex-saml"]).exits(2).says("--yes");
}

#[test]
fn clients_are_enabled_by_name_fifty_at_a_time() {
    let tenant = Tenant::with(Config { clients: 140, ..Config::default() });
    let ids: String = (3..123).map(|index| format!("app{index:029}\n")).collect();
    tenant.piped("connections", &["enable", DATABASE, "--client", "-"], &ids).exits(0);
    let sizes: Vec<_> = tenant
        .writes()
        .iter()
        .map(|write| {
            serde_json::from_slice::<Value>(&write.body).unwrap().as_array().unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [50, 50, 20]);
    let ran = tenant.connections(&["clients", DATABASE, "-o", "jsonl"]).exits(0);
    assert_eq!(ran.lines().len(), 121, "the seeded one and those");
    assert!(ran.lines().iter().all(|line| line.contains("\"name\"")), "{ran:?}");
    let ran = tenant
        .connections(&["clients", DATABASE, "--limit", "105", "--fields", "client_id", "-o", "tsv"])
        .exits(0);
    assert_eq!(ran.lines().len(), 106);

    let name = tenant.emulator.client("app00000000000000000000000000005").unwrap()["name"]
        .as_str()
        .unwrap()
        .to_owned();
    let dry = tenant.connections(&["disable", DATABASE, "--client", &name, "--dry-run"]).exits(0);
    assert_eq!(
        dry.json()["body"],
        json!([{"client_id": "app00000000000000000000000000005", "status": false}])
    );
    tenant.writes();
    tenant
        .connections(&["disable", DATABASE, "--client", &name, "nope"])
        .exits(5)
        .says("1 of 2 could not be disabled");
    assert_eq!(
        tenant.write().1,
        json!([{"client_id": "app00000000000000000000000000005", "status": false}])
    );
}

#[test]
fn a_chunk_that_fails_does_not_stop_the_next() {
    let tenant = Tenant::with(Config { clients: 110, ..Config::default() });
    let path = format!("/api/v2/connections/{DATABASE_ID}/clients");
    tenant
        .emulator
        .configure(|config| config.faults = vec![Fault::times(FaultKind::Status(400), &path, 1)]);
    let ids: String = (3..103).map(|index| format!("app{index:029}\n")).collect();
    let ran = tenant.piped("connections", &["enable", DATABASE, "--client", "-"], &ids).exits(8);
    ran.says("50 of 100 could not be enabled").says("enabled the client");
    assert_eq!(tenant.writes().len(), 2);
}

#[test]
fn without_read_clients_the_ids_are_listed() {
    let tenant = Tenant::new().without(&["read:clients"]);
    let ran =
        tenant.connections(&["clients", DATABASE, "-o", "json"]).exits(0).says("read:clients");
    assert_eq!(ran.json(), json!([{"client_id": "emulator-native"}]));
}

#[test]
fn status_is_an_exit_code_too() {
    let tenant = Tenant::new();
    let ran = tenant.connections(&["status", DATABASE, "-o", "json"]).exits(0);
    assert_eq!(ran.json()["status"], "online");
    let path = format!("/api/v2/connections/{DATABASE_ID}/status");
    tenant
        .emulator
        .configure(|config| config.faults = vec![Fault::always(FaultKind::Status(404), &path)]);
    let ran =
        tenant.connections(&["status", DATABASE, "-o", "json"]).exits(5).says("is not online");
    assert_eq!(ran.json()["status"], "offline");
    tenant.connections(&["status", "nope"]).exits(5).says("there is no connection");
}

#[test]
fn an_empty_stdin_is_nothing_to_do() {
    let tenant = Tenant::new();
    tenant.piped("connections", &["delete", "-"], "").exits(0).says("nothing to delete");
    let ran = tenant.piped("connections", &["enable", DATABASE, "--client", "-"], " \n").exits(0);
    ran.says("nothing was enabled");
    assert!(tenant.writes().is_empty());
}

#[test]
fn a_batch_of_clients_is_reported_one_by_one() {
    let tenant = Tenant::new();
    let args = ["enable", DATABASE, "--client", "-", "-o", "jsonl"];
    let ran = tenant.piped("connections", &args, "emulator-m2m\nnope\n").exits(5);
    let rows: Vec<Value> =
        ran.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["item"], &rows[0]["status"]), (&json!("nope"), &json!("failed")));
    assert_eq!(
        rows[1],
        json!({"id": "emulator-m2m", "item": "emulator-m2m", "status": "enabled", "error": null})
    );
}
