//! Checks of what the tenant holds: the application, the API, the client grant, the custom domain.

use serde_json::Value;

use super::facts::{Facts, PortProblem};
use super::finding::Finding;
use super::local::MachineFault;
use super::look::Look;
use crate::base::domain::is_loopback;
use crate::base::text::{Hint, Shown, foreign};
use crate::hint;
use crate::management::dashboard;
use crate::profile::Grant;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The finding about something that could not be read; `None` if it was read, or is missing.
fn unseen(check: &'static str, look: &Look, facts: &Facts) -> Option<Finding> {
    match look {
        Look::Seen(_) | Look::Missing => None,
        Look::Failed(why) => Some(Finding::unknown(check, why.clone(), None)),
        Look::Hidden(scope) => {
            let scope = foreign(scope).shown();
            Some(Finding::unknown(
                check,
                format!("the token lacks {scope}, which shows it"),
                Some(hint!("borrow a machine profile that has {}: {}", scope, again(facts))),
            ))
        }
        Look::NoToken if !matches!(facts.discovery, Some(Ok(()))) => {
            Some(Finding::unknown(check, "the tenant could not be asked", None))
        }
        Look::NoToken => Some(Finding::unknown(
            check,
            "there is no valid token for the Management API to read it with",
            Some(hint!("borrow a machine profile: {}", again(facts))),
        )),
    }
}

/// This command with a machine profile.
fn again(facts: &Facts) -> Hint {
    match &facts.name {
        Some(name) => hint!("auth0-doctor --profile {} --with MACHINE-PROFILE", name),
        None => "auth0-doctor --with MACHINE-PROFILE".into(),
    }
}

