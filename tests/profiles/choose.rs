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
    for (variable, flags) in [("", &["--profile", "acmee"][..]), ("acmee", &[])] {
        let ran = home.command("auth0-profiles").env("AUTH0_PROFILE", variable);
        let ran = ran.arg("current").args(flags).run().exits(2).prints("");
        ran.says("there is no profile 'acmee'").says("did you mean acme?");
    }
}

#[test]
fn without_a_choice_the_names_are_told() {
    let home = home(&["acme", "beta", "gamma"]);
    for command in ["auth0-token", "auth0-logout"] {
        let ran = home.run(command, &[]).exits(2).prints("");
        ran.says("no current profile is set").says("auth0-profiles use").says("acme, beta, gamma");
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

#[test]
fn a_dash_goes_back_to_the_profile_before() {
    let home = home(&["acme", "beta", "gamma"]);
    let current = || home.run("auth0-profiles", &["current"]).exits(0).stdout;
    profiles(&home, &["use", "-"]).exits(2).says("no other profile was the current one before");
    profiles(&home, &["use", "acme"]).exits(0);
    profiles(&home, &["use", "beta"]).exits(0);
    profiles(&home, &["use", "-"]).exits(0);
    assert_eq!(current(), "acme\n");
    profiles(&home, &["use", "-"]).exits(0);
    assert_eq!(current(), "beta\n");
    // The one before went away.
    profiles(&home, &["remove", "acme", "--yes"]).exits(0);
    profiles(&home, &["use", "-"]).exits(2).says("there is no profile 'acme'");
    assert_eq!(current(), "beta\n");
    // A new name of the current one is no switch.
    profiles(&home, &["use", "gamma"]).exits(0);
    profiles(&home, &["rename", "gamma", "delta"]).exits(0);
    profiles(&home, &["use", "-"]).exits(0);
    assert_eq!(current(), "beta\n");
    let ran = home.command("auth0-profiles").args(&["current", "-o", "json"]).run().exits(0);
    assert_eq!(ran.json(), serde_json::json!({"profile": "beta"}));
}

#[test]
fn without_a_terminal_the_profile_to_use_must_be_named() {
    let home = home(&["acme", "beta"]);
    profiles(&home, &["use"]).exits(2).says("auth0-profiles use NAME");
}

#[cfg(target_os = "linux")] // a terminal made by script(1)
#[test]
fn on_a_terminal_the_profile_to_use_is_chosen_from_a_list() {
    let home = home(&["acme", "beta", "gamma"]);
    let mut use_one = home.terminal("auth0-profiles use; echo ended with $?").start();
    use_one.hears("2  beta");
    use_one.hears("Which profile (number or name, empty to stop): ");
    use_one.types("7\r");
    use_one.hears("type a number from 1 to 3");
    use_one.types("ga\r");
    use_one.hears("ended with 0");
    use_one.wait().says("the current profile is now gamma");
    let mut use_none = home.terminal("auth0-profiles use; echo ended with $?").start();
    use_none.hears("gamma  ");
    use_none.hears("to stop): ");
    use_none.types("\r");
    use_none.hears("ended with 2");
    home.run("auth0-profiles", &["current"]).exits(0).prints_line("gamma");
}
