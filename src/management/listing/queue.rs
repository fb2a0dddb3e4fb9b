//! Numbered pages that are fetched side by side.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Page;
use crate::base::error::Error;

/// Pages under way at once, at most.
pub(super) const MAX_AT_ONCE: usize = 10;

/// Bytes that pages fetched side by side may hold together, printed or not.
const IN_FLIGHT: usize = 16 << 20;

/// How far the numbered pages may be ahead of the reader.
const AHEAD: usize = 10;

/// The share of [`IN_FLIGHT`] that one page has. A longer page waits for its turn: it is fetched
/// while the page before it is printed, so that no more than two such pages are held.
pub(super) const SHARE: usize = IN_FLIGHT / AHEAD;

/// Numbered pages, handed out as the rate limit allows and collected in order.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: Range<usize>,
    /// The page that the reader takes next.
    turn: usize,
    /// Whether no page was longer than its share so far.
    short: bool,
    under_way: usize,
    /// How many the rate limit allows to be under way.
    allowed: usize,
    done: BTreeMap<usize, Result<Page, Error>>,
}

impl Queue {
    pub(super) fn new(waiting: Range<usize>, allowed: usize, short: bool) -> Self {
        let (turn, done) = (waiting.start, BTreeMap::new());
        let state = State { waiting, turn, short, under_way: 0, allowed, done };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The next page to fetch; waits while it is too far ahead of the reader, or while as many are
    /// under way as the rate limit allows. One may always be: its 429, if it comes, is waited out.
    pub(super) fn next(&self) -> Option<usize> {
        let mut state = self.state();
        while !state.waiting.is_empty()
            && (state.waiting.start >= state.turn + AHEAD
                || state.under_way >= state.allowed.clamp(1, MAX_AT_ONCE))
        {
            state = self.wait(state);
        }
        let page = state.waiting.next()?;
        state.under_way += 1;
        Some(page)
    }

    pub(super) fn put(&self, page: usize, result: Result<Page, Error>, allowed: usize) {
        let mut state = self.state();
        state.under_way -= 1;
        state.allowed = allowed;
        state.done.insert(page, result);
        self.changed.notify_all();
    }

    pub(super) fn take(&self, page: usize) -> Result<Page, Error> {
        let mut state = self.state();
        loop {
            match state.done.remove(&page) {
                Some(result) => {
                    state.turn = page + 1;
                    self.changed.notify_all();
                    return result;
                }
                None => state = self.wait(state),
            }
        }
    }

    /// Ends the list: nobody takes another page.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        state.waiting = 0..0;
        state.turn = usize::MAX;
        self.changed.notify_all();
    }

    pub(super) fn pages_are_short(&self) -> bool {
        self.state().short
    }

    pub(super) fn a_page_is_long(&self) {
        self.state().short = false;
    }

    /// Waits until the reader has the page before this one. `false` if the list has ended.
    pub(super) fn wait_for_turn(&self, page: usize) -> bool {
        let mut state = self.state();
        while state.turn < page {
            state = self.wait(state);
        }
        state.turn == page
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, state: MutexGuard<'g, State>) -> MutexGuard<'g, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}
