//! The examples of `auth0-resources`, and those made from the table of kinds.

use std::borrow::Cow;

use super::{Example, example};
use crate::resource::kinds::Kind;

const RESOURCES: &[Example] = &[
    example("List the kinds with a word in their name", "auth0-resources kinds role"),
    example("List the roles", "auth0-resources roles list"),
    example(
        "Create a role",
        "auth0-resources roles create --set name=writer --set description='May write'",
    ),
    example(
        "Add a permission to a role",
        "auth0-resources roles permissions add Editor https://api.example.com:read:things",
    ),
    example(
        "List the members of an organization",
        "auth0-resources organizations members list globex",
    ),
    example(
        "See what a change of the settings would send",
        "auth0-resources tenant-settings update --set session_lifetime=72 --dry-run",
    ),
    example("Deploy an Action", "auth0-resources actions deploy 'Enrich tokens'"),
];

const KINDS: &[Example] = &[
    example("List every kind", "auth0-resources kinds"),
    example("List the kinds with a word in their name or path", "auth0-resources kinds guardian"),
    example(
        "Print the scopes that a kind takes",
        "auth0-resources kinds organizations -o json | jq -r '.[].scopes[]'",
    ),
];

const BINDINGS: &[Example] = &[
    example(
        "List the Actions of a trigger, in order",
        "auth0-resources actions bindings list post-login",
    ),
    example(
        "Replace them",
        "auth0-resources actions bindings set post-login 'Check device' 'Enrich tokens' --yes",
    ),
    example("List the triggers", "auth0-resources triggers list"),
];

/// The examples of a command that is not made from the table of kinds.
pub(super) fn of(name: &str) -> &'static [Example] {
    match name {
        "auth0-resources" => RESOURCES,
        "auth0-resources kinds" => KINDS,
        "auth0-resources actions bindings" => BINDINGS,
        _ => &[],
    }
}

/// The examples of `auth0-resources KIND`: how to see what the tenant has of it. None if the API
/// neither lists the kind nor has exactly one of it.
pub fn of_kind(kind: &Kind) -> Vec<Example> {
    let (purpose, command) = match kind.list() {
        _ if kind.is_singleton() => {
            (format!("Show the {}", kind.singular), format!("auth0-resources {} show", kind.name))
        }
        Some(list) => {
            let mut command = format!("auth0-resources {} list -o json", kind.name);
            // The API lists these only of one user.
            if list.query().any(|it| it.required && it.name == "user_id") {
                command.push_str(" --filter 'user_id=auth0|123'");
            }
            (format!("List the {} as JSON", kind.plural), command)
        }
        None => return Vec::new(),
    };
    vec![Example { command: Cow::Owned(command), purpose: Cow::Owned(purpose) }]
}
