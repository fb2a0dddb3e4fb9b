mod cases;

use super::*;
use crate::base::test_random::Random;
use cases::{accepted, refusals};

fn expected() -> Expected {
    Expected { path: "/callback".into(), port: 5000, start: Some(Secret::new("/login/once")) }
}

const HOST: &str = "Host: 127.0.0.1:5000\r\n";

/// Feeds the bytes in pieces of the given sizes. The last piece is the rest.
fn feed(bytes: &[u8], mut sizes: impl Iterator<Item = usize>) -> Parsed {
    let expected = expected();
    let mut parser = RequestParser::new(&expected);
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
    Parsed::Refused { refusal, head: false }
}

#[test]
fn callbacks_are_recognized() {
    for (text, expected) in accepted() {
        assert_eq!(whole(&text), expected, "{text:.120}");
    }
}

#[test]
fn other_requests_get_their_refusal() {
    for (text, expected) in refusals() {
        assert_eq!(whole(&text), expected, "{text:.120?}");
    }
}

#[test]
fn an_absent_port_means_80() {
    let expected = Expected { path: "/".into(), port: 80, start: None };
    for host in ["127.0.0.1", "localhost:80", "[::1]:"] {
        let text = format!("GET http://{host}?q HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(RequestParser::new(&expected).feed(text.as_bytes()), callback("q"), "{host}");
    }
}

#[test]
fn the_header_limit_is_exact() {
    let get = "GET /callback?q HTTP/1.1\r\n";
    let fill = MAX_HEADERS - HOST.len() - "X: \r\n\r\n".len();
    let text = |fill| format!("{get}{HOST}X: {}\r\n\r\n", "a".repeat(fill));
    assert_eq!(whole(&text(fill)), callback("q"));
    assert_eq!(whole(&text(fill + 1)), refused(Refusal::HeadersTooLarge));
}

#[test]
fn splitting_the_bytes_changes_nothing() {
    for (text, expected) in accepted().into_iter().chain(refusals()) {
        let bytes = text.as_bytes();
        // Every position in short requests. Positions around the limits in long ones.
        let boundaries: Vec<usize> = if bytes.len() < 400 {
            (0..=bytes.len()).collect()
        } else {
            (0..60).chain(8150..8230).chain(bytes.len().saturating_sub(90)..bytes.len()).collect()
        };
        for at in boundaries {
            assert_eq!(feed(bytes, [at].into_iter()), expected, "{at} in {text:.120?}");
        }
        assert_eq!(feed(bytes, std::iter::repeat(1)), expected, "bytewise {text:.120?}");
        assert_eq!(feed(bytes, std::iter::repeat(4096)), expected, "blockwise {text:.120?}");
    }
}

#[test]
fn memory_is_bounded_for_any_input() {
    let expected = expected();
    for start in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX: "] {
        let mut parser = RequestParser::new(&expected);
        assert_eq!(parser.feed(start.as_bytes()), Parsed::More);
        let mut fed = 0;
        while parser.feed(&[b'a'; 1024]) == Parsed::More {
            fed += 1024;
            assert!(fed <= MAX_HEADERS);
        }
        assert!(parser.line.capacity() <= 2 * MAX_HEADERS);
    }
}

/// Mutated requests, split at random: they never panic, and every split gives the same answer.
#[test]
fn mutated_requests_get_the_same_answer_however_split() {
    let mut random = Random::new(9112);
    let mut random = move |bound: usize| random.below(bound);
    let corpus: Vec<String> = accepted()
        .into_iter()
        .chain(refusals())
        .map(|(text, _)| text)
        .filter(|text| !text.is_empty() && text.len() < 400)
        .collect();
    let tokens: [&[u8]; 8] =
        [b"\r", b"\n", b"\r\n", b" ", b":", b"\0", b"%", b"Host: 127.0.0.1:5000\r\n"];
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
