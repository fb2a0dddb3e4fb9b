//! Resolves host names and caches the addresses for a short time.
//!
//! ureq resolves before every request, even if it reuses a connection. Its own resolver starts a
//! thread each time, and panics if that fails.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long addresses are cached.
const CACHED_FOR: Duration = Duration::from_secs(30);

/// The most addresses that ureq accepts.
const MAX_ADDRESSES: usize = 16;

/// The resolved addresses of each `host:port`, and when they were resolved. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses(Arc<Mutex<Cache>>);

type Cache = HashMap<String, (Instant, Vec<SocketAddr>)>;

impl Addresses {
    /// Clears the cache. Call it if an address could not be reached.
    pub(super) fn forget(&self) {
        self.cache().clear();
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached_or_looked_up(
        &self,
        host: &str,
        timeout: NextTimeout,
    ) -> Result<Vec<SocketAddr>, Error> {
        if let Some(addresses) = without_dns(host) {
            return Ok(addresses);
        }
        if let Some((since, addresses)) = self.cache().get(host)
            && since.elapsed() < CACHED_FOR
        {
            return Ok(addresses.clone());
        }
        let found = look_up(host, timeout)?;
        self.remember(host, found.clone());
        Ok(found)
    }

    /// Caches the addresses of a `host:port`.
    pub(super) fn remember(&self, host: &str, addresses: Vec<SocketAddr>) {
        self.cache().insert(host.to_owned(), (Instant::now(), addresses));
    }

    /// Whether the cache is empty.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.cache().is_empty()
    }
}

impl Resolver for Addresses {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri
            .scheme()
            .zip(uri.authority())
            .and_then(|(scheme, authority)| DefaultResolver::host_and_port(scheme, authority))
            .ok_or_else(|| Error::BadUri("it has no host and port".to_owned()))?;
        let mut found = self.empty();
        for address in self.cached_or_looked_up(&host, timeout)?.into_iter().take(MAX_ADDRESSES) {
            found.push(address);
        }
        if found.is_empty() { Err(Error::HostNotFound) } else { Ok(found) }
    }
}

/// Addresses that need no DNS: IP addresses and localhost. `/etc/hosts` is ignored for localhost,
/// because it could send a token to another machine (RFC 6761 §6.3).
fn without_dns(host: &str) -> Option<Vec<SocketAddr>> {
    if let Ok(address) = host.parse() {
        return Some(vec![address]);
    }
    let (name, port) = host.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let local = name.eq_ignore_ascii_case("localhost");
    local.then(|| vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()])
}

/// Resolves in a separate thread, so that the caller can stop waiting.
fn look_up(host: &str, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let (answer, answered) = sync_channel(1);
    let resolve = {
        let host = host.to_owned();
        move || -> io::Result<Vec<SocketAddr>> { Ok(host.to_socket_addrs()?.collect()) }
    };
    let asked = resolve.clone();
    let thread = thread::Builder::new().name("resolver".into()).spawn(move || {
        // The caller may have stopped waiting.
        let _ = answer.send(asked());
    });
    match thread {
        Ok(_) => {
            answered.recv_timeout(*timeout.after).map_err(|_| Error::Timeout(timeout.reason))?
        }
        // Without a thread, the system's own timeout applies.
        Err(_) => resolve(),
    }
    .map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::without_dns;

    #[test]
    fn localhost_is_never_looked_up() {
        for (host, expected) in [
            ("localhost:80", Some("127.0.0.1:80 [::1]:80")),
            ("LocalHost:4400", Some("127.0.0.1:4400 [::1]:4400")),
            ("127.0.0.1:4400", Some("127.0.0.1:4400")),
            ("[::1]:4400", Some("[::1]:4400")),
            ("acme.eu.auth0.com:443", None),
            ("localhost.example:443", None),
        ] {
            let found = without_dns(host)
                .map(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
            assert_eq!(found.as_deref(), expected, "{host}");
        }
    }
}
