//! Operations that are neither reads nor plain changes: deploying and binding actions, verifying
//! domains, finding a resource by another name.

use serde_json::{Value, json};

use super::kinds;
use super::store::{change, find, list_key};
use super::{Request, not_found};
use crate::answer::Answer;
use crate::keys;
use crate::state::{Object, State, stamp, text};

/// Operations on a row or a list that are neither reads nor plain changes.
pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let template = request.template.join("/");
    let path = &request.path;
    let row = |state: &State, list: &str, id: &str| -> Result<usize, Answer> {
        find(state, kinds::of(list), list, id)
    };
    let set = |state: &mut State, list: &str, id: &str, fields: Value| {
        row(state, list, id).map(|at| {
            let row = &mut state.rows_mut(list)[at];
            change(row, crate::state::object(fields), &[]);
            Value::Object(row.clone())
        })
    };
    Some(match (request.method, template.as_str()) {
        ("POST", "actions/actions/{}/deploy") => deploy(state, &path[2], None),
        ("POST", "actions/actions/{}/versions/{}/deploy") => {
            deploy(state, &path[2], Some(&path[4]))
        }
        ("GET", "actions/actions/{}/versions/{}") => built(state, &path[2], &path[4]),
        ("POST", "actions/modules/{}/versions") => publish(state, &path[2]),
        ("PUT", "keys/signing/{}/revoke") => {
            set(state, "keys/signing", &path[2], json!({"revoked": true}))
                .map(|row| Answer::json(200, &json!({"kid": row["kid"], "cert": row["cert"]})))
        }
        ("PATCH", "custom-domains/default") => {
            let rows = state.rows_mut("custom-domains");
            let chosen =
                rows.iter().position(|row| row.get("domain") == request.body.get("domain"));
            let Some(chosen) = chosen else { return Some(Err(not_found())) };
            for (at, row) in rows.iter_mut().enumerate() {
                row.insert("is_default".to_owned(), json!(at == chosen));
            }
            Ok(Answer::json(200, &Value::Object(rows[chosen].clone())))
        }
        ("PATCH", "actions/triggers/{}/bindings") => bind(state, request),
        ("POST", "custom-domains/{}/verify") => {
            set(state, "custom-domains", &path[1], json!({"status": "ready"}))
                .map(|row| Answer::json(200, &row))
        }
        ("GET", "organizations/name/{}") => {
            let rows = state.rows("organizations");
            match rows.iter().find(|row| text(row, "name") == path[2]) {
                Some(row) => Ok(Answer::json(200, &Value::Object(row.clone()))),
                None => Err(Answer::refused(
                    404,
                    "inexistent_organization",
                    "No organization found by that id or name",
                )),
            }
        }
        ("GET", "custom-domains/default") => match default_domain(state) {
            Some(row) => Ok(Answer::json(200, &Value::Object(row.clone()))),
            None => Err(not_found()),
        },
        ("GET", "branding/themes/default") => match state.rows("branding/themes").first() {
            Some(row) => Ok(Answer::json(200, &Value::Object(row.clone()))),
            None => Err(Answer::refused(
                404,
                "inexistent_theme",
                "There was an error retrieving branding settings: theme not found",
            )),
        },
        ("GET", "client-grants/{}/organizations") => return None,
        ("POST", "organizations/{}/clients") => link_clients(state, request),
        ("DELETE", "organizations/{}/clients") => {
            let gone = request.body["clients"].as_array().cloned().unwrap_or_default();
            let rows = state.rows_mut(&list_key(path));
            rows.retain(|row| !gone.contains(&row["client_id"]));
            Ok(Answer::empty(204))
        }
        ("POST", "keys/signing/rotate") => {
            let kid = keys::random();
            Ok(Answer::json(201, &json!({"kid": kid, "cert": ""})))
        }
        _ => return None,
    })
}

/// The default domain, or else the first.
fn default_domain(state: &State) -> Option<&Object> {
    let rows = state.rows("custom-domains");
    rows.iter().find(|row| row.get("is_default") == Some(&json!(true))).or(rows.first())
}

