//! The operations of the Management API, read from the table on first use.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::LazyLock;

use serde_json::{Map, Value};

static TABLE: &[u8] = include_bytes!("../../tests/data/management-api.json.gz");

/// The scopes of the Management API that a person gets on most tenants.
pub(crate) const CURRENT_USER: [&str; 6] = [
    "read:current_user",
    "update:current_user_identities",
    "create:current_user_metadata",
    "update:current_user_metadata",
    "create:current_user_device_credentials",
    "delete:current_user_device_credentials",
];

/// How a list is divided into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// One answer with every row.
    None,
    /// `page` and `per_page`.
    Offset,
    /// `from` and `take`.
    Checkpoint,
    /// Either of the two, depending on the query.
    Both,
    /// `page` and `per_page`, always in an object with totals.
    Wrapped,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    /// Path segments below `/api/v2/`; `{}` stands for a parameter.
    pub(crate) template: Vec<String>,
    /// Groups of scopes. A token needs one scope of each group.
    scopes: Vec<Vec<String>>,
    pub(crate) paging: Paging,
    /// The key of the rows; `[]` for a bare array, `-` if the answer is not a list.
    pub(crate) items: String,
    /// The largest page size.
    pub(crate) most: usize,
    /// The row after which numbered pages are refused.
    pub(crate) window: Option<usize>,
    pub(crate) query: Map<String, Value>,
    /// The placeholders that only accept documented values: position in the path, name, schema.
    pub(crate) placeholders: Vec<(usize, String, Value)>,
    pub(crate) body: Option<Value>,
    pub(crate) status: u16,
    pub(crate) answer: Option<Value>,
}

pub(crate) struct Catalog {
    operations: Vec<Operation>,
    pub(crate) schemas: Map<String, Value>,
    /// Every scope of the Management API, without [`CURRENT_USER`].
    pub(crate) scopes: Vec<String>,
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

pub(crate) fn catalog() -> &'static Catalog {
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
    // Documented limits that the table lacks.
    let capped = ["connections", "organizations", "organizations/{}/members", "roles/{}/users"];
    let window =
        number("window").or_else(|| capped.contains(&template.join("/").as_str()).then_some(1000));
    Operation {
        method: text("method"),
        scopes,
        paging,
        // `/logs` has this key only in an answer with totals.
        items: if path == "/logs" { "logs".to_owned() } else { text("items") },
        most: number("most").unwrap_or(100),
        window,
        query: match &row["query"] {
            Value::Object(query) => query.clone(),
            _ => Map::new(),
        },
        placeholders: path
            .trim_start_matches('/')
            .split('/')
            .enumerate()
            .filter_map(|(at, part)| {
                let name = part.strip_prefix('{')?.strip_suffix('}')?;
                Some((at, name.to_owned(), row["placeholders"].get(name)?.clone()))
            })
            .collect(),
        body: row.get("body").cloned(),
        status: row["status"].as_u64().and_then(|n| u16::try_from(n).ok()).unwrap_or(200),
        answer: row.get("answer").cloned(),
        template,
    }
}

impl Catalog {
    /// The operation of a path. Literal segments take precedence over parameters.
    pub(crate) fn find(&self, method: &str, path: &[String]) -> Option<&Operation> {
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
    pub(crate) fn has(&self, method: &str, template: &[String]) -> bool {
        self.operations
            .iter()
            .any(|operation| operation.method == method && operation.template == template)
    }
}

impl Operation {
    /// The first group of which the token has no scope.
    pub(crate) fn missing(&self, held: &[String]) -> Option<&[String]> {
        self.scopes
            .iter()
            .find(|group| !group.iter().any(|scope| held.contains(scope)))
            .map(Vec::as_slice)
    }

    /// Whether the last segment of the path is a parameter.
    pub(crate) fn ends_in_parameter(&self) -> bool {
        self.template.last().is_some_and(|part| part == "{}")
    }
}
