//! Small lists of the other paging classes.

use serde_json::{Value, json};

use super::{Paging, Request, page};
use crate::answer::Answer;
use crate::state::State;

const ROWS: usize = 137;

pub(super) fn answer(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    let path = request.path.join("/");
    if request.method != "GET" {
        return Err(Answer::refused(404, "", "Not Found"));
    }
    let numbered = |prefix: &str| {
        (0..ROWS)
            .map(|n| json!({"id": format!("{prefix}{n}"), "name": format!("{prefix} {n}")}))
            .collect::<Vec<_>>()
    };
    let offset = |key| Paging { key, checkpoint: false, always_wrapped: false, most: 100 };
    let row = Value::clone;
    match path.as_str() {
        "users" => {
            request.need(&["read:users"])?;
            let rows: Vec<Value> = (0..ROWS).map(|n| json!({"user_id": format!("auth0|{n}"), "email": format!("user{n}@example.com")})).collect();
            page(request, &rows, &offset("users"), row)
        }
        "roles" => {
            request.need(&["read:roles"])?;
            page(request, &numbered("rol_"), &offset("roles"), row)
        }
        "organizations" => {
            request.need(&["read:organizations"])?;
            page(
                request,
                &numbered("org_"),
                &Paging { checkpoint: true, ..offset("organizations") },
                row,
            )
        }
        "client-grants" => {
            request.need(&["read:client_grants"])?;
            let rows = [
                json!({"id": "cgr_1", "client_id": crate::MACHINE, "audience": format!("{}api/v2/", state.issuer())}),
            ];
            page(request, &rows, &Paging { checkpoint: true, ..offset("client_grants") }, row)
        }
        "actions/actions" => {
            request.need(&["read:actions"])?;
            page(
                request,
                &numbered("act_"),
                &Paging { always_wrapped: true, ..offset("actions") },
                row,
            )
        }
        "logs" => {
            request.need(&["read:logs"])?;
            logs(state, request)
        }
        "stats/daily" => {
            request.need(&["read:stats"])?;
            Ok(Answer::json(200, &json!([{"date": "2026-11-22T00:00:00.000Z", "logins": 5}])))
        }
        "tenants/settings" => {
            request.need(&["read:tenant_settings"])?;
            Ok(Answer::json(
                200,
                &json!({"friendly_name": "Emulator", "default_audience": "", "session_lifetime": 168}),
            ))
        }
        _ => match path.strip_prefix("users/") {
            Some(id) if id.starts_with("auth0|") => {
                request.need(&["read:users", "read:current_user"])?;
                Ok(Answer::json(200, &json!({"user_id": id, "email": "ann@example.com"})))
            }
            _ => Err(Answer::refused(404, "", "Not Found")),
        },
    }
}

/// Search by page, or on from an ID with a link to the next (facts of the log endpoint).
fn logs(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    let rows: Vec<Value> =
        (0..ROWS).map(|n| json!({"log_id": format!("log{n:05}"), "type": "s"})).collect();
    let Some(from) = request.get("from") else {
        return page(
            request,
            &rows,
            &Paging { key: "logs", checkpoint: false, always_wrapped: false, most: 100 },
            Value::clone,
        );
    };
    let take: usize = request.get("take").and_then(|text| text.parse().ok()).unwrap_or(50).min(100);
    let start = rows.iter().position(|row| row["log_id"] == from).map_or(rows.len(), |at| at + 1);
    let part: Vec<&Value> = rows.iter().skip(start).take(take).collect();
    let last = part.last().map_or(from, |row| row["log_id"].as_str().unwrap_or(from)).to_owned();
    let link = format!("<{}/api/v2/logs?from={last}&take={take}>; rel=\"next\"", state.url);
    Ok(Answer::json(200, &json!(part)).with("link", link))
}
