//! A request's JSON body, from what was typed: a document, single fields, or fields over a document.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::base::error::Error;
use crate::management::schema::{Schema, Type};

/// Keys within keys, at most. JSON parsers give up not far beyond.
const MAX_DEPTH: usize = 64;

/// A field to set: `KEY=VALUE`, read by [`Field::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The way to its place from the outside in, a key first.
    path: Vec<Step>,
    value: Value,
    /// The value as it was typed.
    text: String,
}

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// Into the member of an object.
    Key(String),
    /// To the end of an array.
    Append,
}

impl Field {
    /// Reads `a.b=VALUE`; `a.b[]=VALUE` to append to an array; or `a[].b=VALUE` to append an object
    /// to an array. As with `gh api`, the fields after it go into the same object until one of them
    /// is there already. A dot or a bracket that belongs to a key is written `\.`, `\[`. The value is JSON where it parses as JSON, else it is a string: `on=true`,
    /// `n=5`, `who="5"`.
    ///
    /// # Errors
    /// In words, when there is no `=` or a key is empty.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) =
            text.split_once('=').ok_or("write it as KEY=VALUE, such as a.b=true or a[]=x")?;
        let path = steps(key)?;
        if path.len() > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} keys stand within each other"));
        }
        Ok(Self { path, value: typed(value), text: value.to_owned() })
    }

    /// Whether this is, or is inside of, the field `name` at the top.
    pub fn is_top(&self, name: &str) -> bool {
        matches!(self.path.first(), Some(Step::Key(key)) if key == name)
    }

    /// A field at the top, such as a flag of its own sets.
    pub fn top(name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        Self { path: vec![Step::Key(name.to_owned())], text: value.to_string(), value }
    }

    /// The same field, with its value read as the type that the body's schema wants there: `1` is
    /// text for a string. `null` still removes, and text that was typed as a JSON string stays it.
    #[must_use]
    pub fn typed(mut self, schema: Schema) -> Self {
        let keys = self.path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Append => None,
        });
        let mut place = schema.at(keys);
        // An appended value is one item.
        if self.path.last() == Some(&Step::Append)
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

    /// Whether it sets something inside this top field, but not the whole of it.
    pub fn reaches_inside(&self, field: &str) -> bool {
        self.is_below(field) && self.path.len() > 1
    }

    /// Whether its value goes to the end of an array that is, or is inside of, this top field.
    pub fn appends_to(&self, field: &str) -> bool {
        self.is_below(field) && self.path.contains(&Step::Append)
    }

    fn is_below(&self, field: &str) -> bool {
        matches!(&self.path[0], Step::Key(key) if key == field)
    }

    /// The error for a document that has something else in the field's place.
    fn taken(&self, what: &str) -> Error {
        let mut shown = String::new();
        for step in &self.path {
            match step {
                Step::Append => shown.push_str("[]"),
                Step::Key(key) => {
                    shown.push_str(if shown.is_empty() { "" } else { "." });
                    shown.push_str(key);
                }
            }
        }
        Error::usage(format!("cannot set {shown}: the value there is not an {what}"))
            .hint("give each field once, and fields of an object only where the body has an object")
    }
}

/// A value as a schema wants it; `text` is what was typed. Values in a map of strings are strings.
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

/// Sets fields in a document that changes what is `there`, making the objects and arrays around
/// them where they are missing. An array that is new in the document continues the one there.
///
/// # Errors
/// Usage, where the document has something else in a field's place than an object or array.
pub fn set_all(
    document: &mut Value,
    there: &Value,
    fields: impl IntoIterator<Item = Field>,
) -> Result<(), Error> {
    // Arrays, by the way to them, whose last item was appended here.
    let mut appended = HashSet::new();
    fields.into_iter().try_for_each(|field| set(document, there, field, &mut appended))
}

fn set(
    document: &mut Value,
    there: &Value,
    field: Field,
    appended: &mut HashSet<Vec<Step>>,
) -> Result<(), Error> {
    let mut place = document;
    let mut there = Some(there);
    for (at, step) in field.path.iter().enumerate() {
        match step {
            Step::Key(key) => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                let Value::Object(object) = place else { return Err(field.taken("object")) };
                place = object.entry(key.as_str()).or_insert(Value::Null);
                there = there.and_then(|there| there.get(key));
            }
            Step::Append => {
                if place.is_null() {
                    let array = there.filter(|there| there.is_array()).cloned();
                    *place = array.unwrap_or_else(|| Value::Array(Vec::new()));
                }
                let Value::Array(array) = place else { return Err(field.taken("array")) };
                let rest = &field.path[at + 1..];
                let ours = !appended.insert(field.path[..at].to_vec());
                if !(ours && array.last().is_some_and(|last| has_room(last, rest))) {
                    array.push(Value::Null);
                }
                place = array.last_mut().expect("an item was pushed");
                there = None;
            }
        }
    }
    *place = field.value;
    Ok(())
}

/// Whether a field fits into an item without replacing anything in it.
fn has_room(item: &Value, path: &[Step]) -> bool {
    match (path.split_first(), item) {
        (None, _) => false,
        (Some((Step::Append, _)), item) => item.is_array(),
        (Some((Step::Key(key), rest)), Value::Object(object)) => {
            object.get(key).is_none_or(|inner| has_room(inner, rest))
        }
        (Some((Step::Key(_), _)), _) => false,
    }
}

/// An object of the given fields, laid over `document` where there is one.
///
/// # Errors
/// Usage, where two fields, or a field and the document, claim the same place.
pub fn with_fields(
    document: Option<Value>,
    fields: impl IntoIterator<Item = Field>,
) -> Result<Value, Error> {
    let mut document = document.unwrap_or_else(|| Value::Object(Map::new()));
    set_all(&mut document, &Value::Null, fields)?;
    Ok(document)
}

/// Checks that bytes are one JSON value, before they are sent. `source` says where they came from.
///
/// # Errors
/// Usage, with the line and column (both from 1, the column in bytes) where they are not.
pub fn check(bytes: &[u8], source: &str) -> Result<(), Error> {
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

/// JSON where it parses as JSON. An integer beyond JSON numbers' reach stays the text it was.
fn typed(text: &str) -> Value {
    let integer = || text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    match serde_json::from_str(text) {
        Ok(Value::Number(number)) if number.is_f64() && integer() => Value::String(text.to_owned()),
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

/// The steps of `a[].b\.c`: the key `a`, the end of the array, the key `b.c`.
fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut key = String::new();
    let mut chars = text.chars().peekable();
    // Behind `[]` a dot or another `[]` follows, not a key.
    let mut in_key = true;
    let end_key = |key: &mut String, steps: &mut Vec<Step>| {
        if key.is_empty() {
            return Err("a key is empty; write it as KEY=VALUE, such as a.b=true".to_owned());
        }
        steps.push(Step::Key(std::mem::take(key)));
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
                steps.push(Step::Append);
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
