//! A kill at any moment leaves every file as it was or as it was to be.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use auth0_emulator::{Config, Emulator, MACHINE, MACHINE_SECRET, NATIVE};
use auth0_suite::profile::Profile;

use super::home::{Home, person, profile_text};
use super::{below, rounds};
use crate::support::Ran;

/// Who works at the same time, each in a home of its own.
const WORKERS: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    Refresh,
    TokenFromStdin,
    Machine,
    Switch,
    Edit,
}

const WORKS: [Work; 5] =
    [Work::Refresh, Work::TokenFromStdin, Work::Machine, Work::Switch, Work::Edit];

#[test]
fn kills_at_random_moments_leave_the_old_state_or_the_new() {
    let tenant = Emulator::start(Config::administrative()).unwrap();
    let (kills, hits) = (rounds(400, 10_000), AtomicUsize::new(0));
    let done: Vec<usize> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| scope.spawn(|| Desk::new(&tenant).work(kills / WORKERS, &hits)))
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let hits = hits.into_inner();
    println!(
        "{kills} kills, {hits} of them before the process was done; {} of those after it had written",
        done.iter().sum::<usize>()
    );
    assert!(hits > kills / 4, "the kills come too late to show anything: {hits} of {kills}");
}

/// A home with a person's profile, one for tokens from stdin and one of an application.
struct Desk<'a> {
    tenant: &'a Emulator,
    home: Home,
    /// How long each kind of work takes when nobody disturbs it.
    usual: [Duration; WORKS.len()],
}

impl<'a> Desk<'a> {
    fn new(tenant: &'a Emulator) -> Self {
        let home = Home::new();
        let access = tenant.access_token("read:clients", None, 3600);
        home.write_profile("given", &profile_text(tenant, &access, None, 3600));
        home.write_profile("machine", "# kept as it is\nunknown = { kept = true }\n");
        let mut desk = Self { tenant, home, usual: [Duration::ZERO; WORKS.len()] };
        desk.sign_in();
        for (at, work) in WORKS.into_iter().enumerate() {
            let started = Instant::now();
            desk.complete(work);
            desk.usual[at] = started.elapsed();
        }
        desk
    }

    /// Kills so many, and says how many had written what they were to write.
    fn work(&mut self, kills: usize, hits: &AtomicUsize) -> usize {
        let mut written = 0;
        for _ in 0..kills {
            let at = below(WORKS.len() as u64) as usize;
            let work = WORKS[at];
            let before = self.state();
            let span = self.usual[at].as_micros() as u64;
            let was_alive = self.killed_after(work, Duration::from_micros(below(span)));
            let after = self.state();
            self.check(work, &before, &after);
            if was_alive {
                hits.fetch_add(1, Ordering::Relaxed);
                written += usize::from(before != after);
            }
            // What it left goes with the next write, and the session goes on.
            if work == Work::Refresh || below(4) == 0 {
                let started = Instant::now();
                // A kill between the request and the write loses the answer, and nothing else does:
                // then the file is as it was. The tenant may get to the request of the killed
                // process only later, so the login is not used any further.
                if work == Work::Refresh && before == after {
                    self.go_on_or_be_told_to_sign_in();
                    self.sign_in();
                }
                self.complete(work);
                self.usual[at] = self.usual[at].min(started.elapsed());
                let left = self.home.files();
                let temporary = self.temporary(work);
                let gone = !left.contains(&temporary) && !left.iter().any(|f| f.ends_with(".new"));
                assert!(gone, "{work:?}: {left:?}");
            }
        }
        for work in WORKS {
            self.complete(work);
        }
        let left = self.home.files();
        let known = |name: &String| name.ends_with(".toml") || name.ends_with(".lock");
        assert!(left.iter().all(known), "{left:?}");
        written
    }

