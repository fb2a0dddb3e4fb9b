//! Users, and what they leave at the tenant: sessions, tokens, devices, consents.

use super::columns::{PERMISSION_COLUMNS, ROLE_COLUMNS};
use super::{
    Find, GROUPS, IdForm, Kind, MemberBody, MemberName, Members, ORGANIZATIONS, ROLES, Write,
};
use crate::management::catalog::Method;
use crate::output::Column;
use crate::resource::user_lookup;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] =
    &[&USERS, &SESSIONS, &REFRESH_TOKENS, &DEVICE_CREDENTIALS, &GRANTS];

/// The people who sign in.
pub static USERS: Kind = Kind {
    name: "users",
    singular: "user",
    plural: "users",
    path: "/users",
    item: "/users/{id}",
    id: "user_id",
    id_form: IdForm::User,
    named_by: "ID, e-mail address, user name, phone number or name",
    name_field: "email",
    find: Find::With(user_lookup::candidates),
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
            add: Some(Write {
                method: Method::Post,
                path: "/organizations/{id}/members",
                body: MemberBody::Above("members"),
            }),
            remove: Some(Write {
                method: Method::Delete,
                path: "/organizations/{id}/members",
                body: MemberBody::Above("members"),
            }),
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
        Members {
            name: "sessions",
            singular: "session",
            path: "/users/{user_id}/sessions",
            id: "id",
            named: MemberName::Own("id"),
            columns: &[
                Column::new("id", "id").whole(),
                Column::new("authenticated_at", "signed in"),
                Column::new("last_interacted_at", "last used"),
                Column::new("expires_at", "expires"),
                Column::new("device.last_ip", "ip"),
                Column::new("device.last_user_agent", "user agent"),
            ],
            add: None,
            remove: None,
        },
    ],
    program: "auth0-users",
    dashboard: Some("users/{id}"),
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
