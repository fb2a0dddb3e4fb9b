use std::fmt::Write as _;

use super::*;
use crate::base::test_random::Random;

const NOW: &str = "2026-11-24T12:00:00Z";

/// A log that pages as Auth0's does: searches by date, checkpoints by ID.
#[derive(Default)]
struct Log {
    /// (ID, date), in order of arrival.
    events: Vec<(String, String)>,
}

impl Log {
    /// Adds an event that happened `late` seconds before it arrives, at `second` of the day.
    fn arrives(&mut self, second: i64, late: i64) {
        let id = format!("900{:053}", self.events.len());
        let at: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let date = at + SignedDuration::from_secs(second - late);
        self.events.push((id, when::api(date)));
    }

    fn answer(&self, ask: &Ask) -> (String, Option<String>) {
        let rows: Vec<_> = match ask {
            Ask::After(from) => {
                let rows = self.events.iter().filter(|(id, _)| id > from).take(PAGE);
                let rows: Vec<_> = rows.cloned().collect();
                let last = rows.last().map_or(from, |(id, _)| id);
                let link = format!("https://other.example/api/v2/logs?take=100&from={last}");
                return (body(&rows), Some(link));
            }
            Ask::Newest => self.by_date(|_| true, true, PAGE),
            Ask::Matching { lines } => self.by_date(|_| true, true, *lines),
            Ask::Before(at) => {
                let at = when::api(*at);
                self.by_date(|date| date < at.as_str(), true, PAGE)
            }
            Ask::Oldest => self.by_date(|_| true, false, PAGE),
        };
        (body(&rows), None)
    }

    fn by_date(
        &self,
        fits: impl Fn(&str) -> bool,
        newest_first: bool,
        most: usize,
    ) -> Vec<(String, String)> {
        let mut rows: Vec<_> = self.events.iter().filter(|(_, date)| fits(date)).cloned().collect();
        rows.sort_by(|a, b| a.1.cmp(&b.1));
        if newest_first {
            rows.reverse();
        }
        rows.truncate(most);
        rows
    }

    fn ids(&self, from: usize) -> Vec<&str> {
        self.events[from..].iter().map(|(id, _)| id.as_str()).collect()
    }
}

fn body(rows: &[(String, String)]) -> String {
    let mut text = String::from("[");
    for (at, (id, date)) in rows.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}{{"log_id":"{id}","date":"{date}"}}"#);
    }
    text + "]"
}

/// The IDs of the new events of an answer.
fn take(follower: &mut Follower, text: &str, link: Option<&str>) -> Vec<String> {
    let body = PageBody::parse(text, None).unwrap();
    let now = NOW.parse().unwrap();
    let rows = follower.answered(&body, link, &RateLimit::default(), now).unwrap();
    rows.into_iter().map(|at| LogEvent::of(body.items[at]).id.into_owned()).collect()
}

/// Asks and shows until there is something to wait for; the IDs shown.
fn run(follower: &mut Follower, log: &Log) -> Vec<String> {
    let mut shown = Vec::new();
    for _ in 0..1_000 {
        match follower.next_step() {
            FollowStep::Wait(_) | FollowStep::End => return shown,
            FollowStep::Ask(ask) => {
                let (text, link) = log.answer(&ask);
                for id in take(follower, &text, link.as_deref()) {
                    follower.done_with(&id);
                    shown.push(id);
                }
                follower.done_with_answer();
            }
        }
    }
    panic!("it never waits");
}

fn log(events: usize) -> Log {
    let mut log = Log::default();
    for second in 0..events {
        log.arrives(i64::try_from(second).unwrap(), 0);
    }
    log
}

#[test]
fn the_last_lines_are_shown_and_then_what_comes() {
    let mut log = log(30);
    let mut follower = Follower::new(Start::Now { lines: 5 }, false, None);
    assert_eq!(run(&mut follower, &log), log.ids(25));
    assert_eq!(follower.position(), Some(log.ids(29)[0]));
    for _ in 0..250 {
        log.arrives(40, 39);
    }
    assert_eq!(run(&mut follower, &log), log.ids(30), "events that happened long ago, too");
    assert!(run(&mut follower, &log).is_empty());
}

