//! A saved secret or key belongs to one tenant and one application, as a token does.

use auth0_emulator::{MACHINE, MACHINE_SECRET, NATIVE};

use crate::support::{Home, Ran, Run, Tenant};

fn run(home: &Home, tenant: &Tenant, binary: &str, args: &[&str]) -> Ran {
    home.command(binary).trust(tenant).args(args).run()
}

#[track_caller]
fn has_no_credential(home: &Home) {
    let text = home.profile_text("p").unwrap();
    for key in ["client_secret", "private_key", "key_id", "signing_alg", "[credential]"] {
        assert!(!text.contains(key), "{key}: {text}");
    }
}

#[test]
fn a_change_of_domain_or_application_drops_the_credential() {
    let (tenant, evil) = (Tenant::new(), Tenant::new());
    for signed_in in [true, false] {
        for setting in [format!("domain={}", evil.domain()), "client_id=another".to_owned()] {
            let home = tenant.machine_signed_in("p");
            if !signed_in {
                run(&home, &tenant, "auth0-logout", &[]).exits(0);
            }
            tenant.forget_requests();
            let set = run(&home, &tenant, "auth0-profiles", &["set", "p", &setting]);
            set.exits(0).says("was dropped").hides(MACHINE_SECRET);
            has_no_credential(&home);
            run(&home, &evil, "auth0-token", &[]).exits(3);
            assert!(tenant.requests().is_empty(), "{setting}");
        }
    }
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
    // Another setting keeps it.
    let home = tenant.machine_signed_in("p");
    run(&home, &tenant, "auth0-profiles", &["set", "p", "scope=read:clients"]).exits(0);
    run(&home, &tenant, "auth0-profiles", &["set", "p", &format!("client_id={MACHINE}")]).exits(0);
    run(&home, &tenant, "auth0-token", &["--refresh"]).exits(0);
}

/// A change in an editor, too.
#[test]
fn a_credential_stays_at_home_whoever_edits_the_file() {
    let (tenant, evil) = (Tenant::new(), Tenant::new());
    for signed_in in [true, false] {
        for (old, new) in [(tenant.domain(), evil.domain()), (MACHINE, NATIVE)] {
            let home = tenant.machine_signed_in("p");
            if signed_in {
                home.expire("p");
            } else {
                run(&home, &tenant, "auth0-logout", &[]).exits(0);
            }
            home.edit("p", |text| text.replacen(&format!("\"{old}\""), &format!("\"{new}\""), 1));
            tenant.forget_requests();
            let refused = run(&home, &evil, "auth0-token", &[]).exits(3);
            refused.says("auth0-login --profile p").hides(MACHINE_SECRET);
            assert!(tenant.requests().is_empty(), "{new}");
        }
    }
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
    // The domain is not there at all, and the environment names another.
    let home = tenant.machine_signed_in("p");
    run(&home, &tenant, "auth0-logout", &[]).exits(0);
    home.edit("p", |text| text.replacen("domain = ", "# domain = ", 1));
    home.command("auth0-token")
        .trust(&evil)
        .args(&["--profile", "p"])
        .env("AUTH0_DOMAIN", evil.domain())
        .run()
        .exits(3);
    assert!(evil.requests().is_empty(), "{:?}", evil.requests());
}

#[test]
fn a_login_elsewhere_drops_the_credential() {
    let (tenant, other) = (Tenant::new(), Tenant::new());
    let home = tenant.machine_signed_in("p");
    let login = |args: &[&str]| -> Run {
        home.command("auth0-login")
            .trust(&other)
            .args(&["--profile", "p", "--domain", other.domain(), "--client-id", MACHINE])
            .arg("--client-credentials")
            .args(args)
            .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
    };
    login(&[]).run().exits(0).says("was dropped");
    has_no_credential(&home);
    login(&["--save-secret"]).run().exits(0);
    home.expire("p");
    run(&home, &other, "auth0-token", &[]).exits(0);
}

#[test]
fn a_key_is_bound_as_a_secret_is() {
    let tenant = Tenant::with(|config| {
        config.assertion_key = Some(include_bytes!("next.pub.pem").to_vec());
    });
    let evil = Tenant::new();
    let home = Home::new();
    let key = home.write("key.pem", include_str!("../../emulator/keys/next.pem"));
    let key = key.to_str().unwrap();
    home.command("auth0-login")
        .trust(&tenant)
        .args(&["--profile", "p", "--domain", tenant.domain(), "--client-id", MACHINE])
        .args(&["--client-credentials", "--private-key", key, "--key-id", "k", "--save-secret"])
        .run()
        .exits(0);
    let domain = format!("domain={}", evil.domain());
    run(&home, &evil, "auth0-profiles", &["set", "p", &domain]).exits(0).says("was dropped");
    has_no_credential(&home);
    run(&home, &evil, "auth0-token", &[]).exits(3);
    assert!(evil.requests().is_empty());
    // A key that is named with the domain is for it.
    let domain = format!("domain={}", tenant.domain());
    let key = format!("private_key={key}");
    run(&home, &tenant, "auth0-profiles", &["set", "p", &domain, &key]).exits(0);
    run(&home, &tenant, "auth0-token", &[]).exits(0);
}

/// Version 0.1 did not write down what a secret is for.
#[test]
fn an_old_profile_is_bound_by_the_next_write() {
    let (tenant, evil, home) = (Tenant::new(), Tenant::new(), Home::new());
    let text = format!(
        "# mine\ndomain = \"{}\"\nclient_id = \"{MACHINE}\"\ngrant = \"client_credentials\"\n\
         client_secret = \"{MACHINE_SECRET}\"\n",
        tenant.domain()
    );
    home.write("config/profiles/p.toml", &text);
    run(&home, &tenant, "auth0-token", &[]).exits(0);
    let written = home.profile_text("p").unwrap();
    assert!(written.starts_with(&text) && written.contains("[credential]"), "{written}");
    // An application that was changed in the meantime does not get the other's secret.
    home.write("config/profiles/p.toml", &text);
    let domain = format!("domain={}", evil.domain());
    run(&home, &tenant, "auth0-profiles", &["set", "p", &domain]).exits(0).says("was dropped");
    has_no_credential(&home);
}
