//! Every way to a token besides the plain one.

use std::time::{Duration, Instant};

use auth0_emulator::{MACHINE, MACHINE_SECRET, NATIVE, OWN_API, ScopeMode};

use crate::support::{Browser, Home, Ran, Run, Tenant, claims, get, header, parameter};

/// A login by the device flow, its code shown and not confirmed yet.
fn device(tenant: &Tenant, home: &Home, args: &[&str]) -> crate::support::Running {
    let login = tenant.login(home, &["--profile", "p", "--device"]).args(args).start();
    login.hears("confirm this code");
    login
}

#[test]
fn a_device_is_confirmed_elsewhere() {
    let (tenant, home) = (Tenant::with(|config| config.device_interval = 1), Home::new());
    let login = device(&tenant, &home, &[]);
    assert!(tenant.decide_device(true));
    let login =
        login.wait().exits(0).prints("").says("/activate?user_code=").says("ann@example.com");
    assert!(!login.stderr.contains('█'), "a QR code is for a terminal: {login:?}");
    let text = home.profile_text("p").unwrap();
    assert!(text.contains("grant = \"device_code\""), "{text}");
    let asked = tenant.requests_to("POST", "/oauth/device/code").remove(0).form();
    assert_eq!(asked["audience"], tenant.audience());
    let polled = tenant.requests_to("POST", "/oauth/token").remove(0).form();
    assert_eq!(polled["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    // From here on it renews by itself, and the next login goes the same way.
    home.expire("p");
    home.command("auth0-token").trust(&tenant).run().exits(0);
    let again = home.command("auth0-login").trust(&tenant).start();
    again.hears("confirm this code");
}

#[test]
fn a_device_that_is_denied_or_forgotten_is_no_login() {
    let (tenant, home) = (Tenant::with(|config| config.device_interval = 1), Home::new());
    let login = device(&tenant, &home, &[]);
    assert!(tenant.decide_device(false));
    login.wait().exits(3).prints("").says("error: ");
    tenant.configure(|config| config.device_lifetime = 1);
    device(&tenant, &home, &[]).wait().exits(3).says("in time").says("hint: ");
    tenant.configure(|config| config.device_lifetime = 900);
    device(&tenant, &home, &["--timeout", "100ms"]).wait().exits(3).says("within 100ms");
    assert!(home.files().is_empty());
}

#[test]
fn a_tenant_that_asks_for_slower_polls_gets_five_seconds_more() {
    let (tenant, home) = (Tenant::with(|config| config.device_interval = 1), Home::new());
    let login = device(&tenant, &home, &[]);
    // It has promised an interval of one second, and now wants three.
    tenant.configure(|config| config.device_interval = 3);
    let polled = |count| {
        while tenant.token_requests() < count {
            std::thread::sleep(Duration::from_millis(5));
        }
        Instant::now()
    };
    let second = polled(2);
    let statuses: Vec<_> =
        tenant.requests_to("POST", "/oauth/token").iter().map(|r| r.status).collect();
    assert_eq!(statuses, [403, 429], "pending, then slow_down");
    assert!(tenant.decide_device(true));
    let third = polled(3);
    assert!(third - second > Duration::from_millis(5500), "{:?}", third - second);
    login.wait().exits(0);
    assert_eq!(tenant.token_requests(), 3);
}

/// `auth0-login --client-credentials` as the seeded machine.
fn machine(tenant: &Tenant, home: &Home, args: &[&str]) -> Run {
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

#[test]
fn a_token_made_elsewhere_is_taken_if_it_fits() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let given = |token: &str| {
        home.command("auth0-login")
            .trust(&tenant)
            .args(&["--profile", "t", "--domain", tenant.domain(), "--with-token"])
            .stdin(token)
            .start()
            .end_input()
            .wait()
    };
    let refused = |token: &str, code, why: &str| {
        given(token).exits(code).prints("").says(why);
        assert!(home.files().is_empty());
    };
    refused(&tenant.access_token("read:clients", None, 0), 3, "expired");
    refused(&tenant.access_token("read:things", Some(OWN_API), 60), 2, OWN_API);
    refused(&Tenant::new().access_token("read:clients", None, 60), 2, "--domain");
    refused("not.a.token", 2, "JSON Web Token");
    refused("opaque", 2, "JSON Web Token");
    refused(" \n", 2, "no access token is given");
    tenant.forget_requests();
    let token = tenant.access_token("read:clients", None, 600);
    given(&format!(" {token}\r\n")).exits(0).prints("").says("read:clients").hides(&token);
    assert!(tenant.requests().is_empty(), "nothing is asked for it");
    home.run("auth0-token", &[]).exits(0).prints_line(&token);
    home.command("auth0-clients").trust(&tenant).args(&["list", "--limit", "1"]).run().exits(0);
    home.expire("t");
    home.run("auth0-token", &[]).exits(3).says("auth0-login --profile t");
}

#[test]
fn the_address_says_what_was_asked_for() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (_login, url) = tenant.login_begun(
        &home,
        &[
            "--organization",
            "org_1",
            "--invitation",
            "ticket",
            "--connection",
            "google-oauth2",
            "--login-hint",
            "ann+x@example.com",
            "--prompt",
            "login",
            "--max-age",
            "0",
            "--ui-locales",
            "ja en",
            "--param",
            "screen_hint=signup",
            "--param",
            "ext-x=a&b=c d",
        ],
    );
    for (name, value) in [
        ("organization", "org_1"),
        ("invitation", "ticket"),
        ("connection", "google-oauth2"),
        ("login_hint", "ann+x@example.com"),
        ("prompt", "login"),
        ("max_age", "0"),
        ("ui_locales", "ja en"),
        ("screen_hint", "signup"),
        ("ext-x", "a&b=c d"),
    ] {
        assert_eq!(parameter(&url, name), value, "{name}");
    }
    let (login, url) = tenant.login_begun(&home, &["--prompt", "none"]);
    get(&Browser::new(&tenant).callback(&url));
    login.wait().exits(3).says("login_required");
}

#[test]
fn one_more_scope_keeps_those_there_were() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant
        .sign_in(&home, &["--scope", "openid offline_access", "--scope", "read:clients"])
        .0
        .exits(0);
    tenant
        .sign_in(&home, &["--add-scope", "update:clients", "--add-scope", "read:users"])
        .0
        .exits(0);
    let all = ["openid", "offline_access", "read:clients", "update:clients", "read:users"];
    assert_eq!(home.profile("p").settings.scope.unwrap(), all);
    let (_login, url) = tenant.login_begun(&home, &[]);
    assert_eq!(parameter(&url, "scope"), all.join(" "));
}

