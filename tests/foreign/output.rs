//! What goes to stdout.

use serde_json::json;

use super::{LATER, home_at, jwt};
use crate::api::fake::{Reply, Tenant};
use crate::support::Home;

#[test]
fn a_pipe_gets_the_bytes_unchanged() {
    let name = "\u{9b}2J\u{202e}\u{e0041}\u{ad}é";
    let claims = json!({"scope": name, "exp": 4_000_000_000_u64});
    let home = Home::new();
    let ran = home
        .command("auth0-token")
        .arg("--claims")
        .env("AUTH0_DOMAIN", "acme.eu.auth0.com")
        .env("AUTH0_ACCESS_TOKEN", jwt(&claims))
        .run()
        .exits(0);
    assert!(ran.stdout.contains(name), "{ran:?}");
    let tenant = Tenant::new(move |_| Reply::json(200, json!([{"name": name}])));
    for format in ["json", "jsonl", "csv"] {
        let ran = tenant.run(&["roles", "-o", format]).exits(0);
        assert!(ran.stdout.contains(name), "{ran:?}");
    }
}

#[test]
fn claims_are_one_line_where_lines_are_asked_for() {
    let claims = json!({"scope": "read:clients", "exp": 4_000_000_000_u64});
    let home = Home::new();
    let token = |args: &[&str]| {
        let run = home.command("auth0-token").args(args).env("AUTH0_DOMAIN", "acme.eu.auth0.com");
        run.env("AUTH0_ACCESS_TOKEN", jwt(&claims)).run()
    };
    let line = r#"{"scope":"read:clients","exp":4000000000}"#;
    token(&["--claims", "-o", "jsonl"]).exits(0).prints_line(line);
    assert!(token(&["--claims", "-o", "json"]).exits(0).lines().len() > 1);
    // A header is no JSON: neither is ignored.
    let header = format!("Authorization: Bearer {}", jwt(&claims));
    token(&["--header"]).exits(0).prints_line(&header);
    for format in ["json", "jsonl"] {
        token(&["--header", "-o", format]).exits(2).prints("").says("--header");
    }
}

#[test]
fn a_token_that_is_not_one_word_is_refused() {
    for bad in ["first\nSecond: line", "a b", "a\u{1b}[2J", "a\u{202e}b", "tøken"] {
        let home = home_at("https://acme.eu.auth0.com", "TOKEN", LATER);
        let escaped = bad.replace('\n', "\\n").replace('\u{1b}', "\\u001b");
        home.edit("p", |text| text.replace("TOKEN", &escaped));
        for args in [&[][..], &["--header"], &["-o", "json"]] {
            home.run("auth0-token", args).exits(3).prints("").says("auth0-login").hides(bad);
        }
    }
}

#[test]
fn csv_safe_guards_every_command_that_prints_rows() {
    let home = Home::new();
    let begins = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"];
    let rows: Vec<_> = begins.iter().map(|begin| json!({"name": format!("{begin}1+1")})).collect();
    let expected = rows.len();
    let tenant = Tenant::new(move |_| Reply::json(200, json!(rows)));
    let ran = tenant.run(&["roles", "-o", "tsv", "--csv-safe"]).exits(0);
    let guarded = ran.lines().iter().filter(|line| line.starts_with('\'')).count();
    assert_eq!(guarded, expected, "{ran:?}");
    let plain = tenant.run(&["roles", "-o", "tsv"]).exits(0);
    assert!(!plain.stdout.contains('\''), "{plain:?}");

    let ours = home_at("https://acme.eu.auth0.com", "t", LATER);
    ours.edit("p", |text| format!("{text}\n[user]\nsub = \"s\"\nname = \"＝cmd\"\n"));
    let list = ours.run("auth0-profiles", &["list", "-o", "csv", "--csv-safe"]).exits(0);
    assert!(list.stdout.contains(",'＝cmd,"), "{list:?}");

    // Where there are no rows there is nothing to guard.
    home.run("auth0-token", &["--csv-safe"]).exits(2).says("has no rows");
}
