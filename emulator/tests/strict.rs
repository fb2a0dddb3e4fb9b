//! What the emulator refuses: a suite that passes against it has not merely been waved through.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET, NATIVE};
use serde_json::Value;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:5000/callback";

fn tenant() -> Emulator {
    Emulator::start(Config { auto_login: true, ..Config::default() }).unwrap()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into()
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// `/authorize` with these parameters, the later ones in place of the usual: status, and the
/// parameters of the redirect.
fn authorize(tenant: &Emulator, other: &[(&str, &str)]) -> (u16, Vec<(String, String)>) {
    let mut query = vec![
        ("client_id", NATIVE),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "openid offline_access"),
        ("state", "s"),
    ];
    query.retain(|(key, _)| !other.iter().any(|(name, _)| name == key));
    query.extend(other.iter().filter(|(_, value)| !value.is_empty()));
    let url = format!("{}/authorize?{}", tenant.url(), encoded(&query));
    let answer = agent().get(url).call().unwrap();
    let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let pairs = to.map(|to| {
        form_urlencoded::parse(to.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
    });
    (answer.status().as_u16(), pairs.unwrap_or_default())
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn post(tenant: &Emulator, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let mut answer = agent()
        .post(format!("{}{path}", tenant.url()))
        .content_type("application/x-www-form-urlencoded")
        .send(encoded(form))
        .unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&body).unwrap_or_default())
}

fn exchange(tenant: &Emulator, code: &str, other: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", NATIVE),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    form.retain(|(key, _)| !other.iter().any(|(name, _)| name == key));
    form.extend(other);
    post(tenant, "/oauth/token", &form)
}

fn refresh(tenant: &Emulator, token: &str) -> (u16, Value) {
    let form = [("grant_type", "refresh_token"), ("client_id", NATIVE), ("refresh_token", token)];
    post(tenant, "/oauth/token", &form)
}

fn code(tenant: &Emulator) -> String {
    let (status, pairs) = authorize(tenant, &[]);
    assert_eq!((status, value(&pairs, "state")), (302, "s"));
    value(&pairs, "code").to_owned()
}

fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}")).to_owned()
}

#[test]
fn authorization_wants_a_registered_callback_and_a_challenge() {
    let tenant = tenant();
    for (name, wrong) in [
        ("redirect_uri", "http://127.0.0.1:5001/callback"),
        ("redirect_uri", "https://evil.example/callback"),
        ("client_id", "nobody"),
    ] {
        let (status, pairs) = authorize(&tenant, &[(name, wrong)]);
        assert!(matches!(status, 400 | 403) && pairs.is_empty(), "{name}={wrong}: {status}");
    }
    for (name, wrong, error) in [
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("audience", "https://nobody.example", "access_denied"),
    ] {
        let (_, pairs) = authorize(&tenant, &[(name, wrong)]);
        assert_eq!(value(&pairs, "error"), error, "{name}={wrong}");
        assert_eq!(value(&pairs, "code"), "", "{name}={wrong}");
    }
}

#[test]
fn a_code_is_good_once_and_for_who_asked() {
    let tenant = tenant();
    for other in [
        [("code_verifier", "another-verifier-that-is-long-enough-to-be-one-43")],
        [("redirect_uri", "http://127.0.0.1:8484/callback")],
        [("code_verifier", "")],
    ] {
        let code = code(&tenant);
        let (status, answer) = exchange(&tenant, &code, &other);
        assert_eq!((status, answer["error"].as_str()), (403, Some("invalid_grant")), "{other:?}");
        assert_eq!(exchange(&tenant, &code, &[]).0, 403, "a code that failed is spent");
    }
    let code = code(&tenant);
    let (status, tokens) = exchange(&tenant, &code, &[]);
    assert_eq!(status, 200);
    let token = text(&tokens, "refresh_token");
    let (_, renewed) = refresh(&tenant, &token);
    let token = text(&renewed, "refresh_token");
    assert!(tenant.honours(&token));
    // RFC 6749, section 4.1.2.
    assert_eq!(exchange(&tenant, &code, &[]).0, 403);
    assert!(!tenant.honours(&token), "a code used twice takes its tokens along");
}

