//! Every rule of the server has a check. With the rule switched off exactly its own check fails,
//! so none of them passes by accident.

use auth0_emulator::{Config, Emulator, MACHINE, NATIVE, OWN_API, Rule};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use crate::support::*;

const PUBLIC_KEY: &[u8] = include_bytes!("../../../tests/signin/next.pub.pem");
const PRIVATE_KEY: &[u8] = include_bytes!("../../keys/next.pem");
const OTHER_KEY: &[u8] = include_bytes!("../../keys/signing.pem");
/// An application that others are mistaken for.
const OTHER: &str = "app00000000000000000000000000004";
/// Two more confidential applications, for checks that change theirs.
const KEYED: &str = "app00000000000000000000000000005";
const DEVICE: &str = "app00000000000000000000000000008";

/// Whether a rule holds.
type Check = fn(&Emulator) -> bool;

/// What a client does that the rule forbids, and whether it is refused.
const CHECKS: [(Rule, Check); 47] = [
    (Rule::Callback, |t| authorize(t, &[("redirect_uri", "https://evil.example/")]).0 == 403),
    (Rule::Challenge, |t| {
        let (_, pairs) = authorize(t, &[("code_challenge_method", "plain")]);
        value(&pairs, "error") == "invalid_request"
    }),
    (Rule::KnownAudience, |t| {
        value(&authorize(t, &[("audience", "https://nobody.example")]).1, "error")
            == "access_denied"
    }),
    (Rule::Verifier, |t| {
        let wrong = [("code_verifier", "another-verifier-that-is-long-enough-to-be-one-43")];
        exchange(t, &code(t, &[]), &wrong).0 == 403
    }),
    (Rule::CodeOnce, |t| {
        let code = code(t, &[("scope", "openid")]);
        let first = exchange(t, &code, &[]).0 == 200;
        // Without a refresh token the first use is remembered all the same.
        first && exchange(t, &code, &[]).0 == 403
    }),
    (Rule::CodeReplay, |t| {
        let code = code(t, &[]);
        let token = text(&exchange(t, &code, &[]).1, "refresh_token");
        let before = t.honours(&token);
        exchange(t, &code, &[]);
        before && !t.honours(&token)
    }),
    (Rule::CodeClient, |t| {
        let other = [("client_id", OTHER), ("client_secret", "secret-of-4")];
        exchange(t, &code(t, &[]), &other).0 == 403
    }),
    (Rule::CodeCallback, |t| {
        let other = [("redirect_uri", "http://127.0.0.1:8484/callback")];
        exchange(t, &code(t, &[]), &other).0 == 403
    }),
    (Rule::CodeLifetime, |t| {
        let code = code(t, &[]);
        later(t, 601, || exchange(t, &code, &[]).0 == 403)
    }),
    (Rule::WebOrigin, |t| authorize(t, &[("response_mode", "web_message")]).0 == 403),
    (Rule::Cors, |t| {
        let request = agent().get(format!("{}/userinfo", t.url()));
        let answer = request.header("origin", "https://evil.example").call().unwrap();
        !answer.headers().contains_key("access-control-allow-origin")
    }),
    (Rule::Leeway, |t| {
        let first = text(&signed_in(t, &[]), "refresh_token");
        refresh(t, &first, &[]).0 == 200 && refresh(t, &first, &[]).0 == 403
    }),
    (Rule::Reuse, |t| {
        let first = text(&signed_in(t, &[]), "refresh_token");
        let second = text(&refresh(t, &first, &[]).1, "refresh_token");
        let third = text(&refresh(t, &second, &[]).1, "refresh_token");
        refresh(t, &first, &[]);
        !t.honours(&third)
    }),
    (Rule::RefreshClient, |t| {
        let token = text(&signed_in(t, &[]), "refresh_token");
        refresh(t, &token, &[("client_id", OTHER), ("client_secret", "secret-of-4")]).0 == 403
    }),
    (Rule::RefreshScope, |t| {
        let of_api = [("audience", OWN_API), ("scope", "openid offline_access read:things")];
        let token = text(&signed_in(t, &of_api), "refresh_token");
        let (_, wider) = refresh(t, &token, &[("scope", "openid write:things")]);
        wider["scope"] == "openid"
    }),
    (Rule::RefreshPolicy, |t| {
        let token = text(&signed_in(t, &[("audience", OWN_API)]), "refresh_token");
        let (_, fresh) = refresh(t, &token, &[("audience", "https://other.example")]);
        claims(&text(&fresh, "access_token"))["aud"].to_string().contains(OWN_API)
    }),
    (Rule::ManagementPolicy, |t| {
        let audience = format!("{}/api/v2/", t.url());
        let policies = json!([{"audience": audience, "scope": []}]);
        let limits = json!({"rotation_type": "rotating", "expiration_type": "expiring", "policies": policies});
        administer(t, "PATCH", &format!("clients/{OTHER}"), &json!({"refresh_token": limits}))
            == 400
    }),
    (Rule::RefreshLifetime, |t| {
        let token = text(&signed_in(t, &[]), "refresh_token");
        later(t, 1_296_001, || refresh(t, &token, &[]).0 == 403)
    }),
    (Rule::OfflineAccess, |t| {
        let api = "https://online.example";
        administer(t, "POST", "resource-servers", &json!({"identifier": api}));
        let tokens = signed_in(t, &[("audience", api)]);
        tokens.get("refresh_token").is_none()
    }),
    (Rule::Blocked, |t| {
        let token = text(&signed_in(t, &[]), "refresh_token");
        let block = |blocked: bool| {
            administer(t, "PATCH", "users/auth0%7Cann", &json!({"blocked": blocked}))
        };
        let refused = (block(true), refresh(t, &token, &[]).0, authorize(t, &[]));
        block(false);
        refused.1 == 403 && value(&refused.2.1, "error") == "unauthorized"
    }),
    (Rule::ProofOfPossession, |t| {
        let api = "https://bound.example";
        let proof =
            json!({"mechanism": "dpop", "required": true, "required_for": "public_clients"});
        let body = json!({"identifier": api, "proof_of_possession": proof});
        administer(t, "POST", "resource-servers", &body);
        exchange(t, &code(t, &[("audience", api)]), &[]).0 == 400
    }),
    (Rule::ApiPolicy, |t| {
        let api = "https://closed.example";
        let policies = json!({"user": {"policy": "deny_all"}});
        let body = json!({"identifier": api, "subject_type_authorization": policies});
        administer(t, "POST", "resource-servers", &body);
        value(&authorize(t, &[("audience", api)]).1, "error") == "unauthorized_client"
    }),
    (Rule::DeviceClient, |t| {
        let (_, device) = post(t, "/oauth/device/code", &[("client_id", NATIVE)]);
        poll_as_another(t, &text(&device, "device_code")) == 403
    }),
    (Rule::DevicePublic, |t| {
        device_grant(t);
        post(t, "/oauth/device/code", &[("client_id", DEVICE)]).0 == 403
    }),
    (Rule::Secret, |t| machine(t, &[("client_secret", "wrong")]).0 == 401),
    (Rule::GrantType, |t| {
        let other = [("client_id", OTHER), ("client_secret", "secret-of-4")];
        machine(t, &other).1["error"] == "unauthorized_client"
    }),
    (Rule::ClientGrant, |t| machine(t, &[("scope", "read:nothing")]).0 == 403),
    (Rule::AssertionSignature, |t| asserted(t, OTHER_KEY, json!({})) == 401),
    (Rule::AssertionAudience, |t| {
        asserted(t, PRIVATE_KEY, json!({"aud": "https://evil.example/"})) == 401
    }),
    (Rule::AssertionOnce, |t| {
        let id = json!({"jti": "the-same-one"});
        asserted(t, PRIVATE_KEY, id.clone()) == 200 && asserted(t, PRIVATE_KEY, id) == 401
    }),
    (Rule::AssertionLifetime, |t| {
        asserted(t, PRIVATE_KEY, json!({"exp": 4_102_444_800_u64})) == 401
    }),
    (Rule::AssertionSubject, |t| asserted(t, PRIVATE_KEY, json!({"sub": "another"})) == 401),
    (Rule::AssertionId, |t| asserted(t, PRIVATE_KEY, json!({"jti": "x".repeat(65)})) == 401),
    (Rule::KeyOnly, |t| {
        let by_key = json!({"private_key_jwt": {"credentials": [{"id": "cred_1"}]}});
        let body =
            json!({"client_authentication_methods": by_key, "token_endpoint_auth_method": null});
        assert_eq!(administer(t, "PATCH", &format!("clients/{KEYED}"), &body), 200);
        let secret = [("client_id", KEYED), ("client_secret", "secret-of-5")];
        refresh(t, "rt-unknown", &secret).0 == 401
    }),
    (Rule::Repeated, |t| {
        let form = [
            ("grant_type", "refresh_token"),
            ("grant_type", "refresh_token"),
            ("client_id", NATIVE),
            ("refresh_token", "rt-unknown"),
        ];
        post(t, "/oauth/token", &form).0 == 400
    }),
    (Rule::CurrentUser, |t| {
        let audience = format!("{}/api/v2/", t.url());
        let asked =
            [("audience", audience.as_str()), ("scope", "openid read:clients read:current_user")];
        signed_in(t, &asked)["scope"] == "openid read:current_user"
    }),
    (Rule::Signature, |t| {
        let good = t.access_token("read:clients", None, 60);
        let (head, _) = good.rsplit_once('.').unwrap();
        call(t, "GET", "clients", &format!("{head}.AAAA"), None).0 == 401
    }),
    (Rule::Issuer, |t| {
        let now = seconds();
        let claims = json!({
            "iss": "https://evil.example/", "sub": "x", "aud": format!("{}/api/v2/", t.url()),
            "scope": "read:clients", "exp": now + 60,
        });
        call(t, "GET", "clients", &signed(OTHER_KEY, &claims), None).0 == 401
    }),
    (Rule::Audience, |t| {
        let token = t.access_token("read:clients", Some(OWN_API), 60);
        call(t, "GET", "clients", &token, None).0 == 401
    }),
    (Rule::Expiry, |t| {
        call(t, "GET", "clients", &t.access_token("read:clients", None, 0), None).0 == 401
    }),
    (Rule::Scope, |t| {
        call(t, "GET", "roles", &t.access_token("read:clients", None, 60), None).0 == 403
    }),
    (Rule::Body, |t| {
        let token = t.access_token("create:roles", None, 60);
        call(t, "POST", "roles", &token, Some(&json!({"name": 5}))).0 == 400
    }),
    (Rule::Query, |t| {
        let token = t.access_token("read:roles", None, 60);
        call(t, "GET", "roles?nope=1", &token, None).0 == 400
    }),
    (Rule::Userinfo, |t| {
        agent().get(format!("{}/userinfo", t.url())).call().unwrap().status() == 401
    }),
    (Rule::UserinfoScope, |t| {
        let token = text(&signed_in(t, &[("scope", "profile")]), "access_token");
        let request = agent().get(format!("{}/userinfo", t.url()));
        request.header("authorization", format!("Bearer {token}")).call().unwrap().status() == 401
    }),
    (Rule::Revoke, |t| {
        let token = text(&signed_in(t, &[]), "refresh_token");
        let other = [("client_id", OTHER), ("client_secret", "secret-of-4"), ("token", &token)];
        post(t, "/oauth/revoke", &other).0 == 400 && t.honours(&token)
    }),
    (Rule::LogoutAddress, |t| {
        let query = encoded(&[("client_id", NATIVE), ("returnTo", "https://evil.example/")]);
        agent().get(format!("{}/v2/logout?{query}", t.url())).call().unwrap().status() == 400
    }),
];

