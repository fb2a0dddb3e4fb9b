//! Arguments that the commands on resources share.

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::base::error::Error;
use crate::cmd::confirm::ConfirmArgs;
use crate::cmd::options::Shared;
use crate::management::Management;
use crate::management::body::Field;
use crate::management::change::Object;
use crate::output::Fields;
use crate::resource::changes::ChangeSet;
use crate::resource::kinds::Kind;
use crate::resource::{ResourceContext, View, report};
use crate::term::{Io, read_text};

/// The API takes bodies up to 1 MB; a document for people may hold more white space.
const MAX_DOCUMENT: u64 = 4 << 20;

/// Names and IDs on stdin, at most: a million of them.
const MAX_NAMES: u64 = 64 << 20;

/// Which fields are shown.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output options")]
pub(crate) struct ShowArgs {
    /// Show only these fields, in this order; dots reach inside
    #[arg(long, value_name = "F,…")]
    pub fields: Option<Fields>,

    /// Ask for secrets and show them
    #[arg(long)]
    pub reveal_secrets: bool,
}

/// How a command on resources runs: what it shows, and whether it writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunOptions {
    show: ShowArgs,
    /// Whether nothing that writes is sent.
    dry_run: bool,
    /// Whether warnings are errors.
    strict: bool,
}

impl RunOptions {
    /// Only shows something.
    pub(crate) fn shows(show: &ShowArgs) -> Self {
        Self { show: show.clone(), ..Self::default() }
    }

    /// Changes something without showing it.
    pub(crate) fn changes(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    /// Writes fields, and shows the result.
    pub(crate) fn writes(show: &ShowArgs, dry_run: bool, strict: bool) -> Self {
        Self { show: show.clone(), dry_run, strict }
    }

    /// What the command works with.
    pub(crate) fn context<'a>(
        &self,
        kind: &'static Kind,
        api: &'a Management<'a>,
        shared: &Shared,
        io: &'a mut Io,
    ) -> ResourceContext<'a> {
        let view = self.show.view(shared, io);
        let Self { dry_run, strict, .. } = *self;
        ResourceContext { kind, columns: kind.columns, api, io, view, dry_run, strict }
    }
}

/// How long a list may be, and how its CSV is written.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(next_help_heading = "Output options")]
pub(crate) struct ListArgs {
    /// Stop after this many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

/// Fields without a flag of their own.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Any field")]
pub(crate) struct ChangeArgs {
    /// Set any field: dots reach inside, KEY[] appends to a list, and VALUE is JSON where it parses
    #[arg(long, value_name = "KEY=VALUE", value_parser = Field::parse)]
    pub set: Vec<Field>,

    /// Take the fields from a JSON object in a file, or on stdin with -; flags win over it
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Fail, before anything is sent, if a field, type or value is not documented
    #[arg(long)]
    pub strict: bool,
}

/// The argument of every command that writes.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(next_help_heading = "Safety")]
pub(crate) struct DryRunArgs {
    /// Print the request as JSON and send nothing that writes
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of commands whose effect cannot be undone.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Safety")]
pub(crate) struct SafetyArgs {
    /// The answer to the question.
    #[command(flatten)]
    pub confirm: ConfirmArgs,

    /// Whether to only say what would be done.
    #[command(flatten)]
    pub dry: DryRunArgs,
}

/// Arguments of commands that set fields of a resource and show it.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct WriteArgs {
    /// What is set.
    #[command(flatten)]
    pub changes: ChangeArgs,

    /// Whether to only say what would be done.
    #[command(flatten)]
    pub dry: DryRunArgs,

    /// What is shown of the result.
    #[command(flatten)]
    pub show: ShowArgs,
}

impl WriteArgs {
    /// How the command runs.
    pub(crate) fn options(&self) -> RunOptions {
        RunOptions::writes(&self.show, self.dry.dry_run, self.changes.strict)
    }
}

/// Like [`WriteArgs`], for commands that ask first.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConfirmedWriteArgs {
    /// What is set.
    #[command(flatten)]
    pub changes: ChangeArgs,

    /// The answer to the question, and whether to only say what would be done.
    #[command(flatten)]
    pub safety: SafetyArgs,

    /// What is shown of the result.
    #[command(flatten)]
    pub show: ShowArgs,
}

impl ConfirmedWriteArgs {
    /// How the command runs.
    pub(crate) fn options(&self) -> RunOptions {
        RunOptions::writes(&self.show, self.safety.dry.dry_run, self.changes.strict)
    }
}

/// Work on many things that can be taken up again.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Safety")]
pub(crate) struct BatchArgs {
    /// Skip what this report says is done; -o jsonl prints such a report, one line for each item
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
}

impl ShowArgs {
    /// How data is shown.
    pub(crate) fn view(&self, shared: &Shared, io: &Io) -> View {
        View {
            format: shared.format(),
            fields: self.fields.clone(),
            reveal_secrets: self.reveal_secrets,
            options: shared.rendering(io),
        }
    }
}

impl BatchArgs {
    /// The names from the command line, where `-` stands for those on stdin, without those that are
    /// done.
    ///
    /// # Errors
    /// Usage, if stdin or the report cannot be read.
    pub(crate) fn names(&self, given: &[String], io: &Io) -> Result<Vec<String>, Error> {
        let mut names = names(given, io)?;
        if let Some(path) = &self.resume {
            report::resume(&mut names, path, io)?;
        }
        Ok(names)
    }
}

impl ChangeArgs {
    /// Reads the document and puts `flags` and then `--set` over it.
    ///
    /// # Errors
    /// Usage, for a document that is not a JSON object.
    pub(crate) fn read(self, mut flags: Vec<Field>, io: &Io) -> Result<ChangeSet, Error> {
        let document = self.document(io)?;
        flags.extend(self.set);
        Ok(ChangeSet::new(document, flags))
    }

    fn document(&self, io: &Io) -> Result<Object, Error> {
        let Some(path) = &self.json else { return Ok(Object::new()) };
        let (name, text) = if path.as_os_str() == "-" {
            ("standard input", io.read_stdin_text("standard input", MAX_DOCUMENT)?)
        } else {
            let name = "the file of --json";
            let file = File::open(path)
                .map_err(|e| Error::usage(format!("cannot open {name}")).caused_by(&e))?;
            (name, read_text(file, name, MAX_DOCUMENT)?)
        };
        match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Error::usage(format!("{name} holds JSON, but not one object"))
                .hint("give one resource as {\"name\": …}")),
            Err(e) => Err(Error::usage(format!("{name} is not JSON")).caused_by(&e)),
        }
    }
}

/// Names from the command line, each once; `-` stands for those on stdin, one a line. None if stdin
/// has none: then there is nothing to do.
///
/// # Errors
/// Usage, if stdin is not UTF-8 text or is too long.
fn names(given: &[String], io: &Io) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = Vec::new();
    for name in given {
        if name != "-" {
            names.push(name.clone());
            continue;
        }
        let text = io.read_stdin_text("standard input", MAX_NAMES)?;
        names
            .extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    let mut known = HashSet::new();
    names.retain(|name| known.insert(name.clone()));
    Ok(names)
}

/// The values of a list flag: an empty text empties the list.
pub(crate) fn list(flag: &[String]) -> Value {
    flag.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).collect()
}
