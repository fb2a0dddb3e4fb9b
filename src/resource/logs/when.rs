//! Times as people type them, and as tables show them: local.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::base::time;

/// A time that was typed: `24h` (ago), `now`, a date, or a date with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// This long ago.
    Ago(Duration),
    /// This moment.
    At(Timestamp),
}

impl When {
    /// Reads a time. A date or a time without an offset is local.
    ///
    /// # Errors
    /// The forms that can be used, if it has none of them.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Self::parse_in(text.trim(), &TimeZone::system())
    }

    fn parse_in(text: &str, zone: &TimeZone) -> Result<Self, String> {
        let local = |time: DateTime| zone.to_timestamp(time).ok();
        let plain_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let read = || {
            if text == "now" {
                return Some(Self::Ago(Duration::ZERO));
            }
            // `2026` could be a year or seconds: a number must have a unit.
            if let Ok(ago) = humantime::parse_duration(text)
                && !plain_number
            {
                return Some(Self::Ago(ago));
            }
            if let Ok(at) = text.parse::<Timestamp>() {
                return Some(Self::At(at));
            }
            if let Ok(date) = text.parse::<Date>()
                && text.len() <= "2026-11-24".len()
            {
                return local(date.at(0, 0, 0, 0)).map(Self::At);
            }
            local(text.parse().ok()?).map(Self::At)
        };
        read().ok_or_else(|| {
            "write it like 30m, 24h, 7d, 2026-11-24, 2026-11-24T09:30 (local time) or 2026-11-24T09:30:00Z"
                .to_owned()
        })
    }

    /// The moment that it means at `now`. There are no events before 1970.
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        let at = match self {
            Self::Ago(ago) => now.saturating_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH),
            Self::At(at) => at,
        };
        at.max(Timestamp::UNIX_EPOCH)
    }
}

/// The moment of an event, or `None` if its date is malformed.
pub(crate) fn of_event(date: &str) -> Option<Timestamp> {
    date.parse().ok()
}

/// A moment in RFC 3339 with milliseconds, in UTC: the form in which the API takes and gives dates.
pub(crate) fn api(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// An event's date in local time, to the second; as it came if it is malformed.
pub(crate) fn local(date: &str) -> String {
    time::local(date)
}

/// The same, with the offset from UTC, for a date that stands by itself.
pub(crate) fn local_with_offset(date: &str) -> String {
    match of_event(date) {
        Some(at) => {
            at.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
        }
        None => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::fixed(Offset::constant(2))
    }

    fn at(text: &str) -> String {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        api(When::parse_in(text, &zone()).unwrap().at(now))
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        for (text, expected) in [
            ("now", "2026-11-24T12:00:00.000Z"),
            ("24h", "2026-11-23T12:00:00.000Z"),
            ("1h 30m", "2026-11-24T10:30:00.000Z"),
            ("7d", "2026-11-17T12:00:00.000Z"),
            ("2026-11-24", "2026-11-23T22:00:00.000Z"),
            ("2026-11-24T09:30", "2026-11-24T07:30:00.000Z"),
            ("2026-11-24 09:30:05", "2026-11-24T07:30:05.000Z"),
            ("2026-11-24T09:30:05.250Z", "2026-11-24T09:30:05.250Z"),
            ("2026-11-24T09:30:00-05:00", "2026-11-24T14:30:00.000Z"),
            ("9999999d", "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(at(text), expected, "{text}");
        }
        for wrong in
            ["", "yesterday", "2026", "12", "2026-13-01", "24", "-1h", "h", "2026-11-24T25:00"]
        {
            assert!(When::parse_in(wrong, &zone()).is_err(), "{wrong}");
        }
    }
}
