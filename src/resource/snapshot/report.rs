//! A comparison as text, Markdown and JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::compare::{Comparison, Difference, KindComparison, ResourceChange};
use super::files::unread_json;
use super::model::{Unread, title};
use crate::base::escape;
use crate::management::difference::{Change, DiffLine, Mark};

/// The SGR style of a heading.
const BOLD: &str = "1";

/// The most lines of a text that are shown of each side.
const MAX_LINES: usize = 20;

/// The longest value on a line, in characters.
const MAX_VALUE: usize = 300;

impl Difference {
    /// What became of the resource.
    pub const fn mark(&self) -> Mark {
        match self {
            Self::Added(_) => Mark::Added,
            Self::Removed(_) => Mark::Removed,
            Self::Changed(_) => Mark::Changed,
        }
    }

    const fn word(&self) -> &'static str {
        word(self.mark())
    }
}

const fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "added",
        Mark::Removed => "removed",
        Mark::Changed => "changed",
    }
}

/// The comparison in the manner of a plan: `+` is only in B, `-` only in A, `~` differs. Every
/// foreign text in it is escaped. `paint` applies an SGR style to a text, or returns it unchanged.
pub(crate) fn text(comparison: &Comparison, paint: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::new();
    let sign = |mark: Mark| paint(mark.style(), mark.sign());
    for KindComparison { entry, resources } in &comparison.kinds {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", paint(BOLD, entry.name));
        for change in resources {
            let name = name(change, entry.name);
            let _ = writeln!(out, "  {}{}", sign(change.difference.mark()), escape::visible(&name));
            let Difference::Changed(fields) = &change.difference else { continue };
            for field in fields {
                let mut indent = "      ";
                for DiffLine { mark, text } in field_lines(field) {
                    let _ = writeln!(out, "{indent}{}{text}", sign(mark));
                    indent = "          ";
                }
            }
        }
    }
    out
}

/// The name of a resource that differs; that of its kind if there is only one.
fn name(change: &ResourceChange, kind: &str) -> String {
    let old = title(&change.key);
    match &change.renamed_to {
        Some(new) => format!("{old} → {}", title(new)),
        None if old.is_empty() => kind.to_owned(),
        None => old,
    }
}

/// A field on one line; for a text of several lines, the lines that differ follow.
fn field_lines(change: &Change) -> Vec<DiffLine> {
    let path = escape::visible(&change.path);
    let Some((old, new)) = texts(change) else {
        let values = [&change.before, &change.after].into_iter().flatten().map(value);
        let text = format!("{path}: {}", values.collect::<Vec<_>>().join(" → "));
        return vec![DiffLine { mark: change.mark, text }];
    };
    let (gone, come) = differing_lines(old, new);
    let noun = if gone.len() == 1 { "line" } else { "lines" };
    let text = format!("{path}: {} {noun} removed, {} added", gone.len(), come.len());
    let mut lines = vec![DiffLine { mark: change.mark, text }];
    for (mark, side) in [(Mark::Removed, gone), (Mark::Added, come)] {
        let shown = side.iter().take(MAX_LINES);
        lines.extend(shown.map(|line| DiffLine { mark, text: shortened(&escape::visible(line)) }));
        if side.len() > MAX_LINES {
            lines.push(DiffLine {
                mark, text: format!("… {} more lines", side.len() - MAX_LINES)
            });
        }
    }
    lines
}

/// Both sides of a text of several lines.
fn texts(change: &Change) -> Option<(&str, &str)> {
    let is_text = |value: &Option<Value>| value.as_ref().is_none_or(Value::is_string);
    if !is_text(&change.before) || !is_text(&change.after) {
        return None;
    }
    let old = change.before.as_ref().and_then(Value::as_str).unwrap_or_default();
    let new = change.after.as_ref().and_then(Value::as_str).unwrap_or_default();
    (old.contains('\n') || new.contains('\n')).then_some((old, new))
}

/// The lines between the first and the last that differ.
fn differing_lines<'t>(old: &'t str, new: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    (old[..old.len() - end].to_vec(), new[..new.len() - end].to_vec())
}

