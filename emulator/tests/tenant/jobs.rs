//! Users and their jobs.

use std::io::Read as _;

use auth0_emulator::{Config, Emulator};
use serde_json::{Value, json};

use crate::support::*;

const DATABASE: &str = "con_0000000000000000";

fn administrator(tenant: &Emulator) -> String {
    text(&machine(tenant, &[]).1, "access_token")
}

/// Looks at a job until it is done.
fn finished(tenant: &Emulator, token: &str, job: &Value) -> Value {
    let path = format!("jobs/{}", text(job, "id"));
    assert_eq!(call(tenant, "GET", &path, token, None).1["status"], "processing");
    let (_, job) = call(tenant, "GET", &path, token, None);
    assert_eq!(job["status"], "completed");
    job
}

#[test]
fn an_export_is_a_packed_file_at_another_origin() {
    let tenant = tenant_with(Config { users: 1234, ..Config::default() });
    let token = administrator(&tenant);
    let asked = json!({"format": "json", "fields": [{"name": "user_id"}, {"name": "email", "export_as": "mail"}]});
    let (status, job) = call(&tenant, "POST", "jobs/users-exports", &token, Some(&asked));
    assert_eq!((status, job["status"].as_str()), (200, Some("pending")));
    let location = text(&finished(&tenant, &token, &job), "location");
    assert!(!location.starts_with(tenant.url()), "{location}");
    let mut packed = Vec::new();
    agent().get(&location).call().unwrap().body_mut().as_reader().read_to_end(&mut packed).unwrap();
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).unwrap();
    assert_eq!(lines.lines().count(), 1234);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first, json!({"user_id": "auth0|ann", "mail": "ann@example.com"}));
    let guessed = format!("{location}x");
    assert_eq!(agent().get(guessed).call().unwrap().status(), 403);
    // The list itself ends at 1,000.
    assert_eq!(call(&tenant, "GET", "users?page=9&per_page=100", &token, None).0, 200);
    assert_eq!(call(&tenant, "GET", "users?page=10&per_page=100", &token, None).0, 400);
}

fn import(tenant: &Emulator, token: &str, users: &str, upsert: bool) -> (u16, Value) {
    let part = |name: &str, more: &str, value: &str| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let body = [
        part("users", "; filename=\"users.json\"", users),
        part("connection_id", "", DATABASE),
        part("upsert", "", &upsert.to_string()),
    ];
    let mut answer = agent()
        .post(format!("{}/api/v2/jobs/users-imports", tenant.url()))
        .header("authorization", format!("Bearer {token}"))
        .content_type("multipart/form-data; boundary=X")
        .send(body.concat() + "--X--\r\n")
        .unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&body).unwrap_or_default())
}

#[test]
fn an_import_says_what_is_wrong_with_each_row() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let rows = json!([
        {"email": "new@example.com", "email_verified": true}, {"email": "ann@example.com"},
        {"name": "No address"}, {"email": "odd@example.com", "nope": 1},
    ]);
    let (status, job) = import(&tenant, &token, &rows.to_string(), false);
    assert_eq!(status, 202, "{job}");
    let done = finished(&tenant, &token, &job);
    assert_eq!(done["summary"], json!({"failed": 3, "updated": 0, "inserted": 1, "total": 4}));
    let (_, errors) =
        call(&tenant, "GET", &format!("jobs/{}/errors", text(&job, "id")), &token, None);
    let codes: Vec<_> =
        errors.as_array().unwrap().iter().map(|row| text(&row["errors"][0], "code")).collect();
    assert_eq!(
        codes,
        ["DUPLICATED_USER", "OBJECT_MISSING_REQUIRED_PROPERTY", "OBJECT_ADDITIONAL_PROPERTIES"]
    );
    let (_, found) = call(&tenant, "GET", "users-by-email?email=new@example.com", &token, None);
    assert_eq!(found[0]["email_verified"], true);

    let changed = json!([{"email": "ann@example.com", "name": "Ann"}]).to_string();
    let (_, job) = import(&tenant, &token, &changed, true);
    assert_eq!(finished(&tenant, &token, &job)["summary"]["updated"], 1);
    assert_eq!(tenant.user("auth0|ann").unwrap()["name"], "Ann");
}

