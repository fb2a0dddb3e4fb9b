//! What of a request the API does not document: the query and the body, checked offline.

use serde_json::Value;

use super::prepared::{Payload, Prepared};
use crate::base::error::{Error, ErrorKind};
use crate::base::near::Near;
use crate::base::text::foreign;
use crate::base::url;
use crate::hint;
use crate::management::catalog::{self, Method, Operation, ParamKind};
use crate::management::schema::{self, Problem, ProblemKind, RequestBody};
use crate::term::Io;

/// More problems than this are only counted.
const MOST: usize = 12;

/// Prints a warning for each property that the API does not document in this form.
pub(super) fn warn(prepared: &Prepared, io: &Io) {
    let Some(operation) = &prepared.operation else { return };
    let problems = problems(operation, prepared);
    for problem in problems.iter().take(MOST) {
        io.ui.warn(problem);
    }
    if let Some(more) = problems.len().checked_sub(MOST).filter(|more| *more > 0) {
        io.ui.warn(format_args!("and {more} more properties that the API does not document"));
    }
}

/// Refuses a request with a property that the API does not document in this form.
///
/// # Errors
/// Usage, with each wrong property as a cause; not found, if the operation is unknown.
pub(super) fn demand(prepared: &Prepared) -> Result<(), Error> {
    let (method, path) = (prepared.method.as_str(), &prepared.path);
    let Some(operation) = &prepared.operation else {
        let message = format!("cannot check {method} {path}: it is not in the catalog");
        return Err(
            Error::new(ErrorKind::NotFound, message).hint("list the operations: auth0-api list")
        );
    };
    let problems = problems(operation, prepared);
    if problems.is_empty() {
        return Ok(());
    }
    let count = problems.len();
    let things = if count == 1 { "property" } else { "properties" };
    let message = format!("{method} {path} has {count} wrong {things}; nothing was sent");
    let error = problems.into_iter().fold(Error::usage(message), Error::because);
    Err(error.hint(hint!("see what it takes: auth0-api describe {} {}", method, operation.path)))
}

fn problems(operation: &Operation, prepared: &Prepared) -> Vec<String> {
    let mut found = path(operation, prepared);
    found.extend(query(operation, &prepared.query));
    found.extend(body(operation, prepared));
    found
}

fn path(operation: &Operation, prepared: &Prepared) -> Vec<String> {
    let Some(given) = catalog::find(operation.method, &prepared.path) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in given.params {
        let value = url::decoded(value);
        if let Some(values) = schema::path_values(operation.path, name)
            && values.values().all(|known| known != value)
        {
            let kind = ProblemKind::UnknownValue(schema::nearest_value(&value, values));
            found.push(format!("path {name} {}", kind.words()));
        }
    }
    found
}

fn query(operation: &Operation, given: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    let limits = schema::query_limits(operation.method.as_str(), operation.path);
    for (name, value) in given {
        let shown = foreign(name).shown();
        let Some(param) = operation.query().find(|param| param.name == name) else {
            let mut near = Near::new(name);
            operation.query().for_each(|param| near.offer(param.name));
            let kind = ProblemKind::UnknownParameter(near.names());
            found.push(format!("query {shown} {}", kind.words()));
            continue;
        };
        let wanted = match param.kind {
            ParamKind::Integer if value.parse::<u64>().is_err() => "an integer",
            ParamKind::Boolean if value.parse::<bool>().is_err() => "true or false",
            _ => {
                if let Some(limit) = limits.iter().find(|limit| limit.name == name) {
                    let problems = schema::check_parameter(limit, value);
                    found.extend(
                        problems.iter().map(|it| format!("query {shown} {}", it.kind.words())),
                    );
                }
                continue;
            }
        };
        found.push(format!("query {shown} must be {wanted}"));
    }
    for param in operation.query().filter(|param| param.required) {
        if given.iter().all(|(name, _)| name != param.name) {
            found.push(format!("query {} is required", param.name));
        }
    }
    found
}

fn body(operation: &Operation, prepared: &Prepared) -> Vec<String> {
    let method = prepared.method;
    let schema = RequestBody::of(method.as_str(), operation.path);
    let text = match (&prepared.body, operation.body) {
        (Payload::None, catalog::BodyKind::Multipart) => {
            return vec!["the body is missing: it takes a form, -F NAME=VALUE".to_owned()];
        }
        (Payload::None, _) => {
            let required = schema.is_some_and(|schema| {
                method != Method::Patch && schema.fields().iter().any(|field| field.required)
            });
            let missing = "the body is missing: -d JSON, -d @FILE or -f KEY=VALUE".to_owned();
            return required.then_some(missing).into_iter().collect();
        }
        (Payload::Json(_), catalog::BodyKind::None) => {
            return vec!["the API documents no body for this operation".to_owned()];
        }
        (Payload::Json(text), _) => text,
        (Payload::Raw(..), _) => return Vec::new(),
    };
    let Some(schema) = schema else { return Vec::new() };
    let Ok(value) = serde_json::from_slice::<Value>(text) else {
        // It is JSON, which was checked before, but no documented body is that deep.
        return vec!["the body is nested too deeply".to_owned()];
    };
    let schema = value.as_object().map_or(schema, |said| schema.knowing(said));
    schema.check(&value, method != Method::Patch).iter().map(words).collect()
}

fn words(problem: &Problem) -> String {
    let place = match problem.path.as_str() {
        "" => "the body".to_owned(),
        path => format!("body {}", foreign(path).shown()),
    };
    format!("{place} {}", problem.kind.words())
}
