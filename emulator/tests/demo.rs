//! `cargo demo`, as it runs on a machine without a browser.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "helpers of tests are tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const DEMO: &str = env!("CARGO_BIN_EXE_auth0-demo");

/// A temporary folder for the demo, so that what it leaves behind is seen.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("demo-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn assert_empty(&self) {
        let left: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The demo, with no browser, no terminal, and settings around it that are none of its business.
fn demo(folder: &Folder) -> Command {
    let mut demo = Command::new(DEMO);
    demo.env("TMPDIR", &folder.0)
        .env("TEMP", &folder.0)
        .env("AUTH0_PROFILE", "somebody-elses")
        .env("AUTH0_DOMAIN", "acme.eu.auth0.com")
        .env("AUTH0_CONFIG_DIR", "/nowhere")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    demo
}

#[test]
fn it_signs_in_lists_switches_and_leaves_nothing() {
    // A login's usual port is taken, as it is on a Mac with the AirPlay Receiver.
    let _taken = std::net::TcpListener::bind("127.0.0.1:5000");
    let folder = Folder::new("whole");
    let mut demo = demo(&folder);
    // A test of the whole workspace has built the suite; a test of this package alone has not.
    let bins = Path::new(DEMO).parent().unwrap();
    if bins.join("auth0-login").with_extension(std::env::consts::EXE_EXTENSION).exists() {
        demo.arg("--bins").arg(bins);
    }
    let output = demo.output().unwrap();
    let (out, talk) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{}\n{out}\n{talk}", output.status);

    for shown in [
        "$ auth0-login --profile person",
        "There is no browser here",
        "signed in",
        "$ auth0-token --claims",
        "$ auth0-profiles use machine",
        "$ auth0-clients list",
        "$ auth0-tenant diff before machine",
        "1 added",
        "$ auth0-logs tail",
        "$ auth0-doctor --profile person",
    ] {
        assert!(talk.contains(shown), "{shown}\n{talk}");
    }
    for listed in ["emulator-native", "Username-Password-Authentication"] {
        assert!(out.contains(listed), "{listed}\n{out}");
    }
    // What Auth0 gives: a person a token for their own API, a machine one for the tenant.
    assert!(out.contains("https://api.example.com") && out.contains("read:things"), "{out}");
    // Both profiles are listed, and the script's lines are data.
    assert!(out.contains("person") && out.contains("machine"), "{out}");
    assert!(out.lines().last().unwrap().starts_with("{\"client_id\":"), "{out}");
    folder.assert_empty();
}

/// With the outer build's variables in place, the inner one would compile everything again.
#[cfg(unix)] // a script for a shell is cargo
#[test]
fn the_inner_build_sees_none_of_the_outer_builds_variables() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("environment");
    let bins = Folder::new("environment-cargo");
    let (cargo, seen) = (bins.0.join("cargo"), bins.0.join("seen"));
    fs::write(&cargo, format!("#!/bin/sh\nenv > {}\nexit 1\n", seen.display())).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let status = demo(&folder)
        .env("CARGO", &cargo)
        .env("CARGO_MANIFEST_DIR", "/nowhere")
        .env("CARGO_PKG_NAME", "auth0-emulator")
        .env("CARGO_HOME", "/home/of/cargo")
        .env("RUSTC", "/nowhere/rustc")
        .status()
        .unwrap();
    assert!(!status.success());
    let seen = fs::read_to_string(seen).unwrap();
    for name in ["CARGO_MANIFEST_DIR=", "CARGO_PKG_", "RUSTC=", "CARGO="] {
        assert!(!seen.lines().any(|line| line.starts_with(name)), "{name}\n{seen}");
    }
    assert!(seen.contains("CARGO_HOME=/home/of/cargo"), "what a person sets stays:\n{seen}");
    folder.assert_empty();
}

/// Ctrl-C while a command waits: nothing stays, neither files nor processes.
#[cfg(unix)] // a test cannot press Ctrl-C for another process on Windows
#[test]
fn an_interrupted_demo_tidies_up() {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("interrupted");
    let bins = Folder::new("interrupted-bins");
    let login = bins.0.join("auth0-login");
    fs::write(&login, "#!/bin/sh\necho $$ >&2\nexec sleep 600\n").unwrap();
    fs::set_permissions(&login, fs::Permissions::from_mode(0o755)).unwrap();

    let mut demo = demo(&folder).arg("--bins").arg(&bins.0).spawn().unwrap();
    let mut talk = BufReader::new(demo.stderr.take().unwrap());
    // The stand-in says its process ID when it runs.
    let mut line = String::new();
    let login = loop {
        line.clear();
        assert!(talk.read_line(&mut line).unwrap() > 0, "the demo ended early");
        if let Ok(id) = line.trim().parse::<u32>() {
            break id;
        }
    };
    let signal = |signal: &str, id: u32| {
        Command::new("kill").args([signal, &id.to_string()]).stderr(Stdio::null()).status().unwrap()
    };
    assert!(signal("-INT", demo.id()).success());
    assert_eq!(demo.wait().unwrap().code(), Some(130));
    assert!(!signal("-0", login).success(), "the login still runs");
    talk.read_to_end(&mut Vec::new()).unwrap();
    folder.assert_empty();
}
