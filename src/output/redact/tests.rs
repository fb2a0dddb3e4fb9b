use proptest::prelude::*;
use serde_json::{Value, json};

use crate::output::redact::*;

/// Paths from the Management API's schemas that each hold a secret.
const PLACES: &[&str] = &[
    "client_secret",
    "encryption_key.pub",
    "encryption_key.cert",
    "signing_keys.0.pkcs7",
    "signing_keys.0.cert",
    "signing_key.key",
    "jwt_configuration.secret",
    "addons.azure_blob.storageAccessKey",
    "addons.azure_sb.sasKey",
    "addons.firebase.secret",
    "addons.firebase.private_key",
    "addons.firebase.private_key_id",
    "addons.layer.privateKey",
    "addons.sap_api.servicePassword",
    "addons.wams.masterkey",
    "options.client_secret",
    "options.app_secret",
    "options.twilio_token",
    "options.gateway_authentication.secret",
    "options.admin_access_token",
    "options.admin_refresh_token",
    "options.ext_access_token",
    "options.ext_refresh_token",
    "options.decryptionKey.key",
    "options.signing_key.key",
    "options.configuration.ANY_NAME",
    "options.customScripts.login",
    "options.scripts.get_user",
    "options.ldapPassword",
    "options.bind_password_2",
    "options.passwd",
    "options.keyPassphrase",
    "token",
    "tokens.0",
    "tokens.0.0",
    "signing_secret",
    "credentials.smtp_pass",
    "credentials.api_key",
    "credentials.secretAccessKey",
    "auth_token",
    "skey",
    "aws_secret_access_key",
    "sink.httpAuthorization",
    "sink.splunkToken",
    "sink.datadogApiKey",
    "access_token",
    "refresh_token",
    "id_token",
    "device_code",
    "verification_uri_complete",
    "client_assertion",
    "code_verifier",
    "recovery_codes.0",
    "secrets.0.value",
    "custom_password_hash",
    "custom_password_hash.hash.value",
    "custom_password_hash.hash.key.value",
    "ticket",
    "ticket_url",
    "invitation_url",
    "p12",
    "server_key",
    "server_credentials",
    "Client-Secret",
    "clientSecret",
    "CLIENT_SECRET",
];

fn by_keys(text: &str) -> Cow<'_, str> {
    Redactor::BY_KEYS.json(text)
}

fn at_path(path: &str, leaf: &Value) -> Value {
    path.rsplit('.').fold(leaf.clone(), |value, part| {
        if part == "0" { json!([value]) } else { json!({ part: value }) }
    })
}

#[test]
fn no_secret_leaks_from_any_place_at_any_depth() {
    let leaf = "s3cr3t-value-\"\\\n";
    for place in PLACES {
        let mut value = json!({"id": "con_1", "x": [{}], "nested": at_path(place, &json!(leaf)), "after": "kept"});
        for depth in 0..140 {
            // The shallow levels, and those around the maximum depth.
            if matches!(depth, 0..8 | 118..140) {
                let text = value.to_string();
                let clean = by_keys(&text);
                assert!(!clean.contains("s3cr3t"), "{place} at {depth}: {clean}");
                assert_eq!(by_keys(&clean), clean);
            }
            if depth < 8 {
                let text = serde_json::to_string_pretty(&value).unwrap();
                let clean = by_keys(&text);
                assert!(!clean.contains("s3cr3t"), "{place} at {depth}: {clean}");
                assert!(clean.contains("con_1") && clean.contains("kept"), "{clean}");
                serde_json::from_str::<Value>(&clean).unwrap();
            }
            value = if depth % 2 == 0 { json!({"a": 1, "in": value}) } else { json!([1, value]) };
        }
        let number = at_path(place, &json!(123_456)).to_string();
        assert!(!by_keys(&number).contains("123456"), "{number}");
    }
}

#[test]
fn no_secret_leaks_from_text_cut_anywhere() {
    let text = r#"{ "a": [1, {"client_secret" : "s3cr3t\"s3cr3t"}], "tokens": ["x", ["s3cr3t"]], "z": 1 }"#;
    for end in 0..=text.len() {
        assert!(!by_keys(&text[..end]).contains("s3cr3t"), "{end}");
    }
}

