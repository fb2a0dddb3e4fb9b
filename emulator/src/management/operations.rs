//! The operations of the Management API, read from the table on first use.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::schema;
use crate::oauth::issue::CURRENT_USER;

static TABLE: &[u8] = include_bytes!("../../../tests/data/management-api.json.gz");

/// How a list is cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    /// One answer with every row.
    None,
    /// `page` and `per_page`.
    Offset,
    /// `from` and `take`.
    Checkpoint,
    /// Either of the two.
    Both,
    /// `page` and `per_page`, always in an object with totals.
    Wrapped,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: String,
    /// Path segments below `/api/v2/`; `{}` stands for a parameter.
    pub(super) template: Vec<String>,
    /// Groups of scopes: one of each group is needed.
    scopes: Vec<Vec<String>>,
    pub(super) paging: Paging,
    /// The key of the rows; `[]` for a bare array, `-` for something else than a list.
    pub(super) items: String,
    /// The most rows of a page.
    pub(super) most: usize,
    /// The row after which numbered pages are refused.
    pub(super) window: Option<usize>,
    pub(super) query: Map<String, Value>,
    pub(super) body: Option<Value>,
    pub(super) status: u16,
    pub(super) answer: Option<Value>,
}

pub(super) struct Catalog {
    operations: Vec<Operation>,
    pub(super) schemas: Map<String, Value>,
    pub(super) scopes: Vec<String>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let mut text = String::new();
    flate2::read::GzDecoder::new(TABLE).read_to_string(&mut text).expect("our own file");
    let mut table: Value = serde_json::from_str(&text).expect("our own table");
    let rows = table["operations"].as_array_mut().map(std::mem::take).unwrap_or_default();
    let operations: Vec<Operation> = rows.into_iter().map(operation).collect();
    let mut scopes: BTreeSet<String> = BTreeSet::new();
    for operation in &operations {
        scopes.extend(operation.scopes.iter().flatten().cloned());
    }
    scopes.insert("read:connections_options".to_owned());
    scopes.insert("update:connections_options".to_owned());
    scopes.retain(|scope| !CURRENT_USER.contains(&scope.as_str()) && scope.contains(':'));
    scopes.retain(|scope| !scope.ends_with(":current_user"));
    let schemas = match table["schemas"].take() {
        Value::Object(schemas) => schemas,
        _ => Map::new(),
    };
    Catalog { operations, schemas, scopes: scopes.into_iter().collect() }
});

pub(super) fn catalog() -> &'static Catalog {
    &CATALOG
}

fn operation(row: Value) -> Operation {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| row[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let path = text("path");
    let template: Vec<String> = path
        .trim_start_matches('/')
        .split('/')
        .map(|part| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() })
        .collect();
    let scopes = text("scopes")
        .split(' ')
        .map(|group| group.split(',').map(str::to_owned).collect::<Vec<_>>())
        .filter(|group: &Vec<String>| group.iter().any(|scope| scope.contains(':')))
        .collect();
    let paging = match text("paging").as_str() {
        "offset" | "logs" => Paging::Offset,
        "checkpoint" => Paging::Checkpoint,
        "both" => Paging::Both,
        "wrapped" => Paging::Wrapped,
        _ => Paging::None,
    };
    // The documented limits of lists whose row in the table does not say so.
    let capped = ["connections", "organizations", "organizations/{}/members", "roles/{}/users"];
    let window =
        number("window").or_else(|| capped.contains(&template.join("/").as_str()).then_some(1000));
    Operation {
        method: text("method"),
        scopes,
        paging,
        // Only with totals does the log have a key.
        items: if path == "/logs" { "logs".to_owned() } else { text("items") },
        most: number("most").unwrap_or(100),
        window,
        query: match &row["query"] {
            Value::Object(query) => query.clone(),
            _ => Map::new(),
        },
        body: row.get("body").cloned(),
        status: row["status"].as_u64().and_then(|n| u16::try_from(n).ok()).unwrap_or(200),
        answer: row.get("answer").cloned(),
        template,
    }
}

impl Catalog {
    /// The operation that a path means: literal segments win over parameters.
    pub(super) fn find(&self, method: &str, path: &[String]) -> Option<&Operation> {
        let fits =
            |operation: &&Operation| {
                operation.method == method
                    && operation.template.len() == path.len()
                    && operation.template.iter().zip(path).all(|(wanted, given)| {
                        wanted == given || wanted == "{}" && !given.is_empty()
                    })
            };
        let literal =
            |operation: &&Operation| operation.template.iter().filter(|part| *part != "{}").count();
        self.operations.iter().filter(fits).max_by_key(literal)
    }

    /// Whether there is an operation with this template.
    pub(super) fn has(&self, method: &str, template: &[String]) -> bool {
        self.operations
            .iter()
            .any(|operation| operation.method == method && operation.template == template)
    }
}

impl Operation {
    /// The group of scopes of which the token has none.
    pub(super) fn missing(&self, held: &[String]) -> Option<&[String]> {
        self.scopes
            .iter()
            .find(|group| !group.iter().any(|scope| held.contains(scope)))
            .map(Vec::as_slice)
    }

    /// The key under which a list's answer has its rows: `Some("")` for a bare array.
    pub(super) fn rows_key(&self) -> Option<String> {
        match self.items.as_str() {
            "-" if self.method == "GET" => self.answer.as_ref().and_then(schema::only_array),
            "-" => None,
            "[]" => Some(String::new()),
            key => Some(key.to_owned()),
        }
    }

    /// Whether the last segment of the path is a parameter.
    pub(super) fn ends_in_parameter(&self) -> bool {
        self.template.last().is_some_and(|part| part == "{}")
    }
}
