//! The schema of every JSON request body of the Management API: names, types, required fields,
//! enums, formats and bounds. It works offline.
//!
//! The table is the text of `data/management-bodies.tsv`. Look-ups search it in place, so nothing
//! is parsed at start-up, and programs without look-ups do not contain it. `schema/generate.rs`
//! describes the format and makes the table.
//!
//! The API's own description is not always right about what is required and what is allowed. So
//! problems are only warnings before a request, and errors only with `--strict` or `--check`.

mod check;
#[cfg(test)]
mod generate;
mod request;
mod skeleton;
#[cfg(test)]
mod tests;

pub use check::{Problem, ProblemKind, check, check_parameter, nearest_value};
pub use request::RequestBody;
pub use skeleton::skeleton;

use serde_json::Value;

const TABLE: &str = include_str!("../../data/management-bodies.tsv");

/// The schema of a value. It borrows from the table, so copying is cheap. Its parts are parsed when
/// they are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Schema(&'static str);

/// A schema, read one level deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these strings.
    Enum(Enum),
    /// An array whose items are of this schema.
    Array(Schema),
    /// An object with named fields.
    Object(ObjectSchema),
    /// A map: an object with any keys whose values are of this schema.
    Map(Schema),
    /// An object with any fields.
    FreeObject,
    /// One of several schemas.
    Union(Union),
    /// Any value, because the API's description does not say.
    Any,
}

/// The values of an enum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Enum(&'static str);

/// The fields of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ObjectSchema(&'static str);

/// The variants of a union.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Union(&'static str);

/// A field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSchema {
    /// Its name.
    pub name: &'static str,
    /// Whether the API's description requires it.
    pub required: bool,
    /// The schema of its value.
    pub schema: Schema,
    bounds: &'static str,
}

/// The schema of an operation's JSON body; `path` is the template, as in the catalog.
pub fn body(method: &str, path: &str) -> Option<Schema> {
    entry(&format!("{method} {path}")).map(Schema)
}

/// The schema of the `options` of a connection of this strategy.
pub fn connection_options(strategy: &str) -> Option<Schema> {
    entry(&format!("options {strategy}")).map(Schema)
}

/// The documented values of a placeholder in a path template. `None` if it accepts other values,
/// such as IDs.
pub fn path_values(template: &str, placeholder: &str) -> Option<Enum> {
    let schema = Schema(entry(&format!("path {template}"))?);
    match schema.below(placeholder)?.kind() {
        Type::Enum(values) => Some(values),
        _ => None,
    }
}

/// The query parameters of an operation that have documented values or bounds.
pub fn query_limits(method: &str, path: &str) -> Vec<FieldSchema> {
    entry(&format!("query {method} {path}")).map(Schema).map_or_else(Vec::new, Schema::fields)
}

/// The rest of the line whose first cell is `head`.
fn entry(head: &str) -> Option<&'static str> {
    let needle = format!("\n{head}\t");
    let at = match TABLE.strip_prefix(&needle[1..]) {
        Some(_) => needle.len() - 1,
        None => memchr::memmem::find(TABLE.as_bytes(), needle.as_bytes())? + needle.len(),
    };
    TABLE.get(at..)?.lines().next()
}

impl Schema {
    /// Whether `null` is allowed.
    pub fn is_nullable(self) -> bool {
        self.0.starts_with('~')
    }

    /// The type of the value.
    pub fn kind(self) -> Type {
        let text = self.0.trim_start_matches('~');
        let Some(first) = text.chars().next() else { return Type::Any };
        let rest = text.get(1..).unwrap_or_default();
        match first {
            's' => Type::Text,
            'i' => Type::Integer,
            'n' => Type::Number,
            'b' => Type::Boolean,
            'o' => Type::FreeObject,
            '[' => Type::Array(Self(rest)),
            '*' => Type::Map(Self(rest)),
            '@' => entry(text).map_or(Type::Any, |line| Type::Object(ObjectSchema(line))),
            'e' => entry(text).map_or(Type::Any, |line| Type::Enum(Enum(line))),
            '|' => entry(text).map_or(Type::Any, |line| Type::Union(Union(line))),
            _ => Type::Any,
        }
    }

    /// The object schemas of a value: its own, or those of a union's variants.
    pub fn objects(self) -> Vec<ObjectSchema> {
        match self.kind() {
            Type::Object(object) => vec![object],
            Type::Union(union) => union.variants().flat_map(|(_, of)| of.objects()).collect(),
            _ => Vec::new(),
        }
    }

    /// The fields of [`Schema::objects`], each name once.
    pub fn fields(self) -> Vec<FieldSchema> {
        let mut fields: Vec<FieldSchema> = Vec::new();
        for field in self.objects().into_iter().flat_map(ObjectSchema::fields) {
            if fields.iter().all(|have| have.name != field.name) {
                fields.push(field);
            }
        }
        fields
    }

