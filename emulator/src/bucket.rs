//! Auth0's rate limits: a bucket of requests that refills at a steady rate or in windows.

/// A rate-limit bucket for requests whose path begins with `path`. If several match, the one with
/// the longest path is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// `/api/v2/` for all of the Management API.
    pub path: String,
    /// How many requests a full bucket holds.
    pub burst: u32,
    /// How many requests are added per second.
    pub per_second: f64,
    /// Whether requests are added at the start of each second or minute, instead of one by one.
    /// With windows, the reset is the start of the next window. Without, it is when the bucket is
    /// full.
    pub windows: bool,
}

impl Bucket {
    /// A bucket for all of the Management API that refills one by one.
    pub fn new(burst: u32, per_second: f64) -> Self {
        Self { path: "/api/v2/".to_owned(), burst, per_second, windows: false }
    }

    /// `[PATH=]BURST/RATE[,windows]`, such as `10/2` or `/api/v2/clients=5/100m`. RATE is requests
    /// per second, or with `m` per minute.
    ///
    /// # Errors
    /// A message that says what is malformed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not [PATH=]BURST/RATE[,windows]");
        let (path, rest) = match text.rsplit_once('=') {
            Some((path, rest)) => (path, rest),
            None => ("/api/v2/", text),
        };
        let (rest, windows) = match rest.strip_suffix(",windows") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (burst, rate) = rest.split_once('/').ok_or_else(wrong)?;
        let (rate, seconds) = match rate.strip_suffix('m') {
            Some(rate) => (rate, 60.0),
            None => (rate, 1.0),
        };
        let burst = burst.parse().map_err(|_| wrong())?;
        let rate: u32 = rate.parse().map_err(|_| wrong())?;
        if burst == 0 || rate == 0 {
            return Err(wrong());
        }
        Ok(Self { path: path.to_owned(), burst, per_second: f64::from(rate) / seconds, windows })
    }

    /// The length of a window, in seconds: 1, or 60 if less than one request is added per second.
    fn window(&self) -> f64 {
        if self.per_second >= 1.0 { 1.0 } else { 60.0 }
    }
}

/// The used part of a bucket at a time, in seconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Level {
    used: f64,
    at: f64,
}

impl Level {
    /// A full bucket.
    pub(crate) fn full(at: f64) -> Self {
        Self { used: 0.0, at }
    }

    /// Takes a request out of the bucket. Returns `false` if it is empty.
    pub(crate) fn take(&mut self, bucket: &Bucket, now: f64) -> bool {
        self.refill(bucket, now);
        let is_left = self.remaining(bucket) >= 1.0;
        if is_left {
            self.used += 1.0;
        }
        is_left
    }

    fn refill(&mut self, bucket: &Bucket, now: f64) {
        let since = if bucket.windows {
            let window = bucket.window();
            ((now / window).floor() - (self.at / window).floor()) * window
        } else {
            now - self.at
        };
        self.used = (self.used - since.max(0.0) * bucket.per_second).max(0.0);
        self.at = now;
    }

    /// How many requests are left in the bucket.
    pub(crate) fn remaining(self, bucket: &Bucket) -> f64 {
        (f64::from(bucket.burst) - self.used).max(0.0).floor()
    }

    /// When the bucket is full again, or its next window starts, in seconds since 1970.
    pub(crate) fn reset(self, bucket: &Bucket) -> f64 {
        if bucket.windows {
            ((self.at / bucket.window()).floor() + 1.0) * bucket.window()
        } else {
            (self.at + self.used / bucket.per_second).ceil()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_parsed() {
        assert_eq!(Bucket::parse("10/2"), Ok(Bucket::new(10, 2.0)));
        let clients = Bucket {
            path: "/api/v2/clients".to_owned(),
            windows: true,
            ..Bucket::new(5, 100.0 / 60.0)
        };
        assert_eq!(Bucket::parse("/api/v2/clients=5/100m,windows"), Ok(clients));
        for wrong in ["", "10", "10/", "/2", "0/2", "10/0", "10/-1", "10/2x"] {
            assert!(Bucket::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bucket_refills_one_by_one_and_resets_when_it_is_full() {
        let bucket = Bucket::new(10, 2.0);
        let mut level = Level { used: 7.0, at: 100.25 };
        assert_eq!((level.remaining(&bucket), level.reset(&bucket)), (3.0, 104.0));
        level.refill(&bucket, 100.75);
        assert_eq!(level.remaining(&bucket), 4.0);
        level.refill(&bucket, 200.0);
        assert_eq!((level.remaining(&bucket), level.reset(&bucket)), (10.0, 200.0));
    }

    #[test]
    fn a_bucket_with_windows_refills_at_each_second() {
        let bucket = Bucket { windows: true, ..Bucket::new(10, 2.0) };
        let mut level = Level { used: 7.0, at: 100.25 };
        level.refill(&bucket, 100.75);
        assert_eq!((level.remaining(&bucket), level.reset(&bucket)), (3.0, 101.0));
        level.refill(&bucket, 101.0);
        assert_eq!((level.remaining(&bucket), level.reset(&bucket)), (5.0, 102.0));
    }
}
