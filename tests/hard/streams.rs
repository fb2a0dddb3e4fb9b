//! Streams that are closed or full, and a terminal that is too narrow.

use std::process::{Command, Stdio};

use super::home::{Home, binary_path, desk};
use crate::support::Ran;

/// The command with its streams set by a shell.
fn with_streams(home: &Home, streams: &str, binary: &str, args: &[&str]) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", &format!("exec \"$0\" \"$@\" {streams}")])
        .arg(binary_path(binary))
        .args(args)
        .env_clear()
        .env("AUTH0_CONFIG_DIR", home.config());
    shell
}

#[test]
fn streams_that_are_closed_or_full() {
    let (tenant, home) = desk();
    let before = home.profile("person").0;
    let commands: [(&str, &[&str]); 5] = [
        ("auth0-token", &[]),
        ("auth0-clients", &["list", "-o", "csv"]),
        ("auth0-api", &["clients", "--paginate", "-v"]),
        ("auth0-profiles", &["list"]),
        ("auth0-profiles", &["use", "person"]),
    ];
    for (binary, args) in commands {
        for (streams, code) in [
            ("<&-", 0),
            (">&-", 0),
            ("2>&-", 0),
            ("<&- >&- 2>&-", 0),
            ("2>/dev/full", 0),
            (">/dev/full", 1),
            (">/dev/full 2>/dev/full", 1),
        ] {
            let ran = Ran::of(&mut with_streams(&home, streams, binary, args));
            let code = if args.first() == Some(&"use") { 0 } else { code };
            let ran = ran.exits(code).keeps_its_manners();
            if code == 1 && !streams.contains('2') {
                ran.says("cannot write to standard output");
            }
        }
        // What is opened later must not land on the numbers of the streams.
        assert_eq!(home.profile("person").0, before);
    }
    // Who reads one line and goes is no error.
    let binary = binary_path("auth0-clients");
    let mut shell = Command::new("/bin/bash");
    shell.args(["-c", "set -o pipefail; \"$0\" list -o csv | head -n 1"]).arg(&binary);
    let ran = Ran::of(
        shell.env_clear().env("PATH", "/usr/bin:/bin").env("AUTH0_CONFIG_DIR", home.config()),
    );
    assert_eq!(ran.exits(0).stderr, "");
    let mut errors = with_streams(&home, ">/dev/full 2>&-", "auth0-login", &["--help"]);
    assert!(Ran::of(&mut errors).code.is_some());
    let mut shell =
        with_streams(&home, "<&-", "auth0-login", &["--with-token", "--domain", tenant.domain()]);
    Ran::of(&mut shell).exits(2).keeps_its_manners();
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs the script of util-linux")]
fn a_terminal_one_column_wide() {
    let (_tenant, home) = desk();
    for (columns, binary, args) in [
        (1, "auth0-clients", "list"),
        (2, "auth0-connections", "list"),
        (1, "auth0-profiles", "list"),
        (1, "auth0-clients", "--help"),
        (1, "auth0-api", "list"),
        (0, "auth0-clients", "list"),
    ] {
        let line = format!("stty cols {columns}; exec {} {args}", binary_path(binary).display());
        let mut script = Command::new("/usr/bin/script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", "xterm");
        let ran =
            Ran::of(script.env("AUTH0_CONFIG_DIR", home.config()).stdin(Stdio::null())).exits(0);
        assert!(!ran.stdout.contains("internal error") && !ran.stdout.is_empty(), "{ran:?}");
    }
}
