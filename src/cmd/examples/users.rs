//! The examples of `auth0-users`.

use super::{Example, example};

const USERS: &[Example] = &[
    example("Find a user", "auth0-users find ann@example.com"),
    example("See everything about a user on one screen", "auth0-users show ann@example.com"),
    example("Lift every block of a user", "auth0-users unblock ann@example.com"),
    example("Let a user enroll in MFA again", "auth0-users reset-mfa ann@example.com --yes"),
    example("Get a link to set a new password", "auth0-users password-ticket ann@example.com"),
    example(
        "Block the users of a list, with a report",
        "auth0-users block - -o jsonl < emails.txt > report.jsonl",
    ),
];

const LIST: &[Example] = &[
    example("List users of a domain", "auth0-users list -q 'email:\"*@example.com\"'"),
    example("List whom an administrator blocked", "auth0-users list --blocked"),
    example(
        "Export a few columns of one connection",
        "auth0-users list --connection Partners --fields user_id,email -o csv > users.csv",
    ),
    example(
        "List who has signed in since a day",
        "auth0-users list -q 'last_login:[2026-11-20 TO *]' --limit 20",
    ),
];

const FIND: &[Example] = &[
    example("Find users by e-mail address", "auth0-users find ann@example.com"),
    example(
        "Get the ID for a script",
        "auth0-users find ann@example.com -o json | jq -r '.[].user_id'",
    ),
];

const SHOW: &[Example] = &[
    example("Show a user", "auth0-users show ann@example.com"),
    example("Show only roles and MFA methods", "auth0-users show 'auth0|123' --fields roles,mfa"),
    example("Show all of it as JSON", "auth0-users show ann@example.com -o json"),
];

const CREATE: &[Example] = &[
    example(
        "Create a user who will choose a password by a link",
        "auth0-users create --connection Username-Password-Authentication --email new@example.com --random-password",
    ),
    example(
        "See what would be sent",
        "auth0-users create --connection Partners --email kim@example.com --random-password --dry-run",
    ),
];

const UPDATE: &[Example] = &[
    example(
        "Change one field of the metadata",
        "auth0-users update ann@example.com --set app_metadata.plan=gold",
    ),
    example(
        "Set a password from a file",
        "auth0-users update ann@example.com --password-file password.txt",
    ),
    example(
        "See what would change",
        "auth0-users update ann@example.com --name 'Ann Lee' --dry-run",
    ),
];

const DELETE: &[Example] = &[
    example("Delete a user", "auth0-users delete hugo@example.com --yes"),
    example("See who would be deleted", "auth0-users delete - --dry-run < emails.txt"),
    example(
        "Delete many, and go on after an interruption",
        "auth0-users delete - --yes -o jsonl --resume report.jsonl < emails.txt > rest.jsonl",
    ),
];

const BLOCK: &[Example] = &[
    example("Block a user", "auth0-users block ann@example.com"),
    example(
        "Block the users of a list, with a report",
        "auth0-users block - -o jsonl < emails.txt > report.jsonl",
    ),
];

const UNBLOCK: &[Example] = &[
    example("Let a user in again", "auth0-users unblock ann@example.com"),
    example(
        "Unblock everyone whom an administrator blocked",
        "auth0-users list --blocked -o jsonl --fields user_id | jq -r .user_id | auth0-users unblock -",
    ),
];

const RESET_MFA: &[Example] = &[
    example("Delete a user's MFA methods", "auth0-users reset-mfa ann@example.com --yes"),
    example("See which would be deleted", "auth0-users reset-mfa ann@example.com --dry-run"),
];

const PASSWORD_TICKET: &[Example] = &[
    example(
        "Print a link that is valid for an hour",
        "auth0-users password-ticket ann@example.com --ttl 1h",
    ),
    example(
        "Print a link of a custom domain",
        "auth0-users password-ticket ann@example.com --custom-domain login.example.com",
    ),
];

const VERIFY_EMAIL: &[Example] = &[
    example("Send the mail again", "auth0-users verify-email dmitri@example.com"),
    example("Send it to the users of a list", "auth0-users verify-email - < emails.txt"),
];

const SESSIONS_LIST: &[Example] =
    &[example("See where a user is signed in", "auth0-users sessions list ann@example.com")];

const SESSIONS_REVOKE: &[Example] = &[
    example(
        "Sign a user out of every browser",
        "auth0-users sessions revoke ann@example.com --yes",
    ),
    example(
        "Sign a user out of the applications too",
        "auth0-users sessions revoke ann@example.com --with-refresh-tokens --yes",
    ),
];

const LOGS: &[Example] = &[
    example("See what a user did", "auth0-users logs ann@example.com"),
    example("See the newest events as JSON", "auth0-users logs ann@example.com --limit 5 -o json"),
];

const OPEN: &[Example] =
    &[example("Print the address of a user's page", "auth0-users open ann@example.com --print")];

const ROLES_LIST: &[Example] = &[example("List them", "auth0-users roles list ann@example.com")];

const ROLES_ADD: &[Example] =
    &[example("Give a user two roles", "auth0-users roles add ann@example.com Editor Auditor")];

const ROLES_REMOVE: &[Example] =
    &[example("Take a role away", "auth0-users roles remove ann@example.com Editor")];

const PERMISSIONS_LIST: &[Example] = &[example(
    "List the permissions that the user has without a role",
    "auth0-users permissions list ann@example.com",
)];

const PERMISSIONS_ADD: &[Example] = &[example(
    "Give a user a permission of an API",
    "auth0-users permissions add ann@example.com https://api.example.com:read:things",
)];

const PERMISSIONS_REMOVE: &[Example] = &[example(
    "Take a permission away",
    "auth0-users permissions remove ann@example.com https://api.example.com:read:things",
)];

const ORGANIZATIONS_LIST: &[Example] =
    &[example("List them", "auth0-users organizations list ann@example.com")];

const ORGANIZATIONS_ADD: &[Example] = &[example(
    "Make a user a member of an organization",
    "auth0-users organizations add ann@example.com globex",
)];

const ORGANIZATIONS_REMOVE: &[Example] =
    &[example("End the membership", "auth0-users organizations remove ann@example.com globex")];

/// The examples of a command below `auth0-users`, or of `auth0-users` itself.
pub(super) fn of(name: &str) -> &'static [Example] {
    match name.trim_start_matches("auth0-users").trim_start() {
        "" => USERS,
        "list" => LIST,
        "find" => FIND,
        "show" => SHOW,
        "create" => CREATE,
        "update" => UPDATE,
        "delete" => DELETE,
        "block" => BLOCK,
        "unblock" => UNBLOCK,
        "reset-mfa" => RESET_MFA,
        "password-ticket" => PASSWORD_TICKET,
        "verify-email" => VERIFY_EMAIL,
        "sessions" | "sessions list" => SESSIONS_LIST,
        "sessions revoke" => SESSIONS_REVOKE,
        "logs" => LOGS,
        "open" => OPEN,
        "roles" | "roles list" => ROLES_LIST,
        "roles add" => ROLES_ADD,
        "roles remove" => ROLES_REMOVE,
        "permissions" | "permissions list" => PERMISSIONS_LIST,
        "permissions add" => PERMISSIONS_ADD,
        "permissions remove" => PERMISSIONS_REMOVE,
        "organizations" | "organizations list" => ORGANIZATIONS_LIST,
        "organizations add" => ORGANIZATIONS_ADD,
        "organizations remove" => ORGANIZATIONS_REMOVE,
        _ => &[],
    }
}
