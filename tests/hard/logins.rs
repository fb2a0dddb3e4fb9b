//! Logins at an enemy's: tokens that prove nothing, answers that are no tokens, callbacks of
//! somebody else. None is believed, none is saved.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use auth0_emulator::{
    Config, Emulator, IdTokenFault, MACHINE, MACHINE_SECRET, NATIVE, OWN_API, TokenFault,
};

use super::home::{Home, person, profile_text};
use crate::support::Ran;

const CALLBACK: &str = "http://127.0.0.1:0/callback";

/// A login whose browser is this test.
pub(super) struct Login {
    command: Command,
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
    /// The page that the browser would open.
    pub(super) page: String,
}

impl Login {
    pub(super) fn start(command: Command) -> Self {
        Self::try_start(command).expect("it prints an address")
    }

    /// Nothing where it ends without an address.
    pub(super) fn try_start(mut command: Command) -> Option<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.lines().any(|line| line.trim().starts_with("http")) {
            if stderr.read_line(&mut said).unwrap() == 0 {
                child.wait().unwrap();
                return None;
            }
        }
        let page = said.lines().find(|line| line.trim().starts_with("http")).unwrap();
        let page = page.trim().to_owned();
        Some(Self { command, child, stderr, said, page })
    }

    /// Signs in at the tenant: where the tenant sends the browser.
    fn signed_in(&self) -> String {
        self.try_signed_in().expect("the tenant signs in")
    }

    pub(super) fn try_signed_in(&self) -> Option<String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let answer = agent.get(&self.page).call().ok()?;
        let to = answer.headers().get("location")?.to_str().ok()?;
        to.contains("/callback").then(|| to.to_owned())
    }

    pub(super) fn end(mut self) -> Ran {
        drop(self.child.stdin.take());
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let status = self.child.wait().unwrap();
        let output = std::process::Output {
            status,
            stdout: stdout.into_bytes(),
            stderr: self.said.into_bytes(),
        };
        Ran::read(&self.command, output)
    }
}

/// What the listener answers to a GET.
pub(super) fn visit(address: &str) -> String {
    try_visit(address).expect("an answer")
}

pub(super) fn try_visit(address: &str) -> Option<String> {
    let rest = address.strip_prefix("http://").unwrap();
    let (authority, _) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).ok()?;
    let target = &rest[authority.len()..];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

fn login(home: &Home, tenant: &Emulator, more: &[&str]) -> Command {
    let mut command = home.command("auth0-login", ["--domain", tenant.domain()]);
    command.args(["--client-id", NATIVE, "--no-browser", "--redirect-uri", CALLBACK]).args(more);
    command
}

fn tenant(config: Config) -> Emulator {
    Emulator::start(Config { auto_login: true, any_callback_port: true, ..config }).unwrap()
}

#[track_caller]
fn nothing_saved(home: &Home) {
    let files = home.files();
    assert!(files.iter().all(|file| !file.ends_with(".toml")), "{files:?}");
}

#[test]
fn id_tokens_that_prove_nothing() {
    use IdTokenFault as F;
    let faults = [
        F::WrongNonce,
        F::WrongIssuer,
        F::WrongAudience,
        F::MissingAzp,
        F::Expired,
        F::FutureIat(7200),
        F::AlgNone,
        F::Hs256,
        F::UnknownKid,
        F::OtherKey,
    ];
    for fault in faults {
        let tenant = tenant(Config { id_token_fault: Some(fault), ..Config::administrative() });
        let home = Home::new();
        let login = Login::start(login(&home, &tenant, &["-vv"]));
        let page = visit(&login.signed_in());
        assert!(page.contains("Not signed in"), "{fault:?}: {page}");
        let ran = login.end().exits(3).says("the ID token cannot be trusted").keeps_its_manners();
        assert!(ran.stdout.is_empty(), "{ran:?}");
        nothing_saved(&home);
    }
}

#[test]
fn answers_of_the_token_endpoint_that_are_no_tokens() {
    use TokenFault as F;
    let faults = [
        F::Html,
        F::Redirect,
        F::ServerError,
        F::Empty,
        F::Truncated,
        F::Endless,
        F::WrongTokenType,
    ];
    for fault in faults {
        let tenant = tenant(Config::administrative());
        let home = Home::new();
        let (access, refresh) = person(&tenant);
        let text = profile_text(&tenant, &access, Some(&refresh), -60);
        home.write_profile("person", &text);
        tenant.configure(|config| config.token_fault = Some(fault));
        let machine = ["--client-credentials", "--profile", "m", "--client-id", MACHINE];
        let mut machine = home.command("auth0-login", machine);
        machine.args(["--domain", tenant.domain()]).env("AUTH0_CLIENT_SECRET", MACHINE_SECRET);
        machine.args(["-vv", "--max-retries", "1"]);
        let token = &mut home.command("auth0-token", ["-vv", "--max-retries", "1"]);
        for command in [&mut machine, token] {
            let (ran, peak, took) = Ran::watched(command, b"");
            assert!(matches!(ran.code, Some(3 | 7)), "{fault:?}: {ran:?}");
            let ran = ran.keeps_its_manners();
            for secret in [&access, &refresh, MACHINE_SECRET] {
                assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret), "{ran:?}");
            }
            assert!(
                peak < 256 && took < Duration::from_secs(30),
                "{fault:?}: {peak} MiB, {took:?}"
            );
        }
        let (after, profile) = home.profile("person");
        if fault == F::WrongTokenType {
            // The answer holds a new refresh token, and the old one is spent.
            let token = profile.token.unwrap();
            assert_eq!(token.access_token.expose(), access);
            assert!(tenant.honours(token.refresh_token.unwrap().expose()));
        } else {
            assert_eq!(after, text, "{fault:?}");
        }
        assert!(!home.profile_path("m").exists(), "{fault:?}");
    }
}