#[test]
fn escaped_keys_are_the_same_keys() {
    let text = r#"{"client\u005fsecret":"s3cr3t","\u0074oken":"s3cr3t"}"#;
    assert_eq!(by_keys(text), r#"{"client\u005fsecret":"[redacted]","\u0074oken":"[redacted]"}"#);
}

/// Random keys and values, built from everything that the scan treats specially.
fn jumble() -> impl Strategy<Value = String> {
    let names: Vec<_> = PLACES.iter().flat_map(|place| place.split('.')).collect();
    let odd = ["x:y", "a\\\"secret", "clie\\\"nt_sec\\\"ret", "to\\u006ben", "{[", ""];
    // Secrets are rare here. Otherwise the first look at the keys would always find one.
    let word = prop_oneof![
        20 => prop::sample::select(vec!["name", "client_id", "alg"]),
        2 => prop::sample::select(odd.to_vec()),
        1 => prop::sample::select(names),
    ];
    let space = prop::sample::select(vec!["", "", " ", "\n\t"]);
    let value = prop_oneof![
        word.clone().prop_map(|text| format!("\"{text}\"")),
        prop::sample::select(vec!["true", "null", "12", "[\"x\"]"]).prop_map(str::to_owned),
    ];
    let member = (word, space.clone(), space, value)
        .prop_map(|(key, one, two, value)| format!("\"{key}\"{one}:{two}{value}"));
    let nested = member.prop_recursive(6, 64, 6, |inner| {
        (prop::collection::vec(inner, 0..6), any::<bool>()).prop_map(|(members, named)| {
            let object = format!("{{{}}}", members.join(","));
            if named { format!("\"token\": {object}") } else { format!("\"o\" : {object}") }
        })
    });
    nested.prop_map(|member| format!("{{{member}}}"))
}

proptest! {
    #[test]
    fn the_look_at_the_keys_misses_no_secret(text in jumble(), cut in 0.0..1.5_f64, deep in 0..200_usize) {
        let text = format!("{}{text}", "[".repeat(if deep < 100 { 0 } else { deep }));
        let mut end = ((text.len() as f64 * cut) as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let (mut looked, mut scanned) = (String::new(), String::new());
        let by_look = Redactor::BY_KEYS.push_json(text, &mut looked);
        prop_assert_eq!(by_look, scan(None, text, &mut scanned), "{}", text);
        prop_assert_eq!(looked, scanned);
    }
}

#[test]
fn rows_without_secrets_are_borrowed() {
    for text in [
        r#"{"client_id":"x","token_endpoint_auth_method":"client_secret_post","grant_types":["refresh_token","password"]}"#,
        r#"{"refresh_token":{"rotation_type":"rotating","leeway":0,"token_lifetime":2592000},"next":"Mg=="}"#,
        r#"{"jwt_configuration":{"lifetime_in_seconds":36000,"secret_encoded":false,"alg":"RS256"}}"#,
        r#"{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"cred_1"}]}}}"#,
        r#"{"options":{"passwordPolicy":"good","password_history":{"size":5},"authentication_methods":{"password":{"api_behavior":"required"}}}}"#,
        r#"{"configuration":{"limit":"10"},"options":{"icon_url":"https://x"}}"#,
        r#"{"signing_cert":"MII","kid":"k","description":"secret token: none","last_password_reset":"2026-01-01"}"#,
        r#"{"client_secret":null,"app_secret":"","token":true}"#,
        "[]",
        r#""client_secret""#,
        "",
    ] {
        assert!(matches!(by_keys(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn hiding_ends_with_the_value_of_the_key() {
    let text = r#"{"options":{"configuration":{"A":"x","n":{"d":[1,"y"],"f":false}}},"name":"n","tokens":[{"id":"t","tokens":["a"]},"b"],"list":["c"],"number":1.0}"#;
    assert_eq!(
        by_keys(text),
        r#"{"options":{"configuration":{"A":"[redacted]","n":{"d":["[redacted]","[redacted]"],"f":false}}},"name":"n","tokens":[{"id":"t","tokens":["[redacted]"]},"[redacted]"],"list":["c"],"number":1.0}"#
    );
    let methods = r#"{"client_authentication_methods":{"x":{"credentials":[{"id":"c","client_secret":"s"}]}},"credentials":{"user":"u"}}"#;
    assert_eq!(
        by_keys(methods),
        r#"{"client_authentication_methods":{"x":{"credentials":[{"id":"c","client_secret":"[redacted]"}]}},"credentials":{"user":"[redacted]"}}"#
    );
}

#[test]
fn only_the_end_of_a_long_key_counts() {
    let key = format!("{}_client_secret", "x_é".repeat(100));
    let text = json!({ key: "s3cr3t" }).to_string();
    assert!(!by_keys(&text).contains("s3cr3t"));
}

#[test]
fn secret_parameters_of_forms_and_queries_are_known() {
    for name in [
        "code",
        "code_verifier",
        "client_secret",
        "refresh_token",
        "subject_token",
        "device_code",
        "client_assertion",
        "password",
        "ticket",
    ] {
        assert!(is_secret_parameter(name), "{name}");
    }
    for name in ["client_id", "grant_type", "scope", "state", "fields", "client_assertion_type"] {
        assert!(!is_secret_parameter(name), "{name}");
    }
}

#[test]
fn urls_keep_their_shape_and_lose_their_secrets() {
    for (url, shown) in [
        ("https://a.example/api/v2/users?page=1&q=name", None),
        (
            "users?access_token=SECRET&client_secret=SECRET",
            Some("users?access_token=[redacted]&client_secret=[redacted]"),
        ),
        (
            "/users?page=1;password=SECRET#id_token=SECRET",
            Some("/users?page=1;password=[redacted]#id_token=[redacted]"),
        ),
        ("/users?client%5Fsecret=SECRET", Some("/users?client%5Fsecret=[redacted]")),
        ("/users?code=SECRET&x", Some("/users?code=[redacted]&x")),
        ("/users?client_secret=&x=1", None),
        ("http://user:SECRET@a.example/p?q", Some("http://[redacted]@a.example/p?q")),
        ("?", None),
        ("", None),
    ] {
        assert_eq!(crate::output::redact::url(url), shown.unwrap_or(url), "{url}");
    }
}

/// The JSON forms in which an operation returns a value at a path, redacted.
fn shown(api: &str, path: &str, leaf: &Value) -> Vec<Value> {
    let redactor = Redactor::for_path(api);
    let item = at_path(&path.replace("[]", ".0").replace("**.", "any."), leaf);
    [item.clone(), json!([item]), json!({"rows": [item], "next": "x"})]
        .iter()
        .map(|text| redactor.value(text))
        .collect()
}

#[test]
fn every_secret_of_the_table_is_hidden_and_every_plain_field_is_shown() {
    for place in table::TABLE {
        for path in place.secrets {
            let hides_text = path.rsplit('.').next().map(|key| reach(key.as_bytes()));
            let below = json!({"a": ["s3cr3t"], "b": {"c": "s3cr3t"}});
            let below = if hides_text == Some(Reach::Values) { json!(["s3cr3t"]) } else { below };
            for leaf in [json!("s3cr3t"), below] {
                for shown in shown(place.api, path, &leaf) {
                    let text = shown.to_string();
                    assert!(!text.contains("s3cr3t"), "{} {path}: {text}", place.api);
                }
            }
        }
        for path in place.plain {
            for leaf in [json!("value"), json!(12), json!(["one", "two"])] {
                for shown in shown(place.api, path, &leaf) {
                    let text = shown.to_string();
                    assert!(!text.contains(REDACTED), "{} {path}: {text}", place.api);
                }
            }
        }
    }
}

#[test]
fn paths_of_the_table_do_not_match_inside_free_form_data() {
    let redactor = Redactor::for_path("/clients/abc");
    let text = r#"{"client_metadata":{"signed_request_object":{"credentials":{"id":"s3cr3t"}}}}"#;
    assert!(!redactor.json(text).contains("s3cr3t"));
    // An object at the path of a string is undocumented, so its own keys and those above it count.
    let text = r#"{"secrets":[{"name":{"x":"s3cr3t"},"updated_at":[["s3cr3t"]]}]}"#;
    assert!(!Redactor::for_path("/actions/actions/1").json(text).contains("s3cr3t"));
}

#[test]
fn the_longest_matching_path_wins() {
    for (path, api) in [
        ("/clients", Some("/clients")),
        ("/clients/abc/credentials", Some("/clients")),
        ("/clients-x", None),
        ("/flows/1", Some("/flows")),
        ("/flows/vault/connections/1", Some("/flows/vault/connections")),
        ("/users/auth0%7C1", Some("/users")),
        ("/users/{id}/identities", Some("/users/{}/identities")),
        ("/hooks/1", None),
        ("/hooks/1/secrets", Some("/hooks/{}/secrets")),
        ("/tickets/password-change?x=/clients", Some("/tickets")),
    ] {
        assert_eq!(Redactor::for_path(path).place.map(|place| place.api), api, "{path}");
        let url = format!("https://t.eu.auth0.com/api/v2{path}");
        assert_eq!(Redactor::for_url(&url).place.map(|place| place.api), api, "{url}");
    }
    assert!(Redactor::for_url("https://t.eu.auth0.com/oauth/token").place.is_none());
}

#[test]
fn rows_of_clients_users_and_connections_need_no_scan() {
    for path in ["/clients", "/users", "/connections", "/actions/actions", "/organizations"] {
        assert!(!Redactor::for_path(path).always_scans, "{path}");
    }
}

proptest! {
    #[test]
    fn a_look_at_the_keys_is_enough_where_the_table_says_so(
        text in jumble(),
        place in prop::sample::select((0..table::TABLE.len()).collect::<Vec<_>>()),
    ) {
        let place = &table::TABLE[place];
        let (mut looked, mut scanned) = (String::new(), String::new());
        let by_look = Redactor::for_path(place.api).push_json(&text, &mut looked);
        prop_assert_eq!(by_look, scan(Some(place), &text, &mut scanned), "{} {}", place.api, text);
    }
}

#[test]
fn below_the_maximum_depth_every_string_is_hidden() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{open}{{"name":"a"}}{close}"#)
    };
    assert!(by_keys(&nested(DEPTH)).contains(REDACTED));
    assert!(matches!(by_keys(&nested(DEPTH - 1)), Cow::Borrowed(_)));
}

#[test]
fn a_key_with_escapes_is_left_to_the_scan() {
    assert_eq!(keys::last_key(br#"{"a":1, "name"#), Some(b"name".as_slice()));
    for escaped in [r#"{"t\u006fken"#, r#"{"a\"token"#, "token"] {
        assert_eq!(keys::last_key(escaped.as_bytes()), None, "{escaped}");
    }
}

#[test]
fn secrets_in_urls_are_hidden_under_any_key() {
    let shown = |text: &str| -> Value { serde_json::from_str(&by_keys(text)).unwrap() };
    for (url, redacted) in [
        ("https://u:hunter2@h/?token=hunter2&a=b", "https://[redacted]@h/?token=[redacted]&a=b"),
        ("https://hunter2@h", "https://[redacted]@h"),
        (
            "amqps://u:hunter2@h:5671/v#access_token=hunter2",
            "amqps://[redacted]@h:5671/v#access_token=[redacted]",
        ),
        ("https://h/p?key=hunter2", "https://h/p?key=[redacted]"),
        ("https://h/p?a=1&client%5Fsecret=hunter2", "https://h/p?a=1&client%5Fsecret=[redacted]"),
        ("https://h/p?api_key=hunter2;x=1", "https://h/p?api_key=[redacted];x=1"),
        ("https://h/p?X-Amz-Signature=hunter2", "https://h/p?X-Amz-Signature=[redacted]"),
        ("HTTPS://h/p?sig=hunter2", "HTTPS://h/p?sig=[redacted]"),
    ] {
        let plain = json!({"name": "x", "url": url, "list": [url]}).to_string();
        let slashes = plain.replace('/', "\\/");
        for text in [&plain, &slashes, &plain.replace(':', "\\u003a").replace("\"\\u003a", "\":")] {
            assert_eq!(
                shown(text),
                json!({"name": "x", "url": redacted, "list": [redacted]}),
                "{text}"
            );
        }
        let level = json!(url).to_string();
        assert_eq!(shown(&level), json!(redacted));
    }
    for url in [
        "https://example.com/cb?state=1&scope=a",
        "https://*.example.com/@me",
        "see https://u:p@h",
        "a@b.com",
        "urn:a:b",
        "// https://u:p@h",
        "https://h/?token=",
    ] {
        let text = json!({"a": url}).to_string();
        assert_eq!(by_keys(&text), text);
    }
    // Where the table says that a field is plain, its URL is judged all the same.
    let stream =
        json!({"sink": {"httpEndpoint": "https://u:hunter2@h/?token=hunter2"}}).to_string();
    assert!(!Redactor::for_path("/log-streams/{id}").json(&stream).contains("hunter2"));
}
