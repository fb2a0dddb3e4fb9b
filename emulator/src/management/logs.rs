//! `/logs`: search by page, and reading on from an event by checkpoint.

use serde_json::{Value, json};

use super::operations::Operation;
use super::paging::page;
use super::{Request, lucene};
use crate::answer::Answer;
use crate::state::{Object, State, object, text, timestamp};

/// The fields that a search may name.
const SEARCHABLE: [&str; 17] = [
    "client_id",
    "client_name",
    "connection",
    "connection_id",
    "date",
    "description",
    "hostname",
    "ip",
    "log_id",
    "organization_id",
    "strategy",
    "strategy_type",
    "type",
    "user_agent",
    "user_id",
    "user_name",
    "audience",
];
/// The fields that bare terms look into.
const BARE: [&str; 7] =
    ["client_name", "connection", "description", "ip", "log_id", "type", "user_name"];

/// How many events a new tenant has.
const SEEDED: usize = 137;

impl State {
    /// Adds an event that happened now.
    pub(crate) fn log(&mut self, kind: &str, fields: Value) {
        self.log_at(kind, fields, self.now());
    }

    /// Adds an event of any date. Its ID follows the order of arrival, as at Auth0, so that an
    /// event that arrives late is not missed by who reads on from an ID.
    pub(crate) fn log_at(&mut self, kind: &str, fields: Value, date: i64) {
        let number = self.logs.len();
        let log_id = format!("90020261124000000{number:039}");
        let mut event = object(json!({
            "date": timestamp(date), "type": kind, "description": "", "ip": "127.0.0.1",
            "user_agent": "", "isMobile": false, "hostname": self.url, "tenant_name": "emulator",
            "environment_name": "production", "log_id": log_id, "_id": log_id,
        }));
        event.append(&mut object(fields));
        if let Some(client) = self.client(text(&event, "client_id")) {
            let name = json!(text(client, "name"));
            event.insert("client_name".to_owned(), name);
        }
        self.logs.push(Value::Object(event));
    }
}

/// A day of ordinary events.
pub(crate) fn seed(state: &mut State) {
    const DAY: [(&str, &str); 6] = [
        ("s", "Successful login"),
        ("seacft", "Exchange of an authorization code"),
        ("sapi", "Update a client"),
        ("fp", "Wrong email or password."),
        ("seccft", "Client credentials exchange"),
        ("slo", "User successfully logged out"),
    ];
    let start = state.now() - 86_400;
    for index in 0..SEEDED {
        let (kind, description) = DAY[index % DAY.len()];
        let user = &state.users[index % state.users.len()];
        let fields = json!({
            "description": description, "client_id": crate::NATIVE, "user_id": user["user_id"],
            "user_name": user["email"], "connection": "Username-Password-Authentication",
            "connection_id": "con_0000000000000000", "ip": format!("192.0.2.{}", index % 20),
        });
        let at = i64::try_from(index).unwrap_or(0) * 600;
        state.log_at(kind, fields, start + at);
    }
}

pub(super) fn answer(
    state: &mut State,
    operation: &Operation,
    request: &Request<'_>,
    segments: &[&str],
) -> Option<Result<Answer, Answer>> {
    Some(match (request.method, segments) {
        ("GET", ["logs"]) if request.get("from").is_some() => Ok(checkpoint(state, request)),
        ("GET", ["logs"]) => search(state, operation, request, |_| true),
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

/// The events that a query finds, newest first unless told otherwise.
pub(super) fn search(
    state: &State,
    operation: &Operation,
    request: &Request<'_>,
    also: impl Fn(&Object) -> bool,
) -> Result<Answer, Answer> {
    let invalid = |why: &str| Answer::refused(400, "invalid_query_string", why);
    let query = match request.get("q").filter(|q| !q.trim().is_empty()) {
        Some(q) if q.len() > 8000 => return Err(Answer::empty(414)),
        Some(q) => Some(lucene::parse(q).map_err(|why| invalid(&why))?),
        None => None,
    };
    if let Some(unknown) =
        query.iter().flat_map(|query| query.fields()).find(|field| !SEARCHABLE.contains(field))
    {
        return Err(invalid(&format!("The field {unknown} cannot be searched")));
    }
    let mut rows: Vec<&Object> = state
        .logs
        .iter()
        .filter_map(Value::as_object)
        .filter(|event| also(event))
        .filter(|event| query.as_ref().is_none_or(|query| query.fits(event, &BARE, true)))
        .collect();
    rows.sort_by(|a, b| text(b, "date").cmp(text(a, "date")));
    if request.get("sort").is_some_and(|sort| !sort.ends_with(":-1")) {
        rows.reverse();
    }
    page(request, operation, &rows, |_| true, |row| request.selected((*row).clone(), "log_id"))
}

/// The events after an ID, with the link to those that follow. All other parameters are ignored.
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
