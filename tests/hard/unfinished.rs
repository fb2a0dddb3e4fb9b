//! A renewed token whose profile could not be replaced: the next command puts it in place, and it
//! never undoes what a person did in the meantime.

use std::fs;
use std::process::Command;
#[cfg(windows)]
use std::{process::Stdio, time::Duration};

use auth0_emulator::{Config, Emulator};

use super::home::{Home, person, profile_text};
use crate::support::Ran;

struct Desk {
    tenant: Emulator,
    home: Home,
}

/// A renewal whose last rename fails for as long as it is tried.
fn desk() -> Desk {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let (access, refresh) = person(&tenant);
    home.write_profile("person", &profile_text(&tenant, &access, Some(&refresh), -60));
    let (before, _) = home.profile("person");
    tenant.forget_requests();
    let renew = home.command("auth0-token", [] as [&str; 0]);
    let ran = hindered(renew, &home, &tenant).exits(1);
    ran.says("cannot replace").says("the next command puts it in place");
    assert_eq!(tenant.requests_to("POST", "/oauth/token").len(), 1);
    assert_eq!(home.profile("person").0, before);
    let desk = Desk { tenant, home };
    assert_eq!(desk.waiting(), 1);
    desk
}

/// Runs a command whose renames fail from the second on.
#[cfg(not(windows))]
fn hindered(command: Command, _: &Home, _: &Emulator) -> Ran {
    use super::faults::traced;
    let options = ["-f", "-qq", "-o", "/dev/null", "-e", "inject=/^rename:error=EBUSY:when=2+"];
    Ran::of(&mut traced(&command, &options))
}

/// Runs a renewal during which another program opens the profile and lets nobody replace it.
#[cfg(windows)]
fn hindered(mut command: Command, home: &Home, tenant: &Emulator) -> Ran {
    tenant.configure(|config| config.latency = Duration::from_secs(2));
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while tenant.requests_to("POST", "/oauth/token").is_empty() {
        std::thread::yield_now();
    }
    let held = held_open(&home.profile_path("person"));
    let ran = Ran::read(&command, running.wait_with_output().unwrap());
    drop(held);
    tenant.configure(|config| config.latency = Duration::ZERO);
    ran
}

/// Opens a file as many programs do: others may read and write it, but not delete or replace it.
#[cfg(windows)]
fn held_open(path: &std::path::Path) -> fs::File {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_SHARE_READ: u32 = 1;
    const FILE_SHARE_WRITE: u32 = 2;
    let mut options = fs::OpenOptions::new();
    options.read(true).share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE);
    loop {
        match options.open(path) {
            Ok(file) => return file,
            // It is being replaced.
            Err(_) => std::thread::yield_now(),
        }
    }
}

impl Desk {
    /// How many unfinished writes there are.
    fn waiting(&self) -> usize {
        self.home.files().iter().filter(|name| name.ends_with(".new")).count()
    }

    /// The refresh token that the tenant takes.
    fn newest(&self) -> String {
        let tokens = self.tenant.refresh_tokens();
        let mut good = tokens.into_iter().filter(|token| self.tenant.honours(token));
        good.next().unwrap()
    }
}

#[test]
#[cfg_attr(not(windows), ignore = "needs strace, and the right to trace")]
fn the_next_command_finishes_the_write() {
    let desk = desk();
    let newest = desk.newest();
    let ran = desk.home.run("auth0-token", &[]).exits(0);
    let (text, profile) = desk.home.profile("person");
    let token = profile.token.unwrap();
    assert_eq!(token.access_token.expose(), ran.stdout.trim());
    assert_eq!(token.refresh_token.unwrap().expose(), newest);
    assert!(text.starts_with("# kept as it is\n") && text.contains("unknown = { kept = true }"));
    assert_eq!(desk.tenant.requests_to("POST", "/oauth/token").len(), 1, "not asked again");
    assert_eq!(desk.waiting(), 0);
}

/// Another program may hold it, or its permissions were changed.
#[cfg(unix)] // Windows has no modes
#[test]
#[ignore = "needs strace, and the right to trace"]
fn a_new_token_that_cannot_be_read_is_kept() {
    let desk = desk();
    let newest = desk.newest();
    let waiting = desk.home.files().into_iter().find(|name| name.ends_with(".new")).unwrap();
    let waiting = desk.home.config().join(waiting);
    crate::support::set_mode(&waiting, 0o640);
    let set = ["set", "person", "key_id=k"];
    let ran = desk.home.run("auth0-profiles", &set).exits(1);
    ran.says("holds the new token of the profile").says("hint: ");
    assert_eq!(desk.waiting(), 1);
    crate::support::set_mode(&waiting, 0o600);
    desk.home.run("auth0-profiles", &set).exits(0);
    let token = desk.home.profile("person").1.token.unwrap();
    assert_eq!(token.refresh_token.unwrap().expose(), newest);
    assert_eq!(desk.waiting(), 0);
}

