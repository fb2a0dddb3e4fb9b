use serde_json::json;

use super::super::model::{KindSnapshot, Snapshot, keyed};
use super::super::{compare, table};
use super::*;

fn comparison(a: Value, b: Value) -> Comparison {
    let snapshot = |values: Value| {
        let entry = table::find("actions").unwrap();
        let resources = keyed(entry, values.as_array().unwrap().clone());
        Snapshot { kinds: vec![KindSnapshot { entry, resources }], ..Snapshot::default() }
    };
    compare(snapshot(a), snapshot(b), &[])
}

#[test]
fn text_is_a_plan() {
    let comparison = comparison(
        json!([{"name": "a", "code": "one\ntwo\nthree", "x": {"y": 1}, "l": ["p"]}, {"name": "b", "z": 1}]),
        json!([{"name": "a", "code": "one\n2\nthree", "x": {"y": 2}, "l": ["q"]}, {"name": "c"}]),
    );
    assert_eq!(
        text(&comparison, |sgr, text| if sgr == BOLD {
            text.to_uppercase()
        } else {
            text.to_owned()
        }),
        "ACTIONS\n  ~ a\n      ~ code: 1 line removed, 1 added\n          - two\n          + 2\n      ~ x.y: 1 → 2\n      - l: \"p\"\n      + l: \"q\"\n  - b\n  + c\n"
    );
}

#[test]
fn foreign_text_cannot_leave_its_place() {
    let evil = "x\n### evil `` ```\n\u{202e}\u{1b}[31m";
    let comparison = comparison(
        json!([{"name": evil, "a": evil, "b": 1}, {"name": "k", "code": "1"}]),
        json!([{"name": "k", "code": format!("1\n```\n{evil}\n"), "b\n```": evil}]),
    );
    let markdown = markdown(&comparison, evil, "b");
    let fences = markdown.lines().filter(|line| line.trim_start().starts_with("```")).count();
    assert_eq!(fences, 2, "{markdown}");
    for shown in [markdown, text(&comparison, |_, text| text.to_owned())] {
        assert!(!shown.contains(['\u{202e}', '\u{1b}']), "{shown}");
        assert!(!shown.lines().any(|line| line.starts_with("### evil")), "{shown}");
    }
}

#[test]
fn json_has_both_values_of_a_field() {
    let comparison =
        comparison(json!([{"name": "a", "x": 1, "y": 1}]), json!([{"name": "a", "x": 2}]));
    assert_eq!(
        json(&comparison, "p", "q"),
        json!({"a": "p", "b": "q", "not_read": [], "differences": [
            {"kind": "actions", "name": "a", "change": "changed", "fields": [
                {"path": "x", "change": "changed", "before": 1, "after": 2},
                {"path": "y", "change": "removed", "before": 1}]}]})
    );
}
