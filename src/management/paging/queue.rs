//! The pages that are fetched ahead of the reader, and how many requests run at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{FetchedPage, PageQuery};
use crate::base::error::Error;

/// Requests of one list that run at once, at most. The rate limit can lower it.
pub(super) const MAX_CONCURRENT: usize = 10;

/// Bytes that pages ahead of the reader may hold together.
const MAX_BYTES_AHEAD: usize = 16 << 20;

/// How many pages may be ahead of the reader.
const MAX_AHEAD: usize = 10;

/// The share of [`MAX_BYTES_AHEAD`] of one page. A longer page waits until the reader has the page before
/// it, so that no more than two such pages are held.
pub(super) const PAGE_SHARE: usize = MAX_BYTES_AHEAD / MAX_AHEAD;

/// The requests of one list that are known so far. Each has a place: 1 for the one after the first
/// page, and so on.
pub(super) struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
}

struct QueueState {
    waiting: VecDeque<(usize, PageQuery)>,
    /// The place of the next request that is added.
    added: usize,
    /// The place that the reader takes next.
    turn: usize,
    /// Whether no page was longer than its share so far.
    short: bool,
    in_flight: usize,
    /// How many the rate limit allows to be under way.
    allowed: usize,
    done: BTreeMap<usize, Result<FetchedPage, Error>>,
    ended: bool,
}

impl Queue {
    /// A queue after the first page of a list. The rate limit allows `allowed` requests at once.
    pub(super) fn after(first: &FetchedPage, allowed: usize) -> Self {
        let state = QueueState {
            waiting: VecDeque::new(),
            added: 1,
            turn: 1,
            short: first.text.len() <= PAGE_SHARE,
            in_flight: 0,
            allowed,
            done: BTreeMap::new(),
            ended: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds the requests that follow the page that the reader has. The first of them may have been
    /// added before. Returns how many threads have something to fetch.
    pub(super) fn add(&self, following: impl Iterator<Item = PageQuery>) -> usize {
        let mut state = self.state();
        let known = state.added - state.turn;
        for request in following.take(MAX_AHEAD).skip(known) {
            let place = state.added;
            state.waiting.push_back((place, request));
            state.added += 1;
        }
        self.changed.notify_all();
        (state.added - state.turn).min(MAX_CONCURRENT)
    }

    /// The next request and its place, or `None` if the list has ended. Waits while as many are
    /// under way as the rate limit allows. One is always allowed: the HTTP client waits out its 429.
    pub(super) fn next(&self) -> Option<(usize, PageQuery)> {
        let mut state = self.state();
        while !state.ended {
            let is_free = state.in_flight < state.allowed.clamp(1, MAX_CONCURRENT);
            match state.waiting.pop_front() {
                Some(next) if is_free => {
                    state.in_flight += 1;
                    return Some(next);
                }
                Some(next) => state.waiting.push_front(next),
                None => {}
            }
            state = self.wait(state);
        }
        None
    }

    /// Hands over the answer to the request at `place`, after which `allowed` may run at once.
    pub(super) fn put(&self, place: usize, result: Result<FetchedPage, Error>, allowed: usize) {
        let mut state = self.state();
        state.in_flight -= 1;
        state.allowed = allowed;
        state.done.insert(place, result);
        self.changed.notify_all();
    }

    /// The reader's next page, or `None` if no request for one was added.
    pub(super) fn take(&self) -> Option<Result<FetchedPage, Error>> {
        let mut state = self.state();
        while state.turn < state.added {
            let turn = state.turn;
            if let Some(result) = state.done.remove(&turn) {
                state.turn += 1;
                self.changed.notify_all();
                return Some(result);
            }
            state = self.wait(state);
        }
        None
    }

    /// Ends the list: no further request is begun.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.changed.notify_all();
    }

    /// Whether the reader has the page before this one.
    pub(super) fn is_turn_of(&self, place: usize) -> bool {
        self.state().turn == place
    }

    pub(super) fn pages_are_short(&self) -> bool {
        self.state().short
    }

    pub(super) fn note_long_page(&self) {
        self.state().short = false;
    }

    /// Waits until the reader has the page before this one. `false` if the list has ended.
    pub(super) fn wait_for_turn_of(&self, place: usize) -> bool {
        let mut state = self.state();
        while state.turn < place && !state.ended {
            state = self.wait(state);
        }
        !state.ended
    }

    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, state: MutexGuard<'g, QueueState>) -> MutexGuard<'g, QueueState> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}
