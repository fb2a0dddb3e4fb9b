use serde_json::json;

use super::super::table::find;
use super::*;

fn context() -> TenantContext {
    let mut names = Names::default();
    let clients = [
        json!({"client_id": "abcdefghijklmnopqrstuvwxyz000001", "name": "shop"}),
        json!({"client_id": "abcdefghijklmnopqrstuvwxyz000002", "name": "twin"}),
        json!({"client_id": "abcdefghijklmnopqrstuvwxyz000003", "name": "twin"}),
    ];
    names.learn("clients", "client_id", "name", &clients);
    TenantContext { address: "https://acme.eu.auth0.com/".into(), names }
}

fn values(entry: &str, rows: Value) -> Vec<Value> {
    let Value::Array(rows) = rows else { panic!("rows are a list") };
    let shaped = shape(find(entry).unwrap(), rows, &context());
    shaped.resources.into_iter().map(|resource| resource.value).collect()
}

#[test]
fn generated_ids_and_dates_are_left_out_and_references_are_names() {
    let rows = json!([
        {"id": "cgr_1", "client_id": "abcdefghijklmnopqrstuvwxyz000001", "scope": ["b", "a"],
         "audience": "https://acme.eu.auth0.com/api/v2/"},
        {"id": "cgr_2", "client_id": "abcdefghijklmnopqrstuvwxyz000009", "scope": [],
         "audience": "https://api.example.com"},
        {"id": "cgr_3", "client_id": "system", "audience": "x", "is_system": true},
    ]);
    assert_eq!(
        values("client-grants", rows.clone()),
        [
            json!({"audience": "https://api.example.com",
                   "client_id": "abcdefghijklmnopqrstuvwxyz000009", "scope": []}),
            json!({"audience": "https://{tenant}/api/v2/", "client_id": "shop",
                   "scope": ["a", "b"]}),
        ]
    );
    let shaped =
        shape(find("client-grants").unwrap(), rows.as_array().unwrap().clone(), &context());
    assert_eq!(shaped.unnamed, BTreeMap::from([("clients", 1)]));
}

#[test]
fn a_name_that_is_not_unique_keeps_its_id() {
    let rows = json!([
        {"client_id": "c3", "name": "twin"},
        {"client_id": "c1", "name": "shop"},
        {"client_id": "c2", "name": "twin"},
    ]);
    let shaped = shape(find("clients").unwrap(), rows.as_array().unwrap().clone(), &context());
    let keys: Vec<_> = shaped.resources.iter().map(|it| it.key.join("/")).collect();
    assert_eq!(keys, ["shop", "twin/c2", "twin/c3"]);
    assert_eq!(shaped.resources[0].value, json!({"name": "shop"}));
    assert_eq!(shaped.resources[1].value, json!({"client_id": "c2", "name": "twin"}));
}

#[test]
fn the_order_of_bindings_stays_and_their_action_is_a_name() {
    let mut context = context();
    let actions = [json!({"id": "a1", "name": "enrich"}), json!({"id": "a2", "name": "deny"})];
    context.names.learn("actions", "id", "name", &actions);
    let rows = vec![json!({"id": "post-login", "bindings": [
        {"id": "b2", "trigger_id": "post-login", "display_name": "two", "created_at": "x",
         "action": {"id": "a2", "name": "deny", "code": "…"}},
        {"id": "b1", "display_name": "one", "action": {"id": "a1", "name": "enrich"}},
    ]})];
    let shaped = shape(find("triggers").unwrap(), rows, &context);
    assert_eq!(
        shaped.resources[0].value,
        json!({"bindings": [{"action": "deny", "display_name": "two"},
                            {"action": "enrich", "display_name": "one"}], "id": "post-login"})
    );
}

#[test]
fn secrets_become_a_marker_and_code_stays() {
    let rows = json!([{"id": "con_1", "strategy": "auth0", "name": "Users", "realms": ["Users"],
        "options": {"customScripts": {"login": "function login() {}"},
                    "configuration": {"DB_PASSWORD": "hunter2"}, "client_secret": "s3cr3t",
                    "app_secret": null},
        "clients": [{"client_id": "abcdefghijklmnopqrstuvwxyz000001"}, {"client_id": "x"}]}]);
    assert_eq!(
        values("connections", rows),
        [json!({"clients": ["shop", "x"], "name": "Users", "options": {
            "app_secret": null,
            "client_secret": "[redacted]", "configuration": {"DB_PASSWORD": "[redacted]"},
            "customScripts": {"login": "function login() {}"}}, "strategy": "auth0"})]
    );
}

#[test]
fn credentials_of_a_client_are_referred_to_by_name() {
    let rows = json!([{"client_id": "c", "name": "m2m",
        "client_authentication_methods": {"private_key_jwt": {"credentials": [{"id": "cred_1"}]}},
        "credentials": [{"id": "cred_1", "name": "key of 2026", "kid": "k", "alg": "RS256"}]}]);
    assert_eq!(
        values("clients", rows),
        [json!({"client_authentication_methods":
                    {"private_key_jwt": {"credentials": [{"id": "key of 2026"}]}},
                "credentials": [{"alg": "RS256", "kid": "k", "name": "key of 2026"}],
                "name": "m2m"})]
    );
}

#[test]
fn texts_of_prompts_are_no_secrets() {
    let rows = json!([{"prompt": "login", "language": "en",
        "texts": {"login": {"passwordPlaceholder": "Your password", "title": "Hi"}}}]);
    assert_eq!(
        values("prompt-texts", rows)[0]["texts"]["login"]["passwordPlaceholder"],
        "Your password"
    );
}

#[test]
fn any_row_is_shaped() {
    for row in [json!(null), json!([1]), json!("x"), json!({"name": {"a": 1}}), json!({})] {
        for entry in super::super::table::all() {
            assert!(shape(entry, vec![row.clone(), row.clone()], &context()).resources.len() <= 2);
        }
    }
}

#[test]
fn no_kind_has_dates_that_the_api_sets() {
    let date = "2026-01-01T00:00:00.000Z";
    for entry in super::super::table::all() {
        let mut row = json!({"id": "x", "created_at": date, "updated_at": date, "built_at": date});
        for below in entry.below.iter().filter(|below| !below.one) {
            row[below.field] = json!([{"name": "x", "created_at": date, "updated_at": date}]);
        }
        let shaped = shape(entry, vec![row], &context());
        for resource in shaped.resources {
            let text = resource.value.to_string();
            assert!(!text.contains("_at\":"), "{}: {text}", entry.name);
        }
    }
}