    /// The schema at the end of a path of field names. In an array, a name refers to a field of its
    /// items.
    pub fn at<'p>(self, path: impl IntoIterator<Item = &'p str>) -> Option<Self> {
        path.into_iter().try_fold(self, Self::below)
    }

    /// The schema of a field.
    pub fn below(self, name: &str) -> Option<Self> {
        match self.kind() {
            Type::Array(items) => items.below(name),
            Type::Map(values) => Some(values),
            Type::FreeObject => Some(Self("?")),
            Type::Any => Some(self),
            Type::Union(union) => union.variants().find_map(|(_, of)| of.below(name)),
            Type::Object(object) => match object.fields().find(|field| field.name == name) {
                Some(field) => Some(field.schema),
                None => object.is_open().then_some(Self("?")),
            },
            _ => None,
        }
    }

    /// The schema of the items, if it is an array.
    pub fn items(self) -> Option<Self> {
        match self.kind() {
            Type::Array(items) => Some(items),
            Type::Union(union) => union.variants().find_map(|(_, of)| of.items()),
            _ => None,
        }
    }

    /// The type in words, for listings: `string`, `array of integer`, `one of a, b`.
    pub fn words(self) -> String {
        let words = match self.kind() {
            Type::Text => "string".to_owned(),
            Type::Integer => "integer".to_owned(),
            Type::Number => "number".to_owned(),
            Type::Boolean => "boolean".to_owned(),
            Type::Any => "any".to_owned(),
            Type::Object(_) | Type::FreeObject => "object".to_owned(),
            Type::Map(of) => format!("map of {}", of.words()),
            Type::Array(of) => format!("array of {}", of.words()),
            Type::Enum(values) => values.values().collect::<Vec<_>>().join("|"),
            Type::Union(union) => {
                let mut words: Vec<String> = Vec::new();
                for (_, of) in union.variants() {
                    let word = of.words();
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
                words.join(" or ")
            }
        };
        if self.is_nullable() { format!("{words} or null") } else { words }
    }

    /// Converts typed text to the type of this schema: `1` becomes a string for a string field and
    /// a number for a number field. `null` stays null, so that a field can be removed. `None` if
    /// the schema has no type, or the text is invalid for it.
    pub fn read(self, text: &str) -> Option<Value> {
        if text == "null" {
            return Some(Value::Null);
        }
        match self.kind() {
            Type::Text | Type::Enum(_) => Some(Value::String(text.to_owned())),
            Type::Boolean => text.parse().ok().map(Value::Bool),
            Type::Integer => text.parse::<i64>().ok().map(Value::from),
            Type::Number => serde_json::from_str(text).ok().filter(Value::is_number),
            Type::Array(_) => serde_json::from_str(text).ok().filter(Value::is_array),
            Type::Object(_) | Type::Map(_) | Type::FreeObject => {
                serde_json::from_str(text).ok().filter(Value::is_object)
            }
            Type::Union(union) => {
                // Strings come last, because any text can be a string.
                let mut readings: Vec<Value> =
                    union.variants().filter_map(|(_, of)| of.read(text)).collect();
                readings.sort_by_key(Value::is_string);
                readings.into_iter().next()
            }
            Type::Any => None,
        }
    }
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::fmt::Debug for Enum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.values()).finish()
    }
}

impl std::fmt::Debug for ObjectSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::fmt::Debug for Union {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Enum {
    /// The values, in the API's order.
    pub fn values(self) -> impl Iterator<Item = &'static str> {
        self.0.split('\t')
    }
}

impl ObjectSchema {
    /// The fields, in the API's order.
    pub fn fields(self) -> impl Iterator<Item = FieldSchema> {
        self.0.split('\t').filter(|cell| *cell != "+").filter_map(FieldSchema::read)
    }

    /// Whether other fields are allowed.
    pub fn is_open(self) -> bool {
        self.0.split('\t').next_back() == Some("+")
    }
}

impl Union {
    /// The discriminator: the field whose value names the variant, if there is one.
    pub fn discriminator(self) -> Option<&'static str> {
        self.0.split('\t').next().filter(|name| *name != "-")
    }

    /// The variants: the value of the discriminator (or `-`), and the schema.
    pub fn variants(self) -> impl Iterator<Item = (&'static str, Schema)> {
        self.0
            .split('\t')
            .skip(1)
            .filter_map(|cell| cell.split_once(' ').map(|(value, of)| (value, Schema(of))))
    }
}

impl FieldSchema {
    fn read(cell: &'static str) -> Option<Self> {
        let (name, rest) = cell.split_once(' ')?;
        let (schema, bounds) = rest.split_once(' ').unwrap_or((rest, ""));
        let required = name.ends_with('!');
        Some(Self { name: name.trim_end_matches('!'), required, schema: Schema(schema), bounds })
    }

    /// The minimum length (in characters), value or number of items.
    pub fn least(&self) -> Option<f64> {
        self.bound(">=")
    }

    /// The maximum length (in characters), value or number of items.
    pub fn most(&self) -> Option<f64> {
        self.bound("<=")
    }

    /// The format of a string, as named in the API's description.
    pub fn format(&self) -> Option<&'static str> {
        self.bounds.split(' ').find_map(|bound| bound.strip_prefix('%'))
    }

    fn bound(&self, sign: &str) -> Option<f64> {
        self.bounds.split(' ').find_map(|bound| bound.strip_prefix(sign)?.parse().ok())
    }
}
