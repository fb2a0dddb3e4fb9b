//! How a wait begins and ends: ports, answers, pages, deadlines.

use super::*;

#[test]
fn unusual_but_valid_callbacks_succeed() {
    let pad = "p".repeat(8000 - "GET /callback?code=c&state=S& HTTP/1.1".len());
    let requests: [&dyn Fn(SocketAddr) -> String; 5] = [
        &|at| format!("\r\n{}", valid(at)),
        &|at| get(at, &format!("http://{at}/callback?code=c&state=S")),
        &|at| get(at, &format!("/callback?code=c&state=S&{pad}")),
        &|at| {
            valid(at).replace("\r\n\r\n", &format!("\r\nCookie: {}\r\n\r\n", "a".repeat(48 * 1024)))
        },
        &|at| valid(at) + &"t".repeat(MANY),
    ];
    for request in requests {
        let listener = listener();
        let at = address(&listener);
        let browser = thread::spawn({
            let request = request(at);
            move || exchange(at, request)
        });
        let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
        answered.tab.finish(&signed_in());
        assert!(browser.join().unwrap().expect("no reset").contains("You are signed in"));
    }
}

#[test]
fn a_callback_split_at_any_byte_succeeds() {
    for cut in (1..60).step_by(7) {
        let listener = listener();
        let at = address(&listener);
        let browser = thread::spawn(move || {
            let mut stream = connect(at);
            stream.set_nodelay(true).unwrap();
            let request = valid(at);
            stream.write_all(&request.as_bytes()[..cut]).unwrap();
            // The round trip on another connection ensures that the first part is read separately.
            exchange(at, get(at, "/")).unwrap();
            stream.write_all(&request.as_bytes()[cut..]).unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).unwrap();
            page
        });
        let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
        answered.tab.finish(&signed_in());
        assert!(browser.join().unwrap().contains("You are signed in"));
    }
}

#[test]
fn values_arrive_decoded() {
    let listener = listener();
    let at = address(&listener);
    let target = "/callback?code=a%2Fb%2Bc+d&state=S&iss=https%3A%2F%2Facme.eu.auth0.com%2F";
    let browser = thread::spawn(move || exchange(at, get(at, target)));
    let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
    assert_eq!(answered.callback.outcome, Outcome::Code(Secret::new("a/b+c d")));
    assert_eq!(answered.callback.iss.as_deref(), Some("https://acme.eu.auth0.com/"));
    drop(answered);
    browser.join().unwrap().unwrap();
}

#[test]
fn an_error_response_ends_the_wait_and_is_not_repeated_on_the_page() {
    let listener = listener();
    let at = address(&listener);
    let target = "/callback?error=access_denied&error_description=%3Cscript%3Ealert(1)&state=S";
    let browser = thread::spawn(move || exchange(at, get(at, target)));
    let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
    assert!(
        matches!(answered.callback.outcome, Outcome::Denied { ref error, .. } if error == "access_denied")
    );
    // Dropped without a page, so the default page is shown.
    drop(answered);
    let page = browser.join().unwrap().unwrap();
    assert!(page.contains("<h1>Not signed in</h1>") && !page.contains("alert(1)"), "{page}");
}

#[test]
fn repeated_callbacks_get_the_same_page_but_another_code_does_not() {
    let listener = listener();
    let at = address(&listener);
    thread::scope(|scope| {
        let same: Vec<_> = (0..8).map(|_| scope.spawn(move || exchange(at, valid(at)))).collect();
        let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
        answered.tab.0.await_held(8);
        // While the code is exchanged, other requests are answered as before.
        for (target, status) in [
            ("/callback?code=d&state=S", "400"),
            ("/callback?error=e&state=S", "400"),
            ("/callback?code=c&state=wrong", "400"),
            ("/favicon.ico", "404"),
        ] {
            let page = exchange(at, get(at, target)).unwrap();
            assert!(page.starts_with(&format!("HTTP/1.1 {status} ")), "{page}");
        }
        answered.tab.finish(&signed_in());
        let pages: Vec<String> = same.into_iter().map(|one| one.join().unwrap().unwrap()).collect();
        assert!(pages[0].contains("You are signed in"));
        assert!(pages.iter().all(|page| *page == pages[0]));
    });
}

