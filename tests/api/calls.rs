//! One call: what is sent, and how it ends.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::fake::{Reply, Tenant};
use crate::support::Ran;

pub(super) fn always(status: u16, body: Value) -> Tenant {
    Tenant::new(move |_| Reply::json(status, &body))
}

fn piped(tenant: &Tenant, args: &[&str], input: &[u8]) -> Ran {
    Ran::fed(&mut tenant.command(args), input)
}

#[test]
fn statuses_become_exit_codes() {
    for (status, code) in [(400, 8), (401, 3), (403, 4), (404, 5), (409, 8), (422, 8), (500, 7)] {
        let body = json!({"statusCode": status, "message": "No.", "errorCode": "nope"});
        let tenant = always(status, body.clone());
        let ran = tenant.run(&["clients/x"]).exits(code).says("No.").prints("");
        assert!(!ran.stderr.contains("http"), "{}", ran.stderr);
        tenant.run(&["clients/x", "--raw"]).exits(code).prints(&body.to_string());
        let ran = tenant.run(&["clients/x", "--include"]).exits(code);
        assert!(ran.stdout.starts_with(&format!("HTTP {status}\n")) && ran.stdout.contains("nope"));
        let ran = tenant.run(&["clients/x", "-o", "json"]).exits(code);
        let last: Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["error"]["code"], &last["error"]["status"]),
            (&json!("nope"), &json!(status))
        );
    }
    let tenant = always(429, json!({"message": "Global limit"}));
    tenant.run(&["clients", "--max-retries", "0"]).exits(6).says("Global limit");
}

