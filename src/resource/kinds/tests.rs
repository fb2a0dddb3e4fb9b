use std::collections::BTreeSet;

use super::verbs::operation;
use super::*;
use crate::management::catalog::{Method, Operation};
use crate::management::schema;

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut names = BTreeSet::new();
    for kind in all() {
        assert!(names.insert(kind.name), "{} twice", kind.name);
        assert!(kind.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", kind.name);
        assert!(std::ptr::eq(find(kind.name).unwrap(), kind));
        let mut members = BTreeSet::new();
        assert!(kind.members.iter().all(|it| members.insert(it.name)), "{}", kind.name);
    }
    assert_eq!(find("apps").unwrap().name, "clients");
    assert!(find("no-such-kind").is_none());
}

#[test]
fn every_path_is_an_operation_of_the_catalog() {
    for kind in all() {
        let does = [kind.list(), kind.show(), kind.create(), kind.update(), kind.delete()];
        assert!(does.iter().any(Option::is_some), "{} can do nothing", kind.name);
        for members in kind.members {
            let list = operation(Method::Get, members.path);
            assert!(list.is_some(), "{} {}: {}", kind.name, members.name, members.path);
            for write in [members.add, members.remove].into_iter().flatten() {
                let found = operation(write.method, write.path);
                assert!(found.is_some(), "{} {}: {}", kind.name, members.name, write.path);
            }
        }
    }
}

#[test]
fn fields_are_those_of_the_bodies() {
    for kind in all() {
        let (create, update) = (kind.create(), kind.update());
        let fields = |operation: &Option<Operation>| -> Option<BTreeSet<&str>> {
            let operation = operation.as_ref()?;
            let body = schema::body(operation.method.as_str(), operation.path)?;
            Some(body.fields().iter().map(|field| field.name).collect())
        };
        let takes = |operation: &Option<Operation>, path: &str| {
            let operation = operation.as_ref()?;
            let body = schema::body(operation.method.as_str(), operation.path)?;
            Some(body.at(path.split('.')).is_some())
        };
        for field in kind.fixed {
            let created = takes(&create, field).unwrap_or(true);
            assert!(created, "{}: {field} is not in the body that creates one", kind.name);
            let changed = takes(&update, field).unwrap_or(false);
            assert!(!changed, "{}: {field} can be changed", kind.name);
        }
        let update = fields(&update);
        for field in kind.read_only {
            let changed = update.as_ref().is_some_and(|update| update.contains(field));
            assert!(!changed, "{}: {field} can be changed", kind.name);
        }
        let tops = kind
            .write_only
            .iter()
            .map(|path| path.split(['.', '[', '(']).next().unwrap_or_default());
        for field in tops.chain(kind.sent_back.iter().chain(kind.merged).copied()) {
            let known = update.as_ref().is_some_and(|update| update.contains(&field));
            assert!(known, "{}: {field} is not in the body that changes one", kind.name);
        }
    }
}

#[test]
fn ids_are_told_from_names() {
    assert!(CLIENTS.is_id("abcdefghijklmnopqrstuvwxyzABCDEF"));
    assert!(CLIENTS.may_be_id("tpc_0123456789abcdefghij"));
    assert!(!CLIENTS.is_id("tpc_0123456789abcdefghij"));
    for name in ["My App", "spa", "..", "an application with spaces in it"] {
        assert!(!CLIENTS.may_be_id(name), "{name}");
    }
    assert!(CONNECTIONS.is_id("con_0123456789abcdef"));
    for name in ["con_", "con_/..", "google-oauth2", "..", "con_a b"] {
        assert!(!CONNECTIONS.may_be_id(name), "{name}");
    }
    assert!(USERS.is_id("auth0|507f1f77bcf86cd799439020") && !USERS.is_id("jane@example.com"));
    assert!(ACTIONS.is_id("910b1053-577f-4d81-a8c8-020e7319a38a"));
    assert!(!ACTIONS.is_id("910b1053-577f-4d81-a8c8"));
}
