//! Error responses of the token endpoint and related endpoints (RFC 6749 §5.2, RFC 8628 §3.5). They
//! are distinguished by the `error` string, because Auth0's statuses vary.

use std::fmt;
use std::time::Duration;

use super::wire;

/// An error response. Its texts are short and have no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    reason: Reason,
    status: u16,
    error: Option<String>,
    description: Option<String>,
    uri: Option<String>,
    unusable: Option<&'static str>,
    source: Option<Box<ResponseOrigin>>,
}

/// Facts that are not in the status and body. Boxed so that the error stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ResponseOrigin {
    origin: String,
    asked_wait: Option<Duration>,
}

/// The meaning of the `error` string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The code or refresh token is invalid or expired.
    InvalidGrant,
    /// Client authentication failed.
    InvalidClient,
    /// The application may not use this grant.
    UnauthorizedClient,
    /// Refused by a person or an Action, or because a client grant is missing.
    AccessDenied,
    /// The scopes are invalid or not available.
    InvalidScope,
    /// A parameter is missing or wrong.
    InvalidRequest,
    /// The tenant does not know the grant.
    UnsupportedGrantType,
    /// The person has not finished yet (RFC 8628).
    AuthorizationPending,
    /// Poll less often (RFC 8628).
    SlowDown,
    /// The device code has expired (RFC 8628).
    ExpiredToken,
    /// A second factor is required.
    MfaRequired,
    /// A new login is required.
    UnmetAuthenticationRequirements,
    /// A rate limit was reached.
    TooManyRequests,
    /// The application or API requires DPoP (RFC 9449).
    DpopRequired,
    /// The tenant has a problem.
    ServerError,
    /// An unknown error string.
    Other,
    /// Not an OAuth response, for example HTML.
    Unreadable,
    /// Status 200, but the content is unusable.
    Unusable,
}

/// Whether a server's message is about DPoP (RFC 9449). Auth0 does not document the message it
/// sends if a token must be DPoP-bound.
pub(super) fn is_about_dpop(words: &str) -> bool {
    let words = words.to_lowercase();
    ["dpop", "proof of possession", "proof-of-possession", "sender-constrain", "sender constrain"]
        .iter()
        .any(|term| words.contains(term))
}

impl Reason {
    fn of(error: &str) -> Self {
        match error {
            "invalid_grant" => Self::InvalidGrant,
            "invalid_client" => Self::InvalidClient,
            "unauthorized_client" => Self::UnauthorizedClient,
            "access_denied" => Self::AccessDenied,
            "invalid_scope" => Self::InvalidScope,
            "invalid_request" => Self::InvalidRequest,
            "unsupported_grant_type" => Self::UnsupportedGrantType,
            "authorization_pending" => Self::AuthorizationPending,
            "slow_down" => Self::SlowDown,
            "expired_token" => Self::ExpiredToken,
            "mfa_required" => Self::MfaRequired,
            "unmet_authentication_requirements" => Self::UnmetAuthenticationRequirements,
            "too_many_requests" => Self::TooManyRequests,
            "use_dpop_nonce" | "invalid_dpop_proof" => Self::DpopRequired,
            "server_error" | "temporarily_unavailable" => Self::ServerError,
            _ => Self::Other,
        }
    }
}

impl TokenError {
    /// Parses an answer that is not a success. Accepts anything, from Auth0's JSON to a proxy's
    /// HTML.
    pub fn parse(status: u16, body: &[u8]) -> Self {
        let object = wire::json_object(body);
        let text = |name| {
            let object = object.as_ref()?;
            wire::text(object, name).map(wire::clean_text)
        };
        let error = text("error");
        // Without an OAuth error, the status decides.
        let description = text("error_description").or_else(|| text("message"));
        let reason = match (&error, status) {
            (Some(_), 400..=403) if description.as_deref().is_some_and(is_about_dpop) => {
                Reason::DpopRequired
            }
            (Some(error), _) if Reason::of(error) != Reason::Other => Reason::of(error),
            (_, 429) => Reason::TooManyRequests,
            (_, 500..=599) => Reason::ServerError,
            (Some(_), _) => Reason::Other,
            (None, _) => Reason::Unreadable,
        };
        Self {
            reason,
            status,
            description,
            uri: text("error_uri"),
            error,
            unusable: None,
            source: None,
        }
    }

