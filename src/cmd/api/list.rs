//! `auth0-api list`: which operations are there?

use clap::Args;
use serde_json::{Value, json};

use super::answer::AnswerFormat;
use crate::base::error::Error;
use crate::cmd::examples;
use crate::cmd::options::Shared;
use crate::management::catalog::{self, Operation};
use crate::output::{Column, Fields};
use crate::resource::unknown_name;
use crate::term::Io;

const COLUMNS: [Column; 5] = [
    Column::new("method", "method"),
    Column::new("path", "path").whole(),
    Column::new("scopes", "scopes"),
    Column::new("paging", "paging"),
    Column::new("lifecycle", "stage"),
];

/// List the operations of the Management API (works offline)
#[derive(Args, Clone, Debug)]
#[command(after_help = examples::help("", examples::API_LIST))]
pub(super) struct List {
    /// Only those with each of these words: a method, or a part of a path or scope
    #[arg(value_name = "PATTERN")]
    pattern: Vec<String>,

    /// Only print these columns: method, path, scopes, paging, lifecycle
    #[arg(long, value_name = "F,…")]
    fields: Option<Fields>,
}

impl List {
    pub(super) fn run(&self, shared: &Shared, io: &mut Io) -> Result<(), Error> {
        let columns = COLUMNS.map(|column| column.path());
        for field in self.fields.iter().flat_map(Fields::top_level) {
            if let Some(warning) = unknown_name("field of an operation", field, &columns) {
                io.ui.warn(warning);
            }
        }
        let pattern = self.pattern.join(" ");
        let rows: Vec<_> = catalog::search(&pattern).map(|operation| row(&operation)).collect();
        let shape = AnswerFormat {
            format: Some(shared.format()),
            fields: self.fields.as_ref(),
            csv_safe: shared.csv_safe,
            no_header: shared.no_header,
            ..AnswerFormat::default()
        };
        let mut printer = shape.rows(&COLUMNS, io);
        for row in &rows {
            printer.row(&row.to_string(), io)?;
        }
        printer.finish(io)?;
        if rows.is_empty() {
            io.ui.say(format_args!("no operation has {pattern} in its method, path or scopes"));
        }
        Ok(())
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
