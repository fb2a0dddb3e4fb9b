//! Every command, at its most talkative, in health and in every failure: no token, code, verifier
//! or secret in what it prints, in the arguments of any process, or in any file but the profile.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use auth0_emulator::{Config, Emulator, Fault, FaultKind, MACHINE, MACHINE_SECRET, NATIVE};

use super::home::{Home, person, profile_text};
use super::logins::Login;
use crate::support::{Ran, private_dir, walk, write_private};

/// What the tenant's objects hold: those of applications, of connections, and one sent by us.
const HELD: [&str; 5] =
    ["secret-of-", "idp-secret-", "global-secret", MACHINE_SECRET, "sent-secret-0123"];

/// What forms send to prove something. All of them are at work here.
const PROOFS: [&str; 6] =
    ["code", "code_verifier", "refresh_token", "client_secret", "client_assertion", "token"];

/// What a command printed, with the exception of what it was asked to print.
struct Heard {
    command: String,
    text: String,
}

struct Desk {
    tenant: Emulator,
    home: Home,
    heard: Vec<Heard>,
    runs: usize,
}

impl Desk {
    fn new() -> Self {
        let tenant = Emulator::start(Config {
            auto_login: true,
            any_callback_port: true,
            device_interval: 1,
            ..Config::administrative()
        })
        .unwrap();
        let home = Home::new();
        for folder in ["tmp", "cwd"] {
            private_dir(&home.path().join(folder));
        }
        Self { tenant, home, heard: Vec::new(), runs: 0 }
    }

    fn command(&self, binary: &str, args: &[&str]) -> Command {
        let mut command = self.home.command(binary, args);
        command
            .env("TMPDIR", self.home.path().join("tmp"))
            .env("XDG_CACHE_HOME", self.home.path().join("cache"))
            .env("RUST_BACKTRACE", "full")
            .current_dir(self.home.path().join("cwd"));
        command
    }

    fn hear(&mut self, ran: &Ran, all: bool) {
        let stdout = if all { ran.stdout.as_str() } else { "" };
        self.heard.push(Heard {
            command: format!("{ran:.0?}"),
            text: format!("{stdout}\n{}", ran.stderr),
        });
        self.runs += 1;
    }

    /// Everything that speaks to the API, and what only reads the profile.
    fn everything(&mut self) {
        let metadata = r#"{"client_metadata": {"a": "b"}}"#;
        let sent = r#"{"options": {"client_secret": "sent-secret-0123"}}"#;
        let made = r#"{"name": "made", "strategy": "google-oauth2", "options": {"client_secret": "sent-secret-0123", "custom": {"api_key": "sent-secret-0123"}}}"#;
        let app = "app00000000000000000000000000005";
        let con = "google-oauth2";
        let runs: [(&str, &[&str], &str); 36] = [
            ("auth0-clients", &["list"], ""),
            ("auth0-clients", &["list", "-o", "json"], ""),
            (
                "auth0-clients",
                &["list", "-o", "csv", "--fields", "client_id,client_secret,jwt_configuration"],
                "",
            ),
            ("auth0-clients", &["show", app], ""),
            ("auth0-clients", &["show", "Emulator Machine", "-o", "json"], ""),
            ("auth0-clients", &["create", "--name", "n", "--type", "m2m", "-o", "json"], ""),
            ("auth0-clients", &["update", app, "--json", "-"], metadata),
            ("auth0-clients", &["rotate-secret", app, "--yes"], ""),
            ("auth0-clients", &["open", app, "--print"], ""),
            ("auth0-clients", &["delete", "no such", "--yes"], ""),
            ("auth0-connections", &["list"], ""),
            ("auth0-connections", &["list", "-o", "jsonl"], ""),
            ("auth0-connections", &["show", con], ""),
            ("auth0-connections", &["show", con, "-o", "json"], ""),
            ("auth0-connections", &["create", "--json", "-"], made),
            ("auth0-connections", &["update", con, "--json", "-"], sent),
            ("auth0-connections", &["clients", con], ""),
            ("auth0-connections", &["enable", con, "--client", app], ""),
            ("auth0-connections", &["disable", con, "--client", app], ""),
            ("auth0-connections", &["status", con], ""),
            ("auth0-connections", &["delete", "made", "--yes"], ""),
            ("auth0-api", &["clients"], ""),
            ("auth0-api", &["clients", "--paginate", "-o", "jsonl"], ""),
            ("auth0-api", &["connections", "--include"], ""),
            ("auth0-api", &["PATCH", &format!("clients/{app}"), "-d", "-"], metadata),
            ("auth0-api", &["POST", "connections", "-d", "-"], made),
            ("auth0-api", &["nothing/here"], ""),
            ("auth0-api", &["describe", "GET", "/clients"], ""),
            ("auth0-profiles", &["list"], ""),
            ("auth0-profiles", &["list", "-o", "json"], ""),
            ("auth0-profiles", &["show"], ""),
            ("auth0-profiles", &["show", "machine", "-o", "json"], ""),
            ("auth0-profiles", &["set", "person", "organization=org_1"], ""),
            ("auth0-profiles", &["unset", "person", "organization"], ""),
            ("auth0-token", &["--claims"], ""),
            ("auth0-token", &["--refresh", "--claims"], ""),
        ];
        for (binary, args, input) in runs {
            let mut command = self.command(binary, args);
            command.args(["-vv", "--profile", "person"]);
            if !matches!(binary, "auth0-profiles") {
                command.args(["--max-retries", "0", "--timeout", "3s"]);
            }
            let ran = Ran::fed(&mut command, input.as_bytes());
            // A new secret is shown once, on stdout.
            let new = binary == "auth0-clients" && ["create", "rotate-secret"].contains(&args[0]);
            self.hear(&ran, !new);
        }
        // Its job is to print one: the rest must not.
        for args in [&["-vv"][..], &["-vv", "--header"], &["-vv", "--refresh", "-o", "json"]] {
            let ran = Ran::of(self.command("auth0-token", args).args([
                "--max-retries",
                "0",
                "--timeout",
                "3s",
            ]));
            self.hear(&ran, false);
        }
    }

