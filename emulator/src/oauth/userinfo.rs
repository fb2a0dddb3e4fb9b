//! `/userinfo`: the claims that the token's scope allows (OpenID Connect Core §5.3).

use serde_json::{Map, Value, json};

use super::authorize::USER;
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::state::State;

/// `GET` or `POST /userinfo`.
pub(crate) fn answer(state: &State, authorization: Option<&str>) -> Answer {
    let refused = |why: &str| {
        Answer::oauth(401, "invalid_token", why)
            .with("www-authenticate", "Bearer error=\"invalid_token\"")
    };
    let Some(token) = authorization.and_then(|header| header.strip_prefix("Bearer ")) else {
        if state.enforces(Rule::Userinfo) {
            return Answer::oauth(401, "unauthorized", "Unauthorized")
                .with("www-authenticate", "Bearer");
        }
        return Answer::json(200, &Value::Object(claims(state, USER, "openid")));
    };
    let (user_id, scope) = if let Some(opaque) = state.opaque.get(token) {
        if opaque.expires <= state.now() {
            return refused("The token has expired");
        }
        (opaque.user_id.clone(), opaque.scope.clone())
    } else {
        let Some(token) = keys::verified(token) else {
            return refused("The token is unknown or its signature is invalid");
        };
        let here = format!("{}userinfo", state.issuer());
        let meant = token["aud"] == here.as_str()
            || token["aud"].as_array().is_some_and(|several| several.contains(&json!(here)));
        if !meant || token["exp"].as_i64().is_none_or(|expires| expires <= state.now()) {
            return refused("The token has expired or is not for this endpoint");
        }
        let text = |key: &str| token[key].as_str().unwrap_or_default().to_owned();
        (text("sub"), text("scope"))
    };
    if !scope.split(' ').any(|scope| scope == "openid") && state.enforces(Rule::UserinfoScope) {
        return refused("The token lacks the scope openid");
    }
    Answer::json(200, &Value::Object(claims(state, &user_id, &scope))).not_stored()
}

/// The claims about a person that a scope allows (OpenID Connect Core §5.4).
pub(crate) fn claims(state: &State, user_id: &str, scope: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(user_id));
    let Some(user) = state.user(user_id) else { return claims };
    let mut copy = |names: &[&str]| {
        for name in names {
            if let Some(value) = user.get(*name) {
                claims.insert((*name).to_owned(), value.clone());
            }
        }
    };
    for scope in scope.split(' ') {
        match scope {
            "profile" => {
                copy(&["name", "given_name", "family_name", "nickname", "picture", "updated_at"])
            }
            "email" => copy(&["email", "email_verified"]),
            _ => {}
        }
    }
    claims
}
