use super::*;

fn kind(name: &str, rows: Value) -> KindRead {
    let Value::Array(rows) = rows else { panic!("rows are a list") };
    let entry = table::find(name).unwrap();
    KindRead { entry, selected: true, whole: true, rows, unread: None }
}

fn entry(matches: impl Fn(&Entry) -> bool) -> &'static Entry {
    table::all().find(|entry| matches(entry)).unwrap()
}

fn unread(scopes: &[&str]) -> ReadOutcome {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    ReadOutcome::Unread { scopes, reason: "no".to_owned() }
}

#[test]
fn kinds_that_names_refer_to_are_read_too() {
    let grants = table::find("client-grants").unwrap();
    let kinds = needed(&[grants]);
    let names: Vec<_> = kinds.iter().map(|kind| kind.entry.name).collect();
    assert!(names.contains(&"client-grants") && names.contains(&"clients"), "{names:?}");
    let order: Vec<_> = table::all().map(|it| it.name).filter(|it| names.contains(it)).collect();
    assert_eq!(names, order);
    for kind in &kinds {
        let selected = kind.entry.name == "client-grants";
        assert_eq!((kind.selected, kind.whole), (selected, selected), "{}", kind.entry.name);
    }
    // A target such as `KIND.FIELD` needs whole rows of its kind.
    let row = entry(|it| it.refers_to().any(|target| kind_of_target(target) != target));
    let target = row.refers_to().find(|target| kind_of_target(target) != *target).unwrap();
    let kinds = needed(&[row]);
    let of = kinds.iter().find(|kind| kind.entry.name == kind_of_target(target)).unwrap();
    assert!(of.whole, "{target}");
}

#[test]
fn prompts_are_read_in_each_language_of_the_tenant() {
    let rows = |settings: Value| prompt_rows(&settings, &["login", "mfa"]);
    let row = |prompt: &str, language: &str| json!({"prompt": prompt, "language": language});
    assert_eq!(rows(json!({})), [row("login", "en"), row("mfa", "en")]);
    assert_eq!(
        rows(json!({"enabled_locales": ["fr", "de", 5, "fr"]})),
        [row("login", "de"), row("mfa", "de"), row("login", "fr"), row("mfa", "fr")]
    );
}

