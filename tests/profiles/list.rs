//! How profiles stand, in every format.

use super::{LATER, profiles, token, write};
use crate::support::{Home, Ran};

const BEFORE: &str = "2020-01-01T00:00:00Z";
const BROKEN: &str = "domain = \"broken.eu.auth0.com\"\nclient_id = [client-secret-nobody-sees\n";

/// A profile in every state, and one that cannot be read.
fn every_state() -> Home {
    let home = Home::new();
    write(&home, "away", &token("away", BEFORE, false));
    home.write("config/profiles/broken.toml", BROKEN);
    let machine = "grant = \"client_credentials\"\nclient_secret = \"client-secret-nobody-sees\"\n";
    write(&home, "machine", machine);
    write(&home, "new", "");
    write(&home, "renews", &token("renews", BEFORE, true));
    write(&home, "valid", &token("valid", LATER, false));
    profiles(&home, &["use", "valid"]).exits(0);
    home
}

#[track_caller]
fn list(home: &Home, format: &str) -> Ran {
    profiles(home, &["list", "-o", format]).exits(0).hides("nobody-sees")
}

#[test]
fn the_table_tells_states_and_scopes() {
    let ran = list(&every_state(), "table");
    let lines = ran.lines();
    assert_eq!(lines.len(), 7, "{ran:?}");
    let words: Vec<Vec<_>> =
        lines.iter().map(|line| line.split("  ").filter(|w| !w.is_empty()).collect()).collect();
    let trimmed: Vec<Vec<_>> =
        words.iter().map(|line| line.iter().map(|w| w.trim()).collect()).collect();
    assert_eq!(trimmed[0], ["PROFILE", "DOMAIN", "SIGNED IN AS", "BY", "SCOPES", "TOKEN"]);
    let row = |name: &str, user: &str, scopes: &str, state: &str| {
        let domain = format!("{name}.eu.auth0.com");
        [name, &domain, user, "browser", scopes, state].map(str::to_owned)
    };
    assert_eq!(trimmed[1], row("away", "ada@away.example", "read:clients", "expired"));
    let line = lines[2];
    assert!(line.contains("broken") && line.contains("line 2, column"), "{line}");
    assert_eq!(trimmed[3][1..], ["machine.eu.auth0.com", "-", "machine", "-", "renews by itself"]);
    assert_eq!(trimmed[4], row("new", "-", "-", "none"));
    assert_eq!(trimmed[5], row("renews", "ada@renews.example", "read:clients", "renews by itself"));
    assert!(lines[6].starts_with("*  valid "), "{ran:?}");
    assert!(trimmed[6].last().unwrap().starts_with("valid for "), "{ran:?}");
}

#[test]
fn software_reads_the_same_without_marks() {
    let home = every_state();
    let rows = list(&home, "json").json();
    let states: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["profile"].as_str().unwrap(), row["state"].as_str().unwrap()))
        .collect();
    let expected = [
        ("away", "expired"),
        ("broken", "broken"),
        ("machine", "none"),
        ("new", "none"),
        ("renews", "renewable"),
        ("valid", "valid"),
    ];
    assert_eq!(states, expected);
    assert_eq!(rows[5]["current"], true);
    assert_eq!(rows[0]["current"], false);
    assert_eq!(rows[0]["scope"], serde_json::json!(["openid", "read:clients"]));
    assert_eq!(rows[3]["scope"], serde_json::Value::Null);
    assert_eq!(rows[2]["refreshable"], true);
    assert_eq!(rows[2]["grant"], "client_credentials");
    assert_eq!(rows[5]["expires_at"], LATER);
    for name in ["mark", "signed_in_as", "by", "scopes"] {
        assert!(rows[0].get(name).is_none(), "{name} is for the table");
    }

    let ran = list(&home, "jsonl");
    assert_eq!(ran.lines().len(), 6);
    for (at, line) in ran.lines().iter().enumerate() {
        assert_eq!(serde_json::from_str::<serde_json::Value>(line).unwrap(), rows[at]);
    }
    for (format, between) in [("csv", ','), ("tsv", '\t')] {
        let ran = list(&home, format);
        let heading = [
            "profile",
            "domain",
            "user.sub",
            "user.name",
            "user.email",
            "grant",
            "scope",
            "status",
        ];
        assert_eq!(ran.lines()[0].trim_end(), heading.join(&between.to_string()), "{ran:?}");
        assert!(ran.lines()[1].starts_with(&format!("away{between}away.eu.auth0.com")));
    }
    let chosen = profiles(&home, &["list", "--fields", "state,profile", "-o", "csv"]).exits(0);
    assert_eq!(chosen.lines()[1].trim_end(), "expired,away");
}

#[test]
fn no_profile_is_an_empty_list_and_a_hint() {
    let home = Home::new();
    profiles(&home, &["list", "-o", "json"]).exits(0).prints_line("[]").says("auth0-login");
    profiles(&home, &["list", "-o", "jsonl"]).exits(0).prints("").says("auth0-login");
    assert!(home.files().is_empty(), "looking writes nothing");
}

#[test]
fn one_profile_is_shown_whole_but_for_its_secrets() {
    let home = every_state();
    let shown = profiles(&home, &["show", "-o", "json"]).exits(0).json();
    assert_eq!(shown["profile"], "valid");
    assert_eq!(shown["audience"], "https://valid.eu.auth0.com/api/v2/");
    assert_eq!(shown["user"]["email"], "ada@valid.example");
    assert_eq!(shown["scope"], serde_json::json!(["openid", "read:clients"]));
    assert_eq!(shown["credential_saved"], false);
    let machine = profiles(&home, &["show", "machine", "-o", "json"]).exits(0).json();
    assert_eq!(machine["credential_saved"], true);
    for format in ["table", "jsonl", "csv", "tsv"] {
        for name in ["away", "machine", "new", "renews", "valid"] {
            let ran = profiles(&home, &["show", name, "-o", format]).exits(0);
            assert!(ran.stdout.contains(&format!("{name}.eu.auth0.com")), "{ran:?}");
        }
    }
    profiles(&home, &["show", "vald"]).exits(2).prints("").says("did you mean valid?");
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_place_and_never_written() {
    let home = every_state();
    for args in [
        &["show", "broken"][..],
        &["set", "broken", "client_id=x"],
        &["unset", "broken", "client_id"],
    ] {
        profiles(&home, args).exits(2).prints("").says("broken.toml").says("line 2, column");
    }
    home.write(".env", "AUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_CLIENT_ID=abc\n");
    for args in [
        &["add", "broken", "--domain", "acme.eu.auth0.com", "--client-id", "x"][..],
        &["import", "broken", "--env-file", ".env"],
        &["rename", "new", "broken"],
    ] {
        profiles(&home, args).exits(2).prints("").says("already");
    }
    profiles(&home, &["use", "broken"]).exits(0);
    profiles(&home, &["path"]).exits(0);
    profiles(&home, &["set", "client_id=x"]).exits(2).says("line 2, column");
    list(&home, "json");
    assert_eq!(home.profile_text("broken").unwrap(), BROKEN);
    profiles(&home, &["rename", "broken", "mended"]).exits(0);
    assert_eq!(home.profile_text("mended").unwrap(), BROKEN, "moved as it is");
}
