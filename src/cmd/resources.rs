//! `auth0-resources`: every kind of resource, with the verbs that the API has for it.

mod bindings;
mod kinds;
pub(crate) mod members;
mod tree;
mod verbs;

use clap::Parser;

use self::tree::{Action, Verb};
use crate::base::error::Error;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::run::Command;
use crate::management::Management;
use crate::management::change::Object;
use crate::resource::ResourceContext;
use crate::resource::kinds::Kind;
use crate::session::Session;
use crate::term::Io;

const NOTES: &str = "\
A resource is named by its ID or its name. `auth0-resources kinds` lists the kinds; each kind and
each of its verbs has its own --help.";

/// List, show and change any kind of resource, such as roles and actions
#[derive(Debug, Parser)]
#[command(
    name = "auth0-resources",
    version,
    after_help = examples::help(NOTES, examples::of("auth0-resources"))
)]
pub struct Resources {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

impl Command for Resources {
    const OPENS_PAGES: bool = true;

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let (kind, verb) = match self.action {
            Action::Kinds(args) => return kinds::print(&args, &self.shared, io),
            Action::Kind(kind, verb) => (kind, *verb),
        };
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        let api = Management::open(&session)?;
        let mut context = verb.options().context(kind, &api, &self.shared, io);
        run(verb, kind, &mut context)
    }
}

fn run(verb: Verb, kind: &'static Kind, context: &mut ResourceContext<'_>) -> Result<(), Error> {
    match verb {
        Verb::List(list) => {
            let options = list.options(context)?;
            context.list(options)
        }
        Verb::Show(one, _) => context.show(&one),
        Verb::Create(one, create) => {
            let body = kind.new_body();
            let changes = create.write.changes.read(Vec::new(), context.io)?.typed(body);
            let fields = changes.over(&Object::new())?;
            let owner = match (kind.owner, one) {
                (Some(owner), Some(one)) => Some(context.lookup_of(owner).find(&one)?.id),
                (_, one) => one,
            };
            context.create(fields, &[], owner.as_deref())
        }
        Verb::Update(one, update) => {
            let changes = update.write.changes.read(Vec::new(), context.io)?;
            context.update(&one, &changes)
        }
        Verb::Delete(delete) => {
            let names = delete.batch.names(&delete.names, context.io)?;
            context.delete(&names, &delete.safety.confirm.answer())
        }
        Verb::Open(one, open) => context.open(&one, open.print),
        Verb::DeleteOnly(safety) => context.delete_only(&safety.confirm.answer()),
        Verb::Act(act, one, args) => context.act(act, &one, &args.safety.confirm.answer()),
        Verb::Members(members) => members.run(context),
        Verb::Bindings(bindings) => bindings.run(context),
    }
}
