//! The settings of a tenant, and its deliberate faults.

use std::path::PathBuf;
use std::time::Duration;

use crate::bucket::Bucket;

/// Which scopes of the Management API a person's token gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeMode {
    /// All requested scopes, and a refresh token. This is handy, but most tenants do not allow it.
    Administrative,
    /// Only those of the `current_user` family, and no refresh token, as on most tenants.
    #[default]
    CurrentUser,
}

/// A fault that makes an ID token invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenFault {
    /// Another login's nonce.
    WrongNonce,
    /// Another tenant's issuer.
    WrongIssuer,
    /// Another application's audience.
    WrongAudience,
    /// Several audiences, and no `azp`.
    MissingAzp,
    /// Expired an hour ago.
    Expired,
    /// Issued so many seconds in the future.
    FutureIat(i64),
    /// `alg: none`, unsigned.
    AlgNone,
    /// HS256, with the public key as the secret.
    Hs256,
    /// A key ID that the key set does not have.
    UnknownKid,
    /// The right key ID, another key.
    OtherKey,
    /// Another organization.
    WrongOrganization,
}

/// A fault that makes an answer of the token endpoint unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// 200 with HTML.
    Html,
    /// A redirect to another host.
    Redirect,
    /// 500.
    ServerError,
    /// 200 with an empty body.
    Empty,
    /// 200 with half a document.
    Truncated,
    /// 200 with a body that does not end.
    Endless,
    /// No answer for a minute.
    Stall,
    /// A token type that is not Bearer.
    WrongTokenType,
    /// No `expires_in`.
    NoExpiresIn,
}

/// What a fault does to a request or its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// An error status with Auth0's body for it; 429 has rate-limit headers, 502 to 504 have HTML.
    Status(u16),
    /// 429 with `Retry-After: SECONDS`.
    RetryAfter(u64),
    /// The connection is closed without an answer.
    Reset,
    /// The answer breaks off in the middle.
    Truncate,
    /// The answer is not JSON.
    Malformed,
    /// The answer comes a minute later.
    Stall,
    /// The answer does not end.
    Endless,
    /// A redirect.
    Redirect(String),
    /// `next` names the same page again.
    RepeatNext,
    /// `total` is ten times too large.
    WrongTotal,
    /// Numbered pages past the first 1,000 rows are refused, also where Auth0 documents no limit.
    Window,
    /// 10,000 levels of arrays.
    DeepJson,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Control and bidirectional characters in every name.
    ControlCharacters,
    /// 429, as for a third import beside two active ones.
    ActiveImports,
    /// The job that is shown has failed.
    FailedJob,
}

/// A fault, the requests that it affects, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Requests whose path begins so. The paths of exported files begin with `/job_`.
    pub path: String,
    /// The number of requests that pass before it.
    pub after: usize,
    /// The number of requests that it affects.
    pub times: usize,
}

impl Fault {
    /// A fault on every request to a path.
    pub fn always(kind: FaultKind, path: &str) -> Self {
        Self { kind, path: path.to_owned(), after: 0, times: usize::MAX }
    }

    /// A fault on the first `times` requests to a path.
    pub fn times(kind: FaultKind, path: &str, times: usize) -> Self {
        Self { times, ..Self::always(kind, path) }
    }

