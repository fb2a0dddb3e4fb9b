//! The arguments of the verbs that kinds share.

use clap::{Args, Command};

use crate::base::error::Error;
use crate::cmd::options::key_value;
use crate::cmd::resource_args::{BatchArgs, ListArgs, SafetyArgs, ShowArgs, WriteArgs};
use crate::hint;
use crate::resource::{ListOptions, ResourceContext, unknown_name};

/// Query parameters that are not filters: the suite sets them itself.
const NOT_FILTERS: [&str; 7] =
    ["page", "per_page", "include_totals", "from", "take", "fields", "include_fields"];

/// Which resource.
#[derive(Args, Clone, Debug)]
pub(super) struct One {
    /// ID or name
    #[arg(value_name = "ID|NAME")]
    pub(super) one: String,
}

#[derive(Args, Clone, Debug)]
pub(super) struct List {
    /// Only what the API filters by this query parameter; see the kind's help for the names
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    filter: Vec<(String, String)>,

    /// Only those whose name contains TEXT, ignoring case (filters locally, so all are fetched)
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,

    #[command(flatten)]
    pub(super) show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Create {
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Delete {
    /// IDs or names; - reads them from stdin, one a line
    #[arg(value_name = "ID|NAME", required = true)]
    pub(super) names: Vec<String>,

    #[command(flatten)]
    pub(super) safety: SafetyArgs,

    #[command(flatten)]
    pub(super) batch: BatchArgs,
}

#[derive(Args, Clone, Debug)]
pub(super) struct Open {
    /// Print the address and open nothing
    #[arg(long)]
    pub(super) print: bool,
}

#[derive(Args, Clone, Debug)]
pub(super) struct ActArgs {
    #[command(flatten)]
    pub(super) safety: SafetyArgs,

    #[command(flatten)]
    pub(super) show: ShowArgs,
}

/// The names of the filters that a kind's list takes; required ones have a `true`.
pub(super) fn filters(kind: &crate::resource::kinds::Kind) -> Vec<(&'static str, bool)> {
    let parameters = kind.list().into_iter().flat_map(|list| list.query().collect::<Vec<_>>());
    parameters
        .filter(|parameter| !NOT_FILTERS.contains(&parameter.name))
        .map(|parameter| (parameter.name, parameter.required))
        .collect()
}

impl List {
    /// What is listed.
    ///
    /// # Errors
    /// Usage, if a filter that the API requires is missing.
    pub(super) fn options(self, context: &ResourceContext<'_>) -> Result<ListOptions, Error> {
        let known = filters(context.kind);
        for (name, required) in &known {
            if *required && self.filter.iter().all(|(given, _)| given != name) {
                let plural = context.kind.plural;
                return Err(Error::usage(format!("the API lists {plural} only of one {name}"))
                    .hint(hint!("give it: --filter {}=VALUE", *name)));
            }
        }
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        for (given, _) in &self.filter {
            if let Some(warning) = unknown_name("filter", given, &names) {
                context.io.ui.warn(warning);
            }
        }
        Ok(ListOptions {
            query: self.filter,
            named: self.contains,
            limit: self.list.limit,
            ..ListOptions::default()
        })
    }
}

/// Adds arguments. The description stays, although groups of arguments have one of their own.
pub(super) fn with<A: Args>(command: Command) -> Command {
    let about = command.get_about().cloned().unwrap_or_default();
    A::augment_args(command).about(about)
}
