//! What the emulator refuses: a suite that passes against it has not merely been waved through.

use auth0_emulator::{Config, MACHINE, MACHINE_SECRET, NATIVE, OWN_API};
use serde_json::json;

use crate::support::*;

/// The query of an authorization request with one more parameter.
fn code_request(name: &str, value: &str) -> String {
    encoded(&[
        ("client_id", NATIVE),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        (name, value),
    ])
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
        // OpenID Connect Core, section 3.1.2.1.
        ("prompt", "none login", "invalid_request"),
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
        let code = code(&tenant, &[]);
        let (status, answer) = exchange(&tenant, &code, &other);
        assert_eq!((status, answer["error"].as_str()), (403, Some("invalid_grant")), "{other:?}");
        assert_eq!(exchange(&tenant, &code, &[]).0, 403, "a code that failed is spent");
    }
    let code = code(&tenant, &[]);
    let (status, tokens) = exchange(&tenant, &code, &[]);
    assert_eq!(status, 200);
    let token = text(&tokens, "refresh_token");
    let (_, renewed) = refresh(&tenant, &token, &[]);
    let token = text(&renewed, "refresh_token");
    assert!(tenant.honours(&token));
    // RFC 6749, section 4.1.2.
    assert_eq!(exchange(&tenant, &code, &[]).0, 403);
    assert!(!tenant.honours(&token), "a code used twice takes its tokens along");
}

#[test]
fn a_missing_parameter_is_an_invalid_request() {
    let tenant = tenant();
    let native = ("client_id", NATIVE);
    let device_grant = "urn:ietf:params:oauth:grant-type:device_code";
    for (form, missing) in [
        (&[][..], "client_id"),
        (&[native], "grant_type"),
        (&[native, ("grant_type", "authorization_code")], "code"),
        (&[native, ("grant_type", "refresh_token")], "refresh_token"),
        (&[native, ("grant_type", device_grant)], "device_code"),
    ] {
        let (status, answer) = post(&tenant, "/oauth/token", form);
        assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_request")), "{missing}");
        let why = text(&answer, "error_description");
        assert_eq!(why, format!("Missing required parameter: {missing}"));
    }
    let unknown = [native, ("audience", "https://nobody.example")];
    let (status, answer) = post(&tenant, "/oauth/device/code", &unknown);
    assert_eq!((status, answer["error"].as_str()), (403, Some("access_denied")));
}

/// The lifetimes that the Management API shows are those that tokens have.
#[test]
fn tokens_live_as_long_as_their_api_and_application_say() {
    let tenant = tenant();
    let scope = "create:resource_servers update:clients";
    let token = tenant.access_token(scope, None, 60);
    let api = json!({"identifier": "https://short.example", "token_lifetime": 90});
    assert_eq!(call(&tenant, "POST", "resource-servers", &token, Some(&api)).0, 201);
    let change = json!({
        "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 120},
        "refresh_token": {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 30},
    });
    let path = format!("clients/{NATIVE}");
    assert_eq!(call(&tenant, "PATCH", &path, &token, Some(&change)).0, 200);
    let tokens = signed_in(&tenant, &[("audience", "https://short.example")]);
    assert_eq!(tokens["expires_in"], 90);
    let claims = crate::rules::claims(&text(&tokens, "id_token"));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    let first = text(&signed_in(&tenant, &[]), "refresh_token");
    assert_eq!(refresh(&tenant, &first, &[]).0, 200);
    assert!(tenant.honours(&first));
    assert_eq!(refresh(&tenant, &first, &[]).0, 200, "within the leeway");
}

