//! The export table: what to read of each kind, and how it becomes comparable.
//!
//! It adds to [`kinds`] what only an export needs. Paths of the API and
//! ID fields come from there; the fields that only the API sets are left out unless the entry keeps
//! them.

mod applications;
mod extensions;
mod security;
mod settings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::management::catalog::{self, Method};
use crate::management::change::Object;
use crate::resource::kinds::{self, Kind};

/// Dates that the API sets. They are left out of every resource, and of every row below one.
const DATES: &[&str] = &[
    "created_at",
    "updated_at",
    "updated_on",
    "built_at",
    "refreshed_at",
    "executed_at",
    "embedded_at",
    "submitted_at",
    "started_at",
    "ended_at",
    "last_synchronization_at",
];

/// One exported kind.
#[derive(Debug)]
pub struct Entry {
    /// The name for `--kinds`, in folders and files. That of a [`Kind`], if there is one.
    pub name: &'static str,
    /// How the resources are found.
    pub source: Source,
    /// The path template that is read first; empty for that of the [`Kind`].
    pub path: &'static str,
    /// Query parameters of that read.
    pub query: &'static [(&'static str, &'static str)],
    /// A further read for each row.
    pub detail: Option<Detail>,
    /// Reads whose answers become fields of each row.
    pub below: &'static [Below],
    /// The fields that identify a resource in any tenant; none if a tenant has only one.
    pub key: &'static [&'static str],
    /// The only fields that are kept; empty to keep all.
    pub only: &'static [&'static str],
    /// What is left out besides the fields that only the API sets.
    pub drop: &'static [&'static str],
    /// Fields that are kept although only the API sets them.
    pub keep: &'static [&'static str],
    /// Objects that are replaced by one of their fields.
    pub pick: &'static [(&'static str, &'static str)],
    /// Where IDs become names.
    pub refs: &'static [(&'static str, Target)],
    /// Lists whose order means nothing.
    pub sets: &'static [&'static str],
    /// Long texts, which become files of their own.
    pub texts: &'static [TextFile],
    /// What else must be done to a row; `false` leaves the row out.
    pub adjust: Option<fn(&mut Object) -> bool>,
    /// Read only if `--kinds` names it.
    pub on_request: bool,
}

/// How resources are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The rows of a list.
    List,
    /// The one that a tenant has.
    One,
    /// The first row of a list is the one that a tenant has.
    First,
    /// A row for each of these names, in this field. [`Entry::detail`] reads what it has.
    Names(&'static str, &'static [&'static str]),
    /// A row for each of these prompts in each language of the tenant.
    Prompts(&'static [&'static str]),
}

/// A read of one row by itself.
#[derive(Clone, Copy, Debug)]
pub struct Detail {
    /// The path template.
    pub path: &'static str,
    /// The fields of the row that fill the placeholders.
    pub fill: &'static [&'static str],
    /// The field that takes the answer; without one the answer's own fields are added.
    pub under: Option<&'static str>,
}

/// A read whose answer becomes a field of a row.
#[derive(Clone, Copy, Debug)]
pub struct Below {
    /// The field.
    pub field: &'static str,
    /// The path template. The ID of the row fills the first placeholder.
    pub path: &'static str,
    /// What fills further placeholders.
    pub fill: &'static [&'static str],
    /// Whether the answer is one object, and not a list.
    pub one: bool,
    /// Which rows have it; all, if there is no rule.
    pub when: Option<fn(&Object) -> bool>,
}

