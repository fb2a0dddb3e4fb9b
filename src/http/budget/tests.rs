use super::*;
use crate::base::test_random::Random;

const CLIENTS: BucketKey = BucketKey { api: 1, path: 1 };
const ROLES: BucketKey = BucketKey { api: 1, path: 2 };
const OTHER_TENANT: BucketKey = BucketKey { api: 2, path: 1 };

/// A time at the start of a second.
const NOW: Millis = 1_800_000_000_000;

fn flight(number: u32, endpoint: BucketKey, sent: Millis) -> InFlight {
    InFlight { owner: 7, number, endpoint, sent }
}

fn limit(size: u32, remaining: u32, resets: Millis) -> Option<RateLimit> {
    Some(RateLimit { size, remaining, resets })
}

/// A budget after one answer at [`NOW`].
fn after(limit: Option<RateLimit>) -> Budget {
    let mut budget = Budget::default();
    let first = flight(0, CLIENTS, NOW - 50);
    budget.begin(first, None).unwrap();
    budget.report(first, limit, NOW);
    budget
}

/// How many requests the budget allows at `now` without an answer.
fn burst(budget: &Budget, endpoint: BucketKey, now: Millis) -> usize {
    let mut budget = budget.clone();
    (1..100).take_while(|number| budget.begin(flight(*number, endpoint, now), None).is_ok()).count()
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn endpoints_differ_by_tenant_api_access_and_first_word() {
    let of = BucketKey::of;
    let clients = of("GET", "https://a.auth0.com/api/v2/clients?page=1");
    assert_eq!(clients, of("GET", "https://a.auth0.com/api/v2/clients/abc"));
    for (method, url) in [
        ("POST", "https://a.auth0.com/api/v2/clients"),
        ("GET", "https://a.auth0.com/api/v2/users"),
        ("GET", "https://b.auth0.com/api/v2/clients"),
        ("GET", "https://a.auth0.com/clients"),
    ] {
        assert_ne!(clients, of(method, url), "{method} {url}");
    }
    assert_eq!(clients.api, of("POST", "https://a.auth0.com/api/v2/users").api);
    assert_ne!(clients.api, of("POST", "https://a.auth0.com/oauth/token").api);
}

#[test]
fn the_first_request_is_sent_alone_until_its_answer() {
    let mut budget = Budget::default();
    assert_eq!(burst(&budget, CLIENTS, NOW), 1);
    let first = flight(1, CLIENTS, NOW);
    budget.begin(first, None).unwrap();
    assert_eq!(budget.begin(flight(2, ROLES, NOW), None), Err(Wait::Answers(POLL)));
    assert_eq!(burst(&budget, OTHER_TENANT, NOW), 1);
    budget.end(first);
    assert_eq!(burst(&budget, CLIENTS, NOW), 1);
    // A process that was killed does not block the others.
    budget.begin(first, None).unwrap();
    assert_eq!(burst(&budget, CLIENTS, NOW + IN_FLIGHT_LIFE), 1);
}

#[test]
fn the_last_third_of_the_bucket_is_left() {
    for (size, remaining, concurrency) in
        [(10, 9, 5), (10, 4, 0), (10, 0, 0), (50, 49, 32), (2, 2, 1), (2, 1, 0), (1, 1, 0)]
    {
        let budget = after(limit(size, remaining, NOW + 1_000));
        assert_eq!(burst(&budget, CLIENTS, NOW), concurrency, "{remaining} of {size}");
        assert_eq!(
            budget.concurrency(CLIENTS) as usize,
            concurrency.clamp(1, 10),
            "{remaining} of {size}"
        );
    }
}

#[test]
fn after_a_reset_one_request_is_sent() {
    let mut budget = after(limit(10, 4, NOW + 1_500));
    let next = flight(1, CLIENTS, NOW + 100);
    assert_eq!(budget.begin(next, None), Err(Wait::Reset(1_400)));
    assert_eq!(burst(&budget, CLIENTS, NOW + 1_500), 1);
    let next = flight(1, CLIENTS, NOW + 1_500);
    budget.begin(next, None).unwrap();
    budget.report(next, limit(10, 9, NOW + 2_500), NOW + 1_600);
    assert_eq!(burst(&budget, CLIENTS, NOW + 1_600), 5);
}

#[test]
fn answers_in_another_order_do_not_add_to_the_bucket() {
    let mut budget = after(limit(10, 9, NOW + 500));
    let (one, two) = (flight(1, CLIENTS, NOW), flight(2, CLIENTS, NOW));
    budget.begin(one, None).unwrap();
    budget.begin(two, None).unwrap();
    budget.report(two, limit(10, 7, NOW + 2_000), NOW + 40);
    budget.report(one, limit(10, 8, NOW + 1_000), NOW + 50);
    assert_eq!(burst(&budget, CLIENTS, NOW + 50), 3);
    assert_eq!(budget.reports[0].limit, limit(10, 7, NOW + 2_000));
}

#[test]
fn limits_of_the_same_size_count_as_one_bucket() {
    let mut budget = after(limit(10, 4, NOW + 1_000));
    assert_eq!(burst(&budget, ROLES, NOW), 0, "its limit is unknown");
    let roles = flight(1, ROLES, NOW);
    budget.report(roles, limit(10, 9, NOW + 1_000), NOW);
    assert_eq!(burst(&budget, ROLES, NOW), 0);
    budget.report(roles, limit(40, 39, NOW + 1_000), NOW);
    assert_eq!(burst(&budget, ROLES, NOW), 25);
    assert_eq!(burst(&budget, CLIENTS, NOW), 0);
    assert_eq!(burst(&budget, OTHER_TENANT, NOW), 1);
}

#[test]
fn a_429_stops_every_process_until_the_reset() {
    let mut budget = after(limit(10, 9, NOW + 500));
    let next = flight(1, CLIENTS, NOW);
    budget.begin(next, None).unwrap();
    budget.refuse(next, None, 3_000, NOW + 100);
    assert_eq!(budget.begin(flight(2, CLIENTS, NOW + 100), None), Err(Wait::Reset(3_000)));
    assert_eq!(burst(&budget, CLIENTS, NOW + 3_100), 1);
    // A wait of a year is reported by the command. The next command sends a request again.
    let next = flight(2, CLIENTS, NOW + 3_100);
    budget.refuse(next, None, 365 * 24 * 3_600_000, NOW + 3_200);
    assert_eq!(burst(&budget, CLIENTS, NOW + 3_200), 0);
    assert_eq!(burst(&budget, CLIENTS, NOW + 3_200 + DEFAULT_RESET), 1);
}

#[test]
fn a_tenant_without_headers_is_asked_four_at_a_time() {
    let mut budget = after(None);
    assert_eq!((burst(&budget, CLIENTS, NOW), budget.concurrency(CLIENTS)), (4, 4));
    let next = flight(1, CLIENTS, NOW);
    budget.refuse(next, None, 700, NOW);
    assert_eq!(burst(&budget, CLIENTS, NOW + 699), 0);
    assert_eq!(burst(&budget, CLIENTS, NOW + 700), 1);
}

#[test]
fn implausible_headers_are_limited() {
    let date = ("date", "Fri, 15 Jan 2027 08:00:00 GMT");
    let read = |size, remaining, reset| {
        let all = [
            date,
            ("x-ratelimit-limit", size),
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-reset", reset),
        ];
        RateLimit::read(&headers(&all), NOW)
    };
    assert_eq!(read("10", "4", "1800000001"), limit(10, 4, NOW + 1_000));
    for (size, remaining) in [("0", "1"), ("-1", "1"), ("", ""), ("10", ""), ("10", "1e3")] {
        assert_eq!(read(size, remaining, "1800000001"), None, "{size} {remaining}");
    }
    assert_eq!(read("99999999999", "1", "1800000001"), None);
    assert_eq!(read("10", "4000000000", "1"), limit(10, 10, NOW));
    for reset in ["9223372036854775807", "99999999999999999999", "1800009999"] {
        assert_eq!(read("10", "0", reset), limit(10, 0, NOW + DEFAULT_RESET), "{reset}");
    }
    assert_eq!(RateLimit::read(&headers(&[]), NOW), None);
    // Without a date, this computer's clock is used.
    let undated = [
        ("x-ratelimit-limit", "10"),
        ("x-ratelimit-remaining", "4"),
        ("x-ratelimit-reset", "1800000002"),
    ];
    assert_eq!(RateLimit::read(&headers(&undated), NOW), limit(10, 4, NOW + 2_000));
}

#[test]
fn the_reset_is_by_the_servers_clock() {
    for ahead in [-86_400_i64, -3, 0, 3, 86_400] {
        let there = 1_800_000_000 + ahead;
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(there as u64);
        let (date, reset) = (httpdate::fmt_http_date(date), (there + 2).to_string());
        let all = [
            ("date", &*date),
            ("x-ratelimit-limit", "10"),
            ("x-ratelimit-remaining", "4"),
            ("x-ratelimit-reset", &*reset),
        ];
        assert_eq!(RateLimit::read(&headers(&all), NOW), limit(10, 4, NOW + 2_000), "{ahead}");
    }
}

#[test]
fn a_clock_change_delays_requests_only_briefly() {
    let mut budget = after(limit(10, 0, NOW + 1_000));
    let mut later = budget.clone();
    let yesterday = NOW - 86_400_000;
    assert_eq!(burst(&budget, CLIENTS, yesterday), 1);
    let rate = Rate::new(1);
    budget.begin(flight(1, CLIENTS, NOW + 1_000), rate).unwrap();
    let waits = budget.begin(flight(2, CLIENTS, yesterday), rate);
    assert_eq!(waits, Err(Wait::Rate(1_000)));
    assert_eq!(later.begin(flight(1, CLIENTS, NOW + 86_400_000), rate), Ok(()));
}

#[test]
fn a_report_is_kept_while_its_reset_is_ahead_or_it_is_new() {
    let kept = |limit: Option<RateLimit>, later: Millis| {
        let mut budget = after(limit);
        budget.forget_old(NOW + later);
        budget.reports.len()
    };
    let (new, old) = (REPORT_LIFE - 1, REPORT_LIFE);
    assert_eq!((kept(None, new), kept(None, old)), (1, 0));
    let past = limit(10, 9, NOW);
    assert_eq!((kept(past, new), kept(past, old)), (1, 0));
    let ahead = |later| limit(10, 0, NOW + later + 1);
    assert_eq!((kept(ahead(old), old), kept(limit(10, 0, NOW + old), old)), (1, 0));
    let oldest = REPORT_LIFE + LONGEST_RESET;
    assert_eq!((kept(ahead(oldest), oldest - 1), kept(ahead(oldest), oldest)), (1, 0));
}

#[test]
fn a_merge_keeps_the_newest_reports_and_the_requests_of_others() {
    let report =
        |at, remaining| LimitReport { endpoint: CLIENTS, at, limit: limit(9, remaining, 1) };
    let budget = |report, owner, paced| Budget {
        paced,
        reports: vec![report],
        in_flight: vec![InFlight { owner, ..flight(1, CLIENTS, NOW) }],
    };
    for (saved_at, own_at, remaining) in [(5, 6, 1), (6, 5, 2), (5, 5, 2)] {
        let mut saved = budget(report(saved_at, 2), 8, 4);
        saved.merge(&budget(report(own_at, 1), 7, 3), 7);
        assert_eq!(saved.reports[0].limit, limit(9, remaining, 1), "{saved_at} {own_at}");
        assert_eq!((saved.in_flight.len(), saved.paced), (2, 4));
    }
    let many = |owner| Budget {
        in_flight: vec![InFlight { owner, ..flight(1, CLIENTS, NOW) }; MAX_KEPT],
        ..Budget::default()
    };
    let mut saved = many(8);
    saved.merge(&many(7), 7);
    assert_eq!(saved.in_flight.len(), MAX_KEPT);
}

#[test]
fn a_rate_is_a_hard_bound() {
    assert_eq!((Rate::new(0), Rate::new(1_001)), (None, None));
    let mut random = Random::new(9);
    for per_second in [1, 3, 7, 100, 999, 1_000] {
        let rate = Rate::new(per_second);
        let mut budget = after(limit(1_000_000, 999_999, NOW + 1_000));
        let mut sent = Vec::new();
        let mut now = NOW;
        for number in 0..3_000 {
            now += random.below(7) as Millis;
            let next = flight(number, CLIENTS, now);
            if budget.begin(next, rate).is_ok() {
                sent.push(now);
                budget.end(next);
            }
        }
        let n = per_second as usize;
        assert!(sent.len() > 10 || per_second == 1, "{per_second}");
        assert!(sent.windows(n + 1).all(|times| times[n] - times[0] >= 1_000), "{per_second}");
    }
}

#[test]
fn a_saved_budget_is_read_and_malformed_text_is_not() {
    let mut budget = after(limit(10, 9, NOW + 500));
    budget.report(flight(1, ROLES, NOW), None, NOW);
    budget.begin(flight(2, CLIENTS, NOW), Rate::new(5)).unwrap();
    let text = budget.to_text();
    assert_eq!(Budget::from_text(&text).as_ref(), Some(&budget));
    assert_eq!(Budget::from_text(&format!("{text}left\nover")), Some(budget));
    for end in 0..text.len() - 4 {
        assert_eq!(Budget::from_text(&text[..end]), None, "{}", &text[..end]);
    }
    let body = |line: &str| format!("auth0-suite rate 1\n{line}\nend\n");
    assert!(Budget::from_text(&body("paced 1")).is_some());
    for line in [
        "paced -1",
        "paced 99999999999999999999",
        "report 1 2",
        "report 4294967296 2 3",
        "report 1 1 1 0 0 0",
        "flight 1 2 3 4",
        "unknown 1",
        "",
    ] {
        assert_eq!(Budget::from_text(&body(line)), None, "{line}");
    }
    assert_eq!(Budget::from_text(&body(&vec!["flight 1 1 1 1 1"; 65].join("\n"))), None);
}

#[test]
fn a_hostile_file_delays_requests_only_briefly() {
    let max = u64::MAX;
    let text = format!(
        "auth0-suite rate 1\npaced {max}\nreport 1 1 {max} 10 0 {max}\n\
         report 1 1 {NOW} 10 0 {max}\nflight 1 1 1 1 {max}\nend\n"
    );
    let mut budget = Budget::from_text(&text).unwrap();
    let waits = budget.begin(flight(1, CLIENTS, NOW), Rate::new(1));
    assert_eq!(waits, Err(Wait::Rate(1_000)));
    let waits = budget.begin(flight(1, CLIENTS, NOW), None);
    assert_eq!(waits, Err(Wait::Reset(LONGEST_RESET)));
}

#[test]
fn processes_share_unless_there_is_headroom_for_all() {
    assert!(!Budget::default().has_headroom_for_all(CLIENTS));
    assert!(!after(None).has_headroom_for_all(CLIENTS));
    assert!(!after(limit(100, 100, NOW)).has_headroom_for_all(CLIENTS));
    assert!(after(limit(1_000_000, 999_999, NOW)).has_headroom_for_all(CLIENTS));
    // What another process saved is merged with what this process knows.
    let (mut saved, own) = (after(limit(10, 9, NOW)), after(limit(10, 5, NOW + 7)));
    saved.in_flight.push(flight(3, CLIENTS, NOW));
    saved.in_flight.push(InFlight { owner: 8, ..flight(3, CLIENTS, NOW) });
    saved.reports[0].at = NOW - 1;
    saved.merge(&own, 7);
    assert_eq!(saved.reports, own.reports);
    assert_eq!(saved.in_flight.len(), 1, "{saved:?}");
}

/// The tenant's bucket.
struct Bucket {
    size: f64,
    per_second: f64,
    windows: bool,
    left: f64,
    at: Millis,
}

impl Bucket {
    fn take(&mut self, now: Millis) -> bool {
        let since = if self.windows {
            ((now / 1_000 - self.at / 1_000) * 1_000) as f64
        } else {
            (now - self.at) as f64
        };
        self.left = (self.left + since / 1_000.0 * self.per_second).min(self.size);
        self.at = now;
        let taken = self.left >= 1.0;
        self.left -= f64::from(u8::from(taken));
        taken
    }

    /// The rate-limit headers of an answer at this time, in whole seconds.
    fn limit(&self, arrives: Millis) -> Option<RateLimit> {
        let second = self.at / 1_000;
        let reset = if self.windows {
            second + 1
        } else {
            let full = self.at as f64 + (self.size - self.left) / self.per_second * 1_000.0;
            (full / 1_000.0).ceil() as Millis
        };
        let (reset, date) = (
            reset.to_string(),
            httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(second)),
        );
        let all = [
            ("date", &*date),
            ("x-ratelimit-limit", &*self.size.to_string()),
            ("x-ratelimit-remaining", &*self.left.floor().to_string()),
            ("x-ratelimit-reset", &*reset),
        ];
        RateLimit::read(&headers(&all), arrives)
    }
}

