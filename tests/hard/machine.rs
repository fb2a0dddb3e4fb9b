//! A machine that is an enemy: folders of others, odd bytes, streams that are not there.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET, NATIVE};

use super::home::{BINARIES, Home, binary_path, profile_text};
use crate::support::{Ran, private_dir, set_mode, write_private};

/// Somebody else.
const OTHER: u32 = 65_534;

fn root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("SKIPPED: what takes root to set up (files of another user)");
    }
    root
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// A profile with a token that is good for an hour, and a tenant behind it.
fn desk() -> (Emulator, Home) {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let token = tenant.access_token("read:clients read:connections", None, 3600);
    home.write_profile("person", &profile_text(&tenant, &token, None, 3600));
    (tenant, home)
}

#[test]
fn what_others_can_read_is_closed_with_a_word() {
    let (_tenant, home) = desk();
    let (config, profiles) = (home.config(), home.config().join("profiles"));
    let file = home.profile_path("person");
    for open in [0o644, 0o640, 0o604] {
        set_mode(&file, open);
        let ran = home.run("auth0-token", &[]).exits(0).says("warning: ");
        assert!(ran.stderr.contains(file.to_str().unwrap()), "{ran:?}");
        assert_eq!(mode(&file), 0o600);
        assert_eq!(home.run("auth0-token", &[]).exits(0).stderr, "", "said once");
    }
    set_mode(&config, 0o755);
    set_mode(&profiles, 0o750);
    home.run("auth0-profiles", &["use", "person"]).exits(0).says("warning: ");
    assert_eq!((mode(&config), mode(&profiles)), (0o700, 0o700));
    let written = [config.join("config.toml"), config.join("locks/.config.lock")];
    assert!(written.iter().all(|path| mode(path) == 0o600));
    // A careless umask changes nothing.
    let mut careless = Command::new("/bin/sh");
    let binary = binary_path("auth0-profiles");
    careless
        .args(["-c", "umask 0; exec \"$0\" add new --domain acme.eu.auth0.com --client-id c"])
        .arg(binary);
    let fresh = home.path().join("fresh");
    Ran::of(careless.env_clear().env("AUTH0_CONFIG_DIR", &fresh)).exits(0);
    assert_eq!(mode(&fresh), 0o700);
    assert_eq!(mode(&fresh.join("profiles/new.toml")), 0o600);
}

#[test]
fn links_to_our_own_are_followed_and_stay_links() {
    let (tenant, home) = desk();
    let link = home.path().join("link");
    symlink(home.config(), &link).unwrap();
    let elsewhere = home.path().join("dotfiles.toml");
    fs::rename(home.profile_path("person"), &elsewhere).unwrap();
    symlink(&elsewhere, home.profile_path("person")).unwrap();
    let token = tenant.access_token("read:clients", None, 7200);
    let mut login = home.command("auth0-login", ["--with-token", "--profile", "person"]);
    Ran::fed(login.env("AUTH0_CONFIG_DIR", &link), token.as_bytes()).exits(0);
    assert!(home.profile_path("person").is_symlink() && link.is_symlink());
    assert!(fs::read_to_string(&elsewhere).unwrap().contains(&token));
    assert_eq!(mode(&elsewhere), 0o600);
    // A link to nowhere.
    let nowhere = home.path().join("nowhere");
    symlink("/no/such/folder", &nowhere).unwrap();
    let mut login = home.command("auth0-login", ["--with-token", "--domain", tenant.domain()]);
    let ran = Ran::fed(login.env("AUTH0_CONFIG_DIR", &nowhere), token.as_bytes());
    assert!(matches!(ran.code, Some(1 | 2)) && ran.stderr.contains("cannot create"), "{ran:?}");
}

#[test]
fn what_belongs_to_another_user_is_not_trusted() {
    if !root() {
        return;
    }
    let (_tenant, home) = desk();
    let give = |path: &Path, to| chown(path, Some(to), Some(to)).unwrap();
    let file = home.profile_path("person");
    for path in [file.clone(), home.config().join("profiles")] {
        give(&path, OTHER);
        home.run("auth0-token", &[]).exits(2).says("belongs to another user");
        give(&path, 0);
    }
    // A link of ours to a file of theirs, and a folder of theirs.
    let theirs = home.path().join("theirs.toml");
    fs::rename(&file, &theirs).unwrap();
    symlink(&theirs, &file).unwrap();
    give(&theirs, OTHER);
    home.run("auth0-token", &[]).exits(2).says("belongs to another user");
    give(&theirs, 0);
    home.run("auth0-token", &[]).exits(0);
    let before = fs::read_to_string(&theirs).unwrap();
    give(&home.config(), OTHER);
    home.run("auth0-profiles", &["use", "person"]).exits(2).says("belongs to another user");
    assert_eq!(fs::read_to_string(&theirs).unwrap(), before);
}

