//! Error responses of the authorization endpoint (RFC 6749 §4.1.2.1), as messages.

use super::advice::{dpop_hint, needs_dpop, unknown_audience_hint};
use super::errors::is_about_dpop;
use super::wire;
use crate::base::domain::outage_hint;
use crate::base::error::{Error, ErrorKind};
use crate::base::text::foreign;
use crate::hint;

/// The error that the tenant returned instead of a code. State and issuer have been checked, so the
/// response is the tenant's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    error: String,
    description: Option<String>,
    uri: Option<String>,
}

/// The request that was denied, for its error message.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeniedRequest<'a> {
    pub(super) client_id: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) audience: Option<&'a str>,
    /// The tenant's issuer.
    pub(super) origin: &'a str,
}

impl Denial {
    /// Shortens the server's texts and removes control characters.
    pub(super) fn new(error: &str, description: Option<&str>, uri: Option<&str>) -> Self {
        Self {
            error: wire::clean_text(error),
            description: description.map(wire::clean_text),
            uri: uri.map(wire::clean_text),
        }
    }

    /// The `error` parameter.
    pub fn error(&self) -> &str {
        &self.error
    }

    fn said(&self) -> String {
        match &self.description {
            Some(description) => format!("{}: {description}", self.error),
            None => self.error.clone(),
        }
    }

