//! From HTTP to an answer: recording, faults, rate limits, routes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::config::{FaultKind, TokenFault};
use crate::keys;
use crate::login;
use crate::management;
use crate::pages;
use crate::state::{Recorded, State};
use crate::token;

pub(crate) type Shared = Arc<Mutex<State>>;

pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one request.
pub(crate) async fn serve(shared: Shared, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 4 << 20).await else {
        return Answer::empty(413).into_response(false);
    };
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let recorded = Recorded {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: body.to_vec(),
        status: 0,
    };
    let gzip = recorded.header("accept-encoding").is_some_and(|accepted| accepted.contains("gzip"));
    let (latency, fault, now) = {
        let mut state = lock(&shared);
        state.arrived.push(recorded.path.clone());
        (state.config.latency, strike(&mut state, &recorded.path), state.now())
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if fault == Some(FaultKind::Stall) {
        record(&shared, recorded, 0);
        tokio::time::sleep(Duration::from_secs(60)).await;
        return Answer::empty(504).into_response(false);
    }
    let token_fault = lock(&shared).config.token_fault.filter(|_| recorded.path == "/oauth/token");
    if token_fault == Some(TokenFault::Stall) {
        record(&shared, recorded, 0);
        tokio::time::sleep(Duration::from_secs(60)).await;
        return Answer::empty(504).into_response(false);
    }
    let before = fault.as_ref().and_then(|fault| instead(fault, now));
    let answer = match before.or_else(|| token_fault.and_then(wrong_token)) {
        Some(answer) => answer,
        None => {
            let mut state = lock(&shared);
            let answer = rate_limited(&mut state, &recorded.path)
                .unwrap_or_else(|| route(&mut state, &recorded));
            with_rate_limit(&state, &recorded.path, answer)
        }
    };
    record(&shared, recorded, answer.status);
    let mut response = respond(answer, fault, token_fault, gzip);
    let date = date(lock(&shared).now());
    response.headers_mut().insert("date", date);
    response
}

fn record(shared: &Shared, mut request: Recorded, status: u16) {
    request.status = status;
    lock(shared).requests.push(request);
}

/// The `Date` header for a moment in Unix seconds.
fn date(now: i64) -> HeaderValue {
    let since = Duration::from_secs(u64::try_from(now).unwrap_or(0));
    let text = httpdate::fmt_http_date(UNIX_EPOCH + since);
    HeaderValue::from_str(&text).expect("a date is visible ASCII")
}

/// The fault that is due on this path, if any.
fn strike(state: &mut State, path: &str) -> Option<FaultKind> {
    let State { config, fault_counts, .. } = state;
    fault_counts.resize(config.faults.len(), 0);
    for (fault, count) in config.faults.iter().zip(fault_counts) {
        if path.starts_with(&fault.path) {
            *count += 1;
            if *count > fault.after && *count - fault.after <= fault.times {
                return Some(fault.kind.clone());
            }
        }
    }
    None
}

/// The faults that come in place of an answer.
fn instead(fault: &FaultKind, now: i64) -> Option<Answer> {
    Some(match fault {
        FaultKind::Status(429) => {
            Answer::refused(429, "too_many_requests", "Global limit has been reached")
                .with("x-ratelimit-limit", "10")
                .with("x-ratelimit-remaining", "0")
                .with("x-ratelimit-reset", (now + 1).to_string())
        }
        FaultKind::Status(status @ 502..=504) => {
            Answer::html(*status, pages::message("Bad Gateway", "The server is out."))
        }
        FaultKind::Status(401) => {
            Answer::refused(401, "", "Token has expired or signature is invalid.")
        }
        FaultKind::Status(status) => Answer::refused(*status, "", "A fault, as asked for"),
        FaultKind::RetryAfter(seconds) => {
            Answer::refused(429, "too_many_requests", "Client quota exceeded")
                .with("retry-after", seconds.to_string())
        }
        FaultKind::Redirect(location) => Answer::redirect(location),
        FaultKind::Malformed => {
            Answer::new(200, "application/json", "{\"clients\": [ {\"client_id\": }")
        }
        FaultKind::DeepJson => {
            Answer::new(200, "application/json", "[".repeat(10_000) + &"]".repeat(10_000))
        }
        FaultKind::NotUtf8 => {
            Answer::new(200, "application/json", b"[{\"client_id\": \"\xff\xfe\"}]".to_vec())
        }
        FaultKind::ControlCharacters => {
            let name = "a\u{1b}]0;title\u{7}\u{1b}[31mred\u{9b}2J\u{202e}gnp\u{200f}\r\nb";
            let row = json!({"client_id": name, "id": name, "name": name, "strategy": name, "app_type": name});
            Answer::json(
                200,
                &json!({"start": 0, "limit": 100, "total": 1, "clients": [row], "connections": [row]}),
            )
        }
        _ => return None,
    })
}

/// The token endpoint's own faults.
fn wrong_token(fault: TokenFault) -> Option<Answer> {
    Some(match fault {
        TokenFault::Html => Answer::html(200, pages::message("Welcome", "A captive portal.")),
        TokenFault::Redirect => Answer::redirect("https://evil.example/oauth/token"),
        TokenFault::ServerError => Answer::refused(500, "", "Internal error"),
        TokenFault::Empty => Answer::new(200, "application/json", ""),
        TokenFault::Truncated => Answer::new(200, "application/json", "{\"access_token\":\"ey"),
        _ => return None,
    })
}

