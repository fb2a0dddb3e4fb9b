//! Counts requests against the rate-limit buckets, and adds the rate-limit headers to answers.

use crate::answer::Answer;
use crate::bucket::{Bucket, Level};
use crate::state::State;

/// The bucket for a path, and the index of its level.
fn of_path(state: &State, path: &str) -> Option<(usize, Bucket)> {
    let buckets = state.config.buckets.iter().enumerate();
    let fitting = buckets.filter(|(_, bucket)| path.starts_with(&bucket.path));
    if let Some((at, bucket)) = fitting.max_by_key(|(_, bucket)| bucket.path.len()) {
        return Some((at + 1, bucket.clone()));
    }
    path.starts_with("/api/v2/").then(|| {
        let burst = u32::try_from(state.config.rate_limit).unwrap_or(u32::MAX);
        (0, Bucket { windows: true, ..Bucket::new(burst, f64::from(burst)) })
    })
}

/// Takes a request out of its bucket. Returns a 429 if the bucket is empty.
pub(crate) fn take(state: &mut State, path: &str) -> Option<Answer> {
    let (at, bucket) = of_path(state, path)?;
    let now = state.now_exactly();
    if state.levels.len() <= at {
        state.levels.resize(at + 1, Level::full(now));
    }
    let is_left = state.levels[at].take(&bucket, now);
    (!is_left).then(|| Answer::refused(429, "too_many_requests", "Global limit has been reached"))
}

/// Adds the rate-limit headers.
pub(crate) fn described(state: &State, path: &str, answer: Answer) -> Answer {
    let Some((at, bucket)) = of_path(state, path) else { return answer };
    let Some(level) = state.levels.get(at) else { return answer };
    answer
        .with("x-ratelimit-limit", bucket.burst.to_string())
        .with("x-ratelimit-remaining", level.remaining(&bucket).to_string())
        .with("x-ratelimit-reset", level.reset(&bucket).to_string())
}
