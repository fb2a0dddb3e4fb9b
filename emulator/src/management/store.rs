//! Generic storage for lists and singletons of every kind.

use serde_json::{Value, json};

use super::kinds::{self, Kind};
use super::paging::page;
use super::{Request, answers, invalid_body, not_found, schema};
use crate::answer::Answer;
use crate::catalog::{Paging, catalog};
use crate::seed;
use crate::state::{Object, State, stamp, text, texts};

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let (parent, below) = match request.operation.template.split_last() {
        Some((_, parent)) if request.operation.ends_in_parameter() => (parent, true),
        _ => (request.operation.template.as_slice(), false),
    };
    let listed = is_list(parent);
    match (request.method, below, listed) {
        ("GET", false, true) => list(state, request),
        ("POST", false, true) => create(state, request),
        (_, true, true) => item(state, request),
        _ => single(state, request),
    }
}

/// The key of the list at a path. An organization's connections have two paths.
pub(super) fn list_key(path: &[String]) -> String {
    path.join("/").replace("/enabled_connections", "/connections")
}

/// Whether a template is that of a list: its answer has rows, or there are operations on one row
/// below it.
fn is_list(template: &[String]) -> bool {
    let joined = template.join("/");
    if kinds::is_listed(&joined) {
        return true;
    }
    let read = catalog().find("GET", template);
    if read.is_some_and(|operation| operation.paging != Paging::None) {
        return true;
    }
    let mut row = template.to_vec();
    row.push("{}".to_owned());
    // An object with one array that can be set as a whole is a singleton.
    let settable = ["PATCH", "PUT"].iter().any(|method| catalog().has(method, template));
    let rows = read.and_then(schema::rows_key);
    rows.is_some() && !settable && seed::single(&joined).is_none()
        || catalog().has("POST", template) && catalog().has("GET", &row)
}

/// Checks that every resource in the path exists.
pub(super) fn parents_exist(state: &State, request: &Request<'_>) -> Result<(), Answer> {
    let last = request.operation.template.len() - 1;
    for (at, part) in request.operation.template.iter().enumerate().take(last) {
        let list = request.operation.template[..at].join("/");
        if part == "{}" && kinds::is_listed(&list) {
            find(state, kinds::of(&list), &list_key(&request.path[..at]), &request.path[at])?;
        }
    }
    Ok(())
}

/// A row's position, or Auth0's 404.
pub(super) fn find(state: &State, kind: &Kind, list: &str, id: &str) -> Result<usize, Answer> {
    let rows = state.rows(list);
    let by = |key: &str| rows.iter().position(|row| text(row, key) == id);
    // An API can also be found by its identifier.
    let also = if kind.list == "resource-servers" { by("identifier") } else { None };
    by(kind.id).or(also).ok_or_else(|| {
        let noun = kind.noun;
        let code = format!("inexistent_{}", noun.replace(' ', "_"));
        Answer::refused(404, &code, &format!("The {noun} does not exist"))
    })
}

fn list(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    let kind = kinds::of(&list_key(&request.operation.template));
    let rows = state.rows(&list_key(&request.path));
    let fits = |row: &&Object| filtered(request, row);
    let mut rows: Vec<&Object> = rows.iter().filter(fits).collect();
    if let Some((field, order)) = request.get("sort").and_then(|sort| sort.split_once(':')) {
        rows.sort_by(|a, b| text(a, field).cmp(text(b, field)));
        if order == "-1" {
            rows.reverse();
        }
    }
    page(
        request,
        &rows,
        |_| true,
        |row| {
            let mut row = shown(state, kind, row);
            kind.once.iter().for_each(|key| drop(row.remove(*key)));
            request.selected(answers::row(request, row), kind.id)
        },
    )
}

/// Parameters that select a page or its fields, and do not filter rows.
const NOT_FILTERS: [&str; 12] = [
    "page",
    "per_page",
    "include_totals",
    "from",
    "take",
    "fields",
    "include_fields",
    "sort",
    "hydrate",
    "parser",
    "include_client_association_for",
    "installed",
];

/// Whether a row matches the query's filters.
fn filtered(request: &Request<'_>, row: &Object) -> bool {
    request.query.iter().filter(|(name, _)| !NOT_FILTERS.contains(&name.as_str())).all(
        |(name, wanted)| match name.as_str() {
            "name_filter" => text(row, "name").to_lowercase().contains(&wanted.to_lowercase()),
            "identifiers" => request.all(name).contains(&text(row, "identifier")),
            "actionName" => text(row, "name") == wanted,
            "triggerId" => match row.get("supported_triggers").and_then(Value::as_array) {
                Some(triggers) => triggers.iter().any(|trigger| trigger["id"] == wanted.as_str()),
                None => text(row, "triggerId") == wanted,
            },
            "q" => {
                let wanted = wanted.rsplit(':').next().unwrap_or_default();
                let wanted = wanted.trim_matches(['"', '*']).to_lowercase();
                row.values().filter_map(Value::as_str).any(|v| v.to_lowercase().contains(&wanted))
            }
            _ => match row.get(name) {
                Some(Value::String(value)) => value == wanted,
                Some(value) => serde_json::from_str::<Value>(wanted).is_ok_and(|w| *value == w),
                // An absent field has the default value.
                None => wanted == "false" || name == "type" && wanted == "tenant",
            },
        },
    )
}

