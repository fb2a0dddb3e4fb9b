//! Ctrl-C: the terminal as it was, exit code 130.
//!
//! A command that waits for a network or a person asks for this; one that does neither leaves the
//! system's own way, which a shell shows as 130 too.

use std::process;
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::Duration;

use crate::error::Kind;
use crate::io::Talk;
use crate::platform::Terminal;

/// As it was, while typing is hidden.
static TERMINAL: Mutex<Option<Terminal>> = Mutex::new(None);

/// How many things are being done that must not be done by half.
static UNDIVIDED: Mutex<usize> = Mutex::new(0);
static DONE: Condvar = Condvar::new();

/// How long Ctrl-C waits for those: a tenant that does not answer must not hold up a person.
const PATIENCE: Duration = Duration::from_secs(3);

/// From here on Ctrl-C wipes the status line, restores the terminal and exits with 130. What is
/// on disk is whole at any moment, so there is nothing else to tidy.
pub fn exit_130(talk: &Talk) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let talk = talk.clone();
        // A second handler is refused; there is none, and without one the system's way remains.
        let _ = ctrlc::set_handler(move || {
            await_undivided();
            end(&talk);
        });
    });
}

/// Until it is dropped, Ctrl-C waits, though not for long.
pub struct Undivided(());

impl Undivided {
    /// Begins what must not be done by half.
    pub fn begin() -> Self {
        *UNDIVIDED.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self(())
    }
}

impl Drop for Undivided {
    fn drop(&mut self) {
        *UNDIVIDED.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        DONE.notify_all();
    }
}

fn await_undivided() {
    let count = UNDIVIDED.lock().unwrap_or_else(PoisonError::into_inner);
    drop(DONE.wait_timeout_while(count, PATIENCE, |count| *count > 0));
}

fn end(talk: &Talk) -> ! {
    talk.clear_status();
    show_typing();
    talk.end_question();
    process::exit(i32::from(Kind::Interrupted.exit_code()));
}

/// From here on what is typed on the terminal is not shown, nor cut where a terminal's line ends.
/// False where the system has no such thing.
pub fn hide_typing() -> bool {
    let terminal = Terminal::settings();
    if let Some(terminal) = &terminal {
        terminal.hide_typing();
    }
    let hidden = terminal.is_some();
    *TERMINAL.lock().unwrap_or_else(PoisonError::into_inner) = terminal;
    hidden
}

/// The terminal as it was before [`hide_typing`].
pub fn show_typing() {
    if let Some(terminal) = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner).take() {
        terminal.restore();
    }
}
