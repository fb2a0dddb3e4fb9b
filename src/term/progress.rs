//! How far a command is, once that takes a while.

use std::fmt::Display;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::base::threads;
use crate::term::Ui;

/// What takes less is not worth a word.
const PATIENCE: Duration = Duration::from_millis(500);

/// A status line on stderr that appears when there is something to wait for.
pub(crate) struct Progress {
    ui: Ui,
    started: Instant,
    shown: Option<Instant>,
    /// Until there is something to tell.
    waiting: Option<Waiting>,
    /// Nothing more is shown.
    ended: bool,
}

impl Progress {
    /// Between two changes of the line.
    const TICK: Duration = Duration::from_millis(100);

    /// Starts the clock.
    pub(crate) fn new(ui: &Ui) -> Self {
        let (started, waiting) = (Instant::now(), Some(Waiting::new(ui)));
        Self { ui: ui.clone(), started, shown: None, waiting, ended: false }
    }

    /// Shows where things are, if it is time.
    pub(crate) fn at<D: Display>(&mut self, message: impl FnOnce() -> D) {
        self.begun();
        if !self.ended
            && self.started.elapsed() >= PATIENCE
            && self.shown.is_none_or(|shown| shown.elapsed() >= Self::TICK)
        {
            self.shown = Some(Instant::now());
            self.ui.status(message());
        }
    }

    /// Takes the line away for good: from here on, what is printed is progress enough.
    pub(crate) fn end(&mut self) {
        self.begun();
        if self.shown.take().is_some() {
            self.ui.clear_status();
        }
        self.ended = true;
    }

    /// There is something to see, and no more need to say that it is waited for.
    pub(crate) fn begun(&mut self) {
        self.waiting = None;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            self.ui.clear_status();
        }
    }
}

/// Says that an answer is waited for, on a terminal, once that takes a while, and until this is
/// dropped.
pub(crate) struct Waiting(Option<(Sender<()>, JoinHandle<()>)>);

impl Waiting {
    /// Starts the clock.
    pub(crate) fn new(ui: &Ui) -> Self {
        if !ui.shows_status() {
            return Self(None);
        }
        let ui = ui.clone();
        let (stop, stopped) = channel();
        let thread = threads::start("progress", move || {
            // What says more stays.
            if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) && !ui.has_status()
            {
                ui.status("waiting for the tenant …");
                let _ = stopped.recv();
                ui.clear_status();
            }
        });
        // Without a thread there is no word, which is no reason to fail.
        Self(thread.ok().map(|thread| (stop, thread)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            // The line is gone before anything else is written.
            let _ = thread.join();
        }
    }
}
