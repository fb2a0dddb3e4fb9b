//! `list` and `describe`: no profile, no network.

use serde_json::Value;

use super::fake::bare;
use crate::support::Ran;

fn run(args: &[&str]) -> Ran {
    Ran::of(&mut bare(args))
}

#[test]
fn the_whole_api_is_listed() {
    let table = run(&["list"]).exits(0);
    assert_eq!(table.stdout.lines().count(), 490, "a heading and 489 operations");
    let rows: Vec<Value> =
        serde_json::from_str(&run(&["-o", "json", "list"]).exits(0).stdout).unwrap();
    assert_eq!(rows.len(), 489);
    assert!(rows.iter().all(|row| row["path"].as_str().unwrap().starts_with('/')));
}

#[test]
fn a_pattern_is_part_of_a_path_or_scope_or_a_method() {
    let paths = |args: &[&str]| {
        let ran = run(&[args, &["-o", "tsv", "--fields", "method,path"]].concat()).exits(0);
        ran.stdout.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(paths(&["list", "users-imports"]), ["POST\t/jobs/users-imports"]);
    let logs = paths(&["list", "read:logs"]);
    assert!(logs.contains(&"GET\t/logs/{id}".to_owned()), "{logs:?}");
    let deletes = paths(&["list", "delete", "clients"]);
    assert!(deletes.len() > 1 && deletes.iter().all(|line| line.starts_with("DELETE\t")));
    let none = run(&["list", "no-such-thing", "-o", "json"]).exits(0).says("no operation");
    assert_eq!(none.stdout, "[]\n");
}

#[test]
fn an_operation_is_described() {
    let text = run(&["describe", "get", "api/v2/users/auth0|123"]).exits(0);
    for part in
        ["GET /users/{id}", "read:users", "{id}", "include_fields  boolean", "-p id='auth0|123'"]
    {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let json: Value =
        serde_json::from_str(&run(&["describe", "GET", "/clients", "-o", "json"]).exits(0).stdout)
            .unwrap();
    assert_eq!(json["paging"], "both");
    assert_eq!(json["items"], "clients");
    assert_eq!(json["page_max"], 100);
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    run(&["describe", "PUT", "/clients/{id}"]).exits(5).says("GET, PATCH, DELETE");
    run(&["describe", "GET", "/nothing/here"]).exits(5).says("auth0-api list nothing");
    run(&["describe", "GET", "/organizations/no-such-list"])
        .exits(5)
        .says("the catalog has no GET /organizations/no-such-list")
        .says("auth0-api describe GET '/organizations/{id}'");
    run(&["list", "--fields", "pth"]).exits(0).says("did you mean 'path'?");
    run(&["describe", "HEAD", "/clients"]).exits(2);
    run(&["-q", "a=b", "list"]).exits(2).says("send nothing");
}

#[test]
fn the_short_q_is_the_query_and_quiet_keeps_its_name() {
    let help = run(&["--help"]).exits(0);
    assert!(help.stdout.contains("-q, --query <KEY=VALUE>"));
    assert!(help.stdout.contains("      --quiet"));
    assert!(!help.stdout.contains("-q, --quiet"));
    run(&["list", "no-such-thing", "--quiet"])
        .exits(0)
        .prints("METHOD  PATH  SCOPES  PAGING  STAGE\n");
}

#[test]
fn describe_shows_the_fields_of_the_body() {
    let text = run(&["describe", "PATCH", "/clients/{id}"]).exits(0);
    for part in ["body (! is required)", "string, at most 140 characters", "rotating|non-rotating"]
    {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let json: Value =
        serde_json::from_str(&run(&["describe", "POST", "/roles", "-o", "json"]).exits(0).stdout)
            .unwrap();
    assert_eq!(json["body_fields"][0]["name"], "name");
    assert_eq!(json["body_fields"][0]["required"], true);
    let json: Value =
        serde_json::from_str(&run(&["describe", "GET", "/roles", "-o", "json"]).exits(0).stdout)
            .unwrap();
    assert_eq!(json["body_fields"], Value::Null);
}

#[test]
fn an_example_body_passes_the_check() {
    let body = run(&["describe", "POST", "/log-streams", "--example"]).exits(0).stdout;
    let parsed: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(parsed["type"], "http");
    run(&["POST", "/log-streams", "-d", &body, "--check"]).exits(0).says("nothing was sent");
    run(&["describe", "GET", "/roles", "--example"]).exits(2).says("no JSON body");
}

#[test]
fn check_names_each_wrong_property_and_sends_nothing() {
    // No profile and no domain: a request could not even be sent.
    run(&["POST", "clients", "-f", "nmae=x", "-f", "app_type=spaa", "-q", "x=1", "--check"])
        .exits(2)
        .says("POST /clients has 4 wrong properties; nothing was sent")
        .says("query x is not a documented parameter")
        .says("body nmae is not a documented field; did you mean name?")
        .says("body app_type is not a documented value; did you mean spa?")
        .says("body name is required")
        .says("auth0-api describe POST /clients");
    run(&["clients", "-q", "per_pge=5", "-q", "page=one", "--check"])
        .exits(2)
        .says("query per_pge is not a documented parameter; did you mean per_page?")
        .says("query page must be an integer");
    run(&["POST", "clients", "-f", "name=5", "-f", "is_first_party=true", "--check"])
        .exits(0)
        .says("nothing was sent");
    let options = r#"{"name":"x","strategy":"auth0","options":{"passwordPolicy":"goood"}}"#;
    run(&["POST", "connections", "-d", options, "--check"]).exits(2).says("did you mean good?");
    run(&["POST", "clients", "--check"]).exits(2).says("the body is missing");
    run(&["POST", "no/such/path", "-d", "{}", "--check"]).exits(5).says("not in the catalog");
    run(&["--check", "list"]).exits(2).says("send nothing");
}
