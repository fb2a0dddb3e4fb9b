//! What is printed of an answer, and with which secrets redacted.

use serde_json::json;

use super::calls::always;
use super::fake::{Reply, Tenant};

#[test]
fn an_answer_is_printed_as_it_came_but_for_its_secrets() {
    let tenant = Tenant::new(|_| {
        Reply::json(
            200,
            r#"{"z":1.10,"n":123456789012345678901,"client_secret":"hush","a":"\u00e9é"}"#,
        )
    });
    let args = ["clients/x"];
    let hidden = "{\n  \"z\": 1.10,\n  \"n\": 123456789012345678901,\n  \"client_secret\": \"[redacted]\",\n  \"a\": \"\\u00e9é\"\n}\n";
    let ran = tenant.run(&args).exits(0).says("--reveal-secrets");
    ran.prints(hidden);
    let revealed = hidden.replace("[redacted]", "hush");
    let ran = tenant.run(&["clients/x", "--reveal-secrets"]).exits(0).prints(&revealed);
    assert_eq!(ran.stderr, "");
    let ran = tenant.run(&["clients/x", "-o", "jsonl", "--fields", "client_secret,z"]).exits(0);
    ran.prints("{\"client_secret\":\"[redacted]\",\"z\":1.10}\n");
    // What may be shown only once is not lost without a warning.
    tenant
        .run(&["POST", "clients", "-d", "{}", "--quiet"])
        .exits(0)
        .says("warning: the answer holds a secret");
}

#[test]
fn answers_are_redacted_by_operation_and_path() {
    let hidden = "[redacted]";
    for (path, answer, shown) in [
        (
            "stats/daily",
            json!([{"date": "2026-01-01", "leaked_passwords": 3}]),
            json!([{"date": "2026-01-01", "leaked_passwords": 3}]),
        ),
        (
            "actions/actions",
            json!({"actions": [{"secrets": [{"name": "API_KEY", "value": "s"}]}], "total": 1}),
            json!({"actions": [{"secrets": [{"name": "API_KEY", "value": hidden}]}], "total": 1}),
        ),
        (
            "rate-limit-policies/1",
            json!({"configuration": {"action": "block", "limit": 7}}),
            json!({"configuration": {"action": "block", "limit": 7}}),
        ),
        (
            "branding/phone/providers/1",
            json!({"configuration": {"sid": "AC1"}, "credentials": {"auth_token": "s"}}),
            json!({"configuration": {"sid": "AC1"}, "credentials": {"auth_token": hidden}}),
        ),
        (
            "event-streams/1",
            json!({"destination": {"configuration": {"webhook_endpoint": "https://x", "webhook_authorization": {"username": "u", "password": "s"}}}}),
            json!({"destination": {"configuration": {"webhook_endpoint": "https://x", "webhook_authorization": {"username": "u", "password": hidden}}}}),
        ),
        (
            "clients/x",
            json!({"signed_request_object": {"credentials": [{"id": "cred_1"}]}}),
            json!({"signed_request_object": {"credentials": [{"id": "cred_1"}]}}),
        ),
        (
            "connections/con_1",
            json!({"options": {"configuration": {"DB": "s"}}}),
            json!({"options": {"configuration": {"DB": hidden}}}),
        ),
        (
            "guardian/factors/push-notification/providers/fcmv1",
            json!({"server_credentials": "{}", "p12": "s", "server_key": "s"}),
            json!({"server_credentials": hidden, "p12": hidden, "server_key": hidden}),
        ),
        (
            "flows/vault/connections/1",
            json!({"name": "n", "setup": {"type": "BEARER", "value": "s"}}),
            json!({"name": "n", "setup": {"type": hidden, "value": hidden}}),
        ),
        ("hooks/1/secrets", json!({"MY_NAME": "s"}), json!({"MY_NAME": hidden})),
        (
            "rules-configs",
            json!([{"key": "MY_NAME", "value": "s"}]),
            json!([{"key": "MY_NAME", "value": hidden}]),
        ),
        (
            "keys/custom-signing",
            json!({"keys": [{"kid": "1", "n": "public", "d": "s"}]}),
            json!({"keys": [{"kid": "1", "n": "public", "d": hidden}]}),
        ),
        (
            "jobs/job_1/errors",
            json!([{"user": {"custom_password_hash": {"hash": {"value": "s", "key": {"value": "s"}}}}}]),
            json!([{"user": {"custom_password_hash": {"hash": {"value": hidden, "key": {"value": hidden}}}}}]),
        ),
    ] {
        let tenant = always(200, answer.clone());
        assert_eq!(tenant.run(&[path]).exits(0).json(), shown, "{path}");
        assert_eq!(tenant.run(&[path, "--reveal-secrets"]).exits(0).json(), answer, "{path}");
    }
}

