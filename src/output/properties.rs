//! Properties that must hold for any rows. The rows are random, from fixed seeds, so a failure can
//! be repeated.

mod dice;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use self::dice::Dice;
use super::*;
use crate::base::escape;

const COLUMNS: &[Column] = &[
    Column::new("id", "ID").whole(),
    Column::new("name", "Name"),
    Column::new("list", "List"),
    Column::new("deep.name", "Deep name").right(),
];
const PIPE: Options = Options {
    width: None,
    color: false,
    no_header: false,
    csv_safe: false,
    reveal_secrets: true,
    redactor: Redactor::BY_KEYS,
};

fn list(format: Format, fields: Option<&str>, options: Options, rows: &[Box<RawValue>]) -> String {
    let fields = fields.map(|fields| fields.parse().unwrap());
    let mut renderer = Renderer::new(format, fields, COLUMNS, options);
    let mut out = Vec::new();
    for row in rows {
        renderer.row(&mut out, row.get()).unwrap();
    }
    renderer.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn object(format: Format, options: Options, row: &RawValue) -> String {
    let mut out = Vec::new();
    Renderer::new(format, None, COLUMNS, options).object(&mut out, row.get()).unwrap();
    String::from_utf8(out).unwrap()
}

/// RFC 4180 §2: records of fields, quotes doubled inside quotes, CRLF after each record.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut record = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                assert!(record.last().unwrap().is_empty(), "a quote inside a field");
                loop {
                    match chars.next().expect("a closing quote") {
                        '"' if chars.peek() == Some(&'"') => {
                            record.last_mut().unwrap().push(chars.next().unwrap());
                        }
                        '"' => break,
                        c => record.last_mut().unwrap().push(c),
                    }
                }
                assert!(matches!(chars.peek(), Some(',' | '\r')), "text after a quote");
            }
            ',' => record.push(String::new()),
            '\r' => {
                assert_eq!(chars.next(), Some('\n'));
                records.push(std::mem::replace(&mut record, vec![String::new()]));
            }
            '\n' => panic!("a line feed without a carriage return"),
            c => record.last_mut().unwrap().push(c),
        }
    }
    assert_eq!(record, [""], "the last record has an end");
    records
}

