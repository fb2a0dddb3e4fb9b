//! `--audience`: one login, several APIs.

use auth0_emulator::{MACHINE, MACHINE_SECRET, NATIVE, OWN_API, TokenFault};

use super::{CLOSED, ORDERS, STOCK, machine, machine_token, person, tenant, token};
use crate::support::{Home, Tenant, claims};

fn of_api(home: &Home, audience: &str) -> Option<String> {
    let token = home.profile("p").tokens.get(audience)?.access_token.expose().to_owned();
    Some(token)
}

#[test]
fn one_login_serves_several_apis_and_keeps_their_tokens() {
    let tenant = tenant();
    let home = person(&tenant);
    home.edit("p", |text| format!("# mine\n{text}"));
    let own = home.profile("p").token.unwrap().access_token;
    for audience in [ORDERS, STOCK] {
        let before = home.refresh_token();
        let printed = token(&tenant, &home, &["--audience", audience]).exits(0);
        let access = printed.stdout.trim();
        let said = claims(access);
        assert!(said["aud"].to_string().contains(audience), "{said}");
        assert_eq!(of_api(&home, audience).as_deref(), Some(access));
        assert_ne!(home.refresh_token(), before);
        assert!(tenant.honours(&home.refresh_token()), "the rotated refresh token is saved");
    }
    assert_eq!(tenant.token_requests(), 2);
    // All of them are still valid, so nothing is asked any more.
    tenant.forget_requests();
    for audience in [ORDERS, STOCK] {
        let kept = of_api(&home, audience).unwrap();
        token(&tenant, &home, &["--audience", audience]).exits(0).prints_line(&kept);
    }
    for args in [&[][..], &["--audience", OWN_API]] {
        token(&tenant, &home, args).exits(0).prints_line(own.expose());
    }
    assert!(tenant.requests().is_empty());
    assert!(home.profile_text("p").unwrap().starts_with("# mine\n"));
    // Renewing the profile's own token keeps them; so does the environment's audience.
    token(&tenant, &home, &["--refresh"]).exits(0);
    assert_eq!(home.profile("p").tokens.len(), 2);
    let named = home.command("auth0-token").trust(&tenant).env("AUTH0_AUDIENCE", STOCK);
    let kept = of_api(&home, ORDERS).unwrap();
    named.args(&["--audience", ORDERS]).run().exits(0).prints_line(&kept);
    // A new login and a logout end them.
    tenant.sign_in(&home, &["--profile", "p", "--audience", OWN_API]).0.exits(0);
    assert!(home.profile("p").tokens.is_empty());
    token(&tenant, &home, &["--audience", ORDERS]).exits(0);
    home.command("auth0-logout").trust(&tenant).run().exits(0);
    assert!(home.profile("p").tokens.is_empty());
    token(&tenant, &home, &["--audience", ORDERS]).exits(3).says("auth0-login --profile p");
}

#[test]
fn fifty_processes_that_ask_for_three_audiences_cause_three_requests() {
    let tenant = tenant();
    let home = person(&tenant);
    home.expire("p");
    let crowd: Vec<_> = (0..50)
        .map(|number| {
            let audience = [OWN_API, ORDERS, STOCK][number % 3];
            let command = home.command("auth0-token").trust(&tenant);
            (audience, command.args(&["-q", "--audience", audience]).start())
        })
        .collect();
    for (audience, running) in crowd {
        let printed = running.wait().exits(0);
        let access = printed.stdout.trim();
        assert!(claims(access)["aud"].to_string().contains(audience));
        let own = home.profile("p").token.unwrap().access_token.expose().to_owned();
        assert_eq!(of_api(&home, audience).unwrap_or(own), access);
    }
    assert_eq!(tenant.token_requests(), 3);
    assert!(tenant.honours(&home.refresh_token()), "no rotated refresh token is lost");
}

