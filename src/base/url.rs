//! Minimal URL parsing: enough to decide whether we may send something to a URL or show it. Also
//! percent-encoding.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

/// Everything except the unreserved characters (RFC 3986 §2.3). A space becomes `%20`, which
/// decodes to a space in paths, queries and form bodies.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a path segment, or a name or value of a query or form.
pub(crate) fn encoded(text: &str) -> impl fmt::Display + '_ {
    percent_encoding::utf8_percent_encode(text, RESERVED)
}

/// Decodes percent-encoding for comparing or showing a text. Invalid UTF-8 becomes U+FFFD.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

/// Splits `SCHEME://AUTHORITY` from the rest of a URL, which may be empty, and checks nothing.
pub(crate) fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, after) = url.split_once("://")?;
    let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    Some((scheme, authority, rest))
}

/// Splits `host[:port]`. `None` if the port is not a plain number from 1 to 65535. The host is not
/// checked.
pub(crate) fn split_authority(authority: &str) -> Option<(&str, Option<&str>)> {
    let host_end = if authority.starts_with('[') { authority.find(']')? + 1 } else { 0 };
    let Some(colon) = authority[host_end..].find(':') else { return Some((authority, None)) };
    let (host, port) = authority.split_at(host_end + colon);
    let port = &port[1..];
    let is_plain = port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
    (is_plain && port.parse::<u16>().is_ok()).then_some((host, Some(port)))
}

/// Whether a host is this machine: 127.0.0.1, `[::1]` or localhost.
pub(crate) fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// An absolute `http` or `https` URL without user information. It is never rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    https: bool,
    host: &'a str,
    /// `host[:port]` as written.
    authority: &'a str,
    /// Path, query and fragment as written.
    rest: &'a str,
}

impl<'a> Url<'a> {
    /// Parses a URL, or returns `None`. This is strict on purpose. It refuses every character that
    /// RFC 3986 does not allow, and everything that a browser or client library would have to
    /// repair: white space, backslashes, `user@host`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        const MAX: usize = 2048;
        if text.len() > MAX
            || !text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b))
        {
            return None;
        }
        let (scheme, authority, rest) = split(text)?;
        let https = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let (host, _) = split_authority(authority).filter(|(host, _)| is_host(host))?;
        Some(Self { https, host, authority, rest })
    }

    /// Whether a login page or token endpoint may be there: `https`, or this machine.
    pub(crate) fn is_secure(self) -> bool {
        self.https || is_loopback(self.host)
    }

    /// `https://host[:port]/` in lower case, or `None` if the URL has a path, query or fragment.
    pub(crate) fn as_origin(self) -> Option<String> {
        let scheme = if self.https { "https" } else { "http" };
        matches!(self.rest, "" | "/")
            .then(|| format!("{scheme}://{}/", self.authority.to_ascii_lowercase()))
    }
}

/// Whether a host has the form of a name or an address.
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(ipv6) => ipv6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let is_fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            !host.is_empty() && host.bytes().all(is_fit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Url, decoded, encoded};

    #[test]
    fn origins_end_with_a_slash() {
        for (text, origin) in [
            ("https://acme.eu.auth0.com", "https://acme.eu.auth0.com/"),
            ("https://ACME.eu.auth0.com/", "https://acme.eu.auth0.com/"),
            ("http://127.0.0.1:4400/", "http://127.0.0.1:4400/"),
            ("http://[::1]:4400", "http://[::1]:4400/"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(url.as_origin().as_deref(), Some(origin));
            assert!(url.is_secure());
        }
        assert!(Url::parse("https://a.b/c").unwrap().as_origin().is_none());
        assert!(Url::parse("https://a.b?c").unwrap().as_origin().is_none());
    }

    #[test]
    fn plain_http_is_secure_only_on_this_machine() {
        for text in [
            "http://acme.eu.auth0.com/",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example",
            "http://[::2]/",
        ] {
            assert!(!Url::parse(text).unwrap().is_secure(), "{text}");
        }
    }

    #[test]
    fn decoding_is_the_inverse_of_encoding() {
        for text in ["", "a b", "auth0|1", "é/%&=?+"] {
            assert_eq!(decoded(&encoded(text).to_string()), text);
        }
        assert_eq!(decoded("a%ff%zz"), "a\u{fffd}%zz");
    }

    #[test]
    fn the_longest_url_has_2048_bytes() {
        let url = |length: usize| {
            let start = "https://a.b/";
            format!("{start}{}", "x".repeat(length - start.len()))
        };
        assert!(Url::parse(&url(2048)).is_some());
        assert_eq!(Url::parse(&url(2049)), None);
        assert_eq!(Url::parse(&url(100_000)), None);
    }

    #[test]
    fn malformed_urls_are_refused() {
        for text in [
            "",
            "https://",
            "https:///x",
            "ftp://a.b/",
            "javascript:alert(1)",
            "https://u@a.b/",
            "https://a.b\\@c/",
            "https://a.b:/",
            "https://a.b:0/",
            "https://a.b:080/",
            "https://a.b:99999/",
            "https://a.b:+1/",
            "https://a b/",
            "https://a.b/\u{1b}",
            "https://é.example/",
            "https://[::1/",
            "https://[zz]/",
            "https://[::1]x/",
            "-https://a.b/",
        ] {
            assert_eq!(Url::parse(text), None, "{text:?}");
        }
    }
}
