//! JSON with one value in it.

use serde_json::{Value, json};

/// A value at a path such as `addons[].*.secret`: `[]` is a list with one item, `*` some key.
pub(crate) fn at_path(path: &str, leaf: &Value) -> Value {
    path.rsplit('.').fold(leaf.clone(), |value, part| {
        let key = part.trim_end_matches("[]");
        let lists = (part.len() - key.len()) / 2;
        let value = (0..lists).fold(value, |value, _| json!([value]));
        match key {
            "" => value,
            "*" => json!({ "any": value }),
            key => json!({ key: value }),
        }
    })
}
