//! `auth0-users sessions`: what ends, and what survives.

use serde_json::Value;

use super::{ANN, BEN, Desk};

/// A desk whose user Ann is signed in, with a refresh token.
fn signed_in() -> Desk {
    let desk = Desk::new();
    desk.tenant.signed_in();
    assert_eq!((sessions(&desk).len(), desk.tenant.refresh_tokens().len()), (1, 1));
    desk
}

fn sessions(desk: &Desk) -> Vec<String> {
    let rows = desk.users(&["sessions", "list", ANN, "-o", "json"]).exits(0).json();
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    rows.as_array().unwrap().iter().map(id).collect()
}

#[test]
fn refresh_tokens_survive_and_it_says_so() {
    let desk = signed_in();
    let ran = desk.users(&["sessions", "revoke", ANN, "--yes"]).exits(0);
    ran.says("revoked every session").says("refresh tokens survive").says("--with-refresh-tokens");
    assert_eq!((sessions(&desk).len(), desk.tenant.refresh_tokens().len()), (0, 1));
}

#[test]
fn refresh_tokens_go_too_if_asked() {
    let desk = signed_in();
    let args = ["sessions", "revoke", ANN, "--with-refresh-tokens", "--yes"];
    let ran = desk.users(&args).exits(0);
    assert!(!ran.stderr.contains("survive"), "{ran:?}");
    assert_eq!((sessions(&desk).len(), desk.tenant.refresh_tokens().len()), (0, 0));
}

#[test]
fn one_session_can_be_revoked_if_it_is_the_users() {
    let desk = signed_in();
    let session = sessions(&desk).remove(0);
    let of_another = ["sessions", "revoke", BEN, &session, "--yes"];
    desk.users(&of_another).exits(5).says("has no session");
    assert_eq!(sessions(&desk).len(), 1);
    desk.users(&["sessions", "revoke", ANN, &session, "--yes"]).exits(0);
    assert_eq!(sessions(&desk).len(), 0);
}

#[test]
fn it_asks_first() {
    let desk = signed_in();
    desk.users(&["sessions", "revoke", ANN]).exits(2).says("--yes");
    assert_eq!(sessions(&desk).len(), 1);
}
