//! `auth0-clients`: each subcommand and what it sends.

use auth0_emulator::{Config, Fault, FaultKind};
use serde_json::json;

use super::run::Tenant;

pub(super) const BILLING: &str = "app00000000000000000000000000007";

pub(super) fn name_of(tenant: &Tenant, id: &str) -> String {
    tenant.emulator.client(id).unwrap()["name"].as_str().unwrap().to_owned()
}

#[test]
fn one_is_shown_by_id_and_by_name() {
    let tenant = Tenant::new();
    let name = name_of(&tenant, BILLING);
    let by_id = tenant.clients(&["show", BILLING, "-o", "json"]).exits(0);
    let by_name = tenant.clients(&["show", &name, "-o", "json"]).exits(0);
    assert_eq!(by_id.json(), by_name.json());
    assert_eq!(by_id.json()["client_id"], BILLING);
    let fields = tenant
        .clients(&["show", BILLING, "--fields", "name,jwt_configuration.alg", "-o", "json"])
        .exits(0);
    assert_eq!(fields.json(), json!({"name": name, "jwt_configuration": {"alg": "RS256"}}));
    let last = tenant.emulator.requests().pop().unwrap();
    assert!(last.query.contains("fields=name%2Cjwt_configuration"), "{}", last.query);
}

#[test]
fn names_that_fit_none_or_several_are_told() {
    let tenant = Tenant::new();
    let name = name_of(&tenant, BILLING);
    let near = format!("{name}x");
    tenant.clients(&["show", &near]).exits(5).says(&format!("did you mean '{name}'"));
    let wrong_id = "z".repeat(32);
    tenant.clients(&["show", &wrong_id]).exits(5).says("there is no client");
    tenant.clients(&["create", "--name", &name]).exits(0);
    tenant
        .clients(&["update", &name, "--description", "x"])
        .exits(5)
        .says("2 clients have the name")
        .says(BILLING);
    tenant.clients(&["show", BILLING]).exits(0);
}

#[test]
fn secrets_are_not_asked_for_and_not_shown() {
    let tenant = Tenant::new().also("read:client_keys");
    let list = tenant.clients(&["list", "-o", "json"]).exits(0);
    assert!(!list.stdout.contains("secret-of-"), "{list:?}");
    assert!(list.json().as_array().unwrap().iter().all(|row| row.get("client_secret").is_none()));
    // Asked for by name, it is redacted; only --reveal-secrets shows it.
    let args = ["show", BILLING, "--fields", "client_secret", "-o", "json"];
    tenant.emulator.forget_requests();
    let hidden = tenant.clients(&args).exits(0).says("add --reveal-secrets");
    assert_eq!(hidden.json(), json!({}));
    let asked = tenant.emulator.requests_to("GET", &format!("/api/v2/clients/{BILLING}"));
    let asks = asked.iter().any(|request| request.query.contains("secret"));
    assert!(!asked.is_empty() && !asks, "{asked:?}");
    let args = ["show", BILLING, "--fields", "client_secret", "-o", "json", "--reveal-secrets"];
    assert_eq!(tenant.clients(&args).exits(0).json(), json!({"client_secret": "secret-of-7"}));
    let verbose =
        tenant.clients(&["show", BILLING, "-vv", "--reveal-secrets", "--fields", "name"]).exits(0);
    verbose.hides("secret-of-7");
}

#[test]
fn show_says_which_scope_shows_a_missing_secret() {
    let tenant = Tenant::new();
    let show = ["show", BILLING, "-o", "json", "--reveal-secrets"];
    for fields in [&[][..], &["--fields", "client_secret,name"]] {
        let ran = tenant.clients(&[&show[..], fields].concat()).exits(0);
        assert_eq!(ran.json().get("client_secret"), None);
        let ran = ran.says("warning: the API did not show client_secret");
        ran.says("the scope read:client_keys does")
            .says("a person's token rarely gets read:client_keys");
    }
    let ran = tenant.clients(&[&show[..], &["--fields", "name"]].concat()).exits(0);
    assert!(!ran.stderr.contains("did not show"), "{}", ran.stderr);
    let tenant = tenant.also("read:client_keys");
    for fields in [&[][..], &["--fields", "client_secret"]] {
        let ran = tenant.clients(&[&show[..], fields].concat()).exits(0);
        assert_eq!(ran.json()["client_secret"], "secret-of-7");
        assert!(!ran.stderr.contains("did not show"), "{}", ran.stderr);
    }
}

