//! Staying signed in: tokens that renew by themselves, and go nowhere but home.

use auth0_emulator::{Fault, FaultKind, MACHINE, MACHINE_SECRET, OWN_API};
use serde_json::{Value, json};

use super::token;
use crate::support::{Home, Tenant, claims};

#[test]
fn a_valid_token_needs_no_network() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    drop(tenant);
    let (text, access) = (home.profile_text("p"), home.access_token());
    // Not even the roots are looked at.
    let run = |args: &[&str]| {
        home.command("auth0-token").env("SSL_CERT_FILE", "/nowhere").args(args).run().exits(0)
    };
    run(&[]).prints_line(&access);
    run(&["--header"]).prints_line(&format!("Authorization: Bearer {access}"));
    assert_eq!(run(&["--claims"]).json(), claims(&access));
    let json = run(&["-o", "json"]).json();
    let expires_at = home.profile("p").token.unwrap().expires_at;
    assert_eq!(json["access_token"], access);
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["expires_at"], auth0_suite::base::time::rfc3339(expires_at));
    assert_eq!(json["scope"][0], "openid");
    assert_eq!(json.as_object().unwrap().len(), 4);
    let quiet = run(&["-vv", "--min-valid", "23h"]).prints_line(&access);
    assert_eq!(quiet.stderr, "", "nothing was asked of anybody");
    run(&["--profile", "p"]).prints_line(&access);
    home.command("auth0-token").env("AUTH0_PROFILE", "p").run().exits(0).prints_line(&access);
    assert_eq!(home.profile_text("p"), text);
}

#[test]
fn a_token_that_runs_out_is_renewed_and_on_disk_before_it_is_used() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.edit("p", |text| format!("# mine\n{text}"));
    let renewed = |args: &[&str]| {
        tenant.forget_requests();
        let old = (home.access_token(), home.refresh_token());
        let said = token(&tenant, &home, args).exits(0).stdout.trim().to_owned();
        let new = (home.access_token(), home.refresh_token());
        assert!(old.0 != new.0 && old.1 != new.1, "both are new");
        assert_eq!(said, new.0);
        assert_eq!(tenant.refresh_tokens(), [new.1], "the newest is kept");
        let form = tenant.requests_to("POST", "/oauth/token");
        assert_eq!(form.len(), 1);
        let form = form[0].form();
        assert_eq!(
            (form["grant_type"].as_str(), &form["refresh_token"]),
            ("refresh_token", &old.1)
        );
        assert!(!form.contains_key("scope") && !form.contains_key("audience"), "{form:?}");
    };
    home.expire("p");
    renewed(&[]);
    renewed(&["--refresh"]);
    tenant.configure(|config| config.token_lifetime = 172_800);
    renewed(&["--min-valid", "2d"]);
    tenant.configure(|config| config.token_lifetime = 59);
    renewed(&["--refresh", "--min-valid", "30s"]);
    renewed(&["--refresh", "--min-valid", "59s"]);
    let text = home.profile_text("p").unwrap();
    assert!(text.starts_with("# mine\n") && text.contains("[user]"), "{text}");
}

#[test]
fn a_refresh_token_stays_where_no_new_one_comes() {
    let tenant = Tenant::with(|config| config.rotate_refresh_tokens = false);
    let home = tenant.signed_in();
    let (access, refresh) = (home.access_token(), home.refresh_token());
    token(&tenant, &home, &["--refresh"]).exits(0);
    assert_ne!(home.access_token(), access);
    assert_eq!(home.refresh_token(), refresh);
}

#[test]
fn a_renewal_that_is_refused_keeps_the_settings() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.expire("p");
    // Revoked meanwhile; not there at the moment; answering nonsense.
    let spent = home.refresh_token();
    for (fault, code) in [
        (FaultKind::Reset, 7),
        (FaultKind::Status(500), 7),
        (FaultKind::Malformed, 7),
        (FaultKind::Truncate, 7),
    ] {
        tenant
            .configure(|config| config.faults = vec![Fault::always(fault.clone(), "/oauth/token")]);
        let before = home.files();
        let failed = token(&tenant, &home, &["--max-retries", "0"]);
        assert_eq!(failed.code, Some(code), "{fault:?}: {failed:?}");
        let failed = failed.prints("");
        assert_eq!(home.files(), before, "{failed:?}");
    }
    tenant.configure(|config| config.faults.clear());
    home.edit("p", |text| text.replace(&spent, "rt-revoked"));
    let before = home.files();
    for binary in ["auth0-token", "auth0-clients"] {
        let list = if binary == "auth0-clients" { &["list"][..] } else { &[] };
        let refused = home.command(binary).trust(&tenant).args(list).run();
        refused
            .exits(3)
            .prints("")
            .says("refuses to renew")
            .says("auth0-login --profile p")
            .hides("rt-revoked");
    }
    assert_eq!(home.files(), before);
    // Nothing to renew with at all.
    home.edit("p", |text| text.replace("refresh_token = \"rt-revoked\"\n", ""));
    token(&tenant, &home, &[]).exits(3).says("expired").says("auth0-login --profile p");
    Home::new().run("auth0-token", &[]).exits(3).says("auth0-login");
}

#[test]
fn fifty_at_once_renew_once() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.expire("p");
    let crowd: Vec<_> =
        (0..50).map(|_| home.command("auth0-token").trust(&tenant).start()).collect();
    let all: Vec<_> = crowd.into_iter().map(|one| one.wait().exits(0).stdout).collect();
    assert_eq!(all, vec![format!("{}\n", home.access_token()); 50]);
    assert_eq!(tenant.token_requests(), 1);
    assert!(tenant.honours(&home.refresh_token()));
}

