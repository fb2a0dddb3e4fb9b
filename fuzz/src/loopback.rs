//! Properties of the callback listener. Every process and web page can send it data.

use std::time::{Duration, UNIX_EPOCH};

use auth0_suite::base::secret::Secret;
use auth0_suite::loopback::RedirectUri;
use auth0_suite::loopback::request::{
    Expected, MAX_HEADERS, MAX_REQUEST_LINE, Parsed, RequestParser,
};

use super::input::Input;

/// A request that arrives in pieces is treated like a complete one. Accepted requests are bounded
/// and for our callback. Refused ones get a complete answer. The first part of the input determines
/// the pieces.
pub(crate) fn request(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let cuts = input.part();
    let request = input.rest();
    let expected = Expected {
        path: "/callback".to_owned(),
        port: 5000,
        start: Some(Secret::new("/login/once")),
    };
    let whole = RequestParser::new(&expected).feed(request);

    let mut parser = RequestParser::new(&expected);
    let mut rest = request;
    let mut sizes = cuts.iter().map(|cut| usize::from(*cut) + 1).chain(std::iter::repeat(1));
    let mut pieced = Parsed::More;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
        rest = after;
        pieced = parser.feed(piece);
        if pieced != Parsed::More {
            break;
        }
    }
    assert_eq!(whole, pieced, "the pieces give another result than the complete request");

    match whole {
        Parsed::More => assert!(request.len() <= MAX_REQUEST_LINE + MAX_HEADERS + 32),
        Parsed::Callback(query) => {
            let query = query.expose();
            assert!(query.len() <= MAX_REQUEST_LINE);
            assert!(query.bytes().all(|byte| byte.is_ascii_graphic()), "{query:?}");
            let lower = request.to_ascii_lowercase();
            let has = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
            assert!(has(b"get ") && has(b"/callback") && has(b"host:") && has(b"5000"));
        }
        Parsed::Start => {
            let has = |needle: &[u8]| request.windows(needle.len()).any(|window| window == needle);
            assert!(has(b"/login/once"));
        }
        Parsed::Refused { refusal, head } => {
            let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
            check_response(&refusal.response(now, head), head);
        }
        Parsed::Tls => assert_eq!(request.first(), Some(&0x16)),
    }
    redirect(&String::from_utf8_lossy(request));
}

fn check_response(response: &[u8], head: bool) {
    let text = std::str::from_utf8(response).expect("our own response");
    let (headers, body) = text.split_once("\r\n\r\n").expect("a header section");
    let length = headers
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    assert_eq!(
        if head { Some(body.len()) } else { length },
        Some(if head { 0 } else { body.len() })
    );
    assert!(!headers.contains("\n\n"));
}

/// An accepted redirect URI names this machine, and its text is unchanged.
fn redirect(text: &str) {
    let Ok(uri) = RedirectUri::parse(text) else { return };
    assert_eq!(uri.as_str(), text);
    let host = text.strip_prefix("http://").expect("plain http");
    assert!(["127.0.0.1", "[::1]", "localhost"].iter().any(|ours| host.starts_with(ours)));
    assert!(uri.path().starts_with('/'));
    let again = RedirectUri::parse(&uri.with_port(uri.port())).expect("its own text");
    assert_eq!((again.port(), again.path()), (uri.port(), uri.path()));
}