    /// Adds the origin that answered, and how long it asks us to wait.
    #[must_use]
    pub fn with_source(mut self, origin: &str, asked_wait: Option<Duration>) -> Self {
        self.source = Some(Box::new(ResponseOrigin { origin: origin.to_owned(), asked_wait }));
        self
    }

    /// The origin that answered, or an empty text if unknown.
    pub(super) fn origin(&self) -> &str {
        self.source.as_ref().map_or("", |source| &source.origin)
    }

    /// How long the server asks us to wait before the next request.
    pub(super) fn asked_wait(&self) -> Option<Duration> {
        self.source.as_ref()?.asked_wait
    }

    /// An answer that has a success status but cannot be used.
    pub(super) fn unusable(status: u16, why: &'static str) -> Self {
        Self {
            reason: Reason::Unusable,
            status,
            error: None,
            description: None,
            uri: None,
            unusable: Some(why),
            source: None,
        }
    }

    /// The error for a response with a DPoP-bound token (RFC 9449 §5).
    pub(super) fn dpop_bound(status: u16) -> Self {
        Self { reason: Reason::DpopRequired, ..Self::unusable(status, "its token type is DPoP") }
    }

    /// The meaning of the error.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The `error` string.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The `error_description`.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The `error_uri`: a page about the error.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }
}

/// Shows the server's own message if there is one.
impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.error, &self.description, self.unusable) {
            (_, _, Some(why)) => write!(f, "the answer cannot be used: {why}"),
            (Some(error), Some(description), _) => write!(f, "{error}: {description}"),
            (Some(text), None, _) | (None, Some(text), _) => f.write_str(text),
            (None, None, None) => write!(f, "HTTP status {} and no OAuth error", self.status),
        }
    }
}

impl std::error::Error for TokenError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::testing::Mutator;
    use serde_json::json;

    fn parse(status: u16, error: &str, description: &str) -> TokenError {
        let body = json!({"error": error, "error_description": description, "statusCode": 7});
        TokenError::parse(status, body.to_string().as_bytes())
    }

    /// The example of RFC 6749 §5.2.
    #[test]
    fn the_error_string_decides_whatever_the_status() {
        for status in [400, 401, 403, 429, 500] {
            let error = TokenError::parse(status, br#"{"error":"invalid_request"}"#);
            assert_eq!(error.reason(), Reason::InvalidRequest, "{status}");
        }
        for (status, body, reason) in [
            (429, "", Reason::TooManyRequests),
            (429, "<html>", Reason::TooManyRequests),
            (429, r#"{"error":"slow_down"}"#, Reason::SlowDown),
            (403, r#"{"error":"authorization_pending"}"#, Reason::AuthorizationPending),
            (502, "<html>", Reason::ServerError),
            (500, r#"{"error":"Internal Server Error"}"#, Reason::ServerError),
            (400, r#"{"error":"feature_not_enabled"}"#, Reason::Other),
            (400, r#"{"error":"use_dpop_nonce"}"#, Reason::DpopRequired),
            (
                400,
                r#"{"error":"invalid_request","error_description":"A DPoP proof is required"}"#,
                Reason::DpopRequired,
            ),
            (404, "<html>", Reason::Unreadable),
            (400, r#"{"error":7}"#, Reason::Unreadable),
            (302, "", Reason::Unreadable),
            (200, "<html>", Reason::Unreadable),
        ] {
            let error = TokenError::parse(status, body.as_bytes());
            assert_eq!(error.reason(), reason, "{status} {body}");
        }
    }

    #[test]
    fn hostile_descriptions_are_cut_and_cleaned() {
        let error = parse(403, "access_denied", &format!("\u{1b}]0;x\u{7}{}", "a".repeat(100_000)));
        let text = error.to_string();
        assert!(text.chars().count() < 400 && !text.contains('\u{1b}'));
    }

    #[test]
    fn malformed_answers_do_not_panic() {
        let seed = json!({"error": "mfa_required", "error_description": "é", "mfa_token": "x"});
        Mutator::new(7).each(seed.to_string().as_bytes(), 3000, |bytes| {
            assert!(!TokenError::parse(403, bytes).to_string().is_empty());
        });
    }
}
