//! `--paginate`, against a fake that pages as the API does and refuses what the API refuses.

use std::io::Read;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use auth0_suite::management::catalog::{self, Items, Method, Operation, Paging};
use serde_json::{Value, json};

use super::fake::{Reply, Seen, Tenant};
use crate::support::Ran;

fn rows(count: usize) -> Vec<Value> {
    (0..count).map(|at| json!({"id": format!("id{at:06}"), "at": at})).collect()
}

fn page(rows: &[Value], from: usize, size: usize) -> Vec<Value> {
    rows[from.min(rows.len())..(from + size).min(rows.len())].to_vec()
}

fn refused(why: &str) -> Reply {
    Reply::json(400, json!({"statusCode": 400, "error": "Bad Request", "message": why}))
}

/// The answer of a list that pages by checkpoint.
fn checkpoint(seen: &Seen, rows: &[Value], key: Option<&str>, max: usize) -> Reply {
    if ["page", "per_page", "include_totals"].iter().any(|name| seen.param(name).is_some()) {
        return refused("this list has no numbered pages");
    }
    let take = seen.number("take").unwrap_or(50);
    if take > max {
        return refused("take is too large");
    }
    let Some(key) = key else {
        // Bare arrays name no next page: the last item's ID is the cursor.
        let from =
            seen.param("from").map(|id| rows.iter().position(|row| row["id"] == id).unwrap());
        return Reply::json(200, json!(page(rows, from.map_or(0, |at| at + 1), take)));
    };
    let from = match seen.param("from") {
        None => 0,
        Some(cursor) => match cursor.strip_prefix("cursor%3D").map(str::parse) {
            Some(Ok(at)) => at,
            _ => return refused("from is no cursor"),
        },
    };
    let next = (from + take < rows.len()).then(|| format!("cursor={}", from + take));
    let mut body = json!({key: page(rows, from, take)});
    if let Some(next) = next {
        body["next"] = json!(next);
    } else if rows.len().is_multiple_of(2) {
        // Some lists end without `next`, others with an empty one.
        body["next"] = json!("");
    }
    Reply::json(200, body)
}

/// The answer of a list that pages by number.
fn offset(seen: &Seen, rows: &[Value], operation: &Operation, key: &str) -> Reply {
    let (page_at, size) = (seen.number("page").unwrap_or(0), seen.number("per_page").unwrap_or(50));
    if size > operation.page_max as usize {
        return refused("per_page is too large");
    }
    if operation.window.is_some_and(|window| (page_at + 1) * size > window as usize) {
        return refused("the first 1000 results alone can be paged");
    }
    let items = page(rows, page_at * size, size);
    if operation.paging == Paging::OffsetWrapped {
        if seen.param("include_totals").is_some() {
            return refused("Additional properties not allowed: include_totals");
        }
        let body = json!({"total": rows.len(), "page": page_at, "per_page": size, key: items});
        return Reply::json(200, body);
    }
    if seen.param("include_totals") != Some("true") {
        return Reply::json(200, json!(items));
    }
    let start = page_at * size;
    let mut body = json!({"start": start, "limit": size, "length": items.len(), key: items});
    if !operation.path.ends_with("/invitations") {
        body["total"] = json!(rows.len());
    }
    Reply::json(200, body)
}

/// `/logs`: numbered pages within the first 1,000, or by the last log's ID; the `Link` repeats
/// even behind the end.
fn logs(seen: &Seen, rows: &[Value]) -> Reply {
    let host = seen.header("host").unwrap().to_owned();
    if let Some(page_at) = seen.number("page") {
        let size = seen.number("per_page").unwrap_or(50);
        if size > 100 || (page_at + 1) * size > 1000 {
            return refused("a search ends at 1000");
        }
        return Reply::json(200, json!(page(rows, page_at * size, size)));
    }
    let take = seen.number("take").unwrap_or(50);
    if take > 100 {
        return refused("take is too large");
    }
    let from = seen.param("from");
    let at = from.map_or(0, |id| rows.iter().position(|row| row["id"] == id).unwrap() + 1);
    let items = page(rows, at, take);
    let last = items.last().map(|row| row["id"].as_str().unwrap()).or(from).unwrap_or_default();
    let link = format!("<https://{host}/api/v2/logs?from={last}&take={take}>; rel=\"next\"");
    Reply::json(200, json!(items)).header("link", link)
}

