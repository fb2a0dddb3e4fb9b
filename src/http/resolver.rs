//! Addresses of hosts, asked for once and then remembered for a while.
//!
//! ureq asks before every request, also where an open connection is there to be used, and starts a
//! thread for each question so that it can be given up: in a list that is a thread a page, and
//! without a cache on the machine a question to a name server.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// A host that has moved is found again after this.
const KEPT: Duration = Duration::from_secs(30);

/// Asks the system, and remembers.
#[derive(Debug, Default)]
pub(super) struct Remembering {
    system: DefaultResolver,
    known: Mutex<HashMap<String, (Instant, Vec<SocketAddr>)>>,
}

impl Resolver for Remembering {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri
            .scheme()
            .zip(uri.authority())
            .and_then(|(scheme, authority)| DefaultResolver::host_and_port(scheme, authority));
        let Some(host) = host else { return self.system.resolve(uri, config, timeout) };
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, addresses)) = known().get(&host)
            && since.elapsed() < KEPT
        {
            let mut found = self.empty();
            addresses.iter().for_each(|address| found.push(*address));
            return Ok(found);
        }
        let found = self.system.resolve(uri, config, timeout)?;
        known().insert(host, (Instant::now(), found.to_vec()));
        Ok(found)
    }
}
