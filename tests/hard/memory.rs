//! What a list costs in memory: no more for a hundred thousand rows than for a thousand, in every
//! format, and no more than two pages however large the pages are.

use std::io::Write;

use auth0_emulator::{Config, Emulator};
use serde_json::json;

use super::home::Home;
use crate::api::fake::{Reply, Tenant};
use crate::support::Ran;

const MIB: usize = 1 << 20;

#[test]
fn a_long_list_costs_no_more_memory_than_a_short_one() {
    let home = Home::new();
    let peaks = |clients: usize| {
        let tenant = Emulator::start(Config { clients, ..Config::default() }).unwrap();
        let token = tenant.access_token("read:clients", None, 3600);
        ["table", "json", "jsonl", "csv", "tsv"].map(|format| {
            let mut command = home.command("auth0-clients", ["list", "-o", format]);
            command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", &token);
            let (ran, peak, _) = Ran::watched(&mut command, b"");
            let ran = ran.exits(0);
            assert!(ran.lines().len() >= clients - 1, "{format}: {} lines", ran.lines().len());
            (format, peak)
        })
    };
    let (few, many) = (peaks(1_000), peaks(100_000));
    for ((format, few), (_, many)) in few.into_iter().zip(many) {
        // A thousand rows come by ten connections at once, each with its buffers and a page. More
        // rows come by two. Whole MiB are measured.
        assert!(few <= many + 4, "{format}: {few} MiB, then {many} MiB");
        assert!(many <= few + 1, "{format}: {few} MiB, then {many} MiB");
        assert!(few.max(many) <= 24, "{format}: {few} MiB, then {many} MiB");
    }
}

/// Pages of this many bytes, with 100 rows each; numbered with a total, or by checkpoint.
fn heavy(pages: usize, bytes: usize, numbered: bool) -> Tenant {
    let padding = "x".repeat(bytes / 100);
    let row = json!({"client_id": "c", "name": padding}).to_string();
    let rows = vec![row; 100].join(",");
    Tenant::new(move |seen| {
        let page = seen.number("page").filter(|_| numbered);
        let body = if page.is_some_and(|page| page >= pages) {
            r#"{"clients":[]}"#.to_owned()
        } else if let Some(page) = page {
            let (total, start) = (pages * 100, page * 100);
            format!("{{\"total\":{total},\"start\":{start},\"limit\":100,\"clients\":[{rows}]}}")
        } else {
            let at = seen.number("from").unwrap_or(0) + 1;
            let next = if at < pages { format!("\"{at}\"") } else { "null".to_owned() };
            format!("{{\"clients\":[{rows}],\"next\":{next}}}")
        };
        Reply::json(200, body)
    })
}

#[test]
fn no_more_than_two_large_pages_are_held() {
    let home = Home::new();
    for (binary, args, numbered) in [
        ("auth0-clients", &["list", "-o", "jsonl"][..], true),
        ("auth0-clients", &["list"], true),
        ("auth0-clients", &["list"], false),
        ("auth0-api", &["clients", "--paginate", "-o", "table"], false),
    ] {
        let tenant = heavy(5, 30 * MIB, numbered);
        let mut command = home.command(binary, args);
        command.env("AUTH0_DOMAIN", &tenant.origin).env("AUTH0_ACCESS_TOKEN", "t");
        // Nobody keeps the 150 MB.
        command.arg("--quiet");
        let (ran, peak, _) = Ran::watched(&mut command, b"");
        let rows = ran.exits(0).lines().len();
        assert!((500..=501).contains(&rows), "{rows} rows");
        assert!(peak < 130, "{args:?}, numbered: {numbered}: {peak} MiB for pages of 30 MiB");
    }
}