#[test]
fn a_filtered_start_shows_nothing_twice() {
    let mut log = log(10);
    let mut follower = Follower::new(Start::Now { lines: 3 }, true, None);
    assert_eq!(follower.next_step(), FollowStep::Ask(Ask::Newest));
    let (text, _) = log.answer(&Ask::Newest);
    assert!(take(&mut follower, &text, None).is_empty(), "the filter may select other events");
    follower.done_with_answer();
    // An event arrives between the two searches.
    log.arrives(11, 0);
    assert_eq!(follower.next_step(), FollowStep::Ask(Ask::Matching { lines: 3 }));
    assert_eq!(follower.position(), None, "the first lines are still to come");
    let (text, _) = log.answer(&Ask::Matching { lines: 3 });
    assert_eq!(take(&mut follower, &text, None), log.ids(8)[..2]);
    follower.done_with_answer();
    assert_eq!(follower.position(), Some(log.ids(9)[0]));
    assert_eq!(run(&mut follower, &log), log.ids(10));
}

#[test]
fn an_empty_tenant_loses_nothing_of_its_first_burst() {
    let mut log = Log::default();
    for lines in [0, 10] {
        let mut follower = Follower::new(Start::Now { lines }, lines > 0, None);
        assert!(run(&mut follower, &log).is_empty());
        assert_eq!(follower.position(), None);
        assert!(run(&mut follower, &log).is_empty());
        if log.events.is_empty() {
            for late in 0..350 {
                log.arrives(400, 350 - late);
            }
            assert_eq!(run(&mut follower, &log), log.ids(0));
            log.events.clear();
        }
    }
}

#[test]
fn a_start_in_the_past_reads_on_from_an_event_that_arrived_before_it() {
    let mut log = log(5_000);
    // It arrives last but happened first: reading on from it would lose the rest.
    log.arrives(5_000, 4_999);
    let since = "2026-11-24T00:30:00Z".parse().unwrap();
    let mut follower = Follower::new(Start::Since(since), true, None);
    let shown = run(&mut follower, &log);
    let wanted = log.ids(1_800);
    assert!(shown.ends_with(&wanted.iter().map(ToString::to_string).collect::<Vec<_>>()));
    assert!(shown.len() < wanted.len() + 800, "not the whole log is read: {}", shown.len());
    // Before the first event that is kept.
    let since = "2026-11-23T00:00:00Z".parse().unwrap();
    let mut follower = Follower::new(Start::Since(since), true, None);
    assert_eq!(run(&mut follower, &log), log.ids(0));
}

#[test]
fn following_ends_once_it_is_past_its_end() {
    let log = log(150);
    let past = Some("2026-11-24T11:00:00Z".parse().unwrap());
    let mut follower = Follower::new(Start::From(log.events[0].0.clone()), false, past);
    assert_eq!(run(&mut follower, &log), log.ids(1));
    assert_eq!(follower.next_step(), FollowStep::End);
    // Late events are waited for.
    let mut follower =
        Follower::new(Start::From(log.events[0].0.clone()), false, Some(NOW.parse().unwrap()));
    assert_eq!(run(&mut follower, &log), log.ids(1));
    assert!(matches!(follower.next_step(), FollowStep::Ask(Ask::After(_))));
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "it failed")
}

#[test]
fn only_the_first_failure_is_final() {
    let log = log(3);
    let start = || Follower::new(Start::Now { lines: 1 }, false, None);
    for kind in [
        ErrorKind::Unavailable,
        ErrorKind::RateLimited,
        ErrorKind::NotSignedIn,
        ErrorKind::Rejected,
    ] {
        assert_eq!(start().failed(&error(kind)), Failure::Final, "{kind:?}");
    }
    let mut follower = start();
    run(&mut follower, &log);
    for (kind, expected) in [
        (ErrorKind::Unavailable, Failure::Passing),
        (ErrorKind::RateLimited, Failure::Passing),
        (ErrorKind::Unavailable, Failure::Passing),
        (ErrorKind::NotSignedIn, Failure::Final),
        (ErrorKind::Refused, Failure::Final),
    ] {
        assert_eq!(follower.failed(&error(kind)), expected, "{kind:?}");
    }
    assert_eq!(follower.next_step(), FollowStep::Wait(pace::after_failure(3)));
    assert_eq!(follower.next_step(), FollowStep::Ask(Ask::After(log.events[2].0.clone())));
}

