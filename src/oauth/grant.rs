//! Requests to the token endpoint: a form body for each grant (RFC 6749, RFC 8628, RFC 7523).

use super::pkce::CodeVerifier;
use super::scope::Scopes;
use super::wire;
use crate::base::secret::Secret;

/// The grant types of the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// Browser and PKCE (RFC 6749 §4.1, RFC 7636).
    AuthorizationCode,
    /// A code typed on another device (RFC 8628).
    DeviceCode,
    /// The application itself, without a person (RFC 6749 §4.4).
    ClientCredentials,
    /// A token from an earlier login (RFC 6749 §6).
    RefreshToken,
}

impl GrantType {
    /// The value of `grant_type`, and of an application's `grant_types`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
        }
    }

    /// The name in the dashboard, under Advanced Settings → Grant Types.
    pub const fn dashboard_name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "Authorization Code",
            Self::DeviceCode => "Device Code",
            Self::ClientCredentials => "Client Credentials",
            Self::RefreshToken => "Refresh Token",
        }
    }

    /// Whether the grant works without a person.
    pub const fn is_machine(self) -> bool {
        matches!(self, Self::ClientCredentials)
    }
}

/// The parameters of a token request.
#[derive(Clone, Copy, Debug)]
pub enum TokenRequest<'a> {
    /// RFC 6749 §4.1.3 with RFC 7636 §4.5.
    AuthorizationCode {
        /// From the authorization response.
        code: &'a Secret,
        /// The code verifier of the authorization request.
        verifier: &'a CodeVerifier,
        /// Exactly as in the authorization request.
        redirect_uri: &'a str,
    },
    /// RFC 6749 §6.
    RefreshToken {
        /// The newest refresh token.
        refresh_token: &'a Secret,
        /// A subset of the granted scopes. `None` for all of them.
        scope: Option<&'a Scopes>,
        /// Another API (Auth0's multi-resource refresh tokens). `None` for the same one.
        audience: Option<&'a str>,
    },
    /// RFC 8628 §3.4.
    DeviceCode {
        /// From the device authorization response.
        device_code: &'a Secret,
    },
    /// RFC 6749 §4.4.2, with Auth0's `audience`.
    ClientCredentials {
        /// The API.
        audience: &'a str,
        /// The organization that the application acts for.
        organization: Option<&'a str>,
        /// The scopes. `None` for all scopes of the client grant.
        scope: Option<&'a Scopes>,
    },
}

impl TokenRequest<'_> {
    /// The type of this grant.
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::DeviceCode { .. } => GrantType::DeviceCode,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

/// How the application authenticates.
#[derive(Clone, Debug)]
pub enum ClientAuth {
    /// A public client: it does not authenticate.
    None,
    /// `client_secret_post`.
    Secret(Secret),
    /// `private_key_jwt` (RFC 7523 §2.2), from [`super::assertion`]. Valid for one request.
    Assertion(Secret),
}

