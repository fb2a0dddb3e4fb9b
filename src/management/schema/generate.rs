//! Makes `data/management-bodies.tsv`: the structure of every JSON request body, and the documented
//! values and bounds of parameters.
//!
//! Used by `examples/generate-catalog.rs`, for a newer OpenAPI document, and by the tests. No
//! binary contains it. Reads names, types, enums, formats and bounds, but no descriptions.
//!
//! Each line is an entry. Its first cell is the key:
//!
//! | line | meaning |
//! | --- | --- |
//! | `POST /clients⇥TYPE` | the body of an operation |
//! | `options auth0⇥TYPE` | the `options` of a connection of this strategy |
//! | `path /prompts/{prompt}/partials⇥@7` | the placeholders of a path that take documented values only |
//! | `query GET /clients⇥@8` | the query parameters with documented values or bounds |
//! | `@12⇥name! s >=1⇥callbacks [s⇥+` | an object: its fields, `!` if required; `+` if it takes others too |
//! | `e5⇥native⇥spa` | the values of an enum |
//! | `|3⇥type⇥http @14⇥email @15` | a union: the field that tells its variants apart, or `-` |
//!
//! A TYPE is `s` (string), `i` (integer), `n` (number), `b` (boolean), `?` (anything), `o` (an object
//! of any fields), `@N`, `eN`, `|N`, `[TYPE` (an array) or `*TYPE` (a map), and starts with `~` if
//! null is allowed. After the type come `>=N` and `<=N` (length, value or count) and `%format`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// The prefix of the schemas with the options of a strategy. No operation refers to them.
const BY_STRATEGY: &str = "CreateConnectionRequestContent";

/// Free objects whose values must be strings. The document only says so in prose.
const MAPS_OF_STRINGS: [&str; 1] = ["client_metadata"];

/// Secrets that the API accepts but never returns. The document uses the schema of the answer for
/// them, which lacks the field. Pairs of schema and field.
const UNSHOWN: [(&str, &str); 2] =
    [("EventStreamWebhookBasicAuth", "password"), ("EventStreamWebhookBearerAuth", "token")];

/// Adds missing fields to an OpenAPI document.
pub(crate) fn correct(document: &mut Value) {
    for (schema, field) in UNSHOWN {
        if let Some(Value::Object(fields)) =
            document.pointer_mut(&format!("/components/schemas/{schema}/properties"))
        {
            fields.entry(field).or_insert_with(|| serde_json::json!({"type": "string"}));
        }
    }
}

/// Makes the table from an OpenAPI document, for the operations for which `listed` is true.
pub(crate) fn table(
    document: &Value,
    listed: &dyn Fn(&str, &str) -> bool,
) -> Result<String, String> {
    let mut document = document.clone();
    correct(&mut document);
    let document = &document;
    let mut made = Maker {
        document,
        shapes: Interned::default(),
        enums: Interned::default(),
        unions: Interned::default(),
        open: Vec::new(),
    };
    let mut heads = String::new();
    let paths = document["paths"].as_object().ok_or("the document has no paths")?;
    let mut bodies = BTreeMap::new();
    for (path, item) in paths {
        for (at, method) in METHODS.iter().enumerate() {
            let content = &made.resolve(&item[method.to_lowercase()]["requestBody"])["content"];
            let schema = &content["application/json"]["schema"];
            if !schema.is_null() && listed(method, path) {
                bodies.insert((path.clone(), at), schema.clone());
            }
        }
    }
    for ((path, method), schema) in &bodies {
        let schema = made.schema(schema)?;
        let _ = writeln!(heads, "{} {path}\t{schema}", METHODS[*method]);
    }
    let schemas = document["components"]["schemas"].as_object().ok_or("no schemas")?;
    let mut strategies = BTreeMap::new();
    for (_, schema) in schemas.iter().filter(|(name, _)| name.starts_with(BY_STRATEGY)) {
        let merged = made.merged(schema);
        let strategy = made.resolve(&merged["properties"]["strategy"]);
        let name = strategy["const"].as_str().or_else(|| match strategy["enum"].as_array() {
            Some(values) if values.len() == 1 => values[0].as_str(),
            _ => None,
        });
        if let Some(name) = name {
            strategies.insert(name.to_owned(), merged["properties"]["options"].clone());
        }
    }
    for (name, options) in &strategies {
        let schema = made.schema(options)?;
        let _ = writeln!(heads, "options {name}\t{schema}");
    }
    for (path, item) in paths {
        let mut of_path = Map::new();
        for method in std::iter::once("GET").chain(METHODS) {
            let operation = &item[method.to_lowercase()];
            if !listed(method, path) {
                continue;
            }
            let mut of_query = Map::new();
            let lists = [&item["parameters"], &operation["parameters"]];
            for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
                let parameter = made.resolve(parameter).clone();
                let name = parameter["name"].as_str().ok_or("a parameter without a name")?;
                let into = match parameter["in"].as_str() {
                    Some("path") => &mut of_path,
                    Some("query") => &mut of_query,
                    _ => continue,
                };
                if made.is_limited(&parameter["schema"], parameter["in"] == "path") {
                    into.insert(name.to_owned(), parameter["schema"].clone());
                }
            }
            if !of_query.is_empty() {
                let shape = made.object(&serde_json::json!({"properties": of_query}))?;
                let _ = writeln!(heads, "query {method} {path}\t{shape}");
            }
        }
        if !of_path.is_empty() {
            let shape = made.object(&serde_json::json!({"properties": of_path}))?;
            let _ = writeln!(heads, "path {path}\t{shape}");
        }
    }
    Ok(heads + &made.lines())
}

