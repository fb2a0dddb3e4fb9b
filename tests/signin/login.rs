//! The main job: a login in the browser, and what interrupts or refuses it.

use std::net::TcpListener;

use auth0_emulator::{Config, NATIVE};

use crate::support::{Browser, Home, Tenant, claims, exchange, get, parameter, query};

#[test]
fn a_login_ends_with_a_token_on_disk_and_a_page_that_says_so() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &["--profile", "acme", "-o", "json"]);

    for (name, value) in [
        ("response_type", "code"),
        ("client_id", NATIVE),
        ("audience", &tenant.audience()),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile email offline_access read:clients read:connections"),
    ] {
        assert_eq!(parameter(&url, name), value, "{name}");
    }
    // 32 random bytes each, none the other.
    let random = ["state", "nonce", "code_challenge"].map(|name| parameter(&url, name));
    assert!(random.iter().all(|value| value.len() == 43), "{url}");
    assert!(random[0] != random[1] && random[1] != random[2], "{url}");
    assert_eq!(query(&url).len(), 9, "{url}");

    let callback = Browser::new(&tenant).callback(&url);
    assert_eq!(home.profile_text("acme"), None, "nothing is written before the exchange");
    let page = get(&callback);
    let login = login.wait().exits(0).says("signed in").says("profile   acme");

    let profile = home.profile("acme");
    let token = profile.token.unwrap();
    assert_eq!(claims(token.access_token.expose())["iss"], format!("{}/", tenant.url()));
    assert_eq!(token.refresh_token.as_ref().unwrap().expose(), tenant.refresh_tokens()[0]);
    assert_eq!(
        (&token.domain.to_string(), &token.audience),
        (&tenant.domain().to_owned(), &tenant.audience())
    );
    assert_eq!(profile.user.unwrap().sub, auth0_emulator::USER);
    assert_eq!(tenant.token_requests(), 1);
    // 127.0.0.1 is said, not localhost; the first profile becomes the current one.
    assert!(callback.starts_with("http://127.0.0.1:"), "{callback}");
    home.command("auth0-token").run().exits(0).prints_line(token.access_token.expose());

    let said = login.json();
    assert_eq!(said["profile"], "acme");
    assert_eq!(said["domain"], tenant.domain());
    assert_eq!(said["audience"], tenant.audience());
    assert_eq!(said["user"]["sub"], auth0_emulator::USER);
    assert_eq!(said["user"]["email"], "ann@example.com");
    assert_eq!(said["scope"][5], "read:connections");
    assert_eq!(said["expires_at"], auth0_suite::base::time::rfc3339(token.expires_at));
    assert_eq!(said["refreshable"], true);
    assert_eq!(said.as_object().unwrap().len(), 7);
    login
        .hides(token.access_token.expose())
        .hides(token.refresh_token.unwrap().expose())
        .hides(&parameter(&callback, "code"));

    assert_eq!(page.status, 200);
    assert!(page.body.contains("You are signed in to"), "{page:?}");
    assert!(page.body.contains("ann@example.com"), "{page:?}");
    check_page(&page);
}

