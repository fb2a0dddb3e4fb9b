//! `/api/v2`: the Management API with its scopes, checks, paging and errors.

mod actions;
mod answers;
mod clients;
mod connections;
mod jobs;
mod kinds;
mod logs;
mod lucene;
mod members;
mod paging;
mod schema;
mod sessions;
mod store;
mod users;

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::catalog::{Operation, catalog};
use crate::config::Rule;
use crate::keys;
use crate::state::{Object, Recorded, State};

pub(crate) use jobs::{download, too_many_imports};

/// A request to the Management API whose token has been checked.
pub(crate) struct Request<'a> {
    operation: &'a Operation,
    method: &'a str,
    /// The path segments of the operation; `{}` stands for a parameter.
    template: Vec<&'a str>,
    /// Path segments below `/api/v2`, decoded.
    path: Vec<String>,
    /// Query parameters in order.
    query: Vec<(String, String)>,
    headers: &'a Recorded,
    body: Value,
    scopes: Vec<String>,
    /// The subject that the token was issued to.
    subject: String,
}

impl Request<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The values of a parameter that may be repeated or hold a comma-separated list.
    fn all(&self, name: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .collect()
    }

    fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }

    /// Requires one of these scopes.
    ///
    /// # Errors
    /// 403 without any of them.
    fn need(&self, any_of: &[&str]) -> Result<(), Answer> {
        if any_of.iter().any(|scope| self.has(scope)) {
            return Ok(());
        }
        Err(insufficient(&any_of.join(",")))
    }

    /// The body's fields.
    fn object(&self) -> Object {
        self.body.as_object().cloned().unwrap_or_default()
    }

    /// The second path segment: in most operations, the ID of a resource.
    fn id(&self) -> &str {
        self.path.get(1).map(String::as_str).unwrap_or_default()
    }

    /// The path as it is stored.
    fn key(&self) -> String {
        self.path.join("/")
    }

    /// The shown part of a row: `fields` and `include_fields`. The ID stays, as at Auth0.
    fn selected(&self, mut row: Object, id: &str) -> Value {
        let fields = self.all("fields");
        if !fields.is_empty() {
            let include = self.get("include_fields") != Some("false");
            row.retain(|key, _| {
                (key == id && include) || fields.contains(&key.as_str()) == include
            });
        }
        Value::Object(row)
    }
}

fn insufficient(any_of: &str) -> Answer {
    let message = format!("Insufficient scope, expected any of: {any_of}");
    Answer::refused(403, "insufficient_scope", &message)
}

fn invalid_body(message: &str) -> Answer {
    Answer::refused(400, "invalid_body", message)
}

fn not_found() -> Answer {
    Answer::refused(404, "", "Not Found")
}

/// Answers a request to the Management API.
pub(crate) fn answer(state: &mut State, recorded: &Recorded) -> Answer {
    respond(state, recorded).unwrap_or_else(|refused| refused)
}

fn respond(state: &mut State, recorded: &Recorded) -> Result<Answer, Answer> {
    let claims = authorized(state, recorded.header("authorization"))?;
    let path: Vec<String> = recorded
        .path
        .trim_start_matches("/api/v2/")
        .trim_end_matches('/')
        .split('/')
        .map(decoded)
        .collect();
    let operation = catalog().find(&recorded.method, &path).ok_or_else(not_found)?;
    let text = |key: &str| claims[key].as_str().unwrap_or_default().to_owned();
    let mut request = Request {
        operation,
        method: &recorded.method,
        template: operation.template.iter().map(String::as_str).collect(),
        path,
        query: form_urlencoded::parse(recorded.query.as_bytes()).into_owned().collect(),
        headers: recorded,
        body: Value::Null,
        scopes: text("scope").split(' ').map(str::to_owned).collect(),
        subject: text("sub"),
    };
    if let Some(group) = operation.missing(&request.scopes).filter(|_| state.enforces(Rule::Scope))
    {
        return Err(insufficient(&group.join(",")));
    }
    if state.enforces(Rule::Query) {
        check_path(&request)?;
        check_query(&request)?;
    }
    request.body = body(state, operation, recorded)?;
    let answer = dispatch(state, &request)?;
    if recorded.method != "GET" {
        state.log(
            "sapi",
            serde_json::json!({"description": format!("{} {}", recorded.method, recorded.path)}),
        );
    }
    Ok(answer)
}

fn dispatch(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let special = match request.template.first().copied() {
        Some("clients") => clients::answer(state, request),
        Some("connections") => connections::answer(state, request),
        Some("users" | "users-by-email" | "user-blocks" | "tickets") => {
            users::answer(state, request).or_else(|| sessions::answer(state, request))
        }
        Some("sessions" | "refresh-tokens") => sessions::answer(state, request),
        Some("jobs") => jobs::answer(state, request),
        Some("logs") => logs::answer(state, request),
        _ => None,
    };
    if let Some(answer) = special.or_else(|| members::answer(state, request)) {
        return answer;
    }
    store::parents_exist(state, request)?;
    let answer =
        actions::answer(state, request).unwrap_or_else(|| store::answer(state, request))?;
    Ok(answers::described(request, answer))
}

