//! Properties of rows in every format: programs can parse them, they are safe for a terminal, and
//! they have no secrets.

use auth0_suite::base::escape;
use auth0_suite::output::rawjson;
use auth0_suite::output::redact::{self, Redactor};
use auth0_suite::output::{Column, Format, Options, Renderer};
use serde_json::Value;

use super::input::{Input, assert_harmless};

const COLUMNS: &[Column] =
    &[Column::new("id", "ID").whole(), Column::new("name", "Name"), Column::new("a.b", "Deep")];
const PATHS: [&str; 3] = ["/id", "/name", "/a/b"];

/// CSV and TSV can be parsed cell by cell, with a parser written only from RFC 4180. The parts of
/// the input are the rows.
pub(crate) fn delimited(bytes: &[u8]) {
    let rows = rows(bytes);
    let options = Options { reveal_secrets: true, ..Options::default() };
    let mut expected = vec![["id", "name", "a.b"].map(str::to_owned).to_vec()];
    for row in &rows {
        let Ok(value) = serde_json::from_str::<Value>(row) else { return };
        expected.push(PATHS.iter().map(|path| cell(&value, path)).collect());
    }
    if rows.iter().any(|row| !is_plain(row)) {
        return;
    }
    let csv = render(Format::Csv, options, &rows);
    assert_eq!(parse_csv(&csv), expected, "{csv:?}");
    let tsv = render(Format::Tsv, options, &rows);
    assert_eq!(parse_tsv(&tsv), expected, "{tsv:?}");
}

/// Output for a terminal has no control characters, in any format and width. JSON is the same JSON.
/// Tables are not wider than the terminal.
pub(crate) fn show(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let width = usize::from(input.byte()).max(1);
    let rows = rows(input.rest());
    let options = Options { width: Some(width), reveal_secrets: true, ..Options::default() };
    for format in Format::ALL {
        let text = render(format, options, &rows).replace("\r\n", "\n").replace('\t', " ");
        assert_harmless(&text);
        for row in &rows {
            let mut out = Vec::new();
            Renderer::new(format, None, COLUMNS, options).object(&mut out, row).expect("memory");
            let text = String::from_utf8(out).expect("text").replace("\r\n", "\n");
            assert_harmless(&text.replace('\t', " "));
        }
    }
    let table = render(Format::Table, options, &rows);
    // A heading and a line per row, or on a narrow terminal a block of lines per row, separated by
    // empty lines. Without rows there is no heading.
    let lines = match rows.len() {
        0 => [0, 0],
        rows => [rows + 1, rows * (COLUMNS.len() + 1) - 1],
    };
    assert!(lines.contains(&table.lines().count()), "{table}");
    // A block needs space for its labels and a few columns of each value.
    let is_table = rows.is_empty() || table.lines().count() == rows.len() + 1;
    for line in table.lines().filter(|_| is_table || width >= 20) {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line:?} in {width}");
    }
    let piped = Options { reveal_secrets: true, ..Options::default() };
    let lines = render(Format::Jsonl, piped, &rows);
    assert_eq!(lines.matches('\n').count(), rows.len(), "one line per row");
    for (line, row) in lines.lines().zip(&rows) {
        let (Ok(read), Ok(was)) = (from(line), from(row)) else { continue };
        assert_eq!(read, was);
    }
    let array = render(Format::Json, piped, &rows);
    let was: Result<Vec<Value>, _> = rows.iter().map(|row| from(row)).collect();
    if let Ok(was) = was {
        assert_eq!(from(&array).expect("JSON"), Value::Array(was));
    }
    let text = String::from_utf8_lossy(bytes);
    let visible = escape::visible(&text);
    assert_harmless(&visible);
    assert!(!visible.contains('\n'), "one line is still one line");
    assert_eq!(escape::visible(&visible), visible, "a safe text is not changed");
}

