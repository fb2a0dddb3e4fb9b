use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::verbs::operation;
use super::*;
use crate::management::catalog::{self, Method, Operation};
use crate::management::change::Object;
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

#[test]
fn the_form_of_an_id_has_limits() {
    let con = |length| format!("con_{}", "a".repeat(length));
    for (length, is_id) in [(7, false), (8, true), (64, true), (65, false)] {
        assert_eq!(CONNECTIONS.is_id(&con(length)), is_id, "{length}");
        assert_eq!(CONNECTIONS.may_be_id(&con(length)), is_id, "{length}");
    }
    let client = |length| "a".repeat(length);
    for (length, is_id, may_be) in [
        (19, false, false),
        (20, false, true),
        (31, false, true),
        (32, true, true),
        (33, false, true),
    ] {
        assert_eq!(CLIENTS.is_id(&client(length)), is_id, "{length}");
        assert_eq!(CLIENTS.may_be_id(&client(length)), may_be, "{length}");
    }
    for text in ["|x", "auth0|", "|"] {
        assert!(!USERS.is_id(text), "{text}");
    }
    for text in [
        "910b1053-577f-4d81-a8c8-020e7319a38",
        "910b1053-577f-4d81-a8c8-020e7319a38g",
        "910b1053577f4d81a8c8020e7319a38a0000",
        "910b1053-577f4-d81-a8c8-020e7319a38a",
    ] {
        assert!(!ACTIONS.is_id(text), "{text}");
    }
    let by = |form: fn(&IdForm) -> bool| all().find(|kind| form(&kind.id_form)).unwrap();
    let two = by(|form| matches!(form, IdForm::Two(_)));
    for (text, is_id) in [("a:b", true), (":b", false), ("a:", false), ("ab", false)] {
        assert_eq!(two.is_id(text), is_id, "{text}");
    }
    let unknown = by(|form| *form == IdForm::Unknown);
    for (text, may_be) in [("x", true), ("...", true), ("", false), (".", false), ("..", false)] {
        assert_eq!((unknown.is_id(text), unknown.may_be_id(text)), (false, may_be), "{text}");
    }
    let fixed = by(|form| matches!(form, IdForm::Fixed(_)));
    let IdForm::Fixed(names) = fixed.id_form else { unreachable!() };
    assert!(fixed.is_id(names[0]) && !fixed.is_id("other"));
}

#[test]
fn an_id_fills_the_path_of_one_resource() {
    assert_eq!(USERS.path_of("auth0|1").unwrap(), "/users/auth0%7C1");
    assert!(USERS.path_of("..").is_err() && USERS.path_of("").is_err());
    for kind in all() {
        let path = kind.path_of("a:b");
        let id = match kind.id_form {
            IdForm::None => "",
            IdForm::Two(_) => "/a/",
            _ => "/a%3Ab",
        };
        assert!(path.unwrap().contains(id), "{}", kind.name);
        if let IdForm::Two(_) = kind.id_form {
            assert!(kind.path_of("ab").is_err(), "{}", kind.name);
        }
    }
}

#[test]
fn verbs_are_the_methods_of_the_catalog() {
    for kind in all() {
        let has = |method, path| operation(method, path).is_some();
        let name = kind.name;
        let is_singleton = kind.id_form == IdForm::None;
        assert_eq!(kind.is_singleton(), is_singleton, "{name}");
        let lists = !is_singleton && kind.path != kind.item && has(Method::Get, kind.path);
        assert_eq!(kind.list().is_some(), lists, "{name}");
        let update = kind.update().map(|update| update.method);
        let patch = has(Method::Patch, kind.item).then_some(Method::Patch);
        assert_eq!(update, patch.or(has(Method::Put, kind.item).then_some(Method::Put)), "{name}");
        let created = kind.create().map(|create| create.method);
        if created == Some(Method::Put) {
            assert!(kind.is_created_by_name(), "{name}");
        }
        let deleted = kind.delete().map(|delete| (delete.method, delete.path));
        assert!(deleted.is_none_or(|it| it == (Method::Delete, kind.item)), "{name}");
    }
    // Only acts that cannot be undone are confirmed.
    let asks = all().flat_map(|kind| kind.acts.iter().filter(|act| act.asks).map(|act| act.verb));
    let other = all().flat_map(|kind| kind.acts).filter(|act| !act.asks).count();
    assert!(asks.count() > 0 && other > 0);
    assert!(!Act::post("deploy", "deployed", "", "/x").asks);
}

#[test]
fn names_are_checked_against_documented_values() {
    let two = all().find(|kind| matches!(kind.id_form, IdForm::Two(_))).unwrap();
    let values = |index: usize| {
        let placeholder = catalog::placeholders(two.item).nth(index).unwrap();
        schema::path_values(two.item, placeholder).and_then(|values| values.values().next())
    };
    let (Some(first), Some(second)) = (values(0), values(1)) else {
        panic!("{} has undocumented values", two.item)
    };
    assert!(two.check_name(&format!("{first}:{second}")).is_ok());
    let hint = |name: &str| two.check_name(name).unwrap_err().hint_text().unwrap().to_owned();
    assert!(hint(&format!("{second}:{first}")).contains(&format!("{first}:{second}")));
    assert!(hint(first).contains("is named"), "{}", hint(first));
    assert!(hint(&format!("{first}:nonsense")).starts_with("did you mean"));
    assert!(CLIENTS.check_name("anything").is_ok());
}

#[test]
fn a_bare_array_is_sent_without_its_field() {
    let kind = all().find(|kind| !kind.bare.is_empty()).unwrap();
    let fields = |value| Object::from_iter([(kind.bare.to_owned(), value)]);
    assert_eq!(kind.sent(fields(json!([1]))), json!([1]));
    assert_eq!(kind.sent(Object::new()), json!([]));
    assert_eq!(CLIENTS.sent(fields(json!([1]))), Value::Object(fields(json!([1]))));
    let body = kind.update().and_then(|update| kind.body(&update)).unwrap();
    assert_eq!(body.names(), [kind.bare]);
}
