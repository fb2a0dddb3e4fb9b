//! `auth0-tenant`: the tenant as a whole.

mod diff;
mod export;
mod selection;

use clap::{Arg, Parser, Subcommand};

use self::diff::Diff;
use self::export::Export;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared, one_of};
use crate::cmd::resource_args::{ChangeArgs, DryRunArgs, RunOptions, ShowArgs};
use crate::cmd::run::Command;
use crate::management::{Management, refusal, schema};
use crate::output::Format;
use crate::resource::kinds::{self, TENANT_SETTINGS};
use crate::resource::snapshot::model::Unread;
use crate::resource::snapshot::read::{self, Reading};
use crate::resource::snapshot::{Entry, report};
use crate::session::{Identity, Session};
use crate::term::Io;
use crate::term::progress::Progress;

/// Show and change the tenant's settings, export its configuration, compare tenants
#[derive(Debug, Parser)]
#[command(name = "auth0-tenant", version, mut_arg("output", with_markdown),
    after_help = examples::help("Export and diff only read. Each subcommand has its own --help.", examples::TENANT))]
pub struct Tenant {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(ShowSettings),
    Update(UpdateSettings),
    Export(Export),
    Diff(Diff),
}

/// Show the tenant's settings
#[derive(Debug, Parser)]
#[command(after_help = examples::help("", examples::TENANT_SHOW))]
struct ShowSettings {
    #[command(flatten)]
    show: ShowArgs,
}

/// Change the tenant's settings: what is not named stays as it is, inside nested settings too
#[derive(Debug, Parser)]
#[command(mut_arg("set", with_field_names), after_help = examples::help("", examples::TENANT_UPDATE))]
struct UpdateSettings {
    #[command(flatten)]
    changes: ChangeArgs,

    #[command(flatten)]
    dry: DryRunArgs,

    #[command(flatten)]
    show: ShowArgs,
}

fn with_field_names(set: Arg) -> Arg {
    set.add(completer::body_fields(schema::RequestBody::of("PATCH", "/tenants/settings")))
}

/// Adds `markdown`, which only `diff` accepts; the other subcommands refuse it when they run.
fn with_markdown(output: Arg) -> Arg {
    fn formats() -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().chain([Format::Markdown])
    }
    output
        .help("Print data as table, json, jsonl, csv or tsv; diff can also print markdown")
        .value_parser(one_of(formats().map(Format::name), |name| {
            formats().find(|format| format.name() == name)
        }))
}

impl Command for Tenant {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let Self { action, network, shared } = self;
        if shared.output == Some(Format::Markdown) && !matches!(action, Action::Diff(_)) {
            return Err(Error::usage("only a comparison can be printed as markdown")
                .hint("compare with another tenant: auth0-tenant diff A B -o markdown"));
        }
        match action {
            Action::Show(ShowSettings { show }) => {
                settings(None, DryRunArgs::default(), &show, &network, &shared, io)
            }
            Action::Update(UpdateSettings { changes, dry, show }) => {
                settings(Some(changes), dry, &show, &network, &shared, io)
            }
            Action::Export(export) => export.run(&network, &shared, io),
            Action::Diff(diff) => diff.run(&network, &shared, io),
        }
    }
}

/// Shows the settings of the tenant, or changes them first.
fn settings(
    changes: Option<ChangeArgs>,
    dry: DryRunArgs,
    show: &ShowArgs,
    network: &Network,
    shared: &Shared,
    io: &mut Io,
) -> Result<(), Error> {
    let session = Session::open(shared.profile.as_deref(), &network.limits(), io)?;
    let api = Management::open(&session)?;
    let strict = changes.as_ref().is_some_and(|changes| changes.strict);
    let options = RunOptions::writes(show, dry.dry_run, strict);
    let mut context = options.context(&TENANT_SETTINGS, &api, shared, io);
    // A tenant has only one, so it has no name.
    match changes {
        None => context.show(""),
        Some(changes) => {
            let changes = changes.read(Vec::new(), context.io)?;
            context.update("", &changes)
        }
    }
}

/// Reads a tenant, shows progress, and warns about IDs without a name and skipped parts.
fn read_tenant(
    api: &Management<'_>,
    selected: &[&'static Entry],
    io: &Io,
) -> Result<Reading, Error> {
    let mut progress = Progress::new(&io.ui);
    let place = api.identity().place();
    let reading = read::read(api, selected, &mut |done, all| {
        progress.at(|| format!("reading {place}: {done} of {all} requests"));
    })?;
    drop(progress);
    for (kind, target, count) in &reading.unnamed {
        let singular = kinds::find(target).map_or(*target, |kind| kind.singular);
        io.ui.warn(format_args!(
            "{kind}: {} referred to by ID, because the name is unknown or not unique",
            counted(*count as usize, singular)
        ));
    }
    for skipped in &reading.skipped {
        io.ui.warn(format_args!("skipped {skipped}"));
    }
    Ok(reading)
}

/// The error that ends the command if something could not be read.
fn not_read(unread: Vec<Unread>, identity: Option<&Identity>) -> Result<(), Error> {
    if unread.is_empty() {
        return Ok(());
    }
    let count = unread.len();
    let kinds = if count == 1 { "kind was" } else { "kinds were" };
    let mut error = Error::new(ErrorKind::Refused, format!("{count} {kinds} not read completely"));
    for unread in &unread {
        error = error.because(format!("{}: {}", unread.what(), report::why(unread)));
    }
    let mut scopes: Vec<_> = unread.iter().filter_map(|unread| unread.scopes.first()).collect();
    scopes.sort();
    scopes.dedup();
    let scopes = scopes.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    Err(match identity {
        Some(identity) if !scopes.is_empty() => error.hint(refusal::how_to_get(&scopes, identity)),
        Some(_) => error.hint("leave such a kind out: --exclude KIND"),
        None => error.hint("export again with a token that may read them"),
    })
}

/// A count with its noun: `1 file`, `2 files`.
fn counted(count: usize, singular: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {singular}{plural}")
}

/// A foreign name, escaped for a message.
fn named(text: &str) -> String {
    foreign(text).named().to_string()
}
