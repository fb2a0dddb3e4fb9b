//! Reads the proxy from the environment as curl does: lower-case names take precedence.

use std::net::IpAddr;

use ureq::Proxy;

use crate::base::error::Error;
use crate::base::platform::desktop::WINDOWS;
use crate::hint;
use crate::term::Env;

/// A proxy, and the variable that named it.
#[derive(Clone, Debug)]
pub(super) struct NamedProxy {
    pub(super) variable: &'static str,
    pub(super) proxy: Proxy,
}

impl NamedProxy {
    /// The proxy for a host, or `None` if the host is reached directly.
    ///
    /// # Errors
    /// Usage error if the value is not the address of a supported proxy. There is no direct
    /// connection then, because the proxy may exist to prevent one.
    pub(super) fn for_host(env: Env, host: &str) -> Result<Option<Self>, Error> {
        let Some((variable, value)) = first_set(env, proxy_names())? else {
            return Ok(None);
        };
        if let Some((_, exempt)) = first_set(env, &["no_proxy", "NO_PROXY"])?
            && is_exempt(&exempt, host)
        {
            return Ok(None);
        }
        let proxy = Proxy::new(&value).map_err(|e| {
            Error::usage(format!("{variable} is not the address of a proxy")).caused_by(&e).hint(
                hint!("write it as {}=http://proxy.example:3128; https, socks4, socks4a, socks5 and socks5h work too", variable),
            )
        })?;
        Ok(Some(Self { variable, proxy }))
    }

    /// `host:port`.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.proxy.host(), self.proxy.port())
    }
}

/// The variables that name a proxy, by precedence. On Windows the names of variables ignore case.
fn proxy_names() -> &'static [&'static str] {
    if WINDOWS {
        &["HTTPS_PROXY", "ALL_PROXY"]
    } else {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    }
}

/// The first variable that is set.
fn first_set(env: Env, names: &[&'static str]) -> Result<Option<(&'static str, String)>, Error> {
    for name in names {
        if let Some(value) = env.get(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

/// Whether a `NO_PROXY` list contains this host: `*`, a domain with its subdomains (with or without
/// a leading dot), an IP address, or a block of addresses.
fn is_exempt(list: &str, host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some(address) = address {
            return in_block(entry, address);
        }
        let entry = entry.strip_prefix('*').unwrap_or(entry);
        let domain = entry.trim_matches('.').to_ascii_lowercase();
        !domain.is_empty()
            && host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether an entry is this address, or a block that contains it, such as `10.0.0.0/8`.
fn in_block(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = entry.split_once('/').map_or((entry, None), |(n, b)| (n, Some(b)));
    let Ok(network) = network.trim_matches(['[', ']']).parse::<IpAddr>() else { return false };
    let (network, address, width) = match (network, address) {
        (IpAddr::V4(n), IpAddr::V4(a)) => (u128::from(n.to_bits()), u128::from(a.to_bits()), 32),
        (IpAddr::V6(n), IpAddr::V6(a)) => (n.to_bits(), a.to_bits(), 128),
        _ => return false,
    };
    let Ok(bits) = bits.map_or(Ok(width), str::parse::<u32>) else { return false };
    // A shift by the full width fails. It means a block of zero bits, which contains every address.
    bits <= width
        && (network ^ address).checked_shr(width - bits).is_none_or(|difference| difference == 0)
}

#[cfg(test)]
mod tests {
    use super::is_exempt;

    #[test]
    fn no_proxy_is_read_as_curl_reads_it() {
        for (list, host, exempt) in [
            ("*", "acme.eu.auth0.com", true),
            ("auth0.com", "acme.eu.auth0.com", true),
            ("auth0.com", "auth0.com", true),
            (".auth0.com", "acme.eu.auth0.com", true),
            ("*.auth0.com", "acme.eu.auth0.com", true),
            ("AUTH0.com.", "acme.eu.auth0.com", true),
            ("a.example, auth0.com", "acme.eu.auth0.com", true),
            ("auth0.com", "notauth0.com", false),
            ("eu.auth0.com", "auth0.com", false),
            ("", "auth0.com", false),
            (",., ", "auth0.com", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/33", "10.1.2.3", false),
            ("11.0.0.0/8", "10.1.2.3", false),
            ("0.0.0.0/0", "10.1.2.3", true),
            ("::/0", "[fe80::1]", true),
            ("fe80::/10", "[fe80::1]", true),
            ("[fe80::1]", "[fe80::1]", true),
            ("fe80::/10", "10.1.2.3", false),
            ("2.3", "10.1.2.3", false),
        ] {
            assert_eq!(is_exempt(list, host), exempt, "{list:?} {host}");
        }
    }
}
