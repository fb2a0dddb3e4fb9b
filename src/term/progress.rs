//! Progress of a command, shown once it takes a while.

use std::fmt::Display;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::base::threads;
use crate::term::Ui;

/// Shorter waits show nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// A status line on stderr, shown once a command takes a while.
pub(crate) struct Progress {
    ui: Ui,
    started: Instant,
    shown: Option<Instant>,
    /// Present until there is progress to show.
    waiting: Option<Waiting>,
    /// Whether the line is gone for good.
    ended: bool,
}

impl Progress {
    /// The shortest time between two updates of the line.
    const TICK: Duration = Duration::from_millis(100);

    /// Starts the clock.
    pub(crate) fn new(ui: &Ui) -> Self {
        let (started, waiting) = (Instant::now(), Some(Waiting::new(ui)));
        Self { ui: ui.clone(), started, shown: None, waiting, ended: false }
    }

    /// Shows the progress, unless the last update was too recent.
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

    /// Removes the line for good, because the printed output now shows the progress.
    pub(crate) fn end(&mut self) {
        self.begun();
        if self.shown.take().is_some() {
            self.ui.clear_status();
        }
        self.ended = true;
    }

    /// The answer has started to arrive, so the line no longer says that we wait for it.
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

/// Says on a terminal that we wait for an answer, from half a second after its creation until it is
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
        // If no thread can be started, the message is skipped.
        Self(thread.ok().map(|thread| (stop, thread)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            // Wait until the line is gone, so that it does not mix with later output.
            let _ = thread.join();
        }
    }
}
