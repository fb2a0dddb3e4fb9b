//! `auth0-api describe`: what does an operation take?

use std::fmt::Write as _;

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde_json::{Value, json};

use super::answer::AnswerFormat;
use super::{complete, tree};
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Shown, foreign};
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::hint;
use crate::management::catalog::{self, BodyKind, Method, Operation, Paging};
use crate::management::schema;
use crate::term::Io;

/// Show what an operation takes: parameters, body fields, scopes and paging (works offline)
#[derive(Args, Clone, Debug)]
#[command(after_help = examples::help("", examples::API_DESCRIBE))]
pub(super) struct Describe {
    /// GET, POST, PUT, PATCH or DELETE; without one, all that the path has
    #[arg(value_name = "METHOD", add = ArgValueCompleter::new(complete::methods))]
    first: String,

    /// With its placeholders, or with IDs in their place
    #[arg(value_name = "PATH", add = ArgValueCompleter::new(complete::paths))]
    path: Option<String>,

    /// Print a body to start from, with the required fields
    #[arg(long)]
    example: bool,
}

impl Describe {
    pub(super) fn run(&self, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        let (methods, path) = match &self.path {
            Some(path) => {
                let method = Method::parse(&self.first).ok_or_else(|| {
                    Error::usage("this is not a method of the Management API")
                        .hint("write it as auth0-api describe GET /clients")
                })?;
                (vec![method], path)
            }
            // A body to start from: of the operation that creates one.
            None if self.example => (vec![Method::Post], &self.first),
            None => (catalog::methods_of(&self.first), &self.first),
        };
        let found = methods.iter().filter_map(|method| {
            catalog::find(*method, path).filter(|found| !found.has_word_as_id())
        });
        let operations: Vec<Operation> = found.map(|found| found.operation).collect();
        match operations.as_slice() {
            [] => Err(unknown(methods.first().copied().unwrap_or(Method::Get), path)),
            [operation] => self.print(operation, shared, io),
            several if shared.output.is_none() => {
                let texts: Vec<_> = several.iter().map(text).collect();
                io.out.with(|out| out.write_all(texts.join("\n").as_bytes()))
            }
            several => {
                let all: Value = several.iter().map(json).collect();
                format_of(shared).print(all.to_string().as_bytes(), io)
            }
        }
    }

    fn print(&self, operation: &Operation, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        let body = schema::body(operation.method.as_str(), operation.path);
        if self.example {
            let body = body.ok_or_else(|| no_body(operation))?;
            let shape =
                AnswerFormat { format: shared.output, reveal: true, ..AnswerFormat::default() };
            return shape.print(schema::skeleton(body).to_string().as_bytes(), io);
        }
        if shared.output.is_none() {
            return io.out.with(|out| out.write_all(text(operation).as_bytes()));
        }
        format_of(shared).print(json(operation).to_string().as_bytes(), io)
    }
}

/// The format for what the catalog says, which holds no secrets.
fn format_of(shared: &Shared) -> AnswerFormat<'static> {
    AnswerFormat {
        format: shared.output,
        reveal: true,
        csv_safe: shared.csv_safe,
        no_header: shared.no_header,
        ..AnswerFormat::default()
    }
}

/// The error for an operation that the catalog does not have, with the nearest one.
fn unknown(method: Method, path: &str) -> Error {
    let error =
        Error::new(ErrorKind::NotFound, format!("the catalog has no {} {}", method.as_str(), path));
    if let Some(near) = catalog::find(method, path) {
        return error.hint(hint!(
            "the nearest is: auth0-api describe {} '{}'",
            method.as_str(),
            near.operation.path
        ));
    }
    let others = catalog::methods_of(path);
    if !others.is_empty() {
        let others = others.into_iter().map(|method| foreign(method.as_str()).shown());
        return error.hint(hint!("this path takes {}", Shown::join(others, ", ")));
    }
    let path = path.trim_start_matches('/').trim_start_matches("api/v2/");
    let word = path.split('/').next().unwrap_or_default();
    error.hint(hint!("look for it: auth0-api list {}", foreign(word).in_command("WORD")))
}

/// The error for `--example` where there is nothing to print.
fn no_body(operation: &Operation) -> Error {
    let (method, path) = (operation.method.as_str(), operation.path);
    let error = Error::usage(format!("the API documents no JSON body for {method} {path}"));
    error.hint(hint!("see what it takes: auth0-api describe {} {}", method, path))
}

