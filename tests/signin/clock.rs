//! A computer whose clock is off: the tenant's answers say what time it is.

use auth0_emulator::MACHINE;

use crate::support::{Home, Tenant};

fn tenant(ahead: i64) -> Tenant {
    Tenant::with(|config| {
        config.clock_ahead = ahead;
        config.assertion_key = Some(include_bytes!("next.pub.pem").to_vec());
    })
}

#[test]
fn people_sign_in_with_a_wrong_clock_and_are_told() {
    for (ahead, word) in [
        (120, "your clock is 2 min behind the tenant's"),
        (-120, "your clock is 2 min ahead of the tenant's"),
        (86_400 * 3, "your clock is 3 d behind the tenant's"),
        (-86_400, "your clock is 24 h ahead of the tenant's"),
    ] {
        let (tenant, home) = (tenant(ahead), Home::new());
        tenant.sign_in(&home, &["--profile", "p"]).0.exits(0).says(word);
        // What is saved is by this computer's clock: the next command finds the token valid.
        tenant.forget_requests();
        home.command("auth0-token").run().exits(0);
        assert!(tenant.requests().is_empty());
    }
    let (tenant, home) = (tenant(10), Home::new());
    let (login, _) = tenant.sign_in(&home, &["--profile", "p"]);
    assert!(!login.exits(0).stderr.contains("clock"), "ten seconds are not worth a word");
}

#[test]
fn a_machine_proves_itself_with_a_wrong_clock() {
    for (ahead, requests) in [(0, 1), (30, 1), (120, 2), (-120, 1), (7200, 2), (-7200, 2)] {
        let (tenant, home) = (tenant(ahead), Home::new());
        let key = home.write("key.pem", include_str!("../../emulator/keys/next.pem"));
        home.command("auth0-login")
            .trust(&tenant)
            .args(&["--profile", "m", "--domain", tenant.domain(), "--client-id", MACHINE])
            .args(&["--client-credentials", "--save-secret", "--private-key"])
            .arg(key.to_str().unwrap())
            .run()
            .exits(0);
        assert_eq!(tenant.token_requests(), requests, "{ahead}");
        home.expire("m");
        home.command("auth0-token").trust(&tenant).run().exits(0);
    }
    // A refusal for another reason names the clock too, since nobody can tell.
    let (tenant, home) = (tenant(7200), Home::new());
    let other = home.write("key.pem", include_str!("../../src/oauth/testdata/test-key.pem"));
    home.command("auth0-login")
        .trust(&tenant)
        .args(&["--domain", tenant.domain(), "--client-id", MACHINE, "--client-credentials"])
        .args(&["--private-key", other.to_str().unwrap()])
        .run()
        .exits(3)
        .says("your clock is 2 h behind the tenant's");
    assert_eq!(tenant.token_requests(), 2, "asked once more, not for ever");
}

#[test]
fn a_token_made_elsewhere_expires_by_the_tenants_clock() {
    let given = |tenant: &Tenant, home: &Home, lifetime| {
        home.command("auth0-login")
            .trust(tenant)
            .args(&["--profile", "t", "--domain", tenant.domain(), "--with-token"])
            .stdin(tenant.access_token("read:clients", None, lifetime))
            .start()
            .end_input()
            .wait()
    };
    for ahead in [-7200, 7200] {
        let (tenant, home) = (tenant(ahead), Home::new());
        given(&tenant, &home, 600).exits(0).says("your clock is 2 h");
        // For ten minutes, not for two hours and ten.
        home.command("auth0-token").args(&["--min-valid", "9m"]).run().exits(0);
        home.command("auth0-token").args(&["--min-valid", "11m"]).run().exits(3);
        given(&tenant, &home, 0).exits(3).says("expired");
    }
    let (tenant, home) = (tenant(0), Home::new());
    given(&tenant, &home, 600).exits(0);
    assert!(tenant.requests().is_empty(), "a token that looks right is asked about nowhere");
}
