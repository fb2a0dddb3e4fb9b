//! The tenant's metadata (OpenID Connect Discovery, RFC 8414): its endpoints and features.
//! Endpoints on other hosts are refused.

use super::wire;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::base::url::Url;
use crate::hint;

/// A tenant's issuer identifier: `https://DOMAIN/`, with Auth0's trailing slash.
///
/// `iss` in ID tokens and in authorization responses (RFC 9207) must be identical to it. It is also
/// the prefix of every endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// The issuer at an origin: `https://host[:port]`, or `http://` for this computer. The trailing
    /// slash is optional. Usage error for anything else.
    pub fn at(origin: &str) -> Result<Self, Error> {
        Url::parse(origin)
            .filter(|url| url.is_secure())
            .and_then(Url::as_origin)
            .map(Self)
            .ok_or_else(|| {
                Error::usage("this is not a tenant's address")
                    .hint("a tenant's address is https://DOMAIN, such as https://acme.eu.auth0.com")
            })
    }

    /// `https://DOMAIN/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of a path below the issuer. `path` must not start with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether a URL is on the issuer's origin.
    pub fn owns(&self, url: &str) -> bool {
        // RFC 6749 §3.1 and §3.2 allow no fragment.
        url.starts_with(&self.0) && !url.contains('#') && Url::parse(url).is_some()
    }

    /// The URL of the metadata (OpenID Connect Discovery §4).
    pub fn discovery_url(&self) -> String {
        self.join(".well-known/openid-configuration")
    }
}

/// What a login needs to know about a tenant. Every endpoint is on the issuer's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The issuer that it describes.
    pub issuer: Issuer,
    /// Where the browser starts a login.
    pub authorization_endpoint: String,
    /// Where codes, refresh tokens and credentials are exchanged for tokens.
    pub token_endpoint: String,
    /// Where a device flow starts (RFC 8628).
    pub device_authorization_endpoint: String,
    /// Where refresh tokens are revoked (RFC 7009).
    pub revocation_endpoint: String,
    /// The tenant's signing keys (RFC 7517).
    pub jwks_uri: String,
    /// RP-initiated logout. Older tenants do not list it.
    pub end_session_endpoint: Option<String>,
    /// Whether every authorization response carries `iss` (RFC 9207 §3).
    pub iss_in_responses: bool,
}

impl Metadata {
    /// The metadata that is the same for every Auth0 tenant.
    pub fn default_of(issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.clone(),
            authorization_endpoint: issuer.join("authorize"),
            token_endpoint: issuer.join("oauth/token"),
            device_authorization_endpoint: issuer.join("oauth/device/code"),
            revocation_endpoint: issuer.join("oauth/revoke"),
            jwks_uri: issuer.join(".well-known/jwks.json"),
            end_session_endpoint: None,
            iss_in_responses: false,
        }
    }

    /// Parses the discovery document of `issuer`. Missing members have their default.
    ///
    /// Fails if the document names another issuer (OpenID Connect Discovery §4.3) or has an
    /// endpoint on another origin. So codes, tokens and secrets are never sent to another host.
    pub fn parse(body: &[u8], issuer: &Issuer) -> Result<Self, Error> {
        let document = wire::json_object(body).ok_or_else(|| {
            Error::new(
                ErrorKind::Unavailable,
                format!("{} does not answer like an Auth0 tenant", issuer.as_str()),
            )
            .because("its openid-configuration is not a JSON object")
            .hint("check the domain, and any proxy in between")
        })?;
        let named = wire::text(&document, "issuer").unwrap_or_default();
        if named != issuer.as_str() {
            return Err(issuer_mismatch(named, issuer));
        }
        let endpoint = |name: &str| match document.get(name) {
            None | Some(serde_json::Value::Null) => Ok(None),
            Some(value) => value
                .as_str()
                .filter(|url| issuer.owns(url))
                .map(|url| Some(url.to_owned()))
                .ok_or_else(|| foreign_endpoint(name, value, issuer)),
        };
        let default = Self::default_of(issuer);
        Ok(Self {
            authorization_endpoint: endpoint("authorization_endpoint")?
                .unwrap_or(default.authorization_endpoint),
            token_endpoint: endpoint("token_endpoint")?.unwrap_or(default.token_endpoint),
            device_authorization_endpoint: endpoint("device_authorization_endpoint")?
                .unwrap_or(default.device_authorization_endpoint),
            revocation_endpoint: endpoint("revocation_endpoint")?
                .unwrap_or(default.revocation_endpoint),
            jwks_uri: endpoint("jwks_uri")?.unwrap_or(default.jwks_uri),
            end_session_endpoint: endpoint("end_session_endpoint")?,
            iss_in_responses: document
                .get("authorization_response_iss_parameter_supported")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(false),
            issuer: default.issuer,
        })
    }

    /// The page that ends the browser's session: RP-initiated logout if the tenant supports it,
    /// otherwise Auth0's older one.
    pub fn logout_url(&self, client_id: &str) -> String {
        let page = match &self.end_session_endpoint {
            Some(page) => page.clone(),
            None => self.issuer.join("v2/logout"),
        };
        let separator = if page.contains('?') { '&' } else { '?' };
        format!("{page}{separator}{}", wire::form([("client_id", client_id)]))
    }
}

