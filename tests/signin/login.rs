//! The main job: a login in the browser, and what ends or refuses it.

use auth0_emulator::NATIVE;

use crate::support::{Browser, Home, Tenant, claims, get, parameter, query};

#[test]
fn a_login_ends_with_a_token_on_disk_and_a_page_that_says_so() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &["--profile", "acme", "-o", "json"]);

    for (name, value) in [
        ("response_type", "code"),
        ("client_id", NATIVE),
        ("audience", &tenant.audience()),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile email offline_access read:clients read:connections"),
    ] {
        assert_eq!(parameter(&url, name), value, "{name}");
    }
    // 32 random bytes each, none the other.
    let random = ["state", "nonce", "code_challenge"].map(|name| parameter(&url, name));
    assert!(random.iter().all(|value| value.len() == 43), "{url}");
    assert!(random[0] != random[1] && random[1] != random[2], "{url}");
    assert_eq!(query(&url).len(), 9, "{url}");

    let callback = Browser::new(&tenant).callback(&url);
    assert_eq!(home.profile_text("acme"), None, "nothing is written before the exchange");
    let page = get(&callback);
    let login = login.wait().exits(0).says("signed in").says("profile   acme");

    let profile = home.profile("acme");
    let token = profile.token.unwrap();
    assert_eq!(claims(token.access_token.expose())["iss"], format!("{}/", tenant.url()));
    assert_eq!(token.refresh_token.as_ref().unwrap().expose(), tenant.refresh_tokens()[0]);
    assert_eq!(
        (&token.domain.to_string(), &token.audience),
        (&tenant.domain().to_owned(), &tenant.audience())
    );
    assert_eq!(profile.user.unwrap().sub, auth0_emulator::USER);
    assert_eq!(tenant.token_requests(), 1);
    // 127.0.0.1 is said, not localhost; the first profile becomes the current one.
    assert!(callback.starts_with("http://127.0.0.1:"), "{callback}");
    home.command("auth0-token").run().exits(0).prints_line(token.access_token.expose());

    let said = login.json();
    assert_eq!(said["profile"], "acme");
    assert_eq!(said["domain"], tenant.domain());
    assert_eq!(said["audience"], tenant.audience());
    assert_eq!(said["user"]["sub"], auth0_emulator::USER);
    assert_eq!(said["user"]["email"], "ann@example.com");
    assert_eq!(said["scope"][5], "read:connections");
    assert_eq!(said["expires_at"], auth0_suite::base::time::rfc3339(token.expires_at));
    assert_eq!(said["refreshable"], true);
    assert_eq!(said.as_object().unwrap().len(), 7);
    login
        .hides(token.access_token.expose())
        .hides(token.refresh_token.unwrap().expose())
        .hides(&parameter(&callback, "code"));

    assert_eq!(page.status, 200);
    assert!(page.body.contains("You are signed in to"), "{page:?}");
    assert!(page.body.contains("ann@example.com"), "{page:?}");
    check_page(&page);
}

/// Self-contained, closed to everything, kept by nobody.
fn check_page(page: &crate::support::Page) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/html; charset=utf-8"),
        ("connection", "close"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert!(page.body.contains("<html lang="), "{page:?}");
    // An empty icon of its own keeps the browser from asking for /favicon.ico.
    assert!(page.body.contains(r#"<link rel="icon" href="data:,">"#), "{page:?}");
    assert!(policy.contains("img-src data:;"), "{policy}");
    for outside in ["<script", "src=", "http://", "https://", "url(", "@import"] {
        assert!(
            !page.body.replace("http://www.w3.org", "").contains(outside),
            "{outside}: {page:?}"
        );
    }
}

#[test]
fn a_person_who_denies_is_an_error_on_both_sides() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &["-o", "json"]);
    let page = get(&Browser::new(&tenant).decide(&url, "deny"));
    assert!(page.body.contains("Not signed in"), "{page:?}");
    check_page(&page);
    let login = login.wait().exits(3).prints("").says("error: ").says("hint: ");
    let object = login.stderr.lines().last().unwrap();
    let object: serde_json::Value = serde_json::from_str(object).unwrap();
    assert_eq!(object["error"]["code"], "access_denied", "{object}");
    assert_eq!(tenant.token_requests(), 0);
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn what_a_tenant_says_is_shown_and_not_obeyed() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &[]);
    let hostile = "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E%1B%5D0;title%07%1B%5B2J%E2%80%AEgnp";
    let page = get(&format!(
        "{}?{hostile}&state={}",
        parameter(&url, "redirect_uri"),
        parameter(&url, "state")
    ));
    assert!(page.body.contains("&lt;script&gt;") && !page.body.contains("<script"), "{page:?}");
    assert!(!page.body.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{page:?}");
    let login = login.wait().exits(3);
    assert!(!login.stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{login:?}");
}

/// A login at a tenant that misbehaves: it fails with this code, its page says so, and a profile
/// that was there stays as it was.
#[track_caller]
pub(super) fn refused(
    tenant: &Tenant,
    home: &Home,
    args: &[&str],
    code: i32,
) -> crate::support::Ran {
    let before = home.files();
    let (login, page) = tenant.sign_in(home, args);
    let login = login.exits(code).prints("").says("error: ");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Not signed in"), "{page:?}");
    assert_eq!(home.files(), before, "{login:?}");
    login
}

#[test]
fn a_login_and_a_token_are_no_tables() {
    let tenant = Tenant::new();
    let home = Home::new();
    for format in ["csv", "tsv"] {
        tenant.login(&home, &["-o", format]).run().exits(2).prints("").says("has no rows");
        home.run("auth0-token", &["-o", format]).exits(2).prints("").says("has no rows");
    }
    assert!(tenant.requests().is_empty() && home.files().is_empty());
}
