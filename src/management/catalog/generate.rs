//! Makes `data/management-operations.tsv`, the table of the catalog.
//!
//! Used by `examples/generate-catalog.rs`, for a newer table, and by a test that the committed
//! table has this form. No binary contains it.
//!
//! The input is a table of operations (at least its first six columns: method, path, lifecycle,
//! scopes, pagination, items key), and optionally the OpenAPI document. Only query parameters,
//! maximum page sizes and kinds of bodies are read from the document. If the sources differ,
//! [`CORRECTIONS`] wins, then the document, then the table, then a default.

use std::collections::BTreeMap;

use serde_json::Value;

/// The first line of the table. An empty cell is `-`.
///
/// - `scopes`: groups, separated by spaces. A token needs one scope of each group; the alternatives
///   are separated by commas. A leading `~` means that they are not documented but inferred from
///   similar operations.
/// - `items`: the key that holds a list's items; `[]` for a bare array.
/// - `page_max`: the maximum page size; `window`: the row after which numbered pages are refused.
/// - `query`: `name`, `!` if required, then `:integer`, `:boolean` or `:array` (one   `name=value`
///   per element), otherwise text.
/// - `body`: `json` or `multipart`.
const HEADER: &str =
    "method\tpath\tlifecycle\tscopes\tpaging\titems\tpage_max\twindow\tquery\tbody";

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// What the sources leave out or have wrong: operation, column, value.
const CORRECTIONS: &[(&str, &str, &str)] = &[
    // All of these scopes are required, according to the operations' 403 messages.
    (
        "GET /clients/{id}/connections",
        "scopes",
        "read:connections read:clients,read:client_summary",
    ),
    (
        "POST /connections/{id}/keys/rotate",
        "scopes",
        "create:connections_keys update:connections_keys",
    ),
    ("PUT /keys/custom-signing", "scopes", "create:custom_signing_keys update:custom_signing_keys"),
    ("POST /keys/encryption/rekey", "scopes", "create:encryption_keys update:encryption_keys"),
    ("POST /keys/signing/rotate", "scopes", "create:signing_keys update:signing_keys"),
    // Documented in prose. The schema allows more.
    ("GET /users/{id}/connected-accounts", "page_max", "20"),
    // Numbered pages are refused after row 1,000.
    ("GET /users", "window", "1000"),
    ("GET /device-credentials", "window", "1000"),
    ("GET /logs", "window", "1000"),
    // Described in prose, not declared.
    ("GET /logs", "items", "[]"),
    (
        "GET /logs",
        "query",
        "page:integer per_page:integer sort fields include_fields:boolean include_totals:boolean from take:integer q search",
    ),
    // The document names no maximum. Its twin, connection profiles, allows ten.
    ("GET /user-attribute-profiles", "page_max", "10"),
    // All of these scopes are required, according to the operations' 403 messages.
    ("GET /roles/{id}/users", "scopes", "read:users read:roles"),
    ("GET /users/{id}/roles", "scopes", "read:users read:roles read:role_members"),
];

/// Operations that Auth0 published and then withdrew.
const WITHDRAWN: &[&str] = &[
    "/organizations/{id}/organization-templates",
    "/organizations/{id}/organization-templates/{template_id}",
];

/// The table in its normal form: sorted, one line per operation. Without a document, a table in
/// normal form is returned unchanged.
pub(crate) fn table(source: &str, openapi: Option<&Value>) -> Result<String, String> {
    let mut rows = BTreeMap::new();
    for (index, line) in source.lines().enumerate().skip(1) {
        let row = row(line, openapi).map_err(|why| format!("line {}: {why}", index + 1))?;
        if WITHDRAWN.contains(&row[1].as_str()) {
            continue;
        }
        let method = METHODS.iter().position(|method| *method == row[0]);
        if rows.insert((row[1].clone(), method), row).is_some() {
            return Err(format!("line {}: the operation is there twice: {line}", index + 1));
        }
    }
    for (operation, column, _) in CORRECTIONS {
        let known = |row: &[String; 10]| format!("{} {}", row[0], row[1]) == *operation;
        if !rows.values().any(known) {
            return Err(format!("the correction of {column} of {operation} fits nothing"));
        }
    }
    let lines = rows.values().map(|row| row.join("\t") + "\n");
    Ok(std::iter::once(format!("{HEADER}\n")).chain(lines).collect())
}

