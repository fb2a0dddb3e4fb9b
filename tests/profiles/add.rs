//! A profile without a login.

use super::{current, profiles, write};
use crate::support::Home;

const APPLICATION: [&str; 4] = ["--domain", "acme.eu.auth0.com", "--client-id", "abc"];

#[test]
fn the_first_one_is_for_its_owner_alone_and_becomes_the_current_one() {
    let home = Home::new();
    let mut add = vec!["add", "one"];
    add.extend(APPLICATION);
    profiles(&home, &add).exits(0).prints("").says("auth0-login --profile one");
    assert_eq!(
        home.profile_text("one").unwrap(),
        "domain = \"acme.eu.auth0.com\"\nclient_id = \"abc\"\n"
    );
    #[cfg(unix)]
    for (name, mode) in
        [("", 0o700), ("profiles", 0o700), ("profiles/one.toml", 0o600), ("config.toml", 0o600)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = home.config().join(name).metadata().unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
    assert_eq!(current(&home), "one");
    add[1] = "two";
    profiles(&home, &add).exits(0);
    assert_eq!(current(&home), "one");
    add[1] = "three";
    add.push("--use");
    profiles(&home, &add).exits(0);
    assert_eq!(current(&home), "three");
}

#[test]
fn every_setting_has_a_flag() {
    let home = Home::new();
    let flags = [
        "--audience",
        "https://api.example.com",
        "--scope",
        "openid profile",
        "--scope",
        "read:things",
        "--redirect-uri",
        "http://127.0.0.1:5000/callback",
        "--redirect-uri",
        "http://localhost:8484/callback",
        "--grant",
        "device_code",
        "--organization",
        "org_1",
    ];
    let args = [&["add", "api"][..], &APPLICATION, &flags].concat();
    profiles(&home, &args).exits(0);
    let settings = home.profile("api").settings;
    assert_eq!(settings.audience.unwrap(), "https://api.example.com");
    assert_eq!(settings.scope.unwrap(), ["openid", "profile", "read:things"]);
    assert_eq!(settings.redirect_uris.unwrap().len(), 2);
    assert_eq!(settings.grant.unwrap().name(), "device_code");
    assert_eq!(settings.organization.unwrap(), "org_1");
}

#[test]
fn what_cannot_be_used_is_refused_and_nothing_is_written() {
    let home = Home::new();
    let long = "x".repeat(65);
    for name in ["../x", "a/b", ".x", "", "ä", &long] {
        let args = [&["add", name][..], &APPLICATION].concat();
        profiles(&home, &args).exits(2).prints("").says("invalid profile name");
    }
    let dashed = |after: &[&'static str]| [&["add"][..], &APPLICATION, after].concat();
    profiles(&home, &dashed(&["-x"])).exits(2).prints("");
    profiles(&home, &dashed(&["--", "-x"])).exits(2).prints("").says("invalid profile name");
    for domain in ["http://acme.eu.auth0.com", "acme.eu.auth0.com/path", "a b", ""] {
        profiles(&home, &["add", "x", "--domain", domain, "--client-id", "abc"]).exits(2);
    }
    profiles(&home, &["add", "x", "--domain", "acme", "--client-id", "abc"])
        .exits(2)
        .says("acme.eu.auth0.com")
        .says("acme.us.auth0.com");
    for wrong in [
        ["--grant", "password"],
        ["--redirect-uri", "https://evil.example/callback"],
        ["--scope", "a\"b"],
        ["--client-id", ""],
    ] {
        let domain = ["add", "x", "--domain", "acme.eu.auth0.com"];
        let id = if wrong[0] == "--client-id" { &[][..] } else { &["--client-id", "abc"] };
        profiles(&home, &[&domain[..], id, &wrong].concat()).exits(2).prints("");
    }
    assert!(home.files().is_empty(), "{:?}", home.files());
    let longest = "x".repeat(64);
    profiles(&home, &[&["add", &longest][..], &APPLICATION].concat()).exits(0);
}

#[test]
fn a_profile_is_never_replaced() {
    let home = Home::new();
    write(&home, "one", "# mine\n");
    let before = home.profile_text("one");
    profiles(&home, &[&["add", "one"][..], &APPLICATION].concat())
        .exits(2)
        .prints("")
        .says("there is a profile 'one' already")
        .says("hint: ");
    assert_eq!(home.profile_text("one"), before);
    assert!(!home.config().join("config.toml").exists());
}