/// Builds the table. Equal objects, enums and unions share a line.
struct Maker<'a> {
    document: &'a Value,
    shapes: Interned,
    enums: Interned,
    unions: Interned,
    /// The schemas that are being read. They end recursion.
    open: Vec<String>,
}

#[derive(Default)]
struct Interned {
    index: BTreeMap<String, usize>,
    lines: Vec<String>,
}

impl Interned {
    fn number(&mut self, line: String) -> usize {
        if let Some(at) = self.index.get(&line) {
            return *at;
        }
        let at = self.lines.len();
        self.index.insert(line.clone(), at);
        self.lines.push(line);
        at
    }
}

impl<'a> Maker<'a> {
    fn lines(&self) -> String {
        let mut out = String::new();
        for (sign, table) in [("@", &self.shapes), ("e", &self.enums), ("|", &self.unions)] {
            for (number, line) in table.lines.iter().enumerate() {
                let _ = writeln!(out, "{sign}{number}\t{line}");
            }
        }
        out
    }

    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(target) => {
                self.resolve(self.document.pointer(&target[1..]).unwrap_or(&Value::Null))
            }
            None => value,
        }
    }

    /// Whether a parameter only accepts documented values, or has bounds.
    fn is_limited(&self, schema: &Value, only_values: bool) -> bool {
        const BOUNDS: [&str; 4] = ["minimum", "maximum", "minLength", "maxLength"];
        let schema = self.merged(schema);
        let values = |schema: &Value| schema["enum"].is_array() || schema["const"].is_string();
        values(&schema)
            || !only_values
                && (values(self.resolve(&schema["items"]))
                    || BOUNDS.iter().any(|bound| schema[*bound].is_number()))
    }

    /// A schema with the parts of its `allOf` merged.
    fn merged(&self, schema: &Value) -> Value {
        let schema = self.resolve(schema);
        let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
        let mut whole = schema.as_object().cloned().unwrap_or_default();
        whole.remove("allOf");
        for part in parts {
            let Value::Object(part) = self.merged(part) else { continue };
            for (key, value) in part {
                match (whole.get_mut(&key), value) {
                    (Some(Value::Object(have)), Value::Object(more)) => {
                        for (name, value) in more {
                            have.entry(name).or_insert(value);
                        }
                    }
                    (Some(Value::Array(have)), Value::Array(more)) => have.extend(more),
                    (Some(_), _) => {}
                    (None, value) => {
                        whole.insert(key, value);
                    }
                }
            }
        }
        Value::Object(whole)
    }

    /// The TYPE of a schema.
    fn schema(&mut self, schema: &Value) -> Result<String, String> {
        let name = schema["$ref"].as_str().map(str::to_owned);
        if let Some(name) = &name {
            if self.open.contains(name) {
                return Ok("?".to_owned());
            }
            self.open.push(name.clone());
        }
        let merged = self.merged(schema);
        let made = self.plain(&merged);
        if name.is_some() {
            self.open.pop();
        }
        made
    }

    fn plain(&mut self, schema: &Value) -> Result<String, String> {
        let mut nullable = schema["nullable"] == true;
        let kind = match &schema["type"] {
            Value::String(kind) => Some(kind.as_str()),
            Value::Array(kinds) => {
                nullable |= kinds.iter().any(|kind| kind == "null");
                let kinds: Vec<_> = kinds.iter().filter(|kind| *kind != "null").collect();
                if let [kind] = kinds.as_slice() { kind.as_str() } else { None }
            }
            _ => None,
        };
        let variants: Vec<Value> = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|key| schema[*key].as_array())
            .flatten()
            .filter(|variant| {
                let null = self.resolve(variant)["type"] == "null";
                nullable |= null;
                !null
            })
            .cloned()
            .collect();
        let made = match variants.as_slice() {
            [] => self.kind(kind, schema)?,
            // A union of requirements (`required` in every variant) is the object itself.
            _ if schema["properties"].is_object() => self.kind(Some("object"), schema)?,
            [only] => self.schema(only)?,
            several => self.union(several)?,
        };
        Ok(if nullable && !made.starts_with('~') { format!("~{made}") } else { made })
    }

    fn kind(&mut self, kind: Option<&str>, schema: &Value) -> Result<String, String> {
        if let Some(value) = schema["const"].as_str() {
            return Ok(format!("e{}", self.enums.number(value.to_owned())));
        }
        if let Some(values) = schema["enum"].as_array() {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            let null = if values.iter().any(Value::is_null) { "~" } else { "" };
            if !texts.is_empty() {
                return Ok(format!("{null}e{}", self.enums.number(texts.join("\t"))));
            }
        }
        Ok(match kind {
            Some("string") => "s".to_owned(),
            Some("integer") => "i".to_owned(),
            Some("number") => "n".to_owned(),
            Some("boolean") => "b".to_owned(),
            Some("array") => format!("[{}", self.schema(&schema["items"])?),
            Some("object") => self.object(schema)?,
            None if schema["properties"].is_object() => self.object(schema)?,
            _ => "?".to_owned(),
        })
    }

    fn object(&mut self, schema: &Value) -> Result<String, String> {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let others = &schema["additionalProperties"];
        if properties.is_empty() {
            return Ok(match others {
                Value::Object(_) => format!("*{}", self.schema(others)?),
                _ => "o".to_owned(),
            });
        }
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut fields = Vec::new();
        for (name, property) in properties {
            if name.contains([' ', '\t', '\n', '!']) || name.is_empty() {
                return Err(format!("a field's name that the table cannot hold: {name:?}"));
            }
            let kind = match MAPS_OF_STRINGS.contains(&name.as_str()) {
                true => "*s".to_owned(),
                false => self.schema(property)?,
            };
            let mark = if required.contains(&name.as_str()) { "!" } else { "" };
            let bounds = bounds(&self.merged(property), &kind);
            fields.push(format!("{name}{mark} {kind}{bounds}"));
        }
        // If the document does not say so, other fields are not allowed, and cause a warning.
        if matches!(others, Value::Object(_) | Value::Bool(true)) {
            fields.push("+".to_owned());
        }
        Ok(format!("@{}", self.shapes.number(fields.join("\t"))))
    }

    fn union(&mut self, variants: &[Value]) -> Result<String, String> {
        let mut made = Vec::new();
        for variant in variants {
            made.push(self.schema(variant)?);
        }
        let mut distinct = made.clone();
        distinct.sort();
        distinct.dedup();
        if let [only] = distinct.as_slice() {
            return Ok(only.clone());
        }
        let merged: Vec<Value> = variants.iter().map(|variant| self.merged(variant)).collect();
        let (field, names) = self.discriminator(&merged).unwrap_or_default();
        let cells: Vec<String> = made
            .iter()
            .enumerate()
            .map(|(at, kind)| format!("{} {kind}", names.get(at).map_or("-", String::as_str)))
            .collect();
        let field = if field.is_empty() { "-" } else { &field };
        Ok(format!("|{}", self.unions.number(format!("{field}\t{}", cells.join("\t")))))
    }

    /// The field that has a different single value in each variant, and these values.
    fn discriminator(&self, variants: &[Value]) -> Option<(String, Vec<String>)> {
        let first = variants.first()?["properties"].as_object()?;
        first.keys().find_map(|field| {
            let mut values = Vec::new();
            for variant in variants {
                let property = self.merged(&variant["properties"][field]);
                let value = property["const"].as_str().or_else(|| {
                    match property["enum"].as_array().map(Vec::as_slice) {
                        Some([value]) => value.as_str(),
                        _ => None,
                    }
                })?;
                if values.iter().any(|have| have == value) || value.contains(' ') {
                    return None;
                }
                values.push(value.to_owned());
            }
            Some((field.clone(), values))
        })
    }
}

/// The bounds and the format of a property.
fn bounds(schema: &Value, kind: &str) -> String {
    let (least, most) = match kind.trim_start_matches('~').as_bytes().first() {
        Some(b's') => ("minLength", "maxLength"),
        Some(b'i' | b'n') => ("minimum", "maximum"),
        Some(b'[') => ("minItems", "maxItems"),
        _ => return String::new(),
    };
    let mut text = String::new();
    for (sign, key) in [(">=", least), ("<=", most)] {
        if schema[key].is_number() {
            let _ = write!(text, " {sign}{}", schema[key]);
        }
    }
    if let Some(format) = schema["format"].as_str().filter(|format| !format.contains(' ')) {
        let _ = write!(text, " %{format}");
    }
    text
}
