//! `auth0-logs why`: one user's failures, and what mends them.

use std::collections::BTreeSet;

use clap::Parser;
use serde_json::Value;

use super::filters::Time;
use super::rows::EventView;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, foreign};
use crate::base::url::encoded;
use crate::cmd::completer;
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::cmd::resource_args::ShowArgs;
use crate::management::catalog::{self, Method};
use crate::management::change::Object;
use crate::management::paging::Listing;
use crate::management::paging::PageBody;
use crate::management::{Call, Management};
use crate::output::Format;
use crate::resource::kinds::USERS;
use crate::resource::logs::diagnose::{Evidence, Style, UserConnection, of_user};
use crate::resource::logs::event::LogEvent;
use crate::resource::logs::filter::Filter;
use crate::resource::logs::{PAGE, PATH, codes, when};
use crate::resource::naming::{only_one, reference_of};
use crate::resource::user_lookup::candidates;
use crate::resource::{Hidden, object, short_list};
use crate::term::Io;
use crate::term::progress::Waiting;

const NOTES: &str = "\
Reads the user's failures in the log, the blocks, the second factors and the connection, and says
what went wrong, how often, and which command mends it. Some failures name no user, such as a wrong
callback URL: they are found with --client or --ip, and otherwise listed as possibly related.";

/// Explain why a person's login failed, and how to mend it
#[derive(Debug, Parser)]
#[command(after_help = examples::help(NOTES, examples::of("auth0-logs why")))]
pub(super) struct Why {
    /// ID, e-mail address, user name or phone number
    #[arg(value_name = "USER|EMAIL")]
    user: String,

    /// Look at events since this time [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = Time::parse)]
    since: Option<Time>,

    /// Count failures that name no user if they are of this application: its ID or name
    #[arg(long, value_name = "C", add = completer::clients())]
    client: Option<String>,

    /// Count failures that name no user if they are from this IP address
    #[arg(long, value_name = "A")]
    ip: Option<String>,
}

/// The scope that shows a user's blocks.
const USERS_SCOPE: &str = "read:users";

impl Why {
    pub(super) fn run(
        &self,
        api: &Management<'_>,
        shared: &Shared,
        io: &mut Io,
    ) -> Result<(), Error> {
        let waiting = Waiting::new(&io.ui);
        let seen = self.look(api)?;
        drop(waiting);
        let view = EventView::new(shared, &ShowArgs::default(), io);
        let ui = io.ui.clone();
        let suggested = |hint: &Hint| ui.suggested(hint).into_owned();
        let style = |date| Style { date, suggested: &suggested };
        let report = match view.format() {
            Format::Table => {
                let height = io.width().and(io.ui.size()).map(|(_, height)| height);
                seen.evidence.screen(&style(when::local), height)
            }
            _ => seen.evidence.report(&style(str::to_owned)),
        };
        if report["causes"] == Value::Array(Vec::new()) {
            io.ui.say("no failure that names this user was found; --since 7d looks further back");
        }
        view.object(&report, io)?;
        seen.hidden.warn(api, io)
    }

    fn look(&self, api: &Management<'_>) -> Result<Seen, Error> {
        let mut seen = Seen::default();
        let user = seen.hidden.or_none("the user", USERS_SCOPE, find(api, &self.user))?;
        seen.evidence.no_such_user = user.as_ref().is_some_and(Option::is_none);
        let user = user.flatten();
        let text = |field: &str| user.as_ref().and_then(|user| user.get(field)?.as_str());
        let since = self
            .since
            .as_ref()
            .map_or_else(|| Time::parse("24h").map(|time| time.at()).unwrap_or_default(), Time::at);
        let names = Evidence::names(&self.user, user.as_ref());
        let window = Filter { since: Some(since), ..Filter::default() };
        let in_window = window.search().unwrap_or_default();
        let of_user = of_user(text("user_id"), &names);
        let failed =
            format!("({} OR type:(w OR gd_otp_rate_limit_exceed))", codes::failure_query());
        seen.evidence.failures =
            search(api, &format!("{of_user} AND {failed} AND {in_window}"), PAGE)?;
        seen.evidence.last_login = search(api, &format!("{of_user} AND type:s"), 1)?.pop();
        let place =
            Filter { client: self.client.clone(), ip: self.ip.clone(), failed: true, ..window };
        seen.evidence.unattributed = search(api, &place.search().unwrap_or_default(), PAGE)?
            .into_iter()
            .filter(|row| !LogEvent::of(row).names_a_user())
            .collect();
        seen.evidence.unattributed_asked_for = self.client.is_some() || self.ip.is_some();
        self.state(api, user.as_ref(), &mut seen)?;
        seen.evidence.asked.clone_from(&self.user);
        seen.evidence.since = when::api(since);
        seen.evidence.user = user;
        seen.evidence.unknown = seen.hidden.lines();
        Ok(seen)
    }

