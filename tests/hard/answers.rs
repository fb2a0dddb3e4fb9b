//! What answers say of time, of limits and of outages, and what is shown of addresses.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use auth0_emulator::{Config, Emulator, Fault, FaultKind, MACHINE, MACHINE_SECRET};

use crate::api::fake::{Reply, Tenant};
use crate::support::{Home, Tenant as TlsTenant};
#[cfg(target_os = "linux")]
use crate::support::{Ran, binary};

/// Unix seconds, this long from now.
fn from_now(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + seconds
}

fn http_date(unix: i64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(u64::try_from(unix).unwrap()))
}

/// Answers 429 once, by a clock that is this many seconds ahead of ours, with a reset one second on.
fn limited_once(ahead: i64) -> Tenant {
    let limited = std::sync::atomic::AtomicBool::new(true);
    Tenant::new(move |_| {
        if !limited.swap(false, std::sync::atomic::Ordering::Relaxed) {
            return Reply::json(200, "[]");
        }
        let now = from_now(ahead);
        Reply::json(429, r#"{"message":"Global limit has been reached"}"#)
            .header("date", http_date(now))
            .header("x-ratelimit-reset", now + 1)
    })
}

#[test]
fn a_rate_limit_is_waited_out_by_the_servers_clock() {
    for ahead in [-7200, -120, 0, 120, 7200] {
        let tenant = limited_once(ahead);
        let started = Instant::now();
        tenant.run(&["clients"]).exits(0).prints("[]\n");
        let took = started.elapsed();
        assert!(took >= Duration::from_secs(1), "{ahead}: {took:?}");
        assert!(took < Duration::from_secs(20), "{ahead}: {took:?}");
    }
}

#[test]
fn a_rate_limit_of_a_year_says_how_long_it_lasts() {
    const YEAR: u64 = 365 * 24 * 3600;
    let tenant = Tenant::new(|_| {
        Reply::json(429, r#"{"message":"Global limit has been reached"}"#)
            .header("retry-after", YEAR)
    });
    for args in [&["clients"][..], &["clients", "--paginate"], &["clients", "--raw"]] {
        tenant
            .run(args)
            .exits(6)
            .says("Global limit has been reached")
            .says("it asks to wait 365 d");
    }
    // The token endpoint.
    let tenant = TlsTenant::new();
    tenant.configure(|config| {
        config.faults = vec![Fault::always(FaultKind::RetryAfter(YEAR), "/oauth/token")];
    });
    let home = Home::new();
    home.command("auth0-login")
        .trust(&tenant)
        .args(&["--client-credentials", "--profile", "m", "--client-id", MACHINE])
        .args(&["--domain", tenant.domain()])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(6)
        .says("it asks to wait 365 d");
}

#[test]
fn a_refusal_that_is_too_long_or_breaks_off_is_the_servers_fault() {
    let long = Tenant::new(|_| Reply::json(403, "x".repeat(2 << 20)));
    long.run(&["clients", "--raw"]).exits(7).says("longer than 1 MiB");
    let broken = Tenant::speaking(|_, stream| {
        use std::io::Write;
        let _ = stream.write_all(b"HTTP/1.1 403 X\r\ncontent-length: 100\r\n\r\nhalf");
        let _ = stream.shutdown(std::net::Shutdown::Both);
    });
    for args in [&["clients", "--raw"][..], &["clients"]] {
        let args = [args, &["--max-retries", "0"]].concat();
        broken.run(&args).exits(7).says("broke off");
    }
}

#[test]
fn an_outage_on_this_machine_does_not_point_to_a_status_page() {
    let tenant = Emulator::start(Config::default()).unwrap();
    let home = Home::new();
    let login = |path: &str| {
        tenant.configure(|config| {
            config.faults = vec![Fault::always(FaultKind::Status(500), path)];
        });
        home.command("auth0-login")
            .args(&["--domain", tenant.domain(), "--client-id", MACHINE, "--profile", "m"])
            .args(&["--max-retries", "0"])
    };
    login("/oauth/token")
        .arg("--client-credentials")
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(7)
        .says("it runs on this machine")
        .hides("status.auth0.com");
    for path in ["/.well-known/openid-configuration", "/oauth/device/code"] {
        login(path)
            .arg("--device")
            .run()
            .exits(7)
            .says("it runs on this machine")
            .hides("status.auth0.com");
    }
}

/// `/etc/hosts` may say that localhost is another machine: here it is another address of this one.
#[cfg(target_os = "linux")] // mounts of its own
#[test]
#[ignore = "mounts a file over /etc/hosts: needs root or user namespaces"]
fn localhost_is_this_machine_whatever_the_system_says() {
    let tenant = Tenant::new(|_| Reply::json(200, "[]"));
    let port = tenant.origin.rsplit(':').next().unwrap();
    let elsewhere = std::net::TcpListener::bind(format!("127.0.0.2:{port}")).unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let home = Home::new();
    let hosts = home.write("hosts", "127.0.0.2 localhost\n::2 localhost\n");
    let script = r#"mount --bind "$0" /etc/hosts && exec "$@""#;
    let mut command = std::process::Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .arg(hosts)
        .arg(binary("auth0-api"))
        .args(["clients", "--max-retries", "0"])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("AUTH0_CONFIG_DIR", home.config())
        .env("AUTH0_DOMAIN", format!("http://localhost:{port}"))
        .env("AUTH0_ACCESS_TOKEN", "t");
    let ran = Ran::of(&mut command);
    assert!(elsewhere.accept().is_err(), "the token went to the machine that /etc/hosts names");
    ran.exits(0).prints("[]\n");
}

#[test]
fn no_address_is_shown_with_its_secrets() {
    let tenant = Tenant::new(|_| Reply::json(200, "[]"));
    let path = "users?access_token=LIVE-1&client_secret=LIVE-2&client%5Fsecret=LIVE-3&q=name";
    for (path, rest) in [
        (path, &["-v"][..]),
        (path, &["-vv"]),
        (path, &["--dry-run"]),
        ("users", &["-v", "-q", "access_token=LIVE-1", "-q", "q=name"]),
    ] {
        let args = [&[path], rest].concat();
        let ran = tenant.run(&args).exits(0).hides("LIVE-");
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(shown.contains("access_token=[redacted]") && shown.contains("q=name"), "{ran:?}");
    }
    // Where a redirect points to, and a proxy's password.
    let redirecting = Tenant::new(|_| {
        let place =
            "https://user:LIVE-1@evil.example/?code=LIVE-2&access_token=LIVE-3#id_token=LIVE-4";
        Reply::json(302, "").header("location", place)
    });
    redirecting.run(&["users"]).exits(7).says("evil.example").hides("LIVE-");
    let home = Home::new();
    home.command("auth0-api")
        .args(&["users", "-vv", "--max-retries", "0"])
        .env("AUTH0_DOMAIN", "tenant.invalid")
        .env("AUTH0_ACCESS_TOKEN", "t")
        .env("HTTPS_PROXY", "http://user:LIVE-1@127.0.0.1:1")
        .run()
        .exits(7)
        .says("127.0.0.1:1")
        .hides("LIVE-");
}
