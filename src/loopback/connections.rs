//! Accepts connections, a thread for each, with limits on their number and duration.

use std::io::{self, ErrorKind, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::base::platform::peers::{self, Peer};
use crate::base::secret::Secret;
use crate::loopback::event::{Notice, WaitEvent};
use crate::loopback::input::Input;
use crate::loopback::page::{Refusal, redirect};
use crate::loopback::request::{Expected, Parsed, RequestParser};
use crate::oauth::callback::{Callback, parse_query};

/// Limits on the work that strangers can cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListenerLimits {
    /// From accepting a connection to the end of its request.
    pub(super) request: Duration,
    /// From an answer to the close. In this time the rest of the peer's data is read, because
    /// closing with unread bytes resets the connection and may destroy the answer on its way.
    pub(super) drain: Duration,
    /// For everything together, once the last page is known.
    pub(super) finish: Duration,
    /// The most connections at once. A new one replaces the oldest that does not hold the callback.
    pub(super) connections: usize,
    /// The most connections without the callback, once it has arrived: the next steps need file
    /// descriptors too.
    pub(super) late_connections: usize,
    /// The most threads at once. This is more than connections, because closed ones take a moment
    /// to end.
    pub(super) threads: usize,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(10),
            drain: Duration::from_secs(1),
            finish: Duration::from_secs(2),
            connections: 64,
            late_connections: 8,
            threads: 256,
        }
    }
}

/// The state that all threads of one listener share.
#[derive(Debug)]
pub(super) struct ListenerState {
    expected: Expected,
    state: Secret,
    pub(super) limits: ListenerLimits,
    events: SyncSender<WaitEvent>,
    inner: Mutex<Inner>,
    /// Notified when a thread ends, a connection gets the callback, or the last page is set.
    pub(super) changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    /// Oldest first.
    pub(super) connections: Vec<Connection>,
    next_id: u64,
    /// The authorization URL, until the one-time address has been used.
    start: Option<Secret>,
    /// The number of accept loops and connections, including those that are ending.
    pub(super) threads: usize,
    said: Vec<std::mem::Discriminant<Notice>>,
    pub(super) answer: Option<Callback>,
    /// The last page as a complete response. Once it is set, the listener is closing.
    pub(super) last: Option<Arc<[u8]>>,
}

#[derive(Debug)]
pub(super) struct Connection {
    id: u64,
    pub(super) phase: Phase,
    pub(super) input: Arc<Input>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its request is incomplete.
    Reading,
    /// It is being answered.
    Answering,
    /// It brought the callback and waits for the last page.
    Held,
}

/// Registers a thread in [`Inner`] until it is dropped.
pub(super) struct Present {
    pub(super) shared: Arc<ListenerState>,
    id: Option<u64>,
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut inner = self.shared.lock();
        if let Some(id) = self.id {
            inner.connections.retain(|connection| connection.id != id);
        }
        inner.threads -= 1;
        drop(inner);
        self.shared.changed.notify_all();
    }
}

impl ListenerState {
    pub(super) fn new(
        expected: Expected,
        state: Secret,
        start: Option<Secret>,
        limits: ListenerLimits,
        events: SyncSender<WaitEvent>,
    ) -> Self {
        let inner = Mutex::new(Inner { start, ..Inner::default() });
        Self { expected, state, limits, events, inner, changed: Condvar::new() }
    }

    /// The state is consistent at every unlock, so a panic elsewhere does no harm.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a thread and its connection.
    pub(super) fn enter(self: &Arc<Self>, input: Option<&Arc<Input>>) -> Present {
        let mut inner = self.lock();
        inner.threads += 1;
        let id = input.map(|input| {
            let id = inner.next_id;
            inner.next_id += 1;
            let connection = Connection { id, phase: Phase::Reading, input: Arc::clone(input) };
            if inner.last.is_some() {
                connection.input.end();
            }
            inner.connections.push(connection);
            id
        });
        drop(inner);
        Present { shared: Arc::clone(self), id }
    }

