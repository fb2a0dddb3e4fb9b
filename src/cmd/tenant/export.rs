//! `auth0-tenant export`.

use std::path::PathBuf;

use clap::Parser;
use serde_json::json;

use super::selection::Selection;
use super::{counted, named, not_read, read_tenant};
use crate::base::error::Error;
use crate::base::text::{self, foreign};
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::hint;
use crate::management::Management;
use crate::output::Format;
use crate::resource::snapshot::folder::{ExportFolder, Written};
use crate::resource::snapshot::{Snapshot, files};
use crate::session::Session;
use crate::term::Io;

const NOTES: &str = "\
Every readable kind becomes JSON files that only change when the tenant does: generated IDs and dates \
are left out, and other resources are named, not numbered. Secrets are left out; \"[redacted]\" says \
that one is set. Code and pages are files of their own. A secret that someone typed into code is \
exported with the code. Texts of prompts are read only with --kinds prompt-texts.

A kind has the name of its folder or file. Only files of an earlier export are replaced or removed, \
and a kind that is not read this time stays as it was. A folder with the export of another tenant is \
refused; --replace removes that export first. What the token cannot read is listed at the \
end, with exit code 4.";

/// Write the tenant's configuration as files that can be compared and kept in git
#[derive(Debug, Parser)]
#[command(after_help = examples::help(NOTES, examples::TENANT_EXPORT))]
pub(super) struct Export {
    /// A new folder, or one of an earlier export; - prints one JSON object [default: one named
    /// after the tenant]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Replace the export of another tenant in DIR: all of its files are removed
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    selection: Selection,
}

impl Export {
    pub(super) fn run(self, network: &Network, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        shared.refuse_rows("an export")?;
        let entries = self.selection.entries(|entry| !entry.on_request)?;
        let session = Session::open(shared.profile.as_deref(), &network.limits(), io)?;
        let api = Management::open(&session)?;
        let to_stdout = self.dir.as_ref().is_some_and(|dir| dir.as_os_str() == "-");
        if to_stdout {
            let snapshot = read_tenant(&api, &entries, io)?.snapshot;
            let whole = files::to_json(&snapshot);
            if shared.output == Some(Format::Jsonl) {
                io.out.json(whole)?;
            } else {
                io.out.json(files::canonical(&whole).trim_end())?;
            }
            return not_read(snapshot.unread, Some(api.identity()));
        }
        let domain = api.token()?.domain;
        let dir = self.dir.unwrap_or_else(|| folder_of(domain.authority()));
        // Checked first, so that a minute of reading is not wasted.
        let target = ExportFolder::check(&dir, &domain.to_string(), self.replace)?;
        let snapshot = read_tenant(&api, &entries, io)?.snapshot;
        let written = target.write(&snapshot)?;
        said(&snapshot, written, &dir, shared, io)?;
        not_read(snapshot.unread, Some(api.identity()))
    }
}

/// A folder named after a tenant's host and port.
fn folder_of(authority: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    PathBuf::from(authority.trim_matches(['[', ']']).chars().map(plain).collect::<String>())
}

fn said(
    snapshot: &Snapshot,
    written: Written,
    dir: &std::path::Path,
    shared: &Shared,
    io: &mut Io,
) -> Result<(), Error> {
    let shown = text::path(dir).named();
    let resources = counted(snapshot.resource_count(), "resource");
    let Written { changed, removed } = written;
    let tenant = named(&snapshot.tenant);
    if changed + removed == 0 {
        io.ui.say(format_args!("{resources} of {tenant} in {shown}; nothing has changed"));
    } else {
        let changed = counted(changed, "file");
        io.ui.say(format_args!(
            "{resources} of {tenant} in {shown}: {changed} written, {removed} removed; secrets are left out"
        ));
    }
    if changed > 0 && has_code(snapshot) {
        io.ui.say("code is exported as it is: look for secrets in it before you share it");
    }
    io.ui.say_hint(
        "to see what changes from now on: ",
        &hint!("auth0-tenant diff {}", foreign(&folder_word(dir)).in_command("DIR")),
    );
    if shared.output.is_some_and(Format::is_json) {
        io.out.json(json!({
            "dir": dir.to_string_lossy(),
            "tenant": snapshot.tenant,
            "resources": snapshot.resource_count(),
            "changed": changed,
            "removed": removed,
            "not_read": snapshot.unread.iter().map(files::unread_json).collect::<Vec<_>>(),
        }))?;
    }
    Ok(())
}

/// A folder as an argument of `diff`: with a slash, so that it is not taken for a profile.
fn folder_word(dir: &std::path::Path) -> String {
    let dir = dir.to_string_lossy();
    if dir.contains(['/', '\\']) { dir.into_owned() } else { format!("./{dir}") }
}

fn has_code(snapshot: &Snapshot) -> bool {
    let is_code = |name: &str| snapshot.kind(name).is_some_and(|kind| !kind.resources.is_empty());
    ["actions", "action-modules", "rules", "hooks"].into_iter().any(is_code)
}
