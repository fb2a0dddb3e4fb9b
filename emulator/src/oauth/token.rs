//! `/oauth/token` and `/oauth/revoke`.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::access;
use super::authenticate::{authenticate, credentials};
use super::device;
use super::form::{self, Form, get};
use super::issue::{issue, machine_tokens};
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::state::{Login, Object, Recorded, State, text, texts};

/// The longest time that a code works, in seconds (RFC 6749 §4.1.2).
const CODE_LIFETIME: i64 = 600;

/// `POST /oauth/token` (RFC 6749 §3.2).
pub(crate) fn token(state: &mut State, request: &Recorded) -> Answer {
    let answer = form::body(state, request).and_then(|form| granted(state, form, request));
    answer.unwrap_or_else(|refused| refused).not_stored()
}

fn granted(state: &mut State, form: Form, request: &Recorded) -> Result<Answer, Answer> {
    let form = credentials(form, request.header("authorization"))?;
    let client_id = get(&form, "client_id");
    required(&form, "client_id")?;
    let grant = required(&form, "grant_type")?;
    let client = state
        .client(&client_id)
        .cloned()
        .ok_or_else(|| Answer::oauth(401, "invalid_client", "Unknown or invalid client"))?;
    let known = [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ];
    if !known.contains(&grant.as_str()) {
        return Err(Answer::oauth(400, "unsupported_grant_type", "Unsupported grant type"));
    }
    if !texts(&client, "grant_types").any(|allowed| allowed == grant)
        && state.enforces(Rule::GrantType)
    {
        let why = format!("Grant type '{grant}' not allowed for the client.");
        return Err(Answer::oauth(403, "unauthorized_client", &why));
    }
    authenticate(state, &client, &form)?;
    match grant.as_str() {
        "authorization_code" => {
            let (login, code) = exchange(state, &form).inspect_err(|_| {
                state.log(
                    "feacft",
                    json!({"client_id": client_id, "description": "Invalid authorization code"}),
                );
            })?;
            state.log("seacft", json!({"client_id": client_id, "user_id": login.user_id}));
            let answer = issue(state, &login, None, &login.scope)?;
            if let Some(refresh) = answer.get("refresh_token").and_then(Value::as_str) {
                state.used_codes.insert(code, (login, refresh.to_owned()));
            }
            Ok(Answer::json(200, &answer))
        }
        "refresh_token" => {
            let answer = refresh(state, &client, &form);
            let code = if answer.is_ok() { "sertft" } else { "fertft" };
            state.log(code, json!({"client_id": client_id}));
            answer
        }
        "client_credentials" => {
            let answer = machine_tokens(state, &client_id, &form);
            let code = if answer.is_ok() { "seccft" } else { "feccft" };
            state.log(code, json!({"client_id": client_id}));
            answer
        }
        _ => {
            let login = device::poll(state, &client_id, &required(&form, "device_code")?)?;
            state.log("sede", json!({"client_id": client_id, "user_id": login.user_id}));
            let scope = login.scope.clone();
            Ok(Answer::json(200, &issue(state, &login, None, &scope)?))
        }
    }
}

/// A required parameter.
///
/// # Errors
/// `invalid_request` without it.
fn required(form: &Form, name: &str) -> Result<String, Answer> {
    form.get(name).cloned().ok_or_else(|| {
        let why = format!("Missing required parameter: {name}");
        Answer::oauth(400, "invalid_request", &why)
    })
}

/// Exchanges a code (RFC 6749 §4.1.3, RFC 7636 §4.6). Returns its login.
fn exchange(state: &mut State, form: &Form) -> Result<(Login, String), Answer> {
    let invalid = || Answer::oauth(403, "invalid_grant", "Invalid authorization code");
    let code = required(form, "code")?;
    if let Some((login, refresh)) = state.used_codes.get(&code).cloned() {
        // RFC 6749 §4.1.2: a second use revokes the tokens of the first.
        if state.enforces(Rule::CodeReplay) {
            state
                .families
                .retain(|family| family.current != refresh && !family.spent.contains(&refresh));
        }
        if state.enforces(Rule::CodeOnce) {
            return Err(invalid());
        }
        return Ok((login, code));
    }
    let login = state.codes.remove(&code).ok_or_else(invalid)?;
    state.used_codes.insert(code.clone(), (login.clone(), String::new()));
    let expired = state.now() - login.issued > CODE_LIFETIME;
    if expired && state.enforces(Rule::CodeLifetime)
        || login.client_id != get(form, "client_id") && state.enforces(Rule::CodeClient)
        || login.redirect_uri != get(form, "redirect_uri") && state.enforces(Rule::CodeCallback)
    {
        return Err(invalid());
    }
    let verifier = get(form, "code_verifier");
    let challenge = keys::base64url(&Sha256::digest(verifier.as_bytes()));
    let proven = match &login.challenge {
        // RFC 7636 §4.1.
        Some(wanted) => *wanted == challenge && (43..=128).contains(&verifier.len()),
        // Only a confidential client can have no challenge, and it has authenticated.
        None => verifier.is_empty(),
    };
    if !proven && state.enforces(Rule::Verifier) {
        return Err(Answer::oauth(403, "invalid_grant", "Failed to verify code verifier"));
    }
    Ok((login, code))
}

