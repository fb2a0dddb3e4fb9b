//! Profiles by name: `use`, `current`, `path`, `rename`, `remove`.

use super::{LATER, current, profiles, token, write};
use crate::support::Home;

/// Three profiles, the first of them the current one.
fn three() -> Home {
    let home = Home::new();
    for name in ["acme", "beta", "gamma"] {
        write(&home, name, &format!("# {name}\n{}", token(name, LATER, true)));
    }
    profiles(&home, &["use", "acme"]).exits(0).prints("").says("acme");
    home
}

#[test]
fn one_is_the_current_one_until_another_is() {
    let home = three();
    assert_eq!(current(&home), "acme");
    profiles(&home, &["use", "gamma"]).exits(0);
    assert_eq!(current(&home), "gamma");
    profiles(&home, &["current", "-o", "json"]).exits(0).prints_line(r#"{"profile":"gamma"}"#);
    let text = std::fs::read_to_string(home.config().join("config.toml")).unwrap();
    // `use -` goes back to the second one.
    assert_eq!(text, "current_profile = \"gamma\"\nprevious_profile = \"acme\"\n");
    // A comment there stays, as it does in a profile.
    home.write("config/config.toml", "# mine\ncurrent_profile = 'gamma' # for now\nother = 1\n");
    profiles(&home, &["use", "beta"]).exits(0);
    let text = std::fs::read_to_string(home.config().join("config.toml")).unwrap();
    assert!(text.starts_with("# mine\n") && text.contains("\nother = 1\n"), "{text}");
    profiles(&home, &["use", "gama"]).exits(2).prints("").says("did you mean gamma?");
    profiles(&home, &["use", "zzzzzz"]).exits(2).says("acme, beta, gamma");
    profiles(&home, &["use", "../acme"]).exits(2).says("invalid profile name");
    assert_eq!(current(&home), "beta");
    let outranked = home.command("auth0-profiles").env("AUTH0_PROFILE", "beta");
    outranked.args(&["use", "acme"]).run().exits(0).says("AUTH0_PROFILE=beta");
}

#[test]
fn a_profiles_file_is_where_it_says() {
    let home = three();
    let path = home.config().join("profiles").join("acme.toml").to_str().unwrap().to_owned();
    profiles(&home, &["path"]).exits(0).prints_line(&path);
    profiles(&home, &["path", "acme"]).exits(0).prints_line(&path);
    let ran = profiles(&home, &["path", "acme", "-o", "json"]).exits(0);
    assert_eq!(ran.json()["path"], path.as_str());
    profiles(&home, &["path", "../acme"]).exits(2).prints("");
}

#[test]
fn another_name_changes_nothing_else() {
    let home = three();
    let text = home.profile_text("acme");
    profiles(&home, &["rename", "acme", "acme-production"]).exits(0).prints("");
    assert_eq!(home.profile_text("acme-production"), text);
    assert_eq!(home.profile_text("acme"), None);
    assert_eq!(current(&home), "acme-production", "the current one keeps being it");
    profiles(&home, &["rename", "beta", "delta"]).exits(0);
    assert_eq!(current(&home), "acme-production");
    let before = home.files();
    profiles(&home, &["rename", "delta", "gamma"]).exits(2).says("'gamma' already");
    profiles(&home, &["rename", "delta", "delta"]).exits(2).prints("");
    profiles(&home, &["rename", "delta", "../x"]).exits(2).prints("");
    profiles(&home, &["rename", "nobody", "somebody"]).exits(2).says("nobody");
    let kept = |files: Vec<(std::path::PathBuf, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|(path, _)| path.extension().unwrap() == "toml").collect()
    };
    assert_eq!(kept(home.files()), kept(before));
}

#[test]
fn removing_asks_and_without_a_terminal_wants_yes() {
    let home = three();
    for args in [&["remove", "acme"][..], &["remove", "acme", "beta", "--no-input"]] {
        profiles(&home, args).exits(2).prints("").says("--yes");
    }
    // An answer on a pipe is no person's.
    let piped = home.command("auth0-profiles").args(&["remove", "acme"]).stdin("y\n");
    piped.run().exits(2).says("--yes");
    assert_eq!(current(&home), "acme");
    assert!(home.profile_text("beta").is_some());
    profiles(&home, &["remove", "acme", "-y"]).exits(0).prints("").says("acme is removed");
    assert_eq!(home.profile_text("acme"), None);
    let text = std::fs::read_to_string(home.config().join("config.toml")).unwrap();
    assert!(!text.contains("acme"), "the current one is gone: {text}");
    profiles(&home, &["current"]).exits(2).says("auth0-profiles use");
}

#[test]
fn removing_goes_on_past_what_is_not_there() {
    let home = three();
    let ran = profiles(&home, &["remove", "nobody", "beta", "../x", "gamma", "--yes"]).exits(2);
    ran.prints("")
        .says("nobody")
        .says("profile 3 of 4")
        .hides("../x")
        .says("beta is removed")
        .says("gamma is removed");
    assert_eq!(home.profile_text("beta"), None);
    assert_eq!(home.profile_text("gamma"), None);
    assert_eq!(current(&home), "acme");
    // Whoever is named twice is removed once, and that is no fault.
    profiles(&home, &["remove", "acme", "acme", "--yes"]).exits(0);
    profiles(&home, &["remove", "acme", "--yes"]).exits(2).says("acme");
}

#[cfg(unix)] // modes
#[test]
fn a_profile_that_others_could_read_is_mended_with_a_word() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = three();
    let path = home.config().join("profiles/acme.toml");
    crate::support::set_mode(&path, 0o644);
    profiles(&home, &["show"]).exits(0).says("0600");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}
