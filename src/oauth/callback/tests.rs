use super::*;

const REDIRECT: &str = "http://127.0.0.1:5000/callback";

fn code(code: &str, state: &str) -> Callback {
    Callback { state: state.into(), iss: None, outcome: Outcome::Code(Secret::new(code)) }
}

#[test]
fn rfc_6749_examples() {
    assert_eq!(
        parse_query("code=SplxlOBeZQQYbYS6WxSbIA&state=xyz"),
        Ok(code("SplxlOBeZQQYbYS6WxSbIA", "xyz"))
    );
    let denied = Outcome::Denied { error: "access_denied".into(), description: None, uri: None };
    assert_eq!(parse_query("error=access_denied&state=xyz").unwrap().outcome, denied);
}

#[test]
fn rfc_9207_example() {
    let query = "code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58&state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI\
                 &iss=https%3A%2F%2Fhonest.as.example";
    let callback = parse_query(query).unwrap();
    assert_eq!(callback.iss.as_deref(), Some("https://honest.as.example"));
}

#[test]
fn values_are_form_decoded() {
    for (query, expected) in [
        ("code=a%2Fb%2Bc+d&state=S", code("a/b+c d", "S")),
        ("state=S&code=%e2%9c%93&x=1&y", code("✓", "S")),
        ("&&state=%53&%63ode=a=b&", code("a=b", "S")),
        ("state=S&code=c&error=&iss", code("c", "S")),
        // Unknown parameters are not decoded.
        ("state=S&code=c&utm=%ZZ", code("c", "S")),
    ] {
        assert_eq!(parse_query(query), Ok(expected), "{query}");
    }
    let denied = parse_query("error=e&error_description=%3Cb%3E%1b%0d%0A&error_uri=u&state=S");
    let expected = Outcome::Denied {
        error: "e".into(),
        description: Some("<b>\u{1b}\r\n".into()),
        uri: Some("u".into()),
    };
    assert_eq!(denied.unwrap().outcome, expected);
}

#[test]
fn a_query_of_the_longest_length_is_parsed() {
    let start = "state=S&code=";
    let longest = "a".repeat(MAX_QUERY - start.len());
    assert_eq!(parse_query(&format!("{start}{longest}")), Ok(code(&longest, "S")));
    assert_eq!(parse_query(&format!("{start}{longest}a")), Err(QueryError::TooLong));
}

#[test]
fn malformed_responses_are_refused() {
    use QueryError::*;
    let long = format!("state=S&code={}", "a".repeat(MAX_QUERY));
    for (query, expected) in [
        ("", NoState),
        ("code=c", NoState),
        ("code=c&state=", NoState),
        ("error=access_denied", NoState),
        ("state=S", NoOutcome),
        ("state=S&code=", NoOutcome),
        ("state=S&code=c&error=e", CodeAndError),
        ("state=S&state=S&code=c", Repeated("state")),
        ("state=S&code=c&code=c", Repeated("code")),
        ("state=S&code=&code=c", Repeated("code")),
        ("state=S&code=c&%63ode=d", Repeated("code")),
        ("state=S&error=e&error=e", Repeated("error")),
        ("state=S&code=c&iss=i&iss=i", Repeated("iss")),
        ("state=S&error=e&error_description=a&error_description=b", Repeated("error_description")),
        ("state=S&code=%ZZ", Encoding),
        ("state=S&code=%", Encoding),
        ("state=S&code=a%2", Encoding),
        ("state=S&code=%+1", Encoding),
        ("state=S&code=%FF", Encoding),
        ("state=S&code=%C0%AF", Encoding),
        ("state=S&code=%ED%A0%80", Encoding),
        ("state=S&code=c&%=1", Encoding),
        ("state=S&code=a%00b", Control("code")),
        ("state=S%0A&code=c", Control("state")),
        ("state=S&error=%1b%5d", Control("error")),
        ("state=S&code=c&iss=%7f", Control("iss")),
        (&long, TooLong),
    ] {
        assert_eq!(parse_query(query), Err(expected), "{query}");
    }
}

#[test]
fn pasted_addresses_are_accepted_in_several_forms() {
    for line in [
        "http://127.0.0.1:5000/callback?code=c&state=S",
        "  http://127.0.0.1:5000/callback?code=c&state=S\r\n",
        "HTTP://127.0.0.1:5000/callback?code=c&state=S#_=_",
        "127.0.0.1:5000/callback?code=c&state=S",
        "?code=c&state=S",
        "code=c&state=S\n",
    ] {
        assert_eq!(parse_pasted(line, REDIRECT), Ok(code("c", "S")), "{line}");
    }
    for (line, redirect) in [
        ("http://localhost/?code=c&state=S", "http://localhost"),
        ("http://localhost/cb?code=c&state=S", "http://LOCALHOST:80/cb"),
        ("http://[::1]:8000/cb?code=c&state=S", "http://[::1]:8000/cb"),
        ("code=c?d&state=S", REDIRECT),
        ("code=c&state=S&iss=https://acme.eu.auth0.com/", REDIRECT),
    ] {
        assert!(parse_pasted(line, redirect).is_ok(), "{line}");
    }
}

#[test]
fn other_pastes_are_refused_with_the_reason() {
    let expected = || REDIRECT.to_owned();
    for (line, error) in [
        (" \r\n", PasteError::Empty),
        ("#", PasteError::Empty),
        (
            "https://acme.eu.auth0.com/authorize?client_id=x&state=S",
            PasteError::OtherAddress { expected: expected() },
        ),
        (
            "https://127.0.0.1:5000/callback?code=c&state=S",
            PasteError::OtherAddress { expected: expected() },
        ),
        (
            "http://127.0.0.1:5001/callback?code=c&state=S",
            PasteError::OtherAddress { expected: expected() },
        ),
        ("127.0.0.1:5000/other", PasteError::OtherAddress { expected: expected() }),
        ("hunter2", PasteError::NoAddress { expected: expected() }),
        (REDIRECT, PasteError::Query(QueryError::NoState)),
        ("code=c", PasteError::Query(QueryError::NoState)),
        ("http://127.0.0.1:5000/callback?code=%&state=S", PasteError::Query(QueryError::Encoding)),
    ] {
        let got = parse_pasted(line, REDIRECT);
        assert_eq!(got, Err(error), "{line}");
        assert!(!got.unwrap_err().to_string().contains("hunter2"));
    }
}
