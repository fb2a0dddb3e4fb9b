//! Browser sessions and refresh tokens, as the Management API shows and revokes them.

use serde_json::{Value, json};

use super::paging::page;
use super::{Request, users};
use crate::answer::Answer;
use crate::state::{Family, Session, State, timestamp};

/// Answers operations on sessions and refresh tokens. `None` for all others.
pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Result<Answer, Answer>> {
    let id = request.id();
    let gone = |what: &str| Answer::refused(404, "", &format!("{what} not found."));
    Some(match (request.method, request.template.as_slice()) {
        ("GET", ["users", "{}", "sessions"]) => users::find(state, id).and_then(|_| {
            let fits = |session: &Session| session.user_id == id;
            page(request, &state.sessions, fits, session)
        }),
        ("DELETE", ["users", "{}", "sessions"]) => users::find(state, id).map(|_| {
            state.sessions.retain(|session| session.user_id != id);
            Answer::empty(202)
        }),
        ("GET", ["users", "{}", "refresh-tokens"]) => users::find(state, id).and_then(|_| {
            let fits = |family: &Family| family.login.user_id == id;
            page(request, &state.families, fits, token)
        }),
        ("DELETE", ["users", "{}", "refresh-tokens"]) => users::find(state, id).map(|_| {
            state.families.retain(|family| family.login.user_id != id);
            Answer::empty(202)
        }),
        ("POST", ["users", "{}", "revoke-access"]) => users::find(state, id).map(|_| {
            let only = request.body["session_id"].as_str();
            let meant = |session: &str| only.is_none_or(|only| only == session);
            state.sessions.retain(|session| session.user_id != id || !meant(&session.id));
            if request.body["preserve_refresh_tokens"] != true {
                state
                    .families
                    .retain(|family| family.login.user_id != id || !meant(&family.login.session));
            }
            Answer::empty(202)
        }),
        ("GET", ["sessions", "{}"]) => match state.sessions.iter().find(|one| one.id == id) {
            Some(one) => Ok(Answer::json(200, &session(one))),
            None => Err(gone("Session")),
        },
        ("DELETE", ["sessions", "{}"]) => {
            state.sessions.retain(|session| session.id != id);
            Ok(Answer::empty(202))
        }
        ("POST", ["sessions", "{}", "revoke"]) => {
            state.sessions.retain(|session| session.id != id);
            state.families.retain(|family| family.login.session != id);
            Ok(Answer::empty(202))
        }
        ("GET", ["refresh-tokens"]) => {
            let user = request.get("user_id").unwrap_or_default();
            let client = request.get("client_id");
            let fits = |family: &Family| {
                family.login.user_id == user && client.is_none_or(|id| family.login.client_id == id)
            };
            page(request, &state.families, fits, token)
        }
        ("GET", ["refresh-tokens", "{}"]) => {
            match state.families.iter().find(|family| family.id == id) {
                Some(family) => Ok(Answer::json(200, &token(family))),
                None => Err(gone("Refresh token")),
            }
        }
        ("DELETE", ["refresh-tokens", "{}"]) => {
            state.families.retain(|family| family.id != id);
            Ok(Answer::empty(202))
        }
        ("POST", ["refresh-tokens", "revoke"]) => {
            let body = &request.body;
            let ids: Vec<&str> =
                body["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let is = |key: &str, value: &str| body[key].is_null() || body[key] == value;
            state.families.retain(|family| {
                let by_user = !body["user_id"].is_null()
                    && is("user_id", &family.login.user_id)
                    && is("client_id", &family.login.client_id);
                !ids.contains(&family.id.as_str()) && !by_user
            });
            Ok(Answer::empty(202))
        }
        _ => return None,
    })
}

fn session(session: &Session) -> Value {
    let at = timestamp(session.auth_time);
    json!({
        "id": session.id, "user_id": session.user_id, "created_at": at, "updated_at": at, "authenticated_at": at,
        "expires_at": timestamp(session.auth_time + 604_800), "idle_expires_at": timestamp(session.auth_time + 259_200),
        "device": {"initial_ip": "127.0.0.1", "last_ip": "127.0.0.1"}, "clients": [{"client_id": crate::NATIVE}],
        "authentication": {"methods": [{"name": "pwd", "timestamp": at}]},
    })
}

fn token(family: &Family) -> Value {
    let login = &family.login;
    json!({
        "id": family.id, "user_id": login.user_id, "client_id": login.client_id, "session_id": login.session,
        "created_at": timestamp(family.begun), "last_exchanged_at": timestamp(family.last_used),
        "expires_at": timestamp(family.begun + 2_592_000), "idle_expires_at": timestamp(family.last_used + 1_296_000),
        "rotating": true, "device": {"initial_ip": "127.0.0.1"},
        "resource_servers": [{"audience": login.audience, "scopes": login.scope}],
    })
}
