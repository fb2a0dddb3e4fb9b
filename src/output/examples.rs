//! The exact output of each format.

use std::io::{self, Write};

use serde_json::value::RawValue;

use super::*;

const COLUMNS: &[Column] = &[
    Column::new("client_id", "id").whole(),
    Column::new("name", "name"),
    Column::new("is_first_party", "first-party"),
    Column::new("uses", "uses").right(),
];
const ROWS: &[&str] = &[
    r#"{"client_id":"aaaa1111","name":"Überweisung 日本","is_first_party":true,"uses":7,"x":[]}"#,
    "{\n\"name\": \"=1, \\\"two\\\"\", \"client_id\": \"bbbb2222\",\n\"uses\": 12.50}",
];

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn list(format: Format, columns: &[Column], options: Options, rows: &[&str]) -> String {
    let mut renderer = Renderer::new(format, None, columns, options);
    let mut out = Vec::new();
    for row in rows {
        renderer.row(&mut out, raw(row).get()).unwrap();
    }
    renderer.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn object(format: Format, text: &str) -> String {
    let mut out = Vec::new();
    Renderer::new(format, None, COLUMNS, Options::default())
        .object(&mut out, raw(text).get())
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_list_in_each_format() {
    for (format, expected) in [
        (
            Format::Table,
            "ID        NAME              FIRST-PARTY   USES\n\
             aaaa1111  Überweisung 日本  yes              7\n\
             bbbb2222  =1, \"two\"         -            12.50\n",
        ),
        (
            Format::Json,
            "[\n  {\n    \"client_id\": \"aaaa1111\",\n    \"name\": \"Überweisung 日本\",\n    \
             \"is_first_party\": true,\n    \"uses\": 7,\n    \"x\": []\n  },\n  {\n    \
             \"name\": \"=1, \\\"two\\\"\",\n    \"client_id\": \"bbbb2222\",\n    \
             \"uses\": 12.50\n  }\n]\n",
        ),
        (
            Format::Jsonl,
            "{\"client_id\":\"aaaa1111\",\"name\":\"Überweisung 日本\",\"is_first_party\":true,\"uses\":7,\"x\":[]}\n\
             {\"name\":\"=1, \\\"two\\\"\",\"client_id\":\"bbbb2222\",\"uses\":12.50}\n",
        ),
        (
            Format::Csv,
            "client_id,name,is_first_party,uses\r\naaaa1111,Überweisung 日本,true,7\r\n\
             bbbb2222,\"=1, \"\"two\"\"\",,12.50\r\n",
        ),
        (
            Format::Tsv,
            "client_id\tname\tis_first_party\tuses\naaaa1111\tÜberweisung 日本\ttrue\t7\n\
             bbbb2222\t=1, \"two\"\t\t12.50\n",
        ),
    ] {
        let found = list(format, COLUMNS, Options::default(), ROWS);
        assert_eq!(found, expected, "{found}");
    }
}

#[test]
fn an_empty_list_in_each_format() {
    for (format, expected) in [
        // Without a terminal there is a header, for programs that expect one.
        (Format::Table, "ID  NAME  FIRST-PARTY  USES\n"),
        (Format::Json, "[]\n"),
        (Format::Jsonl, ""),
        (Format::Csv, "client_id,name,is_first_party,uses\r\n"),
        (Format::Tsv, "client_id\tname\tis_first_party\tuses\n"),
    ] {
        assert_eq!(list(format, COLUMNS, Options::default(), &[]), expected);
        let unknown = list(format, &[], Options::default(), &[]);
        assert_eq!(unknown, if format == Format::Json { "[]\n" } else { "" });
    }
}

#[test]
fn ids_are_cut_last() {
    let cut = |width| {
        let options = Options { width: Some(width), color: true, ..Options::default() };
        list(Format::Table, COLUMNS, options, &ROWS[..1])
    };
    assert_eq!(
        cut(34),
        "\x1b[1mID        NAME      FIRST-P…  USES\x1b[0m\n\
         aaaa1111  Überwei…  yes          7\n"
    );
}

#[test]
fn a_table_on_a_narrow_terminal_is_a_block_for_each_row() {
    let narrow = |width, no_header, color, rows: &[&str]| {
        let options = Options { width: Some(width), no_header, color, ..Options::default() };
        list(Format::Table, COLUMNS, options, rows)
    };
    let blocks = "ID           aaaa1111\n\
                  NAME         Überweisung 日本\n\
                  FIRST-PARTY  yes\n\
                  USES         7\n\
                  \n\
                  ID           bbbb2222\n\
                  NAME         =1, \"two\"\n\
                  FIRST-PARTY  -\n\
                  USES         12.50\n";
    for width in [1, 17, 29] {
        assert_eq!(narrow(width, false, false, ROWS), blocks);
        // The names are not a header: without them the values would mean nothing.
        assert_eq!(narrow(width, true, false, ROWS), blocks);
    }
    assert_eq!(
        narrow(20, false, true, &ROWS[..1]),
        "\x1b[1mID\x1b[0m           aaaa1111\n\
         \x1b[1mNAME\x1b[0m         Überweisung 日本\n\
         \x1b[1mFIRST-PARTY\x1b[0m  yes\n\
         \x1b[1mUSES\x1b[0m         7\n"
    );
    assert_eq!(narrow(20, false, true, &[]), "");
}

#[test]
fn rows_may_come_without_a_header() {
    let options = Options { no_header: true, ..Options::default() };
    for format in [Format::Table, Format::Csv, Format::Tsv] {
        let whole = list(format, COLUMNS, Options::default(), ROWS);
        let (_, rows) = whole.split_once('\n').unwrap();
        assert_eq!(list(format, COLUMNS, options, ROWS), rows);
        assert_eq!(list(format, COLUMNS, options, &[]), "");
    }
    for format in [Format::Json, Format::Jsonl] {
        let whole = list(format, COLUMNS, Options::default(), ROWS);
        assert_eq!(list(format, COLUMNS, options, ROWS), whole);
    }
}

#[test]
fn colors_change_nothing_else() {
    let colored = Options { color: true, width: Some(200), ..Options::default() };
    let plain = Options { width: Some(200), ..Options::default() };
    let without = |text: String| {
        ["\x1b[0m", "\x1b[1m", "\x1b[32m", "\x1b[34;1m", "\x1b[35m"]
            .iter()
            .fold(text, |text, style| text.replace(style, ""))
    };
    for format in Format::ALL {
        let found = list(format, COLUMNS, colored, ROWS);
        assert_eq!(found.contains('\x1b'), !matches!(format, Format::Csv | Format::Tsv));
        assert_eq!(without(found), list(format, COLUMNS, plain, ROWS));
    }
    // Long enough to be written in pieces.
    let long = format!("{{\"list\": [{}0]}}", "{\"name\": \"value\"},".repeat(10_000));
    let object = |options| {
        let mut out = Vec::new();
        Renderer::new(Format::Json, None, COLUMNS, options).object(&mut out, &long).unwrap();
        String::from_utf8(out).unwrap()
    };
    let found = object(colored);
    assert_eq!(found.matches("\x1b[34;1m\"name\"\x1b[0m:").count(), 10_000);
    assert_eq!(without(found), object(plain));
}

#[test]
fn without_fields_the_first_row_determines_the_columns() {
    let rows = &[r#"{"id":1,"tags":["a"],"a.b":true}"#, r#"{"id":2,"new":3}"#];
    let pipe = Options::default();
    assert_eq!(list(Format::Table, &[], pipe, rows), "ID  A.B\n1   yes\n2   -\n");
    assert_eq!(
        list(Format::Csv, &[], pipe, rows),
        "id,tags,a.b\r\n1,\"[\"\"a\"\"]\",true\r\n2,,\r\n"
    );
    assert_eq!(
        list(Format::Csv, &[], pipe, &["\"\"", "null", "[1]"]),
        "value\r\n\"\"\r\n\"\"\r\n[1]\r\n"
    );
}

#[test]
fn one_object_in_each_format() {
    let text = r#"{"id":"x\u001b","on":true,"none":null,"urls":["a","b"],"jwt":{"alg":"RS256","n":{"deep":1}},
        "people":[{"name":"A","roles":["r","s"]},{"name":"B"},3],"e":[],"o":{}}"#;
    for (format, expected) in [
        (
            Format::Table,
            "id    x\\u{1b}\non    true\nnone  -\nurls  a\n      b\njwt\n  alg  RS256\n  n\n    deep  1\n\
             people\n  - name   A\n    roles  r\n           s\n  - name  B\n  - 3\ne     -\no     -\n",
        ),
        (
            Format::Jsonl,
            "{\"id\":\"x\\u001b\",\"on\":true,\"none\":null,\"urls\":[\"a\",\"b\"],\"jwt\":{\"alg\":\"RS256\",\"n\":{\"deep\":1}},\
             \"people\":[{\"name\":\"A\",\"roles\":[\"r\",\"s\"]},{\"name\":\"B\"},3],\"e\":[],\"o\":{}}\n",
        ),
    ] {
        let found = object(format, text);
        assert_eq!(found, expected, "{found}");
    }
    let small = r#"{"id":"x","in":{"a":1.0}}"#;
    assert_eq!(
        object(Format::Json, small),
        "{\n  \"id\": \"x\",\n  \"in\": {\n    \"a\": 1.0\n  }\n}\n"
    );
    assert_eq!(object(Format::Csv, small), "id,in\r\nx,\"{\"\"a\"\":1.0}\"\r\n");
    assert_eq!(object(Format::Tsv, small), "id\tin\nx\t{\"a\":1.0}\n");
}

#[test]
fn an_unchanged_row_is_not_copied() {
    struct Seen(Vec<*const u8>);
    impl Write for Seen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.as_ptr());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let row = raw(ROWS[0]);
    let mut seen = Seen(Vec::new());
    Renderer::new(Format::Jsonl, None, COLUMNS, Options::default())
        .row(&mut seen, row.get())
        .unwrap();
    assert_eq!(seen.0.first(), Some(&row.get().as_ptr()));
}

#[test]
fn hostile_shapes_are_rendered_within_bounds() {
    let deep = format!("{}1{}", r#"{"a":["#.repeat(50_000), "]}".repeat(50_000));
    let wide: Vec<_> = (0..5_000).map(|n| format!("\"k{n}\":{n}")).collect();
    let wide = format!("{{{}}}", wide.join(","));
    for text in [&deep, &wide] {
        for format in Format::ALL {
            assert!(object(format, text).len() < 20 * text.len());
            let options = Options { width: Some(200), ..Options::default() };
            assert!(list(format, &[], options, &[text]).len() < 20 * text.len());
        }
    }
}
