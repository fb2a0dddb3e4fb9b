use super::*;

fn expected() -> Expected {
    Expected {
        path: "/callback".into(),
        port: 5000,
    }
}

const HOST: &str = "Host: 127.0.0.1:5000\r\n";

/// Feeds the bytes in pieces of the given sizes, the last one taking the rest.
fn feed(bytes: &[u8], mut sizes: impl Iterator<Item = usize>) -> Parsed {
    let expected = expected();
    let mut parser = Parser::new(&expected);
    let mut rest = bytes;
    loop {
        let (piece, after) = rest.split_at(sizes.next().unwrap_or(rest.len()).min(rest.len()));
        match parser.feed(piece) {
            Parsed::More if after.is_empty() => return Parsed::More,
            Parsed::More => rest = after,
            decided => return decided,
        }
    }
}

fn whole(text: &str) -> Parsed {
    feed(text.as_bytes(), std::iter::empty())
}

fn callback(query: &str) -> Parsed {
    Parsed::Callback(Secret::new(query))
}

fn refused(refusal: Refusal) -> Parsed {
    Parsed::Refused {
        refusal,
        head: false,
    }
}

fn accepted() -> Vec<(String, Parsed)> {
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
        (
            format!("GET /callback?{q} HTTP/1.1\r\n{HOST}\r\n"),
            callback(q),
        ),
        (
            format!("GET /callback?{q} HTTP/1.1\n{}\n", HOST.replace('\r', "")),
            callback(q),
        ),
        (
            format!("\r\nGET /callback?{q} HTTP/1.0\r\n{HOST}\r\n"),
            callback(q),
        ),
        (
            format!("\r\n\n\r\nGET /callback?{q} HTTP/1.1\r\n{HOST}\r\ntrailing \r\0 bytes"),
            callback(q),
        ),
        (
            format!("GET /callback HTTP/1.1\r\n{HOST}\r\n"),
            callback(""),
        ),
        (
            format!("GET /callback?a?b HTTP/1.1\r\n{HOST}\r\n"),
            callback("a?b"),
        ),
        (
            format!("GET http://127.0.0.1:5000/callback?{q} HTTP/1.1\r\n{HOST}\r\n"),
            callback(q),
        ),
        (
            format!("GET HTTP://LocalHost:5000/callback?{q} HTTP/1.1\r\n{HOST}\r\n"),
            callback(q),
        ),
        (
            format!("GET /callback?{q} HTTP/1.1\r\nhOsT:\t[::1]:5000 \r\n\r\n"),
            callback(q),
        ),
        (
            format!(
                "GET /callback?{q} HTTP/1.1\r\nHost:localhost:5000\r\nX-Odd: \u{e9}\t1\r\nX-Empty:\r\n\r\n"
            ),
            callback(q),
        ),
        (
            format!("GET /callback?{q} HTTP/1.1\r\n{cookie}{HOST}\r\n"),
            callback(q),
        ),
        (
            format!("GET /callback?{pad} HTTP/1.1\r\n{HOST}\r\n"),
            callback(&pad),
        ),
        line(MAX_REQUEST_LINE),
    ]
}

