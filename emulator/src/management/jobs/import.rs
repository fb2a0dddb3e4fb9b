//! Imports of users: the API's checks, and the result of each row.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Job, started};
use crate::answer::Answer;
use crate::keys;
use crate::management::{Request, invalid_body, store};
use crate::state::{State, object, stamp, text};

/// How many imports may be active at once.
const ACTIVE: usize = 2;
/// The largest body of an import.
const LARGEST: usize = 512_000;
/// The error for an import while two are active.
pub(crate) fn too_many_imports() -> Answer {
    let message = "There are 2 active import users jobs, please wait until some of them are finished and try again";
    Answer::refused(429, "too_many_requests", message)
}

pub(super) fn import(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    if request.headers.body.len() > LARGEST {
        let message = format!("Payload content length greater than maximum allowed: {LARGEST}");
        return Err(Answer::refused(413, "", &message));
    }
    let active = |job: &&Job| job.looks < 2 && text(&job.row, "type") == "users_import";
    if state.jobs.iter().filter(active).count() >= ACTIVE {
        return Err(too_many_imports());
    }
    let parts = multipart(request.headers.header("content-type"), &request.headers.body)
        .ok_or_else(|| invalid_body("Payload validation error: 'Invalid multipart body'."))?;
    let part =
        |name: &str| parts.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_slice());
    let id = String::from_utf8_lossy(part("connection_id").unwrap_or_default()).into_owned();
    let connection = state.connections.iter().find(|row| text(row, "id") == id);
    let connection = connection.ok_or_else(|| {
        Answer::refused(400, "inexistent_connection", "The connection does not exist.")
    })?;
    if text(connection, "strategy") != "auth0" {
        let message = "The connection must be a database";
        return Err(Answer::refused(400, "invalid_connection", message));
    }
    let connection = connection["name"].clone();
    let upsert = part("upsert") == Some(b"true");
    let users = part("users").and_then(|users| serde_json::from_slice(users).ok());
    let Some(Value::Array(users)) = users else {
        let errors = vec![
            json!({"errors": [{"code": "INVALID_FORMAT", "message": "The file is not a JSON array"}]}),
        ];
        return Ok(started(state, "users_import", 202, json!({"connection_id": id}), |job| {
            job.errors = errors
        }));
    };
    let mut known = Known::of(state, &connection);
    let (mut inserted, mut updated, mut errors) = (0, 0, Vec::new());
    for user in &users {
        match imported(state, &mut known, user, &connection, upsert) {
            Ok(true) => updated += 1,
            Ok(false) => inserted += 1,
            Err((code, message, path)) => {
                errors.push(json!({"user": user, "errors": [{"code": code, "message": message, "path": path}]}));
            }
        }
    }
    let summary = json!({"failed": errors.len(), "updated": updated, "inserted": inserted, "total": users.len()});
    state.log("sui", json!({"description": "Users imported"}));
    let more = json!({
        "connection_id": id, "connection": connection, "upsert": upsert,
        "external_id": String::from_utf8_lossy(part("external_id").unwrap_or_default()),
    });
    Ok(started(state, "users_import", 202, more, |job| {
        job.errors = errors;
        job.summary = summary;
    }))
}

type RowError = (&'static str, String, &'static str);

/// The existing users and those that an import has added.
struct Known {
    /// The connection's users by e-mail address.
    emails: HashMap<String, usize>,
    /// All IDs.
    ids: HashSet<String>,
}

impl Known {
    fn of(state: &State, connection: &Value) -> Self {
        let users = state.users.iter().enumerate();
        let own = users.filter(|(_, user)| user["identities"][0]["connection"] == *connection);
        Self {
            emails: own.map(|(at, user)| (text(user, "email").to_owned(), at)).collect(),
            ids: state.users.iter().map(|user| text(user, "user_id").to_owned()).collect(),
        }
    }
}

type IsType = fn(&Value) -> bool;

