//! `/users` and its neighbours: search, changes, blocks, tickets.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, invalid_body, logs, lucene, store};
use crate::answer::Answer;
use crate::keys;
use crate::state::{Object, State, object, stamp, text};

/// Fields that bare terms of a search look into.
const BARE: [&str; 5] = ["name", "email", "nickname", "username", "user_id"];

/// Answers what is special about users; `None` for the rest.
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
        ("DELETE", ["users", "{}", "authentication-methods" | "authenticators"]) => known(state)
            .map(|_| {
                state.lists.remove(&format!("users/{id}/authentication-methods"));
                Answer::empty(204)
            }),
        ("POST", ["users", "{}", "identities"]) => link(state, request, id),
        ("DELETE", ["users", "{}", "identities", "{}", "{}"]) => unlink(state, request, id),
        ("POST", ["users", "{}", "recovery-code-regeneration"]) => known(state)
            .map(|_| Answer::json(201, &json!({"recovery_code": keys::random().to_uppercase()}))),
        (method, ["user-blocks"]) => {
            blocks(state, method, request.get("identifier").unwrap_or_default())
        }
        (method, ["user-blocks", "{}"]) => {
            let email = known(state).map(|at| text(&state.users[at], "email").to_owned());
            email.and_then(|email| blocks(state, method, &email))
        }
        ("POST", ["tickets", kind]) => ticket(state, request, kind),
        _ => return None,
    })
}

/// A user's position.
///
/// # Errors
/// 404 if there is no such user.
pub(super) fn find(state: &State, id: &str) -> Result<usize, Answer> {
    state
        .users
        .iter()
        .position(|user| text(user, "user_id") == id)
        .ok_or_else(|| Answer::refused(404, "inexistent_user", "The user does not exist."))
}

/// Refuses other users to a token with only `current_user` scopes.
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

/// The blocks after failed logins, by e-mail address or other identifier.
fn blocks(state: &mut State, method: &str, identifier: &str) -> Result<Answer, Answer> {
    let key = format!("user-blocks/{identifier}");
    if method == "DELETE" {
        if state.lists.remove(&key).is_some() {
            state.log("ublkdu", json!({"user_name": identifier}));
        }
        return Ok(Answer::empty(204));
    }
    Ok(Answer::json(200, &json!({"blocked_for": state.rows(&key)})))
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
    let path = if kind == "password-change" { "/lo/reset" } else { "/u/email-verification" };
    let ticket = format!("{}{path}?ticket={}", state.url, keys::random());
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
