use super::*;

#[test]
fn bodies_are_parsed() {
    fn parse<'a>(text: &'a str, key: Option<&str>) -> Result<PageBody<'a>, BodyError> {
        PageBody::parse(text, key)
    }
    let text = r#" {"total": 7, "start":2,"limit":3,"other":{"clients":[0]},"clients":[ {"a":[1, 2]} ,"é\"]", null,[] ],"next":"x"} "#;
    for key in [None, Some("clients"), Some("elsewhere")] {
        let body = parse(text, key).unwrap();
        let items: Vec<&str> = body.items.clone();
        assert_eq!(items, [r#"{"a":[1, 2]}"#, r#""é\"]""#, "null", "[]"]);
        assert_eq!((body.total, body.start, body.limit), (Some(7), Some(2), Some(3)));
        assert!(matches!(body.next, Some(std::borrow::Cow::Borrowed("x"))));
        assert!(body.wrapped);
    }
    let bare =
        parse(r#"[{"log_id":"2","_id":"1"},{"id":"b","_id":"a","id":"c"}]"#, Some("x")).unwrap();
    assert!(!bare.wrapped && bare.next.is_none());
    assert_eq!((bare.first_id().as_deref(), bare.last_id().as_deref()), (Some("2"), Some("a")));
    assert_eq!(parse(r#"[{"id":5}]"#, None).unwrap().last_id(), None);
    assert_eq!(parse(r#"["id"]"#, None).unwrap().last_id(), None);

    let two = r#"{"clients":[1],"flags":[2,3]}"#;
    assert_eq!(parse(two, Some("clients")).unwrap().items.len(), 1);
    assert!(matches!(parse(two, None), Err(BodyError::SeveralArrays)));
    assert_eq!(parse(r#"{"clients":null}"#, Some("clients")).unwrap().items.len(), 0);
    assert_eq!(parse(r#"{"next":"a\n\u00e9","x":[]}"#, None).unwrap().next.unwrap(), "a\né");
    for text in [r#"{"clients":"x"}"#, r#"{"clients":{}}"#, "{}", "5", "\"x\"", "", "null"] {
        assert!(matches!(parse(text, Some("clients")), Err(BodyError::NoItems)), "{text}");
    }
    for text in
        ["[", "[1,]", "[1] x", "{\"a\":[1]", "{\"a\":[1],}", "[\u{1}]", "{\"a\":[01]}", "<html>["]
    {
        assert!(parse(text, None).is_err(), "{text}");
    }
    for next in ["5", "{}", "true", "[\"a\"]"] {
        let text = format!(r#"{{"a":[],"next":{next}}}"#);
        assert!(matches!(parse(&text, Some("a")), Err(BodyError::Cursor)), "{next}");
    }
}

#[test]
fn deep_json_is_refused_without_a_crash() {
    for text in ["[".repeat(200_000), format!("{{\"a\":{}", "[".repeat(200_000))] {
        assert!(PageBody::parse(&text, None).is_err());
    }
    let deep = format!("[{}1{}]", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(PageBody::parse(&deep, None).unwrap().items.len(), 1);
}

#[test]
fn a_page_has_a_limited_number_of_items() {
    let items = |count: usize| format!("[{}1]", "1,".repeat(count - 1));
    let result = |text: &str, key| PageBody::parse(text, key).map(|body| body.items.len());
    for count in [MAX_ITEMS + 1, MAX_ITEMS + 2] {
        let (bare, wrapped) = (items(count), format!(r#"{{"a":{}}}"#, items(count)));
        for (text, key) in [(&bare, None), (&wrapped, None), (&wrapped, Some("a"))] {
            assert!(matches!(result(text, key), Err(BodyError::TooManyItems)), "{count} {key:?}");
        }
    }
    assert_eq!(result(&items(MAX_ITEMS), None).unwrap(), MAX_ITEMS);
    let wrapped = format!(r#"{{"a":{}}}"#, items(MAX_ITEMS));
    assert_eq!(result(&wrapped, None).unwrap(), MAX_ITEMS);
}
