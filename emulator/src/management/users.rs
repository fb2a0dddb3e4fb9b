//! `/users` and related paths: search, changes, blocks, tickets.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, invalid_body, logs, lucene, store};
use crate::answer::Answer;
use crate::keys;
use crate::state::{Object, State, object, stamp, text};

/// Fields that bare terms of a search look into.
const BARE: [&str; 5] = ["name", "email", "nickname", "username", "user_id"];

/// The fields that a user can sign in with. Each can be blocked.
const IDENTIFIERS: [&str; 3] = ["email", "username", "phone_number"];

/// Answers operations with special rules for users. `None` for all others.
pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let id = request.id();
    let known = |state: &State| find(state, id);
    Some(match (request.method, request.template.as_slice()) {
        ("GET", ["users"]) => list(state, request),
        ("POST", ["users"]) => create(state, request),
        ("GET", ["users-by-email"]) => {
            let email = request.get("email").unwrap_or_default();
            let rows = state.users.iter().filter(|user| text(user, "email") == email);
            let rows = rows.map(|user| request.selected(user.clone(), "user_id")).collect();
            Ok(Answer::json(200, &rows))
        }
        ("GET", ["users", "{}"]) => own(request, "read:users", id).and_then(|()| {
            let user = state.users[known(state)?].clone();
            Ok(Answer::json(200, &request.selected(user, "user_id")))
        }),
        ("PATCH", ["users", "{}"]) => update(state, request, id),
        ("DELETE", ["users", "{}"]) => {
            state.users.retain(|user| text(user, "user_id") != id);
            state.families.retain(|family| family.login.user_id != id);
            state.sessions.retain(|session| session.user_id != id);
            state.relations.retain(|(_, a, b)| a != id && b != id);
            state.log("sdu", json!({"user_id": id}));
            Ok(Answer::empty(204))
        }
        ("GET", ["users", "{}", "logs"]) => known(state)
            .and_then(|_| logs::search(state, request, |event| text(event, "user_id") == id)),
        ("PUT", ["users", "{}", "authentication-methods"]) => known(state).map(|_| {
            let rows = request.body.as_array().cloned().unwrap_or_default();
            *state.rows_mut(&request.key()) = rows.iter().cloned().map(object).collect();
            Answer::json(200, &json!(rows))
        }),
        ("DELETE", ["users", "{}", "authentication-methods" | "authenticators"]) => {
            known(state).and_then(|_| unenroll(state, id))
        }
        ("POST", ["users", "{}", "identities"]) => link(state, request, id),
        ("DELETE", ["users", "{}", "identities", "{}", "{}"]) => unlink(state, request, id),
        ("POST", ["users", "{}", "recovery-code-regeneration"]) => known(state)
            .map(|_| Answer::json(201, &json!({"recovery_code": keys::random().to_uppercase()}))),
        (method, ["user-blocks"]) => {
            let identifier = request.get("identifier").unwrap_or_default().to_owned();
            Ok(blocks(state, method, &[identifier]))
        }
        (method, ["user-blocks", "{}"]) => known(state).map(|at| {
            let user = &state.users[at];
            let identifiers: Vec<_> = IDENTIFIERS
                .iter()
                .map(|field| text(user, field).to_owned())
                .filter(|identifier| !identifier.is_empty())
                .collect();
            blocks(state, method, &identifiers)
        }),
        ("POST", ["tickets", kind]) => ticket(state, request, kind),
        _ => return None,
    })
}

/// A user's position.
///
/// # Errors
/// 404 if the user does not exist.
pub(super) fn find(state: &State, id: &str) -> Result<usize, Answer> {
    state
        .users
        .iter()
        .position(|user| text(user, "user_id") == id)
        .ok_or_else(|| Answer::refused(404, "inexistent_user", "The user does not exist."))
}

/// Refuses access to other users if the token only has `current_user` scopes.
fn own(request: &Request<'_>, administrative: &str, id: &str) -> Result<(), Answer> {
    if request.subject == id {
        return Ok(());
    }
    request.need(&[administrative])
}

