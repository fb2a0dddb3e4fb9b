//! `auth0-completions commands`: every command of the suite, for software that drives it.

use clap::{Arg, ArgAction};
use serde_json::{Value, json};

use super::notes::HelpNotes;
use crate::base::error::{Error, ErrorKind};
use crate::cmd::options::Shared;
use crate::cmd::suite;
use crate::management::catalog::{self, Method};
use crate::output::{Column, Options, Renderer};
use crate::resource::snapshot::table;
use crate::term::Io;

static COLUMNS: [Column; 2] =
    [Column::new("command", "command").whole(), Column::new("summary", "summary")];

/// What commands ask of the API: the catalog knows the scopes that takes.
const OPERATIONS: [(&str, &[(Method, &str)]); 48] = [
    ("auth0-clients list", &[(Method::Get, "/clients")]),
    ("auth0-clients show", &[(Method::Get, "/clients/{id}")]),
    ("auth0-clients create", &[(Method::Post, "/clients")]),
    ("auth0-clients update", &[(Method::Get, "/clients/{id}"), (Method::Patch, "/clients/{id}")]),
    ("auth0-clients delete", &[(Method::Get, "/clients/{id}"), (Method::Delete, "/clients/{id}")]),
    (
        "auth0-clients rotate-secret",
        &[(Method::Get, "/clients/{id}"), (Method::Post, "/clients/{id}/rotate-secret")],
    ),
    ("auth0-clients open", &[(Method::Get, "/clients/{id}")]),
    ("auth0-connections list", &[(Method::Get, "/connections")]),
    ("auth0-connections show", &[(Method::Get, "/connections/{id}")]),
    ("auth0-connections create", &[(Method::Post, "/connections")]),
    (
        "auth0-connections update",
        &[(Method::Get, "/connections/{id}"), (Method::Patch, "/connections/{id}")],
    ),
    (
        "auth0-connections delete",
        &[(Method::Get, "/connections/{id}"), (Method::Delete, "/connections/{id}")],
    ),
    (
        "auth0-connections clients",
        &[(Method::Get, "/connections/{id}"), (Method::Get, "/connections/{id}/clients")],
    ),
    (
        "auth0-connections enable",
        &[
            (Method::Get, "/connections/{id}"),
            (Method::Get, "/clients/{id}"),
            (Method::Patch, "/connections/{id}/clients"),
        ],
    ),
    (
        "auth0-connections disable",
        &[
            (Method::Get, "/connections/{id}"),
            (Method::Get, "/clients/{id}"),
            (Method::Patch, "/connections/{id}/clients"),
        ],
    ),
    ("auth0-tenant show", &[(Method::Get, "/tenants/settings")]),
    (
        "auth0-tenant update",
        &[(Method::Get, "/tenants/settings"), (Method::Patch, "/tenants/settings")],
    ),
    (
        "auth0-connections status",
        &[(Method::Get, "/connections/{id}"), (Method::Get, "/connections/{id}/status")],
    ),
    ("auth0-users list", &[(Method::Get, "/users")]),
    ("auth0-users find", &[(Method::Get, "/users")]),
    ("auth0-users show", &[(Method::Get, "/users/{id}")]),
    ("auth0-users open", &[(Method::Get, "/users/{id}")]),
    ("auth0-users create", &[(Method::Post, "/users")]),
    ("auth0-users update", &[(Method::Get, "/users/{id}"), (Method::Patch, "/users/{id}")]),
    ("auth0-users delete", &[(Method::Get, "/users/{id}"), (Method::Delete, "/users/{id}")]),
    ("auth0-users block", &[(Method::Get, "/users/{id}"), (Method::Patch, "/users/{id}")]),
    (
        "auth0-users unblock",
        &[
            (Method::Get, "/users/{id}"),
            (Method::Patch, "/users/{id}"),
            (Method::Delete, "/user-blocks/{id}"),
        ],
    ),
    (
        "auth0-users reset-mfa",
        &[
            (Method::Get, "/users/{id}"),
            (Method::Get, "/users/{id}/authentication-methods"),
            (Method::Delete, "/users/{id}/authentication-methods/{authentication_method_id}"),
            (Method::Post, "/users/{id}/multifactor/actions/invalidate-remember-browser"),
        ],
    ),
    (
        "auth0-users password-ticket",
        &[(Method::Get, "/users/{id}"), (Method::Post, "/tickets/password-change")],
    ),
    (
        "auth0-users verify-email",
        &[(Method::Get, "/users/{id}"), (Method::Post, "/jobs/verification-email")],
    ),
    (
        "auth0-users sessions list",
        &[(Method::Get, "/users/{id}"), (Method::Get, "/users/{user_id}/sessions")],
    ),
    (
        "auth0-users sessions revoke",
        &[(Method::Get, "/users/{id}"), (Method::Delete, "/users/{user_id}/sessions")],
    ),
    ("auth0-users logs", &[(Method::Get, "/users/{id}"), (Method::Get, "/users/{id}/logs")]),
    ("auth0-users roles list", &[(Method::Get, "/users/{id}"), (Method::Get, "/users/{id}/roles")]),
    ("auth0-users roles add", &[(Method::Get, "/users/{id}"), (Method::Post, "/users/{id}/roles")]),
    (
        "auth0-users roles remove",
        &[(Method::Get, "/users/{id}"), (Method::Delete, "/users/{id}/roles")],
    ),
    (
        "auth0-users permissions list",
        &[(Method::Get, "/users/{id}"), (Method::Get, "/users/{id}/permissions")],
    ),
    (
        "auth0-users permissions add",
        &[(Method::Get, "/users/{id}"), (Method::Post, "/users/{id}/permissions")],
    ),
    (
        "auth0-users permissions remove",
        &[(Method::Get, "/users/{id}"), (Method::Delete, "/users/{id}/permissions")],
    ),
    (
        "auth0-users organizations list",
        &[(Method::Get, "/users/{id}"), (Method::Get, "/users/{id}/organizations")],
    ),
    (
        "auth0-users organizations add",
        &[(Method::Get, "/users/{id}"), (Method::Post, "/organizations/{id}/members")],
    ),
    (
        "auth0-users organizations remove",
        &[(Method::Get, "/users/{id}"), (Method::Delete, "/organizations/{id}/members")],
    ),
    ("auth0-users export", &[(Method::Post, "/jobs/users-exports"), (Method::Get, "/jobs/{id}")]),
    (
        "auth0-users import",
        &[
            (Method::Get, "/connections/{id}"),
            (Method::Post, "/jobs/users-imports"),
            (Method::Get, "/jobs/{id}"),
        ],
    ),
    ("auth0-logs list", &[(Method::Get, "/logs")]),
    ("auth0-logs tail", &[(Method::Get, "/logs")]),
    ("auth0-logs show", &[(Method::Get, "/logs/{id}")]),
    // What else it can read makes the explanation better; without it, it says what is missing.
    ("auth0-logs why", &[(Method::Get, "/logs")]),
];

