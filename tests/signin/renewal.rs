//! A login survives everything but the tenant's refusal and a lost answer: what is saved, and when.

use std::time::Duration;

use auth0_emulator::{Fault, FaultKind, IdTokenFault, OWN_API, TokenFault};
use serde_json::json;

use super::token;
use crate::api::fake::{self, Reply};
use crate::support::{Home, Tenant, claims};

/// A refresh does not change who is signed in: the ID token that comes along, the keys and the
/// clock do not matter.
#[test]
fn a_refresh_needs_no_id_token() {
    use IdTokenFault as F;
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let user = home.profile("p").user;
    let refreshed = |what: &str| {
        tenant.forget_requests();
        home.expire("p");
        let before = home.refresh_token();
        let printed = token(&tenant, &home, &["--max-retries", "0"]).exits(0);
        assert_eq!(printed.stdout.trim(), home.access_token(), "{what}");
        assert_ne!(home.refresh_token(), before, "{what}");
        assert!(tenant.honours(&home.refresh_token()), "{what}");
        assert_eq!(tenant.requests().len(), 1, "{what}: nothing but the refresh is asked");
        assert_eq!(home.profile("p").user, user, "{what}");
    };
    for fault in [
        F::WrongIssuer,
        F::WrongAudience,
        F::Expired,
        F::FutureIat(120),
        F::AlgNone,
        F::Hs256,
        F::UnknownKid,
        F::OtherKey,
    ] {
        tenant.configure(|config| config.id_token_fault = Some(fault));
        refreshed(&format!("{fault:?}"));
    }
    tenant.configure(|config| config.id_token_fault = None);
    for ahead in [120, -120, 86_400, -86_400] {
        tenant.configure(|config| config.clock_ahead = ahead);
        refreshed(&format!("the clock is {ahead} s off"));
    }
    tenant.configure(|config| {
        config.clock_ahead = 0;
        config.faults = vec![Fault::always(FaultKind::Status(503), "/.well-known/jwks.json")];
    });
    refreshed("no keys");
}

/// The tenant has replaced the refresh token, whatever else it answers.
#[test]
fn an_unusable_answer_leaves_its_refresh_token() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.expire("p");
    let (access, refresh) = (home.access_token(), home.refresh_token());
    tenant.configure(|config| config.token_fault = Some(TokenFault::WrongTokenType));
    token(&tenant, &home, &[]).exits(7).prints("").says("token type is not Bearer");
    assert_eq!(home.access_token(), access);
    assert_ne!(home.refresh_token(), refresh);
    tenant.configure(|config| config.token_fault = None);
    token(&tenant, &home, &[]).exits(0).prints_line(&home.access_token());
}

#[test]
fn a_refresh_whose_answer_is_lost_is_not_sent_again() {
    for fault in [FaultKind::Truncate, FaultKind::Reset, FaultKind::Status(502)] {
        let tenant = Tenant::new();
        let home = tenant.signed_in();
        home.expire("p");
        let before = home.files();
        tenant.configure(|config| {
            config.faults = vec![Fault::always(fault.clone(), "/oauth/token")];
        });
        let failed = token(&tenant, &home, &["--max-retries", "3"]).exits(7).prints("");
        failed.says("may have replaced").says("if the tenant then refuses, sign in again");
        assert!(tenant.token_requests() <= 1, "{fault:?}");
        assert_eq!(home.files(), before);
        tenant.configure(|config| config.faults.clear());
        let next = token(&tenant, &home, &[]);
        // The last of these faults comes before the tenant has replaced the token.
        if fault != FaultKind::Status(502) {
            next.exits(3).says("sign in again: auth0-login --profile p");
            assert_eq!(home.files(), before);
        } else {
            next.exits(0);
        }
    }
}

#[test]
fn a_token_for_overridden_settings_stays_in_memory() {
    let (tenant, home) = (Tenant::new(), Home::new());
    tenant.machine_login(&home, "p").arg("--save-secret").run().exits(0);
    let plain = || home.command("auth0-token").trust(&tenant);
    for signed_in in [true, false] {
        if !signed_in {
            home.command("auth0-logout").trust(&tenant).run().exits(0);
        }
        let before = home.files();
        let narrow = plain().env("AUTH0_SCOPE", "read:clients").run().exits(0);
        assert_eq!(claims(narrow.stdout.trim())["scope"], "read:clients");
        let narrow = plain().env("AUTH0_SCOPE", "read:clients").arg("--refresh").run().exits(0);
        assert_eq!(claims(narrow.stdout.trim())["scope"], "read:clients");
        let own = plain().env("AUTH0_AUDIENCE", OWN_API).run().exits(0);
        assert_eq!(claims(own.stdout.trim())["aud"], OWN_API);
        let list = home.command("auth0-clients").trust(&tenant).args(&["list"]);
        list.env("AUTH0_SCOPE", "read:clients").run().exits(0);
        assert_eq!(home.files(), before);
        // The next plain command has the profile's own token.
        let whole = plain().run().exits(0);
        let whole = claims(whole.stdout.trim());
        assert_eq!(whole["aud"], tenant.audience());
        assert!(whole["scope"].as_str().unwrap().contains("update:clients"), "{whole}");
    }
    // What the environment repeats is no override.
    tenant.forget_requests();
    plain().env("AUTH0_AUDIENCE", tenant.audience()).run().exits(0);
    assert_eq!(tenant.token_requests(), 0);
}