/// The claims of a token for this API.
///
/// # Errors
/// Auth0's 401 if the token is missing or not accepted, and its 400 if the text is not a JWT.
fn authorized(state: &mut State, authorization: Option<&str>) -> Result<Value, Answer> {
    let refused = |message: &str| Answer::refused(401, "", message);
    let token = authorization
        .and_then(|header| header.strip_prefix("Bearer "))
        .ok_or_else(|| refused("Missing authentication"))?;
    if token.split('.').count() != 3 {
        return Err(Answer::refused(400, "", "Bad HTTP authentication header format"));
    }
    let claims =
        if state.enforces(Rule::Signature) { keys::verified(token) } else { keys::claims(token) };
    let claims = claims.ok_or_else(|| refused("Invalid token"))?;
    if claims["iss"] != state.issuer() && state.enforces(Rule::Issuer) {
        return Err(refused("Invalid token"));
    }
    let audiences: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let meant = audiences.iter().any(|audience| state.is_management(audience));
    if !meant && state.enforces(Rule::Audience) {
        return Err(refused(&format!("Bad audience: {}", audiences.join(","))));
    }
    let expired = claims["exp"].as_i64().is_none_or(|expires| expires <= state.now());
    if expired && state.enforces(Rule::Expiry) {
        return Err(refused("Token has expired or signature is invalid."));
    }
    if let Some((_, uses)) = state.config.last_uses.as_mut().filter(|(last, _)| last == token) {
        *uses = uses
            .checked_sub(1)
            .ok_or_else(|| refused("Token has expired or signature is invalid."))?;
    }
    Ok(claims)
}

/// A decoded path segment. Unlike in a query, `+` stays as it is.
fn decoded(segment: &str) -> String {
    let escaped = segment.replace('+', "%2B");
    form_urlencoded::parse(escaped.replace('=', "%3D").replace('&', "%26").as_bytes())
        .next()
        .map_or_else(String::new, |(key, _)| key.into_owned())
}

/// Refuses values in the path that the API does not document.
fn check_path(request: &Request<'_>) -> Result<(), Answer> {
    for (at, name, schema) in &request.operation.placeholders {
        let value = request.path.get(*at).map(String::as_str).unwrap_or_default();
        if let Err(misfit) = schema::check_parameter(schema, name, value) {
            let message = format!("Path validation error: {misfit}.");
            return Err(Answer::refused(400, "invalid_uri", &message));
        }
    }
    Ok(())
}

/// Refuses unknown, repeated, missing and malformed query parameters.
fn check_query(request: &Request<'_>) -> Result<(), Answer> {
    let invalid = |what: &dyn std::fmt::Display| {
        let message = format!("Query validation error: {what}.");
        Err(Answer::refused(400, "invalid_query_string", &message))
    };
    for (index, (name, value)) in request.query.iter().enumerate() {
        let Some(schema) = request.operation.query.get(name) else {
            return invalid(&format!("'Additional properties not allowed: {name}'"));
        };
        let repeated = request.query[..index].iter().any(|(other, _)| other == name);
        if repeated && !schema::takes_several(schema) {
            let what = format!("'Expected type string but found type array' on property {name}");
            return invalid(&what);
        }
        if let Err(misfit) = schema::check_parameter(schema, name, value) {
            return invalid(&misfit);
        }
    }
    for (name, schema) in &request.operation.query {
        if schema["required_parameter"] == true && request.get(name).is_none() {
            return invalid(&format!("'Missing required property: {name}'"));
        }
    }
    Ok(())
}

/// The body, checked against the operation's schema.
fn body(state: &State, operation: &Operation, recorded: &Recorded) -> Result<Value, Answer> {
    if operation.template == ["jobs", "users-imports"] {
        return Ok(Value::Null);
    }
    if recorded.body.len() > 1 << 20 {
        let message = "Payload content length greater than maximum allowed: 1048576";
        return Err(Answer::refused(413, "", message));
    }
    let kind = recorded.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let value = match kind {
        _ if recorded.body.iter().all(u8::is_ascii_whitespace) => Value::Null,
        "application/x-www-form-urlencoded" => {
            let pairs = form_urlencoded::parse(&recorded.body).into_owned();
            Value::Object(pairs.map(|(name, value)| (name, value.into())).collect())
        }
        "application/json" | "" => serde_json::from_slice(&recorded.body)
            .map_err(|_| Answer::refused(400, "", "Invalid request payload JSON format"))?,
        _ => return Err(Answer::refused(415, "", "Unsupported Media Type")),
    };
    let Some(schema) = operation.body.as_ref().filter(|_| state.enforces(Rule::Body)) else {
        return Ok(value);
    };
    // An absent body counts as an empty object.
    let value = if value.is_null() { Value::Object(Map::new()) } else { value };
    schema::check(schema, &value)
        .map_err(|misfit| invalid_body(&format!("Payload validation error: {misfit}.")))?;
    Ok(value)
}
