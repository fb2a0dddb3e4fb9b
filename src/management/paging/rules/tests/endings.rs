//! Hostile answers: the list ends, whatever a server sends.

use serde_json::json;

use super::super::*;
use super::tenant::item;
use super::{get, pairs};
use crate::base::test_random::Random;
use crate::management::catalog;

/// Answers every request in the same way until the list ends. Returns the number of requests and
/// the result.
fn feed(path: &str, mut answer: impl FnMut(u32) -> String) -> (u32, Result<(), PagingError>) {
    let operation = get(path);
    let mut pager = Pager::new(&operation, &mut Vec::new(), None).unwrap();
    for request in 0..=MAX_PAGES {
        if pager.next_request().is_none() {
            return (request, Ok(()));
        }
        let text = answer(request);
        let body = PageBody::parse(&text, operation.items.key()).unwrap();
        if let Err(error) = pager.accept(&body, None) {
            return (request + 1, Err(error));
        }
    }
    panic!("{path} does not end");
}

#[test]
fn a_list_ends_after_hostile_answers() {
    let same = feed("/agents", |_| r#"{"agents":[1],"next":"a"}"#.to_owned());
    assert_eq!(same, (2, Err(PagingError::Cycle)));
    let circle = feed("/agents", |n| format!(r#"{{"agents":[1],"next":"{}"}}"#, n % 7));
    assert_eq!(circle, (8, Err(PagingError::Cycle)));
    let empty = feed("/agents", |n| format!(r#"{{"agents":[],"next":"{n}"}}"#));
    assert_eq!(empty, (MAX_EMPTY + 1, Err(PagingError::Endless)));
    let endless = feed("/agents", |n| format!(r#"{{"agents":[1],"next":"{n}"}}"#));
    assert_eq!(endless, (MAX_PAGES, Err(PagingError::Endless)));
    let long = feed("/agents", |_| json!({"agents": [1], "next": "n".repeat(5000)}).to_string());
    assert_eq!(long, (1, Err(PagingError::LongCursor)));
    let numbered =
        feed("/agents", |_| r#"{"start":0,"limit":1,"total":2,"agents":[1]}"#.to_owned());
    assert_eq!(numbered, (1, Err(PagingError::NoCursor)));
    let numbered =
        feed("/clients", |_| r#"{"start":0,"limit":1,"total":2000,"clients":[1]}"#.to_owned());
    assert_eq!(numbered, (2, Err(PagingError::NoCursor)));

    let ones = |n| vec!["1"; n].join(",");
    let full = ones(100);
    let ignored = feed("/roles", |_| format!(r#"{{"start":0,"total":999,"roles":[{full}]}}"#));
    assert_eq!(ignored, (2, Err(PagingError::Cycle)));
    let endless = feed("/roles", |n| {
        format!(r#"{{"start":{n},"limit":1,"total":{},"roles":[1]}}"#, u64::MAX)
    });
    assert_eq!(endless, (MAX_PAGES, Err(PagingError::Endless)));
    let far = feed("/roles", |_| format!(r#"{{"start":{},"total":3,"roles":[1]}}"#, u64::MAX));
    assert_eq!(far, (1, Ok(())));
    let belied = feed("/roles", |n| {
        format!(r#"{{"total":3,"roles":[{}]}}"#, ones(if n < 4 { 100 } else { 5 }))
    });
    assert_eq!(
        belied,
        (5, Ok(())),
        "a total that is too small does not end the list while pages are full"
    );
    let short = feed("/roles", |n| {
        let items = ones([99, 98, 50][n as usize]);
        format!(r#"{{"start":{},"limit":100,"total":250,"roles":[{items}]}}"#, 100 * n)
    });
    assert_eq!(short, (3, Ok(())), "a page with missing rows is not the last");
    let all = feed("/roles", |_| format!("[{}]", ones(250)));
    assert_eq!(all, (1, Ok(())));

    let all = feed("/roles", |_| json!((0..100).map(item).collect::<Vec<_>>()).to_string());
    assert_eq!(all, (2, Ok(())));
    let stuck = feed("/roles", |n| {
        let start = 100 * n.min(1) as usize;
        json!((start..start + 100).map(item).collect::<Vec<_>>()).to_string()
    });
    assert_eq!(stuck, (3, Err(PagingError::Cycle)));

    let nameless = feed("/event-streams/e/deliveries", |_| format!("[{full}]"));
    assert_eq!(nameless, (1, Err(PagingError::NoCursor)));
    let nameless = feed("/logs", |_| "[{}]".to_owned());
    assert_eq!(nameless, (1, Err(PagingError::NoCursor)));
    let same = feed("/logs", |_| r#"[{"log_id":"1"},{"log_id":"2"}]"#.to_owned());
    assert_eq!(same, (2, Err(PagingError::Cycle)));
}

#[test]
fn only_the_cursor_of_a_link_is_used() {
    let next = |link| {
        let mut pager = Pager::new(&get("/logs"), &mut pairs(&[("from", "9")]), None).unwrap();
        let body = PageBody::parse(r#"[{"log_id":"7"}]"#, None).unwrap();
        pager.accept(&body, link).unwrap();
        pager.next_request().unwrap().swap_remove(0)
    };
    for (link, cursor) in [
        (None, "7"),
        (Some(""), "7"),
        (Some("https://acme.auth0.com/api/v2/logs?page=1"), "7"),
        (Some("https://acme.auth0.com/api/v2/logs?from=&take=1"), "7"),
        (Some("https://acme.auth0.com/api/v2/logs?take=1&from=8#from=6"), "8"),
        (Some("https://elsewhere.example/?from=a%26b+c"), "a&b c"),
    ] {
        assert_eq!(next(link), ("from", cursor.to_owned()), "{link:?}");
    }
}

#[test]
fn any_answers_end() {
    const MEMBERS: [&str; 12] = [
        r#""next":"a""#,
        r#""next":"b""#,
        r#""next":null"#,
        r#""next":"\u0000\ud83d\ude00""#,
        r#""total":0"#,
        r#""total":-1"#,
        r#""total":18446744073709551615"#,
        r#""total":1e9"#,
        r#""start":18446744073709551615"#,
        r#""start":7"#,
        r#""limit":0"#,
        r#""limit":1"#,
    ];
    let mut random = Random::new(7);
    for operation in catalog::operations().filter(|operation| operation.paging.is_paged()) {
        for _ in 0..20 {
            let limit = (random.below(2) == 0).then(|| random.below(300) as u64);
            let mut pager = Pager::new(&operation, &mut Vec::new(), limit).unwrap();
            let mut kept = 0;
            while pager.next_request().is_some() {
                let rows = vec![r#"{"id":"x"}"#; random.below(3) * random.below(120)].join(",");
                let mut members =
                    vec![format!(r#""{}":[{rows}]"#, operation.items.key().unwrap_or("x"))];
                members.extend((0..random.below(4)).map(|_| MEMBERS[random.below(12)].to_owned()));
                let text = match random.below(3) {
                    0 => format!("[{rows}]"),
                    _ => format!("{{{}}}", members.join(",")),
                };
                let body = PageBody::parse(&text, operation.items.key()).unwrap();
                let link = (random.below(2) == 0).then_some("?from=%ff&from=2");
                match pager.accept(&body, link) {
                    Ok(items) => kept += items.len() as u64,
                    Err(_) => break,
                }
            }
            assert!(limit.is_none_or(|limit| kept <= limit), "{}", operation.path);
        }
    }
}
