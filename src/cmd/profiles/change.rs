//! Settings, one by one.

use super::existing::lock_existing;
use crate::base::domain::Domain;
use crate::base::error::Error;
use crate::base::text::{Shown, foreign};
use crate::hint;
use crate::loopback::RedirectUri;
use crate::oauth::scope::Scopes;
use crate::profile::edit::Document;
use crate::profile::store::Store;
use crate::profile::{LoginMethod, Profile, ProfileName};
use crate::term::Io;

/// What can be set, in the order of the file. The last one is never typed.
pub(super) const KEYS: [&str; 12] = [
    "domain",
    "client_id",
    "audience",
    "scope",
    "redirect_uris",
    "grant",
    "organization",
    "protected",
    "private_key",
    "key_id",
    "signing_alg",
    "client_secret",
];

pub(super) const KEYS_HELP: &str = "\
Keys: domain, client_id, audience, scope, redirect_uris, grant, organization, protected,
private_key, key_id, signing_alg. With protected=true, destructive commands ask for the domain to
be typed. Lists are separated by commas or spaces.";

/// Whether a word is a setting's key.
pub(super) fn is_key(word: &str) -> bool {
    KEYS.contains(&word)
}

/// A setting's value, checked.
pub(super) enum SettingValue {
    Text(String),
    Flag(bool),
    List(Vec<String>),
}

impl SettingValue {
    pub(super) fn write(&self, key: &str, document: &mut Document) {
        match self {
            Self::Text(text) => document.set(key, text),
            Self::Flag(value) => document.set_bool(key, *value),
            Self::List(items) => document.set_list(key, items),
        }
    }
}

