//! The verbs of the collections below one resource, made from the table of kinds.

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::verbs::{self, One, with};
use crate::base::error::Error;
use crate::base::text::with_article;
use crate::cmd::completer;
use crate::cmd::resource_args::{
    BatchArgs, ConfirmedWriteArgs, ListArgs, RunOptions, SafetyArgs, ShowArgs, WriteArgs,
};
use crate::management::catalog::{self, Operation};
use crate::management::schema::RequestBody;
use crate::resource::ResourceContext;
use crate::resource::kinds::{Act, IdForm, Kind, MemberName, Members, NameLookup};
use crate::term::Io;

/// A verb of the members of one resource.
#[derive(Clone, Debug)]
pub(crate) struct MembersVerb {
    members: &'static Members,
    /// ID or name of the resource that they belong to.
    one: String,
    /// ID or name of the second resource that they belong to; empty if there is none.
    via: String,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    List(ListMembers),
    Show(ShowMember),
    Update(UpdateMember),
    Add(AddMembers),
    Remove(RemoveMembers),
    Act(&'static Act, ActOnMember),
}

/// Which second resource.
#[derive(Args, Clone, Debug)]
struct Via {
    /// ID or name of the one that it belongs to as well
    #[arg(value_name = "OF")]
    via: String,
}

#[derive(Args, Clone, Debug)]
struct ListMembers {
    #[command(flatten)]
    show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args, Clone, Debug)]
struct ShowMember {
    /// Which of them: ID or name
    #[arg(value_name = "MEMBER")]
    name: String,

    #[command(flatten)]
    show: ShowArgs,
}

#[derive(Args, Clone, Debug)]
struct UpdateMember {
    /// Which of them: ID or name
    #[arg(value_name = "MEMBER")]
    name: String,

    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Args, Clone, Debug)]
struct ActOnMember {
    /// Which of them: ID or name
    #[arg(value_name = "MEMBER")]
    name: String,

    #[command(flatten)]
    act: verbs::ActArgs,
}

#[derive(Args, Clone, Debug)]
struct AddMembers {
    /// What to add; - reads it from stdin, one a line
    #[arg(value_name = "MEMBER")]
    names: Vec<String>,

    #[command(flatten)]
    write: ConfirmedWriteArgs,
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
            "show" => Action::Show(ShowMember::from_arg_matches(matches)?),
            "update" => Action::Update(UpdateMember::from_arg_matches(matches)?),
            "add" => Action::Add(AddMembers::from_arg_matches(matches)?),
            verb => match members.acts.iter().find(|act| act.verb == verb) {
                Some(act) => Action::Act(act, ActOnMember::from_arg_matches(matches)?),
                None => Action::Remove(RemoveMembers::from_arg_matches(matches)?),
            },
        };
        let via = match members.via {
            Some(_) => Via::from_arg_matches(matches)?.via,
            None => String::new(),
        };
        Ok(Self { members, one: One::from_arg_matches(matches)?.one, via, action })
    }

    /// How results are shown, whether it is a dry run, and whether warnings are errors.
    pub(crate) fn options(&self) -> RunOptions {
        match &self.action {
            Action::List(it) => RunOptions::shows(&it.show),
            Action::Show(it) => RunOptions::shows(&it.show),
            Action::Update(it) => it.write.options(),
            Action::Add(it) => it.write.options(),
            Action::Remove(it) => RunOptions::changes(it.safety.dry.dry_run),
            Action::Act(_, it) => {
                RunOptions::writes(&it.act.show, it.act.safety.dry.dry_run, false)
            }
        }
    }

    /// Runs the verb.
    ///
    /// # Errors
    /// Usage, if names or fields are missing; not found; the API's refusal.
    pub(crate) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let Self { members, one, via, action } = self;
        let above = (one.as_str(), via.as_str());
        match action {
            Action::List(list) => context.list_members(members, above, list.list.limit),
            Action::Show(show) => context.show_member(members, &one, &show.name),
            Action::Update(update) => {
                let changes = update.write.changes.read(Vec::new(), context.io)?;
                context.update_member(members, (&one, &update.name), &changes)
            }
            Action::Add(add) => {
                let names = add.batch_names(context.io)?;
                let changes = add.write.changes.read(Vec::new(), context.io)?;
                let confirm = add.write.safety.confirm.answer();
                context.add_members(members, above, &names, &changes, &confirm)
            }
            Action::Remove(remove) => {
                let names = remove.batch_names(context.io)?;
                let confirm = remove.safety.confirm.answer();
                context.remove_members(members, above, &names, &confirm)
            }
            Action::Act(act, args) => {
                let confirm = args.act.safety.confirm.answer();
                context.act_on_member(members, act, (&one, &args.name), &confirm)
            }
        }
    }
}

