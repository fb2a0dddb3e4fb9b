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
//! TABLE is tab-separated with a heading line: method, path, lifecycle, scopes, pagination, items
//! key, and optionally the further columns of the committed table (which itself is a TABLE). The
//! OpenAPI document adds names and types of query parameters, page-size maxima and body kinds.
//! Descriptions are never read.

#![expect(clippy::disallowed_methods, reason = "a generator is not a command of the suite")]

#[path = "../src/management/catalog/generate.rs"]
mod generate;
#[path = "../src/management/schema/generate.rs"]
mod generate_bodies;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [flag, openapi] if flag == "--bodies" => bodies(openapi),
        [table] => run(table, None),
        [table, openapi] => run(table, Some(openapi)),
        _ => Err("usage: generate-catalog TABLE [OPENAPI.json] > new.tsv, or generate-catalog --bodies OPENAPI.json > new.tsv".to_owned()),
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