/// How the application is changed: a command if a profile is known that may, else the dashboard.
fn change_client(facts: &Facts, options: &Hint, setting: &Hint) -> Hint {
    let client_id = facts.settings.client_id.as_deref().unwrap_or_default();
    if let Some(profile) = facts.administrator() {
        let id = foreign(client_id).in_command("CLIENT-ID");
        return hint!("auth0-clients update {} --profile {} {}", id, profile, options);
    }
    let page = facts.settings.domain.as_ref().and_then(|domain| {
        dashboard::client_page(domain, Some(&facts.audience()), client_id, "settings")
    });
    let at = page.map_or("".into(), |page| hint!(" at {}", foreign(&page).shown()));
    hint!("in the dashboard, Applications → the application → Settings{}: {}", at, setting)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A list as an option's value.
fn list(items: &[&str]) -> Shown {
    foreign(&items.join(",")).in_command("VALUE,…")
}

pub(super) fn application(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "application type";
    facts.settings.client_id.as_ref()?;
    if let Some(finding) = unseen(CHECK, &facts.client, facts) {
        return Some(finding);
    }
    let Some(client) = facts.client.seen() else {
        let id = foreign("CLIENT-ID").shown();
        return Some(Finding::fault(
            CHECK,
            "the tenant has no application with the profile's client ID",
            hint!(
                "copy it from Applications → the application → Settings, then: {}",
                facts.set("client_id", &id)
            ),
        ));
    };
    let name = foreign(text(client, "name")).quoted();
    let (kind, method) = (text(client, "app_type"), text(client, "token_endpoint_auth_method"));
    if facts.is_machine() {
        return Some(if method == "none" {
            Finding::fault(
                CHECK,
                format!("{name} has no secret or key, so it cannot sign in as a machine"),
                change_client(
                    facts,
                    &"--set token_endpoint_auth_method=client_secret_post".into(),
                    &"Credentials → Authentication Method: Client Secret (Post)".into(),
                ),
            )
        } else {
            Finding::ok(CHECK, format!("{name} is of type {}", foreign(kind).shown()))
        });
    }
    let public = "--set token_endpoint_auth_method=none --set app_type=native";
    if method != "none" && facts.settings.client_secret.is_none() {
        return Some(Finding::fault(
            CHECK,
            format!("{name} has to prove itself with a secret, and a person's login has none"),
            change_client(
                facts,
                &public.into(),
                &"Application Type: Native, and Credentials → Authentication Method: None".into(),
            ),
        ));
    }
    let device = facts.grant() == Grant::DeviceCode;
    if device && (kind != "native" || client["oidc_conformant"] == false) {
        return Some(Finding::fault(
            CHECK,
            format!("{name} is not Native and OIDC Conformant, as the device code needs"),
            change_client(
                facts,
                &"--set app_type=native --set oidc_conformant=true".into(),
                &"Application Type: Native, and Advanced Settings → OAuth → OIDC Conformant".into(),
            ),
        ));
    }
    Some(if kind == "native" {
        Finding::ok(CHECK, format!("{name} is Native, without a secret"))
    } else {
        Finding::warning(
            CHECK,
            format!(
                "{name} is of type {}, and command lines are of type native",
                foreign(kind).shown()
            ),
            change_client(
                facts,
                &"--set app_type=native".into(),
                &"Application Type: Native".into(),
            ),
        )
    })
}

pub(super) fn signing_algorithm(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "ID token signature";
    if facts.is_machine() {
        return None;
    }
    let alg = facts.client.seen()?["jwt_configuration"]["alg"].as_str()?;
    Some(if matches!(alg, "RS256" | "PS256") {
        Finding::ok(CHECK, alg)
    } else {
        Finding::fault(
            CHECK,
            format!(
                "{} is refused, because a public application cannot check it",
                foreign(alg).shown()
            ),
            change_client(
                facts,
                &"--set jwt_configuration.alg=RS256".into(),
                &"Advanced Settings → OAuth → JSON Web Token Signature Algorithm: RS256".into(),
            ),
        )
    })
}

pub(super) fn callback_urls(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "callback URLs";
    if facts.grant() != Grant::AuthorizationCode || facts.settings.client_id.is_none() {
        return None;
    }
    if let Some(finding) = unseen(CHECK, &facts.client, facts) {
        return Some(finding);
    }
    let registered = texts(facts.client.seen()?, "callbacks");
    let wanted = facts
        .ports
        .iter()
        .filter(|port| !matches!(port.problem, Some(PortProblem::Invalid | PortProblem::AnyPort)));
    let wanted: Vec<&str> = wanted.map(|port| port.uri.as_str()).collect();
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|uri| !registered.contains(uri)).collect();
    if missing.is_empty() {
        return Some(Finding::ok(CHECK, format!("{} may be called back", wanted.join(", "))));
    }
    let all: Vec<&str> = registered.iter().copied().chain(missing.iter().copied()).collect();
    let shown = Shown::join(missing.iter().map(|uri| foreign(uri).shown()), ", ");
    let mut remedy = change_client(
        facts,
        &hint!("--callbacks {}", list(&all)),
        &hint!("add to Allowed Callback URLs: {}", shown),
    );
    let usable = |uri: &&&str| crate::loopback::RedirectUri::parse(uri).is_ok();
    if let Some(uri) = registered.iter().find(usable) {
        let set = facts.set("redirect_uris", &foreign(uri).in_command("URI"));
        remedy = hint!("{}\nor use one that is registered: {}", remedy, set);
    }
    let message = format!("{shown} is not among the application's Allowed Callback URLs");
    Some(if missing.len() == wanted.len() {
        Finding::fault(CHECK, message, remedy)
    } else {
        Finding::warning(CHECK, message, remedy)
    })
}

pub(super) fn grants(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "grant types";
    facts.settings.client_id.as_ref()?;
    let refused = facts.machine_login.as_ref().and_then(|login| login.as_ref().err());
    let refused = refused.is_some_and(|error| MachineFault::of(error) == MachineFault::Grant);
    if let Some(finding) = unseen(CHECK, &facts.client, facts).filter(|_| !refused) {
        return Some(finding);
    }
    let (needed, label) = match facts.grant() {
        Grant::AuthorizationCode => ("authorization_code", "Authorization Code"),
        Grant::DeviceCode => (DEVICE_GRANT, "Device Code"),
        Grant::ClientCredentials => ("client_credentials", "Client Credentials"),
    };
    let ticked = facts.client.seen().map(|client| texts(client, "grant_types")).unwrap_or_default();
    if ticked.contains(&needed) {
        return Some(Finding::ok(CHECK, format!("{label} is allowed")));
    }
    if !refused && facts.client.seen().is_none() {
        return None;
    }
    let all: Vec<&str> = ticked.into_iter().chain([needed]).collect();
    Some(Finding::fault(
        CHECK,
        format!("the application may not use the grant {label}"),
        change_client(
            facts,
            &hint!("--grants {}", list(&all)),
            &hint!("Advanced Settings → Grant Types: tick {}", label),
        ),
    ))
}

