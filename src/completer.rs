//! What a shell may offer as an argument's value: read from this machine, never from the network.

use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::cache::{self, Entry};
use crate::domain::Domain;
use crate::io::{Env, Io, Manner};
use crate::management::resource::{CLIENTS, CONNECTIONS, Resource};
use crate::store::Store;

/// The tag of candidates that say little without their description.
pub const OPAQUE: &str = "id";

/// What `--profile` says on the line that is being completed; completers see one word alone.
static PROFILE: OnceLock<String> = OnceLock::new();

/// Takes note of the line's `--profile`.
pub fn notice(words: &[OsString]) {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let named = match word {
            "--" => return,
            "--profile" => words.next(),
            _ => word.strip_prefix("--profile="),
        };
        if let Some(name) = named {
            let _ = PROFILE.set(name.to_owned());
        }
    }
}

/// The profiles there are.
pub fn profiles() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let names = store().and_then(|store| store.names().ok()).unwrap_or_default();
        names.iter().map(|name| CompletionCandidate::new(name.as_str())).collect()
    })
}

/// Clients that lists have shown.
pub fn clients() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| known(&CLIENTS, current))
}

/// Connections that lists have shown.
pub fn connections() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| known(&CONNECTIONS, current))
}

/// Names of connections: a login asks for one by its name.
pub fn connection_names() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let known = recall(&CONNECTIONS).into_iter();
        known.map(|entry| CompletionCandidate::new(entry.name)).collect()
    })
}

/// Fixed words; any other may be typed.
pub fn words(words: &'static [&'static str]) -> ArgValueCandidates {
    ArgValueCandidates::new(move || words.iter().map(CompletionCandidate::new).collect())
}

/// IDs that begin so, described by their names; else names that do.
fn known(resource: &Resource, current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let entries = recall(resource);
    let offered = |entry: &Entry| {
        CompletionCandidate::new(&entry.id)
            .help(Some(entry.name.clone().into()))
            .tag(Some(OPAQUE.into()))
    };
    let by_id: Vec<_> =
        entries.iter().filter(|entry| entry.id.starts_with(current)).map(offered).collect();
    if !by_id.is_empty() {
        return by_id;
    }
    let by_name = entries.iter().filter(|entry| entry.name.starts_with(current));
    by_name.map(|entry| CompletionCandidate::new(&entry.name)).collect()
}

fn recall(resource: &Resource) -> Vec<Entry> {
    domain().map(|domain| cache::recall(Env, &domain, resource.key)).unwrap_or_default()
}

/// The tenant that the command would speak to.
fn domain() -> Option<Domain> {
    let given = Env.get("AUTH0_DOMAIN").ok().flatten();
    if let Some(domain) = given {
        return Domain::parse(&domain).ok();
    }
    let store = store()?;
    let name =
        crate::session::identity::choose_profile(PROFILE.get().map(String::as_str), Env, &store);
    store.load(&name.ok()?).ok()??.settings.domain
}

fn store() -> Option<Store> {
    Store::locate(Env, &Io::new(Manner::default()).talk).ok()
}
