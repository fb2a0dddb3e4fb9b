//! The device flow.

use std::time::{Duration, Instant};

use crate::support::{Home, Tenant};

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
    device(&tenant, &home, &["--timeout", "3s"]).wait().exits(3).says("within 3s");
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
        .says("error: the tenant has no device authorization endpoint")
        .says("`auth0-login --no-browser`");
}
