//! Each operation of the catalog becomes the request it should.

use std::fs;

use auth0_suite::management::catalog::{self, BodyKind, Paging, ParamKind, QueryParam};
use auth0_suite::management::schema::{self, Schema, Type, skeleton};
use serde_json::{Value, json};

use super::fake::{Reply, TOKEN, Tenant};

/// An ID with everything in it that could leave its segment.
const NASTY: &str = "auth0|a/b ?#%25&=+é..";
const NASTY_ENCODED: &str = "auth0%7Ca%2Fb%20%3F%23%2525%26%3D%2B%C3%A9..";

/// The first documented value, so that nothing is warned about.
fn first_value(schema: Schema) -> Option<&'static str> {
    match schema.kind() {
        Type::Enum(values) => values.values().next(),
        _ => None,
    }
}

fn path_value(path: &str, param: &str) -> Option<&'static str> {
    schema::path_values(path, param)?.values().next()
}

#[test]
fn a_request_is_built_for_each_operation() {
    let tenant = Tenant::new(|_| Reply::json(200, "{}"));
    let file = std::env::temp_dir().join(format!("auth0-api-users-{}.json", std::process::id()));
    fs::write(&file, "[{\"email\":\"a@b.example\"}]").unwrap();
    let form_file = format!("users=@{}", file.display());
    let mut count = 0;
    for operation in catalog::operations() {
        let method = operation.method.as_str();
        let mut args = vec![method.to_owned(), operation.path.to_owned()];
        for param in operation.path_params() {
            let value = path_value(operation.path, param).unwrap_or(NASTY);
            args.extend(["-p".to_owned(), format!("{param}={value}")]);
        }
        let limits = schema::query_limits(method, operation.path);
        let value = |param: &QueryParam| match param.kind {
            ParamKind::Integer => "1",
            ParamKind::Boolean => "true",
            ParamKind::Text | ParamKind::List => {
                let limit = limits.iter().find(|limit| limit.name == param.name);
                let of = limit.map(|limit| limit.schema.items().unwrap_or(limit.schema));
                of.and_then(first_value).unwrap_or("a b")
            }
        };
        for param in operation.query() {
            args.extend(["-q".to_owned(), format!("{}={}", param.name, value(&param))]);
        }
        // A body that the API documents, so that nothing is warned about.
        let body = schema::body(method, operation.path).map_or_else(|| json!({"a": 1}), skeleton);
        match operation.body {
            BodyKind::None => {}
            BodyKind::Json => args.extend(["-d".to_owned(), body.to_string()]),
            BodyKind::Multipart => {
                args.extend(["-F", "connection_id=con_1", "-F", &form_file].map(str::to_owned));
            }
        }
        if method == "DELETE" {
            args.push("--yes".to_owned());
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = tenant.run(&args).exits(0);
        assert_eq!(ran.stderr, "", "{args:?}");
        if operation.paging != Paging::Events {
            assert_eq!(ran.stdout, "{}\n", "{args:?}");
        }

        let seen = tenant.seen();
        let [seen] = &seen[..] else { panic!("{args:?}: one request, not {seen:?}") };
        assert_eq!(seen.method, method);
        let segments: Vec<_> = operation
            .path
            .split('/')
            .map(|segment| match segment.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                Some(param) => path_value(operation.path, param).unwrap_or(NASTY_ENCODED),
                None => segment,
            })
            .collect();
        assert_eq!(seen.path, format!("/api/v2{}", segments.join("/")));
        let query: Vec<_> = operation
            .query()
            .map(|param| {
                (param.name.to_owned(), value(&param).replace(' ', "%20").replace(':', "%3A"))
            })
            .collect();
        assert_eq!(seen.query, query, "{args:?}");
        assert_eq!(seen.header("authorization"), Some(&*format!("Bearer {TOKEN}")));
        match operation.body {
            BodyKind::None => {
                assert_eq!(seen.header("content-type"), None, "{args:?}");
                let length = seen.header("content-length");
                assert_eq!(
                    length,
                    matches!(method, "POST" | "PUT" | "PATCH").then_some("0"),
                    "{args:?}"
                );
                assert!(seen.body.is_empty());
            }
            BodyKind::Json => {
                assert_eq!(seen.header("content-type"), Some("application/json"));
                let sent: Value = serde_json::from_slice(&seen.body).unwrap();
                assert_eq!(sent, body, "{args:?}");
            }
            BodyKind::Multipart => {
                let kind = seen.header("content-type").unwrap();
                let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
                let body = String::from_utf8(seen.body.clone()).unwrap();
                let parts: Vec<_> = body.split(&format!("--{boundary}")).collect();
                assert_eq!(parts.len(), 4, "{body}");
                assert!(parts[1].ends_with("name=\"connection_id\"\r\n\r\ncon_1\r\n"), "{body}");
                assert!(parts[2].contains("name=\"users\"; filename=\"auth0-api-users-"), "{body}");
                assert!(parts[2].ends_with("\r\n\r\n[{\"email\":\"a@b.example\"}]\r\n"), "{body}");
                assert_eq!(parts[3], "--\r\n");
            }
        }
        count += 1;
    }
    fs::remove_file(file).unwrap();
    assert_eq!(count, 489);
}
