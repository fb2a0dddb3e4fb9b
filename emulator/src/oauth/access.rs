//! The conditions of APIs and clients for issuing tokens.

use serde_json::Value;

use crate::answer::Answer;
use crate::config::Rule;
use crate::state::{Object, State, text, texts};

/// Refuses a client that may not get tokens for an API on behalf of people.
///
/// # Errors
/// Auth0's error description.
pub(super) fn check_person(state: &State, client_id: &str, audience: &str) -> Result<(), String> {
    let denied = match policy(state, audience, "user") {
        "deny_all" => true,
        "require_client_grant" => grant(state, client_id, audience, "user").is_none(),
        _ => false,
    };
    if denied && state.enforces(Rule::ApiPolicy) {
        return Err(format!(
            "Client \"{client_id}\" is not authorized to access resource server \"{audience}\"."
        ));
    }
    Ok(())
}

/// The scopes that a client grant limits people to, or `None` if the API needs no grant.
pub(super) fn limit_of_person(
    state: &State,
    client_id: &str,
    audience: &str,
) -> Option<Vec<String>> {
    if policy(state, audience, "user") != "require_client_grant" || !state.enforces(Rule::ApiPolicy)
    {
        return None;
    }
    let grant = grant(state, client_id, audience, "user");
    Some(grant.into_iter().flat_map(|grant| texts(grant, "scope")).map(str::to_owned).collect())
}

/// The grant that lets a client call an API: for itself (`client`), or for people (`user`).
pub(super) fn grant<'s>(
    state: &'s State,
    client_id: &str,
    audience: &str,
    subject: &str,
) -> Option<&'s Object> {
    if policy(state, audience, subject) == "deny_all" && state.enforces(Rule::ApiPolicy) {
        return None;
    }
    state.rows("client-grants").iter().find(|grant| {
        let api = text(grant, "audience");
        let same = api == audience || state.is_management(audience) && state.is_management(api);
        let of_people = text(grant, "subject_type") == "user";
        text(grant, "client_id") == client_id && same && of_people == (subject == "user")
    })
}

/// The authorization policy of an API for people (`user`) or machines (`client`); empty by default.
fn policy<'s>(state: &'s State, audience: &str, subject: &str) -> &'s str {
    let policies = state.api(audience).and_then(|api| api.get("subject_type_authorization"));
    policies.and_then(|policies| policies[subject]["policy"].as_str()).unwrap_or_default()
}

/// Refuses a token if the API or client requires DPoP (RFC 9449). The emulator issues no DPoP-bound
/// tokens.
///
/// # Errors
/// `invalid_request`. Auth0 does not document the description.
pub(super) fn check_proof(
    state: &State,
    client_id: &str,
    audience: Option<&str>,
) -> Result<(), Answer> {
    let client = state.client(client_id);
    let public = client.is_some_and(|client| text(client, "token_endpoint_auth_method") == "none");
    let of_client = client.and_then(|client| client.get("require_proof_of_possession"));
    let of_api = audience
        .and_then(|audience| state.api(audience))
        .and_then(|api| api.get("proof_of_possession"))
        .is_some_and(|proof| {
            proof["required"] == true && (public || proof["required_for"] != "public_clients")
        });
    if (of_api || of_client == Some(&Value::Bool(true))) && state.enforces(Rule::ProofOfPossession)
    {
        let why = "Proof of possession is required: the DPoP header is missing";
        return Err(Answer::oauth(400, "invalid_request", why));
    }
    Ok(())
}

/// Whether a login may get a refresh token: the client has that grant, and the API allows it.
pub(super) fn allows_refresh(state: &State, client_id: &str, audience: Option<&str>) -> bool {
    if !state.enforces(Rule::OfflineAccess) {
        return true;
    }
    let has_grant = state
        .client(client_id)
        .is_some_and(|client| texts(client, "grant_types").any(|grant| grant == "refresh_token"));
    // For the Management API, a setting of the emulator decides.
    let of_api = audience.is_none_or(|audience| {
        state.is_management(audience)
            || state
                .api(audience)
                .is_some_and(|api| api.get("allow_offline_access") == Some(&Value::Bool(true)))
    });
    has_grant && of_api
}

/// Whether a person may not get tokens: blocked, or deleted since the login.
pub(super) fn is_blocked(state: &State, user_id: &str) -> bool {
    let user = state.user(user_id);
    user.is_none_or(|user| user.get("blocked") == Some(&Value::Bool(true)))
        && state.enforces(Rule::Blocked)
}
