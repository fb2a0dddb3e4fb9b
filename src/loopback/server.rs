//! The running listener, as its owner uses it.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::base::secret::Secret;
use crate::loopback::connections::{Inner, ListenerLimits, ListenerState, Phase};
use crate::loopback::event::WaitEvent;
use crate::loopback::page::Page;
use crate::loopback::request::Expected;
use crate::oauth::callback::Callback;

/// The running listener. Dropping it closes everything.
#[derive(Debug)]
pub(super) struct Server {
    shared: Arc<ListenerState>,
    addresses: Vec<SocketAddr>,
}

impl Server {
    /// Starts to accept connections.
    pub(super) fn start(
        sockets: Vec<TcpListener>,
        expected: Expected,
        state: Secret,
        start: Option<Secret>,
        limits: ListenerLimits,
        events: &SyncSender<WaitEvent>,
    ) -> io::Result<Self> {
        let mut server = Self {
            shared: Arc::new(ListenerState::new(expected, state, start, limits, events.clone())),
            addresses: Vec::new(),
        };
        for socket in sockets {
            let address = socket.local_addr()?;
            let thread = server.shared.enter(None);
            thread::Builder::new().name("callback port".into()).spawn(move || {
                thread.shared.accept(&socket);
                // Close the port before the thread reports its end.
                drop(socket);
                drop(thread);
            })?;
            server.addresses.push(address);
        }
        Ok(server)
    }

    /// The callback, if it has arrived.
    pub(super) fn answer(&self) -> Option<Callback> {
        self.shared.lock().answer.clone()
    }

    /// Accepts a callback from elsewhere, unless there is one already.
    pub(super) fn settle(&self, callback: Callback) {
        self.shared.lock().answer.get_or_insert(callback);
    }

    /// Closes every connection that has not sent a request yet, and waits briefly until only those
    /// with the callback remain. The token request and the profile's file need the file
    /// descriptors.
    pub(super) fn end_strangers(&self) {
        let inner = self.shared.lock();
        for connection in inner.connections.iter().filter(|one| one.phase == Phase::Reading) {
            connection.input.end();
        }
        let held =
            |inner: &Inner| inner.connections.iter().filter(|one| one.phase == Phase::Held).count();
        let accepting = self.addresses.len();
        drop(self.shared.changed.wait_timeout_while(inner, self.shared.limits.drain, |inner| {
            inner.threads > held(inner) + accepting
        }));
    }

    /// Shows the page on the connections that wait for it, closes the port and all other
    /// connections, and waits until that is done. Only the first call has an effect.
    pub(super) fn close(&self, page: &Page) {
        let mut inner = self.shared.lock();
        if inner.last.is_some() {
            return;
        }
        inner.last = Some(page.response(SystemTime::now()).into());
        for connection in inner.connections.iter().filter(|one| one.phase == Phase::Reading) {
            connection.input.end();
        }
        drop(inner);
        self.shared.changed.notify_all();
        for address in &self.addresses {
            // Wakes the accept loop. If this is refused, the loop has already ended.
            drop(TcpStream::connect_timeout(address, Duration::from_millis(200)));
        }
        let (inner, waited) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), self.shared.limits.finish, |inner| {
                inner.threads > 0
            })
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            for connection in &inner.connections {
                // Fails if the peer has already closed the connection, which is fine.
                let _ = connection.input.stream.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close(&Page::Failed {
            what: "The login was not completed.".into(),
            next: "The terminal says why. You may close this tab.".into(),
        });
    }
}

#[cfg(test)]
use crate::loopback::connections::Connection;

#[cfg(test)]
impl Server {
    /// Waits until `count` connections hold the callback.
    pub(super) fn await_held(&self, count: usize) {
        let held = |one: &&Connection| one.phase == Phase::Held;
        drop(self.shared.changed.wait_while(self.shared.lock(), |inner| {
            inner.connections.iter().filter(held).count() < count
        }));
    }
}
