//! Reads URLs that a person pastes while a login waits for its callback.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::base::platform::typed;
use crate::loopback::Handle;

/// The longest line that is read, in bytes. A longer one is cut, and is then refused as malformed.
const MAX_LINE: usize = 64 << 10;

/// How often the reader checks whether it must stop.
const POLL: Duration = Duration::from_millis(30);

/// Passes lines of standard input to a listener until this value is dropped. On systems where
/// waiting for input can be cancelled, later input is left for other programs.
pub(super) struct PastedLines {
    ended: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl PastedLines {
    /// Starts to read. The end of the input does not end the wait for a callback.
    pub(super) fn take(listener: Handle) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let is_ended = Arc::clone(&ended);
        let reader = std::thread::Builder::new()
            .name("pasted lines".into())
            .spawn(move || read(&listener, &is_ended))
            .ok();
        Self { ended, reader }
    }
}

impl Drop for PastedLines {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take().filter(|_| cfg!(unix)) {
            let _ = reader.join();
        }
    }
}

fn read(listener: &Handle, ended: &AtomicBool) {
    let mut line = Vec::new();
    let mut bytes = [0; 4096];
    while !ended.load(Ordering::Relaxed) {
        let count = match typed::read(&mut bytes, POLL) {
            Ok(None) => continue,
            Ok(Some(0)) | Err(_) => break,
            Ok(Some(count)) => count,
        };
        for byte in &bytes[..count] {
            if *byte != b'\n' {
                if line.len() < MAX_LINE {
                    line.push(*byte);
                }
            } else if !listener.paste(String::from_utf8_lossy(&std::mem::take(&mut line))) {
                return;
            }
        }
    }
    if !line.is_empty() {
        listener.paste(String::from_utf8_lossy(&line));
    }
}
