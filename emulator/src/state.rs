//! The state of one tenant.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::bucket::Level;
use crate::catalog::catalog;
use crate::config::{Config, Rule};
use crate::keys;

/// A resource of the Management API.
pub(crate) type Object = Map<String, Value>;

/// The parameters of a login, stored with its code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Login {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: String,
    pub(crate) audience: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) user_id: String,
    pub(crate) session: String,
    /// When the person signed in, in seconds since 1970.
    pub(crate) auth_time: i64,
    /// When the code was issued, in seconds since 1970.
    pub(crate) issued: i64,
}

/// All refresh tokens that descend from one login.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) login: Login,
    pub(crate) current: String,
    pub(crate) previous: Option<(String, Instant)>,
    /// Every token that was used, so that reuse is recognised.
    pub(crate) spent: Vec<String>,
    pub(crate) begun: i64,
    pub(crate) last_used: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) login: Login,
    pub(crate) user_code: String,
    pub(crate) begun: Instant,
    pub(crate) polled: Option<Instant>,
    /// `None` until a person has decided.
    pub(crate) allowed: Option<bool>,
    pub(crate) expiry_said: bool,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// The cookie's value.
    pub(crate) cookie: String,
    pub(crate) user_id: String,
    pub(crate) auth_time: i64,
}

/// A job: an export, an import or an email.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) row: Object,
    /// How often it was read.
    pub(crate) looks: usize,
    /// The file of an export.
    pub(crate) file: Option<Vec<u8>>,
    /// The secret part of the download URL, and when it was made.
    pub(crate) address: Option<(String, Instant)>,
    /// The invalid rows of an import.
    pub(crate) errors: Vec<Value>,
    /// The summary of an import.
    pub(crate) summary: Value,
}

/// An access token without an audience. It only works for `/userinfo`.
#[derive(Clone, Debug)]
pub(crate) struct Opaque {
    pub(crate) user_id: String,
    pub(crate) scope: String,
    pub(crate) expires: i64,
}

/// A request, and the status of its answer.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The raw query.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The answer's body, with [`crate::Config::keep_answers`].
    pub answer: Vec<u8>,
    /// The answer's status, or 0 without an answer.
    pub status: u16,
    /// When it arrived, in milliseconds since 1970 by the tenant's clock.
    pub at: u64,
}

impl Recorded {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body's form fields.
    pub fn form(&self) -> HashMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) url: String,
    /// The origin for downloads of exported files, which is another one at Auth0, too.
    pub(crate) files_url: String,
    pub(crate) clients: Vec<Object>,
    pub(crate) connections: Vec<Object>,
    pub(crate) users: Vec<Object>,
    /// Every other list, by its path below `/api/v2/`.
    pub(crate) lists: HashMap<String, Vec<Object>>,
    /// Singletons that were written, by path.
    pub(crate) singles: HashMap<String, Value>,
    /// Pairs of related IDs, by the name of the relation.
    pub(crate) relations: Vec<(&'static str, String, String)>,
    /// Connection ID to client IDs.
    pub(crate) enabled: HashMap<String, Vec<String>>,
    /// Log events in order of arrival.
    pub(crate) logs: Vec<Value>,
    pub(crate) log_burst_sent: bool,
    pub(crate) jobs: Vec<Job>,
    pub(crate) codes: HashMap<String, Login>,
    /// Used codes, each with the refresh token that was issued for it.
    pub(crate) used_codes: HashMap<String, (Login, String)>,
    pub(crate) families: Vec<Family>,
    pub(crate) devices: HashMap<String, Device>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) opaque: HashMap<String, Opaque>,
    pub(crate) assertion_ids: Vec<String>,
    pub(crate) requests: Vec<Recorded>,
    /// Paths of the requests that have arrived, answered or not.
    pub(crate) arrived: Vec<String>,
    /// How many requests each fault has seen.
    pub(crate) fault_counts: Vec<usize>,
    /// The level of each rate-limit bucket: first that of `rate_limit`, then those of `buckets`.
    pub(crate) levels: Vec<Level>,
}

impl State {
    /// Unix seconds by the tenant's clock.
    pub(crate) fn now(&self) -> i64 {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(here).unwrap_or(i64::MAX).saturating_add(self.config.clock_ahead)
    }

    /// Seconds since 1970 by the tenant's clock, with their fraction.
    pub(crate) fn now_exactly(&self) -> f64 {
        let here = SystemTime::now().duration_since(UNIX_EPOCH);
        here.map_or(0.0, |since| since.as_secs_f64()) + self.config.clock_ahead as f64
    }

    /// A tenant without content.
    pub(crate) fn empty(config: Config, url: String, files_url: String) -> Self {
        Self {
            fault_counts: vec![0; config.faults.len()],
            config,
            url,
            files_url,
            clients: Vec::new(),
            connections: Vec::new(),
            users: Vec::new(),
            lists: HashMap::new(),
            singles: HashMap::new(),
            relations: Vec::new(),
            enabled: HashMap::new(),
            logs: Vec::new(),
            log_burst_sent: false,
            jobs: Vec::new(),
            codes: HashMap::new(),
            used_codes: HashMap::new(),
            families: Vec::new(),
            devices: HashMap::new(),
            sessions: Vec::new(),
            opaque: HashMap::new(),
            assertion_ids: Vec::new(),
            requests: Vec::new(),
            arrived: Vec::new(),
            levels: Vec::new(),
        }
    }

