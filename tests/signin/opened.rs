//! The browser that a login opens: what it is given, what others can see of it, and what is said if
//! there is none.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::{Browser, Home, Run, Running, Tenant, get, parameter, write_script};

const FREE_PORT: [&str; 2] = ["--redirect-uri", "http://127.0.0.1:0/callback"];

/// An executable file in the home; its path.
fn script(home: &Home, name: &str, text: &str) -> PathBuf {
    let path = home.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_script(&path, text);
    path
}

/// A browser that writes what it is given to the file `opened`, and stays.
fn recorder(home: &Home) -> PathBuf {
    script(
        home,
        "recorder",
        "printf '%s\\n' \"$@\" >opened.new; env >environment; mv opened.new opened; sleep 30; :",
    )
}

/// What the recorder was given, once it has been started.
#[track_caller]
fn opened(home: &Home) -> String {
    let path = home.path().join("opened");
    wait_for("the browser was never started", || path.exists());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    text.trim_end().to_owned()
}

#[track_caller]
fn wait_for(what: &str, ready: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !ready() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn login(tenant: &Tenant, home: &Home) -> Run {
    tenant.login(home, &FREE_PORT)
}

fn login_with(tenant: &Tenant, home: &Home, browser: &Path) -> Running {
    login(tenant, home).args(&["--browser", browser.to_str().unwrap()]).start()
}

/// The command lines of all processes, as every user can read them.
fn command_lines() -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        if let Ok(line) = std::fs::read(entry.path().join("cmdline")) {
            all.push_str(&String::from_utf8_lossy(&line).replace('\0', " "));
            all.push('\n');
        }
    }
    all
}

#[test]
fn no_process_list_shows_the_address_of_the_login_page() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let login = login_with(&tenant, &home, &recorder(&home));
    let address = opened(&home);
    let url = login.address();
    let lines = command_lines();
    assert!(lines.contains(&address), "the one-time address is in no command line");
    for name in ["state", "nonce", "code_challenge"] {
        assert!(!lines.contains(&parameter(&url, name)), "{name} is in a command line");
    }
    // It leads to the page, once, and nothing that is stored keeps it.
    let page = get(&address);
    assert_eq!((page.status, page.header("location")), (303, Some(url.as_str())));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let page = get(&address);
    assert_eq!((page.status, page.header("location")), (410, None));
    assert!(!page.body.contains(&parameter(&url, "state")));
    let near = format!("{}x", &address[..address.len() - 1]);
    assert_eq!(get(&near).status, 404);
    Browser::new(&tenant).sign_in(&url);
    login.wait().exits(0);
}

/// Reads every command line, asks for the one-time address there, and prints both.
const OTHER_USER: &str = r#"
for file in /proc/[0-9]*/cmdline; do tr '\0' ' ' <"$file"; echo; done 2>/dev/null | grep -F 127.0.0.1
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3
cat <&3
"#;

#[test]
#[ignore = "needs root, to become a second user"]
fn another_user_of_the_machine_cannot_take_over_the_login() {
    use std::os::unix::process::CommandExt as _;
    let (tenant, home) = (Tenant::new(), Home::new());
    let login = login_with(&tenant, &home, &recorder(&home));
    let address = opened(&home);
    let url = login.address();
    let (port, path) = address.strip_prefix("http://127.0.0.1:").unwrap().split_once('/').unwrap();
    let seen = std::process::Command::new("/bin/bash")
        .args(["-c", OTHER_USER, "-", port, &format!("/{path}")])
        .current_dir("/")
        .uid(65534)
        .gid(65534)
        .output()
        .unwrap();
    let seen = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert!(seen.contains(&address), "the other user can see the one-time address: {seen}");
    assert!(seen.contains("HTTP/1.1 403 "), "{seen}");
    for name in ["state", "nonce", "code_challenge"] {
        assert!(!seen.contains(&parameter(&url, name)), "{name}: {seen}");
    }
    // The person hears of it, and can still sign in: that request has used nothing up.
    login.hears("another user of this computer asked for your login page");
    let said = login.hears("open this address in your browser");
    assert!(said.matches(&url).count() == 2, "{said}");
    assert_eq!(get(&address).header("location"), Some(url.as_str()));
    Browser::new(&tenant).sign_in(&url);
    login.wait().exits(0);
}

