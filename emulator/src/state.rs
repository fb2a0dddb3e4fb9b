//! All that one tenant knows.

use std::collections::HashMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::keys;

/// What a login asked for, kept with its code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Login {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: String,
    pub(crate) audience: Option<String>,
    pub(crate) organization: Option<String>,
}

/// A refresh token's family: all that descend from one login.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) login: Login,
    pub(crate) current: String,
    pub(crate) previous: Option<(String, Instant)>,
    /// All that were used: to know reuse when it comes.
    pub(crate) spent: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) login: Login,
    pub(crate) user_code: String,
    pub(crate) begun: Instant,
    pub(crate) polled: Option<Instant>,
    /// `None` while nobody has decided.
    pub(crate) allowed: Option<bool>,
    pub(crate) expiry_said: bool,
}

/// A request as it came, and the status it got.
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
    /// The answer's status; 0 for none.
    pub status: u16,
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
    pub(crate) clients: Vec<Map<String, Value>>,
    pub(crate) connections: Vec<Map<String, Value>>,
    /// Connection ID to client IDs.
    pub(crate) enabled: HashMap<String, Vec<String>>,
    pub(crate) codes: HashMap<String, Login>,
    pub(crate) used_codes: HashMap<String, String>,
    pub(crate) families: Vec<Family>,
    pub(crate) devices: HashMap<String, Device>,
    pub(crate) assertion_ids: Vec<String>,
    pub(crate) requests: Vec<Recorded>,
    /// Paths of the requests that have arrived, answered or not.
    pub(crate) arrived: Vec<String>,
    /// How often each fault has been passed or struck.
    pub(crate) fault_counts: Vec<usize>,
    /// The second of the rate limit's window, and the requests in it.
    pub(crate) window: (u64, usize),
}

impl State {
    pub(crate) fn new(config: Config, url: String) -> Self {
        let clients = (0..config.clients).map(|index| client(index, &config)).collect();
        let connections: Vec<_> = (0..config.connections).map(connection).collect();
        let enabled = connections
            .iter()
            .map(|connection| {
                let id = connection["id"].as_str().unwrap_or_default().to_owned();
                (id, vec![crate::NATIVE.to_owned()])
            })
            .collect();
        Self {
            fault_counts: vec![0; config.faults.len()],
            config,
            url,
            clients,
            connections,
            enabled,
            codes: HashMap::new(),
            used_codes: HashMap::new(),
            families: Vec::new(),
            devices: HashMap::new(),
            assertion_ids: Vec::new(),
            requests: Vec::new(),
            arrived: Vec::new(),
            window: (0, 0),
        }
    }

    /// Unix seconds by the tenant's clock.
    pub(crate) fn now(&self) -> i64 {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(here).unwrap_or(i64::MAX).saturating_add(self.config.clock_ahead)
    }

    /// `https://127.0.0.1:PORT/`.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/", self.url)
    }

    /// The Management API's identifier, in either scheme's spelling.
    pub(crate) fn is_management(&self, audience: &str) -> bool {
        let rest = audience.strip_prefix("https://").or_else(|| audience.strip_prefix("http://"));
        rest.and_then(|rest| rest.strip_suffix("/api/v2/"))
            .is_some_and(|host| self.url.ends_with(&format!("//{host}")))
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Map<String, Value>> {
        self.clients
            .iter()
            .find(|client| client.get("client_id").and_then(Value::as_str) == Some(id))
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The seeded applications first, then as many as are asked for, of every type.
fn client(index: usize, config: &Config) -> Map<String, Value> {
    let mut callbacks: Vec<String> = [
        "http://127.0.0.1:5000/callback",
        "http://127.0.0.1:8484/callback",
        "http://127.0.0.1:8485/callback",
        "http://localhost:5000/callback",
    ]
    .map(str::to_owned)
    .to_vec();
    callbacks.extend(config.callbacks.iter().cloned());
    match index {
        0 => object(json!({
            "tenant": "emulator", "client_id": crate::NATIVE, "name": "Emulator Native", "app_type": "native",
            "is_first_party": true, "global": false, "oidc_conformant": true, "callbacks": callbacks,
            "allowed_logout_urls": ["http://127.0.0.1:5000/"], "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "refresh_token": {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": config.refresh_leeway, "token_lifetime": 2_592_000},
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000},
        })),
        1 => object(json!({
            "tenant": "emulator", "client_id": crate::MACHINE, "name": "Emulator Machine", "app_type": "non_interactive",
            "client_secret": crate::MACHINE_SECRET, "is_first_party": true, "global": false, "oidc_conformant": true,
            "token_endpoint_auth_method": "client_secret_post", "grant_types": ["client_credentials"],
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000},
        })),
        2 => object(json!({
            "tenant": "emulator", "client_id": "emulator-global", "name": "All Applications", "is_first_party": true,
            "global": true, "callbacks": [], "client_secret": "global-secret",
        })),
        _ => {
            let kinds = ["spa", "regular_web", "native", "non_interactive"];
            let names = [
                "Billing",
                "Ledger",
                "受注管理",
                "Café Menü",
                "Support Desk",
                "Gateway",
                "Mobile 📱",
            ];
            object(json!({
                "tenant": "emulator", "client_id": format!("app{index:029}"),
                "name": format!("{} {index}", names[index % names.len()]), "app_type": kinds[index % kinds.len()],
                "description": format!("Number {index}"), "is_first_party": !index.is_multiple_of(7), "global": false,
                "oidc_conformant": true, "callbacks": [format!("https://app{index}.example.com/callback")],
                "allowed_logout_urls": [], "client_secret": format!("secret-of-{index}"),
                "client_metadata": {"team": "red", "tier": "1"},
                "refresh_token": {"rotation_type": "non-rotating", "expiration_type": "non-expiring", "leeway": 0},
                "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false},
                "grant_types": ["authorization_code", "implicit", "refresh_token"],
            }))
        }
    }
}

fn connection(index: usize) -> Map<String, Value> {
    let strategies = ["auth0", "google-oauth2", "samlp", "waad"];
    let strategy = strategies[index % strategies.len()];
    let name = match index {
        0 => "Username-Password-Authentication".to_owned(),
        _ => format!("{strategy}-{index}"),
    };
    object(json!({
        "id": format!("con_{index:016}"), "name": name, "display_name": format!("Shown {index}"), "strategy": strategy,
        "is_domain_connection": false, "realms": [name], "show_as_button": index.is_multiple_of(2),
        "options": {
            "client_id": format!("idp-{index}"), "client_secret": format!("idp-secret-{index}"),
            "domain_aliases": [format!("corp{index}.example.com")], "brute_force_protection": true,
            "password_history": {"enable": false, "size": 5},
        },
    }))
}

/// A new object's ID.
pub(crate) fn new_id(prefix: &str) -> String {
    let random: String =
        keys::random().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    format!("{prefix}{random}")
}
