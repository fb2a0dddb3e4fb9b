//! Turns connection errors into messages with a hint.

use std::io;
use std::time::Duration;

use super::proxy::NamedProxy;
use crate::base::error::{Error, ErrorKind};
use crate::base::platform;
use crate::base::time;
use crate::base::url;
use crate::hint;
use crate::output::redact;
use crate::term::shell;

/// The error code of an answer that ended early. A retry may get the whole answer.
pub(super) const CONNECTION_BROKEN: &str = "connection_broken";

/// `host[:port]` of a URL, for messages. Never includes a user, password, path or query.
pub(super) fn host(url: &str) -> String {
    let authority = url::split(url).and_then(|(_, authority, _)| authority.rsplit('@').next());
    authority.filter(|host| !host.is_empty()).unwrap_or("the server").to_owned()
}

/// Whether the server may have received the request.
pub(super) fn may_have_been_sent(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::Tls(_)
        | ureq::Error::TlsRequired
        | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => false,
        ureq::Error::Io(e) => !never_connected(error) && rustls_error(e).is_none(),
        _ => true,
    }
}

/// Whether the failure may be temporary. An unknown host name and an untrusted certificate are
/// permanent.
pub(super) fn is_temporary(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(e) => rustls_error(e).is_none() && !is_unknown_name(e),
        _ => false,
    }
}

/// The error for a request that got no response headers. `proxy` is the proxy that was used.
pub(super) fn transport_error(url: &str, proxy: Option<&NamedProxy>, error: &ureq::Error) -> Error {
    let host = host(url);
    let unavailable = |message: String| Error::new(ErrorKind::Unavailable, message);
    let variable = proxy.map_or("HTTPS_PROXY", |proxy| proxy.variable);
    if let Some(proxy) = proxy
        && never_connected(error)
    {
        let unreached =
            unavailable(format!("cannot reach the proxy {} on the way to {host}", proxy.address()));
        return match error {
            ureq::Error::Io(e) => unreached.caused_by(e),
            _ => unreached.caused_by(error),
        }
        .hint(hint!("check {}; hosts in NO_PROXY are reached without one", variable));
    }
    if let ureq::Error::Io(e) = error
        && proxy.is_some()
        && is_socks_refusal(e)
    {
        return unavailable(format!("the proxy refused to connect to {host}"))
            .caused_by(e)
            .hint(hint!("check {} and NO_PROXY", variable));
    }
    match error {
        ureq::Error::HostNotFound => unavailable(format!(
            "the host {host} does not exist, or the network is down"
        ))
        .hint("check the domain and your connection; behind a company proxy set HTTPS_PROXY"),
        ureq::Error::Timeout(what) => unavailable(format!("{host} did not answer in time"))
            .code("timeout")
            .because(too_long(*what))
            .hint("try again"),
        ureq::Error::ConnectProxyFailed(why) => {
            let error = unavailable(format!("the proxy refused to connect to {host}"));
            if why.contains("407") {
                error
                    .because("it requires a user and a password")
                    .hint(hint!("export {}=http://USER:PASSWORD@HOST:PORT", variable))
            } else {
                error.because(why.clone()).hint(hint!("check {} and NO_PROXY", variable))
            }
        }
        ureq::Error::Rustls(e) => tls(&host, e),
        ureq::Error::Io(e) => {
            if let Some(e) = rustls_error(e) {
                return tls(&host, e);
            }
            if is_unknown_name(e) {
                return transport_error(url, proxy, &ureq::Error::HostNotFound);
            }
            if may_have_been_sent(error) {
                return unavailable(format!("the connection to {host} broke off before an answer"))
                    .because(ending(e))
                    .hint("try again");
            }
            let error = unavailable(format!("cannot reach {host}")).caused_by(e);
            if e.kind() == io::ErrorKind::ConnectionRefused {
                error.hint("nothing listens there: check the domain and the port")
            } else {
                error.hint("check your connection; behind a company proxy set HTTPS_PROXY")
            }
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Error::usage("the request is not valid HTTP").caused_by(error)
        }
        _ => unavailable(format!("the exchange with {host} failed")).caused_by(error),
    }
}

/// The error for a body that could not be read to its end.
pub(super) fn read_error(url: &str, error: io::Error) -> Error {
    let error = ureq::Error::from(error);
    if matches!(error, ureq::Error::Timeout(_)) {
        return transport_error(url, None, &error);
    }
    Error::new(ErrorKind::Unavailable, format!("the answer of {} broke off", host(url)))
        .code(CONNECTION_BROKEN)
        .because(match &error {
            ureq::Error::Io(e) => ending(e),
            other => other.to_string(),
        })
}

