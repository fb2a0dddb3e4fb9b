//! An example body with the required fields, each with a value of the right type.

use serde_json::{Map, Value};

use super::{Enum, FieldSchema, Schema, Type};

/// Maximum depth. Deeper objects are left empty.
const DEPTH: usize = 12;

/// A body with all required fields. If no field is required, as in most changes, it has all
/// top-level fields.
pub fn skeleton(schema: Schema) -> Value {
    match schema.kind() {
        Type::Object(object) if object.fields().all(|field| !field.required) => {
            fields(object.fields(), 0)
        }
        // An array gets an item, because nearly all such bodies need one.
        Type::Array(items) => Value::Array(vec![value(items, None, 0)]),
        _ => value(schema, None, 0),
    }
}

fn value(schema: Schema, field: Option<&FieldSchema>, depth: usize) -> Value {
    match schema.kind() {
        Type::Text => Value::String(text(field)),
        Type::Integer => {
            Value::from(field.and_then(FieldSchema::least).unwrap_or(0.0).ceil() as i64)
        }
        Type::Number => Value::from(field.and_then(FieldSchema::least).unwrap_or(0.0)),
        Type::Boolean => Value::Bool(false),
        Type::Enum(values) => Value::from(first(values)),
        Type::Array(items) => {
            let least = field.and_then(FieldSchema::least).unwrap_or(0.0) as usize;
            let one = value(items, None, depth + 1);
            // Other arrays are left empty, because their items must often differ.
            let count = least.max(usize::from(!items.objects().is_empty()));
            match items.kind() {
                Type::Enum(values) => values.values().take(count).map(Value::from).collect(),
                _ => std::iter::repeat_n(one, count.min(10)).collect(),
            }
        }
        Type::Object(object) if depth < DEPTH => {
            fields(object.fields().filter(|field| field.required), depth)
        }
        Type::Union(union) if depth < DEPTH => match union.variants().next() {
            Some((_, of)) => value(of, field, depth + 1),
            None => Value::Null,
        },
        Type::Object(_) | Type::Map(_) | Type::FreeObject | Type::Union(_) | Type::Any => {
            Value::Object(Map::new())
        }
    }
}

fn fields(of: impl Iterator<Item = FieldSchema>, depth: usize) -> Value {
    of.map(|field| (field.name.to_owned(), value(field.schema, Some(&field), depth + 1))).collect()
}

fn first(values: Enum) -> &'static str {
    values.values().next().unwrap_or_default()
}

/// A text with the field's format and within its bounds.
fn text(field: Option<&FieldSchema>) -> String {
    let Some(field) = field else { return "value".to_owned() };
    let sample = match field.format() {
        Some("email") => "user@example.com",
        Some("date-time") => "2030-01-01T00:00:00Z",
        Some("date") => "2030-01-01",
        Some(format) if format.contains("ur") => "https://example.com",
        _ => field.name,
    };
    let mut text = sample.to_owned();
    let length = text.chars().count();
    let least = field.least().unwrap_or(0.0) as usize;
    text.extend(std::iter::repeat_n('x', least.saturating_sub(length).min(1_000)));
    match field.most() {
        Some(most) => text.chars().take(most as usize).collect(),
        None => text,
    }
}
