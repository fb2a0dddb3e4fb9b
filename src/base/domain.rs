//! The domain of a tenant: a host that tokens may be sent to.

use std::fmt;

use crate::base::error::Error;
use crate::base::text::{Hint, Shown, foreign};
use crate::base::url::{self, is_loopback, split_authority};
use crate::hint;

/// `host[:port]`. It is reached over HTTPS, or over HTTP if it is this machine, for the emulator.
///
/// ```
/// use auth0_suite::base::domain::Domain;
/// let domain = Domain::parse("https://Acme.eu.auth0.com/").unwrap();
/// assert_eq!(domain.to_string(), "acme.eu.auth0.com");
/// assert_eq!(domain.issuer(), "https://acme.eu.auth0.com/");
/// assert!(Domain::parse("http://acme.eu.auth0.com").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    authority: String,
    plain_http: bool,
}

impl Domain {
    /// Parses `host[:port]`, with or without `https://` and a trailing slash.
    ///
    /// # Errors
    /// Usage error if `text` is not a domain. The hint says what was probably meant.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (plain_http, rest) = if let Some(rest) = strip_scheme(text, "http://") {
            (true, rest)
        } else {
            (false, strip_scheme(text, "https://").unwrap_or(text))
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase();
        let Some((host, port)) = split_authority(&authority) else {
            return Err(not_a_domain());
        };
        if !is_host(host) {
            return Err(not_a_domain());
        }
        if plain_http && !is_loopback(host) {
            return Err(Error::usage(format!(
                "refusing to speak plain HTTP to {host}: tokens would travel in the clear"
            ))
            .hint(hint!("use https: --domain {}", foreign(&authority).in_command("DOMAIN"))));
        }
        if port.is_none() && !host.contains('.') && !is_loopback(host) {
            return Err(Error::usage(format!("'{host}' is a tenant's name, not its domain"))
                .hint(likely_domains(host)));
        }
        let authority = match (port, plain_http) {
            // Without a dot, the port is what distinguishes a host from a tenant's name.
            (Some("443"), false) if host.contains('.') || is_loopback(host) => host.to_owned(),
            (Some("80"), true) => host.to_owned(),
            _ => authority,
        };
        Ok(Self { authority, plain_http })
    }

    /// `https://host[:port]`, without a trailing slash.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.plain_http { "http" } else { "https" }, self.authority)
    }

    /// The issuer that ID tokens must name: the origin with a trailing slash.
    pub fn issuer(&self) -> String {
        self.origin() + "/"
    }

    /// The identifier of the tenant's Management API. It always has the tenant's own domain, so
    /// this is wrong for a custom domain.
    pub fn management_audience(&self) -> String {
        self.origin() + "/api/v2/"
    }

    /// `host[:port]`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        split_authority(&self.authority).map_or(self.authority.as_str(), |(host, _)| host)
    }
}

/// A host name consists of letters, digits, dots and dashes.
impl crate::base::text::sealed::Ours for Domain {}

/// The form that profiles use: without a scheme for HTTPS, with it for HTTP.
impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.plain_http {
            f.write_str("http://")?;
        }
        f.write_str(&self.authority)
    }
}

/// What to do when the server at an origin fails. Auth0's status page does not cover servers on
/// this machine.
pub fn outage_hint(origin: &str) -> &'static str {
    let authority = url::split(origin).map_or(origin, |(_, authority, _)| authority);
    if split_authority(authority).is_some_and(|(host, _)| is_loopback(host)) {
        "it runs on this machine: see what it logs, then try again"
    } else {
        "try again; https://status.auth0.com lists outages"
    }
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let head = text.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

