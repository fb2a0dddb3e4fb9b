//! The address that the browser returns to.

use std::net::TcpListener;

use crate::support::{Browser, Home, Tenant, exchange, get, parameter};

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
