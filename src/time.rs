//! Times as profiles hold them (RFC 3339) and as tokens do (Unix seconds), and spans as people say them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use toml::value::{Datetime, Offset};

/// Seconds since 1970-01-01 UTC. A clock before that counts as that.
pub fn unix(now: SystemTime) -> i64 {
    now.duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// RFC 3339 in UTC, to the second; years stay within four digits.
pub fn rfc3339(unix: i64) -> String {
    const YEAR_9999_ENDS: u64 = 253_402_300_799;
    let seconds = u64::try_from(unix).unwrap_or(0).min(YEAR_9999_ENDS);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}

/// A TOML date-time in Unix seconds. Without an offset it is taken as UTC; a bare date or time is
/// no moment.
pub fn from_toml(datetime: &Datetime) -> Option<i64> {
    let (date, time) = (datetime.date?, datetime.time?);
    let offset = match datetime.offset {
        None | Some(Offset::Z) => 0,
        Some(Offset::Custom { minutes }) => i64::from(minutes) * 60,
    };
    let days = days_from_civil(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let seconds = i64::from(time.hour) * 3600
        + i64::from(time.minute) * 60
        + i64::from(time.second.unwrap_or(0));
    Some(days * 86_400 + seconds - offset)
}

/// A span in its largest unit, as one says it: `7 h`, `12 min`, `3 d`.
pub fn roughly(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long a server asks to wait, for messages.
pub fn asks_to_wait(wait: Duration) -> String {
    let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
    format!("it asks to wait {}", roughly(seconds.max(1)))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that
/// the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{from_toml, rfc3339, roughly};

    #[test]
    fn toml_times_round_trip() {
        for unix in [0, 951_782_400, 1_709_164_799, 1_763_899_200, 4_102_444_800, 253_402_300_799] {
            let written = rfc3339(unix);
            assert_eq!(from_toml(&written.parse().unwrap()), Some(unix), "{written}");
        }
    }

    #[test]
    fn offsets_count() {
        for text in [
            "2026-11-23T14:00:00+02:00",
            "2026-11-23T12:00:00Z",
            "2026-11-23T12:00:00",
            "2026-11-23T04:30:00-07:30",
        ] {
            assert_eq!(from_toml(&text.parse().unwrap()), Some(1_795_435_200), "{text}");
        }
        assert_eq!(from_toml(&"2026-11-23".parse().unwrap()), None);
    }

    #[test]
    fn spans_are_short() {
        assert_eq!(
            [-1, 59, 60, 7_260, 90_000, 200_000].map(roughly).join(" "),
            "0 s 59 s 1 min 2 h 25 h 2 d"
        );
    }
}
