//! What to change, from `--set` and `--json`, and how it meets what is there.
//!
//! The API replaces a nested object whole, so an object is merged with what was read before it is
//! sent back: a change of one option keeps its siblings (RFC 7396 below the top level).

use serde_json::{Map, Value};

use crate::error::Error;
use crate::redact;

/// A JSON object.
pub type Object = Map<String, Value>;

/// How deep `--set a.b.c` may reach.
const MAX_DEPTH: usize = 32;

/// One `--set KEY=VALUE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    path: Vec<String>,
    value: Value,
}

impl Assignment {
    /// Reads `a.b=VALUE`: dots nest (`\.` is a dot), and VALUE is JSON where it parses as JSON,
    /// else a string. An integer too large for JSON's numbers stays the string it was.
    ///
    /// # Errors
    /// In words, for a command line that is none of that.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
        let path = path(key)?;
        Ok(Self { path, value: value_of(value) })
    }

    /// A top-level field, from a flag of its own.
    pub fn field(name: &str, value: impl Into<Value>) -> Self {
        Self { path: vec![name.to_owned()], value: value.into() }
    }

    fn name(&self) -> String {
        self.path.join(".")
    }
}

fn path(key: &str) -> Result<Vec<String>, String> {
    let mut path = vec![String::new()];
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        let segment = path.last_mut().expect("there is always a last segment");
        match c {
            '.' => path.push(String::new()),
            '\\' => match chars.next() {
                Some('.') => segment.push('.'),
                Some(other) => segment.extend(['\\', other]),
                None => segment.push('\\'),
            },
            _ => segment.push(c),
        }
    }
    if path.iter().any(String::is_empty) {
        return Err("the key has an empty part; write it like name or refresh_token.rotation_type"
            .to_owned());
    }
    if path.len() > MAX_DEPTH {
        return Err(format!("the key has more than {MAX_DEPTH} parts"));
    }
    Ok(path)
}

fn value_of(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Number(number)) if number.is_f64() && is_integer(text) => {
            Value::String(text.to_owned())
        }
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

fn is_integer(text: &str) -> bool {
    text.trim().trim_start_matches('-').bytes().all(|b| b.is_ascii_digit())
}

/// Lays the assignments over a document, in order: objects are merged, all else is replaced.
///
/// # Errors
/// Usage, where one assignment looks for fields inside what another made no object of.
pub fn assign(document: &mut Object, assignments: &[Assignment]) -> Result<(), Error> {
    for assignment in assignments {
        let (last, parents) = assignment.path.split_last().expect("a path has a part");
        let mut object = &mut *document;
        for part in parents {
            let slot = object.entry(part.as_str()).or_insert_with(|| Value::Object(Object::new()));
            object = slot.as_object_mut().ok_or_else(|| {
                Error::usage(format!(
                    "cannot set {}: {part} is set to something that has no fields",
                    assignment.name()
                ))
                .hint(format!("set {part} whole, or only fields inside it"))
            })?;
        }
        match (object.get_mut(last.as_str()), &assignment.value) {
            (Some(Value::Object(there)), Value::Object(new)) => lay_over(there, new),
            _ => {
                object.insert(last.clone(), assignment.value.clone());
            }
        }
    }
    Ok(())
}