#[test]
fn refresh_tokens_rotate_and_reuse_ends_the_family() {
    let tenant = tenant();
    let (_, tokens) = exchange(&tenant, &code(&tenant), &[]);
    let first = text(&tokens, "refresh_token");
    let second = text(&refresh(&tenant, &first).1, "refresh_token");
    let third = text(&refresh(&tenant, &second).1, "refresh_token");
    assert!(first != second && second != third && tenant.honours(&third));
    assert_eq!(refresh(&tenant, &first).0, 403);
    assert!(!tenant.honours(&third), "whoever has the first may be a thief");
    assert_eq!(refresh(&tenant, &third).0, 403);

    let (_, tokens) = exchange(&tenant, &code(&tenant), &[]);
    let token = text(&tokens, "refresh_token");
    let revoked = post(&tenant, "/oauth/revoke", &[("client_id", NATIVE), ("token", &token)]);
    assert_eq!((revoked.0, refresh(&tenant, &token).0), (200, 403));
}

#[test]
fn clients_prove_who_they_are() {
    let tenant = tenant();
    let audience = format!("{}/api/v2/", tenant.url());
    let machine = |id: &str, secret: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("audience", &audience),
        ];
        post(&tenant, "/oauth/token", &form)
    };
    let errors = [
        machine(MACHINE, "wrong"),
        machine(MACHINE, ""),
        machine("nobody", MACHINE_SECRET),
        machine(NATIVE, ""),
    ]
    .map(|(status, answer)| (status, text(&answer, "error")));
    let expected = [
        (401, "access_denied"),
        (401, "access_denied"),
        (401, "invalid_client"),
        (403, "unauthorized_client"),
    ];
    assert_eq!(errors, expected.map(|(status, error)| (status, error.to_owned())));
    assert_eq!(machine(MACHINE, MACHINE_SECRET).0, 200);
}

#[test]
fn the_management_api_wants_a_token_for_it_with_the_scope() {
    let tenant = tenant();
    let get = |path: &str, token: Option<&str>| {
        let mut request = agent().get(format!("{}/api/v2{path}", tenant.url()));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.call().unwrap().status().as_u16()
    };
    let token = |scope, audience, lifetime| tenant.access_token(scope, audience, lifetime);
    let good = token("read:clients", None, 60);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let other = token("read:connections", None, 60);
    let forged = format!("{head}.{}", other.rsplit_once('.').unwrap().1);
    assert_ne!(other.rsplit_once('.').unwrap().1, signature);
    assert_eq!(get("/clients", Some(&good)), 200);
    assert_eq!(get("/connections", Some(&good)), 403);
    assert_eq!(get("/clients", None), 401);
    assert_eq!(get("/clients", Some(&forged)), 401);
    assert_eq!(
        get("/clients", Some(&token("read:clients", Some("https://api.example.com"), 60))),
        401
    );
    assert_eq!(get("/clients", Some(&token("read:clients", None, 0))), 401);
    assert_eq!(get("/clients?page=10&per_page=100", Some(&good)), 400, "past the first 1,000");
    assert_eq!(get("/clients?per_page=101", Some(&good)), 400);
}

#[test]
fn it_listens_to_this_machine_alone() {
    let tenant = tenant();
    assert!(tenant.url().starts_with("http://127.0.0.1:"), "{}", tenant.url());
    let port = tenant.url().rsplit_once(':').unwrap().1.parse().unwrap();
    for address in local_addresses() {
        let refused = std::net::TcpStream::connect((address, port)).is_err();
        assert!(refused, "{address} answers");
    }
}

/// The address that this machine would speak to others from, if any; nothing is sent to find out.
fn local_addresses() -> Vec<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let address = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
    let others = address.into_iter().map(|address| address.ip());
    others.filter(|ip| !ip.is_loopback() && !ip.is_unspecified()).collect()
}
