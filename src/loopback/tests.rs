//! The listener over real sockets. Whatever it receives first, the right callback succeeds.

mod ending;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::*;
use crate::oauth::callback::Outcome;

/// Ends a test that hangs. Passing tests take far less.
const SAFETY: Duration = Duration::from_secs(60);

/// More bytes than the system's buffers hold, so the sender blocks unless they are read.
const MANY: usize = 16 << 20;

fn state() -> Secret {
    Secret::new("S")
}

fn listener() -> Listener {
    Listener::bind(&[RedirectUri::parse("http://127.0.0.1:0/callback").unwrap()]).unwrap()
}

fn address(listener: &Listener) -> SocketAddr {
    listener.sockets[0].local_addr().unwrap()
}

fn safety() -> Option<Instant> {
    Some(Instant::now() + SAFETY)
}

fn signed_in() -> Page {
    Page::SignedIn { domain: "acme.eu.auth0.com".into(), name: Some("Ada".into()) }
}

fn get(at: SocketAddr, target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {at}\r\n\r\n")
}

fn valid(at: SocketAddr) -> String {
    get(at, "/callback?code=c&state=S")
}

fn connect(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(SAFETY)).unwrap();
    stream
}

/// Sends everything and reads to the end. A reset is an error.
fn exchange(at: SocketAddr, request: impl AsRef<[u8]>) -> io::Result<String> {
    let mut stream = connect(at);
    stream.write_all(request.as_ref())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

/// Runs `hostile` against a waiting listener, then calls back like the browser, and returns the
/// notices. Fails unless the login succeeds.
fn survives_on(listener: Listener, hostile: impl FnOnce(SocketAddr)) -> Vec<String> {
    let at = address(&listener);
    let notices = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let wait = scope.spawn(|| {
            listener.wait(&state(), safety(), &|text| {
                notices.lock().unwrap().push(text.to_owned());
            })
        });
        hostile(at);
        let browser = scope.spawn(move || exchange(at, valid(at)));
        let answered = wait.join().unwrap().expect("the right callback ends the wait");
        assert_eq!(answered.callback.outcome, Outcome::Code(Secret::new("c")));
        answered.tab.finish(&signed_in());
        let page = browser.join().unwrap().expect("no reset");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        assert!(page.contains("You are signed in to acme.eu.auth0.com as Ada."), "{page}");
    });
    notices.into_inner().unwrap()
}

fn survives(hostile: impl FnOnce(SocketAddr)) -> Vec<String> {
    survives_on(listener(), hostile)
}

fn answers(request: impl FnOnce(SocketAddr) -> String, status: &str) -> String {
    let mut response = String::new();
    survives(|at| {
        response = exchange(at, request(at)).expect("no reset");
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
        assert!(!response.contains("signed in"), "{response}");
    });
    response
}

#[test]
fn every_stray_request_is_answered_and_changes_nothing() {
    let host =
        |at: SocketAddr, line: &str, rest: &str| format!("{line}\r\nHost: {at}\r\n{rest}\r\n");
    answers(|at| get(at, "/favicon.ico"), "404");
    answers(|at| get(at, "/"), "404");
    answers(|at| get(at, "/?error=access_denied&state=S"), "404");
    answers(
        |at| host(at, "POST /callback?code=c&state=S HTTP/1.1", "Content-Length: 0\r\n"),
        "405",
    );
    answers(|_| "GET /callback?code=c&state=S HTTP/1.1\r\n\r\n".into(), "400");
    answers(
        |_| "GET /callback?code=c&state=S HTTP/1.1\r\nHost: evil.example\r\n\r\n".into(),
        "400",
    );
    answers(
        |at| host(at, "GET /callback?code=c&state=S HTTP/1.1", &format!("Host: {at}\r\n")),
        "400",
    );
    answers(|at| format!("GET /callback?code=c&state=S HTTP/1.1\r\nHost : {at}\r\n\r\n"), "400");
    answers(|at| host(at, "GET /callback?code=c&state=S HTTP/1.1", "X: a\r\n b\r\n"), "400");
    answers(|_| "\0\u{1}\u{2}\n".into(), "400");
    for query in [
        "",
        "?code=c",
        "?state=S",
        "?error=access_denied",
        "?code=c&state=S&state=S",
        "?code=c&code=c&state=S",
        "?code=%ZZ&state=S",
        "?code=%&state=S",
        "?code=%FF&state=S",
        "?code=a%00b&state=S",
        "?code=c&error=e&state=S",
        "?code=x&state=wrong",
        "?error=access_denied&state=wrong",
        "?code=c&state=SS",
    ] {
        answers(|at| get(at, &format!("/callback{query}")), "400");
    }
}

#[test]
fn head_requests_do_not_use_the_code_and_get_no_content() {
    let head =
        |at: SocketAddr| format!("HEAD /callback?code=c&state=S HTTP/1.1\r\nHost: {at}\r\n\r\n");
    let response = answers(head, "405");
    assert!(
        response.ends_with("\r\n\r\n") && response.contains("\r\nAllow: GET\r\n"),
        "{response}"
    );
}

