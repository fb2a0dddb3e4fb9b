//! Scopes: asked for, added, and not granted.

use auth0_emulator::{MACHINE, MACHINE_SECRET, OWN_API, ScopeMode};

use crate::support::{Home, Tenant, claims, parameter};

#[test]
fn one_more_scope_keeps_those_there_were() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant
        .sign_in(&home, &["--scope", "openid offline_access", "--scope", "read:clients"])
        .0
        .exits(0);
    tenant
        .sign_in(&home, &["--add-scope", "update:clients", "--add-scope", "read:users"])
        .0
        .exits(0);
    let all = ["openid", "offline_access", "read:clients", "update:clients", "read:users"];
    assert_eq!(home.profile("p").settings.scope.unwrap(), all);
    let (_login, url) = tenant.login_begun(&home, &[]);
    assert_eq!(parameter(&url, "scope"), all.join(" "));
}

#[test]
fn what_was_not_granted_is_reported_with_its_reason() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::CurrentUser);
    let home = Home::new();
    let (login, page) = tenant.sign_in(
        &home,
        &[
            "--profile",
            "p",
            "--scope",
            "openid offline_access read:clients read:current_user",
            "-o",
            "json",
        ],
    );
    assert!(page.body.contains("You are signed in"), "{page:?}");
    let login = login
        .exits(0)
        .says("not granted: read:clients")
        .says("current_user scopes")
        .says("no refresh token");
    assert_eq!(login.json()["refreshable"], false);
    assert_eq!(login.json()["scope"], serde_json::json!(["openid", "read:current_user"]));
    // Every command that is named gets what was missing.
    home.command("auth0-clients").trust(&tenant).arg("list").run().exits(4);
    let token = tenant.access_token("read:clients", None, 600);
    let commands: Vec<_> = login.stderr.split('`').skip(1).step_by(2).collect();
    let commands: Vec<_> = commands.into_iter().filter(|line| line.contains("-admin")).collect();
    assert_eq!(commands.len(), 2, "{login:?}");
    for command in commands {
        let words = command.replace("ITS-ID", MACHINE);
        let words: Vec<_> = words.split(' ').collect();
        assert_eq!(words[0], "auth0-login");
        let run = home.command(words[0]).trust(&tenant).args(&words[1..]);
        let run = run.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).stdin(&token).start();
        run.end_input().wait().exits(0).says("The current profile is 'local-admin'.");
        home.command("auth0-clients").trust(&tenant).arg("list").run().exits(0);
    }
    assert!(home.profile("p").user.is_some(), "the person's own profile is as it was");
    // An API of the tenant's own is the everyday case: nothing is missing there.
    let (login, _) = tenant
        .sign_in(&home, &["--profile", "own", "--audience", OWN_API, "--add-scope", "read:things"]);
    let login = login.exits(0).says("renews by itself");
    assert!(!login.stderr.contains("warning"), "{login:?}");
    assert_eq!(
        claims(home.run("auth0-token", &["--profile", "own"]).stdout.trim())["aud"][0],
        OWN_API
    );
}
