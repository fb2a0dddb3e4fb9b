//! Machines that allow no further thread, and numbers without measure.

#[cfg(target_os = "linux")]
use std::process::Command;

#[cfg(target_os = "linux")]
use crate::support::{Home, Ran, binary, copy_program};
use crate::support::{Tenant, walk};

/// The command as another user who may have no further thread. Root is above such limits.
#[cfg(target_os = "linux")]
fn without_threads(home: &Home, tenant: &Tenant, name: &str, args: &[&str]) -> Ran {
    // The user must reach the program and the certificate, wherever they are built.
    let reachable = |from: &std::path::Path, to: &str| {
        let to = home.path().join(to);
        copy_program(from, &to);
        to
    };
    let program = reachable(&binary(name), name);
    let ca = reachable(tenant.ca_file().unwrap(), "ca.pem");
    let mut command;
    if rustix::process::geteuid().is_root() {
        let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(home.path()).status();
        assert!(owned.unwrap().success());
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "prlimit"]);
    } else {
        command = Command::new("prlimit");
    }
    command.arg("--nproc=1").arg(program).args(args);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home.path())
        .env("AUTH0_CONFIG_DIR", home.config())
        .env("SSL_CERT_FILE", ca);
    Ran::of(&mut command)
}

#[cfg(target_os = "linux")] // a limit on threads
#[test]
fn a_limit_on_threads_is_an_error_and_nothing_is_lost() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let before = home.profile_text("p");
    let commands: [(&str, &[&str]); 5] = [
        ("auth0-token", &["--refresh"]),
        ("auth0-logout", &[]),
        ("auth0-clients", &["list"]),
        ("auth0-api", &["clients", "--paginate"]),
        ("auth0-login", &["--no-browser"]),
    ];
    for (binary, args) in commands {
        without_threads(&home, &tenant, binary, args)
            .exits(1)
            .prints("")
            .says("error: cannot start a thread")
            .says("ulimit -u");
        assert_eq!(home.profile_text("p"), before, "{binary} changed the profile");
        assert!(tenant.requests().is_empty(), "{binary} asked the tenant");
    }
    // What needs no thread still works.
    without_threads(&home, &tenant, "auth0-token", &[]).exits(0);
}

/// `std::thread::spawn` panics where `threads::start` returns an error.
#[test]
fn no_thread_is_started_in_a_way_that_panics() {
    let source = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut files = 0;
    walk(source, &mut |path| {
        // Tests start threads as they like.
        if path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")) {
            return;
        }
        files += 1;
        let text = std::fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for panicking in ["thread::spawn(", "scope.spawn("] {
            assert!(!text.contains(panicking), "{}: {panicking}", path.display());
        }
    });
    assert!(files > 50, "{files}");
}

/// Every option that takes a number or a time, with the largest and the oddest values.
#[test]
fn no_number_or_duration_leads_to_a_panic() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let commands: [(&str, &[&str], &[&str]); 7] = [
        ("auth0-token", &["--refresh"], &["--timeout", "--max-retries", "--min-valid"]),
        ("auth0-logout", &["--profile", "nobody"], &["--timeout", "--max-retries"]),
        ("auth0-clients", &["list"], &["--timeout", "--max-retries", "--limit"]),
        ("auth0-connections", &["list"], &["--timeout", "--max-retries", "--limit"]),
        ("auth0-api", &["clients"], &["--timeout", "--max-retries", "--limit"]),
        // Refused before a page is waited for.
        (
            "auth0-login",
            &["--no-browser", "--redirect-uri", "https://a.example/"],
            &["--timeout", "--max-retries", "--max-age"],
        ),
        ("auth0-login", &["--with-token"], &["--timeout", "--max-retries", "--max-age"]),
    ];
    let values = [
        "0",
        "1",
        "-1",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "18446744073709551615",
        "18446744073709551616",
        "1e99",
        "0s",
        "1ns",
        "9223372036s",
        "9223372036854775807s",
        "18446744073709551615s",
        "500000000000y",
        "584942417355y",
        "999999999999999999999y",
        "18446744073709551615s 999999999ns",
    ];
    for (binary, args, options) in commands {
        for option in options {
            for value in values {
                let ran = home
                    .command(binary)
                    .trust(&tenant)
                    .args(args)
                    .arg(&format!("{option}={value}"))
                    .run();
                assert!(matches!(ran.code, Some(0..=8)), "{ran:?}");
                assert!(!ran.stderr.contains("internal error"), "{ran:?}");
            }
        }
    }
    // A login that does wait: it takes its callback, however long it may wait.
    for value in ["18446744073709551615s", "9223372036854775807", "500000000000y"] {
        let (ran, _) = tenant.sign_in(&home, &["--profile", "p", "--timeout", value]);
        ran.exits(0);
    }
}
