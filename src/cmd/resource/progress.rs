//! How far a command is, once that takes a while.

use std::fmt::Display;
use std::time::{Duration, Instant};

use crate::io::Talk;

/// A status line on stderr that appears when there is something to wait for.
pub(super) struct Progress {
    talk: Talk,
    started: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// What takes less is not worth a word.
    const PATIENCE: Duration = Duration::from_millis(500);
    /// Between two changes of the line.
    const TICK: Duration = Duration::from_millis(100);

    /// Starts the clock.
    pub(super) fn new(talk: &Talk) -> Self {
        Self { talk: talk.clone(), started: Instant::now(), shown: None }
    }

    /// Shows where things are, if it is time.
    pub(super) fn at<D: Display>(&mut self, message: impl FnOnce() -> D) {
        if self.started.elapsed() >= Self::PATIENCE
            && self.shown.is_none_or(|shown| shown.elapsed() >= Self::TICK)
        {
            self.shown = Some(Instant::now());
            self.talk.status(message());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            self.talk.clear_status();
        }
    }
}
