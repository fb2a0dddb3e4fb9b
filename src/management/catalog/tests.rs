use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::base::test_random::Random;

#[test]
fn the_table_is_in_the_form_its_generator_writes() {
    let made = generate::table(TABLE, None).unwrap();
    assert!(made == TABLE, "run: cargo run --example generate-catalog (its heading says how)");
    // A malformed line would be skipped without an error.
    assert_eq!(operations().count(), TABLE.lines().count() - 1);
}

#[test]
fn the_counts_are_those_of_the_api() {
    let count = |keep: &dyn Fn(&Operation) -> bool| operations().filter(keep).count();
    assert_eq!(operations().count(), 489);
    let paths: BTreeSet<&str> = operations().map(|operation| operation.path).collect();
    assert_eq!(paths.len(), 263);
    let methods = Method::ALL.map(|method| count(&|operation| operation.method == method));
    assert_eq!(methods, [209, 102, 29, 70, 79]);

    let lists =
        |paging| count(&|operation| operation.method == Method::Get && operation.paging == paging);
    assert_eq!(lists(Paging::Both), 10);
    assert_eq!(lists(Paging::Checkpoint), 41);
    assert_eq!(lists(Paging::Offset), 25);
    assert_eq!(lists(Paging::OffsetWrapped), 6);
    assert_eq!([Paging::Logs, Paging::Events, Paging::Stats].map(lists), [1, 1, 1]);
    assert_eq!(lists(Paging::None), 124);
    assert_eq!(count(&|it| it.method != Method::Get && it.paging != Paging::None), 0);

    let lifecycles = [
        Lifecycle::GenerallyAvailable,
        Lifecycle::EarlyAccess,
        Lifecycle::Beta,
        Lifecycle::Unlabelled,
    ];
    let lifecycles = lifecycles.map(|lifecycle| count(&|it| it.lifecycle == lifecycle));
    assert_eq!(lifecycles, [386, 52, 25, 26]);
}

#[test]
fn every_operation_has_consistent_facts() {
    let plain = |text: &str, further: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || further.contains(c))
    };
    for operation in operations() {
        let Operation { path, paging, items, page_max, .. } = operation;
        assert!(path.starts_with('/') && !path.ends_with('/') && plain(path, "/-_{}"), "{path}");
        for scope in operation.scopes() {
            let (verb, thing) = scope.split_once(':').unwrap();
            assert!(matches!(verb, "read" | "create" | "update" | "delete"), "{scope}");
            assert!(plain(thing, "_"), "{scope}");
        }
        assert!(operation.scopes().next().is_some(), "{path}");
        assert_eq!(paging.is_paged(), (1..=1000).contains(&page_max), "{path}");
        assert!(!paging.is_paged() || items != Items::Unknown, "{path}");
        let query: BTreeMap<_, _> = operation.query().map(|param| (param.name, param)).collect();
        assert_eq!(query.len(), operation.query().count(), "{path}");
        assert!(query.keys().all(|name| plain(name, "_")), "{path}");
        let has = |names: &[&str]| names.iter().all(|name| query.contains_key(name));
        match paging {
            Paging::Checkpoint => assert!(has(&["from", "take"]), "{path}"),
            Paging::Offset => assert!(has(&["page", "per_page", "include_totals"]), "{path}"),
            Paging::OffsetWrapped => assert!(has(&["page", "per_page"]), "{path}"),
            Paging::Both | Paging::Logs => {
                assert!(has(&["from", "take", "page", "per_page", "include_totals"]), "{path}");
            }
            Paging::Events => assert!(has(&["from"]) && !has(&["take"]), "{path}"),
            Paging::Stats => assert!(has(&["from", "to"]), "{path}"),
            Paging::None => assert!(!has(&["page"]) && !has(&["take"]), "{path}"),
        }
        assert!(operation.method != Method::Get || operation.body == BodyKind::None, "{path}");
    }
}

