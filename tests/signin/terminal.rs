//! A person at a terminal: questions, hidden answers, pictures, and Ctrl-C at any of them.

use auth0_emulator::{Fault, FaultKind, MACHINE, MACHINE_SECRET, NATIVE, ScopeMode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::support::{Browser, Home, Running, Tenant};

/// Ends what is pasted or typed.
const ENTER: &str = "\r";
const CTRL_C: &str = "\u{3}";

/// `auth0-login` in a shell that says afterwards how it ended, and whether what is typed shows.
fn at_desk(tenant: &Tenant, home: &Home, args: &str) -> Running {
    let line = format!(
        "trap : INT; auth0-login {args}; echo ended with $?; stty -a | grep -qw -- '-echo\\|-icanon\\|-isig' \
         && echo a spoilt terminal"
    );
    home.terminal(&line).trust(tenant).start()
}

fn ended_with(login: Running, code: i32) -> String {
    login.hears(&format!("ended with {code}\r\n"));
    let said = login.wait().stderr;
    assert!(!said.contains("a spoilt terminal"), "{said}");
    said
}

/// The only address in it, whole or broken by nothing but the terminal's own lines.
fn address(said: &str) -> String {
    let from = said.find("\n  http").unwrap_or_else(|| panic!("{said}")) + 3;
    said[from..].lines().next().unwrap().trim_end().to_owned()
}

#[test]
fn what_is_missing_is_asked_for() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let mut login = at_desk(
        &tenant,
        &home,
        "--profile p --no-browser --redirect-uri http://127.0.0.1:0/callback",
    );
    login.hears("Domain of your tenant (such as acme.eu.auth0.com): ");
    // A tenant's name is no domain; the likely ones are named, and it is asked again.
    login.types(&format!("acme{ENTER}"));
    login.hears("acme.us.auth0.com");
    login.hears("acme.auth0.com\r\nDomain of your tenant");
    login.types(&format!("https://{}/{ENTER}", tenant.domain()));
    login.hears(&format!("Client ID of the application at {}: ", tenant.domain()));
    login.types(&format!("  {NATIVE} {ENTER}"));
    // The address that the browser ended on is pasted, as over SSH.
    let said = login.hears("waiting for the sign-in");
    login.types(&format!("{}{ENTER}", Browser::new(&tenant).callback(&address(&said))));
    let said = ended_with(login, 0);
    assert!(said.contains("signed in") && said.contains("ann@example.com"), "{said}");
    assert_eq!(home.profile("p").settings.client_id.unwrap(), NATIVE);
    // Told not to ask, it does not.
    let fresh = Home::new();
    let said = ended_with(at_desk(&tenant, &fresh, "--no-input"), 2);
    assert!(said.contains("no domain is given") && said.contains("hint: "), "{said}");
    // Nothing is an answer too.
    let mut login = at_desk(&tenant, &fresh, "");
    login.hears("Domain of your tenant");
    login.types(ENTER);
    ended_with(login, 2);
    assert!(fresh.files().is_empty());
}

