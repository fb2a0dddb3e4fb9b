use std::path::Path;

use super::*;
use crate::term::{Io, UiOptions};

const URL: &str = "https://acme.eu.auth0.com/api/v2/clients";

fn clients() -> BucketKey {
    BucketKey::of("GET", URL)
}

fn gate(rate: Option<u32>) -> Gate {
    Gate::new(&Io::new(UiOptions::default()).ui, rate.and_then(Rate::new))
}

/// Permission for a request that may be sent now.
fn now_or_never(gate: &Gate) -> Option<Permit<'_>> {
    gate.acquire(clients(), Some(Instant::now())).ok()
}

fn headers(limit: u32, remaining: u32) -> HeaderMap {
    let reset = now() / 1_000 + 60;
    [
        ("x-ratelimit-limit", u64::from(limit)),
        ("x-ratelimit-remaining", u64::from(remaining)),
        ("x-ratelimit-reset", reset),
    ]
    .into_iter()
    .map(|(name, value)| (name.parse().unwrap(), value.to_string().parse().unwrap()))
    .collect()
}

#[test]
fn the_first_request_is_sent_alone() {
    let gate = gate(None);
    assert_eq!(gate.concurrency(clients()), 1);
    let first = now_or_never(&gate).expect("nothing is in flight");
    assert!(now_or_never(&gate).is_none());
    drop(first);
    assert!(now_or_never(&gate).is_some(), "a dropped permit is not in flight");
}

#[test]
fn an_answer_says_how_many_requests_may_follow() {
    let gate = gate(None);
    now_or_never(&gate).unwrap().answered(&headers(10, 9));
    assert_eq!(gate.concurrency(clients()), 5);
    let permits: Vec<_> = std::iter::from_fn(|| now_or_never(&gate)).collect();
    assert_eq!(permits.len(), 5, "a third of the bucket is left");
    for permit in permits {
        permit.answered(&headers(10, 4));
    }
    assert!(now_or_never(&gate).is_none());
}

#[test]
fn a_429_blocks_requests_until_its_wait_has_passed() {
    for wait in [Duration::from_secs(60), Duration::from_millis(1)] {
        let gate = gate(None);
        now_or_never(&gate).unwrap().refused(&HeaderMap::new(), wait);
        let soon = Instant::now() + Duration::from_secs(5);
        assert_eq!(gate.acquire(clients(), Some(soon)).is_ok(), wait.as_secs() == 0, "{wait:?}");
    }
}

#[test]
fn a_rate_limits_requests_to_every_endpoint() {
    let gate = gate(Some(1));
    drop(now_or_never(&gate).unwrap());
    assert!(now_or_never(&gate).is_none());
    let other = BucketKey::of("GET", "https://b.auth0.com/x");
    assert!(gate.acquire(other, Some(Instant::now())).is_err());
    let fast = self::gate(Some(1_000));
    for _ in 0..3 {
        assert!(fast.acquire(clients(), None).is_ok());
    }
}

/// A file in a folder that is removed with the value.
struct Shared(PathBuf);

impl Shared {
    fn new(name: &str) -> Self {
        let folder = format!("auth0-suite-gate-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(folder))
    }

    fn file(&self) -> PathBuf {
        self.0.join("rate.lock")
    }

    fn text(&self) -> Option<String> {
        std::fs::read_to_string(self.file()).ok()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn shared_gate(file: &Path, rate: Option<u32>) -> Gate {
    let gate = gate(rate);
    gate.share(file.to_owned());
    gate
}

#[test]
fn a_shared_budget_is_seen_by_others() {
    let shared = Shared::new("seen");
    let (a, b) = (shared_gate(&shared.file(), None), shared_gate(&shared.file(), None));
    let permit = now_or_never(&a).unwrap();
    assert!(shared.text().unwrap().contains("flight "));
    permit.refused(&HeaderMap::new(), Duration::from_secs(60));
    assert!(now_or_never(&b).is_none(), "the other process got a 429");
    let alone = gate(None);
    assert!(now_or_never(&alone).is_some());
}

#[test]
fn the_file_is_not_written_while_there_is_headroom_for_all() {
    let shared = Shared::new("headroom");
    let a = shared_gate(&shared.file(), None);
    let plenty = headers(1_000_000, 999_999);
    now_or_never(&a).unwrap().answered(&plenty);
    let before = shared.text().unwrap();
    assert_eq!(before.matches("report ").count(), 1, "the first answer is shared: {before}");
    now_or_never(&a).unwrap().answered(&plenty);
    let users = BucketKey::of("GET", "https://acme.eu.auth0.com/api/v2/users");
    a.acquire(users, Some(Instant::now())).ok().unwrap().answered(&plenty);
    assert_eq!(shared.text().as_ref(), Some(&before));
    // At the end of the headroom, all that this process knows is shared.
    now_or_never(&a).unwrap().answered(&headers(1_000_000, 333_400));
    assert_eq!(shared.text().unwrap().matches("report ").count(), 2);
}

#[test]
fn a_rate_is_shared_in_spite_of_headroom() {
    let shared = Shared::new("rate");
    let paced = shared_gate(&shared.file(), Some(1_000));
    now_or_never(&paced).unwrap().answered(&headers(1_000_000, 999_999));
    let before = shared.text();
    drop(paced.acquire(clients(), None));
    assert_ne!(shared.text(), before);
}

#[test]
fn a_gate_learns_what_others_have_saved() {
    let shared = Shared::new("learns");
    let (a, b) = (shared_gate(&shared.file(), None), shared_gate(&shared.file(), None));
    now_or_never(&a).unwrap().answered(&headers(10, 9));
    assert_eq!(b.concurrency(clients()), 1);
    drop(now_or_never(&b));
    assert_eq!(b.concurrency(clients()), 5);
}

#[test]
fn each_permit_ends_only_its_own_request() {
    let gate = gate(None);
    now_or_never(&gate).unwrap().answered(&headers(10, 9));
    let (first, second) = (now_or_never(&gate).unwrap(), now_or_never(&gate).unwrap());
    drop(first);
    let more: Vec<_> = std::iter::from_fn(|| now_or_never(&gate)).collect();
    assert_eq!(more.len(), 4, "the second request is still in flight");
    drop(second);
}

#[test]
fn a_file_that_cannot_be_used_is_ignored() {
    let shared = Shared::new("unusable");
    std::fs::create_dir_all(shared.file()).unwrap();
    let gate = shared_gate(&shared.file(), None);
    now_or_never(&gate).unwrap().answered(&headers(10, 9));
    assert_eq!(gate.concurrency(clients()), 5);
    assert!(gate.state().shared.is_none(), "it is not tried again");
}
