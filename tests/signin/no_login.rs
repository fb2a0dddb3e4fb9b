//! Logins that cannot begin, or are interrupted.

use auth0_emulator::{Config, NATIVE};

use crate::support::{Browser, Home, Running, Signal, Tenant, exchange};

#[cfg(target_os = "linux")] // a folder that not even root can write
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

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn ctrl_c_leaves_everything_as_it_was() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let before = home.files();
    let interrupted = |login: Running| {
        login.interrupt();
        login.wait().dies_of(Signal::INT).prints("").hides("panicked");
        assert_eq!(home.files(), before);
    };
    // While the tenant is asked who it is,
    tenant.configure(|config| config.faults = vec![stall("/.well-known/")]);
    let login = tenant.login(&home, &["--profile", "p"]).interruptible().start();
    wait_for(&tenant, "/.well-known/openid-configuration");
    interrupted(login);
    // while the person signs in,
    tenant.configure(|config| config.faults.clear());
    let begun = || {
        let args =
            ["--profile", "p", "--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"];
        let login = tenant.login(&home, &args).interruptible().start();
        let url = login.address();
        (login, url)
    };
    interrupted(begun().0);
    interrupted({
        let login = tenant.login(&home, &["--profile", "p", "--device"]).interruptible().start();
        login.hears("confirm this code");
        login
    });
    // while the code is exchanged,
    tenant.configure(|config| config.faults = vec![stall("/oauth/token")]);
    let (login, url) = begun();
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
    let login = tenant.login(&home, &machine).stdin("secret").interruptible().start().end_input();
    wait_for(&tenant, "/oauth/token");
    interrupted(login);
}

fn stall(path: &str) -> auth0_emulator::Fault {
    auth0_emulator::Fault::always(auth0_emulator::FaultKind::Stall, path)
}

/// Until a request to this path has reached the tenant.
#[track_caller]
fn wait_for(tenant: &Tenant, path: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !tenant.requests().iter().any(|request| request.path == path) {
        assert!(std::time::Instant::now() < deadline, "nobody asked for {path}");
        std::thread::yield_now();
    }
}
