//! Which clients may use a connection: the `/connections/{id}/clients` endpoints.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Switch;
use crate::base::error::{Error, ErrorKind};
use crate::management::Call;
use crate::management::catalog::{self, Method};
use crate::management::paging::Listing;
use crate::output::Column;
use crate::resource::kinds::{CLIENTS, CONNECTIONS};
use crate::resource::naming::{ResourceRef, reference};
use crate::resource::report::BatchReport;
use crate::resource::{Failures, ResourceContext, Write, fields_query};
use crate::term::progress::Progress;

/// How many the API switches in one request.
const AT_ONCE: usize = 50;

/// Up to this many clients are asked for one by one; more are found in the list of all.
const ONE_BY_ONE: usize = 10;

/// What the list shows unless told otherwise.
pub(super) static COLUMNS: [Column; 3] = [
    Column::new("client_id", "client id").whole(),
    Column::new("name", "name"),
    Column::new("app_type", "type"),
];

/// Lists the clients that may use a connection. The API tells their IDs; names and types are
/// looked up where they are shown and the token may see them.
pub(super) fn list(
    context: &mut ResourceContext<'_>,
    connection: &str,
    limit: Option<usize>,
) -> Result<(), Error> {
    let found = context.lookup().find(connection)?;
    let what = format!("list the clients of the connection {found}");
    let path = format!("{}/clients", CONNECTIONS.path_of(&found.id)?);
    let operation = catalog::find(Method::Get, &path).ok_or_else(unlisted)?.operation;
    let listing = Listing { what: &what, path: &path, operation, query: Vec::new(), limit };
    context.columns = &COLUMNS;
    let wanted = context
        .view
        .wanted(&COLUMNS)
        .unwrap_or_else(|| COLUMNS.iter().map(|column| column.path().to_owned()).collect());
    if wanted == [CLIENTS.id] {
        return context.print(&listing, "clients", limit, |_| true);
    }
    context.view.warn_of_fields(&CLIENTS, context.io);
    let mut rows: Vec<(String, Box<RawValue>)> = Vec::new();
    let mut progress = Progress::new(&context.io.ui);
    listing.each(context.api, |row| {
        if let Some(client) = reference(&CLIENTS, row) {
            let row = serde_json::from_str::<&RawValue>(row).expect("rows are JSON");
            rows.push((client.id, row.to_owned()));
            progress.at(|| format!("{} clients", rows.len()));
        }
        Ok(true)
    })?;
    drop(progress);
    match details(context, &rows, &wanted) {
        Ok(mut details) => {
            for (id, row) in &mut rows {
                if let Some(detail) = details.remove(id.as_str()) {
                    *row = detail;
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::Refused => {
            context.io.ui.say("the token does not show the clients' names (scope read:clients)");
        }
        Err(error) => return Err(error),
    }
    let mut renderer = context.view.renderer(CLIENTS.path, &COLUMNS);
    for (_, row) in &rows {
        context.io.out.with(|out| renderer.row(out, row.get()))?;
    }
    renderer.end(context.io, &format!("no client may use the connection {found}"))
}

/// The wanted fields of the clients in `rows`, by ID, as far as they are there.
fn details(
    context: &ResourceContext<'_>,
    rows: &[(String, Box<RawValue>)],
    wanted: &[String],
) -> Result<HashMap<String, Box<RawValue>>, Error> {
    let mut details = HashMap::new();
    let mut progress = Progress::new(&context.io.ui);
    let mut at =
        |count: usize| progress.at(|| format!("names of {count} of {} clients", rows.len()));
    let mut fields = wanted.to_vec();
    if !fields.iter().any(|field| field == CLIENTS.id) {
        fields.push(CLIENTS.id.to_owned());
    }
    let operation = CLIENTS.list().ok_or_else(unlisted)?;
    // Both operations take the same parameters.
    let query = fields_query(&CLIENTS, &operation, Some(&fields), context.view.reveal_secrets);
    let what = "read the clients' names";
    if rows.len() <= ONE_BY_ONE {
        for (id, _) in rows {
            at(details.len());
            let path = CLIENTS.path_of(id)?;
            match context.api.call(&Call { query: &query, ..Call::get(what, &path) }) {
                Ok(answer) => {
                    if let Ok(row) = serde_json::from_slice::<Box<RawValue>>(&answer.body) {
                        details.insert(id.clone(), row);
                    }
                }
                // It has just gone.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        return Ok(details);
    }
    let mut missing: HashMap<&str, ()> = rows.iter().map(|(id, _)| (id.as_str(), ())).collect();
    let listing = Listing { what, path: CLIENTS.path, operation, query, limit: None };
    listing.each(context.api, |row| {
        if let Some(client) = reference(&CLIENTS, row)
            && missing.remove(client.id.as_str()).is_some()
        {
            let row = serde_json::from_str::<&RawValue>(row).expect("rows are JSON");
            details.insert(client.id, row.to_owned());
            at(details.len());
        }
        Ok(!missing.is_empty())
    })?;
    Ok(details)
}

fn unlisted() -> Error {
    Error::new(ErrorKind::Failure, "the API does not list these")
}

/// Lets clients use a connection, or stops them.
pub(super) fn switch(
    context: &mut ResourceContext<'_>,
    switch: &Switch,
    on: bool,
) -> Result<(), Error> {
    let done = if on { "enabled" } else { "disabled" };
    let names = switch.batch.names(&switch.clients, context.io)?;
    if names.is_empty() {
        context.io.ui.say(format_args!("no client is named on stdin; nothing was {done}"));
        return Ok(());
    }
    // Only a protected profile is asked: each of the two undoes the other.
    let is_asked = context.api.identity().is_protected();
    if is_asked {
        context.check_confirmable(&switch.sure.confirm.answer())?;
    }
    let connection = context.lookup().find(&switch.connection)?;
    let ui = context.io.ui.clone();
    let mut failures = Failures::new(&ui, names.len(), done);
    let mut clients: Vec<ResourceRef> = Vec::new();
    let mut items: HashMap<String, Vec<&str>> = HashMap::new();
    let mut report = BatchReport::new(&context.view);
    context.kind = &CLIENTS;
    for (name, result) in names.iter().zip(context.lookup().find_all(&names)?) {
        match &result {
            Ok(client) => items.entry(client.id.clone()).or_default().push(name),
            Err(error) => report.failed(name, None, error, context.io)?,
        }
        if let Some(client) = failures.note(result)?
            && !clients.iter().any(|other| other.id == client.id)
        {
            clients.push(client);
        }
    }
    if is_asked && !clients.is_empty() {
        let verb = if on { "enable" } else { "disable" };
        let of = format!(" For the connection {connection}.");
        context.confirm(&switch.sure.confirm.answer(), verb, &clients, &of)?;
    }
    let place = context.api.identity().place();
    let path = format!("{}/clients", CONNECTIONS.path_of(&connection.id)?);
    for some in clients.chunks(AT_ONCE) {
        let body: Vec<_> =
            some.iter().map(|client| json!({"client_id": client.id, "status": on})).collect();
        let body = Value::Array(body);
        let what = match some {
            [client] => format!("have the client {client} {done} for the connection {connection}"),
            some => format!("have {} clients {done} for the connection {connection}", some.len()),
        };
        let write = Write {
            what: &what,
            method: "PATCH",
            path: &path,
            body: Some(&body),
            doubt: "it may have been done all the same; the same again does no harm".into(),
        };
        let sent = context.write(&write);
        for client in some.iter().filter(|_| !context.dry_run) {
            for item in items.get(&client.id).into_iter().flatten() {
                match &sent {
                    Ok(_) => report.done(item, client.id.as_str(), done, context.io)?,
                    Err(error) => report.failed(item, Some(&client.id), error, context.io)?,
                }
            }
        }
        if let Some(Some(_)) = failures.note_all(sent, some.len())? {
            for client in some {
                ui.say(format_args!(
                    "{done} the client {client} for the connection {connection} on {place}"
                ));
            }
        }
    }
    if !context.dry_run {
        report.end(context.io)?;
    }
    failures.end()
}
