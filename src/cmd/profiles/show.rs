//! How profiles stand.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::cli::Shared;
use crate::error::Error;
use crate::io::Io;
use crate::output::{Column, Fields, Format, Options, Renderer};
use crate::profile::{DEFAULT_SCOPE, Grant, Profile, ProfileName, StoredToken};
use crate::session::identity::no_such_profile;
use crate::store::Store;
use crate::time;

const COLUMNS: [Column; 7] = [
    Column::new("mark", " ").whole(),
    Column::new("profile", "Profile").whole(),
    Column::new("domain", "Domain"),
    Column::new("user", "Signed in as"),
    Column::new("grant", "Grant"),
    Column::new("scopes", "Scopes").right(),
    Column::new("status", "Token").whole(),
];

/// All profiles. One that cannot be read is shown as such: it must not hide the others.
pub(super) fn list(
    store: &Store,
    shared: &Shared,
    fields: Option<Fields>,
    io: &mut Io,
) -> Result<(), Error> {
    let current = store.current()?;
    let format = shared.format();
    // The mark is for the table's eye alone; software reads `current`.
    let columns = if format == Format::Table { &COLUMNS[..] } else { &COLUMNS[1..] };
    let mut renderer = renderer(format, fields, columns, io);
    let names = store.names()?;
    for name in &names {
        let is_current = current.as_ref() == Some(name);
        let row = match store.load(name) {
            Ok(Some(profile)) => {
                let mut row = row(name, &profile, is_current);
                let scopes = scopes(&profile);
                if format == Format::Table {
                    // All of it must fit into 80 columns.
                    row["scopes"] = scopes.map(|scopes| scopes.len()).into();
                    row["grant"] = in_a_word(profile.settings.grant.unwrap_or_default()).into();
                } else {
                    row["scopes"] = scopes.into();
                }
                row
            }
            // Removed since the folder was read.
            Ok(None) => continue,
            Err(error) => {
                let mut why = error.causes().first().cloned().unwrap_or_else(|| error.to_string());
                if format == Format::Table {
                    // Line and column; `show` has the rest.
                    why.truncate(why.find(": ").unwrap_or(why.len()));
                }
                json!({"profile": name.as_str(), "current": is_current, "mark": mark(is_current), "state": "broken", "status": format!("broken: {why}")})
            }
        };
        let row = shown(row, format);
        io.out.with(|out| renderer.row(out, &row))?;
    }
    io.out.with(|out| renderer.finish(out))?;
    if names.is_empty() {
        io.talk.say("there is no profile yet; make one: auth0-login --domain YOUR-TENANT.eu.auth0.com --client-id YOUR-CLIENT-ID");
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
        "scope": settings.scope,
        "redirect_uris": settings.redirect_uris,
        "organization": settings.organization,
        "private_key": settings.private_key,
        "credential_saved": settings.client_secret.is_some() || settings.private_key.is_some(),
        "granted_scope": profile.token.as_ref().map(|token| &token.scope),
        "path": store.path(name).display().to_string(),
    });
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    let object = shown(object, Format::Json);
    let renderer = renderer(shared.format(), None, &[], io);
    io.out.with(|out| renderer.object(out, &object))
}

/// One fact: bare for people and shells, named for software.
pub(super) fn fact(shared: &Shared, name: &str, value: &str, io: &mut Io) -> Result<(), Error> {
    match shared.format() {
        Format::Json | Format::Jsonl => io.out.line(json!({ name: value })),
        _ => io.out.line(value),
    }
}

fn renderer(format: Format, fields: Option<Fields>, columns: &[Column], io: &Io) -> Renderer {
    let options = Options { width: io.width(), color: io.color_out(), ..Options::default() };
    Renderer::new(format, fields, columns, options)
}

fn row(name: &ProfileName, profile: &Profile, is_current: bool) -> Value {
    let now = time::unix(SystemTime::now());
    let token = profile.token.as_ref();
    let renews = token.is_some_and(|token| token.refresh_token.is_some())
        || profile.settings.has_credential();
    let (state, words) = state(token, renews, now);
    json!({
        "mark": mark(is_current),
        "profile": name.as_str(),
        "current": is_current,
        "domain": profile.settings.domain.as_ref().map(ToString::to_string),
        "user": profile.user.as_ref().map(|user| user.label().to_owned()),
        "grant": profile.settings.grant.unwrap_or_default().name(),
        "state": state,
        "status": words,
        "expires_at": token.map(|token| time::rfc3339(token.expires_at)),
        "renews": renews,
    })
}

/// The scopes of the token, else those that a login will ask for. `None` where the tenant decides,
/// or did not say.
fn scopes(profile: &Profile) -> Option<Vec<&str>> {
    let scopes: Vec<_> = match (&profile.token, &profile.settings.scope) {
        (Some(token), _) => token.scope.iter().map(String::as_str).collect(),
        (None, Some(scopes)) => scopes.iter().map(String::as_str).collect(),
        // It asks for none, and gets what its client grant holds.
        (None, None) if profile.settings.grant == Some(Grant::ClientCredentials) => Vec::new(),
        (None, None) => DEFAULT_SCOPE.to_vec(),
    };
    Some(scopes).filter(|scopes| !scopes.is_empty())
}

/// Who signs in, and where: a grant's name is too long for a table.
const fn in_a_word(grant: Grant) -> &'static str {
    match grant {
        Grant::AuthorizationCode => "browser",
        Grant::DeviceCode => "device",
        Grant::ClientCredentials => "machine",
    }
}

/// The token's state for software, and in words.
fn state(token: Option<&StoredToken>, renews: bool, now: i64) -> (&'static str, String) {
    match token {
        None if renews => ("none", "none, comes by itself".to_owned()),
        None => ("none", "none".to_owned()),
        Some(token) if token.seconds_left(now) > 0 => {
            let left = time::roughly(token.seconds_left(now));
            let then = if renews { ", renews" } else { "" };
            ("valid", format!("valid for {left}{then}"))
        }
        Some(_) if renews => ("renewable", "expired, renews by itself".to_owned()),
        Some(_) => ("expired", "expired".to_owned()),
    }
}

fn mark(is_current: bool) -> &'static str {
    if is_current { "*" } else { " " }
}

/// A row without its mark, but for the table.
fn shown(mut row: Value, format: Format) -> String {
    if format != Format::Table {
        row.as_object_mut().map(|row: &mut Map<String, Value>| row.shift_remove("mark"));
    }
    row.to_string()
}

#[cfg(test)]
mod tests {
    use super::state;
    use crate::domain::Domain;
    use crate::profile::StoredToken;
    use crate::secret::Secret;

    #[test]
    fn states_in_words() {
        let token = StoredToken {
            access_token: Secret::new("t"),
            token_type: "Bearer".to_owned(),
            expires_at: 10_000,
            scope: Vec::new(),
            refresh_token: None,
            domain: Domain::parse("acme.eu.auth0.com").unwrap(),
            audience: String::new(),
            client_id: String::new(),
        };
        let words = |token, renews, now| state(token, renews, now).1;
        assert_eq!(words(Some(&token), false, 2_800), "valid for 2 h");
        assert_eq!(words(Some(&token), true, 2_800), "valid for 2 h, renews");
        assert_eq!(words(Some(&token), false, 10_000), "expired");
        assert_eq!(words(Some(&token), true, 10_000), "expired, renews by itself");
        assert_eq!(words(None, false, 0), "none");
    }
}
