//! Waits until the budget allows a request.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ureq::http::HeaderMap;

use super::shared::SharedFile;
use super::{BucketKey, Budget, InFlight, Millis, Rate, RateLimit, Wait};
use crate::term::Ui;

/// Total wait after which a message is printed.
const SAY_AFTER: Duration = Duration::from_millis(500);

/// How often a waiting request reads what other processes have saved.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Limits the rate of all requests of one client.
pub(crate) struct Gate {
    ui: Ui,
    rate: Option<Rate>,
    state: Mutex<State>,
}

struct State {
    budget: Budget,
    /// `None` if the budget is not shared with other processes.
    shared: Option<SharedFile>,
    /// The number of the newest request.
    number: u32,
    waited: Duration,
    said: bool,
}

/// Permission to send one request. If it is dropped, the request counts as unanswered.
pub(crate) struct Permit<'g> {
    gate: &'g Gate,
    flight: InFlight,
    is_reported: bool,
}

/// The deadline is before the time at which the request may be sent.
pub(crate) struct TooLate;

impl Gate {
    pub(crate) fn new(ui: &Ui, rate: Option<Rate>) -> Self {
        let (budget, waited) = (Budget::default(), Duration::ZERO);
        let state = State { budget, shared: None, number: 0, waited, said: false };
        Self { ui: ui.clone(), rate, state: Mutex::new(state) }
    }

    /// Shares the budget with all processes that use the same file. The file is opened at the first
    /// request.
    pub(crate) fn share(&self, path: PathBuf) {
        self.state().shared = Some(SharedFile::new(path));
    }

    /// How many requests to an endpoint may be in flight at once, according to what this process
    /// knows.
    pub(crate) fn concurrency(&self, endpoint: BucketKey) -> usize {
        self.state().budget.concurrency(endpoint) as usize
    }

    /// Waits until a request may be sent.
    ///
    /// # Errors
    /// [`TooLate`] if it may only be sent after `deadline`.
    pub(crate) fn acquire(
        &self,
        endpoint: BucketKey,
        deadline: Option<Instant>,
    ) -> Result<Permit<'_>, TooLate> {
        let mut first = true;
        loop {
            let (flight, begun) = self.begin(endpoint);
            let (wait, why) = match begun {
                Ok(()) => return Ok(Permit { gate: self, flight, is_reported: false }),
                Err(Wait::Answers(wait)) => (wait, None),
                Err(Wait::Rate(wait)) => (wait, Some("--rate")),
                Err(Wait::Reset(wait)) => (wait, Some("the rate limit")),
            };
            let wait = Duration::from_millis(wait);
            if deadline.is_some_and(|at| at.saturating_duration_since(Instant::now()) <= wait) {
                return Err(TooLate);
            }
            if let Some(why) = why.filter(|_| std::mem::take(&mut first)) {
                self.ui.detail(1, || format!("* waiting {} ms for {why}", wait.as_millis()));
            }
            let slice = wait.min(LOOK_AGAIN);
            thread::sleep(slice);
            if matches!(begun, Err(Wait::Reset(_))) {
                self.say_if_long(slice);
            }
        }
    }

    fn begin(&self, endpoint: BucketKey) -> (InFlight, Result<(), Wait>) {
        let mut state = self.state();
        state.number = state.number.wrapping_add(1);
        let flight = InFlight { owner: owner(), number: state.number, endpoint, sent: now() };
        let rate = self.rate;
        let share = rate.is_some() || !state.budget.has_headroom_for_all(endpoint);
        let begun = self.change(&mut state, share, |budget| budget.begin(flight, rate));
        (flight, begun)
    }

    /// Changes the budget, and with `share` also the file that other processes read. A file that
    /// cannot be used is ignored.
    fn change<T>(&self, state: &mut State, share: bool, change: impl Fn(&mut Budget) -> T) -> T {
        let State { budget, shared, .. } = state;
        let Some(file) = shared.as_mut().filter(|_| share) else { return change(budget) };
        let updated = file.update(|saved| {
            saved.merge(budget, owner());
            let value = change(saved);
            (value, saved.clone())
        });
        match updated {
            Ok((value, saved)) => {
                *budget = saved;
                value
            }
            Err(error) => {
                self.ui.detail(1, || {
                    format!("* the rate limit is not shared with other processes: {error}")
                });
                if error.kind() != std::io::ErrorKind::WouldBlock {
                    *shared = None;
                }
                change(budget)
            }
        }
    }

    fn end(&self, endpoint: BucketKey, change: impl Fn(&mut Budget)) {
        let mut state = self.state();
        let before = state.budget.has_headroom_for_all(endpoint);
        let mut after = state.budget.clone();
        change(&mut after);
        let share = !before || !after.has_headroom_for_all(endpoint);
        self.change(&mut state, share, change);
    }

    fn say_if_long(&self, wait: Duration) {
        let mut state = self.state();
        state.waited += wait;
        if state.waited >= SAY_AFTER && !std::mem::replace(&mut state.said, true) {
            self.ui.say(
                "going slowly: the tenant's rate limit is nearly used up, and its last third is \
                 left for logins",
            );
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// Records the rate-limit headers of an answer that is not a 429.
    pub(crate) fn answered(mut self, headers: &HeaderMap) {
        self.is_reported = true;
        let (flight, now) = (self.flight, now());
        let limit = RateLimit::read(headers, now);
        self.gate.end(flight.endpoint, |budget| budget.report(flight, limit, now));
    }

    /// Records a 429, after which no request should be sent for `wait`.
    pub(crate) fn refused(mut self, headers: &HeaderMap, wait: Duration) {
        self.is_reported = true;
        let (flight, now) = (self.flight, now());
        let limit = RateLimit::read(headers, now);
        let wait = Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX);
        self.gate.end(flight.endpoint, |budget| budget.refuse(flight, limit, wait, now));
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.is_reported {
            let flight = self.flight;
            self.gate.end(flight.endpoint, |budget| budget.end(flight));
        }
    }
}

fn owner() -> u32 {
    std::process::id()
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
