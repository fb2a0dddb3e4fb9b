//! `/authorize`: the login page, the person's decision, and the authorization response.

use serde_json::{Value, json};

use super::access;
use super::form::{self, Form, get};
use crate::answer::Answer;
use crate::config::Rule;
use crate::keys;
use crate::pages;
use crate::state::{Login, Session, State, origin, text, texts};

/// The user who signs in by default.
pub(crate) const USER: &str = "auth0|ann";

/// The cookie that holds a browser's session.
const COOKIE: &str = "auth0";

/// `GET /authorize`.
pub(crate) fn authorize(state: &mut State, query: &str, cookies: Option<&str>) -> Answer {
    let asked = match checked(state, query) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let prompt = get(&asked, "prompt");
    let prompts = |wanted: &str| prompt.split(' ').any(|prompt| prompt == wanted);
    let session = session(state, cookies).filter(|session| {
        let limit = get(&asked, "max_age").parse().unwrap_or(i64::MAX);
        !prompts("login") && state.now() - session.auth_time <= limit
    });
    if let Some(session) = session {
        return grant(state, &asked, &session);
    }
    if prompts("none") {
        let error = [("error", "login_required"), ("error_description", "Login required")];
        return respond(state, &asked, &error);
    }
    if state.config.auto_login {
        return sign_in(state, &asked, USER);
    }
    let client = state.client(&get(&asked, "client_id"));
    let name = client.map_or("", |client| text(client, "name"));
    Answer::html(200, pages::login(name, query, &get(&asked, "login_hint"), ""))
}

