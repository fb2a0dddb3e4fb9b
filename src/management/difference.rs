//! What an update changes, for a person to read: one line a field.

use serde_json::Value;

use crate::output::redact::Redactor;

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// It has another value.
    Changed,
}

impl Mark {
    /// As in a diff.
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
            Self::Removed => "31",
            Self::Changed => "33",
        }
    }
}

/// One line: a field by its dotted path, and its values as JSON, secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What became of it.
    pub mark: Mark,
    /// `path: value`, or `path: before → after`.
    pub text: String,
}

/// The lines that tell `before` from `after`. Fields only in `after`'s siblings' order; equal
/// values give no line. That a secret changes is said, its values are not.
pub fn lines(before: &Value, after: &Value, redactor: Redactor) -> Vec<Line> {
    let shown = (redactor.value(before), redactor.value(after));
    let mut lines = Vec::new();
    walk(
        "",
        Side { real: before, shown: &shown.0 },
        Side { real: after, shown: &shown.1 },
        &mut lines,
    );
    lines
}

/// A value and what may be shown of it: the same, or the placeholder.
#[derive(Clone, Copy)]
struct Side<'a> {
    real: &'a Value,
    shown: &'a Value,
}

impl<'a> Side<'a> {
    fn field(self, key: &str) -> Option<Self> {
        Some(Self { real: self.real.get(key)?, shown: self.shown.get(key)? })
    }

    /// The list's items, where they may be shown.
    fn items(self) -> Option<impl Iterator<Item = Self> + Clone + use<'a>> {
        let (real, shown) = (self.real.as_array()?, self.shown.as_array()?);
        Some(real.iter().zip(shown).map(|(real, shown)| Self { real, shown }))
    }

    fn is_open_object(self) -> bool {
        self.real.is_object() && self.shown.is_object()
    }
}

fn walk(path: &str, before: Side<'_>, after: Side<'_>, lines: &mut Vec<Line>) {
    if before.real == after.real {
        return;
    }
    if before.is_open_object() && after.is_open_object() {
        return fields(path, before, after, lines);
    }
    if let (Some(old), Some(new)) = (before.items(), after.items()) {
        let gone = old.clone().filter(|item| !new.clone().any(|other| other.real == item.real));
        let come = new.clone().filter(|item| !old.clone().any(|other| other.real == item.real));
        let count = lines.len();
        lines.extend(gone.map(|item| line(Mark::Removed, path, item)));
        lines.extend(come.map(|item| line(Mark::Added, path, item)));
        if lines.len() > count {
            return;
        }
        // The same items in another order, or more often.
    }
    lines.push(Line {
        mark: Mark::Changed,
        text: format!("{path}: {} → {}", before.shown, after.shown),
    });
}

fn fields(path: &str, before: Side<'_>, after: Side<'_>, lines: &mut Vec<Line>) {
    let keys = |side: Side<'_>| {
        side.real.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    for key in keys(before) {
        let path = joined(path, &key);
        match (before.field(&key), after.field(&key)) {
            (Some(old), Some(new)) => walk(&path, old, new, lines),
            (Some(old), None) => lines.push(line(Mark::Removed, &path, old)),
            (None, _) => {}
        }
    }
    for key in keys(after) {
        if before.field(&key).is_none()
            && let Some(new) = after.field(&key)
        {
            lines.push(line(Mark::Added, &joined(path, &key), new));
        }
    }
}

fn line(mark: Mark, path: &str, side: Side<'_>) -> Line {
    Line { mark, text: format!("{path}: {}", side.shown) }
}

/// Dots inside a key are escaped, as `--set` wants them.
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
    fn one_line_a_field() {
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
    fn order_alone_is_a_change() {
        assert_eq!(text(&json!({"l":[1,2]}), &json!({"l":[2,1]})), ["~ l: [1,2] → [2,1]"]);
        assert_eq!(text(&json!({"l":[1]}), &json!({"l":[1,1]})), ["~ l: [1] → [1,1]"]);
    }

    #[test]
    fn a_secret_changes_unseen() {
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
        fn silent_exactly_when_equal(a in "[a-c]{0,3}", b in "[a-c]{0,3}", nested in any::<bool>()) {
            let value = |text: &str| {
                let items: Vec<_> = text.chars().map(|c| json!(c.to_string())).collect();
                if nested { json!({"o": {"l": items}}) } else { json!({"l": items}) }
            };
            let lines = lines(&value(&a), &value(&b), Redactor::default());
            prop_assert_eq!(lines.is_empty(), a == b);
        }
    }
}