    /// Every way to sign in, and out.
    fn logins(&mut self) {
        let domain = self.tenant.domain().to_owned();
        let secret_file = self.home.path().join("config/secret");
        write_private(&secret_file, MACHINE_SECRET);
        let key = self.home.path().join("config/key.pem");
        write_private(&key, include_str!("../../src/oauth/testdata/test-key.pem"));
        let machine = [
            "-vv",
            "--client-credentials",
            "--domain",
            &domain,
            "--client-id",
            MACHINE,
            "--max-retries",
            "0",
            "--profile",
            "machine",
        ];
        let (file, key) = (secret_file.to_str().unwrap(), key.to_str().unwrap());
        for (more, input) in [
            (&["--save-secret"][..], ""),
            (&["--client-secret-file", file], ""),
            (&["--client-secret-file", "-"], MACHINE_SECRET),
            (&["--private-key", key], ""),
            (&["--client-secret-file", "-", "-o", "json"], "a-wrong-secret-0123"),
        ] {
            let mut command = self.command("auth0-login", &machine);
            if input.is_empty() {
                command.env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
            }
            let ran = Ran::fed(command.args(more), input.as_bytes());
            self.hear(&ran, true);
        }
        let token = self.tenant.access_token("read:clients", None, 3600);
        for input in [token.as_str(), "ey.not-a-token-0123.x", &token[..token.len() - 3]] {
            let mut command = self.command(
                "auth0-login",
                &["-vv", "--with-token", "--profile", "given", "--domain", &domain],
            );
            let ran = Ran::fed(&mut command, input.as_bytes());
            self.hear(&ran, true);
        }
        let common = [
            "-vv",
            "--profile",
            "browser",
            "--domain",
            &domain,
            "--client-id",
            NATIVE,
            "--redirect-uri",
            "http://127.0.0.1:0/callback",
            "--no-browser",
            "--timeout",
            "3s",
            "--max-retries",
            "0",
        ];
        for wrong in [false, true] {
            let mut command = self.command("auth0-login", &common);
            command.stdin(Stdio::piped());
            if let Some(login) = Login::try_start(command) {
                if let Some(address) = login.try_signed_in() {
                    let address =
                        if wrong { address.replace("state=", "state=x") } else { address };
                    super::logins::try_visit(&address);
                }
                let ran = login.end();
                self.hear(&ran, true);
            }
        }
        let ran = Ran::of(
            &mut self
                .command("auth0-logout", &["-vv", "--profile", "browser", "--max-retries", "0"]),
        );
        self.hear(&ran, true);
    }

