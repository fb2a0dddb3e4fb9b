//! What a pipe gets.

use crate::resources::run::Tenant;
use crate::support::{Folder, Home, Ran};

/// Command lines that print lists.
const LISTS: [(&str, &[&str]); 10] = [
    ("auth0-clients", &["list"]),
    ("auth0-connections", &["list"]),
    ("auth0-resources", &["roles", "list"]),
    ("auth0-resources", &["kinds", "role"]),
    ("auth0-logs", &["types", "login"]),
    ("auth0-logs", &["list"]),
    ("auth0-profiles", &["list"]),
    ("auth0-api", &["list", "roles"]),
    ("auth0-completions", &["commands"]),
    ("auth0-doctor", &[]),
];

fn run(tenant: &Tenant, home: &Folder, program: &str, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let mut command = tenant.program(program, args);
    command.env("AUTH0_CONFIG_DIR", &**home).env("HOME", &**home);
    command.envs(env.iter().copied());
    Ran::of(&mut command)
}

#[test]
fn every_list_can_leave_its_header_out() {
    let tenant = Tenant::new().with_every_scope();
    let home = Folder::new();
    home.write("profiles/acme.toml", "domain = \"acme.eu.auth0.com\"\nclient_id = \"x\"\n");
    for (program, args) in LISTS {
        for format in ["table", "csv", "tsv"] {
            // The doctor's own table has no header.
            if (program, format) == ("auth0-doctor", "table") {
                continue;
            }
            let with = [args, &["-o", format]].concat();
            let whole = run(&tenant, &home, program, &with, &[]);
            let without = [&with[..], &["--no-header"]].concat();
            let rows = run(&tenant, &home, program, &without, &[]);
            assert_eq!(rows.code, whole.code, "{rows:?}");
            let (header, expected) = whole.stdout.split_once('\n').unwrap();
            assert!(!header.is_empty());
            if program != "auth0-doctor" {
                assert_eq!(rows.stdout, expected, "{rows:?}");
            }
            assert!(!rows.stdout.starts_with(header), "{rows:?}");
        }
    }
    let all = run(&tenant, &home, "auth0-api", &["clients", "-o", "csv", "--no-header"], &[]);
    assert!(!all.exits(0).stdout.starts_with("client_id"));
    let home = Home::new();
    home.run("auth0-token", &["--no-header"]).exits(2).says("leave out --no-header");
}

#[test]
fn a_pipe_has_colors_only_if_they_are_asked_for() {
    let tenant = Tenant::new().with_every_scope();
    let home = Folder::new();
    for args in [&["list"][..], &["list", "-o", "json"], &["show", "Billing", "-o", "json"]] {
        let program = "auth0-clients";
        let plain = run(&tenant, &home, program, args, &[]).exits(0);
        assert!(!plain.stdout.contains('\u{1b}'), "{plain:?}");
        let forced = [("CLICOLOR_FORCE", "1")];
        let always = [args, &["--color", "always"]].concat();
        let never = [args, &["--color", "never"]].concat();
        for (args, env, colored) in [
            (args, &forced[..], true),
            (&always, &[("NO_COLOR", "1")], true),
            (&never, &forced, false),
            (args, &[("CLICOLOR_FORCE", "0")], false),
            (args, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        ] {
            let ran = run(&tenant, &home, program, args, env).exits(0);
            assert_eq!(ran.stdout.contains('\u{1b}'), colored, "{env:?} {ran:?}");
            let text = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[32m", "\u{1b}[34;1m", "\u{1b}[35m"]
                .iter()
                .fold(ran.stdout, |text, style| text.replace(style, ""));
            assert_eq!(text, plain.stdout, "colors change nothing else");
        }
    }
}

#[test]
fn an_empty_table_in_a_pipe_keeps_its_header() {
    let tenant = Tenant::new().with_every_scope();
    let args = ["list", "--query", "nobody"];
    let ran = tenant.clients(&args).exits(0).says("no clients to show");
    assert!(ran.stdout.starts_with("CLIENT ID "), "{ran:?}");
    tenant.clients(&[&args[..], &["--no-header"]].concat()).exits(0).prints("");
}