#[test]
fn create_with_reveal_secrets_shows_every_secret() {
    let tenant = Tenant::new();
    let create = ["create", "--name", "Vault", "-o", "json"];
    let set = ["--set", "jwt_configuration.secret=jwt-s3cr3t"];
    let ran = tenant.clients(&[&create[..], &set].concat()).exits(0);
    assert_eq!(ran.json()["jwt_configuration"]["secret"], "[redacted]");
    assert!(ran.json()["client_secret"].as_str().unwrap().len() > 10);
    let ran = tenant.clients(&[&create[..], &set, &["--reveal-secrets"]].concat()).exits(0);
    assert_eq!(ran.json()["jwt_configuration"]["secret"], "jwt-s3cr3t");
    assert!(ran.json()["client_secret"].as_str().unwrap().len() > 10);
}

#[test]
fn a_new_client_shows_its_secret() {
    let tenant = Tenant::new();
    let made = tenant.clients(&[
        "create",
        "--name",
        "Shop",
        "--type",
        "spa",
        "--callbacks",
        "https://a.example,https://b.example",
        "--set",
        "refresh_token.rotation_type=rotating",
        "--set",
        "refresh_token.expiration_type=expiring",
        "-o",
        "json",
    ]);
    let made = made.exits(0).says("created the client 'Shop'").says("warning: the client secret");
    let (what, body) = tenant.write();
    assert_eq!(what, "POST /api/v2/clients");
    assert_eq!(
        body,
        json!({
            "name": "Shop", "app_type": "spa", "callbacks": ["https://a.example", "https://b.example"],
            "refresh_token": {"rotation_type": "rotating", "expiration_type": "expiring"}, "oidc_conformant": true,
            "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
        })
    );
    let secret = made.json()["client_secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("new-secret-of-Shop-"), "{secret}");
    assert!(!made.stderr.contains(&secret));
    tenant.clients(&["show", "Shop"]).exits(0).hides(&secret);
}

#[test]
fn a_shown_client_can_be_created_anew() {
    let tenant = Tenant::new();
    let shown = tenant.clients(&["show", BILLING, "-o", "json"]).exits(0).stdout;
    let made =
        tenant.piped("clients", &["create", "--json", "-", "--name", "Copy", "-o", "json"], &shown);
    let made =
        made.exits(0).says("not sent, because the tenant sets it: client_id, tenant, global");
    assert_eq!(made.json()["client_metadata"], json!({"team": "red", "tier": "1"}));
    assert_eq!(made.json()["name"], "Copy");
}

#[test]
fn create_says_what_is_missing_or_wrong() {
    let tenant = Tenant::new();
    tenant.clients(&["create", "--type", "spa"]).exits(2).says("--name NAME");
    let rejected = tenant.clients(&["create", "--name", "a<b"]).exits(8);
    rejected.says("does not match pattern").says("--dry-run");
    tenant.clients(&["create", "--name", "a", "--set", "x"]).exits(2).says("KEY=VALUE");
    tenant.piped("clients", &["create", "--json", "-"], "[1]").exits(2).says("not one object");
    tenant.piped("clients", &["create", "--json", "-"], "{\"a\":").exits(2).says("line 1");
    tenant.clients(&["create", "--json", "/no/such/file"]).exits(2).says("the file of --json");
    assert_eq!(tenant.writes().len(), 1);
}

#[test]
fn a_dry_run_sends_nothing_that_writes() {
    let tenant = Tenant::new();
    let path = format!("/api/v2/clients/{BILLING}");
    let requests = [
        (
            &["create", "--name", "x"][..],
            json!({"method": "POST", "path": "/api/v2/clients", "body": {"name": "x"}}),
        ),
        (
            &["update", BILLING, "--description", "new"],
            json!({"method": "PATCH", "path": path, "body": {"description": "new"}}),
        ),
        (
            &["update", BILLING, "--set", "client_secret=hush-hush"],
            json!({"method": "PATCH", "path": path, "body": {"client_secret": "[redacted]"}}),
        ),
        (&["delete", BILLING], json!({"method": "DELETE", "path": path})),
        (
            &["rotate-secret", BILLING],
            json!({"method": "POST", "path": format!("{path}/rotate-secret")}),
        ),
    ];
    for (args, request) in requests {
        let ran = tenant.clients(&[args, &["--dry-run"]].concat()).exits(0).hides("hush-hush");
        assert_eq!(ran.json(), request);
    }
    let ran = tenant.clients(&["update", BILLING, "--description", "new", "--dry-run"]).exits(0);
    ran.says("~ description: \"Number 7\" → \"new\"")
        .says("dry run: would update the client 'Billing'");
    assert!(tenant.writes().is_empty());
}

#[test]
fn deleting_needs_a_yes_and_goes_past_failures() {
    let tenant = Tenant::new();
    tenant.clients(&["delete", BILLING]).exits(2).says("--yes");
    assert!(tenant.emulator.requests().is_empty(), "refused before anything is asked");
    let name = name_of(&tenant, "app00000000000000000000000000003");
    let input = format!("{BILLING}\n\n  {name}\nno such thing\n{BILLING}\n");
    let ran = tenant.piped("clients", &["delete", "-", "--yes"], &input).exits(5);
    ran.says("there is no client 'no such thing'")
        .says(&format!("deleted the client '{name}'"))
        .says("1 of 3 could not be deleted");
    assert_eq!(tenant.writes().len(), 2);
    assert!(tenant.emulator.client(BILLING).is_none());
    for yes in [&["--yes"][..], &[]] {
        let args = [&["delete", "-"], yes].concat();
        tenant.piped("clients", &args, "\n").exits(0).says("nothing to delete").prints("");
    }
}

#[test]
fn the_worst_failure_is_the_exit_code() {
    let tenant = Tenant::new();
    let path = format!("/api/v2/clients/{BILLING}");
    // The look-up passes, the deletion does not.
    tenant.emulator.configure(|config| {
        config.faults = vec![Fault { after: 1, ..Fault::always(FaultKind::Status(500), &path) }];
    });
    let ran =
        tenant.clients(&["delete", "--yes", "nope", BILLING, "app00000000000000000000000000004"]);
    ran.exits(7).says("deleted the client").says("2 of 3");
}

#[test]
fn many_ids_are_looked_up_in_one_list() {
    let tenant = Tenant::with(Config { clients: 150, ..Config::default() });
    let ids: String = (10..130).map(|index| format!("app{index:029}\n")).collect();
    let ran = tenant.piped("clients", &["delete", "-", "--dry-run"], &ids).exits(0);
    assert_eq!(ran.lines().len(), 120);
    assert!(tenant.emulator.requests().len() <= 3, "{}", tenant.emulator.requests().len());
}

#[test]
fn a_rotated_secret_is_shown() {
    let tenant = Tenant::new();
    tenant.clients(&["rotate-secret", BILLING]).exits(2).says("--yes");
    let ran = tenant.clients(&["rotate-secret", BILLING, "--yes", "-o", "json"]).exits(0);
    let secret = ran.json()["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(tenant.emulator.client(BILLING).unwrap()["client_secret"], secret.as_str());
    let ran = ran
        .says("warning: the client secret is shown: keep it")
        .says("--reveal-secrets shows it again");
    assert!(!ran.stderr.contains(&secret));
    let ran =
        tenant.clients(&["rotate-secret", BILLING, "--yes", "--fields", "client_id"]).exits(0);
    ran.says("not among the fields shown").hides("rotated-");
}

#[test]
fn missing_scopes_name_the_command_to_run() {
    let tenant = Tenant::new().without(&["update:clients", "update:client_keys", "delete:clients"]);
    tenant
        .clients(&["update", BILLING, "--description", "x"])
        .exits(4)
        .says("hint: ")
        .says("update:clients")
        .says("--client-credentials");
    tenant
        .clients(&["delete", BILLING, "--yes"])
        .exits(4)
        .says("delete:clients")
        .says("--client-credentials");
    let ran = tenant.clients(&["rotate-secret", BILLING, "--yes", "-o", "json"]).exits(4);
    let last: serde_json::Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["error"]["code"], "insufficient_scope");
    assert_eq!(last["error"]["status"], 403);
}

#[test]
fn a_write_is_sent_once() {
    let tenant = Tenant::new();
    for kind in [FaultKind::Reset, FaultKind::Status(502)] {
        tenant.emulator.configure(|config| {
            config.faults = vec![Fault::always(kind.clone(), "/api/v2/clients")];
        });
        let ran = tenant.clients(&["create", "--name", "once"]).exits(7);
        ran.says("look first: auth0-clients show once").hides("cannot reach").hides("docs.rs");
        assert_eq!(tenant.writes().len(), 1, "{kind:?}");
    }
    // A rate limit is no answer: the request was not carried out.
    tenant.emulator.configure(|config| {
        config.faults = vec![Fault::times(FaultKind::Status(429), "/api/v2/clients", 1)];
    });
    tenant.clients(&["create", "--name", "once"]).exits(0).says("trying again");
    assert_eq!(tenant.writes().len(), 2);
}

#[test]
fn a_loopback_tenant_has_no_dashboard() {
    let tenant = Tenant::new();
    tenant.clients(&["open", BILLING, "--print"]).exits(1).says("auth0-clients show");
    tenant.clients(&["open", "nope", "--print"]).exits(5);
}
