//! The content of a new tenant: applications, connections, users, roles and organizations.

use serde_json::{Value, json};

use crate::config::Config;
use crate::state::{Object, State, object, origin, text};

/// How many events a new tenant has.
const SEEDED: usize = 137;

/// A new tenant.
pub(crate) fn tenant(config: Config, url: String, files_url: String) -> State {
    let mut state = State::empty(config, url, files_url);
    let config = &state.config;
    state.clients = (0..config.clients).map(|index| client(index, config)).collect();
    state.connections = (0..config.connections).map(connection).collect();
    state.users = (0..config.users.max(1)).map(user).collect();
    state.enabled = state
        .connections
        .iter()
        .map(|connection| (text(connection, "id").to_owned(), vec![crate::NATIVE.to_owned()]))
        .collect();
    lists(&mut state);
    logs(&mut state);
    state
}

/// Names of the first applications after the seeded ones. Later ones repeat them with a number.
const APPLICATIONS: [&str; 9] = [
    "Café Menü",
    "Support Desk",
    "API Gateway",
    "Mobile App 📱",
    "Billing",
    "Ledger",
    "受注管理",
    "Storefront",
    "Partner Portal",
];

/// The application with this index: first the seeded ones, then ones of every type.
fn client(index: usize, config: &Config) -> Object {
    let mut callbacks: Vec<String> = [
        "http://127.0.0.1:5000/callback",
        "http://127.0.0.1:8484/callback",
        "http://127.0.0.1:8485/callback",
        "http://localhost:5000/callback",
    ]
    .map(str::to_owned)
    .to_vec();
    callbacks.extend(config.callbacks.iter().cloned());
    // A single-page application also uses silent authentication from these origins.
    let mut web_origins: Vec<String> = config.callbacks.iter().map(|url| origin(url)).collect();
    web_origins.retain(|origin| origin.starts_with("http"));
    web_origins.dedup();
    match index {
        0 => object(json!({
            "tenant": "emulator", "client_id": crate::NATIVE, "name": "Emulator Native", "app_type": "native",
            "is_first_party": true, "global": false, "oidc_conformant": true, "callbacks": callbacks, "web_origins": web_origins,
            "allowed_logout_urls": ["http://127.0.0.1:5000/"], "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "refresh_token": {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": config.refresh_leeway, "token_lifetime": 2_592_000, "idle_token_lifetime": 1_296_000},
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
            let name = APPLICATIONS[(index - 3) % APPLICATIONS.len()];
            let name = match index - 3 {
                first if first < APPLICATIONS.len() => name.to_owned(),
                _ => format!("{name} {index}"),
            };
            object(json!({
                "tenant": "emulator", "client_id": format!("app{index:029}"),
                "name": name, "app_type": kinds[index % kinds.len()],
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

/// The first connections have names that people give them; later ones are numbered.
fn connection(index: usize) -> Object {
    let strategies = ["auth0", "google-oauth2", "samlp", "waad"];
    let strategy = strategies[index % strategies.len()];
    let (name, shown) = match index {
        0 => ("Username-Password-Authentication".to_owned(), "Example account".to_owned()),
        1 => ("google-oauth2".to_owned(), "Google".to_owned()),
        2 => ("globex-saml".to_owned(), "Globex".to_owned()),
        3 => ("initech-entra".to_owned(), "Initech".to_owned()),
        4 => ("Partners".to_owned(), "Partner account".to_owned()),
        _ => (format!("{strategy}-{index}"), format!("Connection {index}")),
    };
    object(json!({
        "id": format!("con_{index:016}"), "name": name, "display_name": shown, "strategy": strategy,
        "is_domain_connection": false, "realms": [name], "show_as_button": index.is_multiple_of(2),
        "options": {
            "client_id": format!("idp-{index}"), "client_secret": format!("idp-secret-{index}"),
            "domain_aliases": [format!("corp{index}.example.com")], "brute_force_protection": true,
            "password_history": {"enable": false, "size": 5},
        },
    }))
}

/// The user with this index. The first is Ann, who signs in by default.
fn user(index: usize) -> Object {
    const NAMES: [&str; 8] = ["ann", "ben", "chloe", "dmitri", "eun", "fatima", "grace", "hugo"];
    const FAMILY: [&str; 8] =
        ["Example", "Okafor", "Martin", "Ivanov", "Kim", "Haddad", "Lee", "Silva"];
    let (nickname, family) = match NAMES.get(index) {
        Some(name) => ((*name).to_owned(), FAMILY[index]),
        None => (format!("{}{index}", NAMES[index % 8]), FAMILY[index % 8]),
    };
    let mut given: Vec<char> = nickname.chars().collect();
    given[0].make_ascii_uppercase();
    let given: String = given.into_iter().collect();
    let id = if index == 0 { "ann".to_owned() } else { format!("{index:024x}") };
    object(json!({
        "user_id": format!("auth0|{id}"), "email": format!("{nickname}@example.com"), "email_verified": index != 3,
        "name": format!("{given} {family}"), "given_name": given, "family_name": family, "nickname": nickname,
        "picture": format!("https://cdn.example.com/{nickname}.png"),
        "created_at": "2026-01-15T09:00:00.000Z", "updated_at": "2026-11-20T08:30:00.000Z",
        "last_login": "2026-11-20T08:30:00.000Z", "last_ip": "192.0.2.7", "logins_count": 12 + index,
        "identities": [{"connection": "Username-Password-Authentication", "user_id": id, "provider": "auth0", "isSocial": false}],
        "user_metadata": {}, "app_metadata": {},
    }))
}

/// Fills the other lists of a new tenant.
fn lists(state: &mut State) {
    let management = format!("{}api/v2/", state.issuer());
    let mut put = |path: &str, rows: Value| {
        let rows = rows.as_array().into_iter().flatten().cloned().map(object).collect();
        state.lists.insert(path.to_owned(), rows);
    };
    put(
        "roles",
        json!([
            {"id": "rol_aaaaaaaaaaaaaaaa", "name": "Support", "description": "Answers customers"},
            {"id": "rol_bbbbbbbbbbbbbbbb", "name": "Editor", "description": "Changes content"},
            {"id": "rol_cccccccccccccccc", "name": "Auditor", "description": "Reads everything"},
        ]),
    );
    put(
        "organizations",
        json!([
            {"id": "org_aaaaaaaaaaaaaaaa", "name": "globex", "display_name": "Globex"},
            {"id": "org_bbbbbbbbbbbbbbbb", "name": "initech", "display_name": "Initech"},
        ]),
    );
    put(
        "resource-servers",
        json!([
            {"id": "api_management", "name": "Auth0 Management API", "identifier": management, "is_system": true,
             "signing_alg": "RS256", "allow_offline_access": false, "token_lifetime": 86400, "token_lifetime_for_web": 7200,
             "skip_consent_for_verifiable_first_party_clients": false, "scopes": []},
            {"id": "0000000000000000000000aa", "name": "Example API", "identifier": crate::OWN_API, "is_system": false,
             "signing_alg": "RS256", "allow_offline_access": true, "token_lifetime": 86400, "token_lifetime_for_web": 7200,
             "skip_consent_for_verifiable_first_party_clients": true,
             "scopes": [{"value": "read:things", "description": "Read things"}, {"value": "write:things", "description": "Write things"}]},
        ]),
    );
    put(
        "client-grants",
        json!([
            {"id": "cgr_aaaaaaaaaaaaaaaa", "client_id": crate::MACHINE, "audience": management, "scope": [], "subject_type": "client"},
            {"id": "cgr_bbbbbbbbbbbbbbbb", "client_id": crate::MACHINE, "audience": crate::OWN_API,
             "scope": ["read:things", "write:things"], "subject_type": "client"},
        ]),
    );
    put(
        "actions/actions",
        json!([
            {"id": "00000000-0000-4000-8000-000000000001", "name": "Add department", "code": "exports.onExecutePostLogin = async () => {};",
             "supported_triggers": [{"id": "post-login", "version": "v3"}], "runtime": "node22", "dependencies": [], "secrets": [],
             "status": "built", "all_changes_deployed": false, "created_at": "2026-02-01T09:00:00.000Z", "updated_at": "2026-02-01T09:00:00.000Z"},
        ]),
    );
    put(
        "guardian/factors",
        json!([
            {"name": "sms", "enabled": false, "trial_expired": false}, {"name": "push-notification", "enabled": false, "trial_expired": false},
            {"name": "otp", "enabled": true, "trial_expired": false}, {"name": "email", "enabled": false, "trial_expired": false},
            {"name": "duo", "enabled": false, "trial_expired": false}, {"name": "webauthn-roaming", "enabled": false, "trial_expired": false},
            {"name": "webauthn-platform", "enabled": false, "trial_expired": false}, {"name": "recovery-code", "enabled": true, "trial_expired": false},
        ]),
    );
    put(
        "keys/signing",
        json!([
            {"kid": crate::keys::KIDS[0], "current": true, "cert": "", "fingerprint": "", "thumbprint": ""},
            {"kid": crate::keys::KIDS[1], "next": true, "cert": "", "fingerprint": "", "thumbprint": ""},
        ]),
    );
    put(
        "stats/daily",
        json!([{"date": "2026-11-22T00:00:00.000Z", "logins": 5, "signups": 1, "leaked_passwords": 0}]),
    );
    for (role, user) in [("rol_aaaaaaaaaaaaaaaa", 1), ("rol_bbbbbbbbbbbbbbbb", 2)] {
        if let Some(user) = state.users.get(user).and_then(|user| user["user_id"].as_str()) {
            state.relations.push(("user_roles", user.to_owned(), role.to_owned()));
        }
    }
}

/// The body of a singleton on a new tenant. `None` if it is not set.
pub(crate) fn single(path: &str) -> Option<Value> {
    Some(match path {
        "tenants/settings" => json!({
            "friendly_name": "Emulator", "default_audience": "", "default_directory": "", "session_lifetime": 168,
            "idle_session_lifetime": 72, "enabled_locales": ["en"], "allowed_logout_urls": [], "flags": {},
            "sandbox_version": "22", "picture_url": "", "support_email": "", "support_url": "",
        }),
        "branding" => json!({"colors": {"primary": "#3f59e4", "page_background": "#eef1f6"}}),
        "guardian/policies" => json!([]),
        "guardian/factors/phone/message-types" => json!({"message_types": ["sms"]}),
        "attack-protection/brute-force-protection" => json!({
            "enabled": true, "shields": ["block", "user_notification"], "allowlist": [],
            "mode": "count_per_identifier_and_ip", "max_attempts": 10,
        }),
        "attack-protection/breached-password-detection" => json!({
            "enabled": false, "shields": [], "admin_notification_frequency": [], "method": "standard",
        }),
        "attack-protection/suspicious-ip-throttling" => json!({
            "enabled": true, "shields": ["block", "admin_notification"], "allowlist": [],
            "stage": {"pre-login": {"max_attempts": 100, "rate": 864_000}, "pre-user-registration": {"max_attempts": 50, "rate": 1200}},
        }),
        "prompts" => json!({
            "universal_login_experience": "new", "identifier_first": true, "webauthn_platform_first_factor": false,
        }),
        "actions/triggers" => json!({"triggers": [
            {"id": "post-login", "version": "v3", "status": "CURRENT", "runtimes": ["node22"], "default_runtime": "node22"},
            {"id": "credentials-exchange", "version": "v2", "status": "CURRENT", "runtimes": ["node22"], "default_runtime": "node22"},
        ]}),
        "stats/active-users" => json!(5),
        // Not set on a new tenant: Auth0 answers 404.
        "emails/provider" | "branding/templates/universal-login" | "branding/themes/default" => {
            return None;
        }
        _ if path.ends_with("scim-configuration") || path.ends_with("directory-provisioning") => {
            return None;
        }
        _ if path.starts_with("prompts/") && path.contains("/custom-text/") => json!({}),
        _ if path.starts_with("prompts/") && path.ends_with("/partials") => json!({}),
        _ if path.starts_with("self-service-profiles/") => json!({}),
        _ => return None,
    })
}

/// Adds a day of ordinary log events.
fn logs(state: &mut State) {
    const DAY: [(&str, &str); 6] = [
        ("s", "Successful login"),
        ("seacft", "Exchange of an authorization code"),
        ("sapi", "Update a client"),
        ("fp", "Wrong email or password."),
        ("seccft", "Client credentials exchange"),
        ("slo", "User successfully logged out"),
    ];
    let start = state.now() - 86_400;
    for index in 0..SEEDED {
        let (kind, description) = DAY[index % DAY.len()];
        let user = &state.users[index % state.users.len()];
        let fields = json!({
            "description": description, "client_id": crate::NATIVE, "user_id": user["user_id"],
            "user_name": user["email"], "connection": "Username-Password-Authentication",
            "connection_id": "con_0000000000000000", "ip": format!("192.0.2.{}", index % 20),
        });
        let at = i64::try_from(index).unwrap_or(0) * 600;
        state.log_at(kind, fields, start + at);
    }
}
