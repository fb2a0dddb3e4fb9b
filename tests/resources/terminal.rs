//! A person at a terminal: what is cut, what is asked, what is said while it takes its time.

use std::time::Duration;

use auth0_emulator::{Config, Fault, FaultKind};
use unicode_width::UnicodeWidthStr;

use super::run::Tenant;
use crate::support::{Home, Running};

const BILLING: &str = "app00000000000000000000000000007";
const ENTER: &str = "\r";

/// All that the terminal got.
fn ended_with(running: Running, code: i32) -> String {
    running.hears(&format!("ended with {code}\r\n"));
    running.wait().stderr
}

#[test]
fn a_table_is_as_wide_as_the_terminal() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let whole = tenant.connections(&["list"]).exits(0).stdout;
    for columns in [64, 80, 200] {
        let line = format!("stty cols {columns}; auth0-connections list --color never");
        let said = ended_with(tenant.at_desk(&home, &line), 0).replace("\r\n", "\n");
        let table = said.rsplit_once("ended with").unwrap().0;
        let widest = table.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= columns, "{widest} columns of {columns}:\n{table}");
        assert!(table.contains("con_0000000000000000"), "an ID is never cut:\n{table}");
        assert_eq!(table == whole, columns == 200, "{table}");
        assert_eq!(table.contains('…'), columns < 200, "{table}");
    }
}

#[test]
fn no_format_hands_a_servers_control_characters_to_a_terminal() {
    let faults = vec![Fault::always(FaultKind::ControlCharacters, "/api/v2/clients")];
    let tenant = Tenant::with(Config { tls: true, faults, ..Config::default() });
    let home = Home::new();
    for format in ["table", "json", "jsonl", "csv", "tsv"] {
        let line = format!("auth0-clients list --color never -o {format}");
        let said = ended_with(tenant.at_desk(&home, &line), 0);
        assert!(said.contains("title"), "{said}");
        // The status line's own are not among them: nothing takes long here.
        assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}']), "{said:?}");
    }
}

#[test]
fn what_goes_is_named_and_asked_about() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let line = format!("auth0-clients delete {BILLING} app00000000000000000000000000008");
    for (answer, code, left) in [("n", 1, true), ("y", 0, false)] {
        let mut delete = tenant.at_desk(&home, &line);
        let place = tenant.emulator.domain();
        let said = delete.hears(&format!("delete these 2 clients on {place}? [y/N] "));
        assert!(said.contains(&format!("'Billing' ({BILLING})")), "{said}");
        delete.types(&format!("{answer}{ENTER}"));
        ended_with(delete, code);
        assert_eq!(tenant.emulator.client(BILLING).is_some(), left);
    }
    let mut rotate = tenant.at_desk(&home, "auth0-clients rotate-secret 'Café Menü'");
    rotate.hears("rotate the secret of the client 'Café Menü'");
    rotate.types("\u{3}");
    ended_with(rotate, 130);
    assert_eq!(tenant.writes().len(), 2, "the deletions alone");
}

#[test]
fn what_takes_long_is_said_and_wiped() {
    let latency = Duration::from_secs(2);
    let tenant = Tenant::with(Config { tls: true, latency, ..Config::default() });
    let home = Home::new();
    let line = format!("auth0-clients show {BILLING} --fields name");
    let said = ended_with(tenant.at_desk(&home, &format!("NO_COLOR=1 {line}")), 0);
    let (before, after) = said.split_once("waiting for the tenant …").unwrap();
    assert_eq!(before, "\r\u{1b}[2K");
    assert!(after.starts_with("\r\u{1b}[2Kname  Billing\r\n"), "{after:?}");
    // Nothing is wiped where no escape sequence may be used, so nothing is said either.
    for plain in [format!("{line} --color never"), format!("TERM=dumb {line}")] {
        let said = ended_with(tenant.at_desk(&home, &plain), 0);
        assert!(said.starts_with("name  Billing\r\n"), "{said:?}");
    }
    // Where nobody watches, nothing is said.
    let ran = tenant.clients(&["show", BILLING, "--fields", "name"]).exits(0);
    assert_eq!(ran.stderr, "");
}
