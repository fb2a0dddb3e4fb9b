//! The OAuth 2.0 and OpenID Connect endpoints.

pub(crate) mod authenticate;
pub(crate) mod authorize;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod form;
pub(crate) mod issue;
pub(crate) mod logout;
pub(crate) mod token;
pub(crate) mod userinfo;

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
