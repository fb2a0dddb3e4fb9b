//! What a shell may offer as an argument's value: read from this machine, never from the network.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::base::domain::Domain;
use crate::base::input;
use crate::base::platform::open_regular_file;
use crate::management::schema::{RequestBody, Schema, Type};
use crate::profile::cache::{self, CachedName};
use crate::profile::store::Store;
use crate::profile::{LoginMethod, ProfileName};
use crate::resource::kinds::{CLIENTS, CONNECTIONS, Kind};
use crate::resource::logs::codes;
use crate::term::{Env, Io, UiOptions};

/// How a key may sign, for private_key_jwt.
pub(crate) const SIGNING_ALGS: [&str; 3] = ["RS256", "RS384", "PS256"];

/// The tag of candidates that say little without their description.
pub(crate) const OPAQUE: &str = "id";

/// No file of settings is larger.
const MAX_SETTINGS: u64 = 1 << 20;

thread_local! {
    /// The line that is being completed. Completers are called by the engine with one word only.
    static LINE: RefCell<Line> = RefCell::default();
}

/// The line that is being completed.
#[derive(Default)]
struct Line {
    /// Its words, as its program sees them.
    words: Rc<[OsString]>,
    /// What its `--profile` says.
    profile: Option<String>,
}

/// The words of the line that is being completed; none outside of a completion.
pub(crate) fn line() -> Rc<[OsString]> {
    LINE.with_borrow(|line| line.words.clone())
}

/// Takes note of a line: of all its words, and of those that its program sees. A `--profile` of
/// the host stands before the name of the program.
pub(crate) fn notice(all: &[OsString], seen: &[OsString]) {
    LINE.set(Line { words: seen.into(), profile: named_profile(all) });
}

fn named_profile(words: &[OsString]) -> Option<String> {
    let mut words = words.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--");
    let mut named = None;
    while let Some(word) = words.next() {
        named = match word {
            "--profile" => words.next(),
            _ => word.strip_prefix("--profile=").or(named),
        };
    }
    named.map(str::to_owned)
}

/// What a line says that a field is: by a flag of its name, or by `FIELD=VALUE`.
pub(crate) fn said<'a>(field: &str, line: &'a [OsString]) -> Option<&'a str> {
    let mut words = line.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let flag = word.trim_start_matches("--").strip_prefix(field);
        match flag {
            Some("") if word.starts_with("--") => return words.next(),
            Some(value) if value.starts_with('=') => return Some(&value[1..]),
            _ => {}
        }
    }
    None
}

/// Whether a word of the line is this name, or its beginning. Outside of a completion, always.
pub(crate) fn may_be_named(name: &str) -> bool {
    let begins = |word: &OsString| word.to_str().is_some_and(|word| name.starts_with(word));
    let line = line();
    line.is_empty() || line.iter().any(begins)
}

/// The profiles there are.
pub(crate) fn profiles() -> ArgValueCandidates {
    ArgValueCandidates::new(profile_names)
}

/// The profiles there are, or these words.
pub(crate) fn profiles_or(words: &'static [&'static str]) -> ArgValueCandidates {
    ArgValueCandidates::new(move || {
        profile_names().into_iter().chain(words.iter().map(CompletionCandidate::new)).collect()
    })
}

/// The profiles there are, or `KEY=` of a profile's keys, with the value where few are possible.
pub(crate) fn settings(keys: &'static [&'static str]) -> ArgValueCandidates {
    ArgValueCandidates::new(move || {
        let mut found = profile_names();
        // A secret is never typed.
        for key in keys.iter().filter(|key| **key != "client_secret") {
            let values: &[&str] = match *key {
                "grant" => &LoginMethod::NAMES,
                "signing_alg" => &SIGNING_ALGS,
                _ => &[""],
            };
            found.extend(
                values.iter().map(|value| CompletionCandidate::new(format!("{key}={value}"))),
            );
        }
        found
    })
}

fn profile_names() -> Vec<CompletionCandidate> {
    let names = store().and_then(|store| store.names().ok()).unwrap_or_default();
    names.iter().map(|name| CompletionCandidate::new(name.as_str())).collect()
}

/// Clients that lists have shown.
pub(crate) fn clients() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| known(&CLIENTS, current))
}

/// Connections that lists have shown.
pub(crate) fn connections() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| known(&CONNECTIONS, current))
}

/// Resources of a kind that lists have shown.
pub(crate) fn resources(kind: &'static Kind) -> ArgValueCompleter {
    ArgValueCompleter::new(move |current: &OsStr| known(kind, current))
}

