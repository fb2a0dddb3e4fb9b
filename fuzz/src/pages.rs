//! Properties of lists of the Management API.

use auth0_suite::management::catalog::{self, Operation};
use auth0_suite::management::paging::{PageBody, Pager};
use auth0_suite::output::rawjson;
use serde_json::Value;

use super::input::Input;

/// An accepted page is JSON, and has the same items as for a plain JSON parser, in order. Errors do
/// not quote the page at length.
pub(crate) fn api_page(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for key in [None, Some("clients")] {
        match PageBody::parse(&text, key) {
            Ok(page) => {
                // Items are not parsed, so they may have a number out of range or half a character.
                let Ok(whole) = serde_json::from_str::<Value>(&text) else { continue };
                let all = if page.wrapped {
                    whole
                        .as_object()
                        .expect("an object")
                        .values()
                        .filter_map(Value::as_array)
                        .collect()
                } else {
                    vec![whole.as_array().expect("an array")]
                };
                let items: Vec<Value> =
                    page.items.iter().filter_map(|item| serde_json::from_str(item).ok()).collect();
                assert!(
                    all.iter().any(|array| **array == items)
                        || key.is_some_and(|key| whole[key].is_null() && items.is_empty())
                        || has_doubled_keys(&text),
                    "{items:?} are not the items of {text:?}"
                );
            }
            Err(error) => assert!(error.to_string().chars().count() < 400, "{error}"),
        }
    }
}

/// A list ends for any answers, has no more items than its limit, and never requests a page twice.
/// The answers are the parts of the input, repeated.
pub(crate) fn paging(bytes: &[u8]) {
    let operations: Vec<Operation> = catalog::operations().collect();
    let mut input = Input::new(bytes);
    let operation = operations
        [usize::from(u16::from_be_bytes([input.byte(), input.byte()])) % operations.len()];
    let limit = input.choose(&[None, Some(0), Some(1), Some(150), Some(u64::MAX)]);
    let link = input.choose(&[
        None,
        Some("https://evil.example/?from=a&take=1"),
        Some("?from=b"),
        Some("\u{1b}"),
        Some(""),
    ]);
    let answers: Vec<String> = input
        .rest()
        .split(|byte| *byte == 0)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    let mut query = Vec::new();
    let mut pager = Pager::new(&operation, &mut query, limit).expect("no paging was given");
    let (mut kept, mut asked) = (0_u64, Vec::new());
    for answer in answers.iter().cycle().take(300) {
        let Some(request) = pager.next_request() else { break };
        for (key, value) in &request {
            assert!(["page", "per_page", "include_totals", "take", "from", "sort"].contains(key));
            assert!(value.len() <= 4096, "a cursor of {} bytes is sent back", value.len());
        }
        assert!(!asked.contains(&request), "{request:?} is asked for again");
        asked.push(request);
        let Ok(body) = PageBody::parse(answer, operation.items.key()) else { break };
        let Ok(items) = pager.accept(&body, link) else { break };
        assert!(items.iter().all(|item| body.items.contains(item)));
        kept += items.len() as u64;
        assert!(limit.is_none_or(|limit| kept <= limit), "{kept} items of {limit:?}");
    }
}

/// Whether the object has a repeated key. Parsers differ in which of the values they use.
fn has_doubled_keys(text: &str) -> bool {
    let mut keys: Vec<String> = rawjson::members(text.trim_start())
        .map(|(key, _)| rawjson::string(key).into_owned())
        .collect();
    let before = keys.len();
    keys.sort();
    keys.dedup();
    keys.len() != before
}
