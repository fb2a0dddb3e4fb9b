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
        ("POST", "actions/actions/{}/deploy") => deploy(state, &path[2]),
        ("POST", "actions/actions/{}/versions/{}/deploy") => deploy(state, &path[2]),
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
        ("GET", "custom-domains/default") => match state.rows("custom-domains").first() {
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
        ("POST", "keys/signing/rotate") => {
            let kid = keys::random();
            Ok(Answer::json(201, &json!({"kid": kid, "cert": ""})))
        }
        _ => return None,
    })
}

/// Makes a version of an action's draft.
fn deploy(state: &mut State, id: &str) -> Result<Answer, Answer> {
    let at = find(state, kinds::of("actions/actions"), "actions/actions", id)?;
    let list = format!("actions/actions/{id}/versions");
    let number = state.rows(&list).len() + 1;
    let action = state.rows("actions/actions")[at].clone();
    let mut version = Object::new();
    for key in ["code", "dependencies", "secrets", "runtime", "supported_triggers"] {
        version.extend(action.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    kinds::complete(state, kinds::of("actions/actions"), &list, &mut version);
    for (key, value) in [
        ("number", json!(number)),
        ("deployed", json!(true)),
        ("status", json!("built")),
        ("built_at", stamp()),
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
    row.insert("all_changes_deployed".to_owned(), json!(true));
    Ok(Answer::json(202, &shown))
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
