//! Profiles come, go, and take turns.

use super::existing::{existing, lock_existing};
use super::{Add, change};
use crate::base::error::Error;
use crate::hint;
use crate::profile::ProfileName;
use crate::profile::edit::Document;
use crate::profile::store::Store;
use crate::session::identity::no_such_profile;
use crate::term::pick::Choice;
use crate::term::{Io, shell};

/// Makes the profile of that name current; `-` is the one before, and no name asks a person.
pub(super) fn choose_current(store: &Store, name: Option<&str>, io: &Io) -> Result<(), Error> {
    match name {
        Some("-") => {
            let previous = store.previous()?.ok_or_else(|| {
                Error::usage("no other profile was the current one before")
                    .hint("name one: auth0-profiles use NAME")
            })?;
            make_current(store, previous.as_str(), io)
        }
        Some(name) => make_current(store, name, io),
        None => {
            let names = store.names()?;
            let current = store.current()?;
            let choices: Vec<Choice> =
                names.iter().map(|name| choice(store, name, current.as_ref())).collect();
            match io.pick("Which profile", &choices)? {
                Some(at) => make_current(store, names[at].as_str(), io),
                None => Err(Error::usage("no profile is named")
                    .hint("name one: auth0-profiles use NAME; see them: auth0-profiles list")),
            }
        }
    }
}

/// A profile in a list to choose from: its domain, and who is signed in.
fn choice(store: &Store, name: &ProfileName, current: Option<&ProfileName>) -> Choice {
    let profile = store.load(name).ok().flatten().unwrap_or_default();
    let mut notes: Vec<String> = Vec::new();
    notes.extend(profile.settings.domain.as_ref().map(ToString::to_string));
    notes.extend(profile.user.as_ref().map(|user| user.label().to_owned()));
    if current == Some(name) {
        notes.push("current".to_owned());
    }
    Choice { name: name.to_string(), note: notes.join(", ") }
}

fn make_current(store: &Store, name: &str, io: &Io) -> Result<(), Error> {
    let mut name = existing(store, name)?;
    store.change_current(|_| {
        name = existing(store, name.as_str())?;
        Ok(Some(name.clone()))
    })?;
    io.ui.say(format_args!("the current profile is now {name}"));
    if let Some(other) = io.env.get("AUTH0_PROFILE")?.filter(|other| other != name.as_str()) {
        io.ui.warn(format_args!(
            "AUTH0_PROFILE={other} outranks it in this shell; {}",
            shell::unset("AUTH0_PROFILE")
        ));
    }
    Ok(())
}

pub(super) fn add(store: &Store, add: &Add, io: &Io) -> Result<(), Error> {
    let mut settings = vec![("domain", add.domain.clone()), ("client_id", add.client_id.clone())];
    let optional = [
        ("audience", add.audience.clone()),
        ("grant", add.grant.clone()),
        ("organization", add.organization.clone()),
        ("scope", (!add.scope.is_empty()).then(|| add.scope.join(" "))),
        ("redirect_uris", (!add.redirect_uris.is_empty()).then(|| add.redirect_uris.join(","))),
    ];
    settings.extend(optional.into_iter().filter_map(|(key, value)| Some((key, value?))));
    create(store, &add.name, &settings, add.make_current, io)
}

/// Writes a new profile; the first one becomes the current one.
pub(super) fn create(
    store: &Store,
    name: &str,
    settings: &[(&str, String)],
    make_current: bool,
    io: &Io,
) -> Result<(), Error> {
    let name = ProfileName::parse(name)?;
    let mut document = Document::new();
    for (key, text) in settings {
        change::parse(key, text)?.write(key, &mut document);
    }
    let locked = store.lock(&name)?;
    if locked.exists() {
        let name = locked.name();
        return Err(Error::usage(format!("there is a profile '{name}' already"))
            .hint(hint!("change it: auth0-profiles set {} KEY=VALUE, or remove it first: auth0-profiles remove {}", name, name)));
    }
    locked.write(&document)?;
    drop(locked);
    store.make_current(&name, make_current)?;
    io.ui
        .say_hint("profile ", &hint!("{} is there; sign in: auth0-login --profile {}", name, name));
    Ok(())
}

pub(super) fn rename(store: &Store, old: &str, new: &str, io: &Io) -> Result<(), Error> {
    let old = existing(store, old)?;
    let new = ProfileName::parse(new)?;
    if old == new {
        return Err(Error::usage(format!("'{old}' has that name already")));
    }
    // In one order everywhere, so that two renames never wait for each other. Two spellings of one
    // name have one lock.
    let (first, second) = if old.key() < new.key() { (&old, &new) } else { (&new, &old) };
    let _first = store.lock(first)?;
    let _second = if old.key() == new.key() { None } else { Some(store.lock(second)?) };
    // Another process may have removed it while we waited.
    let old = existing(store, old.as_str())?;
    store.rename(&old, &new)?;
    store.change_current(|current| {
        Ok(current.map(|current| if current.key() == old.key() { new.clone() } else { current }))
    })?;
    io.ui.say(format_args!("profile {old} is now {new}"));
    Ok(())
}

/// Goes on past a failure; the last one is the result.
pub(super) fn remove(store: &Store, names: &[String], yes: bool, io: &Io) -> Result<(), Error> {
    let mut going = Vec::new();
    let mut result = Ok(());
    for (at, name) in names.iter().enumerate() {
        let named = existing(store, name).map_err(|error| match ProfileName::parse(name) {
            Ok(_) => error,
            // An invalid name is not repeated; its position says which one it is.
            Err(_) => error.within(format!("cannot remove profile {} of {}", at + 1, names.len())),
        });
        match named {
            // Named twice is meant once.
            Ok(name) if going.contains(&name) => {}
            Ok(name) => going.push(name),
            Err(error) => keep_last(&mut result, error, io),
        }
    }
    if !yes && !going.is_empty() {
        let names: Vec<_> = going.iter().map(ProfileName::as_str).collect();
        io.confirm(&format!(
            "Remove {} with settings and tokens? (auth0-logout revokes them first)",
            names.join(", ")
        ))?;
    }
    for name in going {
        match remove_one(store, &name) {
            Ok(()) => io.ui.say(format_args!("profile {name} is removed")),
            Err(error) => keep_last(&mut result, error, io),
        }
    }
    result
}

fn remove_one(store: &Store, name: &ProfileName) -> Result<(), Error> {
    let locked = lock_existing(store, name)?;
    if !locked.remove()? {
        return Err(no_such_profile(name, store));
    }
    store.change_current(|current| Ok(current.filter(|current| current.key() != name.key())))
}

/// The last failure is reported by the caller, those before it here.
fn keep_last(result: &mut Result<(), Error>, error: Error, io: &Io) {
    if let Err(earlier) = std::mem::replace(result, Err(error)) {
        io.ui.report(&earlier);
    }
}