    /// The user's blocks, second factors and connections.
    fn state(
        &self,
        api: &Management<'_>,
        user: Option<&Object>,
        seen: &mut Seen,
    ) -> Result<(), Error> {
        let id = user.and_then(|user| user.get("user_id")?.as_str());
        let (path, query) = match id {
            Some(id) => (format!("/user-blocks/{}", encoded(id)), Vec::new()),
            None => ("/user-blocks".to_owned(), vec![("identifier".to_owned(), self.user.clone())]),
        };
        let blocks = short_list(api, "read the user's blocks", &path, &query, "blocked_for");
        seen.evidence.blocks = seen.hidden.or_none("blocks", USERS_SCOPE, blocks)?;
        let Some(id) = id else { return Ok(()) };
        let path = format!("/users/{}/authentication-methods", encoded(id));
        let methods =
            short_list(api, "read the user's second factors", &path, &[], "authenticators");
        seen.evidence.methods =
            seen.hidden.or_none("second factors", "read:authentication_methods", methods)?;
        let asked_for = seen.evidence.unattributed_asked_for.then_some(&seen.evidence.unattributed);
        let rows = seen.evidence.failures.iter().chain(asked_for.into_iter().flatten());
        let clients: BTreeSet<_> =
            rows.map(|row| LogEvent::of(row).client_id.into_owned()).collect();
        let clients: Vec<_> = clients.into_iter().filter(|id| !id.is_empty()).collect();
        let identities = user.and_then(|user| user.get("identities")?.as_array());
        let names = identities.into_iter().flatten();
        for name in names.filter_map(|identity| identity["connection"].as_str()).take(MOST) {
            let found = connection(api, name, &clients);
            let found = seen.hidden.or_none("connections", "read:connections", found)?;
            seen.evidence.connections.extend(found);
        }
        // One connection is enough to sign in to an application.
        let enabled_somewhere = |client: &String| {
            seen.evidence.connections.iter().any(|it| !it.disabled_for.contains(client))
        };
        let disabled: BTreeSet<_> =
            clients.iter().filter(|client| !enabled_somewhere(client)).collect();
        for connection in &mut seen.evidence.connections {
            connection.disabled_for.retain(|client| disabled.contains(client));
        }
        Ok(())
    }
}

/// Connections of one user that are looked at.
const MOST: usize = 5;

/// What was read, and what the token may not see.
#[derive(Default)]
struct Seen {
    evidence: Evidence,
    hidden: Hidden,
}

/// The user that `text` names; `None` if there is none.
///
/// # Errors
/// Not found, if it names several users; the API's.
fn find(api: &Management<'_>, text: &str) -> Result<Option<Object>, Error> {
    if USERS.is_id(text) {
        let what = format!("find the user {}", foreign(text).named());
        return match api.call(&Call::get(&what, &USERS.path_of(text)?)) {
            Ok(answer) => object(&answer, &what).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
    }
    let mut users = candidates(api, text)?;
    if users.len() > 1 {
        let found = users.iter().filter_map(|user| reference_of(&USERS, user));
        only_one(&USERS, text, found.collect())?;
    }
    Ok(users.pop())
}

/// The newest events that a search finds, as JSON text.
fn search(api: &Management<'_>, search: &str, rows: usize) -> Result<Vec<String>, Error> {
    let query = [
        ("q".to_owned(), search.to_owned()),
        ("sort".to_owned(), "date:-1".to_owned()),
        ("page".to_owned(), "0".to_owned()),
        ("per_page".to_owned(), rows.to_string()),
    ];
    let call = Call { query: &query, ..Call::get("search the log", PATH) };
    let answer = api.call(&call)?;
    let body = PageBody::parse(answer.text()?, Some("logs"))?;
    Ok(body.items.iter().map(ToString::to_string).collect())
}

/// One of the user's connections, and which of these applications may not use it.
fn connection(
    api: &Management<'_>,
    name: &str,
    clients: &[String],
) -> Result<UserConnection, Error> {
    let mut found = UserConnection { name: name.to_owned(), disabled_for: Vec::new() };
    let what = format!("read the connection {}", foreign(name).named());
    let query = [("name".to_owned(), name.to_owned())];
    let rows = short_list(api, &what, "/connections", &query, "connections")?;
    let id = rows.iter().find(|row| row["name"] == name).and_then(|row| row["id"].as_str());
    let (Some(id), false) = (id, clients.is_empty()) else { return Ok(found) };
    found.disabled_for = clients.to_vec();
    let Some(operation) = catalog::find(Method::Get, "/connections/{id}/clients") else {
        return Ok(found);
    };
    let operation = operation.operation;
    let listing = Listing {
        what: &what,
        path: &format!("/connections/{}/clients", encoded(id)),
        operation,
        query: Vec::new(),
        limit: None,
    };
    listing.each(api, |row| {
        let row: Value = serde_json::from_str(row).unwrap_or_default();
        found.disabled_for.retain(|client| row["client_id"] != client.as_str());
        Ok(!found.disabled_for.is_empty())
    })?;
    Ok(found)
}
