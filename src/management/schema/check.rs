//! Checks a body against the API's description, to warn a person before a request.

use serde_json::Value;

use super::{Enum, FieldSchema, ObjectSchema, Schema, Type};
use crate::base::near::Near;

/// Maximum depth of the check. Documented bodies are less deep.
const DEPTH: usize = 32;

/// A part of a body that does not match the API's description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path: dotted names, and `[]` for items of an array. The names come from the body, so
    /// they must be escaped.
    pub path: String,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// What is wrong at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The field is not documented. Holds similar documented names.
    UnknownField(Vec<String>),
    /// The query parameter is not documented. Holds similar documented names.
    UnknownParameter(Vec<String>),
    /// The value has another type than this one.
    WrongType(String),
    /// The value is not documented. Holds similar documented values, or else the first ones.
    UnknownValue(Vec<String>),
    /// A field that the API requires is missing.
    Missing,
    /// The length, value or number of items is below this minimum.
    TooSmall(String),
    /// The length, value or number of items is above this maximum.
    TooLarge(String),
    /// The string does not have this format.
    WrongFormat(&'static str),
}

impl ProblemKind {
    /// The message, to be printed after the path.
    pub fn words(&self) -> String {
        match self {
            Self::UnknownField(near) => with_suggestion("is not a documented field", near),
            Self::UnknownParameter(near) => with_suggestion("is not a documented parameter", near),
            Self::WrongType(wanted) => format!("must be {wanted}"),
            Self::UnknownValue(near) => with_suggestion("is not a documented value", near),
            Self::Missing => "is required".to_owned(),
            Self::TooSmall(least) => format!("must be at least {least}"),
            Self::TooLarge(most) => format!("must be at most {most}"),
            Self::WrongFormat(wanted) => format!("must be {wanted}"),
        }
    }
}

fn with_suggestion(what: &str, near: &[String]) -> String {
    if near.is_empty() {
        return what.to_owned();
    }
    format!("{what}; did you mean {}?", near.join(" or "))
}

/// The problems in `value`, in the order of the body. With `whole`, missing required fields at the
/// top are problems too.
pub fn check(schema: Schema, value: &Value, whole: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    Check { whole, problems: &mut problems }.value(schema, value, &mut String::new(), 0);
    problems
}

/// The problems in the text of a query parameter.
pub fn check_parameter(parameter: &FieldSchema, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let schema = parameter.schema.items().unwrap_or(parameter.schema);
    let value = schema.read(text).unwrap_or_else(|| Value::from(text));
    let mut check = Check { whole: true, problems: &mut problems };
    check.bounds(parameter, &value, parameter.name);
    check.value(schema, &value, &mut parameter.name.to_owned(), 0);
    problems
}

/// The documented values that are similar to a text, or else the first four values.
pub fn nearest_value(text: &str, values: Enum) -> Vec<String> {
    nearest(text, &|| values.values(), 4)
}