#[test]
fn a_checkpoint_that_is_no_longer_kept_repeats_nothing() {
    let mut log = log(300);
    let mut follower = Follower::new(Start::From(log.events[150].0.clone()), false, None);
    assert_eq!(run(&mut follower, &log), log.ids(151));
    assert_eq!(follower.failed(&error(ErrorKind::Rejected)), Failure::Lost);
    log.arrives(300, 0);
    assert_eq!(run(&mut follower, &log), log.ids(300), "only what was not shown before");
    assert_eq!(follower.failed(&error(ErrorKind::NotFound)), Failure::Lost);
    assert_eq!(follower.failed(&error(ErrorKind::NotFound)), Failure::Final, "not for ever");
}

#[test]
fn only_the_cursor_of_a_link_is_used_and_it_may_be_missing() {
    let mut follower = Follower::new(Start::From("900".into()), false, None);
    let rows = r#"[{"log_id":"903"},{"log_id":"902"},{"log_id":"902"},{"x":1}]"#;
    assert_eq!(take(&mut follower, rows, None).len(), 3, "each once, and none is lost");
    assert_eq!(follower.checkpoint.as_deref(), Some("903"));
    take(&mut follower, "[]", Some("https://evil.example/api/v2/clients?from=905&x=1"));
    assert_eq!(follower.checkpoint.as_deref(), Some("905"));
    take(&mut follower, "[]", None);
    assert_eq!(follower.checkpoint.as_deref(), Some("905"));
    let refused = |text: &str| {
        let mut follower = Follower::new(Start::From("900".into()), false, None);
        let body = PageBody::parse(text, None).unwrap();
        follower.answered(&body, None, &RateLimit::default(), NOW.parse().unwrap()).is_err()
    };
    assert!(refused(r#"[{"type":"s"}]"#), "it would be shown again and again");
    assert!(refused(&format!(r#"[{{"log_id":"{}"}}]"#, "9".repeat(5_000))));
    assert!(!refused("[]"));
}

/// The state machine is stopped at any moment, as a crash does, and started again from its
/// position, while events arrive early and late.
#[test]
fn no_event_is_lost_or_shown_twice_over_any_number_of_restarts() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let mut log = log(random.below(300));
        let first = log.events.len();
        let mut shown: Vec<String> = Vec::new();
        let mut position = None;
        let mut follower = Follower::new(Start::Now { lines: 0 }, false, None);
        assert!(run(&mut follower, &log).is_empty());
        let mut second = 1_000;
        for _ in 0..300 {
            for _ in 0..[0, 0, 1, 7, 240][random.below(5)] {
                second += 1;
                log.arrives(second, i64::try_from(random.below(600)).unwrap());
            }
            let ask = match follower.next_step() {
                FollowStep::Ask(ask) => ask,
                FollowStep::Wait(_) => continue,
                FollowStep::End => panic!("it has no end"),
            };
            if random.below(10) == 0 && position.is_some() {
                assert_ne!(follower.failed(&error(ErrorKind::Unavailable)), Failure::Lost);
                continue;
            }
            let (text, link) = log.answer(&ask);
            let new = take(&mut follower, &text, link.as_deref());
            let stops = (random.below(8) == 0 && position.is_some()).then(|| random.below(100));
            for id in new.iter().take(stops.unwrap_or(usize::MAX)) {
                follower.done_with(id);
                shown.push(id.clone());
            }
            if stops.is_none() {
                follower.done_with_answer();
            }
            position = follower.position().map(str::to_owned);
            if let (Some(_), Some(position)) = (stops, &position) {
                follower = Follower::new(Start::From(position.clone()), false, None);
            }
        }
        for _ in 0..3 {
            shown.extend(run(&mut follower, &log));
        }
        assert_eq!(shown, log.ids(first), "seed {seed}");
        assert!(shown.len() > 1_000, "there was something to lose");
    }
}

#[test]
fn questions_are_those_of_the_api() {
    let text = |ask: Ask| {
        let pairs = ask.query(Some("type:fp"));
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    };
    assert_eq!(text(Ask::After("9001".into())), "from=9001&take=100");
    assert_eq!(text(Ask::Newest), "sort=date:-1&page=0&per_page=100");
    assert_eq!(text(Ask::Matching { lines: 5 }), "q=type:fp&sort=date:-1&page=0&per_page=5");
    assert_eq!(text(Ask::Oldest), "sort=date:1&page=0&per_page=100");
    assert_eq!(
        text(Ask::Before(NOW.parse().unwrap())),
        "q=date:[* TO 2026-11-24T12:00:00.000Z}&sort=date:-1&page=0&per_page=100"
    );
}
