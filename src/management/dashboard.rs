//! URLs of pages of the dashboard.

use crate::base::domain::Domain;
use crate::base::url::encoded;

/// The domain of tenants in Auth0's public cloud.
const PUBLIC: &str = ".auth0.com";

/// The URL of one tab of a client's page, or `None` if the tenant's canonical domain is not known.
pub(crate) fn client_page(
    domain: &Domain,
    audience: Option<&str>,
    client_id: &str,
    tab: &str,
) -> Option<String> {
    page(domain, audience, &format!("applications/{}/{tab}", encoded(client_id)))
}

/// The URL of a page. `page` is its path below the tenant's. `None` if the tenant's canonical
/// domain is not known.
pub(crate) fn page(domain: &Domain, audience: Option<&str>, page: &str) -> Option<String> {
    // A custom domain does not name the tenant, but the audience always does.
    let audience = audience.and_then(|audience| audience.strip_prefix("https://"));
    let hosts = [Some(domain.authority()), audience.and_then(|rest| rest.split('/').next())];
    let (tenant, region) = hosts.into_iter().flatten().find_map(tenant)?;
    Some(format!("https://manage.auth0.com/dashboard/{region}/{tenant}/{page}"))
}

/// Tenant and region of `tenant.eu.auth0.com`; the oldest tenants, without a region, are in the US.
fn tenant(host: &str) -> Option<(&str, &str)> {
    let name = host.strip_suffix(PUBLIC)?;
    match name.split_once('.') {
        None => Some((name, "us")),
        Some((tenant, region)) if !region.contains('.') => Some((tenant, region)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(domain: &str, audience: Option<&str>) -> Option<String> {
        client_page(&Domain::parse(domain).unwrap(), audience, "abc", "settings")
    }

    #[test]
    fn the_domain_names_tenant_and_region() {
        let at = |rest: &str| {
            format!("https://manage.auth0.com/dashboard/{rest}/applications/abc/settings")
        };
        assert_eq!(page("acme.eu.auth0.com", None).unwrap(), at("eu/acme"));
        assert_eq!(page("acme.auth0.com", None).unwrap(), at("us/acme"));
        assert_eq!(
            page("login.acme.example", Some("https://acme.jp.auth0.com/api/v2/")).unwrap(),
            at("jp/acme")
        );
    }

    #[test]
    fn other_domains_have_no_page() {
        assert!(page("login.acme.example", None).is_none());
        assert!(page("127.0.0.1:4400", Some("https://127.0.0.1:4400/api/v2/")).is_none());
    }
}