fn parse_tsv(text: &str) -> Vec<Vec<String>> {
    let cell = |cell: &str| {
        let mut chars = cell.chars();
        let mut out = String::new();
        while let Some(c) = chars.next() {
            out.push(match c {
                '\\' => match chars.next().unwrap() {
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
    let lines = text.split_terminator('\n');
    lines.map(|line| line.split('\t').map(cell).collect()).collect()
}

/// The expected text of a CSV or TSV cell, computed with serde.
fn cell_of(row: &Value, pointer: &str) -> String {
    match row.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

#[test]
fn csv_and_tsv_read_back_as_they_were() {
    for seed in 1..800 {
        let (values, rows) = Dice::new(seed).rows();
        let pointers = ["/id", "/name", "/list", "/deep/name"];
        let mut expected =
            vec![vec!["id".to_owned(), "name".into(), "list".into(), "deep.name".into()]];
        for value in &values {
            expected.push(pointers.iter().map(|at| cell_of(value, at)).collect());
        }
        assert_eq!(parse_csv(&list(Format::Csv, None, PIPE, &rows)), expected, "{seed}");
        assert_eq!(parse_tsv(&list(Format::Tsv, None, PIPE, &rows)), expected, "{seed}");
        // With a single column, an empty cell is an empty line.
        let one = list(Format::Csv, Some(r"n\.m"), PIPE, &rows);
        let cells: Vec<_> = parse_csv(&one).into_iter().map(|mut row| row.remove(0)).collect();
        let expected = values.iter().map(|value| cell_of(value, "/n.m"));
        assert_eq!(cells[1..], expected.collect::<Vec<_>>());
    }
}

#[test]
fn safe_csv_has_no_formula() {
    let options = Options { csv_safe: true, ..PIPE };
    for seed in 1..400 {
        let (values, rows) = Dice::new(seed).rows();
        for (line, value) in
            parse_csv(&list(Format::Csv, None, options, &rows))[1..].iter().zip(&values)
        {
            for (cell, at) in line.iter().zip(["/id", "/name", "/list", "/deep/name"]) {
                let raw = cell_of(value, at);
                let is_formula =
                    raw.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
                let is_number = value.pointer(at).is_some_and(Value::is_number);
                let quote = if is_formula && !is_number { "'" } else { "" };
                assert_eq!(*cell, format!("{quote}{raw}"), "{seed}");
            }
        }
    }
}

#[test]
fn json_output_has_the_same_value() {
    for width in [None, Some(80)] {
        let options = Options { width, ..PIPE };
        for seed in 1..800 {
            let (values, rows) = Dice::new(seed).rows();
            let lines = list(Format::Jsonl, None, options, &rows);
            let read: Vec<Value> = lines
                .split_terminator('\n')
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(read, values, "{seed}");
            let array = list(Format::Json, None, options, &rows);
            let read: Vec<Value> = serde_json::from_str(&array).unwrap();
            assert_eq!(read, values, "{seed}");
            // The layout equals serde's.
            if width.is_none() {
                let pretty = serde_json::to_string_pretty(&values).unwrap();
                assert_eq!(array, pretty + "\n", "{seed}");
            }
            for row in &rows {
                let read: Value =
                    serde_json::from_str(&object(Format::Json, options, row)).unwrap();
                assert_eq!(read, serde_json::from_str::<Value>(row.get()).unwrap());
            }
        }
    }
}

#[test]
fn control_characters_never_reach_a_terminal() {
    for seed in 1..400 {
        let mut dice = Dice::new(seed);
        let (_, rows) = dice.rows();
        let width = Some(1 + dice.below(120));
        let terminal = Options { width, ..PIPE };
        let mut outputs = vec![list(Format::Table, None, PIPE, &rows)];
        for format in Format::ALL {
            outputs.push(list(format, None, terminal, &rows));
            outputs.extend(rows.iter().map(|row| object(format, terminal, row)));
        }
        outputs.extend(rows.iter().map(|row| object(Format::Table, PIPE, row)));
        for output in outputs {
            // Line ends are ours. A tab separates the cells of TSV.
            let output = output.replace("\r\n", "\n").replace('\t', "");
            let found = output.chars().find(|c| *c != '\n' && escape::is_unsafe(*c));
            assert_eq!(found, None, "{seed}: {output}");
        }
    }
}

#[test]
fn table_lines_fit_the_terminal_or_become_blocks_without_trailing_spaces() {
    for seed in 1..400 {
        let mut dice = Dice::new(seed);
        let (_, rows) = dice.rows();
        for width in (1..=24).chain([40, 80, 300]) {
            let options = Options { width: Some(width), ..PIPE };
            let table = list(Format::Table, None, options, &rows);
            let is_block = !table.lines().next().is_some_and(|line| line.contains("DEEP"));
            let lines = match (rows.len(), is_block) {
                (0, _) => 0,
                (rows, true) => rows * (COLUMNS.len() + 1) - 1,
                (rows, false) => rows + 1,
            };
            assert_eq!(table.lines().count(), lines, "{seed}: {table}");
            for line in table.lines() {
                assert!(is_block || line.width() <= width, "{seed}: {line:?} in {width}");
                assert!(!line.ends_with(' '), "{seed}: {line:?}");
            }
        }
        for line in list(Format::Table, None, PIPE, &rows).lines() {
            assert!(!line.ends_with(' ') && !line.is_empty(), "{seed}: {line:?}");
        }
    }
}

#[test]
fn table_columns_are_aligned() {
    for seed in 1..400 {
        let mut dice = Dice::new(seed);
        let rows: Vec<_> = (0..1 + dice.below(5))
            .map(|_| {
                let row = json!({"id": dice.value(2), "name": dice.text(), "mark": "¦¦"});
                RawValue::from_string(row.to_string()).unwrap()
            })
            .collect();
        for width in [None, Some(40), Some(15)] {
            let options = Options { width, ..PIPE };
            let table = list(Format::Table, Some("id,name,mark"), options, &rows);
            let places: Vec<_> = table
                .lines()
                .skip(1)
                .filter_map(|line| Some(line.get(..line.find('¦')?)?.width()))
                .collect();
            assert!(width.is_some() || places.len() == rows.len());
            assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{seed}: {table}");
        }
    }
}

#[test]
fn every_format_hides_secrets_by_default() {
    let mut dice = Dice::new(0);
    for round in 0..200 {
        let mut row = dice.object(2);
        row["deep"] =
            json!({"name": "n", "client_secret": "s3cr3t", "list": [{"token": "s3cr3t"}]});
        row["client_secret"] = json!("s3cr3t");
        let row = RawValue::from_string(row.to_string()).unwrap();
        for format in Format::ALL {
            for width in [None, Some(500)] {
                let hidden = Options { reveal_secrets: false, width, ..PIPE };
                let rows = std::slice::from_ref(&row);
                for fields in
                    [None, Some("client_secret,deep.client_secret,deep,deep.list.0.token")]
                {
                    let out = list(format, fields, hidden, rows);
                    assert!(!out.contains("s3cr3t"), "{round}: {out}");
                    assert!(fields.is_none() || out.contains("[redacted]"), "{out}");
                }
                let out = object(format, hidden, &row);
                assert!(!out.contains("s3cr3t") && out.contains("[redacted]"), "{out}");
                let shown = object(format, Options { width, ..PIPE }, &row);
                assert!(shown.contains("s3cr3t"), "{shown}");
            }
        }
    }
}
