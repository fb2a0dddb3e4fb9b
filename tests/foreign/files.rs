//! Files that are not what their names promise.

use std::fs;
use std::process::Command;

use crate::support::Home;

#[test]
fn completions_do_not_wait_for_a_fifo() {
    let home = Home::new();
    home.write("config/profiles/p.toml", "domain = \"acme.eu.auth0.com\"\n");
    let fifo = home.config().join("config.toml");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let words = ["complete", "zsh", "--", "auth0-clients", "show", ""];
    home.run("auth0-completions", &words).exits(0);
}

#[test]
fn pages_and_scripts_replace_a_link_and_do_not_follow_it() {
    let home = Home::new();
    let victim = home.write("victim", "precious\n");
    let pages = home.path().join("pages");
    crate::support::private_dir(&pages);
    std::os::unix::fs::symlink(&victim, pages.join("auth0-login.1")).unwrap();
    home.run("auth0-completions", &["man", "--dir", "pages"]).exits(0);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious\n");
    assert!(!pages.join("auth0-login.1").is_symlink());
    // A start-up file is left to its owner, who is told the lines.
    std::os::unix::fs::symlink(&victim, home.path().join(".zshrc")).unwrap();
    let ran = home.run("auth0-completions", &["install", "zsh"]).exits(1);
    ran.says("it is a symbolic link").says("\nsource \"");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious\n");
}

#[test]
fn a_path_is_printed_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let folder = std::ffi::OsStr::from_bytes(b"/tmp/\xff\xfe");
    let ran =
        home.command("auth0-profiles").args(&["path", "p"]).env("AUTH0_CONFIG_DIR", folder).run();
    assert_eq!(ran.exits(0).bytes, b"/tmp/\xff\xfe/profiles/p.toml\n");
}