/// Deploys an action's draft, or an older version, as a new version. It is built a little later.
fn deploy(state: &mut State, id: &str, of: Option<&str>) -> Result<Answer, Answer> {
    let at = find(state, kinds::of("actions/actions"), "actions/actions", id)?;
    let list = format!("actions/actions/{id}/versions");
    let number = state.rows(&list).len() + 1;
    let action = state.rows("actions/actions")[at].clone();
    let source = match of {
        None => action.clone(),
        Some(version) => {
            let at = find(state, kinds::of("actions/actions"), &list, version)?;
            state.rows(&list)[at].clone()
        }
    };
    let mut version = Object::new();
    for key in ["code", "dependencies", "secrets", "runtime", "supported_triggers"] {
        version.extend(source.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    kinds::complete(state, kinds::of("actions/actions"), &list, &mut version);
    // Only an action has this field.
    version.remove("all_changes_deployed");
    for (key, value) in [
        ("number", json!(number)),
        ("deployed", json!(true)),
        ("status", json!("building")),
        ("action", json!({"id": id, "name": action["name"]})),
    ] {
        version.insert(key.to_owned(), value);
    }
    for old in state.rows_mut(&list) {
        old.insert("deployed".to_owned(), json!(false));
    }
    state.rows_mut(&list).push(version.clone());
    let shown = Value::Object(version);
    let row = &mut state.rows_mut("actions/actions")[at];
    row.insert("deployed_version".to_owned(), shown.clone());
    row.insert("all_changes_deployed".to_owned(), json!(of.is_none()));
    Ok(Answer::json(202, &shown))
}

/// Links clients to an organization, each with its name.
fn link_clients(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let list = list_key(&request.path);
    let mut rows = Vec::new();
    for given in request.body["clients"].as_array().into_iter().flatten() {
        let id = given["client_id"].as_str().unwrap_or_default();
        let at = find(state, kinds::of("clients"), "clients", id)?;
        let client = &state.rows("clients")[at];
        let mut row = crate::state::object(given.clone());
        row.insert("client".to_owned(), json!({"name": client["name"]}));
        rows.push(row);
    }
    state.rows_mut(&list).extend(rows.iter().cloned());
    Ok(Answer::json(201, &json!(rows)))
}

/// Returns a version of an action. Its build is complete when it is read.
fn built(state: &mut State, id: &str, version: &str) -> Result<Answer, Answer> {
    let list = format!("actions/actions/{id}/versions");
    let at = find(state, kinds::of("actions/actions"), &list, version)?;
    let row = &mut state.rows_mut(&list)[at];
    row.insert("status".to_owned(), json!("built"));
    row.insert("built_at".to_owned(), stamp());
    Ok(Answer::json(200, &Value::Object(row.clone())))
}

/// Makes a version of a module.
fn publish(state: &mut State, id: &str) -> Result<Answer, Answer> {
    let at = find(state, kinds::of("actions/modules"), "actions/modules", id)?;
    let list = format!("actions/modules/{id}/versions");
    let number = state.rows(&list).len() + 1;
    let version = crate::state::object(json!({
        "id": crate::state::new_id(""), "module_id": id, "version_number": number,
        "code": state.rows("actions/modules")[at]["code"], "dependencies": [], "secrets": [],
        "created_at": stamp(),
    }));
    state.rows_mut(&list).push(version.clone());
    let row = &mut state.rows_mut("actions/modules")[at];
    row.insert("latest_version_number".to_owned(), json!(number));
    row.insert("all_changes_published".to_owned(), json!(true));
    Ok(Answer::json(200, &Value::Object(version)))
}

/// Replaces a trigger's whole ordered list of bindings.
fn bind(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let trigger = &request.path[2];
    let list = list_key(&request.path);
    let before = state.rows(&list).to_vec();
    let mut rows = Vec::new();
    for binding in request.body["bindings"].as_array().into_iter().flatten() {
        let reference = &binding["ref"];
        let value = reference["value"].as_str().unwrap_or_default();
        let of_binding = |row: &&Object| text(row, "id") == value;
        let (key, value) = match reference["type"].as_str() {
            Some("binding_id") => {
                let old = before.iter().find(of_binding).ok_or_else(not_found)?;
                ("id", old["action"]["id"].as_str().unwrap_or_default())
            }
            Some("action_name") => ("name", value),
            _ => ("id", value),
        };
        let action = state.rows("actions/actions").iter().find(|row| text(row, key) == value);
        let action = action.ok_or_else(|| {
            Answer::refused(404, "", "One or more of the specified actions does not exist")
        })?;
        if action.get("deployed_version").is_none() {
            let message = "A trigger binding can only be made to a deployed action";
            return Err(Answer::refused(400, "", message));
        }
        let shown = binding.get("display_name").unwrap_or(&action["name"]);
        rows.push(crate::state::object(json!({
            "id": crate::state::new_id(""), "trigger_id": trigger, "display_name": shown, "action": action,
            "created_at": stamp(), "updated_at": stamp(),
        })));
    }
    let answer = json!({"bindings": rows});
    *state.rows_mut(&list) = rows;
    Ok(Answer::json(200, &answer))
}