/// Most tenants give a person no administrative scope, and a newcomer's first login is a person's.
#[test]
fn a_person_without_administrative_scopes_is_led_through_the_machine_set_up() {
    let tenant = Tenant::with(|config| config.scope_mode = ScopeMode::CurrentUser);
    let home = Home::new();
    let free_port = "--no-browser --redirect-uri http://127.0.0.1:0/callback";
    let person = format!("--domain {} --client-id {NATIVE} {free_port}", tenant.domain());
    let begin = || {
        let login = at_desk(&tenant, &home, &person);
        let url = address(&login.hears("waiting for the sign-in"));
        crate::support::get(&Browser::new(&tenant).callback(&url));
        login.hears("continue with the sign-in here? [y/N] ");
        login
    };
    // Declined, the login is done all the same.
    let mut login = begin();
    login.types(ENTER);
    let said = ended_with(login, 0);
    for step in ["1. create an application", "2. authorize it", "3. copy its client ID", "4. see"] {
        assert!(said.contains(step), "{step}: {said}");
    }
    // A command stays on one line, however narrow the terminal.
    let command = format!("`auth0-login --use --profile local-admin --domain {}", tenant.domain());
    for end in ["--client-id ITS-ID --client-credentials --save-secret`", "--with-token`"] {
        let whole = format!("{command} {end}");
        assert!(said.lines().any(|line| line.contains(&whole)), "{whole}: {said}");
    }
    assert!(home.profile_text("local-admin").is_none());
    // A secret that was mistyped is asked for again.
    let mut login = begin();
    login.types(&format!("yes{ENTER}"));
    login.hears("(empty to stop): ");
    login.types(&format!("{MACHINE}{ENTER}"));
    login.hears(&format!("Client secret of {MACHINE}: "));
    login.types(&format!("mistyped-secret{ENTER}"));
    login.hears("error: ");
    let heard = login.hears("hint: ");
    assert!(!heard.contains("mistyped-secret"), "{heard}");
    login.hears("once more (empty to stop): ");
    login.types(&format!("{MACHINE}{ENTER}"));
    login.hears(&format!("once more (empty to stop): {MACHINE}\r\nClient secret of {MACHINE}: "));
    login.types(&format!("{MACHINE_SECRET}{ENTER}"));
    let said = ended_with(login, 0);
    assert!(!said.contains(MACHINE_SECRET), "{said}");
    assert!(said.contains("The current profile is 'local-admin'."), "{said}");
    // The list of applications is the proof.
    assert!(said.contains("Emulator Native"), "{said}");
    let admin = home.profile("local-admin").settings;
    assert_eq!(admin.client_secret.unwrap().expose(), MACHINE_SECRET);
    assert!(home.profile("local").user.is_some(), "the person's own profile stays");
}

#[test]
fn a_secret_is_asked_for_and_not_shown() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let machine =
        format!("--domain {} --client-id {MACHINE} --client-credentials", tenant.domain());
    let mut login = at_desk(&tenant, &home, &format!("--profile m {machine}"));
    login.hears(&format!("Client secret of {MACHINE}: "));
    login.types(&format!("{MACHINE_SECRET}x\u{7f}{ENTER}"));
    let said = ended_with(login, 0);
    assert!(!said.contains(MACHINE_SECRET), "{said}");
    assert!(home.profile("m").token.is_some());
    for nothing in [ENTER, "\u{4}"] {
        let mut login = at_desk(&tenant, &home, &format!("--profile n {machine}"));
        login.hears("Client secret of");
        login.types(nothing);
        let said = ended_with(login, 2);
        assert!(said.contains("no client secret is given"), "{said}");
    }
    assert!(home.profile_text("n").is_none());
}

/// A terminal's line ends after 4095 characters; tokens with all of a tenant's scopes do not.
#[test]
fn a_long_token_can_be_pasted_and_is_not_shown() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let scope: Vec<_> = (0..300).map(|number| format!("read:thing_{number}")).collect();
    let token = [
        part(serde_json::json!({"alg": "RS256"})),
        part(serde_json::json!({
            "iss": format!("{}/", tenant.url()),
            "aud": tenant.audience(),
            "exp": 4_000_000_000_u64,
            "scope": scope.join(" "),
        })),
        "A".repeat(342),
    ]
    .join(".");
    assert!(token.len() > 5000);
    let mut login =
        at_desk(&tenant, &home, &format!("--with-token --profile t --domain {}", tenant.domain()));
    login.hears("Access token");
    login.types(&format!("{token}{ENTER}"));
    let said = ended_with(login, 0);
    assert!(!said.contains(&token[..40]) && said.contains("and 288 more"), "{said}");
    home.run("auth0-token", &["--profile", "t"]).exits(0).prints_line(&token);
}

