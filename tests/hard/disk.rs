//! Disks that are full, folders that cannot be written, locks that cannot be taken: an error, the
//! old file, and nothing asked of the tenant whose answer could not be kept.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use auth0_emulator::{Config, Emulator};
use auth0_suite::profile::Profile;

use super::home::{Home, binary_path, person, profile_text};
use crate::support::{Ran, copy_program, private_dir, walk};

/// Someone who is not root, to whom modes matter.
const NOBODY: u32 = 65_534;

struct Desk {
    tenant: Emulator,
    home: Home,
    before: String,
}

/// A profile whose token has expired and can be renewed.
fn desk() -> Desk {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let (access, refresh) = person(&tenant);
    let before = profile_text(&tenant, &access, Some(&refresh), -60);
    home.write_profile("person", &before);
    tenant.forget_requests();
    Desk { tenant, home, before }
}

impl Desk {
    /// Nothing has changed, nothing lies about, and the tenant was not asked.
    #[track_caller]
    fn is_untouched(&self) {
        assert_eq!(self.home.profile("person").0, self.before);
        assert_eq!(self.tenant.requests_to("POST", "/oauth/token").len(), 0);
        let files = self.home.files();
        let temporary = |name: &String| name.ends_with(".new") || name.ends_with(".tmp");
        assert!(!files.iter().any(temporary), "{files:?}");
    }

    fn renew(&self) -> Command {
        self.home.command("auth0-token", ["--refresh"])
    }
}

/// The command under a limit on how large a file may become, in blocks of 512 bytes or more.
fn limited(command: &Command, blocks: u32, signal: bool) -> Command {
    let ignore = if signal { "" } else { "trap '' XFSZ; " };
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", &format!("{ignore}ulimit -f {blocks}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear();
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell
}

#[test]
fn without_room_nothing_is_asked_and_nothing_lost() {
    let desk = desk();
    for blocks in [0, 1, 8] {
        Ran::of(&mut limited(&desk.renew(), blocks, false))
            .exits(1)
            .says("cannot write")
            .says("no request was sent to the tenant");
        desk.is_untouched();
        // The system's own way is to kill.
        let ran = Ran::of(&mut limited(&desk.renew(), blocks, true));
        assert_eq!(ran.code, None, "{ran:?}");
        assert_eq!(desk.home.profile("person").0, desk.before);
    }
    let token = desk.tenant.access_token("read:clients", None, 3600);
    let login = desk.home.command("auth0-login", ["--with-token", "--profile", "person"]);
    Ran::fed(&mut limited(&login, 0, false), token.as_bytes())
        .exits(1)
        .says("cannot write")
        .says("AUTH0_CONFIG_DIR");
    desk.is_untouched();
    // With room again, what the killed ones left is gone.
    Ran::of(&mut desk.renew()).exits(0);
    assert!(!desk.home.files().iter().any(|name| name.ends_with(".tmp")));
}

/// A file system of its own below the home, which goes with the value.
struct Mounted(PathBuf);

