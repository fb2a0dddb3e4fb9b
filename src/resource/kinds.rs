//! Every kind of resource of the Management API, as data.
//!
//! An entry says what the operation catalog and the body schemas do not: what a person calls one,
//! how a name becomes an ID, which columns a list shows, which fields are secret or fixed, and which
//! collections lie below it. Paths, paging, scopes, `fields` and bodies come from the catalog, so
//! that a new plain kind is one entry and no code.

mod applications;
mod columns;
mod extensions;
mod model;
mod organizations;
mod people;
mod security;
mod sessions;
mod settings;
#[cfg(test)]
mod tests;
mod users;
mod verbs;

pub use applications::{APIS, CLIENT_GRANTS, CLIENTS, CONNECTIONS};
pub use extensions::ACTIONS;
pub use model::{
    Act, Await, Follow, IdForm, Kind, MemberBody, MemberName, MemberWrite, Members, NameLookup,
    NamePart, Visibility,
};
pub use organizations::ORGANIZATIONS;
pub use people::ROLES;
pub use settings::TENANT_SETTINGS;
pub use users::USERS;
pub use verbs::documented;

/// Every kind, by name.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    let files = [
        users::KINDS,
        people::KINDS,
        organizations::KINDS,
        sessions::KINDS,
        applications::KINDS,
        extensions::KINDS,
        security::KINDS,
        settings::KINDS,
    ];
    files.into_iter().flatten().copied()
}

/// The kind of this name, or of one of its other names.
pub fn find(name: &str) -> Option<&'static Kind> {
    let name = match name {
        "apps" | "applications" => "clients",
        "orgs" => "organizations",
        "resource-servers" => "apis",
        "tenant" | "tenants" => "tenant-settings",
        other => other,
    };
    all().find(|kind| kind.name == name)
}
