//! Just enough of a URL to decide whether something may be sent there, or shown to a person.

/// An absolute `http` or `https` URL without user information. Looked at, never rewritten.
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
    /// Takes a URL apart, or refuses it. Strict on purpose: a character that RFC 3986 does not
    /// allow, and what a browser or a client library
    /// would have to repair (white space, backslashes, `user@host`) is no URL here.
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

    /// `https`, or this computer: where a login page or a token endpoint may live.
    pub(crate) fn is_secure(self) -> bool {
        self.https || matches!(self.host, "127.0.0.1" | "[::1]" | "localhost")
    }

    /// `https://host[:port]/`, in lower case, when there is nothing behind it.
    pub(crate) fn as_origin(self) -> Option<String> {
        let scheme = if self.https { "https" } else { "http" };
        matches!(self.rest, "" | "/")
            .then(|| format!("{scheme}://{}/", self.authority.to_ascii_lowercase()))
    }
}

/// The host of `host[:port]`, where both are well formed.
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
    fn origins() {
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
    fn what_is_not_secure() {
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
    fn what_is_no_url() {
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
