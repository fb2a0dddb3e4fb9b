//! Reading a tenant: lists first, then what each row needs, several requests at once.

mod call;
mod pool;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::call::{ReadOutcome, read_all, read_one};
use super::model::{KindSnapshot, Snapshot, Unread};
use super::names::Names;
use super::shape::{TenantContext, kind_of_target, shape};
use super::table::{self, Below, Detail, Entry, Source};
use crate::base::error::Error;
use crate::management::catalog::{self, Method, Operation};
use crate::management::{Management, Query};

/// What was read, and what to warn about.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The tenant's configuration.
    pub snapshot: Snapshot,
    /// Kind, kind referred to, and how many IDs stayed because no name stands for them.
    pub unnamed: Vec<(&'static str, &'static str, u32)>,
    /// Parts of single resources that the API did not show, and why.
    pub skipped: Vec<String>,
}

/// A kind while it is read.
struct KindRead {
    entry: &'static Entry,
    /// Whether it is exported, and not only read for its names.
    selected: bool,
    /// Whether the rows are read whole.
    whole: bool,
    rows: Vec<Value>,
    unread: Option<(Vec<String>, String)>,
}

/// A read that a row needs.
struct RowRead {
    kind: usize,
    row: usize,
    path: String,
    template: &'static str,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Detail(Detail),
    Below(Below),
}

