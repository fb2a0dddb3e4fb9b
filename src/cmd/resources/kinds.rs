//! `auth0-resources kinds`: the kinds of resource, with their verbs and scopes.

use clap::Args;
use serde_json::json;

use crate::base::error::Error;
use crate::cmd::options::Shared;
use crate::output::{Column, Options, Renderer};
use crate::resource::kinds::{self, Kind};
use crate::term::Io;

static COLUMNS: [Column; 5] = [
    Column::new("kind", "kind").whole(),
    Column::new("path", "path"),
    Column::new("verbs", "verbs"),
    Column::new("members", "members"),
    Column::new("scopes", "scopes"),
];

#[derive(Args, Debug)]
pub(super) struct Kinds {
    /// Only kinds with this in their name, path, members or scopes
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
}

/// Prints the kinds.
pub(super) fn print(args: &Kinds, shared: &Shared, io: &mut Io) -> Result<(), Error> {
    let options = Options { reveal_secrets: true, ..shared.rendering(io) };
    let mut renderer = Renderer::new(shared.format(), None, &COLUMNS, options);
    let pattern = args.pattern.as_deref().unwrap_or_default().to_lowercase();
    for kind in kinds::all() {
        let members: Vec<_> = kind.members.iter().map(|members| members.name).collect();
        let scopes = scopes(kind);
        let texts = [kind.name, kind.path].into_iter().chain(members.iter().copied());
        if !texts.chain(scopes.iter().copied()).any(|text| text.to_lowercase().contains(&pattern)) {
            continue;
        }
        let row = json!({
            "kind": kind.name,
            "path": kind.path,
            "verbs": verbs(kind),
            "members": members,
            "scopes": scopes,
        });
        io.out.with(|out| renderer.row(out, &row.to_string()))?;
    }
    renderer.end(io, "no kind matches; see all: auth0-resources kinds")
}

/// The verbs of a kind.
fn verbs(kind: &Kind) -> Vec<&'static str> {
    let reads = kind.show().is_some() || kind.list().is_some();
    let shared = [
        ("list", kind.list().is_some()),
        ("show", reads),
        ("create", kind.create().is_some()),
        ("update", kind.update().is_some()),
        ("delete", kind.delete().is_some()),
        ("open", kind.dashboard.is_some()),
    ];
    let shared = shared.into_iter().filter(|(_, there)| *there).map(|(verb, _)| verb);
    shared.chain(kind.acts.iter().map(|act| act.verb)).collect()
}

/// The scopes that the verbs of a kind need, each once.
pub(super) fn scopes(kind: &Kind) -> Vec<&'static str> {
    let mut scopes: Vec<&str> = Vec::new();
    let operations = [kind.list(), kind.show(), kind.create(), kind.update(), kind.delete()];
    for operation in operations.into_iter().flatten() {
        scopes.extend(operation.missing_scopes(&scopes));
    }
    scopes
}