    /// The error message. Exit code 3, or 7 if the tenant itself has a problem.
    pub(super) fn into_error(self, asked: DeniedRequest<'_>) -> Error {
        let said = self.description.as_deref().unwrap_or_default().to_lowercase();
        let says = |words: &str| said.contains(words);
        let DeniedRequest { redirect_uri, audience, origin, .. } = asked;
        let client_id = foreign(asked.client_id).named();
        if is_about_dpop(&said) || matches!(&*self.error, "use_dpop_nonce" | "invalid_dpop_proof") {
            let error = Error::new(ErrorKind::NotSignedIn, needs_dpop(audience))
                .because(self.said())
                .hint(dpop_hint(asked.client_id, audience));
            return error.code(self.error);
        }
        let (message, hint) = match self.error.as_str() {
            "access_denied" if says("service not found") => (
                "the tenant does not know the audience",
                unknown_audience_hint(audience.unwrap_or_default()),
            ),
            _ if says("not authorized to access") => (
                "the application may not get tokens for the API",
                hint!(
                    "authorize the application {} under Applications → APIs → {}",
                    client_id,
                    foreign(audience.unwrap_or("the API")).shown()
                ),
            ),
            // RFC 9126 §5: parameters in the URL are refused.
            _ if says("pushed authorization request") || says("par is required") => (
                "the tenant accepts only pushed authorization requests (PAR)",
                hint!(
                    "this program does not send them: turn off Require Pushed Authorization \
                     Requests (PAR) under Applications → {} → Settings, and under \
                     Settings → Advanced of the tenant",
                    client_id
                ),
            ),
            "access_denied" | "unauthorized" => (
                "the login was denied",
                "either it was declined in the browser, or an Action or Rule of the tenant \
                 refused; Monitoring → Logs in the dashboard says which"
                    .into(),
            ),
            "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => (
                "the login needs a person in the browser",
                "run `auth0-login` without --prompt none: Auth0 shows a confirmation page before \
                 it returns to a loopback address"
                    .into(),
            ),
            "unauthorized_client" if says("callback") => (
                "the tenant does not accept the callback URL",
                hint!(
                    "add {} to Applications → {} → Settings → Allowed Callback URLs",
                    foreign(redirect_uri).named(),
                    client_id
                ),
            ),
            "unauthorized_client" => (
                "the application may not sign people in this way",
                hint!(
                    "tick Authorization Code under Applications → {} → Settings → Advanced \
                     Settings → Grant Types; a third-party application also needs a client grant \
                     for the API",
                    client_id
                ),
            ),
            "invalid_scope" => (
                "the login was refused",
                "leave out the scopes named above, or define them for the API".into(),
            ),
            "invalid_request" | "unsupported_response_type" => (
                "the tenant does not accept the login request",
                "check what is set by --audience, --organization, --connection and --param".into(),
            ),
            "server_error" | "temporarily_unavailable" => {
                ("the tenant could not process the login", outage_hint(origin).into())
            }
            _ => ("the login failed", "Monitoring → Logs in the dashboard has details".into()),
        };
        let kind = match self.error.as_str() {
            "server_error" | "temporarily_unavailable" => ErrorKind::Unavailable,
            _ => ErrorKind::NotSignedIn,
        };
        let mut error = Error::new(kind, message).because(self.said()).hint(hint);
        if let Some(uri) = &self.uri {
            error = error.because(format!("see {uri}"));
        }
        error.code(self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dpop_is_named_where_the_tenant_requires_it() {
        for (error, description) in [
            ("invalid_request", "DPoP is required for this resource server"),
            ("access_denied", "The API requires sender-constrained tokens"),
            ("invalid_dpop_proof", "no"),
        ] {
            let error = explain(error, description);
            assert!(error.message().contains("this API requires DPoP-bound tokens"), "{error}");
            assert_eq!(error.kind(), ErrorKind::NotSignedIn);
        }
    }

    fn explain(error: &str, description: &str) -> Error {
        Denial::new(error, Some(description), None).into_error(DeniedRequest {
            client_id: "app1",
            redirect_uri: "http://127.0.0.1:5000/callback",
            audience: Some("https://acme.eu.auth0.com/api/v2"),
            origin: "https://acme.eu.auth0.com/",
        })
    }

    #[test]
    fn each_error_has_a_hint() {
        for (error, description, part) in [
            (
                "access_denied",
                "Service not found: https://acme.eu.auth0.com/api/v2",
                "--audience https://acme.eu.auth0.com/api/v2/",
            ),
            ("access_denied", "User did not authorize the request", "declined"),
            ("unauthorized", "not a member", "Monitoring"),
            (
                "unauthorized_client",
                "Client \"app1\" is not authorized to access resource server \"x\".",
                "authorize the application app1 under",
            ),
            ("login_required", "Login required", "--prompt none"),
            ("consent_required", "Consent required", "--prompt none"),
            (
                "unauthorized_client",
                "Callback URL mismatch.",
                "add http://127.0.0.1:5000/callback to",
            ),
            ("unauthorized_client", "Grant type not allowed", "tick Authorization Code"),
            ("invalid_request", "parameter organization is required", "--organization"),
            (
                "invalid_request",
                "Pushed Authorization Requests are required",
                "turn off Require Pushed Authorization Requests",
            ),
            ("invalid_scope", "One or more scopes are unknown", "leave out the scopes"),
            ("something_new", "", "Logs"),
        ] {
            let explained = explain(error, description);
            assert_eq!(explained.kind(), ErrorKind::NotSignedIn);
            assert_eq!(explained.code_text(), error);
            let hint = explained.hint_text().unwrap();
            assert!(hint.contains(part), "{error}: {hint}");
        }
        let outage = explain("server_error", "Internal error");
        assert_eq!(outage.kind(), ErrorKind::Unavailable);
        assert!(outage.hint_text().unwrap().contains("status.auth0.com"));
        assert_eq!(outage.causes(), ["server_error: Internal error"]);
        assert_eq!(Denial::new("server_error", None, None).said(), "server_error");
    }

    #[test]
    fn hostile_descriptions_are_cut_and_cleaned() {
        let explained = explain("\u{1b}[2J", &"<script>\r\n".repeat(10_000));
        let all = format!("{explained:?}");
        assert!(!explained.causes().iter().any(|cause| cause.contains(['\u{1b}', '\r', '\n'])));
        assert!(all.len() < 2000);
    }
}
