//! Applications, the connections they sign people in with, and the APIs they call.

use super::{Find, IdForm, Kind, MemberBody, MemberName, Members, Part, Visibility, Write};
use crate::management::catalog::Method;
use crate::output::Column;

/// What the scope `read:client_summary` shows of a client.
const SUMMARY: [&str; 5] = ["client_id", "name", "app_type", "description", "tenant"];

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[
    &CLIENTS,
    &CONNECTIONS,
    &APIS,
    &CLIENT_GRANTS,
    &SCIM,
    &DIRECTORY_PROVISIONINGS,
    &CONNECTION_PROFILES,
    &CLIENT_PROFILES,
    &USER_ATTRIBUTE_PROFILES,
    &SELF_SERVICE_PROFILES,
    &TOKEN_EXCHANGE_PROFILES,
    &AGENTS,
];

/// The tenant's applications.
pub static CLIENTS: Kind = Kind {
    name: "clients",
    singular: "client",
    plural: "clients",
    path: "/clients",
    item: "/clients/{id}",
    id: "client_id",
    id_form: IdForm::Client,
    columns: &[
        Column::new("client_id", "client id").whole(),
        Column::new("name", "name"),
        Column::new("app_type", "type").in_our_word("non_interactive", "m2m"),
        Column::new("is_first_party", "first party"),
    ],
    secrets: &["client_secret", "encryption_key", "signing_keys"],
    secrets_scope: Some("read:client_keys"),
    program: "auth0-clients",
    read_only: &[
        "client_id",
        "tenant",
        "global",
        "signing_keys",
        "external_metadata_type",
        "external_metadata_created_by",
        "external_client_id",
        "external_metadata_status",
        "callback_url_template",
        "created_at",
        "updated_at",
    ],
    fixed: &["resource_server_identifier"],
    merged: &["client_metadata"],
    visibility: Some(Visibility {
        inside: None,
        enough: |client| client.keys().any(|key| !SUMMARY.contains(&key.as_str())),
        scope: "read:clients",
    }),
    members: &[Members {
        name: "credentials",
        singular: "credential",
        path: "/clients/{client_id}/credentials",
        id: "id",
        named: MemberName::Own("name"),
        columns: &[
            Column::new("id", "id").whole(),
            Column::new("name", "name"),
            Column::new("kid", "kid"),
            Column::new("alg", "alg"),
            Column::new("expires_at", "expires"),
        ],
        add: Some(Write {
            method: Method::Post,
            path: "/clients/{client_id}/credentials",
            body: MemberBody::Fields,
        }),
        remove: Some(Write {
            method: Method::Delete,
            path: "/clients/{client_id}/credentials/{credential_id}",
            body: MemberBody::None,
        }),
    }],
    dashboard: Some("applications/{id}/settings"),
    ..Kind::PLAIN
};

/// Where people sign in: databases, social and enterprise connections.
pub static CONNECTIONS: Kind = Kind {
    name: "connections",
    singular: "connection",
    plural: "connections",
    path: "/connections",
    item: "/connections/{id}",
    id_form: IdForm::Prefix("con_"),
    find: Find::Query("name"),
    program: "auth0-connections",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("strategy", "strategy"),
        Column::new("display_name", "display name"),
        Column::new("is_domain_connection", "domain-level"),
    ],
    read_only: &["id", "provisioning_ticket_url"],
    fixed: &["name", "strategy"],
    sent_back: &["display_name"],
    visibility: Some(Visibility {
        inside: Some("options"),
        enough: |connection| connection.contains_key("options"),
        scope: "read:connections_options",
    }),
    members: &[
        Members {
            name: "clients",
            singular: "client",
            path: "/connections/{id}/clients",
            id: "client_id",
            named: MemberName::Of(&CLIENTS),
            columns: &[Column::new("client_id", "client id").whole()],
            add: Some(Write {
                method: Method::Patch,
                path: "/connections/{id}/clients",
                body: MemberBody::Statuses(true),
            }),
            remove: Some(Write {
                method: Method::Patch,
                path: "/connections/{id}/clients",
                body: MemberBody::Statuses(false),
            }),
        },
        Members {
            name: "scim-tokens",
            singular: "SCIM token",
            path: "/connections/{id}/scim-configuration/tokens",
            id: "token_id",
            named: MemberName::Own("token_id"),
            columns: &[
                Column::new("token_id", "token id").whole(),
                Column::new("scopes", "scopes"),
                Column::new("created_at", "created"),
                Column::new("valid_until", "valid until"),
                Column::new("last_used_at", "last used at"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/connections/{id}/scim-configuration/tokens",
                body: MemberBody::Fields,
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/connections/{id}/scim-configuration/tokens/{tokenId}",
                body: MemberBody::None,
            }),
        },
    ],
    ..Kind::PLAIN
};

/// The tenant's own APIs: resource servers, in the API's words.
pub static APIS: Kind = Kind {
    name: "apis",
    singular: "API",
    plural: "APIs",
    path: "/resource-servers",
    item: "/resource-servers/{id}",
    id_form: IdForm::Unknown,
    find: Find::Item,
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("identifier", "identifier"),
    ],
    secrets: &["signing_secret"],
    read_only: &["id", "is_system", "token_lifetime_for_web", "client_id"],
    fixed: &["identifier"],
    dashboard: Some("apis/{id}/settings"),
    ..Kind::PLAIN
};

