//! What an error keeps, and what it hides.

use serde_json::json;

use super::{ACCESS, EARLIER, LATER, REFRESH, home_at, json_error};
use crate::api::fake::{Reply, Tenant};

#[test]
fn a_refused_renewal_keeps_the_tenants_words_code_and_status() {
    let tenant = Tenant::new(|_| {
        let said = json!({"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."});
        Reply::json(403, said)
    });
    let home = home_at(&tenant.origin, ACCESS, EARLIER);
    let ran = home.run("auth0-token", &["-o", "json"]).exits(3);
    let ran = ran.says("error: the tenant refuses to renew the token of profile 'p'\n");
    let ran = ran.says("  caused by: invalid_grant: Unknown or invalid refresh token.\n");
    let ran = ran.says("hint: sign in again: auth0-login --profile p\n");
    assert_eq!(
        json_error(&ran.stderr),
        json!({
            "code": "invalid_grant",
            "message": "the tenant refuses to renew the token of profile 'p'",
            "hint": "sign in again: auth0-login --profile p",
            "status": 403,
            "causes": [
                "the login could not be renewed",
                "invalid_grant: Unknown or invalid refresh token."
            ],
        })
    );
}

#[test]
fn a_revocation_that_fails_keeps_its_causes() {
    let tenant = Tenant::new(|_| {
        Reply::json(503, json!({"error": "server_error", "error_description": "maintenance"}))
    });
    let home = home_at(&tenant.origin, ACCESS, LATER);
    let ran = home.run("auth0-logout", &["--max-retries", "0"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    ran.says("error: ").says("caused by: ").hides(REFRESH);
}

#[test]
fn a_server_that_repeats_a_secret_is_not_quoted() {
    // The API says what it was sent, whole and cut.
    let tenant = Tenant::new(|seen| {
        let sent = seen.header("authorization").unwrap_or_default();
        let cut = sent.get(..30).unwrap_or_default();
        let said = format!("invalid header {sent}, that is {cut}");
        Reply::json(401, json!({"message": said, "errorCode": sent}))
    });
    let home = home_at(&tenant.origin, ACCESS, LATER);
    for format in [&[][..], &["-o", "json"], &["-vv"]] {
        let ran = home.command("auth0-clients").args(&["list"]).args(format).run();
        assert_ne!(ran.code, Some(0), "{ran:?}");
        ran.hides(ACCESS).hides(&ACCESS[..20]).hides(REFRESH);
    }
    let ran = tenant.command(&["roles"]).env("AUTH0_ACCESS_TOKEN", ACCESS).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.contains("invalid header Bearer [redacted], that is Bearer [redacted]"), "{said}");

    // The token endpoint does.
    let tenant = Tenant::new(|seen| {
        let form = String::from_utf8_lossy(&seen.body).into_owned();
        Reply::json(403, json!({"error": "invalid_grant", "error_description": form}))
    });
    let home = home_at(&tenant.origin, ACCESS, EARLIER);
    home.command("auth0-token").args(&["-vv"]).run().exits(3).says("[redacted]").hides(REFRESH);
    let secret = "client secret/that&nobody+may=read";
    let ran = home
        .command("auth0-clients")
        .arg("list")
        .env("AUTH0_DOMAIN", &tenant.origin)
        .env("AUTH0_CLIENT_ID", "c")
        .env("AUTH0_CLIENT_SECRET", secret)
        .run()
        .exits(3);
    ran.says("[redacted]").hides(secret).hides("client%20secret%2Fthat");
}
