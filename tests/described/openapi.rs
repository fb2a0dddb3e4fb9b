//! The API's own description, as `tests/data/management-api.json.gz` holds it, and a check of
//! values against its schemas. It shares no code with the suite's or the emulator's checks.

use std::sync::LazyLock;

use serde_json::Value;

static COPY: LazyLock<Value> = LazyLock::new(|| {
    let packed = include_bytes!("../data/management-api.json.gz");
    serde_json::from_reader(flate2::read::GzDecoder::new(&packed[..])).unwrap()
});

/// Schemas of forms and flows contain themselves.
const DEPTH: usize = 40;

/// Every operation.
pub(crate) fn operations() -> &'static [Value] {
    COPY["operations"].as_array().unwrap()
}

/// The operation of a request; literal segments are preferred to placeholders.
pub(crate) fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let path = path.strip_prefix("/api/v2").unwrap_or(path);
    let given: Vec<&str> = path.split('/').collect();
    let fits = |operation: &&Value| {
        let wanted: Vec<&str> = operation["path"].as_str().unwrap().split('/').collect();
        operation["method"] == method
            && wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(w, g)| w == g || w.starts_with('{') && !g.is_empty())
    };
    let placeholders =
        |operation: &&Value| operation["path"].as_str().unwrap().matches('{').count();
    operations().iter().filter(fits).min_by_key(placeholders)
}

/// What of a request is not as described.
pub(crate) fn faults_of_request(
    method: &str,
    path: &str,
    query: &[(String, String)],
    body: &[u8],
) -> Vec<String> {
    let Some(operation) = operation(method, path) else {
        return vec![format!("{method} {path} is not described")];
    };
    let mut faults = Vec::new();
    for (name, text) in query {
        let schema = &operation["query"][name];
        if schema.is_null() {
            faults.push(format!("query {name} is not described"));
        } else if let Err(fault) = parameter(schema, text) {
            faults.push(format!("query {name}={text}: {fault}"));
        }
    }
    match (&operation["body"], serde_json::from_slice::<Value>(body)) {
        (_, Err(_)) if body.is_empty() => {}
        (Value::Null, _) => faults.push("a body where none is described".to_owned()),
        (_, Err(error)) => faults.push(format!("the body is not JSON: {error}")),
        (schema, Ok(value)) => faults.extend(fault(schema, &value, true)),
    }
    faults.into_iter().map(|fault| format!("{method} {path}: {fault}")).collect()
}

/// What of an answer is not as described. The description does not know every form of a list:
/// without `include_totals` many are bare arrays, and lists of checkpoint paging have pages with
/// totals too. Of these, the items are checked.
pub(crate) fn fault_of_answer(operation: &Value, answer: &Value) -> Option<String> {
    let schema = &operation["answer"];
    match answer {
        Value::Array(_) => fault(items(schema).unwrap_or(schema), answer, false),
        Value::Object(page) if page.contains_key("start") && !names(schema, "start") => {
            let rows = page.values().find(|value| value.is_array())?;
            fault(items(schema)?, rows, false)
        }
        _ => fault(schema, answer, false),
    }
}

fn names(schema: &Value, property: &str) -> bool {
    let schema = resolved(schema);
    let choices = ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    !schema["properties"][property].is_null() || choices.into_iter().any(|it| names(it, property))
}

/// The array of a list's answer.
fn items(schema: &Value) -> Option<&Value> {
    let schema = resolved(schema);
    let is_array = |schema: &&Value| resolved(schema)["type"] == "array";
    let choices = ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    Some(schema)
        .filter(is_array)
        .or_else(|| schema["properties"].as_object()?.values().find(is_array))
        .or_else(|| choices.into_iter().find_map(items))
}

/// The first thing in a value that is not as its schema says. With `closed`, a field that an object
/// does not name is a fault unless the schema says that there may be others.
pub(crate) fn fault(schema: &Value, value: &Value, closed: bool) -> Option<String> {
    check(schema, value, closed, 0).err()
}

