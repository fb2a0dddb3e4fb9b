//! Pages of lists: numbered pages, checkpoints, or a single answer.

use serde_json::{Value, json};

use super::schema;
use super::{Object, Request};
use crate::answer::Answer;
use crate::catalog::Paging;

/// The requested page of the matching rows, each converted by `shape`. A checkpoint is a position
/// among all rows, so pages at the end of a long list are as fast as at the beginning.
///
/// # Errors
/// 400 if a parameter is malformed, or the page is after the operation's window.
pub(super) fn page<T>(
    request: &Request<'_>,
    rows: &[T],
    fits: impl Fn(&T) -> bool,
    shape: impl Fn(&T) -> Value,
) -> Result<Answer, Answer> {
    let key = schema::rows_key(request.operation).unwrap_or_default();
    let number = |name: &str, default: usize| {
        request.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let checkpoint = matches!(request.operation.paging, Paging::Checkpoint | Paging::Both);
    let by_checkpoint = checkpoint
        && (request.get("take").is_some()
            || request.get("from").is_some()
            || request.operation.paging == Paging::Checkpoint);
    // The list of custom domains is a bare array unless the query has `take`.
    if request.operation.template == ["custom-domains"] && request.get("take").is_none() {
        return Ok(Answer::json(200, &rows.iter().filter(|row| fits(row)).map(shape).collect()));
    }
    if by_checkpoint {
        let take =
            within("take", number("take", request.operation.most.min(50)), request.operation.most)?;
        let start = match request.get("from") {
            None => 0,
            Some(from) => from
                .strip_prefix("next-")
                .and_then(|hex| usize::from_str_radix(hex, 16).ok())
                .ok_or_else(|| {
                    Answer::refused(400, "invalid_query_string", "The from parameter is invalid")
                })?,
        };
        let mut left = rows.iter().enumerate().skip(start).filter(|(_, row)| fits(row));
        let part: Vec<Value> = left.by_ref().take(take).map(|(_, row)| shape(row)).collect();
        // Without `take` there is one page of the default size, without `next`.
        let asked = request.get("take").is_some() || request.get("from").is_some();
        let next = left.next().filter(|_| asked).map(|(at, _)| format!("next-{at:x}"));
        if key.is_empty() {
            return Ok(Answer::json(200, &json!(part)));
        }
        let mut body = Object::new();
        body.insert(key, json!(part));
        if let Some(next) = next {
            body.insert("next".to_owned(), json!(next));
        }
        return Ok(Answer::json(200, &Value::Object(body)));
    }
    let fitting = rows.iter().filter(|row| fits(row));
    if request.operation.paging == Paging::None {
        let rows: Value = fitting.map(shape).collect();
        return Ok(Answer::json(200, &if key.is_empty() { rows } else { json!({key: rows}) }));
    }
    let size = within(
        "per_page",
        number("per_page", request.operation.most.min(50)),
        request.operation.most,
    )?
    .max(1);
    let index = number("page", 0).min(usize::MAX / 200);
    if request.operation.window.is_some_and(|window| (index + 1) * size > window) {
        let message = match key.as_str() {
            "users" => {
                "You can only page through the first 1000 records. See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation"
            }
            _ => "Requesting page exceeds the allowed maximum of 1000 records.",
        };
        return Err(Answer::refused(400, "invalid_paging", message));
    }
    let start = index * size;
    let rows: Vec<&T> = fitting.collect();
    let end = (start + size).min(rows.len());
    let part: Vec<Value> =
        rows.get(start..end).unwrap_or_default().iter().map(|row| shape(row)).collect();
    let total = rows.len();
    let body = match request.operation.paging {
        Paging::Wrapped => json!({"total": total, "page": index, "per_page": size, key: part}),
        _ if request.get("include_totals") == Some("true") => {
            let length = part.len();
            let mut page = json!({"start": start, "limit": size, "total": total, key: part});
            let answer = request.operation.answer.as_ref();
            let names = |field: &str| answer.is_some_and(|answer| schema::names(answer, field));
            // Only some lists have `length`.
            if names("length") {
                page["length"] = json!(length);
            }
            // One list has no `total`.
            if let Some(page) = page.as_object_mut().filter(|_| names("start") && !names("total")) {
                page.remove("total");
            }
            page
        }
        _ => json!(part),
    };
    Ok(Answer::json(200, &body))
}

fn within(name: &str, number: usize, most: usize) -> Result<usize, Answer> {
    if number <= most {
        return Ok(number);
    }
    let message = format!(
        "Query validation error: 'Value {number} is greater than maximum {most}' on property {name}."
    );
    Err(Answer::refused(400, "invalid_query_string", &message))
}
