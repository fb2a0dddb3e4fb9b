//! Properties of the parser and editor of profile files.

use auth0_suite::base::domain::Domain;
use auth0_suite::base::secret::Secret;
use auth0_suite::profile::edit::Document;
use auth0_suite::profile::{Endpoints, Profile, StoredToken, User};

use super::input::Input;

/// Parsing never panics, and errors never quote the text, which may be a token.
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
                // A number that is too large, under a key that is not read.
                Err(error) => {
                    assert!(
                        error.place.is_some() && !error.to_string().contains("SECRET"),
                        "{error}"
                    );
                    return;
                }
            };
            // Only the byte order mark, the end of the last line, and spaces in table headers may
            // change.
            let lines = |text: &str| {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                text.trim_end().replace("\r\n", "\n").replace([' ', '\t'], "")
            };
            assert_eq!(lines(&document.to_string()), lines(&text));
        }
    }
}

/// After a login is written, parsing returns that login, and all settings, comments and unknown
/// keys are unchanged. The first parts of the input are the login, the rest is the file.
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
    let after = Profile::parse(&written).expect("the written text can be parsed");
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

    // After the login is removed, only the person's text is left.
    let (mut document, _) = Document::parse(&written).expect("it was parsed before");
    assert!(document.clear_token());
    let cleared = document.to_string();
    let after = Profile::parse(&cleared).expect("the written text can be parsed");
    assert!(after.token.is_none() && after.user.is_none());
    assert_eq!(settings(&text), settings(&cleared));

    document.set("client_id", &access);
    document.set_list("scope", &token.scope);
    let after = Profile::parse(&document.to_string()).expect("the written text can be parsed");
    assert_eq!(after.settings.client_id.unwrap_or_default(), access);
    assert_eq!(after.settings.scope, Some(token.scope));
}

fn same_settings(before: &Profile, after: &Profile) {
    assert_eq!(format!("{:?}", before.settings), format!("{:?}", after.settings));
    assert_eq!(before.settings.client_secret, after.settings.client_secret);
}

/// Comments on lines of their own, outside of the tables that a login replaces.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.contains(['[', '"', '\'']))
        .filter(|line| line.starts_with('#'))
}
