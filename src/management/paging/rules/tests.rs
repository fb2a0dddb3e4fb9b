mod endings;
mod tenant;

use super::*;
use crate::base::error::ErrorKind;
use crate::base::test_random::Random;
use crate::management::catalog::{self, Method};

use self::tenant::{Fake, Tenant, index_of};

/// Reads a list as a caller would. Returns the indices of the items, the requests, and whether the
/// list was truncated.
fn walk(
    operation: &Operation,
    mut query: Query,
    limit: Option<u64>,
    tenant: &mut Tenant<'_>,
) -> (Vec<usize>, usize, Option<Truncation>) {
    let mut pager = Pager::new(operation, &mut query, limit).unwrap();
    let (mut collected, mut requests) = (Vec::new(), 0);
    let mut promised: Vec<PageQuery> = Vec::new();
    while let Some(page) = pager.next_request() {
        // A caller may have sent it before the last answer was read.
        assert!(promised.first().is_none_or(|promised| *promised == page), "{promised:?}");
        let mut request = query.clone();
        request.extend(page.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let answer = tenant.answer(&request);
        requests += 1;
        let body = PageBody::parse(&answer.text, operation.items.key()).unwrap();
        promised = pager.upcoming().skip(1).take(20).collect();
        for item in pager.accept(&body, answer.link.as_deref()).unwrap() {
            let item: serde_json::Value = serde_json::from_str(item).unwrap();
            collected.push(index_of(item["id"].as_str().unwrap()));
        }
        assert!(requests < 20_000, "{}", operation.path);
    }
    (collected, requests, pager.truncation())
}

fn get(path: &str) -> Operation {
    catalog::find(Method::Get, path).unwrap().operation
}

fn pairs(pairs: &[(&str, &str)]) -> Query {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Sizes at the ends of pages, and some between.
fn sizes(random: &mut Random, page: usize) -> Vec<usize> {
    let mut sizes = vec![0, 1, page - 1, page, page + 1, 2 * page, 3 * page + 1];
    sizes.extend((0..6).map(|_| random.below(9 * page)));
    sizes
}

/// How the API serves an operation's list.
fn fakes(operation: &Operation) -> Vec<Fake> {
    match (operation.paging, operation.path) {
        (_, "/event-streams/{id}/deliveries") => {
            vec![
                Fake::AfterId { inclusive: false },
                Fake::AfterId { inclusive: true },
                Fake::Checkpoint,
            ]
        }
        (_, "/custom-domains") => vec![Fake::All, Fake::Checkpoint],
        (_, "/organizations/{id}/invitations") => vec![Fake::Totalless],
        (Paging::Checkpoint, _) => vec![Fake::Checkpoint, Fake::Ragged],
        (Paging::Both, _) => vec![Fake::Both],
        (Paging::Offset, _) => vec![Fake::Offset, Fake::Boastful, Fake::All],
        (Paging::OffsetWrapped, _) => vec![Fake::Wrapped],
        (Paging::Logs, _) => vec![Fake::Logs { linked: true }, Fake::Logs { linked: false }],
        (Paging::None | Paging::Events | Paging::Stats, _) => Vec::new(),
    }
}

#[test]
fn every_item_of_every_list_is_returned_once() {
    let mut random = Random::new(5789);
    let mut lists = 0;
    for operation in catalog::operations().filter(|operation| operation.paging.is_paged()) {
        lists += 1;
        let page = operation.page_max as usize;
        for fake in fakes(&operation) {
            for items in sizes(&mut random, page.min(100)) {
                let limit = match random.below(3) {
                    0 => Some(random.below(items + 2)),
                    _ => None,
                };
                let key = operation.items.key().unwrap_or_default();
                let window = operation.window.map(|window| window as usize);
                let random = &mut random;
                let mut tenant = Tenant { fake, key, page_max: page, window, items, random };
                let case = format!("{} {fake:?} {items} {limit:?}", operation.path);
                let (collected, requests, truncation) =
                    walk(&operation, Vec::new(), limit.map(|limit| limit as u64), &mut tenant);
                let wanted = limit.unwrap_or(items).min(items);
                assert!(
                    collected.iter().copied().eq(0..wanted),
                    "{case}: {} came",
                    collected.len()
                );
                assert_eq!(truncation, None, "{case}");
                let size = page.min(limit.unwrap_or(page)).max(1);
                let expected = match (fake, limit) {
                    (_, Some(0)) => 0,
                    (Fake::Ragged, _) => continue,
                    (Fake::Checkpoint | Fake::Both | Fake::Offset | Fake::Wrapped, _) => {
                        wanted.div_ceil(size).max(1)
                    }
                    // Without a reliable total, one more request finds the end.
                    _ => (wanted + 1).div_ceil(size) + 1,
                };
                assert!(requests <= expected, "{case}: {requests} requests");
            }
        }
    }
    assert_eq!(lists, 10 + 41 + 25 + 6 + 1);
}

#[test]
fn a_list_with_both_ways_uses_page_numbers_up_to_a_thousand_rows() {
    let operation = get("/clients");
    for (items, limit, numbered) in [
        (1_000, None, true),
        (1_001, None, false),
        (5_000, Some(1_000), true),
        (5_000, Some(1_001), false),
        (5_000, Some(1), true),
    ] {
        let mut random = Random::new(3);
        let (fake, key) = (Fake::Both, "clients");
        let mut tenant =
            Tenant { fake, key, page_max: 100, window: Some(1_000), items, random: &mut random };
        let (collected, requests, truncation) = walk(&operation, Vec::new(), limit, &mut tenant);
        let wanted = limit.map_or(items, |limit| items.min(limit as usize));
        assert!(collected.iter().copied().eq(0..wanted), "{items} {limit:?}");
        // The rows of the first, numbered page are not used if the list continues with checkpoints.
        let expected = wanted.div_ceil(100) + usize::from(!numbered);
        assert_eq!((requests, truncation), (expected, None), "{items} {limit:?}");
    }
    for body in [
        r#"{"clients":[1]}"#,
        r#"{"total":0,"clients":[1]}"#,
        r#"{"total":1001,"clients":[1]}"#,
        r#"{"total":-1,"clients":[1]}"#,
    ] {
        let mut pager = Pager::new(&operation, &mut Vec::new(), None).unwrap();
        let body = PageBody::parse(body, Some("clients")).unwrap();
        assert_eq!(pager.accept(&body, None), Ok(Vec::new()));
        assert_eq!(pager.next_request(), Some(vec![("take", "100".to_owned())]));
    }
}

#[test]
fn a_total_tells_which_pages_follow() {
    let pages = |path: &str, total: u64, limit| {
        let operation = get(path);
        let mut pager = Pager::new(&operation, &mut Vec::new(), limit).unwrap();
        assert_eq!(pager.upcoming().count(), 1);
        let rows = vec!["{}"; 100].join(",");
        let key = operation.items.key().unwrap();
        let body = format!(r#"{{"start":0,"limit":100,"total":{total},"{key}":[{rows}]}}"#);
        pager.accept(&PageBody::parse(&body, Some(key)).unwrap(), None).unwrap();
        let page = |request: PageQuery| request[0].1.clone();
        pager.upcoming().take(20).map(page).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(pages("/roles", 100, None), "");
    assert_eq!(pages("/roles", 101, None), "1");
    assert_eq!(pages("/clients", 401, None), "1 2 3 4");
    assert_eq!(pages("/roles", 950, Some(201)), "1 2");
    assert_eq!(pages("/users", 1_500, None), "1 2 3 4 5 6 7 8 9");
    assert_eq!(pages("/roles", u64::MAX, None).split(' ').count(), 20);
}

#[test]
fn an_event_that_moves_to_the_next_page_is_returned_once() {
    let mut pager =
        Pager::new(&get("/logs"), &mut pairs(&[("q", "type:f"), ("per_page", "2")]), Some(3))
            .unwrap();
    let mut accept = |text: &str| {
        let body = PageBody::parse(text, None).unwrap();
        pager.accept(&body, None).unwrap().join(" ")
    };
    let new = accept(r#"[{"log_id":"9"},{"log_id":"8"}]"#);
    assert_eq!(new, r#"{"log_id":"9"} {"log_id":"8"}"#);
    assert_eq!(accept(r#"[{"log_id":"8"},{"log_id":"7"}]"#), r#"{"log_id":"7"}"#);
    assert_eq!(pager.next_request(), None);
}

#[test]
fn a_list_without_pages_is_one_request() {
    for path in ["/branding", "/stats/daily", "/events", "/rules-configs"] {
        let given = pairs(&[("from", "20260101"), ("page", "x"), ("take", "5")]);
        let mut query = given.clone();
        let mut pager = Pager::new(&get(path), &mut query, None).unwrap();
        assert_eq!(query, given, "{path}: `from` is no cursor here");
        assert_eq!(pager.next_request(), Some(Vec::new()));
        let body = PageBody::parse(r#"[1,2,3]"#, None).unwrap();
        assert_eq!(pager.accept(&body, Some("/x?from=1")), Ok(vec!["1", "2", "3"]));
        assert_eq!(pager.next_request(), None);
    }
}

#[test]
fn a_query_says_where_to_begin_and_how_large_pages_are() {
    let first = |path: &str, query: &[(&str, &str)], limit| {
        let mut query = pairs(query);
        let pager = Pager::new(&get(path), &mut query, limit).unwrap();
        let mut text = String::new();
        for (name, value) in pager.next_request().unwrap() {
            text += &format!("{name}={value} ");
        }
        query.iter().for_each(|(name, value)| text += &format!("+{name}={value} "));
        text.trim_end().to_owned()
    };
    let clients = |query, limit| first("/clients", query, limit);
    let numbered = "page=0 per_page=100 include_totals=true";
    assert_eq!(clients(&[], None), numbered);
    let totals = [("q", "a"), ("include_totals", "false")];
    assert_eq!(clients(&totals, None), format!("{numbered} +q=a"));
    assert_eq!(clients(&[("from", "x y"), ("take", "7")], None), "from=x y take=7");
    assert_eq!(clients(&[("take", "7")], Some(3)), "take=3");
    assert_eq!(clients(&[("from", "")], Some(3)), "page=0 per_page=3 include_totals=true");
    assert_eq!(clients(&[("per_page", "900")], None), numbered);
    assert_eq!(clients(&[("per_page", "0")], None), numbered);
    assert_eq!(clients(&[("page", "3")], Some(7000)), "page=3 per_page=100 include_totals=true");
    assert_eq!(first("/roles", &[], Some(9)), "page=0 per_page=9 include_totals=true");
    assert_eq!(first("/actions/actions", &[("per_page", "9")], None), "page=0 per_page=9");
    assert_eq!(first("/connections/c/clients", &[], None), "take=1000");
    assert_eq!(first("/event-streams/e/deliveries", &[], Some(1)), "take=2");
    assert_eq!(first("/logs", &[], None), "page=0 per_page=100 sort=date:1");
    assert_eq!(first("/logs", &[], Some(20)), "page=0 per_page=20");
    assert_eq!(first("/logs", &[], Some(1001)), "page=0 per_page=100 sort=date:1");
    assert_eq!(first("/logs", &[("q", "type:f")], None), "page=0 per_page=100 +q=type:f");
    assert_eq!(first("/logs", &[("from", "9"), ("take", "50")], None), "from=9 take=50");
    for (path, name) in [("/clients", "take"), ("/clients", "per_page"), ("/roles", "page")] {
        for value in ["", "-1", "many", "99999999999"] {
            let error = Pager::new(&get(path), &mut pairs(&[(name, value)]), None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{name}={value}");
        }
    }
}

#[test]
fn a_window_truncates_the_list_with_an_error() {
    let mut random = Random::new(1000);
    for (path, fake, key, query, total) in [
        ("/users", Fake::Offset, "users", &[][..], true),
        ("/device-credentials", Fake::Offset, "device_credentials", &[], true),
        ("/logs", Fake::Logs { linked: true }, "", &[("q", "type:f")], false),
    ] {
        for (items, collected) in [(1000, 1000), (1001, 1000), (5432, 1000)] {
            let random = &mut random;
            let mut tenant = Tenant { fake, key, page_max: 100, window: Some(1000), items, random };
            let (found, requests, truncation) = walk(&get(path), pairs(query), None, &mut tenant);
            assert!(found.iter().copied().eq(0..collected), "{path} {items}");
            assert_eq!(requests, 10);
            let expected = match (total, items) {
                (true, 1000) => None,
                (true, total) => Some(Truncation { window: 1000, total: Some(total as u64) }),
                (false, _) => Some(Truncation { window: 1000, total: None }),
            };
            assert_eq!(truncation, expected, "{path} {items}");
        }
    }
}
