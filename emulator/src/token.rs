//! `POST /oauth/token` and its neighbours.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::authenticate::{authenticate, basic};
use crate::config::{IdTokenFault, ScopeMode, TokenFault};
use crate::keys::{self, KIDS};
use crate::login::{self, USER, get};
use crate::state::{Family, Login, State};

pub(crate) type Form = HashMap<String, String>;

/// Every scope of the Management API that the emulator knows.
pub(crate) const SCOPES: [&str; 24] = [
    "read:clients",
    "create:clients",
    "update:clients",
    "delete:clients",
    "read:client_keys",
    "update:client_keys",
    "read:client_summary",
    "read:client_grants",
    "read:client_credentials",
    "read:connections",
    "create:connections",
    "update:connections",
    "delete:connections",
    "read:connections_options",
    "update:connections_options",
    "read:users",
    "update:users",
    "delete:users",
    "read:roles",
    "read:logs",
    "read:actions",
    "read:organizations",
    "read:stats",
    "read:tenant_settings",
];

/// `POST /oauth/token`.
pub(crate) fn token(state: &mut State, form: &Form, authorization: Option<&str>) -> Answer {
    let mut form = form.clone();
    if let Some((id, secret)) = authorization.and_then(basic) {
        form.insert("client_id".to_owned(), id);
        form.insert("client_secret".to_owned(), secret);
    }
    let client_id = get(&form, "client_id");
    let grant = get(&form, "grant_type");
    if client_id.is_empty() && !form.contains_key("client_assertion") {
        return Answer::oauth(400, "invalid_request", "Missing required parameter: client_id");
    }
    let Some(client) = state.client(&client_id).cloned() else {
        return Answer::oauth(401, "invalid_client", "Unknown or invalid client");
    };
    let known = [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ];
    if !known.contains(&grant.as_str()) {
        return Answer::oauth(400, "unsupported_grant_type", "Unsupported grant type");
    }
    let allowed = client.get("grant_types").and_then(Value::as_array);
    if !allowed.is_some_and(|grants| grants.contains(&json!(grant))) {
        return Answer::oauth(
            403,
            "unauthorized_client",
            &format!("Grant type '{grant}' not allowed for the client."),
        );
    }
    if client.get("token_endpoint_auth_method").and_then(Value::as_str) != Some("none")
        && let Err(answer) = authenticate(
            state,
            &client_id,
            client.get("client_secret").and_then(Value::as_str),
            &form,
        )
    {
        return answer;
    }
    match grant.as_str() {
        "authorization_code" => match exchange(state, &form) {
            Ok((login, code)) => {
                let answer = issue(state, &login, None);
                if let Some(refresh) = answer.get("refresh_token").and_then(Value::as_str) {
                    state.used_codes.insert(code, refresh.to_owned());
                }
                Answer::json(200, &answer)
            }
            Err(answer) => answer,
        },
        "refresh_token" => refresh(state, &form),
        "client_credentials" => machine(state, &form),
        _ => match login::device_poll(state, &get(&form, "device_code")) {
            Ok(login) => Answer::json(200, &issue(state, &login, None)),
            Err(answer) => answer,
        },
    }
}

fn exchange(state: &mut State, form: &Form) -> Result<(Login, String), Answer> {
    let invalid = || Answer::oauth(403, "invalid_grant", "Invalid authorization code");
    let code = get(form, "code");
    if let Some(refresh) = state.used_codes.get(&code).cloned() {
        // RFC 6749 §4.1.2: a second use revokes what the first one got.
        state
            .families
            .retain(|family| family.current != refresh && !family.spent.contains(&refresh));
        return Err(invalid());
    }
    let login = state.codes.remove(&code).ok_or_else(invalid)?;
    state.used_codes.insert(code.clone(), String::new());
    if login.client_id != get(form, "client_id") || login.redirect_uri != get(form, "redirect_uri")
    {
        return Err(invalid());
    }
    let challenge = keys::base64url(&Sha256::digest(get(form, "code_verifier").as_bytes()));
    if login.challenge.as_deref() != Some(challenge.as_str()) {
        return Err(Answer::oauth(403, "invalid_grant", "Failed to verify code verifier"));
    }
    Ok((login, code))
}

