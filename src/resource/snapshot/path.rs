//! Paths into JSON values, as the export table and `--ignore` write them.
//!
//! `options.idpinitiated.client_id` names a member; `*` stands for any key and a leading `**` for
//! any depth. A key looks into the items of an array by itself; a last `[]` names the items. A dot
//! inside a key is written `\.`.

use serde_json::Value;

/// A path that can fit several places of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    AnyKey,
    Items,
    AnyDepth,
}

/// What to do with the value at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Keep,
    /// It is removed from the object or array that it is in.
    Remove,
}

impl PathPattern {
    /// Reads a path. Every text is one.
    pub fn parse(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut keys = split(text).into_iter().peekable();
        while let Some(key) = keys.next() {
            let is_last = keys.peek().is_none();
            let (key, items) = match key.strip_suffix("[]") {
                Some(key) => (key, true),
                None => (key.as_str(), false),
            };
            match key {
                "" => {}
                "*" => steps.push(Step::AnyKey),
                "**" => steps.push(Step::AnyDepth),
                key => steps.push(Step::Key(key.to_owned())),
            }
            if items && is_last {
                steps.push(Step::Items);
            }
        }
        Self(steps)
    }

    /// Hands over every place that the path fits, and its keys and indices from the top.
    pub fn edit(&self, value: &mut Value, each: &mut dyn FnMut(&mut Value, &[String]) -> Verdict) {
        walk(value, &self.0, &mut Vec::new(), each);
    }

    /// Removes every place that the path fits.
    pub fn remove_from(&self, value: &mut Value) {
        self.edit(value, &mut |_, _| Verdict::Remove);
    }

    /// Sorts every list that the path fits, and the keys of the objects in it.
    pub fn sort_list_in(&self, value: &mut Value) {
        self.edit(value, &mut |place, _| {
            if let Value::Array(items) = place {
                items.iter_mut().for_each(Value::sort_all_objects);
                items.sort_by_cached_key(Value::to_string);
            }
            Verdict::Keep
        });
    }
}

/// The keys of a path, split at the dots that no backslash escapes.
fn split(text: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '.' => keys.push(String::new()),
            '\\' => keys.last_mut().into_iter().for_each(|key| key.extend(chars.next())),
            c => keys.last_mut().into_iter().for_each(|key| key.push(c)),
        }
    }
    keys
}

fn walk(
    value: &mut Value,
    steps: &[Step],
    at: &mut Vec<String>,
    each: &mut dyn FnMut(&mut Value, &[String]) -> Verdict,
) -> Verdict {
    let Some((step, rest)) = steps.split_first() else { return each(value, at) };
    match (step, value) {
        (Step::AnyDepth, value) => {
            walk(value, rest, at, each);
            // `rest` has looked into the items of an array already, but not below them.
            below(value, steps, at, each);
        }
        (Step::Key(key), Value::Object(object)) => {
            let Some(member) = object.get_mut(key) else { return Verdict::Keep };
            at.push(key.clone());
            if walk(member, rest, at, each) == Verdict::Remove {
                object.shift_remove(key);
            }
            at.pop();
        }
        (Step::AnyKey, Value::Object(object)) => object.retain(|key, member| {
            at.push(key.clone());
            let verdict = walk(member, rest, at, each);
            at.pop();
            verdict == Verdict::Keep
        }),
        (Step::Items, Value::Array(items)) => retain(items, rest, at, each),
        (Step::Key(_) | Step::AnyKey, Value::Array(items)) => retain(items, steps, at, each),
        _ => {}
    }
    Verdict::Keep
}

/// The members of a value, at any depth.
fn below(
    value: &mut Value,
    steps: &[Step],
    at: &mut Vec<String>,
    each: &mut dyn FnMut(&mut Value, &[String]) -> Verdict,
) {
    match value {
        Value::Object(object) => {
            for (key, member) in object.iter_mut() {
                at.push(key.clone());
                walk(member, steps, at, each);
                at.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                at.push(index.to_string());
                below(item, steps, at, each);
                at.pop();
            }
        }
        _ => {}
    }
}

fn retain(
    items: &mut Vec<Value>,
    steps: &[Step],
    at: &mut Vec<String>,
    each: &mut dyn FnMut(&mut Value, &[String]) -> Verdict,
) {
    let mut index = 0;
    items.retain_mut(|item| {
        at.push(index.to_string());
        index += 1;
        let verdict = walk(item, steps, at, each);
        at.pop();
        verdict == Verdict::Keep
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(path: &str, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        PathPattern::parse(path).edit(&mut value.clone(), &mut |_, at| {
            found.push(at.join("/"));
            Verdict::Keep
        });
        found
    }

    #[test]
    fn a_path_fits_members_items_and_any_depth() {
        let value =
            json!({"a": {"b": [{"c": 1}, {"c": 2}]}, "x.y": [1, 2], "d": {"c": [[{"c": 3}]]}});
        assert_eq!(places("a.b.c", &value), ["a/b/0/c", "a/b/1/c"]);
        assert_eq!(places("a.*.c", &value), ["a/b/0/c", "a/b/1/c"]);
        assert_eq!(places(r"x\.y[]", &value), ["x.y/0", "x.y/1"]);
        assert_eq!(places("**.c", &value), ["a/b/0/c", "a/b/1/c", "d/c", "d/c/0/0/c"]);
        assert_eq!(places("a.nothing", &value), [""; 0]);
    }

    #[test]
    fn a_place_is_removed_from_what_it_is_in() {
        let mut value = json!({"a": [{"b": 1, "c": 2}, 3], "d": {"e": 1, "f": 1}, "l": [1, 2]});
        for path in ["a.b", "d.*", "l[]"] {
            PathPattern::parse(path).remove_from(&mut value);
        }
        assert_eq!(value, json!({"a": [{"c": 2}, 3], "d": {}, "l": []}));
    }
}
