//! The people who sign in.

use super::columns::{PERMISSION_COLUMNS, ROLE_COLUMNS};
use super::model::{
    ID, IdForm, Kind, MemberBody, MemberName, MemberWrite, Members, NAME, NameLookup,
};
use super::people::{GROUPS, ROLES};
use crate::management::catalog::Method;
use crate::output::Column;

/// The request that makes a user a member of an organization.
const ADD_TO_ORGANIZATION: MemberWrite = MemberWrite {
    method: Method::Post,
    path: "/organizations/{id}/members",
    body: MemberBody::Above("members"),
};

/// The request that ends the membership.
const REMOVE_FROM_ORGANIZATION: MemberWrite =
    MemberWrite { method: Method::Delete, ..ADD_TO_ORGANIZATION };

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[&USERS];

/// The people who sign in.
pub static USERS: Kind = Kind {
    id: "user_id",
    id_form: IdForm::User,
    named_by: "ID, e-mail address, user name, phone number or name",
    name_field: "email",
    find: NameLookup::AsUser,
    columns: &[
        Column::new("user_id", "user id").whole(),
        Column::new("email", "email"),
        NAME,
        Column::new("last_login", "last login").in_local_time(),
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
        )
        .add_by(ADD_TO_ORGANIZATION)
        .remove_by(REMOVE_FROM_ORGANIZATION),
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
                Column::new("authenticated_at", "signed in"),
                Column::new("last_interacted_at", "last used"),
                Column::new("expires_at", "expires"),
                Column::new("device.last_ip", "ip"),
                Column::new("device.last_user_agent", "user agent"),
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
    program: "auth0-users",
    dashboard: Some("users/{id}"),
    ..Kind::plain("users", "user", "users", "/users", "/users/{id}")
};
