//! Checks of bodies and query parameters against the API's schemas.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex_lite::Regex;
use serde_json::{Map, Value, json};

use crate::catalog::{Operation, catalog};

/// Why a value is invalid: the problem, and the property.
#[derive(Debug)]
pub(super) struct Misfit {
    what: String,
    path: String,
}

impl std::fmt::Display for Misfit {
    /// In Auth0's words: `'Expected type string but found type integer' on property name`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "'{}'", self.what),
            path => write!(f, "'{}' on property {path}", self.what),
        }
    }
}

/// Follows `$ref`.
pub(super) fn resolved(mut schema: &Value) -> &Value {
    while let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        schema = catalog().schemas.get(name).unwrap_or(&Value::Null);
    }
    schema
}

/// The key under which a list's answer has its rows: `Some("")` for a bare array.
pub(super) fn rows_key(operation: &Operation) -> Option<String> {
    match operation.items.as_str() {
        "-" if operation.method == "GET" => operation.answer.as_ref().and_then(only_array),
        "-" => None,
        "[]" => Some(String::new()),
        key => Some(key.to_owned()),
    }
}

/// The key of an object's only property, if that is an array.
fn only_array(schema: &Value) -> Option<String> {
    let schema = resolved(schema);
    if schema["type"] == "array" {
        return Some(String::new());
    }
    let properties = schema.get("properties")?.as_object()?;
    let mut properties = properties.iter();
    let (key, value) = properties.next()?;
    (properties.next().is_none() && resolved(value)["type"] == "array").then(|| key.clone())
}

/// Whether an object of this schema may have a property of this name.
pub(super) fn names(schema: &Value, property: &str) -> bool {
    let schema = resolved(schema);
    let choices = ["oneOf", "anyOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
    !schema["properties"][property].is_null() || choices.into_iter().any(|it| names(it, property))
}

/// Whether an object of this schema may have a property of this name, described or not.
pub(super) fn allows(schema: &Value, property: &str) -> bool {
    let schema = resolved(schema);
    let mut choices =
        ["oneOf", "anyOf"].iter().filter_map(|key| schema[*key].as_array()).flatten().peekable();
    match choices.peek() {
        Some(_) => choices.any(|it| allows(it, property)),
        None => names(schema, property) || schema["additionalProperties"] != false,
    }
}

/// The types that a schema allows. Empty if it allows any type.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Checks a value.
///
/// # Errors
/// The first misfit.
pub(super) fn check(schema: &Value, value: &Value) -> Result<(), Misfit> {
    fits(schema, value, "", 0)
}

fn fits(schema: &Value, value: &Value, path: &str, depth: usize) -> Result<(), Misfit> {
    let misfit = |what: String| Err(Misfit { what, path: path.to_owned() });
    let schema = resolved(schema);
    // The schemas of forms are recursive.
    if depth > 60 {
        return Ok(());
    }
    let types = types(schema);
    let found = type_of(value);
    let typed = types.is_empty()
        || types.contains(&found)
        || found == "integer" && types.contains(&"number")
        || value.is_null() && schema["nullable"] == true;
    if !typed {
        return misfit(format!("Expected type {} but found type {found}", types.join(" or ")));
    }
    if value.is_null() && !types.is_empty() {
        return Ok(());
    }
    if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
        let allowed: Vec<String> = allowed.iter().map(plain).collect();
        return misfit(format!("No enum match for: {} ({})", plain(value), allowed.join(", ")));
    }
    if let Some(wanted) = schema.get("const").filter(|wanted| *wanted != value) {
        return misfit(format!("No enum match for: {} ({})", plain(value), plain(wanted)));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(part, value, path, depth + 1)?;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            let mut results = choices.iter().map(|choice| fits(choice, value, path, depth + 1));
            if results.all(|result| result.is_err()) {
                return best(choices, value, path, depth);
            }
        }
    }
    match value {
        Value::String(text) => string(schema, text, path),
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            if let Some(least) = schema["minimum"].as_f64().filter(|least| number < *least) {
                return misfit(format!("Value {number} is less than minimum {least}"));
            }
            match schema["maximum"].as_f64().filter(|most| number > *most) {
                Some(most) => misfit(format!("Value {number} is greater than maximum {most}")),
                None => Ok(()),
            }
        }
        Value::Array(items) => {
            count(schema, items.len(), ["minItems", "maxItems"], "Array", path)?;
            for (index, item) in items.iter().enumerate() {
                fits(&schema["items"], item, &joined(path, &index.to_string()), depth + 1)?;
            }
            Ok(())
        }
        Value::Object(object) => members(schema, object, path, depth),
        _ => Ok(()),
    }
}

