//! Parses paths of the API, matches them with templates, and fills templates.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::base::error::Error;
use crate::base::text::foreign;
use crate::base::url::encoded;
use crate::hint;

/// Characters that are percent-encoded in a path as typed: everything but `pchar` (RFC 3986 §3.3). `%`
/// is handled separately, so that encoded text stays as it is.
const TYPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path that a person typed, encoded for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPath {
    /// The path below `/api/v2`, with a leading slash, percent-encoded.
    pub path: String,
    /// The query parameters after `?`, decoded.
    pub query: Vec<(String, String)>,
}

/// Parses a path as a person types it. Characters that a path cannot hold are percent-encoded
/// (`users/auth0|123`), encoded ones are kept, and the query is split off.
///
/// # Errors
///
/// Usage error for a URL (`https://…`), for an empty, `.` or `..` segment, and for a placeholder
/// without a value.
pub fn request_path(typed: &str) -> Result<RequestPath, Error> {
    let (path, query) = typed.split_once('?').unwrap_or((typed, ""));
    if path.contains("://") {
        return Err(Error::usage("this is a URL, not a path of the API")
            .hint("give the part after /api/v2/; the profile or --domain names the tenant"));
    }
    let segments = relative(path);
    let mut made = String::with_capacity(path.len() + 8);
    for segment in segments.split('/') {
        if segment.is_empty() {
            return Err(Error::usage("this is not a path of the API: it has an empty segment"));
        }
        if is_placeholder(segment) {
            return Err(Error::usage(format!("{path:?} has no value for {segment}")).hint(hint!(
                "give the value after the path: auth0-api {} VALUE",
                foreign(path).in_command("PATH")
            )));
        }
        refuse_dots(segment)?;
        made.push('/');
        push_typed(&mut made, segment);
    }
    Ok(RequestPath { path: made, query: query_pairs(query).collect() })
}

/// Replaces a template's placeholders by values, in order: `/users/{id}` and `auth0|123` make
/// `/users/auth0%7C123`. A value stays one segment, whatever characters it has.
///
/// # Errors
///
/// Usage error for too few or too many values, and for a value that is empty, `.` or `..`.
pub fn fill<'a>(
    template: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Result<String, Error> {
    let mut values = values.into_iter();
    let mut made = String::with_capacity(template.len() + 32);
    for (index, segment) in template.split('/').enumerate() {
        if index > 0 {
            made.push('/');
        }
        if !is_placeholder(segment) {
            made.push_str(segment);
            continue;
        }
        let Some(value) = values.next() else {
            return Err(Error::usage(format!("{template} needs a value for {segment}")));
        };
        if value.is_empty() {
            return Err(Error::usage(format!("the value for {segment} in {template} is empty")));
        }
        refuse_dots(value)?;
        made.push_str(&encoded(value).to_string());
    }
    match values.next() {
        Some(_) => Err(Error::usage(format!("{template} has no place for so many values"))),
        None => Ok(made),
    }
}

/// The names of a template's placeholders, in order.
pub fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('/')
        .filter(|segment| is_placeholder(segment))
        .map(|segment| &segment[1..segment.len() - 1])
}

/// The parameters of a query, decoded.
pub fn query_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query.split('&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// A path without its query, leading and trailing slash, and `api/v2/`.
pub(super) fn relative(path: &str) -> &str {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_prefix("api/v2/").unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path)
}

/// How well a relative path matches a template, or `None` if it does not. The value is greater for
/// the template whose first differing segment is literal.
pub(super) fn fit(template: &str, path: &str) -> Option<u32> {
    let mut segments = path.split('/');
    let mut fit = 0;
    for expected in template[1..].split('/') {
        let segment = segments.next().filter(|segment| !segment.is_empty())?;
        let literal = !is_placeholder(expected);
        if literal && expected != segment {
            return None;
        }
        fit = fit << 1 | u32::from(literal);
    }
    segments.next().is_none().then_some(fit)
}

/// The names and values of the template's placeholders in a matching path.
pub(super) fn captures<'a>(
    template: &'static str,
    path: &'a str,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let pairs = template[1..].split('/').zip(path.split('/'));
    pairs
        .filter(|(expected, _)| is_placeholder(expected))
        .map(|(expected, segment)| (&expected[1..expected.len() - 1], segment))
}

fn is_placeholder(segment: &str) -> bool {
    segment.len() > 2 && segment.starts_with('{') && segment.ends_with('}')
}

