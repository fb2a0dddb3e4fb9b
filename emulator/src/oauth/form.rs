//! The parameters of a request to an OAuth endpoint.

use std::collections::HashMap;

use serde_json::Value;

use crate::answer::Answer;
use crate::config::Rule;
use crate::state::{Recorded, State};

pub(crate) type Form = HashMap<String, String>;

pub(crate) fn get(form: &Form, name: &str) -> String {
    form.get(name).cloned().unwrap_or_default()
}

/// The parameters of a query. A parameter without a value is treated as absent (RFC 6749 §3.1).
///
/// # Errors
/// `invalid_request` if a parameter is repeated.
pub(crate) fn parse(state: &State, encoded: &[u8]) -> Result<Form, Answer> {
    let mut form = Form::new();
    for (name, value) in form_urlencoded::parse(encoded).into_owned() {
        let repeated = !value.is_empty() && form.insert(name.clone(), value).is_some();
        if repeated && state.enforces(Rule::Repeated) {
            let why = format!("Parameter '{name}' must not be repeated");
            return Err(Answer::oauth(400, "invalid_request", &why));
        }
    }
    Ok(form)
}

/// The parameters of a body: a form, or the same fields in JSON.
///
/// # Errors
/// `invalid_request` if the body is neither, or a parameter is repeated.
pub(crate) fn body(state: &State, request: &Recorded) -> Result<Form, Answer> {
    let kind = request.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let invalid = |why: &str| Answer::oauth(400, "invalid_request", why);
    match kind {
        "application/x-www-form-urlencoded" => parse(state, &request.body),
        "application/json" => {
            let Ok(Value::Object(object)) = serde_json::from_slice(&request.body) else {
                return Err(invalid("The body is not a JSON object"));
            };
            let given = object.into_iter().filter(|(_, value)| !value.is_null());
            let texts = given.map(|(name, value)| match value {
                Value::String(text) => Ok((name, text)),
                _ => Err(invalid(&format!("Parameter '{name}' must be a string"))),
            });
            texts.filter(|pair| !matches!(pair, Ok((_, text)) if text.is_empty())).collect()
        }
        _ => Err(invalid("The body must be a form or JSON")),
    }
}
