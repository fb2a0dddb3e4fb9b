//! The differences between two JSON values: field by field, or one line per field for a person.

use serde_json::Value;

use crate::output::redact::Redactor;

/// How a field differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Added.
    Added,
    /// Removed.
    Removed,
    /// Changed.
    Changed,
}

impl Mark {
    /// The sign that a diff uses.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Added => "+ ",
            Self::Removed => "- ",
            Self::Changed => "~ ",
        }
    }

    /// The SGR style of its line.
    pub const fn style(self) -> &'static str {
        match self {
            Self::Added => "32",
            Self::Removed => "31;1",
            Self::Changed => "33;1",
        }
    }
}

/// One line: a field's dotted path and its values as JSON, with secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// How it differs.
    pub mark: Mark,
    /// `path: value`, or `path: before → after`.
    pub text: String,
}

/// A field that differs, with its values after redaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// How it differs.
    pub mark: Mark,
    /// Its dotted path.
    pub path: String,
    /// The value before; `None` if it is new.
    pub before: Option<Value>,
    /// The value after; `None` if it is gone.
    pub after: Option<Value>,
}

impl Change {
    /// The change on one line.
    pub fn line(&self) -> DiffLine {
        let text = match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("{}: {before} → {after}", self.path),
            (Some(value), None) | (None, Some(value)) => format!("{}: {value}", self.path),
            (None, None) => self.path.clone(),
        };
        DiffLine { mark: self.mark, text }
    }
}

/// The lines for the differences between `before` and `after`. Equal values give no line. For a secret
/// the line says that it changes, but not its values.
pub(crate) fn lines(before: &Value, after: &Value, redactor: Redactor) -> Vec<DiffLine> {
    let shown = (redactor.value(before), redactor.value(after));
    let changes = between(
        ShownValue { real: before, shown: &shown.0 },
        ShownValue { real: after, shown: &shown.1 },
    );
    changes.iter().map(Change::line).collect()
}

/// The differences between values without secrets.
pub(crate) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    between(ShownValue { real: before, shown: before }, ShownValue { real: after, shown: after })
}

fn between(before: ShownValue<'_>, after: ShownValue<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    walk("", before, after, &mut changes);
    changes
}

/// A value, and the redacted value to show.
#[derive(Clone, Copy)]
struct ShownValue<'a> {
    real: &'a Value,
    shown: &'a Value,
}

impl<'a> ShownValue<'a> {
    fn field(self, key: &str) -> Option<Self> {
        Some(Self { real: self.real.get(key)?, shown: self.shown.get(key)? })
    }

    /// The list's items, unless the whole list is redacted.
    fn items(self) -> Option<impl Iterator<Item = Self> + Clone + use<'a>> {
        let (real, shown) = (self.real.as_array()?, self.shown.as_array()?);
        Some(real.iter().zip(shown).map(|(real, shown)| Self { real, shown }))
    }

    fn is_open_object(self) -> bool {
        self.real.is_object() && self.shown.is_object()
    }
}

fn walk(path: &str, before: ShownValue<'_>, after: ShownValue<'_>, changes: &mut Vec<Change>) {
    if before.real == after.real {
        return;
    }
    if before.is_open_object() && after.is_open_object() {
        return fields(path, before, after, changes);
    }
    if let (Some(old), Some(new)) = (before.items(), after.items()) {
        let gone = old.clone().filter(|item| !new.clone().any(|other| other.real == item.real));
        let come = new.clone().filter(|item| !old.clone().any(|other| other.real == item.real));
        let count = changes.len();
        changes.extend(gone.map(|item| one_sided(Mark::Removed, path, item)));
        changes.extend(come.map(|item| one_sided(Mark::Added, path, item)));
        if changes.len() > count {
            return;
        }
        // The same items, but in another order or repeated.
    }
    changes.push(Change {
        mark: Mark::Changed,
        path: path.to_owned(),
        before: Some(before.shown.clone()),
        after: Some(after.shown.clone()),
    });
}

fn fields(path: &str, before: ShownValue<'_>, after: ShownValue<'_>, changes: &mut Vec<Change>) {
    let keys = |side: ShownValue<'_>| {
        side.real.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    for key in keys(before) {
        let path = joined(path, &key);
        match (before.field(&key), after.field(&key)) {
            (Some(old), Some(new)) => walk(&path, old, new, changes),
            (Some(old), None) => changes.push(one_sided(Mark::Removed, &path, old)),
            (None, _) => {}
        }
    }
    for key in keys(after) {
        if before.field(&key).is_none()
            && let Some(new) = after.field(&key)
        {
            changes.push(one_sided(Mark::Added, &joined(path, &key), new));
        }
    }
}

/// A field or an item that only one side has.
fn one_sided(mark: Mark, path: &str, side: ShownValue<'_>) -> Change {
    let value = Some(side.shown.clone());
    let (before, after) = if mark == Mark::Removed { (value, None) } else { (None, value) };
    Change { mark, path: path.to_owned(), before, after }
}

/// Appends a key to a path. Dots in the key are escaped, as in `--set`.
fn joined(path: &str, key: &str) -> String {
    let key = key.replace('.', "\\.");
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn text(before: &Value, after: &Value) -> Vec<String> {
        lines(before, after, Redactor::default())
            .into_iter()
            .map(|line| format!("{}{}", line.mark.sign(), line.text))
            .collect()
    }

    #[test]
    fn one_line_per_field() {
        assert_eq!(
            text(
                &json!({"name":"a","x":1,"o":{"k":true,"same":0},"list":["a","b"]}),
                &json!({"name":"b","o":{"k":false,"same":0,"new.er":[]},"list":["b","c"],"y":null}),
            ),
            [
                "~ name: \"a\" → \"b\"",
                "- x: 1",
                "~ o.k: true → false",
                "+ o.new\\.er: []",
                "- list: \"a\"",
                "+ list: \"c\"",
                "+ y: null",
            ]
        );
    }

    #[test]
    fn another_order_is_a_change() {
        assert_eq!(text(&json!({"l":[1,2]}), &json!({"l":[2,1]})), ["~ l: [1,2] → [2,1]"]);
        assert_eq!(text(&json!({"l":[1]}), &json!({"l":[1,1]})), ["~ l: [1] → [1,1]"]);
    }

    #[test]
    fn changed_secrets_are_not_shown() {
        let lines = text(
            &json!({"options":{"client_secret":"old-one"},"client_secret":"x-secret"}),
            &json!({"options":{"client_secret":"new-one"}}),
        );
        assert_eq!(lines.len(), 2, "{lines:?}");
        let all = lines.concat();
        for secret in ["old-one", "new-one", "x-secret"] {
            assert!(!all.contains(secret), "{all}");
        }
    }

    proptest! {
        #[test]
        fn equal_values_have_no_lines_and_others_do(a in "[a-c]{0,3}", b in "[a-c]{0,3}", nested in any::<bool>()) {
            let value = |text: &str| {
                let items: Vec<_> = text.chars().map(|c| json!(c.to_string())).collect();
                if nested { json!({"o": {"l": items}}) } else { json!({"l": items}) }
            };
            let lines = lines(&value(&a), &value(&b), Redactor::default());
            prop_assert_eq!(lines.is_empty(), a == b);
        }
    }
}