#[test]
fn a_code_for_a_device_is_drawn_in_the_terminals_width() {
    let tenant = Tenant::with(|config| config.device_interval = 1);
    let home = Home::new();
    let known = format!("--profile p --domain {} --client-id {NATIVE}", tenant.domain());
    let login = at_desk(&tenant, &home, &format!("{known} --device --color never"));
    login.hears("confirm this code: ");
    assert!(tenant.decide_device(true));
    let said = ended_with(login, 0);
    let picture: Vec<_> = said.lines().filter(|line| line.contains('█')).collect();
    // The code stands last and once, and the page is named without it.
    let (before, code) = said.rsplit_once("confirm this code: ").unwrap();
    let code = code.lines().next().unwrap().trim_end();
    assert_eq!(said.matches(code).count(), 1, "{said}");
    assert!(code.len() == 9 && before.ends_with("Within 15m, "), "{said}");
    let page = format!("{}/activate", tenant.url());
    assert!(said.contains(&format!("open {page} on any device")), "{said}");
    let url = format!("{page}?user_code={code}");
    let level = qrcode::EcLevel::L;
    let modules = qrcode::QrCode::with_error_correction_level(&url, level).unwrap().width();
    // All of it stays on a screen of 24 lines until the login has ended.
    let from = said.find('█').unwrap();
    let until = said.rfind("confirm this code: ").unwrap();
    assert!(said[from..until].matches('\n').count() < 24, "{said}");
    assert!(picture.len() >= modules / 2, "{said}");
    // The quiet zone is part of it: four modules on each side.
    assert!(picture.iter().all(|line| line.trim_end().chars().count() <= modules + 8), "{said}");
    assert!(modules + 8 <= 80, "{url}");
    // In a narrow pane it would be in pieces: the address has to do.
    let login = home.terminal(&format!("stty cols 30; auth0-login {known} --device"));
    let login = login.trust(&tenant).start();
    let said = login.hears("waiting for the code");
    assert!(!said.contains('█') && said.contains("/activate?user_code="), "{said}");
}

#[test]
fn an_address_can_be_pasted_while_a_browser_is_open() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let known = format!("--profile p --domain {} --client-id {NATIVE}", tenant.domain());
    // A browser that never gets to the callback.
    let stays = "--browser 'tail -f /dev/null'";
    let args = format!("{known} {stays} --redirect-uri http://127.0.0.1:0/callback");
    let mut login = at_desk(&tenant, &home, &args);
    let said = login.hears("waiting for the sign-in");
    assert!(said.contains("Your browser is opening"), "{said}");
    login.types(&format!("{}{ENTER}", Browser::new(&tenant).callback(&address(&said))));
    let said = ended_with(login, 0);
    assert!(said.contains("signed in"), "{said}");
}

#[test]
fn ctrl_c_restores_the_terminal_and_touches_nothing() {
    let tenant = Tenant::new();
    let home = tenant.signed_in();
    let before = home.files();
    let known = format!("--profile p --domain {} --client-id {NATIVE}", tenant.domain());
    let machine = format!("--profile m --domain {} --client-id {MACHINE}", tenant.domain());
    let free_port = "--redirect-uri http://127.0.0.1:0/callback";
    let interrupted = |args: &str, typed: &str, stage: &str| {
        let mut login = at_desk(&tenant, &home, args);
        if !typed.is_empty() {
            login.hears("Domain of your tenant");
            login.types(typed);
        }
        login.hears(stage);
        login.types(CTRL_C);
        let said = ended_with(login, 130);
        assert!(!said.contains("error: "), "{said}");
        assert_eq!(home.files(), before);
    };
    interrupted("--profile new", "", "Domain of your tenant");
    interrupted("--profile new", &format!("{}{ENTER}", tenant.domain()), "Client ID of");
    for _ in 0..10 {
        // A key like any other at a hidden prompt: who hears of it first must not matter.
        interrupted(&format!("{machine} --client-credentials"), "", "Client secret of");
    }
    interrupted(&format!("{known} --with-token"), "", "Access token");
    interrupted(&format!("{known} --no-browser {free_port}"), "", "waiting for the sign-in");
    interrupted(&format!("{known} --device"), "", "waiting for the code");
    // Half of a hidden answer is typed.
    let mut login = at_desk(&tenant, &home, &format!("{machine} --client-credentials"));
    login.hears("Client secret of");
    login.types(&format!("half{CTRL_C}"));
    assert!(!ended_with(login, 130).contains("half"));
    // The tenant does not answer.
    tenant.configure(|config| {
        config.faults = vec![Fault::always(FaultKind::Stall, "/oauth/token")];
    });
    tenant.forget_requests();
    let mut login = at_desk(&tenant, &home, &format!("{machine} --client-credentials"));
    login.hears("Client secret of");
    login.types(&format!("secret{ENTER}"));
    while tenant.token_requests() == 0 {
        std::thread::yield_now();
    }
    login.types(CTRL_C);
    ended_with(login, 130);
    assert_eq!(home.files(), before);
}
