//! The states of a browser login, from the request to the exchange of the code. Each step consumes
//! the previous state. So a code is exchanged only once, with the code verifier of its own request.

use super::authorize::AuthorizationRequest;
use super::callback::{Callback, Outcome};
use super::denial::{Denial, DeniedRequest};
use super::discovery::{Issuer, Metadata};
use super::grant::{self, ClientAuth, Form, TokenRequest};
use super::id_token::Expectations;
use super::pkce::Entropy;
use super::token::TokenResponse;
use super::tokens::AwaitingValidation;
use super::wire;
use crate::base::error::{Error, ErrorKind};
use crate::base::secret::Secret;

/// A login that waits for the browser's callback. It belongs to one tenant.
pub struct AwaitingCallback {
    request: AuthorizationRequest,
    entropy: Entropy,
    issuer: Issuer,
    iss_in_responses: bool,
}

impl AuthorizationRequest {
    /// Starts a login: returns the state that waits for the callback, and the URL for the browser.
    ///
    /// Until the login ends, the URL is as sensitive as a password. Show it only to the person at
    /// the terminal.
    pub fn start(self, entropy: Entropy, tenant: &Metadata) -> (AwaitingCallback, String) {
        let url = self.url(&entropy, tenant);
        let waiting = AwaitingCallback {
            request: self,
            entropy,
            issuer: tenant.issuer.clone(),
            iss_in_responses: tenant.iss_in_responses,
        };
        (waiting, url)
    }
}

impl AwaitingCallback {
    /// The request's `state`. A response with another `state` belongs to another login and is
    /// ignored.
    pub fn state(&self) -> &Secret {
        self.entropy.state.secret()
    }

    /// Where the browser returns to.
    pub fn redirect_uri(&self) -> &str {
        &self.request.redirect_uri
    }

    /// Checks the response: the `state` (RFC 6749 §10.12), then the issuer (RFC 9207 §2.4), then
    /// its outcome. An error response is only used if state and issuer are right.
    pub fn callback(self, response: Callback) -> Result<Exchange, FlowError> {
        if !self.state().matches(&response.state) {
            return Err(FlowError::State);
        }
        match response.iss.as_deref() {
            Some(iss) if iss == self.issuer.as_str() => {}
            Some(iss) => {
                return Err(FlowError::Issuer {
                    expected: self.issuer,
                    named: wire::clean_text(iss),
                });
            }
            None if self.iss_in_responses => return Err(FlowError::NoIssuer(self.issuer)),
            None => {}
        }
        match response.outcome {
            Outcome::Code(code) => Ok(Exchange {
                code,
                request: self.request,
                entropy: self.entropy,
                issuer: self.issuer,
            }),
            Outcome::Denied { error, description, uri } => Err(FlowError::Denied {
                denial: Denial::new(&error, description.as_deref(), uri.as_deref()),
                request: Box::new(self.request),
                issuer: self.issuer,
            }),
        }
    }
}

/// A code that is ready for its single exchange.
pub struct Exchange {
    code: Secret,
    request: AuthorizationRequest,
    entropy: Entropy,
    issuer: Issuer,
}

impl Exchange {
    /// The request body for the token endpoint. It may be sent again if the connection failed: the
    /// tenant accepts a code only once.
    pub fn form(&self, auth: &ClientAuth) -> Form {
        let grant = TokenRequest::AuthorizationCode {
            code: &self.code,
            verifier: &self.entropy.verifier,
            redirect_uri: &self.request.redirect_uri,
        };
        grant::request(&self.request.client_id, auth, &grant)
    }

    /// Continues with the token endpoint's response. The code and its verifier are dropped.
    pub fn received(self, response: TokenResponse) -> AwaitingValidation {
        let required = self.request.scope.contains("openid");
        response.validating(Expectations {
            issuer: self.issuer,
            client_id: self.request.client_id,
            nonce: Some(self.entropy.nonce.secret().clone()),
            max_age: self.request.max_age,
            organization: self.request.organization,
            subject: None,
            required,
        })
    }
}

/// Why an authorization response does not lead to a code.
#[derive(Debug)]
pub enum FlowError {
    /// The response belongs to another login.
    State,
    /// The response comes from another tenant (RFC 9207).
    Issuer {
        /// The tenant that was asked.
        expected: Issuer,
        /// The issuer that the response names.
        named: String,
    },
    /// The response has no `iss`, although the tenant's metadata promises one (RFC 9207 §3).
    NoIssuer(Issuer),
    /// The tenant refused.
    Denied {
        /// The tenant's answer.
        denial: Denial,
        /// The request that was denied.
        request: Box<AuthorizationRequest>,
        /// The tenant.
        issuer: Issuer,
    },
}

