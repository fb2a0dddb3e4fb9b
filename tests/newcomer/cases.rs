//! One function for each mishap.

use std::io::{Read, Write};
use std::net::TcpListener;

use auth0_emulator::{Config, Fault, FaultKind, ScopeMode};

use super::desk::{Desk, Page};

type Case = fn() -> String;

/// In the order in which a newcomer meets them.
pub(super) const ALL: [(&str, Case); 26] = [
    ("Nothing set up yet", nothing_set_up),
    ("No domain given", no_domain),
    ("The tenant's name instead of its domain", bare_tenant_name),
    ("A host that is no tenant", not_a_tenant),
    ("Nobody listens there", nobody_there),
    ("No client ID given", no_client_id),
    ("A client ID that does not exist, in the browser", unknown_client),
    ("A client ID that does not exist, as a machine", unknown_machine),
    ("A wrong secret", wrong_secret),
    ("No secret given", no_secret),
    ("The callback URL is not registered", callback_not_registered),
    ("A callback that is not on this machine", callback_elsewhere),
    ("The application may not sign people in", grant_not_enabled),
    ("The application may not use device codes", device_not_enabled),
    ("The application may not act as a machine", machine_not_enabled),
    ("An audience that does not exist", unknown_audience),
    ("Consent refused", consent_refused),
    ("The port is taken", port_taken),
    ("No browser can be opened", no_browser),
    ("A proxy that is not there", proxy_not_there),
    ("A proxy that wants a password", proxy_wants_password),
    ("An authority that is not known", unknown_authority),
    ("The clock is an hour behind", clock_behind),
    ("The clock is an hour ahead", clock_ahead),
    ("A person at the Management API", scopes_not_granted),
    ("A scope is missing", scope_missing),
];

fn desk() -> Desk {
    Desk::new(Config::administrative())
}

fn nothing_set_up() -> String {
    desk().run("auth0-clients list")
}

fn no_domain() -> String {
    desk().run("auth0-login")
}

fn bare_tenant_name() -> String {
    desk().run("auth0-login --domain acme --client-id YOUR-CLIENT-ID")
}