/// The exit codes, as people are told of them.
pub(super) const EXIT_CODES: [(ErrorKind, &str); 12] = [
    (ErrorKind::Failure, "anything else"),
    (ErrorKind::Usage, "usage, or a profile or config file that cannot be used"),
    (ErrorKind::NotSignedIn, "not signed in: no token, expired, or refused by the tenant"),
    (ErrorKind::Refused, "refused: 403"),
    (ErrorKind::NotFound, "no such thing, or a name that fits nothing or several"),
    (ErrorKind::RateLimited, "rate limit: retries used up"),
    (ErrorKind::Unavailable, "network, TLS, timeout, or a server's 5xx"),
    (ErrorKind::Rejected, "rejected by the API: 400, 409, 422"),
    (ErrorKind::Differs, "differences, found by auth0-tenant diff"),
    (ErrorKind::NoProgram, "the command of auth0-token exec cannot be executed"),
    (ErrorKind::NoCommand, "the command of auth0-token exec is not found"),
    (ErrorKind::Interrupted, "interrupted (Ctrl-C)"),
];

/// Prints them all.
pub(super) fn print(shared: &Shared, io: &mut Io) -> Result<(), Error> {
    // Options are named after secrets; none is here.
    let options = Options { reveal_secrets: true, ..shared.rendering(io) };
    let mut renderer = Renderer::new(shared.format(), None, &COLUMNS, options);
    for row in commands() {
        let row = serde_json::value::to_raw_value(&row).expect("a JSON value is JSON");
        io.out.with(|out| renderer.row(out, row.get()))?;
    }
    renderer.end(io, "no commands to show")
}

/// Every command and subcommand that does something, described.
pub fn commands() -> Vec<Value> {
    let mut rows = Vec::new();
    for binary in suite::commands() {
        let mut command = binary.command();
        command.build();
        describe(&command, binary.name, &mut rows);
    }
    rows
}

