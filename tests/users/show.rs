//! `auth0-users show`: one screen, or one object.

use serde_json::json;

use super::{ANN, BEN, Desk};

#[test]
fn one_object_has_the_profile_and_everything_beside_it() {
    let desk = Desk::new();
    desk.tenant.block("ben@example.com");
    desk.tenant.enroll(BEN, "totp");
    desk.tenant.log_event("s", json!({"user_id": BEN, "ip": "192.0.2.44"}), 5);
    desk.tenant.log_event("sapi", json!({"user_id": BEN}), 2);
    desk.users(&["organizations", "add", BEN, "globex"]).exits(0);
    let user = desk.users(&["show", "ben@example.com", "-o", "json"]).exits(0).json();
    assert_eq!(user["user_id"], BEN);
    assert_eq!(user["blocks"][0]["ip"], "192.0.2.9");
    assert_eq!(user["mfa"][0]["type"], "totp");
    assert_eq!(user["last_logins"][0]["ip"], "192.0.2.44", "the newest login, not another event");
    assert_eq!(user["roles"][0]["name"], "Support");
    assert_eq!(user["organizations"][0]["name"], "globex");
    let screen = desk.users(&["show", BEN]).exits(0);
    for words in ["Ben Okafor", "192.0.2.9", "totp", "192.0.2.44", "Support", "globex"] {
        assert!(screen.stdout.contains(words), "{words}: {screen:?}");
    }
    screen.says("auth0-users unblock");
}

#[test]
fn only_what_the_fields_take_is_read() {
    let desk = Desk::new();
    let args = ["show", ANN, "--fields", "email,roles", "-o", "json"];
    let user = desk.users(&args).exits(0).json();
    assert_eq!(user, json!({"email": "ann@example.com", "roles": []}));
    let paths: Vec<_> = desk.tenant.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["/api/v2/users/auth0%7Cann", "/api/v2/users/auth0%7Cann/roles"]);
    desk.users(&["show", ANN, "--fields", "emial"]).exits(0).says("did you mean 'email'?");
}

#[test]
fn what_the_token_may_not_read_is_named_and_the_rest_is_shown() {
    let desk = Desk::new().without(&["read:authentication_methods", "read:logs_users"]);
    let ran = desk.users(&["show", ANN]).exits(0);
    assert!(ran.stdout.contains("ann@example.com"), "{ran:?}");
    assert!(ran.stdout.contains("unknown"), "{ran:?}");
    let ran = ran.says("MFA methods could not be read: the token lacks the scope");
    ran.says("read:authentication_methods").says("read:logs_users");
    let user = desk.users(&["show", ANN, "-o", "json"]).exits(0).json();
    assert_eq!((&user["mfa"], &user["roles"]), (&json!(null), &json!([])));
}

#[test]
fn what_show_prints_is_taken_by_update() {
    let desk = Desk::new();
    let shown = desk.users(&["show", ANN, "-o", "json"]).exits(0).stdout;
    desk.piped(&["update", ANN, "--json", "-"], &shown).exits(0).says("is like that already");
    let changed = shown.replace("Ann Example", "Ann Lee");
    desk.piped(&["update", ANN, "--json", "-"], &changed).exits(0);
    assert_eq!(desk.writes(), [(super::path("PATCH", ANN, ""), json!({"name": "Ann Lee"}))]);
}

#[test]
fn hostile_names_do_not_reach_a_terminal() {
    let desk = Desk::new();
    let name = "Eve\u{1b}[2J\u{202e}\nerror: all is lost";
    desk.add("auth0|eve", &json!({"email": "eve@example.com", "name": name}));
    for args in [&["show", "auth0|eve"][..], &["list"], &["find", "eve@example.com"]] {
        let ran = desk.users(args).exits(0).keeps_its_manners();
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
        assert!(!ran.stdout.contains("\nerror: all"), "{ran:?}");
    }
    let ran = desk.users(&["block", name]).exits(0).keeps_its_manners();
    ran.says("blocked the user 'eve@example.com'");
}
