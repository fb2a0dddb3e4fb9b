//! What a login changes in a profile.

use crate::support::{Browser, Tenant};

#[test]
fn a_second_login_keeps_comments_and_what_is_not_its_own() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.edit("p", |text| format!("# mine\nunknown = [1, 2] # too\n{text}"));
    tenant
        .sign_in(&home, &["--profile", "p", "--scope", "openid", "--scope", "read:clients"])
        .0
        .exits(0);
    let text = home.profile_text("p").unwrap();
    assert!(text.starts_with("# mine\nunknown = [1, 2] # too\n"), "{text}");
    let token = home.profile("p").token.unwrap();
    assert_eq!(token.scope, ["openid", "read:clients"]);
    assert!(token.refresh_token.is_none(), "none was asked for");
}

#[test]
fn no_profile_is_turned_to_another_tenant_unasked() {
    let (one, other) = (Tenant::new(), Tenant::new());
    let home = one.signed_in();
    let before = home.profile_text("p");
    other
        .sign_in(&home, &[])
        .0
        .exits(0)
        .says("The current profile is still 'p'; to switch: auth0-profiles use local");
    assert_eq!(home.profile_text("p"), before);
    let profile = home.profile("local");
    assert_eq!(profile.token.unwrap().domain.to_string(), other.domain());
    home.run("auth0-profiles", &["current"]).exits(0).prints_line("p");
    other.sign_in(&home, &["--use"]).0.exits(0).says("The current profile is 'local'.");
    home.run("auth0-profiles", &["current"]).exits(0).prints_line("local");
    // The environment outranks what is saved.
    let (login, url) = {
        let args = ["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"];
        let login = other.login(&home, &args).args(&["--profile", "local"]);
        let login = login.env("AUTH0_PROFILE", "p").start();
        let url = login.address();
        (login, url)
    };
    Browser::new(&other).sign_in(&url);
    login.wait().exits(0).says("The current profile is 'p', because AUTH0_PROFILE names it");
}

#[test]
fn somebody_else_in_the_same_profile_is_said() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant.sign_in(&home, &[]).0.exits(0).hides("before");
    home.edit("p", |text| text.replace(auth0_emulator::USER, "auth0|eve"));
    tenant
        .sign_in(&home, &[])
        .0
        .exits(0)
        .says("warning: the profile 'p' was signed in as")
        .says("(auth0|eve) before, and now is as")
        .says(auth0_emulator::USER);
}
