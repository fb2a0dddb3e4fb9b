//! Which clients may use a connection: the `/connections/{id}/clients` endpoints.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Switch;
use crate::base::error::{Error, Kind};
use crate::management::Call;
use crate::management::listing::{Listing, Paging};
use crate::management::naming::Found;
use crate::output::Column;
use crate::resource::legacy::{CLIENTS, CONNECTIONS};
use crate::resource::report::Report;
use crate::resource::{Desk, Failures, Write};
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
    desk: &mut Desk<'_>,
    connection: &str,
    limit: Option<usize>,
) -> Result<(), Error> {
    let found = desk.find(connection)?;
    let what = format!("list the clients of the connection {found}");
    let path = format!("{}/clients", CONNECTIONS.path_of(&found.id));
    let listing = Listing {
        what: &what,
        path: &path,
        key: "clients",
        query: Vec::new(),
        limit,
        paging: Paging::Checkpoint,
    };
    desk.columns = &COLUMNS;
    let wanted = desk
        .view
        .wanted(&COLUMNS)
        .unwrap_or_else(|| COLUMNS.iter().map(|column| column.path().to_owned()).collect());
    if wanted == [CLIENTS.id] {
        return desk.print(&listing, limit, |_| true);
    }
    desk.view.warn_of_fields(&CLIENTS, desk.io);
    let mut rows: Vec<(String, Box<RawValue>)> = Vec::new();
    let mut progress = Progress::new(&desk.io.ui);
    listing.each(desk.api, |row| {
        if let Some(client) = CLIENTS.found(row) {
            let row = serde_json::from_str::<&RawValue>(row).expect("rows are JSON");
            rows.push((client.id, row.to_owned()));
            progress.at(|| format!("{} clients", rows.len()));
        }
        Ok(true)
    })?;
    drop(progress);
    match details(desk, &rows, &wanted) {
        Ok(mut details) => {
            for (id, row) in &mut rows {
                if let Some(detail) = details.remove(id.as_str()) {
                    *row = detail;
                }
            }
        }
        Err(error) if error.kind() == Kind::Refused => {
            desk.io.ui.say("the token does not show the clients' names (scope read:clients)");
        }
        Err(error) => return Err(error),
    }
    let mut renderer = desk.view.renderer(CLIENTS.path, &COLUMNS, desk.io);
    for (_, row) in &rows {
        desk.io.out.with(|out| renderer.row(out, row.get()))?;
    }
    desk.io.out.with(|out| renderer.finish(out))?;
    if rows.is_empty() {
        desk.io.ui.say(format_args!("no client may use the connection {found}"));
    }
    Ok(())
}

/// The wanted fields of the clients in `rows`, by ID, as far as they are there.
fn details(
    desk: &Desk<'_>,
    rows: &[(String, Box<RawValue>)],
    wanted: &[String],
) -> Result<HashMap<String, Box<RawValue>>, Error> {
    let mut details = HashMap::new();
    let mut progress = Progress::new(&desk.io.ui);
    let mut at =
        |count: usize| progress.at(|| format!("names of {count} of {} clients", rows.len()));
    let mut fields = wanted.to_vec();
    if !fields.iter().any(|field| field == CLIENTS.id) {
        fields.push(CLIENTS.id.to_owned());
    }
    let query = CLIENTS.fields(Some(&fields), desk.view.reveal_secrets);
    let what = "read the clients' names";
    if rows.len() <= ONE_BY_ONE {
        for (id, _) in rows {
            at(details.len());
            let path = CLIENTS.path_of(id);
            match desk.api.call(&Call { query: &query, ..Call::get(what, &path) }) {
                Ok(answer) => {
                    if let Ok(row) = serde_json::from_slice::<Box<RawValue>>(&answer.body) {
                        details.insert(id.clone(), row);
                    }
                }
                // It has just gone.
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        return Ok(details);
    }
    let mut missing: HashMap<&str, ()> = rows.iter().map(|(id, _)| (id.as_str(), ())).collect();
    let listing = Listing {
        what,
        path: CLIENTS.path,
        key: CLIENTS.key,
        query,
        limit: None,
        paging: Paging::Either,
    };
    listing.each(desk.api, |row| {
        if let Some(client) = CLIENTS.found(row)
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

/// Lets clients use a connection, or stops them.
pub(super) fn switch(desk: &mut Desk<'_>, switch: &Switch, on: bool) -> Result<(), Error> {
    let done = if on { "enabled" } else { "disabled" };
    let names = switch.batch.names(&switch.clients, desk.io)?;
    if names.is_empty() {
        desk.io.ui.say(format_args!("no client is named on stdin; nothing was {done}"));
        return Ok(());
    }
    // Only a protected profile is asked: each of the two undoes the other.
    let is_asked = desk.api.identity().is_protected();
    if is_asked {
        desk.check_confirmable(&switch.sure.confirm)?;
    }
    let connection = desk.find(&switch.connection)?;
    let ui = desk.io.ui.clone();
    let mut failures = Failures::new(&ui, names.len(), done);
    let mut clients: Vec<Found> = Vec::new();
    let mut items: HashMap<String, Vec<&str>> = HashMap::new();
    let mut report = Report::new(&desk.view, desk.io);
    desk.resource = &CLIENTS;
    for (name, result) in names.iter().zip(desk.find_all(&names)?) {
        match &result {
            Ok(client) => items.entry(client.id.clone()).or_default().push(name),
            Err(error) => report.failed(name, None, error, desk.io)?,
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
        desk.confirm(&switch.sure.confirm, verb, &clients, &of)?;
    }
    let place = desk.api.identity().place();
    let path = format!("{}/clients", CONNECTIONS.path_of(&connection.id));
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
        let sent = desk.write(&write);
        for client in some.iter().filter(|_| !desk.dry_run) {
            for item in items.get(&client.id).into_iter().flatten() {
                match &sent {
                    Ok(_) => report.done(item, &client.id, done, desk.io)?,
                    Err(error) => report.failed(item, Some(&client.id), error, desk.io)?,
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
    if !desk.dry_run {
        report.end(desk.io)?;
    }
    failures.end()
}
