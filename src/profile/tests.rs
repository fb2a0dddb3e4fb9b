use super::{LoginMethod, Profile, ProfileName};

const WHOLE: &str = r#"
# my tenant
domain = "acme.eu.auth0.com"
client_id = "abc"
scope = ["openid", "read:clients"]
grant = "device_code"
unknown = { kept = true }

[token]
access_token = "AT-secret"
expires_at = 2026-11-23T12:00:00Z
scope = ["read:clients"]
domain = "acme.eu.auth0.com"
audience = "https://acme.eu.auth0.com/api/v2/"
client_id = "abc"

[user]
sub = "auth0|1"
"#;

#[test]
fn a_profile_with_every_setting_is_parsed() {
    let profile = Profile::parse(WHOLE).unwrap();
    assert_eq!(profile.settings.grant, Some(LoginMethod::DeviceCode));
    let token = profile.token.unwrap();
    assert_eq!(token.access_token.expose(), "AT-secret");
    assert_eq!(token.seconds_left(1_795_435_200 - 60), 60);
    assert_eq!(profile.user.unwrap().label(), "auth0|1");
}

#[test]
fn an_error_has_a_line_and_column_and_no_quote() {
    let broken = [
        ("domain = \"acme.eu.auth0.com\"\n\n  token = \"eyJ-secret\"\n", (3, 11)),
        ("client_id = \"x\"\nscope = = \"eyJ-secret\"", (2, 9)),
        ("[token]\naccess_token = \"eyJ-secret\"\nexpires_at = \"eyJ-secret\"", (3, 14)),
        ("a = \"eyJ-secret\na=1", (1, 16)),
    ];
    for (text, place) in broken {
        let error = Profile::parse(text).unwrap_err();
        assert_eq!(error.place, Some(place), "{error}");
        assert!(!error.to_string().contains("eyJ"), "{error}");
    }
}

#[test]
fn a_token_instead_of_a_domain_is_not_quoted() {
    let error = Profile::parse("domain = \"eyJ-secret secret\"").unwrap_err().to_string();
    assert!(error.starts_with("domain: ") && !error.contains("secret"), "{error}");
}

#[test]
fn names_cannot_leave_the_folder() {
    for name in ["a", "acme.eu", "A-1_b", &"x".repeat(64)] {
        assert!(ProfileName::parse(name).is_ok(), "{name}");
    }
    for name in [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "-a",
        ".a",
        "a b",
        "ä",
        "a\n",
        "a\0",
        &"x".repeat(65),
    ] {
        assert!(ProfileName::parse(name).is_err(), "{name:?}");
    }
}