fn row(line: &str, openapi: Option<&Value>) -> Result<[String; 10], String> {
    let cells: Vec<&str> = line.split('\t').collect();
    // An empty cell is unknown, and `-` is known to be empty.
    let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
    if cells.len() < 6 || cells.len() > 10 {
        return Err(format!("{} columns; 6 to 10 make a row", cells.len()));
    }
    let (method, path) = (cell(0), cell(1));
    if !METHODS.contains(&method) || !path.starts_with('/') {
        return Err(format!("no operation: {method} {path}"));
    }
    let documented = openapi.map(|document| Documented::read(document, method, path));
    let documented = documented.transpose()?.flatten();
    let paging = paging(cell(4))?;
    let paged = !matches!(paging, "none" | "events" | "stats");

    let pick = |column: &str, document: Option<&String>, own: &str, default: &str| {
        let operation = format!("{method} {path}");
        let correct = CORRECTIONS.iter().find(|(of, name, _)| *of == operation && *name == column);
        match (correct, document, own) {
            (Some((_, _, value)), _, _) => (*value).to_owned(),
            (None, Some(value), _) => value.clone(),
            (None, None, "") => default.to_owned(),
            (None, None, own) => own.to_owned(),
        }
    };
    let document = documented.as_ref();
    let paging_names = match paging {
        "checkpoint" => "from take:integer",
        "offset" => "page:integer per_page:integer include_totals:boolean",
        "wrapped" => "page:integer per_page:integer",
        _ => "-",
    };
    let sends_json = matches!(method, "POST" | "PUT" | "PATCH");
    let row = [
        method.to_owned(),
        path.to_owned(),
        lifecycle(cell(2))?.to_owned(),
        inferred_scopes(&pick("scopes", None, cell(3), "-"), document),
        paging.to_owned(),
        pick("items", None, &cell(5).trim_end_matches('?').replace("(bare array)", "[]"), "-"),
        pick(
            "page_max",
            document.and_then(|found| found.page_max.as_ref()).filter(|_| paged),
            cell(6),
            if paged { "100" } else { "-" },
        ),
        pick("window", None, cell(7), "-"),
        pick("query", document.map(|found| &found.query), cell(8), paging_names),
        pick(
            "body",
            document.map(|found| &found.body),
            cell(9),
            if sends_json { "json" } else { "-" },
        ),
    ];
    match row.iter().find(|text| text.is_empty() || text.chars().any(char::is_control)) {
        Some(text) => Err(format!("a cell that no table can hold: {text:?}")),
        None => Ok(row),
    }
}

/// Marks scopes that are inferred according to the document.
fn inferred_scopes(scopes: &str, document: Option<&Documented>) -> String {
    let mark = document.is_some_and(|found| found.scopes_inferred) && !scopes.starts_with('~');
    format!("{}{scopes}", if mark { "~" } else { "" })
}

fn lifecycle(text: &str) -> Result<&str, String> {
    match text {
        "GA" | "EA" | "beta" => Ok(text),
        "-" | "" | "undefined" => Ok("-"),
        other => Err(format!("an unknown lifecycle: {other}")),
    }
}

fn paging(text: &str) -> Result<&'static str, String> {
    let (name, remark) = text.split_once('(').unwrap_or((text, ""));
    Ok(match name {
        "none" if remark.contains("dates") => "stats",
        "none" | "" => "none",
        "checkpoint" => "checkpoint",
        "offset" => "offset",
        "both" => "both",
        "wrapped" | "offset-always-wrapped" => "wrapped",
        "logs" | "special:logs" => "logs",
        "events" | "special:sse" => "events",
        "stats" => "stats",
        other => return Err(format!("an unknown paging class: {other}")),
    })
}

/// The facts that the OpenAPI document adds about one operation.
struct Documented {
    query: String,
    page_max: Option<String>,
    body: String,
    scopes_inferred: bool,
}

impl Documented {
    fn read(document: &Value, method: &str, path: &str) -> Result<Option<Self>, String> {
        let paths = document.get("paths").ok_or("the document has no paths")?;
        let Some(operation) = paths.get(path).and_then(|item| item.get(method.to_lowercase()))
        else {
            return Ok(None);
        };
        let mut query = Vec::new();
        let mut page_max = None;
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(document, parameter);
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().ok_or("a parameter without a name")?;
            let schema = resolve(document, &parameter["schema"]);
            let required = if parameter["required"] == true { "!" } else { "" };
            query.push(format!("{name}{required}{}", kind(schema)));
            if matches!(name, "take" | "per_page") {
                page_max = schema["maximum"].as_u64().map(|max| max.to_string()).or(page_max);
            }
        }
        let content = &resolve(document, &operation["requestBody"])["content"];
        let body = match content.as_object() {
            None => "-",
            Some(types) if types.contains_key("multipart/form-data") => "multipart",
            Some(_) => "json",
        };
        let query = if query.is_empty() { "-".to_owned() } else { query.join(" ") };
        let scopes_inferred = operation["x-scopes-inferred"] == true;
        Ok(Some(Self { query, page_max, body: body.to_owned(), scopes_inferred }))
    }
}

fn kind(schema: &Value) -> &'static str {
    match schema["type"].as_str() {
        Some("integer") => ":integer",
        Some("boolean") => ":boolean",
        Some("array") => ":array",
        _ => "",
    }
}

/// Follows `$ref` within the document, to a bounded depth.
fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..8 {
        let Some(target) = value.get("$ref").and_then(Value::as_str) else {
            break;
        };
        value = document.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null);
    }
    value
}
