//! Turns token endpoint errors into messages with the setting or command that fixes them.

use super::errors::{Reason, TokenError};
use super::grant::GrantType;
use super::scope::{Scopes, is_management_api};
use crate::base::domain::outage_hint;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::{Hint, foreign};
use crate::base::time;
use crate::hint;

/// The token request that failed, for its error message.
#[derive(Clone, Copy, Debug)]
pub struct RequestContext<'a> {
    /// The grant that was used.
    pub grant: GrantType,
    /// The application.
    pub client_id: &'a str,
    /// The API.
    pub audience: &'a str,
    /// The requested scopes. `None` or empty if the tenant chooses them.
    pub scope: Option<&'a Scopes>,
}

/// The message for a tenant that only issues DPoP-bound tokens (RFC 9449).
pub(super) fn needs_dpop(audience: Option<&str>) -> String {
    let message = "this API requires DPoP-bound tokens, which are not supported";
    match audience {
        Some(audience) => format!("{message}: {}", foreign(audience).shown()),
        None => message.to_owned(),
    }
}

/// The hint to turn DPoP off. The tenant's answer does not say whether the API or the application
/// requires it.
pub(super) fn dpop_hint(client_id: &str, audience: Option<&str>) -> Hint {
    hint!(
        "turn off Require Token Sender-Constraining for the API {}, and for the application {} if it \
         is on there",
        foreign(audience.unwrap_or("in question")).named(),
        foreign(client_id).named()
    )
}

impl TokenError {
    /// The error message: what failed, why, and what to do.
    pub fn into_error(self, context: RequestContext<'_>) -> Error {
        let kind = match self.reason() {
            _ if self.has_no_device_flow(context) => ErrorKind::NotSignedIn,
            Reason::TooManyRequests | Reason::SlowDown => ErrorKind::RateLimited,
            Reason::ServerError | Reason::Unreadable | Reason::Unusable => ErrorKind::Unavailable,
            _ => ErrorKind::NotSignedIn,
        };
        let no_device_flow = self.has_no_device_flow(context);
        let message = match (kind, context.grant) {
            _ if no_device_flow => "the tenant has no device authorization endpoint",
            (ErrorKind::RateLimited, _) => "the tenant's rate limit is reached",
            (ErrorKind::Unavailable, _) => "the tenant's token endpoint gave no usable answer",
            _ if self.reason() == Reason::DpopRequired => {
                return self.dpop_required(context);
            }
            (_, GrantType::RefreshToken) => "the login could not be renewed",
            _ => "the login was refused",
        };
        let mut error = Error::new(kind, message)
            .status(self.status())
            .because(self.to_string())
            .hint(self.hint(context));
        if let Some(wait) = self.asked_wait().filter(|_| kind == ErrorKind::RateLimited) {
            error = error.because(time::asks_to_wait(wait));
        }
        if let Some(code) = self.error() {
            error = error.code(code);
        }
        if let Some(uri) = self.uri() {
            error = error.because(format!("see {uri}"));
        }
        error
    }

    fn dpop_required(self, context: RequestContext<'_>) -> Error {
        let message = needs_dpop(Some(context.audience));
        let error = Error::new(ErrorKind::NotSignedIn, message)
            .status(self.status())
            .because(self.to_string())
            .hint(self.hint(context));
        match self.error() {
            Some(code) => error.code(code),
            None => error,
        }
    }

    fn says(&self, words: &str) -> bool {
        self.description().is_some_and(|text| text.to_lowercase().contains(words))
    }

    /// Whether the device authorization endpoint is missing. The token endpoint always exists.
    fn has_no_device_flow(&self, context: RequestContext<'_>) -> bool {
        context.grant == GrantType::DeviceCode && self.status() == 404
    }

