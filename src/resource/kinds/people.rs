//! What users may do, and the organizations and groups that they belong to.

use super::columns::{PERMISSION_COLUMNS, ROLE_COLUMNS, USER_COLUMNS};
use super::{Find, IdForm, Kind, MemberBody, MemberName, Members, USERS, Visibility, Write};
use crate::management::catalog::Method;
use crate::output::Column;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[&ROLES, &ORGANIZATIONS, &GROUPS];

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
pub(super) static GROUPS: Kind = Kind {
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
