//! Where the dashboard shows a client.

use crate::error::{Error, Kind};
use crate::hint;
use crate::management::encoded;
use crate::session::AccessToken;
use crate::text::foreign;

/// The domain of tenants that Auth0 hosts for everybody.
const PUBLIC: &str = ".auth0.com";

/// The address of a client's settings.
///
/// # Errors
/// When the tenant's own domain is not known, as with a private cloud.
pub(super) fn settings_page(token: &AccessToken, client_id: &str) -> Result<String, Error> {
    // A custom domain does not say which tenant it is; the audience always does.
    let audience = token.audience.as_deref().and_then(|audience| audience.strip_prefix("https://"));
    let hosts = [Some(token.domain.authority()), audience.and_then(|rest| rest.split('/').next())];
    let Some((tenant, region)) = hosts.into_iter().flatten().find_map(tenant) else {
        return Err(Error::new(
            Kind::Failure,
            format!(
                "the dashboard of {} is not known: only tenants at {} have a page there",
                token.domain,
                &PUBLIC[1..]
            ),
        )
        .hint(hint!(
            "see the client here: auth0-clients show {}",
            foreign(client_id).in_command("ID")
        )));
    };
    Ok(format!(
        "https://manage.auth0.com/dashboard/{region}/{tenant}/applications/{}/settings",
        encoded(client_id)
    ))
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
    use crate::domain::Domain;
    use crate::secret::Secret;

    fn page(domain: &str, audience: Option<&str>) -> Result<String, Error> {
        let token = AccessToken {
            secret: Secret::new("t"),
            domain: Domain::parse(domain).unwrap(),
            audience: audience.map(str::to_owned),
            expires_at: None,
            scope: None,
        };
        settings_page(&token, "abc")
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
    fn elsewhere_there_is_no_page() {
        assert!(page("login.acme.example", None).is_err());
        assert!(page("127.0.0.1:4400", Some("https://127.0.0.1:4400/api/v2/")).is_err());
    }
}
