//! `/v2/logout` and `/oidc/logout`: end the browser's session.

use super::authorize::session;
use super::form::{self, Form, get};
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::pages;
use crate::state::{State, texts};

const GONE: &str = "auth0=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

/// `GET /v2/logout`.
pub(crate) fn auth0(state: &mut State, query: &str, cookies: Option<&str>) -> Answer {
    let asked = match form::parse(state, query.as_bytes()) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let allowed = match allowed(state, &get(&asked, "client_id")) {
        Ok(allowed) => allowed,
        Err(answer) => return answer,
    };
    let to = match asked.get("returnTo") {
        Some(to) => {
            // Query and fragment are not compared.
            let bare = to.split(['?', '#']).next().unwrap_or_default();
            if state.enforces(Rule::LogoutAddress)
                && !allowed.iter().any(|url| url.split(['?', '#']).next() == Some(bare))
            {
                return unregistered("returnTo", to);
            }
            Some(to.clone())
        }
        None if asked.contains_key("client_id") => allowed.first().cloned(),
        None => None,
    };
    ended(state, cookies, to, &asked)
}

/// `GET` or `POST /oidc/logout` (OpenID Connect RP-Initiated Logout 1.0).
pub(crate) fn oidc(state: &mut State, encoded: &[u8], cookies: Option<&str>) -> Answer {
    let asked = match form::parse(state, encoded) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let mut client_id = get(&asked, "client_id");
    let mut known = false;
    if let Some(hint) = asked.get("id_token_hint") {
        let Some(claims) = keys::verified(hint) else {
            return Answer::html(400, pages::message("Oops!", "The id_token_hint is invalid"));
        };
        let audience = claims["aud"].as_str().unwrap_or_default();
        if !client_id.is_empty() && client_id != audience {
            let text = "The id_token_hint was issued to another client";
            return Answer::html(400, pages::message("Oops!", text));
        }
        client_id = audience.to_owned();
        known = true;
    }
    let hint = get(&asked, "logout_hint");
    known |= session(state, cookies).is_some_and(|session| session.id == hint);
    let allowed = match allowed(state, &client_id) {
        Ok(allowed) => allowed,
        Err(answer) => return answer,
    };
    let to = asked.get("post_logout_redirect_uri").cloned();
    if let Some(to) = &to
        && state.enforces(Rule::LogoutAddress)
        && !allowed.contains(to)
    {
        return unregistered("post_logout_redirect_uri", to);
    }
    if !known && !asked.contains_key("confirmed") {
        return Answer::html(200, pages::logout(&asked));
    }
    ended(state, cookies, to, &asked)
}

/// The allowed URLs after a logout: the client's, or without a client the tenant's.
fn allowed(state: &State, client_id: &str) -> Result<Vec<String>, Answer> {
    if client_id.is_empty() {
        let settings = state.singles.get("tenants/settings").and_then(|value| value.as_object());
        return Ok(settings
            .into_iter()
            .flat_map(|settings| texts(settings, "allowed_logout_urls"))
            .map(str::to_owned)
            .collect());
    }
    let client = state.client(client_id).ok_or_else(|| {
        let text = format!("Unknown client: {client_id}");
        Answer::html(400, pages::message("Oops!, something went wrong", &text))
    })?;
    Ok(texts(client, "allowed_logout_urls").map(str::to_owned).collect())
}

fn unregistered(name: &str, to: &str) -> Answer {
    let text = format!("The {name} '{to}' is not in the list of allowed logout URLs.");
    Answer::html(400, pages::message("Misconfiguration", &text))
}

fn ended(state: &mut State, cookies: Option<&str>, to: Option<String>, asked: &Form) -> Answer {
    if let Some(session) = session(state, cookies) {
        state.sessions.retain(|other| other.id != session.id);
        let client_id = get(asked, "client_id");
        state.log("slo", serde_json::json!({"user_id": session.user_id, "client_id": client_id}));
    }
    let answer = match to {
        Some(to) => {
            let separator = if to.contains('?') { '&' } else { '?' };
            let state = asked.get("state").map(|state| {
                let pair = form_urlencoded::Serializer::new(String::new())
                    .append_pair("state", state)
                    .finish();
                format!("{separator}{pair}")
            });
            Answer::redirect(&format!("{to}{}", state.unwrap_or_default()))
        }
        None => Answer::html(200, pages::message("Signed out", "The browser's session has ended.")),
    };
    answer.with("set-cookie", GONE)
}