/// A parameter is text, and means a value of the type that its schema wants.
fn parameter(schema: &Value, text: &str) -> Result<(), String> {
    let schema = resolved(schema);
    let read = serde_json::from_str(text).unwrap_or(Value::Null);
    let readings = [Value::from(text), read, Value::from(vec![text])];
    let results = readings.map(|value| check(schema, &value, false, 0));
    if results.iter().any(Result::is_ok) { Ok(()) } else { results.into_iter().next().unwrap() }
}

fn resolved(mut schema: &Value) -> &Value {
    while let Some(name) = schema["$ref"].as_str() {
        schema = &COPY["schemas"][name.rsplit('/').next().unwrap()];
    }
    schema
}

fn check(schema: &Value, value: &Value, closed: bool, depth: usize) -> Result<(), String> {
    let schema = resolved(schema);
    if depth > DEPTH || value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind, value)) {
        return Err(format!("{value:.60} is not of type {}", kinds.join(" or ")));
    }
    if let Some(values) = schema["enum"].as_array().filter(|values| !values.contains(value)) {
        return Err(format!("{value:.60} is none of {} values", values.len()));
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        return Err(format!("{value:.60} is not {}", schema["const"]));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        // What one part does not name, another may.
        check(part, value, false, depth + 1)?;
    }
    for choices in ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()) {
        let results: Vec<_> =
            choices.iter().map(|choice| check(choice, value, closed, depth + 1)).collect();
        if results.iter().all(Result::is_err) {
            // The fault that lies deepest is that of the choice that was meant.
            let deepest = results.into_iter().max_by_key(|result| {
                result.as_ref().err().map(|fault| fault.matches(": ").count())
            });
            return deepest.unwrap();
        }
    }
    match value {
        Value::Object(_) => object(schema, value, closed, depth),
        Value::Array(items) => {
            size(schema, items.len() as f64, "minItems", "maxItems")?;
            items.iter().enumerate().try_for_each(|(at, item)| {
                check(&schema["items"], item, closed, depth + 1)
                    .map_err(|fault| format!("[{at}] {fault}"))
            })
        }
        Value::String(text) => size(schema, text.chars().count() as f64, "minLength", "maxLength"),
        Value::Number(number) => size(schema, number.as_f64().unwrap(), "minimum", "maximum"),
        _ => Ok(()),
    }
}

fn object(schema: &Value, value: &Value, closed: bool, depth: usize) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        // The credentials of phone providers are required and excluded at once.
        let is_excluded =
            schema["additionalProperties"] == false && schema["properties"][name].is_null();
        if value.get(name).is_none() && !is_excluded {
            return Err(format!("{name} is missing"));
        }
    }
    let others = &schema["additionalProperties"];
    let is_closed =
        *others == false || closed && others.is_null() && schema["properties"].is_object();
    for (name, value) in value.as_object().unwrap() {
        let below = match (&schema["properties"][name], others) {
            (Value::Null, Value::Object(_)) => others,
            (Value::Null, _) if is_closed => return Err(format!("{name} is not described")),
            (property, _) => property,
        };
        check(below, value, closed, depth + 1).map_err(|fault| format!("{name}: {fault}"))?;
    }
    Ok(())
}

fn size(schema: &Value, size: f64, least: &str, most: &str) -> Result<(), String> {
    if schema[least].as_f64().is_some_and(|least| size < least) {
        return Err(format!("{size} is below {least} {}", schema[least]));
    }
    if schema[most].as_f64().is_some_and(|most| size > most) {
        return Err(format!("{size} is above {most} {}", schema[most]));
    }
    Ok(())
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    }
}

#[test]
fn faults_are_found() {
    let faults = |query: &[(&str, &str)], body: &str| {
        let query: Vec<_> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        faults_of_request("POST", "/api/v2/roles", &query, body.as_bytes())
    };
    assert_eq!(faults(&[], r#"{"name":"x"}"#), [""; 0]);
    assert_eq!(faults(&[], "{}"), ["POST /api/v2/roles: name is missing"]);
    assert_eq!(faults(&[("x", "1")], r#"{"name":"x","nmae":1}"#).len(), 2);
    let page = [("page".to_owned(), "one".to_owned())];
    assert_eq!(faults_of_request("GET", "/api/v2/roles", &page, b"").len(), 1);
    assert_eq!(faults_of_request("GET", "/api/v2/nothing", &[], b"").len(), 1);
}