/// Which application may call which API, with which scopes. Named by `CLIENT:API`.
pub static CLIENT_GRANTS: Kind = Kind {
    name: "client-grants",
    singular: "client grant",
    plural: "client grants",
    path: "/client-grants",
    item: "/client-grants/{id}",
    name_field: "client_id",
    id_form: IdForm::Prefix("cgr_"),
    find: Find::Pair(&[
        Part { kind: &CLIENTS, query: "client_id", field: "client_id" },
        Part { kind: &APIS, query: "audience", field: "identifier" },
    ]),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("client_id", "client id").whole(),
        Column::new("audience", "audience"),
        Column::new("scope", "scope"),
    ],
    read_only: &["id", "is_system"],
    fixed: &["client_id", "audience", "default_for", "subject_type"],
    members: &[Members {
        name: "organizations",
        singular: "organization",
        path: "/client-grants/{id}/organizations",
        id: "id",
        named: MemberName::Of(&super::ORGANIZATIONS),
        columns: &[
            Column::new("id", "id").whole(),
            Column::new("name", "name"),
            Column::new("display_name", "display name"),
        ],
        add: None,
        remove: None,
    }],
    ..Kind::PLAIN
};

/// How users of a connection are provisioned by SCIM. Named by the connection.
static SCIM: Kind = Kind {
    name: "scim-configurations",
    singular: "SCIM configuration",
    plural: "SCIM configurations",
    path: "/connections-scim-configurations",
    item: "/connections/{id}/scim-configuration",
    id: "connection_id",
    name_field: "connection_name",
    owner: Some(&CONNECTIONS),
    id_form: IdForm::Prefix("con_"),
    columns: &[
        Column::new("connection_id", "connection id").whole(),
        Column::new("connection_name", "connection name"),
        Column::new("strategy", "strategy"),
        Column::new("user_id_attribute", "user id attribute"),
    ],
    read_only: &[
        "connection_id",
        "connection_name",
        "strategy",
        "tenant_name",
        "created_at",
        "updated_on",
    ],
    ..Kind::PLAIN
};

/// How users of a connection are provisioned from a directory. Named by the connection.
static DIRECTORY_PROVISIONINGS: Kind = Kind {
    name: "directory-provisionings",
    singular: "directory provisioning",
    plural: "directory provisionings",
    path: "/connections-directory-provisionings",
    item: "/connections/{id}/directory-provisioning",
    id: "connection_id",
    name_field: "connection_name",
    owner: Some(&CONNECTIONS),
    id_form: IdForm::Prefix("con_"),
    columns: &[
        Column::new("connection_id", "connection id").whole(),
        Column::new("connection_name", "connection name"),
        Column::new("strategy", "strategy"),
        Column::new("synchronize_automatically", "synchronize automatically"),
    ],
    read_only: &[
        "connection_id",
        "connection_name",
        "strategy",
        "created_at",
        "updated_at",
        "last_synchronization_at",
        "last_synchronization_status",
        "last_synchronization_error",
    ],
    ..Kind::PLAIN
};

/// Settings that new connections start from.
static CONNECTION_PROFILES: Kind = Kind {
    name: "connection-profiles",
    singular: "connection profile",
    plural: "connection profiles",
    path: "/connection-profiles",
    item: "/connection-profiles/{id}",
    id_form: IdForm::Prefix("cop_"),
    read_only: &["id"],
    ..Kind::PLAIN
};

/// Settings that new third-party applications start from.
static CLIENT_PROFILES: Kind = Kind {
    name: "client-profiles",
    singular: "client profile",
    plural: "client profiles",
    path: "/client-profiles",
    item: "/client-profiles/{id}",
    ..Kind::PLAIN
};

/// Which attributes of users enterprise connections bring.
static USER_ATTRIBUTE_PROFILES: Kind = Kind {
    name: "user-attribute-profiles",
    singular: "user attribute profile",
    plural: "user attribute profiles",
    path: "/user-attribute-profiles",
    item: "/user-attribute-profiles/{id}",
    id_form: IdForm::Prefix("uap_"),
    read_only: &["id"],
    ..Kind::PLAIN
};

/// How customers set up their own enterprise connection.
static SELF_SERVICE_PROFILES: Kind = Kind {
    name: "self-service-profiles",
    singular: "self-service profile",
    plural: "self service profiles",
    path: "/self-service-profiles",
    item: "/self-service-profiles/{id}",
    id_form: IdForm::Prefix("ssp_"),
    ..Kind::PLAIN
};

/// Which foreign tokens are exchanged, and by which Action.
static TOKEN_EXCHANGE_PROFILES: Kind = Kind {
    name: "token-exchange-profiles",
    singular: "token exchange profile",
    plural: "token exchange profiles",
    path: "/token-exchange-profiles",
    item: "/token-exchange-profiles/{id}",
    id_form: IdForm::Prefix("tep_"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("subject_token_type", "subject token type"),
        Column::new("type", "type"),
    ],
    read_only: &["id", "created_at", "updated_at"],
    fixed: &["action_id", "type"],
    ..Kind::PLAIN
};

/// Agents: applications that act for people.
static AGENTS: Kind = Kind {
    name: "agents",
    singular: "agent",
    plural: "agents",
    path: "/agents",
    item: "/agents/{id}",
    id: "agent_id",
    columns: &[
        Column::new("agent_id", "agent id").whole(),
        Column::new("name", "name"),
        Column::new("client_id", "client id").whole(),
    ],
    read_only: &["agent_id", "created_at", "updated_at"],
    fixed: &["client_id", "external_agent_id"],
    ..Kind::PLAIN
};
