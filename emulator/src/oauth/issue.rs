//! Issues tokens: their scopes, lifetimes and claims.

use std::time::Instant;

use serde_json::{Value, json};

use super::access;
use super::form::{Form, get};
use super::userinfo::claims;
use crate::answer::Answer;
use crate::catalog::CURRENT_USER;
use crate::config::{IdTokenFault, Rule, ScopeMode, TokenFault};
use crate::keys::{self, KIDS};
use crate::state::{Family, Login, Opaque, State, text, texts};

/// The token response for a machine: the requested scopes of its client grant, or all of them.
pub(super) fn machine_tokens(
    state: &State,
    client_id: &str,
    form: &Form,
) -> Result<Answer, Answer> {
    let denied = |why: String| Err(Answer::oauth(403, "access_denied", &why));
    let audience = get(form, "audience");
    let Some(all) = state.api_scopes(&audience) else {
        return denied(format!("Service not found: {audience}"));
    };
    let grant = access::grant(state, client_id, &audience, "client");
    let Some(grant) = grant else {
        return denied(format!(
            "Client is not authorized to access \"{audience}\". You need to create a \"client-grant\" associated to this API."
        ));
    };
    access::check_proof(state, client_id, Some(&audience))?;
    // The seeded grant for the Management API has every scope.
    let held: Vec<&str> = match grant.get("id").and_then(Value::as_str) {
        Some("cgr_aaaaaaaaaaaaaaaa") if texts(grant, "scope").next().is_none() => state
            .config
            .machine_scopes
            .as_deref()
            .unwrap_or(&all)
            .iter()
            .map(String::as_str)
            .collect(),
        _ => texts(grant, "scope").collect(),
    };
    let asked = get(form, "scope");
    let asked: Vec<&str> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
    let missing: Vec<&str> = asked.iter().copied().filter(|scope| !held.contains(scope)).collect();
    if !missing.is_empty() && state.enforces(Rule::ClientGrant) {
        return denied(format!("Client has not been granted scopes: {}", missing.join(", ")));
    }
    let granted = if asked.is_empty() { held } else { asked };
    let scope = granted.join(" ");
    let sub = format!("{client_id}@clients");
    let lifetime = lifetime(state, &audience);
    let token = access_token(state, &sub, client_id, &json!(audience), &scope, lifetime);
    Ok(Answer::json(200, &answer(state, token, &scope, lifetime)))
}

/// Auth0's default lifetime of access tokens, in seconds. `--token-lifetime` sets another default.
const DEFAULT_LIFETIME: u64 = 86_400;

/// The lifetime of an access token for an API, in seconds.
fn lifetime(state: &State, audience: &str) -> u64 {
    let of_api = state.api(audience).and_then(|api| api.get("token_lifetime")?.as_u64());
    let of_api = of_api.filter(|seconds| *seconds != DEFAULT_LIFETIME);
    of_api.map_or(state.config.token_lifetime, |seconds| seconds.min(state.config.token_lifetime))
}

fn answer(state: &State, token: String, scope: &str, lifetime: u64) -> Value {
    let mut answer = json!({
        "access_token": token, "scope": scope, "expires_in": lifetime, "token_type": "Bearer",
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
    let mut claims = json!({
        "iss": state.issuer(), "sub": sub, "aud": audience, "iat": now, "azp": client_id, "scope": scope,
        "exp": now.saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX)), "jti": keys::random(),
    });
    if sub.ends_with("@clients") {
        claims["gty"] = json!("client-credentials");
    }
    keys::sign(0, KIDS[0], &claims)
}