fn lay_over(there: &mut Object, new: &Object) {
    for (key, value) in new {
        match (there.get_mut(key), value) {
            (Some(Value::Object(there)), Value::Object(new)) => lay_over(there, new),
            _ => {
                there.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The top-level fields of `change` as they are to be sent, given what is there: objects merged,
/// and fields left out that are the same already. A null inside an object takes the field away; at
/// the top level, and inside the fields that `keep_null` names, it is sent.
///
/// # Errors
/// Usage, where a change looks for fields inside a list.
pub fn merged(before: &Object, change: &Object, keep_null: &[&str]) -> Result<Object, Error> {
    let mut body = Object::new();
    for (key, value) in change {
        let after = match (before.get(key), value) {
            (Some(Value::Array(_)), Value::Object(_)) => {
                return Err(Error::usage(format!("{key} is a list: it has no fields to set"))
                    .hint(format!("set it whole, as JSON: --set '{key}=[…]'")));
            }
            (Some(Value::Object(there)), Value::Object(new)) => {
                Value::Object(patched(there, new, keep_null.contains(&key.as_str())))
            }
            (_, Value::Object(new)) => match patched(&Object::new(), new, false) {
                // There is nothing to take away.
                nothing if nothing.is_empty() && !new.is_empty() => continue,
                after => Value::Object(after),
            },
            (_, value) => value.clone(),
        };
        if before.get(key) != Some(&after) {
            body.insert(key.clone(), after);
        }
    }
    Ok(body)
}

/// RFC 7396 §2, with nulls kept on request where they take something away.
fn patched(there: &Object, new: &Object, keep_null: bool) -> Object {
    let mut object = there.clone();
    for (key, value) in new {
        match value {
            Value::Null if keep_null && there.get(key).is_some_and(|value| !value.is_null()) => {
                object.insert(key.clone(), Value::Null);
            }
            Value::Null => {
                // `remove` would move the last field into the gap.
                object.shift_remove(key);
            }
            Value::Object(new) => {
                let nothing = Object::new();
                let there = there.get(key).and_then(Value::as_object).unwrap_or(&nothing);
                object.insert(key.clone(), Value::Object(patched(there, new, keep_null)));
            }
            value => {
                object.insert(key.clone(), value.clone());
            }
        }
    }
    object
}

/// Takes the redacted values out of a change: a document that `show` printed and somebody edited
/// says of those fields only that they are to stay. Returns the paths taken out.
pub fn take_redacted(change: &mut Object) -> Vec<String> {
    let mut taken = Vec::new();
    take_from(change, "", &mut taken);
    taken
}

fn take_from(object: &mut Object, path: &str, taken: &mut Vec<String>) {
    object.retain(|key, value| {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match value {
            Value::Object(inner) => {
                let was_empty = inner.is_empty();
                take_from(inner, &path, taken);
                was_empty || !inner.is_empty()
            }
            value if holds_redacted(value) => {
                taken.push(path);
                false
            }
            _ => true,
        }
    });
}

/// A list with a redacted value anywhere in it cannot be sent in part.
fn holds_redacted(value: &Value) -> bool {
    match value {
        Value::String(text) => text == redact::REDACTED,
        Value::Array(items) => items.iter().any(holds_redacted),
        Value::Object(fields) => fields.values().any(holds_redacted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("not an object: {other}"),
        }
    }

    fn set(texts: &[&str]) -> Object {
        let mut document = Object::new();
        let assignments: Vec<_> =
            texts.iter().map(|text| Assignment::parse(text).unwrap()).collect();
        assign(&mut document, &assignments).unwrap();
        document
    }

    #[test]
    fn values_are_json_where_they_parse() {
        let got = set(&[
            "a=1",
            "b=true",
            "c=null",
            "d=[1,2]",
            "e={\"x\":1}",
            "f=plain",
            "g=",
            "h=\"1\"",
            "i=a=b",
            "j=007",
        ]);
        assert_eq!(
            Value::Object(got),
            json!({"a":1,"b":true,"c":null,"d":[1,2],"e":{"x":1},"f":"plain","g":"","h":"1","i":"a=b","j":"007"})
        );
    }

    #[test]
    fn large_integers_keep_their_digits() {
        assert_eq!(
            set(&["a=123456789012345678901234567890"])["a"],
            "123456789012345678901234567890"
        );
        assert_eq!(set(&["a=1.5"])["a"], json!(1.5));
    }

    #[test]
    fn keys_nest_and_escape() {
        assert_eq!(
            Value::Object(set(&["a.b.c=1", "a.b.d=2", "a.e=3", "m.https://x\\.y/z=4"])),
            json!({"a":{"b":{"c":1,"d":2},"e":3},"m":{"https://x.y/z":4}})
        );
        for wrong in ["", "=1", "a", ".a=1", "a.=1", "a..b=1"] {
            assert!(Assignment::parse(wrong).is_err(), "{wrong}");
        }
        let deep = format!("{}=1", vec!["a"; 10_000].join("."));
        assert!(Assignment::parse(&deep).is_err());
    }

    #[test]
    fn a_field_inside_a_scalar_is_a_usage_error() {
        let mut document = Object::new();
        let both = [Assignment::field("a", 1), Assignment::parse("a.b=2").unwrap()];
        let error = assign(&mut document, &both).unwrap_err();
        assert_eq!(error.kind(), crate::error::Kind::Usage);
    }

    #[test]
    fn flags_win_over_the_document() {
        let mut document = object(json!({"name":"old","options":{"a":1,"b":{"c":1,"d":2}}}));
        let flags = [
            Assignment::field("name", "new"),
            Assignment::parse("options={\"b\":{\"c\":9}}").unwrap(),
        ];
        assign(&mut document, &flags).unwrap();
        assert_eq!(
            Value::Object(document),
            json!({"name":"new","options":{"a":1,"b":{"c":9,"d":2}}})
        );
    }

    #[test]
    fn siblings_stay_and_null_removes() {
        let before = object(json!({"options":{"a":1,"b":{"c":1,"d":2},"e":3},"display_name":"X"}));
        let change = object(json!({"options":{"b":{"c":9},"e":null},"display_name":null}));
        let body = merged(&before, &change, &[]).unwrap();
        assert_eq!(
            Value::Object(body),
            json!({"options":{"a":1,"b":{"c":9,"d":2}},"display_name":null})
        );
    }

    #[test]
    fn nulls_are_sent_where_the_api_deletes_by_them() {
        let before = object(json!({"client_metadata":{"a":"1","b":"2"}}));
        let change = object(json!({"client_metadata":{"a":null,"z":null}}));
        let body = merged(&before, &change, &["client_metadata"]).unwrap();
        assert_eq!(Value::Object(body), json!({"client_metadata":{"a":null,"b":"2"}}));
    }

    #[test]
    fn nothing_is_sent_that_is_the_same_already() {
        let before = object(json!({"name":"a","options":{"x":[1],"y":2}}));
        let change = object(json!({"name":"a","options":{"y":2,"z":null},"none":{"z":null}}));
        let body = merged(&before, &change, &[]).unwrap();
        assert!(body.is_empty());
    }

    #[test]
    fn a_list_has_no_fields() {
        let before = object(json!({"callbacks":["https://a"]}));
        assert!(merged(&before, &set(&["callbacks.0=https://b"]), &[]).is_err());
    }

    #[test]
    fn redacted_values_are_taken_out() {
        let hidden = redact::REDACTED;
        let mut change = object(json!({
            "client_secret": hidden, "name": "a", "options": {"client_secret": hidden, "x": 1},
            "only": {"secret": hidden}, "keys": [{"cert": hidden}], "empty": {},
        }));
        let taken = take_redacted(&mut change);
        assert_eq!(Value::Object(change), json!({"name":"a","options":{"x":1},"empty":{}}));
        assert_eq!(taken, ["client_secret", "options.client_secret", "only.secret", "keys"]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn any_object() -> impl Strategy<Value = Object> {
        prop::collection::btree_map("[a-d]", any_json(), 0..4)
            .prop_map(|map| map.into_iter().collect())
    }

    /// What the API does with the body: every field is replaced whole.
    fn applied(before: &Object, body: &Object) -> Object {
        let mut after = before.clone();
        after.extend(body.clone());
        after
    }

    proptest! {
        #[test]
        fn no_sibling_is_ever_lost(before in any_object(), path in prop::collection::vec("[a-d]", 2..4), value in any_json()) {
            let mut change = Object::new();
            assign(&mut change, &[Assignment { path: path.clone(), value }]).unwrap();
            let Ok(body) = merged(&before, &change, &[]) else { return Ok(()) };
            let after = applied(&before, &body);
            // Along the path, every neighbour that was there is there, unchanged.
            let (mut old, mut new) = (&before, &after);
            for part in &path {
                for (key, value) in old {
                    if key != part {
                        prop_assert_eq!(new.get(key), Some(value));
                    }
                }
                match (old.get(part), new.get(part)) {
                    (Some(Value::Object(o)), Some(Value::Object(n))) => (old, new) = (o, n),
                    _ => break,
                }
            }
        }

        #[test]
        fn sending_it_twice_changes_nothing_more(before in any_object(), change in any_object()) {
            let Ok(body) = merged(&before, &change, &[]) else { return Ok(()) };
            let after = applied(&before, &body);
            if let Ok(again) = merged(&after, &change, &[]) {
                prop_assert!(again.is_empty(), "{again:?}");
            }
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in ".{0,64}") {
            let _ = Assignment::parse(&text);
        }
    }
}
