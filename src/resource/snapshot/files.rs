//! A snapshot as files: their names, their content, and the manifest that lists them.
//!
//! A kind with one resource is `KIND.json`, any other is a folder: `clients/shop.json`. Long texts
//! stand beside the JSON (`actions/enrich.code.js`), and the JSON has `{"$file": NAME}` in their
//! place. Names are ASCII, differ on systems that ignore case, and are chosen by content only, so
//! the same snapshot always makes the same files.

mod name;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::name::FileNames;
use super::model::{KindSnapshot, Resource, Snapshot, Unread, keyed};
use super::path::{PathPattern, Verdict};
use super::shape::pointer;
use super::table::{self, Entry, TextFile};
use crate::base::error::Error;

/// The name of the manifest. No kind has it.
pub(crate) const MANIFEST: &str = "auth0-tenant.json";

/// The version of the layout.
const FORMAT: u32 = 1;

/// The key of the object that stands for a text in another file.
const FILE: &str = "$file";

/// What the manifest says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Manifest {
    /// The version of the layout.
    format: u32,
    /// The tenant's domain.
    pub tenant: String,
    /// Whether an export was interrupted while it replaced the files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// The kinds that were read.
    kinds: Vec<String>,
    /// What was not read.
    not_read: Vec<NotRead>,
    /// The files that belong to the export, with `/` between folder and file.
    pub files: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct NotRead {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    reason: String,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Usage, if it is malformed, of another version, or lists files that an export cannot have.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let broken = || Error::usage(format!("{MANIFEST} is not the manifest of an export"));
        let manifest: Self = serde_json::from_str(text).map_err(|e| broken().caused_by(&e))?;
        if manifest.format != FORMAT {
            return Err(broken().because(format!(
                "it is of format {}, and this version reads format {FORMAT}",
                manifest.format
            )));
        }
        match manifest.files.iter().find(|file| !name::is_ours(file)) {
            Some(file) => Err(broken().because(format!("it lists the file {file:?}"))),
            None => Ok(manifest),
        }
    }

    /// Keeps the files of kinds that were not read this time, unless they are of another tenant.
    pub(crate) fn keep_unread_kinds_of(&mut self, old: &Self) {
        if self.tenant != old.tenant {
            return;
        }
        let is_kept = |kind: &str| {
            !self.kinds.iter().any(|it| it == kind) && old.kinds.iter().any(|it| it == kind)
        };
        let kept: Vec<_> = table::all().map(|it| it.name).filter(|kind| is_kept(kind)).collect();
        let files = old.files.iter().filter(|file| kept.contains(&kind_of(file)));
        self.files.extend(files.cloned());
        let known: Vec<_> = self.not_read.iter().map(|it| it.kind.clone()).collect();
        let is_old = |it: &&NotRead| kept.contains(&it.kind.as_str()) && !known.contains(&it.kind);
        self.not_read.extend(old.not_read.iter().filter(is_old).cloned());
        self.not_read.sort();
        let is_there = |kind: &str| self.kinds.iter().any(|it| it == kind) || kept.contains(&kind);
        self.kinds = table::all()
            .map(|it| it.name)
            .filter(|kind| is_there(kind))
            .map(str::to_owned)
            .collect();
    }

    /// The manifest as text.
    pub(crate) fn to_text(&self) -> String {
        canonical(&serde_json::to_value(self).unwrap_or_default())
    }
}

/// A snapshot's files without the manifest, by path.
pub(crate) type Files = BTreeMap<String, String>;

/// Writes a snapshot as files.
pub(crate) fn write(snapshot: &Snapshot) -> (Manifest, Files) {
    let mut files = Files::new();
    for KindSnapshot { entry, resources } in &snapshot.kinds {
        if entry.is_singleton() {
            if let Some(resource) = resources.first() {
                write_resource(entry, resource, "", entry.name, &mut files);
            }
            continue;
        }
        let folder = format!("{}/", entry.name);
        let names =
            FileNames::choose(resources.iter().map(|resource| resource.key.clone()).collect());
        for (resource, name) in resources.iter().zip(names.0) {
            write_resource(entry, resource, &folder, &name, &mut files);
        }
    }
    let not_read = snapshot.unread.iter().cloned().map(|unread| {
        let Unread { kind, part, scopes, reason } = unread;
        NotRead { kind, part, scopes, reason }
    });
    let manifest = Manifest {
        format: FORMAT,
        tenant: snapshot.tenant.clone(),
        unfinished: false,
        kinds: snapshot.kinds.iter().map(|kind| kind.entry.name.to_owned()).collect(),
        not_read: not_read.collect(),
        files: files.keys().cloned().collect(),
    };
    (manifest, files)
}

