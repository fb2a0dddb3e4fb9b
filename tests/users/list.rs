//! `auth0-users list`, and the 1,000 rows that a search shows.

use super::{ANN, BEN, CHLOE, Desk};

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
