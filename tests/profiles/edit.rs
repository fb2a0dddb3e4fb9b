//! `set` and `unset`: one setting changes, all the rest of the file stays as a person left it.

use super::{LATER, REFRESH, profiles, token, write};
use crate::support::Home;

const EDITED: &str = "# Production: ask first.\n\nclient_id = 'abc'   # the CLI\nmine = [ 1,2 ]\nscope = [\n  \"openid\", # who\n  \"profile\",\n]\ndomain = \"acme.eu.auth0.com\"\norganization='org_1'\n\n[team]\n  channel = \"#ops\" # on call\n";

fn edited() -> Home {
    let home = Home::new();
    home.write("config/profiles/p.toml", EDITED);
    home
}

#[test]
fn all_but_the_setting_stays_byte_for_byte() {
    let home = edited();
    profiles(&home, &["set", "client_id=xyz"]).exits(0).prints("").says("profile p: client_id set");
    let expected = EDITED.replace("'abc'", "\"xyz\"");
    assert_eq!(home.profile_text("p").unwrap(), expected);
    profiles(&home, &["set", "p", "audience=https://api.example.com", "client_id=abc"]).exits(0);
    let expected = EDITED
        .replace("'abc'", "\"abc\"")
        .replace("'org_1'\n", "'org_1'\naudience = \"https://api.example.com\"\n");
    assert_eq!(home.profile_text("p").unwrap(), expected);
    profiles(&home, &["unset", "audience"]).exits(0).says("profile p: audience unset");
    profiles(&home, &["unset", "p", "organization"]).exits(0);
    let expected = EDITED.replace("'abc'", "\"abc\"").replace("organization='org_1'\n", "");
    assert_eq!(home.profile_text("p").unwrap(), expected);
    profiles(&home, &["unset", "organization"]).exits(0).says("organization was not set");
    assert_eq!(home.profile_text("p").unwrap(), expected);
}

#[test]
fn lists_are_apart_by_commas_or_spaces() {
    let home = edited();
    let uris = "redirect_uris=http://127.0.0.1:5000/callback,http://[::1]:8484/callback";
    profiles(&home, &["set", "scope=openid read:things,write:things", uris]).exits(0);
    let settings = home.profile("p").settings;
    assert_eq!(settings.scope.unwrap(), ["openid", "read:things", "write:things"]);
    assert_eq!(settings.redirect_uris.unwrap().len(), 2);
}

#[test]
fn a_key_that_is_none_is_told_those_there_are() {
    let home = edited();
    for args in [["set", "nonsense=1"], ["set", "token=x"], ["unset", "nonsense"]] {
        let ran = profiles(&home, &args).exits(2).prints("");
        let ran = ran.says("there is no setting").says("client_id").says("redirect_uris");
        ran.says("audience").says("organization");
    }
    for word in ["p", "p domain", "=x"] {
        let args: Vec<_> = ["set"].into_iter().chain(word.split(' ')).collect();
        profiles(&home, &args).exits(2);
    }
    assert_eq!(home.profile_text("p").unwrap(), EDITED);
}

#[test]
fn a_value_that_does_not_fit_changes_nothing() {
    let home = edited();
    for (word, said) in [
        ("grant=foo", "client_credentials"),
        ("redirect_uris=https://evil.example/callback", "it must begin with http://"),
        ("redirect_uris=http://evil.example/callback", "--redirect-uri http://127.0.0.1:5000"),
        ("domain=acme", "acme.eu.auth0.com"),
        ("domain=http://acme.eu.auth0.com", "https"),
        ("signing_alg=HS256", "RS256"),
        ("audience=", "auth0-profiles unset audience"),
        ("client_secret=client-secret-nobody-sees", "--client-secret-file"),
    ] {
        profiles(&home, &["set", word]).exits(2).prints("").says(said);
        // Neither is the half that would have fit.
        profiles(&home, &["set", "p", "client_id=other", word]).exits(2);
        assert_eq!(home.profile_text("p").unwrap(), EDITED, "{word}");
    }
}

#[test]
fn a_token_that_no_longer_fits_is_dropped_with_a_word() {
    for (word, what) in [
        ("domain=other.eu.auth0.com", "the domain changed"),
        ("client_id=other", "the client ID changed"),
        ("audience=https://api.example.com", "the audience changed"),
    ] {
        for refreshes in [false, true] {
            let home = Home::new();
            write(&home, "p", &format!("mine = 1 # mine\n{}", token("p", LATER, refreshes)));
            let ran = profiles(&home, &["set", word]).exits(0).prints("");
            let ran = ran.says(what).says("auth0-login --profile p");
            assert_eq!(ran.stderr.contains("until it is revoked"), refreshes, "{ran:?}");
            let text = home.profile_text("p").unwrap();
            assert!(!text.contains("[token]") && !text.contains("[user]"), "{text}");
            assert!(!text.contains(REFRESH) && text.contains("mine = 1 # mine\n"), "{text}");
        }
    }
}

#[test]
fn a_token_that_still_fits_stays() {
    let home = Home::new();
    write(&home, "p", &token("p", LATER, true));
    for word in [
        "scope=openid read:things",
        "organization=org_1",
        "redirect_uris=http://127.0.0.1:9000/callback",
        // What they are already, in other words.
        "domain=https://P.eu.auth0.com/",
        "audience=https://p.eu.auth0.com/api/v2/",
        "client_id=id-p",
    ] {
        profiles(&home, &["set", word]).exits(0).prints("");
        let profile = home.profile("p");
        let token = profile.token.unwrap_or_else(|| panic!("{word} dropped the token"));
        assert_eq!(token.refresh_token.unwrap().expose(), REFRESH);
        assert!(profile.user.is_some());
    }
    profiles(&home, &["unset", "scope", "organization", "audience"]).exits(0);
    assert!(home.profile("p").token.is_some(), "the audience is the default one");
    profiles(&home, &["unset", "client_id"]).exits(0);
    profiles(&home, &["unset", "domain"]).exits(0).says("the domain changed");
    assert!(home.profile("p").token.is_none());
}
