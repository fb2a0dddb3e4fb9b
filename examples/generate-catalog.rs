//! Writes `data/management-operations.tsv` from a newer table of operations, and
//! `data/management-bodies.tsv` from a newer OpenAPI document:
//!
//! ```text
//! cargo run --example generate-catalog -- TABLE [OPENAPI.json] > new.tsv
//! mv new.tsv data/management-operations.tsv
//! cargo run --example generate-catalog -- --bodies OPENAPI.json > new.tsv
//! mv new.tsv data/management-bodies.tsv
//! cargo test catalog schema
//! ```
//!
//! `--compare` prints the operations that only the table or only one of Auth0's own SDKs knows; the
//! folder is the unpacked npm package `auth0`, or the unpacked wheel `auth0-python`:
//!
//! ```text
//! cargo run --example generate-catalog -- --compare node_modules/auth0/dist/cjs/management
//! cargo run --example generate-catalog -- --compare site-packages/auth0/management
//! ```
//!
//! TABLE is tab-separated with a heading line: method, path, lifecycle, scopes, pagination, items
//! key, and optionally the further columns of the committed table (which itself is a TABLE). The
//! OpenAPI document adds names and types of query parameters, page-size maxima and body kinds.
//! Descriptions are never read.

#![expect(clippy::disallowed_methods, reason = "a generator is not a command of the suite")]

#[path = "../src/management/catalog/generate.rs"]
mod generate;
#[path = "../src/management/schema/generate.rs"]
mod generate_bodies;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [flag, openapi] if flag == "--bodies" => bodies(openapi),
        [flag, folder] if flag == "--compare" => compare(Path::new(folder)),
        [table] => run(table, None),
        [table, openapi] => run(table, Some(openapi)),
        _ => Err("usage: generate-catalog TABLE [OPENAPI.json] > new.tsv, or generate-catalog --bodies OPENAPI.json > new.tsv, or generate-catalog --compare FOLDER".to_owned()),
    };
    let Err(why) = result else {
        return ExitCode::SUCCESS;
    };
    // Nowhere is left to say that stderr is closed.
    let _ = writeln!(std::io::stderr(), "error: {why}");
    ExitCode::FAILURE
}

fn bodies(openapi: &str) -> Result<(), String> {
    let operations = include_str!("../data/management-operations.tsv");
    let listed = |method: &str, path: &str| {
        operations.lines().any(|line| line.starts_with(&format!("{method}\t{path}\t")))
    };
    let text = std::fs::read_to_string(openapi).map_err(|why| format!("{openapi}: {why}"))?;
    let document = serde_json::from_str(&text).map_err(|why| format!("{openapi}: {why}"))?;
    let made = generate_bodies::table(&document, &listed)?;
    std::io::stdout().write_all(made.as_bytes()).map_err(|why| why.to_string())
}

fn run(table: &str, openapi: Option<&String>) -> Result<(), String> {
    let read = |path: &str| std::fs::read_to_string(path).map_err(|why| format!("{path}: {why}"));
    let document = match openapi {
        Some(path) => {
            let text = read(path)?;
            Some(serde_json::from_str(&text).map_err(|why| format!("{path}: {why}"))?)
        }
        None => None,
    };
    let made = generate::table(&read(table)?, document.as_ref())?;
    std::io::stdout().write_all(made.as_bytes()).map_err(|why| why.to_string())
}

/// Prints what the table and an SDK do not share.
fn compare(folder: &Path) -> Result<(), String> {
    let mut theirs = BTreeSet::new();
    read_sdk(folder, &mut theirs)?;
    if theirs.is_empty() {
        return Err("the folder has no Client.js and no raw_client.py with requests".to_owned());
    }
    let table = include_str!("../data/management-operations.tsv");
    let ours: BTreeSet<String> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some(format!("{} {}", cells.next()?, anonymous(cells.next()?)))
        })
        .collect();
    let mut out = String::new();
    for (title, only) in [
        ("only in the SDK", theirs.difference(&ours)),
        ("only in the table", ours.difference(&theirs)),
    ] {
        for operation in only {
            out.push_str(&format!("{title}\t{operation}\n"));
        }
    }
    out.push_str(&format!("in both\t{}\n", ours.intersection(&theirs).count()));
    std::io::stdout().write_all(out.as_bytes()).map_err(|why| why.to_string())
}

/// Collects the requests of every client in a folder.
fn read_sdk(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), String> {
    let failed = |why: std::io::Error| format!("{}: {why}", folder.to_string_lossy());
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            read_sdk(&path, found)?;
        } else if name == "Client.js" || name == "raw_client.py" {
            let text = std::fs::read_to_string(&path).map_err(failed)?;
            requests(&text, found);
        }
    }
    Ok(())
}

/// The requests of a generated client: each has its path in quotes before its `method`.
fn requests(code: &str, found: &mut BTreeSet<String>) {
    for mark in ["method: \"", "method=\""] {
        let mut rest = code;
        while let Some(at) = rest.find(mark) {
            let (before, after) = (&rest[..at], &rest[at + mark.len()..]);
            let method: String = after.chars().take_while(char::is_ascii_uppercase).collect();
            let start = ["url: ", ".request(", ".stream("].iter().filter_map(|m| before.rfind(m));
            let call = start.max().map(|start| &before[start..]);
            if let Some(path) = call.and_then(path_of) {
                found.insert(format!("{method} {}", anonymous(&path)));
            }
            rest = after;
        }
    }
}

/// The last text in quotes, with each inserted expression as `{}`.
fn path_of(call: &str) -> Option<String> {
    let end = call.rfind(['"', '`'])?;
    let quote = call[end..].chars().next()?;
    let text = &call[call[..end].rfind(quote)? + 1..end];
    let mut path = String::from("/");
    let mut depth = 0;
    for c in text.trim_start_matches('/').chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    path.push_str("{}");
                }
            }
            '$' => {}
            c if depth == 0 => path.push(c),
            _ => {}
        }
    }
    Some(path)
}

/// A path whose placeholders have no names.
fn anonymous(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    segments.collect::<Vec<_>>().join("/")
}