#[test]
fn irregular_operations_are_known() {
    let get = |path| find(Method::Get, path).unwrap().operation;
    let sizes = [
        ("/connection-profiles", 10),
        ("/experimentation/experiments", 50),
        ("/experimentation/feature-flags", 50),
        ("/experimentation/segments", 50),
        ("/users/u/connected-accounts", 20),
        ("/connections/c/clients", 1000),
        ("/clients", 100),
    ];
    for (path, size) in sizes {
        assert_eq!(get(path).page_max, size, "{path}");
    }
    for path in ["/users", "/device-credentials", "/logs"] {
        assert_eq!(get(path).window, Some(1000), "{path}");
    }
    assert_eq!(operations().filter(|operation| operation.window.is_some()).count(), 3);
    assert_eq!(get("/event-streams").items, Items::Key("eventStreams"));
    assert_eq!(get("/users/u/authentication-methods").items.key(), Some("authenticators"));
    assert_eq!(get("/event-streams/e/deliveries").items, Items::Bare);
    let multipart: Vec<_> = operations().filter(|it| it.body == BodyKind::Multipart).collect();
    assert_eq!(multipart.len(), 1);
    assert_eq!((multipart[0].method, multipart[0].path), (Method::Post, "/jobs/users-imports"));
    let required: Vec<_> = get("/user-blocks").query().filter(|param| param.required).collect();
    assert_eq!(required.len(), 1);
    assert_eq!((required[0].name, required[0].kind), ("identifier", ParamKind::Text));
    let strategy = get("/connections").query().find(|param| param.name == "strategy").unwrap();
    assert_eq!(strategy.kind, ParamKind::List);
}

/// A segment like an ID, with encoded characters. It never equals a literal of the table.
fn segment(random: &mut Random) -> String {
    const CHARACTERS: [&str; 8] = ["a", "Z", "7", "%7C", "_", "-", ".", "%20"];
    (0..=random.below(12)).map(|_| CHARACTERS[random.below(8)]).collect::<String>() + "~"
}

#[test]
fn every_operation_is_found_by_its_own_path() {
    let mut random = Random::new(469);
    for operation in operations() {
        let mut params = Vec::new();
        let mut path = String::new();
        for part in operation.path[1..].split('/') {
            path.push('/');
            match placeholders(part).next() {
                Some(name) => {
                    let value = segment(&mut random);
                    path.push_str(&value);
                    params.push((name, value));
                }
                None => path.push_str(part),
            }
        }
        for form in [
            path.clone(),
            path[1..].to_owned(),
            format!("/api/v2{path}"),
            format!("api/v2{path}/"),
            format!("{path}?from=a/b&x={{id}}"),
        ] {
            let found = find(operation.method, &form).unwrap_or_else(|| panic!("{form}"));
            assert_eq!(found.operation, operation, "{form}");
            let found: Vec<_> =
                found.params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            assert_eq!(found, params, "{form}");
            assert!(methods_of(&form).contains(&operation.method), "{form}");
        }
        assert_eq!(find(operation.method, operation.path).unwrap().operation, operation);
    }
}

#[test]
fn no_path_fits_two_operations_equally() {
    for a in operations() {
        for b in operations().filter(|b| b.method == a.method && b.path != a.path) {
            // A template filled with the literals of another one is the hardest case.
            let filled: Vec<&str> = a.path[1..]
                .split('/')
                .zip(b.path[1..].split('/'))
                .map(|(a, b)| if placeholders(a).next().is_some() { b } else { a })
                .collect();
            let filled = filled.join("/");
            let (fit_a, fit_b) = (path::fit(a.path, &filled), path::fit(b.path, &filled));
            assert!(fit_a.is_none() || fit_a != fit_b, "{filled}: {} and {}", a.path, b.path);
        }
    }
}

#[test]
fn literals_take_precedence_over_placeholders() {
    let path = |method, path| find(method, path).map(|found| found.operation.path);
    assert_eq!(path(Method::Get, "/clients/search"), Some("/clients/search"));
    assert_eq!(path(Method::Get, "/clients/Search"), Some("/clients/{id}"));
    assert_eq!(path(Method::Patch, "/clients/search"), Some("/clients/{id}"));
    assert_eq!(path(Method::Get, "/custom-domains/default"), Some("/custom-domains/default"));
    assert_eq!(path(Method::Get, "connections/{client_id}"), Some("/connections/{id}"));
    for unknown in
        ["", "/", "//", "/clients//", "//clients", "/client", "/clients/a/b/c/d", "/{id}"]
    {
        for method in Method::ALL {
            assert_eq!(path(method, unknown), None, "{unknown}");
        }
        assert_eq!(methods_of(unknown), []);
    }
}

#[test]
fn methods_are_those_of_the_path() {
    assert_eq!(methods_of("/clients"), [Method::Get, Method::Post]);
    assert_eq!(methods_of("/clients/search"), [Method::Get]);
    assert_eq!(methods_of("clients/abc"), [Method::Get, Method::Patch, Method::Delete]);
    let all = "/connections/c/directory-provisioning/synchronized-groups";
    assert_eq!(methods_of(all), [Method::Get, Method::Post, Method::Put, Method::Delete]);
}

