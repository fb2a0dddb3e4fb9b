//! The hint of a 403 is followed: each printed command is run, each page of the dashboard has a switch
//! of the emulator, and the outcome changes.

use auth0_emulator::{MACHINE, MACHINE_SECRET, ScopeMode};

use crate::support::{Home, Ran, Run, Tenant};

const BILLING: &str = "app00000000000000000000000000007";

/// The `auth0-login` command that a message says to run, as words.
#[track_caller]
fn login_in(said: &str) -> Vec<String> {
    let hint = said.rsplit_once("hint: ").unwrap_or_else(|| panic!("no hint: {said}")).1;
    let at = hint.find("auth0-login").unwrap_or_else(|| panic!("no command: {said}"));
    let command = hint[at..].lines().next().unwrap_or_default();
    command.split(' ').skip(1).map(str::to_owned).collect()
}

/// The profile that a message says to use.
#[track_caller]
fn profile_in(said: &str) -> String {
    let (_, rest) = said.split_once("run this again with --profile ").unwrap();
    rest.split([',', '\n']).next().unwrap().to_owned()
}

fn run(tenant: &Tenant, home: &Home, binary: &str, args: &[&str]) -> Ran {
    home.command(binary).trust(tenant).args(args).run()
}

/// Follows the command with the machine's credentials in the environment.
fn as_machine(tenant: &Tenant, home: &Home, command: &[String]) -> Run {
    let words: Vec<_> = command.iter().map(String::as_str).collect();
    home.command("auth0-login")
        .trust(tenant)
        .args(&words)
        .env("AUTH0_CLIENT_ID", MACHINE)
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
}

fn machine(tenant: &Tenant, more: &[&str]) -> Home {
    let home = Home::new();
    let login = ["--profile", "m", "--domain", tenant.domain(), "--client-credentials"];
    let words: Vec<_> = login.iter().chain(more).map(ToString::to_string).collect();
    as_machine(tenant, &home, &words).arg("--save-secret").run().exits(0);
    home
}

#[test]
fn a_person_without_administrative_scopes_is_led_to_a_machines_profile() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::CurrentUser);
    let home = tenant.signed_in();
    for (binary, args) in [
        ("auth0-clients", &["list", "--profile", "p"][..]),
        ("auth0-connections", &["list", "--profile", "p"]),
        ("auth0-api", &["clients", "--profile", "p"]),
    ] {
        let refused = run(&tenant, &home, binary, args).exits(4).hides("--add-scope");
        if home.profile_text("local-admin").is_none() {
            as_machine(&tenant, &home, &login_in(&refused.stderr)).run().exits(0);
        }
        let profile = profile_in(&refused.stderr);
        let again = args.iter().map(|word| if *word == "p" { profile.as_str() } else { *word });
        run(&tenant, &home, binary, &again.collect::<Vec<_>>()).exits(0);
    }
    let text = home.profile_text("p").unwrap();
    assert!(!text.contains("client_credentials"), "the person's own profile stays: {text}");
}

#[test]
fn a_person_with_administrative_scopes_asks_for_one_more() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::Administrative);
    let home = tenant.signed_in();
    let delete = ["delete", BILLING, "--yes"];
    let refused = run(&tenant, &home, "auth0-clients", &delete).exits(4);
    let command = login_in(&refused.stderr);
    assert_eq!(command, ["--profile", "p", "--add-scope", "delete:clients"]);
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    tenant.sign_in(&home, &command).0.exits(0);
    run(&tenant, &home, "auth0-clients", &delete).exits(0);
}

#[test]
fn a_scope_that_was_asked_for_in_vain_is_not_asked_for_again() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::Administrative);
    let home = tenant.signed_in();
    tenant.configure(|config| config.scope_mode = ScopeMode::CurrentUser);
    tenant.sign_in(&home, &["--profile", "p", "--add-scope", "delete:clients"]).0.exits(0);
    let refused = run(&tenant, &home, "auth0-clients", &["delete", BILLING, "--yes"]).exits(4);
    as_machine(&tenant, &home, &login_in(&refused.stderr)).run().exits(0);
    let profile = profile_in(&refused.stderr);
    let args = ["delete", BILLING, "--yes", "--profile", &profile];
    run(&tenant, &home, "auth0-clients", &args).exits(0);
}

#[test]
fn a_machine_that_asked_for_less_asks_for_more() {
    let tenant = Tenant::new();
    let home = machine(&tenant, &["--scope", "read:clients"]);
    let delete = ["delete", BILLING, "--yes"];
    let refused = run(&tenant, &home, "auth0-clients", &delete).exits(4);
    let command = login_in(&refused.stderr);
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    run(&tenant, &home, "auth0-login", &command).exits(0);
    run(&tenant, &home, "auth0-clients", &delete).exits(0);
}

#[test]
fn a_machine_whose_grant_lacks_a_scope_is_led_to_the_grant() {
    let tenant = Tenant::with(|config| config.machine_scopes = Some(vec!["read:clients".into()]));
    let home = machine(&tenant, &[]);
    let delete = ["delete", BILLING, "--yes"];
    let refused = run(&tenant, &home, "auth0-clients", &delete).exits(4);
    let refused = refused.says("add delete:clients to the client grant of the application");
    tenant.configure(|config| config.machine_scopes = None);
    let command = login_in(&refused.stderr);
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    run(&tenant, &home, "auth0-login", &command).exits(0);
    run(&tenant, &home, "auth0-clients", &delete).exits(0);
}

#[test]
fn credentials_in_the_environment_are_led_to_their_grant_or_to_their_scope() {
    let tenant = Tenant::with(|config| config.machine_scopes = Some(vec!["read:clients".into()]));
    let home = Home::new();
    let delete = || {
        home.command("auth0-clients")
            .trust(&tenant)
            .args(&["delete", BILLING, "--yes"])
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_CLIENT_ID", MACHINE)
            .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
    };
    let refused = delete().run().exits(4);
    refused.says("add delete:clients to the client grant of the application emulator-m2m");
    tenant.configure(|config| config.machine_scopes = None);
    let refused = delete().env("AUTH0_SCOPE", "read:clients").run().exits(4);
    refused.says("add delete:clients to AUTH0_SCOPE");
    delete().env("AUTH0_SCOPE", "read:clients delete:clients").run().exits(0);
}

#[test]
fn a_token_in_the_environment_is_led_to_a_machines_profile() {
    let tenant = Tenant::new();
    let home = Home::new();
    let token = tenant.access_token("read:current_user", None, 3600);
    let list = |more: &[&str]| {
        home.command("auth0-clients")
            .trust(&tenant)
            .arg("list")
            .args(more)
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_ACCESS_TOKEN", &token)
            .run()
    };
    let refused = list(&[]).exits(4);
    as_machine(&tenant, &home, &login_in(&refused.stderr)).run().exits(0);
    list(&["--profile", &profile_in(&refused.stderr)]).exits(0);
}
