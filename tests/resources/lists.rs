//! Lists: complete, in order, streamed, in every format.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use auth0_emulator::Config;
use serde_json::{Value, json};

use super::run::Tenant;

fn with_clients(clients: usize) -> Tenant {
    Tenant::with(Config { clients, ..Config::default() })
}

/// The IDs as the emulator seeds them, without the global client.
fn ids(clients: usize) -> Vec<String> {
    let seeded = ["emulator-native".to_owned(), "emulator-m2m".to_owned()];
    seeded.into_iter().chain((3..clients).map(|index| format!("app{index:029}"))).collect()
}

#[test]
fn every_size_is_complete_and_in_order() {
    for clients in [3, 101, 102, 103, 1000, 1001, 1002, 1234] {
        let tenant = with_clients(clients);
        let ran = tenant.clients(&["list", "--fields", "client_id", "-o", "tsv"]).exits(0);
        assert_eq!(ran.lines()[1..], ids(clients), "{clients} clients");
    }
}

#[test]
fn a_hundred_thousand_clients_are_listed() {
    let tenant = Tenant::with(Config { clients: 100_000, tls: true, ..Config::default() });
    let ran = tenant.clients(&["list", "-o", "jsonl", "--fields", "client_id"]).exits(0);
    let lines = ran.lines();
    assert_eq!(lines.len(), 99_999);
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), 99_999);
    assert_eq!(lines[99_998], format!("{{\"client_id\":\"app{:029}\"}}", 99_999));
    let table = tenant.clients(&["list"]).exits(0);
    assert_eq!(table.lines().len(), 100_000);
}

#[test]
fn limits_ask_for_no_more_than_they_need() {
    let tenant = with_clients(1500);
    for (limit, requests) in [(0, 0), (1, 1), (100, 1), (101, 2), (250, 3)] {
        tenant.emulator.forget_requests();
        let ran = tenant.clients(&["list", "--limit", &limit.to_string(), "-o", "jsonl"]).exits(0);
        assert_eq!(ran.lines().len(), limit);
        assert_eq!(tenant.emulator.requests().len(), requests, "--limit {limit}");
    }
    tenant.emulator.forget_requests();
    let none = tenant.clients(&["list", "--limit", "0", "--query", "billing", "-o", "jsonl"]);
    none.exits(0).prints("");
    assert!(tenant.emulator.requests().is_empty());
    let ran = tenant.clients(&["list", "--limit", "1100", "-o", "jsonl"]).exits(0);
    assert_eq!(ran.lines().len(), 1100);
}

#[test]
fn filters_are_the_apis_own_where_it_has_them() {
    let tenant = with_clients(60);
    let ran = tenant.clients(&[
        "list",
        "--app-type",
        "m2m,spa",
        "--third-party",
        "--fields",
        "app_type,is_first_party",
        "-o",
        "jsonl",
    ]);
    let ran = ran.exits(0);
    assert!(!ran.lines().is_empty());
    for line in ran.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(
            row["is_first_party"] == false
                && ["non_interactive", "spa"].contains(&row["app_type"].as_str().unwrap()),
            "{row}"
        );
    }
    let query = tenant.emulator.requests().pop().unwrap().query;
    for part in [
        "app_type=non_interactive%2Cspa",
        "is_first_party=false",
        "is_global=false",
        "fields=app_type%2Cis_first_party",
    ] {
        assert!(query.contains(part), "{part} is not in {query}");
    }
    let ran = tenant
        .clients(&[
            "list",
            "--include-global",
            "--query",
            "ALL app",
            "-o",
            "json",
            "--fields",
            "name",
        ])
        .exits(0);
    assert_eq!(ran.json(), json!([{"name": "All Applications"}]));
    let ran =
        tenant.clients(&["list", "--query", "billing", "--limit", "2", "-o", "jsonl"]).exits(0);
    assert_eq!(ran.lines().len(), 2);
    tenant.clients(&["list", "--first-party", "--third-party"]).exits(2);
}

#[test]
fn only_what_is_shown_is_asked_for() {
    let tenant = with_clients(5);
    for (args, fields) in [
        (&["list"][..], "fields=client_id%2Cname%2Capp_type%2Cis_first_party&include_fields=true"),
        (
            &["list", "-o", "csv"],
            "fields=client_id%2Cname%2Capp_type%2Cis_first_party&include_fields=true",
        ),
        (
            &["list", "-o", "json"],
            "fields=client_secret%2Cencryption_key%2Csigning_keys&include_fields=false",
        ),
        (
            &["list", "--fields", "jwt_configuration.alg,name"],
            "fields=jwt_configuration%2Cname&include_fields=true",
        ),
    ] {
        tenant.clients(args).exits(0);
        let query = tenant.emulator.requests().pop().unwrap().query;
        assert!(query.contains(fields), "{args:?}: {query}");
    }
    tenant.clients(&["list", "-o", "json", "--reveal-secrets"]).exits(0);
    assert!(!tenant.emulator.requests().pop().unwrap().query.contains("fields"));
}

#[test]
fn formats_agree() {
    let tenant = with_clients(12);
    let fields = ["--fields", "client_id,name"];
    let run =
        |format: &str| tenant.clients(&[&["list", "-o", format], &fields[..]].concat()).exits(0);
    let rows = run("json").json();
    let rows = rows.as_array().unwrap();
    let lines = run("jsonl");
    assert_eq!(
        lines
            .lines()
            .iter()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .collect::<Vec<_>>(),
        *rows
    );
    for (format, separator) in [("csv", ','), ("tsv", '\t')] {
        let ran = run(format);
        assert_eq!(ran.lines().len(), rows.len() + 1);
        for (line, row) in ran.lines()[1..].iter().zip(rows) {
            let cells: Vec<_> = line.trim_end().split(separator).collect();
            assert_eq!(cells, [row["client_id"].as_str().unwrap(), row["name"].as_str().unwrap()]);
        }
    }
    let table = run("table");
    assert!(table.stdout.contains("受注管理"), "{table:?}");
}

#[test]
fn an_empty_list_is_an_empty_list() {
    let tenant = Tenant::with(Config { connections: 0, ..Config::default() });
    assert_eq!(tenant.connections(&["list", "-o", "json"]).exits(0).json(), json!([]));
    assert_eq!(tenant.connections(&["list", "-o", "jsonl"]).exits(0).stdout, "");
    assert_eq!(tenant.connections(&["list", "-o", "csv"]).exits(0).lines().len(), 1);
    tenant.connections(&["list"]).exits(0).says("no connections to show");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let tenant = with_clients(3000);
    let mut command = tenant.command("clients", &["list", "-o", "jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.ends_with("}\n"), "{line}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn rows_that_vanish_or_appear_while_paging_end_no_list() {
    for clients in [900, 2_500] {
        let latency = std::time::Duration::from_millis(2);
        let tenant = Tenant::with(Config { clients, latency, ..Config::default() });
        let mut list = tenant.command("clients", &["list", "-o", "jsonl", "--fields", "client_id"]);
        let list = list.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let gone: String = (3..63).map(|index| format!("app{index:029}\n")).collect();
        tenant.piped("clients", &["delete", "-", "--yes"], &gone).exits(0);
        for name in ["one", "two", "three"] {
            tenant.clients(&["create", "--name", name]).exits(0);
        }
        let output = list.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let rows = String::from_utf8(output.stdout).unwrap().lines().count();
        assert!(rows > clients - 200 && rows <= clients + 3, "{rows} of {clients}");
    }
}