/// A write by an administrator: the status.
fn administer(tenant: &Emulator, method: &str, path: &str, body: &Value) -> u16 {
    let scope = "update:clients update:users create:resource_servers";
    call(tenant, method, path, &tenant.access_token(scope, None, 60), Some(body)).0
}

/// Whether something holds so many seconds later.
fn later(tenant: &Emulator, seconds: i64, check: impl Fn() -> bool) -> bool {
    tenant.configure(|config| config.clock_ahead = seconds);
    let holds = check();
    tenant.configure(|config| config.clock_ahead = 0);
    holds
}

/// Allows the device flow to a confidential application, as far as the Management API can.
fn device_grant(tenant: &Emulator) {
    let grants = json!({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]});
    assert_eq!(administer(tenant, "PATCH", &format!("clients/{DEVICE}"), &grants), 200);
}

/// A poll with the device code of another application: the status.
fn poll_as_another(tenant: &Emulator, device_code: &str) -> u16 {
    device_grant(tenant);
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", DEVICE),
        ("client_secret", "secret-of-8"),
        ("device_code", device_code),
    ];
    post(tenant, "/oauth/token", &form).0
}

fn seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let middle = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).unwrap()).unwrap()
}

/// A JWS with these claims, RS256.
fn signed(key: &[u8], claims: &Value) -> String {
    let parts = [&json!({"alg": "RS256", "typ": "JWT"}), claims];
    let input = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let der = PrivatePkcs8KeyDer::from_pem_slice(key).unwrap();
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A machine's login by assertion, with claims in place of the right ones: the status.
fn asserted(tenant: &Emulator, key: &[u8], other: Value) -> u16 {
    let now = seconds();
    let mut claims = json!({
        "iss": MACHINE, "sub": MACHINE, "aud": format!("{}/", tenant.url()), "exp": now + 60,
        "jti": format!("{now}-{}", tenant.requests().len()),
    });
    for (name, value) in other.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let assertion = signed(key, &claims);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let form = [
        ("client_secret", ""),
        ("client_assertion", assertion.as_str()),
        ("client_assertion_type", kind),
    ];
    machine(tenant, &form).0
}

fn tenant_without(without: Option<Rule>) -> Emulator {
    tenant_with(Config { without, assertion_key: Some(PUBLIC_KEY.to_vec()), ..Config::default() })
}

#[test]
fn every_rule_is_enforced() {
    let tenant = tenant_without(None);
    for (rule, check) in CHECKS {
        assert!(check(&tenant), "{rule:?} is not enforced");
    }
}

/// Every check runs once for every rule. It proves that each check depends on its own rule only.
#[test]
fn a_check_fails_exactly_where_its_rule_is_switched_off() {
    for (off, _) in CHECKS {
        let tenant = tenant_without(Some(off));
        for (rule, check) in CHECKS {
            assert_eq!(check(&tenant), rule != off, "the check of {rule:?}, with {off:?} off");
        }
    }
}