#[test]
fn imports_have_limits() {
    let tenant = tenant();
    let token = administrator(&tenant);
    assert_eq!(import(&tenant, &token, &" ".repeat(512_000), false).0, 413);
    let jobs = [(); 3].map(|()| import(&tenant, &token, "[]", false).0);
    assert_eq!(jobs, [202, 202, 429], "two are active at most");
}

#[test]
fn a_user_is_found_changed_blocked_and_signed_out() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let get = |path: &str| call(&tenant, "GET", path, &token, None);
    let new = json!({"connection": "Username-Password-Authentication", "email": "Zoe@example.com",
        "password": "Correct-Horse-1", "user_metadata": {"a": 1, "b": {"c": 1}}});
    let (status, user) = call(&tenant, "POST", "users", &token, Some(&new));
    assert!(status == 201 && user["email"] == "zoe@example.com" && user.get("password").is_none());
    assert_eq!(call(&tenant, "POST", "users", &token, Some(&new)).0, 409);
    let path = format!("users/{}", text(&user, "user_id").replace('|', "%7C"));
    let change = json!({"user_metadata": {"b": {"d": 2}, "a": null}, "blocked": true});
    let (_, after) = call(&tenant, "PATCH", &path, &token, Some(&change));
    assert_eq!(after["user_metadata"], json!({"b": {"d": 2}}));
    for query in [
        "email:zoe*",
        "blocked:true",
        "identities.connection:%22Username-Password-Authentication%22%20AND%20email:ZOE@example.com",
    ] {
        assert_eq!(get(&format!("users?q={query}")).1.as_array().unwrap().len(), 1, "{query}");
    }
    let both = json!({"email": "x@example.com", "password": "Correct-Horse-2"});
    assert_eq!(call(&tenant, "PATCH", &path, &token, Some(&both)).0, 400);

    tenant.block("ann@example.com");
    let blocked = |path: &str| get(path).1["blocked_for"].as_array().unwrap().len();
    assert_eq!(blocked("user-blocks/auth0%7Cann"), 1);
    call(&tenant, "DELETE", "user-blocks?identifier=ann@example.com", &token, None);
    assert_eq!(blocked("user-blocks/auth0%7Cann"), 0);

    let refresh_token = text(&signed_in(&tenant, &[]), "refresh_token");
    assert_eq!(get("users/auth0%7Cann/sessions").1["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(call(&tenant, "DELETE", "users/auth0%7Cann/sessions", &token, None).0, 202);
    assert!(tenant.honours(&refresh_token), "refresh tokens survive a session");
    let (status, _) =
        call(&tenant, "POST", "users/auth0%7Cann/revoke-access", &token, Some(&json!({})));
    assert!(status == 202 && !tenant.honours(&refresh_token));

    let methods = "users/auth0%7Cann/authentication-methods";
    let phone = json!({"type": "phone", "name": "p", "phone_number": "+15555550100"});
    let (status, method) = call(&tenant, "POST", methods, &token, Some(&phone));
    assert_eq!(status, 201, "{method}");
    let one = format!("{methods}/{}", text(&method, "id"));
    assert_eq!(call(&tenant, "DELETE", &one, &token, None).0, 204);
    assert_eq!(get(methods).1, json!([]));
}

#[test]
fn a_person_reaches_only_themselves() {
    let tenant = tenant();
    let token = tenant.access_token("read:current_user update:current_user_metadata", None, 60);
    let own = "users/auth0%7Cann";
    assert_eq!(call(&tenant, "GET", own, &token, None).0, 200);
    assert_eq!(call(&tenant, "GET", "users/auth0%7C000000000000000000000001", &token, None).0, 403);
    let metadata = json!({"user_metadata": {"theme": "dark"}});
    assert_eq!(call(&tenant, "PATCH", own, &token, Some(&metadata)).0, 200);
    assert_eq!(call(&tenant, "PATCH", own, &token, Some(&json!({"blocked": false}))).0, 403);
}
