//! `auth0-api`: any operation of the Management API.

mod answer;
mod check;
mod complete;
mod describe;
mod events;
mod list;
mod pages;
mod prepared;
mod request;
mod tree;

use clap::{Args, Parser, Subcommand};

use self::answer::AnswerFormat;
use self::prepared::Prepared;
use self::request::Typed;
use crate::base::domain::Domain;
use crate::base::error::{Error, ErrorKind};
use crate::base::url;
use crate::cmd::confirm::ConfirmArgs;
use crate::cmd::examples;
use crate::cmd::options::{Network, Shared};
use crate::cmd::run::Command;
use crate::hint;
use crate::management::catalog::{self, Method, Paging};
use crate::management::{self, Call, Management, refusal};
use crate::output::redact::Redactor;
use crate::output::{Fields, Format};
use crate::session::{Identity, Session};
use crate::term::Io;
use crate::term::progress::Waiting;

const USAGE: &str = "\
auth0-api [OPTIONS] [METHOD] PATH [VALUE]...
       auth0-api list [PATTERN]
       auth0-api describe [METHOD] PATH";

const NOTES: &str = "\
Prints the answer as JSON, secrets redacted. The path is that of the API's reference, with or
without /api/v2/; list and describe know all operations offline. A query or body that the API does
not document is sent with a warning; --check only checks it.

Here -q is --query; --quiet has no short form.";

/// Call any operation of the Management API
#[derive(Debug, Parser)]
#[command(
    name = "auth0-api",
    version,
    override_usage = USAGE,
    after_help = examples::help(NOTES, examples::API),
    // -q is the query here, as in curl-like tools of every API.
    mut_arg("quiet", |quiet| quiet.short(None))
)]
pub struct Api {
    #[command(subcommand)]
    command: Option<Known>,

    #[command(flatten)]
    typed: Typed,

    #[command(flatten)]
    how: How,

    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    shared: Shared,
}

/// What is to become of the call and its answer.
#[derive(Args, Clone, Debug)]
struct How {
    /// Fetch every page of a list and print its items
    #[arg(long)]
    paginate: bool,

    /// Fetch pages until there are this many items, and print those
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// Only print these fields, in this order, such as name,jwt_configuration.alg
    #[arg(long, value_name = "F,…", conflicts_with = "raw")]
    fields: Option<Fields>,

    /// Print the status and the headers first
    #[arg(short, long, conflicts_with_all = ["paginate", "limit"])]
    include: bool,

    /// Print the body's bytes as they came, secrets included
    #[arg(long, conflicts_with_all = ["paginate", "limit"])]
    raw: bool,

    /// Print secrets too
    #[arg(long)]
    reveal_secrets: bool,

    #[command(flatten)]
    confirm: ConfirmArgs,

    /// Show what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Check the query and the body offline, name each wrong property, and send nothing
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Subcommand)]
enum Known {
    /// List the API's operations
    List(list::List),
    /// Show what an operation takes
    Describe(describe::Describe),
}

impl Command for Api {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(self, io: &mut Io) -> Result<(), Error> {
        let Some(known) = &self.command else { return self.call(io) };
        if self.typed != Typed::default() || self.how.says_something() {
            return Err(Error::usage("list and describe send nothing")
                .hint("leave out what belongs to a call, or see auth0-api --help"));
        }
        match known {
            Known::List(list) => list.run(&self.shared, io),
            Known::Describe(describe) => describe.run(&self.shared, io),
        }
    }
}

impl How {
    /// Whether the items of every page are wanted.
    fn pages(&self) -> bool {
        self.paginate || self.limit.is_some()
    }

    /// Whether any option that belongs to a call is given.
    fn says_something(&self) -> bool {
        let Self { paginate, limit, fields, include, raw, reveal_secrets, confirm, dry_run, check } =
            self;
        let flags = [paginate, include, raw, reveal_secrets, dry_run, check];
        confirm.answer().says_something()
            || limit.is_some()
            || fields.is_some()
            || flags.into_iter().any(|flag| *flag)
    }
}

