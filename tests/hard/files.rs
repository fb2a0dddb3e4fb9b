//! Folders and files of other users, or that other users could have written to: nothing of theirs
//! is changed, and nothing that they could have put there is believed.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::Path;

use super::home::{Home, desk};
use crate::support::{Ran, private_dir, set_mode, write_private};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Adds a profile with this configuration folder.
fn add(home: &Home, folder: &Path) -> Ran {
    let args = ["add", "p", "--domain", "acme.eu.auth0.com", "--client-id", "c"];
    Ran::of(home.command("auth0-profiles", args).env("AUTH0_CONFIG_DIR", folder))
}

#[test]
fn what_others_can_write_is_refused_with_the_command_that_closes_it() {
    let (_tenant, home) = desk();
    home.run("auth0-profiles", &["use", "person"]).exits(0);
    let config = home.config();
    let file = home.profile_path("person");
    let before = fs::read(&file).unwrap();
    for (path, open, closed) in [
        (file.clone(), 0o666, 0o600),
        (file.clone(), 0o620, 0o600),
        (file.clone(), 0o602, 0o600),
        (config.join("config.toml"), 0o622, 0o600),
        (config.join("profiles"), 0o777, 0o700),
        (config.join("profiles"), 0o770, 0o700),
        (config.clone(), 0o702, 0o700),
    ] {
        set_mode(&path, open);
        let command = format!("chmod {closed:o} {}", path.display());
        for (binary, args) in [
            ("auth0-token", &[][..]),
            ("auth0-profiles", &["set", "organization=org_x"]),
            ("auth0-logout", &[]),
        ] {
            let ran = home.run(binary, args).exits(2).says("other users can write").says(&command);
            assert_eq!(ran.stdout, "", "{ran:?}");
        }
        assert_eq!(mode(&path), open, "{path:?}");
        assert_eq!(fs::read(&file).unwrap(), before);
        // The command that was named mends it.
        set_mode(&path, closed);
        assert_eq!(home.run("auth0-token", &[]).exits(0).stderr, "");
    }
}

#[test]
fn no_folder_of_others_is_changed() {
    let home = Home::new();
    // A device would be treated as this pipe is; a test must not risk the machine's.
    let pipe = home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let file = home.path().join("file");
    write_private(&file, "x");
    for path in [&pipe, &file] {
        set_mode(path, 0o666);
        add(&home, path).exits(2).says("not a folder").says("AUTH0_CONFIG_DIR");
        assert_eq!(mode(path), 0o666);
    }
    for (name, open, inside) in [
        ("sticky", 0o1777, false),
        ("sticky-full", 0o1777, true),
        ("sticky-private", 0o1700, false),
        ("shared", 0o777, true),
    ] {
        let folder = home.path().join(name);
        private_dir(&folder);
        if inside {
            write_private(&folder.join("somebody's"), "x");
        }
        set_mode(&folder, open);
        add(&home, &folder).exits(2).says("AUTH0_CONFIG_DIR");
        assert_eq!(mode(&folder), open, "{name}");
        assert!(!folder.join("profiles").exists(), "{name}");
    }
    // One that others can only look into is fit for use, and stays as it is if it holds more.
    let mixed = home.path().join("mixed");
    private_dir(&mixed);
    write_private(&mixed.join("notes.txt"), "x");
    set_mode(&mixed, 0o755);
    assert!(!add(&home, &mixed).exits(0).stderr.contains("warning: "));
    assert_eq!((mode(&mixed), mode(&mixed.join("profiles"))), (0o755, 0o700));
    // An empty one is closed, whatever its mode was: nobody has put anything there yet.
    for (name, open) in [("empty", 0o777), ("group", 0o775), ("readable", 0o755)] {
        let folder = home.path().join(name);
        private_dir(&folder);
        set_mode(&folder, open);
        add(&home, &folder).exits(0).says("warning: ").says("0700");
        assert_eq!(mode(&folder), 0o700, "{name}");
    }
}

#[test]
fn no_file_of_others_is_changed() {
    let (_tenant, home) = desk();
    let file = home.profile_path("person");
    // Behind a link: somewhere else than in our folder.
    let elsewhere = home.path().join("elsewhere.toml");
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    set_mode(&elsewhere, 0o644);
    let command = format!("chmod 600 {}", file.display());
    home.run("auth0-token", &[]).exits(0).says("other users can read").says(&command);
    assert_eq!(mode(&elsewhere), 0o644);
    // With a second name.
    fs::remove_file(&file).unwrap();
    fs::hard_link(&elsewhere, &file).unwrap();
    home.run("auth0-token", &[]).exits(0).says("other users can read").says(&command);
    assert_eq!(mode(&elsewhere), 0o644);
    fs::remove_file(&elsewhere).unwrap();
    home.run("auth0-token", &[]).exits(0).says("0600");
    assert_eq!(mode(&file), 0o600);
    // Lock files are ours.
    home.run("auth0-profiles", &["set", "person", "organization=o"]).exits(0);
    let lock = home.config().join("locks/person.lock");
    set_mode(&lock, 0o666);
    home.run("auth0-profiles", &["set", "person", "organization=p"]).exits(0);
    assert_eq!(mode(&lock), 0o600);
    // Another user's file, even if all can read it.
    if rustix::process::geteuid().is_root() {
        chown(&file, Some(65_534), Some(65_534)).unwrap();
        home.run("auth0-token", &[]).exits(2).says("belongs to another user");
    }
}

#[test]
fn a_path_that_is_not_unicode_is_printed_as_it_is() {
    let home = Home::new();
    let folder = home.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    add(&home, &folder).exits(0);
    let path = |args: &[&str]| {
        let mut command = home.command("auth0-profiles", ["path", "p"]);
        Ran::of(command.args(args).env("AUTH0_CONFIG_DIR", &folder))
    };
    let mut expected = folder.join("profiles/p.toml").as_os_str().as_bytes().to_vec();
    expected.push(b'\n');
    assert_eq!(path(&[]).exits(0).bytes, expected);
    path(&["-o", "json"]).exits(2).prints("").says("not valid Unicode");
}