/// Reads the kinds, and those whose names they need. `progress` gets the number of finished reads
/// and of all reads.
///
/// A kind that the tenant's plan does not have is empty. One that the token may not read is listed
/// in [`Snapshot::unread`]; if only its names are needed, only when a name is missing.
///
/// # Errors
/// Not signed in, network, rate limit and server errors. An incomplete snapshot is never returned.
pub(crate) fn read(
    api: &Management<'_>,
    selected: &[&'static Entry],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Reading, Error> {
    let token = api.token()?;
    let audience = token.audience.clone().filter(|audience| audience.ends_with("/api/v2/"));
    let audience = audience.unwrap_or_else(|| token.domain.management_audience());
    let address = audience.strip_suffix("api/v2/").unwrap_or(&audience).to_owned();
    let mut kinds = needed(selected);
    let outcomes = pool::map(&kinds, |kind| first_read(api, kind), &mut |done| {
        progress(done, kinds.len());
    })?;
    let mut unread = Vec::new();
    for (kind, outcome) in kinds.iter_mut().zip(outcomes) {
        match outcome {
            ReadOutcome::Rows(rows) => kind.rows = only(kind.entry, rows),
            ReadOutcome::Absent => {}
            ReadOutcome::Unread { scopes, reason } => kind.unread = Some((scopes, reason)),
        }
        hide_what_is_cut_short(kind, token.scope.as_deref(), &mut unread);
    }
    let mut context = TenantContext { address, names: Names::default() };
    for kind in &kinds {
        if let Some(of) = kind.entry.kind() {
            context.names.learn(kind.entry.name, of.id, of.name_field, &kind.rows);
        }
    }
    let jobs = jobs(&kinds)?;
    let first = kinds.len();
    let answers = pool::map(&jobs, |job| job.run(api), &mut |done| {
        progress(first + done, first + jobs.len());
    })?;
    let skipped = settle(&mut kinds, &jobs, answers, &mut unread);
    learn_below(&kinds, &mut context.names);
    let mut snapshot = Snapshot { tenant: token.domain.to_string(), ..Snapshot::default() };
    let mut unnamed: Vec<(&str, &str, u32)> = Vec::new();
    let exported: BTreeSet<_> =
        kinds.iter().filter(|kind| kind.selected).map(|kind| kind.entry.name).collect();
    for kind in kinds {
        let entry = kind.entry;
        if let Some((scopes, reason)) = kind.unread {
            let part = (!kind.selected).then(|| "names".to_owned());
            unread.push(Unread { kind: entry.name.to_owned(), part, scopes, reason });
        } else if kind.selected {
            let shaped = shape(entry, kind.rows, &context);
            unnamed.extend(shaped.unnamed.into_iter().map(|(to, count)| (entry.name, to, count)));
            snapshot.kinds.push(KindSnapshot { entry, resources: shaped.resources });
        }
    }
    // A kind that was only read for its names is missed only if an ID stayed for want of one.
    unread.retain(|it| {
        let is_missed = || unnamed.iter().any(|(_, to, _)| kind_of_target(to) == it.kind);
        exported.contains(it.kind.as_str()) || is_missed()
    });
    unread.sort();
    unread.dedup();
    snapshot.unread = unread;
    Ok(Reading { snapshot, unnamed, skipped })
}

/// The selected kinds and those that they refer to, in the order of the table.
fn needed(selected: &[&'static Entry]) -> Vec<KindRead> {
    let is_selected = |entry: &Entry| selected.iter().any(|it| it.name == entry.name);
    let (mut names, mut whole) = (BTreeSet::new(), BTreeSet::new());
    for target in selected.iter().flat_map(|entry| entry.refers_to()) {
        // `KIND.FIELD` is read below the rows of its kind.
        let kind = kind_of_target(target);
        names.insert(kind);
        if kind != target {
            whole.insert(kind);
        }
    }
    table::all()
        .filter(|entry| is_selected(entry) || names.contains(entry.name))
        .map(|entry| {
            let selected = is_selected(entry);
            let whole = selected || whole.contains(entry.name);
            KindRead { entry, selected, whole, rows: Vec::new(), unread: None }
        })
        .collect()
}

fn first_read(api: &Management<'_>, kind: &KindRead) -> Result<ReadOutcome, Error> {
    let entry = kind.entry;
    if let Source::Names(field, names) = entry.source {
        return Ok(ReadOutcome::Rows(names.iter().map(|name| json!({field: name})).collect()));
    }
    let what = format!("read the {}", entry.kind().map_or(entry.name, |kind| kind.plural));
    let Some(operation) = operation(entry.path()) else { return Ok(ReadOutcome::Absent) };
    let query = query(kind, &operation);
    match entry.source {
        Source::List => ReadOutcome::of(read_all(api, &operation, entry.path(), query, &what)),
        Source::First => ReadOutcome::of(
            read_all(api, &operation, entry.path(), query, &what)
                .map(|rows| rows.into_iter().take(1).collect()),
        ),
        Source::One => {
            ReadOutcome::of(read_one(api, entry.path(), &query, &what).map(|value| vec![value]))
        }
        Source::Prompts(prompts) => ReadOutcome::of(
            read_one(api, entry.path(), &query, &what)
                .map(|settings| prompt_rows(&settings, prompts)),
        ),
        Source::Names(..) => Ok(ReadOutcome::Absent),
    }
}

/// A row for each prompt in each language of the tenant.
fn prompt_rows(settings: &Value, prompts: &[&str]) -> Vec<Value> {
    let languages = settings.get("enabled_locales").and_then(Value::as_array).into_iter().flatten();
    let mut languages: BTreeSet<_> = languages.filter_map(Value::as_str).collect();
    if languages.is_empty() {
        languages.insert("en");
    }
    let row = |language| prompts.iter().map(move |it| json!({"prompt": it, "language": language}));
    languages.into_iter().flat_map(row).collect()
}

/// The query of a first read. Secrets are not asked for, if the API can leave them out, and only
/// the names if nothing else is needed.
fn query(kind: &KindRead, operation: &Operation) -> Query {
    let pair = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let mut query: Query = kind.entry.query.iter().copied().map(pair).collect();
    let knows = |name: &str| operation.query().any(|param| param.name == name);
    let has_fields = query.iter().any(|(key, _)| key == "fields");
    if let Some(of) = kind.entry.kind().filter(|_| !has_fields)
        && knows("fields")
        && knows("include_fields")
    {
        let (fields, include) = match kind.whole {
            true => (of.secrets.join(","), "false"),
            false => (format!("{},{}", of.id, of.name_field), "true"),
        };
        if !fields.is_empty() {
            query.extend([pair(("fields", &fields)), pair(("include_fields", include))]);
        }
    }
    query
}

fn operation(template: &str) -> Option<Operation> {
    catalog::find(Method::Get, template).map(|found| found.operation)
}

/// The rows with only the fields of the entry. Rows that are equal then become one.
fn only(entry: &Entry, rows: Vec<Value>) -> Vec<Value> {
    if entry.only.is_empty() {
        return rows;
    }
    let mut seen = BTreeSet::new();
    let cut = |mut row: Value| {
        if let Value::Object(object) = &mut row {
            object.retain(|field, _| entry.only.contains(&field.as_str()));
        }
        row
    };
    rows.into_iter().map(cut).filter(|row| seen.insert(row.to_string())).collect()
}

/// A token that may see only a part of the rows must not make the rest look empty.
fn hide_what_is_cut_short(
    kind: &mut KindRead,
    granted: Option<&[String]>,
    unread: &mut Vec<Unread>,
) {
    let Some(visibility) = kind.entry.kind().and_then(|of| of.visibility.as_ref()) else { return };
    if !kind.whole || kind.rows.is_empty() {
        return;
    }
    let enough = |row: &Value| row.as_object().is_some_and(visibility.enough);
    let has_scope = |granted: &[String]| granted.iter().any(|it| it == visibility.scope);
    match visibility.inside {
        // Rows that have no more than a summary are whole if the scope is known to be granted.
        None if granted.is_some_and(has_scope) || kind.rows.iter().any(enough) => {}
        Some(_) if granted.is_none_or(has_scope) && kind.rows.iter().all(enough) => {}
        None => {
            kind.unread =
                Some((vec![visibility.scope.to_owned()], "only a summary is shown".into()));
        }
        Some(field) => {
            kind.rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| {
                row.shift_remove(field);
            });
            unread.push(Unread {
                kind: kind.entry.name.to_owned(),
                part: Some(field.to_owned()),
                scopes: vec![visibility.scope.to_owned()],
                reason: "the API leaves it out".to_owned(),
            });
        }
    }
}

/// What has to be read for each row.
fn jobs(kinds: &[KindRead]) -> Result<Vec<RowRead>, Error> {
    let mut jobs = Vec::new();
    for (index, kind) in
        kinds.iter().enumerate().filter(|(_, kind)| kind.whole && kind.unread.is_none())
    {
        for (number, row) in kind.rows.iter().enumerate() {
            let Some(object) = row.as_object() else { continue };
            let job =
                |path, template, what| RowRead { kind: index, row: number, path, template, what };
            if let Some(detail) = kind.entry.detail {
                let values = detail.fill.iter().filter_map(|field| object.get(*field)?.as_str());
                let path = catalog::fill(detail.path, values)?;
                jobs.push(job(path, detail.path, What::Detail(detail)));
            }
            for below in kind.entry.below {
                let id = object.get(kind.entry.id()).and_then(Value::as_str);
                if let Some(id) = id.filter(|_| below.when.is_none_or(|when| when(object))) {
                    let values = std::iter::once(id).chain(below.fill.iter().copied());
                    let path = catalog::fill(below.path, values)?;
                    jobs.push(job(path, below.path, What::Below(*below)));
                }
            }
        }
    }
    Ok(jobs)
}

impl RowRead {
    fn run(&self, api: &Management<'_>) -> Result<ReadOutcome, Error> {
        let what = format!("read {}", self.path);
        match (self.what, operation(self.template)) {
            (What::Below(Below { one: false, .. }), Some(operation)) => {
                ReadOutcome::of(read_all(api, &operation, &self.path, Query::new(), &what))
            }
            _ => ReadOutcome::of(
                read_one(api, &self.path, &Query::new(), &what).map(|value| vec![value]),
            ),
        }
    }
}

/// Puts the answers into their rows. Rows whose detail the tenant does not have are removed.
fn settle(
    kinds: &mut [KindRead],
    jobs: &[RowRead],
    answers: Vec<ReadOutcome>,
    unread: &mut Vec<Unread>,
) -> Vec<String> {
    let mut skipped = Vec::new();
    // Fields that the token may not read, by kind.
    let mut parts: BTreeMap<(usize, &str), (Vec<String>, String)> = BTreeMap::new();
    for (job, answer) in jobs.iter().zip(answers) {
        let Some(kind) = kinds.get_mut(job.kind) else { continue };
        let Some(row) = kind.rows.get_mut(job.row) else { continue };
        match (job.what, answer) {
            (What::Detail(detail), ReadOutcome::Rows(rows)) => {
                let answer = rows.into_iter().next().unwrap_or_default();
                add_detail(row, answer, detail.under);
            }
            (What::Detail(_), ReadOutcome::Absent) => *row = Value::Null,
            (What::Below(below), ReadOutcome::Rows(rows)) => {
                let value = if below.one {
                    rows.into_iter().next().unwrap_or_default()
                } else {
                    Value::Array(rows)
                };
                if let Some(object) = row.as_object_mut() {
                    object.insert(below.field.to_owned(), value);
                }
            }
            (What::Below(_), ReadOutcome::Absent) => {}
            (What::Detail(_), ReadOutcome::Unread { scopes, reason }) => {
                kind.unread.get_or_insert((scopes, reason));
            }
            (What::Below(below), ReadOutcome::Unread { scopes, reason }) if !scopes.is_empty() => {
                parts.entry((job.kind, below.field)).or_insert((scopes, reason));
            }
            (What::Below(_), ReadOutcome::Unread { reason, .. }) => {
                skipped.push(format!("{}: {reason}", job.path));
            }
        }
    }
    for ((index, field), (scopes, reason)) in parts {
        let Some(kind) = kinds.get_mut(index) else { continue };
        kind.rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| {
            row.shift_remove(field);
        });
        let part = Some(field.to_owned());
        unread.push(Unread { kind: kind.entry.name.to_owned(), part, scopes, reason });
    }
    for kind in kinds.iter_mut().filter(|kind| kind.entry.detail.is_some() && kind.whole) {
        kind.rows.retain(|row| !row.is_null());
    }
    skipped
}

/// Adds the answer of a detail read to its row. An empty answer means that there is no resource.
fn add_detail(row: &mut Value, answer: Value, under: Option<&str>) {
    let is_empty = match &answer {
        Value::Object(object) => object.is_empty(),
        other => other.is_null(),
    };
    match (under, answer, &mut *row) {
        (_, _, row) if is_empty => *row = Value::Null,
        (Some(field), answer, Value::Object(object)) => {
            object.insert(field.to_owned(), answer);
        }
        (None, Value::Object(answer), Value::Object(object)) => {
            let known = std::mem::take(object);
            *object = answer;
            for (field, value) in known {
                object.entry(field).or_insert(value);
            }
        }
        _ => {}
    }
}

/// The names of rows below other rows, as `KIND.FIELD`.
fn learn_below(kinds: &[KindRead], names: &mut Names) {
    for kind in kinds {
        for below in kind.entry.below {
            let rows = kind.rows.iter().filter_map(|row| row.get(below.field)?.as_array());
            for rows in rows {
                names.learn(&format!("{}.{}", kind.entry.name, below.field), "id", "name", rows);
            }
        }
    }
}

#[cfg(test)]
mod tests;
