//! SIGINT, SIGTERM and SIGHUP, on Windows Ctrl-C: nothing is lost, and the command dies of the
//! signal.

use std::time::{Duration, Instant};

use auth0_emulator::{Fault, FaultKind};

use crate::api::fake;
use crate::support::signal::ENDING;
use crate::support::{Home, Run, Signal, Tenant};

/// Long enough for a signal to come before the answer, on a busy machine too.
const SLOW: Duration = Duration::from_secs(2);

fn refresh_token(home: &Home) -> String {
    home.profile("p").token.unwrap().refresh_token.unwrap().expose().to_owned()
}

fn refresh(tenant: &Tenant, home: &Home) -> Run {
    tenant.forget_requests();
    home.command("auth0-token").trust(tenant).arg("--refresh").interruptible()
}

/// Waits until the tenant has been asked for a token and has not answered yet.
#[track_caller]
fn asked(tenant: &Tenant) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while tenant.arrived_at("/oauth/token") == 0 {
        assert!(Instant::now() < deadline, "no token was asked for");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn a_signal_during_a_refresh_waits_for_the_rotated_token() {
    let interrupted = |signal: Signal| {
        let tenant = Tenant::new();
        let home = tenant.signed_in();
        let old = refresh_token(&home);
        tenant.configure(|config| config.latency = SLOW);
        let running = refresh(&tenant, &home).start();
        asked(&tenant);
        running.signal(signal);
        running.wait().dies_of(signal).prints("");
        let new = refresh_token(&home);
        assert_ne!(new, old, "{signal:?}: the new refresh token was not saved");
        assert!(tenant.honours(&new), "{signal:?}: the saved refresh token is not the last one");
    };
    std::thread::scope(|scope| {
        for signal in ENDING {
            scope.spawn(move || interrupted(signal));
        }
    });
}

#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn a_second_ctrl_c_does_not_wait_for_a_tenant_that_never_answers() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant.configure(|config| {
        config.faults = vec![Fault::always(FaultKind::Stall, "/oauth/token")];
    });
    let before = home.files();
    let mut running = refresh(&tenant, &home).start();
    asked(&tenant);
    let started = Instant::now();
    // The first one waits, and how long it has waited is not visible from here.
    let ran = loop {
        running.interrupt();
        if running.has_ended() {
            break running.wait();
        }
        assert!(started.elapsed() < Duration::from_secs(30), "Ctrl-C is ignored");
        std::thread::yield_now();
    };
    ran.dies_of(Signal::INT).prints("");
    assert!(started.elapsed() > Duration::from_millis(400), "the first Ctrl-C did not wait");
    // The room for the answer is left, and goes with the next command that takes the lock.
    let is_draft = |path: &std::path::Path| path.extension().is_some_and(|ending| ending == "tmp");
    let kept: Vec<_> = home.files().into_iter().filter(|(path, _)| !is_draft(path)).collect();
    assert_eq!(kept, before);
    home.run("auth0-profiles", &["set", "p", "organization=org_x"]).exits(0);
    assert!(!home.files().iter().any(|(path, _)| is_draft(path)));
}

/// bash goes on with a loop if a command ends with exit code 130, and stops if it dies of SIGINT.
#[cfg(unix)] // for bash
#[test]
fn ctrl_c_stops_a_loop_of_the_shell() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant.configure(|config| config.latency = SLOW);
    tenant.forget_requests();
    let running = home
        .script(&tenant, "for i in 1 2 3; do echo round >>rounds; auth0-token --refresh; done")
        .start();
    asked(&tenant);
    running.signal_group(Signal::INT);
    running.wait().dies_of(Signal::INT);
    let rounds = std::fs::read_to_string(home.path().join("rounds")).unwrap();
    assert_eq!(rounds.lines().count(), 1, "the loop went on");
}

/// `nohup`, and a shell without job control for commands in the background.
#[cfg(target_os = "linux")] // for bash; only Linux says what is ignored
#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    tenant.configure(|config| config.latency = SLOW);
    tenant.forget_requests();
    let running = home.script(&tenant, "trap '' HUP INT; exec auth0-token --refresh").start();
    asked(&tenant);
    running.signal(Signal::HUP);
    running.signal(Signal::INT);
    running.wait().exits(0);
}

/// Whether a command has handlers or not, a signal ends it.
#[test]
#[cfg_attr(windows, ignore = "needs AUTH0_SUITE_CTRL_C: see .ci/windows")]
fn every_command_dies_of_every_signal() {
    let hanging = fake::Tenant::speaking(|_, _| {
        loop {
            std::thread::park();
        }
    });
    let waits_for_the_tenant: [(&str, &[&str]); 5] = [
        ("auth0-api", &["clients"]),
        ("auth0-clients", &["list"]),
        ("auth0-connections", &["list"]),
        ("auth0-login", &["--device", "--client-id", "c", "--profile", "q"]),
        ("auth0-login", &["--no-browser", "--client-id", "c", "--profile", "q"]),
    ];
    let waits_for_stdin: [(&str, &[&str]); 3] = [
        ("auth0-api", &["clients", "-d", "-"]),
        ("auth0-clients", &["delete", "-", "--yes"]),
        ("auth0-login", &["--with-token", "--client-id", "c", "--profile", "q"]),
    ];
    let home = Home::new();
    for signal in ENDING {
        let command = |binary: &str, args: &[&str]| {
            home.command(binary)
                .args(args)
                .env("AUTH0_DOMAIN", &hanging.origin)
                .env("AUTH0_ACCESS_TOKEN", "t")
                .interruptible()
        };
        for (binary, args) in waits_for_the_tenant {
            let running = command(binary, args).start();
            let deadline = Instant::now() + Duration::from_secs(60);
            while hanging.seen().is_empty() {
                assert!(Instant::now() < deadline, "{binary} {args:?} sends nothing");
                std::thread::yield_now();
            }
            running.signal(signal);
            running.wait().dies_of(signal).prints("");
        }
        // On Windows nothing shows when such a command has started to handle Ctrl-C.
        for (binary, args) in waits_for_stdin.into_iter().filter(|_| cfg!(unix)) {
            let running = command(binary, args).stdin("").start();
            running.signal(signal);
            running.wait().dies_of(signal).prints("");
        }
    }
}

/// A program that embeds the library has its own handlers.
#[cfg(target_os = "linux")] // handlers are read from /proc
#[test]
fn the_library_installs_no_handler() {
    use auth0_suite::http::{Http, Limits, Request};
    use auth0_suite::term::interrupt::CriticalSection;
    use auth0_suite::term::{Io, UiOptions};

    let tenant = auth0_emulator::Emulator::start(auth0_emulator::Config::administrative()).unwrap();
    let io = Io::new(UiOptions::default());
    let http = Http::new(io.env, &io.ui, &Limits::default(), Instant::now());
    let url = format!("{}/.well-known/openid-configuration", tenant.url());
    assert_eq!(http.send(&Request::get(&url)).unwrap().status, 200);
    drop(CriticalSection::begin());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
    let caught = u64::from_str_radix(caught, 16).unwrap();
    for signal in ENDING {
        assert_eq!(caught & (1 << (signal.as_raw() - 1)), 0, "{signal:?} is handled");
    }
}