/// Several commands want as many pages as they can get, while production sends a third of the
/// sustained rate, at its own pace. Returns how many requests of each were answered, and how many
/// were refused.
fn simulated(mut bucket: Bucket, seconds: u64, random: &mut Random) -> [(u32, u32); 2] {
    let mut budget = Budget::default();
    let (mut ours, mut production) = ((0, 0), (0, 0));
    // When a request reaches the tenant, and when its answer arrives.
    let mut sent: Vec<(Millis, Millis, InFlight)> = Vec::new();
    let mut answers: Vec<(Millis, Option<RateLimit>, InFlight)> = Vec::new();
    let pause = (3_000.0 / bucket.per_second) as Millis;
    let mut next = NOW + random.below(pause as usize) as Millis;
    let mut number = 0;
    let count = |to: &mut (u32, u32), taken: bool| {
        to.0 += u32::from(taken);
        to.1 += u32::from(!taken);
    };
    for now in NOW..NOW + seconds * 1_000 {
        if now == next {
            count(&mut production, bucket.take(now));
            next += pause;
        }
        for (_, arrives, flight) in sent.extract_if(.., |(reaches, ..)| *reaches == now) {
            let taken = bucket.take(now);
            count(&mut ours, taken);
            answers.push((arrives, bucket.limit(arrives), flight));
        }
        for (_, limit, flight) in answers.extract_if(.., |(arrives, ..)| *arrives == now) {
            budget.report(flight, limit, now);
        }
        let flight = InFlight { owner: number % 2, ..flight(number, CLIENTS, now) };
        if budget.begin(flight, None).is_ok() {
            number += 1;
            let there = 5 + random.below(60) as Millis;
            sent.push((now + there, now + 2 * there, flight));
        }
    }
    [ours, production]
}

#[test]
fn production_never_gets_a_429_on_auth0s_buckets() {
    let mut random = Random::new(2_026);
    for (size, per_second) in [(2.0, 2.0), (10.0, 2.0), (50.0, 16.0)] {
        for windows in [false, true] {
            for _ in 0..5 {
                let offset = random.below(1_000) as Millis;
                let bucket = Bucket { size, per_second, windows, left: size, at: NOW - offset };
                let [ours, production] = simulated(bucket, 40, &mut random);
                let what = format!("{size}, {per_second} a second, windows: {windows}");
                assert!(production.0 > 20, "{what}: {production:?}");
                assert_eq!((ours.1, production.1), (0, 0), "{what}: ours {ours:?}");
                // A waiting person should get at least a third of the requests that are left.
                let least = 40.0 * per_second * 2.0 / 3.0 / 3.0;
                assert!(f64::from(ours.0) > least, "{what}: {ours:?}");
            }
        }
    }
}
