//! Shows profiles and the state of their tokens.

use std::path::Path;

use serde_json::{Value, json};

use crate::base::error::Error;
use crate::base::platform;
use crate::base::time;
use crate::cmd::options::Shared;
use crate::output::{Column, Emphasis, Fields, Format, Renderer};
use crate::profile::store::Store;
use crate::profile::{LoginMethod, Profile, ProfileName, StoredToken};
use crate::session::identity::no_such_profile;
use crate::term::Io;

/// The columns for people: with a mark, and with user, grant and scopes in short.
const TABLE: [Column; 7] = [
    Column::new("mark", " ").whole(),
    Column::new("profile", "Profile").whole(),
    Column::new("domain", "Domain").whole(),
    Column::new("signed_in_as", "Signed in as"),
    Column::new("by", "By"),
    Column::new("scopes", "Scopes"),
    Column::new("status", "Token").whole(),
];

/// The columns of CSV and TSV.
const DATA: [Column; 8] = [
    Column::new("profile", "Profile"),
    Column::new("domain", "Domain"),
    Column::new("user.sub", "User ID"),
    Column::new("user.name", "Name"),
    Column::new("user.email", "Email"),
    Column::new("grant", "Grant"),
    Column::new("scope", "Scope"),
    Column::new("status", "Token"),
];

const RENEWS: &str = "renews by itself";

/// Scopes that say who a person is, not what they may do.
const IDENTITY: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// All profiles. One that cannot be read is shown as such: it must not hide the others.
pub(super) fn list(
    store: &Store,
    shared: &Shared,
    fields: Option<Fields>,
    io: &mut Io,
) -> Result<(), Error> {
    let current = store.current()?;
    let format = shared.format();
    let columns = if format == Format::Table { &TABLE[..] } else { &DATA[..] };
    let mut renderer = Renderer::new(format, fields, columns, shared.rendering(io));
    let names = store.names()?;
    for name in &names {
        let is_current = current.as_ref() == Some(name);
        let row = match store.load(name) {
            Ok(Some(profile)) => row(name, &profile, is_current),
            // Removed since the folder was read.
            Ok(None) => continue,
            Err(error) => {
                let mut why =
                    error.causes().first().map_or_else(|| error.to_string(), ToString::to_string);
                if format == Format::Table {
                    // Line and column; `show` has the rest.
                    why.truncate(why.find(": ").unwrap_or(why.len()));
                }
                json!({"profile": name.as_str(), "current": is_current, "mark": mark(is_current), "state": "broken", "status": format!("broken: {why}")})
            }
        };
        let emphasis = match row["state"].as_str() {
            Some("expired" | "broken") => Some(Emphasis::Alarm),
            _ => is_current.then_some(Emphasis::Good),
        };
        let row = shown(row, format);
        io.out.with(|out| renderer.emphasized_row(out, &row, emphasis))?;
    }
    io.out.with(|out| renderer.finish(out))?;
    if names.is_empty() {
        io.ui.say_hint(
            "there is no profile yet; make one: ",
            &"auth0-login --domain YOUR-TENANT.eu.auth0.com --client-id YOUR-CLIENT-ID".into(),
        );
    }
    Ok(())
}

/// One profile: settings, user, state. Never a token or a secret.
pub(super) fn show(
    store: &Store,
    name: &ProfileName,
    shared: &Shared,
    io: &mut Io,
) -> Result<(), Error> {
    let profile = store.load(name)?.ok_or_else(|| no_such_profile(name, store))?;
    let mut object = row(name, &profile, store.current()?.as_ref() == Some(name));
    let settings = &profile.settings;
    let more = json!({
        "client_id": settings.client_id,
        "audience": settings.audience(),
        "requested_scope": settings.scope,
        "redirect_uris": settings.redirect_uris,
        "organization": settings.organization,
        "protected": settings.protected.then_some(true),
        "private_key": settings.private_key,
        "credential_saved": settings.client_secret.is_some() || settings.private_key.is_some(),
        "path": store.path(name).to_str(),
    });
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    let object = shown(object, Format::Json);
    let renderer = Renderer::new(shared.format(), None, &[], shared.rendering(io));
    io.out.with(|out| renderer.object(out, &object))
}

/// One fact: bare for people and shells, named for software.
pub(super) fn fact(shared: &Shared, name: &str, value: &str, io: &mut Io) -> Result<(), Error> {
    match shared.format() {
        Format::Json | Format::Jsonl => io.out.json(json!({ name: value })),
        _ => io.out.line(value),
    }
}

/// A path: as its own bytes for shells, as text for software.
pub(super) fn path(shared: &Shared, path: &Path, io: &mut Io) -> Result<(), Error> {
    let json = matches!(shared.format(), Format::Json | Format::Jsonl);
    match (path.to_str(), platform::path_bytes(path)) {
        (Some(text), _) => fact(shared, "path", text, io),
        (None, Some(bytes)) if !json => io.out.with(|out| {
            out.write_all(bytes)?;
            out.write_all(b"\n")
        }),
        _ => Err(Error::usage("the path is not valid Unicode, so it cannot be printed")
            .hint("without -o, it is printed byte for byte where the system allows it")),
    }
}