struct Check<'a> {
    whole: bool,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn note(&mut self, path: &str, kind: ProblemKind) {
        // All items of an array have the same path, so report a problem only once.
        let problem = Problem { path: path.to_owned(), kind };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn value(&mut self, schema: Schema, value: &Value, path: &mut String, depth: usize) {
        if depth > DEPTH {
            return;
        }
        if value.is_null() {
            if !allows_null(schema) {
                self.note(path, ProblemKind::WrongType(article(&schema.words())));
            }
            return;
        }
        match (schema.kind(), value) {
            (Type::Any, _) | (Type::FreeObject, Value::Object(_)) => {}
            (Type::Text, Value::String(_)) | (Type::Boolean, Value::Bool(_)) => {}
            (Type::Number, Value::Number(_)) => {}
            (Type::Integer, Value::Number(number)) if !number.is_f64() => {}
            (Type::Enum(values), Value::String(text)) => {
                if values.values().all(|value| value != text) {
                    let near = nearest(text, &|| values.values(), 4);
                    self.note(path, ProblemKind::UnknownValue(near));
                }
            }
            (Type::Array(items), Value::Array(values)) => {
                for value in values {
                    at_field(path, "[]", |path| self.value(items, value, path, depth + 1));
                }
            }
            (Type::Map(of), Value::Object(fields)) => {
                // In a map, null removes a key.
                for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                    at_field(path, name, |path| self.value(of, value, path, depth + 1));
                }
            }
            (Type::Object(object), Value::Object(_)) => self.object(object, value, path, depth),
            (Type::Union(union), _) => self.union(union, value, path, depth),
            _ => self.note(path, ProblemKind::WrongType(article(&schema.words()))),
        }
    }

    fn object(&mut self, object: ObjectSchema, value: &Value, path: &mut String, depth: usize) {
        let Some(given) = value.as_object() else { return };
        for (name, value) in given {
            let Some(field) = object.fields().find(|field| field.name == name) else {
                let near = nearest(name, &|| object.fields().map(|field| field.name), 0);
                // An open object accepts further names, but a name that is similar to a documented
                // one is probably a mistake.
                if !object.is_open() || !near.is_empty() {
                    at_field(path, name, |path| self.note(path, ProblemKind::UnknownField(near)));
                }
                continue;
            };
            at_field(path, name, |path| {
                self.bounds(&field, value, path);
                self.value(field.schema, value, path, depth + 1);
            });
        }
        // A nested object is always sent as a whole, so its required fields are also required in a
        // change.
        if self.whole || depth > 0 {
            for field in object.fields().filter(|field| field.required) {
                if !given.contains_key(field.name) {
                    at_field(path, field.name, |path| self.note(path, ProblemKind::Missing));
                }
            }
        }
    }

    fn bounds(&mut self, field: &FieldSchema, value: &Value, path: &str) {
        if let (Some(format), Value::String(text)) = (field.format(), value)
            && let Some(wanted) = expected_format(format, text)
        {
            self.note(path, ProblemKind::WrongFormat(wanted));
        }
        let (size, unit) = match value {
            Value::String(text) => (text.chars().count() as f64, " characters"),
            Value::Array(items) => (items.len() as f64, " items"),
            Value::Number(number) => (number.as_f64().unwrap_or(0.0), ""),
            _ => return,
        };
        if let Some(least) = field.least().filter(|least| size < *least) {
            self.note(path, ProblemKind::TooSmall(format!("{least}{unit}")));
        }
        if let Some(most) = field.most().filter(|most| size > *most) {
            self.note(path, ProblemKind::TooLarge(format!("{most}{unit}")));
        }
    }

    /// Checks the variant that the discriminator names, or else the one with the fewest problems.
    fn union(&mut self, union: super::Union, value: &Value, path: &mut String, depth: usize) {
        let named = union.discriminator().and_then(|field| value.get(field)?.as_str());
        if let Some((_, variant)) =
            named.and_then(|named| union.variants().find(|(value, _)| *value == named))
        {
            return self.value(variant, value, path, depth + 1);
        }
        let mut best: Option<Vec<Problem>> = None;
        for (_, variant) in union.variants() {
            let mut problems = Vec::new();
            Check { whole: self.whole, problems: &mut problems }.value(
                variant,
                value,
                path,
                depth + 1,
            );
            if best.as_ref().is_none_or(|best| severity(&problems, path) < severity(best, path)) {
                best = Some(problems);
            }
        }
        self.problems.extend(best.unwrap_or_default());
    }
}

fn allows_null(schema: Schema) -> bool {
    schema.is_nullable()
        || match schema.kind() {
            Type::Any => true,
            Type::Union(union) => union.variants().any(|(_, of)| allows_null(of)),
            _ => false,
        }
}

/// What a text must be to have a format, or `None` if it has the format or the format is not
/// checked.
fn expected_format(format: &str, text: &str) -> Option<&'static str> {
    let is_word = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let is_email = || {
        let parts = text.split_once('@');
        is_word && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
    };
    let is_uri = || {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        is_word
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    match format {
        "email" if !is_email() => Some("an email address"),
        "uri" | "url" | "strict-uri" if !is_uri() => Some("a URI, such as https://example.com"),
        "strict-https-uri" if !(text.starts_with("https://") && is_uri()) => {
            Some("a URI that starts with https://")
        }
        _ => None,
    }
}

/// How severe a variant's problems are. A wrong type for the whole value is the most severe.
fn severity(problems: &[Problem], path: &str) -> usize {
    let of = |problem: &Problem| match problem.kind {
        ProblemKind::WrongType(_) if problem.path == path => 1_000,
        _ => 1,
    };
    problems.iter().map(of).sum()
}

/// Runs `check` with `name` appended to the path.
fn at_field(path: &mut String, name: &str, check: impl FnOnce(&mut String)) {
    let length = path.len();
    if !path.is_empty() && name != "[]" {
        path.push('.');
    }
    path.push_str(name);
    check(path);
    path.truncate(length);
}

/// The names that are similar to a text, or else the first `otherwise` names.
fn nearest<I>(text: &str, names: &dyn Fn() -> I, otherwise: usize) -> Vec<String>
where
    I: Iterator<Item = &'static str>,
{
    let mut near = Near::new(text);
    names().for_each(|name| near.offer(name));
    let near = near.names();
    if near.is_empty() { names().take(otherwise).map(str::to_owned).collect() } else { near }
}

fn article(words: &str) -> String {
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    if words.contains('|') { format!("one of {words}") } else { format!("{article} {words}") }
}