fn not_a_tenant() -> String {
    let faults = vec![Fault::always(FaultKind::Status(404), "/.well-known")];
    Desk::new(Config { faults, ..Config::administrative() })
        .run("auth0-login --domain DOMAIN --client-id emulator-native")
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn nobody_there() -> String {
    let mut desk = desk();
    let domain = format!("http://127.0.0.1:{}", free_port());
    desk.stand_in(&domain, "127.0.0.1:4400");
    desk.stand_in(&domain.replace("http://", ""), "127.0.0.1:4400");
    desk.run(&format!("auth0-login --domain {domain} --client-id emulator-native --max-retries 0"))
}

fn no_client_id() -> String {
    desk().run("auth0-login --domain DOMAIN")
}

/// A login that listens where no other test does.
const LOGIN: &str = "auth0-login --domain DOMAIN --client-id emulator-native --redirect-uri http://127.0.0.1:0/callback";

/// How long a login waits that nobody will call back.
const BRIEFLY: &str = " --timeout 1s";

fn unknown_client() -> String {
    listening(desk()).run(&(LOGIN.replace("emulator-native", "mistyped") + BRIEFLY))
}

fn unknown_machine() -> String {
    let mut desk = desk();
    desk.set("AUTH0_CLIENT_SECRET", "secret");
    desk.run("auth0-login --domain DOMAIN --client-id mistyped --client-credentials")
}

fn wrong_secret() -> String {
    let mut desk = desk();
    desk.set("AUTH0_CLIENT_SECRET", "mistyped");
    desk.run("auth0-login --domain DOMAIN --client-id emulator-m2m --client-credentials")
}

fn no_secret() -> String {
    desk().run("auth0-login --domain DOMAIN --client-id emulator-m2m --client-credentials")
}

fn callback_not_registered() -> String {
    let desk = listening(desk());
    desk.tenant.configure(|config| config.any_callback_port = false);
    desk.run(&(LOGIN.to_owned() + BRIEFLY))
}

fn callback_elsewhere() -> String {
    desk().run("auth0-login --domain DOMAIN --client-id emulator-native --redirect-uri https://app.example.com/callback")
}

fn grant_not_enabled() -> String {
    listening(desk()).run(&LOGIN.replace("emulator-native", "emulator-m2m"))
}

fn device_not_enabled() -> String {
    desk().run("auth0-login --domain DOMAIN --client-id emulator-m2m --device")
}

fn machine_not_enabled() -> String {
    let mut desk = desk();
    desk.set("AUTH0_CLIENT_SECRET", "secret");
    desk.run("auth0-login --domain DOMAIN --client-id emulator-native --client-credentials")
}

fn unknown_audience() -> String {
    listening(desk()).run(&format!("{LOGIN} --audience https://api.example.com/"))
}

fn consent_refused() -> String {
    listening(desk()).run_at(LOGIN, Page::Deny)
}

fn port_taken() -> String {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut desk = desk();
    desk.stand_in(&format!("127.0.0.1:{port}"), "127.0.0.1:5000");
    desk.stand_in(&format!("port {port}"), "port 5000");
    desk.run(&format!("auth0-login --domain DOMAIN --client-id emulator-native --redirect-uri http://127.0.0.1:{port}/callback"))
}

fn no_browser() -> String {
    listening(desk()).run_at(&format!("{LOGIN} --browser firefox-that-is-not-there"), Page::Allow)
}

fn proxy_not_there() -> String {
    let mut desk = desk();
    let port = free_port();
    desk.set("HTTPS_PROXY", &format!("http://127.0.0.1:{port}"));
    desk.stand_in(&format!("127.0.0.1:{port}"), "proxy.example.com:3128");
    desk.run("auth0-login --domain acme.eu.auth0.com --client-id YOUR-CLIENT-ID --max-retries 0")
}

fn proxy_wants_password() -> String {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut desk = desk();
    desk.set("HTTPS_PROXY", &format!("http://{}", proxy.local_addr().unwrap()));
    std::thread::spawn(move || {
        for stream in proxy.incoming() {
            let Ok(mut stream) = stream else { return };
            // To the empty line: what is left unread would reset the connection.
            let mut asked = Vec::new();
            let mut byte = [0];
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n > 0) {
                asked.push(byte[0]);
            }
            let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
        }
    });
    desk.run("auth0-login --domain acme.eu.auth0.com --client-id YOUR-CLIENT-ID --max-retries 0")
}

fn unknown_authority() -> String {
    Desk::new(Config { tls: true, ..Config::administrative() })
        .run("auth0-login --domain DOMAIN --client-id emulator-native")
}

fn clock_behind() -> String {
    clock_off(3600)
}

fn clock_ahead() -> String {
    clock_off(-3600)
}

fn clock_off(clock_ahead: i64) -> String {
    let config = Config { clock_ahead, scope_mode: ScopeMode::CurrentUser, ..Config::default() };
    listening(Desk::new(config)).run_at(LOGIN, Page::Allow)
}

fn scopes_not_granted() -> String {
    listening(current_user_only()).run_at(LOGIN, Page::Allow)
}

fn scope_missing() -> String {
    let desk = listening(current_user_only());
    desk.run_at(LOGIN, Page::Allow);
    desk.run("auth0-clients list")
}

fn current_user_only() -> Desk {
    Desk::new(Config::default())
}

/// A desk whose login listens on a port of its own, shown as the usual one.
fn listening(mut desk: Desk) -> Desk {
    desk.stand_in(" --redirect-uri http://127.0.0.1:0/callback", "");
    desk.stand_in(BRIEFLY, "");
    desk.stand_in("within 1s", "within 5m");
    desk
}
