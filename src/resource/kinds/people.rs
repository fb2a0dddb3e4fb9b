//! Users, what they may do, and the organizations they belong to.

use super::{Find, IdForm, Kind, MemberBody, MemberName, Members, Visibility, Write};
use crate::management::catalog::Method;
use crate::output::Column;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[
    &USERS,
    &ROLES,
    &ORGANIZATIONS,
    &GROUPS,
    &SESSIONS,
    &REFRESH_TOKENS,
    &DEVICE_CREDENTIALS,
    &GRANTS,
];

const USER_COLUMNS: &[Column] = &[
    Column::new("user_id", "user id").whole(),
    Column::new("email", "email"),
    Column::new("name", "name"),
];

const ROLE_COLUMNS: &[Column] = &[
    Column::new("id", "id").whole(),
    Column::new("name", "name"),
    Column::new("description", "description"),
];

const PERMISSION_COLUMNS: &[Column] = &[
    Column::new("resource_server_identifier", "api"),
    Column::new("permission_name", "permission").whole(),
    Column::new("description", "description"),
];

/// The people who sign in.
pub static USERS: Kind = Kind {
    name: "users",
    singular: "user",
    plural: "users",
    path: "/users",
    item: "/users/{id}",
    id: "user_id",
    id_form: IdForm::User,
    name_field: "email",
    find: Find::Search("q"),
    columns: &[
        Column::new("user_id", "user id").whole(),
        Column::new("email", "email"),
        Column::new("name", "name"),
        Column::new("last_login", "last login"),
        Column::new("blocked", "blocked"),
    ],
    read_only: &[
        "user_id",
        "created_at",
        "updated_at",
        "identities",
        "multifactor",
        "multifactor_last_modified",
        "last_ip",
        "last_login",
        "last_password_reset",
        "logins_count",
    ],
    merged: &["user_metadata", "app_metadata"],
    members: &[
        Members {
            name: "roles",
            singular: "role",
            path: "/users/{id}/roles",
            id: "id",
            named: MemberName::Of(&ROLES),
            columns: ROLE_COLUMNS,
            add: Some(Write {
                method: Method::Post,
                path: "/users/{id}/roles",
                body: MemberBody::Ids("roles"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/users/{id}/roles",
                body: MemberBody::Ids("roles"),
            }),
        },
        Members {
            name: "permissions",
            singular: "permission",
            path: "/users/{id}/permissions",
            id: "permission_name",
            named: MemberName::Permission,
            columns: PERMISSION_COLUMNS,
            add: Some(Write {
                method: Method::Post,
                path: "/users/{id}/permissions",
                body: MemberBody::Permissions,
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/users/{id}/permissions",
                body: MemberBody::Permissions,
            }),
        },
        Members {
            name: "organizations",
            singular: "organization",
            path: "/users/{id}/organizations",
            id: "id",
            named: MemberName::Of(&ORGANIZATIONS),
            columns: &[
                Column::new("id", "id").whole(),
                Column::new("name", "name"),
                Column::new("display_name", "display name"),
            ],
            add: None,
            remove: None,
        },
        Members {
            name: "authentication-methods",
            singular: "authentication method",
            path: "/users/{id}/authentication-methods",
            id: "id",
            named: MemberName::Own("name"),
            columns: &[
                Column::new("id", "id").whole(),
                Column::new("type", "type"),
                Column::new("name", "name"),
                Column::new("created_at", "created"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/users/{id}/authentication-methods",
                body: MemberBody::Fields,
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/users/{id}/authentication-methods/{authentication_method_id}",
                body: MemberBody::None,
            }),
        },
        Members {
            name: "groups",
            singular: "group",
            path: "/users/{id}/groups",
            id: "id",
            named: MemberName::Of(&GROUPS),
            columns: &[Column::new("id", "id").whole(), Column::new("name", "name")],
            add: None,
            remove: None,
        },
    ],
    dashboard: Some("users/{id}"),
    ..Kind::PLAIN
};

/// Roles: named sets of permissions.
pub static ROLES: Kind = Kind {
    name: "roles",
    singular: "role",
    plural: "roles",
    path: "/roles",
    item: "/roles/{id}",
    id_form: IdForm::Prefix("rol_"),
    find: Find::Query("name_filter"),
    columns: ROLE_COLUMNS,
    read_only: &["id"],
    fixed: &["type", "owner_id"],
    members: &[
        Members {
            name: "permissions",
            singular: "permission",
            path: "/roles/{id}/permissions",
            id: "permission_name",
            named: MemberName::Permission,
            columns: PERMISSION_COLUMNS,
            add: Some(Write {
                method: Method::Post,
                path: "/roles/{id}/permissions",
                body: MemberBody::Permissions,
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/roles/{id}/permissions",
                body: MemberBody::Permissions,
            }),
        },
        Members {
            name: "users",
            singular: "user",
            path: "/roles/{id}/users",
            id: "user_id",
            named: MemberName::Of(&USERS),
            columns: USER_COLUMNS,
            add: Some(Write {
                method: Method::Post,
                path: "/roles/{id}/users",
                body: MemberBody::Ids("users"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/users/{id}/roles",
                body: MemberBody::Above("roles"),
            }),
        },
    ],
    dashboard: Some("roles/{id}"),
    ..Kind::PLAIN
};

/// Organizations: the tenant's business customers.
pub static ORGANIZATIONS: Kind = Kind {
    name: "organizations",
    singular: "organization",
    plural: "organizations",
    path: "/organizations",
    item: "/organizations/{id}",
    id_form: IdForm::Prefix("org_"),
    find: Find::Path("/organizations/name/{name}"),
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("name", "name"),
        Column::new("display_name", "display name"),
    ],
    read_only: &["id", "client"],
    fixed: &["enabled_connections"],
    members: &[
        Members {
            name: "members",
            singular: "member",
            path: "/organizations/{id}/members",
            id: "user_id",
            named: MemberName::Of(&USERS),
            columns: USER_COLUMNS,
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/members",
                body: MemberBody::Ids("members"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/members",
                body: MemberBody::Ids("members"),
            }),
        },
        Members {
            name: "connections",
            singular: "connection",
            path: "/organizations/{id}/connections",
            id: "connection_id",
            named: MemberName::Of(&super::CONNECTIONS),
            columns: &[
                Column::new("connection_id", "connection id").whole(),
                Column::new("connection.name", "name"),
                Column::new("connection.strategy", "strategy"),
                Column::new("assign_membership_on_login", "auto member"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/connections",
                body: MemberBody::Id("connection_id"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/connections/{connection_id}",
                body: MemberBody::None,
            }),
        },
        Members {
            name: "invitations",
            singular: "invitation",
            path: "/organizations/{id}/invitations",
            id: "id",
            named: MemberName::Own("invitee.email"),
            columns: &[
                Column::new("id", "id").whole(),
                Column::new("invitee.email", "invitee"),
                Column::new("inviter.name", "inviter"),
                Column::new("expires_at", "expires"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/invitations",
                body: MemberBody::Fields,
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/invitations/{invitation_id}",
                body: MemberBody::None,
            }),
        },
        Members {
            name: "client-grants",
            singular: "client grant",
            path: "/organizations/{id}/client-grants",
            id: "id",
            named: MemberName::Of(&super::CLIENT_GRANTS),
            columns: &[
                Column::new("id", "id").whole(),
                Column::new("client_id", "client id").whole(),
                Column::new("audience", "audience"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/client-grants",
                body: MemberBody::Id("grant_id"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/client-grants/{grant_id}",
                body: MemberBody::None,
            }),
        },
        Members {
            name: "clients",
            singular: "client",
            path: "/organizations/{id}/clients",
            id: "client_id",
            named: MemberName::Of(&super::CLIENTS),
            columns: &[
                Column::new("client_id", "client id").whole(),
                Column::new("client.name", "name"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/clients",
                body: MemberBody::Ids("clients"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/clients",
                body: MemberBody::Ids("clients"),
            }),
        },
        Members {
            name: "discovery-domains",
            singular: "discovery domain",
            path: "/organizations/{id}/discovery-domains",
            id: "id",
            named: MemberName::Own("domain"),
            columns: &[
                Column::new("id", "id").whole(),
                Column::new("domain", "domain"),
                Column::new("status", "status"),
            ],
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/discovery-domains",
                body: MemberBody::Fields,
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/discovery-domains/{discovery_domain_id}",
                body: MemberBody::None,
            }),
        },
    ],
    dashboard: Some("organizations/{id}/overview"),
    visibility: Some(Visibility {
        inside: None,
        // The scope `read:organizations_summary` shows only these.
        enough: |organization| {
            organization.keys().any(|key| !matches!(key.as_str(), "id" | "name" | "display_name"))
        },
        scope: "read:organizations",
    }),
    ..Kind::PLAIN
};

/// Groups that come from a directory.
static GROUPS: Kind = Kind {
    name: "groups",
    singular: "group",
    plural: "groups",
    path: "/groups",
    item: "/groups/{id}",
    id_form: IdForm::Prefix("grp_"),
    find: Find::Query("name"),
    members: &[
        Members {
            name: "members",
            singular: "member",
            path: "/groups/{id}/members",
            id: "id",
            named: MemberName::Of(&USERS),
            columns: &[Column::new("id", "id").whole(), Column::new("name", "name")],
            add: None,
            remove: None,
        },
        Members {
            name: "roles",
            singular: "role",
            path: "/groups/{id}/roles",
            id: "id",
            named: MemberName::Of(&ROLES),
            columns: ROLE_COLUMNS,
            add: Some(Write {
                method: Method::Post,
                path: "/groups/{id}/roles",
                body: MemberBody::Ids("roles"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/groups/{id}/roles",
                body: MemberBody::Ids("roles"),
            }),
        },
    ],
    ..Kind::PLAIN
};

/// Browser sessions: listed per user with `auth0-users sessions`.
static SESSIONS: Kind = Kind {
    name: "sessions",
    singular: "session",
    plural: "sessions",
    path: "/sessions",
    item: "/sessions/{id}",
    find: Find::IdOnly,
    name_field: "id",
    read_only: &[
        "id",
        "user_id",
        "created_at",
        "updated_at",
        "authenticated_at",
        "idle_expires_at",
        "expires_at",
        "last_interacted_at",
        "device",
        "clients",
        "authentication",
    ],
    ..Kind::PLAIN
};

/// Refresh tokens, never their values. The list needs `user_id`.
static REFRESH_TOKENS: Kind = Kind {
    name: "refresh-tokens",
    singular: "refresh token",
    plural: "refresh tokens",
    path: "/refresh-tokens",
    item: "/refresh-tokens/{id}",
    find: Find::IdOnly,
    name_field: "id",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("client_id", "client id").whole(),
        Column::new("created_at", "created"),
        Column::new("expires_at", "expires"),
    ],
    read_only: &[
        "id",
        "user_id",
        "created_at",
        "idle_expires_at",
        "expires_at",
        "device",
        "client_id",
        "session_id",
        "rotating",
        "resource_servers",
        "last_exchanged_at",
    ],
    ..Kind::PLAIN
};

/// Device credentials of users.
static DEVICE_CREDENTIALS: Kind = Kind {
    name: "device-credentials",
    singular: "device credential",
    plural: "device credentials",
    path: "/device-credentials",
    item: "/device-credentials/{id}",
    find: Find::IdOnly,
    name_field: "device_name",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("device_name", "device"),
        Column::new("type", "type"),
        Column::new("user_id", "user id"),
    ],
    ..Kind::PLAIN
};

/// What users have consented to.
static GRANTS: Kind = Kind {
    name: "grants",
    singular: "grant",
    plural: "grants",
    path: "/grants",
    item: "/grants/{id}",
    find: Find::IdOnly,
    name_field: "id",
    columns: &[
        Column::new("id", "id").whole(),
        Column::new("clientID", "client id").whole(),
        Column::new("user_id", "user id"),
        Column::new("audience", "audience"),
    ],
    ..Kind::PLAIN
};
