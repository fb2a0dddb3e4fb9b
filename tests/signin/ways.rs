//! Other ways through a login: a given token, a pasted address, a browser of one's own.

#[cfg(unix)]
use std::time::{Duration, Instant};

use auth0_emulator::{MACHINE_SECRET, NATIVE, OWN_API};

use super::client_credentials::machine;
#[cfg(unix)]
use crate::support::write_script;
use crate::support::{Browser, Home, Tenant, get, parameter};

#[test]
fn a_token_made_elsewhere_is_taken_if_it_fits() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let given = |token: &str| {
        home.command("auth0-login")
            .trust(&tenant)
            .args(&["--profile", "t", "--domain", tenant.domain(), "--with-token"])
            .stdin(token)
            .start()
            .end_input()
            .wait()
    };
    let refused = |token: &str, code, why: &str| {
        given(token).exits(code).prints("").says(why);
        assert!(home.files().is_empty());
    };
    refused(&tenant.access_token("read:clients", None, 0), 3, "expired");
    refused(&tenant.access_token("read:things", Some(OWN_API), 60), 2, OWN_API);
    refused(&Tenant::new().access_token("read:clients", None, 60), 2, "--domain");
    refused("not.a.token", 2, "JSON Web Token");
    refused("opaque", 2, "JSON Web Token");
    refused(" \n", 2, "no access token is given");
    tenant.forget_requests();
    let token = tenant.access_token("read:clients", None, 600);
    given(&format!(" {token}\r\n")).exits(0).prints("").says("read:clients").hides(&token);
    assert!(tenant.requests().is_empty(), "nothing is asked for it");
    home.run("auth0-token", &[]).exits(0).prints_line(&token);
    home.command("auth0-clients").trust(&tenant).args(&["list", "--limit", "1"]).run().exits(0);
    home.expire("t");
    home.run("auth0-token", &[]).exits(3).says("auth0-login --profile t");
}

#[test]
fn the_address_says_what_was_asked_for() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let (_login, url) = tenant.login_begun(
        &home,
        &[
            "--organization",
            "org_1",
            "--invitation",
            "ticket",
            "--connection",
            "google-oauth2",
            "--login-hint",
            "ann+x@example.com",
            "--prompt",
            "login",
            "--max-age",
            "0",
            "--ui-locales",
            "ja en",
            "--param",
            "screen_hint=signup",
            "--param",
            "ext-x=a&b=c d",
        ],
    );
    for (name, value) in [
        ("organization", "org_1"),
        ("invitation", "ticket"),
        ("connection", "google-oauth2"),
        ("login_hint", "ann+x@example.com"),
        ("prompt", "login"),
        ("max_age", "0"),
        ("ui_locales", "ja en"),
        ("screen_hint", "signup"),
        ("ext-x", "a&b=c d"),
    ] {
        assert_eq!(parameter(&url, name), value, "{name}");
    }
    let (login, url) = tenant.login_begun(&home, &["--prompt", "none"]);
    get(&Browser::new(&tenant).callback(&url));
    login.wait().exits(3).says("login_required");
}

#[test]
fn the_final_address_can_be_pasted() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let free_port = ["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"];
    let mut login = tenant.login(&home, &free_port).stdin("").start();
    let callback = Browser::new(&tenant).callback(&login.address());
    login.types("\r\n\u{1b}[200~nonsense\r\n");
    login.hears("that is not a complete address");
    login.types("https://example.com/?code=a&state=b\n");
    login.hears("that is the address of another page");
    let state = parameter(&callback, "state");
    login.types(&format!("{}\r\n", callback.replace(&state, &"A".repeat(43))));
    login.hears("belongs to another login");
    assert_eq!(tenant.token_requests(), 0);
    login.types(&format!("  {callback}#_=_\r\n"));
    login.wait().exits(0).prints("").says("signed in");
    assert_eq!(tenant.token_requests(), 1);
}

#[cfg(unix)] // scripts for a shell are the browsers
#[test]
fn a_browser_command_is_never_in_the_way() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let script = |name: &str, text: &str| {
        let path = home.path().join(name);
        write_script(&path, text);
        path.to_str().unwrap().to_owned()
    };
    let uri = ["--redirect-uri", "http://127.0.0.1:0/callback"];
    let opened = home.path().join("opened");
    // One that talks on both streams, reads stdin, and does not end before the login.
    let noisy = script(
        "noisy",
        "cat; printf '%s %s' \"$1\" \"$2\" >opened.new; mv opened.new opened; echo noise; echo noise >&2; exec sleep 10",
    );
    for (args, variable, before) in [
        (vec!["--browser", &format!("{noisy} --new %s") as &str], "", "--new "),
        (vec![], &format!("/nowhere/at/all:{noisy} --tab") as &str, "--tab "),
    ] {
        let login = tenant.login(&home, &uri).args(&args).env("BROWSER", variable).start();
        let url = login.address();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !opened.exists() {
            assert!(Instant::now() < deadline, "the browser was never started");
            std::thread::sleep(Duration::from_millis(5));
        }
        let given = std::fs::read_to_string(&opened).unwrap();
        let address = given.strip_prefix(before).unwrap_or_else(|| panic!("{given}"));
        // On Linux an address of the login's own that leads to the page.
        if cfg!(target_os = "linux") {
            assert_eq!(get(address).header("location"), Some(url.as_str()));
        }
        std::fs::remove_file(&opened).unwrap();
        Browser::new(&tenant).sign_in(&url);
        login.wait().exits(0).prints("").hides("noise");
    }
    // One that fails, and one that is not there: a word, the address, and the login goes on.
    for (command, word) in [
        (script("fails", "exit 3").as_str(), "exit status: 3"),
        ("/nowhere/at/all", "/nowhere/at/all"),
    ] {
        let login = tenant.login(&home, &uri).args(&["--browser", command]).start();
        login.hears(word);
        Browser::new(&tenant).sign_in(&login.address());
        login.wait().exits(0).prints("");
    }
    // No browser on this machine at all.
    let login = tenant.login(&home, &uri).start();
    login.hears("Open this address in a browser");
    Browser::new(&tenant).sign_in(&login.address());
    login.wait().exits(0);
}

