//! The examples of `auth0-users export` and `auth0-users import`.

use super::{Example, example};

pub(crate) const EXPORT: &[Example] = &[
    example("Export all users, one JSON object a line", "auth0-users export > users.jsonl"),
    example(
        "Write a file that only you can read, once the export is whole",
        "auth0-users export --file users.jsonl",
    ),
    example(
        "Export two fields of the users of one connection, for a spreadsheet",
        "auth0-users export --connection Partners --fields user_id,email -o csv --csv-safe > users.csv",
    ),
    example(
        "Count users by connection",
        "auth0-users export --fields identities | jq -r '.identities[0].connection' | sort | uniq -c",
    ),
];

pub(crate) const IMPORT: &[Example] = &[
    example(
        "Check a file and see what would be imported",
        "auth0-users import --connection Partners users.jsonl --dry-run",
    ),
    example(
        "Import what an export wrote, and keep a report",
        "auth0-users import --connection Partners users.jsonl -o jsonl > report.jsonl",
    ),
    example(
        "Go on after an interruption",
        "auth0-users import --connection Partners users.jsonl --resume report.jsonl",
    ),
    example(
        "Change users that are there already, too",
        "auth0-users import --connection Partners users.jsonl --upsert --yes",
    ),
];