/// `KEY=` for the fields of a body, and `KEY=VALUE` where the API documents the values.
pub(crate) fn body_fields(body: Option<RequestBody>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |current: &OsStr| {
        let (Some(body), Some(current)) = (body, current.to_str()) else { return Vec::new() };
        let body = body.for_strategy(said("strategy", &line()));
        let (key, value) = match current.split_once('=') {
            Some((key, _)) => (key, true),
            None => (current, false),
        };
        let (above, last) = key.rsplit_once('.').map_or(("", key), |(above, last)| (above, last));
        let place = above.split('.').filter(|step| !step.is_empty());
        let place = body.at(place.map(|step| step.trim_end_matches("[]")));
        let fields = match above {
            "" => body.fields(),
            _ => place.map(Schema::fields).unwrap_or_default(),
        };
        let prefix = if above.is_empty() { String::new() } else { format!("{above}.") };
        let mut found = Vec::new();
        for field in fields.iter().filter(|field| field.name.starts_with(last)) {
            let path = format!("{prefix}{}", field.name);
            let values: Vec<&str> = match field.schema.kind() {
                Type::Enum(values) => values.values().collect(),
                Type::Boolean => vec!["true", "false"],
                _ => Vec::new(),
            };
            if value && field.name == last {
                let values = values.iter().map(|value| format!("{path}={value}"));
                found.extend(
                    values.filter(|it| it.starts_with(current)).map(CompletionCandidate::new),
                );
            } else if !value {
                let words = field.schema.words();
                found.push(CompletionCandidate::new(format!("{path}=")).help(Some(words.into())));
            }
        }
        found
    })
}

/// Names of connections: a login asks for one by its name.
pub(crate) fn connection_names() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let known = recall(&CONNECTIONS).into_iter();
        known.map(|entry| CompletionCandidate::new(entry.name)).collect()
    })
}

/// Types of events, each with its meaning; any other may be typed.
pub(crate) fn event_types() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let offered = |known: &codes::EventType| {
            CompletionCandidate::new(known.code).help(Some(known.meaning.into()))
        };
        codes::all().iter().map(offered).collect()
    })
}

/// Fixed words; any other may be typed.
pub(crate) fn words(words: &'static [&'static str]) -> ArgValueCandidates {
    ArgValueCandidates::new(move || words.iter().map(CompletionCandidate::new).collect())
}

/// IDs that begin so, described by their names; else names that do.
fn known(kind: &Kind, current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let entries = recall(kind);
    let offered = |entry: &CachedName| {
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

fn recall(kind: &Kind) -> Vec<CachedName> {
    domain().map(|domain| cache::recall(Env, &domain, kind.name)).unwrap_or_default()
}

/// The tenant that the command would speak to, by the order of [`crate::session::identity`].
fn domain() -> Option<Domain> {
    let given = Env.get("AUTH0_DOMAIN").ok().flatten();
    if let Some(domain) = given {
        return Domain::parse(&domain).ok();
    }
    let store = store()?;
    let named = LINE
        .with_borrow(|line| line.profile.clone())
        .or_else(|| Env.get("AUTH0_PROFILE").ok().flatten());
    let named = named.or_else(|| setting(&store.dir().join("config.toml"), "current_profile"));
    let name = match named {
        Some(name) => ProfileName::parse(&name).ok()?,
        None => match store.names().ok()?.as_slice() {
            [only] => only.clone(),
            _ => return None,
        },
    };
    Domain::parse(&setting(&store.path(&name), "domain")?).ok()
}

/// A string at the top level of a file of ours. A reader of all of TOML would be a fifth of this
/// program, for a guess that does no harm when it fails.
fn setting(path: &Path, key: &str) -> Option<String> {
    let mut bytes = Vec::new();
    open_regular_file(path).ok()?.take(MAX_SETTINGS).read_to_end(&mut bytes).ok()?;
    string_at(&input::text(bytes, "").ok()?, key).map(str::to_owned)
}

fn string_at<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let top = text.lines().map(str::trim).take_while(|line| !line.starts_with('['));
    let values = top.filter_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    let value = values.map(str::trim_start).next()?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

fn store() -> Option<Store> {
    Store::locate(Env, &Io::new(UiOptions::default()).ui).ok()
}

#[cfg(test)]
mod tests {
    use super::string_at;

    #[test]
    fn settings_are_read_at_the_top_level_alone() {
        let text = "# c\ndomains = 1\ndomain = \"a.example.com\" # mine\n[token]\nx = 'y'\n";
        assert_eq!(string_at(text, "domain"), Some("a.example.com"));
        assert_eq!(string_at(text, "x"), None);
        assert_eq!(string_at("domain='a.b'", "domain"), Some("a.b"));
        for broken in ["", "domain", "domain =", "domain = a", "[a]\ndomain = 'x'"] {
            assert_eq!(string_at(broken, "domain"), None, "{broken}");
        }
    }
}
