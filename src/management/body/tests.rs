use serde_json::{Value, json};

use super::{Field, MAX_DEPTH, check, set_all, with_fields};
use crate::base::error::ErrorKind;

fn made(document: Option<Value>, fields: &[&str]) -> Value {
    with_fields(document, fields.iter().map(|text| Field::parse(text).unwrap())).unwrap()
}

#[test]
fn appending_keeps_the_items_of_the_resource() {
    let there = json!({"callbacks": ["a"], "o": {"l": [1], "x": 2}, "name": "n"});
    let mut change = json!({});
    let fields = ["callbacks[]=b", "callbacks[]=c", "o.l[]=2", "new[]=1", "name[]=x"];
    let fields = fields.map(|text| Field::parse(text).unwrap());
    set_all(&mut change, &there, fields).unwrap();
    let expected =
        json!({"callbacks": ["a", "b", "c"], "o": {"l": [1, 2]}, "new": [1], "name": ["x"]});
    assert_eq!(change, expected);
}

#[test]
fn objects_are_appended_as_gh_api_appends_them() {
    assert_eq!(
        made(
            None,
            &[
                "s[].value=a",
                "s[].description=A",
                "s[].value=b",
                "m[][]=1",
                "m[][]=2",
                "t[].o.x=1",
                "t[].o.y=2",
                "t[].l[]=1",
                "t[].l[]=2"
            ]
        ),
        json!({
            "s": [{"value": "a", "description": "A"}, {"value": "b"}],
            "m": [[1, 2]],
            "t": [{"o": {"x": 1, "y": 2}, "l": [1, 2]}],
        })
    );
    // Existing items are never changed.
    let mut change = json!({"d": [{"value": "old"}]});
    let there = json!({"s": [{"value": "old"}]});
    let fields = ["s[].description=new", "s[].value=n", "d[].x=1"];
    set_all(&mut change, &there, fields.map(|text| Field::parse(text).unwrap())).unwrap();
    assert_eq!(
        change,
        json!({
            "d": [{"value": "old"}, {"x": 1}],
            "s": [{"value": "old"}, {"description": "new", "value": "n"}],
        })
    );
    for text in ["s[0].x=1", "s[=1", "s]=1", "s[]x=1", "[].x=1", "s[].=1", "s[]..x=1"] {
        assert!(Field::parse(text).is_err(), "{text}");
    }
    assert_eq!(made(None, &[r"a\[\]=1"]), json!({"a[]": 1}));
}

#[test]
fn values_of_metadata_are_strings() {
    let made = |texts: &[&str]| {
        let schema = crate::management::schema::body("POST", "/clients").unwrap();
        let fields = texts.iter().map(|text| Field::parse(text).unwrap().typed(schema.into()));
        with_fields(None, fields).unwrap()
    };
    assert_eq!(
        made(&[
            "client_metadata.a=1",
            "client_metadata.b=true",
            "client_metadata.c=\"2\"",
            "client_metadata.d=null",
            "client_metadata.e=1.50",
            "other.a=1"
        ]),
        json!({
            "client_metadata": {"a": "1", "b": "true", "c": "2", "d": null, "e": "1.50"},
            "other": {"a": 1},
        })
    );
    assert_eq!(
        made(&["client_metadata={\"a\":1,\"b\":null,\"c\":\"x\"}"]),
        json!({"client_metadata": {"a": "1", "b": null, "c": "x"}})
    );
    assert_eq!(made(&["client_metadata=null"]), json!({"client_metadata": null}));
}

#[test]
fn fields_are_typed_and_nested() {
    let made = made(
        None,
        &[
            "name=My app",
            "oidc_conformant=true",
            "jwt_configuration.lifetime_in_seconds=3600",
            "jwt_configuration.alg=RS256",
            "callbacks[]=http://127.0.0.1:5000/callback?a=b",
            "callbacks[]=x",
            r#"zip="01234""#,
            "client_metadata={\"a\":null}",
            r"client_metadata.app\.version=2",
            "description=",
            "grant_types=[]",
            "logo=null",
            "big=12345678901234567890123",
        ],
    );
    assert_eq!(
        made,
        json!({
            "name": "My app",
            "oidc_conformant": true,
            "jwt_configuration": {"lifetime_in_seconds": 3600, "alg": "RS256"},
            "callbacks": ["http://127.0.0.1:5000/callback?a=b", "x"],
            "zip": "01234",
            "client_metadata": {"a": null, "app.version": 2},
            "description": "",
            "grant_types": [],
            "logo": null,
            "big": "12345678901234567890123",
        })
    );
    let keys: Vec<_> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys[..3], ["name", "oidc_conformant", "jwt_configuration"], "order is kept");
}

