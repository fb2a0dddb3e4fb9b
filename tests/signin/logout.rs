//! Signing out: here always, at the tenant where it can be reached.

use auth0_emulator::{Fault, FaultKind, MACHINE_SECRET};

#[cfg(unix)]
use crate::support::write_script;
use crate::support::{Home, Ran, Run, Tenant};

fn logout(tenant: &Tenant, home: &Home, args: &[&str]) -> Run {
    home.command("auth0-logout").trust(tenant).args(args)
}

/// Fails if a profile still holds a token, or lost its settings.
#[track_caller]
fn signed_out(home: &Home, name: &str) {
    let text = home.profile_text(name).unwrap();
    assert!(!text.contains("token]") && !text.contains("[user]"), "{text}");
    assert!(text.contains("domain = ") && text.contains("client_id = "), "{text}");
    home.run("auth0-token", &["--profile", name]).exits(3).says("auth0-login");
}

#[test]
fn signing_out_revokes_and_forgets_and_keeps_the_settings() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.edit("p", |text| format!("# mine\n{text}"));
    let refresh = home.profile("p").token.unwrap().refresh_token.unwrap();
    assert!(tenant.honours(refresh.expose()));
    logout(&tenant, &home, &["-vv"])
        .run()
        .exits(0)
        .prints("")
        .says("revoked")
        .hides(refresh.expose());
    assert!(!tenant.honours(refresh.expose()));
    let form = tenant.requests_to("POST", "/oauth/revoke").remove(0).form();
    assert_eq!(form["token"], refresh.expose());
    signed_out(&home, "p");
    assert!(home.profile_text("p").unwrap().starts_with("# mine\n"));
    // Once more: nothing to revoke, and no fault.
    tenant.forget_requests();
    logout(&tenant, &home, &[]).run().exits(0).says("not signed in");
    assert!(tenant.requests().is_empty());
    logout(&tenant, &home, &["--profile", "nobody"]).run().exits(2).says("nobody");
    // The next login needs no flags.
    assert!(tenant.sign_in(&home, &["--profile", "p"]).0.code == Some(0));
}

/// Whatever the environment speaks of.
#[test]
fn a_refresh_token_is_revoked_at_home() {
    let (tenant, evil) = (Tenant::new(), Tenant::new());
    for (domain, secret_sent) in [(tenant.domain(), true), (evil.domain(), false)] {
        let home = tenant.signed_in();
        let refresh = home.profile("p").token.unwrap().refresh_token.unwrap();
        logout(&tenant, &home, &[])
            .env("AUTH0_DOMAIN", domain)
            .env("AUTH0_AUDIENCE", "https://evil.example/")
            .env("AUTH0_CLIENT_SECRET", "its-secret")
            .run()
            .exits(0);
        assert!(!tenant.honours(refresh.expose()));
        let form = tenant.requests_to("POST", "/oauth/revoke").remove(0).form();
        assert_eq!(form.contains_key("client_secret"), secret_sent, "{form:?}");
        signed_out(&home, "p");
    }
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
}

#[test]
fn a_tenant_out_of_reach_keeps_nobody_signed_in_here() {
    let refused = |fault: FaultKind| -> Ran {
        let tenant = Tenant::new();
        let home = tenant.signed_in();
        tenant.configure(|config| config.faults = vec![Fault::always(fault, "/oauth/revoke")]);
        let output =
            logout(&tenant, &home, &["--max-retries", "0"]).run().prints("").says("hint: ");
        signed_out(&home, "p");
        output
    };
    refused(FaultKind::Reset).exits(7);
    refused(FaultKind::Status(503)).exits(7);
    refused(FaultKind::Status(403)).exits(4);

    let tenant = Tenant::new();
    let home = tenant.signed_in();
    drop(tenant);
    let output = home.run("auth0-logout", &["--max-retries", "1", "--browser"]);
    let output = output.exits(7).says("could not be revoked").says("/v2/logout?client_id=");
    assert_eq!(output.stderr.matches("trying again").count(), 1, "asked no more: {output:?}");
    signed_out(&home, "p");

    // What the environment says badly keeps nobody signed in either.
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    logout(&tenant, &home, &[]).env("AUTH0_DOMAIN", "acme").run().exits(2).says("AUTH0_DOMAIN");
    signed_out(&home, "p");
}

#[test]
fn all_means_every_profile_whatever_becomes_of_one() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant.sign_in(&home, &["--profile", "q"]).0.exits(0);
    tenant.machine_login(&home, "m").run().exits(0);
    let gone = Tenant::new();
    gone.sign_in(&home, &["--profile", "a"]).0.exits(0);
    drop(gone);
    let output = logout(&tenant, &home, &["--all", "--max-retries", "0"])
        .run()
        .exits(7)
        .says("p: signed out");
    assert!(output.stderr.contains("q: signed out"), "{output:?}");
    for name in ["a", "m", "p", "q"] {
        signed_out(&home, name);
    }
    assert!(tenant.refresh_tokens().is_empty());
    assert_eq!(tenant.requests_to("POST", "/oauth/revoke").len(), 2, "a machine has none");
    logout(&tenant, &home, &["--all", "--profile", "p"]).run().exits(2);
    // A profile that cannot be read does not keep the others signed in.
    tenant.sign_in(&home, &["--profile", "p"]).0.exits(0);
    home.write("config/profiles/broken.toml", "not = [toml");
    logout(&tenant, &home, &["--all"]).run().exits(2).says("broken.toml");
    signed_out(&home, "p");
    assert_eq!(home.profile_text("broken").unwrap(), "not = [toml");
}