/// The token response for a person. `family` is set for a refresh.
///
/// # Errors
/// `invalid_request` if the API or client requires DPoP. Then the refresh token is not rotated.
pub(super) fn issue(
    state: &mut State,
    login: &Login,
    family: Option<usize>,
    scope: &str,
) -> Result<Value, Answer> {
    let Login { client_id, audience, .. } = login;
    access::check_proof(state, client_id, audience.as_deref())?;
    let offline = access::allows_refresh(state, client_id, audience.as_deref());
    let limit = audience
        .as_deref()
        .and_then(|audience| access::limit_of_person(state, client_id, audience));
    let management =
        login.audience.as_deref().is_some_and(|audience| state.is_management(audience));
    let people_only = management
        && state.config.scope_mode == ScopeMode::CurrentUser
        && state.enforces(Rule::CurrentUser);
    let of_api = login.audience.as_deref().and_then(|audience| state.api_scopes(audience));
    let of_api = of_api.unwrap_or_default();
    let granted: Vec<&str> = scope
        .split(' ')
        .filter(|scope| match *scope {
            "" => false,
            "openid" | "profile" | "email" => true,
            "offline_access" => !people_only && offline,
            scope if people_only => CURRENT_USER.contains(&scope),
            scope => {
                (management && scope.contains("current_user") || of_api.iter().any(|s| s == scope))
                    && limit.as_ref().is_none_or(|limit| limit.iter().any(|s| s == scope))
            }
        })
        .collect();
    let scope = granted.join(" ");
    let has = |scope: &str| granted.contains(&scope);
    let mut answer = match &login.audience {
        Some(audience) => {
            let lifetime = lifetime(state, audience);
            let audience = match has("openid") {
                true => json!([audience, format!("{}userinfo", state.issuer())]),
                false => json!(audience),
            };
            let token = access_token(state, &login.user_id, client_id, &audience, &scope, lifetime);
            answer(state, token, &scope, lifetime)
        }
        None => {
            let token = format!("opaque-{}", keys::random());
            let lifetime = state.config.token_lifetime;
            let opaque = Opaque {
                user_id: login.user_id.clone(),
                scope: scope.clone(),
                expires: state.now().saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX)),
            };
            state.opaque.insert(token.clone(), opaque);
            answer(state, token, &scope, lifetime)
        }
    };
    let refresh = match family {
        Some(position) => rotated(state, position),
        None if has("offline_access") => {
            let token = format!("rt-{}", keys::random());
            state.families.push(Family {
                id: crate::state::new_id("rt_"),
                login: login.clone(),
                current: token.clone(),
                previous: None,
                spent: Vec::new(),
                begun: state.now(),
                last_used: state.now(),
            });
            Some(token)
        }
        None => None,
    };
    if let Some(token) = refresh {
        answer["refresh_token"] = json!(token);
    }
    if has("openid") {
        answer["id_token"] = json!(id_token(state, login, &scope));
    }
    Ok(answer)
}

fn id_token(state: &State, login: &Login, scope: &str) -> String {
    let now = state.now();
    let settings =
        state.client(&login.client_id).and_then(|client| client.get("jwt_configuration"));
    let lifetime = settings.and_then(|settings| settings["lifetime_in_seconds"].as_i64());
    let mut claims = claims(state, &login.user_id, scope);
    for (name, value) in [
        ("iss", json!(state.issuer())),
        ("aud", json!(login.client_id)),
        ("iat", json!(now)),
        ("exp", json!(now + lifetime.unwrap_or(36_000))),
        ("auth_time", json!(login.auth_time)),
        ("sid", json!(login.session)),
    ] {
        claims.insert(name.to_owned(), value);
    }
    let mut claims = Value::Object(claims);
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
    if settings.is_some_and(|settings| settings["alg"] == "HS256")
        && state.config.id_token_fault.is_none()
    {
        let secret = state.client(&login.client_id).map(|client| text(client, "client_secret"));
        return keys::sign_with_secret(secret.unwrap_or_default().as_bytes(), None, &claims);
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
            return keys::sign_with_secret(&keys::modulus(), Some(kid), &claims);
        }
    }
    keys::sign(key, kid, &claims)
}

/// Replaces a family's token, unless this client's tokens do not rotate.
fn rotated(state: &mut State, position: usize) -> Option<String> {
    let client_id = &state.families[position].login.client_id;
    let kind = state.client(client_id).and_then(|client| client.get("refresh_token"));
    let fixed = kind.is_some_and(|kind| kind["rotation_type"] == "non-rotating");
    if fixed || !state.config.rotate_refresh_tokens {
        return None;
    }
    let fresh = format!("rt-{}", keys::random());
    let family = &mut state.families[position];
    let spent = std::mem::replace(&mut family.current, fresh.clone());
    family.spent.push(spent.clone());
    family.previous = Some((spent, Instant::now()));
    Some(fresh)
}
