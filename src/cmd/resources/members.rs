//! The verbs of the collections below one resource, made from the table of kinds: list, add, remove.

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::verbs::One;
use crate::base::error::Error;
use crate::cmd::completer;
use crate::cmd::resource_args::{BatchArgs, ChangeArgs, ListArgs, SafetyArgs, ShowArgs};
use crate::resource::ResourceContext;
use crate::resource::kinds::{Kind, MemberName, Members};
use crate::term::Io;

/// What is to be done with the members of one resource.
#[derive(Clone, Debug)]
pub(crate) struct MembersVerb {
    members: &'static Members,
    /// ID or name of the resource that they belong to.
    one: String,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    List(ListMembers),
    Add(AddMembers),
    Remove(RemoveMembers),
}

#[derive(Args, Clone, Debug)]
struct ListMembers {
    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args, Clone, Debug)]
struct AddMembers {
    /// What to add; - reads it from stdin, one a line
    #[arg(value_name = "MEMBER")]
    names: Vec<String>,

    #[command(flatten)]
    changes: ChangeArgs,

    #[command(flatten)]
    safety: SafetyArgs,

    #[command(flatten)]
    show: ShowArgs,
}

#[derive(Args, Clone, Debug)]
struct RemoveMembers {
    /// What to remove; - reads it from stdin, one a line
    #[arg(value_name = "MEMBER", required = true)]
    names: Vec<String>,

    #[command(flatten)]
    safety: SafetyArgs,
}

impl AddMembers {
    /// The names from the command line or stdin.
    fn batch_names(&self, io: &Io) -> Result<Vec<String>, Error> {
        BatchArgs::default().names(&self.names, io)
    }
}

impl RemoveMembers {
    /// The names from the command line or stdin.
    fn batch_names(&self, io: &Io) -> Result<Vec<String>, Error> {
        BatchArgs::default().names(&self.names, io)
    }
}

impl MembersVerb {
    /// Reads what was typed behind the name of a collection of this kind.
    ///
    /// # Errors
    /// Clap's, if there is no such collection or no verb.
    pub(crate) fn parse(
        kind: &Kind,
        name: &str,
        matches: &ArgMatches,
    ) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let members = kind.members.iter().find(|members| members.name == name);
        let members = members.ok_or_else(missing)?;
        let (verb, matches) = matches.subcommand().ok_or_else(missing)?;
        let action = match verb {
            "list" => Action::List(ListMembers::from_arg_matches(matches)?),
            "add" => Action::Add(AddMembers::from_arg_matches(matches)?),
            _ => Action::Remove(RemoveMembers::from_arg_matches(matches)?),
        };
        Ok(Self { members, one: One::from_arg_matches(matches)?.one, action })
    }

    /// What is shown, whether writes are only shown, and whether warnings are errors.
    pub(crate) fn options(&self) -> (ShowArgs, bool, bool) {
        match &self.action {
            Action::List(it) => (it.show.clone(), false, false),
            Action::Add(it) => (it.show.clone(), it.safety.dry.dry_run, it.changes.strict),
            Action::Remove(it) => (ShowArgs::default(), it.safety.dry.dry_run, false),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// Usage, if names or fields are missing; not found; the API's refusal.
    pub(crate) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let Self { members, one, action } = self;
        match action {
            Action::List(list) => context.list_members(members, &one, list.list.limit),
            Action::Add(add) => {
                let names = add.batch_names(context.io)?;
                let changes = add.changes.read(Vec::new(), context.io)?;
                let confirm = add.safety.confirm.answer();
                context.add_members(members, &one, &names, &changes, &confirm)
            }
            Action::Remove(remove) => {
                let names = remove.batch_names(context.io)?;
                let confirm = remove.safety.confirm.answer();
                context.remove_members(members, &one, &names, &confirm)
            }
        }
    }
}

/// The command of a collection, such as `permissions` of a role, with the verbs that the API has.
pub(crate) fn command(kind: &'static Kind, members: &'static Members) -> Command {
    let plural = members.name.replace('-', " ");
    let whose = format!("a {}", kind.singular);
    let mut command = Command::new(members.name)
        .about(format!("The {plural} of {whose}"))
        .subcommand_required(true)
        .arg_required_else_help(true);
    let verb = |name: &'static str, about: String, args: AugmentArgs| {
        with_args(with_one(Command::new(name).about(about), kind), args)
    };
    let list = format!("List the {plural} of {whose}");
    command = command.subcommand(verb("list", list, ListMembers::augment_args));
    let named = |command: Command| match members.named {
        MemberName::Of(member) => {
            command.mut_arg("names", |arg| arg.add(completer::resources(member)))
        }
        _ => command,
    };
    if members.add.is_some() {
        let add = format!("Add {plural} to {whose}");
        command = command.subcommand(named(verb("add", add, AddMembers::augment_args)));
    }
    if members.remove.is_some() {
        let remove = format!("Remove {plural} from {whose}");
        command = command.subcommand(named(verb("remove", remove, RemoveMembers::augment_args)));
    }
    command
}

/// Adds the arguments of a struct to a command.
type AugmentArgs = fn(Command) -> Command;

/// A command with these arguments. Its description stays: clap would replace it by that of a group
/// of arguments.
pub(super) fn with_args(command: Command, args: AugmentArgs) -> Command {
    match command.get_about().cloned() {
        Some(about) => args(command).about(about),
        None => args(command),
    }
}

/// The argument that names one, unless a tenant has only one.
pub(super) fn with_one(command: Command, kind: &'static Kind) -> Command {
    if kind.is_singleton() {
        return command;
    }
    with_args(command, One::augment_args)
        .mut_arg("one", |arg| arg.add(completer::resources(kind)).help(kind.named_by))
}
