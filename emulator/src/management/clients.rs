//! `/clients`: visible properties, secrets, credentials and connections.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, invalid_body, kinds, store};
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::state::{Object, State, new_id, stamp, text};

/// Answers operations with special rules for clients. `None` for all others.
pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let id = request.id();
    Some(match (request.method, request.template.as_slice()) {
        ("GET", ["clients"]) => list(state, request),
        ("POST", ["clients"]) => create(state, request),
        ("GET", ["clients", "{}"]) => {
            find(state, id).map(|at| Answer::json(200, &shown(request, &state.clients[at])))
        }
        ("PATCH", ["clients", "{}"]) => update(state, request, id),
        ("DELETE", ["clients", "{}"]) => {
            state.clients.retain(|client| text(client, "client_id") != id);
            state.rows_mut("client-grants").retain(|grant| text(grant, "client_id") != id);
            Ok(Answer::empty(204))
        }
        ("POST", ["clients", "{}", "rotate-secret"]) => find(state, id).map(|at| {
            let secret = json!(format!("rotated-{}", keys::random()));
            state.clients[at].insert("client_secret".to_owned(), secret);
            Answer::json(200, &Value::Object(state.clients[at].clone()))
        }),
        ("GET", ["clients", "{}", "connections"]) => connections(state, request, id),
        ("POST", ["clients", "{}", "credentials"]) => credential(state, request, id),
        ("GET", ["clients", "{}", "credentials"]) => find(state, id).map(|_| {
            let rows = state.rows(&request.key()).iter().map(without_pem).collect();
            Answer::json(200, &rows)
        }),
        _ => return None,
    })
}

pub(super) fn find(state: &State, id: &str) -> Result<usize, Answer> {
    state
        .clients
        .iter()
        .position(|client| text(client, "client_id") == id)
        .ok_or_else(|| Answer::refused(404, "inexistent_client", "The client does not exist"))
}

fn list(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    let kinds = request.all("app_type");
    let flag = |name| request.get(name).map(|text| text == "true");
    let (first_party, global) = (flag("is_first_party"), flag("is_global"));
    let external = request.get("external_client_id");
    // Only searches by the organizations of a client grant are documented.
    let search = request.get("q");
    if search.is_some() && request.get("take").is_none() {
        let message = "The q parameter needs checkpoint pagination";
        return Err(Answer::refused(400, "invalid_query_string", message));
    }
    let fits = |client: &Object| {
        let is = |key: &str| client.get(key).and_then(Value::as_bool).unwrap_or(false);
        (kinds.is_empty() || kinds.contains(&text(client, "app_type")))
            && first_party.is_none_or(|wanted| is("is_first_party") == wanted)
            && global.is_none_or(|wanted| is("global") == wanted)
            && external.is_none_or(|wanted| text(client, "external_client_id") == wanted)
            && search.is_none_or(|query| granted(state, text(client, "client_id"), query))
    };
    page(request, &state.clients, fits, |row| shown(request, row))
}

/// Whether a client has a grant that a search such as `client_grant.allow_any_organization:true` finds.
fn granted(state: &State, client_id: &str, query: &str) -> bool {
    let wanted = query.trim().strip_prefix("client_grant.").and_then(|rest| rest.split_once(':'));
    let grants = state.rows("client-grants").iter();
    grants.filter(|grant| text(grant, "client_id") == client_id).any(|grant| match wanted {
        Some(("allow_any_organization", value)) => {
            let any = grant.get("allow_any_organization").and_then(Value::as_bool);
            any == value.parse().ok()
        }
        Some(("organization_id", organization)) => state
            .rows(&format!("organizations/{organization}/client-grants"))
            .iter()
            .any(|row| text(row, "id") == text(grant, "id")),
        _ => false,
    })
}

