//! Parses one HTTP request, as strictly as RFC 9112 requires and only as far as a callback needs.
//! It takes bytes and returns a decision, without sockets.

use crate::base::secret::Secret;
use crate::loopback::page::Refusal;

/// The longest request line, in bytes without its line end (RFC 9112 §3 requires at least 8000).
pub const MAX_REQUEST_LINE: usize = 8 * 1024;
/// The most bytes of all header lines, with their line ends. They include the cookies of every
/// application on this host, because cookies ignore the port.
pub const MAX_HEADERS: usize = 64 * 1024;
/// The most empty lines before the request line (RFC 9112 §2.2 requires at least one).
const MAX_LEADING_LINES: usize = 8;
/// The host names that lead a browser to a loopback listener.
const LOOPBACK_HOSTS: [&[u8]; 3] = [b"127.0.0.1", b"[::1]", b"localhost"];

/// What a callback must look like.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The redirect URI's path. Never empty, compared byte by byte.
    pub path: String,
    /// The listener's port. `Host` must name it, with a loopback host.
    pub port: u16,
    /// The path of the one-time address that the browser is opened with, if there is one.
    pub start: Option<Secret>,
}

/// A decision about a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The request is incomplete.
    More,
    /// A GET of the callback path, with the unchanged query, or an empty one.
    Callback(Secret),
    /// A GET of the one-time address.
    Start,
    /// Anything else, which gets this answer. With `head` only the header section is sent.
    Refused {
        /// The answer.
        refusal: Refusal,
        /// Whether the method was HEAD (RFC 9110 §9.3.2).
        head: bool,
    },
    /// The first byte of a TLS handshake. The peer would not understand an answer.
    Tls,
}

/// A request that is being parsed. It stores one line at a time, so memory is bounded by the
/// limits, and the work is linear in the number of bytes.
#[derive(Debug)]
pub struct RequestParser<'a> {
    expected: &'a Expected,
    line: Vec<u8>,
    leading_lines: usize,
    header_bytes: usize,
    start: Option<StartLine>,
    /// Whether `Host` names this listener. `None` before it has been read.
    host: Option<bool>,
}

#[derive(Debug)]
struct StartLine {
    method: Vec<u8>,
    target: RequestTarget,
}

#[derive(Debug)]
struct RequestTarget {
    /// False for an absolute-form target of another server.
    ours: bool,
    path: String,
    query: Secret,
}

impl<'a> RequestParser<'a> {
    /// A parser for one connection.
    pub fn new(expected: &'a Expected) -> Self {
        Self {
            expected,
            line: Vec::new(),
            leading_lines: 0,
            header_bytes: 0,
            start: None,
            host: None,
        }
    }