fn describe(command: &clap::Command, name: &str, rows: &mut Vec<Value>) {
    if !command.is_subcommand_required_set() {
        rows.push(row(command, name));
    }
    for sub in command.get_subcommands().filter(|sub| is_shown(sub)) {
        describe(sub, &format!("{name} {}", sub.get_name()), rows);
    }
}

/// clap's own `help` subcommand, and what is hidden, are nothing to describe.
pub(super) fn is_shown(command: &clap::Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

fn row(command: &clap::Command, name: &str) -> Value {
    let shown = |arg: &&Arg| !arg.is_hide_set();
    let arguments: Vec<_> = command.get_positionals().filter(shown).map(argument).collect();
    let options: Vec<_> = command
        .get_arguments()
        .filter(|arg| !arg.is_positional())
        .filter(shown)
        .map(argument)
        .collect();
    let notes = HelpNotes::of(command, name);
    let examples = notes.examples.iter();
    let examples =
        examples.map(|example| json!({"line": example.command, "purpose": example.purpose}));
    let mut exits = serde_json::Map::from_iter([("0".to_owned(), json!("done"))]);
    exits.extend(EXIT_CODES.map(|(kind, text)| (kind.exit_code().to_string(), json!(text))));
    json!({
        "command": name,
        "summary": command.get_about().map(ToString::to_string),
        "arguments": arguments,
        "options": options,
        "notes": notes.paragraphs,
        "examples": examples.collect::<Vec<_>>(),
        "exit_codes": exits,
        "scopes": scopes(name),
    })
}

fn argument(arg: &Arg) -> Value {
    let takes_value = arg.get_action().takes_values();
    let strings = |values: Vec<String>| (!values.is_empty()).then_some(values);
    let values: Vec<_> =
        arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    let defaults = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned());
    let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1)
        || matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
    let mut described = json!({
        "name": arg.get_long().unwrap_or(arg.get_id().as_str()),
        "short": arg.get_short(),
        "value": arg.get_value_names().filter(|_| takes_value).map(|names| names.join(" ")),
        "values": strings(values).filter(|_| takes_value),
        "default": strings(defaults.collect()).filter(|_| takes_value),
        "required": arg.is_required_set(),
        "repeats": many,
        "help": arg.get_help().map(ToString::to_string),
        "group": arg.get_help_heading(),
    });
    // What does not apply is not there.
    if let Some(fields) = described.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    described
}

/// The scopes that a command's token needs, the first that fits of alternatives; `None` where it speaks to no API, or its arguments
/// decide.
fn scopes(name: &str) -> Option<Vec<&'static str>> {
    if ["auth0-tenant export", "auth0-tenant diff"].contains(&name) {
        return Some(table::scopes());
    }
    let (_, operations) = OPERATIONS.iter().find(|(known, _)| *known == name)?;
    let mut scopes: Vec<&str> = Vec::new();
    for (method, path) in *operations {
        let Some(found) = catalog::find(*method, path) else { continue };
        let missing = found.operation.missing_scopes(&scopes);
        scopes.extend(missing);
    }
    Some(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_in_the_catalog_and_every_command_there() {
        let rows = commands();
        for (name, operations) in OPERATIONS {
            assert!(rows.iter().any(|row| row["command"] == name), "{name}");
            for (method, path) in operations {
                assert!(catalog::find(*method, path).is_some(), "{method:?} {path}");
            }
        }
        for row in &rows {
            let name = row["command"].as_str().unwrap();
            let talks = [
                "auth0-clients ",
                "auth0-connections ",
                "auth0-users ",
                "auth0-logs ",
                "auth0-tenant ",
            ];
            let talks = talks.iter().any(|prefix| name.starts_with(prefix));
            let talks = talks && name != "auth0-logs types";
            assert_eq!(row["scopes"].is_array(), talks, "{name}");
        }
    }

    #[test]
    fn scopes_are_those_of_the_operations() {
        assert_eq!(scopes("auth0-clients list").unwrap(), ["read:clients"]);
        assert_eq!(scopes("auth0-clients delete").unwrap(), ["read:clients", "delete:clients"]);
        assert_eq!(scopes("auth0-token"), None);
    }

    #[test]
    fn the_exit_codes_are_the_table() {
        let codes: Vec<u8> = EXIT_CODES.iter().map(|(kind, _)| kind.exit_code()).collect();
        assert_eq!(codes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 126, 127, 130]);
    }
}
