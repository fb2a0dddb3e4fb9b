//! What the commands send, and what the emulator answers, against the API's own description.

mod kinds;
mod openapi;
mod seed;

use std::collections::BTreeSet;

use auth0_emulator::{Config, NATIVE, USER};
use auth0_suite::management::schema::{self, skeleton};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::support::{Home, Ran, Tenant};

/// A command line, and the operations that it must use, in any order.
struct Case {
    line: &'static str,
    uses: &'static [&'static str],
}

const fn case(line: &'static str, uses: &'static [&'static str]) -> Case {
    Case { line, uses }
}

const FIND_CLIENT: &str = "GET /clients/{id}";
const FIND_CONNECTION: &str = "GET /connections/{id}";

/// Every request that the commands make. They run in this order on one tenant; `CLIENT` and
/// `CONNECTION` stand for the IDs of two that are there. Add a line for each new kind and verb.
const CASES: &[Case] = &[
    case("auth0-clients list", &["GET /clients"]),
    case(
        "auth0-clients list --app-type spa,native --first-party --limit 3 --fields name",
        &["GET /clients"],
    ),
    case("auth0-clients list --third-party --include-global --reveal-secrets", &["GET /clients"]),
    case("auth0-clients list --query bill -o jsonl", &["GET /clients"]),
    case("auth0-clients show CLIENT", &[FIND_CLIENT]),
    case("auth0-clients show CLIENT --fields name,app_type", &[FIND_CLIENT]),
    case("auth0-clients show Billing", &["GET /clients"]),
    case(
        "auth0-clients create --name Checked --type spa --description Short \
         --callbacks https://a.example.com/cb --logout-urls https://a.example.com \
         --origins https://a.example.com --web-origins https://a.example.com \
         --grants authorization_code,refresh_token --set client_metadata.tier=1",
        &["POST /clients"],
    ),
    case(
        "auth0-clients update CLIENT --description Other --set jwt_configuration.alg=RS256",
        &[FIND_CLIENT, "PATCH /clients/{id}"],
    ),
    case("auth0-clients rotate-secret CLIENT --yes", &["POST /clients/{id}/rotate-secret"]),
    case("auth0-connections list", &["GET /connections"]),
    case("auth0-connections list --strategy auth0,samlp --limit 2", &["GET /connections"]),
    case("auth0-connections list --name google-oauth2", &["GET /connections"]),
    case("auth0-connections show CONNECTION", &[FIND_CONNECTION]),
    case("auth0-connections show google-oauth2", &["GET /connections"]),
    case(
        "auth0-connections create --name checked --strategy auth0 --set options.passwordPolicy=good",
        &["POST /connections"],
    ),
    case(
        "auth0-connections update CONNECTION --set display_name=Checked",
        &["PATCH /connections/{id}"],
    ),
    case(
        "auth0-connections enable CONNECTION --client CLIENT --yes",
        &["PATCH /connections/{id}/clients"],
    ),
    case("auth0-connections clients CONNECTION", &["GET /connections/{id}/clients"]),
    case(
        "auth0-connections disable CONNECTION --client CLIENT --yes",
        &["PATCH /connections/{id}/clients"],
    ),
    case("auth0-connections status CONNECTION", &["GET /connections/{id}/status"]),
    case("auth0-connections delete checked --yes", &["DELETE /connections/{id}"]),
    case("auth0-clients delete CLIENT --yes", &["DELETE /clients/{id}"]),
    case("auth0-api clients --paginate", &["GET /clients"]),
    case("auth0-api users -q q=email:ann* --limit 2", &["GET /users"]),
    case("auth0-api logs --limit 3", &["GET /logs"]),
    case("auth0-api roles --paginate --fields name", &["GET /roles"]),
    case("auth0-api organizations --limit 1", &["GET /organizations"]),
    case("auth0-api actions/actions --paginate", &["GET /actions/actions"]),
    case("auth0-api POST roles -f name=checked -f description=5", &["POST /roles"]),
];

/// A tenant with a token for everything.
struct Stage {
    tenant: Tenant,
    home: Home,
    token: String,
    connection: String,
}

const CLIENT: &str = "app00000000000000000000000000003";

impl Stage {
    fn new() -> Self {
        let tenant = Tenant::with(|config: &mut Config| {
            config.clients = 12;
            config.keep_answers = true;
        });
        let mut scopes: Vec<&str> = openapi::operations()
            .iter()
            .flat_map(|operation| operation["scopes"].as_str().unwrap().split([' ', ',']))
            .collect();
        scopes.push("read:connections_options");
        scopes.push("update:connections_options");
        scopes.sort_unstable();
        scopes.dedup();
        let token = tenant.access_token(&scopes.join(" "), None, 3600);
        let connection = tenant.connection("Username-Password-Authentication").unwrap();
        let connection = connection["id"].as_str().unwrap().to_owned();
        Self { tenant, home: Home::new(), token, connection }
    }

    fn run(&self, words: &[&str]) -> Ran {
        let command = self.home.command(words[0]).trust(&self.tenant).args(&words[1..]);
        command
            .env("AUTH0_DOMAIN", self.tenant.domain())
            .env("AUTH0_ACCESS_TOKEN", &self.token)
            .run()
    }

    /// Holds the requests since they were last forgotten, and their answers, against the API's
    /// description.
    fn check_requests(&self, line: &str, used: &mut BTreeSet<String>, faults: &mut Vec<String>) {
        for request in self.tenant.requests() {
            let Some(known) = openapi::operation(&request.method, &request.path) else {
                faults.push(format!("{line}: {} {}", request.method, request.path));
                continue;
            };
            used.insert(format!("{} {}", request.method, known["path"].as_str().unwrap()));
            let found = openapi::faults_of_request(
                &request.method,
                &request.path,
                &decoded(&request.query),
                &request.body,
            );
            faults.extend(found.iter().map(|fault| format!("{line}: {fault}")));
            let is_read = (200..300).contains(&request.status) && !request.answer.is_empty();
            // A list of only some fields leaves out required ones.
            if is_read && !request.query.contains("fields=") {
                let answer: Value = serde_json::from_slice(&request.answer).unwrap();
                let fault = openapi::fault_of_answer(known, &answer);
                let method = &request.method;
                faults.extend(
                    fault.map(|it| format!("{line}: answer of {method} {}: {it}", request.path)),
                );
            }
        }
    }
}

fn decoded(query: &str) -> Vec<(String, String)> {
    let text = |part: &str| {
        percent_decode_str(&part.replace('+', " ")).decode_utf8().unwrap().into_owned()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (text(name), text(value))).collect()
}

#[test]
fn every_request_of_the_commands_is_as_the_api_describes_it() {
    let stage = Stage::new();
    let mut faults = Vec::new();
    for case in CASES {
        stage.tenant.forget_requests();
        let words: Vec<&str> = case
            .line
            .split_whitespace()
            .map(|word| match word {
                "CLIENT" => CLIENT,
                "CONNECTION" => &stage.connection,
                word => word,
            })
            .collect();
        stage.run(&words).exits(0);
        let mut used = BTreeSet::new();
        stage.check_requests(case.line, &mut used, &mut faults);
        for wanted in case.uses {
            if !used.contains(*wanted) {
                faults.push(format!("{}: did not use {wanted}, but {used:?}", case.line));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_skeleton_is_a_body_that_the_api_describes() {
    let (mut count, mut faults) = (0, Vec::<String>::new());
    for operation in openapi::operations().iter().filter(|it| !it["body"].is_null()) {
        let (method, path) =
            (operation["method"].as_str().unwrap(), operation["path"].as_str().unwrap());
        let Some(schema) = schema::body(method, path) else { continue };
        let body = skeleton(schema);
        // The table has no bounds of items, nor patterns.
        let fault = openapi::fault(&operation["body"], &body, false)
            .filter(|fault| !(fault.contains("[0]") && fault.contains("minLength")));
        faults.extend(fault.map(|fault| format!("{method} {path}: {fault}: {body}")));
        count += 1;
    }
    assert!(
        faults.is_empty(),
        "{}",
        faults.join(
            "
"
        )
    );
    assert_eq!(count, 195);
}

/// Settings that a new tenant does not have: 404, as at Auth0.
const NOT_SET_UP: [&str; 4] = [
    "branding/templates/universal-login",
    "branding/themes/default",
    "custom-domains/default",
    "emails/provider",
];

#[test]
fn every_answer_of_the_emulator_is_as_the_api_describes_it() {
    let stage = Stage::new();
    let connection = format!("connections/{}", stage.connection);
    let user = format!("users/{}", USER.replace('|', "%7C"));
    let mut paths: Vec<String> = [
        "clients?include_totals=true",
        "clients?take=2",
        "connections?include_totals=true",
        "connections?take=2",
        "users?include_totals=true",
        "roles?include_totals=true",
        "organizations?take=2",
        "logs?include_totals=true",
        &format!("clients/{NATIVE}"),
        &connection,
        &format!("{connection}/clients"),
        &user,
        &format!("{user}/roles"),
        &format!("{user}/organizations"),
    ]
    .map(str::to_owned)
    .to_vec();
    // Lists and settings: whatever needs nothing in its path or query.
    for operation in openapi::operations() {
        let path = operation["path"].as_str().unwrap();
        let needs = operation["query"].as_object().unwrap().values();
        let streams = operation["paging"] == "events";
        if operation["method"] == "GET"
            && !path.contains('{')
            && !NOT_SET_UP.contains(&path.trim_start_matches('/'))
            && !streams
            && !needs.into_iter().any(|schema| schema["required_parameter"] == true)
        {
            paths.push(path.trim_start_matches('/').to_owned());
        }
    }
    let mut faults = Vec::new();
    for path in &paths {
        let ran = stage.run(&["auth0-api", path, "--raw", "--max-retries", "0"]);
        let operation = openapi::operation("GET", &format!("/{}", path.split('?').next().unwrap()));
        let answer = match (ran.code, serde_json::from_slice::<Value>(&ran.bytes)) {
            (Some(0), Ok(answer)) => answer,
            _ => {
                faults.push(format!("{path}: {}", ran.stderr.lines().next().unwrap_or_default()));
                continue;
            }
        };
        let fault = openapi::fault_of_answer(operation.unwrap(), &answer);
        faults.extend(fault.map(|fault| format!("{path}: {fault}")));
    }
    assert!(paths.len() > 60, "{}", paths.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