/// Self-contained, closed to everything, kept by nobody.
fn check_page(page: &crate::support::Page) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/html; charset=utf-8"),
        ("connection", "close"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert!(page.body.contains("<html lang="), "{page:?}");
    // An empty icon of its own keeps the browser from asking for /favicon.ico.
    assert!(page.body.contains(r#"<link rel="icon" href="data:,">"#), "{page:?}");
    assert!(policy.contains("img-src data:;"), "{policy}");
    for outside in ["<script", "src=", "http://", "https://", "url(", "@import"] {
        assert!(
            !page.body.replace("http://www.w3.org", "").contains(outside),
            "{outside}: {page:?}"
        );
    }
}

#[test]
fn a_person_who_denies_is_an_error_on_both_sides() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &["-o", "json"]);
    let page = get(&Browser::new(&tenant).decide(&url, "deny"));
    assert!(page.body.contains("Not signed in"), "{page:?}");
    check_page(&page);
    let login = login.wait().exits(3).prints("").says("error: ").says("hint: ");
    let object = login.stderr.lines().last().unwrap();
    let object: serde_json::Value = serde_json::from_str(object).unwrap();
    assert_eq!(object["error"]["code"], "access_denied", "{object}");
    assert_eq!(tenant.token_requests(), 0);
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn what_a_tenant_says_is_shown_and_not_obeyed() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (login, url) = tenant.login_begun(&home, &[]);
    let hostile = "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E%1B%5D0;title%07%1B%5B2J%E2%80%AEgnp";
    let page = get(&format!(
        "{}?{hostile}&state={}",
        parameter(&url, "redirect_uri"),
        parameter(&url, "state")
    ));
    assert!(page.body.contains("&lt;script&gt;") && !page.body.contains("<script"), "{page:?}");
    assert!(!page.body.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{page:?}");
    let login = login.wait().exits(3);
    assert!(!login.stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{login:?}");
}

/// A login at a tenant that misbehaves: it fails with this code, its page says so, and a profile
/// that was there stays as it was.
#[track_caller]
pub(super) fn refused(
    tenant: &Tenant,
    home: &Home,
    args: &[&str],
    code: i32,
) -> crate::support::Ran {
    let before = home.files();
    let (login, page) = tenant.sign_in(home, args);
    let login = login.exits(code).prints("").says("error: ");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Not signed in"), "{page:?}");
    assert_eq!(home.files(), before, "{login:?}");
    login
}

#[test]
fn the_issuer_of_the_callback_is_compared() {
    let with = |iss_in_responses, change: fn(String) -> String| {
        let tenant = Tenant::with(|config| config.iss_in_responses = iss_in_responses);
        let home = Home::new();
        let (login, url) = tenant.login_begun(&home, &[]);
        let page = get(&change(Browser::new(&tenant).callback(&url)));
        (login.wait(), page, tenant.token_requests())
    };
    let without = |url: String| url.split("&iss=").next().unwrap().to_owned();
    let (login, page, requests) = with(true, |url| url);
    login.exits(0);
    assert!(page.body.contains("You are signed in"), "{page:?}");
    assert_eq!(requests, 1);
    type Change = fn(String) -> String;
    let mixed: [(bool, Change); 3] = [
        (true, without),
        (true, |url| {
            format!("{}&iss=https%3A%2F%2Fevil.example%2F", url.split("&iss=").next().unwrap())
        }),
        (false, |url| url + "&iss=https%3A%2F%2Fevil.example%2F"),
    ];
    for (promised, change) in mixed {
        let (login, page, requests) = with(promised, change);
        login.exits(3).says("cannot be trusted");
        assert!(page.body.contains("Not signed in"), "{page:?}");
        assert_eq!(requests, 0, "the code went to nobody");
    }
}

#[test]
fn nobody_calls_back_in_time() {
    let tenant = Tenant::new();
    let home = Home::new();
    let (login, url) = tenant.login_begun(&home, &["--timeout", "2s"]);
    let callback = parameter(&url, "redirect_uri");
    login
        .wait()
        .exits(3)
        .prints("")
        .says("Allowed Callback URLs")
        .says(&format!("\n    {callback}\n"))
        .says("closed");
    assert!(home.files().is_empty());
}

#[test]
fn a_port_that_is_taken_gives_way_to_the_next() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [one, two] = [&taken[0], &taken[1]].map(|socket| socket.local_addr().unwrap().port());
    let uri = |port: u16| format!("http://127.0.0.1:{port}/callback");
    let (first, second, free) = (uri(one), uri(two), uri(0));
    let all = |uris: &[&str]| {
        let args: Vec<_> = uris.iter().flat_map(|uri| ["--redirect-uri", uri]).collect();
        tenant.login(&home, &["--no-browser"]).args(&args).start()
    };
    let login = all(&[&first, &second, &free]);
    let url = login.address();
    let chosen = parameter(&url, "redirect_uri");
    assert!(![&first, &second].contains(&&chosen) && !chosen.contains(":0/"), "{chosen}");
    assert_eq!(Browser::new(&tenant).sign_in(&url).status, 200);
    login.wait().exits(0);

    tenant.forget_requests();
    let login = all(&[&first, &second]).wait().exits(1).says("hint: ");
    login.says(&one.to_string()).says(&two.to_string()).says("--redirect-uri");
    assert!(tenant.requests_to("GET", "/authorize").is_empty());

    // What could leave the machine, or is no HTTP, is not listened on.
    for uri in [
        "https://127.0.0.1:1/",
        "http://0.0.0.0:1/",
        "http://example.com/",
        "myapp://callback",
        "http://127.0.0.1:99999/",
    ] {
        all(&[uri]).wait().exits(2).says("the redirect URI cannot be used").hides(uri);
    }
}

#[test]
fn localhost_listens_on_both_addresses() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let start = || {
        tenant
            .login(&home, &["--no-browser", "--redirect-uri", "http://localhost:0/callback"])
            .start()
    };
    for host in ["127.0.0.1", "[::1]"] {
        if TcpListener::bind(format!("{host}:0")).is_err() {
            continue; // A machine without IPv6.
        }
        let login = start();
        let callback = Browser::new(&tenant).callback(&login.address());
        let rest = callback.strip_prefix("http://localhost").unwrap();
        let (port, path) = rest.split_at(rest.find('/').unwrap());
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost{port}\r\n\r\n");
        let page = exchange(&format!("{host}{port}"), &request).unwrap();
        assert!(page.body.contains("You are signed in"), "{page:?}");
        login.wait().exits(0);
    }
}