#[test]
fn what_may_have_been_carried_out_is_not_simply_tried_again() {
    let tenant = Tenant::speaking(|_, stream| {
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    let broke_off = tenant.run(&["roles", "-f", "name=x"]).exits(7).says("broke off");
    broke_off.says("look before you try again");
    assert_eq!(tenant.seen().len(), 1);
    let tenant = always(500, json!({"message": "Oops."}));
    tenant.run(&["PATCH", "roles/x", "-f", "name=x"]).exits(7).says("look before you try again");
    let tenant = always(400, json!({"message": "No."}));
    tenant
        .run(&["PATCH", "roles/x", "-f", "name=x"])
        .exits(8)
        .says("auth0-api describe PATCH /roles/{id}");
}

#[test]
fn bodies_are_checked_before_they_are_sent() {
    let tenant = always(201, json!({"id": "rol_1"}));
    for args in [
        &["roles", "-d", "{\"name\": \"x\",}"][..],
        &["roles", "-d", ""],
        &["roles", "-d", "@/no/such/file"],
        &["roles", "-d", "[]", "-f", "a=1"],
        &["roles", "-f", "a=1", "-f", "a.b=1"],
        &["GET", "roles", "-d", "{}"],
        &["POST", "jobs/users-imports", "-f", "connection_id=x"],
        &["POST", "jobs/users-imports", "-F", "users=@/no/such/file"],
        &["roles", "-d", "{}", "-H", "Authorization: Bearer x"],
        &["roles", "-d", "{}", "-H", "X: a\nY: b"],
    ] {
        tenant.run(args).exits(2);
    }
    tenant.run(&["roles", "-d", "{\n\"name\" \"x\"}"]).exits(2).says("line 2, column 8");
    assert!(tenant.seen().is_empty());

    piped(&tenant, &["roles", "-d", "-", "-f", "n.m=[1]"], b"{\"name\": \"x\", \"n\": {\"k\": 1}}")
        .exits(0);
    let seen = tenant.seen().remove(0);
    assert_eq!(seen.method, "POST", "a body makes it a POST");
    assert_eq!(seen.body, b"{\"name\":\"x\",\"n\":{\"k\":1,\"m\":[1]}}");
    // Alone, a document is sent byte for byte.
    piped(&tenant, &["put", "branding", "-d", "-"], b" {\"n\": 1.0e2}\n").exits(0);
    assert_eq!(tenant.seen()[0].body, b" {\"n\": 1.0e2}\n");
    tenant
        .run(&["roles", "-d", "a: 1", "-H", "content-type: application/yaml", "-H", "X-Y: z"])
        .exits(0);
    let seen = tenant.seen().remove(0);
    assert_eq!(seen.header("content-type"), Some("application/yaml"));
    assert_eq!((seen.header("x-y"), &seen.body[..]), (Some("z"), &b"a: 1"[..]));
}

#[test]
fn a_delete_asks_first_and_may_have_a_body() {
    let tenant = Tenant::new(|_| Reply { status: 204, headers: vec![], body: vec![] });
    tenant.run(&["DELETE", "clients/abc"]).exits(2).says("--yes");
    assert!(tenant.seen().is_empty());
    tenant.run(&["delete", "clients/abc", "--yes"]).exits(0).prints("");
    assert_eq!(tenant.seen()[0].method, "DELETE");
    tenant.run(&["DELETE", "organizations/o/members", "-y", "-f", "members[]=auth0|1"]).exits(0);
    assert_eq!(tenant.seen()[0].body, b"{\"members\":[\"auth0|1\"]}");
}

#[test]
fn a_dry_run_sends_nothing() {
    let tenant = always(200, json!({}));
    let ran =
        tenant.run(&["DELETE", "users/{id}", "auth0|1", "--dry-run", "-H", "X-A: 1"]).exits(0);
    ran.prints(&format!("DELETE {}/api/v2/users/auth0%7C1\nX-A: 1\n", tenant.origin));
    let ran = tenant.run(&["roles", "-f", "name=x", "--dry-run"]).exits(0);
    let text = format!(
        "POST {}/api/v2/roles\ncontent-type: application/json\n\n{{\n  \"name\": \"x\"\n}}\n",
        tenant.origin
    );
    ran.prints(&text);
    let ran = tenant.run(&["POST", "jobs/users-imports", "-F", "a=b", "--dry-run"]).exits(0);
    assert!(ran.stdout.contains("content-type: multipart/form-data; boundary="), "{}", ran.stdout);
    assert!(ran.stdout.ends_with(" bytes)\n"));
    assert!(tenant.seen().is_empty());
}

#[test]
fn a_token_goes_to_its_own_tenant_alone() {
    let (ours, other) = (always(200, json!({})), always(200, json!({})));
    let elsewhere = format!("{}/api/v2/clients", other.origin);
    ours.run(&[&elsewhere]).exits(2).says("leave out the host");
    ours.run(&[&elsewhere, "--dry-run"]).exits(2);
    ours.run(&["clients/../users"]).exits(2);
    ours.run(&["clients/%2E%2E/users"]).exits(2);
    assert!(ours.seen().is_empty() && other.seen().is_empty());
    ours.run(&[&format!("{}/api/v2/clients?page=1", ours.origin), "-q", "per_page=5"]).exits(0);
    let seen = ours.seen().remove(0);
    assert_eq!(seen.path, "/api/v2/clients");
    assert_eq!((seen.param("page"), seen.param("per_page")), (Some("1"), Some("5")));
}

#[test]
fn a_path_nobody_knows_is_warned_about_and_goes_through() {
    let tenant = always(200, json!({"new": true}));
    let ran = tenant
        .run(&["brand-new/thing"])
        .exits(0)
        .says("warning: /brand-new/thing is not in the catalog");
    assert!(ran.stdout.contains("true"));
    tenant.run(&["PUT", "clients/x", "-d", "{}"]).exits(0).says("no PUT is known");
    assert_eq!(tenant.seen().len(), 2);
}

#[test]
fn a_word_in_an_ids_place_is_not_taken_for_the_id() {
    let tenant = always(200, json!({"organizations": [{"id": "org_1"}]}));
    let ran = tenant.run(&["organizations/no-such-list"]).exits(0);
    ran.says("warning: GET /organizations/no-such-list is not in the catalog").hides("\\n").says(
        "hint: if you mean /organizations/{id}, say so: auth0-api GET '/organizations/{id}' VALUE",
    );
    tenant.run(&["organizations/no-such-list", "--paginate"]).exits(2).says("not known");
    for args in [
        &["organizations/{id}", "acme"][..],
        &["organizations/org_1"],
        &["clients/emulator-native"],
        &["actions/triggers/post-login/bindings"],
        &["users/auth0|abc"],
    ] {
        assert_eq!(tenant.run(args).exits(0).stderr, "", "{args:?}");
    }
}

#[test]
fn objects_are_appended_to_an_array() {
    let tenant = always(200, json!({}));
    let fields = ["scopes[].value=read:a", "scopes[].description=A", "scopes[].value=read:b"];
    let args: Vec<_> = fields.iter().flat_map(|field| ["-f", *field]).collect();
    tenant.run(&[&["PATCH", "resource-servers/{id}", "x"], &args[..]].concat()).exits(0);
    let body: Value = serde_json::from_slice(&tenant.seen()[0].body).unwrap();
    assert_eq!(
        body,
        json!({"scopes": [{"value": "read:a", "description": "A"}, {"value": "read:b"}]})
    );
    tenant.run(&["roles", "-f", "a[0].b=c"]).exits(2).says("a[].b=VALUE");
    assert!(tenant.seen().is_empty());
}

#[test]
fn a_scope_that_the_token_lacks_is_named_before_the_call_and_after() {
    let tenant =
        always(403, json!({"message": "Insufficient scope, expected any of: delete:clients"}));
    let ran = tenant.run_with_scopes(&["read:clients"], &["DELETE", "clients/x", "--yes"]).exits(4);
    let (before, after) = ran.stderr.split_once("error:").unwrap();
    assert!(before.contains("warning: the token lacks delete:clients"), "{before}");
    // Another profile may be the current one.
    let command = "auth0-login --profile main --add-scope delete:clients";
    assert!(before.contains(command) && after.contains(command), "{before}\n{after}");
    let fine = always(200, json!([]));
    let ran = fine.run_with_scopes(&["read:clients"], &["clients"]).exits(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(fine.seen()[0].header("authorization"), Some("Bearer test-token"));
}

#[test]
fn fields_are_asked_of_the_api_where_it_takes_them() {
    let tenant = always(200, json!({"clients": [{"name": "a", "jwt": {"alg": "RS256", "x": 1}}]}));
    let ran = tenant.run(&["clients", "--fields", "jwt.alg,name", "-o", "csv"]).exits(0);
    ran.prints("jwt.alg,name\r\nRS256,a\r\n");
    let seen = tenant.seen().remove(0);
    assert_eq!(seen.param("fields"), Some("jwt%2Cname"));
    assert_eq!(seen.param("include_fields"), Some("true"));
    // The pages of the logs go on by the ID of the last one, which must then be there.
    tenant.run(&["logs", "--fields", "type"]).exits(0);
    assert_eq!(tenant.seen()[0].param("fields"), None);
}

#[test]
fn events_are_printed_while_they_happen() {
    let (said, heard) = mpsc::channel();
    let heard = Arc::new(Mutex::new(heard));
    let tenant = Tenant::speaking(move |seen, stream| {
        assert_eq!(seen.path, "/api/v2/events");
        assert_eq!(seen.header("accept"), Some("text/event-stream"));
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n",
            )
            .unwrap();
        stream.write_all(b"id: 1\ndata: {\"type\":\"a\",\"client_secret\":\"hush\"}\n\n").unwrap();
        // The second event comes only when the first one has been read at the other end.
        let heard = heard.lock().unwrap();
        if heard.recv().is_ok() {
            stream.write_all(b"data: {\"type\":\"b\"}\n\n").unwrap();
        }
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    tenant.run(&["events", "-o", "csv"]).exits(2).says("-o jsonl");
    for (args, lines) in [
        (
            &["events"][..],
            &[
                "id: 1",
                "data: {\"type\":\"a\",\"client_secret\":\"[redacted]\"}",
                "",
                "data: {\"type\":\"b\"}",
                "",
            ][..],
        ),
        (
            &["events", "-o", "jsonl"],
            &["{\"type\":\"a\",\"client_secret\":\"[redacted]\"}", "{\"type\":\"b\"}"],
        ),
        (
            &["events", "--raw"],
            &[
                "id: 1",
                "data: {\"type\":\"a\",\"client_secret\":\"hush\"}",
                "",
                "data: {\"type\":\"b\"}",
                "",
            ],
        ),
    ] {
        let mut command = tenant.command(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut got = Vec::new();
        while !got.iter().any(|line: &String| line.contains("\"a\"")) {
            got.push(stdout.next().expect("the first event comes by itself"));
        }
        said.send(()).unwrap();
        got.extend(stdout);
        assert_eq!(got, lines, "{args:?}");
        Ran::read(&command, child.wait_with_output().unwrap()).exits(0);
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let rows: Vec<Value> =
        (0..20_000).map(|at| json!({"id": at, "padding": "x".repeat(50)})).collect();
    let tenant = always(200, json!(rows));
    let mut command = tenant.command(&["rules", "-o", "jsonl"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("\"id\":0"));
    let ran = Ran::read(&command, child.wait_with_output().unwrap()).exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn fields_are_typed_by_the_schema_and_the_unknown_is_warned_about() {
    let tenant = always(200, json!({}));
    let ran = tenant
        .run(&["POST", "clients", "-f", "name=5", "-f", "client_metadata.tier=1", "-f", "nmae=x"])
        .exits(0)
        .says("warning: body nmae is not a documented field; did you mean name?");
    assert_eq!(ran.stderr.matches("warning").count(), 1, "{}", ran.stderr);
    let sent: Value = serde_json::from_slice(&tenant.seen()[0].body).unwrap();
    assert_eq!(sent, json!({"name": "5", "client_metadata": {"tier": "1"}, "nmae": "x"}));
}

#[test]
fn a_missing_scope_that_is_inferred_is_said_to_be() {
    let tenant = always(200, json!({}));
    let inferred = auth0_suite::management::catalog::operations()
        .find(|it| it.scopes_inferred && it.method.as_str() == "GET" && !it.path.contains('{'))
        .unwrap();
    tenant.run_with_scopes(&["openid"], &[inferred.path]).exits(0).says("inferred from similar");
    let ran = tenant.run_with_scopes(&["openid"], &["/roles"]).exits(0).says("the token lacks");
    assert!(!ran.stderr.contains("inferred"), "{}", ran.stderr);
}