fn issuer_mismatch(named: &str, issuer: &Issuer) -> Error {
    let error =
        Error::usage(format!("{} is not the issuer that the tenant names", issuer.as_str()))
            .because(format!("it names its issuer {:?}", wire::clean_text(named)));
    if format!("{named}/") == issuer.as_str() {
        return error.hint(
            "an Auth0 tenant's issuer ends with a slash, so something else answers at that domain: \
             check the domain, and any proxy in between",
        );
    }
    match Url::parse(named).filter(|url| url.is_secure()) {
        Some(url) if url.as_origin().is_some() => error.hint(hint!(
            "if that is your tenant, set the domain to {}",
            foreign(named.trim_end_matches('/')).in_command("the issuer's host")
        )),
        _ => error.hint("check the domain, and any proxy in between"),
    }
}

fn foreign_endpoint(name: &str, value: &serde_json::Value, issuer: &Issuer) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the tenant's {name} is not on {}", issuer.as_str()))
        .because(format!("it is {}", wire::clean_text(&value.to_string())))
        .hint("nothing was sent there; check the domain, and any proxy in between")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::testing::{Mutator, issuer};
    use serde_json::json;

    fn document() -> serde_json::Value {
        json!({
            "issuer": "https://acme.eu.auth0.com/",
            "authorization_endpoint": "https://acme.eu.auth0.com/authorize",
            "token_endpoint": "https://acme.eu.auth0.com/oauth/token",
            "device_authorization_endpoint": "https://acme.eu.auth0.com/oauth/device/code",
            "revocation_endpoint": "https://acme.eu.auth0.com/oauth/revoke",
            "jwks_uri": "https://acme.eu.auth0.com/.well-known/jwks.json",
        })
    }

    fn parse(document: &serde_json::Value) -> Result<Metadata, Error> {
        Metadata::parse(document.to_string().as_bytes(), &issuer())
    }

    #[test]
    fn issuers_end_with_a_slash() {
        for text in ["https://acme.eu.auth0.com", "https://ACME.eu.auth0.com/"] {
            assert_eq!(Issuer::at(text).unwrap(), issuer());
        }
        assert_eq!(
            Issuer::at("http://127.0.0.1:4400").unwrap().discovery_url(),
            "http://127.0.0.1:4400/.well-known/openid-configuration"
        );
        for text in ["acme", "http://acme.eu.auth0.com", "https://a.b/c", "https://u@a.b"] {
            assert_eq!(Issuer::at(text).unwrap_err().kind(), ErrorKind::Usage, "{text}");
        }
    }

    #[test]
    fn absent_members_keep_their_default() {
        let least = json!({"issuer": "https://acme.eu.auth0.com/", "token_endpoint": null});
        assert_eq!(parse(&least).unwrap(), Metadata::default_of(&issuer()));
        assert_eq!(parse(&document()).unwrap(), Metadata::default_of(&issuer()));
    }

    #[test]
    fn features_are_read() {
        let mut document = document();
        document["authorization_response_iss_parameter_supported"] = json!(true);
        document["end_session_endpoint"] = json!("https://acme.eu.auth0.com/oidc/logout");
        let metadata = parse(&document).unwrap();
        assert!(metadata.iss_in_responses);
        assert_eq!(
            metadata.logout_url("a b"),
            "https://acme.eu.auth0.com/oidc/logout?client_id=a%20b"
        );
        assert_eq!(
            Metadata::default_of(&issuer()).logout_url("x"),
            "https://acme.eu.auth0.com/v2/logout?client_id=x"
        );
    }

    #[test]
    fn another_issuer_is_refused() {
        for other in [
            "https://acme.eu.auth0.com",
            "https://login.acme.example/",
            "http://acme.eu.auth0.com/",
            "https://ACME.eu.auth0.com/",
            "",
        ] {
            let mut document = document();
            document["issuer"] = json!(other);
            assert!(parse(&document).is_err(), "{other}");
        }
        let mut bare = document();
        bare["issuer"] = json!("https://acme.eu.auth0.com");
        let hint = parse(&bare).unwrap_err();
        let hint = hint.hint_text().unwrap();
        assert!(hint.contains("ends with a slash") && !hint.contains("set the domain"), "{hint}");
        let mut custom = document();
        custom["issuer"] = json!("https://login.acme.example/");
        let error = parse(&custom).unwrap_err();
        assert!(error.hint_text().unwrap().ends_with("https://login.acme.example"));
    }

    #[test]
    fn only_an_origin_is_suggested_as_the_domain() {
        for (named, suggested) in [
            ("https://login.acme.example/", true),
            ("https://login.acme.example/tenant", false),
            ("http://login.acme.example/", false),
            ("login.acme.example", false),
        ] {
            let hint = issuer_mismatch(named, &issuer()).hint_text().unwrap().to_owned();
            assert_eq!(hint.contains("set the domain to"), suggested, "{named}: {hint}");
        }
    }

    #[test]
    fn endpoints_on_other_hosts_are_refused() {
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "device_authorization_endpoint",
            "revocation_endpoint",
            "jwks_uri",
            "end_session_endpoint",
        ] {
            for url in [
                json!("https://evil.example/oauth/token"),
                json!("https://acme.eu.auth0.com.evil.example/"),
                json!("https://acme.eu.auth0.com@evil.example/"),
                json!("https://acme.eu.auth0.com:8443/x"),
                json!("http://acme.eu.auth0.com/x"),
                json!("https://acme.eu.auth0.com/\r\nHost: evil"),
                json!("https://acme.eu.auth0.com/`id`"),
                json!("https://acme.eu.auth0.com/a|b"),
                json!("https://acme.eu.auth0.com/{a}"),
                json!("https://acme.eu.auth0.com/a^b"),
                json!("https://acme.eu.auth0.com/a#b"),
                json!("/oauth/token"),
                json!(7),
            ] {
                let mut document = document();
                document[name] = url.clone();
                assert!(parse(&document).is_err(), "{name} {url}");
            }
        }
    }

    #[test]
    fn malformed_documents_do_not_panic() {
        let seed = document().to_string();
        Mutator::new(1).each(seed.as_bytes(), 3000, |bytes| {
            if let Ok(metadata) = Metadata::parse(bytes, &issuer()) {
                assert!(metadata.token_endpoint.starts_with("https://acme.eu.auth0.com/"));
            }
        });
    }
}
