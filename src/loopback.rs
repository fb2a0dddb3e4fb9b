//! The loopback listener that receives the callback of a browser login (RFC 8252 §7.3, §8.3).
//!
//! Every process and every web page on this machine can connect to it, so it only accepts one
//! thing: a callback with the right `state`. Each other connection gets a proper answer from its
//! own thread and changes nothing. The tab with the callback waits until the caller knows how the
//! login ended, and then shows that.

mod connections;
mod event;
mod input;
pub(crate) mod page;
mod redirect;
#[doc(hidden)]
pub mod request;
mod server;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Instant;

pub use page::Page;
pub use redirect::{LoopbackHost, RedirectUri};

use crate::base::error::{Error, ErrorKind};
use crate::base::platform::desktop::{MACOS, WINDOWS};
use crate::base::secret::Secret;
use crate::hint;
use crate::loopback::connections::ListenerLimits;
use crate::loopback::event::{Notice, WaitEvent};
use crate::loopback::request::Expected;
use crate::loopback::server::Server;
use crate::oauth::callback::{Callback, PasteError, parse_pasted};
use crate::oauth::pkce::RandomToken;

/// A bound port, before the browser is opened. The system queues connections from here on.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
    redirect_uri: String,
    expected: Expected,
    /// The authorization URL that the one-time address redirects to.
    start: Option<Secret>,
    sender: SyncSender<WaitEvent>,
    events: Receiver<WaitEvent>,
    limits: ListenerLimits,
}

impl Listener {
    /// Binds the first of the redirect URIs whose port is free. For `localhost`, the port must be
    /// free on 127.0.0.1 and on \[::1\].
    pub fn bind(uris: &[RedirectUri]) -> Result<Self, Error> {
        let mut failures = Vec::new();
        for uri in uris {
            match bind(uri.host(), uri.port()) {
                Ok((sockets, port)) => {
                    let (sender, events) = mpsc::sync_channel(32);
                    return Ok(Self {
                        sockets,
                        redirect_uri: uri.with_port(port),
                        expected: Expected { path: uri.path().to_owned(), port, start: None },
                        start: None,
                        sender,
                        events,
                        limits: ListenerLimits::default(),
                    });
                }
                Err(why) => failures.push((uri.port(), why)),
            }
        }
        Err(cannot_listen(failures, MACOS))
    }

    /// The redirect URI to send. If the system chose the port, it contains that one.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The address of the first socket.
    ///
    /// # Errors
    /// Any error of the system.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.sockets.first().ok_or(io::ErrorKind::NotConnected)?.local_addr()
    }

    /// Adds an address to this listener that redirects to `url` once, and only for processes of
    /// this user or root. This keeps `url` secret although every user can read the arguments of the
    /// browser. `token` makes the address unguessable.
    ///
    /// # Errors
    /// The system does not report the listener's own address.
    pub fn redirect_once(&mut self, token: &RandomToken, url: &str) -> io::Result<String> {
        let path = format!("/login/{}", token.secret().expose());
        let address = format!("http://{}{path}", self.address()?);
        self.expected.start = Some(Secret::new(path));
        self.start = Some(Secret::new(url));
        Ok(address)
    }

    /// A handle that lets other threads end [`Listener::wait`].
    pub fn handle(&self) -> Handle {
        Handle(self.sender.clone())
    }

    /// Waits for a callback with this `state`, over HTTP or pasted, with a code or an error.
    /// `notice` is called in this thread with sentences for the person. They contain no bytes of
    /// the senders. Each kind comes once, but every unusable paste is reported.
    ///
    /// Until the [`Tab`] is finished, repeated callbacks wait with it, and every other request is
    /// answered as before.
    pub fn wait(
        self,
        state: &Secret,
        deadline: Option<Instant>,
        notice: &dyn Fn(&str),
    ) -> Result<Answered, WaitError> {
        let url = self.start.clone();
        let server = Server::start(
            self.sockets,
            self.expected,
            state.clone(),
            self.start,
            self.limits,
            &self.sender,
        )
        .map_err(WaitError::Io)?;
        loop {
            // `None` means that the time is up.
            let event = match deadline {
                None => self.events.recv().ok(),
                Some(deadline) => deadline
                    .checked_duration_since(Instant::now())
                    .and_then(|left| self.events.recv_timeout(left).ok()),
            };
            match event {
                Some(WaitEvent::Notice(what)) => {
                    match url.as_ref().filter(|_| what.needs_address()) {
                        Some(url) => notice(&format!(
                            "{what}; open this address in your browser:\n\n  {}\n",
                            url.expose()
                        )),
                        None => notice(&what.to_string()),
                    }
                    continue;
                }
                Some(WaitEvent::Pasted(line)) => {
                    match parse_pasted(line.expose(), &self.redirect_uri) {
                        Ok(callback) if state.matches(&callback.state) => server.settle(callback),
                        Ok(_) => {
                            notice(&Notice::Stale.to_string());
                            continue;
                        }
                        Err(PasteError::Empty) => continue,
                        Err(error) => {
                            notice(&error.to_string());
                            continue;
                        }
                    }
                }
                Some(WaitEvent::Cancelled) => return Err(WaitError::Cancelled),
                Some(WaitEvent::Settled) | None => {}
            }
            return match server.answer() {
                Some(callback) => {
                    server.end_strangers();
                    Ok(Answered { callback, tab: Tab(server) })
                }
                None => Err(WaitError::TimedOut),
            };
        }
    }
}

