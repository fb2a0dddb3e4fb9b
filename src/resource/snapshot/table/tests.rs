use std::collections::BTreeSet;

use super::*;

fn is_operation(path: &str) -> bool {
    catalog::find(Method::Get, path).is_some_and(|found| found.operation.path == path)
}

#[test]
fn every_read_is_an_operation_of_the_catalog() {
    let mut names = BTreeSet::new();
    for entry in all() {
        assert!(names.insert(entry.name), "{} is there twice", entry.name);
        for path in entry.reads() {
            assert!(is_operation(path), "{}: GET {path}", entry.name);
        }
        if let Some(detail) = entry.detail {
            let fills = catalog::placeholders(detail.path).count();
            assert_eq!(fills, detail.fill.len(), "{}", entry.name);
        }
        for below in entry.below {
            let fills = catalog::placeholders(below.path).count();
            assert_eq!(fills, below.fill.len() + 1, "{} {}", entry.name, below.field);
        }
    }
}

#[test]
fn references_lead_to_kinds_of_the_table() {
    for entry in all() {
        for target in entry.refers_to() {
            let (kind, field) = target.split_once('.').unwrap_or((target, ""));
            let target = find(kind).unwrap_or_else(|| panic!("{}: {kind}", entry.name));
            assert!(field.is_empty() || target.below.iter().any(|it| it.field == field));
            assert!(target.kind().is_some(), "{}: {kind} has no names", entry.name);
        }
        for (_, target) in entry.refs {
            if let Target::Row(field) = target {
                assert!(entry.below.iter().any(|it| it.field == *field), "{}", entry.name);
            }
        }
    }
}

#[test]
fn keys_are_not_left_out() {
    for entry in all() {
        let dropped: Vec<_> = entry.dropped().collect();
        for key in entry.key {
            assert!(!dropped.iter().any(|it| it == key), "{}: {key}", entry.name);
        }
        for keep in entry.keep {
            let kind = entry.kind().unwrap();
            assert!(kind.read_only.contains(keep), "{}: {keep}", entry.name);
        }
    }
}

/// Every kind is either configuration or known to be something else.
#[test]
fn every_kind_is_exported_or_left_out_on_purpose() {
    // People and what belongs to them, state of the server, and keys.
    const NOT_CONFIGURATION: [&str; 13] = [
        "users",
        "groups",
        "sessions",
        "refresh-tokens",
        "device-credentials",
        "grants",
        "guardian-enrollments",
        "jobs",
        // A field of the custom domains.
        "default-custom-domain",
        "user-blocks",
        "signing-keys",
        "encryption-keys",
        "custom-signing-keys",
    ];
    for kind in kinds::all() {
        let exported = find(kind.name).is_some();
        assert_ne!(exported, NOT_CONFIGURATION.contains(&kind.name), "{}", kind.name);
    }
}

#[test]
fn only_scopes_that_read_are_needed() {
    let scopes = scopes();
    assert!(scopes.iter().all(|scope| scope.starts_with("read:")), "{scopes:?}");
    assert!(scopes.contains(&"read:connections_options") && scopes.contains(&"read:clients"));
    assert!(!scopes.contains(&"read:client_keys"), "secrets are not asked for");
}

/// A list is sorted by the text of its items, so the lists inside them must be sorted first.
#[test]
fn inner_sets_come_before_the_sets_that_hold_them() {
    for entry in all() {
        for (at, outer) in entry.sets.iter().enumerate() {
            let inside = |inner: &&&str| inner.starts_with(&format!("{outer}."));
            let late = entry.sets.iter().skip(at).find(inside);
            assert_eq!(late, None, "{}: {outer}", entry.name);
        }
    }
}

#[test]
fn an_entry_has_the_path_and_id_of_its_kind_unless_it_has_its_own() {
    let mut own = 0;
    for entry in all() {
        let kind = entry.kind();
        let path = match entry.path {
            "" => kind.map_or("", |kind| kind.path),
            path => {
                own += usize::from(kind.is_some_and(|kind| kind.path != path));
                path
            }
        };
        assert_eq!(entry.path(), path, "{}", entry.name);
        assert_eq!(entry.id(), kind.map_or("id", |kind| kind.id), "{}", entry.name);
        assert_eq!(entry.is_singleton(), entry.key.is_empty(), "{}", entry.name);
    }
    assert!(own > 0, "no entry overrides the path of its kind");
}