fn value(value: &Value) -> String {
    shortened(&escape::json(&value.to_string()))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The comparison for a pull request.
pub(crate) fn markdown(comparison: &Comparison, a: &str, b: &str) -> String {
    let mut out = format!("## {} → {}\n", code(a), code(b));
    let (added, removed, changed) = comparison.counts();
    let _ = match added + removed + changed {
        0 => writeln!(out, "\nNo differences."),
        _ => writeln!(out, "\n{added} added, {removed} removed, {changed} changed."),
    };
    for KindComparison { entry, resources } in &comparison.kinds {
        let _ = writeln!(out, "\n### {}\n", entry.name);
        for change in resources {
            let _ =
                writeln!(out, "- {} {}", change.difference.word(), code(&name(change, entry.name)));
            let Difference::Changed(fields) = &change.difference else { continue };
            // Every line in the block begins with a sign, so none can end it.
            let lines: Vec<_> = fields.iter().flat_map(patch_lines).collect();
            let _ = writeln!(out, "\n  ```diff\n  {}\n  ```\n", lines.join("\n  "));
        }
    }
    let unread = [(a, &comparison.unread_in_a), (b, &comparison.unread_in_b)];
    if comparison.is_incomplete() {
        out.push_str("\n### Not compared\n\n");
    }
    for (side, unread) in
        unread.into_iter().flat_map(|(side, all)| all.iter().map(move |it| (side, it)))
    {
        let _ =
            writeln!(out, "- {} of {}: {}", code(&unread.what()), code(side), code(&why(unread)));
    }
    out
}

/// A field as lines of a patch. Every line begins with a sign or `#`.
fn patch_lines(change: &Change) -> Vec<String> {
    if texts(change).is_some() {
        let mut lines = field_lines(change).into_iter();
        let first = lines.next().map(|line| format!("# {}", line.text));
        let others = lines.map(|line| format!("{}{}", line.mark.sign(), line.text));
        return first.into_iter().chain(others).collect();
    }
    let path = escape::visible(&change.path);
    let side = |sign: &str, side: &Option<Value>| {
        side.as_ref().map(|it| format!("{sign} {path}: {}", value(it)))
    };
    side("-", &change.before).into_iter().chain(side("+", &change.after)).collect()
}

/// Foreign text as inline code, which no backtick in it can end.
fn code(text: &str) -> String {
    let text = shortened(&escape::visible(text));
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 || text.is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Why something was not read: the missing scope, else what the API said.
pub(crate) fn why(unread: &Unread) -> String {
    if unread.scopes.is_empty() {
        unread.reason.clone()
    } else {
        format!("the token lacks {}", unread.scopes.join(" or "))
    }
}

/// The comparison for software.
pub(crate) fn json(comparison: &Comparison, a: &str, b: &str) -> Value {
    let not_read = |side: &str, unread: &[Unread]| -> Vec<Value> {
        unread
            .iter()
            .map(|it| {
                let mut value = unread_json(it);
                value["side"] = side.into();
                value
            })
            .collect()
    };
    let unread: Vec<_> = not_read("a", &comparison.unread_in_a)
        .into_iter()
        .chain(not_read("b", &comparison.unread_in_b))
        .collect();
    json!({
        "a": a,
        "b": b,
        "differences": differences(comparison).collect::<Vec<_>>(),
        "not_read": unread,
    })
}

/// One object for each resource that differs.
pub(crate) fn differences(comparison: &Comparison) -> impl Iterator<Item = Value> {
    comparison.kinds.iter().flat_map(|kind| {
        kind.resources.iter().map(|change| {
            let mut value = json!({
                "kind": kind.entry.name,
                "name": title(&change.key),
                "change": change.difference.word(),
            });
            if let Some(new) = &change.renamed_to {
                value["renamed_to"] = title(new).into();
            }
            match &change.difference {
                Difference::Added(whole) | Difference::Removed(whole) => {
                    value["value"] = whole.clone();
                }
                Difference::Changed(fields) => {
                    value["fields"] = fields.iter().map(field_json).collect();
                }
            }
            value
        })
    })
}

fn field_json(change: &Change) -> Value {
    let mut value = json!({"path": change.path, "change": word(change.mark)});
    if let Some(before) = &change.before {
        value["before"] = before.clone();
    }
    if let Some(after) = &change.after {
        value["after"] = after.clone();
    }
    value
}

#[cfg(test)]
mod tests;