impl Api {
    fn call(&self, io: &mut Io) -> Result<(), Error> {
        if self.how.raw && !matches!(self.shared.output, None | Some(Format::Json)) {
            return Err(Error::usage("--raw prints what came: it goes with no other format"));
        }
        let mut prepared = self.typed.prepare(io)?;
        let paged = self.how.pages().then(|| self.pageable(&prepared)).transpose()?;
        if let Some(fields) = &self.how.fields {
            prepared.ask_for(fields);
        }
        if prepared.streams() {
            if matches!(self.shared.output, Some(Format::Table | Format::Csv | Format::Tsv)) {
                return Err(Error::usage("events have no columns")
                    .hint("-o jsonl prints the data of each event on one line"));
            }
            prepared.ask_for_events();
        }
        let what = format!("{} {}", prepared.method.as_str(), prepared.path);
        let call = Call {
            query: &prepared.query,
            headers: &prepared.headers,
            body: prepared.body.as_body(),
            ..Call::new(&what, prepared.method.as_str(), &prepared.path)
        };
        if self.how.check {
            check::demand(&prepared)?;
            io.ui.say(format_args!("{what} fits the API's description; nothing was sent"));
            return Ok(());
        }
        self.warn_of_the_unknown(&prepared, io);
        check::warn(&prepared, io);
        let session = Session::open(self.shared.profile.as_deref(), &self.network.limits(), io)?;
        if self.how.dry_run {
            let domain = domain_of(session.identity())?;
            prepared.check_domain(domain)?;
            let url = management::address(&management::base(domain), &call);
            return prepared.say(&url, self.how.reveal_secrets, io);
        }
        let api = Management::open(&session)?;
        let token = api.token()?;
        prepared.check_domain(&token.domain)?;
        Self::warn_of_scopes(&prepared, token.scope.as_deref(), api.identity(), io);
        let writes = prepared.method != Method::Get && api.identity().is_protected();
        if prepared.method == Method::Delete || writes {
            let whole = url::decoded(&prepared.path);
            let undone =
                if prepared.method == Method::Delete { ": this cannot be undone" } else { "" };
            let (method, place) = (prepared.method.as_str(), api.identity().place());
            let question = format!("{method} {whole} on {place}{undone}. Go ahead?");
            self.how.confirm.answer().ask(&question, api.identity(), io)?;
        }
        let shape = AnswerFormat {
            format: self.shared.output,
            fields: self.how.fields.as_ref(),
            reveal: self.how.reveal_secrets,
            csv_safe: self.shared.csv_safe,
            no_header: self.shared.no_header,
            redactor: Redactor::for_path(&prepared.path),
            items: prepared.operation.and_then(|operation| operation.items.key()),
            repeatable: prepared.method == Method::Get,
        };
        if let Some(operation) = paged {
            return pages::print(&api, &call, operation, self.how.limit, &shape, io);
        }
        if prepared.streams() || self.how.raw {
            self.stream(&api, &call, &shape, io)
        } else {
            self.whole(&api, &call, &shape, io)
        }
    }

    /// Prints an answer that is read to its end first.
    fn whole(
        &self,
        api: &Management<'_>,
        call: &Call<'_>,
        shape: &AnswerFormat<'_>,
        io: &mut Io,
    ) -> Result<(), Error> {
        let waiting = Waiting::new(&io.ui);
        let answer = api.answer(call).map_err(|error| Self::advised(error, call))?;
        drop(waiting);
        let failed = !(200..300).contains(&answer.status);
        if self.how.include {
            answer::head(answer.status, &answer.headers, io)?;
        }
        if !failed || self.how.include {
            // A refusal has no rows: it is shown as it is.
            let shape = if failed { &shape.plain() } else { shape };
            shape.print(&answer.body, io)?;
        }
        if !failed {
            return Ok(());
        }
        Err(Self::advised(api.refusal(call, answer.status, &answer.headers, &answer.body), call))
    }