#[test]
fn a_browser_inherits_no_variable_of_the_suite() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let recorder = recorder(&home);
    // The system's default browser, where `webbrowser` finds no other.
    let programs = home.path().join("bin");
    std::fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink(&recorder, programs.join("x-www-browser")).unwrap();
    for program in ["env", "mv", "sleep"] {
        std::os::unix::fs::symlink(format!("/usr/bin/{program}"), programs.join(program)).unwrap();
    }
    for way in ["--browser", "BROWSER", "default"] {
        let login = login(&tenant, &home)
            .env("AUTH0_CLIENT_SECRET", "hunter2-secret")
            .env("AUTH0_PROFILE", "p")
            .env("MY_AUTH0_NOTE", "kept");
        let login = match way {
            "BROWSER" => login.env(way, &recorder).start(),
            "default" => login.env("DISPLAY", ":0").env("PATH", &programs).start(),
            way => login.args(&[way, recorder.to_str().unwrap()]).start(),
        };
        opened(&home);
        let environment = std::fs::read_to_string(home.path().join("environment")).unwrap();
        assert!(environment.contains("MY_AUTH0_NOTE=kept"), "{environment}");
        assert!(!environment.contains("\nAUTH0_"), "{environment}");
        assert!(!environment.starts_with("AUTH0_"), "{environment}");
        assert!(!environment.contains("hunter2-secret"), "{environment}");
        drop(login);
    }
}

#[test]
fn a_missing_browser_is_explained_and_the_login_goes_on() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let fails = script(&home, "fails", "exit 3");
    let fails = fails.to_str().unwrap();
    for (variables, why) in [
        (&[][..], "there is no display"),
        (&[("DISPLAY", ":0"), ("SSH_CONNECTION", "::1 1 ::1 22")], "SSH session"),
        (&[("WAYLAND_DISPLAY", "w"), ("SSH_TTY", "/dev/pts/1")], "SSH session"),
        (&[("DISPLAY", ":0"), ("BROWSER", "nosuch")], "'nosuch' was not found"),
        (&[("DISPLAY", ":0"), ("BROWSER", fails)], "ended with exit status: 3"),
        (&[("DISPLAY", ":0"), ("BROWSER", "'")], "quote"),
        (&[("DISPLAY", ":0"), ("PATH", "/nowhere")], "the default browser cannot be opened"),
    ] {
        let login = variables
            .iter()
            .fold(login(&tenant, &home), |login, (name, value)| login.env(name, value));
        let login = login.start();
        let said = login.hears("--no-browser");
        assert!(said.contains("Open this address in a browser"), "{said}");
        assert!(said.contains("no browser was opened: ") && said.contains(why), "{why}: {said}");
        assert!(said.contains("auth0-login --device"), "{said}");
        assert!(!said.contains("is opening"), "{said}");
        Browser::new(&tenant).sign_in(&login.address());
        login.wait().exits(0).prints("");
    }
}

#[test]
fn a_browser_that_fails_later_is_reported_with_the_address() {
    let (tenant, home) = (Tenant::new(), Home::new());
    let fails = script(&home, "fails", "while [ ! -e go ]; do sleep 0.02; done; exit 3");
    let login = login_with(&tenant, &home, &fails);
    login.hears("Your browser is opening");
    home.write("go", "");
    login.hears("ended with exit status: 3");
    let url = login.address();
    login.hears(&format!("Open this address in a browser:\n\n  {url}\n"));
    Browser::new(&tenant).sign_in(&url);
    login.wait().exits(0);
}