/// A secret at an arbitrary place is not in any format, for any operation. JSON stays JSON, and
/// only strings and numbers change. A truncated text is redacted too.
pub(crate) fn redact(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (key, cut) = (input.choose(KEYS), usize::from(input.byte()));
    let text = String::from_utf8_lossy(input.rest()).into_owned();
    let redactor = Redactor::for_path(OPERATIONS[cut % OPERATIONS.len()]);
    // Redaction does not panic, and a second one changes nothing.
    let once = redactor.json(&text).into_owned();
    if from(&text).is_ok() {
        assert_eq!(redactor.json(&once), once);
        same_shape(&from(&text).expect("JSON"), &from(&once).expect("still JSON"));
        let secret = "s3cr3t-s3cr3t";
        let planted = format!(
            r#"{{"before":{text},"{key}":"{secret}","after":[{text},{{"{key}":"{secret}"}}]}}"#
        );
        // The text itself may contain it, also with escapes.
        let mut decoded = String::new();
        rawjson::push_string(&text, &mut decoded);
        if from(&planted).is_err() || text.contains(secret) || decoded.contains(secret) {
            return;
        }
        let clean = redactor.json(&planted);
        assert!(!clean.contains(secret), "{clean}");
        let end = planted.len() * cut / 256;
        let part = String::from_utf8_lossy(&planted.as_bytes()[..end]).into_owned();
        assert!(!redactor.json(&part).contains(secret), "{part}");
        for format in Format::ALL {
            let options = Options { redactor, ..Options::default() };
            let shown = render(format, options, std::slice::from_ref(&planted));
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

/// Paths of the API with secrets of several kinds in the table; the first is not in it.
const OPERATIONS: [&str; 9] = [
    "/roles",
    "/clients/abc",
    "/connections",
    "/actions/actions",
    "/emails/provider",
    "/hooks/1/secrets",
    "/log-streams",
    "/resource-servers",
    "/users",
];

/// Keys of secrets, in spellings that servers use.
const KEYS: &[&str] = &[
    "client_secret",
    "clientSecret",
    "client\\u005fsecret",
    "CLIENT-SECRET",
    "access_token",
    "refresh_token",
    "id_token",
    "password",
    "signing_key",
    "private_key",
    "app_secret",
    "encryption_key",
    "authorization",
    "api_key",
    "secrets",
];

fn from(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text)
}

/// The parts that are JSON.
fn rows(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let rows = text.split('\0').filter(|part| from(part).is_ok());
    rows.take(8).map(str::to_owned).collect()
}

fn render(format: Format, options: Options, rows: &[String]) -> String {
    let mut renderer = Renderer::new(format, None, COLUMNS, options);
    let mut out = Vec::new();
    for row in rows {
        renderer.row(&mut out, row).expect("memory takes it");
    }
    renderer.finish(&mut out).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

/// Whether serde writes the same JSON: no repeated keys, no other spelling of a number. Only then
/// can its cells be compared with the API's own text.
fn is_plain(text: &str) -> bool {
    let mut compact = String::new();
    rawjson::push_compact(text, &mut compact);
    from(text).is_ok_and(|value| value == compact)
        && from(text).is_ok_and(|value| value.is_object())
}

fn cell(row: &Value, pointer: &str) -> String {
    match row.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn same_shape(a: &Value, b: &Value) {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len());
            a.iter().zip(b).for_each(|(a, b)| same_shape(a, b));
        }
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()));
            a.values().zip(b.values()).for_each(|(a, b)| same_shape(a, b));
        }
        (Value::String(_) | Value::Number(_), Value::String(text)) => {
            assert!(a == b || text == redact::REDACTED);
        }
        (a, b) => assert_eq!(a, b),
    }
}

/// RFC 4180 §2: fields, some in quotes with their quotes doubled, CRLF after each record.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        let record = records.last_mut().expect("one");
        let field = record.last_mut().expect("one");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                records.push(vec![String::new()]);
            }
            c => {
                assert!(quoted || c != '\n', "a line feed without a carriage return");
                field.push(c);
            }
        }
    }
    assert!(!quoted);
    assert_eq!(records.pop().expect("one"), [""], "the last record has an end");
    records
}

fn parse_tsv(text: &str) -> Vec<Vec<String>> {
    let unescape = |cell: &str| {
        let mut chars = cell.chars();
        let mut out = String::new();
        while let Some(c) = chars.next() {
            out.push(match c {
                '\\' => match chars.next().expect("an escape has two") {
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    c => c,
                },
                c => c,
            });
        }
        out
    };
    text.split_terminator('\n').map(|line| line.split('\t').map(unescape).collect()).collect()
}