    fn hint(&self, context: RequestContext<'_>) -> Hint {
        let grant = context.grant;
        let client_id = foreign(context.client_id).named();
        let again = login_command(grant);
        match self.reason() {
            _ if self.has_no_device_flow(context) => {
                "sign in with a browser on any machine instead: `auth0-login --no-browser`".into()
            }
            Reason::InvalidGrant if grant == GrantType::RefreshToken => hint!(
                "run `{}`: the refresh token has expired, was revoked, or was used twice",
                again
            ),
            Reason::InvalidGrant => {
                hint!("run `{}` again: a code works only once, and for a short time", again)
            }
            Reason::InvalidClient => credential_hint(context),
            // The device authorization endpoint returns this error too.
            Reason::AccessDenied if self.says("service not found") => {
                unknown_audience_hint(context.audience)
            }
            Reason::AccessDenied if grant.is_machine() => self.client_grant_hint(context),
            Reason::AccessDenied if self.status() == 401 => credential_hint(context),
            Reason::AccessDenied if grant == GrantType::DeviceCode => {
                hint!("the request was declined in the browser; run `{}` to try again", again)
            }
            Reason::AccessDenied => {
                "an Action or a policy of the tenant refused; Monitoring → Logs in the dashboard \
                 says which"
                    .into()
            }
            Reason::UnauthorizedClient | Reason::UnsupportedGrantType => hint!(
                "tick {} under Applications → {} → Settings → Advanced Settings → Grant Types{}",
                grant.dashboard_name(),
                client_id,
                if grant == GrantType::DeviceCode {
                    "; the application must be of type Native, with authentication method None"
                } else {
                    ""
                }
            ),
            Reason::InvalidScope => {
                "leave out the scopes named above, or have an administrator grant them".into()
            }
            Reason::InvalidRequest => hint!(
                "check the settings of the profile (`auth0-profiles show`) and of the application {}",
                client_id
            ),
            Reason::MfaRequired | Reason::UnmetAuthenticationRequirements => {
                hint!("run `{}`: the tenant requires the person to sign in again", again)
            }
            Reason::ExpiredToken => hint!("run `{}` and finish in the browser in time", again),
            Reason::AuthorizationPending => "finish signing in in the browser".into(),
            Reason::TooManyRequests | Reason::SlowDown => match self.asked_wait() {
                Some(_) => "try again after that time".into(),
                None => "wait a minute, then try again".into(),
            },
            Reason::DpopRequired => dpop_hint(context.client_id, Some(context.audience)),
            Reason::ServerError => outage_hint(self.origin()).into(),
            Reason::Unreadable | Reason::Unusable => {
                "check the domain, and any proxy in between".into()
            }
            Reason::Other => hint!(
                "Monitoring → Logs in the dashboard has details about the application {}",
                client_id
            ),
        }
    }

    /// The hint for refused client credentials: a wrong secret or key, or a missing client grant.
    fn client_grant_hint(&self, context: RequestContext<'_>) -> Hint {
        let RequestContext { client_id, audience, .. } = context;
        // The description "Unauthorized" means a wrong secret. For a missing client grant it names
        // the grant.
        if self.status() == 401 || self.description() == Some("Unauthorized") {
            return credential_hint(context);
        }
        let api = foreign(if is_management_api(audience) { MANAGEMENT_API } else { audience });
        let scopes = context
            .scope
            .filter(|scope| !scope.is_empty())
            .map_or_else(|| "the scopes it needs".to_owned(), ToString::to_string);
        hint!(
            "under Applications → APIs → {} → Machine to Machine Applications, authorize the \
             application {} and tick {}",
            api.shown(),
            foreign(client_id).named(),
            foreign(&scopes).shown()
        )
    }
}

/// The hint for `Service not found: AUDIENCE`. The usual cause is a missing trailing slash. The
/// identifier of the Management API has the tenant's canonical domain, never a custom domain.
pub(super) fn unknown_audience_hint(audience: &str) -> Hint {
    let host = audience
        .strip_prefix("https://")
        .and_then(|rest| rest.strip_suffix("/api/v2/").or_else(|| rest.strip_suffix("/api/v2")));
    if host.is_some_and(|host| !host.ends_with(".auth0.com") && !host.contains(['/', ':'])) {
        return "the Management API's identifier has the tenant's own domain, not a custom domain, \
                and ends with a slash: --audience https://YOUR-TENANT.YOUR-REGION.auth0.com/api/v2/ \
                (the dashboard has it under Applications → APIs → Auth0 Management API)"
            .into();
    }
    let other = match audience.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{audience}/"),
    };
    hint!(
        "the audience must be exactly the API's Identifier (Applications → APIs); \
         perhaps --audience {}",
        foreign(&other).in_command("URI")
    )
}

const MANAGEMENT_API: &str = "Auth0 Management API";

fn credential_hint(context: RequestContext<'_>) -> Hint {
    let client_id = foreign(context.client_id).named();
    if context.grant.is_machine() {
        hint!(
            "check the client ID and the secret, or the private key, under Applications → {} → \
             Credentials",
            client_id
        )
    } else {
        hint!(
            "let the application {} sign in without a secret: type Native, and Applications → {} → \
             Credentials → Authentication Method: None",
            client_id,
            client_id
        )
    }
}

