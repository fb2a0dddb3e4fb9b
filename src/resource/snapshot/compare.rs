//! The comparison of two snapshots.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::{KindSnapshot, Resource, Snapshot, Unread, keyed};
use super::path::{PathPattern, Verdict};
use super::table::{Entry, Target};
use crate::management::difference;

/// The differences from `a` to `b`.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The kinds with differences, in the order of the table.
    pub kinds: Vec<KindComparison>,
    /// What could not be read of `a`, and so was not compared.
    pub unread_in_a: Vec<Unread>,
    /// What could not be read of `b`.
    pub unread_in_b: Vec<Unread>,
    /// Kinds that only one side holds, because the other was exported without them.
    pub left_out: Vec<&'static str>,
}

/// The differences of one kind.
#[derive(Clone, Debug)]
pub struct KindComparison {
    /// The kind.
    pub entry: &'static Entry,
    /// The resources that differ, by key.
    pub resources: Vec<ResourceChange>,
}

/// A resource that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// What identifies it.
    pub key: Vec<String>,
    /// What identifies it in `b`, if it only has another name there.
    pub renamed_to: Option<Vec<String>>,
    /// What differs.
    pub difference: Difference,
}

/// How a resource differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Only `b` has it.
    Added(Value),
    /// `b` lacks it.
    Removed(Value),
    /// These fields differ.
    Changed(Vec<difference::Change>),
}

/// Fields that are not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The kind; `None` for every kind.
    pub kind: Option<String>,
    /// The fields.
    pub path: PathPattern,
}

impl Comparison {
    /// The numbers of resources that are added, removed and changed, from `a` to `b`.
    pub fn counts(&self) -> (usize, usize, usize) {
        let mut counts = (0, 0, 0);
        for change in self.kinds.iter().flat_map(|kind| &kind.resources) {
            match change.difference {
                Difference::Added(_) => counts.0 += 1,
                Difference::Removed(_) => counts.1 += 1,
                Difference::Changed(_) => counts.2 += 1,
            }
        }
        counts
    }

    /// Whether something could not be read and so was not compared.
    pub fn is_incomplete(&self) -> bool {
        !self.unread_in_a.is_empty() || !self.unread_in_b.is_empty()
    }
}

/// Compares two snapshots. What one side could not read is not compared.
///
/// A resource that has another name and is equal otherwise counts as renamed. A reference that uses
/// the new name is not a difference.
pub fn compare(mut a: Snapshot, mut b: Snapshot, ignored: &[Ignored]) -> Comparison {
    let names = |snapshot: &Snapshot| -> BTreeSet<&'static str> {
        snapshot.kinds.iter().map(|kind| kind.entry.name).collect()
    };
    let unread: Vec<_> = a.unread.iter().chain(&b.unread).cloned().collect();
    let (in_a, in_b) = (names(&a), names(&b));
    let is_unread = |name: &str| unread.iter().any(|it| it.part.is_none() && it.kind == name);
    let left_out = in_a.symmetric_difference(&in_b).copied().filter(|name| !is_unread(name));
    let left_out = left_out.collect();
    // A folder can still hold what an earlier export read of an unread kind.
    a.kinds.retain(|it| in_b.contains(it.entry.name) && !is_unread(it.entry.name));
    b.kinds.retain(|it| in_a.contains(it.entry.name) && !is_unread(it.entry.name));
    let left_out_of = |kind: &KindSnapshot| LeftOut::of(kind.entry, &unread, ignored);
    let fields: Vec<_> = a.kinds.iter().map(left_out_of).collect();
    let renamed = follow_renames(&mut a, &b, &fields);
    let kinds = a.kinds.into_iter().zip(b.kinds).zip(&fields).filter_map(|((a, b), fields)| {
        let empty = BTreeMap::new();
        let resources = changes(&a, &b, renamed.get(a.entry.name).unwrap_or(&empty), fields);
        (!resources.is_empty()).then_some(KindComparison { entry: a.entry, resources })
    });
    Comparison { kinds: kinds.collect(), unread_in_a: a.unread, unread_in_b: b.unread, left_out }
}

/// The fields of a kind that are not compared. They stay in the snapshot, because names and keys
/// can be among them.
struct LeftOut(Vec<PathPattern>);

impl LeftOut {
    fn of(entry: &Entry, unread: &[Unread], ignored: &[Ignored]) -> Self {
        let name = entry.name;
        let parts = unread.iter().filter(|it| it.kind == name).filter_map(|it| it.part.as_deref());
        let is_meant = |it: &&Ignored| it.kind.as_deref().is_none_or(|kind| kind == name);
        let ignored = ignored.iter().filter(is_meant).map(|it| it.path.clone());
        Self(parts.map(PathPattern::parse).chain(ignored).collect())
    }

    /// The value without these fields.
    fn removed_from<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        if self.0.is_empty() {
            return Cow::Borrowed(value);
        }
        let mut value = value.clone();
        self.0.iter().for_each(|path| path.remove_from(&mut value));
        Cow::Owned(value)
    }
}

/// Old keys and new ones, by kind.
type Renamed = BTreeMap<&'static str, BTreeMap<Vec<String>, Vec<String>>>;

