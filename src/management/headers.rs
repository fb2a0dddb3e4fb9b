//! The response headers that steer a walk through the API: `Link`, and when to ask again.

use std::time::Duration;

use crate::time;

/// Longer `Link` headers are not read: the API's hold two or three addresses.
const LINK_MAX: usize = 16 * 1024;

/// The target of the `rel="next"` link of a `Link` header (RFC 8288 §3), as it stands there. The
/// caller decides what to believe of it: it is text from a server, perhaps another server's address.
pub fn next_link(header: &str) -> Option<&str> {
    if header.len() > LINK_MAX {
        return None;
    }
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
        let (is_next, after) = is_next(after)?;
        if is_next {
            return Some(target);
        }
        rest = after;
    }
}

/// Reads a link's parameters up to the comma that ends them: whether they say `rel=next`, and what
/// is left. Nothing if they are malformed, since then no one knows where the next link begins.
fn is_next(mut rest: &str) -> Option<(bool, &str)> {
    let mut relation = None;
    let mut anchored = false;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with(',') {
            let next = |names: &str| {
                names.split_ascii_whitespace().any(|name| name.eq_ignore_ascii_case("next"))
            };
            return Some((!anchored && relation.is_some_and(next), rest));
        }
        rest = rest.strip_prefix(';')?.trim_start();
        let (name, after) = rest.split_at(rest.find(['=', ';', ',']).unwrap_or(rest.len()));
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start())?,
            None => ("", after),
        };
        match name.trim() {
            // A second `rel` does not count (§3.3), a link with another context is not ours (§3.2).
            name if name.eq_ignore_ascii_case("rel") => relation = relation.or(Some(value)),
            name if name.eq_ignore_ascii_case("anchor") => anchored = true,
            _ => {}
        }
        rest = after;
    }
}

/// A token or quoted string, and what follows it. Escapes stay as they are: no relation needs one.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return Some((value.trim_end(), after));
    };
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&quoted[..end], &quoted[end + 1..]))
}

/// How long to wait, by what a 429 says: `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3),
/// else until `x-ratelimit-reset`, in Unix seconds, as `now` is. Nothing if they name no time ahead:
/// then the caller's own backoff holds. Any length can come back: the caller has the cap.
pub fn wait(retry_after: Option<&str>, reset: Option<&str>, now: i64) -> Option<Duration> {
    let until = |time: i64| u64::try_from(time.saturating_sub(now)).ok();
    let told = retry_after.map(str::trim);
    let told = told.and_then(|text| whole(text).or_else(|| until(http_date(text)?)));
    let seconds = told.or_else(|| until(i64::try_from(whole(reset?.trim())?).unwrap_or(i64::MAX)));
    seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

/// An HTTP date in the form that senders must use (RFC 9110 §5.6.7), `Sun, 06 Nov 1994 08:49:37 GMT`,
/// as Unix seconds. The two forms that were obsolete in 1997 are not read.
pub fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.trim().split_once(", ")?;
    let mut words = date.strip_suffix(" GMT")?.split(' ');
    let (day, month, year, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    if words.next().is_some() {
        return None;
    }
    let moment = humantime::parse_rfc3339(&format!("{year}-{month:02}-{day}T{clock}Z")).ok()?;
    Some(time::unix(moment))
}

/// Digits alone: `parse` would also take a sign. More than fits is the most that fits.
fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::management::test_random::Random;

    #[test]
    fn next_is_found_among_links() {
        let next = "https://acme.auth0.com/api/v2/logs?from=90020&take=100";
        for header in [
            format!("<{next}>; rel=\"next\""),
            format!("<{next}>; rel=next"),
            format!("<{next}>;REL=NEXT"),
            format!("<{next}> ; title=\"a, <b>; \\\" c\" ; rel = \"last next\""),
            format!("</first>; rel=first, <{next}>; rel=\"next\", </last>; rel=last"),
            format!(", ,<>; rel=prev ,<{next}>; flag; rel=next"),
        ] {
            assert_eq!(next_link(&header), Some(next), "{header}");
        }
    }

    #[test]
    fn other_links_are_not_next() {
        for header in [
            "",
            "<",
            "<a",
            "<a>",
            "<a>; rel",
            "<a>; rel=",
            "<a>; rel=nextpage",
            "<a>; rel=prev; rel=next",
            "<a>; rel=next; anchor=\"/other\"",
            "<a>; title=\"rel=next",
            "<a>; title=\"; rel=next\"",
            "a; rel=next",
            "<a> rel=next",
            "<a>; rel=prev <b>; rel=next",
            "\u{fe0f}<a>; rel=next",
        ] {
            assert_eq!(next_link(header), None, "{header}");
        }
        let long = format!("<{}>; rel=next", "a".repeat(LINK_MAX));
        assert_eq!(next_link(&long), None);
    }

    #[test]
    fn any_link_header_is_survived() {
        let mut random = Random::new(8288);
        let parts = ["<", ">", ";", ",", "\"", "\\", "=", " ", "rel", "next", "é", "a", "anchor"];
        for _ in 0..20_000 {
            let header: String =
                (0..random.below(24)).map(|_| parts[random.below(parts.len())]).collect();
            if let Some(target) = next_link(&header) {
                assert!(header.contains(&format!("<{target}>")), "{header}");
            }
        }
    }

    #[test]
    fn dates_are_those_of_the_standard() {
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
            "Sunday, 06-Nov-94 08:49:37 GMT",
        ] {
            assert_eq!(http_date(malformed), None, "{malformed}");
        }
    }

    fn seconds(retry_after: &str, reset: &str, now: i64) -> Option<u64> {
        wait(Some(retry_after), Some(reset), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_comes_before_the_reset() {
        assert_eq!(seconds(" 7 ", "1030", 1000), Some(7));
        assert_eq!(seconds("Thu, 01 Jan 1970 00:16:49 GMT", "1030", 1000), Some(9));
        assert_eq!(seconds("soon", "1030", 1000), Some(30));
        assert_eq!(wait(None, Some("1030"), 1000), Some(Duration::from_secs(30)));
        assert_eq!(wait(Some("7"), None, 1000), Some(Duration::from_secs(7)));
    }

    #[test]
    fn no_time_ahead_leaves_it_to_the_caller() {
        assert_eq!(wait(None, None, 1000), None);
        for (retry_after, reset) in
            [("0", "999"), ("-5", "999"), ("", "1000"), ("", "1e9"), ("", "-1")]
        {
            assert_eq!(seconds(retry_after, reset, 1000), None, "{retry_after} {reset}");
        }
    }

    #[test]
    fn no_number_is_too_large() {
        assert_eq!(seconds("99999999999999999999999", "", 0), Some(u64::MAX));
        assert_eq!(seconds("", "99999999999999999999999", -5), Some(i64::MAX as u64));
        assert!(wait(None, Some("1"), i64::MIN).is_some());
    }
}
