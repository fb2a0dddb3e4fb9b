//! Tokens that must not be believed: refused, nothing kept, and the page says so.

use auth0_emulator::{IdTokenFault, NATIVE, TokenFault};

use super::login::refused;
use crate::support::{Home, Tenant};

#[test]
fn an_id_token_that_proves_nothing_is_refused() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    for (fault, why) in [
        (IdTokenFault::WrongNonce, "nonce"),
        (IdTokenFault::WrongIssuer, "https://evil.example/"),
        (IdTokenFault::WrongAudience, "another application"),
        (IdTokenFault::MissingAzp, "azp"),
        (IdTokenFault::Expired, "expired"),
        (IdTokenFault::FutureIat(3600), "clock"),
        (IdTokenFault::AlgNone, "none"),
        (IdTokenFault::Hs256, "HS256"),
        (IdTokenFault::UnknownKid, "nobody"),
        (IdTokenFault::OtherKey, "signature"),
    ] {
        tenant.configure(|config| config.id_token_fault = Some(fault));
        let login = refused(&tenant, &home, &["--profile", "p"], 3);
        assert!(login.stderr.contains(why), "{fault:?}: {login:?}");
        // None of it is in the way of the next.
        tenant.configure(|config| config.id_token_fault = None);
    }
    // HS256 has a setting behind it, which is named.
    tenant.configure(|config| config.id_token_fault = Some(IdTokenFault::Hs256));
    refused(&tenant, &home, &["--profile", "p"], 3).says("RS256").says("hint: ");
    tenant.configure(|config| config.id_token_fault = None);
    let change = r#"{"jwt_configuration": {"alg": "HS256"}}"#;
    home.command("auth0-api")
        .trust(&tenant)
        .env("AUTH0_DOMAIN", tenant.domain())
        .env("AUTH0_ACCESS_TOKEN", tenant.access_token("update:clients", None, 600))
        .args(&["PATCH", &format!("clients/{NATIVE}"), "-d", change])
        .run()
        .exits(0);
    refused(&tenant, &home, &["--profile", "p"], 3).says("HS256").says("RS256");
}

#[test]
fn a_clock_a_little_off_is_no_fault() {
    let tenant = Tenant::with(|config| config.id_token_fault = Some(IdTokenFault::FutureIat(30)));
    tenant.signed_in();
}

#[test]
fn the_organization_is_the_one_that_was_asked_for() {
    let tenant = Tenant::new();
    let home = Home::new();
    let asked = ["--profile", "p", "--organization", "org_acme"];
    tenant.sign_in(&home, &asked).0.exits(0);
    assert!(home.profile_text("p").unwrap().contains("organization = \"org_acme\""));
    // By name too, whatever its case (Auth0 lowers it).
    tenant.sign_in(&home, &["--profile", "q", "--organization", "Acme"]).0.exits(0);
    tenant.configure(|config| config.id_token_fault = Some(IdTokenFault::WrongOrganization));
    refused(&tenant, &home, &asked, 3).says("organization");
}

#[test]
fn a_token_endpoint_that_answers_nonsense_is_an_error() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    for (fault, code) in [
        (TokenFault::Html, 7),
        (TokenFault::Redirect, 7),
        (TokenFault::ServerError, 7),
        (TokenFault::Empty, 7),
        (TokenFault::Truncated, 7),
        (TokenFault::Endless, 7),
        (TokenFault::WrongTokenType, 7),
    ] {
        tenant.configure(|config| config.token_fault = Some(fault));
        tenant.forget_requests();
        let before = home.files();
        let (login, page) = tenant.sign_in(&home, &["--profile", "p"]);
        assert_eq!(login.code, Some(code), "{fault:?}: {login:?}");
        assert!(page.body.contains("Not signed in"), "{fault:?}: {page:?}");
        assert_eq!(home.files(), before, "{fault:?}");
        assert_eq!(tenant.token_requests(), 1, "{fault:?}: a code works only once");
    }
    // Without a lifetime it is the token's own that counts.
    tenant.configure(|config| config.token_fault = Some(TokenFault::NoExpiresIn));
    tenant.sign_in(&home, &["--profile", "p"]).0.exits(0);
    let token = home.profile("p").token.unwrap();
    let claims = crate::support::claims(token.access_token.expose());
    assert_eq!(claims["exp"], token.expires_at);
}

#[test]
fn refusals_are_told_apart_by_their_name() {
    let tenant = Tenant::new();
    let home = Home::new();
    let login = |args: &[&str]| home.command("auth0-login").trust(&tenant).args(args);
    let domain = tenant.domain();
    let machine = auth0_emulator::MACHINE;
    // Another secret: Auth0 says 401 access_denied.
    let args = ["--domain", domain, "--client-id", machine, "--client-credentials"];
    login(&args).env("AUTH0_CLIENT_SECRET", "wrong-secret").run().exits(3).hides("wrong-secret");
    // An application that may not do this at all.
    let args = ["--domain", domain, "--client-id", NATIVE, "--client-credentials"];
    login(&args).env("AUTH0_CLIENT_SECRET", "x").run().exits(3).says("Grant Types");
    let args = ["--domain", domain, "--client-id", machine, "--device"];
    login(&args).run().exits(3).says("Device Code");
    // An API that is not there.
    let args = [
        "--domain",
        domain,
        "--client-id",
        machine,
        "--client-credentials",
        "--audience",
        "https://no.example",
    ];
    login(&args)
        .env("AUTH0_CLIENT_SECRET", auth0_emulator::MACHINE_SECRET)
        .run()
        .exits(3)
        .says("https://no.example");
    assert!(home.files().is_empty());
}