fn row(name: &ProfileName, profile: &Profile, is_current: bool) -> Value {
    let now = time::now();
    let token = profile.token.as_ref();
    let grant = profile.settings.grant.unwrap_or_default();
    let renews = token.is_some_and(|token| token.refresh_token.is_some())
        || profile.settings.has_credential();
    // What `--with-token` stores has no ID token, so it is not known who signed in, or how.
    let is_given = profile.settings.grant.is_none()
        && profile.user.is_none()
        && token.is_some_and(|token| token.id_token.is_none() && token.refresh_token.is_none());
    let (state, words) = state(token, renews, now);
    json!({
        "mark": mark(is_current),
        "profile": name.as_str(),
        "current": is_current,
        "domain": profile.settings.domain.as_ref().map(ToString::to_string),
        "signed_in_as": profile.user.as_ref().map(|user| user.label().to_owned()),
        "user": profile.user.as_ref().map(|user| json!({"sub": user.sub, "name": user.name, "email": user.email})),
        "grant": (!is_given).then(|| grant.name()),
        "by": if is_given { "token" } else { by(grant) },
        "scope": token.map(|token| &token.scope),
        "scopes": token.and_then(|token| in_short(&token.scope)),
        "state": state,
        "status": words,
        "expires_at": token.map(|token| time::rfc3339(token.expires_at)),
        "refreshable": renews,
    })
}

/// The grant in a word.
fn by(grant: LoginMethod) -> &'static str {
    match grant {
        LoginMethod::AuthorizationCode => "browser",
        LoginMethod::DeviceCode => "device",
        LoginMethod::ClientCredentials => "machine",
    }
}

/// The token's state for software, and in words.
fn state(token: Option<&StoredToken>, renews: bool, now: i64) -> (&'static str, String) {
    match token {
        None if renews => ("none", RENEWS.to_owned()),
        None => ("none", "none".to_owned()),
        Some(token) if token.seconds_left(now) > 0 => {
            // If the next token comes by itself, it does not matter how long this one lasts.
            let left = || format!("valid for {}", time::roughly(token.seconds_left(now)));
            ("valid", if renews { RENEWS.to_owned() } else { left() })
        }
        Some(_) if renews => ("renewable", RENEWS.to_owned()),
        Some(_) => ("expired", "expired".to_owned()),
    }
}

fn mark(is_current: bool) -> &'static str {
    if is_current { "*" } else { " " }
}

/// The first scope that permits an operation, and how many more there are.
fn in_short(scopes: &[String]) -> Option<String> {
    let able = scopes.iter().filter(|scope| !IDENTITY.contains(&scope.as_str())).count();
    let counts = |scope: &&String| able == 0 || !IDENTITY.contains(&scope.as_str());
    let mut counted = scopes.iter().filter(counts);
    let first = counted.next()?;
    Some(match counted.count() {
        0 => first.clone(),
        more => format!("{first} +{more}"),
    })
}

/// A row without what only the table shows.
fn shown(mut row: Value, format: Format) -> String {
    if format != Format::Table
        && let Some(row) = row.as_object_mut()
    {
        for field in ["mark", "signed_in_as", "by", "scopes"] {
            row.shift_remove(field);
        }
    }
    row.to_string()
}

#[cfg(test)]
mod tests {
    use super::{in_short, state};
    use crate::base::domain::Domain;
    use crate::base::secret::Secret;
    use crate::profile::{Endpoints, StoredToken};

    #[test]
    fn scopes_in_short() {
        let short = |text: &str| {
            let scopes: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
            in_short(&scopes).unwrap_or_default()
        };
        assert_eq!(short(""), "");
        assert_eq!(short("openid profile"), "openid +1");
        assert_eq!(short("openid read:clients offline_access"), "read:clients");
        assert_eq!(short("openid read:clients read:connections x"), "read:clients +2");
    }

    #[test]
    fn states_in_words() {
        let token = StoredToken {
            access_token: Secret::new("t"),
            token_type: "Bearer".to_owned(),
            expires_at: 10_000,
            scope: Vec::new(),
            refresh_token: None,
            id_token: None,
            domain: Domain::parse("acme.eu.auth0.com").unwrap(),
            audience: String::new(),
            client_id: String::new(),
            endpoints: Endpoints::default(),
        };
        let words = |token, renews, now| state(token, renews, now).1;
        assert_eq!(words(Some(&token), false, 2_800), "valid for 2 h");
        assert_eq!(words(Some(&token), true, 2_800), "renews by itself");
        assert_eq!(words(Some(&token), false, 10_000), "expired");
        assert_eq!(words(Some(&token), true, 10_000), "renews by itself");
        assert_eq!(words(None, false, 0), "none");
    }
}
