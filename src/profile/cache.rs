//! A cache of IDs and names from lists, for completions. It never holds secrets.
//!
//! There is one file per tenant, in `$AUTH0_CACHE_DIR`, else `auth0-suite` under the platform's
//! cache directory. A line is a kind, an ID and a name, separated by tabs. The file may be lost, so
//! writers neither lock nor sync, and readers skip malformed lines.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::base::domain::Domain;
use crate::base::file_name::is_device;
use crate::base::platform;
use crate::profile::ProfileName;
use crate::term::Env;

/// Maximum number of entries of one kind. More are not useful as completions.
pub(crate) const MAX_ENTRIES: usize = 2_000;

/// Maximum length of a name, in characters.
const MAX_NAME: usize = 120;

/// Maximum size of a file, in bytes. Entries that do not fit are left out.
const MAX_FILE: u64 = 4 << 20;

/// The ID and the name of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CachedName {
    /// The ID: only letters, digits, `.`, `_`, `-` and `|`.
    pub id: String,
    /// The name, without control characters.
    pub name: String,
}

impl CachedName {
    /// An entry, or `None` if the ID, which comes from a server, is not safe to complete in a
    /// shell.
    pub(crate) fn new(id: &str, name: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'|');
        let fine = (1..=128).contains(&id.len())
            && id.bytes().all(plain)
            && id.as_bytes()[0].is_ascii_alphanumeric();
        let name = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        fine.then(|| Self { id: id.to_owned(), name })
    }
}