fn refusals() -> Vec<(String, Parsed)> {
    use Refusal::*;
    let get = "GET /callback?code=c&state=S HTTP/1.1\r\n";
    let head = |refusal| Parsed::Refused {
        refusal,
        head: true,
    };
    let mut cases: Vec<(String, Parsed)> = [
        // Other paths.
        (
            format!("GET /favicon.ico HTTP/1.1\r\n{HOST}\r\n"),
            refused(NotFound),
        ),
        (format!("GET / HTTP/1.1\r\n{HOST}\r\n"), refused(NotFound)),
        (
            format!("GET /callback/?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(NotFound),
        ),
        (
            format!("GET //callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(NotFound),
        ),
        (
            format!("GET /Callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(NotFound),
        ),
        (
            format!("GET /x/../callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(NotFound),
        ),
        (
            format!("GET http://127.0.0.1:5000?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(NotFound),
        ),
        (
            format!("HEAD /favicon.ico HTTP/1.1\r\n{HOST}\r\n"),
            head(NotFound),
        ),
        // Other methods.
        (
            format!("HEAD /callback?code=c&state=S HTTP/1.1\r\n{HOST}\r\n"),
            head(MethodNotAllowed),
        ),
        (
            format!("OPTIONS * HTTP/1.1\r\n{HOST}\r\n"),
            refused(MethodNotAllowed),
        ),
        // Host.
        (format!("{get}\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}{HOST}\r\n"), refused(BadRequest)),
        (
            format!("{get}{HOST}Host: evil.example\r\n\r\n"),
            refused(BadRequest),
        ),
        // Header fields.
        (
            format!("{get}Host : 127.0.0.1:5000\r\n\r\n"),
            refused(BadRequest),
        ),
        (
            format!("{get}{HOST}X: a\r\n folded\r\n\r\n"),
            refused(BadRequest),
        ),
        (
            format!("{get}{HOST}X: a\r\n\tfolded\r\n\r\n"),
            refused(BadRequest),
        ),
        (format!("{get} {HOST}\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}no colon\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}: no name\r\n\r\n"), refused(BadRequest)),
        (
            format!("{get}{HOST}X: bare\rcr\r\n\r\n"),
            refused(BadRequest),
        ),
        (format!("{get}{HOST}X: nul\0\r\n\r\n"), refused(BadRequest)),
        (format!("{get}{HOST}\r\r\n\r\n"), refused(BadRequest)),
        (
            format!("HEAD / HTTP/1.1\r\n{HOST}Bad Name: x\r\n\r\n"),
            head(BadRequest),
        ),
        // Absolute-form of another server.
        (
            format!("GET http://evil.example/callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(BadRequest),
        ),
        (
            format!("GET http://x@127.0.0.1:5000/callback?code=c HTTP/1.1\r\n{HOST}\r\n"),
            refused(BadRequest),
        ),
        (
            format!("GET http://127.0.0.1:5000/callback HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            refused(BadRequest),
        ),
        (
            format!("GET https://127.0.0.1:5000/callback HTTP/1.1\r\n{HOST}\r\n"),
            refused(BadRequest),
        ),
        // Request lines.
        (
            "GET /callback?code=c&state=S\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
            refused(BadRequest),
        ),
        ("GET /callback HTTP/1.\r\n".to_owned(), refused(BadRequest)),
        (
            "GET /callback HTTP/1.10\r\n".to_owned(),
            refused(BadRequest),
        ),
        ("GET /callback http/1.1\r\n".to_owned(), refused(BadRequest)),
        (
            "GET  /callback HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET /callback HTTP/1.1 \r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET /call back HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET\t/callback\tHTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET /callback\r HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET /callback#f HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET /callback\0 HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (
            "GET /caf\u{e9} HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        ("GET callback HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("GET * HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        (
            "CONNECT 127.0.0.1:5000 HTTP/1.1\r\n".to_owned(),
            refused(BadRequest),
        ),
        (" GET / HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("G(T / HTTP/1.1\r\n".to_owned(), refused(BadRequest)),
        ("\r\n".repeat(MAX_LEADING_LINES + 1), refused(BadRequest)),
        ("\r\n\u{16}\u{3}\u{1}\r\n".to_owned(), refused(BadRequest)),
        // Sizes.
        ("A".repeat(1_000_000), refused(TargetTooLong)),
        (
            format!("HEAD /{}", "a".repeat(1_000_000)),
            head(TargetTooLong),
        ),
        (
            format!(
                "GET /{} HTTP/1.1\r\n{HOST}\r\n",
                "a".repeat(MAX_REQUEST_LINE)
            ),
            refused(TargetTooLong),
        ),
        (
            format!("{}\r\n", "A".repeat(MAX_REQUEST_LINE + 1)),
            refused(TargetTooLong),
        ),
        (
            format!("{}\r\n", "A".repeat(MAX_REQUEST_LINE)),
            refused(BadRequest),
        ),
        (
            format!("{get}{HOST}X: {}\r\n\r\n", "a".repeat(MAX_HEADERS)),
            refused(HeadersTooLarge),
        ),
        (
            format!("{get}{HOST}{}", "X: y\r\n".repeat(MAX_HEADERS)),
            refused(HeadersTooLarge),
        ),
        (
            format!("HEAD / HTTP/1.1\r\n{}", "a".repeat(1_000_000)),
            head(HeadersTooLarge),
        ),
        // TLS and silence.
        ("\u{16}\u{3}\u{1}\u{2}".to_owned(), Parsed::Tls),
        (String::new(), Parsed::More),
        ("\r\n".to_owned(), Parsed::More),
        (format!("{get}{HOST}"), Parsed::More),
    ]
    .into();
    for method in [
        "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "GETX", "BREW",
    ] {
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

#[test]
fn callbacks_are_recognised() {
    for (text, expected) in accepted() {
        assert_eq!(whole(&text), expected, "{:.120}", text);
    }
}

#[test]
fn everything_else_gets_its_answer() {
    for (text, expected) in refusals() {
        assert_eq!(whole(&text), expected, "{:.120?}", text);
    }
}

#[test]
fn an_absent_port_means_80() {
    let expected = Expected {
        path: "/".into(),
        port: 80,
    };
    for host in ["127.0.0.1", "localhost:80", "[::1]:"] {
        let text = format!("GET http://{host}?q HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(
            Parser::new(&expected).feed(text.as_bytes()),
            callback("q"),
            "{host}"
        );
    }
}

#[test]
fn header_limit_is_exact() {
    let get = "GET /callback?q HTTP/1.1\r\n";
    let fill = MAX_HEADERS - HOST.len() - "X: \r\n\r\n".len();
    let text = |fill| format!("{get}{HOST}X: {}\r\n\r\n", "a".repeat(fill));
    assert_eq!(whole(&text(fill)), callback("q"));
    assert_eq!(whole(&text(fill + 1)), refused(Refusal::HeadersTooLarge));
}

#[test]
fn where_the_bytes_are_split_makes_no_difference() {
    for (text, expected) in accepted().into_iter().chain(refusals()) {
        let bytes = text.as_bytes();
        // Every boundary of the short ones; around the limits of the long ones.
        let boundaries: Vec<usize> = if bytes.len() < 400 {
            (0..=bytes.len()).collect()
        } else {
            (0..60)
                .chain(8150..8230)
                .chain(bytes.len().saturating_sub(90)..bytes.len())
                .collect()
        };
        for at in boundaries {
            assert_eq!(
                feed(bytes, [at].into_iter()),
                expected,
                "{at} in {:.120?}",
                text
            );
        }
        assert_eq!(
            feed(bytes, std::iter::repeat(1)),
            expected,
            "bytewise {:.120?}",
            text
        );
        assert_eq!(
            feed(bytes, std::iter::repeat(4096)),
            expected,
            "blockwise {:.120?}",
            text
        );
    }
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let expected = expected();
    for start in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX: "] {
        let mut parser = Parser::new(&expected);
        assert_eq!(parser.feed(start.as_bytes()), Parsed::More);
        let mut fed = 0;
        while parser.feed(&[b'a'; 1024]) == Parsed::More {
            fed += 1024;
            assert!(fed <= MAX_HEADERS);
        }
        assert!(parser.line.capacity() <= 2 * MAX_HEADERS);
    }
}

/// Mutated requests, split at random: never a panic, and never another answer for another split.
#[test]
fn mutations_are_decided_the_same_in_one_piece_and_in_many() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        // xorshift64
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below.max(1) as u64).unwrap()
    };
    let corpus: Vec<String> = accepted()
        .into_iter()
        .chain(refusals())
        .map(|(text, _)| text)
        .filter(|text| !text.is_empty() && text.len() < 400)
        .collect();
    let tokens: [&[u8]; 8] = [
        b"\r",
        b"\n",
        b"\r\n",
        b" ",
        b":",
        b"\0",
        b"%",
        b"Host: 127.0.0.1:5000\r\n",
    ];
    for _ in 0..20_000 {
        let mut bytes = corpus[random(corpus.len())].clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 if !bytes.is_empty() => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                _ => drop(bytes.splice(at..at, tokens[random(tokens.len())].iter().copied())),
            }
        }
        let one = feed(&bytes, std::iter::empty());
        let many = feed(&bytes, std::iter::repeat_with(|| 1 + random(40)));
        assert_eq!(one, many, "{:?}", String::from_utf8_lossy(&bytes));
        if let Parsed::Callback(query) = one {
            let _ = crate::oauth::callback::parse_query(query.expose());
        }
    }
}