    /// Takes the next bytes. Stop feeding once the answer is not [`Parsed::More`]: bytes after the
    /// header section do not belong to a GET.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Parsed {
        let first = self.start.is_none() && self.leading_lines == 0 && self.line.is_empty();
        if first && bytes.first() == Some(&0x16) {
            return Parsed::Tls;
        }
        while !bytes.is_empty() {
            let ending = bytes.iter().position(|byte| *byte == b'\n');
            let (part, rest) = bytes.split_at(ending.map_or(bytes.len(), |at| at + 1));
            bytes = rest;
            if let Some(refusal) = self.oversized(part) {
                let head =
                    self.is_head() || self.start.is_none() && self.line.starts_with(b"HEAD ");
                return Parsed::Refused { refusal, head };
            }
            self.line.extend_from_slice(part);
            if ending.is_none() {
                return Parsed::More;
            }
            let line = std::mem::take(&mut self.line);
            match self.line_ended(&line) {
                Ok(Parsed::More) => {}
                Ok(decided) => return decided,
                Err(refusal) => {
                    let head = self.is_head() || self.start.is_none() && line.starts_with(b"HEAD ");
                    return Parsed::Refused { refusal, head };
                }
            }
        }
        Parsed::More
    }

    /// Checks that `part` still fits before it is stored.
    fn oversized(&mut self, part: &[u8]) -> Option<Refusal> {
        if self.start.is_some() {
            self.header_bytes += part.len();
            return (self.header_bytes > MAX_HEADERS).then_some(Refusal::HeadersTooLarge);
        }
        // Before the line feed arrives, a last CR may be part of the line end.
        let length = self.line.len() + part.len();
        let content = if part.ends_with(b"\n") {
            let before = part.len().checked_sub(2).map(|at| part[at]);
            let cr = before.or(self.line.last().copied()) == Some(b'\r');
            length - 1 - usize::from(cr)
        } else {
            length - usize::from(part.ends_with(b"\r"))
        };
        if content <= MAX_REQUEST_LINE {
            return None;
        }
        // Enough to recognize the method.
        self.line.extend_from_slice(&part[..part.len().min(8)]);
        Some(Refusal::TargetTooLong)
    }

    /// Takes one whole line with its line end: CRLF, or only LF (RFC 9112 §2.2).
    fn line_ended(&mut self, line: &[u8]) -> Result<Parsed, Refusal> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // A bare CR could make different parsers see different lines.
        if line.contains(&b'\r') {
            return Err(Refusal::BadRequest);
        }
        if self.start.is_none() {
            if line.is_empty() {
                self.leading_lines += 1;
                return if self.leading_lines > MAX_LEADING_LINES {
                    Err(Refusal::BadRequest)
                } else {
                    Ok(Parsed::More)
                };
            }
            self.start = Some(self.start_line(line).ok_or(Refusal::BadRequest)?);
            return Ok(Parsed::More);
        }
        if line.is_empty() {
            return self.decide();
        }
        self.header(line).map(|()| Parsed::More)
    }

    /// RFC 9112 §3: `method SP request-target SP HTTP-version`.
    fn start_line(&self, line: &[u8]) -> Option<StartLine> {
        let mut words = line.split(|byte| *byte == b' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        let version = version.strip_prefix(b"HTTP/1.")?;
        let well_formed = words.next().is_none()
            && is_token(method)
            && version.len() == 1
            && version[0].is_ascii_digit();
        if !well_formed {
            return None;
        }
        Some(StartLine { method: method.to_vec(), target: self.target(target, method)? })
    }

    /// RFC 9112 §3.2: origin-form, absolute-form, or `*` with OPTIONS. Authority-form is for
    /// proxies.
    fn target(&self, target: &[u8], method: &[u8]) -> Option<RequestTarget> {
        if !target.iter().all(u8::is_ascii_graphic) || target.contains(&b'#') {
            return None;
        }
        let target = str::from_utf8(target).ok()?;
        let (ours, target) = match target.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("http://") => {
                let rest = &target[7..];
                let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
                (self.is_ours(authority.as_bytes()), rest)
            }
            _ if target.starts_with('/') => (true, target),
            _ if target == "*" && method == b"OPTIONS" => (true, self.expected.path.as_str()),
            _ => return None,
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(RequestTarget {
            ours,
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query: Secret::new(query),
        })
    }

    /// RFC 9112 §5: `name ":" OWS value OWS`, no space before the colon (§5.1), no folding (§5.2).
    fn header(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(Refusal::BadRequest)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if !is_token(name) || value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Refusal::BadRequest);
        }
        if name.eq_ignore_ascii_case(b"host") && self.host.replace(self.is_ours(value)).is_some() {
            return Err(Refusal::BadRequest);
        }
        Ok(())
    }

    /// The header section has ended.
    fn decide(&self) -> Result<Parsed, Refusal> {
        let start = self.start.as_ref().ok_or(Refusal::BadRequest)?;
        // A foreign host name leads here only if someone has pointed it at this machine (DNS
        // rebinding).
        if self.host != Some(true) || !start.target.ours {
            return Err(Refusal::BadRequest);
        }
        let is_start =
            self.expected.start.as_ref().is_some_and(|path| path.matches(&start.target.path));
        if start.target.path != self.expected.path && !is_start {
            return Err(Refusal::NotFound);
        }
        if start.method != b"GET" {
            return Err(Refusal::MethodNotAllowed);
        }
        if is_start {
            return Ok(Parsed::Start);
        }
        Ok(Parsed::Callback(start.target.query.clone()))
    }

    fn is_head(&self) -> bool {
        self.start.as_ref().is_some_and(|start| start.method == b"HEAD")
    }

    /// Whether `host[:port]` names this listener.
    fn is_ours(&self, authority: &[u8]) -> bool {
        LOOPBACK_HOSTS.iter().any(|host| {
            let Some((name, port)) = authority.split_at_checked(host.len()) else {
                return false;
            };
            let port = match port {
                [] | [b':'] => Some(80),
                [b':', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => {
                    str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok())
                }
                _ => None,
            };
            name.eq_ignore_ascii_case(host) && port == Some(self.expected.port)
        })
    }
}

/// Whether it is a token of RFC 9110 §5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_tchar)
}

#[cfg(test)]
mod tests;