/// Refreshes a token: rotation, reuse detection, narrower scopes, and other audiences by policy.
fn refresh(state: &mut State, client: &Object, form: &Form) -> Result<Answer, Answer> {
    let token = required(form, "refresh_token")?;
    let unknown = || Answer::oauth(403, "invalid_grant", "Unknown or invalid refresh token.");
    let leeway = state.leeway(text(client, "client_id"));
    let position = state.families.iter().position(|family| {
        family.current == token
            || family.previous.as_ref().is_some_and(|(previous, _)| *previous == token)
    });
    let Some(position) = position else {
        // An old token of a family: neither its newest nor the previous one.
        if state.enforces(Rule::Reuse) {
            state.families.retain(|family| !family.spent.contains(&token));
        }
        return Err(unknown());
    };
    let family = &state.families[position];
    if family.login.client_id != text(client, "client_id") && state.enforces(Rule::RefreshClient) {
        return Err(unknown());
    }
    let limits = &client.get("refresh_token").cloned().unwrap_or_default();
    let over = |key: &str, since: i64| {
        let limited = limits["expiration_type"] == "expiring";
        limited && limits[key].as_i64().is_some_and(|seconds| state.now() - since > seconds)
    };
    let expired =
        over("token_lifetime", family.begun) || over("idle_token_lifetime", family.last_used);
    if expired && state.enforces(Rule::RefreshLifetime) {
        state.families.remove(position);
        return Err(unknown());
    }
    if family.current != token {
        let within = family.previous.as_ref().is_some_and(|(_, at)| at.elapsed() < leeway);
        if !within && state.enforces(Rule::Leeway) {
            if state.enforces(Rule::Reuse) {
                state.families.remove(position);
            }
            return Err(unknown());
        }
    }
    if access::is_blocked(state, &state.families[position].login.user_id) {
        return Err(Answer::oauth(403, "invalid_grant", "user is blocked"));
    }
    state.families[position].last_used = state.now();
    let mut login = state.families[position].login.clone();
    // OpenID Connect Core §12.2: an ID token of a refresh has no nonce.
    login.nonce = None;
    let mut scope = login.scope.clone();
    let asked = get(form, "scope");
    let audience = get(form, "audience");
    let original = login.audience.clone().unwrap_or_default();
    let wanted = if audience.is_empty() { &original } else { &audience };
    let policy = policy(state, client, limits, wanted);
    let by_rule = policy.is_some() || !state.enforces(Rule::RefreshPolicy);
    if *wanted != original && by_rule {
        login.audience = Some(wanted.clone());
        // The standard scopes belong to the login, all others to the API.
        let standard = ["openid", "profile", "email", "offline_access"];
        let kept: Vec<&str> = scope.split(' ').filter(|scope| standard.contains(scope)).collect();
        scope = kept.join(" ");
    }
    if let Some(more) = policy {
        scope = format!("{scope} {}", more.join(" "));
    }
    if !asked.is_empty() {
        let asked: Vec<&str> = asked.split(' ').collect();
        scope = match state.enforces(Rule::RefreshScope) {
            true => scope.split(' ').filter(|s| asked.contains(s)).collect::<Vec<_>>().join(" "),
            false => asked.join(" "),
        };
    }
    Ok(Answer::json(200, &issue(state, &login, Some(position), &scope)?))
}

/// The scopes that the client's refresh token policies allow for an API. Policies only apply to
/// first-party clients and APIs that skip consent.
fn policy(state: &State, client: &Object, limits: &Value, audience: &str) -> Option<Vec<String>> {
    let api = state.api(audience);
    let skips = api.and_then(|api| api.get("skip_consent_for_verifiable_first_party_clients"));
    if client.get("is_first_party") == Some(&json!(false)) || skips == Some(&json!(false)) {
        return None;
    }
    let policies = limits["policies"].as_array().into_iter().flatten();
    let policy = policies.into_iter().find(|policy| policy["audience"] == audience)?;
    let scopes = policy["scope"].as_array().into_iter().flatten();
    Some(scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect())
}

/// `POST /oauth/revoke` (RFC 7009).
pub(crate) fn revoke(state: &mut State, request: &Recorded) -> Answer {
    let answer = form::body(state, request).and_then(|form| revoked(state, form, request));
    answer.unwrap_or_else(|refused| refused).not_stored()
}

fn revoked(state: &mut State, form: Form, request: &Recorded) -> Result<Answer, Answer> {
    let form = credentials(form, request.header("authorization"))?;
    let client_id = get(&form, "client_id");
    if state.enforces(Rule::Revoke) {
        let client = state
            .client(&client_id)
            .cloned()
            .ok_or_else(|| Answer::oauth(401, "invalid_client", "Unknown or invalid client"))?;
        authenticate(state, &client, &form)?;
    }
    let token = get(&form, "token");
    if token.is_empty() {
        let why = "Missing required parameter: token";
        return Err(Answer::oauth(400, "invalid_request", why));
    }
    let Some(family) = state.families.iter().find(|family| family.current == token).cloned() else {
        return Ok(Answer::empty(200));
    };
    if family.login.client_id != client_id && state.enforces(Rule::Revoke) {
        let why = "The token was issued to another client";
        return Err(Answer::oauth(400, "invalid_request", why));
    }
    let all = state.config.revocation_deletes_grant;
    state.families.retain(|other| {
        let same = all
            && other.login.user_id == family.login.user_id
            && other.login.client_id == family.login.client_id
            && other.login.audience == family.login.audience;
        other.id != family.id && !same
    });
    state.log("srrt", json!({"client_id": client_id, "user_id": family.login.user_id}));
    Ok(Answer::empty(200))
}