#[test]
fn the_time_given_bounds_a_tenant_that_does_not_answer() {
    let tenant = Tenant::with(|config| {
        config.faults = vec![auth0_emulator::Fault::always(auth0_emulator::FaultKind::Stall, "/")];
    });
    let home = Home::new();
    let bounded = ["--timeout", "200ms"];
    machine(&tenant, &home, &bounded)
        .env("AUTH0_CLIENT_SECRET", "s")
        .run()
        .exits(7)
        .says("--timeout");
    for way in ["--device", "--no-browser"] {
        tenant.login(&home, &bounded).args(&[way]).run().exits(7).says("--timeout");
    }
    // The exchange too.
    tenant.configure(|config| config.faults[0].path = "/oauth/token".to_owned());
    let (login, page) = tenant.sign_in(&home, &["--timeout", "2s"]);
    login.exits(7).says("--timeout");
    assert!(page.body.contains("Not signed in"), "{page:?}");
    assert!(home.files().is_empty());
    let _ = NATIVE;
}

#[test]
fn options_that_do_nothing_in_a_login_are_named() {
    let (tenant, home) = (Tenant::new(), Home::new());
    machine(&tenant, &home, &["--prompt", "login", "--max-age", "1"])
        .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET)
        .run()
        .exits(0)
        .says("this login is as a machine, so it ignores --prompt, --max-age");
    let (login, _) = tenant.login_begun(&Home::new(), &["--prompt", "logn"]);
    login.hears("known are login, consent, select_account, none");
    let plain = machine(&tenant, &home, &[]).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET).run();
    plain.exits(0).hides("ignores");
}

/// Few file descriptors, and strangers who take all that there are.
#[cfg(unix)] // a limit on descriptors
#[test]
fn strangers_do_not_keep_a_login_from_its_end() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let program = env!("CARGO_BIN_EXE_auth0-login");
    let line = format!("ulimit -n 64; exec {program} \"$@\"");
    let mut login = tenant.login(&home, &[]);
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", &line, "-"]).args(login.command.get_args()).env_clear();
    command.args(["--no-browser", "--redirect-uri", "http://127.0.0.1:0/callback"]);
    for (name, value) in login.command.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.current_dir(home.path()).stdin(std::process::Stdio::null());
    login.command = command;
    let login = login.start();
    let url = login.address();
    let callback = Browser::new(&tenant).callback(&url);
    let authority = callback.split('/').nth(2).unwrap().to_owned();
    let strangers: Vec<_> =
        (0..100).map(|_| std::net::TcpStream::connect(&authority).unwrap()).collect();
    assert!(get(&callback).body.contains("You are signed in"));
    login.wait().exits(0);
    drop(strangers);
    assert!(home.profile("local").token.is_some());
}

/// Folders with spaces, quotes, and the drive letters of Windows.
#[test]
fn a_browser_command_may_have_spaces() {
    let (tenant, home) = (Tenant::new(), Home::new());
    // A program that says no to the page, so that the login tells which one was started.
    let folder = home.path().join("Program Files (x86)");
    std::fs::create_dir(&folder).unwrap();
    let suffix = std::env::consts::EXE_SUFFIX;
    let program = folder.join(format!("My Browser{suffix}"));
    crate::support::copy_program(&crate::support::binary("auth0-token"), &program);
    let program = program.to_str().unwrap();
    let (nowhere, between) =
        if cfg!(windows) { (r"C:\nowhere\at all.exe", ";") } else { ("/nowhere/at/all", ":") };
    for (option, variable) in [
        (Some(program.to_owned()), String::new()),
        (Some(format!("\"{program}\" --new-window")), String::new()),
        (None, program.to_owned()),
        (None, format!("'{program}' --new-window %s")),
        (None, format!("'{nowhere}'{between}\"{program}\"")),
    ] {
        let option = option.iter().flat_map(|command| ["--browser", command]).collect::<Vec<_>>();
        let login = tenant
            .login(&home, &["--redirect-uri", "http://127.0.0.1:0/callback"])
            .args(&option)
            .env("BROWSER", &variable)
            .start();
        let said = login.hears("' ended with exit ");
        assert!(said.contains("My Browser"), "{said}");
    }
}
