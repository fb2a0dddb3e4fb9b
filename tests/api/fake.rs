//! A tenant's API on loopback that records what it is asked and answers as told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::OwnEnvironment as _;
use crate::support::{Folder, Ran, binary};

/// The access token that the commands are given.
pub(crate) const TOKEN: &str = "test-token";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Still encoded, without its query.
    pub(crate) path: String,
    /// Still encoded.
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} came twice: {:?}", self.headers);
        value
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let mut found = self.query.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} came twice: {:?}", self.query);
        value
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.param(name).map(|value| value.parse().expect("it is a number"))
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl ToString) -> Self {
        let kind = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        Self { status, headers: vec![kind], body: body.to_string().into_bytes() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }
}

pub(crate) struct Tenant {
    pub(crate) origin: String,
    config: Folder,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Tenant {
    /// Answers every request with what `answer` makes of it.
    pub(crate) fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::speaking(move |seen, stream| write_reply(stream, &answer(seen)))
    }

    /// Lets `speak` write the answer itself.
    pub(crate) fn speaking(speak: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (record, speak) = (Arc::clone(&seen), Arc::new(speak));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (record, speak) = (Arc::clone(&record), Arc::clone(&speak));
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    while let Some(seen) = read_request(&mut reader) {
                        record.lock().unwrap().push(seen.clone());
                        speak(&seen, &mut stream);
                    }
                });
            }
        });
        let config = Folder::new();
        Self { origin, config, seen }
    }

    /// What was asked since the last time.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// `auth0-api` with a token for this tenant in its environment, and nothing else.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.program("auth0-api", args)
    }

    /// Another binary in the same environment.
    pub(crate) fn program(&self, name: &str, args: &[&str]) -> Command {
        let mut command = Command::new(binary(name));
        command.args(args).own_environment().stdin(std::process::Stdio::null());
        command.env("AUTH0_DOMAIN", &self.origin).env("AUTH0_ACCESS_TOKEN", TOKEN);
        command.env("AUTH0_CONFIG_DIR", &*self.config);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command(args))
    }

    /// As a profile whose token has these scopes.
    pub(crate) fn run_with_scopes(&self, scopes: &[&str], args: &[&str]) -> Ran {
        let origin = &self.origin;
        let settings = format!(
            "domain = \"{origin}\"\nclient_id = \"c\"\n\n[token]\naccess_token = \"{TOKEN}\"\n\
             token_type = \"Bearer\"\nexpires_at = 2199-01-01T00:00:00Z\nscope = {scopes:?}\n\
             domain = \"{origin}\"\naudience = \"{origin}/api/v2/\"\nclient_id = \"c\"\n"
        );
        self.config.write("profiles/main.toml", settings);
        let mut command = bare(args);
        command.env("AUTH0_CONFIG_DIR", &*self.config);
        Ran::of(&mut command)
    }
}

/// `auth0-api` in an empty environment.
pub(crate) fn bare(args: &[&str]) -> Command {
    let mut command = Command::new(binary("auth0-api"));
    command.args(args).own_environment().stdin(std::process::Stdio::null());
    command
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_ascii_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let mut seen = Seen { method, path: path.to_owned(), query, headers, body: Vec::new() };
    assert_eq!(seen.header("transfer-encoding"), None, "bodies have a length");
    let length = seen.header("content-length").map_or(0, |text| text.parse().unwrap());
    seen.body = vec![0; length];
    reader.read_exact(&mut seen.body).ok()?;
    Some(seen)
}

pub(crate) fn write_reply(stream: &mut TcpStream, reply: &Reply) {
    let mut bytes = format!("HTTP/1.1 {} X\r\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", reply.body.len()).as_bytes());
    bytes.extend_from_slice(&reply.body);
    // A client that has what it wants may be gone.
    let _ = stream.write_all(&bytes);
}
