use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::tenant::{UserTenant, rows};
use crate::api::fake::{Reply, Tenant as Fake};
use crate::support::{Home, Ran, Signal, Tenant};

#[test]
fn every_user_is_exported_with_every_field_by_name() {
    let tenant = UserTenant::with(1_234, &[]);
    let ran = tenant.run(&["export"]).exits(0).says("exported 1234 users");
    let users = rows(&ran);
    assert_eq!(users.len(), 1_234);
    assert_eq!(users[0]["user_id"], "auth0|ann");
    assert_eq!(users[0]["app_metadata"], json!({}));
    assert_eq!(users[3]["email_verified"], false);
    let asked = &tenant.emulator.requests_to("POST", "/api/v2/jobs/users-exports")[0];
    let asked: Value = serde_json::from_slice(&asked.body).unwrap();
    let names: Vec<_> =
        asked["fields"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    for name in
        ["user_id", "email_verified", "user_metadata", "app_metadata", "identities", "blocked"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!((&asked["format"], asked.get("limit")), (&json!("json"), None));
}

#[test]
fn neither_the_token_nor_anything_of_the_api_goes_to_the_other_host() {
    let tenant = UserTenant::with(3, &[]);
    tenant.run(&["export"]).exits(0);
    let downloads = tenant.downloads();
    assert_eq!(downloads.len(), 1);
    let mut names: Vec<_> = downloads[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
}

#[test]
fn the_address_of_the_file_is_in_no_message() {
    let tenant = UserTenant::with(3, &["truncate:/job_:9"]);
    for more in ["-v", "-vv"] {
        let ran = tenant.run(&["export", more, "--max-retries", "1", "--quiet"]).exits(7);
        let secrets = tenant.downloads();
        assert!(ran.stderr.contains("/job_") || more == "-v", "the download is logged: {ran:?}");
        let mut ran = ran;
        for secret in secrets {
            let (_, token) = secret.query.split_once('=').unwrap();
            ran = ran.hides(token);
        }
    }
}

#[test]
fn fields_and_formats_are_as_everywhere() {
    let tenant = UserTenant::with(3, &[]);
    let ran = tenant.run(&["export", "--fields", "email,identities.0.connection"]).exits(0);
    assert_eq!(
        rows(&ran)[1],
        json!({"email": "ben@example.com", "identities": [{"connection": "Username-Password-Authentication"}]})
    );
    let ran = tenant.run(&["export", "--fields", "user_id,email", "-o", "csv"]).exits(0);
    assert_eq!(ran.lines()[..2], ["user_id,email", "auth0|ann,ann@example.com"]);
    assert_eq!(tenant.run(&["export", "-o", "json"]).exits(0).json().as_array().unwrap().len(), 3);
    let ran = tenant.run(&["export", "-o", "csv"]).exits(0);
    assert!(ran.lines()[0].starts_with("user_id,email,email_verified,"), "{ran:?}");
    let ran = tenant.run(&["export", "--fields", "emial"]).exits(0);
    assert!(ran.stderr.contains("email"), "{ran:?}");
}

#[test]
fn one_connection_is_exported_by_name_or_id() {
    let tenant = UserTenant::with(3, &[]);
    let count = |connection: &str| {
        tenant.run(&["export", "--connection", connection]).exits(0).lines().len()
    };
    assert_eq!(count("Username-Password-Authentication"), 3);
    assert_eq!(count("Partners"), 0);
    tenant.run(&["export", "--connection", "nope"]).exits(5).prints("");
}

#[test]
fn a_file_is_private_and_in_place_only_once_it_is_whole() {
    let tenant = UserTenant::with(500, &["truncate:/job_:1"]);
    let file = tenant.home.write("users.jsonl", "old\n");
    let args = ["export", "--file", file.to_str().unwrap()];
    let with = |more: &[&str]| tenant.run(&[&args[..], more].concat());
    with(&["--max-retries", "0"]).exits(7).prints("");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "old\n");
    with(&[]).exits(0).prints("").says("exported 500 users");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 500);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("users.jsonl"))
        .collect();
    assert_eq!(left, ["users.jsonl"]);
    let folder = tenant.home.path().to_str().unwrap().to_owned();
    tenant.run(&["export", "--file", &folder]).exits(2).says("is a folder");
    tenant.run(&["export", "--file", "/nonexistent/users"]).exits(2);
}

