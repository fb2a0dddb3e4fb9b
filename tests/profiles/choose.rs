//! Which profile a command acts as.

use super::{LATER, profiles, token, write};
use crate::support::{Home, Ran};

/// Homes whose tokens are told apart: each ends with its profile's name.
fn home(names: &[&str]) -> Home {
    let home = Home::new();
    for name in names {
        let token = token(name, LATER, false);
        write(&home, name, &token.replace("nobody-sees", &format!("of-{name}")));
    }
    home
}

/// `auth0-token`, as this variable and these flags choose.
#[track_caller]
fn chosen(home: &Home, variable: &str, flags: &[&str]) -> Ran {
    home.command("auth0-token").env("AUTH0_PROFILE", variable).args(flags).run()
}

#[test]
fn a_flag_then_the_environment_then_the_current_one_then_the_only_one() {
    let only = home(&["acme"]);
    chosen(&only, "", &[]).exits(0).prints_line("access-token-of-acme");
    let home = home(&["acme", "beta", "gamma"]);
    profiles(&home, &["use", "acme"]).exits(0);
    chosen(&home, "", &[]).exits(0).prints_line("access-token-of-acme");
    chosen(&home, "beta", &[]).exits(0).prints_line("access-token-of-beta");
    let ran = chosen(&home, "beta", &["--profile", "gamma"]);
    ran.exits(0).prints_line("access-token-of-gamma");
    // What is wrong in the environment is no matter where a flag decides.
    let ran = chosen(&home, "../x", &["--profile", "gamma"]);
    ran.exits(0).prints_line("access-token-of-gamma");
    chosen(&home, "../x", &[]).exits(2).prints("").says("AUTH0_PROFILE");
    for (variable, flags, name) in
        [("", &[][..], "acme"), ("beta", &[], "beta"), ("beta", &["--profile", "gamma"], "gamma")]
    {
        let ran = home.command("auth0-profiles").env("AUTH0_PROFILE", variable);
        ran.arg("current").args(flags).run().exits(0).prints_line(name);
    }
}

#[test]
fn without_a_choice_the_names_are_told() {
    let home = home(&["acme", "beta", "gamma"]);
    for command in ["auth0-token", "auth0-logout"] {
        let ran = home.run(command, &[]).exits(2).prints("");
        ran.says("none is the current one").says("auth0-profiles use").says("acme, beta, gamma");
    }
    profiles(&home, &["show"]).exits(2).says("acme, beta, gamma");
    profiles(&home, &["set", "client_id=x"]).exits(2).says("auth0-profiles use");
    assert_eq!(home.profile("acme").settings.client_id.unwrap(), "id-acme");
}

#[test]
fn a_current_one_that_is_gone_is_not_replaced_by_guessing() {
    let home = home(&["acme", "beta"]);
    home.write("config/config.toml", "current_profile = \"acm\"\n");
    let ran = home.run("auth0-token", &[]).exits(2).prints("");
    ran.says("the current profile 'acm' does not exist").says("auth0-profiles use acme");
    home.write("config/config.toml", "current_profile = \"betta\"\n");
    home.run("auth0-token", &[]).exits(2).says("auth0-profiles use beta");
    profiles(&home, &["list"]).exits(0);
    home.write("config/config.toml", "current_profile = \"../x\"\n");
    home.run("auth0-token", &[]).exits(2).prints("").says("auth0-profiles use");
    home.write("config/config.toml", "current_profile = [\n");
    home.run("auth0-token", &[]).exits(2).says("config.toml").says("line ");
    chosen(&home, "beta", &[]).exits(0);
}

#[test]
fn a_misspelt_name_is_told_the_nearest() {
    let home = home(&["production", "staging"]);
    let said = |ran: Ran| {
        ran.exits(2).prints("").says("there is no profile 'stagin'").says("did you mean staging?");
    };
    said(home.run("auth0-token", &["--profile", "stagin"]));
    said(chosen(&home, "stagin", &[]));
    said(home.run("auth0-clients", &["list", "--profile", "stagin"]));
    said(profiles(&home, &["show", "stagin"]));
    said(profiles(&home, &["set", "stagin", "client_id=x"]));
    said(profiles(&home, &["rename", "stagin", "x"]));
    said(profiles(&home, &["remove", "stagin", "--yes"]));
    let ran = home.run("auth0-token", &["--profile", "elsewhere"]).exits(2);
    ran.says("production, staging").says("auth0-profiles list");
}

#[test]
fn with_no_profile_at_all_one_signs_in() {
    let home = Home::new();
    for (command, args) in [
        ("auth0-token", &[][..]),
        ("auth0-clients", &["list"]),
        ("auth0-profiles", &["show"]),
        ("auth0-profiles", &["current"]),
        ("auth0-profiles", &["path"]),
    ] {
        home.run(command, args).exits(3).prints("").says("hint: sign in: auth0-login");
    }
    let ran = home.run("auth0-token", &["--profile", "p"]).exits(2);
    ran.says("auth0-login --profile p");
    assert!(home.files().is_empty());
}
