//! A binary that runs: what it says is read while it says it.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::home::Run;
use super::{Ran, Signal};

/// Nothing here takes this long; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A started command. It is killed when the value is dropped before its end.
pub(crate) struct Running {
    command: Command,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    said: std::cell::RefCell<Vec<u8>>,
}

impl Running {
    #[track_caller]
    pub(super) fn start(mut run: Run) -> Self {
        run.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if run.input.is_some() {
            run.command.stdin(Stdio::piped());
        }
        let mut child = run.command.spawn().unwrap_or_else(|e| panic!("{:?}: {e}", run.command));
        let stdout = follow(child.stdout.take().unwrap());
        let stderr = follow(child.stderr.take().unwrap());
        let mut stdin = child.stdin.take();
        if let (Some(stdin), Some(input)) = (&mut stdin, &run.input) {
            // It may have ended without reading; that is its own affair.
            let _ = stdin.write_all(input.as_bytes());
        }
        Self {
            command: run.command,
            child,
            stdin,
            stdout,
            stderr,
            said: std::cell::RefCell::default(),
        }
    }

    /// Ends what is typed on stdin.
    pub(crate) fn end_input(mut self) -> Self {
        self.stdin = None;
        self
    }

    /// Types a line on stdin, which was given with [`Run::stdin`] and is still open.
    #[track_caller]
    pub(crate) fn types(&mut self, line: &str) {
        self.stdin.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
    }

    /// Waits until stderr has this in it; all of stderr so far.
    #[track_caller]
    pub(crate) fn hears(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut said = self.said.borrow_mut();
        loop {
            let so_far = String::from_utf8_lossy(&said).into_owned();
            if so_far.contains(text) {
                return so_far;
            }
            match self.stderr.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(more) => said.extend(more),
                Err(e) => panic!("{:?}\nnever said {text:?} ({e}):\n{so_far}", self.command),
            }
        }
    }

    /// The address to open that `auth0-login` says.
    #[track_caller]
    pub(crate) fn address(&self) -> String {
        let said = self.hears("\n\n  http");
        let line = said.split("\n\n  ").nth(1).unwrap_or_default();
        // The line's end came with it: it is written in one go.
        line.lines().next().unwrap_or_default().to_owned()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Presses Ctrl-C for a command that is [`Run::interruptible`].
    #[track_caller]
    pub(crate) fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends a signal to a command that is [`Run::interruptible`].
    #[track_caller]
    pub(crate) fn signal(&self, signal: Signal) {
        super::signal::send(&self.child, signal);
    }

    /// Sends a signal to it and its children, started with a process group of their own.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn signal_group(&self, signal: Signal) {
        let group = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process_group(group, signal).unwrap();
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Ran {
        drop(self.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        let rest = |streams: &Receiver<Vec<u8>>, mut bytes: Vec<u8>| loop {
            match streams.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(more) => bytes.extend(more),
                Err(mpsc::RecvTimeoutError::Disconnected) => return bytes,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let so_far = String::from_utf8_lossy(&bytes);
                    panic!("{:?}\ndoes not end:\n{so_far}", self.command);
                }
            }
        };
        let stderr = rest(&self.stderr, self.said.take());
        let stdout = rest(&self.stdout, Vec::new());
        let status = self.child.wait().unwrap();
        Ran::read(&self.command, Output { status, stdout, stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end in a thread of its own, so that no full pipe stops the command.
fn follow(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            if sender.send(bytes[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}