#[test]
fn a_token_for_another_api_than_asked_is_refused_after_the_refresh_token_is_saved() {
    let tenant = tenant();
    let home = person(&tenant);
    for args in [&["--audience", CLOSED][..], &["--audience", CLOSED, "-o", "json"]] {
        let before = home.refresh_token();
        let refused = token(&tenant, &home, args).exits(4).prints("");
        // Reading the policies takes an administrator's profile.
        refused
            .says(CLOSED)
            .says(OWN_API)
            .says("refresh_token.policies")
            .says("auth0-login --profile local-admin --domain")
            .says(&format!(
                "auth0-api clients/{NATIVE} -q fields=refresh_token --profile local-admin"
            ));
        assert_ne!(home.refresh_token(), before);
        assert!(tenant.honours(&home.refresh_token()));
        assert!(home.profile("p").tokens.is_empty());
    }
    // The login itself still works.
    token(&tenant, &home, &["--refresh"]).exits(0);
    // A machine's profile is named as it is called.
    tenant.machine_login(&home, "m").arg("--save-secret").run().exits(0);
    token(&tenant, &home, &["--profile", "p", "--audience", CLOSED])
        .exits(4)
        .says(&format!("auth0-api clients/{NATIVE} -q fields=refresh_token --profile m"))
        .hides("local-admin");
}

#[test]
fn scopes_that_were_dropped_are_refused() {
    let tenant = tenant();
    let home = person(&tenant);
    let asked = |scope: &str| token(&tenant, &home, &["--audience", ORDERS, "--scope", scope]);
    asked("read:rows,write:rows").exits(4).prints("").says("write:rows").says("policies");
    assert!(home.profile("p").tokens.is_empty() && tenant.honours(&home.refresh_token()));
    let first = asked("read:rows").exits(0).stdout;
    tenant.forget_requests();
    asked("read:rows").exits(0).prints(&first);
    assert!(tenant.requests().is_empty());
    asked("a\"b").exits(2);
    token(&tenant, &home, &["--scope", "read:rows"]).exits(2).says("--audience");
}

#[test]
fn a_machine_asks_for_each_api_by_itself() {
    let tenant = tenant();
    let home = machine(&tenant);
    let own = home.profile("p").token.unwrap().access_token;
    let printed = token(&tenant, &home, &["--audience", ORDERS]).exits(0);
    assert_eq!(of_api(&home, ORDERS).as_deref(), Some(printed.stdout.trim()));
    assert_eq!(claims(printed.stdout.trim())["scope"], "read:rows");
    token(&tenant, &home, &["--audience", ORDERS]).exits(0).prints(&printed.stdout);
    token(&tenant, &home, &[]).exits(0).prints_line(own.expose());
    assert_eq!(tenant.token_requests(), 1);
    let before = home.files();
    token(&tenant, &home, &["--audience", CLOSED])
        .exits(3)
        .prints("")
        .says("Machine to Machine Applications");
    assert_eq!(home.files(), before);
}

#[test]
fn credentials_of_the_environment_get_any_api_and_a_given_token_only_its_own() {
    let tenant = tenant();
    let home = Home::new();
    let given = |home: &Home| home.command("auth0-token").trust(&tenant);
    let printed = given(&home)
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_CLIENT_ID", MACHINE)
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .args(&["--audience", ORDERS])
        .run()
        .exits(0);
    assert_eq!(claims(printed.stdout.trim())["aud"], ORDERS);
    assert!(home.files().is_empty());
    let access = tenant.access_token("read:rows", Some(ORDERS), 600);
    let with = |audience: &str, scope: &str| {
        given(&home)
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_ACCESS_TOKEN", &access)
            .args(&["--audience", audience, "--scope", scope])
            .run()
    };
    with(ORDERS, "read:rows").exits(0).prints_line(&access);
    with(ORDERS, "write:rows").exits(4).prints("").says("no scope write:rows");
    with(STOCK, "read:rows").exits(3).prints("").says(STOCK);
}

#[test]
fn a_login_for_the_management_api_says_that_it_serves_no_other() {
    let tenant = Tenant::with(|config| config.scope_mode = auth0_emulator::ScopeMode::CurrentUser);
    let home = tenant.signed_in();
    let refused = token(&tenant, &home, &["--audience", ORDERS]).exits(3).prints("");
    refused.says("no refresh token").says(&format!("auth0-login --profile p --audience {ORDERS}"));
}

