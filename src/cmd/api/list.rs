//! `auth0-api list`: which operations are there?

use clap::Args;
use serde_json::{Value, json};

use super::answer::Shape;
use crate::base::error::Error;
use crate::cmd::options::Shared;
use crate::management::catalog::{self, Operation};
use crate::management::known;
use crate::output::{Column, Fields};
use crate::term::Io;

const COLUMNS: [Column; 5] = [
    Column::new("method", "method"),
    Column::new("path", "path").whole(),
    Column::new("scopes", "scopes"),
    Column::new("paging", "paging"),
    Column::new("lifecycle", "stage"),
];

const EXAMPLES: &str = "\
Examples:
  auth0-api list
  auth0-api list logs
  auth0-api list POST organizations
  auth0-api list read:clients -o json";

/// List the operations of the Management API; nobody is asked
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {
    /// Only those with each of these words: a method, or a part of a path or scope
    #[arg(value_name = "PATTERN")]
    pattern: Vec<String>,

    /// Print these columns alone: method, path, scopes, paging, lifecycle
    #[arg(long, value_name = "F,…")]
    fields: Option<Fields>,
}

impl List {
    pub(super) fn run(&self, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        let columns = COLUMNS.map(|column| column.path());
        for field in self.fields.iter().flat_map(Fields::top_level) {
            if let Some(warning) = known::unknown("field of an operation", field, &columns) {
                io.ui.warn(warning);
            }
        }
        let pattern = self.pattern.join(" ");
        let rows: Vec<_> = catalog::search(&pattern).map(|operation| row(&operation)).collect();
        if rows.is_empty() {
            io.ui.say(format_args!("no operation has {pattern} in its method, path or scopes"));
        }
        let shape = Shape {
            format: Some(shared.format()),
            fields: self.fields.as_ref(),
            csv_safe: shared.csv_safe,
            ..Shape::default()
        };
        let mut printer = shape.rows(&COLUMNS, io);
        for row in &rows {
            printer.row(&row.to_string(), io)?;
        }
        printer.end(io)
    }
}

fn row(operation: &Operation) -> Value {
    json!({
        "method": operation.method.as_str(),
        "path": operation.path,
        "scopes": operation.scopes().collect::<Vec<_>>(),
        "paging": operation.paging.as_str(),
        "lifecycle": operation.lifecycle.as_str(),
    })
}
