//! `auth0-tenant`: the tenant as a whole.

mod diff;
mod export;
mod selection;

use clap::{Arg, Parser, Subcommand};
use serde_json::value::to_raw_value;

use self::diff::Diff;
use self::export::Export;
use crate::base::error::{Error, Kind};
use crate::base::text::foreign;
use crate::cmd::options::{Network, Shared, one_of};
use crate::cmd::resource_args::ShowArgs;
use crate::cmd::run::Command;
use crate::management::{Call, Management, Query, refusal, schema};
use crate::output::{Fields, Format};
use crate::resource::kinds;
use crate::resource::object;
use crate::resource::snapshot::model::Unread;
use crate::resource::snapshot::read::{self, Reading};
use crate::resource::snapshot::{Entry, report};
use crate::resource::unknown_name;
use crate::session::{Identity, Session};
use crate::term::Io;
use crate::term::progress::Progress;

const EXAMPLES: &str = "\
Examples:
  auth0-tenant show
  auth0-tenant export ./tenant
  auth0-tenant diff ./tenant
  auth0-tenant diff staging production -o markdown

An export reads and never changes the tenant. Each subcommand has its own --help.";

/// Show the tenant's settings, export its configuration, compare tenants
#[derive(Debug, Parser)]
#[command(name = "auth0-tenant", version, after_help = EXAMPLES, mut_arg("output", with_markdown))]
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
    Export(Export),
    Diff(Diff),
}

const SHOW_EXAMPLES: &str = "\
Examples:
  auth0-tenant show
  auth0-tenant show --fields friendly_name,session_lifetime,flags
  auth0-tenant show -o json | jq .flags";

/// Show the tenant's settings
#[derive(Debug, Parser)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowSettings {
    #[command(flatten)]
    show: ShowArgs,
}

/// `-o markdown` is for `diff`; the others refuse it when they run.
fn with_markdown(output: Arg) -> Arg {
    fn formats() -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().chain([Format::Markdown])
    }
    output
        .help("Print data as table, json, jsonl, csv, tsv; a comparison as markdown, too")
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
            Action::Show(show) => show.run(&network, &shared, io),
            Action::Export(export) => export.run(&network, &shared, io),
            Action::Diff(diff) => diff.run(&network, &shared, io),
        }
    }
}

impl ShowSettings {
    fn run(self, network: &Network, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        const PATH: &str = "/tenants/settings";
        let session = Session::open(shared.profile.as_deref(), &network.limits(), io)?;
        let api = Management::open(&session)?;
        let view = self.show.view(shared, io);
        let mut query = Query::new();
        if let Some(fields) = &view.fields {
            warn_of_unknown(fields, io);
            let names: Vec<_> = fields.top_level().collect();
            query.push(("fields".to_owned(), names.join(",")));
            query.push(("include_fields".to_owned(), "true".to_owned()));
        }
        let what = "read the tenant settings";
        let answer = {
            let _progress = Progress::new(&io.ui);
            api.call(&Call { query: &query, ..Call::get(what, PATH) })?
        };
        let settings = to_raw_value(&object(&answer, what)?).expect("a JSON object is JSON");
        let renderer = view.renderer(PATH, &[]);
        io.out.with(|out| renderer.object(out, settings.get()))
    }
}

fn warn_of_unknown(fields: &Fields, io: &Io) {
    let Some(body) = schema::body("PATCH", "/tenants/settings") else { return };
    let mut names: Vec<_> = body.fields().iter().map(|field| field.name).collect();
    names.push("sandbox_versions_available");
    for field in fields.top_level() {
        if let Some(warning) = unknown_name("field of the tenant settings", field, &names) {
            io.ui.warn(warning);
        }
    }
}

/// Reads a tenant, with progress, and says what a person should know of the reading.
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

/// What could not be read, as the error that ends the command; none if all was read.
fn not_read(unread: Vec<Unread>, identity: Option<&Identity>) -> Result<(), Error> {
    if unread.is_empty() {
        return Ok(());
    }
    let count = unread.len();
    let kinds = if count == 1 { "kind was" } else { "kinds were" };
    let mut error = Error::new(Kind::Refused, format!("{count} {kinds} not read completely"));
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

/// A plain word for a count: `1 file`, `2 files`.
fn counted(count: usize, singular: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {singular}{plural}")
}

/// A place in a message.
fn named(text: &str) -> String {
    foreign(text).named().to_string()
}
