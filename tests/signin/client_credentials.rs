//! A machine's login: by secret, or by key.

use auth0_emulator::{MACHINE, MACHINE_SECRET, OWN_API};

use crate::support::{Home, Ran, Run, Tenant, claims, header};

/// `auth0-login --client-credentials` as the seeded machine.
pub(super) fn machine(tenant: &Tenant, home: &Home, args: &[&str]) -> Run {
    home.command("auth0-login")
        .trust(tenant)
        .args(&["--profile", "m", "--domain", tenant.domain(), "--client-id", MACHINE])
        .arg("--client-credentials")
        .args(args)
}

#[test]
fn a_machine_proves_itself_with_its_secret() {
    let tenant = Tenant::new();
    let check = |home: &Home, login: Ran| {
        let login =
            login.exits(0).prints("").says("application emulator-m2m").hides(MACHINE_SECRET);
        assert!(!login.stderr.contains("not granted"), "{login:?}");
        let form = tenant.requests_to("POST", "/oauth/token").pop().unwrap().form();
        assert_eq!(form["client_secret"], MACHINE_SECRET);
        assert!(!form.contains_key("scope"), "all that the grant holds: {form:?}");
        let profile = home.profile("m");
        assert!(profile.token.unwrap().scope.contains(&"read:clients".to_owned()));
        assert!(profile.user.is_none());
        assert!(!home.profile_text("m").unwrap().contains(MACHINE_SECRET), "it was not to be kept");
    };
    let home = Home::new();
    check(&home, machine(&tenant, &home, &[]).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run());
    let home = Home::new();
    let file = home.write("secret", &format!("{MACHINE_SECRET}\r\n"));
    check(&home, machine(&tenant, &home, &["--client-secret-file", file.to_str().unwrap()]).run());
    let home = Home::new();
    let stdin = machine(&tenant, &home, &["--client-secret-file", "-"]);
    check(&home, stdin.stdin(format!("{MACHINE_SECRET}\n")).start().end_input().wait());

    // Not kept, it cannot renew: that needs a login.
    home.expire("m");
    home.command("auth0-token").trust(&tenant).run().exits(3).says("auth0-login --profile m");
    // None at all, an empty one, one that cannot be read.
    machine(&tenant, &home, &[]).run().exits(2).says("AUTH0_CLIENT_SECRET");
    machine(&tenant, &home, &["--client-secret-file", "-"]).run().exits(2).says("empty");
    machine(&tenant, &home, &["--client-secret-file", MACHINE_SECRET])
        .run()
        .exits(2)
        .says("--client-secret-file cannot be read")
        .hides(MACHINE_SECRET);
    // Never from an argument.
    machine(&tenant, &home, &["--client-secret", MACHINE_SECRET])
        .run()
        .exits(2)
        .hides(MACHINE_SECRET);
}

#[test]
fn a_machine_asks_for_what_was_named() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let login = |args: &[&str]| {
        machine(&tenant, &home, args).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run()
    };
    // Auth0 refuses a scope that the client grant does not hold; it does not drop it.
    login(&["--scope", "read:clients", "--scope", "read:nothing"])
        .exits(3)
        .says("Client has not been granted scopes: read:nothing");
    login(&["--scope", "read:clients"]).exits(0);
    assert_eq!(home.profile("m").token.unwrap().scope, ["read:clients"]);
    login(&["--audience", OWN_API, "--scope", "read:things"]).exits(0);
    assert_eq!(home.profile("m").token.unwrap().audience, OWN_API);
}

#[test]
fn a_machine_proves_itself_with_its_key() {
    let tenant = Tenant::with(|config| {
        config.assertion_key = Some(include_bytes!("next.pub.pem").to_vec());
    });
    let home = Home::new();
    let key = home.write("key.pem", include_str!("../../emulator/keys/next.pem"));
    let key = key.to_str().unwrap();
    let mut ids = Vec::new();
    for alg in ["RS256", "RS384", "PS256"] {
        tenant.forget_requests();
        let args = ["--private-key", key, "--key-id", "k1", "--signing-alg", alg, "--save-secret"];
        machine(&tenant, &home, &args).run().exits(0).says("renews by itself");
        // Saved, it renews by itself, from another folder too.
        home.expire("m");
        home.command("auth0-token").trust(&tenant).run().exits(0);
        let requests = tenant.requests_to("POST", "/oauth/token");
        assert_eq!(requests.len(), 2);
        for request in requests {
            let form = request.form();
            assert_eq!(
                form["client_assertion_type"],
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            );
            assert!(!form.contains_key("client_secret"));
            let (head, body) =
                (header(&form["client_assertion"]), claims(&form["client_assertion"]));
            assert_eq!((&head["alg"], &head["kid"]), (&alg.into(), &"k1".into()));
            assert_eq!(body["aud"], format!("{}/", tenant.url()), "a single string");
            assert_eq!((&body["iss"], &body["sub"]), (&MACHINE.into(), &MACHINE.into()));
            // The fast clock of a computer must not make it a token from the future.
            assert_eq!(body.get("iat"), None);
            ids.push(body["jti"].as_str().unwrap().to_owned());
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6, "a fresh jti each time");
    let text = home.profile_text("m").unwrap();
    assert!(text.contains(key) && !text.contains("PRIVATE KEY"), "the path is kept: {text}");

    // A secret that is set outranks the key that is kept.
    tenant.forget_requests();
    let token = home.command("auth0-token").trust(&tenant).arg("--refresh");
    token.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run().exits(0);
    let form = tenant.requests_to("POST", "/oauth/token").remove(0).form();
    assert_eq!(form["client_secret"], MACHINE_SECRET);

    machine(&tenant, &home, &["--private-key", key, "--signing-alg", "HS256"]).run().exits(2);
    let broken =
        home.write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    machine(&tenant, &home, &["--private-key", broken.to_str().unwrap()]).run().exits(2);
    machine(&tenant, &home, &["--private-key", "nowhere.pem"])
        .run()
        .exits(2)
        .says("the file of the private key")
        .hides("nowhere.pem");
}
