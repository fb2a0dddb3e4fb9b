use serde_json::json;

use super::super::table;
use super::*;

fn snapshot(kinds: &[(&str, Value)]) -> Snapshot {
    let kinds = kinds.iter().map(|(name, values)| {
        let entry = table::find(name).unwrap();
        let values = values.as_array().unwrap().clone();
        KindSnapshot { entry, resources: keyed(entry, values) }
    });
    Snapshot { tenant: "t".into(), kinds: kinds.collect(), unread: Vec::new() }
}

/// One line for each difference.
fn lines(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    for KindComparison { entry, resources } in &comparison.kinds {
        for ResourceChange { key, difference, .. } in resources {
            let name = format!("{} {}", entry.name, key.join(","));
            match difference {
                Difference::Added(_) => lines.push(format!("+ {name}")),
                Difference::Removed(_) => lines.push(format!("- {name}")),
                Difference::Changed(fields) => {
                    let fields = fields.iter().map(|it| it.line().text).collect::<Vec<_>>();
                    lines.push(format!("~ {name}: {}", fields.join("; ")));
                }
            }
        }
    }
    lines
}

#[test]
fn what_b_lacks_has_beside_and_has_different() {
    let a = snapshot(&[
        (
            "clients",
            json!([{"name": "same", "x": 1}, {"name": "old", "x": [1]}, {"name": "c", "x": 1}]),
        ),
        ("branding", json!([{"logo_url": "a"}])),
    ]);
    let b = snapshot(&[
        (
            "clients",
            json!([{"name": "same", "x": 1}, {"name": "new", "x": [2]}, {"name": "c", "x": 2}]),
        ),
        ("branding", json!([])),
    ]);
    let comparison = compare(a, b, &[]);
    assert_eq!(
        lines(&comparison),
        ["~ clients c: x: 1 → 2", "+ clients new", "- clients old", "- branding "]
    );
    assert_eq!(comparison.counts(), (1, 2, 1));
}

#[test]
fn a_renamed_resource_is_one_change_wherever_it_is_referred_to() {
    // As an export has them.
    let sorted = |client: &str| json!(BTreeSet::from([client, "m"]));
    let tenant = |client: &str, grants: &str| {
        snapshot(&[
            (
                "clients",
                json!([
                    {"name": client, "callbacks": ["x"]},
                    {"name": "other", "allowed_clients": sorted(client)},
                ]),
            ),
            ("client-grants", json!([{"client_id": client, "audience": grants, "scope": ["a"]}])),
            ("connections", json!([{"strategy": "s", "name": "n", "clients": sorted(client)}])),
        ])
    };
    let comparison = compare(tenant("before", "api"), tenant("zulu", "api"), &[]);
    assert_eq!(lines(&comparison), ["~ clients before: name: \"before\" → \"zulu\""]);
    assert_eq!(comparison.kinds[0].resources[0].renamed_to, Some(vec!["zulu".to_owned()]));
    // With another difference it may as well be another client.
    let mut other = tenant("zulu", "api");
    other.kinds[0].resources[1].value["callbacks"] = json!(["y"]);
    assert!(
        lines(&compare(tenant("before", "api"), other, &[]))
            .contains(&"- clients before".to_owned())
    );
}

#[test]
fn which_of_several_equal_ones_was_renamed_is_not_guessed() {
    let a = snapshot(&[("roles", json!([{"name": "a"}, {"name": "b"}]))]);
    let b = snapshot(&[("roles", json!([{"name": "c"}, {"name": "d"}]))]);
    assert_eq!(lines(&compare(a, b, &[])), ["- roles a", "- roles b", "+ roles c", "+ roles d"]);
}

#[test]
fn what_one_side_could_not_read_is_not_compared() {
    let unread = |kind: &str, part: Option<&str>| Unread {
        kind: kind.into(),
        part: part.map(str::to_owned),
        scopes: Vec::new(),
        reason: String::new(),
    };
    let mut a = snapshot(&[("organizations", json!([{"name": "o", "clients": ["x"], "y": 1}]))]);
    a.unread = vec![unread("organizations", Some("clients")), unread("roles", None)];
    let b = snapshot(&[
        ("organizations", json!([{"name": "o", "clients": ["z"], "y": 1}])),
        ("roles", json!([{"name": "r"}])),
    ]);
    let comparison = compare(a, b, &[]);
    assert_eq!(lines(&comparison), [""; 0]);
    assert!(comparison.is_incomplete());
    assert!(comparison.left_out.is_empty(), "{:?}", comparison.left_out);
}

