//! A tenant that misbehaves: the right rows, or the right error and exit code.

use auth0_emulator::{Config, Fault, FaultKind};

use super::run::Tenant;
use crate::support::Ran;

const CLIENTS: &str = "/api/v2/clients";

fn listed(clients: usize, faults: Vec<Fault>) -> Ran {
    let tenant = Tenant::with(Config { clients, faults, ..Config::default() });
    tenant.clients(&["list", "-o", "jsonl", "--fields", "client_id"])
}

fn rows(ran: &Ran) -> usize {
    let mut lines = ran.lines();
    lines.sort_unstable();
    lines.dedup();
    lines.len()
}

#[test]
fn what_passes_is_waited_out_and_said() {
    for (kind, word) in [
        (FaultKind::RetryAfter(1), "limits the rate"),
        (FaultKind::Status(429), "limits the rate"),
        (FaultKind::Status(502), "HTTP 502"),
        (FaultKind::Status(503), "HTTP 503"),
        (FaultKind::Status(504), "HTTP 504"),
        (FaultKind::Reset, "broke off"),
        (FaultKind::Truncate, "127.0.0.1"),
    ] {
        // In the middle, where other pages are under way.
        let fault = Fault { after: 2, ..Fault::times(kind, CLIENTS, 1) };
        let ran = listed(450, vec![fault]).exits(0).says(word).says("trying again in");
        assert_eq!(rows(&ran), 449);
    }
}

#[test]
fn what_stays_is_an_error() {
    for (kind, code) in [
        (FaultKind::Status(400), 8),
        (FaultKind::Status(401), 3),
        (FaultKind::Status(403), 4),
        (FaultKind::Status(404), 5),
        (FaultKind::Status(500), 7),
        (FaultKind::Malformed, 7),
        (FaultKind::NotUtf8, 7),
        (FaultKind::DeepJson, 7),
    ] {
        let ran = listed(50, vec![Fault::always(kind.clone(), CLIENTS)]).exits(code);
        assert!(ran.stdout.is_empty(), "{kind:?}: {ran:?}");
    }
    for (kind, code) in
        [(FaultKind::Status(429), 6), (FaultKind::Status(503), 7), (FaultKind::Reset, 7)]
    {
        let tenant = Tenant::with(Config {
            faults: vec![Fault::always(kind, CLIENTS)],
            ..Config::default()
        });
        tenant.clients(&["list", "--max-retries", "0"]).exits(code);
        assert_eq!(tenant.emulator.requests().len(), 1);
    }
}

#[test]
fn a_failure_after_some_pages_keeps_what_was_printed() {
    let fault = Fault { after: 3, ..Fault::always(FaultKind::Status(400), CLIENTS) };
    let ran = listed(2_000, vec![fault]).exits(8);
    assert_eq!(ran.lines().len(), 200, "the first request counts, the next two are pages");
}

#[test]
fn a_wrong_total_loses_nothing() {
    for clients in [50, 130, 950] {
        let ran = listed(clients, vec![Fault::always(FaultKind::WrongTotal, CLIENTS)]).exits(0);
        assert_eq!(rows(&ran), clients - 1);
    }
}

#[test]
fn a_next_that_repeats_ends() {
    let ran = listed(1_500, vec![Fault::always(FaultKind::RepeatNext, CLIENTS)]).exits(7);
    ran.says("the list does not end");
}

#[test]
fn control_characters_do_not_reach_a_person() {
    let faults = vec![Fault::always(FaultKind::ControlCharacters, CLIENTS)];
    let tenant = Tenant::with(Config { faults, ..Config::default() });
    for args in
        [&["list"][..], &["show", "emulator-native"], &["delete", "emulator-nativ", "--yes"]]
    {
        let ran = tenant.clients(args);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{ran:?}");
        }
    }
}

#[test]
fn a_rate_limited_tenant_is_listed_to_the_end() {
    let tenant = Tenant::with(Config { clients: 650, rate_limit: 3, ..Config::default() });
    let ran = tenant.clients(&["list", "-o", "jsonl", "--fields", "client_id"]).exits(0);
    assert_eq!(rows(&ran), 649);
}
