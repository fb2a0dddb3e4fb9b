//! The fields of a body as a tree, for people and for software.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::management::schema::{FieldSchema, ObjectSchema, Schema, Type, Union};

/// Bodies that contain themselves are cut here.
const DEPTH: usize = 10;

/// The fields, one a line, those of an object below it and further to the right. `!` marks a
/// required field.
pub(super) fn text(schema: Schema) -> String {
    let mut text = String::new();
    below(&mut text, schema, 1);
    text
}

fn below(text: &mut String, schema: Schema, depth: usize) {
    if depth > DEPTH {
        return;
    }
    match schema.kind() {
        Type::Array(of) | Type::Map(of) => below(text, of, depth),
        Type::Object(object) => fields(text, object, depth),
        Type::Union(union) => variants(text, union, depth),
        _ => {}
    }
}

fn fields(text: &mut String, object: ObjectSchema, depth: usize) {
    let fields: Vec<FieldSchema> = object.fields().collect();
    let width = fields.iter().map(|field| name(field).len()).max().unwrap_or(0);
    for field in fields {
        let words = line(&field);
        let indent = depth * 2;
        let _ = writeln!(text, "{:indent$}{:<width$}  {words}", "", name(&field));
        below(text, field.schema, depth + 1);
    }
    if object.is_open() {
        let _ = writeln!(text, "{:indent$}and other fields", "", indent = depth * 2);
    }
}

/// Variants that differ in more than the type of a scalar.
fn variants(text: &mut String, union: Union, depth: usize) {
    let indent = depth * 2;
    let objects = union.variants().filter(|(_, of)| !of.objects().is_empty()).count();
    for (at, (value, of)) in union.variants().filter(|(_, of)| is_nested(*of)).enumerate() {
        match union.discriminator() {
            Some(field) => {
                let _ = writeln!(text, "{:indent$}if {field} is {value}:", "");
            }
            None if objects > 1 => {
                let _ = writeln!(text, "{:indent$}form {} of {objects}:", "", at + 1);
            }
            None => {
                below(text, of, depth);
                continue;
            }
        }
        below(text, of, depth + 1);
    }
}

fn is_nested(schema: Schema) -> bool {
    match schema.kind() {
        Type::Array(of) | Type::Map(of) => is_nested(of),
        Type::Object(_) | Type::Union(_) => !schema.objects().is_empty(),
        _ => false,
    }
}

fn name(field: &FieldSchema) -> String {
    format!("{}{}", field.name, if field.required { "!" } else { "" })
}

/// The type, the format and the bounds.
fn line(field: &FieldSchema) -> String {
    let mut words = field.schema.words();
    if let Some(format) = field.format() {
        let _ = write!(words, " ({format})");
    }
    let unit = match field.schema.kind() {
        Type::Text => " characters",
        Type::Array(_) => " items",
        _ => "",
    };
    let bounds = match (field.least(), field.most()) {
        (Some(least), Some(most)) => format!(", {least} to {most}{unit}"),
        (Some(least), None) => format!(", at least {least}{unit}"),
        (None, Some(most)) => format!(", at most {most}{unit}"),
        (None, None) => String::new(),
    };
    words + &bounds
}

/// The same for software: an array of fields, each with those below it.
pub(super) fn json(schema: Schema) -> Value {
    json_below(schema, 0)
}

fn json_below(schema: Schema, depth: usize) -> Value {
    let inner = match schema.kind() {
        Type::Array(of) | Type::Map(of) => of,
        _ => schema,
    };
    let fields = inner.fields();
    if fields.is_empty() || depth > DEPTH {
        return Value::Null;
    }
    fields.iter().map(|field| json_field(field, depth)).collect()
}

fn json_field(field: &FieldSchema, depth: usize) -> Value {
    let values = match field.schema.kind() {
        Type::Enum(values) => Some(values.values().collect::<Vec<_>>()),
        _ => None,
    };
    let mut described = json!({
        "name": field.name,
        "type": if values.is_some() { "string".to_owned() } else { field.schema.words() },
        "required": field.required,
        "nullable": field.schema.is_nullable(),
        "values": values,
        "format": field.format(),
        "least": field.least(),
        "most": field.most(),
        "fields": json_below(field.schema, depth + 1),
    });
    if let Some(members) = described.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    described
}

#[cfg(test)]
mod tests {
    use super::{json, text};
    use crate::management::schema::body;

    #[test]
    fn a_tree_shows_types_values_and_bounds() {
        let tree = text(body("POST", "/clients").unwrap());
        for line in [
            "name!",
            "description  ",
            "string, at most 140 characters",
            "rotating|non-rotating",
            "array of string",
        ] {
            assert!(tree.contains(line), "{line}:\n{tree}");
        }
        let streams = text(body("POST", "/log-streams").unwrap());
        assert!(streams.contains("  if type is http:\n    name"), "{streams}");
    }

    #[test]
    fn software_gets_the_same_fields() {
        let fields = json(body("POST", "/clients").unwrap());
        let name = &fields[0];
        assert_eq!(name["name"], "name");
        assert_eq!(name["required"], true);
        let refresh = fields.as_array().unwrap().iter().find(|f| f["name"] == "refresh_token");
        assert_eq!(refresh.unwrap()["fields"][0]["values"][0], "rotating");
    }
}
