//! `auth0-users list` and `find`.

use clap::Args;
use serde_json::value::to_raw_value;

use super::USER;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::resource_args::{ListArgs, ShowArgs};
use crate::hint;
use crate::resource::kinds::{CONNECTIONS, USERS};
use crate::resource::logs::filter::term;
use crate::resource::naming::only_one;
use crate::resource::query::group;
use crate::resource::user_lookup::{candidates, search_for_part};
use crate::resource::{ListOptions, ResourceContext};

const LIST_NOTES: &str = "\
The API's search shows at most 1,000 users; a longer list ends with exit code 1. auth0-users export
has no such limit. A new or changed user is found by the search after a few seconds.";

/// List users, all of them unless limited, up to the 1,000 that the API's search shows
#[derive(Args, Debug)]
#[command(after_help = examples::help(LIST_NOTES, examples::of("auth0-users list")))]
pub(super) struct List {
    /// Only users that this query finds, in Lucene's syntax: email:"*@acme.example"
    #[arg(short = 'q', long, value_name = "LUCENE", help_heading = "Filters")]
    query: Option<String>,

    /// Only users of this connection: its name or ID
    #[arg(long, value_name = "C", add = completer::connections(), help_heading = "Filters")]
    connection: Option<String>,

    /// Only users whom an administrator blocked; no endpoint lists the blocks after failed logins
    #[arg(long, help_heading = "Filters")]
    blocked: bool,

    #[command(flatten)]
    pub(super) show: ShowArgs,

    #[command(flatten)]
    list: ListArgs,
}

impl List {
    pub(super) fn run(self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let mut parts = Vec::new();
        if let Some(query) = self.query {
            let is_combined = self.connection.is_some() || self.blocked;
            parts.push(if is_combined { group(&query)? } else { query });
        }
        if let Some(connection) = &self.connection {
            let name = known_connection(context, connection)?;
            parts.push(term("identities.connection", &name));
        }
        if self.blocked {
            parts.push("blocked:true".to_owned());
        }
        let mut query = Vec::new();
        if !parts.is_empty() {
            query.push(("q".to_owned(), parts.join(" AND ")));
            query.push(("search_engine".to_owned(), "v3".to_owned()));
        }
        context.list(ListOptions { query, limit: self.list.limit, ..ListOptions::default() })
    }
}

/// The name of a connection of the tenant. If the token may not read connections, a name is taken as
/// it is, with a warning.
///
/// # Errors
/// Not found; the API's.
fn known_connection(context: &ResourceContext<'_>, text: &str) -> Result<String, Error> {
    match context.lookup_of(&CONNECTIONS).find(text) {
        Ok(found) => Ok(found.name.unwrap_or(found.id)),
        Err(error) if error.kind() == ErrorKind::Refused && !CONNECTIONS.is_id(text) => {
            context.io.ui.warn(format_args!(
                "the token may not read connections, so it is not known whether there is a connection {}",
                foreign(text).quoted()
            ));
            Ok(text.to_owned())
        }
        Err(error) => Err(error),
    }
}

/// The name of a connection that is named by its ID or its name. A name is not looked up, so that
/// it needs no scope.
///
/// # Errors
/// Not found; the API's refusal.
pub(super) fn connection_name(context: &ResourceContext<'_>, text: &str) -> Result<String, Error> {
    if !CONNECTIONS.is_id(text) {
        return Ok(text.to_owned());
    }
    let found = context.lookup_of(&CONNECTIONS).find(text)?;
    Ok(found.name.unwrap_or(found.id))
}

/// Find the users that an e-mail address, phone number, user name, name or ID fits
#[derive(Args, Debug)]
#[command(after_help = examples::help("", examples::of("auth0-users find")))]
pub(super) struct Find {
    #[arg(value_name = "EMAIL|PHONE|NAME|ID", help = USER)]
    user: String,

    #[command(flatten)]
    pub(super) show: ShowArgs,
}

impl Find {
    /// Prints every user that fits; the exit code is 5 if there is none.
    pub(super) fn run(&self, context: &mut ResourceContext<'_>) -> Result<(), Error> {
        let found = match USERS.is_id(&self.user) {
            true => vec![context.lookup().get(&self.user, None, false)?],
            false => candidates(context.api, &self.user)?,
        };
        if found.is_empty() {
            return only_one(&USERS, &self.user, Vec::new()).map(drop).map_err(|error| match error
                .kind()
            {
                ErrorKind::NotFound => {
                    error.hint(hint!("search for a part: {}", search_for_part(&self.user)))
                }
                _ => error,
            });
        }
        context.view.warn_of_fields(&USERS, context.io);
        let mut renderer = context.view.renderer(USERS.path, USERS.columns);
        for user in &found {
            let row = to_raw_value(user).expect("a JSON object is JSON");
            context.io.out.with(|out| renderer.row(out, row.get()))?;
        }
        context.io.out.with(|out| renderer.finish(out))
    }
}
