//! `auth0-users list`, and the 1,000 rows that a search shows.

use super::{ANN, BEN, CHLOE, Desk};
use crate::api::fake::{Reply, Tenant as Fake};
use crate::support::Ran;

fn ids(desk: &Desk, args: &[&str]) -> Vec<String> {
    let args: Vec<_> = ["list", "-o", "json"].iter().chain(args).copied().collect();
    let users = desk.users(&args).exits(0).json();
    let users = users.as_array().unwrap().iter();
    users.map(|user| user["user_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn filters_are_one_query() {
    let desk = Desk::new();
    desk.users(&["block", BEN]).exits(0);
    assert_eq!(ids(&desk, &["--blocked"]), [BEN]);
    assert_eq!(ids(&desk, &["-q", "email:ann* OR email:ben*"]), [ANN, BEN]);
    assert_eq!(ids(&desk, &["-q", "email:ann* OR email:ben*", "--blocked"]), [BEN]);
    let database = "Username-Password-Authentication";
    assert_eq!(ids(&desk, &["--connection", database, "--limit", "3"]), [ANN, BEN, CHLOE]);
    assert_eq!(ids(&desk, &["--connection", "Partners"]), [""; 0]);
    // A connection is named by its ID too.
    assert_eq!(ids(&desk, &["--connection", "con_0000000000000000", "--limit", "1"]), [ANN]);
}

#[test]
fn only_the_fields_that_are_shown_are_asked_for() {
    let desk = Desk::new();
    desk.users(&["list", "--fields", "email", "-o", "csv", "--limit", "1"])
        .exits(0)
        .prints("email\r\nann@example.com\r\n");
    let query = &desk.tenant.requests_to("GET", "/api/v2/users")[0].query;
    assert!(query.contains("fields=email&include_fields=true"), "{query}");
}

#[test]
fn past_the_window_of_the_search_it_fails_and_names_the_export() {
    let desk = Desk::with(|config| config.users = 1_001);
    let ran = desk.users(&["list", "-o", "jsonl", "--fields", "user_id"]).exits(1);
    assert_eq!(ran.lines().len(), 1_000);
    ran.says("the list is not complete").says("first 1000").says("auth0-users export");
    desk.users(&["list", "--limit", "1000", "-o", "jsonl", "--fields", "user_id"]).exits(0);
}

#[test]
fn a_malformed_query_is_exit_8() {
    Desk::new().users(&["list", "-q", "name:\"open"]).exits(8);
}

#[test]
fn a_missing_scope_is_exit_4_with_the_command_that_gets_it() {
    let desk = Desk::new().without(&["read:users"]);
    for args in [&["list"][..], &["find", "ann@example.com"], &["show", "ann@example.com"]] {
        desk.users(args).exits(4).says("read:users");
    }
    let desk = Desk::new().without(&["update:users", "create:user_tickets", "delete:users"]);
    desk.users(&["block", ANN]).exits(4).says("update:users");
    desk.users(&["password-ticket", ANN]).exits(4).says("create:user_tickets");
    desk.users(&["delete", ANN, "--yes"]).exits(4).says("delete:users");
}

#[test]
fn the_query_has_the_short_option_and_quiet_has_none() {
    let desk = Desk::new();
    desk.users(&["list", "-q"]).exits(2);
    desk.users(&["list", "--quiet", "--limit", "1"]).exits(0);
}

#[test]
fn a_connection_that_is_not_there_is_exit_5() {
    let desk = Desk::new();
    desk.users(&["list", "--connection", "nope"]).exits(5).says("no connection 'nope'");
    let desk = desk.without(&["read:connections"]);
    desk.users(&["list", "--connection", "nope", "-o", "json"])
        .exits(0)
        .says("not known whether there is a connection 'nope'")
        .prints("[]\n");
}

#[test]
fn a_query_cannot_leave_the_filter_that_it_is_combined_with() {
    let desk = Desk::new();
    desk.tenant.forget_requests();
    let query = "name:zzz) OR (name:*";
    desk.users(&["list", "-q", query, "--connection", "Partners"]).exits(2).says("not closed");
    desk.users(&["list", "-q", query, "--blocked"]).exits(2);
    assert!(desk.tenant.requests().is_empty());
}

#[test]
fn a_search_that_took_too_long_is_not_sent_again() {
    let slow = serde_json::json!({"statusCode": 503, "error": "Service Unavailable",
        "message": "The query exceeded the timeout. Please try refining your search criteria"});
    let fake = Fake::new(move |_| Reply::json(503, &slow));
    let ran = Ran::of(&mut fake.program("auth0-users", &["list", "-q", "name:*a*"])).exits(7);
    ran.says("make the query narrower");
    assert_eq!(fake.seen().len(), 1);
}

#[test]
fn a_table_has_local_times() {
    let desk = Desk::new();
    desk.add("github|7", &serde_json::json!({"last_login": "2026-11-24T22:30:01.600Z"}));
    let run = |more: &[&str]| {
        let args = [&["list", "-q", "user_id:\"github|7\""], more].concat();
        desk.program("auth0-users", &args).env("TZ", "Asia/Tokyo").run().exits(0)
    };
    let ran = run(&[]);
    assert!(ran.stdout.contains("2026-11-25 07:30:01"), "{ran:?}");
    let ran = run(&["-o", "csv"]);
    assert!(ran.stdout.contains("2026-11-24T22:30:01.600Z"), "{ran:?}");
}

#[test]
fn a_hint_for_a_part_of_a_name_is_a_query_that_works() {
    let desk = Desk::new();
    desk.users(&["find", "*"]).exits(5).says("auth0-users list").hides("***");
    let ran = desk.users(&["find", "Ann (x"]).exits(5);
    ran.says("auth0-users list -q \"name:*Ann*\"");
    desk.users(&["list", "-q", "name:*Ann*"]).exits(0);
}
