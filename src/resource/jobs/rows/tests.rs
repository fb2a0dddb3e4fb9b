use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &[u8]) -> Result<Vec<(usize, Value)>, Unreadable> {
    // A small buffer, so that objects lie across its ends.
    let mut objects = Objects::new(io::BufReader::with_capacity(7, text));
    let mut found = Vec::new();
    while let Some((line, object)) = objects.read_next()? {
        found.push((line, Value::Object(object)));
    }
    Ok(found)
}

#[track_caller]
fn fails_at(text: &str, line: usize, why: &str) {
    match read(text.as_bytes()) {
        Err(Unreadable::Line(at, what)) => {
            assert_eq!(at, line, "{what}");
            assert!(what.contains(why), "{what}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_arrays_and_indented_objects_are_read_alike() {
    let users = [json!({"email": "a}\"{[\\"}), json!({"b": [{"c": {}}, []]}), json!({})];
    let lines = users.iter().map(|user| format!("{user}\n")).collect::<String>();
    let array = Value::Array(users.to_vec());
    let indented = format!("\u{feff}{array:#}\n");
    for text in [lines.as_str(), &array.to_string(), &indented] {
        let found: Vec<_> =
            read(text.as_bytes()).unwrap().into_iter().map(|(_, user)| user).collect();
        assert_eq!(found, users, "{text}");
    }
    let numbered: Vec<_> = read(lines.as_bytes()).unwrap().into_iter().map(|(at, _)| at).collect();
    assert_eq!(numbered, [1, 2, 3]);
    assert!(read(b"").unwrap().is_empty());
    assert!(read(b" [ ] \n").unwrap().is_empty());
}

#[test]
fn what_is_not_a_list_of_objects_is_refused_with_its_line() {
    fails_at("{}\n[{}]", 2, "must be a JSON object");
    fails_at("{}\n7", 2, "must be a JSON object");
    fails_at("[{},\n]", 2, "must be a JSON object");
    fails_at("[{}\n{}]", 2, "comma is missing");
    fails_at("[{}", 1, "cut off");
    fails_at("[]\n{}", 2, "follows the array");
    fails_at("{}\n{\"a\": \"b}", 2, "cut off");
    fails_at("{\"a\" 1}", 1, "expected");
    fails_at("<html>", 1, "must be a JSON object");
    fails_at(&format!("{{\"a\": \"{}\"}}", "x".repeat(2 * MAX_ROW)), 1, "too long");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_objects_come_back(texts in proptest::collection::vec(any::<String>(), 0..5)) {
        let users: Vec<_> = texts.iter().map(|text| json!({"name": text, "k": {text: [text]}})).collect();
        let array = Value::Array(users.clone()).to_string();
        let found: Vec<_> = read(array.as_bytes()).unwrap().into_iter().map(|(_, user)| user).collect();
        prop_assert_eq!(found, users);
    }
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("{value}") };
    object
}

#[test]
fn an_exported_user_becomes_a_row() {
    let mut notes = ImportNotes::default();
    let user = object(json!({
        "user_id": "auth0|custom|1", "email": "ann@a.example", "email_verified": true, "username": null,
        "identities": [{"connection": "db"}, {"connection": "google-oauth2"}], "logins_count": 3,
        "last_ip": null, "app_metadata": {"a": {"b": null}}, "multifactor": ["guardian"],
    }));
    let Converted::Row(row) = notes.convert(1, user) else { panic!() };
    assert_eq!(row.key.item, "auth0|custom|1");
    assert_eq!(row.key.id.as_deref(), Some("auth0|custom|1"));
    assert_eq!(
        serde_json::from_str::<Value>(&row.json).unwrap(),
        json!({"user_id": "custom|1", "email": "ann@a.example", "email_verified": true, "app_metadata": {"a": {"b": null}}})
    );
    let left_out: Vec<_> = notes.left_out.iter().map(String::as_str).collect();
    assert_eq!(left_out, ["identities", "logins_count", "multifactor"]);
    assert_eq!((notes.rows, notes.linked, notes.with_mfa), (1, 1, 1));
    assert_eq!((notes.without_password, notes.without_verification), (1, 0));
}

#[test]
fn a_user_of_an_identity_provider_is_no_row() {
    let mut notes = ImportNotes::default();
    let user = object(json!({"user_id": "google-oauth2|1", "email": "ann@a.example"}));
    let Converted::OfProvider(key, provider) = notes.convert(1, user) else { panic!() };
    assert_eq!((key.item.as_str(), provider.as_str()), ("google-oauth2|1", "google-oauth2"));
    assert_eq!((notes.rows, notes.of_providers["google-oauth2"]), (0, 1));
}

#[test]
fn a_row_is_named_by_what_it_has() {
    let mut notes = ImportNotes::default();
    let mut key = |user| match notes.convert(7, object(user)) {
        Converted::Row(row) => row.key,
        Converted::OfProvider(key, _) => key,
    };
    assert_eq!(key(json!({"user_id": "1", "email": "e"})).item, "1");
    assert_eq!(key(json!({"user_id": "1"})).id.as_deref(), Some("auth0|1"));
    assert_eq!(key(json!({"email": "e", "username": "u"})).item, "e");
    let named = RowKey { item: "u".to_owned(), id: None, sent: "u".to_owned() };
    assert_eq!(key(json!({"username": "u"})), named);
    assert_eq!(key(json!({"user_id": "auth0|1", "email": "e"})).sent, "1");
    assert_eq!(key(json!({})).sent, "");
    assert_eq!(key(json!({})).item, "line 7");
}