#[test]
fn browser_commands_are_tried_in_order_and_may_have_quotes_and_spaces() {
    let (tenant, home) = (Tenant::new(), Home::new());
    private_copy(&home, "my browsers/the recorder");
    let folder = home.path().to_str().unwrap().to_owned();
    let path = format!("{folder}/my browsers/the recorder");
    for (command, variable, before) in [
        (Some(format!("'{path}' --app=%s -x")), String::new(), "--app=ADDRESS\n-x"),
        (
            Some(format!("\"{path}\" -a 'Google Chrome'")),
            String::new(),
            "-a\nGoogle Chrome\nADDRESS",
        ),
        (Some(path.clone()), String::new(), "ADDRESS"),
        (None, format!("/nowhere/at/all:false:'{path}' --tab"), "--tab\nADDRESS"),
        (None, path.clone(), "ADDRESS"),
    ] {
        let login = login(&tenant, &home).env("BROWSER", &variable).env("PATH", "/usr/bin:/bin");
        let login = match &command {
            Some(command) => login.args(&["--browser", command]).start(),
            None => login.start(),
        };
        let given = opened(&home);
        let at = given.find("http").unwrap_or_else(|| panic!("{given}"));
        let address = given[at..].lines().next().unwrap();
        assert_eq!(given, before.replace("ADDRESS", address), "{command:?} {variable}");
        drop(login);
    }
    login(&tenant, &home).args(&["--browser", "'open"]).start().hears("quote that is not closed");
}

/// The recorder under another name.
fn private_copy(home: &Home, name: &str) {
    let text = std::fs::read_to_string(recorder(home)).unwrap();
    script(home, name, text.strip_prefix("#!/bin/sh\n").unwrap());
}

#[test]
fn quiet_says_only_what_is_needed_to_go_on() {
    let (tenant, home) = (Tenant::new(), Home::new());
    // With a browser, nothing.
    let recorder = recorder(&home);
    let quiet = login(&tenant, &home).args(&["-q", "--browser", recorder.to_str().unwrap()]);
    let quiet = quiet.start();
    let address = opened(&home);
    let url = get(&address).header("location").unwrap().to_owned();
    Browser::new(&tenant).sign_in(&url);
    let quiet = quiet.wait().exits(0).prints("");
    assert_eq!(quiet.stderr, "");
    // Without one, the address, and why.
    let quiet = login(&tenant, &home).arg("-q").start();
    let url = quiet.address();
    Browser::new(&tenant).sign_in(&url);
    let said = quiet.wait().exits(0).stderr;
    let expected = format!("\nOpen this address in a browser:\n\n  {url}\n\n");
    assert!(
        said.starts_with("warning: no browser was opened: ") && said.ends_with(&expected),
        "{said}"
    );
    assert_eq!(said.lines().count(), 5, "{said}");
}

#[test]
fn the_programs_that_open_pages_know_the_default_browsers() {
    let home = Home::new();
    let listed = home.run("auth0-completions", &["commands", "-o", "json"]).exits(0);
    let commands = listed.json();
    let commands = commands.as_array().unwrap();
    for program in std::collections::BTreeSet::from_iter(commands.iter().map(program)) {
        // The list does not go into the kinds of resource.
        let opens = matches!(program, "auth0-login" | "auth0-logout" | "auth0-resources")
            || commands.iter().any(|command| {
                self::program(command) == program
                    && command["command"].as_str().unwrap().ends_with(" open")
            });
        // A program that opens no page takes this for a mistake.
        let request = ["--open-page-in-default-browser", "http://127.0.0.1:9/"];
        let nowhere = home.path().join("nowhere");
        let code = home.command(program).args(&request).env("PATH", nowhere).run().code;
        assert_eq!(code, Some(if opens { 1 } else { 2 }), "{program}");
    }
}

fn program(command: &serde_json::Value) -> &str {
    command["command"].as_str().unwrap().split(' ').next().unwrap()
}