/// A folder can still have the files of an earlier export that could read the kind.
#[test]
fn files_of_a_kind_that_could_not_be_read_are_not_compared() {
    let unread =
        Unread { kind: "roles".into(), part: None, scopes: Vec::new(), reason: String::new() };
    let roles =
        |name: &str| snapshot(&[("roles", json!([{"name": name}])), ("branding", json!([]))]);
    for (is_a, is_b) in [(true, false), (false, true), (true, true)] {
        let (mut a, mut b) = (roles("a"), roles("b"));
        a.unread.extend(is_a.then(|| unread.clone()));
        b.unread.extend(is_b.then(|| unread.clone()));
        assert_eq!(lines(&compare(a, b, &[])), [""; 0], "{is_a} {is_b}");
    }
}

#[test]
fn a_kind_that_one_side_was_exported_without_is_said() {
    let a = snapshot(&[("roles", json!([{"name": "r"}])), ("branding", json!([]))]);
    let b = snapshot(&[("branding", json!([]))]);
    let comparison = compare(a, b, &[]);
    assert_eq!(comparison.left_out, ["roles"]);
    assert!(comparison.kinds.is_empty() && !comparison.is_incomplete());
}

#[test]
fn ignored_fields_are_not_compared() {
    let a = snapshot(&[("roles", json!([{"name": "r", "tags": 1, "d": {"e": [{"f": 1}]}}]))]);
    let b = snapshot(&[("roles", json!([{"name": "r", "tags": 2, "d": {"e": [{"f": 2}]}}]))]);
    let ignored = |paths: &[&str]| {
        let ignored: Vec<_> = paths.iter().map(|it| Ignored::parse(it).unwrap()).collect();
        lines(&compare(a.clone(), b.clone(), &ignored)).len()
    };
    assert_eq!(ignored(&["roles.tags", "*.d.e.f"]), 0);
    assert_eq!(ignored(&["clients.tags", "*.d.e.f"]), 1);
    for wrong in ["tags", "no-such-kind.tags", "roles.", ""] {
        assert!(Ignored::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_name_that_is_not_compared_can_change() {
    let side = |name: &str, callbacks: &str| {
        snapshot(&[
            ("clients", json!([{"name": name, "callbacks": [callbacks]}])),
            ("client-grants", json!([{"client_id": name, "audience": "a", "scope": []}])),
        ])
    };
    let ignored = |paths: &[&str]| -> Vec<Ignored> {
        paths.iter().map(|path| Ignored::parse(path).unwrap()).collect()
    };
    let (a, b) = (side("old", "x"), side("new", "x"));
    for paths in [&["clients.name"][..], &["*.name"], &["clients.name", "clients.callbacks"]] {
        let comparison = compare(a.clone(), b.clone(), &ignored(paths));
        assert_eq!(comparison.counts(), (0, 0, 0), "{paths:?}: {:?}", lines(&comparison));
    }
    assert_eq!(compare(a.clone(), b, &[]).counts(), (0, 0, 1));
    let c = side("new", "y");
    let comparison = compare(a, c, &ignored(&["clients.name", "clients.callbacks"]));
    assert_eq!(comparison.counts(), (0, 0, 0), "{:?}", lines(&comparison));
}

#[test]
fn a_reference_that_is_the_same_on_both_sides_is_not_renamed() {
    let grant = json!([{"client_id": "old", "audience": "a", "scope": []}]);
    let side = |name: &str| {
        snapshot(&[("clients", json!([{"name": name, "x": 1}])), ("client-grants", grant.clone())])
    };
    let comparison = compare(side("old"), side("new"), &[]);
    assert_eq!(comparison.counts(), (0, 0, 1), "{:?}", lines(&comparison));
}
