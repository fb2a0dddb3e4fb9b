use super::*;

const ROW: &str = r#"{"type":"fp","user_name":"ann@a.example","ip":"2001:db8::1","date":"2026-11-24T12:00:00.000Z","description":"Wrong email or password.","client_name":"My \"App\"","user_id":"auth0|1"}"#;

fn fits(query: &str) -> bool {
    LuceneQuery::parse(query).unwrap_or_else(|why| panic!("{query}: {why}")).fits(ROW)
}

#[test]
fn queries_select_as_auth0s_search_does() {
    for query in [
        "type:fp",
        "type:(f OR fp OR fu)",
        "type:f*",
        "*",
        "fp",
        "ann@a.example",
        "description:*password*",
        "description:\"Wrong email or password.\"",
        "client_name:\"My \\\"App\\\"\"",
        "user_id:auth0|1",
        "ip:2001:db8::1",
        "type:s OR type:fp AND user_name:ann*",
        "(type:s OR type:fp) AND NOT user_name:bob*",
        "NOT type:s",
        "-type:s",
        "date:[2026-11-24 TO *]",
        "date:[* TO 2026-11-24]",
        "date:[2026-11-24T12:00:00 TO 2026-11-24T12:23:45}",
        "type:{f TO g}",
        "  type:fp  ",
    ] {
        assert!(fits(query), "{query}");
    }
    for query in [
        "type:f",
        "type:FP",
        "password",
        "description:password",
        "type:(s OR ss)",
        "NOT type:fp",
        "type:fp AND type:s",
        "date:{2026-11-24 TO *]",
        "date:[* TO 2026-11-24}",
        "date:[2026-11-25 TO *]",
        "organization_id:*",
        "type:p*f",
    ] {
        assert!(!fits(query), "{query}");
    }
}

#[test]
fn malformed_queries_are_refused_with_a_reason() {
    for (query, reason) in [
        ("", "a term is missing"),
        ("type:", "a term is missing"),
        ("type:fp type:s", "AND or OR"),
        ("(type:fp type:s)", "AND or OR"),
        ("(type:fp", "not closed"),
        ("type:fp)", "no opening one"),
        ("\"a", "quotation mark"),
        ("date:[a]", "a range must be"),
        ("date:[a TO b", "a range must be"),
        ("email:x", "cannot be searched"),
        ("AND type:fp", "a term is missing"),
        ("type:fp OR", "a term is missing"),
    ] {
        let why = LuceneQuery::parse(query).unwrap_err();
        assert!(why.contains(reason), "{query}: {why}");
    }
    let deep = "(".repeat(10_000);
    assert!(LuceneQuery::parse(&deep).unwrap_err().contains("nested"));
    assert!(LuceneQuery::parse(&"NOT ".repeat(10_000)).unwrap_err().contains("nested"));
}
