//! Applications, the connections they sign people in with, and the APIs they call.

use super::model::{
    ID, IdForm, Kind, MemberBody, MemberName, MemberWrite, Members, NAME, NameLookup, NamePart,
    Visibility,
};
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
    id: "client_id",
    id_form: IdForm::Client,
    columns: &[
        Column::new("client_id", "client id").whole(),
        NAME,
        Column::new("app_type", "type").in_our_word("non_interactive", "m2m"),
        Column::new("is_first_party", "first party"),
    ],
    secrets: &["client_secret", "encryption_key", "signing_keys"],
    secrets_scope: Some("read:client_keys"),
    // Without "All Applications", which stands for the tenant's global settings.
    only: &[("is_global", "false")],
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
    members: &[Members::new(
        "credentials",
        "credential",
        "/clients/{client_id}/credentials",
        MemberName::Own("name"),
        &[
            ID,
            NAME,
            Column::new("kid", "kid"),
            Column::new("alg", "alg"),
            Column::new("expires_at", "expires"),
        ],
    )
    .add(MemberBody::Fields)
    .remove_at("/clients/{client_id}/credentials/{credential_id}")],
    dashboard: Some("applications/{id}/settings"),
    ..Kind::plain("clients", "client", "clients", "/clients", "/clients/{id}")
};

/// Where people sign in: databases, social and enterprise connections.
pub static CONNECTIONS: Kind = Kind {
    id_form: IdForm::Prefix("con_"),
    find: NameLookup::Query("name"),
    program: "auth0-connections",
    columns: &[
        ID,
        NAME,
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
        Members::new(
            "clients",
            "client",
            "/connections/{id}/clients",
            MemberName::Of(&CLIENTS),
            &[Column::new("client_id", "client id").whole()],
        )
        .id("client_id")
        .add_by(MemberWrite {
            method: Method::Patch,
            path: "/connections/{id}/clients",
            body: MemberBody::Statuses(true),
        })
        .remove_by(MemberWrite {
            method: Method::Patch,
            path: "/connections/{id}/clients",
            body: MemberBody::Statuses(false),
        }),
        Members::new(
            "scim-tokens",
            "SCIM token",
            "/connections/{id}/scim-configuration/tokens",
            MemberName::Own("token_id"),
            &[
                Column::new("token_id", "token id").whole(),
                Column::new("scopes", "scopes"),
                Column::new("created_at", "created"),
                Column::new("valid_until", "valid until"),
                Column::new("last_used_at", "last used at"),
            ],
        )
        .id("token_id")
        .add(MemberBody::Fields)
        .remove_at("/connections/{id}/scim-configuration/tokens/{tokenId}"),
    ],
    ..Kind::plain("connections", "connection", "connections", "/connections", "/connections/{id}")
};

/// The tenant's own APIs: resource servers, in the API's words.
pub static APIS: Kind = Kind {
    find: NameLookup::Item,
    columns: &[ID, NAME, Column::new("identifier", "identifier")],
    secrets: &["signing_secret"],
    read_only: &["id", "is_system", "token_lifetime_for_web", "client_id"],
    fixed: &["identifier"],
    dashboard: Some("apis/{id}/settings"),
    ..Kind::plain("apis", "API", "APIs", "/resource-servers", "/resource-servers/{id}")
};

/// Which application may call which API, with which scopes. Named by `CLIENT:API`.
pub static CLIENT_GRANTS: Kind = Kind {
    name_field: "client_id",
    id_form: IdForm::Prefix("cgr_"),
    find: NameLookup::Pair(&[
        NamePart { kind: &CLIENTS, query: "client_id", field: "client_id" },
        NamePart { kind: &APIS, query: "audience", field: "identifier" },
    ]),
    columns: &[
        ID,
        Column::new("client_id", "client id").whole(),
        Column::new("audience", "audience"),
        Column::new("scope", "scope"),
    ],
    read_only: &["id", "is_system"],
    fixed: &["client_id", "audience", "default_for", "subject_type"],
    members: &[Members::new(
        "organizations",
        "organization",
        "/client-grants/{id}/organizations",
        MemberName::Of(&super::ORGANIZATIONS),
        &[ID, NAME, Column::new("display_name", "display name")],
    )],
    ..Kind::plain(
        "client-grants",
        "client grant",
        "client grants",
        "/client-grants",
        "/client-grants/{id}",
    )
};

/// How users of a connection are provisioned by SCIM. Named by the connection.
static SCIM: Kind = Kind {
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
    ..Kind::plain(
        "scim-configurations",
        "SCIM configuration",
        "SCIM configurations",
        "/connections-scim-configurations",
        "/connections/{id}/scim-configuration",
    )
};

/// How users of a connection are provisioned from a directory. Named by the connection.
static DIRECTORY_PROVISIONINGS: Kind = Kind {
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
    ..Kind::plain(
        "directory-provisionings",
        "directory provisioning",
        "directory provisionings",
        "/connections-directory-provisionings",
        "/connections/{id}/directory-provisioning",
    )
};

/// Settings that new connections start from.
static CONNECTION_PROFILES: Kind = Kind {
    id_form: IdForm::Prefix("cop_"),
    read_only: &["id"],
    ..Kind::plain(
        "connection-profiles",
        "connection profile",
        "connection profiles",
        "/connection-profiles",
        "/connection-profiles/{id}",
    )
};

/// Settings that new third-party applications start from.
static CLIENT_PROFILES: Kind = Kind::plain(
    "client-profiles",
    "client profile",
    "client profiles",
    "/client-profiles",
    "/client-profiles/{id}",
);

/// Which attributes of users enterprise connections bring.
static USER_ATTRIBUTE_PROFILES: Kind = Kind {
    id_form: IdForm::Prefix("uap_"),
    read_only: &["id"],
    ..Kind::plain(
        "user-attribute-profiles",
        "user attribute profile",
        "user attribute profiles",
        "/user-attribute-profiles",
        "/user-attribute-profiles/{id}",
    )
};

/// How customers set up their own enterprise connection.
static SELF_SERVICE_PROFILES: Kind = Kind {
    id_form: IdForm::Prefix("ssp_"),
    ..Kind::plain(
        "self-service-profiles",
        "self-service profile",
        "self service profiles",
        "/self-service-profiles",
        "/self-service-profiles/{id}",
    )
};

/// Which foreign tokens are exchanged, and by which Action.
static TOKEN_EXCHANGE_PROFILES: Kind = Kind {
    id_form: IdForm::Prefix("tep_"),
    columns: &[
        ID,
        NAME,
        Column::new("subject_token_type", "subject token type"),
        Column::new("type", "type"),
    ],
    fixed: &["action_id", "type"],
    ..Kind::plain(
        "token-exchange-profiles",
        "token exchange profile",
        "token exchange profiles",
        "/token-exchange-profiles",
        "/token-exchange-profiles/{id}",
    )
};

/// Agents: applications that act for people.
static AGENTS: Kind = Kind {
    id: "agent_id",
    columns: &[
        Column::new("agent_id", "agent id").whole(),
        NAME,
        Column::new("client_id", "client id").whole(),
    ],
    read_only: &["agent_id", "created_at", "updated_at"],
    fixed: &["client_id", "external_agent_id"],
    ..Kind::plain("agents", "agent", "agents", "/agents", "/agents/{id}")
};
