//! Which clients may use a connection: the `/connections/{id}/clients` endpoints.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Switch;
use crate::cmd::resource::args;
use crate::cmd::resource::{Desk, Failures, Write};
use crate::error::{Error, Kind};
use crate::management::listing::{Listing, Paging};
use crate::management::naming::Found;
use crate::management::resource::{CLIENTS, CONNECTIONS};
use crate::output::Column;

/// How many the API switches in one request.
const AT_ONCE: usize = 50;

/// What the list shows unless told otherwise.
static COLUMNS: [Column; 3] = [
    Column::new("client_id", "client id").whole(),
    Column::new("name", "name"),
    Column::new("app_type", "type"),
];

/// Lists the clients that may use a connection, with their names.
pub(super) fn list(desk: &mut Desk<'_>, connection: &str, limit: Option<usize>) -> Result<(), Error> {
    let found = desk.find(connection)?;
    let what = format!("list the clients of the connection {found}");
    let path = format!("{}/clients", CONNECTIONS.path_of(&found.id));
    let listing = Listing { what: &what, path: &path, key: "clients", query: Vec::new(), limit, paging: Paging::Checkpoint };
    let _ = (listing, desk);
    todo!()
}
