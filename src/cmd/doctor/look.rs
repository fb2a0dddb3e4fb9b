//! What an available token can see of the tenant.

use serde_json::Value;

use crate::base::domain::Domain;
use crate::base::secret::Secret;
use crate::http::{Answer, Http, Request};
use crate::management;
use crate::management::refusal::missing_scopes;

/// What came of reading one thing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Look {
    /// This is there.
    Seen(Value),
    /// The tenant has no such thing.
    Missing,
    /// The token may not read it: it lacks this scope.
    Hidden(String),
    /// There is no token that could be asked with.
    NoToken,
    /// The API did not answer as it should. In words.
    Failed(String),
}

impl Look {
    pub(super) fn seen(&self) -> Option<&Value> {
        match self {
            Self::Seen(value) => Some(value),
            _ => None,
        }
    }
}

/// The Management API's rate limit, as the last answer told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateStatus {
    pub(super) limit: u64,
    pub(super) remaining: u64,
}

/// A token, and the API that it reads.
pub(super) struct Reader<'a> {
    pub(super) http: &'a Http,
    pub(super) domain: Domain,
    pub(super) token: Secret,
    pub(super) rate: Option<RateStatus>,
}

impl Reader<'_> {
    /// Reads one thing. `scope` is what reading it takes, for an answer that does not say so.
    pub(super) fn read(&mut self, path: &str, scope: &str) -> Look {
        let url = management::base(&self.domain) + path;
        let mut request = Request::get(&url);
        request.bearer = Some(&self.token);
        let answer = match self.http.send(&request) {
            Ok(answer) => answer,
            Err(error) => return Look::Failed(error.message().to_owned()),
        };
        let number = |name: &str| answer.header(name)?.parse().ok();
        if let (Some(limit), Some(remaining)) =
            (number("x-ratelimit-limit"), number("x-ratelimit-remaining"))
        {
            self.rate = Some(RateStatus { limit, remaining });
        }
        look(&answer, scope)
    }
}

fn look(answer: &Answer, scope: &str) -> Look {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match (answer.status, body) {
        (200, Some(body)) => Look::Seen(body),
        (200, None) => Look::Failed("the API's answer is not JSON".to_owned()),
        (404, _) => Look::Missing,
        (403, body) => {
            let message = body.as_ref().and_then(|body| body["message"].as_str()).unwrap_or("");
            match missing_scopes(message) {
                Some(_) => Look::Hidden(scope.to_owned()),
                None => Look::Failed(format!("the API refused (HTTP 403): {message}")),
            }
        }
        (401, _) => Look::Failed("the API does not accept the token (HTTP 401)".to_owned()),
        (status, _) => Look::Failed(format!("the API answered with HTTP {status}")),
    }
}
