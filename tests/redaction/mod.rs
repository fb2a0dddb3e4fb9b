//! Redaction held against every field that the Management API documents.

mod at_path;

use auth0_suite::output::redact::{REDACTED, Redactor};
use serde_json::json;

use self::at_path::at_path;

/// See `examples/generate-documented-paths.rs`.
const DOCUMENTED: &str = include_str!("documented-paths.txt");

/// The place, the path in its JSON, and whether it is a secret.
fn documented() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    let mut place = "";
    DOCUMENTED.lines().filter_map(move |line| match line.strip_prefix(' ') {
        None => {
            place = line;
            None
        }
        Some(path) => match path.strip_prefix("secret ") {
            Some(path) => Some((place, path, true)),
            None => Some((place, path, false)),
        },
    })
}

#[test]
fn documented_secrets_are_hidden_and_no_other_documented_field_is() {
    let (mut secrets, mut others) = (0, 0);
    for (place, path, is_secret) in documented() {
        let redactor = Redactor::for_path(place);
        for leaf in [json!("a-value"), json!(4217)] {
            let item = at_path(path, &leaf);
            let mut forms = vec![item.clone()];
            // What begins with a list may be a page already.
            if path.find("[]").is_none_or(|list| path.find('.').is_some_and(|dot| dot < list)) {
                forms.extend([json!([item]), json!({"page": [item]})]);
            }
            for value in forms {
                let shown = redactor.value(&value);
                if is_secret {
                    let text = shown.to_string();
                    assert!(text.contains(REDACTED), "{place} {path} is shown: {text}");
                    assert!(!text.contains("a-value") && !text.contains("4217"), "{text}");
                } else {
                    assert_eq!(shown, value, "{place} {path} is hidden");
                }
            }
        }
        *if is_secret { &mut secrets } else { &mut others } += 1;
    }
    assert!(secrets > 100 && others > 2_000, "{secrets} secrets and {others} other fields");
}