#[test]
#[cfg_attr(not(windows), ignore = "needs strace, and the right to trace")]
fn an_edit_in_the_meantime_stays() {
    let desk = desk();
    let newest = desk.newest();
    // By hand, without a lock; then by a command.
    let (text, _) = desk.home.profile("person");
    desk.home.write_profile("person", &format!("# edited\norganization = \"org_x\"\n{text}"));
    desk.home.run("auth0-profiles", &["set", "person", "key_id=k"]).exits(0);
    let (text, profile) = desk.home.profile("person");
    assert!(text.starts_with("# edited\n"), "{text}");
    assert_eq!(profile.settings.organization.as_deref(), Some("org_x"));
    assert_eq!(profile.settings.key_id.as_deref(), Some("k"));
    assert_eq!(profile.token.unwrap().refresh_token.unwrap().expose(), newest);
    assert_eq!(desk.waiting(), 0);
}

#[test]
#[cfg_attr(not(windows), ignore = "needs strace, and the right to trace")]
fn a_logout_in_the_meantime_stays() {
    let desk = desk();
    let newest = desk.newest();
    desk.home.run("auth0-logout", &[]).exits(0);
    assert!(!desk.tenant.honours(&newest), "the newest token is the one to revoke");
    assert!(desk.home.profile("person").1.token.is_none());
    assert_eq!(desk.waiting(), 0);
    desk.home.run("auth0-token", &[]).exits(3);
}

#[test]
#[cfg_attr(not(windows), ignore = "needs strace, and the right to trace")]
fn a_token_that_was_removed_or_replaced_by_hand_stays_so() {
    let desk = desk();
    let waiting = desk.home.files().into_iter().find(|name| name.ends_with(".new")).unwrap();
    let waiting = desk.home.config().join(waiting);
    let left = fs::read(&waiting).unwrap();
    let (text, _) = desk.home.profile("person");
    let settings = text.split("[token]").next().unwrap().to_owned();
    let (access, refresh) = person(&desk.tenant);
    let other = profile_text(&desk.tenant, &access, Some(&refresh), 3600);
    for edited in [settings, other] {
        crate::support::write_private(&waiting, &left);
        desk.home.write_profile("person", &edited);
        desk.home.run("auth0-profiles", &["set", "person", "key_id=k"]).exits(0);
        let (after, _) = desk.home.profile("person");
        assert_eq!(after.replace("key_id = \"k\"\n", ""), edited);
        assert_eq!(desk.waiting(), 0);
    }
}

/// A virus scanner or a backup opens the profile again and again while many processes renew.
#[cfg(windows)]
#[test]
fn programs_that_hold_the_profile_open_cost_no_login() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let home = Home::new();
    let (access, refresh) = person(&tenant);
    home.write_profile("person", &profile_text(&tenant, &access, Some(&refresh), -60));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let held = held_open(&home.profile_path("person"));
                std::thread::sleep(Duration::from_millis(200));
                drop(held);
                std::thread::sleep(Duration::from_millis(60));
            }
        });
        for _ in 0..2 {
            let crowd: Vec<_> = (0..20)
                .map(|number| {
                    // Half of them renew what another has just renewed.
                    let args: &[&str] = if number % 2 == 0 { &["--refresh"] } else { &[] };
                    let mut command = home.command("auth0-token", args);
                    command.stdout(Stdio::piped()).stderr(Stdio::piped());
                    (command.spawn().unwrap(), command)
                })
                .collect();
            let mut renewed = 0;
            for (child, command) in crowd {
                let ran = Ran::read(&command, child.wait_with_output().unwrap());
                match ran.code {
                    Some(0) => renewed += 1,
                    // The program had it each time that it was tried. Nothing is lost.
                    _ => assert!(
                        ran.stderr.contains("the next command puts it in place")
                            || ran.stderr.contains("no request was sent to the tenant"),
                        "{ran:?}"
                    ),
                }
            }
            assert!(renewed > 10, "{renewed} of 20");
        }
        done.store(true, Ordering::Relaxed);
    });
    home.run("auth0-token", &["--refresh"]).exits(0);
    let (_, profile) = home.profile("person");
    assert!(tenant.honours(profile.token.unwrap().refresh_token.unwrap().expose()));
}
