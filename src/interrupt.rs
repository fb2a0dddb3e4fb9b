//! Ctrl-C: the terminal as it was, exit code 130.
//!
//! A command that waits for a network or a person asks for this; one that does neither leaves the
//! system's own way, which a shell shows as 130 too.

use std::process;
use std::sync::{Mutex, Once, PoisonError};

use crate::error::Kind;
use crate::io::Talk;
use crate::platform::Terminal;

static TERMINAL: Mutex<Option<Terminal>> = Mutex::new(None);

/// From here on Ctrl-C wipes the status line, restores the terminal and exits with 130. What is
/// on disk is whole at any moment, so there is nothing else to tidy.
pub fn exit_130(talk: &Talk) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let talk = talk.clone();
        // A second handler is refused; there is none, and without one the system's way remains.
        let _ = ctrlc::set_handler(move || {
            talk.clear_status();
            restore_terminal();
            process::exit(i32::from(Kind::Interrupted.exit_code()));
        });
    });
}

/// Remembers the terminal's settings before something changes them, such as a hidden prompt.
pub fn remember_terminal() {
    *TERMINAL.lock().unwrap_or_else(PoisonError::into_inner) = Terminal::settings();
}

fn restore_terminal() {
    if let Some(terminal) = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner).take() {
        terminal.restore();
    }
}
