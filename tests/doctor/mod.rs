//! `auth0-doctor`: each fault is provoked at a tenant, and the remedy that is printed mends it.

mod demands;
mod local;
mod tenant;

use auth0_emulator::{MACHINE, MACHINE_SECRET};
use serde_json::Value;

use crate::support::{Home, Ran, Run, Tenant};

/// A person's profile `p` and a machine's `m`, both signed in at the Management API.
pub(super) fn signed_in(tenant: &Tenant) -> Home {
    let home = Home::new();
    tenant.sign_in(&home, &["--profile", "p"]).0.exits(0);
    machine(tenant, &home, "m").exits(0);
    // A login on a free port is kept in the profile; here the port is one that is registered.
    home.run("auth0-profiles", &["set", "p", "redirect_uris=http://127.0.0.1:8485/callback"])
        .exits(0);
    home
}

pub(super) fn machine(tenant: &Tenant, home: &Home, name: &str) -> Ran {
    tenant.machine_login(home, name).arg("--save-secret").run()
}

pub(super) fn doctor(tenant: &Tenant, home: &Home, args: &[&str]) -> Run {
    home.command("auth0-doctor").trust(tenant).args(&["-o", "json"]).args(args)
}

/// One check's line: status, message and hint.
#[track_caller]
pub(super) fn line(ran: &Ran, check: &str) -> (String, String, String) {
    let rows = ran.json();
    let row = rows.as_array().unwrap().iter().find(|row| row["check"] == check);
    let row = row.unwrap_or_else(|| panic!("no line {check:?}: {ran:?}"));
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("message"), text("hint"))
}

#[track_caller]
pub(super) fn status(ran: &Ran, check: &str) -> String {
    line(ran, check).0
}

/// The command in a hint, as words: the last one of its lines that has one.
#[track_caller]
pub(super) fn command(hint: &str, program: &str) -> Vec<String> {
    let from = hint.find(program).unwrap_or_else(|| panic!("no {program} in {hint:?}"));
    let line = hint[from..].lines().next().unwrap().trim_end_matches('`');
    line.split(' ').map(|word| word.replace('"', "")).collect()
}

/// Runs the command that a hint names.
#[track_caller]
pub(super) fn follow(tenant: &Tenant, home: &Home, hint: &str, program: &str) -> Ran {
    let words = command(hint, program);
    let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    home.command(&words[0]).trust(tenant).args(&args).run().exits(0)
}

/// Changes the tenant's settings with the machine's profile.
#[track_caller]
pub(super) fn api(tenant: &Tenant, home: &Home, args: &[&str]) -> Ran {
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
