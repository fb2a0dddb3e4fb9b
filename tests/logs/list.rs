use serde_json::{Value, json};

use super::tenant::{LogTenant, ago, id};

#[test]
fn a_list_is_the_newest_events_and_says_that_there_may_be_more() {
    let tenant = LogTenant::with_events(250);
    let ran = tenant.run(&["list", "-o", "jsonl"]).exits(0).says("newest 100 events");
    assert_eq!(ran.lines().len(), 100);
    let dates: Vec<_> = ran
        .lines()
        .iter()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["date"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(dates.is_sorted_by(|a, b| a >= b), "newest first");
    let ran = tenant.run(&["list", "-o", "jsonl", "--limit", "220"]).exits(0);
    assert_eq!((ran.lines().len(), ran.stderr.as_str()), (220, ""));
    let ran = tenant.run(&["list", "-o", "jsonl", "--limit", "300"]).exits(0);
    assert_eq!(ran.lines().len(), 250);
    tenant.run(&["list", "--limit", "0", "-o", "json"]).exits(0).prints_line("[]");
}

#[test]
fn an_empty_list_is_told_once() {
    let ran = LogTenant::with_events(3).run(&["list", "--limit", "0"]).exits(0);
    assert_eq!(ran.stderr, "no events to show\n");
}

#[test]
fn events_that_arrive_while_a_list_is_read_are_not_shown_twice() {
    let tenant = LogTenant::with_events(400);
    tenant.state().arrive_between_pages = 30;
    let ran = tenant.run(&["list", "-o", "jsonl", "--limit", "400"]).exits(0);
    let mut lines = ran.lines();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 400);
}

#[test]
fn more_than_the_window_fails_and_leads_to_tail() {
    let tenant = LogTenant::with_events(1_200);
    let args = ["list", "-o", "jsonl", "--limit", "1100", "--since", "7d", "--client", "app1"];
    let ran = tenant.run(&args).exits(1).says("the list is cut after 1000 events");
    assert_eq!(ran.lines().len(), 1_000, "what there is was printed");
    ran.says("auth0-logs tail --client app1 --since 7d --until now");
    // What the hint says has all of them. An end that is past ends it at once.
    tenant.state().events.iter_mut().for_each(|event| event["date"] = json!(ago(700)));
    let end = ago(600);
    let args = ["tail", "--client", "app1", "--since", "7d", "--until", &end, "-o", "jsonl"];
    assert_eq!(tenant.run(&args).exits(0).lines().len(), 1_200);
    let exact = tenant.run(&["list", "-o", "jsonl", "--limit", "1000"]).exits(0);
    assert_eq!(exact.lines().len(), 1_000);
}

#[test]
fn filters_are_searched_by_the_api() {
    let tenant = LogTenant::with_events(60);
    let ran = tenant
        .run(&["list", "--failed", "--user", "User3@a.example", "-o", "jsonl", "--since", "1h"])
        .exits(0);
    let expected = (0..60).filter(|number| number % 3 == 0 && number % 10 == 3).count();
    assert_eq!(ran.lines().len(), expected);
    let seen = tenant.fake.seen();
    let q = seen[0].param("q").unwrap();
    let q = percent_encoding::percent_decode_str(q).decode_utf8().unwrap();
    assert!(q.contains("user_name:\"user3@a.example\"") && q.contains("date:["), "{q}");
    assert_eq!(tenant.run(&["list", "--type", "s", "-o", "jsonl"]).lines().len(), 40);
    tenant.run(&["list", "-q", "email:x"]).exits(8).says("cannot be parsed");
    tenant.run(&["list", "--type", "s", "--failed"]).exits(2).says("none of these types");
    tenant.run(&["list", "--type", "pwd_leek"]).exits(0).says("did you mean 'pwd_leak'?");
    tenant.run(&["list", "--since", "yesterday"]).exits(2).says("write it like");
}

#[test]
fn tables_have_local_times_and_words_and_csv_has_the_apis_fields() {
    let tenant = LogTenant::new();
    tenant.state().add(json!({
        "date": "2026-11-24T22:30:01.500Z", "type": "fp", "user_name": "ann@a.example",
        "client_name": "My App\u{1b}[2J", "connection": "db", "ip": "192.0.2.1",
        "description": "Wrong email or password.",
    }));
    let mut command = tenant.command(&["list"]);
    let ran = crate::support::Ran::of(command.env("TZ", "Europe/Berlin")).exits(0);
    let [head, row] = ran.lines()[..] else { panic!("{ran:?}") };
    assert!(head.starts_with("DATE"), "{head}");
    assert!(row.starts_with("2026-11-24 23:30:01  fp"), "{row}");
    assert!(row.contains("login failed: wrong password: Wrong email or password."), "{row}");
    assert!(!row.contains('\u{1b}'), "{row:?}");
    let ran = tenant.run(&["list", "-o", "csv", "--fields", "date,type"]).exits(0);
    assert_eq!(ran.stdout, "date,type\r\n2026-11-24T22:30:01.500Z,fp\r\n");
    let red = tenant.run(&["list", "--color", "always"]).exits(0);
    assert!(red.lines()[1].starts_with("\u{1b}[31;1m2026-11-24"), "{red:?}");
}

#[test]
fn one_event_is_shown_with_the_meaning_of_its_type() {
    let tenant = LogTenant::with_events(1);
    let ran = tenant.run(&["show", &id(0)]).exits(0);
    assert!(ran.stdout.contains("fp (login failed: wrong password)"), "{ran:?}");
    let ran = tenant.run(&["show", &id(0), "-o", "json"]).exits(0);
    assert_eq!(ran.json(), tenant.state().events[0]);
    tenant.run(&["show", "nothing"]).exits(5).says("auth0-logs list --fields date,type,log_id");
}

#[test]
fn types_are_told_without_a_tenant() {
    let ran =
        crate::support::Home::new().run("auth0-logs", &["types", "fp", "-o", "json"]).exits(0);
    assert_eq!(
        ran.json(),
        json!([{"type": "fp", "level": "failure", "failure": true, "group": "login",
            "meaning": "login failed: wrong password"}])
    );
    let home = crate::support::Home::new();
    let all = home.run("auth0-logs", &["types", "-o", "jsonl"]).exits(0);
    assert_eq!(all.lines().len(), 179);
    home.run("auth0-logs", &["types", "zzz"]).exits(0).says("no documented type matches");
}