/// Finds renamed resources, and puts their new names into the references in `a`.
fn follow_renames(a: &mut Snapshot, b: &Snapshot, fields: &[LeftOut]) -> Renamed {
    let mut all = Renamed::new();
    // Twice, because a renamed resource can refer to another renamed resource.
    for _ in 0..2 {
        let mut new_names: BTreeMap<(&str, String), String> = BTreeMap::new();
        for ((a, b), fields) in a.kinds.iter().zip(&b.kinds).zip(fields) {
            let known = all.entry(a.entry.name).or_default();
            for (old, new) in renamed(a, b, fields) {
                let column = a.entry.kind().map_or("", |kind| kind.name_field);
                let name = |resource: &Resource| {
                    resource.value.get(column).and_then(Value::as_str).map(str::to_owned)
                };
                if let (Some(old), Some(new)) = (name(old), name(new)) {
                    new_names.insert((a.entry.name, old), new);
                }
                known.insert(old.key.clone(), new.key.clone());
            }
        }
        if new_names.is_empty() {
            break;
        }
        for (a, b) in a.kinds.iter_mut().zip(&b.kinds) {
            use_new_names(a, b, &new_names);
        }
    }
    all
}

/// Puts new names into the references of a kind. A resource that is the same in `b` means another
/// resource by the old name, so it stays.
fn use_new_names(
    kind: &mut KindSnapshot,
    b: &KindSnapshot,
    new_names: &BTreeMap<(&str, String), String>,
) {
    let mut is_touched = false;
    let in_b: BTreeMap<_, _> = b.resources.iter().map(|it| (&it.key, &it.value)).collect();
    let is_same: Vec<_> = kind
        .resources
        .iter()
        .map(|it| in_b.get(&it.key).is_some_and(|b| **b == it.value))
        .collect();
    for (path, target) in kind.entry.refs {
        let Target::Kind(target) = target else { continue };
        let path = PathPattern::parse(path);
        let all = kind.resources.iter_mut().zip(&is_same);
        for (resource, _) in all.filter(|(_, is_same)| !**is_same) {
            path.edit(&mut resource.value, &mut |place, _| {
                if let Value::String(name) = place
                    && let Some(new) = new_names.get(&(*target, name.clone()))
                {
                    name.clone_from(new);
                    is_touched = true;
                }
                Verdict::Keep
            });
        }
    }
    if !is_touched {
        return;
    }
    for path in kind.entry.sets.iter().map(|path| PathPattern::parse(path)) {
        for resource in &mut kind.resources {
            path.sort_list_in(&mut resource.value);
        }
    }
    let values = std::mem::take(&mut kind.resources).into_iter().map(|it| it.value).collect();
    kind.resources = keyed(kind.entry, values);
}

/// Pairs of resources that are equal except for their names.
fn renamed<'s>(
    a: &'s KindSnapshot,
    b: &'s KindSnapshot,
    fields: &LeftOut,
) -> Vec<(&'s Resource, &'s Resource)> {
    let by_content = |here: &'s KindSnapshot, there: &KindSnapshot| {
        let known: BTreeSet<_> = there.resources.iter().map(|it| &it.key).collect();
        let mut found: BTreeMap<String, Vec<&'s Resource>> = BTreeMap::new();
        for resource in here.resources.iter().filter(|it| !known.contains(&it.key)) {
            found.entry(content(here.entry, resource, fields)).or_default().push(resource);
        }
        found
    };
    let there = by_content(b, a);
    let pair =
        |(content, old): (String, Vec<&'s Resource>)| match (&old[..], &there.get(&content)?[..]) {
            ([old], [new]) => Some((*old, *new)),
            // Several are equal, so it is unknown which became which.
            _ => None,
        };
    by_content(a, b).into_iter().filter_map(pair).collect()
}

/// A resource without what identifies it, and without what is not compared.
fn content(entry: &Entry, resource: &Resource, fields: &LeftOut) -> String {
    let mut value = fields.removed_from(&resource.value).into_owned();
    if let Value::Object(object) = &mut value {
        object.retain(|field, _| !entry.key.contains(&field.as_str()) && field != entry.id());
    }
    value.to_string()
}

fn changes(
    a: &KindSnapshot,
    b: &KindSnapshot,
    renamed: &BTreeMap<Vec<String>, Vec<String>>,
    fields: &LeftOut,
) -> Vec<ResourceChange> {
    let in_b: BTreeMap<_, _> = b.resources.iter().map(|it| (&it.key, &it.value)).collect();
    let mut matched = BTreeSet::new();
    let mut changes = Vec::new();
    for Resource { key, value } in &a.resources {
        let renamed_to = renamed.get(key).filter(|_| !in_b.contains_key(key)).cloned();
        let other = renamed_to.as_ref().unwrap_or(key);
        let difference = match in_b.get(other) {
            None => Difference::Removed(fields.removed_from(value).into_owned()),
            Some(there) => {
                matched.insert(other.clone());
                if value == *there {
                    continue;
                }
                let changed =
                    difference::changes(&fields.removed_from(value), &fields.removed_from(there));
                // A new name is a changed field too, unless it is not compared.
                if changed.is_empty() {
                    continue;
                }
                Difference::Changed(changed)
            }
        };
        changes.push(ResourceChange { key: key.clone(), renamed_to, difference });
    }
    let added = b.resources.iter().filter(|it| !matched.contains(&it.key));
    changes.extend(added.map(|Resource { key, value }| ResourceChange {
        key: key.clone(),
        renamed_to: None,
        difference: Difference::Added(fields.removed_from(value).into_owned()),
    }));
    changes.sort_by(|a, b| a.key.cmp(&b.key));
    changes
}

impl Ignored {
    /// Reads `KIND.PATH`; `*` stands for every kind.
    ///
    /// # Errors
    /// What is wrong with it, for the command line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = "write it as KIND.PATH, such as clients.description or *.tags";
        let (kind, path) = text.split_once('.').ok_or(form)?;
        if kind != "*" && super::table::find(kind).is_none() {
            return Err(format!("there is no such kind; {form}"));
        }
        if path.is_empty() {
            return Err(form.to_owned());
        }
        Ok(Self { kind: (kind != "*").then(|| kind.to_owned()), path: PathPattern::parse(path) })
    }
}

#[cfg(test)]
mod tests;