fn list(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    let query = match request.get("q").filter(|q| !q.trim().is_empty()) {
        Some(q) => Some(lucene::parse(q).map_err(|why| {
            Answer::refused(400, "invalid_query_string", &format!("Failed to parse query: {why}"))
        })?),
        None => None,
    };
    let connection = request.get("connection");
    if connection.is_some() && request.get("search_engine").is_some_and(|engine| engine != "v1") {
        let message = "The connection parameter works only with search engine v1";
        return Err(Answer::refused(400, "invalid_query_string", message));
    }
    let fits = |user: &&Object| {
        query.as_ref().is_none_or(|query| query.fits(user, &BARE, false))
            && connection.is_none_or(|name| {
                user["identities"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|i| i["connection"] == name))
            })
    };
    let mut rows: Vec<&Object> = state.users.iter().filter(fits).collect();
    if let Some((field, order)) = request.get("sort").and_then(|sort| sort.split_once(':')) {
        rows.sort_by(|a, b| text(a, field).cmp(text(b, field)));
        if order == "-1" {
            rows.reverse();
        }
    }
    page(request, &rows, |_| true, |row| request.selected((*row).clone(), "user_id"))
}

/// A new user of a connection.
///
/// # Errors
/// 400 without such a connection, 409 if it has the user already.
pub(super) fn added(state: &mut State, mut user: Object) -> Result<Object, Answer> {
    let connection = user.remove("connection").unwrap_or_default();
    let connection = connection.as_str().unwrap_or_default().to_owned();
    let found = state.connections.iter().find(|row| text(row, "name") == connection);
    let found = found.ok_or_else(|| {
        Answer::refused(400, "inexistent_connection", "The connection does not exist.")
    })?;
    let strategy = text(found, "strategy").to_owned();
    for key in ["password", "verify_email", "verify_phone_number", "client_id"] {
        user.remove(key);
    }
    if let Some(email) = user.get("email").and_then(Value::as_str).map(str::to_lowercase) {
        let same = |other: &Object| {
            text(other, "email") == email
                && other["identities"][0]["connection"] == connection.as_str()
        };
        if state.users.iter().any(same) {
            return Err(Answer::refused(409, "auth0_idp_error", "The user already exists."));
        }
        user.insert("email".to_owned(), json!(email));
        user.entry("name").or_insert(json!(email));
        user.entry("nickname").or_insert(json!(email.split('@').next()));
    }
    let given = user.remove("user_id").and_then(|id| id.as_str().map(str::to_owned));
    let id = given.unwrap_or_else(|| {
        let random: String = keys::random().bytes().map(|byte| format!("{byte:02x}")).collect();
        random[..24].to_owned()
    });
    let mut row = object(json!({"user_id": format!("{strategy}|{id}")}));
    if state.user(text(&row, "user_id")).is_some() {
        return Err(Answer::refused(409, "auth0_idp_error", "The user already exists."));
    }
    row.append(&mut user);
    for (key, value) in [
        ("email_verified", json!(false)),
        ("created_at", stamp()),
        ("updated_at", stamp()),
        ("logins_count", json!(0)),
        (
            "identities",
            json!([{"connection": connection, "user_id": id, "provider": strategy, "isSocial": strategy != "auth0"}]),
        ),
    ] {
        row.entry(key).or_insert(value);
    }
    state.users.push(row.clone());
    Ok(row)
}

fn create(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let user = request.object();
    let connection = text(&user, "connection");
    let database = state
        .connections
        .iter()
        .any(|row| text(row, "name") == connection && text(row, "strategy") == "auth0");
    if database {
        for key in ["email", "password"] {
            if text(&user, key).is_empty() {
                return Err(invalid_body(&format!(
                    "Payload validation error: 'Missing required property: {key}'."
                )));
            }
        }
    }
    let user = added(state, user)?;
    Ok(Answer::json(201, &Value::Object(user)))
}

