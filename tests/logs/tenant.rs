//! A tenant with a log that pages as Auth0's does, and refuses what Auth0 refuses.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use auth0_suite::resource::logs::lucene::LuceneQuery;
use serde_json::{Value, json};

use crate::api::fake::{self, Reply, Seen};
use crate::support::Home;
use crate::support::OwnEnvironment as _;

/// The credentials of the tenant's machine.
const CLIENT: (&str, &str) = ("machine", "a secret of the machine");

/// What becomes of a request to `/logs`.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This status, with an empty object.
    Status(u16),
    /// 429; the bucket is full again in a second.
    RateLimit,
    /// The connection is closed without an answer.
    Reset,
    /// Half of an answer, and the connection is closed.
    HalfAnswer,
    /// A page that is no JSON.
    Html,
    /// The token that is in use expires.
    Expiry,
    /// The event to read on from is not known.
    Forgotten,
}

#[derive(Default)]
pub(crate) struct State {
    /// In the order of their IDs.
    pub(crate) events: Vec<Value>,
    /// What happens to the next requests by checkpoint.
    pub(crate) faults: VecDeque<Fault>,
    /// Events that arrive before each answer by checkpoint, as sizes of bursts.
    pub(crate) bursts: VecDeque<usize>,
    /// Events that arrive before each page of a search but the first.
    pub(crate) arrive_between_pages: usize,
    /// Answers of other paths, without `/api/v2`.
    pub(crate) others: BTreeMap<String, Reply>,
    /// Tokens issued. Only the last one is accepted.
    tokens: usize,
    /// Faults that happened.
    pub(crate) happened: usize,
}

pub(crate) struct LogTenant {
    pub(crate) fake: fake::Tenant,
    state: Arc<Mutex<State>>,
    home: Home,
}

/// The ID of the event that arrives as number `number`.
pub(crate) fn id(number: usize) -> String {
    format!("900{number:053}")
}

fn rfc3339(at: SystemTime) -> String {
    humantime::format_rfc3339_millis(at).to_string()
}

/// The date of an event `seconds` ago.
pub(crate) fn ago(seconds: u64) -> String {
    rfc3339(SystemTime::now() - Duration::from_secs(seconds))
}

impl State {
    /// Adds an event. It gets the next ID, whatever its date.
    pub(crate) fn add(&mut self, mut event: Value) {
        event["log_id"] = json!(id(self.events.len()));
        event["_id"] = event["log_id"].clone();
        self.events.push(event);
    }

    /// Adds a burst. Some of its events happened up to ten minutes ago.
    fn burst(&mut self, events: usize) {
        for _ in 0..events {
            let number = self.events.len();
            let late = if number.is_multiple_of(7) { number as u64 * 37 % 600 } else { 0 };
            self.add(json!({
                "date": ago(late), "type": if number.is_multiple_of(3) { "fp" } else { "s" },
                "user_name": format!("user{}@a.example", number % 10), "client_id": "app1",
                "description": "An event. ".repeat(number % 30), "ip": "192.0.2.1",
            }));
        }
    }

