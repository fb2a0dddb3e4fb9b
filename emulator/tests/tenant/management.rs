//! The Management API: every operation, and what the schema, the scopes and the paging demand.

use std::io::Read as _;

use auth0_emulator::{Config, Emulator, Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::*;

/// The table of operations that the emulator reads too.
fn operations() -> Vec<Value> {
    let packed = include_bytes!("../../../tests/data/management-api.json.gz").as_slice();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut table: Value = serde_json::from_str(&text).unwrap();
    table["operations"].as_array_mut().unwrap().drain(..).collect()
}

/// A machine's token, with every scope.
fn administrator(tenant: &Emulator) -> String {
    text(&machine(tenant, &[]).1, "access_token")
}

#[test]
fn every_list_answers_in_its_own_shape() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let mut lists = 0;
    for operation in operations() {
        let (path, items) = (text(&operation, "path"), text(&operation, "items"));
        if operation["method"] != "GET" || items == "-" || path.contains('{') {
            continue;
        }
        let required = operation["query"].as_object().unwrap().iter();
        let required: Vec<_> = required
            .filter(|(_, schema)| schema["required_parameter"] == true)
            .map(|(name, _)| (name.as_str(), "auth0|ann"))
            .collect();
        let get = |more: &[(&str, &str)]| {
            let query = encoded(&[required.as_slice(), more].concat());
            let url = format!("{}?{query}", path.trim_start_matches('/'));
            let (status, body) = call(&tenant, "GET", &url, &token, None);
            assert_eq!(status, 200, "{url}: {body}");
            body
        };
        let plain = get(&[]);
        let paging = text(&operation, "paging");
        match paging.as_str() {
            "checkpoint" if path == "/custom-domains" => {
                assert!(plain.is_array() && get(&[("take", "1")])[&items].is_array(), "{path}");
            }
            "checkpoint" if items == "[]" => assert!(plain.is_array(), "{path}"),
            "checkpoint" | "wrapped" => assert!(plain[&items].is_array(), "{path}: {plain}"),
            "offset" | "both" => {
                let wrapped = get(&[("include_totals", "true"), ("per_page", "1")]);
                assert!(plain.is_array() && wrapped[&items].is_array(), "{path}: {wrapped}");
                assert_eq!(wrapped["limit"], 1, "{path}");
            }
            _ => assert!(plain.is_array() || plain[&items].is_array(), "{path}: {plain}"),
        }
        if paging == "both" {
            assert!(get(&[("take", "1")])[&items].is_array(), "{path}");
        }
        lists += 1;
    }
    assert!(lists > 40, "{lists}");
}

#[test]
fn every_operation_wants_its_scope_and_a_token() {
    let tenant = tenant();
    let nothing = tenant.access_token("read:nothing", None, 60);
    for operation in operations() {
        let (method, path) = (text(&operation, "method"), text(&operation, "path"));
        if !text(&operation, "scopes").contains(':') {
            continue;
        }
        let path = path.trim_start_matches('/').replace(['{', '}'], "");
        let (status, body) = call(&tenant, &method, &path, &nothing, Some(&json!({})));
        assert_eq!(
            (status, body["errorCode"].as_str()),
            (403, Some("insufficient_scope")),
            "{method} {path}"
        );
        assert_eq!(call(&tenant, &method, &path, "a.b.c", None).0, 401, "{method} {path}");
    }
}

#[test]
fn bodies_that_the_schema_forbids_are_refused() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let client = "clients/app00000000000000000000000000007";
    for (method, path, body, what) in [
        ("PATCH", client, json!({}), "Object is too short"),
        ("PATCH", client, json!({"nope": 1}), "'Additional properties not allowed: nope'"),
        ("PATCH", client, json!({"app_type": 5}), "on property app_type"),
        (
            "PATCH",
            client,
            json!({"refresh_token": {"rotation_type": "rotating"}}),
            "Missing required property: expiration_type",
        ),
        (
            "POST",
            "connections",
            json!({"name": "zz", "strategy": "nope"}),
            "No enum match for: nope",
        ),
        (
            "POST",
            "connections",
            json!({"name": "zz con!", "strategy": "auth0"}),
            "String does not match pattern",
        ),
        ("POST", "roles", json!({"description": "x"}), "Missing required property: name"),
        (
            "PATCH",
            "tenants/settings",
            json!({"session_lifetime": "long"}),
            "on property session_lifetime",
        ),
    ] {
        let (status, answer) = call(&tenant, method, path, &token, Some(&body));
        assert_eq!((status, answer["errorCode"].as_str()), (400, Some("invalid_body")), "{body}");
        assert_eq!(
            (answer["statusCode"].as_u64(), answer["error"].as_str()),
            (Some(400), Some("Bad Request"))
        );
        let message = text(&answer, "message");
        assert!(
            message.starts_with("Payload validation error: '") && message.contains(what),
            "{message}"
        );
    }
    for (path, what) in [
        ("clients?take=0", "on property take"),
        ("clients?include_fields=maybe", "on property include_fields"),
        ("clients?per_page=101", "on property per_page"),
        ("clients?page=0&page=1", "found type array"),
        ("roles?from=x", "Additional properties not allowed: from"),
        ("user-blocks", "Missing required property: identifier"),
    ] {
        let (status, answer) = call(&tenant, "GET", path, &token, None);
        assert_eq!(
            (status, answer["errorCode"].as_str()),
            (400, Some("invalid_query_string")),
            "{path}"
        );
        assert!(text(&answer, "message").contains(what), "{answer}");
    }
    assert_eq!(call(&tenant, "GET", "logs?q=type:s&search=x", &token, None).0, 200);
}

