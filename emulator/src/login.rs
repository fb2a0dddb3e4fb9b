//! `/authorize`, `/activate` and the logout pages.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::keys;
use crate::pages;
use crate::state::{Device, Login, State};

type Fields = HashMap<String, String>;

/// Who signs in.
pub(crate) const USER: &str = "auth0|ann";

fn fields(encoded: &str) -> Fields {
    form_urlencoded::parse(encoded.as_bytes())
        .into_owned()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

pub(crate) fn get(fields: &Fields, name: &str) -> String {
    fields.get(name).cloned().unwrap_or_default()
}

/// `GET /authorize`.
pub(crate) fn authorize(state: &mut State, query: &str) -> Answer {
    let asked = fields(query);
    let client_id = get(&asked, "client_id");
    let Some(client) = state.client(&client_id) else {
        return Answer::html(
            400,
            pages::message("Oops!, something went wrong", &format!("Unknown client: {client_id}")),
        );
    };
    let redirect_uri = get(&asked, "redirect_uri");
    let registered = client
        .get("callbacks")
        .and_then(Value::as_array)
        .is_some_and(|callbacks| callbacks.iter().any(|callback| *callback == redirect_uri));
    let loopback = state.config.any_callback_port
        && ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
            .iter()
            .any(|host| redirect_uri.starts_with(host));
    if !registered && !loopback {
        return Answer::html(
            403,
            pages::message(
                "Callback URL mismatch.",
                &format!(
                    "The provided redirect_uri is not in the list of allowed callback URLs: {redirect_uri}"
                ),
            ),
        );
    }
    let back = |pairs: &[(&str, &str)]| respond(state, &asked, pairs);
    let grants = client.get("grant_types").and_then(Value::as_array);
    if !grants.is_some_and(|grants| grants.contains(&json!("authorization_code"))) {
        return back(&[
            ("error", "unauthorized_client"),
            ("error_description", "Grant type 'authorization_code' not allowed for the client."),
        ]);
    }
    if get(&asked, "response_type") != "code" {
        return back(&[
            ("error", "unsupported_response_type"),
            ("error_description", "Unsupported response type"),
        ]);
    }
    if get(&asked, "code_challenge").len() != 43 || get(&asked, "code_challenge_method") != "S256" {
        return back(&[
            ("error", "invalid_request"),
            ("error_description", "Parameter 'code_challenge' is required, with method S256"),
        ]);
    }
    if let Some(audience) = asked.get("audience")
        && !state.is_management(audience)
        && audience != crate::OWN_API
    {
        return back(&[
            ("error", "access_denied"),
            ("error_description", &format!("Service not found: {audience}")),
        ]);
    }
    if get(&asked, "prompt").split(' ').any(|prompt| prompt == "none") {
        return back(&[("error", "login_required"), ("error_description", "Login required")]);
    }
    if state.config.auto_login {
        return decide(state, query, true);
    }
    let name = client.get("name").and_then(Value::as_str).unwrap_or_default();
    Answer::html(200, pages::login(name, query, &get(&asked, "login_hint")))
}

/// `POST /authorize/decide`: the login page's form.
pub(crate) fn authorize_decided(state: &mut State, body: &str) -> Answer {
    let form = fields(body);
    decide(state, &get(&form, "query"), get(&form, "decision") == "allow")
}

fn decide(state: &mut State, query: &str, allowed: bool) -> Answer {
    let asked = fields(query);
    if !allowed {
        return respond(
            state,
            &asked,
            &[
                ("error", "access_denied"),
                ("error_description", "User did not authorize the request"),
            ],
        );
    }
    let code = keys::random();
    let login = Login {
        client_id: get(&asked, "client_id"),
        redirect_uri: get(&asked, "redirect_uri"),
        challenge: asked.get("code_challenge").cloned(),
        nonce: asked.get("nonce").cloned(),
        scope: get(&asked, "scope"),
        audience: asked.get("audience").cloned(),
        organization: asked.get("organization").cloned(),
    };
    state.codes.insert(code.clone(), login);
    respond(state, &asked, &[("code", &code)])
}

fn respond(state: &State, asked: &Fields, pairs: &[(&str, &str)]) -> Answer {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(value) = asked.get("state") {
        query.append_pair("state", value);
    }
    if state.config.iss_in_responses {
        query.append_pair("iss", &state.issuer());
    }
    Answer::redirect(&format!("{}?{}", get(asked, "redirect_uri"), query.finish()))
}

/// `POST /oauth/device/code` (RFC 8628 §3.1).
pub(crate) fn device_code(state: &mut State, form: &Fields) -> Answer {
    let client_id = get(form, "client_id");
    let allowed = state
        .client(&client_id)
        .and_then(|client| client.get("grant_types"))
        .and_then(Value::as_array);
    if !allowed.is_some_and(|grants| {
        grants.contains(&json!("urn:ietf:params:oauth:grant-type:device_code"))
    }) {
        return Answer::oauth(
            403,
            "unauthorized_client",
            "Grant type 'urn:ietf:params:oauth:grant-type:device_code' not allowed for the client.",
        );
    }
    let device_code = keys::random();
    let letters: String = keys::random()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(8)
        .collect::<String>()
        .to_uppercase();
    let user_code =
        format!("{}-{}", &letters[..4.min(letters.len())], &letters[4.min(letters.len())..]);
    let login = Login {
        client_id,
        scope: get(form, "scope"),
        audience: form.get("audience").cloned(),
        organization: form.get("organization").cloned(),
        ..Login::default()
    };
    let allowed = state.config.auto_login.then_some(true);
    let device = Device {
        login,
        user_code: user_code.clone(),
        begun: Instant::now(),
        polled: None,
        allowed,
        expiry_said: false,
    };
    state.devices.insert(device_code.clone(), device);
    Answer::json(
        200,
        &json!({
            "device_code": device_code, "user_code": user_code,
            "verification_uri": format!("{}/activate", state.url),
            "verification_uri_complete": format!("{}/activate?user_code={user_code}", state.url),
            "expires_in": state.config.device_lifetime, "interval": state.config.device_interval,
        }),
    )
}

/// A poll of the token endpoint: the login, or what to answer instead.
pub(crate) fn device_poll(state: &mut State, device_code: &str) -> Result<Login, Answer> {
    let interval = Duration::from_secs(state.config.device_interval);
    let lifetime = Duration::from_secs(state.config.device_lifetime);
    let Some(device) = state.devices.get_mut(device_code) else {
        return Err(Answer::oauth(403, "invalid_grant", "Invalid or expired device code."));
    };
    if device.begun.elapsed() > lifetime {
        if std::mem::replace(&mut device.expiry_said, true) {
            return Err(Answer::oauth(403, "invalid_grant", "Invalid or expired device code."));
        }
        return Err(Answer::oauth(403, "expired_token", "The device_code is expired."));
    }
    // A little leeway: the client counts from our last answer's arrival.
    let early =
        device.polled.is_some_and(|polled| polled.elapsed() + Duration::from_millis(50) < interval);
    device.polled = Some(Instant::now());
    if early {
        return Err(Answer::oauth(
            429,
            "slow_down",
            "You are polling faster than the specified interval.",
        ));
    }
    match device.allowed {
        None => Err(Answer::oauth(
            403,
            "authorization_pending",
            "User has yet to authorize device code.",
        )),
        Some(false) => Err(Answer::oauth(
            403,
            "access_denied",
            "The end-user denied the authorization request.",
        )),
        Some(true) => {
            let login = device.login.clone();
            state.devices.remove(device_code);
            Ok(login)
        }
    }
}

/// `GET /activate`.
pub(crate) fn activate(query: &str) -> Answer {
    Answer::html(200, pages::activate(&get(&fields(query), "user_code")))
}

/// `POST /activate/decide`.
pub(crate) fn activate_decided(state: &mut State, body: &str) -> Answer {
    let form = fields(body);
    let user_code = get(&form, "user_code");
    let Some(device) = state.devices.values_mut().find(|device| device.user_code == user_code)
    else {
        return Answer::html(
            400,
            pages::message("No such code", "The code is unknown or has expired."),
        );
    };
    let allowed = get(&form, "decision") == "allow";
    device.allowed = Some(allowed);
    let title = if allowed { "Congratulations, you're all set!" } else { "Denied" };
    Answer::html(200, pages::message(title, "Your device learns of it in a moment."))
}
