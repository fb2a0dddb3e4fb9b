//! The socket tables as Linux prints them on a little-endian machine.

#![cfg(target_endian = "little")]

use crate::base::platform::peers::*;

const HEADING: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

/// Port 5000 (1388) listens for user 1000; users 1000, 1001 and 0 are connected to it.
const TCP: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100 0 0 10 0
   1: 0100007F:A001 0100007F:1388 01 00000000:00000000 00:00000000 00000000  1000        0 41002 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:A002 0100007F:1388 01 00000000:00000000 02:000003E8 00000000  1001        0 41003 2 0000000000000000 20 4 30 10 -1
   3: 0100007F:A003 0100007F:1388 01 00000000:00000000 00:00000000 00000000     0        0 41004 1 0000000000000000 20 4 30 10 -1
   4: 0100007F:A004 0100007F:1388 06 00000000:00000000 03:00001750 00000000     0        0 0 3 0000000000000000
   5: 0100007F:A005 0100007F:1388 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000
   6: 0100007F:1388 0100007F:A001 01 00000000:00000000 00:00000000 00000000  1000        0 41005 1 0000000000000000 20 4 30 10 -1
";

/// An IPv6 peer of user 1000, and an IPv4 peer of user 1001 on an IPv6 socket.
const TCP6: &str = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:A001 00000000000000000000000001000000:1388 01 00000000:00000000 00:00000000 00000000  1000        0 42001 1 0000000000000000 20 4 30 10 -1
   1: 0000000000000000FFFF00000100007F:A006 0000000000000000FFFF00000100007F:1388 01 00000000:00000000 00:00000000 00000000  1001        0 42002 1 0000000000000000 20 4 30 10 -1
   2: 0000000000000000FFFF00000100007F:A007 0000000000000000FFFF00000100007F:1388 01 00000000:00000000 00:00000000 00000000  1000        0 42003 1 0000000000000000 20 4 30 10 -1
";

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

fn own(peer: &str) -> Option<bool> {
    let local = if peer.starts_with('[') { "[::1]:5000" } else { "127.0.0.1:5000" };
    owned(&[TCP, TCP6], at(peer), at(local), 1000)
}

#[test]
fn the_peers_socket_tells_its_user() {
    assert_eq!(own("127.0.0.1:40961"), Some(true));
    assert_eq!(own("127.0.0.1:40962"), Some(false), "another user");
    assert_eq!(own("127.0.0.1:40963"), Some(true), "root");
    assert_eq!(own("[::1]:40961"), Some(true));
    assert_eq!(own("127.0.0.1:40966"), Some(false), "another user, on an IPv6 socket");
    assert_eq!(own("127.0.0.1:40967"), Some(true), "this user, on an IPv6 socket");
    assert_eq!(own("127.0.0.1:40999"), None, "in no table");
    assert_eq!(own("[::1]:40962"), None, "the other address family");
}

/// The tables name root as the user of a socket that no process has open any more.
#[test]
fn a_closed_socket_proves_nothing() {
    assert_eq!(own("127.0.0.1:40964"), Some(false), "TIME_WAIT");
    assert_eq!(own("127.0.0.1:40965"), Some(false), "FIN_WAIT2");
}

#[test]
fn every_socket_of_the_pair_must_be_trusted() {
    let twice = TCP.replace(":A002 ", ":A001 ");
    assert_eq!(owned(&[&twice], at("127.0.0.1:40961"), at("127.0.0.1:5000"), 1000), Some(false));
}

#[test]
fn tables_are_trusted_only_if_they_show_our_listener() {
    assert!(shows(&[TCP, TCP6], at("127.0.0.1:5000"), 1000));
    assert!(!shows(&[TCP, TCP6], at("127.0.0.1:5000"), 1001));
    assert!(!shows(&[TCP, TCP6], at("127.0.0.1:40961"), 1000), "connected, not listening");
    assert!(!shows(&[TCP, TCP6], at("[::1]:5000"), 1000));
    assert!(!shows(&[HEADING], at("127.0.0.1:5000"), 1000));
    assert!(!shows(&[], at("127.0.0.1:5000"), 1000));
}

#[test]
fn malformed_tables_do_not_panic() {
    for cut in 0..TCP.len() {
        let table = &TCP[cut..];
        let _ = owned(&[table], at("127.0.0.1:40961"), at("127.0.0.1:5000"), 1000);
        let _ = socket(&TCP[..cut]);
    }
    for line in [
        "",
        ":",
        "0:",
        "0: :",
        "0: 0100007F 0 0 0",
        "0: ééééé:1388 x",
        "0: 0100007é:1388 a",
        "0: 0100007F:99999 0100007F:1 01 0 0 0 1 0 1",
        "0: +1000007:1388 0100007F:1 01 0 0 0 1 0 1",
    ] {
        assert_eq!(socket(line), None, "{line}");
    }
}

/// A connection made here appears in the system's own table.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_of_this_process_is_its_own() {
    use std::net::{TcpListener, TcpStream};
    for host in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(host) else { continue }; // no IPv6
        let local = listener.local_addr().unwrap();
        assert!(tells_peers(local));
        let client = TcpStream::connect(local).unwrap();
        let (_served, address) = listener.accept().unwrap();
        assert_eq!(peer(address, local), Peer::Own);
        assert_eq!(peer(local, address), Peer::Own, "the served side is this user's too");
        drop(client);
    }
}
