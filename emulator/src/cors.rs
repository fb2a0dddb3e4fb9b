//! Which web pages may read the answers (Cross-Origin Resource Sharing).

use crate::answer::Answer;
use crate::config::Rule;
use crate::state::{Recorded, State, origin, texts};

/// Adds the headers that let a page of an application's own origin read the answer.
pub(crate) fn allowed(state: &State, request: &Recorded, answer: Answer) -> Answer {
    let Some(from) = request.header("origin") else { return answer };
    if answer.headers.iter().any(|(name, _)| *name == "access-control-allow-origin")
        || !is_known(state, from) && state.enforces(Rule::Cors)
    {
        return answer;
    }
    let answer = answer
        .with("access-control-allow-origin", from)
        .with("access-control-allow-credentials", "true")
        .with("vary", "Origin");
    if request.method != "OPTIONS" {
        let exposed =
            "x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after, link";
        return answer.with("access-control-expose-headers", exposed);
    }
    let headers = request.header("access-control-request-headers").unwrap_or_default();
    answer
        .with("access-control-allow-methods", "GET, POST, PATCH, PUT, DELETE")
        .with("access-control-allow-headers", headers)
        .with("access-control-max-age", "600")
}

/// Whether an application lists the origin, or is called back at it.
fn is_known(state: &State, from: &str) -> bool {
    state.clients.iter().any(|client| {
        let listed = ["web_origins", "allowed_origins"].into_iter();
        listed.flat_map(|key| texts(client, key)).any(|url| url.trim_end_matches('/') == from)
            || texts(client, "callbacks").any(|callback| origin(callback) == from)
    })
}
