//! The settings of a tenant, and its deliberate faults.

use std::path::PathBuf;
use std::time::Duration;

use crate::bucket::Bucket;

/// Which scopes of the Management API a person's token gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeMode {
    /// All requested scopes, and a refresh token. Most tenants do not allow this.
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
    /// Issued this many seconds in the future.
    FutureIat(i64),
    /// `alg: none`, unsigned.
    AlgNone,
    /// HS256, with the public key as the secret.
    Hs256,
    /// A key ID that the key set does not have.
    UnknownKid,
    /// The right key ID, but signed by another key.
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
    /// 200 with half of the JSON document.
    Truncated,
    /// 200 with an endless body.
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
    /// An error status with the body that Auth0 sends. 429 has rate-limit headers, and 502 to 504
    /// have HTML.
    Status(u16),
    /// 429 with `Retry-After: SECONDS`.
    RetryAfter(u64),
    /// The connection is closed without an answer.
    Reset,
    /// The connection is closed in the middle of the answer.
    Truncate,
    /// The answer is not JSON.
    Malformed,
    /// The answer comes a minute later.
    Stall,
    /// The answer is endless.
    Endless,
    /// A redirect.
    Redirect(String),
    /// `next` names the same page again.
    RepeatNext,
    /// `total` is ten times too large.
    WrongTotal,
    /// Numbered pages after row 1,000 are refused, even if Auth0 documents no such limit.
    Window,
    /// 10,000 levels of arrays.
    DeepJson,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Every name contains control and bidirectional characters.
    ControlCharacters,
    /// 429, as if two imports were active.
    ActiveImports,
    /// The job has the status `failed`.
    FailedJob,
}

/// A fault, the requests that it affects, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// The prefix of the paths that it affects. The paths of exported files begin with `/job_`.
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

/// A rule of the server. A test turns each rule off, and checks that the emulator then accepts what
/// the rule forbids.
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
    /// A refresh token policy cannot list the Management API.
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
    /// The Management API requires a token with its audience.
    Audience,
    /// An access token expires.
    Expiry,
    /// Every operation requires its scopes.
    Scope,
    /// Bodies are checked against the schema.
    Body,
    /// Unknown query parameters are refused.
    Query,
    /// `/userinfo` requires a token.
    Userinfo,
    /// `/userinfo` requires the scope `openid`.
    UserinfoScope,
    /// `/oauth/revoke` requires a token of the client, and the client's secret.
    Revoke,
    /// The URL after a logout must be registered.
    LogoutAddress,
}

/// The settings of a tenant.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port; 0 for any.
    pub port: u16,
    /// Whether to serve TLS, with a throw-away CA.
    pub tls: bool,
    /// Number of applications, including the seeded ones.
    pub clients: usize,
    /// Number of connections.
    pub connections: usize,
    /// Number of users, including the seeded ones.
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
    /// How many seconds the tenant's clock is ahead of this computer's. Negative if it is behind.
    pub clock_ahead: i64,
    /// Whether the browser may return to any port of this machine, registered or not.
    pub any_callback_port: bool,
    /// Further allowed callback URLs of the seeded native application.
    pub callbacks: Vec<String>,
    /// Whether revoking a refresh token also revokes every other one for the same user,
    /// application and audience ("Refresh Token Revocation Deletes Grant").
    pub revocation_deletes_grant: bool,
    /// Whether authorization responses have an `iss`, and the metadata says so (RFC 9207).
    pub iss_in_responses: bool,
    /// Whether discovery names `/oidc/logout`.
    pub end_session_endpoint: bool,
    /// The interval of device polling, in seconds.
    pub device_interval: u64,
    /// Lifetime of a device code, in seconds.
    pub device_lifetime: u64,
    /// Requests per second to the Management API, for paths without a bucket.
    pub rate_limit: usize,
    /// Rate-limit buckets, as on Auth0's plans.
    pub buckets: Vec<Bucket>,
    /// The scopes of the client grant that `emulator-m2m` has for the Management API; all scopes if
    /// `None`.
    pub machine_scopes: Option<Vec<String>>,
    /// PEM of a public key whose assertions `emulator-m2m` may sign (`private_key_jwt`).
    pub assertion_key: Option<Vec<u8>>,
    /// An access token, and how many times the Management API still accepts it.
    pub last_uses: Option<(String, usize)>,
    /// File to which each request is appended as a line of JSON.
    pub record: Option<PathBuf>,
    /// Whether to store the bodies of answers with the requests, for [`crate::Emulator::requests`].
    pub keep_answers: bool,
    /// A rule that is not enforced, for a test.
    #[doc(hidden)]
    pub without: Option<Rule>,
    /// Deliberate faults.
    pub faults: Vec<Fault>,
    /// A fault of every ID token.
    pub id_token_fault: Option<IdTokenFault>,
    /// A fault of every answer of the token endpoint.
    pub token_fault: Option<TokenFault>,
}

impl Config {
    /// A tenant that grants administrative scopes to people. Most tenants do not.
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
