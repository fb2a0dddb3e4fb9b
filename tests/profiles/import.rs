//! `import`: a `.env` file's settings, read when asked for, and never its secrets.

use super::{ACCESS, SECRET, current, profiles};
use crate::support::Home;

const IMPORT: [&str; 4] = ["import", "p", "--env-file", "settings.env"];

fn with(text: &str) -> Home {
    let home = Home::new();
    home.write("settings.env", text);
    home
}

#[test]
fn files_as_people_write_them() {
    let plain = "AUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_CLIENT_ID=abc\n";
    let quoted = "# ours\n\nexport AUTH0_DOMAIN=\"https://acme.eu.auth0.com/\" # prod\nexport AUTH0_CLIENT_ID='abc'\nOTHER=1\n";
    for text in [
        plain,
        quoted,
        &quoted.replace('\n', "\r\n"),
        &format!("\u{feff}{plain}"),
        "AUTH0_CLIENT_ID = abc\nAUTH0_DOMAIN=other.eu.auth0.com\nAUTH0_DOMAIN=acme.eu.auth0.com",
        "AUTH0_CLIENT_ID=abc\nAUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_TENANT=other\n",
        "AUTH0_CLIENT_ID=abc\nAUTH0_DOMAIN=\nAUTH0_TENANT=acme.eu.auth0.com\n",
    ] {
        let home = with(text);
        profiles(&home, &IMPORT).exits(0).prints("").says("auth0-login --profile p");
        let written = home.profile_text("p").unwrap();
        let expected = "domain = \"acme.eu.auth0.com\"\nclient_id = \"abc\"\n";
        assert_eq!(written, expected, "{text:?}");
        assert_eq!(current(&home), "p");
        assert!(home.run("auth0-profiles", &IMPORT).exits(2).stderr.contains("already"));
    }
}

#[test]
fn a_bare_tenant_is_its_domain_and_the_rest_comes_along() {
    let home = with(
        "AUTH0_TENANT=acme\nAUTH0_CLIENT_ID=abc\nAUTH0_AUDIENCE=https://api.example.com\nAUTH0_SCOPE=\"openid read:things\"\n",
    );
    profiles(&home, &IMPORT).exits(0);
    let settings = home.profile("p").settings;
    assert_eq!(settings.domain.unwrap().to_string(), "acme.auth0.com");
    assert_eq!(settings.audience.unwrap(), "https://api.example.com");
    assert_eq!(settings.scope.unwrap(), ["openid", "read:things"]);
}

#[test]
fn what_is_missing_or_wrong_is_named_and_nothing_is_written() {
    for (text, said) in [
        ("", "AUTH0_DOMAIN"),
        ("AUTH0_CLIENT_ID=abc\n", "AUTH0_DOMAIN nor AUTH0_TENANT"),
        ("AUTH0_DOMAIN=acme.eu.auth0.com\n", "AUTH0_CLIENT_ID"),
        ("AUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_CLIENT_ID=\n", "AUTH0_CLIENT_ID"),
        ("AUTH0_DOMAIN=acme\nAUTH0_CLIENT_ID=abc\n", "acme.eu.auth0.com"),
        ("AUTH0_DOMAIN=\"acme\nAUTH0_CLIENT_ID=abc\n", "line 1"),
        ("AUTH0_TENANT=a/b\nAUTH0_CLIENT_ID=abc\n", "hint: "),
    ] {
        let home = with(text);
        profiles(&home, &IMPORT).exits(2).prints("").says(said);
        assert!(home.files().is_empty(), "{text:?}");
    }
    let home = Home::new();
    profiles(&home, &IMPORT).exits(2).says("settings.env");
    profiles(&home, &["import", "p"]).exits(2).says("--env-file");
    home.write("settings.env", "AUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_CLIENT_ID=abc\n");
    profiles(&home, &["import", "../p", "--env-file", "settings.env"]).exits(2);
    assert!(home.files().is_empty());
}

#[test]
fn secrets_stay_where_they_are() {
    let secrets = format!("AUTH0_CLIENT_SECRET={SECRET}\nAUTH0_ACCESS_TOKEN=\"{ACCESS}\"\n");
    let home = with(&format!("AUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_CLIENT_ID=abc\n{secrets}"));
    let ran = profiles(&home, &[&IMPORT[..], &["-vv"]].concat()).exits(0);
    ran.says("AUTH0_CLIENT_SECRET was left").says("AUTH0_ACCESS_TOKEN was left");
    for (path, content) in home.files() {
        let text = String::from_utf8(content).unwrap();
        assert!(!text.contains("nobody-sees"), "{}: {text}", path.to_string_lossy());
    }
    // A file that fails does not show them either, whatever the line.
    for text in [secrets.clone(), format!("AUTH0_CLIENT_SECRET=\"{SECRET}\n")] {
        let home = with(&text);
        profiles(&home, &IMPORT).exits(2);
        assert!(home.files().is_empty());
    }
}

#[test]
fn a_file_in_the_working_folder_is_not_read_unasked() {
    let home = Home::new();
    home.write(".env", "AUTH0_PROFILE=p\nAUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_CLIENT_ID=abc\nAUTH0_ACCESS_TOKEN=access-token-nobody-sees\n");
    profiles(&home, &["current"]).exits(3).says("there is no profile");
    profiles(&home, &["list"]).exits(0).says("there is no profile yet");
    home.run("auth0-token", &[]).exits(3).prints("").hides(ACCESS);
    home.run("auth0-login", &["--no-input"]).exits(2).hides("acme");
    assert!(home.files().is_empty());
}
