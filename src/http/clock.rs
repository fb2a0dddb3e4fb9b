//! Reads times in response headers, by the server's clock.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::header;
use crate::base::time;

/// The server's time when it answered, in Unix seconds, from the `Date` header (RFC 9110 §6.6.1).
/// `None` if it is missing or malformed.
pub fn server_time(headers: &HeaderMap) -> Option<i64> {
    http_date(header(headers, "date")?)
}

/// How long the server asks us to wait, from `Retry-After` or `x-ratelimit-reset`. Measured from
/// the answer's own `Date`, so this computer's clock does not matter. The result is not limited:
/// the caller must cap it.
pub fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let now = server_time(headers).unwrap_or_else(time::now);
    retry_wait(header(headers, "retry-after"), header(headers, "x-ratelimit-reset"), now)
}

/// How long to wait after a 429: `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3), or else
/// until `x-ratelimit-reset`, in Unix seconds like `now`. `None` if neither is in the future.
pub fn retry_wait(retry_after: Option<&str>, reset: Option<&str>, now: i64) -> Option<Duration> {
    let until = |time: i64| u64::try_from(time.saturating_sub(now)).ok();
    let from_retry_after = retry_after.map(str::trim);
    let from_retry_after =
        from_retry_after.and_then(|text| digits(text).or_else(|| until(http_date(text)?)));
    let seconds = from_retry_after
        .or_else(|| until(i64::try_from(digits(reset?.trim())?).unwrap_or(i64::MAX)));
    seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

/// Parses an HTTP date (RFC 9110 §5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`, to Unix seconds.
pub fn http_date(text: &str) -> Option<i64> {
    httpdate::parse_http_date(text.trim()).ok().map(time::unix)
}

/// Parses digits only, because `parse` also accepts a sign. A number that is too large becomes
/// `u64::MAX`.
fn digits(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_forms_of_the_standard_are_parsed() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
        assert_eq!(http_date("Fri, 31 Dec 9999 23:59:59 GMT"), Some(253_402_300_799));
        for malformed in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 anF 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(http_date(malformed), None, "{malformed}");
        }
    }

    fn seconds(retry_after: &str, reset: &str, now: i64) -> Option<u64> {
        retry_wait(Some(retry_after), Some(reset), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_takes_precedence_over_the_reset() {
        assert_eq!(seconds(" 7 ", "1030", 1000), Some(7));
        assert_eq!(seconds("Thu, 01 Jan 1970 00:16:49 GMT", "1030", 1000), Some(9));
        assert_eq!(seconds("soon", "1030", 1000), Some(30));
        assert_eq!(retry_wait(None, Some("1030"), 1000), Some(Duration::from_secs(30)));
        assert_eq!(retry_wait(Some("7"), None, 1000), Some(Duration::from_secs(7)));
    }

    #[test]
    fn times_in_the_past_give_no_wait() {
        assert_eq!(retry_wait(None, None, 1000), None);
        for (retry_after, reset) in
            [("0", "999"), ("-5", "999"), ("", "1000"), ("", "1e9"), ("", "-1")]
        {
            assert_eq!(seconds(retry_after, reset, 1000), None, "{retry_after} {reset}");
        }
    }

    #[test]
    fn huge_numbers_do_not_overflow() {
        assert_eq!(seconds("99999999999999999999999", "", 0), Some(u64::MAX));
        assert_eq!(seconds("", "99999999999999999999999", -5), Some(i64::MAX as u64));
        assert!(retry_wait(None, Some("1"), i64::MIN).is_some());
    }
}