#[test]
fn on_macos_the_hint_names_airplay() {
    let hint = |port, macos| {
        let error = cannot_listen(vec![(port, "taken".to_owned())], macos);
        error.hint_text().unwrap().to_owned()
    };
    assert!(hint(5000, true).contains("AirPlay Receiver"));
    for (port, macos) in [(5000, false), (8080, true)] {
        assert!(!hint(port, macos).contains("AirPlay"), "{port} {macos}");
        assert!(hint(port, macos).contains("--redirect-uri"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_one_time_address_redirects_once() {
    let mut listener = listener();
    let at = address(&listener);
    let url = "https://acme.eu.auth0.com/authorize?state=S&nonce=n";
    let token = crate::oauth::pkce::RandomToken::from_bytes([5; 32]);
    let start = listener.redirect_once(&token, url).unwrap();
    let path = start.strip_prefix(&format!("http://{at}")).unwrap().to_owned();
    survives_on(listener, |at| {
        let head = format!("HEAD {path} HTTP/1.1\r\nHost: {at}\r\n\r\n");
        assert!(exchange(at, head).unwrap().starts_with("HTTP/1.1 405 "));
        assert!(exchange(at, get(at, "/login/")).unwrap().starts_with("HTTP/1.1 404 "));
        let foreign = format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assert!(exchange(at, foreign).unwrap().starts_with("HTTP/1.1 400 "));
        let first = exchange(at, get(at, &path)).unwrap();
        assert!(
            first.starts_with("HTTP/1.1 303 ") && first.contains(&format!("Location: {url}\r\n"))
        );
        let second = exchange(at, get(at, &path)).unwrap();
        assert!(second.starts_with("HTTP/1.1 410 ") && !second.contains("state=S"), "{second}");
    });
}

#[test]
fn held_tabs_are_never_evicted() {
    let listener = listener();
    let at = address(&listener);
    thread::scope(|scope| {
        // The listener reads what follows the request only once there is a page. An evicted
        // connection would be reset.
        let browser = scope.spawn(move || exchange(at, valid(at) + &"t".repeat(MANY)));
        let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
        let crowd: Vec<_> = (0..200).map(|_| connect(at)).collect();
        exchange(at, get(at, "/")).unwrap();
        answered.tab.finish(&signed_in());
        assert!(browser.join().unwrap().unwrap().contains("You are signed in"));
        drop(crowd);
    });
}

#[test]
fn finishing_closes_the_port_even_if_peers_keep_sending() {
    let mut listener = listener();
    listener.limits.drain = Duration::from_millis(50);
    let at = address(&listener);
    let _idle: Vec<_> = (0..10).map(|_| connect(at)).collect();
    // Never closes, never stops sending.
    let mut browser = connect(at);
    browser.write_all(valid(at).as_bytes()).unwrap();
    let mut sender = browser.try_clone().unwrap();
    let flood = thread::spawn(move || while sender.write_all(&[b'x'; 65536]).is_ok() {});
    let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
    answered.tab.finish(&signed_in());
    assert_eq!(TcpStream::connect(at).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    flood.join().unwrap();
}

#[test]
fn a_timeout_closes_the_port() {
    for peers in [0, 10] {
        let listener = listener();
        let at = address(&listener);
        let _idle: Vec<_> = (0..peers).map(|_| connect(at)).collect();
        let deadline = Some(Instant::now() + Duration::from_millis(30));
        let error = listener.wait(&state(), deadline, &|_| ()).unwrap_err();
        assert!(matches!(error, WaitError::TimedOut), "{error:?}");
        assert_eq!(TcpStream::connect(at).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}

#[test]
fn a_wait_can_be_cancelled() {
    let listener = listener();
    let handle = listener.handle();
    thread::scope(|scope| {
        let wait = scope.spawn(|| listener.wait(&state(), None, &|_| ()));
        handle.cancel();
        assert!(matches!(wait.join().unwrap(), Err(WaitError::Cancelled)));
    });
    assert!(!handle.paste("too late"));
}

#[test]
fn a_pasted_address_is_checked_like_a_callback() {
    let listener = listener();
    let at = address(&listener);
    let redirect_uri = listener.redirect_uri().to_owned();
    let handle = listener.handle();
    for line in [
        "\r\n".to_owned(),
        "https://acme.eu.auth0.com/authorize?state=S".to_owned(),
        format!("{redirect_uri}?code=hunter2&state=wrong"),
        format!("{redirect_uri}?code=hunter2%&state=S"),
        format!("  {redirect_uri}?code=c&state=S\r\n"),
    ] {
        assert!(handle.paste(line));
    }
    let notices = Mutex::new(Vec::new());
    let answered = listener
        .wait(&state(), safety(), &|text| {
            notices.lock().unwrap().push(text.to_owned());
        })
        .unwrap();
    assert_eq!(answered.callback.outcome, Outcome::Code(Secret::new("c")));
    let notices = notices.into_inner().unwrap();
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert!(!notices.concat().contains("hunter2"));
    // The browser may still arrive. It gets the page with the result.
    thread::scope(|scope| {
        let browser = scope.spawn(move || exchange(at, valid(at)));
        answered.tab.0.await_held(1);
        answered.tab.finish(&signed_in());
        assert!(browser.join().unwrap().unwrap().contains("You are signed in"));
    });
}

#[test]
fn a_deadline_ends_even_an_endless_paste() {
    let listener = listener();
    let handle = listener.handle();
    let paster = thread::spawn(move || while handle.paste("y") {});
    let deadline = Some(Instant::now() + Duration::from_millis(30));
    assert!(matches!(listener.wait(&state(), deadline, &|_| ()), Err(WaitError::TimedOut)));
    paster.join().unwrap();
}

#[test]
fn the_first_free_port_is_taken() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let busy = RedirectUri::parse(&format!("http://127.0.0.1:{port}/callback")).unwrap();
    let free = RedirectUri::parse("http://127.0.0.1:0/other").unwrap();

    let listener = Listener::bind(&[busy.clone(), free]).unwrap();
    assert_ne!(address(&listener).port(), port);
    assert_eq!(listener.redirect_uri(), format!("http://{}/other", address(&listener)));
    assert_eq!(listener.expected.path, "/other");

    let error = Listener::bind(&[busy.clone(), busy]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failure);
    assert!(error.message().contains(&port.to_string()), "{error}");
    assert!(error.hint_text().unwrap().contains("--redirect-uri"));
    assert_eq!(Listener::bind(&[]).unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn localhost_listens_on_both_families() {
    // A machine without IPv6 has one family only.
    let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).ok();
    let v6_address = v6.as_ref().map(|_| IpAddr::V6(Ipv6Addr::LOCALHOST));
    let localhost =
        |port: u16| RedirectUri::parse(&format!("http://localhost:{port}/callback")).unwrap();
    for ip in [IpAddr::V4(Ipv4Addr::LOCALHOST)].into_iter().chain(v6_address) {
        let listener = Listener::bind(&[localhost(0)]).unwrap();
        let port = address(&listener).port();
        assert_eq!(listener.redirect_uri(), format!("http://localhost:{port}/callback"));
        let at = SocketAddr::new(ip, port);
        let request =
            format!("GET /callback?code=c&state=S HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
        let browser = thread::spawn(move || exchange(at, request));
        let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
        answered.tab.finish(&signed_in());
        assert!(browser.join().unwrap().unwrap().contains("You are signed in"));
    }
    // If one of the two addresses is taken, the port counts as taken.
    if let Some(v6) = v6 {
        let error = Listener::bind(&[localhost(v6.local_addr().unwrap().port())]).unwrap_err();
        assert!(error.causes()[0].starts_with("[::1]:"), "{error:?}");
    }
}

#[test]
fn the_listener_is_bound_before_it_waits() {
    let listener = listener();
    let at = address(&listener);
    let mut browser = connect(at);
    browser.write_all(valid(at).as_bytes()).unwrap();
    let answered = listener.wait(&state(), safety(), &|_| ()).unwrap();
    answered.tab.finish(&signed_in());
    let mut page = String::new();
    browser.read_to_string(&mut page).unwrap();
    assert!(page.contains("You are signed in"));
}