    fn logs(&mut self, seen: &Seen) -> Reply {
        let refused = |message: &str| {
            let body = json!({"statusCode": 400, "error": "Bad Request", "message": message,
                "errorCode": "invalid_query_string"});
            Reply::json(400, body)
        };
        let param = |name: &str| {
            let value = seen.param(name)?;
            Some(percent_encoding::percent_decode_str(value).decode_utf8().unwrap().into_owned())
        };
        // With `from`, everything else but `take` is ignored.
        if let Some(from) = param("from") {
            let burst = self.bursts.pop_front().unwrap_or(0);
            self.burst(burst);
            let take = seen.number("take").unwrap_or(50);
            if take > 100 {
                return refused("take is greater than 100");
            }
            let start =
                self.events.partition_point(|event| event["log_id"].as_str() <= Some(&from));
            let rows: Vec<_> = self.events[start..].iter().take(take).collect();
            let last = rows.last().map_or(&*from, |event| event["log_id"].as_str().unwrap());
            let link =
                format!("<https://a.example/api/v2/logs?from={last}&take={take}>; rel=\"next\"");
            return Reply::json(200, json!(rows)).header("link", link);
        }
        let query = param("q").map(|text| LuceneQuery::parse(&text)).transpose();
        let Ok(query) = query else { return refused("the query cannot be parsed") };
        let (page, size) =
            (seen.number("page").unwrap_or(0), seen.number("per_page").unwrap_or(50));
        if size > 100 || (page + 1) * size > 1_000 {
            return refused("only the first 1000 results can be paged");
        }
        if page > 0 {
            self.burst(self.arrive_between_pages);
        }
        let mut rows: Vec<_> = self
            .events
            .iter()
            .filter(|event| query.as_ref().is_none_or(|query| query.fits(&event.to_string())))
            .cloned()
            .collect();
        rows.sort_by(|a, b| a["date"].as_str().cmp(&b["date"].as_str()));
        if param("sort").as_deref() == Some("date:-1") {
            rows.reverse();
        }
        let mut rows: Vec<_> = rows.into_iter().skip(page * size).take(size).collect();
        if let Some(fields) = param("fields") {
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                row.retain(|key, _| fields.split(',').any(|field| field == key));
            }
        }
        Reply::json(200, json!(rows))
    }

    /// The answer to a request, or a fault that the connection shows.
    fn answer(&mut self, seen: &Seen) -> Result<Reply, Fault> {
        if seen.path == "/oauth/token" {
            self.tokens += 1;
            let body = json!({"access_token": format!("token{}", self.tokens), "token_type": "Bearer",
                "expires_in": 3600, "scope": "read:logs"});
            return Ok(Reply::json(200, body));
        }
        let path = seen.path.strip_prefix("/api/v2").unwrap_or_default();
        let fault = match path {
            "/logs" if seen.param("from").is_some() => self.faults.pop_front(),
            _ => None,
        };
        self.happened += usize::from(fault.is_some());
        match fault {
            None => {}
            Some(Fault::Expiry) => self.tokens += 1,
            Some(Fault::Status(status)) => return Ok(Reply::json(status, "{}")),
            Some(Fault::Forgotten) => {
                let body = json!({"statusCode": 400, "message": "Invalid from parameter"});
                return Ok(Reply::json(400, body));
            }
            Some(Fault::Html) => return Ok(Reply::json(200, "<html>Sign in to the hotel")),
            Some(Fault::RateLimit) => {
                let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
                return Ok(Reply::json(
                    429,
                    json!({"statusCode": 429, "message": "Global limit has been reached"}),
                )
                .header("x-ratelimit-limit", 10)
                .header("x-ratelimit-remaining", 0)
                .header("x-ratelimit-reset", now + 1));
            }
            Some(fault) => return Err(fault),
        }
        let given = seen.header("authorization").unwrap_or_default();
        if self.tokens > 0 && given != format!("Bearer token{}", self.tokens) {
            let body = json!({"statusCode": 401, "message": "Expired token received for JSON Web Token validation"});
            return Ok(Reply::json(401, body));
        }
        if path == "/logs" {
            return Ok(self.logs(seen));
        }
        if let Some(wanted) = path.strip_prefix("/logs/") {
            let found = self.events.iter().find(|event| event["log_id"] == wanted);
            return Ok(found.map_or_else(not_found, |event| Reply::json(200, event)));
        }
        Ok(self.others.get(path).cloned().unwrap_or_else(not_found))
    }
}

fn not_found() -> Reply {
    Reply::json(404, json!({"statusCode": 404, "message": "Not Found"}))
}

impl LogTenant {
    pub(crate) fn new() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let fake = fake::Tenant::speaking(move |seen, stream| {
            let answer = shared.lock().unwrap().answer(seen);
            speak(stream, answer);
        });
        Self { fake, state, home: Home::new() }
    }

    /// A tenant with a log of this many events.
    pub(crate) fn with_events(events: usize) -> Self {
        let tenant = Self::new();
        tenant.state().burst(events);
        tenant
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// `auth0-logs` with a token in its environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.bare(args);
        command.env("AUTH0_ACCESS_TOKEN", fake::TOKEN);
        command
    }

    /// `auth0-logs` as a machine that fetches tokens.
    pub(crate) fn machine(&self, args: &[&str]) -> Command {
        let mut command = self.bare(args);
        command.env("AUTH0_CLIENT_ID", CLIENT.0).env("AUTH0_CLIENT_SECRET", CLIENT.1);
        command
    }

    fn bare(&self, args: &[&str]) -> Command {
        let mut command = Command::new(crate::support::binary("auth0-logs"));
        command
            .args(args)
            .own_environment()
            .env("HOME", self.home.path())
            .env("TZ", "UTC")
            .env("AUTH0_CONFIG_DIR", self.home.config())
            .env("AUTH0_DOMAIN", &self.fake.origin)
            .stdin(std::process::Stdio::null());
        command
    }

    /// `auth0-logs` with a token in the profile `t6`, which is not the current one.
    pub(crate) fn run_with_profile(&self, args: &[&str]) -> crate::support::Ran {
        let origin = &self.fake.origin;
        let token = fake::TOKEN;
        let profile = format!(
            "domain = \"{origin}\"\nclient_id = \"c\"\n\n[token]\naccess_token = \"{token}\"\n\
             token_type = \"Bearer\"\nexpires_at = 2199-01-01T00:00:00Z\nscope = [\"read:logs\"]\n\
             domain = \"{origin}\"\naudience = \"{origin}/api/v2/\"\nclient_id = \"c\"\n"
        );
        self.home.write("config/profiles/t6.toml", &profile);
        self.home.write("config/profiles/m.toml", &profile);
        self.home.write("config/config.toml", "current_profile = \"m\"\n");
        let mut command = self.bare(args);
        crate::support::Ran::of(command.env_remove("AUTH0_DOMAIN"))
    }

    pub(crate) fn run(&self, args: &[&str]) -> crate::support::Ran {
        crate::support::Ran::of(&mut self.command(args))
    }
}

fn speak(stream: &mut TcpStream, answer: Result<Reply, Fault>) {
    match answer {
        Ok(reply) => fake::write_reply(stream, &reply),
        Err(fault) => {
            if matches!(fault, Fault::HalfAnswer) {
                let half = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[{\"log_id\":";
                let _ = stream.write_all(half.as_bytes());
            }
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}
