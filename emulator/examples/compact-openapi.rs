//! Writes `tests/data/management-api.json.gz`, the table of operations and schemas that the
//! emulator enforces:
//!
//! ```text
//! gunzip -k management-openapi.json.gz
//! cargo run -p auth0-emulator --example compact-openapi -- management-openapi.json data/management-operations.tsv
//! ```
//!
//! The OpenAPI document gives the query parameters, bodies and success codes; the table gives the
//! scopes and the paging. Descriptions, examples and defaults are left out.

#[path = "../../src/management/schema/generate.rs"]
#[expect(dead_code, reason = "only the corrections are needed here")]
mod generate_bodies;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

const OUTPUT: &str = "tests/data/management-api.json.gz";
const BY_STRATEGY: &str = "CreateConnectionRequestContent";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [document, table] => run(document, table),
        _ => Err("usage: compact-openapi OPENAPI.json OPERATIONS.tsv".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(document: &str, table: &str) -> Result<(), String> {
    let read = |path: &str| fs::read_to_string(path).map_err(|why| format!("{path}: {why}"));
    let mut document: Value =
        serde_json::from_str(&read(document)?).map_err(|why| why.to_string())?;
    generate_bodies::correct(&mut document);
    let table = read(table)?;
    let mut operations = Vec::new();
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [method, path, _, scopes, paging, items, most, window, query, ..] = columns.as_slice()
        else {
            return Err(format!("a row has too few columns: {line}"));
        };
        let source = &document["paths"][path][method.to_lowercase()];
        if !source.is_object() {
            return Err(format!("the document has no {method} {path}"));
        }
        let mut row = operation(
            source,
            &document,
            method,
            path,
            &json!({
                // `~` marks inferred scopes. The emulator enforces them too.
                "scopes": scopes.trim_start_matches('~'), "paging": paging, "items": items, "most": most.parse::<u64>().unwrap_or(100),
                "window": window.parse::<u64>().ok(),
            }),
        );
        // Some known parameters are not declared in the document.
        for name in query.split(' ').filter_map(|text| text.split([':', '!']).next()) {
            let known = row["query"].as_object_mut().filter(|_| !["", "-"].contains(&name));
            known.map(|known| known.entry(name).or_insert(json!({"type": "string"})));
        }
        operations.push(row);
    }
    let mut schemas = Map::new();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    references(&json!(operations), &mut wanted);
    // No operation refers to these schemas. They have the options of a connection by strategy.
    let names = document["components"]["schemas"].as_object().into_iter().flat_map(Map::keys);
    wanted.extend(names.filter(|name| name.starts_with(BY_STRATEGY)).cloned());
    while let Some(name) = wanted.pop_first() {
        if !schemas.contains_key(&name) {
            let schema = stripped(&document["components"]["schemas"][&name], false);
            references(&schema, &mut wanted);
            schemas.insert(name, schema);
        }
    }
    schemas.sort_keys();
    let text = json!({"operations": operations, "schemas": schemas}).to_string();
    let path = Path::new(OUTPUT);
    let file = File::create(path).map_err(|why| format!("{OUTPUT}: {why}"))?;
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .map_err(|why| format!("{OUTPUT}: {why}"))?;
    Ok(())
}

/// The row of an operation.
fn operation(source: &Value, document: &Value, method: &str, path: &str, table: &Value) -> Value {
    debug_assert!(METHODS.contains(&method.to_lowercase().as_str()));
    let mut row = json!({"method": method, "path": path});
    for (key, value) in table.as_object().into_iter().flatten() {
        if !value.is_null() {
            row[key] = value.clone();
        }
    }
    let item = &document["paths"][path];
    let mut query = Map::new();
    let mut values = Map::new();
    let parameters = [&item["parameters"], &source["parameters"]];
    for parameter in parameters.iter().filter_map(|list| list.as_array()).flatten() {
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let mut schema = stripped(&parameter["schema"], false);
            if parameter["required"] == true {
                schema["required_parameter"] = json!(true);
            }
            query.insert(name, schema);
        } else if parameter["in"] == "path" {
            let schema = &parameter["schema"];
            let target = schema["$ref"].as_str().and_then(|name| document.pointer(&name[1..]));
            let target = target.unwrap_or(schema);
            if target["enum"].is_array() || target["const"].is_string() {
                let name = parameter["name"].as_str().unwrap_or_default();
                values.insert(name.to_owned(), stripped(schema, false));
            }
        }
    }
    if !values.is_empty() {
        row["placeholders"] = Value::Object(values);
    }
    row["query"] = Value::Object(query);
    let content = &source["requestBody"]["content"];
    if !content["application/json"].is_null() {
        row["body"] = stripped(&content["application/json"]["schema"], false);
    }
    if let Some((status, answer)) = source["responses"].as_object().and_then(|responses| {
        responses.iter().filter(|(status, _)| status.starts_with('2')).min_by_key(|(s, _)| *s)
    }) {
        row["status"] = json!(status.parse::<u16>().unwrap_or(200));
        let schema = &answer["content"]["application/json"]["schema"];
        if !schema.is_null() {
            row["answer"] = stripped(schema, false);
        }
    }
    row
}

/// A schema without its prose. With `names`, keys are names of properties, so none is removed.
fn stripped(schema: &Value, names: bool) -> Value {
    const PROSE: [&str; 11] = [
        "description",
        "summary",
        "example",
        "examples",
        "title",
        "default",
        "deprecated",
        "externalDocs",
        "discriminator",
        "readOnly",
        "writeOnly",
    ];
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, _)| {
                    names || !(PROSE.contains(&key.as_str()) || key.starts_with("x-"))
                })
                .map(|(key, value)| (key.clone(), stripped(value, !names && (key == "properties"))))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(|item| stripped(item, false)).collect(),
        other => other.clone(),
    }
}

/// Collects the names of the schemas that a value refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str) {
                found.extend(name.rsplit('/').next().map(str::to_owned));
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