/// A row as it is shown in an answer.
fn shown(state: &State, kind: &Kind, row: &Object) -> Object {
    let mut row = row.clone();
    let everything = || Value::from(catalog().scopes.clone());
    match (kind.list, text(&row, "id")) {
        ("resource-servers", "api_management") => {
            let scopes: Value =
                catalog().scopes.iter().map(|value| json!({"value": value})).collect();
            row.insert("scopes".to_owned(), scopes);
        }
        ("client-grants", "cgr_aaaaaaaaaaaaaaaa") if texts(&row, "scope").next().is_none() => {
            row.insert("scope".to_owned(), everything());
        }
        ("organizations/{}/client-grants", id) => {
            let grants = state.rows("client-grants");
            return grants.iter().find(|grant| text(grant, "id") == id).cloned().unwrap_or(row);
        }
        _ => {}
    }
    kinds::hide(&mut row, kind.hidden);
    // Only the names of secrets are shown, never their values.
    if let Some(Value::Array(secrets)) = row.get_mut("secrets") {
        for secret in secrets.iter_mut().filter_map(Value::as_object_mut) {
            secret.remove("value");
        }
    }
    row
}

/// A client grant is for a client and an API that exist, and for scopes that the API defines.
fn check_grant(state: &State, grant: &Object) -> Result<(), Answer> {
    let client = text(grant, "client_id");
    if !client.is_empty() && state.client(client).is_none() {
        let message = "The client does not exist";
        return Err(Answer::refused(404, "inexistent_client", message));
    }
    let audience = text(grant, "audience");
    let defined = state.api_scopes(audience).ok_or_else(|| {
        let message = format!("Resource server {audience} does not exist");
        Answer::refused(404, "inexistent_resource_server", &message)
    })?;
    match texts(grant, "scope").find(|scope| !defined.iter().any(|one| one == scope)) {
        None => Ok(()),
        Some(scope) => Err(invalid_body(&format!(
            "Scope {scope} is not defined by the resource server {audience}."
        ))),
    }
}

fn create(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let (list, kind) = (list_key(&request.path), kinds::of(&list_key(&request.operation.template)));
    let mut row = request.object();
    if kind.list == "client-grants" {
        check_grant(state, &row)?;
    }
    if kind.list == "organizations/{}/client-grants"
        && let Some(id) = row.remove("grant_id")
    {
        row.insert("id".to_owned(), id);
    }
    let same = |other: &Object| {
        !kind.unique.is_empty() && kind.unique.iter().all(|key| other.get(*key) == row.get(*key))
    };
    let own = row.get(kind.id).and_then(Value::as_str).map(str::to_owned);
    let taken = own.is_some_and(|id| state.rows(&list).iter().any(|row| text(row, kind.id) == id));
    if taken || state.rows(&list).iter().any(same) {
        let noun = kind.noun;
        let keys =
            if kind.unique.is_empty() { kind.id.to_owned() } else { kind.unique.join(" and ") };
        let message = format!("A {noun} with the same {keys} already exists");
        return Err(Answer::refused(
            409,
            &format!("{}_conflict", noun.replace(' ', "_")),
            &message,
        ));
    }
    kinds::complete(state, kind, &list, &mut row);
    remove_dates(request, &mut row);
    state.rows_mut(&list).push(row.clone());
    if kind.list == "keys/encryption" {
        row.insert("type".to_owned(), json!("customer-provided-root-key"));
    }
    Ok(Answer::json(request.operation.status, &Value::Object(shown(state, kind, &row))))
}

/// `GET`, `PATCH`, `PUT` or `DELETE` of one row.
fn item(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let (Some((id, path)), Some((_, template))) =
        (request.path.split_last(), request.operation.template.split_last())
    else {
        return Err(not_found());
    };
    let (list, kind) = (list_key(path), kinds::of(&list_key(template)));
    let position = find(state, kind, &list, id);
    match request.method {
        "GET" => {
            let mut row = shown(state, kind, &state.rows(&list)[position?]);
            kind.once.iter().for_each(|key| drop(row.remove(*key)));
            Ok(Answer::json(200, &request.selected(row, kind.id)))
        }
        "DELETE" => {
            // Deleting a row that does not exist succeeds, as at Auth0.
            if let Ok(position) = position {
                let row = &state.rows(&list)[position];
                if row.get("is_system") == Some(&Value::Bool(true)) {
                    return Err(Answer::refused(403, "", "A system resource cannot be deleted"));
                }
                state.rows_mut(&list).remove(position);
                let id = id.clone();
                state.relations.retain(|(_, a, b)| *a != id && *b != id);
            }
            Ok(Answer::empty(request.operation.status))
        }
        method => {
            let position = match position {
                // Some rows are created by PUT.
                Err(_) if method == "PUT" && !catalog().has("POST", template) => {
                    let mut row = Object::new();
                    row.insert(kind.id.to_owned(), json!(id));
                    state.rows_mut(&list).push(row);
                    state.rows(&list).len() - 1
                }
                position => position?,
            };
            let row = &mut state.rows_mut(&list)[position];
            change(row, request.object(), kind.merged);
            remove_dates(request, row);
            if kind.list == "actions/actions" {
                note_draft(row, &request.body);
            }
            let row = row.clone();
            let row = shown(state, kind, &row);
            Ok(Answer::json(request.operation.status, &Value::Object(row)))
        }
    }
}