#[test]
fn refresh_tokens_rotate_and_reuse_ends_the_family() {
    let tenant = tenant();
    let tokens = signed_in(&tenant, &[]);
    let first = text(&tokens, "refresh_token");
    let second = text(&refresh(&tenant, &first, &[]).1, "refresh_token");
    let third = text(&refresh(&tenant, &second, &[]).1, "refresh_token");
    assert!(first != second && second != third && tenant.honours(&third));
    assert_eq!(refresh(&tenant, &first, &[]).0, 403);
    assert!(!tenant.honours(&third), "whoever has the first may be a thief");
    assert_eq!(refresh(&tenant, &third, &[]).0, 403);

    let tokens = signed_in(&tenant, &[]);
    let token = text(&tokens, "refresh_token");
    let revoked = post(&tenant, "/oauth/revoke", &[("client_id", NATIVE), ("token", &token)]);
    assert_eq!((revoked.0, refresh(&tenant, &token, &[]).0), (200, 403));
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
    // An empty parameter counts as absent (RFC 6749, section 3.1).
    let expected = [
        (401, "access_denied"),
        (401, "invalid_client"),
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
    // Auth0 documents no limit for clients; it does for connections.
    assert_eq!(get("/clients?page=10&per_page=100", Some(&good)), 200);
    assert_eq!(get("/connections?page=10&per_page=100", Some(&other)), 400);
    assert_eq!(get("/clients?per_page=101", Some(&good)), 400);
}

/// The answer to a GET: status, headers, body.
fn get(url: &str, headers: &[(&str, &str)]) -> (u16, ureq::http::HeaderMap, String) {
    let mut request = agent().get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.call().unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), answer.headers().clone(), body)
}

#[test]
fn userinfo_gives_the_claims_that_the_scope_allows() {
    let tenant = tenant();
    let url = format!("{}/userinfo", tenant.url());
    let opaque = text(&signed_in(&tenant, &[("scope", "openid email")]), "access_token");
    assert_ne!(opaque.split('.').count(), 3, "without an audience a token is opaque");
    let header = format!("Bearer {opaque}");
    let (status, headers, body) = get(&url, &[("authorization", &header)]);
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    let claims: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        claims,
        json!({"sub": "auth0|ann", "email": "ann@example.com", "email_verified": true})
    );
    let of_api = tenant.access_token("openid", Some(OWN_API), 60);
    assert_eq!(get(&url, &[("authorization", &format!("Bearer {of_api}"))]).0, 401);
}

#[test]
fn logout_leads_only_to_registered_addresses() {
    let tenant = tenant();
    let to = |path: &str, name: &str, address: &str| {
        let query = encoded(&[("client_id", NATIVE), (name, address), ("confirmed", "yes")]);
        let (status, headers, _) = get(&format!("{}{path}?{query}", tenant.url()), &[]);
        (status, headers.get("location").map(|to| to.to_str().unwrap().to_owned()))
    };
    let good = "http://127.0.0.1:5000/";
    assert_eq!(to("/v2/logout", "returnTo", good), (302, Some(good.to_owned())));
    let with_query = "http://127.0.0.1:5000/?a=b";
    assert_eq!(to("/v2/logout", "returnTo", with_query), (302, Some(with_query.to_owned())));
    assert_eq!(to("/oidc/logout", "post_logout_redirect_uri", good), (302, Some(good.to_owned())));
    for wrong in ["http://127.0.0.1:5001/", "https://evil.example/"] {
        assert_eq!(to("/v2/logout", "returnTo", wrong), (400, None));
    }
    assert_eq!(to("/oidc/logout", "post_logout_redirect_uri", with_query), (400, None));
}

