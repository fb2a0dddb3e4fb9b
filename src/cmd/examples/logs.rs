//! The examples of `auth0-logs`.

use super::{Example, example};

const LOGS: &[Example] = &[
    example("List the failures of the last day", "auth0-logs list --failed --since 24h"),
    example("Find out why somebody cannot sign in", "auth0-logs why ann@example.com"),
    example(
        "Append the failures of the last hour to a file, as JSON lines",
        "auth0-logs tail --failed --since 1h --until 2m -o jsonl >> failures.jsonl",
    ),
    example("Look up what an event type means", "auth0-logs types token"),
];

const LIST: &[Example] = &[
    example("List the newest events", "auth0-logs list"),
    example("List the failures of the last day", "auth0-logs list --failed --since 24h"),
    example(
        "List wrong passwords and unknown users for one name",
        "auth0-logs list --type fp,fu --user ann@example.com",
    ),
    example(
        "Search the descriptions",
        "auth0-logs list -q 'description:*callback*' --since 2026-11-24 -o jsonl",
    ),
    example(
        "Write as many events as the search can reach to a spreadsheet",
        "auth0-logs list --limit 1000 --fields date,type,ip -o csv > events.csv",
    ),
];

const TAIL: &[Example] = &[
    example("Follow the log until Ctrl-C", "auth0-logs tail"),
    example(
        "Write the events of the last day, and end",
        "auth0-logs tail --since 24h --until 2m -o jsonl > day.jsonl",
    ),
    example(
        "Show the failures of one application in the last hour",
        "auth0-logs tail --failed --client 'My App' --since 1h --until 2m",
    ),
    example(
        "Go on after an event that an earlier run has shown",
        "auth0-logs tail --from EVENT_ID --until 2m -o jsonl",
    ),
];

const SHOW: &[Example] = &[
    example("Show one event", "auth0-logs show EVENT_ID"),
    example(
        "Show the newest event",
        "auth0-logs show \"$(auth0-logs list --limit 1 -o jsonl | jq -r .log_id)\"",
    ),
];

const TYPES: &[Example] = &[
    example("List every type", "auth0-logs types"),
    example("Look up one type", "auth0-logs types fp"),
    example(
        "List the types that are failures",
        "auth0-logs types -o jsonl | jq -r 'select(.failure).type'",
    ),
];

const WHY: &[Example] = &[
    example("Explain the failures of the last day", "auth0-logs why ann@example.com"),
    example("Look further back", "auth0-logs why ann@example.com --since 7d"),
    example(
        "Count failures of an application that name no user, too",
        "auth0-logs why ann@example.com --client 'My App'",
    ),
    example(
        "List only the causes",
        "auth0-logs why ann@example.com -o json | jq -r '.causes[].cause'",
    ),
];

/// The examples of a command, such as `auth0-logs list`.
pub(super) fn of(name: &str) -> &'static [Example] {
    match name {
        "auth0-logs" => LOGS,
        "auth0-logs list" => LIST,
        "auth0-logs tail" => TAIL,
        "auth0-logs show" => SHOW,
        "auth0-logs types" => TYPES,
        "auth0-logs why" => WHY,
        _ => &[],
    }
}
