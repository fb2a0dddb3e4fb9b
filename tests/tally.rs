//! The worked example of CONTRIBUTING.md, run as the command it is.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests are tests")]

use std::path::Path;
use std::process::{Command, Output};

use auth0_emulator::{Config, Emulator};

use crate::support::OwnEnvironment as _;

fn tally(tenant: &Emulator, token: &str, arguments: &[&str]) -> Output {
    let bins = Path::new(env!("CARGO_BIN_EXE_auth0-login")).parent().unwrap();
    let example = bins.join("examples/auth0-tally").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(example.exists(), "build it first: cargo build --example auth0-tally");
    Command::new(example)
        .args(arguments)
        .own_environment()
        .env("AUTH0_CONFIG_DIR", "/nowhere")
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_ACCESS_TOKEN", token)
        .output()
        .unwrap()
}

#[test]
fn it_counts_every_page() {
    let tenant = Emulator::start(Config { clients: 250, ..Config::default() }).unwrap();
    let token = tenant.access_token("read:clients", None, 600);
    let output = tally(&tenant, &token, &["-o", "jsonl"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: Vec<serde_json::Value> = output
        .stdout
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    // All but the one that stands for the tenant itself.
    assert_eq!(rows.iter().map(|row| row["count"].as_u64().unwrap()).sum::<u64>(), 249);
    assert!(rows.iter().any(|row| row["app_type"] == "spa"), "{rows:?}");

    let table = String::from_utf8(tally(&tenant, &token, &["--first-party"]).stdout).unwrap();
    assert!(table.starts_with("TYPE             COUNT\n"), "{table}");
}

/// Errors and exit codes come with the library.
#[test]
fn a_refusal_is_said_as_everywhere() {
    let tenant = Emulator::start(Config::default()).unwrap();
    let output = tally(&tenant, &tenant.access_token("read:connections", None, 600), &[]);
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot count the applications") && said.contains("hint: "), "{said}");
}