#[test]
fn search_reads_methods_paths_and_scopes() {
    let count = |pattern| search(pattern).count();
    assert_eq!(count(""), 489);
    assert_eq!(count("PaTcH"), 70);
    assert_eq!(count("READ:VDCS_TEMPLATES"), 2);
    assert!(search("get role_members").all(|it| it.method == Method::Get));
    let found: Vec<_> = search("post ROTATE-secret").map(|operation| operation.path).collect();
    assert_eq!(found, ["/clients/{id}/rotate-secret"]);
    assert!(search("triggerid").count() > 0);
    assert_eq!(count("no such thing"), 0);
}

#[test]
fn scopes_are_alternatives_unless_grouped() {
    let missing = |method, path, granted: &[&str]| {
        find(method, path).unwrap().operation.missing_scopes(granted)
    };
    assert_eq!(missing(Method::Get, "/clients", &[]), ["read:clients"]);
    assert_eq!(missing(Method::Get, "/clients", &["read:client"]), ["read:clients"]);
    assert_eq!(missing(Method::Get, "/clients", &["openid", "read:client_keys"]), [""; 0]);
    let rotate = |granted| missing(Method::Post, "/keys/signing/rotate", granted);
    assert_eq!(rotate(&[]), ["create:signing_keys", "update:signing_keys"]);
    assert_eq!(rotate(&["create:signing_keys"]), ["update:signing_keys"]);
    assert_eq!(rotate(&["update:signing_keys", "create:signing_keys"]), [""; 0]);
    let used = |granted| missing(Method::Get, "/clients/c/connections", granted);
    assert_eq!(used(&["read:client_summary"]), ["read:connections"]);
    assert_eq!(used(&["read:connections"]), ["read:clients"]);
    assert_eq!(used(&["read:connections", "read:client_summary"]), [""; 0]);
    for operation in operations() {
        let all: Vec<_> = operation.scopes().collect();
        assert_eq!(operation.missing_scopes(&all), [""; 0], "{}", operation.path);
        assert_eq!(operation.missing_scopes::<&str>(&[]).len(), operation.scope_groups().count());
    }
}

#[test]
fn a_newer_table_needs_six_columns_and_may_have_a_document() {
    let rest: String = TABLE
        .lines()
        .skip(1)
        .map(|line| line.split('\t').take(6).collect::<Vec<_>>().join("\t") + "\n")
        .collect();
    let six = format!(
        "method\tpath\tlifecycle\tscopes\tpagination\titems_key\n{rest}GET\t/new/{{id}}\tEA\tread:new\tcheckpoint(inferred)\tnews?\n"
    );
    let bare = generate::table(&six, None).unwrap();
    let new =
        |table: &str| table.lines().find(|line| line.contains("/new/")).map(str::to_owned).unwrap();
    let from_take = "GET\t/new/{id}\tEA\tread:new\tcheckpoint\tnews\t100\t-\tfrom take:integer\t-";
    assert_eq!(new(&bare), from_take);

    let document = serde_json::json!({
        "paths": {"/new/{id}": {"get": {
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                {"$ref": "#/components/parameters/take"},
                {"name": "kind", "in": "query", "required": true, "schema": {"type": "array"}},
            ],
            "requestBody": {"content": {"multipart/form-data": {}}},
        }}},
        "components": {
            "parameters": {"take": {"name": "take", "in": "query", "schema": {"$ref": "#/components/schemas/size"}}},
            "schemas": {"size": {"type": "integer", "maximum": 30}},
        },
    });
    let documented = generate::table(&six, Some(&document)).unwrap();
    let expected = "GET\t/new/{id}\tEA\tread:new\tcheckpoint\tnews\t30\t-\ttake:integer kind!:array\tmultipart";
    assert_eq!(new(&documented), expected);

    for broken in [
        "x\nGET\t/a\tGA\tread:a\tnone".to_owned(),
        "x\nFETCH\t/a\tGA\tread:a\tnone\t".to_owned(),
        "x\nGET\ta\tGA\tread:a\tnone\t".to_owned(),
        "x\nGET\t/a\told\tread:a\tnone\t".to_owned(),
        "x\nGET\t/a\tGA\tread:a\tspiral\t".to_owned(),
        "x\nGET\t/a\tGA\tread:a\tnone\t".to_owned(),
        format!("{six}GET\t/new/{{id}}\tEA\tread:new\tnone\t\n"),
    ] {
        assert!(generate::table(&broken, None).is_err(), "{broken}");
    }
}