#[test]
fn an_address_that_has_expired_is_asked_for_again() {
    let tenant = UserTenant::with(20, &["403:/job_:2"]);
    let ran = tenant.run(&["export"]).exits(0).says("has expired");
    assert_eq!(ran.lines().len(), 20);
    assert_eq!(tenant.downloads().len(), 3);
    assert_eq!(tenant.emulator.requests_to("POST", "/api/v2/jobs/users-exports").len(), 1);
}

#[test]
fn a_job_that_is_gone_is_made_again() {
    let tenant = UserTenant::with(20, &["403:/job_:1", "404:/api/v2/jobs/job_:1:2"]);
    assert_eq!(tenant.run(&["export"]).exits(0).lines().len(), 20);
    assert_eq!(tenant.emulator.requests_to("POST", "/api/v2/jobs/users-exports").len(), 2);
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was() {
    let tenant = UserTenant::with(20_000, &["truncate:/job_:1", "reset:/job_:1:1"]);
    let ran = tenant.run(&["export", "--fields", "user_id"]).exits(0).says("broke off");
    let users = rows(&ran);
    assert_eq!(users.len(), 20_000);
    let mut ids: Vec<_> = users.iter().map(|user| user["user_id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20_000, "none twice");
}

#[test]
fn an_export_over_tls_is_downloaded_over_tls() {
    let tenant = Tenant::with(|config| config.users = 30);
    let token = tenant.access_token("read:users", None, 3600);
    let home = Home::new();
    let ran = home
        .command("auth0-users")
        .args(&["export"])
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_ACCESS_TOKEN", token)
        .trust(&tenant)
        .run()
        .exits(0);
    assert_eq!(ran.lines().len(), 30);
}

#[test]
fn a_job_that_fails_says_why() {
    let tenant = UserTenant::with(3, &["failed-job:/api/v2/jobs/job_"]);
    tenant.run(&["export"]).exits(1).prints("").says("The job failed, as asked for");
}

#[test]
fn rate_limits_outages_and_refusals_are_as_everywhere() {
    let tenant =
        UserTenant::with(3, &["429:/api/v2/jobs/job_:1", "502:/api/v2/jobs/users-exports:1"]);
    assert_eq!(tenant.run(&["export"]).exits(0).lines().len(), 3);
    let token = tenant.emulator.access_token("read:clients", None, 3600);
    let ran = tenant.command("auth0-users", &["export"]).env("AUTH0_ACCESS_TOKEN", token).run();
    ran.exits(4).says("read:users");
}

#[test]
fn the_timeout_bounds_the_wait_for_the_job() {
    let fake = fake_tenant(|_, _| Reply::json(200, json!({"id": "job_1", "status": "processing"})));
    let ran = Ran::of(&mut fake.program("auth0-users", &["export", "--timeout", "2"]));
    ran.exits(7).says("--timeout");
}

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn ctrl_c_while_waiting_says_where_the_job_is() {
    let fake = fake_tenant(|_, _| Reply::json(200, json!({"id": "job_1", "status": "processing"})));
    let home = Home::new();
    let running = home
        .command("auth0-users")
        .args(&["export"])
        .env("AUTH0_DOMAIN", &fake.origin)
        .env("AUTH0_ACCESS_TOKEN", "t")
        .interruptible()
        .start();
    while !fake.seen().iter().any(|seen| seen.method == "GET") {
        std::thread::yield_now();
    }
    running.signal(Signal::INT);
    running.wait().dies_of(Signal::INT).says("auth0-api jobs/job_1").prints("");
}

/// A tenant whose job is described by `job`, which is handed the number of the look and the origin.
fn fake_tenant(job: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Fake {
    let looks = AtomicUsize::new(0);
    Fake::new(move |seen| {
        if seen.method == "POST" {
            return Reply::json(200, json!({"id": "job_1", "status": "pending"}));
        }
        let host = seen.header("host").unwrap();
        job(looks.fetch_add(1, Ordering::SeqCst), &format!("http://{host}"))
    })
}

/// A tenant whose export is at once complete, with this file.
fn with_file(file: Reply) -> Fake {
    Fake::new(move |seen| {
        if seen.path == "/file" {
            return file.clone();
        }
        let location =
            format!("http://{}/file?Signature=s3cr3t-signature", seen.header("host").unwrap());
        Reply::json(200, json!({"id": "job_1", "status": "completed", "location": location}))
    })
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn file(bytes: Vec<u8>) -> Reply {
    Reply { status: 200, headers: Vec::new(), body: bytes }
}

fn export(tenant: &Fake) -> Ran {
    Ran::of(&mut tenant.program("auth0-users", &["export", "--max-retries", "0"]))
}

#[test]
fn a_file_is_unpacked_by_what_it_is_and_not_by_what_it_is_called() {
    let text = "{\"user_id\":\"auth0|1\"}\n{\"user_id\":\"auth0|2\"}\n";
    for reply in [
        file(text.as_bytes().to_vec()),
        file(packed(text)),
        file(packed(text)).header("content-type", "text/plain"),
        file(packed(text)).header("content-encoding", "gzip"),
        file(packed(text)).header("set-cookie", "session=1"),
    ] {
        export(&with_file(reply)).exits(0).prints(text);
    }
    export(&with_file(file(Vec::new()))).exits(0).prints("").says("exported 0 users");
}

#[test]
fn what_is_not_an_export_is_an_error() {
    let bad = |bytes: &[u8]| export(&with_file(file(bytes.to_vec()))).exits(7);
    bad(b"<Error><Code>AccessDenied</Code></Error>")
        .says("line 1 of the file is not a JSON object");
    bad(b"{\"a\":1}\n[]\n").says("line 2");
    bad(&packed("{\"a\":1}\n")[..20]).says("broke off");
    bad(&[0x1f, 0x8b, 1, 2, 3]);
    let moved = Reply { status: 302, headers: Vec::new(), body: Vec::new() };
    export(&with_file(moved.header("location", "https://evil.example/?token=x")))
        .exits(7)
        .prints("")
        .hides("s3cr3t-signature");
    let gone = Reply { status: 403, headers: Vec::new(), body: Vec::new() };
    export(&with_file(gone)).exits(7).prints("").says("has expired").hides("s3cr3t");
}

#[test]
fn users_are_only_downloaded_from_an_address_that_nobody_can_listen_to() {
    for location in [
        "http://files.example/f?s=s3cr3t",
        "ftp://files.example/f",
        "",
        "https://u:p@files.example/f",
    ] {
        let location = location.to_owned();
        let fake = Fake::new(move |_| {
            Reply::json(200, json!({"id": "job_1", "status": "completed", "location": location}))
        });
        export(&fake).exits(7).prints("").says("no address").hides("s3cr3t");
    }
    let fake = Fake::new(|_| Reply::json(200, json!({"id": "job_1", "status": "completed"})));
    export(&fake).exits(7).says("no address");
    let fake = Fake::new(|_| Reply::json(200, "[]"));
    export(&fake).exits(7).says("does not describe a job");
}

#[test]
fn metadata_is_exported_as_it_is_and_tokens_of_providers_are_not() {
    let line = r#"{"user_id":"a|1","identities":[{"provider":"a","access_token":"s3cr3t-token"}],"app_metadata":{"password":"kept","n":1.0}}"#;
    let fake = with_file(file(line.as_bytes().to_vec()));
    let expected = line.replace(r#","access_token":"s3cr3t-token""#, "");
    export(&fake).exits(0).prints_line(&expected);
    let args = ["export", "--reveal-secrets"];
    Ran::of(&mut fake.program("auth0-users", &args)).exits(0).prints_line(line);
}