fn login_command(grant: GrantType) -> &'static str {
    match grant {
        GrantType::AuthorizationCode | GrantType::RefreshToken => "auth0-login",
        GrantType::DeviceCode => "auth0-login --device",
        GrantType::ClientCredentials => "auth0-login --client-credentials",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const MANAGEMENT: &str = "https://acme.eu.auth0.com/api/v2/";

    fn context(grant: GrantType) -> RequestContext<'static> {
        RequestContext { grant, client_id: "app1", audience: MANAGEMENT, scope: None }
    }

    fn parse(status: u16, error: &str, description: &str) -> TokenError {
        let body = json!({"error": error, "error_description": description, "statusCode": 7});
        TokenError::parse(status, body.to_string().as_bytes())
    }

    fn hint(grant: GrantType, status: u16, error: &str, description: &str) -> String {
        let error = parse(status, error, description).into_error(context(grant));
        assert_eq!(error.kind(), ErrorKind::NotSignedIn);
        error.hint_text().unwrap().to_owned()
    }

    #[test]
    fn each_error_has_its_exit_code() {
        let kind = |status, body: &str| {
            TokenError::parse(status, body.as_bytes())
                .into_error(context(GrantType::RefreshToken))
                .kind()
        };
        assert_eq!(kind(403, r#"{"error":"invalid_grant"}"#), ErrorKind::NotSignedIn);
        assert_eq!(kind(400, r#"{"error":"news"}"#), ErrorKind::NotSignedIn);
        assert_eq!(kind(429, r#"{"error":"too_many_requests"}"#), ErrorKind::RateLimited);
        assert_eq!(kind(503, ""), ErrorKind::Unavailable);
        assert_eq!(kind(200, "<html>"), ErrorKind::Unavailable);
    }

    #[test]
    fn the_message_says_what_kind_of_failure_it_was() {
        use GrantType::{AuthorizationCode, DeviceCode, RefreshToken};
        for (grant, status, body, message) in [
            (RefreshToken, 429, "", "the tenant's rate limit is reached"),
            (RefreshToken, 503, "", "the tenant's token endpoint gave no usable answer"),
            (RefreshToken, 403, r#"{"error":"invalid_grant"}"#, "the login could not be renewed"),
            (AuthorizationCode, 403, r#"{"error":"invalid_grant"}"#, "the login was refused"),
            (DeviceCode, 403, r#"{"error":"access_denied"}"#, "the login was refused"),
        ] {
            let error = TokenError::parse(status, body.as_bytes()).into_error(context(grant));
            assert_eq!(error.message(), message);
        }
        let dpop = parse(400, "use_dpop_nonce", "").into_error(context(RefreshToken));
        assert!(dpop.message().contains("requires DPoP-bound tokens"), "{dpop}");
    }

    #[test]
    fn the_servers_words_are_kept() {
        let body = json!({"error": "unauthorized_client", "error_uri": "https://auth0.com/docs/x",
            "error_description": "Grant type 'client_credentials' not allowed for the client."});
        let error = TokenError::parse(403, body.to_string().as_bytes())
            .into_error(context(GrantType::ClientCredentials));
        assert_eq!((error.code_text(), error.http_status()), ("unauthorized_client", Some(403)));
        assert!(error.causes()[0].ends_with("not allowed for the client."));
        assert_eq!(error.causes()[1], "see https://auth0.com/docs/x");
        assert!(error.hint_text().unwrap().starts_with("tick Client Credentials under"));
    }

    #[test]
    fn a_missing_client_grant_names_api_application_and_scopes() {
        let scopes = Scopes::of(["read:clients read:users"]);
        let error = parse(
            403,
            "access_denied",
            "Client is not authorized to access \"https://acme.eu.auth0.com/api/v2/\". You need to \
             create a \"client-grant\" associated to this API.",
        )
        .into_error(RequestContext {
            scope: Some(&scopes),
            ..context(GrantType::ClientCredentials)
        });
        let hint = error.hint_text().unwrap();
        for part in ["Auth0 Management API", "app1", "read:clients read:users"] {
            assert!(hint.contains(part), "{hint}");
        }
    }

    #[test]
    fn the_management_apis_audience_has_the_canonical_domain_and_a_slash() {
        for (audience, part) in [
            ("https://login.acme.com/api/v2", "https://YOUR-TENANT.YOUR-REGION.auth0.com/api/v2/"),
            ("https://login.acme.com/api/v2/", "https://YOUR-TENANT.YOUR-REGION.auth0.com/api/v2/"),
            ("https://acme.eu.auth0.com/api/v2", "--audience https://acme.eu.auth0.com/api/v2/"),
            ("https://127.0.0.1:4400/api/v2", "--audience https://127.0.0.1:4400/api/v2/"),
            ("https://api.acme.com/", "--audience https://api.acme.com"),
        ] {
            let hint = unknown_audience_hint(audience);
            assert!(hint.as_str().contains(part), "{audience}: {hint}");
        }
        assert!(
            !unknown_audience_hint("https://login.acme.com/api/v2/")
                .as_str()
                .contains("login.acme.com")
        );
    }

    #[test]
    fn only_a_rate_limit_says_how_long_to_wait() {
        let error = |status, wait: Option<u64>| {
            TokenError::parse(status, b"")
                .with_source("https://acme.eu.auth0.com/", wait.map(Duration::from_secs))
                .into_error(context(GrantType::RefreshToken))
        };
        let says = |error: &Error| error.causes().iter().any(|cause| cause.contains("7 s"));
        let limited = error(429, Some(7));
        assert!(says(&limited), "{limited:?}");
        assert_eq!(limited.hint_text(), Some("try again after that time"));
        assert_eq!(error(429, None).hint_text(), Some("wait a minute, then try again"));
        assert!(!says(&error(503, Some(7))));
    }

    #[test]
    fn refused_client_credentials_are_a_wrong_secret_or_a_missing_grant() {
        for (status, description, is_secret) in [
            (401, "no", true),
            (403, "Unauthorized", true),
            (403, "Client is not authorized to access the API.", false),
        ] {
            let hint = hint(GrantType::ClientCredentials, status, "access_denied", description);
            assert_eq!(hint.contains("the secret"), is_secret, "{status} {description}: {hint}");
            assert_eq!(hint.contains("authorize the application"), !is_secret, "{hint}");
        }
    }

    #[test]
    fn a_missing_device_endpoint_is_explained() {
        for body in [r#"{"error":"Not Found","message":"Not Found"}"#, "Not Found", "<html>"] {
            let error = TokenError::parse(404, body.as_bytes());
            let error = error.into_error(context(GrantType::DeviceCode));
            assert_eq!(error.message(), "the tenant has no device authorization endpoint");
            assert_eq!(error.kind(), ErrorKind::NotSignedIn);
            assert!(error.hint_text().unwrap().contains("`auth0-login --no-browser`"));
        }
    }

    #[test]
    fn hints_name_the_command_or_setting() {
        use GrantType::*;
        for (grant, status, error, description, part) in [
            (
                RefreshToken,
                403,
                "invalid_grant",
                "Unknown or invalid refresh token.",
                "`auth0-login`: the refresh token has expired",
            ),
            (
                AuthorizationCode,
                403,
                "invalid_grant",
                "Invalid authorization code",
                "works only once",
            ),
            (DeviceCode, 403, "invalid_grant", "", "`auth0-login --device`"),
            (AuthorizationCode, 401, "invalid_client", "", "Authentication Method: None"),
            (
                AuthorizationCode,
                401,
                "access_denied",
                "Unauthorized",
                "Authentication Method: None",
            ),
            (
                ClientCredentials,
                401,
                "access_denied",
                "Unauthorized",
                "check the client ID and the secret",
            ),
            (ClientCredentials, 401, "invalid_client", "", "check the client ID and the secret"),
            (
                ClientCredentials,
                403,
                "access_denied",
                "Service not found: https://acme.eu.auth0.com/api/v2",
                "--audience https://acme.eu.auth0.com/api/v2",
            ),
            (DeviceCode, 403, "unauthorized_client", "", "type Native"),
            (DeviceCode, 403, "access_denied", "User cancelled", "declined"),
            (AuthorizationCode, 403, "access_denied", "no", "Monitoring → Logs"),
            (RefreshToken, 403, "mfa_required", "", "sign in again"),
            (RefreshToken, 400, "use_dpop_nonce", "", "Require Token Sender-Constraining"),
        ] {
            let hint = hint(grant, status, error, description);
            assert!(hint.contains(part), "{error} {grant:?}: {hint}");
        }
    }
}