    /// Prints an answer while it comes.
    fn stream(
        &self,
        api: &Management<'_>,
        call: &Call<'_>,
        shape: &AnswerFormat<'_>,
        io: &mut Io,
    ) -> Result<(), Error> {
        let waiting = Waiting::new(&io.ui);
        let mut stream = api.stream(call).map_err(|error| Self::advised(error, call))?;
        drop(waiting);
        if self.how.include {
            answer::head(stream.status, &stream.headers, io)?;
        }
        if (200..300).contains(&stream.status) {
            return if self.how.raw {
                answer::copy(&mut stream.body, io)
            } else {
                events::print(&mut stream.body, shape, io)
            };
        }
        let body = answer::refused(&mut stream.body)?;
        if self.how.raw {
            io.out.with(|out| out.write_all(&body))?;
        } else if self.how.include {
            shape.plain().print(&body, io)?;
        }
        Err(Self::advised(api.refusal(call, stream.status, &stream.headers, &body), call))
    }

    /// What to do next, where that depends on the operation.
    fn advised(error: Error, call: &Call<'_>) -> Error {
        let Some(method) = Method::parse(call.method) else { return error };
        if error.is_in_doubt() && matches!(method, Method::Post | Method::Patch) {
            return error
                .hint("it may have been carried out all the same: look before you try again");
        }
        match (error.http_status(), catalog::find(method, call.path)) {
            (Some(400 | 422), Some(found)) => error.hint(hint!(
                "see what it takes: auth0-api describe {} {}",
                method.as_str(),
                found.operation.path
            )),
            _ => error,
        }
    }

    fn pageable(&self, prepared: &Prepared) -> Result<catalog::Operation, Error> {
        if prepared.method != Method::Get {
            return Err(
                Error::usage("only a GET has pages").hint("leave out --paginate and --limit")
            );
        }
        match prepared.operation {
            Some(operation) if operation.paging == Paging::Events => {
                Err(Error::usage("the events do not come in pages: they stream as they happen").hint("leave out --paginate"))
            }
            Some(operation) => Ok(operation),
            None => Err(Error::usage(format!("how the pages of {} go on is not known", prepared.path))
                .hint("page by yourself: -q take=100, then -q from=NEXT; or -q per_page=100 -q page=0, 1, 2, …")),
        }
    }

    fn warn_of_the_unknown(&self, prepared: &Prepared, io: &Io) {
        if prepared.operation.is_some() {
            return;
        }
        let methods = catalog::methods_of(&prepared.path);
        let (method, path) = (prepared.method.as_str(), &prepared.path);
        if let Some(near) = prepared.near {
            io.ui.warn_with(
                format_args!("{method} {path} is not in the catalog, so it is sent unchanged"),
                hint!(
                    "if you mean {}, say so: auth0-api {} '{}' VALUE",
                    near.path,
                    method,
                    near.path
                ),
            );
        } else if methods.is_empty() {
            io.ui.warn_with(
                format_args!(
                    "{path} is not in the catalog of {} operations, so it is sent unchanged",
                    catalog::operations().count()
                ),
                "see what there is: auth0-api list",
            );
        } else {
            let names: Vec<_> = methods.into_iter().map(Method::as_str).collect();
            io.ui.warn(format_args!(
                "no {method} is known for {path}, but {}; sending it all the same",
                names.join(", ")
            ));
        }
    }

    fn warn_of_scopes(
        prepared: &Prepared,
        granted: Option<&[String]>,
        identity: &Identity,
        io: &Io,
    ) {
        let (Some(operation), Some(granted)) = (&prepared.operation, granted) else { return };
        let missing = operation.missing_scopes(granted);
        if missing.is_empty() {
            return;
        }
        io.ui.warn_with(
            format_args!(
                "the token lacks {}, which {} {} asks for{}",
                missing.join(" and "),
                operation.method.as_str(),
                operation.path,
                if operation.scopes_inferred {
                    " (inferred from similar operations: the API's documents do not say)"
                } else {
                    ""
                }
            ),
            refusal::how_to_get(missing[0], identity),
        );
    }
}

/// The tenant that would be asked; nothing is renewed to find out.
fn domain_of(identity: &Identity) -> Result<&Domain, Error> {
    identity.domain().ok_or_else(|| {
        Error::new(ErrorKind::Usage, "no domain is known")
            .hint("give it: auth0-login --domain YOUR-TENANT.eu.auth0.com")
    })
}
