//! `/clients`.

use serde_json::{Value, json};

use super::{Object, Paging, Request, filtered_page, invalid_body, page, position, selected};
use crate::answer::Answer;
use crate::keys;
use crate::state::State;

const READ: [&str; 4] =
    ["read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"];
const PAGING: Paging =
    Paging { key: "clients", checkpoint: true, always_wrapped: false, most: 100 };

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let segments: Vec<&str> = request.path.iter().map(String::as_str).collect();
    match (request.method, segments.as_slice()) {
        ("GET", ["clients"]) => list(state, request),
        ("POST", ["clients"]) => create(state, request),
        ("GET", ["clients", id]) => {
            request.need(&READ)?;
            let at = find(state, id)?;
            Ok(Answer::json(200, &shown(request, &state.clients[at])))
        }
        ("PATCH", ["clients", id]) => update(state, request, id),
        ("DELETE", ["clients", id]) => {
            request.need(&["delete:clients"])?;
            state
                .clients
                .retain(|client| client.get("client_id").and_then(Value::as_str) != Some(*id));
            Ok(Answer::empty(204))
        }
        ("POST", ["clients", id, "rotate-secret"]) => {
            request.need(&["update:client_keys"])?;
            let at = find(state, id)?;
            state.clients[at]
                .insert("client_secret".to_owned(), json!(format!("rotated-{}", keys::random())));
            Ok(Answer::json(200, &Value::Object(state.clients[at].clone())))
        }
        ("GET", ["clients", id, "connections"]) => {
            request.need(&["read:connections"])?;
            find(state, id)?;
            let rows: Vec<Object> = state
                .connections
                .iter()
                .filter(|connection| {
                    let enabled = connection["id"].as_str().and_then(|con| state.enabled.get(con));
                    enabled.is_some_and(|clients| clients.iter().any(|client| client == id))
                })
                .cloned()
                .collect();
            let paging = Paging { key: "connections", ..PAGING };
            page(request, &rows, &paging, |row| {
                let mut row = row.clone();
                row.remove("options");
                selected(request, row, "id")
            })
        }
        _ => Err(Answer::refused(404, "", "Not Found")),
    }
}

fn find(state: &State, id: &str) -> Result<usize, Answer> {
    position(&state.clients, "client_id", id, "The client does not exist", "inexistent_client")
}

fn list(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    request.need(&READ)?;
    let kinds = request.all("app_type");
    let flag = |name| request.get(name).map(|text| text == "true");
    let (first_party, global) = (flag("is_first_party"), flag("is_global"));
    let fits = |client: &Object| {
        let is = |key: &str| client.get(key).and_then(Value::as_bool).unwrap_or(false);
        let kind = || client.get("app_type").and_then(Value::as_str).unwrap_or_default();
        (kinds.is_empty() || kinds.contains(&kind()))
            && first_party.is_none_or(|wanted| is("is_first_party") == wanted)
            && global.is_none_or(|wanted| is("global") == wanted)
    };
    filtered_page(request, &state.clients, fits, &PAGING, |row| shown(request, row))
}

/// Secrets are for those with `read:client_keys`.
fn shown(request: &Request<'_>, client: &Object) -> Value {
    let mut client = client.clone();
    if !["read:clients", "read:client_keys", "read:client_credentials"]
        .iter()
        .any(|s| request.has(s))
    {
        client.retain(|key, _| {
            ["client_id", "name", "app_type", "description"].contains(&key.as_str())
        });
    }
    if !request.has("read:client_keys") {
        client.remove("client_secret");
        client.remove("signing_keys");
        client.remove("encryption_key");
    }
    selected(request, client, "client_id")
}

fn create(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    request.need(&["create:clients"])?;
    let mut client = checked(request.object()?)?;
    let Some(name) = client.get("name").and_then(Value::as_str).map(str::to_owned) else {
        return Err(invalid_body("Payload validation error: 'Missing required property: name'."));
    };
    client.insert("client_id".to_owned(), json!(crate::state::new_id("new")));
    client.insert("tenant".to_owned(), json!("emulator"));
    client.insert("global".to_owned(), json!(false));
    client.entry("is_first_party").or_insert(json!(true));
    client.entry("grant_types").or_insert(json!(["authorization_code", "refresh_token"]));
    client.insert(
        "client_secret".to_owned(),
        json!(format!("new-secret-of-{name}-{}", keys::random())),
    );
    state.clients.push(client.clone());
    Ok(Answer::json(201, &Value::Object(client)))
}

fn update(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    request.need(&["update:clients", "update:client_keys"])?;
    let change = checked(request.object()?)?;
    let at = find(state, id)?;
    for (key, value) in change {
        // Objects are replaced whole, which is what a client has to know; null takes away, and
        // inside the metadata too.
        if let ("client_metadata", Value::Object(mut metadata)) = (key.as_str(), value.clone()) {
            metadata.retain(|_, value| !value.is_null());
            state.clients[at].insert(key, Value::Object(metadata));
        } else if value.is_null() {
            state.clients[at].remove(&key);
        } else {
            state.clients[at].insert(key, value);
        }
    }
    Ok(Answer::json(200, &shown(request, &state.clients[at])))
}

fn checked(client: Object) -> Result<Object, Answer> {
    if client.get("name").is_some_and(|name| {
        name.as_str().is_none_or(|name| name.is_empty() || name.contains(['<', '>']))
    }) {
        return Err(invalid_body(
            "Payload validation error: 'String does not match pattern ^[^<>]+$' on property name.",
        ));
    }
    for key in ["client_id", "tenant", "global"] {
        if client.contains_key(key) {
            return Err(invalid_body(&format!(
                "Payload validation error: 'Additional properties not allowed: {key}'."
            )));
        }
    }
    for key in ["callbacks", "allowed_logout_urls", "allowed_origins", "web_origins", "grant_types"]
    {
        if client.get(key).is_some_and(|value| !value.is_array() && !value.is_null()) {
            return Err(invalid_body(&format!(
                "Payload validation error: 'Expected type array' on property {key}."
            )));
        }
    }
    Ok(client)
}