fn answer(seen: &Seen, rows: &[Value], operation: &Operation) -> Reply {
    let key = match operation.items {
        Items::Key(key) => Some(key),
        Items::Bare => None,
        Items::Unknown => Some("things"),
    };
    match operation.paging {
        Paging::Logs => logs(seen, rows),
        Paging::Checkpoint => checkpoint(seen, rows, key, operation.page_max as usize),
        Paging::Both if seen.param("take").is_some() || seen.param("from").is_some() => {
            checkpoint(seen, rows, key, operation.page_max as usize)
        }
        Paging::Both | Paging::Offset | Paging::OffsetWrapped => {
            offset(seen, rows, operation, key.unwrap_or("things"))
        }
        Paging::None | Paging::Events | Paging::Stats => Reply::json(200, json!(rows)),
    }
}

fn tenant(operation: Operation, rows: &Arc<Vec<Value>>) -> Tenant {
    let rows = Arc::clone(rows);
    Tenant::new(move |seen| answer(seen, &rows, &operation))
}

fn args(operation: &Operation, more: &[&str]) -> Vec<String> {
    let mut args = vec!["GET".to_owned(), operation.path.to_owned(), "--paginate".to_owned()];
    for param in operation.path_params() {
        args.extend(["-p".to_owned(), format!("{param}=x")]);
    }
    args.extend(more.iter().map(ToString::to_string));
    args
}

fn operation(path: &str) -> Operation {
    catalog::find(Method::Get, path).unwrap().operation
}

/// Runs and returns the `at` of each row.
fn fetched(tenant: &Tenant, operation: &Operation, more: &[&str]) -> Vec<usize> {
    let args = args(operation, &[&["-o", "jsonl"], more].concat());
    let ran = tenant.run(&args.iter().map(String::as_str).collect::<Vec<_>>()).exits(0);
    let at = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        usize::try_from(row["at"].as_u64().unwrap()).unwrap()
    };
    ran.stdout.lines().map(at).collect()
}

#[test]
fn every_list_is_fetched_whole_and_in_order() {
    let mut count = 0;
    for operation in catalog::operations().filter(|operation| operation.paging.is_paged()) {
        let size = operation.page_max as usize;
        // An empty list; exact pages and others; an even and an odd end.
        let sizes = [0, 1, size, 2 * size + size / 2 + 1];
        for wanted in sizes.map(|wanted| wanted.min(900)) {
            let rows = Arc::new(rows(wanted));
            let tenant = tenant(operation, &rows);
            let got = fetched(&tenant, &operation, &[]);
            assert_eq!(got, (0..wanted).collect::<Vec<_>>(), "{} of {wanted}", operation.path);
        }
        count += 1;
    }
    assert!(count >= 78, "{count}");
}

/// How many requests of a kind have arrived.
#[derive(Default)]
struct Arrivals {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Arrivals {
    fn add(&self) {
        *self.count.lock().unwrap() += 1;
        self.changed.notify_all();
    }