#[test]
fn metadata_is_merged_and_null_removes_a_key() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let client = "clients/app00000000000000000000000000007";
    let change = json!({"client_metadata": {"tier": null, "region": "eu"}});
    let (_, after) = call(&tenant, "PATCH", client, &token, Some(&change));
    assert_eq!(after["client_metadata"], json!({"team": "red", "region": "eu"}));
}

/// One mechanism stores every kind.
#[test]
fn kinds_are_created_shown_changed_listed_and_deleted() {
    let tenant = tenant();
    let token = administrator(&tenant);
    for (path, id, body, change) in [
        ("roles", "id", json!({"name": "A"}), json!({"description": "d"})),
        ("organizations", "id", json!({"name": "acme"}), json!({"display_name": "Acme"})),
        (
            "resource-servers",
            "id",
            json!({"identifier": "https://a.example"}),
            json!({"name": "A"}),
        ),
        (
            "custom-domains",
            "custom_domain_id",
            json!({"domain": "login.example.com", "type": "auth0_managed_certs"}),
            json!({"tls_policy": "recommended"}),
        ),
        (
            "log-streams",
            "id",
            json!({"type": "http", "sink": {"httpEndpoint": "https://a.example"}}),
            json!({"name": "logs"}),
        ),
        (
            "rules",
            "id",
            json!({"name": "r", "script": "function f() {}"}),
            json!({"enabled": false}),
        ),
        (
            "actions/actions",
            "id",
            json!({"name": "a", "supported_triggers": [{"id": "post-login"}]}),
            json!({"code": "//"}),
        ),
        ("flows", "id", json!({"name": "f"}), json!({"name": "g"})),
        ("forms", "id", json!({"name": "f"}), json!({"name": "g"})),
        ("self-service-profiles", "id", json!({"name": "p"}), json!({"description": "d"})),
    ] {
        let (status, made) = call(&tenant, "POST", path, &token, Some(&body));
        assert!(matches!(status, 200 | 201), "{path}: {status} {made}");
        let one = format!("{path}/{}", text(&made, id));
        assert_eq!(call(&tenant, "GET", &one, &token, None), (200, made.clone()), "{one}");
        let (status, changed) = call(&tenant, "PATCH", &one, &token, Some(&change));
        assert!(matches!(status, 200 | 201), "{one}: {status} {changed}");
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(changed[name], *value, "{one}");
        }
        let listed = |path: &str| call(&tenant, "GET", path, &token, None).1.to_string();
        assert!(listed(path).contains(&text(&made, id)), "{path}");
        assert!(matches!(call(&tenant, "DELETE", &one, &token, None).0, 200 | 204), "{one}");
        assert!(!listed(path).contains(&text(&made, id)), "{path}");
        assert_eq!(call(&tenant, "GET", &one, &token, None).0, 404, "{one}");
    }
    let twice = json!({"name": "Support"});
    assert_eq!(call(&tenant, "POST", "roles", &token, Some(&twice)).0, 409);
}

#[test]
fn members_are_added_listed_and_removed() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let (role, org) = ("rol_cccccccccccccccc", "organizations/org_aaaaaaaaaaaaaaaa");
    let permission = json!({"permissions": [{"resource_server_identifier": "https://api.example.com", "permission_name": "read:things"}]});
    for (path, body, also) in [
        (format!("roles/{role}/permissions"), permission.clone(), None),
        ("users/auth0%7Cann/permissions".to_owned(), permission, None),
        (
            "users/auth0%7Cann/roles".to_owned(),
            json!({"roles": [role]}),
            Some(format!("roles/{role}/users")),
        ),
        (
            format!("{org}/members"),
            json!({"members": ["auth0|ann"]}),
            Some("users/auth0%7Cann/organizations".to_owned()),
        ),
        (format!("{org}/members/auth0%7Cann/roles"), json!({"roles": [role]}), None),
    ] {
        let rows = |path: &str| call(&tenant, "GET", path, &token, None).1.as_array().map(Vec::len);
        assert_eq!(rows(&path), Some(0), "{path}");
        let (status, answer) = call(&tenant, "POST", &path, &token, Some(&body));
        assert!(matches!(status, 201 | 204), "{path}: {status} {answer}");
        assert_eq!(rows(&path), Some(1), "{path}");
        if let Some(also) = also {
            assert_eq!(rows(&also), Some(1), "{also}");
        }
        call(&tenant, "DELETE", &path, &token, Some(&body));
        assert_eq!(rows(&path), Some(0), "{path}");
    }
    assert_eq!(call(&tenant, "GET", "roles/rol_nobody/users", &token, None).0, 404);
}

