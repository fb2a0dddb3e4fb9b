//! What a snapshot holds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::table::Entry;

/// The configuration of a tenant: every kind that was read, in the order of the table.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The tenant's domain.
    pub tenant: String,
    /// What was read. A kind that the tenant does not have is here, without resources.
    pub kinds: Vec<KindSnapshot>,
    /// What was not read.
    pub unread: Vec<Unread>,
}

/// All resources of one kind.
#[derive(Clone, Debug)]
pub struct KindSnapshot {
    /// The kind.
    pub entry: &'static Entry,
    /// The resources, sorted by key; each key occurs once.
    pub resources: Vec<Resource>,
}

/// One resource in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What identifies it in any tenant; empty if a tenant has only one.
    pub key: Vec<String>,
    /// Its settings: object keys sorted, no secrets, no generated IDs.
    pub value: Value,
}

/// A kind, or a field of its resources, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The name of the kind.
    pub kind: String,
    /// The field, if the rest of the kind was read.
    pub part: Option<String>,
    /// The scopes of which the token needs one; empty if no scope is missing.
    pub scopes: Vec<String>,
    /// What the API said.
    pub reason: String,
}

impl Unread {
    /// The kind and the part, as in `organizations (clients)`.
    pub fn what(&self) -> String {
        match &self.part {
            Some(part) => format!("{} ({part})", self.kind),
            None => self.kind.clone(),
        }
    }
}

impl Snapshot {
    /// The resources of a kind; `None` if it was not read.
    pub fn kind(&self, name: &str) -> Option<&KindSnapshot> {
        self.kinds.iter().find(|kind| kind.entry.name == name)
    }

    /// How many resources there are.
    pub(crate) fn resource_count(&self) -> usize {
        self.kinds.iter().map(|kind| kind.resources.len()).sum()
    }
}

/// A key for a person: its columns separated by commas.
pub(crate) fn title(key: &[String]) -> String {
    let columns: Vec<_> = key.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    columns.join(", ")
}

/// Gives values of a kind their keys, and sorts them. A key that occurs again gets a number, so
/// that the same values always have the same keys.
pub(crate) fn keyed(entry: &Entry, values: Vec<Value>) -> Vec<Resource> {
    let mut resources: Vec<_> = values
        .into_iter()
        .map(|value| {
            let key = key_of(entry, &value);
            let text = value.to_string();
            (key, text, value)
        })
        .collect();
    resources.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let mut seen: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    let number = |(mut key, _, value): (Vec<String>, String, Value)| {
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        if *count > 1 {
            key.push(count.to_string());
        }
        Resource { key, value }
    };
    resources.into_iter().map(number).collect()
}

/// The key columns of a value. The ID is one of them if the value still has it, because its name
/// is not unique.
fn key_of(entry: &Entry, value: &Value) -> Vec<String> {
    let mut key: Vec<_> = entry.key.iter().map(|column| column_of(value, column)).collect();
    let id = entry.id();
    if !key.is_empty() && !id.is_empty() && !entry.key.contains(&id) && value.get(id).is_some() {
        key.push(column_of(value, id));
    }
    key
}

fn column_of(value: &Value, column: &str) -> String {
    match value.get(column) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}
