//! A newcomer's desk: an empty home, a tenant, and a browser that does as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use auth0_emulator::{Config, Emulator};

use crate::support::OwnEnvironment as _;
use crate::support::{Folder, binary};

/// What the person does on the page that opens.
#[derive(Clone, Copy)]
pub(super) enum Page {
    /// Signs in.
    Allow,
    /// Presses Deny.
    Deny,
    /// Looks at it. An error page has no more to offer.
    Look,
}

pub(super) struct Desk {
    home: Folder,
    /// The tenant.
    pub(super) tenant: Emulator,
    environment: Vec<(String, String)>,
    /// What differs from run to run, and what stands for it.
    stand_ins: Vec<(String, String)>,
}

impl Desk {
    /// A desk with a tenant of this kind. Start from `Config::administrative` where the case is not
    /// about what Auth0 grants a person.
    pub(super) fn new(config: Config) -> Self {
        let home = Folder::new();
        let tenant = Emulator::start(Config { any_callback_port: true, ..config }).unwrap();
        let mut desk = Self { home, tenant, environment: Vec::new(), stand_ins: Vec::new() };
        // A browser that is told the address and opens nothing: the desk reads along.
        // A program that takes an address and says nothing.
        let token = binary("auth0-token");
        let quiet = format!("\"{}\" --version", token.to_str().unwrap());
        desk.set("BROWSER", if cfg!(windows) { &quiet } else { "true" });
        let home = desk.home.to_string_lossy().into_owned();
        desk.stand_in(&home, "~");
        let (url, bare) = (
            desk.tenant.url().to_owned(),
            desk.tenant.url().split_once("://").unwrap().1.to_owned(),
        );
        desk.stand_in(&format!("{url}/"), "https://acme.eu.auth0.com/");
        desk.stand_in(&url, "acme.eu.auth0.com");
        desk.stand_in(&bare, "acme.eu.auth0.com");
        desk
    }

    /// Sets a variable for the commands.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Shows one text for another.
    pub(super) fn stand_in(&mut self, text: &str, shown: &str) {
        self.stand_ins.push((text.to_owned(), shown.to_owned()));
    }

    /// Runs a command line, with DOMAIN for the tenant's, and says how it reads.
    pub(super) fn run(&self, line: &str) -> String {
        self.run_at(line, Page::Look)
    }

    /// The same, with something to do on the page that opens.
    pub(super) fn run_at(&self, line: &str, page: Page) -> String {
        let mut words = line.split(' ').map(|word| match word {
            "DOMAIN" => self.tenant.domain().to_owned(),
            word => word.to_owned(),
        });
        let program = words.next().unwrap();
        let bin = binary(&program);
        let mut child = Command::new(bin.with_extension(std::env::consts::EXE_EXTENSION))
            .args(words)
            .own_environment()
            .env("HOME", &*self.home)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("AUTH0_CONFIG_DIR", self.home.join("config"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = format!("$ {}\n", line.replace("DOMAIN", "acme.eu.auth0.com"));
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(address) =
                line.strip_prefix("  http").filter(|rest| rest.contains("/authorize?"))
            {
                self.visit(&format!("http{address}"), page);
                said.push_str("  https://acme.eu.auth0.com/authorize?…\n");
                continue;
            }
            said.push_str(&line);
            said.push('\n');
        }
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        said.push_str(&out);
        let status = child.wait().unwrap();
        said.push_str(&format!("(exit {})\n", status.code().unwrap()));
        let said =
            self.stand_ins.iter().fold(said, |said, (text, shown)| said.replace(text, shown));
        usual_port(&without_os_errors(&said))
    }

    /// The browser. It follows the redirect back to this machine and reads the page there.
    fn visit(&self, address: &str, page: Page) {
        let (_, query) = address.split_once('?').unwrap();
        let answer = match page {
            Page::Look => get(address),
            Page::Allow | Page::Deny => {
                let decision = if matches!(page, Page::Allow) { "allow" } else { "deny" };
                let form = format!(
                    "query={}&decision={decision}",
                    query.replace('%', "%25").replace('&', "%26").replace('=', "%3D")
                );
                request(&format!("{}/authorize/decide", self.tenant.url()), "POST", &form)
            }
        };
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        if let Some(location) = location {
            // The page stays open until the exchange is over: read in the background.
            let location = location.to_owned();
            std::thread::spawn(move || get(&location));
        }
    }
}

/// Each system numbers its errors in its own way, and Windows also has its own words for them.
fn without_os_errors(said: &str) -> String {
    let mut parts = said.split(" (os error ");
    let first = parts.next().unwrap().to_owned();
    let shown = parts.fold(first, |shown, part| shown + part.split_once(')').unwrap().1);
    // Windows has its own words, which also depend on its language.
    let refused = std::io::Error::from_raw_os_error(10_061).to_string();
    let refused = refused.split(" (os error ").next().unwrap();
    if cfg!(windows) { shown.replace(refused, "Connection refused") } else { shown }
}

/// Shows the usual port for whichever was free.
fn usual_port(said: &str) -> String {
    const BEFORE: &str = "http://127.0.0.1:";
    let mut parts = said.split(BEFORE);
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        shown.push_str(BEFORE);
        shown.push_str(if rest.starts_with("/callback") {
            "5000"
        } else {
            &part[..part.len() - rest.len()]
        });
        shown.push_str(rest);
    }
    shown
}

fn get(url: &str) -> String {
    request(url, "GET", "")
}

/// One exchange of HTTP/1.1, without TLS.
fn request(url: &str, method: &str, form: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).replace("\r\n", "\n").replace("Location: ", "location: ")
}