/// Exit code 3: the login failed.
impl From<FlowError> for Error {
    fn from(error: FlowError) -> Self {
        let untrusted = |why: String| {
            Self::new(ErrorKind::NotSignedIn, "the browser's answer cannot be trusted")
                .because(why)
                .hint("run `auth0-login` again, with the other login pages closed")
        };
        match error {
            FlowError::State => untrusted("it belongs to another login".to_owned()),
            FlowError::Issuer { expected, named } => {
                untrusted(format!("it comes from {named:?}, not from {}", expected.as_str()))
            }
            FlowError::NoIssuer(expected) => untrusted(format!(
                "{} promises to name itself in its answers, but this one has no issuer",
                expected.as_str()
            )),
            FlowError::Denied { denial, request, issuer } => denial.into_error(DeniedRequest {
                client_id: &request.client_id,
                redirect_uri: &request.redirect_uri,
                audience: request.audience.as_deref(),
                origin: issuer.as_str(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Moment;
    use crate::oauth::scope::Scopes;
    use crate::oauth::testing::{issuer, jwks, sign};
    use crate::oauth::tokens::KeySet;
    use serde_json::{Value, json};

    const NOW: u64 = 1_700_000_000;

    fn now() -> Moment {
        Moment::new(NOW, None)
    }

    fn state() -> String {
        wire::base64url(&[1; 32])
    }

    fn nonce() -> String {
        wire::base64url(&[2; 32])
    }

    fn begin(iss_in_responses: bool) -> AwaitingCallback {
        let entropy = std::array::from_fn(|i| (i / 32) as u8);
        let tenant = Metadata { iss_in_responses, ..Metadata::default_of(&issuer()) };
        let request = AuthorizationRequest {
            client_id: "app".to_owned(),
            redirect_uri: "http://127.0.0.1:5000/callback".to_owned(),
            scope: Scopes::of(["openid read:orders"]),
            ..AuthorizationRequest::default()
        };
        request.start(Entropy::from_bytes(entropy), &tenant).0
    }

    fn code(iss: Option<&str>) -> Callback {
        Callback {
            state: state(),
            iss: iss.map(str::to_owned),
            outcome: Outcome::Code(Secret::new("SplxlOBeZQQYbYS6WxSbIA")),
        }
    }

    fn denied(iss: Option<&str>) -> Callback {
        Callback {
            outcome: Outcome::Denied {
                error: "access_denied".to_owned(),
                description: None,
                uri: None,
            },
            ..code(iss)
        }
    }

    fn response(id_token: Option<&str>) -> TokenResponse {
        let body = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 60,
            "id_token": id_token, "scope": "openid"});
        TokenResponse::parse(200, body.to_string().as_bytes()).unwrap()
    }

    fn claims() -> Value {
        json!({"iss": issuer().as_str(), "sub": "auth0|1", "aud": "app", "nonce": nonce(),
            "iat": NOW, "exp": NOW + 60})
    }

    fn exchange() -> Exchange {
        begin(false).callback(code(None)).ok().unwrap()
    }

    #[test]
    fn the_code_is_sent_with_its_own_verifier_and_redirect_uri() {
        assert_eq!(
            exchange().form(&ClientAuth::None).encode().expose(),
            format!(
                "client_id=app&grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
                 &redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcallback&code_verifier={}",
                "A".repeat(43)
            )
        );
    }

    #[test]
    fn the_state_of_another_login_is_refused() {
        for other in ["", "x", &nonce(), &state()[1..]] {
            let response = Callback { state: other.to_owned(), ..code(None) };
            assert!(matches!(begin(false).callback(response), Err(FlowError::State)));
        }
    }

    #[test]
    fn the_issuer_is_checked_if_named_and_required_if_promised() {
        let own = "https://acme.eu.auth0.com/";
        for (promised, iss, stands) in [
            (false, None, true),
            (false, Some(own), true),
            (true, Some(own), true),
            (true, None, false),
            (false, Some("https://acme.eu.auth0.com"), false),
            (false, Some("https://evil.example/"), false),
            (false, Some(""), false),
        ] {
            let outcome = begin(promised).callback(code(iss));
            assert_eq!(outcome.is_ok(), stands, "{promised} {iss:?}");
        }
    }

    #[test]
    fn an_error_from_another_tenant_is_refused() {
        let outcome = begin(false).callback(denied(Some("https://evil.example/")));
        assert!(matches!(outcome, Err(FlowError::Issuer { .. })));
        let outcome = begin(true).callback(denied(None));
        assert!(matches!(outcome, Err(FlowError::NoIssuer(_))));
        let error = Error::from(begin(false).callback(denied(None)).err().unwrap());
        assert_eq!(
            (error.message(), error.kind()),
            ("the login was denied", ErrorKind::NotSignedIn)
        );
    }

    #[test]
    fn tokens_come_with_a_validated_identity() {
        let id_token = sign("RS256", &claims());
        let mut asked = Vec::new();
        let tokens = exchange()
            .received(response(Some(&id_token)))
            .validate(now(), |wanted| {
                asked.push(wanted);
                Ok(jwks())
            })
            .unwrap();
        assert_eq!(asked, [KeySet::Any]);
        assert_eq!(tokens.identity.as_ref().unwrap().subject(), "auth0|1");
        assert_eq!(tokens.expires_at, Some(NOW + 60));
        assert!(!format!("{tokens:?}").contains("\"at\""));
    }

    #[test]
    fn a_nonce_of_another_login_yields_no_tokens() {
        let mut claims = claims();
        claims["nonce"] = json!(state());
        let id_token = sign("RS256", &claims);
        let outcome =
            exchange().received(response(Some(&id_token))).validate(now(), |_| Ok(jwks()));
        assert!(outcome.unwrap_err().causes()[0].contains("nonce"));
    }
}
