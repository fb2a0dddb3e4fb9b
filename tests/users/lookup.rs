//! From what a person calls a user to the one user who is meant.

use serde_json::json;

use super::{ANN, BEN, Desk};

#[track_caller]
fn finds(desk: &Desk, text: &str, id: &str) {
    let ran = desk.users(&["show", text, "--fields", "user_id", "-o", "json"]).exits(0);
    assert_eq!(ran.json(), json!({"user_id": id}), "{text}");
}

#[test]
fn a_user_is_named_by_id_email_user_name_phone_or_name() {
    let desk = Desk::new();
    desk.add("auth0|zoe", &json!({"username": "zoe_k", "name": "Zoe King"}));
    desk.add("sms|1", &json!({"phone_number": "+15551230000", "name": "+15551230000"}));
    finds(&desk, ANN, ANN);
    finds(&desk, "ben@example.com", BEN);
    finds(&desk, "zoe_k", "auth0|zoe");
    finds(&desk, "ZOE_K", "auth0|zoe");
    finds(&desk, "Zoe King", "auth0|zoe");
    finds(&desk, "+15551230000", "sms|1");
}

#[test]
fn an_email_address_is_looked_for_as_typed_and_in_lower_case() {
    let desk = Desk::new();
    desk.add("saml|1", &json!({"email": "Kim@Globex.Example"}));
    finds(&desk, "ANN@Example.com", ANN);
    finds(&desk, "Kim@Globex.Example", "saml|1");
}

#[test]
fn a_name_of_several_users_is_exit_5_with_the_candidates() {
    let desk = Desk::new();
    desk.add("google-oauth2|7", &json!({"email": "ann@example.com"}));
    for args in [&["show"][..], &["block"], &["password-ticket"], &["logs"], &["roles", "list"]] {
        let args: Vec<_> = args.iter().copied().chain(["ann@example.com"]).collect();
        let ran = desk.users(&args).exits(5);
        ran.says("2 users have the name 'ann@example.com'")
            .says("auth0|ann")
            .says("google-oauth2|7")
            .says("name it by its ID");
    }
    assert_eq!(desk.writes(), []);
    // To find is to see them all.
    let found = desk.users(&["find", "ann@example.com", "-o", "json"]).exits(0).json();
    let ids: Vec<_> = found.as_array().unwrap().iter().map(|user| &user["user_id"]).collect();
    assert_eq!(ids, ["auth0|ann", "google-oauth2|7"]);
}

#[test]
fn a_name_of_nobody_is_exit_5_and_is_not_sent_as_an_id() {
    let desk = Desk::new();
    for text in ["nobody@example.com", "nobody", "auth0|nobody", "Ann", ""] {
        desk.users(&["show", text]).exits(5).says("there is no user");
        desk.users(&["find", text]).exits(5);
    }
    desk.users(&["delete", "nobody", "--yes"]).exits(5);
    let sent = desk.tenant.requests().into_iter().map(|request| request.path);
    let as_id: Vec<_> = sent.filter(|path| path.ends_with("/users/nobody")).collect();
    assert_eq!(as_id, [""; 0]);
    assert_eq!(desk.writes(), []);
}

#[test]
fn quotes_and_operators_in_a_name_are_no_part_of_the_search() {
    let desk = Desk::new();
    for text in ["x\" OR name:*", "*", "name:*", "\\", "a) OR (b"] {
        desk.users(&["show", text]).exits(5).says("there is no user");
    }
}
