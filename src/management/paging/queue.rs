//! The queue of pages that are fetched ahead of the reader. Limits how many requests run at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{FetchedPage, PageQuery};
use crate::base::error::Error;

/// Maximum number of requests of one list in flight at once. The rate limit can lower it.
const MAX_CONCURRENT: usize = 10;

/// Maximum size of all pages ahead of the reader together, in bytes.
const MAX_BYTES_AHEAD: usize = 16 << 20;

/// Maximum number of pages ahead of the reader.
const MAX_AHEAD: usize = 10;

/// Maximum size of a page that is fetched ahead, in bytes. A longer page is fetched when the reader
/// has the previous page, so at most two such pages are in memory.
pub(super) const PAGE_SHARE: usize = MAX_BYTES_AHEAD / MAX_AHEAD;

/// The requests of one list that are known so far. They are numbered by `place`: 1 is the request
/// after the first page.
pub(super) struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
}

struct QueueState {
    waiting: VecDeque<(usize, PageQuery)>,
    /// The place of the request that will be added next.
    added: usize,
    /// The place of the page that the reader takes next.
    turn: usize,
    /// Whether all pages so far were at most [`PAGE_SHARE`] long.
    short: bool,
    in_flight: usize,
    /// How many requests may be in flight under the rate limit.
    allowed: usize,
    done: BTreeMap<usize, Result<FetchedPage, Error>>,
    ended: bool,
}

impl QueueState {
    /// The next request with its place, if the rate limit allows it now.
    fn next(&mut self) -> Option<(usize, PageQuery)> {
        if self.in_flight >= self.allowed.clamp(1, MAX_CONCURRENT) {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.in_flight += 1;
        Some(next)
    }
}

impl Queue {
    /// A queue for the pages after `first`. `allowed` requests may be in flight under the rate
    /// limit.
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

    /// Adds the requests after the reader's current page. The first ones may have been added
    /// before. Returns how many workers are useful.
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

    /// The next request with its place, or `None` if the list has ended. Waits until the rate limit
    /// allows it. One request in flight is always allowed, because the HTTP client waits after a
    /// 429.
    pub(super) fn next(&self) -> Option<(usize, PageQuery)> {
        let mut state = self.state();
        while !state.ended {
            match state.next() {
                Some(next) => return Some(next),
                None => state = self.wait(state),
            }
        }
        None
    }

    /// Stores the answer to the request at `place`. From now on, `allowed` requests may be in
    /// flight.
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

    /// Ends the list: `next` returns no further requests.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.changed.notify_all();
    }

    /// Whether the reader needs this page next.
    pub(super) fn is_turn_of(&self, place: usize) -> bool {
        self.state().turn == place
    }

    pub(super) fn pages_are_short(&self) -> bool {
        self.state().short
    }

    pub(super) fn note_long_page(&self) {
        self.state().short = false;
    }

    /// Waits until the reader needs this page next. Returns `false` if the list has ended.
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

#[cfg(test)]
mod tests;
