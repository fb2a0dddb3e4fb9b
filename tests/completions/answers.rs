//! What is offered: profiles, and what lists have shown of the right tenant.

use super::home::{Home, text};
use crate::api::fake::{Reply, Tenant};
use crate::support::binary;

#[test]
fn profiles_complete() {
    let home = Home::new();
    home.profile("staging", "https://a.example.com");
    home.profile("production", "https://b.example.com");
    assert_eq!(home.offered(&["auth0-token", "--profile", ""]), ["production", "staging"]);
    assert_eq!(home.offered(&["auth0-token", "--profile=st"]), ["--profile=staging"]);
    assert_eq!(home.offered(&["auth0-clients", "list", "--profile", "p"]), ["production"]);
    for subcommand in ["use", "show", "rename", "remove", "path", "set", "unset"] {
        let offered = home.offered(&["auth0-profiles", subcommand, "prod"]);
        assert_eq!(offered, ["production"], "{subcommand}");
    }
    assert_eq!(home.offered(&["auth0-profiles", "set", "dom"]), ["domain="]);
    assert_eq!(
        home.offered(&["auth0-profiles", "set", "staging", "grant=d"]),
        ["grant=device_code"]
    );
    assert_eq!(home.offered(&["auth0-profiles", "unset", "staging", "aud"]), ["audience"]);
}

#[test]
fn ids_are_those_of_the_tenant_on_the_line() {
    let home = Home::new();
    home.profile("a", "https://a.example.com");
    home.profile("b", "https://b.example.com");
    home.file("config/config.toml", "current_profile = \"a\"\n");
    home.cached(
        "a.example.com",
        "clients\tid1\tShop\nclients\tother\tBlog\nconnections\tcon_1\tdb\n",
    );
    home.cached("b.example.com", "clients\tid2\tRobot\n");
    assert_eq!(home.offered(&["auth0-clients", "show", "id"]), ["id1\tShop"]);
    assert_eq!(home.offered(&["auth0-clients", "show", "Bl"]), ["Blog"]);
    assert_eq!(home.offered(&["auth0-clients", "--profile", "b", "show", ""]), ["id2\tRobot"]);
    assert_eq!(home.offered(&["auth0", "connections", "show", "con"]), ["con_1\tdb"]);
    assert_eq!(
        home.offered(&["auth0-connections", "enable", "con_1", "--client", "i"]),
        ["id1\tShop"]
    );
    assert_eq!(home.offered(&["auth0-login", "--connection", ""]), ["db"]);
}

#[test]
fn a_broken_home_is_answered_with_nothing() {
    let home = Home::new();
    assert!(home.offered(&["auth0-clients", "show", ""]).iter().all(|word| word.starts_with('-')));
    home.file("config/config.toml", "current_profile = ");
    home.file("cache/a.example.com.tsv", "\0\n\t\t\t\nclients\n");
    assert!(home.offered(&["auth0-token", "--profile", ""]).is_empty());
}

/// Opening a pipe would wait for somebody who writes to it.
#[cfg(unix)] // named pipes are no files on Windows
#[test]
fn a_pipe_in_the_place_of_a_file_does_not_hang_the_shell() {
    let home = Home::new();
    home.profile("a", "https://a.example.com");
    home.profile("b", "https://b.example.com");
    let pipe = |path: &str| {
        let path = home.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(&path);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    pipe("config/config.toml");
    assert!(home.offered(&["auth0-clients", "show", "x"]).is_empty());
    std::fs::remove_file(home.path.join("config/config.toml")).unwrap();
    pipe("config/profiles/b.toml");
    assert!(home.offered(&["auth0-clients", "--profile", "b", "show", "x"]).is_empty());
    pipe("cache/a.example.com.tsv");
    assert!(home.offered(&["auth0-clients", "--profile", "a", "show", "x"]).is_empty());
}

#[test]
fn a_list_fills_the_cache_and_the_environment_alone_does_not() {
    let tenant = Tenant::new(|seen| {
        assert_eq!(seen.path, "/api/v2/clients");
        if seen.param("fields") == Some("client_id") {
            return Reply::json(200, r#"{"total":1,"clients":[{"client_id":"abc"}]}"#);
        }
        Reply::json(
            200,
            r#"{"start":0,"limit":100,"length":2,"total":2,"clients":[
                {"client_id":"abc","name":"Shop","app_type":"spa"},
                {"client_id":"$(reboot)","name":"evil"}]}"#,
        )
    });
    let home = Home::new();
    let list = || {
        let mut command = home.command(binary("auth0-clients"));
        command.args(["list", "-o", "tsv"]);
        command
    };
    let mut alone = list();
    alone.env("AUTH0_DOMAIN", &tenant.origin).env("AUTH0_ACCESS_TOKEN", "t");
    let output = alone.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!home.path.join("cache").exists());

    home.profile("main", &tenant.origin);
    let output = list().output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(home.offered(&["auth0-clients", "show", ""]), ["abc\tShop"]);
    let file = std::fs::read_dir(home.path.join("cache"))
        .unwrap()
        .map(Result::unwrap)
        .find(|file| file.path().extension().is_some_and(|extension| extension == "tsv"))
        .unwrap();
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "clients\tabc\tShop\n");
    // A list without names says nothing about what there is.
    let output = list().args(["--fields", "client_id"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(home.offered(&["auth0-clients", "show", ""]), ["abc\tShop"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
