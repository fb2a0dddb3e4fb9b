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
