//! stand-in
use std::time::Duration;
/// x
pub fn wait(retry_after: Option<&str>, reset: Option<&str>, now: i64) -> Option<Duration> {
    let _ = (retry_after, reset, now);
    None
}