    /// Runs one accept loop until there is a last page.
    pub(super) fn accept(self: &Arc<Self>, socket: &TcpListener) {
        while self.lock().last.is_none() {
            match socket.accept() {
                Ok((stream, _)) => self.admit(stream),
                Err(error) if is_momentary(&error) => {}
                // Probably no file descriptors are left, so make room and wait a moment.
                Err(_) => {
                    let mut inner = self.lock();
                    if inner.last.is_none() {
                        evict(&mut inner);
                    }
                    let threads = inner.threads;
                    let full = |inner: &mut Inner| inner.last.is_none() && inner.threads >= threads;
                    let moment = Duration::from_millis(100);
                    drop(self.changed.wait_timeout_while(inner, moment, full));
                }
            }
        }
        // Connections that are already open are still answered, especially repeated callbacks.
        if socket.set_nonblocking(true).is_ok() {
            for _ in 0..self.limits.connections {
                match socket.accept() {
                    Ok((stream, _)) => self.admit(stream),
                    Err(error) if is_momentary(&error) => {}
                    Err(_) => break,
                }
            }
        }
    }

    /// Starts a thread for a connection.
    fn admit(self: &Arc<Self>, stream: TcpStream) {
        let accepted = Instant::now();
        let inner = self.lock();
        let mut inner = self
            .changed
            .wait_while(inner, |inner| inner.threads >= self.limits.threads && inner.last.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        // While closing, no connection is evicted, especially none with the last page, and few more
        // are accepted.
        let strangers = inner.connections.iter().filter(|one| one.phase != Phase::Held).count();
        let full = inner.last.is_none()
            && (inner.connections.len() >= self.limits.connections
                || inner.answer.is_some() && strangers >= self.limits.late_connections);
        if full && !evict(&mut inner) {
            return; // All hold the callback: one more of its repetitions is not worth a thread.
        }
        drop(inner);
        // On some systems the connection inherits the listener's mode.
        if stream.set_nonblocking(false).is_err() {
            return;
        }
        let input = Arc::new(Input::new(stream));
        let thread = self.enter(Some(&input));
        // If no thread can be started, the closure is dropped, which closes the connection.
        let _ = thread::Builder::new().name("callback".into()).stack_size(256 * 1024).spawn(
            move || {
                thread.shared.serve(&input, accepted, thread.id);
                drop(input);
                drop(thread);
            },
        );
    }

    fn serve(&self, input: &Input, accepted: Instant, id: Option<u64>) {
        let parsed = self.read_request(input, accepted + self.limits.request);
        let now = SystemTime::now();
        match parsed {
            Parsed::More => {}
            Parsed::Tls => self.say(Notice::Tls),
            Parsed::Refused { refusal, head } => {
                self.reply(input, id, &refusal.response(now, head));
            }
            Parsed::Start => self.reply(input, id, &self.start(&input.stream, now)),
            Parsed::Callback(query) => match parse_query(query.expose()) {
                Ok(callback) if self.is_ours(&callback) => match self.hold(callback, id) {
                    Some(page) => self.reply(input, id, &page),
                    None => self.reply(input, id, &Refusal::Stale.response(now, false)),
                },
                Ok(_) => {
                    self.say(Notice::Stale);
                    self.reply(input, id, &Refusal::Stale.response(now, false));
                }
                Err(error) => {
                    self.say(Notice::Malformed(error));
                    self.reply(input, id, &Refusal::Malformed.response(now, false));
                }
            },
        }
    }

    /// Answers a request for the one-time address. It redirects once, and only the browser of this
    /// user or of root. Requests by others do not use it up.
    fn start(&self, stream: &TcpStream, now: SystemTime) -> Vec<u8> {
        let ends = stream.peer_addr().and_then(|peer| Ok((peer, stream.local_addr()?)));
        let notice = match ends.map_or(Peer::Unknown, |(peer, local)| peers::peer(peer, local)) {
            Peer::Own => {
                let url = self.lock().start.take();
                return url.map_or_else(
                    || Refusal::Used.response(now, false),
                    |url| redirect(url.expose(), now),
                );
            }
            Peer::Foreign => Notice::OtherUser,
            Peer::Unknown => Notice::UnknownUser,
        };
        self.say(notice);
        Refusal::OtherUser.response(now, false)
    }

    fn is_ours(&self, callback: &Callback) -> bool {
        self.state.matches(&callback.state)
    }

    /// Reads until the request, the input or the time ends. In the last two cases the result is
    /// [`Parsed::More`]. The deadline is absolute, so slow single bytes do not extend it.
    fn read_request(&self, input: &Input, deadline: Instant) -> Parsed {
        let mut parser = RequestParser::new(&self.expected);
        let mut bytes = [0; 4096];
        loop {
            match input.read_until(&mut bytes, deadline) {
                0 => return Parsed::More,
                count => match parser.feed(&bytes[..count]) {
                    Parsed::More => {}
                    decided => return decided,
                },
            }
        }
    }

    /// Stores the first callback and waits for the last page. `None` for a different callback with
    /// the same state, which has been used.
    fn hold(&self, callback: Callback, id: Option<u64>) -> Option<Arc<[u8]>> {
        let mut inner = self.lock();
        if inner.answer.as_ref().is_some_and(|answer| *answer != callback) {
            return None;
        }
        let first = inner.answer.replace(callback).is_none();
        inner.enter_phase(id, Phase::Held);
        drop(inner);
        if first {
            // Fails if the wait has ended. Then the last page will be sent soon.
            let _ = self.events.send(WaitEvent::Settled);
        }
        self.changed.notify_all();
        self.changed
            .wait_while(self.lock(), |inner| inner.last.is_none())
            .unwrap_or_else(PoisonError::into_inner)
            .last
            .clone()
    }

    /// Sends an answer, closes the sending half, then reads what the peer still sends (RFC 9112
    /// §9.6).
    fn reply(&self, input: &Input, id: Option<u64>, response: &[u8]) {
        self.lock().enter_phase(id, Phase::Answering);
        let deadline = Instant::now() + self.limits.drain;
        // An answer fits the send buffer. The timeout is for systems where it does not.
        let mut stream = &input.stream;
        let sent = stream
            .set_write_timeout(Some(self.limits.drain))
            .and_then(|()| stream.write_all(response))
            .and_then(|()| stream.shutdown(Shutdown::Write));
        // Large, because each read costs two system calls, and those are slow on some systems.
        let mut bytes = [0; 64 * 1024];
        while sent.is_ok() && input.read_until(&mut bytes, deadline) > 0 {}
    }

    /// Tells the waiting person something, once for each kind of notice.
    fn say(&self, notice: Notice) {
        let kind = std::mem::discriminant(&notice);
        let mut inner = self.lock();
        if inner.said.contains(&kind) {
            return;
        }
        inner.said.push(kind);
        drop(inner);
        // Fails if the wait has ended.
        let _ = self.events.send(WaitEvent::Notice(notice));
    }
}

impl Inner {
    fn enter_phase(&mut self, id: Option<u64>, phase: Phase) {
        if let Some(connection) = self.connections.iter_mut().find(|one| Some(one.id) == id) {
            connection.phase = phase;
        }
    }
}

/// Closes the oldest connection that has not sent a request, or else the oldest that is being
/// answered. False if all of them hold the callback.
fn evict(inner: &mut Inner) -> bool {
    let oldest = |phase| inner.connections.iter().position(|one| one.phase == phase);
    let at = oldest(Phase::Reading).or_else(|| oldest(Phase::Answering));
    if let Some(at) = at {
        inner.connections.remove(at).input.end();
    }
    at.is_some()
}

/// Whether the connection was closed before it was accepted, or a signal arrived.
fn is_momentary(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Interrupted | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
