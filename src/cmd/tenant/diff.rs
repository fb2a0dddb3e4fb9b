//! `auth0-tenant diff`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::selection::Selection;
use super::{counted, not_read, read_tenant};
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::management::Management;
use crate::output::Format;
use crate::profile::ProfileName;
use crate::profile::store::Store;
use crate::resource::snapshot::compare::Ignored;
use crate::resource::snapshot::model::Unread;
use crate::resource::snapshot::shape::refers_by_id;
use crate::resource::snapshot::{Comparison, Entry, Snapshot, compare, folder, report};
use crate::session::Session;
use crate::session::identity::no_such_profile;
use crate::term::{Io, painted};

const NOTES: &str = "\
+ is only in B, - is only in A, ~ is different. A resource that only has another name is one change. \
The exit code is 0 without a difference, 9 with one, and 4 if a kind could not be read on one side: \
everything else is compared all the same.

A name is a profile, or else a folder; ./NAME is always a folder.";

/// Compare two tenants, or a tenant with an earlier export
#[derive(Debug, Parser)]
#[command(after_help = examples::help(NOTES, examples::TENANT_DIFF))]
pub(super) struct Diff {
    /// A profile, or the folder of an export
    #[arg(value_name = "A", add = completer::profiles())]
    a: String,

    /// Another profile or folder [default: the tenant of --profile or of the environment]
    #[arg(value_name = "B", add = completer::profiles())]
    b: Option<String>,

    #[command(flatten)]
    selection: Selection,

    /// Do not compare this field: KIND.FIELD, where dots reach inside and * is any kind or key
    #[arg(long, value_name = "PATH", value_parser = Ignored::parse, help_heading = "Selection")]
    ignore: Vec<Ignored>,
}

/// Where a snapshot comes from.
enum Side {
    Folder(PathBuf),
    /// A profile; `None` is that of `--profile` or the environment.
    Tenant(Option<String>),
}

/// A side that is ready to be read.
enum OpenedSide {
    Read(Snapshot),
    Tenant(Box<Session>),
}

impl Diff {
    pub(super) fn run(self, network: &Network, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        shared.refuse_rows("a comparison")?;
        let sides = [
            Side::of(&self.a, io)?,
            match &self.b {
                Some(b) => Side::of(b, io)?,
                None => Side::Tenant(None),
            },
        ];
        let labels = [self.a.clone(), self.b.clone().unwrap_or_default()];
        let mut sources = Vec::new();
        for side in sides {
            sources.push(side.open(network, shared, io)?);
        }
        let entries = selected(&self.selection, &sources)?;
        let mut snapshots = Vec::new();
        let mut identities = Vec::new();
        for source in &mut sources {
            let (snapshot, identity) = match source {
                OpenedSide::Read(snapshot) => (only(std::mem::take(snapshot), &entries), None),
                OpenedSide::Tenant(session) => {
                    let api = Management::open(session)?;
                    (read_tenant(&api, &entries, io)?.snapshot, Some(session.identity()))
                }
            };
            snapshots.push(snapshot);
            identities.push(identity);
        }
        let [a, b] = <[Snapshot; 2]>::try_from(snapshots)
            .map_err(|_| Error::new(ErrorKind::Failure, "a comparison has two sides"))?;
        let labels = [label(&labels[0], &a), label(&labels[1], &b)];
        let comparison = compare(a, b, &self.ignore);
        print(&comparison, &labels, shared, io)?;
        let unread = [&comparison.unread_in_a, &comparison.unread_in_b];
        // The hint is about the first incomplete side that is a tenant.
        let lacking = unread.iter().zip(&identities).filter(|(unread, _)| !unread.is_empty());
        let identity = lacking.filter_map(|(_, identity)| *identity).next();
        let unread: BTreeSet<Unread> = unread.into_iter().flatten().cloned().collect();
        not_read(unread.into_iter().collect(), identity)?;
        match comparison.kinds.is_empty() {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Differs, "there are differences")),
        }
    }
}