/// `POST /authorize/decide`: the login page's form.
pub(crate) fn decided(state: &mut State, body: &[u8]) -> Answer {
    let form = match form::parse(state, body) {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let query = get(&form, "query");
    let asked = match checked(state, &query) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    if get(&form, "decision") != "allow" {
        let error = [
            ("error", "access_denied"),
            ("error_description", "User did not authorize the request"),
        ];
        return respond(state, &asked, &error);
    }
    let email = get(&form, "email");
    if email.is_empty() {
        return sign_in(state, &asked, USER);
    }
    let found = state.users.iter().find(|user| text(user, "email").eq_ignore_ascii_case(&email));
    match found.map(|user| text(user, "user_id").to_owned()) {
        Some(user_id) => sign_in(state, &asked, &user_id),
        None => {
            let client_id = get(&asked, "client_id");
            state.log("fu", json!({"user_name": email, "client_id": client_id, "description": "Wrong email or password."}));
            let name =
                state.client(&client_id).map_or(String::new(), |c| text(c, "name").to_owned());
            let page = pages::login(&name, &query, &email, "Wrong email or password");
            Answer::html(400, page)
        }
    }
}

/// Checks an authorization request. Returns its parameters.
///
/// # Errors
/// An error page if the callback URL is not valid, otherwise an error response to the callback.
fn checked(state: &State, query: &str) -> Result<Form, Answer> {
    let oops = |text: &str| Answer::html(400, pages::message("Oops!, something went wrong", text));
    let asked = form::parse(state, query.as_bytes())
        .map_err(|_| oops("A parameter of the request is repeated"))?;
    let client_id = get(&asked, "client_id");
    let client =
        state.client(&client_id).ok_or_else(|| oops(&format!("Unknown client: {client_id}")))?;
    let redirect_uri = get(&asked, "redirect_uri");
    let registered = texts(client, "callbacks").any(|callback| callback == redirect_uri);
    let loopback = state.config.any_callback_port
        && ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
            .iter()
            .any(|host| redirect_uri.starts_with(host));
    if redirect_uri.is_empty() || !registered && !loopback && state.enforces(Rule::Callback) {
        let text = format!(
            "The provided redirect_uri is not in the list of allowed callback URLs: {redirect_uri}"
        );
        return Err(Answer::html(403, pages::message("Callback URL mismatch.", &text)));
    }
    let mode = get(&asked, "response_mode");
    let listed = texts(client, "web_origins").any(|url| url == origin(&redirect_uri));
    if mode == "web_message" && !listed && state.enforces(Rule::WebOrigin) {
        let text = format!(
            "The origin of the redirect_uri is not in the list of allowed web origins: {redirect_uri}"
        );
        return Err(Answer::html(403, pages::message("Origin mismatch.", &text)));
    }
    let refused = |error: &str, why: &str| {
        Err(respond(state, &asked, &[("error", error), ("error_description", why)]))
    };
    if !texts(client, "grant_types").any(|grant| grant == "authorization_code") {
        let why = "Grant type 'authorization_code' not allowed for the client.";
        return refused("unauthorized_client", why);
    }
    if get(&asked, "response_type") != "code" {
        return refused("unsupported_response_type", "Unsupported response type");
    }
    let public = text(client, "token_endpoint_auth_method") == "none";
    let challenge = get(&asked, "code_challenge");
    let proper = challenge.len() == 43 && get(&asked, "code_challenge_method") == "S256";
    if !proper && (public || !challenge.is_empty()) && state.enforces(Rule::Challenge) {
        let why = "Parameter 'code_challenge' is required, with method S256";
        return refused("invalid_request", why);
    }
    if !["", "query", "fragment", "form_post", "web_message"].contains(&mode.as_str()) {
        return refused("invalid_request", "Unsupported response mode");
    }
    let scope = get(&asked, "scope");
    let wants = |name: &str| scope.split(' ').any(|scope| scope == name);
    if wants("offline_access") && wants("online_access") {
        let why = "offline_access and online_access cannot be requested together";
        return refused("invalid_request", why);
    }
    if let Some(audience) = asked.get("audience")
        && state.enforces(Rule::KnownAudience)
        && !state.is_management(audience)
        && state.api_scopes(audience).is_none()
    {
        return refused("access_denied", &format!("Service not found: {audience}"));
    }
    if let Some(audience) = asked.get("audience")
        && let Err(why) = access::check_person(state, &client_id, audience)
    {
        return refused("unauthorized_client", &why);
    }
    // OpenID Connect Core §3.1.2.1.
    let prompt = get(&asked, "prompt");
    if prompt.split(' ').count() > 1 && prompt.split(' ').any(|prompt| prompt == "none") {
        return refused("invalid_request", "prompt=none cannot be combined with other values");
    }
    Ok(asked)
}

/// Signs a person in.
fn sign_in(state: &mut State, asked: &Form, user_id: &str) -> Answer {
    let user = state.user(user_id).cloned().unwrap_or_default();
    let client_id = get(asked, "client_id");
    if access::is_blocked(state, user_id) {
        return blocked(state, asked, user_id);
    }
    let session = Session {
        id: keys::random(),
        cookie: keys::random(),
        user_id: user_id.to_owned(),
        auth_time: state.now(),
    };
    state.sessions.push(session.clone());
    if let Some(user) = state.users.iter_mut().find(|user| text(user, "user_id") == user_id) {
        let count = user.get("logins_count").and_then(Value::as_u64).unwrap_or(0);
        user.insert("logins_count".to_owned(), json!(count + 1));
        user.insert("last_login".to_owned(), crate::state::stamp());
        user.insert("last_ip".to_owned(), json!("127.0.0.1"));
    }
    state.log("s", json!({"user_id": user_id, "user_name": text(&user, "email"), "client_id": client_id,
        "connection": "Username-Password-Authentication", "strategy": "auth0", "strategy_type": "database"}));
    // For silent authentication, an application opens this page in a frame, which is another site.
    // There a browser only sends the cookie over TLS, or between ports of this machine.
    let site = if state.config.tls { "None; Secure" } else { "Lax" };
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite={site}", session.cookie);
    grant(state, asked, &session).with("set-cookie", cookie)
}

/// The error for a blocked user.
fn blocked(state: &mut State, asked: &Form, user_id: &str) -> Answer {
    let email = state.user(user_id).map_or("", |user| text(user, "email")).to_owned();
    let client_id = get(asked, "client_id");
    state.log("f", json!({"user_id": user_id, "user_name": email, "client_id": client_id, "description": "user is blocked"}));
    let error = [("error", "unauthorized"), ("error_description", "user is blocked")];
    respond(state, asked, &error)
}

/// Issues an authorization code.
fn grant(state: &mut State, asked: &Form, session: &Session) -> Answer {
    if access::is_blocked(state, &session.user_id) {
        return blocked(state, asked, &session.user_id);
    }
    let code = keys::random();
    let login = Login {
        client_id: get(asked, "client_id"),
        redirect_uri: get(asked, "redirect_uri"),
        challenge: asked.get("code_challenge").cloned(),
        nonce: asked.get("nonce").cloned(),
        scope: get(asked, "scope"),
        audience: asked.get("audience").cloned(),
        organization: asked.get("organization").cloned(),
        user_id: session.user_id.clone(),
        session: session.id.clone(),
        auth_time: session.auth_time,
        issued: state.now(),
    };
    state.codes.insert(code.clone(), login);
    respond(state, asked, &[("code", &code)])
}

/// Sends the authorization response in the requested `response_mode`.
fn respond(state: &State, asked: &Form, pairs: &[(&str, &str)]) -> Answer {
    let mut pairs: Vec<(&str, String)> =
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    if let Some(value) = asked.get("state") {
        pairs.push(("state", value.clone()));
    }
    if state.config.iss_in_responses {
        pairs.push(("iss", state.issuer()));
    }
    let to = get(asked, "redirect_uri");
    match get(asked, "response_mode").as_str() {
        "form_post" => Answer::html(200, pages::form_post(&to, &pairs)),
        "web_message" => {
            let response: serde_json::Map<String, Value> =
                pairs.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
            Answer::html(200, pages::web_message(&origin(&to), &Value::Object(response)))
        }
        mode => {
            let query =
                form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let separator = match mode {
                "fragment" => '#',
                _ if to.contains('?') => '&',
                _ => '?',
            };
            Answer::redirect(&format!("{to}{separator}{query}"))
        }
    }
}

/// The session of the browser that sends these cookies.
pub(crate) fn session(state: &State, cookies: Option<&str>) -> Option<Session> {
    let pairs =
        cookies.unwrap_or_default().split(';').filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value).next()?;
    state.sessions.iter().find(|session| session.cookie == value).cloned()
}
