//! The main job: a login in the browser.

use crate::support::{Home, Tenant, claims, parameter};

#[test]
fn a_login_ends_with_a_profile_and_a_page() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, page) = tenant.sign_in(&home, &["--profile", "acme"]);
    let login = login.exits(0).prints("").says("signed in").says("ann@example.com");
    let profile = home.profile("acme");
    let token = profile.token.unwrap();
    login.says("profile   acme").hides(token.access_token.expose());
    assert_eq!(claims(token.access_token.expose())["iss"], format!("{}/", tenant.url()));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You are signed in to"), "{page:?}");
    assert_eq!(tenant.token_requests(), 1);
    let _ = parameter("", "");
}
