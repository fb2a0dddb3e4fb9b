//! A person at a terminal: everything foreign is escaped, and messages fit.

use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::jwt;
use crate::api::fake::{Reply, Tenant};
use crate::support::{Browser, Home};

/// What a terminal would obey, reorder or hide.
const NASTY: &str = "\u{9b}2J\u{7}\u{202e}x\u{e0041}\u{ad}\u{2062}\u{fff9}\u{180e}\u{3164}";

/// All that a terminal got from a line for a shell.
fn seen(home: &Home, line: &str, env: &[(&str, &str)]) -> String {
    let run = env.iter().fold(home.terminal(line), |run, (name, value)| run.env(name, value));
    run.run().stderr.replace("\r\n", "\n")
}

#[track_caller]
fn is_clean(said: &str) {
    let bad = said.chars().find(|c| NASTY.contains(*c) && !c.is_ascii_alphanumeric());
    assert_eq!(bad, None, "{said:?}");
}

#[test]
fn claims_and_tokens_of_a_server_are_escaped() {
    let home = Home::new();
    let token = jwt(&json!({"scope": NASTY, "exp": 4_000_000_000_u64}));
    let env = [("AUTH0_DOMAIN", "acme.eu.auth0.com"), ("AUTH0_ACCESS_TOKEN", token.as_str())];
    for format in ["json", "jsonl"] {
        let said = seen(&home, &format!("auth0-token --claims -o {format} --color never"), &env);
        is_clean(&said);
        let claims: serde_json::Value =
            serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
        assert_eq!(claims["scope"], NASTY);
    }
}

#[test]
fn every_format_and_a_dry_run_are_escaped() {
    let tenant = Tenant::new(|seen| match seen.path.as_str() {
        "/api/v2/clients/app00000000000000000000001" => Reply::json(
            200,
            json!({"client_id": "app00000000000000000000001", "name": NASTY,
                   "jwt_configuration": {"alg": NASTY, "lifetime_in_seconds": 1}}),
        ),
        _ => Reply::json(200, json!([{"name": NASTY}])).header("x-auth0-requestid", "a\tb"),
    });
    let home = Home::new();
    let env = [("AUTH0_DOMAIN", tenant.origin.as_str()), ("AUTH0_ACCESS_TOKEN", "test-token")];
    for line in [
        "auth0-api roles",
        "auth0-api roles --raw",
        "auth0-api roles -i",
        "auth0-api roles -o table",
        "auth0-api roles -o csv",
        "auth0-api roles -o tsv",
        "auth0-api roles -o jsonl",
        "auth0-clients show app00000000000000000000001",
        "auth0-clients show app00000000000000000000001 -o json",
        "auth0-clients update app00000000000000000000001 --set jwt_configuration.lifetime_in_seconds=2 --dry-run",
    ] {
        let said = seen(&home, &format!("{line} --color never"), &env);
        assert!(said.contains("202e"), "{line}: {said:?}");
        is_clean(&said);
    }
}

#[test]
fn what_a_login_says_of_a_person_is_escaped() {
    let tenant = crate::support::Tenant::new();
    let home = Home::new();
    let line = format!(
        "auth0-login --no-browser --redirect-uri http://127.0.0.1:0/callback -o json --color never \
         --domain {} --client-id {} --scope 'openid a\u{3b1}'",
        tenant.domain(),
        auth0_emulator::NATIVE
    );
    // A scope with such a letter is refused without being repeated.
    let said = seen(&home, &line, &[]);
    assert!(said.contains("error: ") && !said.contains('\u{3b1}'), "{said}");
    // The answer of a login is valid JSON on a terminal too.
    let line = line.replace(" --scope 'openid a\u{3b1}'", "");
    let login = home.terminal(&line).trust(&tenant).start();
    let address = login.hears("here.\r\n");
    let from = address.find("\n  http").unwrap() + 3;
    let address = address[from..].lines().next().unwrap().trim_end().to_owned();
    let _ = Browser::new(&tenant).sign_in(&address);
    let said = login.wait().stderr;
    let object =
        said.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{said}"));
    assert!(serde_json::from_str::<serde_json::Value>(object.trim_end()).is_ok(), "{object}");
}

#[test]
fn messages_fit_the_terminal_and_commands_stay_whole() {
    let home = Home::new();
    home.write("config/profiles/first.toml", "domain = \"acme.eu.auth0.com\"\nclient_id = \"c\"\n");
    for columns in [40, 60, 80] {
        let said = seen(
            &home,
            &format!(
                "stty cols {columns}; auth0-login --domain acme --client-id c; auth0-clients list"
            ),
            &[("NO_COLOR", "1")],
        );
        let command = "auth0-login --profile first";
        assert!(said.lines().any(|line| line.contains(command)), "{said}");
        for line in said.lines() {
            assert!(line.width() <= columns, "{} columns in {columns}: {line}", line.width());
        }
        // A line of ours is a label's, or indented.
        let labelled =
            |line: &str| ["error: ", "hint: ", "    "].iter().any(|start| line.starts_with(start));
        assert!(said.lines().all(labelled), "{said}");
    }
    let line = "stty cols 30; auth0-clients list";
    let said = seen(&home, line, &[]);
    assert!(
        said.contains("\n    auth0-login --profile first\n")
            || said.contains("hint: sign in: auth0-login"),
        "{said}"
    );
    // In a pipe, every message is one line.
    let ran = home.run("auth0-login", &["--domain", "acme", "--client-id", "c"]).exits(2);
    assert_eq!(ran.stderr.lines().count(), 2, "{ran:?}");
}
