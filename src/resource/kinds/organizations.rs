//! Organizations, and what belongs to them.

use super::columns::{ROLE_COLUMNS, USER_COLUMNS};
use super::model::{
    ID, IdForm, Kind, MemberBody, MemberName, Members, NAME, NameLookup, Visibility,
};
use crate::output::Column;

/// The kinds of this file.
pub(super) static KINDS: &[&Kind] = &[&ORGANIZATIONS];

/// Organizations: the tenant's business customers.
pub static ORGANIZATIONS: Kind = Kind {
    id_form: IdForm::Prefix("org_"),
    find: NameLookup::Path("/organizations/name/{name}"),
    columns: &[ID, NAME, Column::new("display_name", "display name")],
    read_only: &["id", "client"],
    fixed: &["enabled_connections"],
    members: &[
        Members::new(
            "members",
            "member",
            "/organizations/{id}/members",
            MemberName::Of(&super::USERS),
            USER_COLUMNS,
        )
        .id("user_id")
        .add_and_remove(MemberBody::Ids("members")),
        Members::new(
            "member-roles",
            "role",
            "/organizations/{id}/members/{user_id}/roles",
            MemberName::Of(&super::ROLES),
            ROLE_COLUMNS,
        )
        .via(&super::USERS)
        .add_and_remove(MemberBody::Ids("roles")),
        Members::new(
            "connections",
            "connection",
            "/organizations/{id}/connections",
            MemberName::Of(&super::CONNECTIONS),
            &[
                Column::new("connection_id", "connection id").whole(),
                Column::new("connection.name", "name"),
                Column::new("connection.strategy", "strategy"),
                Column::new("assign_membership_on_login", "auto member"),
            ],
        )
        .id("connection_id")
        .add(MemberBody::Id("connection_id"))
        .remove_at("/organizations/{id}/connections/{connection_id}"),
        Members::new(
            "invitations",
            "invitation",
            "/organizations/{id}/invitations",
            MemberName::Own("invitee.email"),
            &[
                ID,
                Column::new("invitee.email", "invitee"),
                Column::new("inviter.name", "inviter"),
                Column::new("expires_at", "expires"),
            ],
        )
        .add(MemberBody::Fields)
        .remove_at("/organizations/{id}/invitations/{invitation_id}"),
        Members::new(
            "client-grants",
            "client grant",
            "/organizations/{id}/client-grants",
            MemberName::Of(&super::CLIENT_GRANTS),
            &[
                ID,
                Column::new("client_id", "client id").whole(),
                Column::new("audience", "audience"),
            ],
        )
        .add(MemberBody::Id("grant_id"))
        .remove_at("/organizations/{id}/client-grants/{grant_id}"),
        Members::new(
            "clients",
            "client",
            "/organizations/{id}/clients",
            MemberName::Of(&super::CLIENTS),
            &[Column::new("client_id", "client id").whole(), Column::new("client.name", "name")],
        )
        .id("client_id")
        .add_and_remove(MemberBody::Ids("clients"))
        .add(MemberBody::Rows("clients", "client_id"))
        .item("/organizations/{id}/clients/{client_id}"),
        Members::new(
            "discovery-domains",
            "discovery domain",
            "/organizations/{id}/discovery-domains",
            MemberName::Own("domain"),
            &[ID, Column::new("domain", "domain"), Column::new("status", "status")],
        )
        .add(MemberBody::Fields)
        .remove_at("/organizations/{id}/discovery-domains/{discovery_domain_id}"),
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
    ..Kind::plain(
        "organizations",
        "organization",
        "organizations",
        "/organizations",
        "/organizations/{id}",
    )
};