#[test]
fn bodies_in_the_log_and_in_dry_runs_are_redacted_by_operation_and_path() {
    let ticket = json!({"ticket": "https://t.example/u/reset-verify?ticket=s3cr3t"});
    let tenant = always(201, ticket);
    let args = ["POST", "tickets/password-change", "-d", r#"{"user_id":"auth0|1"}"#, "-vv"];
    let ran = tenant.run(&args).exits(0);
    assert!(!ran.stderr.contains("s3cr3t") && !ran.stdout.contains("s3cr3t"), "{ran:?}");
    ran.says(r#"< {"ticket":"[redacted]"}"#).says(r#"> {"user_id":"auth0|1"}"#);
    let setup = r#"{"name":"n","setup":{"value":"s3cr3t"}}"#;
    let args = ["POST", "flows/vault/connections", "-d", setup];
    let tenant = always(201, json!({"id": "ac_1"}));
    let ran = tenant.run(&[&args[..], &["-vv"]].concat()).exits(0);
    assert!(!ran.stderr.contains("s3cr3t"), "{}", ran.stderr);
    ran.says(r#"> {"name":"n","setup":{"value":"[redacted]"}}"#);
    let ran = tenant.run(&[&args[..], &["--dry-run"]].concat()).exits(0);
    assert!(!ran.stdout.contains("s3cr3t") && ran.stdout.contains("[redacted]"), "{ran:?}");
}

#[test]
fn lists_come_in_columns_without_paginate_too() {
    let tenant = always(200, json!([{"id": "a", "name": "x,y"}, {"id": "b", "name": null}]));
    tenant.run(&["rules", "-o", "csv"]).exits(0).prints("id,name\r\na,\"x,y\"\r\nb,\r\n");
    let wrapped = always(200, json!({"clients": [{"client_id": "a"}], "next": "n"}));
    wrapped.run(&["clients", "-o", "jsonl"]).exits(0).prints("{\"client_id\":\"a\"}\n");
    assert!(wrapped.run(&["clients"]).exits(0).stdout.contains("\"next\": \"n\""), "JSON is whole");
}

#[test]
fn raw_bytes_are_not_touched() {
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let served = bytes.clone();
    let tenant = Tenant::new(move |_| Reply {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body: served.clone(),
    });
    assert_eq!(tenant.run(&["branding", "--raw"]).exits(0).bytes, bytes);
    tenant.run(&["branding"]).exits(1).says("--raw").prints("");
    tenant.run(&["branding", "--raw", "-o", "csv"]).exits(2);
    let secret = Tenant::new(|_| Reply::json(200, "{\"client_secret\" : \"hush\"}"));
    secret.run(&["clients/x", "--raw"]).exits(0).prints("{\"client_secret\" : \"hush\"}");
}

#[test]
fn include_prints_what_the_answer_says_of_itself() {
    let tenant = Tenant::new(|_| {
        Reply::json(200, "{}").header("x-ratelimit-remaining", 9).header("set-cookie", "a=secret")
    });
    let ran = tenant.run(&["clients/x", "--include"]).exits(0);
    let text = ran.stdout;
    assert!(text.starts_with("HTTP 200\ncontent-type: application/json"), "{text}");
    assert!(text.contains("\nx-ratelimit-remaining: 9\n") && text.ends_with("\n\n{}\n"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
