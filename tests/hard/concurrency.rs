//! Crowds: one renewal however many ask, no lost update, no lock that outlives its owner, and no
//! wait without a word or an end.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use auth0_emulator::{Config, Emulator, Fault, FaultKind, MACHINE, MACHINE_SECRET};

use super::home::{Home, person, profile_text};
use super::{below, rounds};
use crate::support::Ran;

const CROWD: usize = 50;
const PROFILES: usize = 4;

fn tenant(config: Config) -> Emulator {
    Emulator::start(config).unwrap()
}

fn expired(tenant: &Emulator, home: &Home, name: &str) {
    let (access, refresh) = person(tenant);
    home.write_profile(name, &profile_text(tenant, &access, Some(&refresh), -60));
}

fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn renewals(tenant: &Emulator) -> usize {
    let requests = tenant.requests_to("POST", "/oauth/token");
    let is_renewal =
        |body: &[u8]| String::from_utf8_lossy(body).contains("grant_type=refresh_token");
    requests.iter().filter(|request| is_renewal(&request.body)).count()
}

#[test]
fn fifty_find_an_expired_token_and_one_renews_it() {
    // Rotation without leeway: a second use of a refresh token ends the session.
    let tenant =
        Emulator::start(Config { latency: Duration::from_millis(30), ..Config::administrative() })
            .unwrap();
    let home = Home::new();
    for _ in 0..rounds(1, 20) {
        expired(&tenant, &home, "person");
        tenant.forget_requests();
        let crowd: Vec<Child> =
            (0..CROWD).map(|_| spawn(&mut home.command("auth0-token", ["-q"]))).collect();
        let outputs: Vec<_> =
            crowd.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let (_, profile) = home.profile("person");
        let token = profile.token.unwrap();
        for output in &outputs {
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && stderr.is_empty(), "{stderr}");
            assert_eq!(output.stdout, format!("{}\n", token.access_token.expose()).as_bytes());
        }
        assert_eq!(renewals(&tenant), 1, "one renewal for {CROWD}");
        assert!(tenant.honours(token.refresh_token.unwrap().expose()));
    }
}

#[test]
fn a_lock_goes_with_the_process_that_has_it() {
    let tenant = tenant(Config { latency: Duration::from_millis(150), ..Config::administrative() });
    let home = Home::new();
    let (mut killed, mut lost) = (0, 0);
    for _ in 0..rounds(3, 60) {
        expired(&tenant, &home, "person");
        tenant.forget_requests();
        let crowd: Vec<Child> = (0..CROWD)
            .map(|_| spawn(&mut home.command("auth0-token", ["-q", "--timeout", "60"])))
            .collect();
        // Whoever has the lock is among those that are killed sooner or later.
        thread::sleep(Duration::from_millis(below(400)));
        let mut left = Vec::new();
        for mut child in crowd {
            if below(2) == 0 && child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
            } else {
                left.push(child);
            }
        }
        let outputs: Vec<_> =
            left.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        // Those that were left have a token, all the same one. A holder that is killed between the
        // tenant's answer and the write takes the login with it; then all are told to sign in.
        let mut codes: Vec<_> = outputs.iter().filter_map(|output| output.status.code()).collect();
        codes.dedup();
        assert!(matches!(codes[..], [] | [0 | 3]), "{codes:?}");
        if codes == [3] {
            assert!(renewals(&tenant) > 1, "nobody's answer was lost");
            lost += 1;
            home.run("auth0-token", &[]).exits(3).says("auth0-login --profile person");
            continue;
        }
        let mut tokens: Vec<_> = outputs
            .iter()
            .filter(|output| output.status.success())
            .map(|output| &output.stdout)
            .collect();
        tokens.dedup();
        assert!(tokens.len() <= 1, "several tokens");
        let last = home.run("auth0-token", &[]);
        if codes.is_empty() && last.code == Some(3) {
            lost += 1;
            continue;
        }
        last.exits(0);
        let (_, profile) = home.profile("person");
        assert!(tenant.honours(profile.token.unwrap().refresh_token.unwrap().expose()));
    }
    println!("{killed} killed among crowds of {CROWD}; {lost} logins lost with their holder");
}

/// What kind of work it does. Each profile has five editors and no more.
fn kind(number: usize) -> usize {
    match number / PROFILES {
        number if number >= 35 && number % 7 == 3 => 1,
        number => number % 7,
    }
}

/// What one of the two hundred does, and which profile it is for.
fn anything(home: &Home, tenant: &Emulator, number: usize) -> (Command, Vec<u8>) {
    let profile = format!("p{}", number % PROFILES);
    let profile = profile.as_str();
    let token = || tenant.access_token("read:clients", None, 3600).into_bytes();
    match kind(number) {
        0 => (home.command("auth0-token", ["--profile", profile]), Vec::new()),
        1 => (home.command("auth0-token", ["--refresh", "--profile", profile]), Vec::new()),
        2 => (home.command("auth0-profiles", ["use", profile]), Vec::new()),
        3 => {
            let setting = setting(number);
            (home.command("auth0-profiles", ["set", profile, &setting]), Vec::new())
        }
        4 => (
            home.command(
                "auth0-login",
                ["--with-token", "--profile", &format!("new{number}"), "--domain", tenant.domain()],
            ),
            token(),
        ),
        5 => {
            let name = format!("machine{number}");
            let args = [
                "--client-credentials",
                "--profile",
                &name,
                "--client-id",
                MACHINE,
                "--domain",
                tenant.domain(),
            ];
            let mut command = home.command("auth0-login", args);
            command.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
            (command, Vec::new())
        }
        _ => (home.command("auth0-profiles", ["list"]), Vec::new()),
    }
}

