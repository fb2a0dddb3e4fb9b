//! Users, and what they may do.

use super::model::{Find, ID, IdForm, Kind, MemberBody, MemberName, Members, NAME, Write};
use crate::management::catalog::Method;
use crate::output::Column;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[&USERS, &ROLES, &GROUPS];

pub(super) const USER_COLUMNS: &[Column] =
    &[Column::new("user_id", "user id").whole(), Column::new("email", "email"), NAME];

pub(super) const ROLE_COLUMNS: &[Column] = &[ID, NAME, Column::new("description", "description")];

const PERMISSION_COLUMNS: &[Column] = &[
    Column::new("resource_server_identifier", "api"),
    Column::new("permission_name", "permission").whole(),
    Column::new("description", "description"),
];

/// The people who sign in.
pub static USERS: Kind = Kind {
    id: "user_id",
    id_form: IdForm::User,
    name_field: "email",
    find: Find::Search("q"),
    columns: &[
        Column::new("user_id", "user id").whole(),
        Column::new("email", "email"),
        NAME,
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
        Members::new("roles", "role", "/users/{id}/roles", MemberName::Of(&ROLES), ROLE_COLUMNS)
            .add_and_remove(MemberBody::Ids("roles")),
        Members::new(
            "permissions",
            "permission",
            "/users/{id}/permissions",
            MemberName::Permission,
            PERMISSION_COLUMNS,
        )
        .id("permission_name")
        .add_and_remove(MemberBody::Permissions),
        Members::new(
            "organizations",
            "organization",
            "/users/{id}/organizations",
            MemberName::Of(&super::ORGANIZATIONS),
            &[ID, NAME, Column::new("display_name", "display name")],
        ),
        Members::new(
            "authentication-methods",
            "authentication method",
            "/users/{id}/authentication-methods",
            MemberName::Own("name"),
            &[ID, Column::new("type", "type"), NAME, Column::new("created_at", "created")],
        )
        .add(MemberBody::Fields)
        .remove_at("/users/{id}/authentication-methods/{authentication_method_id}"),
        Members::new(
            "enrollments",
            "enrollment",
            "/users/{id}/enrollments",
            MemberName::Own("id"),
            &[
                ID,
                NAME,
                Column::new("type", "type"),
                Column::new("status", "status"),
                Column::new("enrolled_at", "enrolled"),
            ],
        ),
        Members::new(
            "sessions",
            "session",
            "/users/{user_id}/sessions",
            MemberName::Own("id"),
            &[
                ID,
                Column::new("created_at", "created"),
                Column::new("last_interacted_at", "last used"),
                Column::new("expires_at", "expires"),
            ],
        ),
        Members::new(
            "refresh-tokens",
            "refresh token",
            "/users/{user_id}/refresh-tokens",
            MemberName::Own("id"),
            &[
                ID,
                Column::new("client_id", "client id").whole(),
                Column::new("created_at", "created"),
                Column::new("expires_at", "expires"),
            ],
        ),
        Members::new("groups", "group", "/users/{id}/groups", MemberName::Of(&GROUPS), &[ID, NAME]),
    ],
    dashboard: Some("users/{id}"),
    ..Kind::plain("users", "user", "users", "/users", "/users/{id}")
};

/// Roles: named sets of permissions.
pub static ROLES: Kind = Kind {
    id_form: IdForm::Prefix("rol_"),
    find: Find::Query("name_filter"),
    columns: ROLE_COLUMNS,
    read_only: &["id"],
    fixed: &["type", "owner_id"],
    members: &[
        Members::new(
            "permissions",
            "permission",
            "/roles/{id}/permissions",
            MemberName::Permission,
            PERMISSION_COLUMNS,
        )
        .id("permission_name")
        .add_and_remove(MemberBody::Permissions),
        Members::new("users", "user", "/roles/{id}/users", MemberName::Of(&USERS), USER_COLUMNS)
            .id("user_id")
            .add(MemberBody::Ids("users"))
            .remove_by(Write {
                method: Method::Delete,
                path: "/users/{id}/roles",
                body: MemberBody::Above("roles"),
            }),
    ],
    dashboard: Some("roles/{id}"),
    ..Kind::plain("roles", "role", "roles", "/roles", "/roles/{id}")
};

/// Groups that come from a directory.
static GROUPS: Kind = Kind {
    id_form: IdForm::Prefix("grp_"),
    find: Find::Query("name"),
    members: &[
        Members::new(
            "members",
            "member",
            "/groups/{id}/members",
            MemberName::Of(&USERS),
            &[ID, NAME],
        ),
        Members::new("roles", "role", "/groups/{id}/roles", MemberName::Of(&ROLES), ROLE_COLUMNS)
            .add_and_remove(MemberBody::Ids("roles")),
    ],
    ..Kind::plain("groups", "group", "groups", "/groups", "/groups/{id}")
};