/// What an ID belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A resource of this kind, or of `KIND.FIELD` below one.
    Kind(&'static str),
    /// A row in this field of the same resource, by its name or else its key ID.
    Row(&'static str),
    /// The identifier of an API. It may begin with the tenant's address.
    Api,
}

/// A text that is a file.
#[derive(Clone, Copy, Debug)]
pub struct TextFile {
    /// Where it is.
    pub path: &'static str,
    /// The extension of the file.
    pub extension: &'static str,
    /// How many keys of the path the file's name leaves out.
    pub skip: usize,
}

const fn text(path: &'static str, extension: &'static str) -> TextFile {
    TextFile { path, extension, skip: 0 }
}

const fn below(field: &'static str, path: &'static str) -> Below {
    Below { field, path, fill: &[], one: false, when: None }
}

impl Entry {
    /// A list of resources that their name identifies, for struct update syntax.
    const LIST: Self = Self {
        name: "",
        source: Source::List,
        path: "",
        query: &[],
        detail: None,
        below: &[],
        key: &["name"],
        only: &[],
        drop: &[],
        keep: &[],
        pick: &[],
        refs: &[],
        sets: &[],
        texts: &[],
        adjust: None,
        on_request: false,
    };

    /// A kind of which a tenant has exactly one.
    const ONE: Self = Self { source: Source::One, key: &[], ..Self::LIST };

    /// The kind of resource; `None` for settings that are only exported.
    pub fn kind(&self) -> Option<&'static Kind> {
        kinds::find(self.name).filter(|kind| kind.name == self.name)
    }

    /// The path template that is read first.
    pub fn path(&self) -> &'static str {
        match self.kind() {
            _ if !self.path.is_empty() => self.path,
            Some(kind) => kind.path,
            None => "",
        }
    }

    /// The field with the generated ID; empty if there is none.
    pub fn id(&self) -> &'static str {
        self.kind().map_or("id", |kind| kind.id)
    }

    /// Whether a tenant has only one.
    pub fn is_singleton(&self) -> bool {
        self.key.is_empty()
    }

    /// Everything that is left out of a resource.
    pub fn dropped(&self) -> impl Iterator<Item = Cow<'static, str>> {
        let set_by_the_api = self.kind().map_or(&[][..], |kind| kind.read_only);
        let id = self.id();
        std::iter::once(id)
            .filter(|id| !id.is_empty())
            .chain(set_by_the_api.iter().chain(DATES).copied())
            .filter(|field| !self.key.contains(field) && !self.keep.contains(field))
            .chain(self.drop.iter().copied())
            .map(Cow::Borrowed)
            .chain(self.dates_below())
    }

    /// The dates in the rows below a resource. The members of a single object have names that
    /// people choose.
    fn dates_below(&self) -> impl Iterator<Item = Cow<'static, str>> {
        let rows = self.below.iter().filter(|below| !below.one);
        rows.flat_map(|below| {
            DATES.iter().map(|date| Cow::Owned(format!("{}.{date}", below.field)))
        })
    }

    /// The path templates of everything that is read of it.
    fn reads(&self) -> impl Iterator<Item = &'static str> {
        let first = Some(self.path()).filter(|_| !matches!(self.source, Source::Names(..)));
        let detail = self.detail.map(|detail| detail.path);
        first.into_iter().chain(detail).chain(self.below.iter().map(|below| below.path))
    }

    /// The kinds whose names it needs.
    pub fn refers_to(&self) -> impl Iterator<Item = &'static str> {
        self.refs.iter().filter_map(|(_, target)| match target {
            Target::Kind(name) => Some(*name),
            Target::Row(_) | Target::Api => None,
        })
    }
}

/// Every exported kind, in the order in which they are shown.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    [settings::ENTRIES, applications::ENTRIES, extensions::ENTRIES, security::ENTRIES]
        .into_iter()
        .flatten()
}

/// The scopes of a token that can read everything, sorted.
pub fn scopes() -> Vec<&'static str> {
    let mut scopes: Vec<&str> = Vec::new();
    for entry in all() {
        for path in entry.reads() {
            let Some(found) = catalog::find(Method::Get, path) else { continue };
            let missing = found.operation.missing_scopes(&scopes);
            scopes.extend(missing);
        }
        let visibility = entry.kind().and_then(|kind| kind.visibility.as_ref());
        if let Some(scope) = visibility.map(|it| it.scope).filter(|it| !scopes.contains(it)) {
            scopes.push(scope);
        }
    }
    scopes.sort_unstable();
    scopes
}

/// The kind of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.name == name)
}
