//! `/logs`: search by page, and reading from a checkpoint.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, lucene};
use crate::answer::Answer;
use crate::state::{Object, State, text};

/// The fields of the log search, one per line; `*` marks those that a term without a field
/// searches. The suite parses this list on its own.
const FIELDS: &str = include_str!("../../../data/log-search-fields.txt");

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    Some(match (request.method, request.template.as_slice()) {
        ("GET", ["logs"]) if request.get("from").is_some() => Ok(checkpoint(state, request)),
        ("GET", ["logs"]) => search(state, request, |_| true),
        ("GET", ["logs", "{}"]) => {
            let wanted = request.path[1].as_str();
            match state.logs.iter().find(|event| event["log_id"] == wanted) {
                Some(event) => Ok(Answer::json(200, event)),
                None => Err(Answer::refused(404, "inexistent_log", "The log event does not exist")),
            }
        }
        _ => return None,
    })
}

/// The events that match a query, newest first unless `sort` says otherwise.
pub(super) fn search(
    state: &State,
    request: &Request<'_>,
    also: impl Fn(&Object) -> bool,
) -> Result<Answer, Answer> {
    let invalid = |why: &str| Answer::refused(400, "invalid_query_string", why);
    let query = match request.get("q").filter(|q| !q.trim().is_empty()) {
        Some(q) if q.len() > 8000 => return Err(Answer::empty(414)),
        Some(q) => Some(lucene::parse(q).map_err(|why| invalid(&why))?),
        None => None,
    };
    if let Some(unknown) = query
        .iter()
        .flat_map(|query| query.fields())
        .find(|field| !searchable().any(|(known, _)| known == *field))
    {
        return Err(invalid(&format!("The field {unknown} cannot be searched")));
    }
    let bare: Vec<_> = searchable().filter(|(_, bare)| *bare).map(|(field, _)| field).collect();
    let mut rows: Vec<&Object> = state
        .logs
        .iter()
        .filter_map(Value::as_object)
        .filter(|event| also(event))
        .filter(|event| query.as_ref().is_none_or(|query| query.fits(event, &bare, true)))
        .collect();
    rows.sort_by(|a, b| text(b, "date").cmp(text(a, "date")));
    if request.get("sort").is_some_and(|sort| !sort.ends_with(":-1")) {
        rows.reverse();
    }
    page(request, &rows, |_| true, |row| request.selected((*row).clone(), "log_id"))
}

/// The fields that can be searched, and whether a term without a field searches them.
fn searchable() -> impl Iterator<Item = (&'static str, bool)> {
    FIELDS.lines().map(|line| line.strip_suffix('*').map_or((line, false), |field| (field, true)))
}

/// The events after an ID, with the link to the next ones. All other parameters are ignored.
fn checkpoint(state: &mut State, request: &Request<'_>) -> Answer {
    let from = request.get("from").unwrap_or_default();
    let take = request.get("take").and_then(|text| text.parse().ok()).unwrap_or(50).min(100);
    let after = |event: &&Value| event["log_id"].as_str().is_some_and(|id| id > from);
    let part: Vec<Value> = state.logs.iter().filter(after).take(take).cloned().collect();
    let last = part.last().and_then(|event| event["log_id"].as_str()).unwrap_or(from);
    let link = format!("<{}/api/v2/logs?from={last}&take={take}>; rel=\"next\"", state.url);
    let answer = Answer::json(200, &json!(part)).with("link", link);
    if !std::mem::replace(&mut state.log_burst_sent, true) {
        for index in 0..state.config.log_burst {
            // Every tenth event arrives half a minute late.
            let late = if index % 10 == 9 { 30 } else { 0 };
            let fields = json!({"description": format!("Event {index} of a burst"), "client_id": crate::NATIVE});
            state.log_at("s", fields, state.now() - late);
        }
    }
    answer
}
