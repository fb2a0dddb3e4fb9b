//! Minimal URL parsing: enough to decide whether we may send something to a URL or show it.

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
        let (https, after) = match text.strip_prefix("https://") {
            Some(after) => (true, after),
            None => (false, text.strip_prefix("http://")?),
        };
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        let host = host_of(authority)?;
        Some(Self { https, host, authority, rest })
    }

    /// Whether a login page or token endpoint may be there: `https`, or this machine.
    pub(crate) fn is_secure(self) -> bool {
        self.https || matches!(self.host, "127.0.0.1" | "[::1]" | "localhost")
    }

    /// `https://host[:port]/` in lower case, or `None` if the URL has a path, query or fragment.
    pub(crate) fn as_origin(self) -> Option<String> {
        let scheme = if self.https { "https" } else { "http" };
        matches!(self.rest, "" | "/")
            .then(|| format!("{scheme}://{}/", self.authority.to_ascii_lowercase()))
    }
}

/// The host in `host[:port]`. `None` if either is malformed.
fn host_of(authority: &str) -> Option<&str> {
    let end = match authority.strip_prefix('[') {
        Some(inner) => inner.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let port_fits = match port.strip_prefix(':') {
        Some(digits) => {
            digits.bytes().all(|b| b.is_ascii_digit())
                && digits.parse::<u16>().is_ok_and(|port| port != 0)
        }
        None => port.is_empty(),
    };
    let name_fits = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(ipv6) => ipv6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        }
    };
    (port_fits && name_fits).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::Url;

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
