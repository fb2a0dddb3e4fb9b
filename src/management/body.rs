//! A request's JSON body, from what was typed: a document, single fields, or fields over a document.

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::error::Error;

/// Keys within keys, at most. JSON parsers give up not far beyond.
const MAX_DEPTH: usize = 64;

/// A field to set: `KEY=VALUE`, read by [`Field::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The keys from the outside in, at least one.
    path: Vec<String>,
    /// Whether the value goes to the end of an array.
    append: bool,
    value: Value,
}

impl Field {
    /// Reads `a.b=VALUE`, or `a.b[]=VALUE` to append to an array. A dot that belongs to a key is
    /// written `\.`. The value is JSON where it parses as JSON, else it is a string: `on=true`,
    /// `n=5`, `who="5"`.
    ///
    /// # Errors
    /// In words, when there is no `=` or a key is empty.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) =
            text.split_once('=').ok_or("write it as KEY=VALUE, such as a.b=true or a[]=x")?;
        let (key, append) = match key.strip_suffix("[]") {
            Some(key) => (key, true),
            None => (key, false),
        };
        let path = keys(key);
        if path.iter().any(String::is_empty) {
            return Err("a key is empty; write it as KEY=VALUE, such as a.b=true".to_owned());
        }
        if path.len() > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} keys stand within each other"));
        }
        Ok(Self { path, append, value: typed(value) })
    }

    /// A field at the top, such as a flag of its own sets.
    pub fn top(name: &str, value: impl Into<Value>) -> Self {
        Self { path: vec![name.to_owned()], append: false, value: value.into() }
    }

    /// Whether its value goes to the end of an array that is, or is inside of, this top field.
    pub fn appends_to(&self, field: &str) -> bool {
        self.append && self.path[0] == field
    }

    /// Sets it in a document, making the objects around it where they are missing.
    ///
    /// # Errors
    /// Usage, where the document has something else in its place than an object or array.
    pub fn set_in(self, document: &mut Value) -> Result<(), Error> {
        self.set_over(document, &Value::Null)
    }

    /// Like [`Field::set_in`], in a document that changes what is `there`: an array that is new in
    /// the document continues the one there.
    ///
    /// # Errors
    /// As there.
    pub fn set_over(self, document: &mut Value, there: &Value) -> Result<(), Error> {
        let shown = self.path.join(".");
        let taken = |what| {
            Error::usage(format!("cannot set {shown}: what stands there is no {what}"))
                .hint("a field that was given twice, or a body that is no object, leaves no room")
        };
        let mut place = document;
        for key in &self.path {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(object) = place else { return Err(taken("object")) };
            place = object.entry(key.as_str()).or_insert(Value::Null);
        }
        if !self.append {
            *place = self.value;
            return Ok(());
        }
        if place.is_null() {
            let there = self.path.iter().try_fold(there, |value, key| value.get(key));
            let array = there.filter(|value| value.is_array()).cloned();
            *place = array.unwrap_or_else(|| Value::Array(Vec::new()));
        }
        let Value::Array(array) = place else { return Err(taken("array")) };
        array.push(self.value);
        Ok(())
    }
}

/// An object of the given fields, laid over `document` where there is one.
///
/// # Errors
/// Usage, where two fields, or a field and the document, claim the same place.
pub fn with_fields(
    document: Option<Value>,
    fields: impl IntoIterator<Item = Field>,
) -> Result<Value, Error> {
    let mut document = document.unwrap_or_else(|| Value::Object(Map::new()));
    for field in fields {
        field.set_in(&mut document)?;
    }
    Ok(document)
}