/// Stores the entries of a list. `whole` says that the list was complete, so older entries are
/// removed.
///
/// # Errors
/// An I/O error of the file. Callers ignore it and go on without a cache.
pub(crate) fn remember(
    env: Env,
    domain: &Domain,
    kind: &str,
    entries: &[CachedName],
    whole: bool,
) -> std::io::Result<()> {
    let Some(path) = path(env, domain) else { return Ok(()) };
    let before = read(&path);
    let after = merged(&before, kind, entries, whole);
    if after == before {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(&path);
    platform::create_private_dirs(folder)?;
    let temporary = folder.join(format!(".{}.tmp", std::process::id()));
    let written = platform::create_private_file(&temporary)
        .and_then(|mut file| file.write_all(after.as_bytes()))
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// The cached entries of a kind, the newest first. Sends nothing.
pub(crate) fn recall(env: Env, domain: &Domain, kind: &str) -> Vec<CachedName> {
    path(env, domain).map(|path| entries(&read(&path), kind)).unwrap_or_default()
}

/// The file through which the processes of a profile share the tenant's rate limit. It is its own
/// lock. `config` is the folder of the profile, because another folder may have a profile with the
/// same name. `None` if there is no cache folder.
pub(crate) fn budget_file(env: Env, config: &Path, profile: &ProfileName) -> Option<PathBuf> {
    let digest = Sha256::digest(config.as_os_str().as_encoded_bytes());
    let place: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(folder(env)?.join(format!("rate-{place}-{}.lock", profile.key())))
}

fn path(env: Env, domain: &Domain) -> Option<PathBuf> {
    Some(folder(env)?.join(file_name(domain)))
}

fn folder(env: Env) -> Option<PathBuf> {
    match env.path("AUTH0_CACHE_DIR") {
        Some(folder) => Some(folder),
        // Ignore a relative path: it would depend on the current folder.
        None => Some(dirs::cache_dir().filter(|path| path.is_absolute())?.join("auth0-suite")),
    }
}

/// The file name for a domain. Colons and brackets are replaced, and names such as
/// `con.example.com`, which are devices on Windows, get a prefix.
fn file_name(domain: &Domain) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let name: String = domain.to_string().chars().map(|c| if fine(c) { c } else { '_' }).collect();
    if is_device(&name) { format!("_{name}.tsv") } else { format!("{name}.tsv") }
}

fn read(path: &Path) -> String {
    let mut text = String::new();
    let file = platform::open_regular_file(path).map(|file| file.take(MAX_FILE));
    match file.and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

fn entries(text: &str, kind: &str) -> Vec<CachedName> {
    let lines = text.lines().filter_map(|line| {
        let mut parts = line.splitn(3, '\t');
        (parts.next()? == kind).then_some(())?;
        CachedName::new(parts.next()?, parts.next()?)
    });
    lines.take(MAX_ENTRIES).collect()
}

/// The file's text with the new entries.
fn merged(before: &str, kind: &str, new: &[CachedName], whole: bool) -> String {
    let mut text = String::new();
    for line in before.lines().filter(|line| line.split('\t').next() != Some(kind)) {
        text.push_str(line);
        text.push('\n');
    }
    let mut kept = entries(before, kind);
    if whole {
        kept.clear();
    }
    let known: std::collections::HashSet<&str> = new.iter().map(|e| e.id.as_str()).collect();
    kept.retain(|entry| !known.contains(entry.id.as_str()));
    for entry in new.iter().chain(&kept).take(MAX_ENTRIES) {
        for part in [kind, "\t", &entry.id, "\t", &entry.name, "\n"] {
            text.push_str(part);
        }
    }
    let room = usize::try_from(MAX_FILE).unwrap_or(usize::MAX);
    if text.len() > room {
        let end = text.as_bytes()[..room].iter().rposition(|byte| *byte == b'\n');
        text.truncate(end.map_or(0, |end| end + 1));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{CachedName, MAX_ENTRIES, entries, file_name, merged};
    use crate::base::domain::Domain;

    fn entry(id: &str, name: &str) -> CachedName {
        CachedName::new(id, name).unwrap()
    }

    #[test]
    fn lists_merge_and_whole_lists_replace() {
        let text = merged("", "clients", &[entry("a", "One"), entry("b", "Two")], true);
        let text = merged(&text, "connections", &[entry("con_1", "db")], true);
        let text = merged(&text, "clients", &[entry("b", "Two again"), entry("c", "Three")], false);
        assert_eq!(
            entries(&text, "clients"),
            [entry("b", "Two again"), entry("c", "Three"), entry("a", "One")]
        );
        let text = merged(&text, "clients", &[entry("c", "Three")], true);
        assert_eq!(entries(&text, "clients"), [entry("c", "Three")]);
        assert_eq!(entries(&text, "connections"), [entry("con_1", "db")]);
    }

    #[test]
    fn hostile_ids_and_names_cannot_break_the_file_or_a_shell() {
        for id in ["", "$(reboot)", "a b", "a\tb", "-rf", "a\nb", "`x`", &"x".repeat(129)] {
            assert_eq!(CachedName::new(id, "name"), None, "{id:?}");
        }
        let hostile = entry("a", "x\n\tclients\tb\u{1b}[2J");
        let text = merged("", "clients", &[hostile], true);
        assert_eq!(text.lines().count(), 1);
        assert_eq!(entries(&text, "clients").len(), 1);
        assert!(entries("nonsense\nclients\nclients\tx\n\0\t\t", "clients").is_empty());
    }

    #[test]
    fn the_file_stays_small() {
        let many: Vec<_> = (0..MAX_ENTRIES + 10).map(|n| entry(&format!("id{n}"), "x")).collect();
        let text = merged("", "clients", &many, false);
        assert_eq!(entries(&merged(&text, "clients", &many, false), "clients").len(), MAX_ENTRIES);
        let long = "é".repeat(super::MAX_NAME);
        let many: Vec<_> = (0..MAX_ENTRIES).map(|n| entry(&format!("id{n}"), &long)).collect();
        let kinds: Vec<String> = (0..20).map(|n| format!("kind{n}")).collect();
        let text = kinds.iter().fold(String::new(), |text, kind| merged(&text, kind, &many, true));
        assert!(text.len() as u64 <= super::MAX_FILE && text.ends_with('\n'));
        assert_eq!(entries(&text, "kind0").len(), MAX_ENTRIES);
    }

    #[test]
    fn a_domain_becomes_a_portable_file_name() {
        let name = |text: &str| file_name(&Domain::parse(text).unwrap());
        assert_eq!(name("acme.eu.auth0.com"), "acme.eu.auth0.com.tsv");
        assert_eq!(name("http://127.0.0.1:4400"), "http___127.0.0.1_4400.tsv");
        for domain in ["con.example.com", "[::1]:5000", "acme.eu.auth0.com:8443"] {
            let name = file_name(&Domain::parse(domain).unwrap());
            assert!(crate::base::file_name::is_portable(&name), "{name}");
        }
    }
}
