//! Staying signed in: tokens that renew by themselves, and go nowhere but home.

use std::thread;

use auth0_emulator::{Fault, FaultKind, MACHINE, MACHINE_SECRET, NATIVE, OWN_API};
use serde_json::{Value, json};

use crate::support::{Home, Ran, Run, Tenant, claims};

fn token(tenant: &Tenant, home: &Home, args: &[&str]) -> Ran {
    home.command("auth0-token").trust(tenant).args(args).run()
}

fn access_token(home: &Home) -> String {
    home.profile("p").token.unwrap().access_token.expose().to_owned()
}

fn refresh_token(home: &Home) -> String {
    home.profile("p").token.unwrap().refresh_token.unwrap().expose().to_owned()
}

#[test]
fn a_valid_token_needs_no_network() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    drop(tenant);
    let (text, access) = (home.profile_text("p"), access_token(&home));
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
        let old = (access_token(&home), refresh_token(&home));
        let said = token(&tenant, &home, args).exits(0).stdout.trim().to_owned();
        let new = (access_token(&home), refresh_token(&home));
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
    let (access, refresh) = (access_token(&home), refresh_token(&home));
    token(&tenant, &home, &["--refresh"]).exits(0);
    assert_ne!(access_token(&home), access);
    assert_eq!(refresh_token(&home), refresh);
}

#[test]
fn a_renewal_that_is_refused_keeps_the_settings() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.expire("p");
    // Revoked meanwhile; not there at the moment; answering nonsense.
    let spent = refresh_token(&home);
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
    assert_eq!(all, vec![format!("{}\n", access_token(&home)); 50]);
    assert_eq!(tenant.token_requests(), 1);
    assert!(tenant.honours(&refresh_token(&home)));
}

#[test]
fn a_saved_secret_renews() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let login = [
        "--profile",
        "p",
        "--domain",
        tenant.domain(),
        "--client-id",
        MACHINE,
        "--client-credentials",
    ];
    let secret = |run: Run| run.trust(&tenant).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
    secret(home.command("auth0-login").args(&login).arg("--save-secret"))
        .run()
        .exits(0)
        .says("renews by itself");
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
fn a_token_goes_nowhere_but_home() {
    let (tenant, evil) = (Tenant::new(), Tenant::new());
    let home = tenant.signed_in();
    let before = home.files();
    let list = || home.command("auth0-clients").trust(&evil).args(&["list"]);
    let elsewhere = |output: Ran| {
        output.exits(3).prints("").says("is for the").says("hint: ").hides(&access_token(&home));
    };
    for binary in ["auth0-token", "auth0-clients", "auth0-connections", "auth0-api"] {
        let args: &[&str] = match binary {
            "auth0-token" => &[],
            "auth0-api" => &["clients"],
            _ => &["list"],
        };
        let run = || home.command(binary).trust(&evil).args(args);
        elsewhere(run().env("AUTH0_DOMAIN", evil.domain()).run());
        elsewhere(run().env("AUTH0_DOMAIN", evil.domain()).args(&["--profile", "p"]).run());
        elsewhere(run().env("AUTH0_AUDIENCE", OWN_API).run());
        elsewhere(run().env("AUTH0_CLIENT_ID", "another").run());
    }
    elsewhere(
        home.command("auth0-token").env("AUTH0_DOMAIN", evil.domain()).arg("--refresh").run(),
    );
    // Neither does a domain that was edited in the file, or a refresh token.
    home.edit("p", |text| text.replacen(tenant.domain(), evil.domain(), 1));
    elsewhere(list().run());
    home.expire("p");
    elsewhere(list().run());
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
    drop(before);

    // A whole address of elsewhere is no path, and a redirect is not followed.
    let home = tenant.signed_in();
    let url = format!("{}/api/v2/clients", evil.url());
    home.command("auth0-api").trust(&evil).arg(&url).run().exits(2).hides(&access_token(&home));
    for path in ["/api/v2/", "/oauth/"] {
        tenant.configure(|config| {
            config.faults = vec![Fault::always(FaultKind::Redirect(url.clone()), path)]
        });
        home.command("auth0-clients")
            .trust(&tenant)
            .args(&["list"])
            .run()
            .exits(7)
            .says("redirect");
        home.expire("p");
    }
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
}