/// Whether the body of a 503 says that a search took too long. A retry would fail in the same way.
pub(crate) fn is_slow_query(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_lowercase();
    text.contains("exceeded the timeout") || text.contains("query timeout")
}

/// Describes how a connection ended. For an unexpected end, rustls prints the URL of a manual
/// instead.
fn ending(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the other side closed it".to_owned(),
        _ => error.to_string(),
    }
}

fn too_long(what: ureq::Timeout) -> &'static str {
    match what {
        ureq::Timeout::Resolve => "finding its address took too long",
        ureq::Timeout::Connect => "connecting took too long",
        ureq::Timeout::SendRequest | ureq::Timeout::SendBody => "sending the request took too long",
        _ => "the request was sent, but no complete answer arrived",
    }
}

/// Whether the connection failed before it reached the server or proxy.
pub(super) fn never_connected(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => true,
        ureq::Error::Io(e) => {
            matches!(
                e.kind(),
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
            ) || is_unknown_name(e)
        }
        _ => false,
    }
}

fn tls(host: &str, error: &rustls::Error) -> Error {
    use rustls::CertificateError as C;
    let base =
        Error::new(ErrorKind::Unavailable, format!("no secure connection to {host}")).code("tls");
    let inspected = || {
        let name_it = shell::set("SSL_CERT_FILE", "/path/to/ca.pem");
        hint!("if a proxy on the way inspects TLS, name its certificate: {}", name_it)
    };
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return base.caused_by(error).hint(inspected());
    };
    match certificate {
        C::UnknownIssuer => base
            .because("its certificate is signed by an authority that this machine does not know")
            .hint(hint!(
                "a company proxy that inspects TLS does this; name its certificate: {}",
                shell::set("SSL_CERT_FILE", "/path/to/company-ca.pem")
            )),
        C::Expired | C::ExpiredContext { .. } => base
            .because("its certificate has expired, or this machine's clock is ahead")
            .hint("check the clock: date -u"),
        C::NotValidYet | C::NotValidYetContext { .. } => base
            .because("its certificate is not valid yet: this machine's clock is probably behind")
            .hint("check the clock: date -u"),
        C::NotValidForName | C::NotValidForNameContext { .. } => base
            .because("its certificate is for another host")
            .hint("check the domain: auth0-profiles show"),
        _ => base.caused_by(error).hint(inspected()),
    }
}

/// Whether the resolver says that the name does not exist. The standard library has no error kind
/// for this, so the message is compared. "temporary" is in the message if a retry may succeed.
fn is_unknown_name(error: &io::Error) -> bool {
    if let Some(unknown) = platform::is_unknown_name(error) {
        return unknown;
    }
    let words = error.to_string().to_lowercase();
    words.contains("failed to lookup address") && !words.contains("temporary")
}

/// Whether a SOCKS proxy refused. ureq reports that as an I/O error without a system error code.
fn is_socks_refusal(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::Other, io::ErrorKind::InvalidData, io::ErrorKind::PermissionDenied];
    error.raw_os_error().is_none() && rustls_error(error).is_none() && kinds.contains(&error.kind())
}

fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// The error for a redirect. It is not followed, because the request may contain a token or a code.
pub(super) fn redirected(url: &str, status: u16, location: Option<&str>) -> Error {
    let error = Error::new(
        ErrorKind::Unavailable,
        format!("{} answered with a redirect, which is not followed", host(url)),
    )
    .status(status)
    .code("redirected")
    .hint("check the domain: auth0-profiles show");
    match location {
        Some(location) => {
            let place = redact::url(location.split('#').next().unwrap_or_default());
            error.because(format!("it points to {}", place.chars().take(200).collect::<String>()))
        }
        None => error,
    }
}

pub(super) fn rate_limited(url: &str, wait: Duration) -> Error {
    Error::new(ErrorKind::RateLimited, format!("{} limits the rate of requests", host(url)))
        .status(429)
        .code("too_many_requests")
        .because(time::asks_to_wait(wait))
        .hint("try again later, or try more often: --max-retries 10")
}

pub(super) fn outage(url: &str, status: u16) -> Error {
    Error::new(ErrorKind::Unavailable, format!("{} is not available (HTTP {status})", host(url)))
        .status(status)
}

pub(super) fn timed_out() -> Error {
    Error::new(ErrorKind::Unavailable, "the time given with --timeout ran out")
        .code("timeout")
        .hint("allow more: --timeout 5m")
}

/// The error if work under a lock takes so long that other processes may be waiting.
pub(super) fn lock_timeout(limit: Duration) -> Error {
    let message = format!("the tenant gave no token within {} s", limit.as_secs());
    Error::new(ErrorKind::Unavailable, message)
        .code("timeout")
        .because("other commands may be waiting for this profile")
        .hint("try again in a minute")
}