fn respond(
    mut answer: Answer,
    fault: Option<FaultKind>,
    token_fault: Option<TokenFault>,
    gzip: bool,
) -> Response<Body> {
    let endless = fault == Some(FaultKind::Endless) || token_fault == Some(TokenFault::Endless);
    match fault {
        // A thread of the server that ends takes its connection along, without a word.
        Some(FaultKind::Reset) => std::panic::resume_unwind(Box::new("reset")),
        Some(FaultKind::Truncate) => {
            let half = answer.body.len() / 2;
            let length = answer.body.len();
            answer.body.truncate(half);
            let mut response = answer.into_response(false);
            let bytes = std::mem::take(response.body_mut());
            *response.body_mut() = cut_off(bytes);
            if let Ok(length) = length.to_string().parse() {
                response.headers_mut().insert("content-length", length);
            }
            return response;
        }
        Some(FaultKind::RepeatNext | FaultKind::WrongTotal) => {
            if let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) {
                if fault == Some(FaultKind::RepeatNext) && body.contains_key("next") {
                    body.insert("next".to_owned(), json!("next-64"));
                }
                if let (Some(FaultKind::WrongTotal), Some(total)) =
                    (&fault, body.get("total").and_then(Value::as_u64))
                {
                    body.insert("total".to_owned(), json!(total * 10));
                }
                answer.body = Value::Object(body).to_string().into_bytes();
            }
        }
        _ => {}
    }
    if endless {
        let mut response = Answer::new(200, "application/json", "").into_response(false);
        *response.body_mut() = Body::new(Endless);
        return response;
    }
    answer.into_response(gzip)
}

/// Bytes, then a broken connection.
fn cut_off(bytes: Body) -> Body {
    Body::new(CutOff { bytes: Some(bytes) })
}

struct CutOff {
    bytes: Option<Body>,
}

struct Endless;

impl axum::body::HttpBody for Endless {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        static SPACES: [u8; 65_536] = [b' '; 65_536];
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(&SPACES)))))
    }
}

impl axum::body::HttpBody for CutOff {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        use std::task::Poll;
        let broken = || Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other("cut off")))));
        match &mut self.bytes {
            None => broken(),
            Some(bytes) => match std::pin::Pin::new(bytes).poll_frame(cx) {
                Poll::Ready(None) => {
                    self.bytes = None;
                    broken()
                }
                other => other,
            },
        }
    }
}

/// 429 when the second's requests are used up.
fn rate_limited(state: &mut State, path: &str) -> Option<Answer> {
    if !path.starts_with("/api/v2/") {
        return None;
    }
    let second = u64::try_from(state.now()).unwrap_or(0);
    if state.window.0 != second {
        state.window = (second, 0);
    }
    if state.window.1 >= state.config.rate_limit {
        return Some(Answer::refused(429, "too_many_requests", "Global limit has been reached"));
    }
    state.window.1 += 1;
    None
}

fn with_rate_limit(state: &State, path: &str, answer: Answer) -> Answer {
    if !path.starts_with("/api/v2/") {
        return answer;
    }
    let limit = state.config.rate_limit;
    answer
        .with("x-ratelimit-limit", limit.to_string())
        .with("x-ratelimit-remaining", limit.saturating_sub(state.window.1).to_string())
        .with("x-ratelimit-reset", (state.window.0 + 1).to_string())
}

fn route(state: &mut State, request: &Recorded) -> Answer {
    let (method, path, query) =
        (request.method.as_str(), request.path.as_str(), request.query.as_str());
    let text = String::from_utf8_lossy(&request.body).into_owned();
    let authorization = request.header("authorization");
    match (method, path) {
        ("GET", "/.well-known/openid-configuration") => discovery(state),
        ("GET", "/.well-known/jwks.json") => Answer::json(200, &keys::jwks()),
        ("GET", "/authorize") => login::authorize(state, query),
        ("POST", "/authorize/decide") => login::authorize_decided(state, &text),
        ("GET", "/activate") => login::activate(query),
        ("POST", "/activate/decide") => login::activate_decided(state, &text),
        ("POST", "/oauth/device/code") => login::device_code(state, &form(request)),
        ("POST", "/oauth/token") => token::token(state, &form(request), authorization),
        ("POST", "/oauth/revoke") => token::revoke(state, &form(request)),
        ("GET", "/userinfo") => {
            Answer::json(200, &json!({"sub": login::USER, "name": "Ann Example"}))
        }
        ("GET", "/v2/logout" | "/oidc/logout") => {
            Answer::html(200, pages::message("Signed out", "The browser's session has ended."))
        }
        _ if path.starts_with("/api/v2/") => {
            management::answer(state, method, path, query, &request.body, authorization)
        }
        _ => Answer::html(404, pages::message("Not found", "There is nothing here.")),
    }
}

/// A form, or the same fields in JSON.
fn form(request: &Recorded) -> HashMap<String, String> {
    if request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        let object: HashMap<String, Value> =
            serde_json::from_slice(&request.body).unwrap_or_default();
        return object
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
            .collect();
    }
    request.form()
}

fn discovery(state: &State) -> Answer {
    let url = &state.url;
    let mut document = json!({
        "issuer": state.issuer(), "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/oauth/token"),
        "device_authorization_endpoint": format!("{url}/oauth/device/code"), "revocation_endpoint": format!("{url}/oauth/revoke"),
        "userinfo_endpoint": format!("{url}/userinfo"), "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256", "plain"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
    });
    if state.config.end_session_endpoint {
        document["end_session_endpoint"] = json!(format!("{url}/oidc/logout"));
    }
    if state.config.iss_in_responses {
        document["authorization_response_iss_parameter_supported"] = json!(true);
    }
    Answer::json(200, &document)
}