/// Auth0 does not accept the Management API in a policy, so no hint may name one.
#[test]
fn a_person_is_sent_to_a_machine_login_for_the_management_api() {
    let tenant = tenant();
    let home = person(&tenant);
    let audience = tenant.audience();
    let refused = token(&tenant, &home, &["--audience", &audience]).exits(4).prints("");
    refused
        .hides("refresh_token.policies")
        .says("only a machine")
        .says("auth0-login --profile local-admin")
        .says("--client-credentials");
    assert!(tenant.honours(&home.refresh_token()));
    let home = machine(&tenant);
    home.run("auth0-profiles", &["rename", "p", "local-admin"]).exits(0);
    tenant.sign_in(&home, &["--profile", "p", "--audience", OWN_API]).0.exits(0);
    let refused = home.command("auth0-token").trust(&tenant);
    let refused = refused.args(&["--profile", "p", "--audience", &audience]).run().exits(4);
    refused.says(&format!("auth0-token --profile local-admin --audience {audience}"));
}

/// A machine has no policies of refresh tokens: its access is a matter of client grants.
#[test]
fn a_machines_token_for_another_api_than_asked_is_refused() {
    use crate::api::fake::{self, Reply};
    let jws =
        |claims: &str| format!("{}.{}.c2ln", base64url("{\"alg\":\"RS256\"}"), base64url(claims));
    let encrypted = base64url("{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\"}");
    for (access, code, words) in [
        (jws("{\"aud\":\"https://other.example.com\"}"), 4, "https://other.example.com, not for"),
        (jws("{}"), 4, "does not say that it is for"),
        ("opaque".to_owned(), 4, "does not say that it is for"),
        // Only its API can read an encrypted token (RFC 7516).
        (format!("{encrypted}.AA.AA.AA.AA"), 0, ""),
    ] {
        let answer = serde_json::json!({
            "access_token": access, "token_type": "Bearer", "expires_in": 600, "scope": "read:rows",
        });
        let tenant = fake::Tenant::new(move |_| Reply::json(200, answer.clone()));
        let home = Home::new();
        machine_token(&home, &tenant).run().exits(code).says(words).hides("refresh_token.policies");
    }
    let tenant = tenant();
    let home = machine(&tenant);
    token(&tenant, &home, &["--audience", ORDERS, "--scope", "read:rows,delete:rows"])
        .exits(3)
        .hides("refresh_token.policies");
}

fn base64url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// The tenant has replaced the refresh token, whatever else it answers.
#[test]
fn an_unusable_answer_for_another_api_leaves_its_refresh_token() {
    let tenant = tenant();
    let home = person(&tenant);
    let before = home.refresh_token();
    tenant.configure(|config| config.token_fault = Some(TokenFault::WrongTokenType));
    token(&tenant, &home, &["--audience", ORDERS]).exits(7).prints("");
    assert_ne!(home.refresh_token(), before);
    assert!(tenant.honours(&home.refresh_token()));
    assert!(home.profile("p").tokens.is_empty());
}

/// A write that was not finished waits beside the profile under the old refresh token's digest.
#[test]
fn an_unfinished_write_keeps_only_the_tokens_of_its_own_login() {
    use sha2::{Digest as _, Sha256};
    let tenant = tenant();
    let home = person(&tenant);
    token(&tenant, &home, &["--audience", ORDERS]).exits(0);
    let old = home.profile_text("p").unwrap();
    let orders = old.find("[tokens.").unwrap();
    let end = old[orders + 1..].find("\n[").map_or(old.len(), |at| orders + 1 + at);
    let without = format!("{}{}", &old[..orders], &old[end..]);
    let spent = home.refresh_token();
    let digest = Sha256::digest(spent.as_bytes());
    let hash: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    for (waiting, kept) in [(&old, 1), (&without, 0)] {
        home.edit("p", |_| old.clone());
        let waiting = waiting.replace(&spent, "rt-new");
        home.write(&format!("config/profiles/p.toml.{hash}.new"), &waiting);
        // Any command that takes the lock finishes the write; this one also changes a setting.
        home.run("auth0-profiles", &["set", "p", "protected=true"]).exits(0);
        assert_eq!(home.refresh_token(), "rt-new");
        assert_eq!(home.profile("p").tokens.len(), kept);
    }
}