impl Mounted {
    fn new(home: &Home, size: &str) -> Self {
        let path = home.path().join("small");
        private_dir(&path);
        let options = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "auth0-test"]).arg(&path);
        let mounted = mount.output().unwrap();
        assert!(mounted.status.success(), "cannot mount a file system: {mounted:?}");
        private_dir(&path.join("profiles"));
        fs::copy(home.profile_path("person"), path.join("profiles/person.toml")).unwrap();
        Self(path)
    }

    fn profile(&self) -> Profile {
        let text = fs::read_to_string(self.0.join("profiles/person.toml")).unwrap();
        Profile::parse(&text).unwrap()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
#[ignore = "mounts a file system: needs root"]
fn a_full_file_system_is_no_other_case() {
    let desk = desk();
    let small = Mounted::new(&desk.home, "32k");
    let fill = vec![b'x'; 1 << 20];
    let _ = fs::write(small.0.join("fill"), fill);
    let mut renew = desk.renew();
    Ran::of(renew.env("AUTH0_CONFIG_DIR", &small.0)).exits(1).says("cannot");
    let text = fs::read_to_string(small.0.join("profiles/person.toml")).unwrap();
    assert_eq!(text, desk.before);
    assert_eq!(desk.tenant.requests_to("POST", "/oauth/token").len(), 0);
}

/// Another program takes all the room that is left while the tenant is asked.
#[test]
#[ignore = "mounts a file system: needs root"]
fn a_disk_that_fills_during_the_request_keeps_the_new_token() {
    let latency = Duration::from_millis(400);
    let tenant = Emulator::start(Config { latency, ..Config::administrative() }).unwrap();
    let home = Home::new();
    let (access, refresh) = person(&tenant);
    home.write_profile("person", &profile_text(&tenant, &access, Some(&refresh), -60));
    let small = Mounted::new(&home, "256k");
    private_dir(&small.0.join("locks"));
    let mut renew = home.command("auth0-token", ["--refresh"]);
    renew.env("AUTH0_CONFIG_DIR", &small.0).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = renew.spawn().unwrap();
    // The rehearsed file is the only one of this size.
    let is_rehearsed = |path: &Path| fs::metadata(path).is_ok_and(|file| file.len() >= 32 << 10);
    let mut filled = None;
    while child.try_wait().unwrap().is_none() {
        walk(&small.0.join("profiles"), &mut |path| {
            if is_rehearsed(path) && filled.is_none() {
                filled = Some(fs::File::create(small.0.join("fill")).unwrap());
            }
        });
        if let Some(fill) = &mut filled {
            let _ = fill.write_all(&[b'x'; 4096]);
        }
    }
    let ran = Ran::read(&renew, child.wait_with_output().unwrap());
    assert!(filled.is_some(), "the disk was never full: {ran:?}");
    ran.exits(0);
    let token = small.profile().token.unwrap();
    assert!(token.refresh_token.is_some_and(|token| tenant.honours(token.expose())));
}

#[test]
fn folders_and_locks_that_cannot_be_written() {
    let desk = desk();
    let home = &desk.home;
    private_dir(&home.config().join("locks"));
    let valid = profile_text(&desk.tenant, "still-good", None, 3600);
    home.write_profile("valid", &valid);
    let given = Given::to_nobody(home);
    let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let renew = || Ran::of(&mut given.command(home, &["--refresh", "--profile", "person"]));
    let (config, profiles) = (home.config(), home.config().join("profiles"));
    let locks = config.join("locks");

    set(&profiles, 0o500);
    let ran = renew().exits(2).says("cannot write").says("no request was sent to the tenant");
    ran.says("AUTH0_CONFIG_DIR");
    desk.is_untouched();
    // What only reads goes on.
    let ran = Ran::of(&mut given.command(home, &["--profile", "valid"])).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("still-good\n", ""));
    set(&profiles, 0o700);

    let lock = locks.join("person.lock");
    set(&lock, 0o400);
    renew().exits(2).says("cannot open the lock").says("person.lock");
    desk.is_untouched();
    fs::remove_file(&lock).unwrap();
    set(&locks, 0o500);
    renew().exits(2).says("cannot open the lock");
    desk.is_untouched();
    set(&locks, 0o700);
    fs::remove_dir(&locks).unwrap();
    set(&config, 0o500);
    renew().exits(2).says("cannot create").says("AUTH0_CONFIG_DIR");
    desk.is_untouched();
    set(&config, 0o700);

    set(&home.profile_path("person"), 0o000);
    renew().exits(2).says("cannot read");
    set(&home.profile_path("person"), 0o600);
    desk.is_untouched();
    renew().exits(0);
}

/// The home and a copy of a binary, owned by someone to whom modes matter.
struct Given {
    binary: std::path::PathBuf,
    root: bool,
}

impl Given {
    fn to_nobody(home: &Home) -> Self {
        let root = rustix::process::geteuid().is_root();
        let binary = home.path().join("auth0-token");
        copy_program(&binary_path("auth0-token"), &binary);
        if root {
            let give = |path: &Path| chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            walk(home.path(), &mut |path| give(path));
            for folder in ["", "config", "config/profiles", "config/locks"] {
                give(&home.path().join(folder));
            }
        }
        Self { binary, root }
    }

    fn command(&self, home: &Home, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(args).env_clear().env("AUTH0_CONFIG_DIR", home.config());
        if self.root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

#[test]
fn what_is_no_file_is_not_read() {
    let desk = desk();
    let home = &desk.home;
    let profile = home.profile_path("odd");
    fs::create_dir(&profile).unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("not a regular file");
    fs::remove_dir(&profile).unwrap();
    // A pipe that nobody writes to would wait for ever; a device would never end.
    assert!(Command::new("mkfifo").arg(&profile).status().unwrap().success());
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("not a regular file");
    fs::remove_file(&profile).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &profile).unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2);
    fs::remove_file(&profile).unwrap();
    fs::write(&profile, vec![b'#'; 3 << 20]).unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("larger than any profile");
    fs::write(&profile, b"domain = \"\xff\xfe\"").unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("not UTF-8");
    fs::write(&profile, b"domain = \"acme.eu.auth0.com\"\n[token]\naccess_token = ").unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("line 3, column 16");
    desk.is_untouched();
}
