//! `/jobs`: exports with a file to download, imports with an error for each invalid row, and
//! verification emails.
//!
//! A job is `pending` at first, `processing` when it is first read, and done when it is read again,
//! so that tests do not have to wait.

mod import;

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub(crate) use self::import::too_many_imports;
use super::{Request, invalid_body, users};
use crate::answer::Answer;
use crate::keys;
use crate::state::{Job, Object, State, object, stamp, text};

/// How long a download address is valid.
const VALID: Duration = Duration::from_secs(60);

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let gone = || Answer::refused(404, "inexistent_job", "The job does not exist.");
    let at = |state: &State| {
        let id = request.id();
        state.jobs.iter().position(|job| text(&job.row, "id") == id).ok_or_else(gone)
    };
    Some(match (request.method, request.template.as_slice()) {
        ("POST", ["jobs", "users-exports"]) => export(state, request),
        ("POST", ["jobs", "users-imports"]) => import::import(state, request),
        ("POST", ["jobs", "verification-email"]) => {
            let id = request.body["user_id"].as_str().unwrap_or_default().to_owned();
            users::find(state, &id).map(|_| {
                state.log("svr", json!({"user_id": id}));
                started(state, "verification_email", 201, json!({}), |_| {})
            })
        }
        ("GET", ["jobs", "{}"]) => at(state).map(|at| look(state, at)),
        ("GET", ["jobs", "{}", "errors"]) => {
            at(state).map(|at| match state.jobs[at].errors.as_slice() {
                [] => Answer::empty(204),
                errors => Answer::json(200, &json!(errors)),
            })
        }
        _ => return None,
    })
}

/// Registers a job.
fn started(
    state: &mut State,
    kind: &str,
    status: u16,
    more: Value,
    complete: impl FnOnce(&mut Job),
) -> Answer {
    let mut row = object(json!({
        "type": kind, "status": "pending", "id": crate::state::new_id("job_"), "created_at": stamp(),
    }));
    row.append(&mut object(more));
    let shown = Value::Object(row.clone());
    let mut job =
        Job { row, looks: 0, file: None, address: None, errors: Vec::new(), summary: json!({}) };
    complete(&mut job);
    state.jobs.push(job);
    Answer::json(status, &shown)
}

fn look(state: &mut State, at: usize) -> Answer {
    let files_url = state.files_url.clone();
    let job = &mut state.jobs[at];
    job.looks += 1;
    let done = job.looks > 1;
    let (status, percentage) = if done { ("completed", 100) } else { ("processing", 50) };
    job.row.insert("status".to_owned(), json!(status));
    job.row.insert("percentage_done".to_owned(), json!(percentage));
    if done {
        if !job.summary.as_object().is_none_or(Object::is_empty) {
            job.row.insert("summary".to_owned(), job.summary.clone());
        }
        if job.file.is_some() {
            // Reading a job renews its download address if that has expired.
            let old = job.address.take().filter(|(_, made)| made.elapsed() < VALID);
            let (secret, made) = old.unwrap_or_else(|| (keys::random(), Instant::now()));
            let format = text(&job.row, "format").to_owned();
            let id = text(&job.row, "id");
            let location = format!("{files_url}/{id}/users.{format}.gz?token={secret}");
            job.row.insert("location".to_owned(), json!(location));
            job.address = Some((secret, made));
        }
    }
    Answer::json(200, &Value::Object(job.row.clone()))
}

/// Answers a download of an exported file.
pub(crate) fn download(state: &State, path: &str, query: &str) -> Answer {
    let id = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let job = state.jobs.iter().find(|job| text(&job.row, "id") == id);
    let file = job.and_then(|job| {
        let (secret, made) = job.address.as_ref()?;
        let valid = made.elapsed() < VALID && query == format!("token={secret}");
        job.file.clone().filter(|_| valid)
    });
    match file {
        Some(file) => Answer::new(200, "application/octet-stream", file),
        None => Answer::new(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>"),
    }
}

fn export(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let body = request.object();
    let format = body.get("format").and_then(Value::as_str).unwrap_or("json").to_owned();
    let fields = body.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
    if format == "csv" && fields.len() > 30 {
        return Err(invalid_body("Payload validation error: 'Too many fields for CSV'."));
    }
    let connection = match body.get("connection_id").and_then(Value::as_str) {
        None => None,
        Some(id) => {
            let found = state.connections.iter().find(|row| text(row, "id") == id);
            let found = found.ok_or_else(|| {
                Answer::refused(400, "inexistent_connection", "The connection does not exist.")
            })?;
            Some(found["name"].clone())
        }
    };
    let limit = body.get("limit").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let rows: Vec<&Object> = state
        .users
        .iter()
        .filter(|user| {
            connection.as_ref().is_none_or(|name| user["identities"][0]["connection"] == *name)
        })
        .take(limit.unwrap_or(usize::MAX))
        .collect();
    let columns: Vec<(String, String)> = match fields.as_slice() {
        [] => ["user_id", "email", "email_verified", "name", "nickname", "created_at"]
            .map(|name| (name.to_owned(), name.to_owned()))
            .to_vec(),
        fields => fields
            .iter()
            .map(|field| {
                let name = field["name"].as_str().unwrap_or_default().to_owned();
                let title = field["export_as"].as_str().map_or_else(|| name.clone(), str::to_owned);
                (name, title)
            })
            .collect(),
    };
    let text = if format == "csv" { csv(&rows, &columns) } else { ndjson(&rows, &columns) };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let file = encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .map_err(|_| Answer::refused(500, "", "The file cannot be written"))?;
    let mut more =
        json!({"format": format, "connection_id": body.get("connection_id"), "fields": fields});
    // Do not show fields that were not in the request.
    if let Some(fields) = more.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    Ok(started(state, "users_export", 200, more, |job| job.file = Some(file)))
}

/// The value at a path such as `a.b` or `identities[0].connection`.
fn at<'a>(row: &'a Object, path: &str) -> Option<&'a Value> {
    let path = path.replace('[', ".").replace(']', "");
    let mut parts = path.split('.');
    let mut value = row.get(parts.next()?)?;
    for part in parts {
        value = match part.parse::<usize>() {
            Ok(index) => value.get(index)?,
            Err(_) => value.get(part)?,
        };
    }
    Some(value)
}

fn ndjson(rows: &[&Object], columns: &[(String, String)]) -> String {
    let line = |row: &&Object| {
        let pairs = columns
            .iter()
            .filter_map(|(name, title)| Some((title.clone(), at(row, name)?.clone())));
        format!("{}\n", Value::Object(pairs.collect()))
    };
    rows.iter().map(line).collect()
}

/// Every text begins with an apostrophe, as in Auth0's exports, so that spreadsheets run no
/// formulas.
fn csv(rows: &[&Object], columns: &[(String, String)]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: Vec<String>| format!("{}\n", cells.join(","));
    let mut text = line(columns.iter().map(|(_, title)| quoted(title)).collect());
    for row in rows {
        let cell = |value: Option<&Value>| match value {
            Some(Value::String(text)) => quoted(&format!("'{text}")),
            Some(value) => quoted(&value.to_string()),
            None => String::new(),
        };
        text += &line(columns.iter().map(|(name, _)| cell(at(row, name))).collect());
    }
    text
}