#[test]
fn what_was_not_granted_is_reported_with_its_reason() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::CurrentUser);
    let home = Home::new();
    let (login, page) = tenant.sign_in(
        &home,
        &[
            "--profile",
            "p",
            "--scope",
            "openid offline_access read:clients read:current_user",
            "-o",
            "json",
        ],
    );
    assert!(page.body.contains("You are signed in"), "{page:?}");
    let login = login
        .exits(0)
        .says("not granted: read:clients")
        .says("current_user scopes")
        .says("no refresh token");
    assert_eq!(login.json()["refreshable"], false);
    assert_eq!(login.json()["scope"], serde_json::json!(["openid", "read:current_user"]));
    // Every command that is named gets what was missing.
    home.command("auth0-clients").trust(&tenant).arg("list").run().exits(4);
    let token = tenant.access_token("read:clients", None, 600);
    let commands: Vec<_> = login.stderr.split('`').skip(1).step_by(2).collect();
    let commands: Vec<_> = commands.into_iter().filter(|line| line.contains("-admin")).collect();
    assert_eq!(commands.len(), 2, "{login:?}");
    for command in commands {
        let words = command.replace("ITS-ID", MACHINE);
        let words: Vec<_> = words.split(' ').collect();
        assert_eq!(words[0], "auth0-login");
        let run = home.command(words[0]).trust(&tenant).args(&words[1..]);
        let run = run.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).stdin(&token).start();
        run.end_input().wait().exits(0).says("The current profile is 'local-admin'.");
        home.command("auth0-clients").trust(&tenant).arg("list").run().exits(0);
    }
    assert!(home.profile("p").user.is_some(), "the person's own profile is as it was");
    // An API of the tenant's own is the everyday case: nothing is missing there.
    let (login, _) = tenant
        .sign_in(&home, &["--profile", "own", "--audience", OWN_API, "--add-scope", "read:things"]);
    let login = login.exits(0).says("renews by itself");
    assert!(!login.stderr.contains("warning"), "{login:?}");
    assert_eq!(
        claims(home.run("auth0-token", &["--profile", "own"]).stdout.trim())["aud"][0],
        OWN_API
    );
}

#[test]
fn the_final_address_can_be_pasted() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let free_port = ["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"];
    let mut login = tenant.login(&home, &free_port).stdin("").start();
    let callback = Browser::new(&tenant).callback(&login.address());
    login.types("\r\n\u{1b}[200~nonsense\r\n");
    login.hears("that is not a whole address");
    login.types("https://example.com/?code=a&state=b\n");
    login.hears("that is another page's address");
    let state = parameter(&callback, "state");
    login.types(&format!("{}\r\n", callback.replace(&state, &"A".repeat(43))));
    login.hears("belongs to another login");
    assert_eq!(tenant.token_requests(), 0);
    login.types(&format!("  {callback}#_=_\r\n"));
    login.wait().exits(0).prints("").says("signed in");
    assert_eq!(tenant.token_requests(), 1);
}