/// The error of the variant that the value is closest to: the error at the deepest path.
fn best(choices: &[Value], value: &Value, path: &str, depth: usize) -> Result<(), Misfit> {
    let mut worst: Option<Misfit> = None;
    for choice in choices {
        match fits(choice, value, path, depth + 1) {
            Ok(()) => return Ok(()),
            Err(misfit) if worst.as_ref().is_none_or(|w| misfit.path.len() > w.path.len()) => {
                worst = Some(misfit);
            }
            Err(_) => {}
        }
    }
    worst.map_or(Ok(()), Err)
}

fn members(
    schema: &Value,
    object: &Map<String, Value>,
    path: &str,
    depth: usize,
) -> Result<(), Misfit> {
    let misfit = |what: String| Err(Misfit { what, path: path.to_owned() });
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(required) {
            return misfit(format!("Missing required property: {required}"));
        }
    }
    count(schema, object.len(), ["minProperties", "maxProperties"], "Object", path)?;
    let properties = schema["properties"].as_object();
    for (name, value) in object {
        let below = joined(path, name);
        match (
            properties.and_then(|properties| properties.get(name)),
            &schema["additionalProperties"],
        ) {
            (Some(property), _) => fits(property, value, &below, depth + 1)?,
            (None, Value::Bool(false)) => {
                return misfit(format!("Additional properties not allowed: {name}"));
            }
            (None, more @ Value::Object(_)) => fits(more, value, &below, depth + 1)?,
            (None, _) => {}
        }
    }
    Ok(())
}

fn string(schema: &Value, text: &str, path: &str) -> Result<(), Misfit> {
    let misfit = |what: String| Err(Misfit { what, path: path.to_owned() });
    count(schema, text.chars().count(), ["minLength", "maxLength"], "String", path)?;
    if let Some(pattern) = schema["pattern"].as_str().filter(|pattern| !matches(pattern, text)) {
        return misfit(format!("String does not match pattern {pattern}: {text}"));
    }
    let proper = match schema["format"].as_str() {
        Some("uri" | "url" | "strict-uri") => text.contains(':'),
        Some("strict-https-uri") => text.starts_with("https://"),
        Some("email") => text.split('@').filter(|part| !part.is_empty()).count() == 2,
        Some("date-time") => humantime::parse_rfc3339_weak(text).is_ok(),
        _ => true,
    };
    match schema["format"].as_str().filter(|_| !proper) {
        Some(format) => {
            misfit(format!("Object didn't pass validation for format {format}: {text}"))
        }
        None => Ok(()),
    }
}

fn count(
    schema: &Value,
    count: usize,
    keys: [&str; 2],
    what: &str,
    path: &str,
) -> Result<(), Misfit> {
    let limit = |key: &str| schema[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let misfit = |what: String| Err(Misfit { what, path: path.to_owned() });
    match (limit(keys[0]), limit(keys[1])) {
        (Some(least), _) if count < least => {
            misfit(format!("{what} is too short ({count}), minimum {least}"))
        }
        (_, Some(most)) if count > most => {
            misfit(format!("{what} is too long ({count}), maximum {most}"))
        }
        _ => Ok(()),
    }
}

/// Whether a text matches a pattern. Patterns with look-around, which Rust's regex engine does not
/// support, match any text.
fn matches(pattern: &str, text: &str) -> bool {
    static KNOWN: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok());
    regex.as_ref().is_none_or(|regex| regex.is_match(text))
}

/// A scalar without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Checks a query parameter. Its text is first converted to the type in the schema.
///
/// # Errors
/// The misfit.
pub(super) fn check_parameter(schema: &Value, name: &str, text: &str) -> Result<(), Misfit> {
    let schema = resolved(schema);
    let types = types(schema);
    let value = if types.contains(&"integer") || types.contains(&"number") {
        text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number))
    } else if types.contains(&"boolean") {
        match text {
            "true" => json!(true),
            "false" => json!(false),
            _ => json!(text),
        }
    } else if types.contains(&"array") {
        return fits(&schema["items"], &json!(text), name, 0);
    } else {
        json!(text)
    };
    fits(schema, &value, name, 0)
}

/// Whether a query parameter may be repeated.
pub(super) fn takes_several(schema: &Value) -> bool {
    let schema = resolved(schema);
    types(schema).contains(&"array")
        || schema.get("oneOf").is_some()
        || schema.get("anyOf").is_some()
}
