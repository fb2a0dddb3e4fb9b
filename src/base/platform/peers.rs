//! Finds out which user owns the other end of a connection on this machine. Only Linux reports it,
//! in `/proc/net/tcp` and `/proc/net/tcp6` (proc(5)).

#![cfg_attr(
    not(target_os = "linux"),
    allow(
        dead_code,
        reason = "other systems have no such tables; the parser is tested everywhere"
    )
)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// One socket of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Socket {
    local: SocketAddr,
    remote: SocketAddr,
    state: u8,
    user: u32,
    inode: u64,
}

/// `TCP_ESTABLISHED`.
const ESTABLISHED: u8 = 1;
/// `TCP_LISTEN`.
const LISTEN: u8 = 10;

/// Reads one line of a table. `None` for the heading and for malformed lines.
fn socket(line: &str) -> Option<Socket> {
    let mut words = line.split_ascii_whitespace();
    let slot = words.next()?;
    if !slot.strip_suffix(':')?.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (local, remote) = (address(words.next()?)?, address(words.next()?)?);
    let state = u8::from_str_radix(words.next()?, 16).ok()?;
    // Queues, timer, retransmissions.
    let user = words.nth(3)?.parse().ok()?;
    let inode = words.nth(1)?.parse().ok()?;
    Some(Socket { local, remote, state, user, inode })
}

/// Reads `ADDRESS:PORT`. The address is printed as 32-bit words in this machine's byte order, the
/// port as a number. An IPv4 address in the IPv6 table becomes an IPv4 address.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = [0; 16];
    if !ip.bytes().all(|byte| byte.is_ascii_hexdigit()) || !matches!(ip.len(), 8 | 32) {
        return None;
    }
    for (at, chunk) in bytes.chunks_exact_mut(4).take(ip.len() / 8).enumerate() {
        let word = u32::from_str_radix(&ip[at * 8..at * 8 + 8], 16).ok()?;
        chunk.copy_from_slice(&word.to_ne_bytes());
    }
    let ip = if ip.len() == 8 {
        IpAddr::V4(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]))
    } else {
        Ipv6Addr::from(bytes).to_canonical()
    };
    Some(SocketAddr::new(ip, port))
}

/// Whether the socket at `peer`, connected to `local`, belongs to `user` or to root. `None` if it
/// is in no table.
///
/// A socket that its process has closed has no inode and is listed as root's, so it proves nothing.
fn owned(tables: &[&str], peer: SocketAddr, local: SocketAddr, user: u32) -> Option<bool> {
    let mut found = tables
        .iter()
        .flat_map(|table| table.lines())
        .filter_map(socket)
        .filter(|socket| socket.local == peer && socket.remote == local)
        .peekable();
    found.peek()?;
    Some(found.all(|socket| {
        socket.state == ESTABLISHED
            && socket.inode != 0
            && (socket.user == user || socket.user == 0)
    }))
}

/// Whether the tables show the listening socket at `local` with owner `user`. Only then can they be
/// trusted about a peer.
fn shows(tables: &[&str], local: SocketAddr, user: u32) -> bool {
    tables.iter().flat_map(|table| table.lines()).filter_map(socket).any(|socket| {
        socket.local == local && socket.state == LISTEN && socket.user == user && socket.inode != 0
    })
}

/// The owner of the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// This user, or root.
    Own,
    /// Another user.
    Foreign,
    /// The system does not report it.
    Unknown,
}

#[cfg(target_os = "linux")]
mod imp {
    use super::{Peer, SocketAddr};
    use std::fs::File;
    use std::io::{self, Read};

    /// Enough for hundreds of thousands of sockets.
    const MAX_TABLE: u64 = 64 << 20;

    fn tables() -> Vec<String> {
        ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
            .into_iter()
            .filter_map(|path| read(path).ok())
            .collect()
    }

    fn read(path: &str) -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?.take(MAX_TABLE).read_to_string(&mut text)?;
        Ok(text)
    }

    fn with<T>(ask: impl FnOnce(&[&str], u32) -> T) -> T {
        let tables = tables();
        let tables: Vec<_> = tables.iter().map(String::as_str).collect();
        ask(&tables, rustix::process::geteuid().as_raw())
    }

    pub(super) fn peer(peer: SocketAddr, local: SocketAddr) -> Peer {
        match with(|tables, user| super::owned(tables, peer, local, user)) {
            Some(true) => Peer::Own,
            Some(false) => Peer::Foreign,
            None => Peer::Unknown,
        }
    }

    pub(super) fn tells_peers(local: SocketAddr) -> bool {
        with(|tables, user| super::shows(tables, local, user))
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use super::{Peer, SocketAddr};

    pub(super) fn peer(_: SocketAddr, _: SocketAddr) -> Peer {
        Peer::Unknown
    }

    pub(super) fn tells_peers(_: SocketAddr) -> bool {
        false
    }
}

/// The owner of the socket at `peer`, which is connected to ours at `local`.
pub(crate) fn peer(peer: SocketAddr, local: SocketAddr) -> Peer {
    imp::peer(peer, local)
}

/// Whether this system reports the owner of a peer. `local` is a listening socket of this process,
/// which the system's tables must contain.
pub(crate) fn tells_peers(local: SocketAddr) -> bool {
    imp::tells_peers(local)
}

#[cfg(test)]
mod tests;
