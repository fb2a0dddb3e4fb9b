//! `auth0`, the host: it finds programs, and ends as they do.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests are tests")]

use std::process::Output;

use crate::completions::home::{Home, text};
use crate::support::binary;

fn run(home: &Home, args: &[&str]) -> Output {
    home.command(binary("auth0")).args(args).output().unwrap()
}

#[cfg(unix)] // the plugins are scripts for a shell
#[test]
fn a_subcommand_gets_its_arguments_and_gives_its_exit_code() {
    let home = Home::new();
    home.script("auth0-echo", "for arg; do printf '<%s>' \"$arg\"; done\nexit 42\n");
    let output = run(&home, &["echo", "a b", "--list", "-x", "--", "help"]);
    assert_eq!(text(&output.stdout), "<a b><--list><-x><--><help>");
    assert_eq!(output.status.code(), Some(42));
    let output = run(&home, &["-q", "-o", "json", "--profile=p", "-vv", "echo", "x"]);
    assert_eq!(
        text(&output.stdout),
        "<--profile><p><--output><json><--quiet><--verbose><--verbose><x>"
    );
    let output = run(&home, &["help", "echo", "sub"]);
    assert_eq!(text(&output.stdout), "<sub><--help>");
}

/// On every system a program on `PATH` is a plugin; on Windows only with `.exe`, in any case.
#[test]
fn a_program_on_path_is_a_subcommand() {
    let home = Home::new();
    let program = home.program("auth0-hello", "auth0-profiles");
    if cfg!(windows) {
        std::fs::rename(&program, program.with_file_name("AUTH0-Hello.EXE")).unwrap();
    }
    for ignored in ["auth0-other.cmd", "auth0-other.ps1", "auth0-other.txt"] {
        home.file(&format!("bin/{ignored}"), "echo no");
    }
    let output = run(&home, &["hello", "list", "--nonsense"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert_eq!(run(&home, &["hello", "list"]).status.code(), Some(0));
    let list = run(&home, &["--list"]);
    let list = text(&list.stdout);
    let has = |name| list.lines().any(|line| line.split_whitespace().next() == Some(name));
    assert!(has("hello") && !has("other"), "{list}");
    assert_eq!(run(&home, &["other"]).status.code(), Some(2));
}

#[cfg(unix)] // signals
#[test]
fn signals_are_the_programs_own() {
    use std::os::unix::process::ExitStatusExt as _;
    let home = Home::new();
    home.script("auth0-dies", "kill -TERM $$\n");
    assert_eq!(run(&home, &["dies"]).status.signal(), Some(15));
}

#[test]
fn the_suites_own_programs_stand_beside_the_host() {
    let home = Home::new();
    // One on PATH with the same name is not what is meant.
    home.program("auth0-clients", "auth0-token");
    let output = run(&home, &["help", "clients"]);
    assert!(text(&output.stdout).contains("auth0-clients list"), "{}", text(&output.stdout));
    assert_eq!(run(&home, &["clients", "--nonsense"]).status.code(), Some(2));
    let output = run(&home, &["--version"]);
    assert_eq!(text(&output.stdout), format!("auth0 {}\n", env!("CARGO_PKG_VERSION")));
}

#[cfg(unix)] // the plugins are scripts for a shell
#[test]
fn the_list_has_ours_and_others_with_their_summaries() {
    let home = Home::new();
    home.script("auth0-hello", "# auth0-summary: Say hello\necho hello; exit 9\n");
    home.file("bin/auth0-not-a-program", "data");
    let output = run(&home, &["--list"]);
    let list = text(&output.stdout);
    let line = |name: &str| list.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    assert!(line("clients ").contains("List, show and change the tenant's applications"), "{list}");
    assert!(line("hello ").contains("Say hello"), "{list}");
    assert_eq!(line("not-a-program"), "");
    let json = run(&home, &["--list", "-o", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
    let of = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!(
        (&of("login")["first_party"], &of("hello")["first_party"]),
        (&true.into(), &false.into())
    );
}

#[test]
fn what_is_not_there_is_answered_with_what_is_near() {
    let home = Home::new();
    let output = run(&home, &["cleints", "list"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.starts_with("error: there is no such subcommand\n"), "{said}");
    assert!(said.contains("auth0 clients"), "{said}");
    for name in ["../bin/auth0-x", "", "/bin/sh", "nothing-like-it-at-all"] {
        let output = run(&home, &[name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(text(&output.stderr).contains("auth0 --list"), "{name}");
    }
}

#[cfg(unix)] // the plugins are scripts for a shell
#[test]
fn bare_and_help_list_the_commands_and_then_the_others_on_path() {
    let home = Home::new();
    home.script("auth0-hello", "# auth0-summary: Say hello\n");
    for args in [&[][..], &["--help"], &["-h"], &["help"]] {
        let output = run(&home, args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        let help = text(&output.stdout);
        let at = |line: &str| help.find(line).unwrap_or_else(|| panic!("{line}: {help}"));
        assert!(at("\n  login ") < at("\n  resources "), "{help}");
        let others = at("\nOther programs on PATH:\n");
        assert!(at("\n  resources ") < others && others < at("\n  hello "), "{help}");
        at("Say hello");
        at("--profile");
    }
}

#[test]
fn a_kind_of_resource_and_an_alias_are_commands() {
    let home = Home::new();
    for (words, shown) in [
        (&["roles", "--help"][..], "auth0-resources roles"),
        (&["help", "orgs"], "auth0-resources organizations"),
        (&["apps", "--help"], "auth0-clients list"),
        (&["tenants", "--help"], "auth0-profiles list"),
        (&["users", "--help"], "auth0-users show"),
    ] {
        let output = run(&home, words);
        assert!(text(&output.stdout).contains(shown), "{words:?}: {}", text(&output.stdout));
    }
    home.program("auth0-roles", "auth0-token");
    let output = run(&home, &["roles", "--version"]);
    assert!(text(&output.stdout).starts_with("auth0-token "), "a program goes before a kind");
}

#[cfg(unix)] // the plugins are scripts for a shell
#[test]
fn subcommands_complete() {
    let home = Home::new();
    home.script("auth0-hello", "# auth0-summary: Say hello\n");
    assert_eq!(
        home.offered(&["auth0", "hel"]),
        ["hello\tSay hello", "help\tShow a subcommand's help"]
    );
    assert_eq!(home.offered(&["auth0", "help", "connec"]).len(), 1);
    assert!(home.offered(&["auth0", "clie"])[0].starts_with("clients\t"));
}

#[cfg(unix)] // the plugins are scripts for a shell
#[test]
fn the_example_of_a_plugin_works() {
    let home = Home::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/auth0-whoami");
    home.binary(example);
    home.script(
        "auth0-token",
        "printf '{\\n  \"sub\": \"auth0|1\",\\n  \"iss\": \"https://%s/\",\\n  \"scope\": \"read:clients\"\\n}\\n' \"$AUTH0_PROFILE\"\n",
    );
    let output = run(&home, &["--profile", "acme", "whoami"]);
    assert_eq!(
        text(&output.stdout),
        "subject  auth0|1\nissuer   https://acme/\nscope    read:clients\n",
        "{}",
        text(&output.stderr)
    );
    let list = run(&home, &["--list"]);
    assert!(text(&list.stdout).contains("Show who a profile is signed in as"));
    home.script("auth0-token", "exit 3\n");
    assert_eq!(run(&home, &["whoami"]).status.code(), Some(3));
}

/// The list of programs is as long as it is, and the options give way.
#[test]
fn the_short_help_is_the_list_and_few_options() {
    let home = Home::new();
    let said = |args: &[&str]| {
        let output = home.command(binary("auth0")).args(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let (short, long) = (said(&["-h"]), said(&["--help"]));
    let programs = |text: &str| text.lines().filter(|line| line.starts_with("  ")).count();
    assert!(programs(&short) < programs(&long));
    assert!(short.contains("clients") && short.contains("All options, with examples: --help"));
    assert!(!short.contains("--color") && long.contains("--color"), "{short}");
    let list = short.lines().skip_while(|line| *line != "Commands:");
    let list = list.take_while(|line| !line.starts_with("A kind of")).count();
    assert!(short.lines().count() <= 23_usize.max(list + 14), "{short}");
}