#[test]
fn pages_of_an_applications_own_origin_may_read_answers() {
    let tenant = tenant_with(Config {
        callbacks: vec!["https://spa.example/callback".to_owned()],
        ..Config::default()
    });
    let url = format!("{}/userinfo", tenant.url());
    let allowed = |origin: &str| {
        let (_, headers, _) = get(&url, &[("origin", origin)]);
        headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(allowed("https://spa.example"), Some("https://spa.example".to_owned()));
    assert_eq!(allowed("https://evil.example"), None);
}

#[test]
fn a_response_comes_in_the_mode_that_was_asked_for() {
    // The origin of a callback from the command line is an allowed web origin too.
    let tenant = tenant_with(Config { callbacks: vec![CALLBACK.to_owned()], ..Config::default() });
    let page = |mode: &str| {
        let query = code_request("response_mode", mode);
        let (status, headers, body) = get(&format!("{}/authorize?{query}", tenant.url()), &[]);
        (status, headers.get("location").map(|to| to.to_str().unwrap().to_owned()), body)
    };
    let (status, _, body) = page("form_post");
    assert!(status == 200 && body.contains("name=\"code\"") && body.contains(CALLBACK), "{body}");
    let (_, _, body) = page("web_message");
    assert!(body.contains("authorization_response") && body.contains("\"http://127.0.0.1:5000\""));
    assert!(page("fragment").1.unwrap().starts_with("http://127.0.0.1:5000/callback#code="));
}

#[test]
fn a_session_signs_in_silently_and_ends_with_a_logout() {
    let tenant = tenant();
    let query = |prompt: &str| code_request("prompt", prompt);
    let visit = |prompt: &str, cookie: &str| {
        let url = format!("{}/authorize?{}", tenant.url(), query(prompt));
        let (_, headers, _) = get(&url, &[("cookie", cookie)]);
        (headers["location"].to_str().unwrap().to_owned(), headers)
    };
    assert!(visit("none", "").0.contains("error=login_required"));
    let (_, headers) = visit("login", "");
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(visit("none", &cookie).0.contains("code="));
    get(&format!("{}/v2/logout", tenant.url()), &[("cookie", &cookie)]);
    assert!(visit("none", &cookie).0.contains("error=login_required"));
}

#[test]
fn the_login_page_signs_in_whom_it_names() {
    let tenant = auth0_emulator::Emulator::start(Config::default()).unwrap();
    let query = code_request("scope", "openid");
    let decide = |email: &str, query: &str| {
        let form = encoded(&[("query", query), ("decision", "allow"), ("email", email)]);
        let answer = agent()
            .post(format!("{}/authorize/decide", tenant.url()))
            .content_type("application/x-www-form-urlencoded")
            .send(form)
            .unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to)
    };
    let (status, to) = decide("ben@example.com", &query);
    let code = to.as_ref().and_then(|to| to.split_once("code=")).unwrap().1.to_owned();
    let tokens = exchange(&tenant, &code, &[]).1;
    let token = format!("Bearer {}", text(&tokens, "access_token"));
    let info = get(&format!("{}/userinfo", tenant.url()), &[("authorization", &token)]).2;
    assert!(status == 302 && info.contains("auth0|000000000000000000000001"), "{info}");
    assert_eq!(decide("nobody@example.com", &query), (400, None));
    // The page's form proves nothing: the request is checked again.
    let evil = query.replace("127.0.0.1%3A5000", "evil.example");
    assert_eq!(decide("ben@example.com", &evil).1, None);
}

#[test]
fn one_refresh_token_serves_several_apis_by_policy() {
    let tenant = tenant_with(Config::default());
    let administer = text(&machine(&tenant, &[]).1, "access_token");
    let api = json!({"identifier": "https://orders.example.com", "name": "Orders",
        "scopes": [{"value": "read:orders"}, {"value": "write:orders"}]});
    assert_eq!(call(&tenant, "POST", "resource-servers", &administer, Some(&api)).0, 201);
    let policy = json!({"refresh_token": {
        "rotation_type": "rotating", "expiration_type": "expiring",
        "policies": [{"audience": "https://orders.example.com", "scope": ["read:orders"]}],
    }});
    let path = format!("clients/{NATIVE}");
    assert_eq!(call(&tenant, "PATCH", &path, &administer, Some(&policy)).0, 200);

    let login = [("audience", OWN_API), ("scope", "openid offline_access read:things")];
    let first = text(&signed_in(&tenant, &login), "refresh_token");
    let other = [("audience", "https://orders.example.com"), ("scope", "read:orders write:orders")];
    let (status, tokens) = refresh(&tenant, &first, &other);
    assert_eq!((status, tokens["scope"].as_str()), (200, Some("read:orders")), "{tokens}");
    // An audience that no policy lists is answered with the original one.
    let second = text(&tokens, "refresh_token");
    let (status, tokens) = refresh(&tenant, &second, &[("audience", "https://nobody.example")]);
    assert_eq!(
        (status, tokens["scope"].as_str()),
        (200, Some("openid offline_access read:things"))
    );
}

#[test]
fn revocation_may_delete_the_whole_grant() {
    for deletes in [false, true] {
        let tenant = tenant_with(Config { revocation_deletes_grant: deletes, ..Config::default() });
        let [one, two] = [(); 2].map(|()| text(&signed_in(&tenant, &[]), "refresh_token"));
        post(&tenant, "/oauth/revoke", &[("client_id", NATIVE), ("token", &one)]);
        assert_eq!((tenant.honours(&one), tenant.honours(&two)), (false, !deletes));
    }
}

#[test]
fn it_listens_only_to_this_machine() {
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
