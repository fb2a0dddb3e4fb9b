//! Names that the API documents: checked offline, so that a slip of the pen is told with the name
//! that was meant. An unknown name is a warning only: the API may know more than this list.

use crate::base::near::Near;

/// Top-level fields of a client.
pub const CLIENT_FIELDS: [&str; 71] = [
    "addons",
    "allowed_clients",
    "allowed_logout_urls",
    "allowed_origins",
    "anonymous_sessions",
    "app_type",
    "async_approval_notification_channels",
    "b2b_integration_configuration",
    "callback_url_template",
    "callbacks",
    "client_aliases",
    "client_authentication_methods",
    "client_id",
    "client_metadata",
    "client_secret",
    "compliance_level",
    "created_at",
    "cross_origin_authentication",
    "cross_origin_loc",
    "custom_login_page",
    "custom_login_page_on",
    "custom_login_page_preview",
    "default_organization",
    "description",
    "encryption_key",
    "enforce_anon_session_transfer_network_binding",
    "express_configuration",
    "external_client_id",
    "external_metadata_created_by",
    "external_metadata_status",
    "external_metadata_type",
    "fedcm_login",
    "form_template",
    "global",
    "grant_types",
    "identity_assertion_authorization_grant",
    "initiate_login_uri",
    "is_first_party",
    "is_token_endpoint_ip_header_trusted",
    "jwks_uri",
    "jwt_configuration",
    "logo_uri",
    "mobile",
    "my_organization_configuration",
    "name",
    "native_social_login",
    "oidc_conformant",
    "oidc_logout",
    "organization_discovery_methods",
    "organization_require_behavior",
    "organization_usage",
    "par_request_expiry",
    "redirection_policy",
    "refresh_token",
    "require_proof_of_possession",
    "require_pushed_authorization_requests",
    "resource_server_identifier",
    "session_transfer",
    "signed_request_object",
    "signing_keys",
    "skip_non_verifiable_callback_uri_confirmation_prompt",
    "sso",
    "sso_disabled",
    "tenant",
    "third_party_security_mode",
    "token_endpoint_auth_method",
    "token_exchange",
    "token_quota",
    "token_vault_privileged_access",
    "updated_at",
    "web_origins",
];

/// Top-level fields of a connection.
pub const CONNECTION_FIELDS: [&str; 14] = [
    "authentication",
    "connected_accounts",
    "cross_app_access_requesting_app",
    "cross_app_access_resource_app",
    "display_name",
    "enabled_clients",
    "id",
    "is_domain_connection",
    "metadata",
    "name",
    "options",
    "realms",
    "show_as_button",
    "strategy",
];

/// Types of a client.
pub const APP_TYPES: [&str; 25] = [
    "native",
    "spa",
    "regular_web",
    "non_interactive",
    "resource_server",
    "express_configuration",
    "rms",
    "box",
    "cloudbees",
    "concur",
    "dropbox",
    "mscrm",
    "echosign",
    "egnyte",
    "newrelic",
    "office365",
    "salesforce",
    "sentry",
    "sharepoint",
    "slack",
    "springcm",
    "zendesk",
    "zoom",
    "sso_integration",
    "oag",
];

/// Strategies of a connection.
pub const STRATEGIES: [&str; 65] = [
    "ad",
    "adfs",
    "amazon",
    "apple",
    "asana",
    "atlassian",
    "auth0",
    "auth0-adldap",
    "auth0-oidc",
    "baidu",
    "bitbucket",
    "bitly",
    "box",
    "cloudflare-mcp",
    "custom",
    "daccount",
    "dropbox",
    "dwolla",
    "email",
    "evernote",
    "evernote-sandbox",
    "exact",
    "facebook",
    "fitbit",
    "github",
    "gitlab",
    "google-apps",
    "google-oauth2",
    "hubspot-mcp",
    "instagram",
    "ip",
    "line",
    "linear-mcp",
    "linkedin",
    "notion-mcp",
    "oauth1",
    "oauth2",
    "office365",
    "oidc",
    "okta",
    "paypal",
    "paypal-sandbox",
    "pingfederate",
    "planningcenter",
    "salesforce",
    "salesforce-community",
    "salesforce-sandbox",
    "samlp",
    "sentry-mcp",
    "sharepoint",
    "shop",
    "shopify",
    "slack",
    "sms",
    "soundcloud",
    "thirtysevensignals",
    "twitter",
    "untappd",
    "vkontakte",
    "waad",
    "weibo",
    "windowslive",
    "wordpress",
    "yahoo",
    "yandex",
];

/// A warning about a name that is not among the known ones, or `None` if it is. `what` says what
/// the name is for, such as "field of a client".
pub fn unknown(what: &str, name: &str, known: &[&str]) -> Option<String> {
    if known.contains(&name) {
        return None;
    }
    let mut near = Near::new(name);
    known.iter().for_each(|known| near.offer(known));
    let meant = match near.names().first() {
        Some(near) => format!("; did you mean '{near}'?"),
        None => String::new(),
    };
    Some(format!("'{name}' is not a known {what}{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_told_with_the_nearest() {
        assert_eq!(unknown("field", "name", &CLIENT_FIELDS), None);
        assert_eq!(
            unknown("field of a client", "nme", &CLIENT_FIELDS).unwrap(),
            "'nme' is not a known field of a client; did you mean 'name'?"
        );
        assert_eq!(
            unknown("strategy", "sampl", &STRATEGIES).unwrap(),
            "'sampl' is not a known strategy; did you mean 'samlp'?"
        );
        assert!(!unknown("strategy", "zzzzzzzz", &STRATEGIES).unwrap().contains("did you"));
    }
}