fn write_resource(entry: &Entry, resource: &Resource, folder: &str, name: &str, files: &mut Files) {
    let mut value = resource.value.clone();
    let mut texts: Vec<(String, Vec<String>, &TextFile, String)> = Vec::new();
    for text in entry.texts {
        PathPattern::parse(text.path).edit(&mut value, &mut |place, at| {
            if let Some(content) = place.as_str().filter(|content| !content.is_empty()) {
                let label = at.iter().skip(text.skip).cloned().collect::<Vec<_>>();
                // `change_password.html` needs no second `html`.
                let label = match label.split_last() {
                    Some((last, rest)) if last == text.extension && !rest.is_empty() => {
                        rest.to_vec()
                    }
                    _ => label,
                };
                texts.push((pointer(at), label, text, content.to_owned()));
            }
            Verdict::Keep
        });
    }
    let labels = FileNames::choose(texts.iter().map(|(_, label, ..)| label.clone()).collect());
    for ((pointer, _, text, content), label) in texts.into_iter().zip(labels.0) {
        // A label has no dot, so the name can be read from its end in one way only.
        let file = format!("{name}.{}.{}", label.replace('.', "_"), text.extension);
        if let Some(place) = value.pointer_mut(&pointer) {
            *place = json!({FILE: file});
        }
        files.insert(format!("{folder}{file}"), content);
    }
    files.insert(format!("{folder}{name}.json"), canonical(&value));
}

/// Reads a snapshot from files. `read` returns the content of a file that the manifest lists.
///
/// # Errors
/// Usage, for a file that is not what an export writes, and those of `read`.
pub(crate) fn read(
    manifest: &Manifest,
    mut read: impl FnMut(&str) -> Result<String, Error>,
) -> Result<Snapshot, Error> {
    let unread = manifest.not_read.iter().cloned().map(|it| {
        let NotRead { kind, part, scopes, reason } = it;
        Unread { kind, part, scopes, reason }
    });
    let mut snapshot =
        Snapshot { tenant: manifest.tenant.clone(), kinds: Vec::new(), unread: unread.collect() };
    for entry in table::all() {
        if !manifest.kinds.iter().any(|kind| kind == entry.name) {
            continue;
        }
        let folder = if entry.is_singleton() { "" } else { entry.name };
        let mut values = Vec::new();
        let files = manifest.files.range(entry.name.to_owned()..);
        let files = files.take_while(|file| file.starts_with(entry.name));
        for file in files.filter(|file| is_resource(entry, file)) {
            let mut value: Value = serde_json::from_str(&read(file)?)
                .map_err(|e| Error::usage(format!("{file} is not JSON")).caused_by(&e))?;
            if !value.is_object() {
                return Err(Error::usage(format!("{file} is not a JSON object")));
            }
            read_texts(entry, folder, manifest, &mut value, &mut read)?;
            value.sort_all_objects();
            values.push(value);
        }
        snapshot.kinds.push(KindSnapshot { entry, resources: keyed(entry, values) });
    }
    Ok(snapshot)
}

/// The name of the kind that a file belongs to.
fn kind_of(file: &str) -> &str {
    let end = file.find(['/', '.']).unwrap_or(file.len());
    file.get(..end).unwrap_or_default()
}

/// Whether a file of the manifest holds a resource of the kind.
fn is_resource(entry: &Entry, file: &str) -> bool {
    let Some(stem) = file.strip_suffix(".json") else { return false };
    match stem.split_once('/') {
        Some((folder, _)) => !entry.is_singleton() && folder == entry.name,
        None => entry.is_singleton() && stem == entry.name,
    }
}

fn read_texts(
    entry: &Entry,
    folder: &str,
    manifest: &Manifest,
    value: &mut Value,
    read: &mut impl FnMut(&str) -> Result<String, Error>,
) -> Result<(), Error> {
    let mut result = Ok(());
    for text in entry.texts {
        PathPattern::parse(text.path).edit(value, &mut |place, _| {
            if let Some(Value::String(name)) = place.get(FILE).filter(|_| result.is_ok()) {
                let file =
                    if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                if manifest.files.contains(&file) {
                    match read(&file) {
                        Ok(content) => *place = Value::String(content),
                        Err(error) => result = Err(error),
                    }
                }
            }
            Verdict::Keep
        });
    }
    result
}

/// The whole snapshot as one JSON object, texts inside.
pub(crate) fn to_json(snapshot: &Snapshot) -> Value {
    let kinds = snapshot.kinds.iter().map(|KindSnapshot { entry, resources }| {
        let values = resources.iter().map(|resource| resource.value.clone());
        let value = if entry.is_singleton() {
            resources.first().map(|resource| resource.value.clone()).unwrap_or_default()
        } else {
            values.collect()
        };
        (entry.name.to_owned(), value)
    });
    let not_read = snapshot.unread.iter().map(unread_json).collect::<Vec<_>>();
    let kinds: serde_json::Map<_, _> = kinds.collect();
    json!({"tenant": snapshot.tenant, "kinds": kinds, "not_read": not_read})
}

/// What was not read, as JSON.
pub(crate) fn unread_json(unread: &Unread) -> Value {
    json!({"kind": unread.kind, "part": unread.part, "scopes": unread.scopes, "reason": unread.reason})
}

/// JSON text with sorted keys, two spaces of indentation, and a line break at the end.
pub(crate) fn canonical(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
