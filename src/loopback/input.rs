//! The input of a connection, which another thread can end without losing what has arrived.

use std::io::{ErrorKind, Read as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::base::platform::desktop::WINDOWS;

/// How often a reader looks whether its input was ended, on systems that do not wake it.
const SLICE: Duration = Duration::from_millis(50);

/// A connection whose input can be ended.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) stream: TcpStream,
    ended: AtomicBool,
}

impl Input {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, ended: AtomicBool::new(false) }
    }

    /// Ends the input gently: the reader still gets what has arrived, then sees the end.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        // On Windows this would not wake the reader, and would reset the connection if something
        // has arrived that is not read yet.
        if !WINDOWS {
            // Fails if the peer has already closed the connection, which is fine.
            let _ = self.stream.shutdown(Shutdown::Read);
        }
    }

    /// Reads once. 0 at the end of the input, at the deadline, and for any error.
    pub(super) fn read_until(&self, bytes: &mut [u8], deadline: Instant) -> usize {
        loop {
            // Asked before the read, so that nothing is lost that arrived before the end.
            let ended = self.ended.load(Ordering::SeqCst);
            let left = deadline.saturating_duration_since(Instant::now());
            let wait = match (ended, WINDOWS) {
                (true, _) => left.min(Duration::from_millis(1)),
                (false, true) => left.min(SLICE),
                (false, false) => left,
            };
            if wait.is_zero() || self.stream.set_read_timeout(Some(wait)).is_err() {
                return 0;
            }
            match (&self.stream).read(bytes) {
                Ok(count) => return count,
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock | ErrorKind::TimedOut if !ended => {}
                    _ => return 0,
                },
            }
        }
    }
}