/// Whoever is on this machine can write to the port; only the login's own answer ends the wait.
#[test]
fn callbacks_of_somebody_else() {
    let tenant = tenant(Config { iss_in_responses: true, ..Config::administrative() });
    let home = Home::new();
    let mut login_ = Login::start(login(&home, &tenant, &[]));
    let callback = login_.signed_in();
    let (base, query) = callback.split_once('?').unwrap();
    let with = |name: &str, value: &str| {
        let pairs = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
        format!("{base}?{}&{name}={value}", pairs.collect::<Vec<_>>().join("&"))
    };
    for stray in [
        format!("{base}?error=access_denied&state=guess"),
        with("state", "guess"),
        format!("{base}?code=guess"),
        format!("{callback}&state=again"),
        format!("{base}/../callback?{query}"),
        base.replace("/callback", "/") + "?" + query,
    ] {
        let answer = visit(&stray);
        assert!(answer.starts_with("HTTP/1.1 4"), "{stray}: {answer}");
        assert!(login_.child.try_wait().unwrap().is_none(), "{stray} ended it");
    }
    // Pasted, too.
    let stdin = login_.child.stdin.as_mut().unwrap();
    writeln!(stdin, "http://evil.example/callback?{query}\n{base}?code=a&state=b\n\u{1b}[2J")
        .unwrap();
    let crowd: Vec<_> = (0..40)
        .map(|number| {
            let stray = with("state", &number.to_string());
            thread::spawn(move || visit(&stray))
        })
        .collect();
    crowd.into_iter().for_each(|one| assert!(one.join().unwrap().starts_with("HTTP/1.1 4")));
    assert!(visit(&callback).contains("Signed in"));
    login_.end().exits(0).keeps_its_manners();
    assert!(home.profile("local").1.token.is_some());

    // The right state, in another tenant's name (RFC 9207), or in nobody's.
    for iss in ["https://evil.example/", ""] {
        let home = Home::new();
        let login = Login::start(login(&home, &tenant, &[]));
        let callback = login.signed_in();
        let (base, query) = callback.split_once('?').unwrap();
        let pairs = query.split('&').filter(|pair| !pair.starts_with("iss="));
        let forged = format!("{base}?{}&iss={iss}", pairs.collect::<Vec<_>>().join("&"));
        tenant.forget_requests();
        assert!(visit(&forged).contains("Not signed in"));
        login.end().exits(3).says("cannot be trusted");
        assert!(tenant.requests_to("POST", "/oauth/token").is_empty(), "the code was sent");
        nothing_saved(&home);
    }
}

/// Tokens that another API would take, or nobody any more.
#[test]
fn tokens_for_another_audience() {
    let tenant = tenant(Config::administrative());
    let home = Home::new();
    let good = tenant.access_token("read:clients", None, 3600);
    for (token, code) in [
        (tenant.access_token("read:clients", Some(OWN_API), 3600), 2),
        (tenant.access_token("read:clients", Some("https://evil.example/api/v2/"), 3600), 2),
        (tenant.access_token("read:clients", None, 0), 3),
        ("opaque".to_owned(), 2),
        (good.replacen('.', "\n.", 1), 2),
        (String::new(), 2),
        ("x".repeat(1 << 20), 2),
    ] {
        let mut login = home.command("auth0-login", ["--with-token", "--domain", tenant.domain()]);
        let ran = Ran::fed(&mut login, token.as_bytes()).keeps_its_manners();
        let ran = ran.exits(code);
        assert!(token.len() < 20 || !ran.stderr.contains(&token), "{ran:?}");
        nothing_saved(&home);
    }
    // A token that is there goes to its own tenant alone.
    let mut login = home.command("auth0-login", ["--with-token", "--domain", tenant.domain()]);
    Ran::fed(&mut login, good.as_bytes()).exits(0);
    let other = Emulator::start(Config::administrative()).unwrap();
    for (name, value) in [("AUTH0_DOMAIN", other.domain()), ("AUTH0_AUDIENCE", OWN_API)] {
        for (binary, args) in
            [("auth0-clients", &["list"][..]), ("auth0-api", &["clients"]), ("auth0-token", &[])]
        {
            let mut command = home.command(binary, args);
            let ran = Ran::of(command.env(name, value)).exits(3);
            assert!(!ran.stdout.contains(&good) && !ran.stderr.contains(&good));
        }
    }
    assert!(other.requests().is_empty(), "a token went to another tenant");
}
