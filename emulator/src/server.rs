//! Answers HTTP requests: recording, faults, rate limits, routes.

use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::config::{FaultKind, TokenFault};
use crate::cors;
use crate::keys;
use crate::limits;
use crate::management;
use crate::oauth::{authorize, device, discovery, form, logout, token, userinfo};
use crate::pages;
use crate::record;
use crate::state::{Recorded, State};

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
    let mut recorded = recorded(&parts, body.to_vec(), arrival(lock(&shared).now_exactly()));
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
            let answer = limits::take(&mut state, &recorded.path)
                .or_else(|| window_fault(fault.as_ref(), &recorded))
                .unwrap_or_else(|| route(&mut state, &recorded));
            let answer = limits::described(&state, &recorded.path, answer);
            cors::allowed(&state, &recorded, answer)
        }
    };
    if lock(&shared).config.keep_answers {
        recorded.answer.clone_from(&answer.body);
    }
    record(&shared, recorded, answer.status);
    let mut response = respond(answer, fault, token_fault, gzip);
    let date = date(lock(&shared).now());
    response.headers_mut().insert("date", date);
    response
}

/// The record of a request, without a status yet. It arrived at `at`, in milliseconds since 1970.
fn recorded(parts: &Parts, body: Vec<u8>, at: u64) -> Recorded {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Recorded {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body,
        answer: Vec::new(),
        status: 0,
        at,
    }
}

/// Converts seconds to milliseconds.
fn arrival(seconds: f64) -> u64 {
    Duration::try_from_secs_f64(seconds)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}

/// The `Date` header for a time in Unix seconds.
fn date(now: i64) -> HeaderValue {
    let since = Duration::from_secs(u64::try_from(now).unwrap_or(0));
    let text = httpdate::fmt_http_date(UNIX_EPOCH + since);
    HeaderValue::from_str(&text).expect("a date is visible ASCII")
}

fn record(shared: &Shared, mut request: Recorded, status: u16) {
    request.status = status;
    let mut state = lock(shared);
    if let Some(path) = &state.config.record {
        let line = record::line(&request);
        let file = std::fs::OpenOptions::new().append(true).open(path);
        // The file was created at the start. Ignore errors such as a full disk now.
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
    state.requests.push(request);
}

/// The error for a page after row 1,000, if there is such a fault.
fn window_fault(fault: Option<&FaultKind>, request: &Recorded) -> Option<Answer> {
    let form: std::collections::HashMap<String, String> =
        form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
    let number = |name: &str, default: usize| {
        form.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let past = (number("page", 0) + 1).saturating_mul(number("per_page", 50)) > 1000;
    let message = "Requesting page exceeds the allowed maximum of 1000 records.";
    (fault == Some(&FaultKind::Window) && past && form.contains_key("page"))
        .then(|| Answer::refused(400, "invalid_paging", message))
}

/// Answers a request for an exported file. They have an origin of their own.
pub(crate) async fn serve_file(shared: Shared, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let recorded = recorded(&parts, Vec::new(), arrival(lock(&shared).now_exactly()));
    let (fault, answer, now) = {
        let mut state = lock(&shared);
        let answer = management::download(&state, &recorded.path, &recorded.query);
        (strike(&mut state, &recorded.path), answer, state.now())
    };
    if fault == Some(FaultKind::Stall) {
        record(&shared, recorded, 0);
        tokio::time::sleep(Duration::from_secs(60)).await;
        return Answer::empty(504).into_response(false);
    }
    let answer = fault.as_ref().and_then(|fault| instead(fault, now)).unwrap_or(answer);
    record(&shared, recorded, answer.status);
    respond(answer, fault, None, false)
}

/// The fault that affects this request, if any.
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

/// The faults that replace an answer.
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
        FaultKind::ActiveImports => management::too_many_imports(),
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
        // A panic of the task closes the connection without an answer.
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
        Some(FaultKind::RepeatNext | FaultKind::WrongTotal | FaultKind::FailedJob) => {
            if let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) {
                if fault == Some(FaultKind::FailedJob) {
                    body.insert("status".to_owned(), json!("failed"));
                    body.insert("status_details".to_owned(), json!("The job failed, as asked for"));
                }
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

/// A body that ends with a broken connection.
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

fn route(state: &mut State, request: &Recorded) -> Answer {
    let (method, path, query) =
        (request.method.as_str(), request.path.as_str(), request.query.as_str());
    let cookies = request.header("cookie");
    let authorization = request.header("authorization");
    match (method, path) {
        ("OPTIONS", _) => Answer::empty(204),
        ("GET", "/.well-known/openid-configuration") => discovery::document(state),
        ("GET", "/.well-known/jwks.json") => {
            Answer::json(200, &keys::jwks()).with("access-control-allow-origin", "*")
        }
        ("GET", "/authorize") => authorize::authorize(state, query, cookies),
        ("POST", "/authorize/decide") => authorize::decided(state, &request.body),
        ("GET", "/activate") => device::activate(state, query),
        ("POST", "/activate/decide") => device::decided(state, &request.body),
        ("POST", "/oauth/device/code") => match form::body(state, request) {
            Ok(form) => device::code(state, &form),
            Err(answer) => answer,
        },
        ("POST", "/oauth/token") => token::token(state, request),
        ("POST", "/oauth/revoke") => token::revoke(state, request),
        ("GET" | "POST", "/userinfo") => userinfo::answer(state, authorization),
        ("GET", "/v2/logout") => logout::auth0(state, query, cookies),
        ("GET", "/oidc/logout") => logout::oidc(state, query.as_bytes(), cookies),
        ("POST", "/oidc/logout") => logout::oidc(state, &request.body, cookies),
        _ if path.starts_with("/api/v2/") => management::answer(state, request),
        _ => Answer::html(404, pages::message("Not found", "There is nothing here.")),
    }
}
