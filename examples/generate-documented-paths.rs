//! Writes the list of documented fields that the test of redaction reads, from the OpenAPI
//! document of the Management API:
//!
//! ```text
//! cargo run --example generate-documented-paths -- OPENAPI.json > new.txt
//! mv new.txt tests/redaction/documented-paths.txt
//! git diff tests/redaction/documented-paths.txt
//! ```
//!
//! One line has a path of the API (with its list and its single resource together), or, indented,
//! the path of a string or number in its requests and answers. `secret` stands before those that
//! are redacted today: read the difference, and correct `src/redact/table.rs` where it is wrong.

#![expect(clippy::disallowed_methods, reason = "a generator is not a command of the suite")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::ExitCode;

use auth0_suite::management::catalog::{self, Method};
use auth0_suite::output::redact::{REDACTED, Redactor};
use serde_json::{Value, json};

#[path = "../tests/redaction/at_path.rs"]
mod at_path;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path] = arguments.as_slice() else {
        return failed("usage: generate-documented-paths OPENAPI.json > new.txt");
    };
    let document = std::fs::read_to_string(path).map_err(|why| why.to_string());
    let document = document.and_then(|text| {
        serde_json::from_str::<Value>(&text).map_err(|why| format!("{path}: {why}"))
    });
    let listed = match document {
        Ok(document) => list(&document),
        Err(why) => return failed(&why),
    };
    match std::io::stdout().write_all(listed.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => failed(&why.to_string()),
    }
}

fn failed(why: &str) -> ExitCode {
    // Nowhere is left to say that stderr is closed.
    let _ = writeln!(std::io::stderr(), "error: {why}");
    ExitCode::FAILURE
}

fn list(document: &Value) -> String {
    let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let objects = |value: &'_ Value| value.as_object().cloned().unwrap_or_default();
    for (template, item) in document["paths"].as_object().into_iter().flatten() {
        let end = template.rfind("/{").filter(|_| template.ends_with('}'));
        let found = places.entry(&template[..end.unwrap_or(template.len())]).or_default();
        for (method, operation) in objects(item) {
            let method = Method::parse(&method);
            let known = method.and_then(|method| catalog::find(method, template));
            let items = known.and_then(|known| known.operation.items.key());
            let mut walk = Walk { document, refs: Vec::new(), found: BTreeSet::new() };
            walk.contents(&operation["requestBody"]);
            found.extend(std::mem::take(&mut walk.found));
            for (status, answer) in objects(&operation["responses"]) {
                if status.starts_with('2') {
                    walk.contents(&answer);
                }
            }
            found.extend(walk.found.into_iter().map(|path| of_item(&path, items).to_owned()));
        }
    }
    let mut out = String::new();
    for (api, paths) in places {
        out += &format!("{api}\n");
        for path in paths.into_iter().filter(|path| !path.is_empty()) {
            let shown = Redactor::for_path(api).value(&at_path::at_path(&path, &json!("x")));
            let mark = if shown.to_string().contains(REDACTED) { "secret " } else { "" };
            out += &format!(" {mark}{path}\n");
        }
    }
    out
}

/// The path in an item of a list: bare, or in a page under this key.
fn of_item<'p>(path: &'p str, items: Option<&str>) -> &'p str {
    match path.split_once("[]") {
        Some((key, rest)) if key.is_empty() || items == Some(key) => rest.trim_start_matches('.'),
        _ => path,
    }
}

/// Collects the paths of the strings and numbers that schemas describe.
struct Walk<'d> {
    document: &'d Value,
    /// The references that the walk is below, to end at one that is below itself.
    refs: Vec<&'d str>,
    found: BTreeSet<String>,
}

impl<'d> Walk<'d> {
    /// The schemas of a body, one for each content type.
    fn contents(&mut self, body: &Value) {
        let document = self.document;
        let body = body["$ref"].as_str().and_then(|at| document.pointer(&at[1..])).unwrap_or(body);
        for (_, content) in body["content"].as_object().into_iter().flatten() {
            // The pieces below a reference live as long as the document; a copy of the top does not.
            let schema = content["schema"].clone();
            self.inline(&schema, "");
        }
    }

    fn inline(&mut self, schema: &Value, path: &str) {
        if let Some(at) = schema["$ref"].as_str() {
            let Some(at) = at.strip_prefix('#') else { return };
            let Some((at, schema)) = self.refer(at) else { return };
            if self.refs.contains(&at) {
                return;
            }
            self.refs.push(at);
            self.inline(schema, path);
            self.refs.pop();
            return;
        }
        for many in ["allOf", "oneOf", "anyOf"] {
            for part in schema[many].as_array().into_iter().flatten() {
                self.inline(part, path);
            }
        }
        let below =
            |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            self.inline(value, &below(key));
        }
        if schema["items"].is_object() {
            self.inline(&schema["items"], &format!("{path}[]"));
        }
        if schema["additionalProperties"].as_object().is_some_and(|schema| !schema.is_empty()) {
            self.inline(&schema["additionalProperties"], &below("*"));
        }
        let types = &schema["type"];
        let is = |name: &str| {
            types == name || types.as_array().is_some_and(|types| types.iter().any(|it| it == name))
        };
        if ["string", "integer", "number"].iter().any(|name| is(name)) {
            self.found.insert(path.to_owned());
        }
    }

    /// A part of the document, with the text of its address that lives as long.
    fn refer(&self, at: &str) -> Option<(&'d str, &'d Value)> {
        let (folder, name) = at.rsplit_once('/')?;
        let (name, schema) = self.document.pointer(folder)?.as_object()?.get_key_value(name)?;
        Some((name, schema))
    }
}
