//! Requests and the expected answers.

use super::*;

/// Requests that are callbacks, with their query.
pub(super) fn accepted() -> Vec<(String, Parsed)> {
    let q = "code=c&state=S";
    let cookie = format!("Cookie: {}\r\n", "a".repeat(48 * 1024));
    let pad = "p".repeat(8000);
    let line = |length: usize| {
        let rest = length - "GET /callback? HTTP/1.1".len();
        (
            format!("GET /callback?{} HTTP/1.1\r\n{HOST}\r\n", "x".repeat(rest)),
            callback(&"x".repeat(rest)),
        )
    };
    vec![
        (format!("GET /callback?{q} HTTP/1.1\r\n{HOST}\r\n"), callback(q)),
        (format!("GET /callback?{q} HTTP/1.1\n{}\n", HOST.replace('\r', "")), callback(q)),
        (format!("\r\nGET /callback?{q} HTTP/1.0\r\n{HOST}\r\n"), callback(q)),
        (
            format!("\r\n\n\r\nGET /callback?{q} HTTP/1.1\r\n{HOST}\r\ntrailing \r\0 bytes"),
            callback(q),
        ),
        (
            format!("{}GET /callback?{q} HTTP/1.1\r\n{HOST}\r\n", "\r\n".repeat(MAX_LEADING_LINES)),
            callback(q),
        ),
        (format!("GET /callback HTTP/1.1\r\n{HOST}\r\n"), callback("")),
        (format!("GET /callback?a?b HTTP/1.1\r\n{HOST}\r\n"), callback("a?b")),
        (format!("GET http://127.0.0.1:5000/callback?{q} HTTP/1.1\r\n{HOST}\r\n"), callback(q)),
        (format!("GET HTTP://LocalHost:5000/callback?{q} HTTP/1.1\r\n{HOST}\r\n"), callback(q)),
        (format!("GET /callback?{q} HTTP/1.1\r\nhOsT:\t[::1]:5000 \r\n\r\n"), callback(q)),
        (
            format!(
                "GET /callback?{q} HTTP/1.1\r\nHost:localhost:5000\r\nX-Odd: \u{e9}\t1\r\nX-Empty:\r\n\r\n"
            ),
            callback(q),
        ),
        (format!("GET /callback?{q} HTTP/1.1\r\n{cookie}{HOST}\r\n"), callback(q)),
        (format!("GET /callback?{pad} HTTP/1.1\r\n{HOST}\r\n"), callback(&pad)),
        line(MAX_REQUEST_LINE),
    ]
}

/// Other requests, with their refusal.
pub(super) fn refusals() -> Vec<(String, Parsed)> {
    use Refusal::*;
    let get = "GET /callback?code=c&state=S HTTP/1.1\r\n";
    let head = |refusal| Parsed::Refused { refusal, head: true };
    let mut cases: Vec<(String, Parsed)> = [
        // Other paths.
        (format!("GET /favicon.ico HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("GET / HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("GET /callback/?code=c HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("GET //callback?code=c HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("GET /Callback?code=c HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("GET /x/../callback?code=c HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("GET http://127.0.0.1:5000?code=c HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (format!("HEAD /favicon.ico HTTP/1.1\r\n{HOST}\r\n"), head(NotFound)),
        // Other methods.
        (format!("HEAD /callback?code=c&state=S HTTP/1.1\r\n{HOST}\r\n"), head(MethodNotAllowed)),
        (format!("OPTIONS * HTTP/1.1\r\n{HOST}\r\n"), refused(MethodNotAllowed)),
        // Host.
        (format!("{get}\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}{HOST}\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}Host: evil.example\r\n\r\n"), refused(BadRequest)),
        // Header fields.
        (format!("{get}Host : 127.0.0.1:5000\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}X: a\r\n folded\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}X: a\r\n\tfolded\r\n\r\n"), refused(BadRequest)),
        (format!("{get} {HOST}\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}no colon\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}: no name\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}X: bare\rcr\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}X: nul\0\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}\r\r\n\r\n"), refused(BadRequest)),
        (format!("HEAD / HTTP/1.1\r\n{HOST}Bad Name: x\r\n\r\n"), head(BadRequest)),
        // Absolute-form target of another server.
        (
            format!("GET http://evil.example/callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(BadRequest),
        ),
        (
            format!("GET http://x@127.0.0.1:5000/callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(BadRequest),
        ),
        (
            "GET http://127.0.0.1:5000/callback HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            format!("GET https://127.0.0.1:5000/callback HTTP/1.1\r\n{HOST}\r\n"),
            refused(BadRequest),
        ),
        // Request lines.
        ("GET /callback?code=c&state=S\r\n".to_owned(), refused(BadRequest)),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback HTTP/1.\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback HTTP/1.10\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback http/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET  /callback HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback HTTP/1.1 \r\n".to_owned(), refused(BadRequest)),
        ("GET /call back HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET\t/callback\tHTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback\r HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback#f HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET /callback\0 HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET /caf\u{e9} HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET callback HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET * HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("CONNECT 127.0.0.1:5000 HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        (" GET / HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("G(T / HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("\r\n".repeat(MAX_LEADING_LINES + 1), refused(BadRequest)),
        ("\r\n\u{16}\u{3}\u{1}\r\n".to_owned(), refused(BadRequest)),
        // Sizes.
        ("A".repeat(1_000_000), refused(TargetTooLong)),
        (format!("HEAD /{}", "a".repeat(1_000_000)), head(TargetTooLong)),
        (
            format!("GET /{} HTTP/1.1\r\n{HOST}\r\n", "a".repeat(MAX_REQUEST_LINE)),
            refused(TargetTooLong),
        ),
        (format!("{}\r\n", "A".repeat(MAX_REQUEST_LINE + 1)), refused(TargetTooLong)),
        (format!("{}\r\n", "A".repeat(MAX_REQUEST_LINE)), refused(BadRequest)),
        (format!("{get}{HOST}X: {}\r\n\r\n", "a".repeat(MAX_HEADERS)), refused(HeadersTooLarge)),
        (format!("{get}{HOST}{}", "X: y\r\n".repeat(MAX_HEADERS)), refused(HeadersTooLarge)),
        (format!("HEAD / HTTP/1.1\r\n{}", "a".repeat(1_000_000)), head(HeadersTooLarge)),
        // TLS, and no bytes at all.
        ("\u{16}\u{3}\u{1}\u{2}".to_owned(), Parsed::Tls),
        (String::new(), Parsed::More),
        ("\r\n".to_owned(), Parsed::More),
        (format!("{get}{HOST}"), Parsed::More),
    ]
    .into();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "GETX", "BREW"] {
        let text = format!("{method} /callback?code=c&state=S HTTP/1.1\r\n{HOST}\r\n");
        cases.push((text, refused(MethodNotAllowed)));
    }
    for host in [
        "",
        "evil.example",
        "evil.example:5000",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:5001",
        "127.0.0.1:05001",
        "127.0.0.1:",
        "127.0.0.1:+5000",
        "127.0.0.1:70536",
        "127.0.0.1:5000:5000",
        "127.0.0.1.evil.example:5000",
        "localhost.:5000",
        "::1:5000",
        "0.0.0.0:5000",
        "127.0.0.1:5000, 127.0.0.1:5000",
        "x@localhost:5000",
    ] {
        cases.push((format!("{get}Host: {host}\r\n\r\n"), refused(BadRequest)));
    }
    cases
}
