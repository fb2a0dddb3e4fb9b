//! What a connection met, said so that the reader knows what to do.

use std::io;
use std::time::Duration;

use ureq::http::Uri;

use crate::error::{Error, Kind};

/// The code of an answer that broke off: another try may get all of it.
pub(super) const BROKEN_OFF: &str = "connection_broken";

/// The host of a URL, for messages: never its path or query.
pub(super) fn host(url: &str) -> String {
    let uri = url.parse::<Uri>().ok();
    uri.and_then(|uri| Some(uri.authority()?.as_str().to_owned()))
        .unwrap_or_else(|| "the server".to_owned())
}

/// Whether the server may have acted on the request.
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

/// Whether it may be otherwise in a moment. A name that does not exist and a certificate that is
/// not trusted stay so.
pub(super) fn may_pass(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(e) => rustls_error(e).is_none() && !is_unknown_name(e),
        _ => false,
    }
}

/// An error before the answer's headers were there. `proxy` is `host:port` of the one that was to
/// be passed.
pub(super) fn of_transport(url: &str, proxy: Option<&str>, error: &ureq::Error) -> Error {
    let host = host(url);
    let unavailable = |message: String| Error::new(Kind::Unavailable, message);
    if let Some(proxy) = proxy
        && never_connected(error)
    {
        let unreached = unavailable(format!("cannot reach the proxy {proxy} on the way to {host}"));
        return match error {
            ureq::Error::Io(e) => unreached.caused_by(e),
            _ => unreached.caused_by(error),
        }
        .hint("check HTTPS_PROXY; hosts in NO_PROXY are reached without one");
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
            let error = unavailable(format!("the proxy did not let us through to {host}"));
            if why.contains("407") {
                error
                    .because("it wants a user and a password")
                    .hint("export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT")
            } else {
                error.because(why.clone()).hint("check HTTPS_PROXY and NO_PROXY")
            }
        }
        ureq::Error::Rustls(e) => tls(&host, e),
        ureq::Error::Io(e) => {
            if let Some(e) = rustls_error(e) {
                return tls(&host, e);
            }
            if is_unknown_name(e) {
                return of_transport(url, proxy, &ureq::Error::HostNotFound);
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
            Error::usage("this request cannot be written as HTTP").caused_by(error)
        }
        _ => unavailable(format!("the exchange with {host} failed")).caused_by(error),
    }
}

/// An error while the body was on its way.
pub(super) fn while_reading(url: &str, error: io::Error) -> Error {
    let error = ureq::Error::from(error);
    if matches!(error, ureq::Error::Timeout(_)) {
        return of_transport(url, None, &error);
    }
    Error::new(Kind::Unavailable, format!("the answer of {} broke off", host(url)))
        .code(BROKEN_OFF)
        .because(match &error {
            ureq::Error::Io(e) => ending(e),
            other => other.to_string(),
        })
}

/// How a connection ended. TLS libraries have a manual's address for the commonest way.
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
        _ => "the request was sent, and no whole answer came",
    }
}

/// Whether not even the first hop was reached.
fn never_connected(error: &ureq::Error) -> bool {
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
    let base = Error::new(Kind::Unavailable, format!("no secure connection to {host}")).code("tls");
    let inspected = "if something on the way inspects TLS, name its certificate: export SSL_CERT_FILE=/path/to/ca.pem";
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return base.caused_by(error).hint(inspected);
    };
    match certificate {
        C::UnknownIssuer => base
            .because("its certificate is signed by an authority that this machine does not know")
            .hint("a company proxy that inspects TLS does this; name its certificate: export SSL_CERT_FILE=/path/to/company-ca.pem"),
        C::Expired | C::ExpiredContext { .. } => base
            .because("its certificate has expired, or this machine's clock is ahead")
            .hint("check the clock: date -u"),
        C::NotValidYet | C::NotValidYetContext { .. } => base
            .because("its certificate is not valid yet: this machine's clock is probably behind")
            .hint("check the clock: date -u"),
        C::NotValidForName | C::NotValidForNameContext { .. } => base
            .because("its certificate is for another host")
            .hint("check the domain: auth0-profiles show"),
        _ => base.caused_by(error).hint(inspected),
    }
}

/// Whether the resolver says that there is no such name. The standard library has no kind for it,
/// only its own words before the system's; "temporary" is the system's for "ask again".
fn is_unknown_name(error: &io::Error) -> bool {
    let words = error.to_string().to_lowercase();
    words.contains("failed to lookup address") && !words.contains("temporary")
}

fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A redirect is never followed: what is sent may hold a token or a code.
pub(super) fn redirected(url: &str, status: u16, location: Option<&str>) -> Error {
    let error = Error::new(
        Kind::Unavailable,
        format!("{} answered with a redirect, which is not followed", host(url)),
    )
    .status(status)
    .code("redirected")
    .hint("check the domain: auth0-profiles show");
    match location {
        Some(location) => {
            let place: String =
                location.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect();
            error.because(format!("it points to {place}"))
        }
        None => error,
    }
}

pub(super) fn rate_limited(url: &str, wait: Duration) -> Error {
    Error::new(Kind::RateLimited, format!("{} limits the rate of requests", host(url)))
        .status(429)
        .code("too_many_requests")
        .because(format!("it asks for {} s of quiet", wait.as_secs().max(1)))
        .hint("try again later, or try more often: --max-retries 10")
}

pub(super) fn outage(url: &str, status: u16) -> Error {
    Error::new(Kind::Unavailable, format!("{} is not available (HTTP {status})", host(url)))
        .status(status)
}

pub(super) fn out_of_time() -> Error {
    Error::new(Kind::Unavailable, "the time given with --timeout ran out")
        .code("timeout")
        .hint("allow more: --timeout 5m")
}

/// The end of work under a lock that other processes may be waiting for.
pub(super) fn held_too_long(limit: Duration) -> Error {
    let message = format!("the tenant gave no token within {} s", limit.as_secs());
    Error::new(Kind::Unavailable, message)
        .code("timeout")
        .because("other commands may be waiting for this profile")
        .hint("try again in a minute")
}
