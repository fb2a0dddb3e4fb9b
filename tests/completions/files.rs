//! Files that are made from the definitions: committed, fresh, and fit for their readers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use auth0_suite::cmd::completions::scripts::{self, Shell};
use auth0_suite::cmd::completions::{describe, man};

use super::home::{Home, text};
use crate::support::binaries;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn committed(folder: &str) -> BTreeMap<String, String> {
    fs::read_dir(Path::new(ROOT).join(folder))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap().replace("\r\n", "\n"))
        })
        .collect()
}

#[test]
fn scripts_and_pages_are_fresh() {
    let names = scripts::all();
    let scripts = Shell::ALL.map(|shell| (shell.file().to_owned(), scripts::script(shell, &names)));
    for (folder, fresh) in [("completions", scripts.to_vec()), ("man", man::pages())] {
        let fresh: BTreeMap<_, _> = fresh.into_iter().collect();
        let there = committed(folder);
        let stale: Vec<_> = fresh
            .keys()
            .chain(there.keys())
            .filter(|name| fresh.get(*name) != there.get(*name))
            .collect();
        assert!(
            stale.is_empty(),
            "stale in {folder}/: {stale:?}; run: cargo run --example generate-shell-files"
        );
    }
}

#[test]
#[ignore = "needs mandoc"]
fn pages_render_without_warnings() {
    let pages = fs::read_dir(Path::new(ROOT).join("man")).unwrap();
    let pages: Vec<_> = pages.map(|page| page.unwrap().path()).collect();
    let output = Command::new("mandoc").args(["-Tlint", "-W", "warning"]).args(&pages).output();
    let output = output.unwrap_or_else(|e| panic!("mandoc did not start: {e}"));
    assert_eq!(text(&output.stdout), "");
    for page in pages {
        let page = fs::read_to_string(page).unwrap();
        for section in
            ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "ENVIRONMENT", "FILES"]
        {
            assert!(page.contains(&format!(".SH {section}\n")), "{section}:\n{page}");
        }
        // Each system has folders of its own.
        for folder in ["/.config/", "Library/Application Support", "%APPDATA%", "Library/Caches"] {
            assert!(page.contains(folder), "{folder}:\n{page}");
        }
    }
}

