//! Ctrl-C: the terminal as it was, exit code 130.
//!
//! A command that waits for a network or a person asks for this; one that does neither leaves the
//! system's own way, which a shell shows as 130 too.

use std::process;
use std::sync::{Mutex, Once, PoisonError};

use crate::error::Kind;
use crate::io::Talk;
use crate::platform::Terminal;

/// As it was, while typing is hidden.
static TERMINAL: Mutex<Option<Terminal>> = Mutex::new(None);

/// From here on Ctrl-C wipes the status line, restores the terminal and exits with 130. What is
/// on disk is whole at any moment, so there is nothing else to tidy.
pub fn exit_130(talk: &Talk) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let talk = talk.clone();
        // A second handler is refused; there is none, and without one the system's way remains.
        let _ = ctrlc::set_handler(move || end(&talk));
    });
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