fn refresh(state: &mut State, form: &Form) -> Answer {
    let token = get(form, "refresh_token");
    let leeway = Duration::from_secs(state.config.refresh_leeway);
    let position = state.families.iter().position(|family| {
        family.current == token
            || family.previous.as_ref().is_some_and(|(previous, _)| *previous == token)
    });
    let unknown = || Answer::oauth(403, "invalid_grant", "Unknown or invalid refresh token.");
    let Some(position) = position else {
        // A token that was ever of a family, and is neither its newest nor the one before: reuse.
        state.families.retain(|family| !family.spent.contains(&token));
        return unknown();
    };
    let family = &mut state.families[position];
    if family.login.client_id != get(form, "client_id") {
        return unknown();
    }
    if family.current != token {
        let within = family.previous.as_ref().is_some_and(|(_, at)| at.elapsed() < leeway);
        if !within {
            state.families.remove(position);
            return unknown();
        }
    }
    let login = family.login.clone();
    Answer::json(200, &issue(state, &login, Some(position)))
}

fn machine(state: &State, form: &Form) -> Answer {
    let audience = get(form, "audience");
    let client_id = get(form, "client_id");
    let all: Vec<&str> = if state.is_management(&audience) {
        match &state.config.machine_scopes {
            Some(scopes) => scopes.iter().map(String::as_str).collect(),
            None => SCOPES.to_vec(),
        }
    } else if audience == crate::OWN_API {
        vec!["read:things", "write:things"]
    } else {
        return Answer::oauth(403, "access_denied", &format!("Service not found: {audience}"));
    };
    if client_id != crate::MACHINE {
        return Answer::oauth(
            403,
            "access_denied",
            &format!(
                "Client is not authorized to access \"{audience}\". You need to create a \"client-grant\" associated to this API."
            ),
        );
    }
    let asked = get(form, "scope");
    let granted: Vec<&str> = if asked.is_empty() {
        all
    } else {
        all.into_iter().filter(|s| asked.split(' ').any(|a| a == *s)).collect()
    };
    let scope = granted.join(" ");
    Answer::json(
        200,
        &token_answer(state, &format!("{client_id}@clients"), &client_id, &json!(audience), &scope),
    )
}

fn token_answer(state: &State, sub: &str, client_id: &str, audience: &Value, scope: &str) -> Value {
    let mut answer = json!({
        "access_token": access_token(state, sub, client_id, audience, scope, state.config.token_lifetime),
        "scope": scope, "expires_in": state.config.token_lifetime, "token_type": "Bearer",
    });
    match state.config.token_fault {
        Some(TokenFault::WrongTokenType) => answer["token_type"] = json!("mac"),
        Some(TokenFault::NoExpiresIn) => {
            answer.as_object_mut().map(|answer| answer.remove("expires_in"));
        }
        _ => {}
    }
    answer
}

/// A signed access token.
pub(crate) fn access_token(
    state: &State,
    sub: &str,
    client_id: &str,
    audience: &Value,
    scope: &str,
    lifetime: u64,
) -> String {
    let now = state.now();
    keys::sign(
        0,
        KIDS[0],
        &json!({
            "iss": state.issuer(), "sub": sub, "aud": audience, "iat": now, "azp": client_id, "scope": scope,
            "exp": now.saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX)), "jti": keys::random(),
        }),
    )
}

/// The answer for a person; `family` is set on a refresh.
fn issue(state: &mut State, login: &Login, family: Option<usize>) -> Value {
    let asked: Vec<&str> = login.scope.split(' ').filter(|scope| !scope.is_empty()).collect();
    let management =
        login.audience.as_deref().is_some_and(|audience| state.is_management(audience));
    let people_only = management && state.config.scope_mode == ScopeMode::CurrentUser;
    let granted: Vec<&str> = asked
        .iter()
        .copied()
        .filter(|scope| match *scope {
            "openid" | "profile" | "email" => true,
            "offline_access" => !people_only,
            scope if people_only => scope.contains("current_user"),
            scope if management => SCOPES.contains(&scope) || scope.contains("current_user"),
            scope => ["read:things", "write:things"].contains(&scope),
        })
        .collect();
    let scope = granted.join(" ");
    let audience = match &login.audience {
        Some(audience) if granted.contains(&"openid") => {
            json!([audience, format!("{}userinfo", state.issuer())])
        }
        Some(audience) => json!(audience),
        None => json!(format!("{}userinfo", state.issuer())),
    };
    let mut answer = token_answer(state, USER, &login.client_id, &audience, &scope);
    if granted.contains(&"offline_access")
        && let Some(token) = refresh_token(state, login, family)
    {
        answer["refresh_token"] = json!(token);
    }
    if granted.contains(&"openid") {
        answer["id_token"] = json!(id_token(state, login));
    }
    answer
}

