//! Proxies: the one that is named is used, whatever its kind, and nothing goes around it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::support::{Home, Ran};

/// A proxy that writes down the first bytes of each connection and answers them.
struct Proxy {
    address: String,
    heard: Receiver<Vec<u8>>,
}

impl Proxy {
    fn new(speak: impl Fn(&mut TcpStream) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, heard) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
                let said = speak(&mut stream);
                if sender.send(said).is_err() {
                    return;
                }
            }
        });
        Self { address, heard }
    }

    /// An HTTP proxy that lets nobody through.
    fn http() -> Self {
        Self::new(|stream| {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && read(stream, 1, &mut head) {}
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            head
        })
    }

    /// A SOCKS5 proxy (RFC 1928) that gives this reply to every request, and hears what comes then.
    fn socks5(reply: u8) -> Self {
        Self::new(move |stream| {
            let mut greeting = Vec::new();
            assert!(read(stream, 2, &mut greeting));
            let methods = greeting[1].into();
            assert!(read(stream, methods, &mut greeting));
            stream.write_all(&[5, 0]).unwrap();
            let mut request = Vec::new();
            assert!(read(stream, 5, &mut request));
            assert_eq!(request[..4], [5, 1, 0, 3], "the proxy resolves the name");
            let rest = usize::from(request[4]) + 2;
            assert!(read(stream, rest, &mut request));
            stream.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let mut said = request[5..5 + rest - 2].to_vec();
            if reply == 0 {
                // What follows is TLS to the tenant: a handshake record.
                assert!(read(stream, 1, &mut said));
            }
            said
        })
    }

    #[track_caller]
    fn hears(&self) -> Vec<u8> {
        self.heard.recv_timeout(Duration::from_secs(30)).expect("nobody came")
    }

    fn heard_nothing(&self) -> bool {
        self.heard.try_recv().is_err()
    }
}

fn read(stream: &mut TcpStream, count: usize, into: &mut Vec<u8>) -> bool {
    let mut bytes = vec![0; count];
    let whole = stream.read_exact(&mut bytes).is_ok();
    into.extend(bytes);
    whole
}

/// Asks a tenant that only a proxy can reach: no resolver knows its name.
fn ask(variables: &[(&str, &str)]) -> Ran {
    let home = Home::new();
    let mut command = home
        .command("auth0-api")
        .args(&["clients", "--max-retries", "0", "--timeout", "20s"])
        .env("AUTH0_DOMAIN", "tenant.invalid")
        .env("AUTH0_ACCESS_TOKEN", "t");
    for (name, value) in variables {
        command = command.env(name, value);
    }
    command.run()
}

/// A variable as messages name it. On Windows case makes no difference.
fn said(variable: &str) -> String {
    if cfg!(windows) { variable.to_uppercase() } else { variable.to_owned() }
}

const CONNECT: &[u8] = b"CONNECT tenant.invalid:443 ";

#[test]
fn a_socks_proxy_is_used_and_resolves_the_name() {
    for variable in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] {
        let proxy = Proxy::socks5(0);
        let url = format!("socks5h://{}", proxy.address);
        ask(&[(variable, &url)]).exits(7).prints("");
        assert_eq!(proxy.hears(), b"tenant.invalid\x16", "{variable}");
    }
}

#[test]
fn what_a_socks_proxy_refuses_does_not_go_directly() {
    let proxy = Proxy::socks5(2);
    let url = format!("socks5h://{}", proxy.address);
    ask(&[("ALL_PROXY", &url)])
        .exits(7)
        .says("the proxy refused to connect to tenant.invalid")
        .says("check ALL_PROXY");
    assert_eq!(proxy.hears(), b"tenant.invalid");
    // One that is not there is an error too, and so is one of a kind that does not exist.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    ask(&[("ALL_PROXY", &format!("socks5h://{gone}"))]).exits(7).says("cannot reach the proxy");
    for url in ["socks6://127.0.0.1:1", "ftp://127.0.0.1:1", "not a proxy", "http://"] {
        ask(&[("https_proxy", url)])
            .exits(2)
            .says(&format!("{} is not the address of a proxy", said("https_proxy")))
            .hides("127.0.0.1:1");
    }
}

#[test]
fn https_proxy_comes_before_all_proxy_and_lower_case_before_upper_case() {
    for (used, unused) in [
        ("HTTPS_PROXY", "ALL_PROXY"),
        ("HTTPS_PROXY", "all_proxy"),
        ("https_proxy", "ALL_PROXY"),
        ("https_proxy", "HTTPS_PROXY"),
        ("all_proxy", "ALL_PROXY"),
    ] {
        if said(used) == said(unused) {
            continue; // one variable
        }
        let (a, b) = (Proxy::http(), Proxy::http());
        let (url_a, url_b) = (format!("http://{}", a.address), format!("http://{}", b.address));
        ask(&[(used, &url_a), (unused, &url_b)]).exits(7).says(&format!("check {}", said(used)));
        assert!(a.hears().starts_with(CONNECT), "{used}");
        assert!(b.heard_nothing(), "{unused} was used beside {used}");
    }
    // curl reads no proxy for HTTPS from HTTP_PROXY.
    let other = Proxy::http();
    ask(&[("HTTP_PROXY", &format!("http://{}", other.address))]).exits(7);
    assert!(other.heard_nothing());
}

#[test]
fn no_proxy_is_honoured_for_every_kind() {
    for scheme in ["http", "socks5h"] {
        for (name, value, direct) in [
            ("NO_PROXY", "tenant.invalid", true),
            ("no_proxy", "other.example, .invalid", true),
            ("NO_PROXY", "*", true),
            ("NO_PROXY", "nant.invalid", false),
        ] {
            let proxy = if scheme == "http" { Proxy::http() } else { Proxy::socks5(2) };
            let url = format!("{scheme}://{}", proxy.address);
            let ran = ask(&[("HTTPS_PROXY", &url), (name, value)]).exits(7);
            assert_eq!(ran.stderr.contains("does not exist"), direct, "{ran:?}");
            assert_eq!(proxy.heard_nothing(), direct, "{scheme} {name}={value}");
        }
    }
}
