//! Signal handling. A critical write is finished, the terminal is restored, and the process dies of
//! the signal itself, so that a shell's loop stops too.
//!
//! Only programs that call [`enable`] handle signals; a program that embeds the library keeps its
//! own handlers. [`watch`] installs the handlers just before the first slow step. Until then the
//! system's default ends the process.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::base::error::Error;
use crate::base::platform::Terminal;
use crate::base::platform::signals::{self, Signal, Signals};
use crate::base::threads;
use crate::term::Ui;

/// Where to print before the process ends. Set if this program handles signals.
static ENABLED: OnceLock<Ui> = OnceLock::new();

/// Whether the thread that waits for signals is running.
static WATCHING: Mutex<bool> = Mutex::new(false);

/// The terminal's settings before typing was hidden.
static TERMINAL: Mutex<Option<Terminal>> = Mutex::new(None);

static WORK: Mutex<Work> = Mutex::new(Work { critical: 0, ending: false });
static DONE: Condvar = Condvar::new();

/// Whether a child process decides what Ctrl-C does.
static LEFT_TO_CHILD: AtomicBool = AtomicBool::new(false);

/// A critical section that takes longer than this is announced on a terminal. From then on a second
/// Ctrl-C ends the process at once. An earlier one may be the first Ctrl-C delivered twice.
const NOTICE: Duration = Duration::from_millis(500);

/// How often to check for a second Ctrl-C.
const TICK: Duration = Duration::from_millis(50);

struct Work {
    /// The number of critical sections in progress.
    critical: usize,
    /// A signal has arrived, so no new critical section may start.
    ending: bool,
}

impl Work {
    /// Whether a signal is about to end the process, even if the signal thread has not run yet.
    fn ends(&self) -> bool {
        self.ending || (signals::arrived() && !LEFT_TO_CHILD.load(Ordering::Relaxed))
    }
}

/// Makes this program handle SIGINT, SIGTERM and SIGHUP. Only `main` may call this, because
/// handlers belong to the whole process.
pub fn enable(ui: &Ui) {
    // Later calls have no effect.
    let _ = ENABLED.set(ui.clone());
}

/// Starts to handle signals if [`enable`] was called, otherwise does nothing. Call it before
/// anything that takes time or changes the terminal.
///
/// # Errors
/// Failure if the system allows no further thread.
pub fn watch() -> Result<(), Error> {
    let Some(ui) = ENABLED.get() else { return Ok(()) };
    let mut watching = lock(&WATCHING);
    if *watching {
        return Ok(());
    }
    let (report, ready) = sync_channel(1);
    // Start the thread before the handlers: signals that nobody receives could not end the process.
    threads::start("signals", move || match Signals::open() {
        Ok(signals) => {
            let _ = report.send(Ok(()));
            serve(signals, ui);
        }
        Err(e) => drop(report.send(Err(e))),
    })?;
    let gone = |_| Err(io::Error::other("its thread has ended"));
    ready.recv().unwrap_or_else(gone).map_err(|e| {
        Error::new(crate::base::error::Kind::Failure, "cannot handle signals").caused_by(&e)
    })?;
    *watching = true;
    Ok(())
}

/// Leaves Ctrl-C to a child process on the same terminal. This process ends when the child does.
///
/// # Errors
/// The same as [`watch`].
pub fn leave_to_child() -> Result<(), Error> {
    LEFT_TO_CHILD.store(true, Ordering::Relaxed);
    watch()
}

/// A critical section: signals wait until it is dropped.
pub struct CriticalSection(());

impl CriticalSection {
    /// Starts the section. If a signal has already arrived, the process ends here instead.
    pub fn begin() -> Self {
        // The request that follows reports any failure.
        let _ = watch();
        let mut work = lock(&WORK);
        if work.ends() {
            drop(work);
            await_end();
        }
        work.critical += 1;
        Self(())
    }
}

impl Drop for CriticalSection {
    fn drop(&mut self) {
        let mut work = lock(&WORK);
        work.critical -= 1;
        let ends = work.critical == 0 && work.ends();
        drop(work);
        DONE.notify_all();
        if ends && !thread::panicking() {
            await_end();
        }
    }
}

/// Sleeps until the signal thread has ended the process. Returning instead could end it with
/// another exit status.
fn await_end() -> ! {
    loop {
        thread::park();
    }
}

fn serve(mut signals: Signals, ui: &Ui) {
    while let Some(signal) = signals.wait() {
        if !LEFT_TO_CHILD.load(Ordering::Relaxed) {
            finish_work(&mut signals, ui);
            end(signal, ui);
        }
    }
}

/// Waits until the critical sections end. The timeout of their requests bounds this.
fn finish_work(signals: &mut Signals, ui: &Ui) {
    let came = Instant::now();
    let mut mentioned = false;
    let mut work = lock(&WORK);
    work.ending = true;
    while work.critical > 0 {
        work = DONE.wait_timeout(work, TICK).unwrap_or_else(PoisonError::into_inner).0;
        let again = signals.pending().is_some_and(Signal::is_interrupt);
        if again && mentioned {
            return;
        }
        if !mentioned && came.elapsed() >= NOTICE {
            mentioned = true;
            // Only on a terminal: writing to a pipe that nobody reads would block.
            if ui.width().is_some() {
                ui.must_say(
                    "Stopping once the new token is saved. Ctrl-C again stops now and may lose the sign-in.",
                );
            }
        }
    }
}

fn end(signal: Signal, ui: &Ui) -> ! {
    ui.clear_status();
    show_typing();
    ui.end_question();
    signal.die()
}

/// Hides what is typed on the terminal, and allows lines longer than the terminal's limit. False if
/// the system has no such setting.
pub fn hide_typing() -> bool {
    let terminal = Terminal::settings();
    if let Some(terminal) = &terminal {
        terminal.hide_typing();
    }
    let hidden = terminal.is_some();
    *lock(&TERMINAL) = terminal;
    hidden
}

/// Restores the terminal's settings from before [`hide_typing`].
pub fn show_typing() {
    if let Some(terminal) = lock(&TERMINAL).take() {
        terminal.restore();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
