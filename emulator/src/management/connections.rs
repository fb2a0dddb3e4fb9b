//! `/connections`: the options, which need a scope of their own, and the clients of a connection.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, clients, invalid_body};
use crate::answer::Answer;
use crate::state::{Object, State, new_id, stamp, text};

/// Answers operations with special rules for connections. `None` for all others.
pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let id = request.id();
    Some(match (request.method, request.template.as_slice()) {
        ("GET", ["connections"]) => list(state, request),
        ("POST", ["connections"]) => create(state, request),
        ("GET", ["connections", "{}"]) => {
            find(state, id).map(|at| Answer::json(200, &shown(request, &state.connections[at])))
        }
        ("PATCH", ["connections", "{}"]) => update(state, request, id),
        ("DELETE", ["connections", "{}"]) => Ok(delete(state, id)),
        ("GET", ["connections", "{}", "status"]) => find(state, id).map(|_| Answer::empty(200)),
        ("GET", ["connections", "{}", "clients"]) => find(state, id).and_then(|_| {
            let rows = state.enabled.get(id).cloned().unwrap_or_default();
            page(request, &rows, |_| true, |id| json!({"client_id": id}))
        }),
        ("PATCH", ["connections", "{}", "clients"]) => enable(state, request, id),
        ("DELETE", ["connections", "{}", "users"]) => find(state, id).map(|_| {
            let email = request.get("email").unwrap_or_default().to_owned();
            state.users.retain(|user| text(user, "email") != email);
            Answer::empty(204)
        }),
        _ => return None,
    })
}

fn find(state: &State, id: &str) -> Result<usize, Answer> {
    state.connections.iter().position(|connection| text(connection, "id") == id).ok_or_else(|| {
        Answer::refused(404, "inexistent_connection", "The connection does not exist")
    })
}

fn list(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    let strategies = request.all("strategy");
    let fits = |connection: &Object| {
        (strategies.is_empty() || strategies.contains(&text(connection, "strategy")))
            && request.get("name").is_none_or(|name| text(connection, "name") == name)
    };
    page(request, &state.connections, fits, |row| shown(request, row))
}

/// `options` are only for tokens with their own scope.
fn shown(request: &Request<'_>, connection: &Object) -> Value {
    let mut connection = connection.clone();
    if !request.has("read:connections_options") {
        connection.remove("options");
    }
    request.selected(connection, "id")
}

fn create(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let mut connection = request.object();
    let name = connection.get("name").cloned().unwrap_or_default();
    if state.connections.iter().any(|other| other["name"] == name) {
        let message = "A connection with the same name already exists";
        return Err(Answer::refused(409, "", message));
    }
    let enabled = connection.remove("enabled_clients").unwrap_or_default();
    let id = new_id("con_");
    connection.insert("id".to_owned(), json!(id));
    connection.entry("display_name").or_insert(name.clone());
    connection.entry("options").or_insert(json!({}));
    connection.entry("is_domain_connection").or_insert(json!(false));
    connection.entry("realms").or_insert(json!([name]));
    let enabled = enabled.as_array().into_iter().flatten();
    let enabled = enabled.filter_map(|client| client.as_str().map(str::to_owned)).collect();
    state.enabled.insert(id, enabled);
    state.connections.push(connection.clone());
    Ok(Answer::json(201, &shown(request, &connection)))
}

/// `options` is replaced as a whole, and a missing `display_name` becomes the name.
fn update(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    let change = request.object();
    if change.contains_key("options") {
        request.need(&["update:connections_options"])?;
    }
    // The OpenAPI document still has this field, but Auth0 has removed it.
    if change.contains_key("enabled_clients") {
        return Err(invalid_body(
            "Payload validation error: 'Additional properties not allowed: enabled_clients'.",
        ));
    }
    let at = find(state, id)?;
    let connection = &mut state.connections[at];
    let name = connection["name"].clone();
    connection.insert("display_name".to_owned(), name);
    connection.extend(change);
    Ok(Answer::json(200, &shown(request, &state.connections[at])))
}

fn delete(state: &mut State, id: &str) -> Answer {
    let before = state.connections.len();
    state.connections.retain(|connection| text(connection, "id") != id);
    state.enabled.remove(id);
    if state.connections.len() == before {
        return Answer::empty(204);
    }
    Answer::json(202, &json!({"deleted_at": stamp()}))
}

fn enable(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    find(state, id)?;
    let items = request.body.as_array().cloned().unwrap_or_default();
    if items.is_empty() || items.len() > 50 {
        return Err(invalid_body("Payload validation error: 'Array is too short or too long'."));
    }
    let named = |item: &Value| item["client_id"].as_str().unwrap_or_default().to_owned();
    for item in &items {
        clients::find(state, &named(item))?;
    }
    for item in &items {
        let client = named(item);
        let enabled = state.enabled.entry(id.to_owned()).or_default();
        enabled.retain(|other| *other != client);
        if item["status"] == true {
            enabled.push(client);
        }
    }
    Ok(Answer::empty(204))
}
