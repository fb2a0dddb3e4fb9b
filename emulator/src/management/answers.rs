//! Makes answers match the API's description: adds required fields, and removes fields that it does
//! not allow.

use serde_json::{Value, json};

use super::Request;
use super::schema::{self, check, resolved, types};
use crate::answer::Answer;
use crate::state::Object;

/// Makes an answer match the description. With `fields` in the query, nothing is added. For the
/// rows of a list, see [`row`].
pub(super) fn described(request: &Request<'_>, answer: Answer) -> Answer {
    let operation = request.operation;
    let is_whole = request.get("fields").is_none() && schema::rows_key(operation).is_none();
    let described = operation.answer.as_ref().filter(|_| is_whole);
    let (Some(schema), Ok(mut value)) = (described, serde_json::from_slice(&answer.body)) else {
        return answer;
    };
    complete(schema, &mut value);
    Answer { body: value.to_string().into_bytes(), ..answer }
}

/// Makes a row of a list match the description.
pub(super) fn row(request: &Request<'_>, row: Object) -> Object {
    let mut row = Value::Object(row);
    if let Some(schema) = request.operation.answer.as_ref().and_then(of_rows) {
        complete(schema, &mut row);
    }
    match row {
        Value::Object(row) => row,
        _ => Object::new(),
    }
}

/// The smallest value that fits an answer's schema: required properties only.
pub(super) fn smallest(schema: &Value) -> Value {
    let schema = resolved(schema);
    if let Some(value) = schema.get("const").or_else(|| schema["enum"].as_array()?.first()) {
        return value.clone();
    }
    let least = |key: &str| schema[key].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    match types(schema).first().copied() {
        Some("object") | None if schema.get("properties").is_some() => {
            let required = schema["required"].as_array().into_iter().flatten();
            let pairs = required
                .filter_map(Value::as_str)
                .map(|name| (name.to_owned(), smallest(&schema["properties"][name])));
            Value::Object(pairs.collect())
        }
        Some("array") => Value::from(vec![smallest(&schema["items"]); least("minItems")]),
        Some("boolean") => json!(false),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("string") if schema["format"] == "date-time" => crate::state::stamp(),
        Some("string") => json!("x".repeat(least("minLength"))),
        Some("null") => Value::Null,
        _ => ["oneOf", "anyOf"]
            .iter()
            .find_map(|key| schema[*key].as_array()?.first().map(smallest))
            .unwrap_or_else(|| json!({})),
    }
}

/// Adds the properties that a schema requires, and removes those that it excludes.
fn complete(schema: &Value, value: &mut Value) {
    let schema = resolved(schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        complete(part, value);
    }
    for choices in ["oneOf", "anyOf"].iter().filter_map(|key| schema[*key].as_array()) {
        if choices.iter().all(|choice| check(choice, value).is_err()) {
            // The first variant is used, even if another needs fewer changes.
            let fits = choices.iter().find_map(|choice| {
                let mut value = value.clone();
                complete(choice, &mut value);
                check(choice, &value).is_ok().then_some(value)
            });
            if let Some(fits) = fits {
                *value = fits;
            }
        }
    }
    match value {
        Value::Object(fields) => {
            let Some(properties) = schema["properties"].as_object() else { return };
            if schema["additionalProperties"] == false {
                fields.retain(|name, _| properties.contains_key(name));
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                if let Some((name, property)) =
                    name.as_str().and_then(|name| properties.get_key_value(name))
                {
                    fields.entry(name.as_str()).or_insert_with(|| smallest(property));
                }
            }
            for (name, value) in fields {
                complete(&schema["properties"][name.as_str()], value);
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| complete(&schema["items"], item));
        }
        _ => {}
    }
}

/// The schema of a list's rows.
fn of_rows(schema: &Value) -> Option<&Value> {
    let schema = resolved(schema);
    if schema["type"] == "array" {
        return schema.get("items");
    }
    let choices = ["oneOf", "anyOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
    let property = schema["properties"].as_object().and_then(|properties| {
        properties.values().map(resolved).find(|property| property["type"] == "array")
    });
    property.and_then(|array| array.get("items")).or_else(|| choices.into_iter().find_map(of_rows))
}
