//! The kinds of `auth0-resources` against a table of all resources of the Management API.
//!
//! `tests/data/resources.tsv` has one row for each resource: the operations of its verbs, and the
//! fields that a request can set but no answer shows.

use std::collections::BTreeSet;

use auth0_suite::management::catalog::Operation;
use auth0_suite::resource::kinds;

const TABLE: &str = include_str!("../data/resources.tsv");

/// Operations that no verb of `auth0-resources` makes, each with the command that does or the reason.
const ELSEWHERE: [(&str, &str); 0] = [];

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
        [kind.list(), kind.show(), kind.create(), kind.update(), kind.delete()].map(&mut add);
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
    let mut elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(operation, _)| *operation).collect();
    for row in rows() {
        for (verb, operation) in &row.operations {
            let is_elsewhere = elsewhere.remove(operation);
            if is_elsewhere == made.contains(*operation) {
                missing.push(format!("{} {verb}: {operation}", row.resource));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    assert_eq!(rows().len(), 87);
}
