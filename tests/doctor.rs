//! `auth0-doctor`: each fault is provoked at a tenant, and the remedy that is printed mends it.

use std::net::TcpListener;

use auth0_emulator::{MACHINE, MACHINE_SECRET, NATIVE, OWN_API, ScopeMode};
use serde_json::Value;

use crate::support::{Home, Ran, Run, Tenant};

/// A person's profile `p` and a machine's `m`, both signed in at the Management API.
fn signed_in(tenant: &Tenant) -> Home {
    let home = Home::new();
    tenant.sign_in(&home, &["--profile", "p"]).0.exits(0);
    machine(tenant, &home, "m").exits(0);
    // A login on a free port is kept in the profile; here the port is one that is registered.
    home.run("auth0-profiles", &["set", "p", "redirect_uris=http://127.0.0.1:8485/callback"])
        .exits(0);
    home
}

fn machine(tenant: &Tenant, home: &Home, name: &str) -> Ran {
    let args = ["--profile", name, "--domain", tenant.domain(), "--client-id", MACHINE];
    home.command("auth0-login")
        .trust(tenant)
        .args(&args)
        .args(&["--client-credentials", "--save-secret"])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
}

fn doctor(tenant: &Tenant, home: &Home, args: &[&str]) -> Run {
    home.command("auth0-doctor").trust(tenant).args(&["-o", "json"]).args(args)
}

/// One check's line: status, message and hint.
#[track_caller]
fn line(ran: &Ran, check: &str) -> (String, String, String) {
    let rows = ran.json();
    let row = rows.as_array().unwrap().iter().find(|row| row["check"] == check);
    let row = row.unwrap_or_else(|| panic!("no line {check:?}: {ran:?}"));
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("message"), text("hint"))
}

#[track_caller]
fn status(ran: &Ran, check: &str) -> String {
    line(ran, check).0
}

/// The command in a hint, as words: the last one of its lines that has one.
#[track_caller]
fn command(hint: &str, program: &str) -> Vec<String> {
    let from = hint.find(program).unwrap_or_else(|| panic!("no {program} in {hint:?}"));
    let line = hint[from..].lines().next().unwrap().trim_end_matches('`');
    line.split(' ').map(|word| word.replace('"', "")).collect()
}

/// Runs the command that a hint names.
#[track_caller]
fn follow(tenant: &Tenant, home: &Home, hint: &str, program: &str) -> Ran {
    let words = command(hint, program);
    let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    home.command(&words[0]).trust(tenant).args(&args).run().exits(0)
}

/// Changes the tenant's settings with the machine's profile.
#[track_caller]
fn api(tenant: &Tenant, home: &Home, args: &[&str]) -> Ran {
    let api = home.command("auth0-api").trust(tenant).args(args);
    api.args(&["--profile", "m", "--yes"]).run().exits(0)
}