#[cfg(unix)] // a script for a shell is the browser
#[test]
fn the_browsers_session_ends_too_where_asked() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let script = home.path().join("browser");
    write_script(&script, "printf %s \"$1\" >opened.new; mv opened.new opened");
    for (discovered, page) in [(true, "/oidc/logout"), (false, "/v2/logout")] {
        tenant.configure(|config| config.end_session_endpoint = discovered);
        let output = logout(&tenant, &home, &["--browser"]).env("BROWSER", &script).run().exits(0);
        let address = format!("{}{page}?", tenant.url());
        let output = output.prints("").says(&address).says("client_id=emulator-native");
        let opened = home.path().join("opened");
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while !opened.exists() {
            assert!(std::time::Instant::now() < deadline, "never opened: {output:?}");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert!(std::fs::read_to_string(&opened).unwrap().starts_with(&address));
        std::fs::remove_file(opened).unwrap();
    }
}

/// Whoever loses patience in the middle can sign out again.
#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn a_logout_that_is_interrupted_forgets_nothing() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let before = home.files();
    tenant.configure(|config| {
        config.faults = vec![Fault::times(FaultKind::Stall, "/oauth/revoke", 1)];
    });
    let running = logout(&tenant, &home, &[]).interruptible().start();
    while tenant.requests_to("POST", "/oauth/revoke").is_empty() {
        std::thread::yield_now();
    }
    running.interrupt();
    assert_ne!(running.wait().code, Some(0));
    assert_eq!(home.files(), before);
    let refresh = home.profile("p").token.unwrap().refresh_token.unwrap();
    logout(&tenant, &home, &[]).run().exits(0).says("revoked");
    assert!(!tenant.honours(refresh.expose()));
    signed_out(&home, "p");
}

/// A login again, or in another profile, leaves the earlier refresh token alone: on tenants that
/// delete the grant with it, the new one would go too.
#[test]
fn two_profiles_of_one_login() {
    for deletes_grant in [false, true] {
        let tenant = Tenant::with(|config| config.revocation_deletes_grant = deletes_grant);
        let home = tenant.signed_in();
        let refresh = |name: &str| {
            home.profile(name).token.unwrap().refresh_token.unwrap().expose().to_owned()
        };
        let first = refresh("p");
        tenant.sign_in(&home, &["--profile", "p"]).0.exits(0);
        assert!(tenant.requests_to("POST", "/oauth/revoke").is_empty());
        assert!(tenant.honours(&first) && tenant.honours(&refresh("p")));
        for name in ["q", "other"] {
            let audience: &[&str] =
                if name == "other" { &["--audience", auth0_emulator::OWN_API] } else { &[] };
            tenant.sign_in(&home, &[&["--profile", name], audience].concat()).0.exits(0);
        }
        let output = logout(&tenant, &home, &["--profile", "p"]).run().exits(0);
        let output = output.says("the same user, application and API: q; if the tenant deletes");
        assert!(!output.stderr.contains("other"), "{output:?}");
        let refreshed = |name: &str| {
            home.command("auth0-token").trust(&tenant).args(&["--refresh", "--profile", name]).run()
        };
        refreshed("other").exits(0);
        if deletes_grant {
            refreshed("q").exits(3).says("auth0-login --profile q");
        } else {
            refreshed("q").exits(0);
            // Nobody else is left to be affected.
            let output = logout(&tenant, &home, &["--profile", "q"]).run().exits(0);
            assert!(!output.stderr.contains("the same user"), "{output:?}");
        }
    }
}

#[test]
fn a_saved_secret_is_spoken_of_and_forgotten_where_asked() {
    let (tenant, home) = (Tenant::new(), Home::new());
    tenant.machine_login(&home, "m").arg("--save-secret").run().exits(0);
    let token = || home.command("auth0-token").trust(&tenant).run();
    for _ in 0..2 {
        let output = logout(&tenant, &home, &[]).run().exits(0);
        output.says("signs in again").says("auth0-logout --profile m --forget-secret");
    }
    token().exits(0);
    let output = logout(&tenant, &home, &["--forget-secret"]).run().exits(0);
    let output = output.says("m: signed out").says("forgotten").hides(MACHINE_SECRET);
    assert!(!output.stderr.contains("signs in again"), "{output:?}");
    token().exits(3);
    let text = home.profile_text("m").unwrap();
    assert!(!text.contains(MACHINE_SECRET) && !text.contains("[credential]"), "{text}");
    assert!(text.contains("client_id = "), "{text}");
    // Signed out already, the secret goes all the same.
    logout(&tenant, &home, &["--forget-secret"]).run().exits(0).says("was not signed in");
}
