use super::*;

fn event(number: usize, code: &str, description: &str, more: &Value) -> String {
    let mut event = json!({
        "log_id": format!("900{number}"), "type": code, "description": description,
        "date": format!("2026-11-24T12:00:0{number}.000Z"), "client_id": "app1",
        "connection": "db", "ip": "192.0.2.1",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    event.to_string()
}

fn evidence(failures: Vec<String>) -> Evidence {
    let user = json!({"user_id": "auth0|1", "email": "ann@a.example"});
    let user = user.as_object().cloned();
    Evidence { asked: "ann@a.example".into(), user, failures, ..Evidence::default() }
}

fn report(evidence: &Evidence) -> Value {
    evidence.report(&Style { date: str::to_owned, suggested: &Hint::clone })
}

#[test]
fn repeated_failures_are_one_cause_with_a_count() {
    let none = Value::Null;
    let evidence = evidence(vec![
        event(5, "fp", "Wrong email or password.", &json!({"ip": "192.0.2.2"})),
        event(4, "gd_auth_failed", "", &none),
        event(3, "fp", "Wrong email or password.", &none),
        event(2, "fp", "Wrong email or password.", &json!({"client_id": "app2"})),
    ]);
    let report = report(&evidence);
    let causes = report["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 3, "{report}");
    assert_eq!(causes[0]["cause"], "wrong_password");
    assert_eq!(causes[0]["count"], 2);
    assert_eq!(causes[0]["last"], "2026-11-24T12:00:05.000Z");
    assert_eq!(causes[0]["ips"], json!(["192.0.2.1", "192.0.2.2"]));
    assert_eq!(causes[0]["run"], "auth0-users password-ticket \"auth0|1\"");
    assert_eq!(causes[1]["cause"], "mfa_failed");
    assert_eq!(causes[2]["client_id"], "app2");
    assert_eq!(report["failures_in_all"], 4);
}

#[test]
fn a_state_comes_first_and_takes_in_its_events() {
    let mut evidence = evidence(vec![
        event(3, "limit_wc", "", &Value::Null),
        event(2, "fp", "", &Value::Null),
        event(1, "f", "user is blocked", &Value::Null),
    ]);
    evidence.blocks = Some(vec![json!({"identifier": "ann@a.example", "ip": "192.0.2.9"})]);
    evidence.user.as_mut().unwrap().insert("blocked".into(), json!(true));
    evidence.connections =
        vec![UserConnection { name: "db".into(), disabled_for: vec!["app1".into()] }];
    let report = report(&evidence);
    let causes: Vec<_> =
        report["causes"].as_array().unwrap().iter().map(|cause| &cause["cause"]).collect();
    assert_eq!(
        causes,
        ["user_blocked", "brute_force_block", "connection_disabled", "wrong_password"]
    );
    assert_eq!(report["causes"][1]["count"], 1);
    assert_eq!(report["causes"][1]["ips"], json!(["192.0.2.1", "192.0.2.9"]));
    assert_eq!(report["causes"][2]["run"], "auth0-connections enable db --client app1");
    assert_eq!(report["causes"][2]["last"], "it is so now");
}

#[test]
fn events_of_nobody_are_apart_unless_they_are_asked_for() {
    let nobody = |number, client: &str, ip: &str| {
        let more = json!({"client_id": client, "ip": ip});
        event(number, "f", "Callback URL mismatch. https://a.example/cb", &more)
    };
    let mut evidence = evidence(vec![event(1, "fp", "", &Value::Null)]);
    evidence.unattributed = vec![
        nobody(4, "app1", "198.51.100.1"),
        nobody(3, "app9", "192.0.2.1"),
        nobody(2, "app9", "198.51.100.1"),
    ];
    let apart = report(&evidence);
    let ids = |rows: &Value| {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["log_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&apart["possibly_related"]), ["9004", "9003"], "same application or address");
    assert_eq!(apart["causes"].as_array().unwrap().len(), 1);
    evidence.failures.clear();
    assert_eq!(ids(&report(&evidence)["possibly_related"]).len(), 3, "nothing to compare with");
    evidence.unattributed_asked_for = true;
    let asked = report(&evidence);
    assert_eq!(asked["possibly_related"], json!([]));
    assert_eq!(asked["causes"][0]["cause"], "callback_mismatch");
    assert_eq!(ids(&asked["failures"]).len(), 3);
}

#[test]
fn names_are_searched_as_typed_and_in_lower_case() {
    let names = Evidence::names("Ann@A.example", None);
    assert_eq!(
        of_user(None, &names),
        "(user_name:\"Ann@A.example\" OR user_name:\"ann@a.example\")"
    );
    let names = Evidence::names("auth0|1", None);
    assert_eq!(of_user(None, &names), "(user_id:\"auth0|1\" OR user_name:\"auth0|1\")");
    assert_eq!(
        of_user(Some("auth0|2"), &Evidence::names("bob", None)),
        "(user_id:\"auth0|2\" OR user_name:\"bob\")"
    );
}

#[test]
fn a_screen_has_every_command_and_as_many_failures_as_fit() {
    let mut failures: Vec<_> = (0..9)
        .map(|number| event(number, "fp", "", &json!({"ip": format!("192.0.2.{number}")})))
        .collect();
    failures.extend((0..20).map(|_| event(0, "gd_auth_failed", "", &Value::Null)));
    let evidence = evidence(failures);
    let style = Style { date: str::to_owned, suggested: &Hint::clone };
    let failures = |height| {
        let screen = evidence.screen(&style, height);
        let causes = screen["causes"].as_array().unwrap();
        assert!(causes.iter().all(|cause| cause["run"].is_string()), "{screen}");
        let lines = screen["failures"].as_array().unwrap().clone();
        lines.iter().map(|line| line.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = failures(None);
    assert_eq!(all.len(), 10, "{all:?}");
    assert!(all[9].contains("20 times"), "{all:?}");
    let few = failures(Some(24));
    assert!(few.len() < 10, "{few:?}");
    assert!(few.last().unwrap().starts_with("and "), "{few:?}");
    assert_eq!(failures(Some(1)).len(), 2);
    // A machine gets each.
    assert_eq!(report(&evidence)["failures"].as_array().unwrap().len(), 29);
}
