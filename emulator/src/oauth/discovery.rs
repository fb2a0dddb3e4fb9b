//! The tenant's metadata (OpenID Connect Discovery 1.0, RFC 8414).

use serde_json::json;

use crate::answer::Answer;
use crate::state::State;

/// `GET /.well-known/openid-configuration`.
pub(crate) fn document(state: &State) -> Answer {
    let url = &state.url;
    let mut document = json!({
        "issuer": state.issuer(), "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/oauth/token"),
        "device_authorization_endpoint": format!("{url}/oauth/device/code"), "revocation_endpoint": format!("{url}/oauth/revoke"),
        "userinfo_endpoint": format!("{url}/userinfo"), "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256", "plain"],
        "response_modes_supported": ["query", "fragment", "form_post", "web_message"], "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname", "email", "email_verified", "picture", "created_at"],
        "claims_supported": ["aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name", "iat", "identities", "iss", "name", "nickname", "picture", "sub"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        "request_uri_parameter_supported": false, "request_parameter_supported": false,
    });
    if state.config.end_session_endpoint {
        document["end_session_endpoint"] = json!(format!("{url}/oidc/logout"));
    }
    if state.config.iss_in_responses {
        document["authorization_response_iss_parameter_supported"] = json!(true);
    }
    Answer::json(200, &document).with("access-control-allow-origin", "*")
}
