//! Strangers at the callback port of a real login: each gets its proper answer or a closed
//! connection, and none ends, delays or crashes the wait.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::support::{Browser, Home, Page, Running, Tenant, exchange, get, parameter};

/// A login that waits, and where.
struct Waiting {
    tenant: Tenant,
    home: Home,
    login: Running,
    url: String,
    /// `127.0.0.1:PORT`.
    authority: String,
}

impl Waiting {
    fn new() -> Self {
        let (tenant, home) = (Tenant::new(), Home::new());
        let (login, url) = tenant.login_begun(&home, &["--profile", "p"]);
        let redirect_uri = parameter(&url, "redirect_uri");
        let authority = redirect_uri["http://".len()..].split('/').next().unwrap().to_owned();
        Self { tenant, home, login, url, authority }
    }

    fn send(&self, request: &str) -> Option<Page> {
        exchange(&self.authority, request)
    }

    /// The answer's status to `METHOD TARGET` with the right `Host`.
    fn status(&self, method: &str, target: &str) -> u16 {
        let Self { authority, .. } = self;
        self.send(&format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n"))
            .unwrap()
            .status
    }

    fn open(&self) -> TcpStream {
        TcpStream::connect(&self.authority).unwrap()
    }

    /// The person signs in at last; one token request came of it all.
    #[track_caller]
    fn ends_well(self) {
        let page = Browser::new(&self.tenant).sign_in(&self.url);
        assert!(page.body.contains("You are signed in to"), "{page:?}");
        self.login.wait().exits(0).prints("");
        assert_eq!(self.tenant.token_requests(), 1);
        assert!(self.home.profile("p").token.is_some());
    }
}

#[test]
fn every_stranger_gets_its_answer_and_the_login_goes_on() {
    let waiting = Waiting::new();
    let (authority, state) = (&waiting.authority, parameter(&waiting.url, "state"));
    let port = authority.split(':').nth(1).unwrap();
    let right = format!("/callback?code=stolen&state={state}");

    assert_eq!(waiting.status("GET", "/favicon.ico"), 404);
    assert_eq!(waiting.status("GET", "/"), 404);
    assert_eq!(waiting.status("GET", "/callback/"), 404);
    // The right state with another method, or for another host, is no callback.
    for method in ["HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"] {
        let page = waiting.send(&format!(
            "{method} {right} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 0\r\n\r\n"
        ));
        let page = page.unwrap();
        assert_eq!(page.status, 405, "{method}");
        assert_eq!(page.header("allow"), Some("GET"));
        assert_eq!(page.body.is_empty(), method == "HEAD", "{page:?}");
        assert_eq!(page.header("access-control-allow-origin"), None);
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    let rebound = format!("evil.example:{port}");
    for host in [rebound.as_str(), "127.0.0.1:1", "127.0.0.1.evil.example", "", "127.0.0.1"] {
        let request = format!("GET {right} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(waiting.send(&request).unwrap().status, 400, "Host: {host}");
    }
    for headers in [
        String::new(),
        format!("Host: {authority}\r\nHost: {authority}\r\n"),
        format!("Host : {authority}\r\n"),
    ] {
        let request = format!("GET {right} HTTP/1.1\r\n{headers}\r\n");
        assert_eq!(waiting.send(&request).unwrap().status, 400, "{headers:?}");
    }
    let wrong = "A".repeat(43);
    for query in [
        "",
        "?code=a",
        "?code=a&state=",
        &format!("?code=a&state={wrong}"),
        &format!("?code=a&state={}", &state[..42]),
        &format!("?code=a&state={state}x"),
        &format!("?code=a&state={state}&state={state}"),
        &format!("?code=a&code=b&state={state}"),
        &format!("?code=a&error=b&state={state}"),
        &format!("?state={state}"),
        &format!("?code=%zz&state={state}"),
        &format!("?code=%&state={state}"),
        &format!("?code=%ff%fe&state={state}"),
        &format!("?code=%0d%0aX&state={state}"),
    ] {
        assert_eq!(waiting.status("GET", &format!("/callback{query}")), 400, "{query}");
    }
    for nonsense in [
        "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET /callback HTTP/2.0\r\n\r\n",
        "GET /callback\r\n\r\n",
        &format!("GET  {right} HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
        &format!("GET {right} HTTP/1.1\r\nHost: {authority}\r\n folded: x\r\n\r\n"),
        "CONNECT 127.0.0.1:80 HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        assert_eq!(waiting.send(nonsense).unwrap().status, 400, "{nonsense:?}");
    }
    let megabyte = "x".repeat(1 << 20);
    assert_eq!(waiting.status("GET", &format!("/callback?code={megabyte}")), 414);
    let cookies =
        format!("GET {right} HTTP/1.1\r\nHost: {authority}\r\nCookie: {megabyte}\r\n\r\n");
    assert_eq!(waiting.send(&cookies).unwrap().status, 431);

    // A TLS hello is not answered: nobody there would understand it. The person hears of it.
    assert!(waiting.send("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}").is_none());
    let said = waiting.login.hears("https:// on the callback port");
    // Each kind of stranger is told of once, and with none of its bytes.
    assert_eq!(said.matches("belongs to another login").count(), 1, "{said}");
    assert!(!said.contains("stolen") && !said.contains(&wrong), "{said}");

    assert_eq!(waiting.tenant.token_requests(), 0);
    waiting.ends_well();
}

#[test]
fn the_callback_gets_through_fifty_that_hold_the_line() {
    let waiting = Waiting::new();
    // Some say nothing, some begin and stop; all of them stay.
    let begun = ["", "G", "GET /callback", "GET /callback HTTP/1.1\r\nHost: "];
    let idle: Vec<_> = (0..50)
        .map(|number| {
            let mut stream = waiting.open();
            stream.write_all(begun[number % begun.len()].as_bytes()).unwrap();
            stream
        })
        .collect();
    waiting.ends_well();
    // They were closed, each of them, before the process ended.
    for mut stream in idle {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        assert!(!matches!(stream.read(&mut [0]), Ok(1..)), "an answer to no question");
    }
}

#[test]
fn five_hundred_more_than_are_kept_do_no_harm() {
    let waiting = Waiting::new();
    let crowd: Vec<_> = (0..500).map(|_| waiting.open()).collect();
    waiting.ends_well();
    drop(crowd);
}

#[test]
fn whoever_drips_and_whoever_floods_delays_nobody() {
    let waiting = Waiting::new();
    let mut drip = waiting.open();
    let dripping = thread::spawn(move || {
        // One byte, then another a second later, until it is closed on.
        let bytes = b"GET /callback?".iter().cycle();
        for byte in bytes {
            if drip.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    });
    let mut flood = waiting.open();
    let flooding = thread::spawn(move || {
        let bytes = vec![b'x'; 1 << 16];
        while flood.write_all(&bytes).is_ok() {}
    });
    waiting.ends_well();
    flooding.join().unwrap();
    dripping.join().unwrap();
}

#[test]
fn a_callback_delivered_twice_is_one_token_request_and_one_page() {
    let waiting = Waiting::new();
    let callback = Browser::new(&waiting.tenant).callback(&waiting.url);
    // A tenant that takes its time: both tabs are there before the exchange is over.
    waiting.tenant.configure(|config| config.latency = Duration::from_millis(300));
    let tabs: Vec<_> = (0..2)
        .map(|_| {
            let callback = callback.clone();
            thread::spawn(move || get(&callback))
        })
        .collect();
    for tab in tabs {
        let page = tab.join().unwrap();
        assert!(page.body.contains("You are signed in to"), "{page:?}");
    }
    waiting.login.wait().exits(0);
    assert_eq!(waiting.tenant.token_requests(), 1);
}

#[test]
fn another_code_with_the_same_state_comes_too_late() {
    let waiting = Waiting::new();
    let callback = Browser::new(&waiting.tenant).callback(&waiting.url);
    waiting.tenant.configure(|config| {
        config.faults =
            vec![auth0_emulator::Fault::always(auth0_emulator::FaultKind::Stall, "/oauth/token")]
    });
    let state = parameter(&waiting.url, "state");
    let first = {
        let (authority, callback) = (waiting.authority.clone(), callback.clone());
        let path = callback[callback.find("/callback").unwrap()..].to_owned();
        let mut stream = waiting.open();
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n\r\n").as_bytes())
            .unwrap();
        stream
    };
    while waiting.tenant.token_requests() == 0 {
        thread::yield_now();
    }
    assert_eq!(waiting.status("GET", &format!("/callback?code=late&state={state}")), 400);
    assert_eq!(waiting.status("GET", "/favicon.ico"), 404, "the rest is answered as before");
    assert_eq!(waiting.tenant.token_requests(), 1);
    // The first tab goes on loading: how it ends is not known before the exchange has ended.
    first.set_nonblocking(true).unwrap();
    let nothing_yet = (&first).read(&mut [0]).unwrap_err();
    assert_eq!(nothing_yet.kind(), std::io::ErrorKind::WouldBlock);
    drop((first, waiting.login));
}