#[test]
fn a_second_login_keeps_comments_and_what_is_not_its_own() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    home.edit("p", |text| format!("# mine\nunknown = [1, 2] # too\n{text}"));
    tenant
        .sign_in(&home, &["--profile", "p", "--scope", "openid", "--scope", "read:clients"])
        .0
        .exits(0);
    let text = home.profile_text("p").unwrap();
    assert!(text.starts_with("# mine\nunknown = [1, 2] # too\n"), "{text}");
    let token = home.profile("p").token.unwrap();
    assert_eq!(token.scope, ["openid", "read:clients"]);
    assert!(token.refresh_token.is_none(), "none was asked for");
}

#[test]
fn no_profile_is_turned_to_another_tenant_unasked() {
    let (one, other) = (Tenant::new(), Tenant::new());
    let home = one.signed_in();
    let before = home.profile_text("p");
    other
        .sign_in(&home, &[])
        .0
        .exits(0)
        .says("The current profile is still 'p'; to switch: auth0-profiles use local");
    assert_eq!(home.profile_text("p"), before);
    let profile = home.profile("local");
    assert_eq!(profile.token.unwrap().domain.to_string(), other.domain());
    home.run("auth0-profiles", &["current"]).exits(0).prints_line("p");
    other.sign_in(&home, &["--use"]).0.exits(0).says("The current profile is 'local'.");
    home.run("auth0-profiles", &["current"]).exits(0).prints_line("local");
    // The environment outranks what is saved.
    let (login, url) = {
        let args = ["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"];
        let login = other.login(&home, &args).args(&["--profile", "local"]);
        let login = login.env("AUTH0_PROFILE", "p").start();
        let url = login.address();
        (login, url)
    };
    Browser::new(&other).sign_in(&url);
    login.wait().exits(0).says("The current profile is 'p', because AUTH0_PROFILE names it");
}

#[test]
fn somebody_else_in_the_same_profile_is_said() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant.sign_in(&home, &[]).0.exits(0).hides("before");
    home.edit("p", |text| text.replace(auth0_emulator::USER, "auth0|eve"));
    tenant
        .sign_in(&home, &[])
        .0
        .exits(0)
        .says("warning: the profile 'p' was signed in as")
        .says("(auth0|eve) before, and now is as")
        .says(auth0_emulator::USER);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_ends_a_login_before_its_page_opens() {
    let (tenant, home) = (Tenant::new(), Home::new());
    for way in ["--no-browser", "--device", "--client-credentials"] {
        let login = tenant.login(&home, &[way]).env("AUTH0_CONFIG_DIR", "/proc/nowhere"); // not even for root
        let login = login.env("AUTH0_CLIENT_SECRET", "s").run();
        assert!(matches!(login.code, Some(1 | 2)), "{login:?}");
        login.says("AUTH0_CONFIG_DIR").hides("http");
    }
    assert!(tenant.requests().is_empty(), "the tenant was asked");
}