/// Lets other threads take part in a wait: one reads standard input, one handles Ctrl-C.
#[derive(Clone, Debug)]
pub struct Handle(SyncSender<WaitEvent>);

impl Handle {
    /// Passes on a line that a person pasted: the address that the browser ended on. False if the
    /// wait has ended. Blocks while a few earlier lines are still in the queue.
    pub fn paste(&self, line: impl Into<String>) -> bool {
        self.0.send(WaitEvent::Pasted(Secret::new(line))).is_ok()
    }

    /// Ends the wait with [`WaitError::Cancelled`].
    pub fn cancel(&self) {
        // Fails if the wait has ended already.
        let _ = self.0.send(WaitEvent::Cancelled);
    }
}

/// A callback with the right state, and the tab that brought it.
#[derive(Debug)]
pub struct Answered {
    /// A code or an error. Its `iss` has not been checked.
    pub callback: Callback,
    /// Finish it once it is known how the login ended.
    pub tab: Tab,
}

/// The browser's side of the callback, still loading. If it is dropped unfinished, it says that the
/// login was not completed.
#[derive(Debug)]
pub struct Tab(Server);

impl Tab {
    /// Shows the page in every tab that brought the callback, closes the port, and returns once all
    /// connections are closed properly (RFC 9112 §9.6), after two seconds at most. A pasted
    /// callback has no tab, so only the port is closed.
    pub fn finish(self, page: &Page) {
        self.0.close(page);
    }
}

/// Why there is no callback.
#[derive(Debug)]
pub enum WaitError {
    /// The deadline passed.
    TimedOut,
    /// [`Handle::cancel`] was called.
    Cancelled,
    /// The system cannot start a thread for the listener.
    Io(io::Error),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "no callback arrived in time",
            Self::Cancelled => "the login was cancelled",
            Self::Io(_) => "cannot wait for the callback",
        })
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::TimedOut | Self::Cancelled => None,
        }
    }
}

/// How many ports of the system's choice are tried for `localhost`, which needs the port on both
/// address families.
const PORT_ATTEMPTS: usize = 16;

fn bind(host: LoopbackHost, port: u16) -> Result<(Vec<TcpListener>, u16), String> {
    match host {
        LoopbackHost::V4 => {
            bind_one(Ipv4Addr::LOCALHOST.into(), port).map(|(socket, port)| (vec![socket], port))
        }
        LoopbackHost::V6 => {
            bind_one(Ipv6Addr::LOCALHOST.into(), port).map(|(socket, port)| (vec![socket], port))
        }
        LoopbackHost::Localhost => {
            let attempts = if port == 0 { PORT_ATTEMPTS } else { 1 };
            let mut last = String::new();
            for _ in 0..attempts {
                let (v4, real) = bind_one(Ipv4Addr::LOCALHOST.into(), port)?;
                match TcpListener::bind((Ipv6Addr::LOCALHOST, real)) {
                    Ok(v6) => return Ok((vec![v4, v6], real)),
                    // If another process has the port on IPv6, it would get the callback when the
                    // browser chooses IPv6.
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                        last = format!("[::1]:{real}: {error}");
                    }
                    // This machine has no IPv6, so the browser cannot choose it.
                    Err(_) => return Ok((vec![v4], real)),
                }
            }
            Err(last)
        }
    }
}

fn bind_one(ip: IpAddr, port: u16) -> Result<(TcpListener, u16), String> {
    let address = SocketAddr::new(ip, port);
    TcpListener::bind(address)
        .and_then(|socket| socket.local_addr().map(|local| (socket, local.port())))
        .map_err(|error| {
            // On Windows a port that Hyper-V, WSL or Docker keeps for itself.
            let kept = WINDOWS && error.kind() == io::ErrorKind::PermissionDenied;
            let ranges = if kept {
                "; Windows may keep this port: netsh interface ipv4 show excludedportrange tcp"
            } else {
                ""
            };
            format!("{address}: {error}{ranges}")
        })
}

fn cannot_listen(failures: Vec<(u16, String)>, macos: bool) -> Error {
    if failures.is_empty() {
        return Error::usage("no redirect URI is set")
            .hint("pass one: --redirect-uri http://127.0.0.1:5000/callback");
    }
    let airplay = if macos && failures.iter().any(|(port, _)| *port == 5000) {
        "on a Mac, port 5000 belongs to AirPlay Receiver (System Settings → General → AirDrop & \
         Handoff): turn it off, or "
    } else {
        "end the program that has the port, or "
    };
    let ports: Vec<String> = failures.iter().map(|(port, _)| port.to_string()).collect();
    let (noun, ports) = (if ports.len() == 1 { "port" } else { "ports" }, ports.join(", "));
    let error =
        Error::new(ErrorKind::Failure, format!("cannot listen for the callback on {noun} {ports}"));
    failures.into_iter().fold(error, |error, (_, why)| error.because(why)).hint(hint!(
        "{}pass another callback URL that the application allows: \
         --redirect-uri http://127.0.0.1:PORT/callback",
        airplay
    ))
}

#[cfg(test)]
mod tests;
