//! A hostile machine: folders of other users, no home.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET};

use super::home::{Home, binary_path, desk};
use crate::support::{Ran, copy_program, private_dir, set_mode, write_script};

/// Somebody else.
const OTHER: u32 = 65_534;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
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
#[ignore = "needs root: files of other users"]
fn what_belongs_to_another_user_is_not_trusted() {
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
#[ignore = "needs root: files of other users"]
fn nobody_lives_here() {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    set_mode(home.path(), 0o755);
    let binary = home.path().join("auth0-token");
    copy_program(&binary_path("auth0-token"), &binary);
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
    copy_program(&binary_path("auth0-clients"), &lists);
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
    let record = format!("printf '%s\\n' \"$#\" \"$@\" > {0}.new; mv {0}.new {0}", seen.display());
    write_script(&browser, &record);
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