/// Marks the draft as not deployed after a change of a deployed field.
fn note_draft(row: &mut Object, change: &Value) {
    let deployed = ["code", "dependencies", "secrets", "runtime", "supported_triggers", "modules"];
    if deployed.iter().any(|field| change.get(*field).is_some()) {
        row.insert("all_changes_deployed".to_owned(), json!(false));
    }
}

/// Removes dates that this kind's answers do not have.
fn remove_dates(request: &Request<'_>, row: &mut Object) {
    let allows = |date: &str| {
        request.operation.answer.as_ref().is_none_or(|answer| schema::allows(answer, date))
    };
    row.retain(|field, _| !matches!(field.as_str(), "created_at" | "updated_at") || allows(field));
}

/// Applies a change. Fields are replaced as a whole, and null removes a field. Objects named in
/// `merged` are merged at their first level.
pub(super) fn change(row: &mut Object, change: Object, merged: &[&str]) {
    apply(row, change, merged);
    row.insert("updated_at".to_owned(), stamp());
}

fn apply(row: &mut Object, change: Object, merged: &[&str]) {
    for (key, value) in change {
        match value {
            Value::Null => drop(row.remove(&key)),
            Value::Object(fields) if merged.contains(&key.as_str()) => {
                let old = row.entry(key).or_insert_with(|| json!({}));
                if let Some(old) = old.as_object_mut() {
                    apply(old, fields, &[]);
                }
            }
            value => drop(row.insert(key, value)),
        }
    }
}

/// A singleton.
fn single(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let key = request.key();
    let before = state.singles.get(&key).cloned().or_else(|| seed::single(&key));
    match request.method {
        "GET" => {
            let unset = key.ends_with("/provider")
                || key.ends_with("/universal-login")
                || key.ends_with("scim-configuration")
                || key.ends_with("directory-provisioning")
                || request.operation.ends_in_parameter() && !key.contains("/custom-text/");
            let value = match before {
                Some(value) => value,
                None if unset => {
                    return Err(Answer::refused(404, "inexistent_resource", "Not Found"));
                }
                None => {
                    request.operation.answer.as_ref().map_or_else(|| json!({}), answers::smallest)
                }
            };
            let shown = match value {
                Value::Object(mut row) => {
                    if key == "branding/templates/universal-login"
                        && let Some(template) = row.remove("template")
                    {
                        row.insert("body".to_owned(), template);
                    }
                    kinds::hide(&mut row, kinds::hidden_in(&key));
                    if key == "emails/provider" && request.get("fields").is_none() {
                        // The other fields are only shown if `fields` names them.
                        row.retain(|field, _| matches!(field.as_str(), "name" | "enabled"));
                    }
                    request.selected(row, "")
                }
                other => other,
            };
            Ok(Answer::json(200, &shown))
        }
        "DELETE" => {
            state.singles.remove(&key);
            Ok(Answer::empty(request.operation.status))
        }
        "POST"
            if request.operation.body.is_none()
                || !catalog().has("GET", &request.operation.template) =>
        {
            // An operation for which only the schema of the answer is known.
            let answer = request.operation.answer.as_ref().map(answers::smallest);
            Ok(answer.map_or_else(
                || Answer::empty(request.operation.status),
                |answer| Answer::json(request.operation.status, &answer),
            ))
        }
        method => {
            if method == "POST" && before.is_some() {
                return Err(Answer::refused(409, "", "It exists already"));
            }
            let value = match (request.body.clone(), before) {
                (Value::Object(fields), Some(Value::Object(mut row))) if method == "PATCH" => {
                    apply(&mut row, fields, &["flags"]);
                    Value::Object(row)
                }
                (value, _) => value,
            };
            let mut value = value;
            // What belongs to a connection says so.
            if let (Value::Object(row), ["connections", "{}", ..]) =
                (&mut value, request.template.as_slice())
            {
                row.insert("connection_id".to_owned(), json!(request.id()));
            }
            state.singles.insert(key.clone(), value.clone());
            let mut value = value;
            if let Value::Object(row) = &mut value {
                kinds::hide(row, kinds::hidden_in(&key));
            }
            match request.operation.status {
                204 => Ok(Answer::empty(204)),
                status => Ok(Answer::json(status, &value)),
            }
        }
    }
}