/// What proves an application to its tenant is worth more than a token.
#[test]
fn a_saved_secret_goes_nowhere_but_home() {
    let (tenant, evil, home) = (Tenant::new(), Tenant::new(), Home::new());
    let machine = ["--profile", "p", "--domain", tenant.domain(), "--client-id", MACHINE];
    home.command("auth0-login")
        .trust(&tenant)
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .args(&machine)
        .args(&["--client-credentials", "--save-secret"])
        .run()
        .exits(0);
    let run = |binary: &str| home.command(binary).trust(&evil).args(&["--profile", "p"]);
    let refused = |output: Ran| {
        output.exits(3).prints("").says("hint: ").hides(MACHINE_SECRET);
    };
    for signed_in in [true, false] {
        if !signed_in {
            home.command("auth0-logout").trust(&tenant).run().exits(0);
        }
        refused(run("auth0-token").env("AUTH0_DOMAIN", evil.domain()).run());
        refused(run("auth0-clients").arg("list").env("AUTH0_DOMAIN", evil.domain()).run());
        refused(run("auth0-token").env("AUTH0_CLIENT_ID", NATIVE).arg("--refresh").run());
    }
    for way in [&[][..], &["--client-credentials"]] {
        run("auth0-login").args(&["--domain", evil.domain()]).args(way).run().exits(2);
        run("auth0-login").env("AUTH0_DOMAIN", evil.domain()).args(way).run().exits(2);
        run("auth0-login").args(&["--client-id", "another"]).args(way).run().exits(2);
    }
    assert!(evil.requests_to("POST", "/oauth/token").is_empty(), "{:?}", evil.requests());
    // At home it is still good, and a secret that is given goes where one says.
    home.command("auth0-token").trust(&tenant).run().exits(0);
    run("auth0-login")
        .args(&["--domain", evil.domain()])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(0);
}

#[test]
fn a_token_for_another_api_is_not_sent_to_the_management_api() {
    let (tenant, home) = (Tenant::new(), Home::new());
    tenant.sign_in(&home, &["--profile", "p", "--audience", OWN_API]).0.exits(0);
    tenant.forget_requests();
    for (binary, arg) in
        [("auth0-clients", "list"), ("auth0-connections", "list"), ("auth0-api", "clients")]
    {
        let refused = home.command(binary).trust(&tenant).arg(arg).run();
        refused.exits(3).says(OWN_API).says("auth0-login");
    }
    assert!(tenant.requests().is_empty(), "{:?}", tenant.requests());
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
        let before = access_token(&home);
        tenant.configure(|config| config.last_uses = Some((before.clone(), uses)));
        let listed = list().exits(0);
        assert_eq!(listed.stdout, whole, "every row, once, in order");
        assert_eq!(tenant.token_requests(), 1, "{uses}");
        let after = access_token(&home);
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

#[test]
fn secrets_are_in_no_message() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &["--profile", "p", "-vv"]);
    let callback = crate::support::Browser::new(&tenant).callback(&url);
    crate::support::get(&callback);
    let login =
        login.wait().exits(0).prints("").says("/oauth/token").says("grant_type=authorization_code");
    let form = tenant.requests_to("POST", "/oauth/token")[0].form();
    let check = |said: Ran, form: &std::collections::HashMap<String, String>| {
        let mut said = said.hides(&refresh_token(&home));
        for name in ["code", "code_verifier", "refresh_token", "client_secret"] {
            if let Some(value) = form.get(name) {
                said = said.hides(value);
            }
        }
        said
    };
    check(login.hides(&access_token(&home)), &form).hides("eyJ");
    let renewed = token(&tenant, &home, &["--refresh", "-vv"]).exits(0);
    let form = tenant.requests_to("POST", "/oauth/token")[1].form();
    let renewed = check(renewed, &form);
    assert!(!renewed.stderr.contains("eyJ"), "{renewed:?}");
    let machine =
        home.command("auth0-login").trust(&tenant).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).args(
            &[
                "--profile",
                "m",
                "--domain",
                tenant.domain(),
                "--client-id",
                MACHINE,
                "--client-credentials",
                "-vv",
            ],
        );
    machine.run().exits(0).prints("").hides(MACHINE_SECRET).hides("eyJ");
    let _ = (NATIVE, thread::yield_now);
}
