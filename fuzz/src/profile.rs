//! Profile files: read, and changed without a change to anything else.

use auth0_suite::base::domain::Domain;
use auth0_suite::base::secret::Secret;
use auth0_suite::profile::edit::Document;
use auth0_suite::profile::{Endpoints, Profile, StoredToken, User};

use super::input::Input;

/// Reading never panics and never quotes: the text may be a token in the wrong place.
pub(crate) fn profile(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Profile::parse(&text) {
        Err(error) => {
            let message = error.to_string();
            assert!(!message.contains("SECRET"), "{message:?}");
            if let Some((line, _)) = error.place {
                assert!(line >= 1 && line <= text.matches('\n').count() + 1, "{message}");
            }
        }
        Ok(_) => {
            let document = match Document::parse(&text) {
                Ok((document, _)) => document,
                // A number that no program can hold, under a key that is not read.
                Err(error) => {
                    assert!(
                        error.place.is_some() && !error.to_string().contains("SECRET"),
                        "{error}"
                    );
                    return;
                }
            };
            // The byte order mark goes, the last line gets an end, and spaces in the headers of
            // some tables are not kept; everything else is.
            let lines = |text: &str| {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                text.trim_end().replace("\r\n", "\n").replace([' ', '\t'], "")
            };
            assert_eq!(lines(&document.to_string()), lines(&text));
        }
    }
}

/// After a login is written, the file reads as that login, and every setting, comment and unknown
/// key is where it was. The first parts are the login, the rest is the file.
pub(crate) fn edit(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let expires_at = i64::from(input.byte()) * 86_400 * 365;
    let (access, refresh, scope, subject) =
        (input.text(), input.text(), input.text(), input.text());
    let text = String::from_utf8_lossy(input.rest());
    let Ok((mut document, before)) = Document::parse(&text) else { return };
    let token = StoredToken {
        access_token: Secret::new(access.as_str()),
        token_type: "Bearer".to_owned(),
        expires_at,
        scope: scope.split(' ').map(str::to_owned).collect(),
        refresh_token: Some(Secret::new(refresh.as_str())).filter(|token| !token.is_empty()),
        id_token: None,
        domain: Domain::parse("acme.eu.auth0.com").expect("a domain"),
        audience: "https://acme.eu.auth0.com/api/v2/".to_owned(),
        client_id: "client".to_owned(),
        endpoints: Endpoints::default(),
    };
    let user = User { sub: subject, name: None, email: Some(scope.clone()) };
    document.set_token(&token, Some(&user));
    let written = document.to_string();
    let after = Profile::parse(&written).expect("what is written can be read");
    let stored = after.token.as_ref().expect("the token");
    assert_eq!(stored.access_token.expose(), access);
    assert_eq!(stored.refresh_token, token.refresh_token);
    assert_eq!((stored.expires_at, &stored.scope), (expires_at, &token.scope));
    assert_eq!(after.user.as_ref(), Some(&user));
    same_settings(&before, &after);
    let settings = |text: &str| {
        let mut table: toml::Table = text.parse().expect("TOML");
        table.remove("token");
        table.remove("user");
        table
    };
    assert_eq!(settings(&text), settings(&written));
    for comment in comments(&text) {
        assert!(written.contains(comment), "{comment:?} is gone");
    }

    // And away again: what is left is what a person wrote.
    let (mut document, _) = Document::parse(&written).expect("it read before");
    assert!(document.clear_token());
    let cleared = document.to_string();
    let after = Profile::parse(&cleared).expect("what is written can be read");
    assert!(after.token.is_none() && after.user.is_none());
    assert_eq!(settings(&text), settings(&cleared));

    document.set("client_id", &access);
    document.set_list("scope", &token.scope);
    let after = Profile::parse(&document.to_string()).expect("what is written can be read");
    assert_eq!(after.settings.client_id.unwrap_or_default(), access);
    assert_eq!(after.settings.scope, Some(token.scope));
}

fn same_settings(before: &Profile, after: &Profile) {
    assert_eq!(format!("{:?}", before.settings), format!("{:?}", after.settings));
    assert_eq!(before.settings.client_secret, after.settings.client_secret);
}

/// Whole-line comments outside of what a login replaces.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.contains(['[', '"', '\'']))
        .filter(|line| line.starts_with('#'))
}