#[test]
fn a_large_page_among_small_ones_is_in_its_place() {
    let home = Home::new();
    let tenant = Tenant::new(|seen| {
        let page = seen.number("page").unwrap();
        if page > 8 {
            return Reply::json(200, json!({"clients": []}));
        }
        let padding = if page % 3 == 1 { "x".repeat(30 * MIB / 1000) } else { String::new() };
        let rows: Vec<_> = (0..100)
            .map(|row| json!({"client_id": format!("c{}", page * 100 + row), "name": padding}))
            .collect();
        Reply::json(200, json!({"total": 900, "start": page * 100, "limit": 100, "clients": rows}))
    });
    let args = ["list", "-o", "jsonl", "--fields", "client_id"];
    let mut command = home.command("auth0-clients", args);
    command.env("AUTH0_DOMAIN", &tenant.origin).env("AUTH0_ACCESS_TOKEN", "t");
    let ran = Ran::of(&mut command).exits(0);
    let expected: Vec<_> = (0..900).map(|at| format!("{{\"client_id\":\"c{at}\"}}")).collect();
    assert_eq!(ran.lines(), expected);
}

#[test]
fn a_page_of_millions_of_items_is_refused() {
    let mut packed = Vec::new();
    let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
    encoder.write_all(b"{\"clients\":[{}").unwrap();
    let many = ",{}".repeat(100_000);
    for _ in 0..200 {
        encoder.write_all(many.as_bytes()).unwrap();
    }
    encoder.write_all(b"]}").unwrap();
    encoder.finish().unwrap();
    let tenant = Tenant::new(move |_| Reply {
        status: 200,
        headers: vec![("content-encoding".to_owned(), "gzip".to_owned())],
        body: packed.clone(),
    });
    let home = Home::new();
    let run = |binary: &str, args: &[&str]| {
        let mut command = home.command(binary, args);
        command.env("AUTH0_DOMAIN", &tenant.origin).env("AUTH0_ACCESS_TOKEN", "t");
        let (ran, peak, _) = Ran::watched(&mut command, b"");
        assert!(peak < 160, "{binary} {args:?}: {peak} MiB");
        ran
    };
    for (binary, args) in [
        ("auth0-clients", &["list"][..]),
        ("auth0-clients", &["list", "-o", "json"]),
        ("auth0-api", &["clients", "--paginate"]),
        ("auth0-api", &["clients", "-o", "jsonl"]),
    ] {
        run(binary, args).exits(7).says("more than 100000 items").prints("");
    }
    // Whole, it is printed in pieces.
    assert_eq!(run("auth0-api", &["clients"]).exits(0).lines().len(), 20_000_005);
}

#[test]
fn an_export_and_an_import_cost_the_same_memory_whatever_their_length() {
    let home = Home::new();
    let peaks = |users: usize| {
        let from = Emulator::start(Config { users, ..Config::default() }).unwrap();
        let to = Emulator::start(Config { users: 1, ..Config::default() }).unwrap();
        let run = |tenant: &Emulator, args: &[&str], input: &[u8]| {
            let token = tenant.access_token("read:users create:users read:connections", None, 3600);
            let mut command = home.command("auth0-users", args);
            command.env("AUTH0_DOMAIN", tenant.domain()).env("AUTH0_ACCESS_TOKEN", &token);
            Ran::watched(&mut command, input)
        };
        let (exported, of_export, _) = run(&from, &["export"], b"");
        let exported = exported.exits(0);
        assert_eq!(exported.lines().len(), users);
        let file = home.path().join("users.jsonl");
        // An import takes a job for each 500 kB, so fewer users are enough to tell.
        let imported = users.min(20_000);
        let lines: Vec<_> = exported.lines().into_iter().take(imported).collect();
        std::fs::write(&file, lines.join("\n")).unwrap();
        let import = ["import", file.to_str().unwrap(), "--connection", "Partners"];
        let (ran, of_import, _) = run(&to, &import, b"");
        // Ann is there already.
        ran.exits(8).says(&format!("imported {} users", imported - 1));
        [of_export, of_import]
    };
    let (few, many) = (peaks(5_000), peaks(100_000));
    for (few, many) in few.into_iter().zip(many) {
        assert!(few.abs_diff(many) <= 2, "{few} MiB, then {many} MiB");
        assert!(many <= 24, "{many} MiB");
    }
}
