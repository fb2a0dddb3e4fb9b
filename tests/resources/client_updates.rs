//! `auth0-clients update`: what is merged, and what is sent.

use serde_json::json;

use super::clients::BILLING;
use super::run::Tenant;

#[test]
fn an_update_keeps_every_sibling() {
    let tenant = Tenant::new();
    let before = tenant.emulator.client(BILLING).unwrap();
    let ran = tenant.clients(&[
        "update",
        BILLING,
        "--set",
        "refresh_token.rotation_type=rotating",
        "--set",
        "client_metadata.tier=\"2\"",
        "--set",
        "jwt_configuration.alg=PS256",
        "--callbacks",
        "",
    ]);
    ran.exits(0)
        .says("~ refresh_token.rotation_type: \"non-rotating\" → \"rotating\"")
        .says("- callbacks: \"https://app7.example.com/callback\"")
        .says("updated the client");
    let (what, body) = tenant.write();
    assert_eq!(what, format!("PATCH /api/v2/clients/{BILLING}"));
    assert_eq!(
        body,
        json!({
            "refresh_token": {"rotation_type": "rotating", "expiration_type": "non-expiring", "leeway": 0},
            "client_metadata": {"team": "red", "tier": "2"},
            "jwt_configuration": {"alg": "PS256", "lifetime_in_seconds": 36000, "secret_encoded": false},
            "callbacks": [],
        })
    );
    let after = tenant.emulator.client(BILLING).unwrap();
    for (key, value) in &before {
        if body.get(key).is_none() {
            assert_eq!(after.get(key), Some(value), "{key}");
        }
    }
}

#[test]
fn a_list_is_added_to() {
    let tenant = Tenant::new();
    let ran = tenant.clients(&["update", BILLING, "--set", "callbacks[]=https://new.example"]);
    ran.exits(0).says("+ callbacks: \"https://new.example\"");
    let callbacks = json!(["https://app7.example.com/callback", "https://new.example"]);
    assert_eq!(tenant.emulator.client(BILLING).unwrap()["callbacks"], callbacks);
    // Where the list cannot be seen, adding to it would replace it.
    let tenant =
        tenant.without(&["read:clients", "update:client_keys"]).also("read:client_summary");
    tenant.writes();
    let ran = tenant.clients(&["update", BILLING, "--set", "callbacks[]=https://other.example"]);
    ran.exits(4).says("nothing was sent");
    assert!(tenant.writes().is_empty());
}

#[test]
fn metadata_is_deleted_by_null() {
    let tenant = Tenant::new();
    tenant.clients(&["update", BILLING, "--set", "client_metadata.tier=null"]).exits(0);
    assert_eq!(tenant.emulator.client(BILLING).unwrap()["client_metadata"], json!({"team": "red"}));
}

#[test]
fn nothing_is_sent_where_nothing_changes() {
    let tenant = Tenant::new();
    let shown = tenant.clients(&["show", BILLING, "-o", "json"]).exits(0).stdout;
    tenant
        .piped("clients", &["update", BILLING, "--json", "-"], &shown)
        .exits(0)
        .says("like that already");
    tenant.clients(&["update", BILLING]).exits(2).says("--set KEY=VALUE");
    tenant
        .clients(&["update", BILLING, "--set", "client_id=other"])
        .exits(2)
        .says("cannot be changed");
    assert!(tenant.writes().is_empty());
}

#[test]
fn a_token_that_sees_a_summary_cannot_lose_siblings() {
    let tenant =
        Tenant::new().without(&["read:clients", "update:client_keys"]).also("read:client_summary");
    let ran = tenant.clients(&["update", BILLING, "--set", "refresh_token.leeway=5"]).exits(4);
    ran.says("nothing was sent").says("read:clients").says("--client-credentials");
    assert!(tenant.writes().is_empty());
    // What replaces no object can be sent unseen.
    tenant.clients(&["update", BILLING, "--description", "x"]).exits(0);
    assert_eq!(tenant.write().1, json!({"description": "x"}));
}

#[test]
fn an_update_asks_for_no_secret() {
    let tenant = Tenant::new().also("read:client_keys");
    let asked = || {
        let reads =
            tenant.emulator.requests().into_iter().filter(|request| request.method == "GET");
        let asked = reads.map(|read| read.query).collect::<Vec<_>>();
        tenant.emulator.forget_requests();
        asked
    };
    let none = "fields=client_secret%2Cencryption_key%2Csigning_keys&include_fields=false";
    let given = r#"{"client_secret": "[redacted]", "description": "x"}"#;
    tenant.piped("clients", &["update", BILLING, "--json", "-"], given).exits(0);
    assert_eq!(asked(), [none]);
    tenant.clients(&["update", BILLING, "--set", "client_secret=hush-hush"]).exits(0);
    assert_eq!(asked(), [none]);
    assert_eq!(tenant.emulator.client(BILLING).unwrap()["client_secret"], "hush-hush");
    // What is merged with a secret must be seen, and so be asked for.
    let part = ["update", BILLING, "--set", "encryption_key.pub=new"];
    tenant.clients(&part).exits(2).says("--reveal-secrets");
    assert!(asked().is_empty());
    tenant.clients(&[&part[..], &["--reveal-secrets"]].concat()).exits(0);
    tenant.writes();
    let blind = tenant.without(&["read:client_keys"]);
    let ran = blind.clients(&[&part[..], &["--reveal-secrets"]].concat()).exits(4);
    ran.says("nothing was sent").says("read:client_keys");
    assert!(blind.writes().is_empty());
}

#[test]
fn metadata_that_looks_like_a_number_is_text() {
    let tenant = Tenant::new();
    let set = ["--set", "client_metadata.tier=1", "--set", "client_metadata.beta=true"];
    tenant.clients(&[&["update", BILLING][..], &set].concat()).exits(0);
    assert_eq!(
        tenant.write().1,
        json!({"client_metadata": {"team": "red", "tier": "1", "beta": "true"}})
    );
    tenant.clients(&[&["create", "--name", "x"][..], &set].concat()).exits(0);
    assert_eq!(tenant.write().1["client_metadata"], json!({"tier": "1", "beta": "true"}));
}