    /// `KIND:PATH[:TIMES[:AFTER]]`, such as `429:/api/v2/clients:2`. A redirect is
    /// `redirect=URL:…`, with the URL's colons written `%3A`.
    ///
    /// # Errors
    /// A message that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let kind = parts.next().unwrap_or_default();
        let path = parts.next().ok_or("write it as KIND:PATH[:TIMES[:AFTER]]")?.to_owned();
        let number = |text: Option<&str>, default| match text {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("{text:?} is not a number")),
        };
        let times = number(parts.next(), usize::MAX)?;
        let after = number(parts.next(), 0)?;
        let kind = match kind.split_once('=') {
            Some(("redirect", url)) => FaultKind::Redirect(url.replace("%3A", ":")),
            Some(("retry-after", seconds)) => FaultKind::RetryAfter(
                seconds.parse().map_err(|_| format!("{seconds:?} is not a number"))?,
            ),
            _ => match kind {
                "reset" => FaultKind::Reset,
                "truncate" => FaultKind::Truncate,
                "malformed" => FaultKind::Malformed,
                "stall" => FaultKind::Stall,
                "endless" => FaultKind::Endless,
                "repeat-next" => FaultKind::RepeatNext,
                "wrong-total" => FaultKind::WrongTotal,
                "window" => FaultKind::Window,
                "deep-json" => FaultKind::DeepJson,
                "not-utf8" => FaultKind::NotUtf8,
                "control-chars" => FaultKind::ControlCharacters,
                "active-imports" => FaultKind::ActiveImports,
                "failed-job" => FaultKind::FailedJob,
                _ => FaultKind::Status(
                    kind.parse().map_err(|_| format!("there is no fault {kind:?}"))?,
                ),
            },
        };
        Ok(Self { kind, path, after, times })
    }
}

/// A rule of the server. The mutation test turns each off and shows that its own check fails.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The callback must be registered.
    Callback,
    /// A public client must send a code challenge with method S256.
    Challenge,
    /// The audience must be a known API.
    KnownAudience,
    /// The code verifier must match the challenge.
    Verifier,
    /// A code works once.
    CodeOnce,
    /// A second use of a code revokes the tokens of the first.
    CodeReplay,
    /// A code is bound to its client.
    CodeClient,
    /// A code is bound to its callback.
    CodeCallback,
    /// A code expires.
    CodeLifetime,
    /// A page receives a web message only if its origin is listed.
    WebOrigin,
    /// A page reads answers only if its origin is listed.
    Cors,
    /// The previous refresh token works only within the leeway.
    Leeway,
    /// Reuse of a refresh token revokes its family.
    Reuse,
    /// A refresh token is bound to its client.
    RefreshClient,
    /// A refresh cannot widen the scope.
    RefreshScope,
    /// A refresh gets a token for another API only if a policy of the client lists that API.
    RefreshPolicy,
    /// A policy of refresh tokens cannot list the Management API.
    ManagementPolicy,
    /// A refresh token expires.
    RefreshLifetime,
    /// A refresh token needs an API that allows offline access, and a client with that grant.
    OfflineAccess,
    /// A blocked person gets no tokens.
    Blocked,
    /// An API or client that requires DPoP gets no other tokens.
    ProofOfPossession,
    /// The authorization policy of an API decides which clients get tokens for it.
    ApiPolicy,
    /// A device code is bound to its client.
    DeviceClient,
    /// The device flow is for public clients only.
    DevicePublic,
    /// A confidential client must send its secret.
    Secret,
    /// A client may use only its own grant types.
    GrantType,
    /// A client grant limits a machine's scopes.
    ClientGrant,
    /// A client assertion must be signed by the registered key.
    AssertionSignature,
    /// A client assertion must name this tenant as its audience.
    AssertionAudience,
    /// A client assertion works once.
    AssertionOnce,
    /// A client assertion lives for at most five minutes.
    AssertionLifetime,
    /// A client assertion must name its client as issuer and subject.
    AssertionSubject,
    /// A client assertion must have an ID.
    AssertionId,
    /// A client with a registered key must not use its secret.
    KeyOnly,
    /// A parameter must not be repeated.
    Repeated,
    /// A person gets only `current_user` scopes at the Management API.
    CurrentUser,
    /// The signature of an access token is verified.
    Signature,
    /// An access token must be issued by this tenant.
    Issuer,
    /// The Management API wants a token for it.
    Audience,
    /// An access token expires.
    Expiry,
    /// Every operation wants its scope.
    Scope,
    /// Bodies are checked against the schema.
    Body,
    /// Unknown query parameters are refused.
    Query,
    /// `/userinfo` wants a token.
    Userinfo,
    /// `/userinfo` wants a token with the scope `openid`.
    UserinfoScope,
    /// `/oauth/revoke` wants the client's own token and secret.
    Revoke,
    /// The address after a logout must be registered.
    LogoutAddress,
}