#[cfg(unix)]
#[test]
fn a_browser_command_is_never_in_the_way() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let script = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = home.write(name, &format!("#!/bin/sh\n{text}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let uri = ["--redirect-uri", "http://127.0.0.1:0/callback"];
    let opened = home.path().join("opened");
    // One that talks on both streams, reads stdin, and does not end before the login.
    let noisy = script(
        "noisy",
        "cat; printf '%s %s' \"$1\" \"$2\" >opened.new; mv opened.new opened; echo noise; echo noise >&2; exec sleep 10",
    );
    for (args, variable, before) in [
        (vec!["--browser", &format!("{noisy} --new %s") as &str], "", "--new "),
        (vec![], &format!("/nowhere/at/all:{noisy} --tab") as &str, "--tab "),
    ] {
        let login = tenant.login(&home, &uri).args(&args).env("BROWSER", variable).start();
        let url = login.address();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !opened.exists() {
            assert!(Instant::now() < deadline, "the browser was never started");
            std::thread::sleep(Duration::from_millis(5));
        }
        let given = std::fs::read_to_string(&opened).unwrap();
        let address = given.strip_prefix(before).unwrap_or_else(|| panic!("{given}"));
        // On Linux an address of the login's own that leads to the page.
        if cfg!(target_os = "linux") {
            assert_eq!(get(address).header("location"), Some(url.as_str()));
        }
        std::fs::remove_file(&opened).unwrap();
        Browser::new(&tenant).sign_in(&url);
        login.wait().exits(0).prints("").hides("noise");
    }
    // One that fails, and one that is not there: a word, the address, and the login goes on.
    for (command, word) in [
        (script("fails", "exit 3").as_str(), "exit status: 3"),
        ("/nowhere/at/all", "/nowhere/at/all"),
    ] {
        let login = tenant.login(&home, &uri).args(&["--browser", command]).start();
        login.hears(word);
        Browser::new(&tenant).sign_in(&login.address());
        login.wait().exits(0).prints("");
    }
    // No browser on this machine at all.
    let login = tenant.login(&home, &uri).start();
    login.hears("Open this address in a browser");
    Browser::new(&tenant).sign_in(&login.address());
    login.wait().exits(0);
}

#[test]
fn the_time_given_bounds_a_tenant_that_does_not_answer() {
    let tenant = Tenant::with(|config| {
        config.faults = vec![auth0_emulator::Fault::always(auth0_emulator::FaultKind::Stall, "/")];
    });
    let home = Home::new();
    let bounded = ["--timeout", "200ms"];
    machine(&tenant, &home, &bounded)
        .env("AUTH0_CLIENT_SECRET", "s")
        .run()
        .exits(7)
        .says("--timeout");
    for way in ["--device", "--no-browser"] {
        tenant.login(&home, &bounded).args(&[way]).run().exits(7).says("--timeout");
    }
    // The exchange too.
    tenant.configure(|config| config.faults[0].path = "/oauth/token".to_owned());
    let (login, page) = tenant.sign_in(&home, &["--timeout", "2s"]);
    login.exits(7).says("--timeout");
    assert!(page.body.contains("Not signed in"), "{page:?}");
    assert!(home.files().is_empty());
    let _ = NATIVE;
}

#[test]
fn options_that_do_nothing_in_a_login_are_named() {
    let (tenant, home) = (Tenant::new(), Home::new());
    machine(&tenant, &home, &["--prompt", "login", "--max-age", "1"])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(0)
        .says("this login is as a machine, so it ignores --prompt, --max-age");
    let (login, _) = tenant.login_begun(&Home::new(), &["--prompt", "logn"]);
    login.hears("known are login, consent, select_account, none");
    let plain = machine(&tenant, &home, &[]).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run();
    plain.exits(0).hides("ignores");
}

#[test]
fn a_tenant_without_the_device_flow_is_said_to_have_none() {
    let tenant = Tenant::with(|config| {
        let kind = auth0_emulator::FaultKind::Status(404);
        config.faults = vec![auth0_emulator::Fault::always(kind, "/oauth/device/code")];
    });
    let home = Home::new();
    tenant
        .login(&home, &["--device"])
        .run()
        .exits(3)
        .says("error: the tenant has no device flow")
        .says("`auth0-login --no-browser`");
}

/// Few file descriptors, and strangers who take all that there are.
#[cfg(unix)]
#[test]
fn strangers_do_not_keep_a_login_from_its_end() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let program = env!("CARGO_BIN_EXE_auth0-login");
    let line = format!("ulimit -n 64; exec {program} \"$@\"");
    let mut login = tenant.login(&home, &[]);
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", &line, "-"]).args(login.command.get_args()).env_clear();
    command.args(["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"]);
    for (name, value) in login.command.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.current_dir(home.path()).stdin(std::process::Stdio::null());
    login.command = command;
    let login = login.start();
    let url = login.address();
    let callback = Browser::new(&tenant).callback(&url);
    let authority = callback.split('/').nth(2).unwrap().to_owned();
    let strangers: Vec<_> =
        (0..100).map(|_| std::net::TcpStream::connect(&authority).unwrap()).collect();
    assert!(get(&callback).body.contains("You are signed in"));
    login.wait().exits(0);
    drop(strangers);
    assert!(home.profile("local").token.is_some());
}