    fn file(work: Work) -> &'static str {
        match work {
            Work::Refresh => "person",
            Work::TokenFromStdin | Work::Edit => "given",
            Work::Machine => "machine",
            Work::Switch => "config",
        }
    }

    fn temporary(&self, work: Work) -> String {
        match work {
            Work::Switch => "config.toml.tmp".to_owned(),
            _ => format!("profiles/{}.toml.tmp", Self::file(work)),
        }
    }

    fn command(&self, work: Work) -> (std::process::Command, String) {
        let home = &self.home;
        let token = || self.tenant.access_token("read:clients", None, 3600);
        match work {
            Work::Refresh => {
                (home.command("auth0-token", ["--refresh", "--profile", "person"]), String::new())
            }
            Work::TokenFromStdin => {
                (home.command("auth0-login", ["--with-token", "--profile", "given"]), token())
            }
            Work::Machine => {
                let args = ["--client-credentials", "--profile", "machine", "--client-id", MACHINE];
                let mut command = home.command("auth0-login", args);
                command
                    .args(["--domain", self.tenant.domain(), "--save-secret"])
                    .env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
                (command, String::new())
            }
            Work::Switch => {
                let to = ["person", "given", "machine"][below(3) as usize];
                (home.command("auth0-profiles", ["use", to]), String::new())
            }
            Work::Edit => {
                let organization = format!("organization=org_{}", below(u64::MAX));
                (home.command("auth0-profiles", ["set", "given", &organization]), String::new())
            }
        }
    }

    fn sign_in(&self) {
        let (access, refresh) = person(self.tenant);
        let text = profile_text(self.tenant, &access, Some(&refresh), -60);
        self.home.write_profile("person", &text);
    }

    fn go_on_or_be_told_to_sign_in(&self) {
        let (mut command, _) = self.command(Work::Refresh);
        let ran = Ran::of(&mut command);
        if ran.code == Some(3) {
            ran.says("sign in again: auth0-login --profile person");
        } else {
            ran.exits(0);
        }
    }

    fn complete(&self, work: Work) {
        let (mut command, input) = self.command(work);
        let ran = Ran::fed(&mut command, input.as_bytes()).exits(0);
        if work == Work::Refresh {
            let (_, profile) = self.home.profile("person");
            assert_eq!(ran.stdout.trim(), profile.token.unwrap().access_token.expose());
        }
    }

    /// Starts the work and kills it. Whether it was still at it.
    fn killed_after(&self, work: Work, pause: Duration) -> bool {
        let (mut command, input) = self.command(work);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        thread::sleep(pause.saturating_sub(started.elapsed()));
        let was_alive = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        was_alive
    }

    fn state(&self) -> State {
        let text = |path: std::path::PathBuf| fs::read_to_string(path).unwrap_or_default();
        State {
            config: text(self.home.config().join("config.toml")),
            profiles: ["person", "given", "machine"].map(|name| self.home.profile(name).0),
        }
    }

    fn check(&self, work: Work, before: &State, after: &State) {
        let config: toml::Table = after.config.parse().unwrap();
        let current = config.get("current_profile").and_then(toml::Value::as_str);
        assert!(current.is_none_or(|name| ["person", "given", "machine"].contains(&name)));
        for (at, name) in ["person", "given", "machine"].into_iter().enumerate() {
            let (old, new) = (&before.profiles[at], &after.profiles[at]);
            if name != Self::file(work) {
                assert_eq!(old, new, "{work:?} changed {name}");
            }
            assert!(new.contains("# kept as it is") && new.contains("unknown = { kept = true }"));
            let (old, new) = (Profile::parse(old).unwrap(), Profile::parse(new).unwrap());
            check_token(&old, &new);
        }
    }
}

/// All of the old token or all of a new one.
fn check_token(old: &Profile, new: &Profile) {
    let (Some(old), Some(new)) = (&old.token, &new.token) else {
        assert!(old.token.is_none(), "the token is gone");
        return;
    };
    let same = [
        old.access_token == new.access_token,
        old.refresh_token == new.refresh_token || new.refresh_token.is_none(),
    ];
    assert!(same[0] == same[1] || new.refresh_token.is_none(), "half of the old, half of the new");
    assert!(new.refresh_token.is_none() || new.client_id == NATIVE);
}

#[derive(PartialEq)]
struct State {
    config: String,
    profiles: [String; 3],
}