/// The fields of a row and their JSON types.
const ROW: [(&str, IsType); 18] = [
    ("email", Value::is_string),
    ("email_verified", Value::is_boolean),
    ("phone_number", Value::is_string),
    ("phone_verified", Value::is_boolean),
    ("user_id", Value::is_string),
    ("username", Value::is_string),
    ("given_name", Value::is_string),
    ("family_name", Value::is_string),
    ("name", Value::is_string),
    ("nickname", Value::is_string),
    ("picture", Value::is_string),
    ("blocked", Value::is_boolean),
    ("password_hash", Value::is_string),
    ("custom_password_hash", Value::is_object),
    ("password_set_date", Value::is_string),
    ("app_metadata", Value::is_object),
    ("user_metadata", Value::is_object),
    ("mfa_factors", Value::is_array),
];

/// Imports one row. Returns `true` if it changed a user, `false` if it created one.
fn imported(
    state: &mut State,
    known: &mut Known,
    row: &Value,
    connection: &Value,
    upsert: bool,
) -> Result<bool, RowError> {
    let Some(fields) = row.as_object() else {
        return Err(("INVALID_TYPE", "Expected type object".to_owned(), ""));
    };
    for (field, value) in fields {
        match ROW.iter().find(|(name, _)| name == field) {
            None => {
                let message = format!("Additional properties not allowed: {field}");
                return Err(("OBJECT_ADDITIONAL_PROPERTIES", message, ""));
            }
            Some((name, is_type)) if !is_type(value) => {
                return Err(("INVALID_TYPE", format!("Invalid type for {name}: {value}"), name));
            }
            Some(_) => {}
        }
    }
    let email = text(fields, "email").to_lowercase();
    if email.is_empty() {
        let message = "Missing required property: email".to_owned();
        return Err(("OBJECT_MISSING_REQUIRED_PROPERTY", message, ""));
    }
    if !email.contains('@') {
        let message = "Object didn't pass validation for format email".to_owned();
        return Err(("INVALID_FORMAT", message, "email"));
    }
    let exists = || ("DUPLICATED_USER", "The user already exists".to_owned());
    let mut user = fields.clone();
    for secret in ["password_hash", "custom_password_hash", "mfa_factors", "password_set_date"] {
        user.remove(secret);
    }
    user.insert("email".to_owned(), json!(email));
    user.entry("email_verified").or_insert(json!(false));
    if let Some(at) = known.emails.get(&email) {
        if !upsert {
            let (code, message) = exists();
            return Err((code, message, "email"));
        }
        user.remove("user_id");
        store::change(&mut state.users[*at], user, &[]);
        return Ok(true);
    }
    let own = match user.remove("user_id") {
        Some(Value::String(own)) => own,
        _ => keys::random(),
    };
    // The prefix is always added, even if the ID already has it.
    let id = format!("auth0|{own}");
    if !known.ids.insert(id.clone()) {
        let (code, message) = exists();
        return Err((code, message, "user_id"));
    }
    let mut added = object(json!({"user_id": id}));
    added.append(&mut user);
    let identities =
        json!([{"connection": connection, "user_id": own, "provider": "auth0", "isSocial": false}]);
    for (key, value) in [
        ("name", json!(email)),
        ("nickname", json!(email.split('@').next())),
        ("created_at", stamp()),
        ("updated_at", stamp()),
        ("logins_count", json!(0)),
        ("identities", identities),
    ] {
        added.entry(key).or_insert(value);
    }
    known.emails.insert(email, state.users.len());
    state.users.push(added);
    Ok(false)
}

/// The parts of a multipart body (RFC 7578), by name.
fn multipart(kind: Option<&str>, body: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let boundary = kind?.split_once("boundary=")?.1.split(';').next()?.trim_matches('"');
    let boundary = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = &body[position(body, boundary.as_bytes())? + boundary.len()..];
    while !rest.starts_with(b"--") {
        let head_end = position(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&rest[..head_end]).into_owned();
        let name = head.split("name=\"").nth(1)?.split('"').next()?.to_owned();
        let content = &rest[head_end + 4..];
        let end = position(content, format!("\r\n{boundary}").as_bytes())?;
        parts.push((name, content[..end].to_vec()));
        rest = &content[end + 2 + boundary.len()..];
    }
    Some(parts)
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
