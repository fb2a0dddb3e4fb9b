//! Signal handling. A critical write is finished, the terminal is restored, and the process dies of
//! the signal itself, so that a shell's loop stops too.
//!
//! Only programs that call [`enable`] handle signals; a program that embeds the library keeps its
//! own handlers. [`watch`] installs the handlers just before the first slow step. Until then the
//! system's default ends the process, except on Windows, where the exit code would not be ours.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::base::error::Error;
use crate::base::platform::Terminal;
use crate::base::platform::signals::{self, Signal, Signals};
use crate::base::text::Hint;
use crate::base::threads;
use crate::term::{Ui, out};

/// Where to write before the process ends; set if this program handles signals.
static ENABLED: OnceLock<Ui> = OnceLock::new();

/// Whether the thread that waits for signals is running.
static WATCHING: Mutex<bool> = Mutex::new(false);

/// The terminal's settings before typing was hidden.
static TERMINAL: Mutex<Option<Terminal>> = Mutex::new(None);

/// What to say before a signal ends the process.
static FAREWELL: Mutex<Option<Hint>> = Mutex::new(None);

/// Data for stdout before a signal ends the process.
static LAST_DATA: Mutex<String> = Mutex::new(String::new());

static WORK: Mutex<Running> = Mutex::new(Running { critical: 0, brief: 0, ending: false });
static DONE: Condvar = Condvar::new();

/// Whether a child process decides what Ctrl-C does.
static LEFT_TO_CHILD: AtomicBool = AtomicBool::new(false);

/// A critical section that takes longer than this is announced on a terminal. From then on a second
/// Ctrl-C ends the process at once. An earlier one may be the first Ctrl-C delivered twice.
const NOTICE: Duration = Duration::from_millis(500);

/// How often to check for a second Ctrl-C.
const TICK: Duration = Duration::from_millis(50);

/// The longest that a signal waits for brief sections, and for the last words to be read.
const BRIEF: Duration = Duration::from_millis(250);

struct Running {
    /// Critical sections that are under way.
    critical: usize,
    /// Brief sections that are under way.
    brief: usize,
    /// A signal has come: no other critical section starts.
    ending: bool,
}

impl Running {
    /// Whether a signal is about to end the process, even if the signal thread has not run yet.
    fn ends(&self) -> bool {
        self.ending || (signals::arrived() && !LEFT_TO_CHILD.load(Ordering::Relaxed))
    }
}

/// Lets this program handle SIGINT, SIGTERM and SIGHUP. For `main` only: handlers belong to the
/// whole process.
pub fn enable(ui: &Ui) {
    // The first call counts.
    let _ = ENABLED.set(ui.clone());
    if signals::DEFAULT_HAS_NO_EXIT_CODE {
        // A failure is reported by the next call.
        let _ = watch();
    }
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
    // Start the thread before the handlers: otherwise the handlers would take signals that no
    // thread receives, and the process would not end.
    threads::start("signals", move || match Signals::open() {
        Ok(signals) => {
            let _ = report.send(Ok(()));
            serve(signals, ui);
        }
        Err(e) => drop(report.send(Err(e))),
    })?;
    let gone = |_| Err(io::Error::other("its thread has ended"));
    ready.recv().unwrap_or_else(gone).map_err(|e| {
        Error::new(crate::base::error::ErrorKind::Failure, "cannot handle signals").caused_by(&e)
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
    /// Starts the section. Once a signal has come no section starts, and the process ends here.
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

/// A brief critical section, such as writing one line of data: a signal waits for it, but not for
/// long, because the reader of a pipe may be stuck.
pub struct Brief(());

impl Brief {
    /// Starts the section. Once a signal has come no section starts, and the process ends here.
    pub fn begin() -> Self {
        let mut work = lock(&WORK);
        if work.ending {
            drop(work);
            await_end();
        }
        work.brief += 1;
        Self(())
    }
}

impl Drop for Brief {
    fn drop(&mut self) {
        lock(&WORK).brief -= 1;
        DONE.notify_all();
    }
}

/// Sets what is said if a signal ends the process, in place of what was set before.
pub fn say_at_end(hint: Hint) {
    *lock(&FAREWELL) = Some(hint);
}

/// Sets the data that is written to stdout if a signal ends the process, in place of what was set
/// before. Nothing may be in the buffer of stdout then.
pub(crate) fn write_at_end(data: String) {
    *lock(&LAST_DATA) = data;
}

/// Sleeps until the thread that handles the signal has ended the process. Going on instead could
/// end it with another exit status.
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

/// Waits for the critical sections, which the time limit of their request bounds.
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
            // A pipe without a reader must not delay the end.
            if ui.width().is_some() {
                ui.must_say(
                    "Stopping once the new token is saved. Ctrl-C again stops now and may lose the sign-in.",
                );
            }
        }
    }
    let latest = Instant::now() + BRIEF;
    while work.brief > 0 && Instant::now() < latest {
        work = DONE.wait_timeout(work, TICK).unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn end(signal: Signal, ui: &Ui) -> ! {
    ui.clear_status();
    show_typing();
    ui.end_question();
    say_farewell(ui);
    signal.die()
}

/// Writes what was set with [`write_at_end`] and [`say_at_end`]. A pipe without a reader must not delay the end.
fn say_farewell(ui: &Ui) {
    let (hint, data) = (lock(&FAREWELL).take(), std::mem::take(&mut *lock(&LAST_DATA)));
    if hint.is_none() && data.is_empty() {
        return;
    }
    let (ui, (said, is_said)) = (ui.clone(), sync_channel(1));
    let speaker = threads::start("farewell", move || {
        out::write_last(&data);
        if let Some(hint) = hint {
            ui.say_hint("", &hint);
        }
        let _ = said.send(());
    });
    if speaker.is_ok() {
        let _ = is_said.recv_timeout(BRIEF);
    }
}

/// Hides what is typed on the terminal, and lets a line be longer than a terminal's. False if the
/// system has no such setting.
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