/// The settings of a tenant.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port; 0 for any.
    pub port: u16,
    /// Whether to serve TLS, with a throw-away CA.
    pub tls: bool,
    /// Applications, the seeded ones included.
    pub clients: usize,
    /// Connections.
    pub connections: usize,
    /// Users, the seeded ones included.
    pub users: usize,
    /// Number of log events that arrive at once, some of them late, after the first read of the
    /// log by checkpoint.
    pub log_burst: usize,
    /// Time to wait before each answer.
    pub latency: Duration,
    /// Whether `/authorize` and `/activate` sign in without a person.
    pub auto_login: bool,
    /// What a person's token for the Management API may do.
    pub scope_mode: ScopeMode,
    /// Lifetime of access tokens, in seconds.
    pub token_lifetime: u64,
    /// Whether a refresh token is replaced at each use.
    pub rotate_refresh_tokens: bool,
    /// For how long, in seconds, the immediately previous refresh token still works.
    pub refresh_leeway: u64,
    /// Seconds by which the tenant's clock is ahead of this computer's; negative when it is behind.
    pub clock_ahead: i64,
    /// Whether the browser may return to any port of this machine, registered or not.
    pub any_callback_port: bool,
    /// Further allowed callback URLs of the seeded native application.
    pub callbacks: Vec<String>,
    /// Whether revoking a refresh token also revokes every other one for the same user,
    /// application and audience ("Refresh Token Revocation Deletes Grant").
    pub revocation_deletes_grant: bool,
    /// Whether `iss` comes with every authorization response, and is announced (RFC 9207).
    pub iss_in_responses: bool,
    /// Whether discovery names `/oidc/logout`.
    pub end_session_endpoint: bool,
    /// The interval of device polling, in seconds.
    pub device_interval: u64,
    /// Lifetime of a device code, in seconds.
    pub device_lifetime: u64,
    /// Requests a second to the Management API, where no bucket counts.
    pub rate_limit: usize,
    /// Limits as on Auth0's plans.
    pub buckets: Vec<Bucket>,
    /// The scopes of the client grant that `emulator-m2m` has for the Management API; all of them
    /// unless set.
    pub machine_scopes: Option<Vec<String>>,
    /// PEM of a public key whose assertions `emulator-m2m` may sign (`private_key_jwt`).
    pub assertion_key: Option<Vec<u8>>,
    /// An access token, and how many more times the Management API accepts it.
    pub last_uses: Option<(String, usize)>,
    /// File to which each request is appended as a line of JSON.
    pub record: Option<PathBuf>,
    /// Keep the bodies of answers beside the requests, for [`crate::Emulator::requests`].
    pub keep_answers: bool,
    /// A rule that is not enforced, to prove that a test notices that.
    #[doc(hidden)]
    pub without: Option<Rule>,
    /// Deliberate faults.
    pub faults: Vec<Fault>,
    /// Every ID token is wrong in this way.
    pub id_token_fault: Option<IdTokenFault>,
    /// Every answer of the token endpoint is wrong in this way.
    pub token_fault: Option<TokenFault>,
}

impl Config {
    /// A tenant on which a person's token may administer, which most tenants do not allow.
    pub fn administrative() -> Self {
        Self { scope_mode: ScopeMode::Administrative, ..Self::default() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            tls: false,
            clients: 12,
            connections: 5,
            users: 8,
            log_burst: 0,
            latency: Duration::ZERO,
            auto_login: false,
            scope_mode: ScopeMode::default(),
            token_lifetime: 86_400,
            rotate_refresh_tokens: true,
            refresh_leeway: 0,
            clock_ahead: 0,
            any_callback_port: false,
            callbacks: Vec::new(),
            revocation_deletes_grant: false,
            iss_in_responses: false,
            end_session_endpoint: true,
            device_interval: 5,
            device_lifetime: 900,
            rate_limit: 1_000_000,
            buckets: Vec::new(),
            machine_scopes: None,
            assertion_key: None,
            last_uses: None,
            record: None,
            keep_answers: false,
            without: None,
            faults: Vec::new(),
            id_token_fault: None,
            token_fault: None,
        }
    }
}
