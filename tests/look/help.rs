//! The two lengths of help.

use crate::support::Home;

#[test]
fn short_help_is_one_screen_and_long_help_has_the_rest() {
    let home = Home::new();
    for (program, args) in [
        ("auth0-login", &[][..]),
        ("auth0-api", &[]),
        ("auth0-clients", &["create"]),
        ("auth0-logs", &["tail"]),
        ("auth0-resources", &["roles", "permissions", "add"]),
    ] {
        let short = home.run(program, &[args, &["-h"]].concat()).exits(0);
        let long = home.run(program, &[args, &["--help"]].concat()).exits(0);
        assert!(short.lines().len() < 24, "{short:?}");
        assert!(short.stdout.ends_with("All options, with examples: --help\n"), "{short:?}");
        assert!(!short.stdout.contains("--no-input"), "{short:?}");
        assert!(long.stdout.contains("--no-input"), "{long:?}");
        assert!(long.lines().len() > short.lines().len());
    }
    let bare = home.run("auth0-clients", &[]).exits(2);
    assert!(bare.stderr.lines().count() < 24, "{bare:?}");
    let asked = home.run("auth0-clients", &["help", "list"]).exits(0);
    assert!(asked.stdout.contains("--no-input"), "{asked:?}");
}

#[test]
fn the_verbs_of_a_kind_say_what_they_do() {
    let help = Home::new().run("auth0-resources", &["roles", "-h"]).exits(0).stdout;
    for about in [
        "list         List the roles, all of them unless limited",
        "show         Show a role, with all settings",
        "delete       Delete roles, for good",
    ] {
        assert!(help.contains(about), "{help}");
    }
}