/// The command of a collection, such as `permissions` of a role, with the verbs that the API has.
pub(crate) fn command(kind: &'static Kind, members: &'static Members) -> Command {
    let plural = members.name.replace('-', " ");
    let whose = match members.via {
        Some(via) => format!("{} of {}", with_article(via.singular), with_article(kind.singular)),
        None => with_article(kind.singular),
    };
    let with_above = |command: Command| match members.via {
        Some(via) => with::<Via>(with_one(command, kind))
            .mut_arg("via", |arg| arg.add(completer::resources(via))),
        None => with_one(command, kind),
    };
    let mut command = Command::new(members.name)
        .about(format!("The {plural} of {whose}"))
        .subcommand_required(true)
        .arg_required_else_help(true);
    let list = Command::new("list").about(format!("List the {plural} of {whose}"));
    command = command.subcommand(with::<ListMembers>(with_above(list)));
    let named = |command: Command, arg: &str| match members.named {
        MemberName::Of(member) => command.mut_arg(arg, |arg| arg.add(completer::resources(member))),
        _ => command,
    };
    let fields = |command: Command, operation: Option<Operation>| {
        let body = operation
            .and_then(|operation| RequestBody::of(operation.method.as_str(), operation.path));
        command.mut_arg("set", |arg| arg.add(completer::body_fields(body)))
    };
    if members.show().is_some() {
        let show = Command::new("show").about(format!("Show one of the {plural} of {whose}"));
        command = command.subcommand(named(with::<ShowMember>(with_above(show)), "name"));
    }
    if let Some(update) = members.update() {
        let about = format!("Change one of the {plural} of {whose}");
        let change = with::<UpdateMember>(with_above(Command::new("update").about(about)));
        command = command.subcommand(fields(named(change, "name"), Some(update)));
    }
    if let Some(add) = members.add {
        let about = format!("Add {plural} to {whose}");
        let adds = with::<AddMembers>(with_above(Command::new("add").about(about)));
        let operation = catalog::find(add.method, add.path).map(|found| found.operation);
        let adds = match (members.is_made_of_fields(), members.natural_field()) {
            (true, Some(field)) => {
                let help = format!("{field} of each; other fields are set with --set or --json");
                adds.mut_arg("names", |arg| arg.help(help))
            }
            (true, None) => adds.mut_arg("names", |arg| arg.hide(true)),
            (false, _) => named(adds, "names"),
        };
        command = command.subcommand(fields(adds, operation));
    }
    if members.remove.is_some() {
        let remove = Command::new("remove").about(format!("Remove {plural} from {whose}"));
        let remove = with::<RemoveMembers>(with_above(remove));
        command = command.subcommand(named(remove, "names"));
    }
    for act in members.acts {
        let act = with_above(Command::new(act.verb).about(act.about));
        command = command.subcommand(named(with::<ActOnMember>(act), "name"));
    }
    command
}

/// The argument that names one, unless a tenant has only one.
pub(super) fn with_one(command: Command, kind: &'static Kind) -> Command {
    if kind.is_singleton() {
        return command;
    }
    with::<One>(command).mut_arg("one", |arg| {
        let name = match (kind.id_form, kind.find) {
            (IdForm::Two(form), _) => form,
            (IdForm::Fixed(_) | IdForm::Name, _) => "NAME",
            (IdForm::Prefix(_) | IdForm::Uuid, NameLookup::IdOnly) => "ID",
            _ => "ID|NAME",
        };
        arg.value_name(name).add(completer::resources(kind)).help(kind.named_by)
    })
}
