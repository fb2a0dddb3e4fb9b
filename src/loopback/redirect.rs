//! Redirect URIs that a loopback listener can serve (RFC 8252 §7.3).

use crate::base::error::Error;
use crate::base::url;

/// A redirect URI on this machine. It keeps the exact text that the tenant has registered, because
/// the token request must repeat it byte by byte (RFC 6749 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    host: LoopbackHost,
    port: u16,
    /// The position of the port in `text`.
    port_at: Option<std::ops::Range<usize>>,
    path: String,
}

/// The hosts that always mean this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopbackHost {
    /// 127.0.0.1
    V4,
    /// \[::1\]
    V6,
    /// localhost: listens on both families, because the browser chooses.
    Localhost,
}

impl RedirectUri {
    /// Parses `http://HOST[:PORT][/PATH]`, where HOST is 127.0.0.1, \[::1\] or localhost. Port 0
    /// lets the system choose one. Anything else is a usage error, including every spelling that a
    /// browser would rewrite before it calls back.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).map_err(|why| {
            Error::usage("the redirect URI cannot be used")
                .because(why)
                .hint("pass one like --redirect-uri http://127.0.0.1:5000/callback")
        })
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        let (_, authority, path) = url::split(text)
            .filter(|(scheme, ..)| *scheme == "http")
            .ok_or("it must begin with http://")?;
        if authority.contains('@') {
            return Err("it must not have a user name");
        }
        let (host, after) = [
            ("127.0.0.1", LoopbackHost::V4),
            ("[::1]", LoopbackHost::V6),
            ("localhost", LoopbackHost::Localhost),
        ]
        .into_iter()
        .find_map(|(name, host)| Some((host, authority.strip_prefix(name)?)))
        .filter(|(_, after)| after.is_empty() || after.starts_with(':'))
        .ok_or("its host must be 127.0.0.1, [::1] or localhost")?;
        let port_end = text.len() - path.len();
        let (port, port_at) = match after.strip_prefix(':') {
            None => (80, None),
            Some(digits) => {
                let port: u16 =
                    digits.parse().map_err(|_| "its port must be a number up to 65535")?;
                if port.to_string() != digits {
                    return Err("its port must be a plain number");
                }
                (port, Some(port_end - digits.len()..port_end))
            }
        };
        if path.contains(['?', '#']) {
            return Err("it must not have a query or a fragment");
        }
        if !is_plain_path(path) {
            return Err("its path has characters or segments that a browser would rewrite");
        }
        Ok(Self {
            text: text.to_owned(),
            host,
            port,
            port_at,
            path: if path.is_empty() { "/" } else { path }.to_owned(),
        })
    }

    /// The exact text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host of the URI.
    pub fn host(&self) -> LoopbackHost {
        self.host
    }

    /// The port. 0 means that the system chooses.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path as a browser requests it. Never empty.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The URI with another port.
    pub fn with_port(&self, port: u16) -> String {
        let mut text = self.text.clone();
        if let Some(at) = self.port_at.clone() {
            text.replace_range(at, &port.to_string());
        }
        text
    }
}

/// RFC 3986 §3.3, without dot segments, because browsers resolve those.
fn is_plain_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            byte => byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    path.split('/').all(|segment| {
        !matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_uris_keep_their_exact_text() {
        for (text, host, port, path) in [
            ("http://127.0.0.1:5000/callback", LoopbackHost::V4, 5000, "/callback"),
            ("http://[::1]:8000/a/b.c%20d", LoopbackHost::V6, 8000, "/a/b.c%20d"),
            ("http://localhost:0/", LoopbackHost::Localhost, 0, "/"),
            ("http://localhost:65535", LoopbackHost::Localhost, 65535, "/"),
            ("http://127.0.0.1", LoopbackHost::V4, 80, "/"),
        ] {
            let uri = RedirectUri::parse(text).unwrap();
            assert_eq!(
                (uri.as_str(), uri.host(), uri.port(), uri.path()),
                (text, host, port, path)
            );
        }
    }

    #[test]
    fn only_the_port_is_replaced() {
        let with = |text, port| RedirectUri::parse(text).unwrap().with_port(port);
        assert_eq!(with("http://127.0.0.1:0/0", 4711), "http://127.0.0.1:4711/0");
        assert_eq!(with("http://[::1]:0", 4711), "http://[::1]:4711");
        assert_eq!(with("http://localhost/cb", 80), "http://localhost/cb");
    }

    #[test]
    fn others_are_usage_errors_with_a_hint() {
        for text in [
            "",
            "http://",
            "127.0.0.1:5000/callback",
            "https://127.0.0.1:5000/callback",
            "HTTP://127.0.0.1/",
            "http://0.0.0.0:5000/",
            "http://127.0.0.2:5000/",
            "http://[::]:5000/",
            "http://192.168.0.1/",
            "http://example.com/",
            "http://localhost.example.com/",
            "http://localhost./",
            "http://127.0.0.1x/",
            "http://LOCALHOST:5000/",
            "http://::1:5000/",
            "http://2130706433/",
            "http://127.1/",
            "http://u@127.0.0.1/",
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1:5000@evil.example/",
            "http://127.0.0.1:/",
            "http://127.0.0.1:65536/",
            "http://127.0.0.1:05000/",
            "http://127.0.0.1:+5000/",
            "http://127.0.0.1:5000/cb?x=1",
            "http://127.0.0.1:5000/cb#f",
            "http://127.0.0.1:5000?x",
            "http://127.0.0.1:5000/a b",
            "http://127.0.0.1:5000/ä",
            "http://127.0.0.1:5000/%zz",
            "http://127.0.0.1:5000/%4",
            "http://127.0.0.1:5000/../cb",
            "http://127.0.0.1:5000/a/%2E./b",
            "http://127.0.0.1:5000/a\\b",
            "http://127.0.0.1:5000/a\r\nX: y",
            " http://127.0.0.1:5000/",
        ] {
            let error = RedirectUri::parse(text).expect_err(text);
            assert_eq!(error.kind(), crate::base::error::ErrorKind::Usage, "{text}");
            assert!(
                error.hint_text().is_some_and(|hint| hint.contains("--redirect-uri")),
                "{text}"
            );
        }
    }
}
