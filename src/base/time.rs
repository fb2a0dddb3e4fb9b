//! Times as in profiles (RFC 3339) and tokens (Unix seconds), and durations for messages.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use toml::value::{Datetime, Offset};

/// Seconds since 1970-01-01 UTC, now. What waits for a lock or an answer asks again afterwards.
pub fn now() -> i64 {
    unix(SystemTime::now())
}

/// Seconds since 1970-01-01 UTC. An earlier clock gives 0.
pub fn unix(now: SystemTime) -> i64 {
    now.duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// One moment by two clocks, this computer's and a server's, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    here: u64,
    /// How far the server's clock is ahead, or `None` if the server did not say.
    ahead: Option<i64>,
}

impl Moment {
    /// Smaller differences are not reported: requests take time, and `Date` has whole seconds.
    const WORTH_SAYING: u64 = 30;

    /// `here` is in Unix seconds by this computer's clock. `ahead` is how many seconds the server's
    /// clock is ahead.
    pub const fn new(here: u64, ahead: Option<i64>) -> Self {
        Self { here, ahead }
    }

    /// Takes the server's time from its `Date` header (`date`, in Unix seconds), if it sent one.
    pub fn dated(here: u64, date: Option<i64>) -> Self {
        let local = i64::try_from(here).unwrap_or(i64::MAX);
        Self { here, ahead: date.map(|date| date.saturating_sub(local)) }
    }

    /// By this computer's clock.
    pub const fn here(self) -> u64 {
        self.here
    }

    /// By the server's clock, or by this computer's if the server did not send its time.
    pub fn there(self) -> u64 {
        self.here.saturating_add_signed(self.ahead.unwrap_or(0))
    }

    /// How many seconds the server's clock is ahead, or `None` if it did not send its time.
    pub const fn ahead(self) -> Option<i64> {
        self.ahead
    }

    /// Converts a time by the server's clock to this computer's clock.
    pub fn to_here(self, there: u64) -> u64 {
        there.saturating_add_signed(self.ahead.unwrap_or(0).saturating_neg())
    }

    /// What is wrong with this computer's clock, if the difference from the server's is large
    /// enough to matter.
    pub fn clock_fault(self) -> Option<String> {
        let ahead = self.ahead.filter(|ahead| ahead.unsigned_abs() >= Self::WORTH_SAYING)?;
        let apart = match ahead.saturating_abs() {
            seconds @ ..60 => seconds,
            // Rounded to the nearest minute, because the answer took a fraction of a second to
            // arrive.
            seconds => seconds.saturating_add(30) / 60 * 60,
        };
        let apart = roughly(apart);
        let side = if ahead > 0 { "behind" } else { "ahead of" };
        Some(format!("your clock is {apart} {side} the tenant's"))
    }
}

/// Formats as RFC 3339 in UTC, in whole seconds. Years are limited to four digits.
pub fn rfc3339(unix: i64) -> String {
    const YEAR_9999_ENDS: u64 = 253_402_300_799;
    let seconds = u64::try_from(unix).unwrap_or(0).min(YEAR_9999_ENDS);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}

/// Converts a TOML date-time to Unix seconds. Without an offset, UTC is assumed. `None` for a date
/// or time only.
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

/// A duration that is exact to seconds below an hour: `80 s`, `12 min`, `12 min 5 s`. A longer one is
/// in its largest unit.
pub fn exactly(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (2..60, 0) => format!("{} min", seconds / 60),
        (2..60, rest) => format!("{} min {rest} s", seconds / 60),
        (..2, _) => format!("{} s", seconds.max(0)),
        _ => roughly(seconds),
    }
}

/// A duration in its largest unit: `7 h`, `12 min`, `3 d`.
pub fn roughly(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A message saying how long a server asks us to wait.
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

/// A time of the API in local time, to the second; as it came if it is malformed.
pub fn local(time: &str) -> String {
    local_in(time, &TimeZone::system())
}

fn local_in(time: &str, zone: &TimeZone) -> String {
    match time.parse::<Timestamp>() {
        Ok(at) => zone.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, exactly, from_toml, rfc3339, roughly};

    #[test]
    fn a_duration_below_an_hour_is_exact() {
        let shown = [-5, 0, 60, 80, 119, 120, 725, 3_599, 3_600, 90_000].map(exactly);
        let exact = ["0 s", "0 s", "60 s", "80 s", "119 s", "2 min", "12 min 5 s", "59 min 59 s"];
        assert_eq!(shown[..8], exact);
        assert_eq!(shown[8..], ["1 h", "25 h"]);
    }

    #[test]
    fn toml_times_survive_a_round_trip() {
        for unix in [0, 951_782_400, 1_709_164_799, 1_763_899_200, 4_102_444_800, 253_402_300_799] {
            let written = rfc3339(unix);
            assert_eq!(from_toml(&written.parse().unwrap()), Some(unix), "{written}");
        }
    }

    #[test]
    fn offsets_are_converted_to_utc() {
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
    fn times_convert_between_the_two_clocks() {
        let behind = Moment::dated(1_000, Some(1_120));
        assert_eq!((behind.here(), behind.there(), behind.to_here(1_200)), (1_000, 1_120, 1_080));
        assert_eq!(behind.clock_fault().unwrap(), "your clock is 2 min behind the tenant's");
        let almost = Moment::dated(1_000, Some(1_119)).clock_fault().unwrap();
        assert!(almost.contains("2 min"), "{almost}");
        let ahead = Moment::dated(1_000, Some(940));
        assert_eq!((ahead.there(), ahead.to_here(1_200)), (940, 1_260));
        assert_eq!(ahead.clock_fault().unwrap(), "your clock is 1 min ahead of the tenant's");
        for alike in [Moment::dated(1_000, None), Moment::dated(1_000, Some(1_029))] {
            assert_eq!(alike.clock_fault(), None);
        }
        assert_eq!(Moment::dated(1_000, None).there(), 1_000);
        // No `Date` may cause a panic.
        for date in [i64::MIN, i64::MAX] {
            let moment = Moment::dated(u64::MAX, Some(date));
            let _ = (moment.there(), moment.to_here(0), moment.clock_fault());
        }
    }

    #[test]
    fn durations_use_their_largest_unit() {
        assert_eq!(
            [-1, 59, 60, 7_260, 90_000, 200_000].map(roughly).join(" "),
            "0 s 59 s 1 min 2 h 25 h 2 d"
        );
    }

    #[test]
    fn tables_show_local_time() {
        use super::{TimeZone, local_in};
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(2));
        assert_eq!(local_in("2026-11-24T22:30:01.600Z", &zone), "2026-11-25 00:30:01");
        assert_eq!(local_in("yesterday", &zone), "yesterday");
        assert_eq!(local_in("", &zone), "");
    }
}