fn update(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    let mut change = request.object();
    if !request.has("update:users") && !request.has("update:users_app_metadata") {
        own(request, "update:users", id)?;
        if change.keys().any(|key| key != "user_metadata") {
            request.need(&["update:users"])?;
        }
    }
    let at = find(state, id)?;
    let together = ["password", "email", "username"];
    if together.iter().filter(|key| change.contains_key(**key)).count() > 1 {
        let message = "Cannot update password and email or username simultaneously";
        return Err(Answer::refused(400, "operation_not_supported", message));
    }
    if change.remove("password").is_some() {
        // A new password set with the API removes the administrator's block.
        change.entry("blocked").or_insert(json!(false));
        state.users[at].insert("last_password_reset".to_owned(), stamp());
    }
    for key in ["connection", "client_id", "verify_email", "verify_password"] {
        change.remove(key);
    }
    store::change(&mut state.users[at], change, &["user_metadata", "app_metadata"]);
    Ok(Answer::json(200, &Value::Object(state.users[at].clone())))
}

/// The blocks that follow failed logins with one of these identifiers.
fn blocks(state: &mut State, method: &str, identifiers: &[String]) -> Answer {
    let key = |identifier: &String| format!("user-blocks/{identifier}");
    if method == "DELETE" {
        for identifier in identifiers {
            if state.lists.remove(&key(identifier)).is_some() {
                state.log("ublkdu", json!({"user_name": identifier}));
            }
        }
        return Answer::empty(204);
    }
    let rows: Vec<_> = identifiers.iter().flat_map(|one| state.rows(&key(one))).collect();
    Answer::json(200, &json!({"blocked_for": rows}))
}

/// Deletes every authentication method of a user, passwords included.
///
/// # Errors
/// 403 if one of them is a passkey.
fn unenroll(state: &mut State, id: &str) -> Result<Answer, Answer> {
    let key = format!("users/{id}/authentication-methods");
    if state.rows(&key).iter().any(|method| text(method, "type") == "passkey") {
        let message = "Operation not permitted when the user has registered at least 1 passkey";
        return Err(Answer::refused(403, "operation_not_supported", message));
    }
    state.lists.remove(&key);
    Ok(Answer::empty(204))
}

fn ticket(state: &State, request: &Request<'_>, kind: &str) -> Result<Answer, Answer> {
    let body = request.object();
    let by_id = body.contains_key("user_id");
    let by_email = body.contains_key("email") && body.contains_key("connection_id");
    if by_id == by_email {
        let message = "Send either user_id, or email with connection_id";
        return Err(invalid_body(&format!("Payload validation error: '{message}'.")));
    }
    if by_id {
        find(state, text(&body, "user_id"))?;
    }
    if body.contains_key("result_url") && body.contains_key("organization_id") {
        let message = "result_url cannot be sent with organization_id";
        return Err(invalid_body(&format!("Payload validation error: '{message}'.")));
    }
    let origin = match request.headers.header("auth0-custom-domain") {
        None => state.url.clone(),
        Some(domain) => {
            let known =
                state.rows("custom-domains").iter().any(|row| text(row, "domain") == domain);
            if !known {
                let message = "The custom domain does not exist";
                return Err(Answer::refused(400, "invalid_custom_domain", message));
            }
            format!("https://{domain}")
        }
    };
    let path = if kind == "password-change" { "/lo/reset" } else { "/u/email-verification" };
    let ticket = format!("{origin}{path}?ticket={}", keys::random());
    Ok(Answer::json(201, &json!({"ticket": ticket})))
}

/// Makes another user an identity of this one.
fn link(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    let body = request.object();
    let other = format!("{}|{}", text(&body, "provider"), text(&body, "user_id"));
    find(state, id)?;
    let other = state.users.remove(find(state, &other)?);
    let at = find(state, id)?;
    let mut added = other["identities"][0].clone();
    added["profileData"] = json!({"email": other["email"], "name": other["name"]});
    if let Some(identities) = state.users[at].get_mut("identities").and_then(Value::as_array_mut) {
        identities.push(added);
    }
    Ok(Answer::json(201, &state.users[at]["identities"]))
}

fn unlink(state: &mut State, request: &Request<'_>, id: &str) -> Result<Answer, Answer> {
    let at = find(state, id)?;
    let (provider, other) = (request.path[3].as_str(), request.path[4].as_str());
    if let Some(identities) = state.users[at].get_mut("identities").and_then(Value::as_array_mut) {
        identities.retain(|one| one["provider"] != provider || one["user_id"] != other);
    }
    Ok(Answer::json(200, &state.users[at]["identities"]))
}
