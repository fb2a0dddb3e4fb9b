//! What the tenant holds: application, API, client grant, rate limit.

use auth0_emulator::{NATIVE, OWN_API, ScopeMode};

use super::{api, command, doctor, follow, line, signed_in, status};
use crate::support::Tenant;

#[test]
fn what_no_token_can_see_is_unknown_until_a_machine_is_borrowed() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::CurrentUser);
    let home = signed_in(&tenant);
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    for check in ["application type", "callback URLs", "grant types"] {
        let (status, message, hint) = line(&ran, check);
        assert_eq!(status, "unknown", "{check}");
        assert!(message.contains("read:clients"), "{message}");
        assert!(hint.contains("auth0-doctor --profile p --with MACHINE-PROFILE"), "{hint}");
    }
    // This tenant gives people no administrative scope: the remedy is a machine's profile.
    let (status_of_scopes, message, hint) = line(&ran, "scopes");
    assert_eq!(status_of_scopes, "fault");
    assert!(message.contains("read:clients"), "{message}");
    assert_eq!(
        command(&hint, "auth0-login")[..6],
        ["auth0-login", "--use", "--profile", "local-admin", "--domain", tenant.domain()]
    );
    let ran = doctor(&tenant, &home, &["--profile", "p", "--with", "m"]).run().exits(1);
    for check in ["application type", "callback URLs", "grant types", "rate limit"] {
        assert_eq!(status(&ran, check), "ok", "{check}: {ran:?}");
    }
    // The machine's own profile has what the person's lacks.
    let ran = doctor(&tenant, &home, &["--profile", "m"]).run().exits(0);
    assert_eq!(status(&ran, "scopes"), "ok");
}

