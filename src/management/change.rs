//! Merges a change with the resource that it changes.
//!
//! The API replaces nested objects as a whole. So an object is merged with the current one before
//! it is sent, and a change of one option keeps the others (RFC 7396 below the top level).

use serde_json::{Map, Value};

use crate::base::error::Error;
use crate::base::text::foreign;
use crate::hint;
use crate::output::redact;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// The value below an object at these names, one for each level.
pub(crate) fn value_at<'o, 'n>(
    object: &'o Object,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'o Value> {
    let mut names = names.into_iter();
    let first = object.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

/// Removes the value below an object at these names, if it is there.
pub(crate) fn remove_at<'n>(object: &mut Object, names: impl IntoIterator<Item = &'n str>) {
    let mut names = names.into_iter().peekable();
    let mut place = object;
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            place.shift_remove(name);
            return;
        }
        let Some(Value::Object(below)) = place.get_mut(name) else { return };
        place = below;
    }
}

/// Sets the value below an object at these names. Missing objects around it are added; another
/// value in the place of one stays.
pub(crate) fn set_at<'n>(
    object: &mut Object,
    names: impl IntoIterator<Item = &'n str>,
    value: Value,
) {
    let mut names = names.into_iter().peekable();
    let mut place = object;
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            place.insert(name.to_owned(), value);
            return;
        }
        let below = place.entry(name).or_insert_with(|| Value::Object(Object::new()));
        let Value::Object(below) = below else { return };
        place = below;
    }
}

/// The top-level fields to send. Objects are merged with the current ones, and fields with the same
/// value are left out. A null inside an object removes the field; at the top level, and inside the
/// fields that `keep_null` names, the null is sent.
///
/// # Errors
/// Usage error if a change sets fields inside a list.
pub(crate) fn merged(
    before: &Object,
    change: &Object,
    keep_null: &[&str],
) -> Result<Object, Error> {
    let mut body = Object::new();
    for (key, value) in change {
        let after = match (before.get(key), value) {
            (Some(Value::Array(_)), Value::Object(_)) => {
                return Err(Error::usage(format!("{key} is a list: it has no fields to set"))
                    .hint(hint!(
                        "set it whole, as JSON: --set {}=[…]",
                        foreign(key).in_command("KEY")
                    )));
            }
            (Some(Value::Object(there)), Value::Object(new)) => {
                Value::Object(patched(there, new, keep_null.contains(&key.as_str())))
            }
            (_, Value::Object(new)) => match patched(&Object::new(), new, false) {
                // The change only removes fields that do not exist.
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

/// Merges as in RFC 7396 §2. With `keep_null`, a null that removes a value is kept.
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

/// Removes the redacted values from a change and returns their paths. A person may edit the output
/// of `show`, in which a redacted value means that the field stays as it is.
pub(crate) fn take_redacted(change: &mut Object) -> Vec<String> {
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

/// Whether a value contains a redacted one. Such a list is removed as a whole, because it cannot be
/// sent in part.
fn holds_redacted(value: &Value) -> bool {
    match value {
        Value::String(text) => redact::is_redacted(text),
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

    #[test]
    fn a_value_is_read_set_and_removed_at_its_names() {
        let mut it = object(json!({"a": {"b": {"c": 1}, "d": [1]}, "e": 2}));
        assert_eq!(value_at(&it, ["a", "b", "c"]), Some(&json!(1)));
        for absent in [&[][..], &["a", "x"], &["a", "d", "0"], &["e", "f"]] {
            assert_eq!(value_at(&it, absent.iter().copied()), None, "{absent:?}");
            remove_at(&mut it, absent.iter().copied());
        }
        set_at(&mut it, ["a", "b", "new", "x"], json!(3));
        set_at(&mut it, ["e", "f"], json!(3));
        remove_at(&mut it, ["a", "b", "c"]);
        assert_eq!(Value::Object(it), json!({"a": {"b": {"new": {"x": 3}}, "d": [1]}, "e": 2}));
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
    fn an_object_that_is_new_is_sent() {
        let change = object(json!({"options":{"a":1,"b":null},"empty":{}}));
        let body = merged(&Object::new(), &change, &[]).unwrap();
        assert_eq!(Value::Object(body), json!({"options":{"a":1},"empty":{}}));
    }

    #[test]
    fn a_list_has_no_fields() {
        let before = object(json!({"callbacks":["https://a"]}));
        assert!(merged(&before, &object(json!({"callbacks": {"0": "https://b"}})), &[]).is_err());
    }

    #[test]
    fn redacted_values_are_taken_out() {
        let hidden = redact::REDACTED;
        let mut change = object(json!({
            "client_secret": hidden, "name": "a", "options": {"client_secret": hidden, "x": 1},
            "only": {"secret": hidden}, "keys": [{"cert": hidden}], "empty": {},
            "sink": {"httpEndpoint": format!("https://{hidden}@example.com/")},
        }));
        let taken = take_redacted(&mut change);
        assert_eq!(Value::Object(change), json!({"name":"a","options":{"x":1},"empty":{}}));
        assert_eq!(
            taken,
            ["client_secret", "options.client_secret", "only.secret", "keys", "sink.httpEndpoint"]
        );
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

    /// Applies a body as the API does: every top-level field is replaced.
    fn applied(before: &Object, body: &Object) -> Object {
        let mut after = before.clone();
        after.extend(body.clone());
        after
    }

    proptest! {
        #[test]
        fn no_sibling_is_ever_lost(before in any_object(), path in prop::collection::vec("[a-d]", 2..4), value in any_json()) {
            let change = path.iter().rev().fold(value, |value, key| json!({(key.as_str()): value}));
            let change = object(change);
            let Ok(body) = merged(&before, &change, &[]) else { return Ok(()) };
            let after = applied(&before, &body);
            // All other fields along the path are unchanged.
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
    }
}
