//! Names that differ only in case name one profile, and no name shares a lock or hits a device.

use super::{current, profiles, write};
use crate::support::Home;

/// The files of profiles as the folder spells them: some file systems find them by any spelling.
fn spelled(home: &Home) -> Vec<String> {
    let files = std::fs::read_dir(home.config().join("profiles")).unwrap();
    let mut files: Vec<_> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    files
}

#[test]
fn any_name_is_a_name_like_another() {
    // Names of our own files and folders.
    for name in ["config", "config.toml", "profiles", "locks", "p.lock", "p.tmp", "p.new"] {
        let home = Home::new();
        write(&home, name, "");
        profiles(&home, &["use", name]).exits(0);
        profiles(&home, &["set", name, "organization=org_x"]).exits(0);
        profiles(&home, &["rename", name, "other"]).exits(0);
        assert_eq!(current(&home), "other");
        profiles(&home, &["rename", "other", name]).exits(0);
        assert_eq!(current(&home), name);
        profiles(&home, &["remove", name, "--yes"]).exits(0);
        assert_eq!(home.profile_text(name), None);
    }
}

#[test]
fn names_that_differ_only_in_case_name_one_profile() {
    let home = Home::new();
    write(&home, "Dev", "");
    write(&home, "other", "");
    profiles(&home, &["use", "dev"]).exits(0).says("now Dev");
    assert_eq!(current(&home), "Dev");
    let listed = profiles(&home, &["list", "-o", "json"]).exits(0).json();
    assert_eq!((&listed[0]["profile"], &listed[0]["current"]), (&"Dev".into(), &true.into()));
    profiles(&home, &["set", "DEV", "organization=org_x"]).exits(0);
    assert!(home.profile_text("Dev").unwrap().contains("org_x"));
    assert_eq!(spelled(&home), ["Dev.toml", "other.toml"]);
    let shown = profiles(&home, &["show", "dEV", "-o", "json"]).exits(0).json();
    assert_eq!(shown["profile"], "Dev");
    let domain = ["--domain", "acme.eu.auth0.com", "--client-id", "c"];
    profiles(&home, &[&["add", "DEV"], &domain[..]].concat()).exits(2).says("'Dev' already");
    profiles(&home, &["rename", "other", "dev"]).exits(2).says("'Dev' already");
    let by_option = home.run("auth0-profiles", &["current", "--profile", "dEv"]);
    by_option.exits(0).prints_line("Dev");
    let by_variable = home.command("auth0-profiles").env("AUTH0_PROFILE", "dEv").args(&["current"]);
    by_variable.run().exits(0).prints_line("Dev");
    // One lock for every spelling.
    let locks = std::fs::read_dir(home.config().join("locks")).unwrap();
    let locks: Vec<_> = locks.map(|lock| lock.unwrap().file_name()).collect();
    assert!(
        locks
            .iter()
            .all(|lock| lock == "dev.lock" || lock == ".config.lock" || lock == "other.lock"),
        "{locks:?}"
    );
    // Named twice is meant once.
    profiles(&home, &["remove", "dev", "DEV", "--yes"]).exits(0);
    profiles(&home, &["current"]).exits(0).prints_line("other");
}

#[test]
fn a_rename_can_change_only_the_case() {
    let home = Home::new();
    write(&home, "Dev", "# mine\n");
    profiles(&home, &["use", "Dev"]).exits(0);
    profiles(&home, &["rename", "dev", "DEV"]).exits(0);
    assert_eq!(current(&home), "DEV");
    assert_eq!(spelled(&home), ["DEV.toml"]);
    assert!(home.profile_text("DEV").unwrap().contains("# mine"));
    profiles(&home, &["rename", "dev", "DEV"]).exits(2).says("already");
}

#[test]
fn device_names_of_windows_are_refused_everywhere() {
    let home = Home::new();
    write(&home, "p", "");
    for name in ["con", "NUL", "Aux", "prn", "com1", "LPT9", "nul.production", "con."] {
        let domain = ["--domain", "acme.eu.auth0.com", "--client-id", "c"];
        profiles(&home, &[&["add", name], &domain[..]].concat()).exits(2).says("device");
        profiles(&home, &["rename", "p", name]).exits(2).says("device");
        home.run("auth0-token", &["--profile", name]).exits(2).says("device");
    }
    for name in ["console", "com10", "nullable", "my.con", "lpt"] {
        profiles(&home, &["rename", "p", name]).exits(0);
        profiles(&home, &["rename", name, "p"]).exits(0);
    }
}

/// Another process removes the profile while a command waits for its lock.
#[test]
fn what_was_removed_while_a_command_waited_stays_removed() {
    for args in [
        &["set", "p", "organization=org_x"][..],
        &["unset", "p", "organization"],
        &["rename", "p", "q"],
        &["remove", "p", "--yes"],
    ] {
        let home = Home::new();
        write(&home, "p", "organization = \"o\"\n");
        crate::support::private_dir(&home.config().join("locks"));
        let path = home.config().join("locks/p.lock");
        let lock = std::fs::File::create(&path).unwrap();
        lock.lock().unwrap();
        let waiting = home.command("auth0-profiles").args(args).start();
        waiting.hears("waiting for another process");
        std::fs::remove_file(home.config().join("profiles/p.toml")).unwrap();
        drop(lock);
        waiting.wait().exits(2).says("there is no profile 'p'");
        assert_eq!((home.profile_text("p"), home.profile_text("q")), (None, None), "{args:?}");
    }
}