/// Each of a profile's editors has a setting of its own.
fn setting(number: usize) -> String {
    match number / PROFILES / 7 % 5 {
        0 => format!("organization=org_{number}"),
        1 => format!("key_id=key-{number}"),
        2 => format!("scope=read:things{number}"),
        3 => format!("redirect_uris=http://127.0.0.1:{}/callback", 50_000 + number),
        _ => format!("private_key=/nowhere/{number}"),
    }
}

#[test]
fn two_hundred_do_everything_at_once() {
    for _ in 0..rounds(1, 10) {
        let tenant = tenant(Config::administrative());
        let home = Home::new();
        for number in 0..PROFILES {
            expired(&tenant, &home, &format!("p{number}"));
        }
        let started = Instant::now();
        let rans: Vec<Ran> = thread::scope(|scope| {
            let crowd: Vec<_> = (0..200)
                .map(|number| {
                    let (mut command, input) = anything(&home, &tenant, number);
                    scope.spawn(move || Ran::fed(&mut command, &input))
                })
                .collect();
            crowd.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(started.elapsed() < Duration::from_secs(100), "somebody waited for nobody");
        for ran in rans {
            ran.exits(0);
        }
        for number in 0..200 {
            let profile = format!("p{}", number % PROFILES);
            match kind(number) {
                3 => {
                    let (text, _) = home.profile(&profile);
                    let setting = setting(number);
                    let (_, value) = setting.split_once('=').unwrap();
                    assert!(text.contains(value), "{setting} is lost: {text}");
                }
                4 => assert!(home.profile(&format!("new{number}")).1.token.is_some()),
                5 => assert!(home.profile(&format!("machine{number}")).1.token.is_some()),
                _ => {}
            }
        }
        for number in 0..PROFILES {
            let (text, profile) = home.profile(&format!("p{number}"));
            assert!(text.contains("# kept as it is"));
            assert!(tenant.honours(profile.token.unwrap().refresh_token.unwrap().expose()));
        }
        let config: toml::Table =
            fs::read_to_string(home.config().join("config.toml")).unwrap().parse().unwrap();
        assert!(config["current_profile"].as_str().is_some());
        let files = home.files();
        let ends = |name: &String| name.ends_with(".toml") || name.ends_with(".lock");
        assert!(files.iter().all(ends), "{files:?}");
    }
}

#[test]
fn whoever_waits_says_so_and_goes_on() {
    let tenant = tenant(Config::administrative());
    let home = Home::new();
    expired(&tenant, &home, "person");
    let lock = hold_lock(&home, "person");
    let mut child = spawn(&mut home.command("auth0-token", [] as [&str; 0]));
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("waiting for another process") && line.contains("'person'"), "{line}");
    drop(lock);
    stderr.read_to_string(&mut line).unwrap();
    assert!(child.wait().unwrap().success(), "{line}");
}

#[test]
fn a_wait_for_a_lock_ends_with_the_time_given() {
    let tenant = tenant(Config::administrative());
    let home = Home::new();
    expired(&tenant, &home, "person");
    let _lock = hold_lock(&home, "person");
    tenant.forget_requests();
    let token = tenant.access_token("read:clients", None, 3600);
    for (binary, args, input) in [
        ("auth0-token", &["--timeout", "1s"][..], ""),
        ("auth0-clients", &["list", "--timeout", "1s"], ""),
        ("auth0-logout", &["--timeout", "1s"], ""),
        ("auth0-login", &["--with-token", "--timeout", "1s"], &token),
    ] {
        let started = Instant::now();
        let ran = Ran::fed(&mut home.command(binary, args), input).exits(7);
        assert!(started.elapsed() < Duration::from_secs(8), "{binary}: {:?}", started.elapsed());
        ran.says("--timeout").says("the lock on profile 'person'").says("hint: ");
    }
    assert_eq!(tenant.requests().len(), 0, "nothing was asked without the lock");
}

/// A tenant that wants a long pause does not make the others give up waiting for the lock.
#[test]
fn the_work_under_a_lock_ends_before_others_give_up() {
    let tenant = tenant(Config::administrative());
    let home = Home::new();
    expired(&tenant, &home, "person");
    let fault = Fault::always(FaultKind::RetryAfter(85), "/oauth/token");
    tenant.configure(|config| config.faults = vec![fault]);
    let started = Instant::now();
    home.run("auth0-token", &[]).exits(7).says("within 75 s").says("try again");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
#[ignore = "takes two minutes"]
fn nobody_waits_for_ever() {
    let tenant = tenant(Config::administrative());
    let home = Home::new();
    expired(&tenant, &home, "person");
    let _lock = hold_lock(&home, "person");
    let ran = home.run("auth0-token", &[]).exits(7);
    ran.says("has held the lock on profile 'person'").says("fuser");
}

/// A process that does not let go.
fn hold_lock(home: &Home, name: &str) -> File {
    crate::support::private_dir(&home.config().join("locks"));
    let file = File::create(home.config().join(format!("locks/{name}.lock"))).unwrap();
    file.lock().unwrap();
    file
}
