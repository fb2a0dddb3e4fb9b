//! `/connections`.

use serde_json::{Value, json};

use super::{Object, Paging, Request, invalid_body, page, position, selected};
use crate::answer::Answer;
use crate::state::State;

const PAGING: Paging =
    Paging { key: "connections", checkpoint: true, always_wrapped: false, most: 100 };

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let segments: Vec<&str> = request.path.iter().map(String::as_str).collect();
    match (request.method, segments.as_slice()) {
        ("GET", ["connections"]) => list(state, request),
        ("POST", ["connections"]) => create(state, request),
        ("GET", ["connections", id]) => {
            request.need(&["read:connections"])?;
            let at = find(state, id)?;
            Ok(Answer::json(200, &shown(request, &state.connections[at])))
        }
        ("PATCH", ["connections", id]) => update(state, request, id),
        ("DELETE", ["connections", id]) => {
            request.need(&["delete:connections"])?;
            let before = state.connections.len();
            state
                .connections
                .retain(|connection| connection.get("id").and_then(Value::as_str) != Some(*id));
            if state.connections.len() == before {
                return Ok(Answer::empty(204));
            }
            Ok(Answer::json(202, &json!({"deleted_at": "2026-11-23T12:00:00.000Z"})))
        }
        ("GET", ["connections", id, "status"]) => {
            request.need(&["read:connections"])?;
            find(state, id)?;
            Ok(Answer::empty(200))
        }
        ("GET", ["connections", id, "clients"]) => {
            request.need(&["read:connections"])?;
            find(state, id)?;
            let rows = state.enabled.get(*id).cloned().unwrap_or_default();
            let paging = Paging { key: "clients", most: 1000, ..PAGING };
            if request.get("take").is_some() {
                return page(request, &rows, &paging, |id| json!({"client_id": id}));
            }
            let rows: Vec<Value> =
                rows.iter().take(50).map(|id| json!({"client_id": id})).collect();
            Ok(Answer::json(200, &json!({"clients": rows})))
        }
        ("PATCH", ["connections", id, "clients"]) => enable(state, request, id),
        _ => Err(Answer::refused(404, "", "Not Found")),
    }
}

fn find(state: &State, id: &str) -> Result<usize, Answer> {
    position(&state.connections, "id", id, "The connection does not exist", "inexistent_connection")
}

fn list(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    request.need(&["read:connections"])?;
    let strategies = request.all("strategy");
    let text = |connection: &Object, key: &str| {
        connection.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let fits = |connection: &&Object| {
        (strategies.is_empty() || strategies.contains(&text(connection, "strategy").as_str()))
            && request.get("name").is_none_or(|name| text(connection, "name") == name)
    };
    let rows: Vec<&Object> = state.connections.iter().filter(fits).collect();
    page(request, &rows, &PAGING, |row| shown(request, row))
}

/// `options` are for those with their own scope.
fn shown(request: &Request<'_>, connection: &Object) -> Value {
    let mut connection = connection.clone();
    if !request.has("read:connections_options") {
        connection.remove("options");
    }
    selected(request, connection, "id")
}

fn create(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    request.need(&["create:connections"])?;
    let mut connection = request.object()?;
    for key in ["name", "strategy"] {
        if connection.get(key).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(invalid_body(&format!(
                "Payload validation error: 'Missing required property: {key}'."
            )));
        }
    }
    let name = connection["name"].clone();
    if state.connections.iter().any(|other| other["name"] == name) {
        return Err(Answer::refused(409, "", "A connection with the same name already exists"));
    }
    connection.insert("id".to_owned(), json!(crate::state::new_id("con_")));
    connection.entry("display_name").or_insert(name);
    connection.entry("options").or_insert(json!({}));
    state.connections.push(connection.clone());
    Ok(Answer::json(201, &shown(request, &connection)))
}

/// `options` is replaced whole, and a `display_name` that is left out becomes the name.
fn update(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    request.need(&["update:connections"])?;
    let change = request.object()?;
    if change.contains_key("options") {
        request.need(&["update:connections_options"])?;
    }
    for key in ["name", "strategy", "id", "enabled_clients"] {
        if change.contains_key(key) {
            return Err(invalid_body(&format!(
                "Payload validation error: 'Additional properties not allowed: {key}'."
            )));
        }
    }
    let at = find(state, id)?;
    let connection = &mut state.connections[at];
    let name = connection["name"].clone();
    connection.insert("display_name".to_owned(), name);
    for (key, value) in change {
        connection.insert(key, value);
    }
    Ok(Answer::json(200, &shown(request, &state.connections[at])))
}

fn enable(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    request.need(&["update:connections"])?;
    find(state, id)?;
    let Ok(Value::Array(items)) = serde_json::from_slice(request.body) else {
        return Err(invalid_body("Payload validation error: 'Expected type array'."));
    };
    if items.is_empty() || items.len() > 50 {
        return Err(invalid_body("Payload validation error: 'Array is too short or too long'."));
    }
    for item in &items {
        let (Some(client), Some(status)) = (item["client_id"].as_str(), item["status"].as_bool())
        else {
            return Err(invalid_body("Payload validation error: 'Missing required property'."));
        };
        if state.client(client).is_none() {
            return Err(Answer::refused(404, "inexistent_client", "The client does not exist"));
        }
        let enabled = state.enabled.entry(id.to_owned()).or_default();
        enabled.retain(|other| other != client);
        if status {
            enabled.push(client.to_owned());
        }
    }
    Ok(Answer::empty(204))
}