#[test]
fn secrets_are_not_requested_and_names_only_if_they_are_enough() {
    let mut clients = kind("clients", json!([]));
    let operation = operation("/clients").unwrap();
    let value = |query: &Query, name: &str| {
        query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    let whole = query(&clients, &operation);
    assert_eq!(value(&whole, "include_fields").as_deref(), Some("false"));
    assert!(value(&whole, "fields").unwrap().contains("client_secret"));
    clients.whole = false;
    let names = query(&clients, &operation);
    assert_eq!(value(&names, "fields").as_deref(), Some("client_id,name"));
    assert_eq!(value(&names, "include_fields").as_deref(), Some("true"));
    // Not every list has these parameters, and not every kind has secrets.
    for entry in table::all() {
        let Some(operation) = self::operation(entry.path()) else { continue };
        let kind = KindRead { entry, selected: true, whole: true, rows: Vec::new(), unread: None };
        let query = query(&kind, &operation);
        let known: Vec<_> = operation.query().map(|param| param.name).collect();
        let own = |name: &str| entry.query.iter().any(|(key, _)| *key == name);
        for (name, value) in &query {
            assert!(known.contains(&&**name) || own(name), "{}: {name}", entry.name);
            assert!(name != "fields" || !value.is_empty(), "{}", entry.name);
        }
    }
}

#[test]
fn rows_keep_only_the_fields_of_the_entry() {
    let limited = entry(|it| !it.only.is_empty());
    let field = limited.only[0];
    let rows = vec![json!({field: 1, "x": 1}), json!({field: 1, "x": 2}), json!({field: 2})];
    assert_eq!(only(limited, rows), [json!({field: 1}), json!({field: 2})]);
    let all = entry(|it| it.only.is_empty());
    let rows = vec![json!({"x": 1}), json!({"x": 1})];
    assert_eq!(only(all, rows.clone()), rows);
}

/// The kind with this visibility, with one row that shows enough or not.
fn visible(inside: bool, shows: bool) -> (KindRead, &'static crate::resource::kinds::Visibility) {
    let of = |entry: &Entry| entry.kind().and_then(|kind| kind.visibility.as_ref());
    let entry = entry(|it| of(it).is_some_and(|it| it.inside.is_some() == inside));
    let visibility = of(entry).unwrap();
    let candidates = [
        json!({"name": "a", "options": {"x": 1}, "callbacks": [], "app_type": "spa", "tenant": "t"}),
        json!({"name": "a"}),
    ];
    let row =
        candidates.into_iter().find(|row| (visibility.enough)(row.as_object().unwrap()) == shows);
    (kind(entry.name, json!([row.unwrap()])), visibility)
}

#[test]
fn rows_that_are_cut_short_count_as_unread() {
    let other = ["read:nothing".to_owned()];
    for (inside, shows, granted, hidden) in [
        (false, false, None, true),
        (false, false, Some(false), true),
        (false, false, Some(true), false),
        (false, true, None, false),
        (true, true, None, false),
        (true, true, Some(true), false),
        (true, true, Some(false), true),
        (true, false, Some(true), true),
        (true, false, None, true),
    ] {
        let (mut kind, visibility) = visible(inside, shows);
        let own = [visibility.scope.to_owned()];
        let granted = granted.map(|has| if has { &own[..] } else { &other[..] });
        let mut unread = Vec::new();
        hide_what_is_cut_short(&mut kind, granted, &mut unread);
        let case = format!("{inside} {shows} {granted:?}");
        assert_eq!(kind.unread.is_some() || !unread.is_empty(), hidden, "{case}");
        if let Some(field) = visibility.inside.filter(|_| hidden) {
            assert_eq!(unread[0].part.as_deref(), Some(field), "{case}");
            assert!(kind.rows[0].get(field).is_none(), "{case}");
        }
    }
    // If only names are needed, or there are no rows, nothing is hidden.
    let (mut names, _) = visible(false, false);
    names.whole = false;
    let (mut empty, _) = visible(false, false);
    empty.rows.clear();
    let mut unread = Vec::new();
    for kind in [&mut names, &mut empty] {
        hide_what_is_cut_short(kind, None, &mut unread);
        assert!(kind.unread.is_none() && unread.is_empty());
    }
}

#[test]
fn each_row_of_a_whole_kind_has_its_reads() {
    let organizations = || kind("organizations", json!([{"id": "org_1"}, {"id": "org_2"}, {}, 5]));
    let jobs = |kind| jobs(&[kind]).unwrap_or_default();
    let entry = organizations().entry;
    let always = entry.below.iter().filter(|below| below.when.is_none()).count();
    let made = jobs(organizations());
    assert!(always > 0 && made.len() >= 2 * always);
    assert!(made.iter().all(|job| job.kind == 0 && job.row < 2));
    for job in &made {
        let id = format!("/org_{}", job.row + 1);
        assert!(job.path.contains(&id), "{} of row {}", job.path, job.row);
    }
    assert_eq!(jobs(KindRead { whole: false, ..organizations() }).len(), 0);
    let refused = Some((Vec::new(), String::new()));
    assert_eq!(jobs(KindRead { unread: refused, ..organizations() }).len(), 0);
    // Some reads depend on the row.
    let mut left_out = 0;
    for entry in table::all() {
        let id = match entry.id() {
            "" => continue,
            id => id,
        };
        let row = json!({id: "x1"});
        let object = row.as_object().unwrap();
        let wanted = |below: &&Below| below.when.is_none_or(|when| when(object));
        let below = entry.below.iter().filter(wanted).count();
        left_out += entry.below.len() - below;
        let made = super::jobs(&[kind(entry.name, json!([row]))]).unwrap_or_default();
        let made = made.iter().filter(|job| matches!(job.what, What::Below(_))).count();
        assert!(made == below || entry.detail.is_some() && made == 0, "{}", entry.name);
    }
    assert!(left_out > 0, "no row lacks what a read depends on");
    // An ID that would change the path ends the export.
    assert!(super::jobs(&[kind("organizations", json!([{"id": ".."}]))]).is_err());
}

/// What `settle` makes of one row of a kind and the answer to one of its reads.
fn settled(
    entry: &'static Entry,
    row: Value,
    what: What,
    answer: ReadOutcome,
) -> (KindRead, Vec<Unread>, Vec<String>) {
    let mut kinds = [kind(entry.name, json!([row]))];
    let job = RowRead { kind: 0, row: 0, path: "/x".to_owned(), template: "", what };
    let mut unread = Vec::new();
    let skipped = settle(&mut kinds, &[job], vec![answer], &mut unread);
    let [kind] = kinds;
    (kind, unread, skipped)
}

#[test]
fn answers_below_a_row_become_its_fields() {
    let many = entry(|it| it.below.iter().any(|below| !below.one));
    let below = *many.below.iter().find(|below| !below.one).unwrap();
    let settle =
        |answer| settled(many, json!({"id": "1", below.field: "old"}), What::Below(below), answer);
    let (kind, ..) = settle(ReadOutcome::Rows(vec![json!(1), json!(2)]));
    assert_eq!(kind.rows[0][below.field], json!([1, 2]));
    let (kind, unread, skipped) = settle(ReadOutcome::Absent);
    assert_eq!(kind.rows[0][below.field], json!("old"));
    assert!(unread.is_empty() && skipped.is_empty());
    let (kind, unread, skipped) = settle(self::unread(&["read:x"]));
    assert!(kind.rows[0].get(below.field).is_none() && skipped.is_empty());
    assert_eq!((unread[0].part.as_deref(), unread[0].scopes.len()), (Some(below.field), 1));
    let (kind, unread, skipped) = settle(self::unread(&[]));
    assert_eq!((kind.rows.len(), unread.len()), (1, 0));
    assert_eq!(skipped, ["/x: no"]);
    let one = Below { one: true, ..below };
    let (kind, ..) = settled(
        many,
        json!({"id": "1"}),
        What::Below(one),
        ReadOutcome::Rows(vec![json!({"a": 1})]),
    );
    assert_eq!(kind.rows[0][below.field], json!({"a": 1}));
}

#[test]
fn a_row_without_its_detail_is_removed() {
    let with_detail = entry(|it| it.detail.is_some());
    let detail = Detail { under: None, ..with_detail.detail.unwrap() };
    let settle =
        |answer| settled(with_detail, json!({"id": "1", "a": 1}), What::Detail(detail), answer);
    let (kind, ..) = settle(ReadOutcome::Rows(vec![json!({"a": 2, "b": 3})]));
    assert_eq!(kind.rows, [json!({"id": "1", "a": 2, "b": 3})]);
    for answer in
        [ReadOutcome::Absent, ReadOutcome::Rows(vec![json!({})]), ReadOutcome::Rows(Vec::new())]
    {
        assert_eq!(settle(answer).0.rows.len(), 0);
    }
    let (kind, ..) = settle(unread(&["read:x"]));
    assert_eq!(kind.unread, Some((vec!["read:x".to_owned()], "no".to_owned())));
    let mut row = json!({"id": "1"});
    add_detail(&mut row, json!([5]), Some("field"));
    assert_eq!(row, json!({"id": "1", "field": [5]}));
}

#[test]
fn an_error_means_absent_unread_or_the_end() {
    use crate::base::error::{Error, ErrorKind};
    let of = |status: u16, cause: &str| {
        let error = Error::new(ErrorKind::Refused, "cannot read").status(status).because(cause);
        ReadOutcome::of(Err(error))
    };
    let scope = "Insufficient scope, expected any of: read:x";
    for status in [402, 403, 404, 410, 501] {
        assert!(matches!(of(status, "no"), Ok(ReadOutcome::Absent)), "{status}");
    }
    assert!(
        matches!(of(403, scope), Ok(ReadOutcome::Unread { scopes, .. }) if scopes == ["read:x"])
    );
    assert!(matches!(of(404, scope), Ok(ReadOutcome::Absent)));
    for status in [400, 405, 409, 422, 499] {
        let outcome = of(status, "no");
        assert!(
            matches!(outcome, Ok(ReadOutcome::Unread { scopes, .. }) if scopes.is_empty()),
            "{status}"
        );
    }
    for status in [401, 408, 429, 500, 502, 503] {
        assert!(of(status, "no").is_err(), "{status}");
    }
    assert!(ReadOutcome::of(Err(Error::new(ErrorKind::Unavailable, "no answer"))).is_err());
    assert!(
        matches!(ReadOutcome::of(Ok(vec![json!(1)])), Ok(ReadOutcome::Rows(rows)) if rows.len() == 1)
    );
}
