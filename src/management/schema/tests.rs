use serde_json::{Value, json};

use super::check::ProblemKind;
use super::*;
use crate::management::catalog::{self, BodyKind};

fn clients() -> Schema {
    body("POST", "/clients").unwrap()
}

/// The problems that `check` finds in a body, as `path: words`.
fn problems(schema: Schema, value: &Value) -> Vec<String> {
    check(schema, value, true)
        .iter()
        .map(|problem| format!("{}: {}", problem.path, problem.kind.words()))
        .collect()
}

#[test]
fn every_json_body_of_the_catalog_has_a_schema() {
    let mut with = 0;
    for operation in catalog::operations().filter(|operation| operation.body == BodyKind::Json) {
        if let Some(schema) = body(operation.method.as_str(), operation.path) {
            with += 1;
            walk(schema, 0);
        }
    }
    assert_eq!(with, 195);
}

/// Reads everything below a schema: an entry that is missing would read as [`Type::Any`].
fn walk(schema: Schema, depth: usize) {
    let text = format!("{schema:?}");
    let text = text.trim_start_matches('~');
    assert!(text.starts_with('?') || schema.kind() != Type::Any, "{text} leads nowhere");
    if depth > 12 {
        return;
    }
    match schema.kind() {
        Type::Array(of) | Type::Map(of) => walk(of, depth + 1),
        Type::Object(object) => object.fields().for_each(|field| walk(field.schema, depth + 1)),
        Type::Union(union) => union.variants().for_each(|(_, of)| walk(of, depth + 1)),
        Type::Enum(values) => assert!(values.values().any(|value| !value.is_empty())),
        _ => {}
    }
}

#[test]
fn fields_have_types_bounds_and_formats() {
    let fields = clients().fields();
    let field = |name: &str| *fields.iter().find(|field| field.name == name).unwrap();
    assert!(field("name").required && field("name").schema.kind() == Type::Text);
    assert_eq!(field("description").most(), Some(140.0));
    assert!(!field("description").required);
    assert_eq!(field("logo_uri").format(), Some("absolute-uri-or-empty"));
    assert_eq!(field("callbacks").schema.words(), "array of string");
    let Type::Enum(values) = field("app_type").schema.kind() else { panic!() };
    assert!(values.values().any(|value| value == "regular_web"));
    let rotation = clients().at(["refresh_token", "rotation_type"]).unwrap();
    assert_eq!(rotation.words(), "rotating|non-rotating");
}

