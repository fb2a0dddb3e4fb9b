//! `create`, `update`, `delete`, `password-ticket`, and the collections below a user.

use serde_json::{Value, json};

use super::{ANN, BEN, Desk, path};

const DATABASE: &str = "Username-Password-Authentication";

#[test]
fn create_sends_the_flags_and_never_shows_the_password() {
    let desk = Desk::new();
    desk.home.write("pw", "Correct-Horse-7\n");
    let args = ["create", "--connection", DATABASE, "--email", "new@example.com"];
    let with_password: Vec<_> =
        args.iter().copied().chain(["--password-file", "pw", "-v"]).collect();
    let dry: Vec<_> = with_password.iter().copied().chain(["--dry-run"]).collect();
    desk.users(&dry).exits(0).hides("Correct-Horse");
    let ran = desk.users(&with_password).exits(0).hides("Correct-Horse");
    assert!(ran.stdout.contains("new@example.com"), "{ran:?}");
    let body =
        json!({"connection": DATABASE, "email": "new@example.com", "password": "Correct-Horse-7"});
    let (request, sent) = desk.writes().remove(0);
    assert_eq!((request.as_str(), sent), ("POST /api/v2/users", body));
    desk.users(&with_password).exits(8).says("already exists");
}

#[test]
fn a_password_is_never_taken_from_an_argument() {
    let desk = Desk::new();
    for verb in [&["update", ANN][..], &["create", "--connection", DATABASE]] {
        let args: Vec<_> =
            verb.iter().copied().chain(["--set", "password=Correct-Horse-7"]).collect();
        desk.users(&args).exits(2).hides("Correct-Horse").says("--password-file");
    }
    assert!(desk.tenant.requests().is_empty());
}

#[test]
fn a_random_password_is_different_each_time() {
    let desk = Desk::new();
    let passwords = ["a@example.com", "b@example.com"].map(|email| {
        let args = ["create", "--connection", DATABASE, "--email", email, "--random-password"];
        desk.users(&args).exits(0);
        let body = desk.writes().remove(0).1;
        body["password"].as_str().unwrap().to_owned()
    });
    assert!(passwords[0].len() > 30 && passwords[0] != passwords[1], "{passwords:?}");
}

#[test]
fn create_needs_a_connection() {
    Desk::new().users(&["create", "--email", "x@example.com"]).exits(2).says("--connection NAME");
}

#[test]
fn update_merges_metadata_and_shows_the_difference() {
    let desk = Desk::new();
    desk.users(&["update", ANN, "--set", "app_metadata.plan=gold"]).exits(0);
    let ran = desk.users(&["update", ANN, "--set", "app_metadata.seats=5"]).exits(0);
    ran.says("+ app_metadata.seats: 5").says("updated the user 'ann@example.com'");
    assert_eq!(desk.tenant.user(ANN).unwrap()["app_metadata"], json!({"plan": "gold", "seats": 5}));
}

#[test]
fn delete_names_the_user_and_the_tenant() {
    let desk = Desk::new();
    desk.users(&["delete", "ben@example.com"]).exits(2).says("--yes");
    let ran = desk.users(&["delete", "ben@example.com", "--yes"]).exits(0);
    ran.says(&format!("deleted the user 'ben@example.com' ('{BEN}') on {}", desk.tenant.domain()));
    assert!(desk.tenant.user(BEN).is_none());
}

#[test]
fn a_password_ticket_is_a_link_on_stdout_and_nothing_is_mailed() {
    let desk = Desk::new();
    let ran = desk.users(&["password-ticket", "ann@example.com", "--ttl", "1h"]).exits(0);
    let [link] = ran.lines()[..] else { panic!("{ran:?}") };
    assert!(link.starts_with(&format!("{}/lo/reset?ticket=", desk.tenant.url())), "{link}");
    assert!(!ran.stderr.contains(link), "{ran:?}");
    let body = json!({"user_id": ANN, "ttl_sec": 3600});
    assert_eq!(desk.writes(), [("POST /api/v2/tickets/password-change".to_owned(), body)]);
    let row = desk.users(&["password-ticket", ANN, "-o", "json"]).exits(0).json();
    assert_eq!(row["user_id"], ANN);
    assert!(row["ticket"].as_str().unwrap().contains("ticket="), "{row}");
}

#[test]
fn a_password_ticket_can_be_of_a_custom_domain() {
    let desk = Desk::new();
    let args = ["password-ticket", ANN, "--custom-domain", "login.example.com"];
    desk.users(&args).exits(8);
    let made = ["POST", "custom-domains", "-f", "domain=login.example.com"];
    let made = desk.program("auth0-api", &made).args(&["-f", "type=auth0_managed_certs", "--yes"]);
    made.run().exits(0);
    let ran = desk.users(&args).exits(0);
    assert!(ran.stdout.starts_with("https://login.example.com/lo/reset?ticket="), "{ran:?}");
}

#[test]
fn roles_permissions_and_organizations_are_added_listed_and_removed() {
    let desk = Desk::new();
    let names = |collection: &str, field: &str| -> Vec<Value> {
        let rows = desk.users(&[collection, "list", ANN, "-o", "json"]).exits(0).json();
        rows.as_array().unwrap().iter().map(|row| row[field].clone()).collect()
    };
    for (collection, member, field, name) in [
        ("roles", "Editor", "name", "Editor"),
        ("organizations", "globex", "name", "globex"),
        ("permissions", "https://api.example.com:read:things", "permission_name", "read:things"),
    ] {
        desk.users(&[collection, "add", "ann@example.com", member]).exits(0).says("added the");
        assert_eq!(names(collection, field), [name], "{collection}");
        desk.users(&[collection, "remove", "ann@example.com", member]).exits(0).says("removed");
        assert_eq!(names(collection, field), [""; 0], "{collection}");
    }
    let organization = "/api/v2/organizations/org_aaaaaaaaaaaaaaaa/members";
    let sent = desk.writes();
    let body = json!({"members": [ANN]});
    assert!(sent.contains(&(format!("POST {organization}"), body.clone())), "{sent:?}");
    assert!(sent.contains(&(format!("DELETE {organization}"), body)), "{sent:?}");
    assert!(
        sent.contains(&(path("POST", ANN, "/roles"), json!({"roles": ["rol_bbbbbbbbbbbbbbbb"]})))
    );
}

#[test]
fn logs_are_the_events_of_the_user_newest_first() {
    let desk = Desk::new();
    desk.tenant.log_event("fp", json!({"user_id": BEN, "description": "Wrong password"}), 5);
    let rows =
        desk.users(&["logs", "ben@example.com", "--limit", "2", "-o", "json"]).exits(0).json();
    assert_eq!(rows[0]["type"], "fp");
    let table = desk.users(&["logs", BEN, "--limit", "1"]).exits(0);
    assert!(table.stdout.contains("Wrong password"), "{table:?}");
}
