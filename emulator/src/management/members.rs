//! Collections below a resource that hold other resources: a user's roles, an organization's
//! members, the permissions of a role.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, answers, invalid_body, kinds};
use crate::answer::Answer;
use crate::state::{Object, State, object, text};

/// A collection whose rows are other resources.
struct Members {
    /// The template of its path.
    list: &'static str,
    /// The relation that holds the pairs.
    relation: &'static str,
    /// Whether the resource of the path is the first of a pair.
    first: bool,
    /// The list that the rows come from.
    rows: &'static str,
    /// The key of the IDs in a body.
    body: &'static str,
}

const fn members(
    list: &'static str,
    relation: &'static str,
    first: bool,
    rows: &'static str,
    body: &'static str,
) -> Members {
    Members { list, relation, first, rows, body }
}

const MEMBERS: [Members; 7] = [
    members("users/{}/roles", "user_roles", true, "roles", "roles"),
    members("users/{}/effective-roles", "user_roles", true, "roles", "roles"),
    members("roles/{}/users", "user_roles", false, "users", "users"),
    members("organizations/{}/members", "members", true, "users", "members"),
    members("users/{}/organizations", "members", false, "organizations", ""),
    members("organizations/{}/members/{}/roles", "member_roles", true, "roles", "roles"),
    members("organizations/{}/members/{}/effective-roles", "member_roles", true, "roles", "roles"),
];

/// The permissions of a role or a user: pairs of an API and a scope.
const PERMISSIONS: [&str; 2] = ["users/{}/permissions", "roles/{}/permissions"];

/// Answers an operation on such a collection. `None` for all others.
pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let template = request.operation.template.join("/");
    if PERMISSIONS.contains(&template.as_str()) {
        return Some(permissions(state, request));
    }
    let kind = MEMBERS.iter().find(|members| members.list == template)?;
    Some(related(state, request, kind))
}

/// The resource that the collection belongs to, or 404.
fn owner(state: &State, request: &Request<'_>) -> Result<(), Answer> {
    let list = request.operation.template[0].as_str();
    let kind = kinds::of(list);
    let known = state.rows(list).iter().any(|row| text(row, kind.id) == request.path[1]);
    if known {
        return Ok(());
    }
    let noun = kind.noun;
    let code = format!("inexistent_{noun}");
    Err(Answer::refused(404, &code, &format!("The {noun} does not exist.")))
}

fn related(state: &mut State, request: &Request<'_>, kind: &Members) -> Result<Answer, Answer> {
    owner(state, request)?;
    // A member's roles belong to the organization and the user together.
    let one = match request.path.get(3).filter(|_| kind.relation == "member_roles") {
        Some(user) => format!("{} {user}", request.path[1]),
        None => request.path[1].clone(),
    };
    let id = kinds::of(kind.rows).id;
    if request.method == "GET" {
        let wanted: Vec<&str> = state
            .relations
            .iter()
            .filter(|(relation, _, _)| *relation == kind.relation)
            .filter_map(|(_, a, b)| match kind.first {
                true => (*a == one).then_some(b.as_str()),
                false => (*b == one).then_some(a.as_str()),
            })
            .collect();
        let rows: Vec<&Object> =
            state.rows(kind.rows).iter().filter(|row| wanted.contains(&text(row, id))).collect();
        return page(
            request,
            &rows,
            |_| true,
            |row| {
                let mut row = (*row).clone();
                if kind.rows == "users" {
                    row.retain(|key, _| {
                        ["user_id", "email", "picture", "name"].contains(&key.as_str())
                    });
                }
                request.selected(answers::row(request, row), id)
            },
        );
    }
    let others: Vec<String> = request.body[kind.body]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|other| other.as_str().map(str::to_owned))
        .collect();
    if let Some(unknown) = others
        .iter()
        .find(|other| !state.rows(kind.rows).iter().any(|row| text(row, id) == other.as_str()))
    {
        let noun = kinds::of(kind.rows).noun;
        return Err(invalid_body(&format!("The {noun} {unknown} does not exist")));
    }
    for other in others {
        let (a, b) = if kind.first { (one.clone(), other) } else { (other, one.clone()) };
        let pair = (kind.relation, a, b);
        state.relations.retain(|old| *old != pair);
        if request.method == "POST" {
            state.relations.push(pair);
        }
    }
    Ok(Answer::empty(request.operation.status))
}

fn permissions(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    owner(state, request)?;
    let key = request.key();
    if request.method == "GET" {
        let rows = state.rows(&key);
        return page(request, rows, |_| true, |row| Value::Object(row.clone()));
    }
    for wanted in request.body["permissions"].as_array().into_iter().flatten() {
        let (api, name) = (&wanted["resource_server_identifier"], &wanted["permission_name"]);
        let found = state.rows("resource-servers").iter().find(|row| row["identifier"] == *api);
        let Some(found) = found else {
            let message = format!("No resource server found by identifier(s) {api}");
            return Err(Answer::refused(404, "inexistent_resource_server", &message));
        };
        let scopes = found.get("scopes").and_then(Value::as_array).into_iter().flatten();
        let described = scopes.clone().find(|scope| scope["value"] == *name);
        if described.is_none() && found.get("is_system") != Some(&Value::Bool(true)) {
            let message = format!("Permission {name} does not exist");
            return Err(Answer::refused(400, "", &message));
        }
        let mut row = object(json!({
            "resource_server_identifier": api, "permission_name": name,
            "resource_server_name": found["name"],
        }));
        if let Some(text) = described.and_then(|scope| scope.get("description")) {
            row.insert("description".to_owned(), text.clone());
        }
        let rows = state.rows_mut(&key);
        rows.retain(|old| {
            old["resource_server_identifier"] != *api || old["permission_name"] != *name
        });
        if request.method == "POST" {
            rows.push(row);
        }
    }
    Ok(Answer::empty(request.operation.status))
}