/// Checks that bytes are one JSON value, before they are sent. `source` says where they came from.
///
/// # Errors
/// Usage, with the line and column (both from 1, the column in bytes) where they are not.
pub fn check(bytes: &[u8], source: &str) -> Result<(), Error> {
    let wrong = |why: String| {
        Error::usage(format!("the body ({source}) is not JSON"))
            .because(why)
            .hint("nothing was sent; give one JSON value, or single fields: -f KEY=VALUE")
    };
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].split(|b| *b == b'\n').count();
        wrong(format!("it is not UTF-8 text at line {line}"))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(wrong("it is empty".to_owned()));
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(()),
        Err(e) => {
            let why = e.to_string();
            let place = format!(" at line {} column {}", e.line(), e.column());
            let why = why.strip_suffix(&place).unwrap_or(&why);
            Err(wrong(format!("line {}, column {}: {why}", e.line(), e.column())))
        }
    }
}

/// JSON where it parses as JSON. An integer beyond JSON numbers' reach stays the text it was.
fn typed(text: &str) -> Value {
    let integer = || text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    match serde_json::from_str(text) {
        Ok(Value::Number(number)) if number.is_f64() && integer() => Value::String(text.to_owned()),
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

/// The keys of `a.b\.c`: `a` and `b.c`.
fn keys(text: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '.' => keys.push(String::new()),
            '\\' if matches!(chars.peek(), Some('.' | '\\')) => {
                keys.last_mut().expect("it is never empty").extend(chars.next());
            }
            c => keys.last_mut().expect("it is never empty").push(c),
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Field, check, with_fields};
    use crate::error::Kind;

    fn made(document: Option<Value>, fields: &[&str]) -> Value {
        with_fields(document, fields.iter().map(|text| Field::parse(text).unwrap())).unwrap()
    }

    #[test]
    fn appending_continues_the_list_that_is_there() {
        let there = json!({"callbacks": ["a"], "o": {"l": [1], "x": 2}, "name": "n"});
        let mut change = json!({});
        for text in ["callbacks[]=b", "callbacks[]=c", "o.l[]=2", "new[]=1", "name[]=x"] {
            Field::parse(text).unwrap().set_over(&mut change, &there).unwrap();
        }
        let expected =
            json!({"callbacks": ["a", "b", "c"], "o": {"l": [1, 2]}, "new": [1], "name": ["x"]});
        assert_eq!(change, expected);
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
    fn fields_lie_over_a_document() {
        let document = json!({"name": "old", "a": {"b": 1, "c": 2}, "list": [1]});
        assert_eq!(
            made(Some(document), &["name=new", "a.b=9", "list[]=2"]),
            json!({"name": "new", "a": {"b": 9, "c": 2}, "list": [1, 2]})
        );
    }

    #[test]
    fn two_claims_on_one_place_are_an_error() {
        for fields in [&["a=1", "a.b=2"][..], &["a=1", "a[]=2"], &["a[]=1", "a.b=2"]] {
            let fields = fields.iter().map(|text| Field::parse(text).unwrap());
            assert_eq!(with_fields(None, fields).unwrap_err().kind(), Kind::Usage);
        }
        let field = Field::parse("a=1").unwrap();
        assert!(with_fields(Some(json!([])), [field]).is_err(), "an array has no keys");
    }

    #[test]
    fn keys_must_be_there() {
        for text in ["", "a", "=x", ".a=1", "a.=1", "a..b=1", "[]=1"] {
            assert!(Field::parse(text).is_err(), "{text:?}");
        }
        let deep = vec!["a"; 65].join(".");
        assert!(Field::parse(&format!("{deep}=1")).is_err());
    }

    #[test]
    fn what_is_no_json_is_located() {
        for (text, place) in [
            ("{\"a\": 1,\n \"b\" 2}", "line 2, column 6"),
            ("{\"a\": nope}", "line 1, column 8"),
            ("[1, 2", "line 1, column 5"),
            ("{} {}", "line 1, column 4"),
        ] {
            let error = check(text.as_bytes(), "-d").unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.causes()[0].starts_with(place), "{text:?}: {:?}", error.causes());
        }
        assert!(check(b"{\"a\":\n\"\xff\"}", "x.json").unwrap_err().causes()[0].contains("line 2"));
        assert!(check(b" \n", "-").is_err());
        assert!(check(b" {\"a\": 123456789012345678901234567890} ", "-").is_ok());
    }
}
