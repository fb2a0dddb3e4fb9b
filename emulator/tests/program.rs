//! The program `auth0-emulator` itself.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::net::TcpListener;
use std::process::{Command, Stdio};

use auth0_emulator::{Config, Emulator};

/// In CI the tests start beside the tenant, whichever comes first.
#[test]
fn wait_ends_when_the_tenant_answers() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut waiting = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"))
        .args(["--wait", "--port", &port.to_string()])
        .spawn()
        .unwrap();
    assert!(waiting.try_wait().unwrap().is_none(), "there is no tenant yet");
    let _tenant = Emulator::start(Config { port, ..Config::default() }).unwrap();
    assert!(waiting.wait().unwrap().success());
}

#[test]
fn wait_gives_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let output = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"))
        .args(["--wait", "--wait-time", "200ms", "--port", &port.to_string()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("nothing answers") && said.contains("200ms"), "{said}");
}

#[test]
fn a_taken_port_is_named_with_the_way_out() {
    let tenant = Emulator::start(Config::default()).unwrap();
    let port = tenant.url().rsplit_once(':').unwrap().1;
    let output = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"))
        .args(["--port", port])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("--port 0"), "{said}");
}

/// A private key, or a file of another kind, would only fail at the first login.
#[test]
fn a_client_key_that_is_not_a_public_key_is_refused_at_the_start() {
    let folder = env!("CARGO_MANIFEST_DIR");
    for file in ["keys/next.pem", "Cargo.toml", "missing.pem"] {
        let output = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"))
            .args(["--port", "0", "--client-key", &format!("{folder}/{file}")])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(file), "{file}: {said}");
    }
}