#[test]
fn private_network_preflights_get_no_permission() {
    let preflight = |at: SocketAddr| {
        format!(
            "OPTIONS /callback?code=c&state=S HTTP/1.1\r\nHost: {at}\r\nOrigin: https://evil.example\r\n\
             Access-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n"
        )
    };
    let response = answers(preflight, "405");
    assert!(
        response.contains("\r\nAllow: GET\r\n") && !response.contains("Access-Control"),
        "{response}"
    );
}

#[test]
fn oversized_requests_are_refused_without_a_reset() {
    answers(|_| "A".repeat(MANY), "414");
    answers(|at| get(at, &format!("/callback?state=S&code={}", "a".repeat(100_000))), "414");
    answers(|at| format!("GET / HTTP/1.1\r\nHost: {at}\r\nX: {}", "a".repeat(MANY)), "431");
    answers(|at| format!("GET / HTTP/1.1\r\nHost: {at}\r\n{}", "X: y\r\n".repeat(MANY / 6)), "431");
}

#[test]
fn wrong_states_are_reported_once() {
    let notices = survives(|at| {
        for _ in 0..20 {
            let page = exchange(at, get(at, "/callback?code=<script>&state=wrong")).unwrap();
            assert!(page.starts_with("HTTP/1.1 400 ") && page.contains("another login"), "{page}");
        }
    });
    assert_eq!(notices, [Notice::Stale.to_string()]);
}

#[test]
fn malformed_callbacks_are_reported_without_their_text() {
    let notices = survives(|at| {
        exchange(at, get(at, "/callback?code=hunter2&error=%1b]0;hunter2&state=S")).unwrap();
        exchange(at, get(at, "/callback?code=hunter2")).unwrap();
    });
    assert_eq!(notices.len(), 1);
    assert!(!notices[0].contains("hunter2") && !notices[0].contains('\u{1b}'));
}

#[test]
fn a_tls_hello_is_closed_and_explained() {
    let notices = survives(|at| {
        assert_eq!(exchange(at, b"\x16\x03\x01\x02\x00\x01").unwrap_or_default(), "");
    });
    assert!(notices.len() == 1 && notices[0].contains("http://"), "{notices:?}");
}

#[test]
fn idle_connections_do_not_block_the_callback() {
    for count in [1, 50, 64, 200] {
        let mut held = Vec::new();
        survives(|at| held.extend((0..count).map(|_| connect(at))));
    }
}

#[test]
fn half_sent_requests_do_not_block_the_callback() {
    let mut held = Vec::new();
    survives(|at| {
        for at_byte in 1..70 {
            let mut stream = connect(at);
            stream.write_all(&valid(at).as_bytes()[..at_byte.min(valid(at).len() - 1)]).unwrap();
            held.push(stream);
        }
    });
}

#[test]
fn many_hostile_connections_do_not_block_the_callback() {
    let mut held = Vec::new();
    survives(|at| {
        let kinds: [&[u8]; 7] = [
            b"",
            b"G",
            b"\x16\x03",
            b"\r\n",
            b"GET / HTTP/1.1\r\nX",
            b"\0\n",
            b"HEAD / HTTP/1.1\r\n\r\n",
        ];
        for kind in kinds.iter().cycle().take(63) {
            let mut stream = connect(at);
            let _ = stream.write_all(kind);
            held.push(stream);
        }
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| exchange(at, "B".repeat(1_000_000)));
                scope.spawn(|| exchange(at, get(at, "/callback?code=c&state=wrong")));
            }
        });
    });
}

#[test]
fn connections_that_end_early_are_ignored() {
    survives(|at| {
        for _ in 0..100 {
            drop(connect(at));
            let mut stream = connect(at);
            stream.write_all(b"GET /callb").unwrap();
            stream.shutdown(Shutdown::Both).unwrap();
            // Closing with unread input sends the listener a reset.
            let mut stream = connect(at);
            stream.write_all(get(at, "/").as_bytes()).unwrap();
            stream.peek(&mut [0]).unwrap();
        }
    });
}

/// The deadline belongs to the connection, not to each read, so slow single bytes do not extend it.
/// Otherwise this would end with 414 after 8 KiB.
#[test]
fn a_slowly_sent_request_ends_at_its_deadline() {
    let mut listener = listener();
    listener.limits.request = Duration::from_millis(300);
    survives_on(listener, |at| {
        let mut stream = connect(at);
        stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let mut answer = [0; 64];
        let read = loop {
            if stream.write_all(b"A").is_err() {
                break 0;
            }
            match stream.read(&mut answer) {
                Ok(count) => break count,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                Err(_) => break 0, // reset
            }
        };
        assert_eq!(read, 0);
    });
}