#[test]
fn a_saved_secret_renews() {
    let (tenant, home) = (Tenant::new(), Home::new());
    tenant.machine_login(&home, "p").arg("--save-secret").run().exits(0).says("renews by itself");
    home.expire("p");
    tenant.forget_requests();
    let clients = home.command("auth0-clients").trust(&tenant).args(&["list", "-o", "jsonl"]).run();
    assert_eq!(clients.exits(0).stdout.lines().count(), 11, "all but the global one");
    assert_eq!(tenant.token_requests(), 1);
    assert!(home.profile("p").token.unwrap().refresh_token.is_none());
    token(&tenant, &home, &[]).exits(0).hides(MACHINE_SECRET);
    assert_eq!(tenant.token_requests(), 1);
}

#[test]
fn the_environment_alone_is_enough_and_leaves_nothing() {
    let tenant = Tenant::new();
    let home = Home::new();
    let access = tenant.access_token("read:clients", None, 600);
    let given =
        |binary: &str| home.command(binary).trust(&tenant).env("AUTH0_DOMAIN", tenant.domain());
    let as_it_is = || given("auth0-token").env("AUTH0_ACCESS_TOKEN", &access);
    as_it_is().run().exits(0).prints_line(&access);
    let expires_at = claims(&access)["exp"].as_i64().unwrap();
    assert_eq!(
        as_it_is().args(&["-o", "json"]).run().exits(0).json(),
        json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_at": auth0_suite::base::time::rfc3339(expires_at),
            "scope": ["read:clients"],
        })
    );
    // One that only its issuer can read is a token too.
    let opaque = given("auth0-token").env("AUTH0_ACCESS_TOKEN", "opaque");
    let said = opaque.args(&["-o", "json"]).run().exits(0).json();
    assert_eq!((&said["expires_at"], &said["scope"]), (&Value::Null, &json!([])));
    given("auth0-clients").env("AUTH0_ACCESS_TOKEN", &access).args(&["list"]).run().exits(0);
    assert_eq!(tenant.token_requests(), 0);
    given("auth0-token").env("AUTH0_ACCESS_TOKEN", &access).arg("--refresh").run().exits(3);
    // A token without a tenant is sent nowhere.
    home.command("auth0-clients")
        .env("AUTH0_ACCESS_TOKEN", &access)
        .args(&["list"])
        .run()
        .exits(2)
        .says("AUTH0_DOMAIN");

    let credentials = |binary: &str| {
        given(binary).env("AUTH0_CLIENT_ID", MACHINE).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
    };
    let printed = credentials("auth0-token").run().exits(0).hides(MACHINE_SECRET);
    assert_eq!(claims(printed.stdout.trim())["aud"], tenant.audience());
    let own = credentials("auth0-token")
        .env("AUTH0_AUDIENCE", OWN_API)
        .env("AUTH0_SCOPE", "read:things")
        .run();
    let own = claims(own.exits(0).stdout.trim());
    assert_eq!((&own["aud"], &own["scope"]), (&OWN_API.into(), &"read:things".into()));
    tenant.forget_requests();
    credentials("auth0-connections").args(&["list"]).run().exits(0);
    assert_eq!(tenant.token_requests(), 1, "one for all the requests of a command");
    // Empty counts as unset.
    given("auth0-token").env("AUTH0_ACCESS_TOKEN", "").run().exits(3);
    let written: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert!(written.is_empty(), "neither profiles nor a cache: {written:?}");
}

#[test]
fn a_401_in_the_middle_of_a_list_is_one_renewal_and_that_page_again() {
    let tenant = Tenant::with(|config| config.clients = 450);
    let home = tenant.signed_in();
    let list = || {
        tenant.forget_requests();
        home.command("auth0-clients")
            .trust(&tenant)
            .args(&["list", "-o", "jsonl", "--fields", "client_id"])
            .run()
    };
    let refused_after_two =
        Fault { after: 2, ..Fault::always(FaultKind::Status(401), "/api/v2/clients") };
    let whole = list().exits(0).stdout;
    assert_eq!(whole.lines().count(), 449);
    for uses in 0..4 {
        let before = home.access_token();
        tenant.configure(|config| config.last_uses = Some((before.clone(), uses)));
        let listed = list().exits(0);
        assert_eq!(listed.stdout, whole, "every row, once, in order");
        assert_eq!(tenant.token_requests(), 1, "{uses}");
        let after = home.access_token();
        assert_ne!(before, after, "the new one is on disk");
        let with = |token: &str| {
            let bearer = format!("Bearer {token}");
            let requests = tenant.requests();
            requests.iter().filter(|r| r.header("authorization") == Some(bearer.as_str())).count()
        };
        assert!(with(&before) > 0 && with(&after) > 0);
    }
    // A tenant that refuses the new one too is not asked for ever.
    tenant.configure(|config| config.faults = vec![refused_after_two.clone()]);
    list().exits(3);
    assert!(tenant.token_requests() <= 1, "{}", tenant.token_requests());
    // Nothing to renew with.
    tenant.configure(|config| config.faults = vec![refused_after_two]);
    let given = home.command("auth0-clients").trust(&tenant).args(&["list"]);
    let access = tenant.access_token("read:clients", None, 60);
    given.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", access).run().exits(3);
}