#[test]
fn somebody_sits_on_the_callback_port() {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let uri = format!("http://{host}:{port}/callback");
        let args = [
            "--domain",
            tenant.domain(),
            "--client-id",
            NATIVE,
            "--no-browser",
            "--redirect-uri",
            &uri,
        ];
        home.run("auth0-login", &args).exits(1).says("cannot listen").says(&port.to_string());
    }
    // The next one in order is taken, and held: who comes later does not get it.
    let (taken, free) =
        (format!("http://127.0.0.1:{port}/callback"), "http://127.0.0.1:0/callback");
    let args = [
        "--domain",
        tenant.domain(),
        "--client-id",
        NATIVE,
        "--no-browser",
        "--redirect-uri",
        &taken,
        "--redirect-uri",
        free,
    ];
    let mut command = home.command("auth0-login", args);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !said.contains("redirect_uri=") {
        assert!(std::io::BufRead::read_line(&mut stderr, &mut said).unwrap() > 0, "{said}");
    }
    let address = said.split("redirect_uri=http%3A%2F%2F127.0.0.1%3A").nth(1).unwrap();
    let chosen: u16 = address.split('%').next().unwrap().parse().unwrap();
    assert!(chosen != port && TcpListener::bind(("127.0.0.1", chosen)).is_err());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn variables_with_odd_bytes() {
    let (tenant, home) = desk();
    let odd: [&[u8]; 5] =
        [b"\xff\xfe", b"a\nb", b"\x1b[2J", b"'; touch /tmp/pwned; '", b"../../etc/passwd"];
    let names = [
        "AUTH0_PROFILE",
        "AUTH0_DOMAIN",
        "AUTH0_CLIENT_ID",
        "AUTH0_CLIENT_SECRET",
        "AUTH0_AUDIENCE",
        "AUTH0_SCOPE",
        "AUTH0_ACCESS_TOKEN",
        "BROWSER",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTPS_PROXY",
        "NO_PROXY",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "TERM",
        "COLUMNS",
        "LANG",
        "HOME",
        "PATH",
        "RUST_BACKTRACE",
    ];
    for name in names {
        for bytes in odd {
            for (binary, args) in [
                ("auth0-token", &[][..]),
                ("auth0-clients", &["list"]),
                ("auth0-profiles", &["list"]),
            ] {
                let mut command = home.command(binary, args);
                let ran = Ran::of(command.env(name, OsStr::from_bytes(bytes))).keeps_its_manners();
                assert!(matches!(ran.code, Some(0 | 2 | 3)), "{name}: {ran:?}");
            }
        }
    }
    // A token that would be a header of its own.
    for token in ["a\r\nX-Evil: 1", "a\u{7f}", "ü", "a b"] {
        let mut command = home.command("auth0-clients", ["list"]);
        tenant.forget_requests();
        let ran =
            Ran::of(command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", token));
        let ran = ran.exits(3);
        assert!(!ran.stderr.contains(token), "{ran:?}");
        assert!(tenant.requests().is_empty(), "it was sent");
    }
    // A folder may have any name.
    let folder = home.path().join(OsString::from_vec(b"odd \xff\n name".to_vec()));
    let mut add = home.command(
        "auth0-profiles",
        ["add", "x", "--domain", "acme.eu.auth0.com", "--client-id", "c"],
    );
    Ran::of(add.env("AUTH0_CONFIG_DIR", &folder)).exits(0).keeps_its_manners();
    assert!(folder.join("profiles/x.toml").exists());
    let mut token = home.command("auth0-token", [] as [&str; 0]);
    Ran::of(token.env("AUTH0_CONFIG_DIR", &folder)).exits(3).keeps_its_manners();
}

/// The system's certificates are asked, not a file without a name.
#[test]
fn an_empty_variable_for_certificates_is_none() {
    let tenant = Emulator::start(Config { tls: true, ..Config::administrative() }).unwrap();
    let home = Home::new();
    let said = |variables: &[(&str, &str)]| {
        let mut command = home.command("auth0-clients", ["list", "--max-retries", "0"]);
        command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", "x.y.z");
        Ran::of(command.envs(variables.iter().copied())).exits(7).stderr
    };
    assert_eq!(said(&[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")]), said(&[]));
}

#[test]
fn arguments_that_are_no_text() {
    let (_tenant, home) = desk();
    let odd = OsString::from_vec(b"\xff\xfe".to_vec());
    for binary in BINARIES {
        for before in [&[][..], &["--profile"], &["list", "--output"], &["show"]] {
            let args = before.iter().map(OsString::from).chain([odd.clone()]);
            let ran = Ran::of(&mut home.command(binary, args)).keeps_its_manners();
            assert!(matches!(ran.code, Some(2)), "{ran:?}");
        }
    }
    for name in ["../person", "/etc/passwd", "a/b", "..", "", ".hidden", "a\nb", "\u{202e}"] {
        let ran = home.run("auth0-token", &["--profile", name]).exits(2).keeps_its_manners();
        assert!(ran.stdout.is_empty());
        for args in [
            &["add", name, "--domain", "acme.eu.auth0.com", "--client-id", "c"][..],
            &["remove", name, "--yes"],
            &["rename", "person", name],
            &["use", name],
            &["path", name],
        ] {
            home.run("auth0-profiles", args).exits(2).keeps_its_manners();
        }
    }
    assert_eq!(home.files().iter().filter(|file| file.ends_with(".toml")).count(), 1);
}

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
fn a_terminal_one_column_wide() {
    let (_tenant, home) = desk();
    if !Path::new("/usr/bin/script").exists() {
        println!("SKIPPED: a narrow terminal (there is no `script` to make one)");
        return;
    }
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

#[test]
fn nobody_lives_here() {
    if !root() {
        return;
    }
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    set_mode(home.path(), 0o755);
    let binary = home.path().join("auth0-token");
    fs::copy(binary_path("auth0-token"), &binary).unwrap();
    // A user whom the system does not know has no home but the one that HOME names.
    let stranger = |binary: &Path| {
        let mut command = Command::new(binary);
        command.env_clear().uid(54_321).gid(54_321).stdin(Stdio::null());
        command
    };
    Ran::of(&mut stranger(&binary))
        .exits(2)
        .says("there is no home directory")
        .says("AUTH0_CONFIG_DIR");
    for odd in ["relative/path", "/dev/null", "/no/such/home"] {
        let ran = Ran::of(stranger(&binary).env("HOME", odd)).keeps_its_manners();
        assert!(matches!(ran.code, Some(1..=3)), "{odd}: {ran:?}");
    }
    // With all of it in the environment no home is needed, and nothing is written.
    let token = tenant.access_token("read:clients", None, 3600);
    let mut command = stranger(&binary);
    command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", &token);
    assert_eq!(Ran::of(&mut command).exits(0).stdout.trim(), token);
    let lists = home.path().join("auth0-clients");
    fs::copy(binary_path("auth0-clients"), &lists).unwrap();
    for (binary, args) in [(&binary, &["--refresh"][..]), (&lists, &["list", "--limit", "1"])] {
        let mut command = stranger(binary);
        command.args(args).env("AUTH0_DOMAIN", tenant.domain());
        command.env("AUTH0_CLIENT_ID", MACHINE).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
        assert_eq!(Ran::of(command.current_dir("/")).exits(0).stderr, "");
    }
}

/// Of another's token, file and address, nothing is run: they reach programs as arguments alone.
#[test]
fn nothing_is_executed() {
    let tenant =
        Emulator::start(Config { any_callback_port: true, ..Config::administrative() }).unwrap();
    let home = Home::new();
    let marker = home.path().join("pwned");
    let browser = home.path().join("browser");
    let seen = home.path().join("seen");
    write_private(
        &browser,
        format!(
            "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" > {0}.new; mv {0}.new {0}\n",
            seen.display()
        ),
    );
    set_mode(&browser, 0o700);
    let evil = format!("x$(touch {0})`touch {0}`;touch {0} --flag", marker.display());
    let mut command =
        home.command("auth0-login", ["--domain", tenant.domain(), "--client-id", &evil]);
    command
        .args([
            "--redirect-uri",
            "http://127.0.0.1:0/callback",
            "--browser",
            browser.to_str().unwrap(),
        ])
        .args(["--connection", &evil, "--login-hint", &evil, "--timeout", "1s"])
        .env("PATH", "/usr/bin:/bin");
    let ran = Ran::of(&mut command).exits(3);
    let seen = fs::read_to_string(&seen).unwrap();
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!((lines[0], lines.len()), ("1", 2), "{seen}");
    // On Linux the browser gets an address of the login's own; the page's is printed.
    let page = ran.stderr.lines().map(str::trim).find(|line| line.starts_with(tenant.url()));
    for address in [lines[1], page.unwrap()] {
        let host = ["http://127.0.0.1:", tenant.url()];
        assert!(host.iter().any(|host| address.starts_with(host)), "{address}");
        assert!(!address.contains([' ', '$', '`', ';']), "{address}");
    }
    assert!(!marker.exists());
    private_dir(&home.path().join("cwd"));
    fs::write(home.path().join("cwd/.env"), "AUTH0_DOMAIN=evil.example\nAUTH0_ACCESS_TOKEN=x\n")
        .unwrap();
    let mut command = home.command("auth0-token", [] as [&str; 0]);
    Ran::of(command.current_dir(home.path().join("cwd"))).exits(3).says("not signed in");
}