#[test]
fn what_is_missing_is_a_usage_error_where_nobody_can_be_asked() {
    let home = Home::new();
    home.run("auth0-login", &[]).exits(2).says("hint: ");
    home.run("auth0-login", &["--domain", "acme.eu.auth0.com"]).exits(2).says("--client-id");
    home.run("auth0-login", &["--domain", "acme"]).exits(2).says("acme.eu.auth0.com");
    home.run("auth0-login", &["--domain", "http://acme.eu.auth0.com"]).exits(2);
    home.run("auth0-login", &["--profile", "../../etc"]).exits(2);
    let reserved =
        ["state", "nonce", "code_challenge", "redirect_uri", "response_type", "client_id"];
    for name in reserved {
        let param = format!("{name}=mine");
        let args = ["--domain", "acme.eu.auth0.com", "--client-id", "c", "--param", &param];
        home.run("auth0-login", &args).exits(2).says(name);
    }
    assert!(home.files().is_empty());
}

#[test]
fn a_tenant_that_is_not_there_or_not_known_is_said() {
    let tenant = Tenant::with(|config| config.token_lifetime = 60);
    let home = Home::new();
    let args = ["--domain", tenant.domain(), "--client-id", NATIVE];
    // Its CA is not named.
    home.run("auth0-login", &args).exits(7).says("SSL_CERT_FILE");
    // Another one by the same name is.
    home.command("auth0-login")
        .trust(&Tenant::new())
        .args(&args)
        .run()
        .exits(7)
        .says("hint: ")
        .says("SSL_CERT_FILE");
    let nowhere = Tenant::with(|config: &mut Config| config.clients = 3);
    let domain = nowhere.domain().to_owned();
    drop(nowhere);
    home.run("auth0-login", &["--domain", &domain, "--client-id", NATIVE, "--max-retries", "0"])
        .exits(7);
    assert!(home.files().is_empty());
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_everything_as_it_was() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let before = home.files();
    let interrupted = |login: crate::support::Running| {
        login.interrupt();
        login.wait().dies_of(rustix::process::Signal::INT).prints("").hides("panicked");
        assert_eq!(home.files(), before);
    };
    // While the tenant is asked who it is,
    tenant.configure(|config| config.faults = vec![stall("/.well-known/")]);
    let login = tenant.login(&home, &["--profile", "p"]).start();
    wait_for(&tenant, "/.well-known/openid-configuration");
    interrupted(login);
    // while the person signs in,
    tenant.configure(|config| config.faults.clear());
    interrupted(tenant.login_begun(&home, &["--profile", "p"]).0);
    interrupted({
        let login = tenant.login(&home, &["--profile", "p", "--device"]).start();
        login.hears("confirm this code");
        login
    });
    // while the code is exchanged,
    tenant.configure(|config| config.faults = vec![stall("/oauth/token")]);
    let (login, url) = tenant.login_begun(&home, &["--profile", "p"]);
    let callback = Browser::new(&tenant).callback(&url);
    let tab = std::thread::spawn(move || {
        let rest = callback.strip_prefix("http://").unwrap().to_owned();
        let (authority, path) = rest.split_at(rest.find('/').unwrap());
        // The process is killed: whether the tab hears anything is the system's affair.
        let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        std::panic::catch_unwind(|| exchange(authority, &request)).ok();
    });
    wait_for(&tenant, "/oauth/token");
    interrupted(login);
    tab.join().unwrap();
    // and while an application asks for itself.
    tenant.forget_requests();
    let machine = ["--profile", "p", "--client-credentials", "--client-secret-file", "-"];
    let login = tenant.login(&home, &machine).stdin("secret").start().end_input();
    wait_for(&tenant, "/oauth/token");
    interrupted(login);
}

#[cfg(unix)]
fn stall(path: &str) -> auth0_emulator::Fault {
    auth0_emulator::Fault::always(auth0_emulator::FaultKind::Stall, path)
}

/// Until a request to this path has reached the tenant.
#[cfg(unix)]
#[track_caller]
fn wait_for(tenant: &Tenant, path: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !tenant.requests().iter().any(|request| request.path == path) {
        assert!(std::time::Instant::now() < deadline, "nobody asked for {path}");
        std::thread::yield_now();
    }
}

#[test]
fn a_login_and_a_token_are_no_tables() {
    let tenant = Tenant::new();
    let home = Home::new();
    for format in ["csv", "tsv"] {
        tenant.login(&home, &["-o", format]).run().exits(2).prints("").says("has no rows");
        home.run("auth0-token", &["-o", format]).exits(2).prints("").says("has no rows");
    }
    assert!(tenant.requests().is_empty() && home.files().is_empty());
}
