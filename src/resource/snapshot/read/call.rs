//! One list, or one object, and what a refusal means to an export.

use serde_json::Value;

use crate::base::error::{Error, ErrorKind};
use crate::management::Call;
use crate::management::Management;
use crate::management::Query;
use crate::management::catalog::Operation;
use crate::management::paging::{CUT_OFF, Listing};
use crate::management::refusal::missing_scopes;

/// The result of a read.
pub(super) enum ReadOutcome {
    /// These rows.
    Rows(Vec<Value>),
    /// The tenant does not have it.
    Absent,
    /// It could not be read.
    Unread {
        /// The scopes of which the token needs one; empty if no scope is missing.
        scopes: Vec<String>,
        /// What the API said.
        reason: String,
    },
}

impl ReadOutcome {
    /// Decides what an error means: the tenant does not have it, the token may not read it, or the
    /// command must end.
    ///
    /// # Errors
    /// Every other error.
    pub(super) fn of(result: Result<Vec<Value>, Error>) -> Result<Self, Error> {
        let error = match result {
            Ok(rows) => return Ok(Self::Rows(rows)),
            Err(error) => error,
        };
        let causes = error.causes();
        let scopes = causes.iter().find_map(|cause| missing_scopes(cause));
        let reason = || (*causes.first().unwrap_or(&error.message())).to_owned();
        match (error.http_status(), scopes) {
            (Some(403), Some(scopes)) => Ok(Self::Unread { scopes, reason: reason() }),
            // Without a scope, a 403 is about the plan; 402, 404, 410 and 501 mean the same.
            (Some(402 | 403 | 404 | 410 | 501), _) => Ok(Self::Absent),
            (Some(401 | 408 | 429), _) => Err(error),
            (Some(400..=499), _) => Ok(Self::Unread { scopes: Vec::new(), reason: reason() }),
            _ => Err(error),
        }
    }
}

/// Reads a list to its end.
pub(super) fn read_all(
    api: &Management<'_>,
    operation: &Operation,
    path: &str,
    query: Query,
    what: &str,
) -> Result<Vec<Value>, Error> {
    let mut rows = Vec::new();
    let mut push = |text: &str| match serde_json::from_str(text) {
        Ok(row) => {
            rows.push(row);
            Ok(())
        }
        Err(error) => Err(malformed(what, &error)),
    };
    let list = Listing { what, path, operation: *operation, query, limit: None };
    list.each(api, |row| push(row).map(|()| true)).map_err(|error| match error.code_text() {
        CUT_OFF => error.hint("leave the kind out: --exclude KIND"),
        _ => error,
    })?;
    Ok(rows)
}

/// Reads one object.
pub(super) fn read_one(
    api: &Management<'_>,
    path: &str,
    query: &Query,
    what: &str,
) -> Result<Value, Error> {
    let answer = api.call(&Call { query, ..Call::get(what, path) })?;
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&answer.body).map_err(|error| malformed(what, &error))
}

fn malformed(what: &str, error: &(dyn std::error::Error + 'static)) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!("cannot {what}: the answer is not what the API promises"),
    )
    .caused_by(error)
}