#[test]
fn the_application_is_compared_with_what_the_login_needs() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let path = format!("clients/{NATIVE}");
    for (change, check, wanted) in [
        (r#"{"token_endpoint_auth_method": "client_secret_post"}"#, "application type", "fault"),
        (r#"{"app_type": "spa"}"#, "application type", "warning"),
        (r#"{"jwt_configuration": {"alg": "HS256"}}"#, "ID token signature", "fault"),
        (r#"{"callbacks": ["https://shop.example.com/callback"]}"#, "callback URLs", "fault"),
        (r#"{"callbacks": []}"#, "callback URLs", "fault"),
        (r#"{"grant_types": ["refresh_token"]}"#, "grant types", "fault"),
        (r#"{"grant_types": ["authorization_code"]}"#, "refresh token", "fault"),
    ] {
        api(&tenant, &home, &["PATCH", &path, "-d", change]);
        let run = || doctor(&tenant, &home, &["--profile", "p", "--with", "m"]);
        let ran = run().run().exits(if wanted == "fault" { 1 } else { 0 });
        let (status_now, _, hint) = line(&ran, check);
        assert_eq!(status_now, wanted, "{change}");
        follow(&tenant, &home, &hint, "auth0-clients");
        assert_eq!(status(&run().run().exits(0), check), "ok", "{change}: {hint}");
    }
    let callbacks = tenant.client(NATIVE).unwrap()["callbacks"].clone();
    assert_eq!(callbacks, serde_json::json!(["http://127.0.0.1:8485/callback"]));
    // Without a machine the dashboard's setting is named.
    api(&tenant, &home, &["PATCH", &path, "-d", r#"{"callbacks": []}"#]);
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    let hint = line(&ran, "callback URLs").2;
    assert!(
        hint.contains("add to Allowed Callback URLs: http://127.0.0.1:8485/callback"),
        "{hint}"
    );
}

#[test]
fn an_unknown_application_is_a_fault() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    home.run("auth0-profiles", &["set", "p", "client_id=nobody"]).exits(0);
    let run = || doctor(&tenant, &home, &["--profile", "p", "--with", "m"]);
    let ran = run().run().exits(1);
    let (status_now, _, hint) = line(&ran, "application type");
    assert_eq!(status_now, "fault");
    let hint = hint.replace("CLIENT-ID", NATIVE);
    follow(&tenant, &home, &hint, "auth0-profiles");
    assert_eq!(status(&run().run(), "application type"), "ok");
}

#[test]
fn a_missing_client_grant_is_made_with_another_machine() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    // Another application, which may use the grant, and has no client grant.
    let created = api(
        &tenant,
        &home,
        &[
            "POST",
            "clients",
            "-d",
            r#"{"name": "Robot", "app_type": "non_interactive", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post"}"#,
        ],
    );
    let client_id = created.json()["client_id"].as_str().unwrap().to_owned();
    let secret = tenant.client(&client_id).unwrap()["client_secret"].as_str().unwrap().to_owned();
    home.write(
        "config/profiles/robot.toml",
        &format!("domain = \"{}\"\nclient_id = \"{client_id}\"\ngrant = \"client_credentials\"\nclient_secret = \"{secret}\"\n", tenant.domain()),
    );
    let run = || doctor(&tenant, &home, &["--profile", "robot", "--with", "m"]);
    let ran = run().run().exits(1).hides(&secret);
    let (status_now, _, hint) = line(&ran, "client grant");
    assert_eq!((status_now.as_str(), status(&ran, "credential").as_str()), ("fault", "ok"));
    follow(&tenant, &home, &hint, "auth0-api");
    let ran = run().run().exits(0);
    assert_eq!(status(&ran, "client grant"), "ok");
    // The grant type.
    api(
        &tenant,
        &home,
        &["PATCH", &format!("clients/{client_id}"), "-d", r#"{"grant_types": []}"#],
    );
    let (status_now, _, hint) = line(&run().run().exits(1), "grant types");
    assert_eq!(status_now, "fault");
    follow(&tenant, &home, &hint, "auth0-clients");
    assert_eq!(status(&run().run().exits(0), "grant types"), "ok");
}

#[test]
fn an_api_of_ones_own_is_found_letter_by_letter() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    tenant.sign_in(&home, &["--profile", "own", "--audience", OWN_API]).0.exits(0);
    home.run("auth0-profiles", &["set", "own", "redirect_uris=http://127.0.0.1:8485/callback"])
        .exits(0);
    let run = || doctor(&tenant, &home, &["--profile", "own", "--with", "m"]);
    let ran = run().run().exits(0);
    for check in ["audience", "refresh token", "scopes", "token"] {
        assert_eq!(status(&ran, check), "ok", "{check}");
    }
    // A slash too much: the identifier that was meant is named.
    home.run("auth0-profiles", &["set", "own", &format!("audience={OWN_API}/")]).exits(0);
    let (status_now, _, hint) = line(&run().run().exits(1), "audience");
    assert_eq!(status_now, "fault");
    follow(&tenant, &home, &hint, "auth0-profiles");
    let ran = run().run().exits(1);
    // Another audience is another token.
    assert_eq!((status(&ran, "audience"), status(&ran, "token")), ("ok".into(), "fault".into()));
    tenant.sign_in(&home, &["--profile", "own"]).0.exits(0);
    home.run("auth0-profiles", &["set", "own", "redirect_uris=http://127.0.0.1:8485/callback"])
        .exits(0);
    run().run().exits(0);
    // No offline access: turned on by the command, and asked for again.
    let row = "resource-servers/0000000000000000000000aa";
    api(&tenant, &home, &["PATCH", row, "-f", "allow_offline_access=false"]);
    home.edit("own", |text| {
        text.lines()
            .filter(|line| !line.starts_with("refresh_token"))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    let (status_now, message, hint) = line(&run().run().exits(0), "refresh token");
    assert_eq!(status_now, "warning", "{message}");
    follow(&tenant, &home, &hint, "auth0-api");
    tenant.sign_in(&home, &["--profile", "own"]).0.exits(0);
    home.run("auth0-profiles", &["set", "own", "redirect_uris=http://127.0.0.1:8485/callback"])
        .exits(0);
    assert_eq!(status(&run().run(), "refresh token"), "ok");
    // Closed to people by the API's access policy.
    api(
        &tenant,
        &home,
        &[
            "PATCH",
            row,
            "-d",
            r#"{"subject_type_authorization": {"user": {"policy": "deny_all"}}}"#,
        ],
    );
    assert_eq!(status(&run().run(), "audience"), "fault");
}

#[test]
fn a_clock_that_is_off_and_a_used_up_rate_limit_are_said() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    tenant.configure(|config| {
        config.clock_ahead = 3600;
        config.rate_limit = 1;
    });
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    assert_eq!(line(&ran, "clock").2, "set this computer's clock, and look at it with: date -u");
    assert_eq!(status(&ran, "clock"), "fault");
    assert_eq!(status(&ran, "rate limit"), "warning");
    tenant.configure(|config| {
        config.clock_ahead = 0;
        config.rate_limit = 1000;
    });
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(0);
    assert_eq!((status(&ran, "clock"), status(&ran, "rate limit")), ("ok".into(), "ok".into()));
}