#[test]
fn typed_text_is_converted_to_the_type_in_the_schema() {
    let read = |path: &[&str], text: &str| clients().at(path.iter().copied())?.read(text);
    assert_eq!(read(&["client_metadata", "tier"], "1"), Some(json!("1")));
    assert_eq!(read(&["client_metadata", "tier"], "null"), Some(Value::Null));
    assert_eq!(read(&["jwt_configuration", "lifetime_in_seconds"], "36000"), Some(json!(36000)));
    assert_eq!(read(&["jwt_configuration", "lifetime_in_seconds"], "long"), None);
    assert_eq!(read(&["is_first_party"], "true"), Some(json!(true)));
    assert_eq!(read(&["name"], "true"), Some(json!("true")));
    assert_eq!(
        read(&["callbacks"], r#"["https://a.example"]"#),
        Some(json!(["https://a.example"]))
    );
    assert_eq!(read(&["nmae"], "x"), None);
}

#[test]
fn unknown_names_come_with_a_suggestion() {
    assert_eq!(problems(clients(), &json!({"name": "App", "app_type": "spa"})), [""; 0]);
    assert_eq!(
        problems(
            clients(),
            &json!({"nmae": "x", "app_type": "spaa", "callbacks": "a", "is_first_party": 1})
        ),
        [
            "nmae: is not a documented field; did you mean name?",
            "app_type: is not a documented value; did you mean spa?",
            "callbacks: must be an array of string",
            "is_first_party: must be a boolean",
            "name: is required",
        ]
    );
    let nested = json!({"name": "x", "refresh_token": {"rotation_type": "rotating", "leway": 0}});
    let found = problems(clients(), &nested);
    assert!(
        found.contains(
            &"refresh_token.leway: is not a documented field; did you mean leeway?".into()
        ),
        "{found:?}"
    );
    let long = json!({"name": "x", "description": "d".repeat(141)});
    assert_eq!(problems(clients(), &long), ["description: must be at most 140 characters"]);
}

#[test]
fn a_partial_change_needs_no_required_fields_at_the_top() {
    let patch = body("PATCH", "/clients/{id}").unwrap();
    assert_eq!(check(patch, &json!({"description": "x"}), false), []);
    let unknown = check(clients(), &json!({"description": "x"}), true);
    assert_eq!(unknown[0].kind, ProblemKind::Missing);
}

#[test]
fn a_union_is_checked_by_the_variant_that_it_names() {
    let streams = body("POST", "/log-streams").unwrap();
    let http = json!({"type": "http", "sink": {"httpEndpoint": "https://logs.example/in"}});
    assert_eq!(problems(streams, &http), [""; 0]);
    let wrong = json!({"type": "http", "sink": {"httpEndpoint": 5}});
    assert_eq!(problems(streams, &wrong), ["sink.httpEndpoint: must be a string"]);
}

#[test]
fn the_strategy_of_a_connection_determines_its_options() {
    let names = |strategy| -> Vec<&str> {
        connection_options(strategy).unwrap().fields().iter().map(|field| field.name).collect()
    };
    assert!(names("auth0").contains(&"passwordPolicy"));
    assert!(!names("github").contains(&"passwordPolicy"));
    assert!(connection_options("no-such-strategy").is_none());
}

#[test]
fn a_deep_hostile_body_is_checked_within_limits() {
    let mut deep = json!({});
    for _ in 0..200 {
        deep = json!({"nodes": [deep], "client_metadata": {"a": [[]]}});
    }
    for operation in catalog::operations().filter(|operation| operation.body == BodyKind::Json) {
        if let Some(schema) = body(operation.method.as_str(), operation.path) {
            for value in [&deep, &json!([]), &json!(1), &json!("x"), &Value::Null] {
                assert!(check(schema, value, true).len() < 10_000);
            }
        }
    }
}

/// The OpenAPI document that `tests/data/management-api.json.gz` was made from, as far as the table
/// of bodies needs it.
fn document() -> Value {
    let packed = include_bytes!("../../../tests/data/management-api.json.gz");
    let mut copy: Value =
        serde_json::from_reader(flate2::read::GzDecoder::new(&packed[..])).unwrap();
    let mut paths = serde_json::Map::new();
    for operation in copy["operations"].as_array().unwrap() {
        let parameters = [("path", "placeholders"), ("query", "query")].map(|(place, key)| {
            let schemas = operation[key].as_object().into_iter().flatten();
            schemas
                .map(|(name, schema)| json!({"in": place, "name": name, "schema": schema}))
                .collect::<Vec<_>>()
        });
        let method = operation["method"].as_str().unwrap().to_lowercase();
        let item = paths.entry(operation["path"].as_str().unwrap()).or_insert_with(|| json!({}));
        item[&method] = json!({"parameters": parameters.concat()});
        if !operation["body"].is_null() {
            let content = json!({"application/json": {"schema": operation["body"]}});
            item[&method]["requestBody"] = json!({"content": content});
        }
    }
    json!({"paths": paths, "components": {"schemas": copy["schemas"].take()}})
}

#[test]
fn the_table_is_what_the_generator_makes_of_the_copy() {
    let listed = |method: &str, path: &str| {
        catalog::find(catalog::Method::parse(method).unwrap(), path)
            .is_some_and(|found| found.operation.path == path)
    };
    let made = generate::table(&document(), &listed).unwrap();
    assert!(made == TABLE, "run: cargo run --example generate-catalog (its heading says how)");
}

#[test]
fn every_skeleton_passes_the_check() {
    for operation in catalog::operations().filter(|operation| operation.body == BodyKind::Json) {
        let Some(schema) = body(operation.method.as_str(), operation.path) else { continue };
        let made = skeleton(schema);
        assert_eq!(problems(schema, &made), [""; 0], "{} {made}", operation.path);
    }
    assert_eq!(skeleton(clients()), json!({"name": "name"}));
    let patch = skeleton(body("PATCH", "/roles/{id}").unwrap());
    assert_eq!(patch, json!({"name": "name", "description": "description"}));
}

#[test]
fn options_of_a_connection_are_read_and_checked_by_its_strategy() {
    let plain = RequestBody::of("POST", "/connections").unwrap();
    let database = plain.for_strategy(Some("auth0"));
    let body = json!({"name": "a", "strategy": "auth0", "options": {"passwordPolicy": "goood"}});
    let found = database.check(&body, true);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].path, "options.passwordPolicy");
    assert_eq!(found[0].kind, ProblemKind::UnknownValue(vec!["good".into()]));
    let samlp = plain.for_strategy(Some("samlp")).at(["options", "signSAMLRequest"]).unwrap();
    assert_eq!(samlp.words(), "boolean");
    // The options of a database are open: the types of other names are not in the table.
    assert_eq!(database.at(["options", "signSAMLRequest"]).unwrap().words(), "any");
    assert_eq!(plain.for_strategy(Some("no-such-strategy")), plain);
    let roles = RequestBody::of("POST", "/roles").unwrap();
    assert_eq!(roles.for_strategy(Some("auth0")), roles);
}

#[test]
fn a_bare_array_is_set_by_a_field_name() {
    let policies = RequestBody::of("PUT", "/guardian/policies").unwrap().named("policies");
    assert_eq!(policies.names(), ["policies"]);
    let words = policies.at(["policies"]).unwrap().items().unwrap().words();
    assert!(words.contains("all-applications"), "{words}");
    let found = policies.check(&json!({"policies": ["never"]}), true);
    assert_eq!(found[0].path, "policies[]");
    assert!(policies.check(&json!({"policies": []}), true).is_empty());
}

#[test]
fn a_null_in_a_map_removes_a_key_and_other_types_are_reported() {
    let metadata = |value: Value| json!({"name": "x", "client_metadata": {"tier": value}});
    assert_eq!(problems(clients(), &metadata(Value::Null)), [""; 0]);
    assert_eq!(problems(clients(), &metadata(json!("gold"))), [""; 0]);
    assert_eq!(
        problems(clients(), &metadata(json!(5))),
        ["client_metadata.tier: must be a string"]
    );
}

#[test]
fn options_without_a_strategy_have_the_schema_of_the_body() {
    let body = RequestBody::of("POST", "/connections").unwrap();
    assert!(body.at(["options"]).is_some());
    assert_ne!(body.at(["options"]), body.for_strategy(Some("auth0")).at(["options"]));
    // Only a connection has options that depend on its strategy.
    let client = RequestBody::of("POST", "/clients").unwrap();
    assert_eq!(client.for_strategy(Some("auth0")), client);
}