/// The properties of a client that the token's scopes allow.
fn shown(request: &Request<'_>, client: &Object) -> Value {
    let mut client = client.clone();
    let whole = ["read:clients", "read:client_keys", "read:client_credentials"];
    if request.method == "GET" && !whole.iter().any(|scope| request.has(scope)) {
        let summary = ["client_id", "name", "app_type", "description"];
        client.retain(|key, _| summary.contains(&key.as_str()));
    }
    if !request.has("read:client_keys") {
        for secret in ["client_secret", "signing_keys", "encryption_key"] {
            client.remove(secret);
        }
    }
    request.selected(client, "client_id")
}

fn create(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let mut client = request.object();
    checked(state, &client)?;
    let name = text(&client, "name").to_owned();
    for (key, value) in [
        ("client_id", json!(new_id("new"))),
        ("tenant", json!("emulator")),
        ("global", json!(false)),
        ("client_secret", json!(format!("new-secret-of-{name}-{}", keys::random()))),
    ] {
        client.insert(key.to_owned(), value);
    }
    let public = ["native", "spa"].contains(&text(&client, "app_type"));
    for (key, value) in [
        ("is_first_party", json!(true)),
        ("oidc_conformant", json!(true)),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("token_endpoint_auth_method", json!(if public { "none" } else { "client_secret_post" })),
    ] {
        client.entry(key).or_insert(value);
    }
    state.clients.push(client.clone());
    Ok(Answer::json(201, &Value::Object(client)))
}

fn update(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    let change = request.object();
    checked(state, &change)?;
    let at = find(state, id)?;
    let row = &mut state.clients[at];
    store::change(row, change, kinds::of("clients").merged);
    row.remove("updated_at");
    Ok(Answer::json(200, &shown(request, &state.clients[at])))
}

/// Checks that are not in the schema.
fn checked(state: &State, client: &Object) -> Result<(), Answer> {
    let policies = client.get("refresh_token").and_then(|limits| limits["policies"].as_array());
    let audiences = policies.into_iter().flatten().filter_map(|policy| policy["audience"].as_str());
    let mut management = audiences.filter(|audience| state.is_management(audience));
    if management.next().is_some() && state.enforces(Rule::ManagementPolicy) {
        return Err(invalid_body("The Management API cannot be in refresh_token.policies."));
    }
    if text(client, "name").contains(['<', '>']) || client.get("name") == Some(&json!("")) {
        return Err(invalid_body(
            "Payload validation error: 'String does not match pattern ^[^<>]+$' on property name.",
        ));
    }
    if let Some(metadata) = client.get("client_metadata").and_then(Value::as_object) {
        let long = |value: &Value| value.as_str().is_none_or(|text| text.chars().count() > 255);
        if metadata.values().any(|value| !value.is_null() && long(value)) {
            return Err(invalid_body(
                "Payload validation error: 'Expected type string' on property client_metadata.",
            ));
        }
    }
    Ok(())
}

/// The connections that a client may use.
fn connections(state: &State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    find(state, id)?;
    let strategies = request.all("strategy");
    let fits = |connection: &Object| {
        let enabled = state.enabled.get(text(connection, "id"));
        enabled.is_some_and(|clients| clients.iter().any(|client| client == id))
            && (strategies.is_empty() || strategies.contains(&text(connection, "strategy")))
    };
    page(request, &state.connections, fits, |row| {
        let mut row = row.clone();
        row.remove("options");
        request.selected(row, "id")
    })
}

/// Registers a public key for `private_key_jwt`.
fn credential(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    find(state, id)?;
    let mut row = Object::new();
    row.insert("id".to_owned(), json!(new_id("cred_")));
    row.append(&mut request.object());
    row.entry("alg").or_insert(json!("RS256"));
    row.entry("kid").or_insert(json!(keys::random()));
    row.insert("created_at".to_owned(), stamp());
    row.insert("updated_at".to_owned(), stamp());
    let shown = without_pem(&row);
    state.rows_mut(&request.key()).push(row);
    Ok(Answer::json(201, &shown))
}

fn without_pem(row: &Object) -> Value {
    let mut row = row.clone();
    row.remove("pem");
    Value::Object(row)
}