/// Checks a setting as it is typed.
///
/// # Errors
/// Usage, for an unknown key or a value that does not fit.
pub(super) fn parse(key: &str, text: &str) -> Result<SettingValue, Error> {
    let words = || {
        text.split([',', ' '])
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    if text.is_empty() && is_key(key) {
        return Err(Error::usage(format!("{key} is empty"))
            .hint(hint!("take it away: auth0-profiles unset {}", foreign(key).in_command("KEY"))));
    }
    Ok(match key {
        "domain" => SettingValue::Text(Domain::parse(text)?.to_string()),
        "scope" => {
            SettingValue::List(Scopes::parse_request(words())?.iter().map(str::to_owned).collect())
        }
        "redirect_uris" => {
            let uris = words();
            for uri in &uris {
                RedirectUri::parse(uri)?;
            }
            SettingValue::List(uris)
        }
        "grant" if LoginMethod::parse(text).is_none() => {
            return Err(Error::usage("this is not a grant")
                .hint(hint!("choose {}", all_of(&LoginMethod::NAMES))));
        }
        "protected" => match text {
            "true" => SettingValue::Flag(true),
            "false" => SettingValue::Flag(false),
            _ => {
                return Err(Error::usage("protected is neither true nor false")
                    .hint("such as auth0-profiles set protected=true"));
            }
        },
        "signing_alg" if !["RS256", "RS384", "PS256"].contains(&text) => {
            return Err(Error::usage("this is not a signing algorithm")
                .hint("choose RS256, RS384 or PS256"));
        }
        "client_secret" => {
            return Err(Error::usage("a secret does not belong into a command line, where others can read it")
                .hint("keep it with: auth0-login --client-credentials --client-secret-file FILE --save-secret"));
        }
        "client_id" | "audience" | "grant" | "organization" | "private_key" | "key_id"
        | "signing_alg" => SettingValue::Text(text.to_owned()),
        _ => return Err(unknown_key(key)),
    })
}

fn unknown_key(key: &str) -> Error {
    Error::usage(format!("there is no setting {}", foreign(key).quoted()))
        .hint(hint!("there are {}", all_of(&KEYS[..KEYS.len() - 1])))
}

fn all_of(words: &[&'static str]) -> Shown {
    Shown::join(words.iter().map(|word| foreign(word).shown()), ", ")
}

pub(super) fn set(
    store: &Store,
    name: &ProfileName,
    words: &[String],
    io: &Io,
) -> Result<(), Error> {
    if words.is_empty() {
        return Err(Error::usage("nothing to set")
            .hint("write KEY=VALUE: auth0-profiles set audience=https://api.example.com"));
    }
    let mut values = Vec::new();
    for word in words {
        let (key, text) = word.split_once('=').ok_or_else(|| {
            Error::usage("a setting is not of the form KEY=VALUE")
                .hint("such as audience=https://api.example.com")
        })?;
        values.push((key, parse(key, text)?));
    }
    let keys: Vec<_> = values.iter().map(|(key, _)| *key).collect();
    edit(store, name, io, &keys, |document| {
        for (key, value) in &values {
            value.write(key, document);
        }
        Ok(())
    })?;
    io.ui.say(format_args!("profile {name}: {} set", keys.join(", ")));
    Ok(())
}

pub(super) fn unset(
    store: &Store,
    name: &ProfileName,
    keys: &[String],
    io: &Io,
) -> Result<(), Error> {
    if let Some(unknown) = keys.iter().find(|key| !is_key(key)) {
        return Err(unknown_key(unknown));
    }
    let mut gone = Vec::new();
    edit(store, name, io, &[], |document| {
        for key in keys {
            if document.unset(key) {
                gone.push(key.as_str());
            } else {
                io.ui.say(format_args!("{key} was not set"));
            }
        }
        Ok(())
    })?;
    if !gone.is_empty() {
        io.ui.say(format_args!("profile {name}: {} unset", gone.join(", ")));
    }
    Ok(())
}

/// Changes a profile under its lock, and drops a token or a saved credential that no longer fits.
/// `set` are the keys that get a value.
fn edit(
    store: &Store,
    name: &ProfileName,
    io: &Io,
    set: &[&str],
    change: impl FnOnce(&mut Document) -> Result<(), Error>,
) -> Result<(), Error> {
    let locked = lock_existing(store, name)?;
    let (mut document, before) = locked.read()?;
    document.bind_old_credential(&before.settings);
    change(&mut document)?;
    let read = |document: &Document| {
        Profile::parse(&document.to_string())
            .map_err(|e| Error::usage("the profile would not be readable any more").caused_by(&e))
    };
    let mut after = read(&document)?;
    if after.has_foreign_credential {
        if document.drop_credential(set) {
            io.ui.say(
                "the saved secret or key was for another domain or application, so it was dropped",
            );
        }
        after = read(&document)?;
    }
    if set.contains(&"private_key") {
        document.unset("credential");
        document.bind_old_credential(&after.settings);
    }
    if let (Some(token), Some(what)) = (&before.token, misfit(&before, &after)) {
        document.clear_token();
        let again = if token.refresh_token.is_some() {
            "; its refresh token stays valid at the tenant until it is revoked there"
        } else {
            ""
        };
        io.ui.say_hint(
            "the ",
            &hint!(
                "{} changed, so the token was dropped{}; sign in again: auth0-login --profile {}",
                what,
                again,
                name
            ),
        );
    }
    locked.write(&document)
}

/// What of the token the settings no longer match.
fn misfit(before: &Profile, after: &Profile) -> Option<&'static str> {
    let token = before.token.as_ref()?;
    let settings = &after.settings;
    if settings.domain.as_ref() != Some(&token.domain) {
        Some("domain")
    } else if settings.audience().as_ref() != Some(&token.audience) {
        Some("audience")
    } else if settings.client_id.as_ref().is_some_and(|id| *id != token.client_id) {
        Some("client ID")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{SettingValue, parse};

    #[test]
    fn values_are_checked() {
        for (key, text) in [
            ("domain", "acme"),
            ("domain", "http://acme.com"),
            ("grant", "password"),
            ("redirect_uris", "https://example.com/cb"),
            ("signing_alg", "HS256"),
            ("client_secret", "s"),
            ("token", "x"),
            ("Domain", "acme.eu.auth0.com"),
            ("audience", ""),
        ] {
            assert!(parse(key, text).is_err(), "{key}={text}");
        }
        assert!(
            matches!(parse("scope", "a, b c").unwrap(), SettingValue::List(list) if list == ["a", "b", "c"])
        );
        assert!(
            matches!(parse("domain", "https://ACME.eu.auth0.com/").unwrap(), SettingValue::Text(text) if text == "acme.eu.auth0.com")
        );
    }
}
