//! What this computer and the profile hold.

use std::net::TcpListener;

use auth0_emulator::MACHINE_SECRET;

use super::{command, doctor, follow, line, signed_in, status};
use crate::support::{Home, Tenant};

/// Follows a hint that leaves the tenant's domain to the reader.
#[track_caller]
fn follow_with_domain(tenant: &Tenant, home: &Home, hint: &str) {
    let hint = hint.replace("YOUR-TENANT.eu.auth0.com", tenant.domain());
    follow(tenant, home, &hint, "auth0-profiles");
}

#[test]
fn a_machine_is_tried_with_its_own_secret() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let run = || doctor(&tenant, &home, &["--profile", "m"]);
    // The wrong secret, although the saved token is still valid.
    let text = home.profile_text("m").unwrap().replace(MACHINE_SECRET, "another-secret");
    home.write("config/profiles/m.toml", &text);
    let (status_now, _, hint) = line(&run().run().exits(1).hides("another-secret"), "credential");
    assert_eq!(status_now, "fault");
    let words = command(&hint, "auth0-login");
    let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let login = home.command("auth0-login").trust(&tenant).args(&args);
    login.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run().exits(0);
    assert_eq!(status(&run().run().exits(0), "credential"), "ok");
    // Not saved: it works until the token expires.
    home.edit("m", |text| {
        text.lines()
            .filter(|line| !line.contains(MACHINE_SECRET))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    assert_eq!(status(&run().run().exits(0), "credential"), "warning");
    home.expire("m");
    assert_eq!(status(&run().run().exits(1), "token"), "fault");
}

#[test]
fn a_port_that_another_program_has_is_named() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://127.0.0.1:{}/callback", busy.local_addr().unwrap().port());
    home.run("auth0-profiles", &["set", "p", &format!("redirect_uris={uri}")]).exits(0);
    let run = || doctor(&tenant, &home, &["--profile", "p", "--with", "m"]).run();
    let (status_now, message, hint) = line(&run(), "callback ports");
    assert_eq!(status_now, "fault", "{message}");
    follow(&tenant, &home, &hint, "auth0-profiles");
    let uris = home.profile("p").settings.redirect_uris.unwrap();
    assert_eq!(uris.len(), 2, "{uris:?}");
    let ran = run();
    assert_eq!(status(&ran, "callback ports"), "warning");
    // Not both are registered.
    assert_eq!(status(&ran, "callback URLs"), "warning");
    drop(busy);
    assert_eq!(status(&run(), "callback ports"), "ok");
}

#[test]
fn the_way_to_the_tenant_is_checked() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    // An authority that this machine does not know.
    let ran = home.command("auth0-doctor").args(&["-o", "json", "--profile", "p"]).run().exits(1);
    let (status_now, _, hint) = line(&ran, "TLS and proxy");
    assert_eq!(status_now, "fault");
    let set = if cfg!(windows) { "$env:SSL_CERT_FILE = " } else { "export SSL_CERT_FILE=" };
    assert!(hint.contains(set), "{hint}");
    assert_eq!(status(&ran, "domain"), "unknown");
    assert_eq!(status(&ran, "application type"), "unknown");
    // A proxy that is not there.
    home.run("auth0-profiles", &["add", "q", "--domain", "acme.example", "--client-id", "x"])
        .exits(0);
    let ran = doctor(&tenant, &home, &["--profile", "q"]).env("HTTPS_PROXY", "http://127.0.0.1:1");
    let (status_now, _, hint) = line(&ran.run().exits(1), "TLS and proxy");
    assert_eq!(status_now, "fault");
    assert!(hint.contains("check HTTPS_PROXY"), "{hint}");
    // Nothing at that address.
    home.run("auth0-profiles", &["set", "p", "domain=http://127.0.0.1:1"]).exits(0);
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    let (status_now, _, hint) = line(&ran, "domain");
    assert_eq!(status_now, "fault");
    follow_with_domain(&tenant, &home, &hint);
    assert_eq!(status(&doctor(&tenant, &home, &["--profile", "p"]).run(), "domain"), "ok");
}

#[test]
fn a_profile_that_cannot_be_used_is_one_fault() {
    let tenant = Tenant::new();
    let home = signed_in(&tenant);
    let text = home.profile_text("p").unwrap();
    home.write("config/profiles/p.toml", &format!("domain = \n{text}"));
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    let rows = ran.json();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let (status_now, message, hint) = line(&ran, "profile file");
    assert_eq!((status_now.as_str(), hint.contains("editor")), ("fault", true), "{message}");
    assert!(message.contains("line 1"), "{message}");
    // A profile without a domain, one that nobody signed in to, and one that does not exist.
    home.write("config/profiles/p.toml", "client_id = \"x\"\n");
    let (status_now, _, hint) =
        line(&doctor(&tenant, &home, &["--profile", "p"]).run().exits(1), "profile file");
    assert_eq!(status_now, "fault");
    follow_with_domain(&tenant, &home, &hint);
    let ran = doctor(&tenant, &home, &["--profile", "p"]).run().exits(1);
    assert_eq!(
        (status(&ran, "profile file"), status(&ran, "token")),
        ("ok".into(), "fault".into())
    );
    doctor(&tenant, &home, &["--profile", "nobody"]).run().exits(2);
    doctor(&tenant, &home, &["--profile", "p", "--with", "nobody"]).run().exits(2);
}

#[cfg(target_os = "linux")] // a terminal made by script(1)
#[test]
fn the_report_fits_the_terminal() {
    use unicode_width::UnicodeWidthStr;
    if std::process::Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let tenant = Tenant::with(|config| config.scope_mode = auth0_emulator::ScopeMode::CurrentUser);
    let home = super::signed_in(&tenant);
    for columns in [80, 100] {
        let line = format!("stty cols {columns}; auth0-doctor --profile p --color never");
        let said = home.terminal(&line).trust(&tenant).run().stderr;
        let said = said.replace('\r', "");
        assert!(said.contains("1. create an application"), "{said}");
        // A command is not broken, so it may be longer.
        for line in said.lines().filter(|line| !line.contains("auth0-")) {
            assert!(line.width() <= columns, "{} columns in {columns}: {line}", line.width());
        }
    }
}
