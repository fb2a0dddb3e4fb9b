//! A client that a test steers step by step, as strict or as wrong as it likes.

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET, NATIVE};
use serde_json::Value;

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:5000/callback";

pub(crate) fn tenant() -> Emulator {
    tenant_with(Config::default())
}

pub(crate) fn tenant_with(config: Config) -> Emulator {
    Emulator::start(Config { auto_login: true, ..config }).unwrap()
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into()
}

pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The usual parameters, with the later ones in place of those of the same name. Empty ones are
/// left out.
pub(crate) fn with<'a>(
    usual: &[(&'a str, &'a str)],
    other: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all = usual.to_vec();
    all.retain(|(key, _)| !other.iter().any(|(name, _)| name == key));
    all.extend(other.iter().filter(|(_, value)| !value.is_empty()));
    all
}

/// `/authorize`: the status, and the parameters of the redirect.
pub(crate) fn authorize(tenant: &Emulator, other: &[(&str, &str)]) -> (u16, Vec<(String, String)>) {
    let usual = [
        ("client_id", NATIVE),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "openid offline_access"),
        ("state", "s"),
    ];
    let url = format!("{}/authorize?{}", tenant.url(), encoded(&with(&usual, other)));
    let answer = agent().get(url).call().unwrap();
    let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let pairs = to.map(|to| {
        form_urlencoded::parse(to.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
    });
    (answer.status().as_u16(), pairs.unwrap_or_default())
}

pub(crate) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

pub(crate) fn post(tenant: &Emulator, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let mut answer = agent()
        .post(format!("{}{path}", tenant.url()))
        .content_type("application/x-www-form-urlencoded")
        .send(encoded(form))
        .unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&body).unwrap_or_default())
}

pub(crate) fn exchange(tenant: &Emulator, code: &str, other: &[(&str, &str)]) -> (u16, Value) {
    let usual = [
        ("grant_type", "authorization_code"),
        ("client_id", NATIVE),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    post(tenant, "/oauth/token", &with(&usual, other))
}

pub(crate) fn refresh(tenant: &Emulator, token: &str, other: &[(&str, &str)]) -> (u16, Value) {
    let usual = [("grant_type", "refresh_token"), ("client_id", NATIVE), ("refresh_token", token)];
    post(tenant, "/oauth/token", &with(&usual, other))
}

pub(crate) fn machine(tenant: &Emulator, other: &[(&str, &str)]) -> (u16, Value) {
    let audience = format!("{}/api/v2/", tenant.url());
    let usual = [
        ("grant_type", "client_credentials"),
        ("client_id", MACHINE),
        ("client_secret", MACHINE_SECRET),
        ("audience", audience.as_str()),
    ];
    post(tenant, "/oauth/token", &with(&usual, other))
}

#[track_caller]
pub(crate) fn code(tenant: &Emulator, other: &[(&str, &str)]) -> String {
    let (status, pairs) = authorize(tenant, other);
    assert_eq!((status, value(&pairs, "state")), (302, "s"), "{pairs:?}");
    value(&pairs, "code").to_owned()
}

/// The tokens of a login.
#[track_caller]
pub(crate) fn signed_in(tenant: &Emulator, other: &[(&str, &str)]) -> Value {
    let (status, tokens) = exchange(tenant, &code(tenant, other), &[]);
    assert_eq!(status, 200, "{tokens}");
    tokens
}

#[track_caller]
pub(crate) fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}")).to_owned()
}

/// A call of the Management API: the status and the body.
pub(crate) fn call(
    tenant: &Emulator,
    method: &str,
    path: &str,
    token: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}/api/v2/{path}", tenant.url()))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let agent = agent();
    let body = body.map(Value::to_string).unwrap_or_default();
    let agent_config = agent.configure_request(request.body(body).unwrap());
    let mut answer = agent.run(agent_config.allow_non_standard_methods(true).build()).unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&body).unwrap_or_default())
}