fn refresh_token(state: &mut State, login: &Login, family: Option<usize>) -> Option<String> {
    let fresh = format!("rt-{}", keys::random());
    match family {
        Some(_) if !state.config.rotate_refresh_tokens => None,
        Some(position) => {
            let family = &mut state.families[position];
            let spent = std::mem::replace(&mut family.current, fresh.clone());
            family.spent.push(spent.clone());
            family.previous = Some((spent, Instant::now()));
            Some(fresh)
        }
        None => {
            state.families.push(Family {
                login: login.clone(),
                current: fresh.clone(),
                previous: None,
                spent: Vec::new(),
            });
            Some(fresh)
        }
    }
}

fn id_token(state: &State, login: &Login) -> String {
    let now = state.now();
    let mut claims = json!({
        "iss": state.issuer(), "sub": USER, "aud": login.client_id, "iat": now, "exp": now + 36_000, "auth_time": now,
        "sid": "session-1", "name": "Ann Example", "nickname": "ann", "email": "ann@example.com", "email_verified": true,
    });
    if let Some(nonce) = &login.nonce {
        claims["nonce"] = json!(nonce);
    }
    match &login.organization {
        Some(id) if id.starts_with("org_") => claims["org_id"] = json!(id),
        Some(name) => {
            claims["org_id"] = json!("org_1");
            claims["org_name"] = json!(name.to_lowercase());
        }
        None => {}
    }
    let (mut key, mut kid) = (0, KIDS[0]);
    match state.config.id_token_fault {
        None => {}
        Some(IdTokenFault::WrongNonce) => claims["nonce"] = json!("another"),
        Some(IdTokenFault::WrongIssuer) => claims["iss"] = json!("https://evil.example/"),
        Some(IdTokenFault::WrongAudience) => claims["aud"] = json!("another-client"),
        Some(IdTokenFault::MissingAzp) => {
            claims["aud"] = json!([login.client_id, "another-client"])
        }
        Some(IdTokenFault::Expired) => {
            (claims["iat"], claims["exp"]) = (json!(now - 7200), json!(now - 3600))
        }
        Some(IdTokenFault::FutureIat(seconds)) => claims["iat"] = json!(now + seconds),
        Some(IdTokenFault::WrongOrganization) => claims["org_id"] = json!("org_other"),
        Some(IdTokenFault::UnknownKid) => kid = "nobody",
        Some(IdTokenFault::OtherKey) => key = 1,
        Some(IdTokenFault::AlgNone) => {
            let parts = [json!({"alg": "none", "typ": "JWT"}), claims]
                .map(|part| keys::base64url(part.to_string().as_bytes()));
            return format!("{}.", parts.join("."));
        }
        Some(IdTokenFault::Hs256) => {
            let header = json!({"alg": "HS256", "typ": "JWT", "kid": kid});
            let input =
                [header, claims].map(|part| keys::base64url(part.to_string().as_bytes())).join(".");
            let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &keys::modulus());
            return format!(
                "{input}.{}",
                keys::base64url(ring::hmac::sign(&secret, input.as_bytes()).as_ref())
            );
        }
    }
    keys::sign(key, kid, &claims)
}

/// `POST /oauth/revoke` (RFC 7009): removes the whole family, and with it the grant if the tenant
/// is set so.
pub(crate) fn revoke(state: &mut State, form: &Form) -> Answer {
    let token = get(form, "token");
    let client_id = get(form, "client_id");
    let is_revoked =
        |family: &Family| family.current == token && family.login.client_id == client_id;
    let Some(revoked) = state.families.iter().find(|family| is_revoked(family)).cloned() else {
        return Answer::empty(200);
    };
    // A grant is that of one user, application and API. The tenant has one user.
    let deletes_grant = state.config.revocation_deletes_grant;
    state.families.retain(|family| {
        let of_grant = family.login.client_id == revoked.login.client_id
            && family.login.audience == revoked.login.audience;
        !(is_revoked(family) || deletes_grant && of_grant)
    });
    Answer::empty(200)
}