    /// Whether a rule is enforced.
    pub(crate) fn enforces(&self, rule: Rule) -> bool {
        self.config.without != Some(rule)
    }

    /// `https://127.0.0.1:PORT/`.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/", self.url)
    }

    /// Whether this is the Management API's identifier, with `http` or `https`.
    pub(crate) fn is_management(&self, audience: &str) -> bool {
        let rest = audience.strip_prefix("https://").or_else(|| audience.strip_prefix("http://"));
        rest.and_then(|rest| rest.strip_suffix("/api/v2/"))
            .is_some_and(|host| self.url.ends_with(&format!("//{host}")))
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Object> {
        self.clients.iter().find(|client| text(client, "client_id") == id)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&Object> {
        self.users.iter().find(|user| text(user, "user_id") == id)
    }

    /// Adds an event that happened now.
    pub(crate) fn log(&mut self, kind: &str, fields: Value) {
        self.log_at(kind, fields, self.now());
    }

    /// Adds an event with any date. As at Auth0, IDs follow the order of arrival, so a late event
    /// is not missed by a client that reads from an ID on.
    pub(crate) fn log_at(&mut self, kind: &str, fields: Value, date: i64) {
        let number = self.logs.len();
        let log_id = format!("90020261124000000{number:039}");
        let mut event = object(json!({
            "date": timestamp(date), "type": kind, "description": "", "ip": "127.0.0.1",
            "user_agent": "", "isMobile": false, "hostname": self.url, "tenant_name": "emulator",
            "environment_name": "production", "log_id": log_id, "_id": log_id,
        }));
        event.append(&mut object(fields));
        if let Some(client) = self.client(text(&event, "client_id")) {
            let name = json!(text(client, "name"));
            event.insert("client_name".to_owned(), name);
        }
        self.logs.push(Value::Object(event));
    }

    /// The rows of a list.
    pub(crate) fn rows(&self, path: &str) -> &[Object] {
        match path {
            "clients" => &self.clients,
            "connections" => &self.connections,
            "users" => &self.users,
            _ => self.lists.get(path).map_or(&[], Vec::as_slice),
        }
    }

    pub(crate) fn rows_mut(&mut self, path: &str) -> &mut Vec<Object> {
        match path {
            "clients" => &mut self.clients,
            "connections" => &mut self.connections,
            "users" => &mut self.users,
            _ => self.lists.entry(path.to_owned()).or_default(),
        }
    }

    /// An API by its identifier.
    pub(crate) fn api(&self, audience: &str) -> Option<&Object> {
        let management = self.is_management(audience);
        self.rows("resource-servers").iter().find(|api| match management {
            true => api.get("is_system") == Some(&Value::Bool(true)),
            false => text(api, "identifier") == audience,
        })
    }

    /// For how long the previous refresh token of a client still works.
    pub(crate) fn leeway(&self, client_id: &str) -> Duration {
        let of_client = self
            .client(client_id)
            .and_then(|client| client.get("refresh_token")?["leeway"].as_u64());
        Duration::from_secs(of_client.unwrap_or(0).max(self.config.refresh_leeway))
    }

    /// The scopes of an API, or `None` if there is no such API.
    pub(crate) fn api_scopes(&self, audience: &str) -> Option<Vec<String>> {
        if self.is_management(audience) {
            return Some(catalog().scopes.clone());
        }
        let scopes =
            self.api(audience)?.get("scopes").and_then(Value::as_array).into_iter().flatten();
        Some(scopes.filter_map(|scope| scope["value"].as_str().map(str::to_owned)).collect())
    }
}

/// A text field. Empty if it is missing.
pub(crate) fn text<'a>(row: &'a Object, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a list in a field.
pub(crate) fn texts<'a>(row: &'a Object, key: &str) -> impl Iterator<Item = &'a str> {
    row.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Scheme, host and port of a URL.
pub(crate) fn origin(url: &str) -> String {
    let after = url.find("://").map_or(0, |at| at + 3);
    let end = url[after..].find(['/', '?', '#']).map_or(url.len(), |at| after + at);
    url[..end].to_owned()
}

pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A new object's ID.
pub(crate) fn new_id(prefix: &str) -> String {
    let random: String =
        keys::random().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    format!("{prefix}{random}")
}

/// A time in Auth0's format: `2026-11-23T12:00:00.000Z`.
pub(crate) fn timestamp(seconds: i64) -> String {
    let since = std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    humantime::format_rfc3339_millis(std::time::UNIX_EPOCH + since).to_string()
}

/// The current time in Auth0's format.
pub(crate) fn stamp() -> Value {
    json!(humantime::format_rfc3339_millis(std::time::SystemTime::now()).to_string())
}
