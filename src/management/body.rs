//! Builds a request's JSON body from a document, single fields, or both.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::base::error::Error;
use crate::management::schema::{RequestBody, Schema, Type};

/// Maximum depth of nested keys. JSON parsers have limits little above it.
const MAX_DEPTH: usize = 64;

/// A field to set: `KEY=VALUE`, read by [`Field::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The path from the outermost object. The first step is a key.
    path: Vec<PathStep>,
    value: Value,
    /// The value as it was typed.
    text: String,
}

/// One step of a path in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum PathStep {
    /// The member of an object.
    Key(String),
    /// A new item at the end of an array.
    Append,
}

impl Field {
    /// Reads `a.b=VALUE`; `a.b[]=VALUE` to append to an array; or `a[].b=VALUE` to append an object
    /// to an array. As in `gh api`, later fields are set in the same object, until it already has
    /// one of them. A dot or a bracket that belongs to a key is written `\.` or `\[`. The value is
    /// JSON if it parses as JSON, otherwise a string: `on=true`, `n=5`, `who="5"`.
    ///
    /// # Errors
    /// A message if there is no `=`, a key is empty, or the brackets are malformed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) =
            text.split_once('=').ok_or("write it as KEY=VALUE, such as a.b=true or a[]=x")?;
        let path = steps(key)?;
        if path.len() > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} keys are nested"));
        }
        Ok(Self { path, value: parse_value(value), text: value.to_owned() })
    }

    /// Whether this is the top-level field `name`, or is inside it.
    pub fn is_top(&self, name: &str) -> bool {
        matches!(self.path.first(), Some(PathStep::Key(key)) if key == name)
    }

    /// A top-level field, for a flag that sets one.
    pub fn top(name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        Self { path: vec![PathStep::Key(name.to_owned())], text: value.to_string(), value }
    }

    /// The same field, with its value converted to the type in the body's schema: `1` becomes a
    /// string for a string field. `null` and JSON strings are not converted.
    #[must_use]
    pub fn typed(mut self, schema: RequestBody) -> Self {
        let keys = self.path.iter().filter_map(|step| match step {
            PathStep::Key(key) => Some(key.as_str()),
            PathStep::Append => None,
        });
        let mut place = schema.at(keys);
        // An appended value is one item.
        if self.path.last() == Some(&PathStep::Append)
            && let Some(Type::Array(items)) = place.map(Schema::kind)
        {
            place = Some(items);
        }
        if let Some(place) = place {
            let value = std::mem::take(&mut self.value);
            self.value = coerced(place, value, &self.text);
        }
        self
    }

    /// Whether it sets a part of this top-level field, but not the whole field.
    pub fn reaches_inside(&self, field: &str) -> bool {
        self.is_below(field) && self.path.len() > 1
    }

    /// Whether its value is appended to an array that is this top-level field or is inside it.
    pub fn appends_to(&self, field: &str) -> bool {
        self.is_below(field) && self.path.contains(&PathStep::Append)
    }

    fn is_below(&self, field: &str) -> bool {
        matches!(&self.path[0], PathStep::Key(key) if key == field)
    }

    /// The error if the document has a value of another type at the field's path.
    fn type_conflict(&self, what: &str) -> Error {
        let mut shown = String::new();
        for step in &self.path {
            match step {
                PathStep::Append => shown.push_str("[]"),
                PathStep::Key(key) => {
                    shown.push_str(if shown.is_empty() { "" } else { "." });
                    shown.push_str(key);
                }
            }
        }
        Error::usage(format!("cannot set {shown}: the value there is not an {what}"))
            .hint("give each field once, and fields of an object only where the body has an object")
    }
}

/// Converts a value to the type in the schema. `text` is the value as it was typed.
fn coerced(schema: Schema, value: Value, text: &str) -> Value {
    match (schema.kind(), value) {
        (_, value @ (Value::Null | Value::String(_))) => value,
        (Type::Map(of), Value::Object(members)) => {
            let coerce = |value: Value| {
                let text = value.to_string();
                coerced(of, value, &text)
            };
            members.into_iter().map(|(key, value)| (key, coerce(value))).collect()
        }
        (_, value) => schema.read(text).unwrap_or(value),
    }
}

/// Sets fields in `document`, a change of the resource `existing`. Missing objects and arrays are
/// added. If a field appends to an array that is not in the document, the items of the resource's
/// array come first.
///
/// # Errors
/// Usage error if the document has another type of value where a field needs an object or array.
pub(crate) fn set_all(
    document: &mut Value,
    existing: &Value,
    fields: impl IntoIterator<Item = Field>,
) -> Result<(), Error> {
    // Paths of the arrays whose last item was appended here.
    let mut appended = HashSet::new();
    fields.into_iter().try_for_each(|field| set(document, existing, field, &mut appended))
}