/// The table that people read.
fn text(operation: &Operation) -> String {
    let mut text = format!("{} {}\n", operation.method.as_str(), operation.path);
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<10} {value}");
    };
    let groups: Vec<String> =
        operation.scope_groups().map(|group| group.collect::<Vec<_>>().join(" or ")).collect();
    let inferred =
        if operation.scopes_inferred { " (inferred: no document states them)" } else { "" };
    let scopes = if groups.is_empty() { "none".to_owned() } else { groups.join("; and ") };
    row("scopes", &format!("{scopes}{inferred}"));
    row(
        "lifecycle",
        match operation.lifecycle.as_str() {
            "" => "not said",
            stage => stage,
        },
    );
    row("paging", &paging(operation));
    row(
        "body",
        match operation.body {
            BodyKind::None => "none",
            BodyKind::Json => "JSON: -d JSON, -d @FILE or -f KEY=VALUE",
            BodyKind::Multipart => "a form: -F NAME=VALUE, -F NAME=@FILE",
        },
    );
    let mut name = "path";
    for param in operation.path_params() {
        row(name, &format!("{{{param}}}"));
        name = "";
    }
    let params: Vec<_> = operation.query().collect();
    let width = params.iter().map(|param| param.name.len()).max().unwrap_or(0);
    name = "query";
    for param in params {
        let required = if param.required { ", required" } else { "" };
        row(name, &format!("{:<width$}  {}{required}", param.name, param.kind.as_str()));
        name = "";
    }
    row("example", &example(operation));
    if let Some(body) = schema::body(operation.method.as_str(), operation.path) {
        let tree = tree::text(body);
        if !tree.is_empty() {
            text.push_str("\nbody (! is required)\n");
            text.push_str(&tree);
        }
        if operation.path.starts_with("/connections") && tree.contains("\n  options") {
            text.push_str("\nThe options depend on the strategy; --check knows each of them.\n");
        }
    }
    text
}

fn json(operation: &Operation) -> Value {
    let query = operation.query().map(|param| {
        json!({"name": param.name, "type": param.kind.as_str(), "required": param.required})
    });
    json!({
        "method": operation.method.as_str(),
        "path": operation.path,
        "scopes": operation.scopes().collect::<Vec<_>>(),
        "scopes_inferred": operation.scopes_inferred,
        "paging": operation.paging.as_str(),
        "items": operation.items.key(),
        "page_max": (operation.page_max > 0).then_some(operation.page_max),
        "window": operation.window,
        "lifecycle": operation.lifecycle.as_str(),
        "body": match operation.body {
            BodyKind::None => None,
            BodyKind::Json => Some("json"),
            BodyKind::Multipart => Some("multipart"),
        },
        "body_fields": schema::body(operation.method.as_str(), operation.path).map(tree::json),
        "path_parameters": operation.path_params().collect::<Vec<_>>(),
        "query_parameters": query.collect::<Vec<_>>(),
        "example": example(operation),
    })
}

fn paging(operation: &Operation) -> String {
    let most = operation.page_max;
    let how = match operation.paging {
        Paging::None => return "none: one answer holds it all".to_owned(),
        Paging::Events => return "none: a stream that does not end".to_owned(),
        Paging::Stats => return "none: from and to are dates".to_owned(),
        Paging::Checkpoint => "take and from",
        Paging::Both => "take and from, or page and per_page",
        Paging::Offset | Paging::OffsetWrapped => "page and per_page",
        Paging::Logs => "take and from (a log's ID), or page and per_page for a search",
    };
    let window = operation.window.map(|rows| format!(", by page only the first {rows}"));
    format!("{how}, at most {most} a page{}: --paginate", window.unwrap_or_default())
}

/// A command to copy.
fn example(operation: &Operation) -> String {
    let method = operation.method.as_str();
    let mut line = format!("auth0-api {method} {}", operation.path);
    for param in operation.path_params() {
        let _ = write!(line, " -p {param}={}", sample(operation.path, param));
    }
    for param in operation.query().filter(|param| param.required) {
        let _ = write!(line, " -q {}=VALUE", param.name);
    }
    match operation.body {
        BodyKind::None => {}
        BodyKind::Json => line.push_str(" -d @body.json"),
        BodyKind::Multipart => line.push_str(" -F connection_id=con_123 -F users=@users.json"),
    }
    if operation.paging.is_paged() {
        line.push_str(" --paginate");
    }
    line
}

/// What an ID of its kind looks like.
fn sample(path: &str, param: &str) -> &'static str {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    match (first, param) {
        (_, "user_id") | ("users", "id") => "'auth0|123'",
        ("organizations", "id") => "org_123",
        ("connections", "id") => "con_123",
        ("roles", "id") => "rol_123",
        ("clients", "id" | "client_id") => "abc123",
        _ => "VALUE",
    }
}

#[cfg(test)]
mod tests {
    use super::{example, text};
    use crate::management::catalog::{self, Method};

    #[test]
    fn an_example_can_be_copied() {
        let of = |method, path| example(&catalog::find(method, path).unwrap().operation);
        assert_eq!(of(Method::Get, "/users/{id}"), "auth0-api GET /users/{id} -p id='auth0|123'");
        assert_eq!(of(Method::Get, "/clients"), "auth0-api GET /clients --paginate");
        assert_eq!(
            of(Method::Post, "/jobs/users-imports"),
            "auth0-api POST /jobs/users-imports -F connection_id=con_123 -F users=@users.json"
        );
    }

    #[test]
    fn every_operation_can_be_described() {
        for operation in catalog::operations() {
            let text = text(&operation);
            assert!(text.lines().count() >= 6, "{text}");
            assert!(operation.scopes().all(|scope| text.contains(scope)), "{text}");
            assert!(operation.query().all(|param| text.contains(param.name)), "{text}");
        }
    }
}