#[test]
fn a_good_set_up_has_no_fault_and_nothing_is_changed() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let before = home.files();
    for args in [&["--profile", "p"][..], &["--profile", "p", "--with", "m"], &["--profile", "m"]] {
        let ran = doctor(&tenant, &home, args).run().exits(0);
        let rows = ran.json();
        for row in rows.as_array().unwrap() {
            assert_eq!(row["status"], "ok", "{args:?}: {row}");
        }
        assert!(rows.as_array().unwrap().len() >= 11, "{rows}");
    }
    assert!(home.files() == before, "a profile was changed");
    tenant.forget_requests();
    doctor(&tenant, &home, &["--profile", "m", "--with", "m"]).run().exits(0);
    let changes = tenant.requests().into_iter().filter(|request| request.method != "GET");
    let paths: Vec<_> = changes.map(|request| request.path).collect();
    assert_eq!(paths, ["/oauth/token"], "only the secret is tried");
}

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
fn a_machine_is_tried_with_its_own_secret() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let run = || doctor(&tenant, &home, &["--profile", "m"]);
    // The wrong secret, although the saved token is still valid.
    let text = home.profile_text("m").unwrap().replace(MACHINE_SECRET, "another-secret");
    home.write("config/profiles/m.toml", &text);
    let (status_now, _, hint) = line(&run().run().exits(1).hides("another-secret"), "credential");
    assert_eq!(status_now, "fault");
    let words = command(&hint, "auth0-login");
    let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let login = home.command("auth0-login").trust(&tenant).args(&args);
    login.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run().exits(0);
    assert_eq!(status(&run().run().exits(0), "credential"), "ok");
    // Not saved: it works until the token expires.
    home.edit("m", |text| {
        text.lines()
            .filter(|line| !line.contains(MACHINE_SECRET))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    assert_eq!(status(&run().run().exits(0), "credential"), "warning");
    home.expire("m");
    assert_eq!(status(&run().run().exits(1), "token"), "fault");
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
fn a_port_that_another_program_has_is_named() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://127.0.0.1:{}/callback", busy.local_addr().unwrap().port());
    home.run("auth0-profiles", &["set", "p", &format!("redirect_uris={uri}")]).exits(0);
    let run = || doctor(&tenant, &home, &["--profile", "p", "--with", "m"]).run();
    let (status_now, message, hint) = line(&run(), "callback ports");
    assert_eq!(status_now, "fault", "{message}");
    follow(&tenant, &home, &hint, "auth0-profiles");
    let uris = home.profile("p").settings.redirect_uris.unwrap();
    assert_eq!(uris.len(), 2, "{uris:?}");
    let ran = run();
    assert_eq!(status(&ran, "callback ports"), "warning");
    // Not both are registered.
    assert_eq!(status(&ran, "callback URLs"), "warning");
    drop(busy);
    assert_eq!(status(&run(), "callback ports"), "ok");
}

#[test]
fn the_way_to_the_tenant_is_checked() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    // An authority that this machine does not know.
    let ran = home.command("auth0-doctor").args(&["-o", "json", "--profile", "p"]).run().exits(1);
    let (status_now, _, hint) = line(&ran, "TLS and proxy");
    assert_eq!(status_now, "fault");
    let set = if cfg!(windows) { "$env:SSL_CERT_FILE = " } else { "export SSL_CERT_FILE=" };
    assert!(hint.contains(set), "{hint}");
    assert_eq!(status(&ran, "domain"), "unknown");
    assert_eq!(status(&ran, "application type"), "unknown");
    // A proxy that is not there.
    home.run("auth0-profiles", &["add", "q", "--domain", "acme.example", "--client-id", "x"])
        .exits(0);
    let ran = doctor(&tenant, &home, &["--profile", "q"]).env("HTTPS_PROXY", "http://127.0.0.1:1");
    let (status_now, _, hint) = line(&ran.run().exits(1), "TLS and proxy");
    assert_eq!(status_now, "fault");
    assert!(hint.contains("check HTTPS_PROXY"), "{hint}");
    // Nothing at that address.
    home.run("auth0-profiles", &["set", "p", "domain=http://127.0.0.1:1"]).exits(0);
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    let (status_now, _, hint) = line(&ran, "domain");
    assert_eq!(status_now, "fault");
    follow(
        &tenant,
        &home,
        &hint.replace("YOUR-TENANT.eu.auth0.com", tenant.domain()),
        "auth0-profiles",
    );
    assert_eq!(status(&doctor(&tenant, &home, &["--profile", "p"]).run(), "domain"), "ok");
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

#[test]
fn a_profile_that_cannot_be_used_is_one_fault() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let text = home.profile_text("p").unwrap();
    home.write("config/profiles/p.toml", &format!("domain = \n{text}"));
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    let rows = ran.json();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let (status_now, message, hint) = line(&ran, "profile file");
    assert_eq!((status_now.as_str(), hint.contains("editor")), ("fault", true), "{message}");
    assert!(message.contains("line 1"), "{message}");
    // A profile without a domain, one that nobody signed in to, and one that does not exist.
    home.write("config/profiles/p.toml", "client_id = \"x\"\n");
    let (status_now, _, hint) =
        line(&doctor(&tenant, &home, &["--profile", "p"]).run().exits(1), "profile file");
    assert_eq!(status_now, "fault");
    follow(
        &tenant,
        &home,
        &hint.replace("YOUR-TENANT.eu.auth0.com", tenant.domain()),
        "auth0-profiles",
    );
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    assert_eq!(
        (status(&ran, "profile file"), status(&ran, "token")),
        ("ok".into(), "fault".into())
    );
    doctor(&tenant, &home, &["--profile", "nobody"]).run().exits(2);
    doctor(&tenant, &home, &["--profile", "p", "--with", "nobody"]).run().exits(2);
}

#[test]
fn the_table_is_whole_and_the_environment_will_do() {
    let tenant = Tenant::new();
    let home = Home::new();
    let run = || {
        home.command("auth0-doctor")
            .trust(&tenant)
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_CLIENT_ID", MACHINE)
    };
    let ran = run().env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run().exits(0);
    assert!(ran.lines().iter().all(|line| line.starts_with("ok       ")), "{ran:?}");
    assert!(home.files().is_empty());
    let ran = run().env("AUTH0_CLIENT_SECRET", "wrong-secret-of-mine").run().exits(1);
    let ran = ran.hides("wrong-secret-of-mine").says("there is 1 fault");
    assert!(ran.stdout.contains("\nfault    credential"), "{ran:?}");
    assert!(ran.stdout.contains("→ copy it from the application's settings"), "{ran:?}");
    let rows = run().env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).args(&["-o", "csv"]).run().exits(0);
    assert_eq!(rows.lines()[0], "status,check,message,hint");
    let token = tenant.access_token("read:clients", None, 600);
    let ran = run().env("AUTH0_ACCESS_TOKEN", &token).run();
    ran.hides(&token).keeps_its_manners();
    let _: Value = run().env("AUTH0_ACCESS_TOKEN", token).args(&["-o", "json"]).run().json();
}