#[test]
fn man_pages_are_written_where_asked() {
    let home = Home::new();
    let output = home.run(&["man", "--dir", "pages"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page = fs::read_to_string(home.path.join("pages/auth0-login.1")).unwrap();
    assert_eq!(page, committed("man")["auth0-login.1"]);
}

/// On Windows the profile is in a folder of the person's, which a test leaves alone.
#[cfg(unix)]
#[test]
fn the_profile_of_powershell_loads_the_completions() {
    let home = Home::new();
    let install = || {
        let mut command = home.command(crate::support::binary("auth0-completions"));
        command.env("XDG_CONFIG_HOME", home.path.join("xdg"));
        command.args(["install", "powershell"]).output().unwrap()
    };
    let profile = home.file("xdg/powershell/Microsoft.PowerShell_profile.ps1", "$x = 1\r\n");
    for _ in 0..2 {
        let output = install();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(
            fs::read_to_string(&profile).unwrap(),
            "$x = 1\r\n\n# >>> auth0-suite completions >>>\n. \"$PSScriptRoot/auth0-suite.ps1\"\n\
             # <<< auth0-suite completions <<<\n"
        );
    }
    let script = fs::read_to_string(profile.with_file_name("auth0-suite.ps1")).unwrap();
    assert!(script.contains("-CommandName 'auth0-login', 'auth0-logout', "), "{script}");
    // As `>>` of PowerShell 5.1 leaves it: lines in UTF-8 would destroy it.
    let wide: Vec<u8> = "\u{feff}$x = 1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&profile, &wide).unwrap();
    let output = install();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("it is UTF-16 text") && said.contains("$PSScriptRoot"), "{said}");
    assert_eq!(fs::read(&profile).unwrap(), wide);
}

/// Where a link leads, another user may decide: the link is replaced, and what it leads to stays.
#[cfg(unix)] // making a link takes a privilege on Windows
#[test]
fn nothing_is_written_through_a_link() {
    let home = Home::new();
    let precious = home.file("precious", "precious\n");
    for folder in ["pages", "xdg/fish/completions", "home/.zfunc"] {
        fs::create_dir_all(home.path.join(folder)).unwrap();
    }
    let links = [
        "pages/auth0-login.1",
        "xdg/fish/completions/auth0-login.fish",
        "home/.zfunc/_auth0-suite",
    ];
    let links = links.map(|link| home.path.join(link));
    for link in &links {
        std::os::unix::fs::symlink(&precious, link).unwrap();
    }
    for args in [&["man", "--dir", "pages"][..], &["install", "fish"], &["install", "zsh"]] {
        let mut command = home.command(env!("CARGO_BIN_EXE_auth0-completions"));
        command.env("XDG_CONFIG_HOME", home.path.join("xdg")).env("HOME", home.path.join("home"));
        let output = command.args(args).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious\n");
    for link in &links {
        assert!(!link.is_symlink() && fs::metadata(link).unwrap().len() > 100, "{link:?}");
    }
}

/// What is said of a command for software is what its `--help` says to people.
#[test]
fn the_description_agrees_with_help() {
    let binaries = binaries();
    let home = Home::new();
    let described = describe::commands();
    assert!(described.len() > 25, "{}", described.len());
    for row in described {
        let line = row["command"].as_str().unwrap();
        let mut words = line.split(' ');
        let binary = words.next().unwrap();
        if binary == "auth0" && !cfg!(feature = "host") {
            continue;
        }
        let output =
            home.command(binaries.join(binary)).args(words).arg("--help").output().unwrap();
        let help = text(&output.stdout);
        assert!(output.status.success(), "{line}");
        assert!(help.contains(row["summary"].as_str().unwrap()), "{line}:\n{help}");
        let mut told = Vec::new();
        for option in row["options"].as_array().unwrap() {
            let long = format!("--{}", option["name"].as_str().unwrap());
            let short = option["short"].as_str().map(|short| format!("-{short}, "));
            let shown = format!("{}{long}", short.unwrap_or_default());
            assert!(help.contains(&shown), "{line}: {shown}\n{help}");
            told.push(long);
        }
        for argument in row["arguments"].as_array().unwrap() {
            let value = argument["value"].as_str().unwrap();
            assert!(help.contains(value), "{line}: {value}\n{help}");
        }
        // Long lines are wrapped there.
        let unwrapped = help.replace("\\\n", " ");
        let unwrapped = unwrapped.split_whitespace().collect::<Vec<_>>().join(" ");
        for example in row["examples"].as_array().unwrap() {
            let example = example["line"].as_str().unwrap();
            assert!(unwrapped.contains(example), "{line}: {example}\n{help}");
        }
        // And nothing in the help is missing from the description.
        for shown in help.lines().filter_map(|line| option_of(line.trim_start())) {
            assert!(told.contains(&shown), "{line}: {shown} is not described");
        }
        // Examples stand below the options, each with a line that says what it does.
        let longest = help.lines().take_while(|text| *text != "Examples:").count();
        assert!(longest <= 66, "{line} --help has {longest} lines");
    }
}

/// The long name in a line of help that begins with an option.
fn option_of(line: &str) -> Option<String> {
    let long = match line.strip_prefix('-')? {
        rest if rest.starts_with('-') => line,
        rest => rest.split_once(", ")?.1,
    };
    let end = long.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(long.len());
    long.starts_with("--").then(|| long[..end].to_owned())
}

#[test]
fn commands_print_in_every_format() {
    let home = Home::new();
    let table = home.run(&["commands"]);
    assert!(text(&table.stdout).contains("auth0-clients rotate-secret"));
    let json = home.run(&["commands", "-o", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(rows, describe::commands());
    let list = rows.iter().find(|row| row["command"] == "auth0-clients list").unwrap();
    assert_eq!(list["scopes"], serde_json::json!(["read:clients"]));
    let output =
        list["options"].as_array().unwrap().iter().find(|o| o["name"] == "output").unwrap();
    assert_eq!(output["values"][0], "table");
    assert_eq!(list["exit_codes"]["3"].as_str().unwrap().split(':').next(), Some("not signed in"));
}
