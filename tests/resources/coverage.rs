//! The kinds of `auth0-resources` against a table of all resources of the Management API.
//!
//! `tests/data/resources.tsv` has one row for each resource: the operations of its verbs, and the
//! fields that a request can set but no answer shows.

use std::collections::BTreeSet;

use auth0_suite::management::catalog::Operation;
use auth0_suite::management::schema::Type;
use auth0_suite::resource::kinds::{self, Kind};

const TABLE: &str = include_str!("../data/resources.tsv");

/// Operations that no verb of `auth0-resources` makes, each with the command that does or the reason.
const ELSEWHERE: [(&str, &str); 12] = [
    ("GET /users/{id}/logs", "auth0-users logs, auth0-logs list --user"),
    ("GET /user-blocks/{id}", "auth0-users show, auth0-logs why"),
    ("DELETE /user-blocks/{id}", "auth0-users unblock"),
    ("GET /logs", "auth0-logs list and tail"),
    ("GET /logs/{id}", "auth0-logs show"),
    ("POST /tickets/email-verification", "auth0-users verify-email sends the mail itself"),
    ("POST /jobs/users-exports", "auth0-users export"),
    ("POST /guardian/enrollments/ticket", "a ticket, not a resource: auth0-api"),
    ("GET /branding/themes/default", "auth0-resources branding-themes show default"),
    ("POST /keys/encryption/{kid}", "takes a key that was wrapped elsewhere: auth0-api"),
    ("GET /stats/daily", "figures, not a resource: auth0-api"),
    ("GET /stats/active-users", "figures, not a resource: auth0-api"),
];

/// Fields that a request can set but no answer shows, which an update cannot erase all the same.
const SAFE: [(&str, &str, &str); 4] = [
    ("clients", "oidc_backchannel_logout", "no secret: an older name of oidc_logout"),
    ("clients", "oidc_support", "no secret: settings without a secret in them"),
    ("connections", "options", "shown with read:connections_options; refused without that scope"),
    ("attack protection: captcha policies", "action", "documented: a secret left out is kept"),
];

/// A row of the table, its operations as `GET /path`.
struct Row {
    resource: &'static str,
    operations: Vec<(&'static str, &'static str)>,
    write_only: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let verbs = ["list", "show", "create", "update", "delete"];
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), 7, "{line}");
        let operations = verbs.into_iter().zip(cells[1..6].iter().copied());
        Row {
            resource: cells[0],
            operations: operations.filter(|(_, operation)| *operation != "-").collect(),
            write_only: cells[6].split(' ').filter(|field| *field != "-").collect(),
        }
    };
    TABLE.lines().skip(1).map(row).collect()
}

/// Every operation that a verb of a kind makes, as `GET /path`.
fn made() -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    let mut add = |operation: Option<Operation>| {
        made.extend(operation.map(|it| format!("{} {}", it.method.as_str(), it.path)));
    };
    for kind in kinds::all() {
        let own = [kind.list(), kind.show(), kind.create(), kind.update(), kind.delete()];
        own.into_iter().for_each(&mut add);
        kind.members.iter().for_each(|it| [it.show(), it.update()].into_iter().for_each(&mut add));
    }
    for kind in kinds::all() {
        for members in kind.members {
            made.insert(format!("GET {}", members.path));
            for write in [members.add, members.remove].into_iter().flatten() {
                made.insert(format!("{} {}", write.method.as_str(), write.path));
            }
            made.extend(
                members.acts.iter().map(|it| format!("{} {}", it.method.as_str(), it.path)),
            );
        }
        made.extend(kind.acts.iter().map(|it| format!("{} {}", it.method.as_str(), it.path)));
    }
    // `actions bindings`.
    for method in ["GET", "PATCH"] {
        made.insert(format!("{method} /actions/triggers/{{triggerId}}/bindings"));
    }
    made
}

#[test]
fn every_verb_of_every_resource_is_a_command_or_has_a_reason() {
    let made = made();
    let mut missing = Vec::new();
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(operation, _)| *operation).collect();
    let mut unused = elsewhere.clone();
    for row in rows() {
        for (verb, operation) in &row.operations {
            unused.remove(operation);
            if elsewhere.contains(operation) == made.contains(*operation) {
                missing.push(format!("{} {verb}: {operation}", row.resource));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(unused.is_empty(), "{unused:?}");
    assert_eq!(rows().len(), 87);
}

/// The kind whose update is this operation.
fn kind_with(update: &str) -> Option<&'static Kind> {
    kinds::all().find(|kind| {
        kind.update().is_some_and(|it| format!("{} {}", it.method.as_str(), it.path) == update)
    })
}

/// Whether an update of this kind looks after a field that no answer shows.
fn is_guarded(kind: &Kind, field: &str) -> bool {
    let top = field.split(['.', '[']).next().unwrap();
    let covers = |path: &&str| {
        let bare: Vec<&str> = path.split('.').map(|it| it.split('(').next().unwrap()).collect();
        let bare = bare.join(".");
        bare == top || bare == field
    };
    kind.write_only.iter().any(covers)
}

/// A scalar at the top is only sent if it is set, so that it cannot be lost.
fn is_scalar(kind: &Kind, field: &str) -> bool {
    let schema = kind.update().and_then(|update| kind.body(&update)?.at([field]));
    let kind = schema.map(auth0_suite::management::schema::Schema::kind);
    matches!(
        kind,
        None | Some(Type::Text | Type::Boolean | Type::Integer | Type::Number | Type::Enum(_))
    )
}

#[test]
fn no_update_erases_what_no_answer_shows() {
    let mut unguarded = Vec::new();
    let mut checked = 0;
    for row in rows().iter().filter(|row| !row.write_only.is_empty()) {
        let update = row.operations.iter().find(|(verb, _)| *verb == "update").unwrap().1;
        let kind = kind_with(update).unwrap_or_else(|| panic!("{}", row.resource));
        for field in &row.write_only {
            let top = field.split(['.', '[']).next().unwrap();
            let safe = SAFE.iter().any(|(resource, it, _)| *resource == row.resource && *it == top);
            let scalar = !field.contains(['.', '[']) && is_scalar(kind, field);
            if !safe && !scalar && !is_guarded(kind, field) {
                unguarded.push(format!("{} {field}", row.resource));
            }
            checked += 1;
        }
    }
    assert!(unguarded.is_empty(), "{unguarded:?}");
    assert!(checked > 40, "{checked}");
}