impl Side {
    fn of(word: &str, io: &Io) -> Result<Self, Error> {
        let path = Path::new(word);
        if word.contains(['/', '\\']) || matches!(word, "." | "..") {
            return Ok(Self::Folder(path.to_owned()));
        }
        let name = ProfileName::parse(word);
        if let Ok(name) = &name {
            let store = Store::locate(io.env, &io.ui)?;
            if store.exists(name) {
                return Ok(Self::Tenant(Some(word.to_owned())));
            }
            if !path.is_dir() {
                return Err(
                    no_such_profile(name, &store).because("there is no folder of this name either")
                );
            }
        }
        if path.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        Err(Error::usage("this is neither a profile nor a folder")
            .hint("auth0-profiles list shows the profiles; auth0-tenant export makes a folder"))
    }

    fn open(self, network: &Network, shared: &Shared, io: &Io) -> Result<OpenedSide, Error> {
        Ok(match self {
            Self::Folder(dir) => OpenedSide::Read(folder::read(&dir)?),
            Self::Tenant(profile) => {
                let profile = profile.as_deref().or(shared.profile.as_deref());
                OpenedSide::Tenant(Box::new(Session::open(profile, &network.limits(), io)?))
            }
        })
    }
}

/// The kinds to compare: those asked for, else those that the folders have.
fn selected(selection: &Selection, sources: &[OpenedSide]) -> Result<Vec<&'static Entry>, Error> {
    let folders: Vec<_> = sources
        .iter()
        .filter_map(|source| match source {
            OpenedSide::Read(snapshot) => Some(snapshot),
            OpenedSide::Tenant(_) => None,
        })
        .collect();
    let is_in = |snapshot: &Snapshot, entry: &Entry| {
        snapshot.kind(entry.name).is_some()
            || snapshot.unread.iter().any(|unread| unread.kind == entry.name)
    };
    selection.entries(|entry| match folders[..] {
        [] => !entry.on_request,
        [folder] => is_in(folder, entry),
        _ => folders.iter().any(|folder| is_in(folder, entry)),
    })
}

/// The snapshot with only these kinds.
fn only(mut snapshot: Snapshot, entries: &[&'static Entry]) -> Snapshot {
    let is_selected = |name: &str| entries.iter().any(|entry| entry.name == name);
    snapshot.kinds.retain(|kind| is_selected(kind.entry.name));
    let Snapshot { kinds, unread, .. } = &mut snapshot;
    unread.retain(|unread| {
        is_selected(&unread.kind) || kinds.iter().any(|kind| refers_by_id(kind, &unread.kind))
    });
    snapshot
}

/// The label of a side: what was typed, and the tenant.
fn label(word: &str, snapshot: &Snapshot) -> String {
    match word {
        "" => snapshot.tenant.clone(),
        word => format!("{word} ({})", snapshot.tenant),
    }
}

fn print(
    comparison: &Comparison,
    [a, b]: &[String; 2],
    shared: &Shared,
    io: &mut Io,
) -> Result<(), Error> {
    let is_colored = io.color_out();
    match shared.format() {
        Format::Json => {
            let json = report::json(comparison, a, b);
            let text = serde_json::to_string_pretty(&json).unwrap_or_default();
            io.out.json(text)?;
        }
        Format::Jsonl => {
            for difference in report::differences(comparison) {
                io.out.json(difference)?;
            }
        }
        Format::Markdown => {
            let text = report::markdown(comparison, a, b);
            io.out.with(|out| out.write_all(text.as_bytes()))?;
        }
        Format::Table | Format::Csv | Format::Tsv => {
            let text = report::text(comparison, |sgr, text| painted(is_colored, sgr, text));
            io.out.with(|out| out.write_all(text.as_bytes()))?;
        }
    }
    // The plan comes before its summary, which goes to stderr.
    io.out.flush()?;
    let (a, b) = (foreign(a).named(), foreign(b).named());
    for kind in &comparison.left_out {
        io.ui.warn(format_args!("{kind}: not compared, because one side was exported without it"));
    }
    let (added, removed, changed) = comparison.counts();
    match added + removed + changed {
        0 => io.ui.say(format_args!("no differences from {a} to {b}")),
        count => io.ui.say(format_args!(
            "{} from {a} to {b}: {added} added, {removed} removed, {changed} changed",
            counted(count, "difference")
        )),
    }
    Ok(())
}
