//! The device flow (RFC 8628): its endpoint, the polls, and the page where a person confirms.

use std::time::{Duration, Instant};

use serde_json::json;

use super::authorize::USER;
use super::form::{self, Form, get};
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::pages;
use crate::state::{Device, Login, State, text, texts};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// `POST /oauth/device/code` (RFC 8628 §3.1).
pub(crate) fn code(state: &mut State, form: &Form) -> Answer {
    let client_id = get(form, "client_id");
    let client = state.client(&client_id);
    if !client.is_some_and(|client| texts(client, "grant_types").any(|grant| grant == GRANT)) {
        let why = format!("Grant type '{GRANT}' not allowed for the client.");
        return Answer::oauth(403, "unauthorized_client", &why);
    }
    let public = client.is_some_and(|client| text(client, "token_endpoint_auth_method") == "none");
    if !public && state.enforces(Rule::DevicePublic) {
        let why = "The device flow needs a client without authentication";
        return Answer::oauth(403, "unauthorized_client", why);
    }
    if let Some(audience) = form.get("audience")
        && state.enforces(Rule::KnownAudience)
        && state.api_scopes(audience).is_none()
    {
        let why = format!("Service not found: {audience}");
        return Answer::oauth(403, "access_denied", &why);
    }
    let device_code = keys::random();
    let letters: String = keys::random()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(8)
        .collect::<String>()
        .to_uppercase();
    let middle = 4.min(letters.len());
    let user_code = format!("{}-{}", &letters[..middle], &letters[middle..]);
    let login = Login {
        client_id,
        scope: get(form, "scope"),
        audience: form.get("audience").cloned(),
        organization: form.get("organization").cloned(),
        user_id: USER.to_owned(),
        session: keys::random(),
        auth_time: state.now(),
        ..Login::default()
    };
    let device = Device {
        login,
        user_code: user_code.clone(),
        begun: Instant::now(),
        polled: None,
        allowed: state.config.auto_login.then_some(true),
        expiry_said: false,
    };
    state.devices.insert(device_code.clone(), device);
    let answer = json!({
        "device_code": device_code, "user_code": user_code,
        "verification_uri": format!("{}/activate", state.url),
        "verification_uri_complete": format!("{}/activate?user_code={user_code}", state.url),
        "expires_in": state.config.device_lifetime, "interval": state.config.device_interval,
    });
    Answer::json(200, &answer).not_stored()
}

/// Answers a poll of the token endpoint. Returns the login once the person has confirmed it.
///
/// # Errors
/// The RFC's error: still pending, too fast, denied or expired (RFC 8628 §3.5).
pub(crate) fn poll(state: &mut State, client_id: &str, device_code: &str) -> Result<Login, Answer> {
    let interval = Duration::from_secs(state.config.device_interval);
    let lifetime = Duration::from_secs(state.config.device_lifetime);
    let unknown = || Answer::oauth(403, "invalid_grant", "Invalid or expired device code.");
    let bound = state.enforces(Rule::DeviceClient);
    let device = state.devices.get_mut(device_code).ok_or_else(unknown)?;
    if device.login.client_id != client_id && bound {
        return Err(unknown());
    }
    if device.begun.elapsed() > lifetime {
        if std::mem::replace(&mut device.expiry_said, true) {
            return Err(unknown());
        }
        return Err(Answer::oauth(403, "expired_token", "The device_code is expired."));
    }
    // Allow some leeway, because the client counts from the arrival of our last answer.
    let early =
        device.polled.is_some_and(|polled| polled.elapsed() + Duration::from_millis(50) < interval);
    device.polled = Some(Instant::now());
    if early {
        let why = "You are polling faster than the specified interval.";
        return Err(Answer::oauth(429, "slow_down", why));
    }
    let (error, why) = match device.allowed {
        Some(true) => {
            let login = device.login.clone();
            state.devices.remove(device_code);
            return Ok(login);
        }
        None => ("authorization_pending", "User has yet to authorize device code."),
        Some(false) => ("access_denied", "The end-user denied the authorization request."),
    };
    Err(Answer::oauth(403, error, why))
}

/// `GET /activate`.
pub(crate) fn activate(state: &State, query: &str) -> Answer {
    let form = form::parse(state, query.as_bytes()).unwrap_or_default();
    Answer::html(200, pages::activate(&get(&form, "user_code")))
}

/// `POST /activate/decide`.
pub(crate) fn decided(state: &mut State, body: &[u8]) -> Answer {
    let form = form::parse(state, body).unwrap_or_default();
    let user_code = get(&form, "user_code");
    let devices = &mut state.devices;
    let Some(device) = devices.values_mut().find(|device| device.user_code == user_code) else {
        let page = pages::message("No such code", "The code is unknown or has expired.");
        return Answer::html(400, page);
    };
    let allowed = get(&form, "decision") == "allow";
    device.allowed = Some(allowed);
    let title = if allowed { "Congratulations, you're all set!" } else { "Denied" };
    Answer::html(200, pages::message(title, "Your device continues in a moment."))
}