#[test]
fn a_token_that_does_not_last_is_refused() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    for (lifetime, args) in [
        (0, &[][..]),
        (0, &["--min-valid", "0s"]),
        (0, &["--refresh", "-o", "json"]),
        (30, &[]),
        (30, &["--min-valid", "10m"]),
        (30, &["--header", "--refresh", "--min-valid", "10m"]),
    ] {
        tenant.configure(|config| config.token_lifetime = lifetime);
        home.expire("p");
        token(&tenant, &home, args).exits(3).prints("").says("hint: ");
        assert!(tenant.honours(&home.refresh_token()), "what was renewed is kept");
    }
    token(&tenant, &home, &["--refresh", "--min-valid", "30s"]).exits(0);
    // It is looked at when it is there, and not when it was asked for.
    tenant.configure(|config| {
        config.token_lifetime = 0;
        config.latency = Duration::from_millis(1_100);
    });
    home.expire("p");
    token(&tenant, &home, &["--min-valid", "0s"]).exits(3).prints("").says("hint: ");
    tenant.configure(|config| config.latency = Duration::ZERO);
    let given = |lifetime, args: &[&str]| {
        let access = tenant.access_token("read:clients", None, lifetime);
        home.command("auth0-token")
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_ACCESS_TOKEN", access)
            .args(args)
            .run()
    };
    given(30, &["--min-valid", "10m"]).exits(3).prints("").says("is valid for");
    given(0, &["--min-valid", "0s"]).exits(3).prints("").says("has expired");
    given(30, &["--min-valid", "10s"]).exits(0);
}

/// A tenant that describes itself, with endpoints where no other tenant has them.
fn elsewhere() -> fake::Tenant {
    fake::Tenant::new(|seen| {
        let origin = format!("http://{}/", seen.header("host").unwrap());
        let tokens = |number: usize| {
            json!({
                "access_token": format!("at-{number}"), "token_type": "Bearer", "expires_in": 600,
                "refresh_token": format!("rt-{number}"), "scope": "offline_access",
            })
        };
        match seen.path.as_str() {
            "/.well-known/openid-configuration" => Reply::json(
                200,
                json!({
                    "issuer": origin,
                    "device_authorization_endpoint": format!("{origin}its/device"),
                    "token_endpoint": format!("{origin}its/token"),
                    "revocation_endpoint": format!("{origin}its/revoke"),
                }),
            ),
            "/its/device" => Reply::json(
                200,
                json!({
                    "device_code": "d", "user_code": "U", "verification_uri": origin,
                    "expires_in": 60, "interval": 1,
                }),
            ),
            "/its/token" if seen.body.windows(4).any(|part| part == b"rt-1") => {
                Reply::json(200, tokens(2))
            }
            "/its/token" => Reply::json(200, tokens(1)),
            "/its/revoke" => Reply::json(200, ""),
            _ => Reply::json(404, "{}"),
        }
    })
}

#[test]
fn refresh_and_logout_use_the_endpoints_of_the_login() {
    let (tenant, home) = (elsewhere(), Home::new());
    let login = ["--profile", "p", "--device", "--client-id", "c", "--audience", "urn:api"];
    home.command("auth0-login")
        .args(&login)
        .args(&["--domain", &tenant.origin, "--scope", "offline_access"])
        .run()
        .exits(0);
    tenant.seen();
    let paths = || tenant.seen().iter().map(|seen| seen.path.clone()).collect::<Vec<_>>();
    home.run("auth0-token", &["--refresh"]).exits(0).prints_line("at-2");
    assert_eq!(paths(), ["/its/token"], "no further request");
    home.run("auth0-logout", &[]).exits(0).says("revoked");
    assert_eq!(paths(), ["/its/revoke"]);
    // Nothing sends a refresh token to an endpoint on another host, whoever wrote it there.
    home.command("auth0-login")
        .args(&login)
        .args(&["--domain", &tenant.origin, "--scope", "offline_access"])
        .run()
        .exits(0);
    let evil = elsewhere();
    home.edit("p", |text| {
        text.replace(
            &format!("token_endpoint = \"{}", tenant.origin),
            &format!("token_endpoint = \"{}", evil.origin),
        )
    });
    home.run("auth0-token", &["--refresh"]).exits(2).says("own domain");
    assert!(evil.seen().is_empty());
}
