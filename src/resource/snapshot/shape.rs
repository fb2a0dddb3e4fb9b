//! From the API's rows to resources that are the same whenever nothing has changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::model::{KindSnapshot, Resource, keyed};
use super::names::Names;
use super::path::{PathPattern, Verdict};
use super::table::{Entry, Target};
use crate::output::redact::Redactor;
use crate::resource::kinds;

/// What stands in place of the tenant's own address in identifiers of APIs.
pub(crate) const TENANT: &str = "https://{tenant}/";

/// What is known of the tenant that the rows come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct TenantContext {
    /// The tenant's address, with a trailing slash: identifiers of Auth0's own APIs begin with it.
    pub address: String,
    /// The names that stand in place of IDs.
    pub names: Names,
}

/// What a kind's rows became.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shaped {
    /// The resources, sorted by key.
    pub resources: Vec<Resource>,
    /// How many IDs of each kind stayed, because no name stands for them.
    pub unnamed: BTreeMap<&'static str, u32>,
}

/// An entry with its paths read.
struct Shaper<'a> {
    entry: &'static Entry,
    context: &'a TenantContext,
    redactor: Redactor,
    below: Vec<(&'static str, Redactor)>,
    texts: Vec<PathPattern>,
    drop: Vec<PathPattern>,
    sets: Vec<PathPattern>,
    pick: Vec<(PathPattern, &'static str)>,
    refs: Vec<(PathPattern, Target)>,
    unnamed: BTreeMap<&'static str, u32>,
}

/// Shapes the rows of one kind.
pub(crate) fn shape(entry: &'static Entry, rows: Vec<Value>, context: &TenantContext) -> Shaped {
    let id = entry.id();
    let mut shaper = Shaper {
        entry,
        context,
        redactor: Redactor::for_path(entry.detail.map_or(entry.path(), |detail| detail.path)),
        below: entry
            .below
            .iter()
            .map(|below| (below.field, Redactor::for_path(below.path)))
            .collect(),
        texts: entry.texts.iter().map(|text| PathPattern::parse(text.path)).collect(),
        drop: entry
            .dropped()
            .filter(|field| *field != id)
            .map(|path| PathPattern::parse(&path))
            .collect(),
        sets: entry.sets.iter().map(|path| PathPattern::parse(path)).collect(),
        pick: entry.pick.iter().map(|(path, field)| (PathPattern::parse(path), *field)).collect(),
        refs: entry.refs.iter().map(|(path, target)| (PathPattern::parse(path), *target)).collect(),
        unnamed: BTreeMap::new(),
    };
    let values = rows.into_iter().filter_map(|row| shaper.value(row)).collect();
    Shaped { resources: with_ids_where_needed(entry, values), unnamed: shaper.unnamed }
}

/// Removes the ID from every value whose name is unique.
fn with_ids_where_needed(entry: &'static Entry, mut values: Vec<Value>) -> Vec<Resource> {
    let id = entry.id();
    if id.is_empty() || entry.key.contains(&id) {
        return keyed(entry, values);
    }
    let key = |value: &Value| -> Vec<Value> {
        entry.key.iter().map(|column| value.get(column).cloned().unwrap_or_default()).collect()
    };
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let count = |value: &Value| Value::Array(key(value)).to_string();
    for value in &values {
        *counts.entry(count(value)).or_default() += 1;
    }
    for value in &mut values {
        let unique = entry.is_singleton() || counts.get(&count(value)) == Some(&1);
        if let Some(object) = value.as_object_mut().filter(|_| unique) {
            object.shift_remove(id);
        }
    }
    keyed(entry, values)
}

impl Shaper<'_> {
    /// One row in its canonical form; `None` if it is left out.
    fn value(&mut self, row: Value) -> Option<Value> {
        let mut object = match row {
            Value::Object(object) => object,
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        if self.entry.adjust.is_some_and(|adjust| !adjust(&mut object)) {
            return None;
        }
        let mut value = Value::Object(object);
        for (path, field) in &self.pick {
            path.edit(&mut value, &mut |place, _| {
                if let Some(picked) = place.get_mut(*field).map(Value::take) {
                    *place = picked;
                }
                Verdict::Keep
            });
        }
        self.name_references(&mut value);
        let mut value = self.redacted(value);
        for path in &self.drop {
            path.remove_from(&mut value);
        }
        self.sets.iter().for_each(|path| path.sort_list_in(&mut value));
        value.sort_all_objects();
        Some(value)
    }

    /// Replaces secrets. Long texts are code and pages, so they stay whatever their field is called.
    /// What was read below the row is redacted by the rules of its own path.
    fn redacted(&self, mut value: Value) -> Value {
        let mut texts = Vec::new();
        for path in &self.texts {
            path.edit(&mut value, &mut |place, at| {
                if place.is_string() {
                    texts.push((pointer(at), place.take()));
                }
                Verdict::Keep
            });
        }
        let mut below = Vec::new();
        if let Value::Object(object) = &mut value {
            for (field, redactor) in &self.below {
                if let Some(member) = object.shift_remove(*field) {
                    below.push(((*field).to_owned(), redactor.value(&member)));
                }
            }
        }
        let mut value = self.redactor.value(&value);
        for (pointer, text) in texts {
            if let Some(place) = value.pointer_mut(&pointer) {
                *place = text;
            }
        }
        if let Value::Object(object) = &mut value {
            object.extend(below);
        }
        value
    }

    fn name_references(&mut self, value: &mut Value) {
        for (path, target) in &self.refs {
            let rows = match target {
                Target::Row(field) => value.get(field).cloned().unwrap_or_default(),
                Target::Kind(_) | Target::Api => Value::Null,
            };
            path.edit(value, &mut |place, _| {
                if let Value::String(id) = place {
                    let name = match target {
                        Target::Api => id
                            .strip_prefix(&self.context.address)
                            .filter(|_| !self.context.address.is_empty())
                            .map(|rest| format!("{TENANT}{rest}")),
                        Target::Row(_) => row_name(&rows, id),
                        Target::Kind(kind) => {
                            let name = self.context.names.of(kind, id).map(str::to_owned);
                            if name.is_none() && is_id(kind, id) {
                                *self.unnamed.entry(kind).or_default() += 1;
                            }
                            name
                        }
                    };
                    if let Some(name) = name {
                        *id = name;
                    }
                }
                Verdict::Keep
            });
        }
    }
}

/// Whether a resource of the kind refers to another kind by ID, because no name stands for it.
pub(crate) fn refers_by_id(kind: &KindSnapshot, target: &str) -> bool {
    let to_target = |it: &Target| matches!(it, Target::Kind(to) if kind_of_target(to) == target);
    let refs = kind.entry.refs.iter().filter(|(_, to)| to_target(to));
    refs.map(|(path, _)| PathPattern::parse(path)).any(|path| {
        kind.resources.iter().any(|resource| {
            let mut found = false;
            path.edit(&mut resource.value.clone(), &mut |place, _| {
                found |= place.as_str().is_some_and(|text| is_id(target, text));
                Verdict::Keep
            });
            found
        })
    })
}

/// The kind that a target `KIND` or `KIND.FIELD` belongs to.
pub(crate) fn kind_of_target(target: &str) -> &str {
    target.split_once('.').map_or(target, |(kind, _)| kind)
}

/// Whether a text may be an ID of the kind.
fn is_id(kind: &str, text: &str) -> bool {
    kinds::find(kind).is_none_or(|kind| kind.may_be_id(text))
}

/// What a row with this ID is called: its name, else its key ID.
fn row_name(rows: &Value, id: &str) -> Option<String> {
    let row = rows.as_array()?.iter().find(|row| row.get("id") == Some(&id.into()))?;
    let text = |field: &str| row.get(field)?.as_str().filter(|text| !text.is_empty());
    text("name").or_else(|| text("kid")).map(str::to_owned)
}

/// A JSON Pointer (RFC 6901) of keys and indices.
pub(crate) fn pointer(at: &[String]) -> String {
    at.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
}

#[cfg(test)]
mod tests;
