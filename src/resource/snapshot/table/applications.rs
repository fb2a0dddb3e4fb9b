//! Applications, connections, APIs, roles and organizations.

use serde_json::Value;

use super::{Below, Entry, Target, TextFile, below};
use crate::management::change::Object;

const CLIENT: Target = Target::Kind("clients");
const CONNECTION: Target = Target::Kind("connections");
const ORGANIZATION: Target = Target::Kind("organizations");
const USER_ATTRIBUTES: Target = Target::Kind("user-attribute-profiles");
const CONNECTION_PROFILE: Target = Target::Kind("connection-profiles");

/// The entries of this file.
pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "clients",
        query: &[("is_global", "false")],
        below: &[Below {
            when: Some(has_credentials),
            ..below("credentials", "/clients/{client_id}/credentials")
        }],
        drop: &[
            "jwt_configuration.secret_encoded",
            "config_route",
            "owners",
            "custom_login_page_preview",
            "client_secret",
            "encryption_key",
            "credentials.id",
        ],
        refs: &[
            ("default_organization.organization_id", ORGANIZATION),
            ("express_configuration.user_attribute_profile_id", USER_ATTRIBUTES),
            ("express_configuration.connection_profile_id", CONNECTION_PROFILE),
            ("express_configuration.okta_oin_client_id", CLIENT),
            ("my_organization_configuration.user_attribute_profile_id", USER_ATTRIBUTES),
            ("my_organization_configuration.connection_profile_id", CONNECTION_PROFILE),
            ("my_organization_configuration.invitation_landing_client_id", CLIENT),
            ("allowed_clients[]", CLIENT),
            ("client_aliases[]", CLIENT),
            ("client_authentication_methods.*.credentials.id", Target::Row("credentials")),
            ("signed_request_object.credentials.id", Target::Row("credentials")),
            ("token_vault_privileged_access.credentials.id", Target::Row("credentials")),
            ("resource_server_identifier", Target::Api),
        ],
        sets: &[
            "callbacks",
            "allowed_logout_urls",
            "web_origins",
            "allowed_origins",
            "grant_types",
            "allowed_clients",
            "client_aliases",
            "credentials",
            "oidc_logout.backchannel_logout_urls",
        ],
        adjust: Some(|client| client.get("global") != Some(&Value::Bool(true))),
        ..Entry::LIST
    },
    Entry {
        name: "client-grants",
        key: &["client_id", "audience", "subject_type", "default_for"],
        refs: &[("client_id", CLIENT), ("audience", Target::Api)],
        sets: &["scope", "authorization_details_types"],
        // Auth0 keeps the others itself.
        adjust: Some(|grant| grant.get("is_system") != Some(&Value::Bool(true))),
        ..Entry::LIST
    },
    Entry {
        name: "apis",
        key: &["identifier"],
        keep: &["is_system", "client_id", "token_lifetime_for_web"],
        refs: &[("identifier", Target::Api), ("client_id", CLIENT)],
        sets: &["scopes"],
        adjust: Some(own_api),
        ..Entry::LIST
    },
    Entry {
        name: "connections",
        key: &["strategy", "name"],
        below: &[below("clients", "/connections/{id}/clients")],
        drop: &["enabled_clients"],
        pick: &[("clients[]", "client_id")],
        refs: &[
            ("clients[]", CLIENT),
            ("options.idpinitiated.client_id", CLIENT),
            ("options.custom_password_hash.action_id", Target::Kind("actions")),
        ],
        sets: &["clients", "options.domain_aliases", "options.scope"],
        texts: &[
            TextFile { path: "options.customScripts.*", extension: "js", skip: 2 },
            TextFile { path: "options.email.body", extension: "html", skip: 1 },
        ],
        adjust: Some(without_own_realm),
        ..Entry::LIST
    },
    Entry {
        name: "scim-configurations",
        key: &["connection_name"],
        keep: &["strategy"],
        ..Entry::LIST
    },
    Entry {
        name: "directory-provisionings",
        key: &["connection_name"],
        keep: &["strategy"],
        below: &[Below {
            when: Some(|row| row.get("synchronize_groups") == Some(&"selected".into())),
            ..below("groups", "/connections/{id}/directory-provisioning/synchronized-groups")
        }],
        drop: &["groups.direct_members_count"],
        sets: &["groups"],
        ..Entry::LIST
    },
    Entry { name: "connection-profiles", ..Entry::LIST },
    Entry { name: "client-profiles", ..Entry::LIST },
    Entry { name: "user-attribute-profiles", ..Entry::LIST },
    Entry {
        name: "self-service-profiles",
        below: &[Below {
            fill: &["en", "get-started"],
            one: true,
            ..below("custom_text", "/self-service-profiles/{id}/custom-text/{language}/{page}")
        }],
        refs: &[("user_attribute_profile_id", USER_ATTRIBUTES)],
        sets: &["allowed_strategies"],
        ..Entry::LIST
    },
    Entry {
        name: "token-exchange-profiles",
        refs: &[("action_id", Target::Kind("actions"))],
        ..Entry::LIST
    },
    Entry { name: "agents", refs: &[("client_id", CLIENT)], ..Entry::LIST },
    Entry {
        name: "roles",
        query: &[("type", "tenant")],
        below: &[below("permissions", "/roles/{id}/permissions")],
        drop: &["permissions.resource_server_name", "permissions.description"],
        refs: &[("permissions.resource_server_identifier", Target::Api)],
        sets: &["permissions"],
        ..Entry::LIST
    },
    Entry {
        name: "organizations",
        below: &[
            below("connections", "/organizations/{id}/connections"),
            below("client_grants", "/organizations/{id}/client-grants"),
            below("discovery_domains", "/organizations/{id}/discovery-domains"),
            below("clients", "/organizations/{id}/clients"),
        ],
        drop: &[
            "connections.connection",
            "client_grants.id",
            "discovery_domains.id",
            "discovery_domains.verification_txt",
            "discovery_domains.verification_host",
            "clients.client",
        ],
        refs: &[
            ("connections.connection_id", CONNECTION),
            ("client_grants.client_id", CLIENT),
            ("client_grants.audience", Target::Api),
            ("clients.client_id", CLIENT),
        ],
        sets: &[
            "connections",
            "client_grants.scope",
            "client_grants",
            "discovery_domains",
            "clients",
        ],
        ..Entry::LIST
    },
];

/// Whether a client has credentials of its own, so that asking for them is worth a request.
fn has_credentials(client: &Object) -> bool {
    ["client_authentication_methods", "signed_request_object", "token_vault_privileged_access"]
        .iter()
        .any(|field| client.get(*field).is_some_and(|value| !value.is_null()))
}

/// Leaves out the Management API, and of the other APIs of Auth0 what cannot be changed.
fn own_api(api: &mut Object) -> bool {
    const SETTINGS: [&str; 7] = [
        "name",
        "identifier",
        "is_system",
        "token_lifetime",
        "proof_of_possession",
        "skip_consent_for_verifiable_first_party_clients",
        "authorization_policy",
    ];
    if api.get("is_system") != Some(&Value::Bool(true)) {
        return true;
    }
    api.retain(|field, _| SETTINGS.contains(&field.as_str()) || field == "id");
    !api.get("identifier")
        .and_then(Value::as_str)
        .is_some_and(|identifier| identifier.ends_with("/api/v2/"))
}

/// Realms are the connection's own name, unless they were set.
fn without_own_realm(connection: &mut Object) -> bool {
    let name = connection.get("name").cloned().unwrap_or_default();
    if connection.get("realms") == Some(&Value::Array(vec![name])) {
        connection.shift_remove("realms");
    }
    true
}
