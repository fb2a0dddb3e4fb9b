//! Turns error responses of the Management API into errors with a cause and a hint.

mod remedy;

use serde::Deserialize;

pub(crate) use self::remedy::{how_to_get, how_to_reach};

use crate::base::error::{Error, ErrorKind};
use crate::base::url::is_loopback;
use crate::hint;
use crate::http::is_slow_query;
use crate::session::Identity;

/// How much of a server's message is shown, in characters.
const MAX_MESSAGE: usize = 500;

/// The API's error body: `{"statusCode","error","message","errorCode"}`, all of it optional.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RefusalBody {
    error: Option<String>,
    message: Option<String>,
    #[serde(rename = "errorCode")]
    error_code: Option<String>,
}

/// The error for an answer whose status is not 2xx. `what` is the purpose of the request, such as
/// "list the clients". `identity` is who sent it, for the hints.
pub(crate) fn of(what: &str, status: u16, body: &[u8], identity: &Identity) -> Error {
    let parsed: Option<RefusalBody> = serde_json::from_slice(body).ok();
    let kind = ErrorKind::of_status(status);
    let mut error = Error::new(kind, format!("cannot {what}: {}", reason(status))).status(status);
    let RefusalBody { error: title, message, error_code } = parsed.unwrap_or_default();
    let message = message.or(title).map(|text| text.chars().take(MAX_MESSAGE).collect::<String>());
    if let Some(code) = error_code {
        error = error.code(code.chars().take(80).collect::<String>());
    }
    let scopes = message.as_deref().and_then(missing_scopes);
    if let Some(message) = message {
        error = error.because(message);
    }
    match (kind, scopes) {
        // The first scope allows the most.
        (ErrorKind::Refused, Some(scopes)) => error.hint(how_to_get(&scopes[0], identity)),
        (ErrorKind::Refused, None) => error.hint(
            "no scope is missing: the plan or a setting of the tenant does not allow this; the message above says which",
        ),
        (ErrorKind::Unavailable, _) if is_slow_query(body) => error.hint(
            "the search took too long: make the query narrower, with more of a value before a * or with another condition",
        ),
        (ErrorKind::Unavailable, _) => {
            let hosted = identity.domain().is_some_and(|domain| !is_loopback(domain.host()));
            let error = error.in_doubt();
            if hosted {
                error.hint("try again in a moment; https://status.auth0.com reports outages")
            } else {
                error.hint("try again, and read the log of the server on this machine")
            }
        }
        (ErrorKind::NotSignedIn, _) => error.hint(match identity {
            Identity::GivenToken { .. } => {
                "put a new token into AUTH0_ACCESS_TOKEN; or unset it and sign in: auth0-login"
                    .into()
            }
            _ => hint!("sign in again: {}", identity.login("")),
        }),
        (ErrorKind::RateLimited, _) => {
            error.hint("try again later, or allow more retries: --max-retries 10")
        }
        _ => error,
    }
}

/// The scopes in the message "Insufficient scope, expected any of: a,b". `None` for other messages,
/// which are about the tenant's plan or a setting.
pub(crate) fn missing_scopes(message: &str) -> Option<Vec<String>> {
    let rest = message.strip_prefix("Insufficient scope")?;
    let rest = rest.strip_prefix([',', ';'])?.trim_start().strip_prefix("expected")?;
    let (_, list) = rest.split_once(": ")?;
    let scopes: Vec<_> = list
        .trim_end_matches('.')
        .split(',')
        .map(str::trim)
        .filter(|scope| is_scope(scope))
        .map(str::to_owned)
        .collect();
    (!scopes.is_empty()).then_some(scopes)
}

/// Whether a text is a plain scope, which can be used in a command to copy.
fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:.-/".contains(&b))
}

fn reason(status: u16) -> String {
    match status {
        400 => "the API rejected the request".to_owned(),
        401 => "the API does not accept the token".to_owned(),
        402 => "the tenant's subscription does not include it".to_owned(),
        403 => "the API refused".to_owned(),
        404 => "it does not exist".to_owned(),
        409 => "it conflicts with an existing resource".to_owned(),
        429 => "the rate limit is reached".to_owned(),
        500.. => format!("the server failed (HTTP {status})"),
        _ => format!("HTTP {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, missing_scopes};
    use crate::base::domain::Domain;
    use crate::base::error::{Error, ErrorKind};
    use crate::base::secret::Secret;

    fn of(what: &str, status: u16, body: &[u8]) -> Error {
        let domain = Domain::parse("acme.eu.auth0.com").unwrap();
        super::of(what, status, body, &Identity::GivenToken { domain, token: Secret::new("t") })
    }

    #[test]
    fn a_missing_scope_becomes_a_command() {
        let body = br#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients,read:client_keys","errorCode":"insufficient_scope"}"#;
        let error = of("list the clients", 403, body);
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.code_text(), "insufficient_scope");
        assert!(error.hint_text().unwrap().contains("read:clients"));
    }

    #[test]
    fn plan_limits_are_not_taken_for_scopes() {
        let body = br#"{"statusCode":403,"message":"Please upgrade your subscription to enable Akamai Signals.","errorCode":"insufficient_scope"}"#;
        let error = of("do it", 403, body);
        assert!(!error.hint_text().unwrap().contains("--add-scope"));
    }

    #[test]
    fn scopes_that_are_commands_are_not_repeated() {
        assert_eq!(
            missing_scopes("Insufficient scope; expected any of: $(rm -rf ~), read:logs."),
            Some(vec!["read:logs".to_owned()])
        );
        assert_eq!(missing_scopes("Insufficient scope"), None);
    }

    #[test]
    fn only_a_hosted_tenant_has_a_status_page() {
        let of = |domain: &str| {
            let domain = Domain::parse(domain).unwrap();
            let identity = Identity::GivenToken { domain, token: Secret::new("t") };
            super::of("do it", 500, b"", &identity).hint_text().unwrap().to_owned()
        };
        assert!(of("acme.eu.auth0.com").contains("status.auth0.com"));
        assert!(!of("http://127.0.0.1:4400").contains("status.auth0.com"));
    }

    #[test]
    fn any_body_makes_an_error() {
        for body in [&b""[..], b"<html>", b"\xff\xfe", b"[]", b"{\"message\":5}"] {
            assert_eq!(of("do it", 503, body).kind(), ErrorKind::Unavailable);
            assert_eq!(of("do it", 422, body).kind(), ErrorKind::Rejected);
        }
    }
}