#[test]
fn fields_override_a_document() {
    let document = json!({"name": "old", "a": {"b": 1, "c": 2}, "list": [1]});
    assert_eq!(
        made(Some(document), &["name=new", "a.b=9", "list[]=2"]),
        json!({"name": "new", "a": {"b": 9, "c": 2}, "list": [1, 2]})
    );
}

#[test]
fn two_types_at_one_path_are_an_error() {
    for fields in [&["a=1", "a.b=2"][..], &["a=1", "a[]=2"], &["a[]=1", "a.b=2"]] {
        let fields = fields.iter().map(|text| Field::parse(text).unwrap());
        assert_eq!(with_fields(None, fields).unwrap_err().kind(), ErrorKind::Usage);
    }
    let field = Field::parse("a=1").unwrap();
    assert!(with_fields(Some(json!([])), [field]).is_err(), "an array has no keys");
}

#[test]
fn empty_keys_are_refused() {
    for text in ["", "a", "=x", ".a=1", "a.=1", "a..b=1", "[]=1"] {
        assert!(Field::parse(text).is_err(), "{text:?}");
    }
    let deep = vec!["a"; 65].join(".");
    assert!(Field::parse(&format!("{deep}=1")).is_err());
}

#[test]
fn malformed_json_has_a_line_and_column() {
    for (text, place) in [
        ("{\"a\": 1,\n \"b\" 2}", "line 2, column 6"),
        ("{\"a\": nope}", "line 1, column 8"),
        ("[1, 2", "line 1, column 5"),
        ("{} {}", "line 1, column 4"),
    ] {
        let error = check(text.as_bytes(), "-d").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.causes()[0].starts_with(place), "{text:?}: {:?}", error.causes());
    }
    assert!(check(b"{\"a\":\n\"\xff\"}", "x.json").unwrap_err().causes()[0].contains("line 2"));
    assert!(check(b" \n", "-").is_err());
    assert!(check(b" {\"a\": 123456789012345678901234567890} ", "-").is_ok());
}

#[test]
fn a_value_gets_the_type_in_the_schema() {
    let schema = crate::management::schema::body("POST", "/clients").unwrap();
    let typed = |text: &str| Field::parse(text).unwrap().typed(schema.into()).value;
    assert_eq!(typed("name=5"), json!("5"));
    assert_eq!(typed("name=true"), json!("true"));
    assert_eq!(typed("name=\"5\""), json!("5"));
    assert_eq!(typed("description=null"), Value::Null);
    assert_eq!(typed("client_metadata.tier=1"), json!("1"));
    assert_eq!(typed("callbacks[]=1"), json!("1"));
    assert_eq!(typed("jwt_configuration.lifetime_in_seconds=60"), json!(60));
    assert_eq!(typed("is_first_party=maybe"), json!("maybe"));
    assert_eq!(typed("no_such_field=5"), json!(5));
}

#[test]
fn nesting_is_limited() {
    let nested = |keys: usize| format!("{}=1", vec!["a"; keys].join("."));
    assert!(Field::parse(&nested(MAX_DEPTH)).is_ok());
    assert!(Field::parse(&nested(MAX_DEPTH + 1)).is_err());
}

#[test]
fn a_field_knows_which_top_level_field_it_changes() {
    let asks = |text: &str| {
        let field = Field::parse(text).unwrap();
        (field.is_top("a"), field.reaches_inside("a"), field.appends_to("a"))
    };
    assert_eq!(asks("a=1"), (true, false, false));
    assert_eq!(asks("a.b=1"), (true, true, false));
    assert_eq!(asks("a[]=1"), (true, true, true));
    assert_eq!(asks("a.b[].c=1"), (true, true, true));
    assert_eq!(asks("b.a[]=1"), (false, false, false));
}