/// `.` and `..` change the path even if encoded, because URL parsers decode them (WHATWG URL §4.4).
fn refuse_dots(segment: &str) -> Result<(), Error> {
    let decoded: Vec<u8> = percent_decode_str(segment).collect();
    if matches!(decoded.as_slice(), b"." | b"..") {
        return Err(Error::usage("'.' and '..' cannot be segments of a path"));
    }
    Ok(())
}

fn push_typed(made: &mut String, segment: &str) {
    let mut rest = segment;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        made.extend(utf8_percent_encode(before, TYPED));
        let encoded =
            from.as_bytes().get(1..3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        made.push_str(if encoded { "%" } else { "%25" });
        rest = &from[1..];
    }
    made.extend(utf8_percent_encode(rest, TYPED));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::ErrorKind;
    use crate::base::test_random::Random;

    #[test]
    fn values_stay_one_segment() {
        for (value, encoded) in [
            ("auth0|123", "auth0%7C123"),
            ("a/b", "a%2Fb"),
            ("../x", "..%2Fx"),
            ("a b+c", "a%20b%2Bc"),
            ("a?b#c&d=e", "a%3Fb%23c%26d%3De"),
            ("100%", "100%25"),
            ("%7C", "%257C"),
            ("Zoë", "Zo%C3%AB"),
            ("a\r\nb\0", "a%0D%0Ab%00"),
            ("a-b.c_d~e", "a-b.c_d~e"),
            ("{id}", "%7Bid%7D"),
            ("...", "..."),
        ] {
            assert_eq!(
                fill("/users/{id}/roles", [value]).unwrap(),
                format!("/users/{encoded}/roles")
            );
        }
        let two = fill("/organizations/{id}/members/{user_id}/roles", ["org_1", "auth0|2"]);
        assert_eq!(two.unwrap(), "/organizations/org_1/members/auth0%7C2/roles");
        assert_eq!(fill("clients", []).unwrap(), "clients");
    }

    #[test]
    fn values_that_change_the_path_are_refused() {
        for values in [&[][..], &[""], &["."], &[".."], &["%2e%2E"], &[".%2e"], &["a", "b"]] {
            let error = fill("/users/{id}", values.iter().copied()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{values:?}");
        }
    }

    #[test]
    fn any_value_comes_back_from_its_path() {
        let mut random = Random::new(3986);
        for _ in 0..2_000 {
            let length = 1 + random.below(20);
            let value: String =
                (0..length).filter_map(|_| char::from_u32(random.below(0x800) as u32)).collect();
            let Ok(path) = fill("/users/{id}/roles", [value.as_str()]) else {
                assert!(value.is_empty() || value.starts_with(['.', '%']), "{value:?}");
                continue;
            };
            let middle = path.strip_prefix("/users/").unwrap().strip_suffix("/roles").unwrap();
            assert!(
                middle.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)),
                "{path}"
            );
            assert_eq!(percent_decode_str(middle).decode_utf8().unwrap(), value);
            // An encoded path is not changed again.
            assert_eq!(request_path(&path).unwrap().path, path);
        }
    }

    #[test]
    fn typed_paths_are_completed() {
        for (typed, path) in [
            ("clients", "/clients"),
            ("/api/v2/clients/", "/clients"),
            ("users/auth0|123", "/users/auth0%7C123"),
            ("users/auth0%7c123", "/users/auth0%7c123"),
            ("users/100%/a%2", "/users/100%25/a%252"),
            ("users/Zoë x", "/users/Zo%C3%AB%20x"),
            ("a/b:c@d!$&'()*+,;=e", "/a/b:c@d!$&'()*+,;=e"),
            ("users/a#b\\c", "/users/a%23b%5Cc"),
            ("users/a%", "/users/a%25"),
            ("users/%é", "/users/%25%C3%A9"),
        ] {
            let made = request_path(typed).unwrap();
            assert_eq!((made.path.as_str(), made.query.len()), (path, 0), "{typed}");
        }
        let made = request_path("users?q=email%3A%22a+b%22&&include_totals&x=a=b%").unwrap();
        let query = [("q", "email:\"a b\""), ("include_totals", ""), ("x", "a=b%")];
        assert_eq!(made.path, "/users");
        assert_eq!(made.query, query.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn typed_paths_outside_the_api_are_refused() {
        for typed in [
            "",
            "/",
            "//evil.example/x",
            "https://evil.example/api/v2/clients",
            "clients//a",
            "clients/../users",
            "clients/%2e%2E",
            "clients/.",
            "./clients",
            "/api/v2/../../oauth/token",
            "users/{id}/roles",
            "?q=a",
        ] {
            assert_eq!(request_path(typed).unwrap_err().kind(), ErrorKind::Usage, "{typed}");
        }
    }
}
