//! The verbs for one user or many: what is sent, what is reported, how a run goes on.

use serde_json::{Value, json};

use super::{ANN, BEN, CHLOE, Desk, path};

const THREE: &str = "ann@example.com\nnobody@example.com\nben@example.com\n";

#[test]
fn a_batch_goes_past_a_failure_and_reports_each() {
    let desk = Desk::new();
    let ran = desk.piped(&["block", "-", "-o", "jsonl"], THREE).exits(5);
    let rows: Vec<Value> =
        ran.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let status =
        |item: &str| rows.iter().find(|row| row["item"] == item).unwrap()["status"].clone();
    assert_eq!(rows.len(), 3);
    assert_eq!(status("ann@example.com"), "blocked");
    assert_eq!(status("nobody@example.com"), "failed");
    let ran = ran.says("1 of 3 could not be blocked");
    assert_eq!(desk.tenant.user(BEN).unwrap()["blocked"], true);
    desk.writes();
    // The next run takes up only what is left.
    desk.home.write("report.jsonl", &ran.stdout);
    let args = ["block", "-", "-o", "jsonl", "--resume", "report.jsonl"];
    let more = format!("{THREE}chloe@example.com\n");
    desk.piped(&args, &more).exits(5).says("2 of 4 are done already");
    assert_eq!(desk.writes(), [(path("PATCH", CHLOE, ""), json!({"blocked": true}))]);
}

#[test]
fn an_empty_stdin_is_nothing_to_do() {
    let desk = Desk::new();
    for verb in ["block", "unblock", "reset-mfa", "verify-email", "delete"] {
        desk.piped(&[verb, "-"], "").exits(0).prints("").says("stdin names none");
    }
    assert!(desk.tenant.requests().is_empty());
}

#[test]
fn a_dry_run_sends_nothing_that_writes() {
    let desk = Desk::new();
    desk.tenant.block("ann@example.com");
    desk.tenant.enroll(ANN, "totp");
    for args in [
        &["block", ANN][..],
        &["unblock", ANN],
        &["reset-mfa", ANN],
        &["verify-email", ANN],
        &["delete", ANN],
        &["update", ANN, "--name", "x"],
        &["create", "--connection", "Partners", "--email", "x@example.com", "--random-password"],
        &["password-ticket", ANN],
        &["sessions", "revoke", ANN],
        &["roles", "add", ANN, "Editor"],
        &["organizations", "add", ANN, "globex"],
    ] {
        let args: Vec<_> = args.iter().copied().chain(["--dry-run"]).collect();
        let ran = desk.users(&args).exits(0).says("nothing was sent");
        let first: Value = serde_json::from_str(ran.lines()[0]).unwrap();
        assert!(first["method"].is_string() && first["path"].is_string(), "{ran:?}");
        assert_eq!(desk.writes(), [], "{args:?}");
    }
}

#[test]
fn unblock_lifts_the_block_of_the_administrator_and_those_after_failed_logins() {
    let desk = Desk::new();
    desk.add("auth0|zoe", &json!({"username": "zoe_k", "blocked": true}));
    desk.tenant.block("zoe_k");
    desk.users(&["unblock", "zoe_k"]).exits(0).says("unblocked the user");
    assert_eq!(
        desk.writes(),
        [
            (path("PATCH", "auth0|zoe", ""), json!({"blocked": false})),
            ("DELETE /api/v2/user-blocks/auth0%7Czoe".to_owned(), Value::Null),
        ]
    );
    let user = desk.users(&["show", "zoe_k", "--fields", "blocks,blocked", "-o", "json"]);
    assert_eq!(user.exits(0).json(), json!({"blocks": [], "blocked": false}));
    // Only what there is to lift is lifted.
    let ran = desk.users(&["unblock", "zoe_k", "-o", "jsonl"]).exits(0).says("is not blocked");
    assert_eq!(ran.json()["status"], "not blocked");
    desk.tenant.block("ann@example.com");
    desk.writes();
    desk.users(&["unblock", ANN]).exits(0);
    let writes = desk.writes();
    assert_eq!(writes.len(), 1, "{writes:?}");
}

#[test]
fn unblock_does_both_if_the_token_cannot_see_the_blocks() {
    let desk = Desk::new().without(&["read:users"]);
    desk.tenant.block("ann@example.com");
    desk.users(&["unblock", ANN]).exits(0);
    assert_eq!(desk.writes().len(), 2);
}

#[test]
fn reset_mfa_deletes_second_factors_one_by_one_and_keeps_passkeys_and_passwords() {
    let desk = Desk::new();
    let ids = ["totp", "passkey", "phone", "password"].map(|kind| desk.tenant.enroll(ANN, kind));
    desk.users(&["reset-mfa", ANN]).exits(2).says("--yes");
    assert_eq!(desk.writes(), []);
    let ran = desk.users(&["reset-mfa", ANN, "--yes"]).exits(0);
    ran.says("deleted: totp, phone; kept: passkey, password");
    let sent: Vec<_> = desk.writes().into_iter().map(|(request, _)| request).collect();
    let of = |id: &str| {
        path("DELETE", ANN, &format!("/authentication-methods/{}", id.replace('|', "%7C")))
    };
    let forget = path("POST", ANN, "/multifactor/actions/invalidate-remember-browser");
    assert_eq!(sent, [of(&ids[0]), of(&ids[2]), forget]);
    let left = desk.users(&["show", ANN, "--fields", "mfa", "-o", "json"]).exits(0).json();
    let left: Vec<_> = left["mfa"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(left, ["passkey", "password"]);
}

#[test]
fn reset_mfa_leaves_no_method_behind_on_a_later_page() {
    let desk = Desk::new();
    (0..120).for_each(|_| drop(desk.tenant.enroll(ANN, "totp")));
    desk.users(&["reset-mfa", ANN, "--yes"]).exits(0);
    let left = desk.users(&["show", ANN, "--fields", "mfa", "-o", "json"]).exits(0).json();
    assert_eq!(left, json!({"mfa": []}));
}

#[test]
fn verify_email_asks_for_the_job_that_sends_the_mail() {
    let desk = Desk::new();
    desk.piped(&["verify-email", "-"], "ann@example.com\nauth0|ann\n").exits(0).says("(job job_");
    let body = json!({"user_id": ANN});
    // Two names of one user are one mail.
    assert_eq!(desk.writes(), [("POST /api/v2/jobs/verification-email".to_owned(), body)]);
}

#[test]
fn many_names_are_looked_up_one_by_one_past_the_window_of_a_list() {
    let desk = Desk::with(|config| config.users = 1_100);
    let last = format!("auth0|{:024x}", 1_099);
    let lines: String = (1_075..1_100).map(|at| format!("auth0|{at:024x}\n")).collect();
    desk.piped(&["block", "-", "--quiet"], &lines).exits(0);
    assert_eq!(desk.tenant.user(&last).unwrap()["blocked"], true);
    assert_eq!(desk.writes().len(), 25);
}
