//! The commands of `auth0-resources`, made from the table of kinds: a kind has the verbs that the
//! catalog has operations for.

use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches, Subcommand};

use super::bindings::Bindings;
use super::kinds::Kinds;
use super::members::{self, MembersVerb, with_one};
use super::verbs::{self, Create, Delete, List, One, Open, filters, with};
use crate::base::text::with_article;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::resource_args::{RunOptions, SafetyArgs, ShowArgs};
use crate::management::catalog::{self, Operation};
use crate::output::Column;
use crate::resource::kinds::{self, Act, Kind};

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Action {
    Kinds(Kinds),
    Kind(&'static Kind, Box<Verb>),
}

/// A verb of a kind. The text is an ID or a name, empty for a singleton.
#[derive(Debug)]
pub(super) enum Verb {
    List(List),
    Show(String, ShowArgs),
    Create(Option<String>, Create),
    Update(String, Create),
    Delete(Delete),
    DeleteOnly(SafetyArgs),
    Open(String, Open),
    Act(&'static Act, String, verbs::ActArgs),
    Members(MembersVerb),
    Bindings(Bindings),
}

impl Verb {
    /// How results are shown, whether it is a dry run, and whether warnings are errors.
    pub(super) fn options(&self) -> RunOptions {
        match self {
            Self::List(list) => RunOptions::shows(&list.show),
            Self::Show(_, show) => RunOptions::shows(show),
            Self::Create(_, it) | Self::Update(_, it) => it.write.options(),
            Self::Delete(it) => RunOptions::changes(it.safety.dry.dry_run),
            Self::DeleteOnly(it) => RunOptions::changes(it.dry.dry_run),
            Self::Open(..) => RunOptions::default(),
            Self::Act(_, _, it) => RunOptions::writes(&it.show, it.safety.dry.dry_run, false),
            Self::Members(it) => it.options(),
            Self::Bindings(it) => it.options(),
        }
    }
}

impl Subcommand for Action {
    fn augment_subcommands(command: Command) -> Command {
        let kinds = Kinds::augment_args(Command::new("kinds")).about("List the kinds of resource");
        let mut command =
            command.subcommand_required(true).arg_required_else_help(true).subcommand(
                kinds.after_help(examples::help("", examples::of("auth0-resources kinds"))),
            );
        // The completer builds each command that it is given, and needs few of them.
        for kind in kinds::all().filter(|kind| completer::may_be_named(kind.name)) {
            let about = format!("The tenant's {}", kind.plural);
            // Help and man pages would have hundreds of commands; `kinds` lists them.
            let kind = Command::new(kind.name).about(about).hide(true);
            command = command.subcommand(kind.defer(of_kind));
        }
        command
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        name == "kinds" || kinds::find(name).is_some()
    }
}

impl FromArgMatches for Action {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        if name == "kinds" {
            return Ok(Self::Kinds(Kinds::from_arg_matches(matches)?));
        }
        let kind = kinds::find(name).ok_or_else(missing)?;
        let (verb, matches) = matches.subcommand().ok_or_else(missing)?;
        let one = || match kind.is_singleton() {
            true => Ok(String::new()),
            false => One::from_arg_matches(matches).map(|one| one.one),
        };
        let verb = match verb {
            "list" => Verb::List(List::from_arg_matches(matches)?),
            "show" => Verb::Show(one()?, ShowArgs::from_arg_matches(matches)?),
            "create" => {
                let named = kind.owner.is_some() || kind.is_created_by_name();
                let one = named.then(one).transpose()?;
                Verb::Create(one, Create::from_arg_matches(matches)?)
            }
            "update" => Verb::Update(one()?, Create::from_arg_matches(matches)?),
            "delete" if kind.is_singleton() => {
                Verb::DeleteOnly(SafetyArgs::from_arg_matches(matches)?)
            }
            "delete" => Verb::Delete(Delete::from_arg_matches(matches)?),
            "open" => Verb::Open(one()?, Open::from_arg_matches(matches)?),
            "bindings" if Bindings::belong_to(kind) => {
                Verb::Bindings(Bindings::from_arg_matches(matches)?)
            }
            verb => {
                if let Some(act) = kind.acts.iter().find(|act| act.verb == verb) {
                    let args = verbs::ActArgs::from_arg_matches(matches)?;
                    let one = if names_one(act) { one()? } else { String::new() };
                    return Ok(Self::Kind(kind, Box::new(Verb::Act(act, one, args))));
                }
                Verb::Members(MembersVerb::parse(kind, verb, matches)?)
            }
        };
        Ok(Self::Kind(kind, Box::new(verb)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Whether an act is done to one resource and not to the tenant.
fn names_one(act: &Act) -> bool {
    catalog::placeholders(act.path).next().is_some()
}

/// The command of a kind, built only when it is asked for.
fn of_kind(command: Command) -> Command {
    let Some(kind) = kinds::find(command.get_name()) else { return command };
    let mut command =
        command.subcommand_required(true).arg_required_else_help(true).after_help(help(kind));
    for verb in verbs_of(kind) {
        command = command.subcommand(verb);
    }
    for members in kind.members {
        command = command.subcommand(members::command(kind, members));
    }
    if Bindings::belong_to(kind) {
        command = command.subcommand(Bindings::command());
    }
    command
}

fn verbs_of(kind: &'static Kind) -> Vec<Command> {
    let thing = match kind.is_singleton() {
        true => format!("the {}", kind.singular),
        false => with_article(kind.singular),
    };
    let set_fields = |command: Command, operation: Option<Operation>| {
        let body = operation.as_ref().and_then(|operation| kind.body(operation));
        command.mut_arg("set", |arg| arg.add(completer::body_fields(body)))
    };
    let mut verbs = Vec::new();
    if kind.list().is_some() {
        let about = format!("List the {}, all of them unless limited", kind.plural);
        verbs.push(with::<List>(Command::new("list").about(about)));
    }
    if kind.show().is_some() || kind.list().is_some() {
        let command = Command::new("show").about(format!("Show {thing}, with all settings"));
        verbs.push(with::<ShowArgs>(with_one(command, kind)));
    }
    if let Some(operation) = kind.create() {
        let command = Command::new("create").about(format!("Create {thing} and show it"));
        let command = match kind.owner {
            Some(owner) => with_one(command, owner),
            None if kind.is_created_by_name() => with_one(command, kind),
            None => command,
        };
        verbs.push(set_fields(with::<Create>(command), Some(operation)));
    }
    if let Some(operation) = kind.update() {
        let about = format!("Change {thing}: what is not named stays as it is");
        let command = with_one(Command::new("update").about(about), kind);
        verbs.push(set_fields(with::<Create>(command), Some(operation)));
    }
    if kind.delete().is_some() && kind.is_singleton() {
        let about = format!("Delete the {}, for good", kind.singular);
        verbs.push(with::<SafetyArgs>(Command::new("delete").about(about)));
    } else if kind.delete().is_some() {
        let command = Command::new("delete").about(format!("Delete {}, for good", kind.plural));
        let command = with::<Delete>(command);
        verbs.push(command.mut_arg("names", |arg| arg.add(completer::resources(kind))));
    }
    if kind.dashboard.is_some() {
        let command = Command::new("open").about("Open the page in the dashboard");
        verbs.push(with::<Open>(with_one(command, kind)));
    }
    for act in kind.acts {
        let command = Command::new(act.verb).about(act.about);
        let command = if names_one(act) { with_one(command, kind) } else { command };
        verbs.push(with::<verbs::ActArgs>(command));
    }
    verbs
}

/// Scopes, columns, filters and examples of a kind.
fn help(kind: &Kind) -> String {
    let mut text = format!("Scopes: {}.", super::kinds::scopes(kind).join(", "));
    if !kind.columns.is_empty() {
        let columns: Vec<_> = kind.columns.iter().map(Column::path).collect();
        text.push_str(&format!("\n\nColumns of the list: {}.", columns.join(", ")));
    }
    let filters = filters(kind);
    if !filters.is_empty() {
        let filters: Vec<_> = filters.iter().map(|(name, _)| *name).collect();
        text.push_str(&format!("\n\nFilters of the list: {}.", filters.join(", ")));
    }
    examples::help(&text, &examples::of_kind(kind))
}
