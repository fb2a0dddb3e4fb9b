//! What in a body does not fit the API's description: warnings for a person, before a request.

use serde_json::Value;

use super::{Field, Object, Schema, Type};
use crate::base::near::Near;

/// Deeper than this no documented body goes.
const DEPTH: usize = 32;

/// One thing in a body that the API's description does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, as dotted names with `[]` for items of an array. It holds names from the body, which
    /// may be foreign.
    pub path: String,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// What is wrong at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The API documents no such field; the nearest documented names.
    UnknownField(Vec<String>),
    /// The API documents no such query parameter; the nearest documented names.
    UnknownParameter(Vec<String>),
    /// A value of another type than this.
    WrongType(String),
    /// Not one of the documented values; the nearest of them, else the first ones.
    UnknownValue(Vec<String>),
    /// A field that the API requires is missing.
    Missing,
    /// Shorter, smaller or fewer than this.
    TooSmall(String),
    /// Longer, larger or more than this.
    TooLarge(String),
}

impl ProblemKind {
    /// What is wrong, in words that follow the path.
    pub fn words(&self) -> String {
        match self {
            Self::UnknownField(near) => with_suggestion("is not a documented field", near),
            Self::UnknownParameter(near) => with_suggestion("is not a documented parameter", near),
            Self::WrongType(wanted) => format!("must be {wanted}"),
            Self::UnknownValue(near) => with_suggestion("is not a documented value", near),
            Self::Missing => "is required".to_owned(),
            Self::TooSmall(least) => format!("must be at least {least}"),
            Self::TooLarge(most) => format!("must be at most {most}"),
        }
    }
}

fn with_suggestion(what: &str, near: &[String]) -> String {
    if near.is_empty() {
        return what.to_owned();
    }
    format!("{what}; did you mean {}?", near.join(" or "))
}

/// Everything in `value` that does not fit, in the order of the body. With `whole`, required fields
/// that are missing count too: a change in part leaves most of them out.
pub fn check(schema: Schema, value: &Value, whole: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    Check { whole, problems: &mut problems }.value(schema, value, &mut String::new(), 0);
    problems
}

struct Check<'a> {
    whole: bool,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn note(&mut self, path: &str, kind: ProblemKind) {
        self.problems.push(Problem { path: path.to_owned(), kind });
    }

    fn value(&mut self, schema: Schema, value: &Value, path: &mut String, depth: usize) {
        // Null removes a field in most bodies.
        if depth > DEPTH || value.is_null() {
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
                    below(path, "[]", |path| self.value(items, value, path, depth + 1));
                }
            }
            (Type::Map(of), Value::Object(fields)) => {
                for (name, value) in fields {
                    below(path, name, |path| self.value(of, value, path, depth + 1));
                }
            }
            (Type::Object(object), Value::Object(_)) => self.object(object, value, path, depth),
            (Type::Union(union), _) => self.union(union, value, path, depth),
            _ => self.note(path, ProblemKind::WrongType(article(&schema.words()))),
        }
    }

    fn object(&mut self, object: Object, value: &Value, path: &mut String, depth: usize) {
        let Some(given) = value.as_object() else { return };
        for (name, value) in given {
            let Some(field) = object.fields().find(|field| field.name == name) else {
                if !object.is_open() {
                    let near = nearest(name, &|| object.fields().map(|field| field.name), 0);
                    below(path, name, |path| self.note(path, ProblemKind::UnknownField(near)));
                }
                continue;
            };
            below(path, name, |path| {
                self.bounds(&field, value, path);
                self.value(field.schema, value, path, depth + 1);
            });
        }
        // Fields of an object that was given as a whole are all needed, also in a change.
        if self.whole || depth > 0 {
            for field in object.fields().filter(|field| field.required) {
                if !given.contains_key(field.name) {
                    below(path, field.name, |path| self.note(path, ProblemKind::Missing));
                }
            }
        }
    }

    fn bounds(&mut self, field: &Field, value: &Value, path: &str) {
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

    /// The variant that the discriminator names; else the one that fits best.
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
            if best.as_ref().is_none_or(|best| weight(&problems, path) < weight(best, path)) {
                best = Some(problems);
            }
        }
        self.problems.extend(best.unwrap_or_default());
    }
}

/// How bad a variant's problems are: one of the wrong type altogether is the worst.
fn weight(problems: &[Problem], path: &str) -> usize {
    let of = |problem: &Problem| match problem.kind {
        ProblemKind::WrongType(_) if problem.path == path => 1_000,
        _ => 1,
    };
    problems.iter().map(of).sum()
}

/// Runs `check` with `name` appended to the path.
fn below(path: &mut String, name: &str, check: impl FnOnce(&mut String)) {
    let length = path.len();
    if !path.is_empty() && name != "[]" {
        path.push('.');
    }
    path.push_str(name);
    check(path);
    path.truncate(length);
}

/// The nearest of some names; if none is near, the first `otherwise` of them.
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