/// A form body. Its values are secret until they are sent.
#[derive(Clone, Debug)]
pub struct Form(Vec<(&'static str, Secret)>);

impl Form {
    pub(super) fn of(client_id: &str) -> Self {
        Self(vec![("client_id", Secret::new(client_id))])
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, Secret::new(value)));
        self
    }

    pub(super) fn maybe(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Appends `scope`, unless it is absent or empty.
    pub(super) fn scope(self, scope: Option<&Scopes>) -> Self {
        let scope = scope.filter(|scope| !scope.is_empty());
        self.maybe("scope", scope.map(ToString::to_string))
    }

    fn authenticated(self, auth: &ClientAuth) -> Self {
        match auth {
            ClientAuth::None => self,
            ClientAuth::Secret(secret) => self.with("client_secret", secret.expose()),
            ClientAuth::Assertion(jwt) => self
                .with(
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                )
                .with("client_assertion", jwt.expose()),
        }
    }

    /// The field names, for a log line.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The `application/x-www-form-urlencoded` body.
    pub fn encode(&self) -> Secret {
        Secret::new(wire::form(self.0.iter().map(|(name, value)| (*name, value.expose()))))
    }
}

/// The body for `POST /oauth/token`.
pub fn request(client_id: &str, auth: &ClientAuth, grant: &TokenRequest<'_>) -> Form {
    let form = Form::of(client_id).with("grant_type", grant.grant_type().as_str());
    let form = match *grant {
        TokenRequest::AuthorizationCode { code, verifier, redirect_uri } => form
            .with("code", code.expose())
            .with("redirect_uri", redirect_uri)
            .with("code_verifier", verifier.secret().expose()),
        TokenRequest::RefreshToken { refresh_token, scope, audience } => form
            .with("refresh_token", refresh_token.expose())
            .scope(scope)
            .maybe("audience", audience),
        TokenRequest::DeviceCode { device_code } => form.with("device_code", device_code.expose()),
        TokenRequest::ClientCredentials { audience, organization, scope } => {
            form.with("audience", audience).maybe("organization", organization).scope(scope)
        }
    };
    form.authenticated(auth)
}

/// The body for `POST /oauth/revoke` (RFC 7009 §2.1). Auth0 only revokes refresh tokens.
pub fn revocation(client_id: &str, auth: &ClientAuth, refresh_token: &Secret) -> Form {
    Form::of(client_id)
        .with("token", refresh_token.expose())
        .with("token_type_hint", "refresh_token")
        .authenticated(auth)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §4.1.3, with the client's identity in the body and the verifier of RFC 7636 §4.5.
    #[test]
    fn authorization_code_request() {
        let form = request(
            "s6BhdRkqt3",
            &ClientAuth::None,
            &TokenRequest::AuthorizationCode {
                code: &Secret::new("SplxlOBeZQQYbYS6WxSbIA"),
                verifier: &CodeVerifier::from_bytes([0; 32]),
                redirect_uri: "https://client.example.com/cb",
            },
        );
        assert_eq!(
            form.encode().expose(),
            format!(
                "client_id=s6BhdRkqt3&grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
                 &redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb&code_verifier={}",
                "A".repeat(43)
            )
        );
    }

    /// RFC 6749 §6 and §2.3.1 (with the secret `7Fjfp0ZBr1KtDRbnfVdmIw`).
    #[test]
    fn refresh_request() {
        let form = request(
            "s6BhdRkqt3",
            &ClientAuth::Secret(Secret::new("7Fjfp0ZBr1KtDRbnfVdmIw")),
            &TokenRequest::RefreshToken {
                refresh_token: &Secret::new("tGzv3JOkF0XG5Qx2TlKWIA"),
                scope: None,
                audience: None,
            },
        );
        assert_eq!(
            form.encode().expose(),
            "client_id=s6BhdRkqt3&grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA\
             &client_secret=7Fjfp0ZBr1KtDRbnfVdmIw"
        );
    }

    /// RFC 8628 §3.4.
    #[test]
    fn device_request() {
        let form = request(
            "1406020730",
            &ClientAuth::None,
            &TokenRequest::DeviceCode {
                device_code: &Secret::new("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"),
            },
        );
        assert_eq!(
            form.encode().expose(),
            "client_id=1406020730&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code\
             &device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"
        );
    }

    #[test]
    fn client_credentials_request() {
        let scopes = Scopes::of(["read:clients read:users"]);
        let form = request(
            "id",
            &ClientAuth::Assertion(Secret::new("a.b.c")),
            &TokenRequest::ClientCredentials {
                audience: "https://acme.eu.auth0.com/api/v2/",
                organization: Some("org_1"),
                scope: Some(&scopes),
            },
        );
        assert_eq!(
            form.encode().expose(),
            "client_id=id&grant_type=client_credentials\
             &audience=https%3A%2F%2Facme.eu.auth0.com%2Fapi%2Fv2%2F&organization=org_1\
             &scope=read%3Aclients%20read%3Ausers&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c"
        );
        let bare = TokenRequest::ClientCredentials {
            audience: "a",
            organization: None,
            scope: Some(&Scopes::default()),
        };
        let form = request("id", &ClientAuth::None, &bare);
        assert_eq!(form.names().collect::<Vec<_>>(), ["client_id", "grant_type", "audience"]);
    }

    #[test]
    fn debug_output_of_a_form_hides_its_secrets() {
        let form =
            revocation("id", &ClientAuth::Secret(Secret::new("s3cret")), &Secret::new("rt9"));
        let shown = format!("{form:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("rt9"), "{shown}");
        assert_eq!(
            form.encode().expose(),
            "client_id=id&token=rt9&token_type_hint=refresh_token&client_secret=s3cret"
        );
    }
}