fn set(
    document: &mut Value,
    existing: &Value,
    field: Field,
    appended: &mut HashSet<Vec<PathStep>>,
) -> Result<(), Error> {
    let mut place = document;
    let mut existing = Some(existing);
    for (at, step) in field.path.iter().enumerate() {
        match step {
            PathStep::Key(key) => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                let Value::Object(object) = place else {
                    return Err(field.type_conflict("object"));
                };
                place = object.entry(key.as_str()).or_insert(Value::Null);
                existing = existing.and_then(|existing| existing.get(key));
            }
            PathStep::Append => {
                if place.is_null() {
                    let array = existing.filter(|existing| existing.is_array()).cloned();
                    *place = array.unwrap_or_else(|| Value::Array(Vec::new()));
                }
                let Value::Array(array) = place else { return Err(field.type_conflict("array")) };
                let rest = &field.path[at + 1..];
                let ours = !appended.insert(field.path[..at].to_vec());
                if !(ours && array.last().is_some_and(|last| can_set(last, rest))) {
                    array.push(Value::Null);
                }
                place = array.last_mut().expect("an item was pushed");
                existing = None;
            }
        }
    }
    *place = field.value;
    Ok(())
}

/// Whether a field can be set in an item without replacing a value.
fn can_set(item: &Value, path: &[PathStep]) -> bool {
    match (path.split_first(), item) {
        (None, _) => false,
        (Some((PathStep::Append, _)), item) => item.is_array(),
        (Some((PathStep::Key(key), rest)), Value::Object(object)) => {
            object.get(key).is_none_or(|inner| can_set(inner, rest))
        }
        (Some((PathStep::Key(_), _)), _) => false,
    }
}

/// An object with the given fields, set in `document` if there is one.
///
/// # Errors
/// Usage error if the document has another type of value where a field needs an object or array.
pub(crate) fn with_fields(
    document: Option<Value>,
    fields: impl IntoIterator<Item = Field>,
) -> Result<Value, Error> {
    let mut document = document.unwrap_or_else(|| Value::Object(Map::new()));
    set_all(&mut document, &Value::Null, fields)?;
    Ok(document)
}

/// Checks that bytes are one JSON value. `source` says where they come from, for the error.
///
/// # Errors
/// Usage error with the line and column of the fault (both from 1, the column in bytes).
pub(crate) fn check(bytes: &[u8], source: &str) -> Result<(), Error> {
    let wrong = |why: String| {
        Error::usage(format!("the body ({source}) is not JSON"))
            .because(why)
            .hint("nothing was sent; give one JSON value, or single fields: -f KEY=VALUE")
    };
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].split(|b| *b == b'\n').count();
        wrong(format!("it is not UTF-8 text at line {line}"))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(wrong("it is empty".to_owned()));
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(()),
        Err(e) => {
            let why = e.to_string();
            let place = format!(" at line {} column {}", e.line(), e.column());
            let why = why.strip_suffix(&place).unwrap_or(&why);
            Err(wrong(format!("line {}, column {}: {why}", e.line(), e.column())))
        }
    }
}

/// JSON if it parses as JSON, otherwise a string. An integer that a JSON number cannot hold exactly
/// becomes a string too.
fn parse_value(text: &str) -> Value {
    let integer = || text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    match serde_json::from_str(text) {
        Ok(Value::Number(number)) if number.is_f64() && integer() => Value::String(text.to_owned()),
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

/// The steps of `a[].b\.c`: the key `a`, the end of the array, the key `b.c`.
fn steps(text: &str) -> Result<Vec<PathStep>, String> {
    let mut steps = Vec::new();
    let mut key = String::new();
    let mut chars = text.chars().peekable();
    // After `[]` only a dot or another `[]` can follow, not a key.
    let mut in_key = true;
    let end_key = |key: &mut String, steps: &mut Vec<PathStep>| {
        if key.is_empty() {
            return Err("a key is empty; write it as KEY=VALUE, such as a.b=true".to_owned());
        }
        steps.push(PathStep::Key(std::mem::take(key)));
        Ok(())
    };
    loop {
        let c = chars.next();
        match c {
            Some('.') | None => {
                if in_key {
                    end_key(&mut key, &mut steps)?;
                }
                in_key = true;
            }
            Some('[') if chars.next_if_eq(&']').is_some() => {
                if in_key {
                    end_key(&mut key, &mut steps)?;
                }
                in_key = false;
                steps.push(PathStep::Append);
            }
            Some('[' | ']') => {
                return Err("a[]=VALUE appends to an array, and a[].b=VALUE appends an object; a bracket that belongs to a key is written \\[ or \\]".to_owned());
            }
            Some(_) if !in_key => {
                return Err("a dot must follow [], such as a[].b=VALUE".to_owned());
            }
            Some('\\') if matches!(chars.peek(), Some('.' | '\\' | '[' | ']')) => {
                key.extend(chars.next());
            }
            Some(c) => key.push(c),
        }
        if c.is_none() {
            return Ok(steps);
        }
    }
}
