//! Properties of authorization responses, from the browser or pasted.

use std::collections::HashSet;
use std::sync::LazyLock;

use auth0_suite::oauth::callback::{
    Callback, MAX_QUERY, Outcome, PasteError, QueryError, parse_pasted, parse_query,
};

const REDIRECT: &str = "http://127.0.0.1:5000/callback";

/// An accepted response has a state and one outcome, both without control characters. Written and
/// parsed again, it is the same. Errors do not quote the input.
pub(crate) fn callback(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse_query(&text) {
        Ok(callback) => {
            check(&callback);
            assert!(text.len() <= MAX_QUERY);
            let again = write(&callback);
            if again.len() > MAX_QUERY {
                return; // longer than the input, because of its escapes
            }
            assert_eq!(parse_query(&again).as_ref(), Ok(&callback), "{again}");
            let pasted = parse_pasted(&format!("  {REDIRECT}?{again}#_=_\n"), REDIRECT);
            assert_eq!(pasted.as_ref(), Ok(&callback));
            assert!(parse_pasted(&format!("http://evil.example/cb?{again}"), REDIRECT).is_err());
        }
        Err(error) => not_quoted(&error.to_string()),
    }
    match parse_pasted(&text, REDIRECT) {
        Ok(callback) => check(&callback),
        Err(error) => not_quoted(&error.to_string()),
    }
}

fn check(callback: &Callback) {
    assert!(!callback.state.is_empty() && !callback.state.contains(char::is_control));
    assert!(callback.iss.as_ref().is_none_or(|iss| !iss.contains(char::is_control)));
    match &callback.outcome {
        Outcome::Code(code) => {
            assert!(!code.is_empty() && !code.expose().contains(char::is_control));
            assert_eq!(format!("{:?}", callback.outcome), "Code([redacted])");
        }
        Outcome::Denied { error, .. } => {
            assert!(!error.is_empty() && !error.contains(char::is_control));
        }
    }
}

/// All messages of errors. They are fixed, so they cannot contain a code.
static MESSAGES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    const NAMES: [&str; 6] = ["state", "code", "error", "iss", "error_description", "error_uri"];
    let mut queries = vec![
        QueryError::TooLong,
        QueryError::Encoding,
        QueryError::NoState,
        QueryError::CodeAndError,
        QueryError::NoOutcome,
    ];
    queries.extend(NAMES.map(QueryError::Repeated));
    queries.extend(NAMES.map(QueryError::Control));
    let expected = || REDIRECT.to_owned();
    let mut pasted = vec![
        PasteError::Empty,
        PasteError::OtherAddress { expected: expected() },
        PasteError::NoAddress { expected: expected() },
    ];
    pasted.extend(queries.iter().copied().map(PasteError::Query));
    let queries = queries.iter().map(QueryError::to_string);
    queries.chain(pasted.iter().map(PasteError::to_string)).collect()
});

fn not_quoted(message: &str) {
    assert!(MESSAGES.contains(message), "{message:?} is not one of the fixed messages");
}

fn write(callback: &Callback) -> String {
    let mut pairs = vec![("state", callback.state.as_str())];
    pairs.extend(callback.iss.as_deref().map(|iss| ("iss", iss)));
    match &callback.outcome {
        Outcome::Code(code) => pairs.push(("code", code.expose())),
        Outcome::Denied { error, description, uri } => {
            pairs.push(("error", error));
            pairs.extend(description.as_deref().map(|text| ("error_description", text)));
            pairs.extend(uri.as_deref().map(|text| ("error_uri", text)));
        }
    }
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |out, byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out + &char::from(byte).to_string(),
            b' ' => out + "+",
            byte => out + &format!("%{byte:02x}"),
        })
    };
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
