//! Parses the authorization response (RFC 6749 §4.1.2, RFC 9207). A query string from the browser,
//! or pasted by a person, is either parsed as a [`Callback`] or refused.

use std::fmt;

use crate::base::secret::Secret;

/// The longest accepted query, in bytes.
pub const MAX_QUERY: usize = 8 * 1024;

/// A well-formed authorization response. Neither `state` nor `iss` has been compared with the
/// request yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The state from the request, as it was returned.
    pub state: String,
    /// The issuer (RFC 9207), if the server sends it.
    pub iss: Option<String>,
    /// Whether the server granted or denied the request.
    pub outcome: Outcome,
}

/// The two kinds of authorization responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An authorization code (RFC 6749 §4.1.2).
    Code(Secret),
    /// An error response (RFC 6749 §4.1.2.1).
    Denied {
        /// The error code, as the server sent it. It has no control characters.
        error: String,
        /// The server's description, at most [`MAX_QUERY`] bytes. It is **not** cleaned: escape it
        /// for a terminal or page.
        description: Option<String>,
        /// The address of a page about the error. It is neither checked nor cleaned.
        uri: Option<String>,
    },
}

/// Why a query is not an authorization response. No variant contains a byte of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// Longer than [`MAX_QUERY`].
    TooLong,
    /// Malformed percent-encoding, or bytes that are not UTF-8.
    Encoding,
    /// A parameter appears more than once (RFC 6749 §3.1).
    Repeated(&'static str),
    /// A control character in a parameter that cannot contain any.
    Control(&'static str),
    /// There is no `state`, so the response cannot be matched to a login.
    NoState,
    /// Both `code` and `error`.
    CodeAndError,
    /// Neither `code` nor `error`.
    NoOutcome,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("it is too long"),
            Self::Encoding => f.write_str("its percent-encoding is malformed"),
            Self::Repeated(name) => write!(f, "it has more than one `{name}`"),
            Self::Control(name) => write!(f, "its `{name}` has control characters"),
            Self::NoState => f.write_str("it has no `state`"),
            Self::CodeAndError => f.write_str("it has both a `code` and an `error`"),
            Self::NoOutcome => f.write_str("it has neither a `code` nor an `error`"),
        }
    }
}

impl std::error::Error for QueryError {}

/// Why a pasted line is not an authorization response, as a message for the person who pasted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasteError {
    /// Only white space.
    Empty,
    /// The address of another page.
    OtherAddress {
        /// The redirect URI of this login.
        expected: String,
    },
    /// Neither an address nor a query, such as only a code.
    NoAddress {
        /// The redirect URI of this login.
        expected: String,
    },
    /// The right address, but its query is unusable.
    Query(QueryError),
}

impl fmt::Display for PasteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing was pasted"),
            Self::OtherAddress { expected } => write!(
                f,
                "that is the address of another page; after signing in, paste the address that begins with {expected}?"
            ),
            Self::NoAddress { expected } => {
                write!(
                    f,
                    "that is not a complete address; paste all of it, beginning with {expected}?"
                )
            }
            Self::Query(error) => write!(
                f,
                "that address cannot be used: {error}; paste all of it, as the browser shows it after signing in"
            ),
        }
    }
}

impl std::error::Error for PasteError {}

/// Parses the query of a redirect, without its `?`.
///
/// Uses form decoding as in RFC 6749 appendix B: `+` is a space, `%XX` a byte, and the result must
/// be UTF-8. A parameter without a value counts as absent. A repeated parameter invalidates the
/// response (§3.1). Unknown parameters are ignored.
pub fn parse_query(query: &str) -> Result<Callback, QueryError> {
    if query.len() > MAX_QUERY {
        return Err(QueryError::TooLong);
    }
    let mut values: [Option<String>; NAMES.len()] = Default::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        if let Some(at) = NAMES.iter().position(|known| *known == name)
            && values[at].replace(decode(value)?).is_some()
        {
            return Err(QueryError::Repeated(NAMES[at]));
        }
    }
    for (name, value) in NAMES.iter().zip(&values).filter(|(name, _)| !FREE_TEXT.contains(name)) {
        if value.as_ref().is_some_and(|value| value.contains(char::is_control)) {
            return Err(QueryError::Control(name));
        }
    }
    let [state, code, error, iss, description, uri] =
        values.map(|value| value.filter(|value| !value.is_empty()));
    Ok(Callback {
        state: state.ok_or(QueryError::NoState)?,
        iss,
        outcome: match (code, error) {
            (Some(code), None) => Outcome::Code(Secret::new(code)),
            (None, Some(error)) => Outcome::Denied { error, description, uri },
            (Some(_), Some(_)) => return Err(QueryError::CodeAndError),
            (None, None) => return Err(QueryError::NoOutcome),
        },
    })
}

const NAMES: [&str; 6] = ["state", "code", "error", "iss", "error_description", "error_uri"];
const FREE_TEXT: [&str; 2] = ["error_description", "error_uri"];

/// Parses what a person copied from the browser's address bar: the whole address, the address
/// without `http://`, or only its query. White space around it is ignored. `redirect_uri` is that
/// of the request, and the address must match it. A fragment is dropped, because some identity
/// providers append `#_=_`.
pub fn parse_pasted(line: &str, redirect_uri: &str) -> Result<Callback, PasteError> {
    let line = line.trim();
    let line = line.split_once('#').map_or(line, |(line, _fragment)| line);
    let (address, query) = line.split_once('?').unwrap_or((line, ""));
    let query = if line.is_empty() {
        return Err(PasteError::Empty);
    } else if address.is_empty() || same_address(address, redirect_uri) {
        query
    } else if line.split_once('=').is_some_and(|(name, _)| !name.contains(['/', ':', '?'])) {
        line
    } else if line.contains('/') {
        return Err(PasteError::OtherAddress { expected: redirect_uri.to_owned() });
    } else {
        return Err(PasteError::NoAddress { expected: redirect_uri.to_owned() });
    };
    parse_query(query).map_err(PasteError::Query)
}

/// Whether two `http` addresses are equivalent to a browser: the host in any case, port 80
/// optional, and an empty path equal to `/`.
fn same_address(a: &str, b: &str) -> bool {
    fn parts(url: &str) -> (String, &str) {
        let rest = match url.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("http://") => &url[7..],
            _ => url,
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.to_ascii_lowercase();
        let authority = authority.strip_suffix(":80").map(str::to_owned).unwrap_or(authority);
        (authority, if path.is_empty() { "/" } else { path })
    }
    parts(a) == parts(b)
}

fn decode(text: &str) -> Result<String, QueryError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(QueryError::Encoding),
            },
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| QueryError::Encoding)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests;