pub(super) fn audience(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "audience";
    facts.settings.domain.as_ref()?;
    let audience = facts.audience();
    if facts.is_for_management() {
        return Some(Finding::ok(CHECK, format!("{audience}, a Management API")));
    }
    let refused = facts.machine_login.as_ref().and_then(|login| login.as_ref().err());
    let refused = refused.is_some_and(|error| MachineFault::of(error) == MachineFault::Audience);
    if let Some(finding) = unseen(CHECK, &facts.api, facts).filter(|_| !refused) {
        return Some(finding);
    }
    let Some(api) = facts.api.seen() else {
        let hint = match &facts.similar_audience {
            Some(similar) => facts.set("audience", &foreign(similar).in_command("IDENTIFIER")),
            None => hint!(
                "copy the Identifier from Applications → APIs, letter by letter, then: {}",
                facts.set("audience", &foreign("IDENTIFIER").shown())
            ),
        };
        return Some(Finding::fault(
            CHECK,
            format!("the tenant has no API with the identifier {}", foreign(&audience).shown()),
            hint,
        ));
    };
    let (subject, who) =
        if facts.is_machine() { ("client", "applications") } else { ("user", "people") };
    if api["subject_type_authorization"][subject]["policy"] == "deny_all" {
        return Some(Finding::fault(
            CHECK,
            format!("{} is closed to {who} of every application", foreign(&audience).shown()),
            "in the dashboard, Applications → APIs → the API → Settings → Access Policies: allow access",
        ));
    }
    Some(Finding::ok(
        CHECK,
        format!("{}, the API {}", foreign(&audience).shown(), foreign(text(api, "name")).quoted()),
    ))
}

pub(super) fn refresh_token(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "refresh token";
    let token = facts.token.as_ref()?;
    if facts.is_machine() {
        return None;
    }
    if facts.is_for_management() {
        return Some(Finding::ok(
            CHECK,
            match token.refresh_token {
                Some(_) => "there is one",
                None => {
                    "none: the Management API gives none to people, so sign in again when the token expires"
                }
            },
        ));
    }
    let client = facts.client.seen();
    let rotation = client.map(|client| text(&client["refresh_token"], "rotation_type"));
    if token.refresh_token.is_some() {
        return Some(match rotation {
            Some("non-rotating") => Finding::warning(
                CHECK,
                "it is not replaced when it is used, so a stolen copy stays good",
                change_client(
                    facts,
                    &"--set refresh_token.rotation_type=rotating --set refresh_token.expiration_type=expiring".into(),
                    &"Refresh Token Rotation: on".into(),
                ),
            ),
            _ => Finding::ok(CHECK, "there is one"),
        });
    }
    let asked = facts.settings.scope.as_ref();
    if asked.is_some_and(|scope| !scope.iter().any(|scope| scope == "offline_access")) {
        return Some(Finding::ok(CHECK, "none was asked for"));
    }
    let login = facts.login("");
    if client.is_some_and(|client| !texts(client, "grant_types").contains(&"refresh_token")) {
        let mut all = client.map(|client| texts(client, "grant_types")).unwrap_or_default();
        all.push("refresh_token");
        let change = change_client(
            facts,
            &hint!("--grants {}", list(&all)),
            &"Advanced Settings → Grant Types: tick Refresh Token".into(),
        );
        return Some(Finding::warning(
            CHECK,
            "none came: the application may not use the grant Refresh Token",
            hint!("{}\nthen sign in again: {}", change, login),
        ));
    }
    if let Some(api) = facts.api.seen().filter(|api| api["allow_offline_access"] == false) {
        let change = match facts.administrator() {
            Some(profile) => hint!(
                "auth0-api PATCH resource-servers/{} -f allow_offline_access=true --profile {}",
                foreign(text(api, "id")).in_command("ID"),
                profile
            ),
            None => "in the dashboard, Applications → APIs → the API → Settings: turn on Allow Offline Access".into(),
        };
        return Some(Finding::warning(
            CHECK,
            "none came: the API does not allow offline access",
            hint!("{}\nthen sign in again: {}", change, login),
        ));
    }
    Some(unseen(CHECK, &facts.api, facts).unwrap_or_else(|| {
        Finding::warning(
            CHECK,
            "the login has none, and the tenant's settings allow one now",
            hint!("sign in again: {}", login),
        )
    }))
}