    /// Waits until `count` have arrived. `false` if they never do.
    fn reach(&self, count: usize) -> bool {
        let arrived = self.count.lock().unwrap();
        let waited = self
            .changed
            .wait_timeout_while(arrived, Duration::from_secs(20), |arrived| *arrived < count);
        !waited.unwrap().1.timed_out()
    }
}

#[test]
fn numbered_pages_are_fetched_several_at_once() {
    for path in ["/clients", "/roles", "/users", "/actions/actions"] {
        let operation = operation(path);
        let rows = Arc::new(rows(850));
        let (list, arrivals) = (Arc::clone(&rows), Arrivals::default());
        let tenant = Tenant::new(move |seen| {
            if seen.number("page") != Some(0) {
                arrivals.add();
                // No page after the first is answered before three of them were asked for.
                if !arrivals.reach(3) {
                    return refused("the pages are fetched one after the other");
                }
            }
            answer(seen, &list, &operation)
        });
        assert_eq!(fetched(&tenant, &operation, &[]), (0..850).collect::<Vec<_>>(), "{path}");
        assert_eq!(tenant.seen().len(), 9, "{path}");
    }
}

#[test]
fn a_rate_limit_that_is_nearly_used_up_is_asked_one_page_at_a_time() {
    let operation = operation("/roles");
    let rows = Arc::new(rows(850));
    let (list, under_way) = (Arc::clone(&rows), Mutex::new(()));
    let tenant = Tenant::new(move |seen| {
        let Ok(_only) = under_way.try_lock() else { return refused("two requests at once") };
        // One more than the last third, which is left to others.
        answer(seen, &list, &operation)
            .header("x-ratelimit-limit", 100)
            .header("x-ratelimit-remaining", 35)
            .header("x-ratelimit-reset", 4_000_000_000_u32)
    });
    assert_eq!(fetched(&tenant, &operation, &[]).len(), 850);
}

#[test]
fn by_checkpoint_the_next_page_is_asked_for_while_one_is_printed() {
    let padding = "x".repeat(20_000);
    for path in ["/agents", "/clients", "/logs"] {
        let operation = operation(path);
        let list: Vec<_> = rows(1_050)
            .into_iter()
            .map(|mut row| {
                row["padding"] = json!(padding);
                row
            })
            .collect();
        let arrivals = Arc::new(Arrivals::default());
        let counted = Arc::clone(&arrivals);
        let tenant = Tenant::new(move |seen| {
            counted.add();
            answer(seen, &list, &operation)
        });
        let args = args(&operation, &["-o", "jsonl"]);
        let mut command = tenant.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Nobody reads the 2 MB of the first page: no pipe holds them.
        let pages = if path == "/clients" { 3 } else { 2 };
        assert!(arrivals.reach(pages), "{path}: the next page is asked for too late");
        assert_eq!(tenant.seen().len(), pages, "{path}: only one page is ahead");
        let mut stdout = String::new();
        child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        Ran::read(&command, child.wait_with_output().unwrap()).exits(0);
        assert_eq!(stdout.lines().count(), 1_050, "{path}");
    }
}

#[test]
fn a_single_answer_keeps_its_other_arrays() {
    let tenant = Tenant::new(|_| Reply::json(200, json!({"id": "a", "callbacks": ["x"]})));
    tenant
        .run(&["clients/x", "--paginate", "-o", "jsonl"])
        .exits(0)
        .prints("{\"id\":\"a\",\"callbacks\":[\"x\"]}\n");
}

#[test]
fn items_come_in_every_format() {
    let rows = Arc::new(rows(3));
    let operation = operation("/roles");
    let tenant = tenant(operation, &rows);
    let run = |more: &[&str]| {
        let args = args(&operation, more);
        tenant.run(&args.iter().map(String::as_str).collect::<Vec<_>>()).exits(0)
    };
    let json: Value = serde_json::from_str(&run(&[]).stdout).unwrap();
    assert_eq!(json, Value::from(rows.to_vec()));
    run(&["-o", "csv"]).prints("id,at\r\nid000000,0\r\nid000001,1\r\nid000002,2\r\n");
    run(&["-o", "tsv", "--fields", "at"]).prints("at\n0\n1\n2\n");
    assert_eq!(run(&["-o", "table"]).stdout.lines().count(), 4);
}

#[test]
fn a_limit_asks_for_no_more_than_it_needs() {
    let rows = Arc::new(rows(500));
    for path in ["/clients", "/roles", "/logs", "/actions/actions"] {
        let operation = operation(path);
        let tenant = tenant(operation, &rows);
        assert_eq!(fetched(&tenant, &operation, &["--limit", "150"]).len(), 150, "{path}");
        assert_eq!(tenant.seen().len(), 2, "{path}");
        assert_eq!(fetched(&tenant, &operation, &["--limit", "0"]).len(), 0);
        assert_eq!(tenant.seen().len(), 0, "{path}");
    }
}

#[test]
fn a_list_that_the_api_cuts_off_fails() {
    let rows = Arc::new(rows(1234));
    let operation = operation("/users");
    let tenant = tenant(operation, &rows);
    for more in [&["--paginate"][..], &["--limit", "1001"]] {
        let ran = tenant.run(&[&["users", "-o", "jsonl"], more].concat()).exits(1);
        let ran = ran.says("the first 1000 of 1234 items").says("auth0-users export");
        assert_eq!(ran.stdout.lines().count(), 1000);
    }
    // A limit that the API can meet cuts nothing off.
    let ran = tenant.run(&["users", "--limit", "1000", "-o", "jsonl"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), 1000);
}

#[test]
fn a_list_that_ends_at_the_window_is_whole() {
    let rows = Arc::new(rows(1000));
    let operation = operation("/users");
    let tenant = tenant(operation, &rows);
    let ran = tenant.run(&["users", "--paginate", "-o", "jsonl"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), 1000);
}

#[test]
fn a_limit_is_never_ignored() {
    let rows = Arc::new(rows(30));
    let operation = operation("/clients");
    let tenant = tenant(operation, &rows);
    // It asks for pages by itself.
    let ran = tenant.run(&["clients", "--limit", "3", "-o", "jsonl"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), 3);
    tenant.seen();
    for args in [
        &["clients", "-i", "--limit", "1"][..],
        &["clients", "--raw", "--limit", "1"],
        &["DELETE", "clients/x", "--paginate"],
        &["DELETE", "clients/x", "--limit", "1"],
        &["no/such/list", "--limit", "1"],
        &["--raw", "--yes", "--include", "list"],
        &["--limit", "1", "describe", "GET", "/clients"],
    ] {
        tenant.run(args).exits(2);
    }
    // Said before a confirmation is asked for.
    tenant.run(&["DELETE", "clients/x", "--paginate"]).exits(2).says("only a GET has pages");
    assert!(tenant.seen().is_empty());
}

#[test]
fn filters_and_page_sizes_are_the_users_own() {
    let rows = Arc::new(rows(25));
    let operation = operation("/clients");
    let tenant = tenant(operation, &rows);
    let more = ["-q", "app_type=spa,native", "-q", "take=10"];
    assert_eq!(fetched(&tenant, &operation, &more).len(), 25);
    let seen = tenant.seen();
    assert_eq!(seen.len(), 3);
    for seen in &seen {
        assert_eq!(seen.param("app_type"), Some("spa%2Cnative"));
        assert_eq!(seen.param("take"), Some("10"));
    }
}

#[test]
fn a_list_that_turns_in_a_circle_ends() {
    let tenant = Tenant::new(|_| Reply::json(200, json!({"clients": [{"id": "a"}], "next": "x"})));
    tenant.run(&["clients", "--paginate"]).exits(7).says("fetched before");
    assert!(tenant.seen().len() <= 3);
}

#[test]
fn a_page_that_is_refused_ends_the_list_with_its_code() {
    let tenant = Tenant::new(|seen| match seen.param("from") {
        None => Reply::json(200, json!({"clients": [{"id": "a"}], "next": "x"})),
        Some(_) => Reply::json(
            403,
            json!({"message": "Insufficient scope, expected any of: read:clients"}),
        ),
    });
    let ran = tenant.run(&["clients", "--paginate", "-o", "jsonl"]).exits(4);
    ran.prints("{\"id\":\"a\"}\n").says("read:clients").says("--client-credentials");
}

#[test]
fn what_has_no_pages_is_printed_or_refused() {
    let one = Tenant::new(|_| Reply::json(200, json!({"id": "a", "scopes": ["x"], "tags": []})));
    one.run(&["clients/{id}", "a", "--paginate"])
        .exits(0)
        .prints("{\n  \"id\": \"a\",\n  \"scopes\": [\n    \"x\"\n  ],\n  \"tags\": []\n}\n");
    one.run(&["no/such/list", "--paginate"]).exits(2).says("-q from=NEXT");
    one.run(&["POST", "clients", "--paginate"]).exits(2);
    one.run(&["events", "--paginate"]).exits(2);
    assert_eq!(one.seen().len(), 1);
}
