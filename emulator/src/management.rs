//! `/api/v2`: scopes, paging, errors and shapes of the Management API.

mod clients;
mod connections;
mod lists;

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::keys;
use crate::state::State;

/// A request to the Management API, its token already checked.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// Path segments below `/api/v2`, decoded.
    pub(crate) path: Vec<String>,
    /// Query parameters in order.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: &'a [u8],
    scopes: Vec<String>,
}

type Object = Map<String, Value>;

impl Request<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

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

    /// One of these scopes, or 403.
    fn need(&self, any_of: &[&str]) -> Result<(), Answer> {
        if any_of.iter().any(|scope| self.has(scope)) {
            return Ok(());
        }
        Err(Answer::refused(
            403,
            "insufficient_scope",
            &format!("Insufficient scope, expected any of: {}", any_of.join(",")),
        ))
    }

    /// The body as an object, or 400.
    fn object(&self) -> Result<Object, Answer> {
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(invalid_body("Payload validation error: 'Expected type object'.")),
        }
    }
}

fn invalid_body(message: &str) -> Answer {
    Answer::refused(400, "invalid_body", message)
}

/// Answers a request with whatever the token allows.
pub(crate) fn answer(
    state: &mut State,
    method: &str,
    path: &str,
    query: &str,
    body: &[u8],
    authorization: Option<&str>,
) -> Answer {
    let scopes = match authorize(state, authorization) {
        Ok(scopes) => scopes,
        Err(answer) => return answer,
    };
    let decode = |segment: &str| {
        let escaped = segment.replace('+', "%2B");
        form_urlencoded::parse(escaped.as_bytes())
            .next()
            .map_or_else(String::new, |(key, _)| key.into_owned())
    };
    let request = Request {
        method,
        path: path.trim_start_matches("/api/v2/").split('/').map(decode).collect(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body,
        scopes,
    };
    let result = match request.path[0].as_str() {
        "clients" => clients::answer(state, &request),
        "connections" => connections::answer(state, &request),
        _ => lists::answer(state, &request),
    };
    result.unwrap_or_else(|answer| answer)
}

fn authorize(state: &mut State, authorization: Option<&str>) -> Result<Vec<String>, Answer> {
    let refused = |message: &str| Answer::refused(401, "", message);
    let token = authorization
        .and_then(|header| header.strip_prefix("Bearer "))
        .ok_or_else(|| refused("Missing authentication"))?;
    if token.split('.').count() != 3 {
        return Err(Answer::refused(400, "", "Bad HTTP authentication header format"));
    }
    let claims = keys::verified(token).ok_or_else(|| refused("Invalid token"))?;
    let audiences: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audiences.iter().any(|audience| state.is_management(audience)) {
        return Err(refused(&format!("Bad audience: {}", audiences.join(","))));
    }
    if claims["exp"].as_i64().is_none_or(|expires| expires <= state.now()) {
        return Err(refused("Token has expired or signature is invalid."));
    }
    if let Some((_, uses)) = state.config.last_uses.as_mut().filter(|(last, _)| last == token) {
        *uses = uses
            .checked_sub(1)
            .ok_or_else(|| refused("Token has expired or signature is invalid."))?;
    }
    Ok(claims["scope"].as_str().unwrap_or_default().split(' ').map(str::to_owned).collect())
}

/// How a list is cut into pages, and wrapped.
pub(crate) struct Paging {
    /// The key of the rows.
    pub(crate) key: &'static str,
    /// Whether `from` and `take` work.
    pub(crate) checkpoint: bool,
    /// Whether pages are wrapped in an object even unasked.
    pub(crate) always_wrapped: bool,
    /// The most rows of a page.
    pub(crate) most: usize,
}

/// The page asked for of `rows`, each row finished by `shape`.
pub(crate) fn page<T>(
    request: &Request<'_>,
    rows: &[T],
    paging: &Paging,
    shape: impl Fn(&T) -> Value,
) -> Result<Answer, Answer> {
    filtered_page(request, rows, |_| true, paging, shape)
}

/// Like [`page`], of the rows that fit. A checkpoint is a place among all of them, so that a long
/// list costs no more at its end than at its beginning.
pub(crate) fn filtered_page<T>(
    request: &Request<'_>,
    rows: &[T],
    fits: impl Fn(&T) -> bool,
    paging: &Paging,
    shape: impl Fn(&T) -> Value,
) -> Result<Answer, Answer> {
    let number = |name: &str, default: usize, most: usize| match request.get(name) {
        None => Ok(default),
        Some(text) => text.parse().ok().filter(|n| *n <= most).ok_or_else(|| {
            Answer::refused(
                400,
                "invalid_query_string",
                &format!("Query validation error: 'Invalid value \"{text}\"' on property {name}."),
            )
        }),
    };
    let wrapped = request.get("include_totals") == Some("true");
    if paging.checkpoint && (request.get("take").is_some() || request.get("from").is_some()) {
        let take = number("take", 50, paging.most)?.max(1);
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
        let mut body = Object::new();
        body.insert(paging.key.to_owned(), json!(part));
        if let Some((at, _)) = left.next() {
            body.insert("next".to_owned(), json!(format!("next-{at:x}")));
        }
        return Ok(Answer::json(200, &Value::Object(body)));
    }
    let size = number("per_page", 50, 100)?.max(1);
    let index = number("page", 0, usize::MAX / 200)?;
    if (index + 1) * size > 1000 {
        return Err(Answer::refused(
            400,
            "invalid_paging",
            "Requesting page exceeds the allowed maximum of 1000 records.",
        ));
    }
    let rows: Vec<&T> = rows.iter().filter(|row| fits(row)).collect();
    let start = index * size;
    let end = (start + size).min(rows.len());
    let part: Vec<Value> =
        rows.get(start..end).unwrap_or_default().iter().map(|row| shape(row)).collect();
    if paging.always_wrapped {
        return Ok(Answer::json(
            200,
            &json!({"total": rows.len(), "page": index, "per_page": size, paging.key: part}),
        ));
    }
    if wrapped {
        return Ok(Answer::json(
            200,
            &json!({"start": start, "limit": size, "total": rows.len(), paging.key: part}),
        ));
    }
    Ok(Answer::json(200, &json!(part)))
}

/// `fields` and `include_fields`; the ID stays, as on real tenants.
fn selected(request: &Request<'_>, mut row: Object, id: &str) -> Value {
    let fields = request.all("fields");
    if !fields.is_empty() {
        let include = request.get("include_fields") != Some("false");
        row.retain(|key, _| (key == id && include) || fields.contains(&key.as_str()) == include);
    }
    Value::Object(row)
}

/// The position of an object, or 404.
fn position(
    rows: &[Object],
    key: &str,
    id: &str,
    message: &str,
    code: &str,
) -> Result<usize, Answer> {
    rows.iter()
        .position(|row| row.get(key).and_then(Value::as_str) == Some(id))
        .ok_or_else(|| Answer::refused(404, code, message))
}