pub(super) fn client_grant(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "client grant";
    if !facts.is_machine() {
        return None;
    }
    let audience = facts.audience();
    let shown = foreign(&audience).shown();
    let login = facts.machine_login.as_ref();
    let refused = login.and_then(|login| login.as_ref().err()).map(MachineFault::of);
    let rows = facts.client_grants.seen().map(|body| match body {
        Value::Array(rows) => rows.clone(),
        body => body["client_grants"].as_array().cloned().unwrap_or_default(),
    });
    let none_there = rows.as_ref().is_some_and(Vec::is_empty);
    if refused == Some(MachineFault::ClientGrant) || (none_there && !matches!(login, Some(Ok(()))))
    {
        let client_id = facts.settings.client_id.as_deref().unwrap_or_default();
        let hint = match &facts.helper {
            Some(helper) => hint!(
                "auth0-api POST client-grants -f client_id={} -f audience={} -f \"scope[]=read:clients\" --profile {}",
                foreign(client_id).in_command("CLIENT-ID"),
                foreign(&audience).in_command("AUDIENCE"),
                helper
            ),
            None => hint!(
                "in the dashboard, Applications → APIs → the API → Machine to Machine Applications: authorize {}, and tick its scopes",
                foreign(client_id).shown()
            ),
        };
        return Some(Finding::fault(
            CHECK,
            format!("the application is not authorized for {shown}"),
            hint,
        ));
    }
    Some(match (login, rows) {
        (Some(Ok(())), _) => {
            Finding::ok(CHECK, format!("the application is authorized for {shown}"))
        }
        (_, Some(_)) => Finding::ok(CHECK, format!("there is one for {shown}")),
        _ => unseen(CHECK, &facts.client_grants, facts)?,
    })
}

pub(super) fn custom_domain(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "custom domain";
    let domain = facts.settings.domain.as_ref()?;
    if domain.host().ends_with(".auth0.com") || is_loopback(domain.host()) {
        return Some(Finding::ok(CHECK, "none is used: the profile has the tenant's own domain"));
    }
    if facts.audience() == domain.management_audience() {
        let audience = foreign("https://YOUR-TENANT.eu.auth0.com/api/v2/").shown();
        return Some(Finding::fault(
            CHECK,
            format!("the Management API's identifier has the tenant's own domain, not {domain}"),
            facts.set("audience", &audience),
        ));
    }
    if let Some(finding) = unseen(CHECK, &facts.custom_domains, facts) {
        return Some(finding);
    }
    let rows = match facts.custom_domains.seen()? {
        Value::Array(rows) => rows.clone(),
        body => body["custom_domains"].as_array().cloned().unwrap_or_default(),
    };
    let row = rows.iter().find(|row| text(row, "domain").eq_ignore_ascii_case(domain.host()));
    Some(match row {
        Some(row) if text(row, "status") != "ready" => Finding::fault(
            CHECK,
            format!("{domain} is not verified yet"),
            "finish it in the dashboard: Branding → Custom Domains",
        ),
        Some(_) => Finding::ok(CHECK, format!("{domain} is verified")),
        None => Finding::warning(
            CHECK,
            format!("{domain} is not among the tenant's custom domains"),
            "see them in the dashboard: Branding → Custom Domains",
        ),
    })
}

pub(super) fn rate_limit(facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "rate limit";
    let Some(rate) = facts.rate else {
        return unseen(CHECK, &facts.custom_domains, facts);
    };
    let left = format!("{} of {} requests are left", rate.remaining, rate.limit);
    Some(if rate.remaining.saturating_mul(3) < rate.limit {
        Finding::warning(
            CHECK,
            format!("{left}: other programs use up the tenant's limit"),
            "find out which: Monitoring → Logs in the dashboard; then run auth0-doctor again",
        )
    } else {
        Finding::ok(CHECK, left)
    })
}
