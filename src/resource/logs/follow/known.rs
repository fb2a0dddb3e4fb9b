//! Events that have been seen, so that one that comes twice is shown once.

use std::collections::{HashSet, VecDeque};

/// IDs of events that are remembered, to recognise an event that comes twice.
const REMEMBERED: usize = 2_000;

/// The IDs of the last events.
#[derive(Debug, Default)]
pub(super) struct SeenEvents {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl SeenEvents {
    /// Remembers an ID. `false` if it was known. An event without an ID is always new.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        if id.is_empty() {
            return true;
        }
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}
