//! Tokens and secrets go to their own tenant only, and into no message.

use auth0_emulator::{Fault, FaultKind, MACHINE_SECRET, NATIVE, OWN_API};

use super::token;
use crate::support::{Home, Ran, Tenant};

#[test]
fn a_token_goes_nowhere_but_home() {
    let (tenant, evil) = (Tenant::new(), Tenant::new());
    let home = tenant.signed_in();
    let before = home.files();
    let list = || home.command("auth0-clients").trust(&evil).args(&["list"]);
    let elsewhere = |output: Ran| {
        output.exits(3).prints("").says("is for the").says("hint: ").hides(&home.access_token());
    };
    for binary in ["auth0-token", "auth0-clients", "auth0-connections", "auth0-api"] {
        let args: &[&str] = match binary {
            "auth0-token" => &[],
            "auth0-api" => &["clients"],
            _ => &["list"],
        };
        let run = || home.command(binary).trust(&evil).args(args);
        elsewhere(run().env("AUTH0_DOMAIN", evil.domain()).run());
        elsewhere(run().env("AUTH0_DOMAIN", evil.domain()).args(&["--profile", "p"]).run());
        elsewhere(run().env("AUTH0_AUDIENCE", OWN_API).run());
        elsewhere(run().env("AUTH0_CLIENT_ID", "another").run());
    }
    elsewhere(
        home.command("auth0-token").env("AUTH0_DOMAIN", evil.domain()).arg("--refresh").run(),
    );
    // Neither does a domain that was edited in the file, or a refresh token.
    home.edit("p", |text| text.replacen(tenant.domain(), evil.domain(), 1));
    elsewhere(list().run());
    home.expire("p");
    elsewhere(list().run());
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
    drop(before);

    // A whole address of elsewhere is no path, and a redirect is not followed.
    let home = tenant.signed_in();
    let url = format!("{}/api/v2/clients", evil.url());
    home.command("auth0-api").trust(&evil).arg(&url).run().exits(2).hides(&home.access_token());
    for path in ["/api/v2/", "/oauth/"] {
        tenant.configure(|config| {
            config.faults = vec![Fault::always(FaultKind::Redirect(url.clone()), path)]
        });
        home.command("auth0-clients")
            .trust(&tenant)
            .args(&["list"])
            .run()
            .exits(7)
            .says("redirect");
        home.expire("p");
    }
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
}

/// What proves an application to its tenant is worth more than a token.
#[test]
fn a_saved_secret_goes_nowhere_but_home() {
    let (tenant, evil, home) = (Tenant::new(), Tenant::new(), Home::new());
    tenant.machine_login(&home, "p").arg("--save-secret").run().exits(0);
    let run = |binary: &str| home.command(binary).trust(&evil).args(&["--profile", "p"]);
    let refused = |output: Ran| {
        output.exits(3).prints("").says("hint: ").hides(MACHINE_SECRET);
    };
    for signed_in in [true, false] {
        if !signed_in {
            home.command("auth0-logout").trust(&tenant).run().exits(0);
        }
        refused(run("auth0-token").env("AUTH0_DOMAIN", evil.domain()).run());
        refused(run("auth0-clients").arg("list").env("AUTH0_DOMAIN", evil.domain()).run());
        refused(run("auth0-token").env("AUTH0_CLIENT_ID", NATIVE).arg("--refresh").run());
    }
    for way in [&[][..], &["--client-credentials"]] {
        run("auth0-login").args(&["--domain", evil.domain()]).args(way).run().exits(2);
        run("auth0-login").env("AUTH0_DOMAIN", evil.domain()).args(way).run().exits(2);
        run("auth0-login").args(&["--client-id", "another"]).args(way).run().exits(2);
    }
    assert!(evil.requests_to("POST", "/oauth/token").is_empty(), "{:?}", evil.requests());
    // At home it is still good, and a secret that is given goes where one says.
    home.command("auth0-token").trust(&tenant).run().exits(0);
    run("auth0-login")
        .args(&["--domain", evil.domain()])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(0);
}

#[test]
fn a_token_for_another_api_is_not_sent_to_the_management_api() {
    let (tenant, home) = (Tenant::new(), Home::new());
    tenant.sign_in(&home, &["--profile", "p", "--audience", OWN_API]).0.exits(0);
    tenant.forget_requests();
    for (binary, arg) in
        [("auth0-clients", "list"), ("auth0-connections", "list"), ("auth0-api", "clients")]
    {
        let refused = home.command(binary).trust(&tenant).arg(arg).run();
        refused.exits(3).says(OWN_API).says("auth0-login");
    }
    assert!(tenant.requests().is_empty(), "{:?}", tenant.requests());
}

#[test]
fn secrets_are_in_no_message() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &["--profile", "p", "-vv"]);
    let callback = crate::support::Browser::new(&tenant).callback(&url);
    crate::support::get(&callback);
    let login =
        login.wait().exits(0).prints("").says("/oauth/token").says("grant_type=authorization_code");
    let form = tenant.requests_to("POST", "/oauth/token")[0].form();
    let check = |said: Ran, form: &std::collections::HashMap<String, String>| {
        let mut said = said.hides(&home.refresh_token());
        for name in ["code", "code_verifier", "refresh_token", "client_secret"] {
            if let Some(value) = form.get(name) {
                said = said.hides(value);
            }
        }
        said
    };
    check(login.hides(&home.access_token()), &form).hides("eyJ");
    let renewed = token(&tenant, &home, &["--refresh", "-vv"]).exits(0);
    let form = tenant.requests_to("POST", "/oauth/token")[1].form();
    let renewed = check(renewed, &form);
    assert!(!renewed.stderr.contains("eyJ"), "{renewed:?}");
    let machine = tenant.machine_login(&home, "m").arg("-vv").run();
    machine.exits(0).prints("").hides(MACHINE_SECRET).hides("eyJ");
}