#[test]
fn a_fault_can_cap_a_list_that_auth0_does_not_cap() {
    let faults = vec![Fault::always(FaultKind::Window, "/api/v2/clients")];
    let tenant = tenant_with(Config { faults, ..Config::default() });
    let token = tenant.access_token("read:clients", None, 60);
    assert_eq!(call(&tenant, "GET", "clients?page=9&per_page=100", &token, None).0, 200);
    assert_eq!(call(&tenant, "GET", "clients?page=10&per_page=100", &token, None).0, 400);
}

#[test]
fn the_log_is_searched_by_page_and_followed_by_checkpoint() {
    let tenant = tenant_with(Config { log_burst: 20, ..Config::default() });
    let token = tenant.access_token("read:logs", None, 60);
    let get = |path: &str| call(&tenant, "GET", path, &token, None);
    let (_, newest) = get("logs?sort=date:-1&per_page=1");
    let last = text(&newest[0], "log_id");
    assert_eq!(get("logs?page=10&per_page=100").0, 400);
    let failures = get("logs?q=type:(fp%20OR%20f)%20AND%20user_name:ben*&per_page=100").1;
    assert!(failures.as_array().is_some_and(|rows| !rows.is_empty()));
    assert!(
        failures
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["type"] == "fp" && row["user_name"] == "ben@example.com")
    );
    assert_eq!(get("logs?q=nosuchfield:x").0, 400);

    // Nothing is new; then a burst arrives, some of it late, and none of it is missed.
    assert_eq!(get(&format!("logs?from={last}&take=100")).1, json!([]));
    let (_, burst) = get(&format!("logs?from={last}&take=100"));
    assert_eq!(burst.as_array().unwrap().len(), 20);
    tenant.log_event("f", json!({"user_id": "auth0|ann"}), 3600);
    let last = text(&burst[19], "log_id");
    let (_, late) = get(&format!("logs?from={last}&take=100"));
    assert_eq!((late.as_array().unwrap().len(), late[0]["type"].as_str()), (1, Some("f")));
}

#[test]
fn requests_are_recorded_without_their_secrets() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("recorded-{}.jsonl", std::process::id()));
    let tenant = tenant_with(Config { record: Some(path.clone()), ..Config::default() });
    let token = administrator(&tenant);
    call(&tenant, "POST", "roles", &token, Some(&json!({"name": "Recorded"})));
    let tokens = signed_in(&tenant, &[]);
    let refresh_token = crate::support::text(&tokens, "refresh_token");
    refresh(&tenant, &refresh_token, &[]);
    let url = format!("{}/oauth/token", tenant.url());
    let secret_text = "grant_type=x&client_secret=in-plain-text";
    let _ = ureq::post(&url).header("content-type", "text/plain").send(secret_text);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[1]["method"], "POST");
    assert_eq!(lines[1]["path"], "/api/v2/roles");
    assert_eq!(lines[1]["body"], json!({"name": "Recorded"}));
    assert_eq!(lines[1]["status"], 200);
    assert_eq!(lines[0]["body"]["grant_type"], "client_credentials");
    for secret in [token.as_str(), "emulator-secret", &refresh_token, "in-plain-text"] {
        assert!(!text.contains(secret), "{text}");
    }
    let last = &lines[lines.len() - 1]["body"];
    assert_eq!(*last, json!({"content_type": "text/plain", "bytes": secret_text.len()}));
    let exchange = lines.iter().find(|line| line["body"]["grant_type"] == "authorization_code");
    let exchange = &exchange.unwrap()["body"];
    for name in ["code", "code_verifier"] {
        assert_eq!(exchange[name], "[redacted]", "{exchange}");
    }
}

#[test]
fn a_client_grant_is_for_a_client_an_api_and_scopes_that_exist() {
    let tenant = tenant();
    let token = administrator(&tenant);
    let grant = |client: &str, audience: &str, scope: &str| {
        let body = json!({"client_id": client, "audience": audience, "scope": [scope],
            "subject_type": "user"});
        call(&tenant, "POST", "client-grants", &token, Some(&body)).0
    };
    let (client, api) = (auth0_emulator::MACHINE, auth0_emulator::OWN_API);
    assert_eq!(grant("nobody", api, "read:things"), 404);
    assert_eq!(grant(client, "https://nowhere.example.com", "read:things"), 404);
    assert_eq!(grant(client, api, "read:nothing"), 400);
    assert_eq!(grant(client, api, "read:things"), 201);
}
