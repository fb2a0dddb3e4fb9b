//! The examples of `auth0-tenant`.

use super::{Example, example};

pub(crate) const TENANT: &[Example] = &[
    example("Show the settings", "auth0-tenant show"),
    example("Change a setting", "auth0-tenant update --set session_lifetime=72"),
    example("Export the configuration into files", "auth0-tenant export ./tenant"),
    example("Compare the tenant with an earlier export", "auth0-tenant diff ./before"),
    example(
        "Compare two tenants, for a pull request",
        "auth0-tenant diff staging acme -o markdown",
    ),
];

pub(crate) const TENANT_SHOW: &[Example] = &[
    example("Show every setting", "auth0-tenant show"),
    example(
        "Show three settings",
        "auth0-tenant show --fields friendly_name,session_lifetime,flags",
    ),
    example("Pick one with jq", "auth0-tenant show -o json | jq .flags"),
];

pub(crate) const TENANT_UPDATE: &[Example] = &[
    example("Change a setting", "auth0-tenant update --set session_lifetime=72"),
    example("Change one flag; the others stay", "auth0-tenant update --set flags.enable_sso=true"),
    example(
        "Add to a list, and only see what would be sent",
        "auth0-tenant update --set allowed_logout_urls[]=https://acme.com --dry-run",
    ),
    example("Take settings from a file", "auth0-tenant update --json settings.json"),
];

pub(crate) const TENANT_EXPORT: &[Example] = &[
    example("Export into a folder named after the tenant", "auth0-tenant export"),
    example("Leave a kind out", "auth0-tenant export ./tenant --exclude organizations"),
    example(
        "Renew some kinds of an export",
        "auth0-tenant export ./before --kinds clients,client-grants,apis",
    ),
    example(
        "Print everything as one JSON object",
        "auth0-tenant export - | jq '.kinds.clients[].name'",
    ),
];

pub(crate) const TENANT_DIFF: &[Example] = &[
    example("Compare the tenant with an earlier export", "auth0-tenant diff ./before"),
    example("Compare the tenants of two profiles", "auth0-tenant diff staging acme"),
    example(
        "Ignore a field, and print the rest for a pull request",
        "auth0-tenant diff staging acme --ignore clients.client_metadata -o markdown",
    ),
    example(
        "Compare two kinds of two exports, for software",
        "auth0-tenant diff ./before ./after --kinds actions,triggers -o json",
    ),
];

/// The examples of a command below `auth0-tenant`, or of `auth0-tenant` itself.
pub(super) fn of(name: &str) -> &'static [Example] {
    match name {
        "auth0-tenant" => TENANT,
        "auth0-tenant show" => TENANT_SHOW,
        "auth0-tenant update" => TENANT_UPDATE,
        "auth0-tenant export" => TENANT_EXPORT,
        "auth0-tenant diff" => TENANT_DIFF,
        _ => &[],
    }
}
