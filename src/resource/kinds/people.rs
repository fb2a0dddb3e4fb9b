//! What users may do, and the groups that they belong to.

use super::columns::{PERMISSION_COLUMNS, ROLE_COLUMNS, USER_COLUMNS};
use super::model::{
    ID, IdForm, Kind, MemberBody, MemberName, MemberWrite, Members, NAME, NameLookup,
};
use crate::management::catalog::Method;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[&ROLES, &GROUPS];

/// Roles: named sets of permissions.
pub static ROLES: Kind = Kind {
    id_form: IdForm::Prefix("rol_"),
    find: NameLookup::Query("name_filter"),
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
        Members::new(
            "users",
            "user",
            "/roles/{id}/users",
            MemberName::Of(&super::USERS),
            USER_COLUMNS,
        )
        .id("user_id")
        .add(MemberBody::Ids("users"))
        .remove_by(MemberWrite {
            method: Method::Delete,
            path: "/users/{id}/roles",
            body: MemberBody::Above("roles"),
        }),
    ],
    dashboard: Some("roles/{id}"),
    ..Kind::plain("roles", "role", "roles", "/roles", "/roles/{id}")
};

/// Groups that come from a directory.
pub(super) static GROUPS: Kind = Kind {
    id_form: IdForm::Prefix("grp_"),
    find: NameLookup::Query("name"),
    members: &[
        Members::new(
            "members",
            "member",
            "/groups/{id}/members",
            MemberName::Of(&super::USERS),
            &[ID, NAME],
        ),
        Members::new("roles", "role", "/groups/{id}/roles", MemberName::Of(&ROLES), ROLE_COLUMNS)
            .add_and_remove(MemberBody::Ids("roles")),
    ],
    ..Kind::plain("groups", "group", "groups", "/groups", "/groups/{id}")
};