    /// All that must not be found: what was sent to prove something, and what profiles hold.
    fn secrets(&self) -> BTreeSet<String> {
        let mut secrets: BTreeSet<String> = HELD.iter().map(ToString::to_string).collect();
        let mut seen = BTreeSet::new();
        secrets.extend(["a-wrong-secret-0123", "ey.not-a-token-0123.x"].map(str::to_owned));
        for request in self.tenant.requests() {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            for (name, value) in body.split('&').filter_map(|pair| pair.split_once('=')) {
                if PROOFS.contains(&name) && value.len() >= 8 {
                    seen.insert(name.to_owned());
                    secrets.insert(value.to_owned());
                }
            }
            let bearer = request.headers.iter().find(|(name, _)| name == "authorization");
            secrets.extend(
                bearer.and_then(|(_, value)| value.strip_prefix("Bearer ")).map(str::to_owned),
            );
        }
        assert_eq!(seen.len(), PROOFS.len(), "only these were at work: {seen:?}");
        for name in ["person", "machine", "given", "browser"] {
            let Ok(text) = fs::read_to_string(self.home.profile_path(name)) else { continue };
            let profile = auth0_suite::profile::Profile::parse(&text).unwrap();
            let token = profile.token.iter();
            secrets.extend(token.flat_map(|token| {
                let refresh = token.refresh_token.iter().map(|token| token.expose().to_owned());
                refresh.chain([token.access_token.expose().to_owned()]).collect::<Vec<_>>()
            }));
        }
        secrets
    }
}

#[test]
fn no_secret_leaves_but_where_it_belongs() {
    let mut desk = Desk::new();
    let scopes = "read:clients read:client_keys create:clients update:clients delete:clients update:client_keys \
                  read:connections read:connections_options create:connections update:connections \
                  update:connections_options delete:connections";
    let access_all = desk.tenant.access_token(scopes, None, 3600);
    let rights = |token: &str, text: String| text.replace(token, &access_all);
    let watching = AtomicBool::new(true);
    let arguments = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        scope.spawn(|| watch_arguments(&watching, &arguments));
        let faults = [
            None,
            Some(FaultKind::Status(400)),
            Some(FaultKind::Status(401)),
            Some(FaultKind::Status(403)),
            Some(FaultKind::Status(429)),
            Some(FaultKind::Status(500)),
            Some(FaultKind::Status(503)),
            Some(FaultKind::Reset),
            Some(FaultKind::Truncate),
            Some(FaultKind::Malformed),
            Some(FaultKind::DeepJson),
            Some(FaultKind::NotUtf8),
            Some(FaultKind::ControlCharacters),
            Some(FaultKind::Redirect(
                "http://127.0.0.1:9/?access_token=redirected-secret-0123".to_owned(),
            )),
        ];
        for fault in faults {
            // A lost answer ends a login, so each fault begins with a new one.
            desk.tenant.configure(|config| config.faults.clear());
            let (access, refresh) = person(&desk.tenant);
            let text = profile_text(&desk.tenant, &access, Some(&refresh), 3600);
            desk.home.write_profile("person", &rights(&access, text));
            desk.tenant.configure(|config| {
                config.faults = fault.iter().map(|kind| Fault::always(kind.clone(), "/")).collect();
            });
            desk.everything();
            desk.logins();
        }
        watching.store(false, Ordering::Relaxed);
    });

    let mut secrets = desk.secrets();
    assert!(secrets.len() > 20, "few secrets were at work: {}", secrets.len());
    secrets.insert("redirected-secret-0123".to_owned());
    for heard in &desk.heard {
        for secret in &secrets {
            assert!(
                !heard.text.contains(secret.as_str()),
                "{secret} in {}\n{}",
                heard.command,
                heard.text
            );
        }
    }
    let arguments = arguments.into_inner().unwrap();
    let watched = arguments.iter().any(|line| line.contains("auth0-login"));
    assert!(watched || cfg!(not(target_os = "linux")), "nothing was watched");
    for line in &arguments {
        let found = secrets.iter().find(|secret| line.contains(secret.as_str()));
        assert_eq!(found, None, "in the arguments {line}");
    }
    let mut files = 0;
    walk(desk.home.path(), &mut |path| {
        let ours = path.starts_with(desk.home.config());
        let is_profile = ours && path.extension().is_some_and(|extension| extension == "toml");
        let given = ours && (path.ends_with("secret") || path.ends_with("key.pem"));
        files += 1;
        if is_profile || given {
            return;
        }
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let found = secrets.iter().find(|secret| text.contains(secret.as_str()));
        assert_eq!(found, None, "in {}", path.display());
    });
    println!(
        "{} runs, {} secrets at work, {} command lines, {files} files: none found",
        desk.runs,
        secrets.len(),
        arguments.len()
    );
}

/// Looks at the arguments of all processes until told to stop, where `/proc` has them.
fn watch_arguments(watching: &AtomicBool, found: &Mutex<BTreeSet<String>>) {
    while watching.load(Ordering::Relaxed) {
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            if let Ok(bytes) = fs::read(entry.path().join("cmdline"))
                && bytes.windows(6).any(|window| window == b"auth0-")
            {
                let line = String::from_utf8_lossy(&bytes).replace('\0', " ");
                found.lock().unwrap().insert(line);
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
}
