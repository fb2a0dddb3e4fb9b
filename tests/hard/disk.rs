//! Disks that are full, folders that cannot be written, locks that cannot be taken: an error, the
//! old file, and nothing asked of the tenant whose answer could not be kept.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use auth0_emulator::{Config, Emulator};

use super::home::{Home, binary_path, person, profile_text};
use crate::support::{Ran, private_dir, walk};

/// Someone who is not root, to whom modes matter.
const NOBODY: u32 = 65_534;

struct Desk {
    tenant: Emulator,
    home: Home,
    before: String,
}

/// A profile whose token has expired and can be renewed.
fn desk() -> Desk {
    let tenant =
        Emulator::start(Config { refresh_leeway: 600, ..Config::administrative() }).unwrap();
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
        assert!(!files.iter().any(|name| name.ends_with(".new")), "{files:?}");
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
            .says("nothing was asked of the tenant");
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
        .says("what was saved before is untouched");
    desk.is_untouched();
    // With room again, what the killed ones left is gone.
    Ran::of(&mut desk.renew()).exits(0);
    assert!(!desk.home.files().iter().any(|name| name.ends_with(".new")));
}

#[test]
fn a_full_file_system_is_no_other_case() {
    let desk = desk();
    let small = desk.home.path().join("small");
    private_dir(&small);
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=32k,mode=0700", "auth0-test"])
        .arg(&small)
        .output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: a full file system (this user may not mount one)");
        return;
    }
    let result = std::panic::catch_unwind(|| {
        private_dir(&small.join("profiles"));
        fs::copy(desk.home.profile_path("person"), small.join("profiles/person.toml")).unwrap();
        let fill = vec![b'x'; 1 << 20];
        let _ = fs::write(small.join("fill"), fill);
        let mut renew = desk.renew();
        Ran::of(renew.env("AUTH0_CONFIG_DIR", &small)).exits(1).says("cannot");
        let text = fs::read_to_string(small.join("profiles/person.toml")).unwrap();
        assert_eq!(text, desk.before);
        assert_eq!(desk.tenant.requests_to("POST", "/oauth/token").len(), 0);
    });
    let _ = Command::new("umount").arg("-l").arg(&small).output();
    result.unwrap();
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
    renew().exits(2).says("cannot write").says("nothing was asked of the tenant");
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
    renew().exits(2).says("cannot create");
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
        fs::copy(binary_path("auth0-token"), &binary).unwrap();
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
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("not a regular file");
    fs::write(&profile, b"domain = \"\xff\xfe\"").unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("not UTF-8");
    fs::write(&profile, b"domain = \"acme.eu.auth0.com\"\n[token]\naccess_token = ").unwrap();
    home.run("auth0-token", &["--profile", "odd"]).exits(2).says("line 3, column 16");
    desk.is_untouched();
}
