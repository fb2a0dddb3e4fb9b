//! What an import job says of the rows that it refused.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rows::{NAMES, RowKey, SECRET_FIELDS};
use crate::base::error::{Error, ErrorKind};
use crate::output::redact::REDACTED;

/// Shorter texts of secret fields are not looked for: they would hide words.
const SHORTEST: usize = 4;

/// The failures of one job.
#[derive(Debug)]
pub(crate) enum JobFailures {
    /// Why rows were refused, by the field that names a user. Rows of one name may be refused for
    /// several reasons.
    Rows(BTreeMap<String, Vec<String>>),
    /// Why the whole job failed.
    Job(String),
}

impl JobFailures {
    /// Reads the answer of `/jobs/{id}/errors`: a list with what is wrong with each row, an object
    /// if the whole job failed, or nothing.
    ///
    /// # Errors
    /// Unavailable if it is something else.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Error> {
        let unreadable = || {
            Error::new(ErrorKind::Unavailable, "cannot read the errors of the import")
                .because("the answer is not what the API promises")
        };
        if body.trim_ascii().is_empty() {
            return Ok(Self::Rows(BTreeMap::new()));
        }
        match serde_json::from_slice(body).map_err(|_| unreadable())? {
            Value::Array(rows) => {
                let mut reasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
                for (name, reason) in rows.iter().map(named) {
                    reasons.entry(name).or_default().push(reason);
                }
                Ok(Self::Rows(reasons))
            }
            Value::Object(job) => {
                let details = job.get("status_details").or(job.get("message"));
                let details = details.and_then(Value::as_str).unwrap_or("no reason is given");
                Ok(Self::Job(details.to_owned()))
            }
            _ => Err(unreadable()),
        }
    }

    /// Whether every row was taken.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Rows(rows) if rows.is_empty())
    }

    /// Why each of these rows was refused, or `None` if it was not; and the name and reason of
    /// refused rows that are none of these: the tenant may repeat a row in other words than it was
    /// sent.
    ///
    /// The tenant takes equal rows in their order and refuses the later ones, so as many of the last
    /// are refused as it names.
    pub(crate) fn of_each(self, keys: &[RowKey]) -> (Vec<Option<String>>, Vec<(String, String)>) {
        let mut rows = match self {
            Self::Job(why) => return (vec![Some(why); keys.len()], Vec::new()),
            Self::Rows(rows) => rows,
        };
        let mut of_keys: Vec<_> =
            keys.iter().rev().map(|key| rows.get_mut(&key.sent).and_then(Vec::pop)).collect();
        of_keys.reverse();
        let others = rows.into_iter().flat_map(|(name, reasons)| {
            reasons.into_iter().map(move |reason| (name.clone(), reason))
        });
        (of_keys, others.collect())
    }
}

/// The name of a refused row, as it was sent, and the reason.
fn named(row: &Value) -> (String, String) {
    let user = &row["user"];
    let name = NAMES.iter().find_map(|field| user[*field].as_str());
    let reasons = row["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reasons: Vec<_> = reasons.iter().map(reason).collect();
    let reasons = match reasons.as_slice() {
        [] => "the API gives no reason".to_owned(),
        reasons => reasons.join("; "),
    };
    (name.unwrap_or_default().to_owned(), without_secrets(reasons, user))
}

fn reason(error: &Value) -> String {
    let text = |field: &str| error[field].as_str().unwrap_or_default();
    let mut reason = text("message").to_owned();
    let more: Vec<_> =
        [text("path"), text("code")].into_iter().filter(|text| !text.is_empty()).collect();
    if !more.is_empty() {
        reason.push_str(&format!(" ({})", more.join(", ")));
    }
    reason.trim_start().to_owned()
}

/// The API repeats the row that it refused, and may repeat a part of it in its reason.
fn without_secrets(mut reason: String, user: &Value) -> String {
    for secret in SECRET_FIELDS.iter().flat_map(|field| texts(&user[*field])) {
        if secret.len() >= SHORTEST {
            reason = reason.replace(secret, REDACTED);
        }
    }
    reason
}

/// All texts inside a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(sent: &str) -> RowKey {
        RowKey { item: format!("line of {sent}"), id: None, sent: sent.to_owned() }
    }

    #[test]
    fn each_refused_row_has_its_reason_and_no_secret() {
        let body = json!([
            {"user": {"user_id": "1", "email": "a@a.example", "password_hash": "$2b$10$abcdef",
                "custom_password_hash": {"hash": {"value": "s3cr3t"}}},
             "errors": [{"code": "INVALID_FORMAT", "message": "bad: $2b$10$abcdef, s3cr3t", "path": "email"},
                {"code": "OTHER", "message": "no"}]},
            {"user": {"email": "b@a.example"}, "errors": []},
        ]);
        let failures = JobFailures::parse(body.to_string().as_bytes()).unwrap();
        let (of_keys, others) = failures.of_each(&[key("1"), key("c@a.example")]);
        let reason = "bad: [redacted], [redacted] (email, INVALID_FORMAT); no (OTHER)";
        assert_eq!(of_keys, [Some(reason.to_owned()), None]);
        let other = ("b@a.example".to_owned(), "the API gives no reason".to_owned());
        assert_eq!(others, [other]);
    }

    #[test]
    fn of_equal_rows_as_many_are_refused_as_the_tenant_names() {
        let body = json!([{"user": {"email": "a"}, "errors": [{"message": "there already"}]}]);
        let failures = JobFailures::parse(body.to_string().as_bytes()).unwrap();
        let (of_keys, others) = failures.of_each(&[key("a"), key("b"), key("a")]);
        assert_eq!(of_keys, [None, None, Some("there already".to_owned())]);
        assert!(others.is_empty());
    }

    #[test]
    fn a_job_that_failed_as_a_whole_fails_every_row() {
        let failures =
            JobFailures::parse(br#"{"status":"failed","status_details":"bad file"}"#).unwrap();
        assert_eq!(failures.of_each(&[key("x")]).0, [Some("bad file".to_owned())]);
        assert!(JobFailures::parse(b"").unwrap().is_empty());
        assert!(JobFailures::parse(b"[]").unwrap().is_empty());
        assert!(JobFailures::parse(b"7").is_err());
        assert!(JobFailures::parse(b"<html>").is_err());
    }

    #[test]
    fn the_shortest_secret_is_hidden_too() {
        let reason = |secret: &str| {
            let user = json!({"password_hash": secret});
            without_secrets(format!("bad: {secret}."), &user)
        };
        assert_eq!(reason(&"s".repeat(SHORTEST)), "bad: [redacted].");
        // Anything shorter is a part of ordinary words.
        assert_eq!(
            reason(&"s".repeat(SHORTEST - 1)),
            format!("bad: {}.", "s".repeat(SHORTEST - 1))
        );
    }
}