fn is_host(host: &str) -> bool {
    if host == "[::1]" {
        return true;
    }
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Suggests the full domains that a tenant of this name may have.
fn likely_domains(tenant: &str) -> Hint {
    const REGIONS: [&str; 6] = [".us", ".eu", ".au", ".ca", ".jp", ".uk"];
    let tenant = foreign(tenant).in_command("TENANT");
    let domains = REGIONS.map(|region| foreign(&format!("{tenant}{region}.auth0.com")).shown());
    hint!(
        "give the whole domain, as the dashboard has it under Applications → your application → Settings → Domain: {} or {}.auth0.com",
        Shown::join(domains, ", "),
        tenant
    )
}

/// The message does not repeat what was given, because an address can hold a password.
fn not_a_domain() -> Error {
    Error::usage("this is not a tenant's domain")
        .hint("it looks like acme.eu.auth0.com: a host name, without path or user; the dashboard shows it under Applications → your application → Domain")
}

#[cfg(test)]
mod tests {
    use super::{Domain, outage_hint};

    #[test]
    fn pasted_addresses_are_normalized() {
        for (text, origin) in [
            ("acme.eu.auth0.com", "https://acme.eu.auth0.com"),
            (" HTTPS://ACME.EU.auth0.com/ ", "https://acme.eu.auth0.com"),
            ("login.acme.example:8443", "https://login.acme.example:8443"),
            ("acme.auth0.com:443", "https://acme.auth0.com"),
            ("https://acme:443/", "https://acme:443"),
            ("http://127.0.0.1:4400", "http://127.0.0.1:4400"),
            ("127.0.0.1:4400", "https://127.0.0.1:4400"),
            ("http://[::1]:4400/", "http://[::1]:4400"),
            ("http://localhost:80", "http://localhost"),
            ("localhost", "https://localhost"),
        ] {
            let domain = Domain::parse(text).unwrap();
            assert_eq!(domain.origin(), origin, "{text}");
            let shown = origin.strip_prefix("https://").unwrap_or(origin);
            assert_eq!(domain.to_string(), shown, "{text}");
            assert_eq!(Domain::parse(shown).unwrap(), domain, "what is shown parses back");
        }
    }

    #[test]
    fn anything_but_a_host_and_a_port_is_refused() {
        for text in [
            "",
            "/",
            "https://",
            "acme",
            "http://acme.eu.auth0.com",
            "http://127.0.0.1.evil.example",
            "user@acme.com",
            "acme.com/path",
            "acme.com?x",
            "acme.com#x",
            "acme.com:0",
            "acme.com:99999",
            "acme.com:",
            "acme.com:8:9",
            "acme..com",
            "-a.com",
            "a-.com",
            "acme.com\\@evil.com",
            "acme.com\n",
            "ftp://acme.com",
            "[::2]",
            "[::1",
            "a b.com",
            "тест.com",
            "acme.com:+8",
        ] {
            if text == "acme.com\n" {
                assert!(Domain::parse(text).is_ok(), "a paste may have white space around it");
                continue;
            }
            assert!(Domain::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn issuer_audience_and_host_follow_from_the_domain() {
        let issuer = |text| Domain::parse(text).unwrap().issuer();
        assert_eq!(issuer("Acme.eu.auth0.com"), "https://acme.eu.auth0.com/");
        assert_eq!(issuer("http://localhost:4400"), "http://localhost:4400/");
        let domain = Domain::parse("Acme.eu.auth0.com:8443").unwrap();
        assert_eq!(domain.management_audience(), "https://acme.eu.auth0.com:8443/api/v2/");
        assert_eq!(domain.authority(), "acme.eu.auth0.com:8443");
        assert_eq!(domain.host(), "acme.eu.auth0.com");
    }

    #[test]
    fn hosts_and_labels_have_the_lengths_of_dns() {
        let host = |last: usize| format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(last));
        assert_eq!(Domain::parse(&host(61)).unwrap().host().len(), 253);
        assert!(Domain::parse(&host(62)).is_err());
        assert!(Domain::parse(&format!("{}.example", "a".repeat(64))).is_err());
        assert!(Domain::parse(&format!("{}:65535", host(61))).is_ok());
    }

    #[test]
    fn the_status_page_is_not_named_for_this_machine() {
        for local in ["http://localhost:4400/", "https://127.0.0.1:4400", "http://[::1]"] {
            assert!(!outage_hint(local).contains("status.auth0.com"), "{local}");
        }
        for other in ["https://acme.eu.auth0.com/", "https://localhost.example", ""] {
            assert!(outage_hint(other).contains("status.auth0.com"), "{other}");
        }
    }

    #[test]
    fn a_bare_tenant_name_is_refused_with_the_likely_domains() {
        let error = Domain::parse("acme").unwrap_err();
        assert!(error.hint_text().unwrap().contains("acme.eu.auth0.com"));
    }
}
