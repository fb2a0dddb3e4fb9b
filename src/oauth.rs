//! OAuth 2.0 and OpenID Connect as pure functions over data, without sockets, files, clock,
//! environment or randomness. The caller provides those. Each step of a flow consumes the previous
//! one:
//!
//! ```text
//! browser   AuthorizationRequest::start → AwaitingCallback::callback → Exchange::received ──┐
//! device    DeviceAuthorization::poll → DevicePoll::next … → TokenResponse::validating ─────┤
//! refresh   TokenRequest::RefreshToken → TokenResponse::validating ────────────────────────────────┤
//!                                                  Tokens ← AwaitingValidation::validate ←──┘
//! machine   TokenRequest::ClientCredentials → TokenResponse::without_identity → Tokens
//! ```
//!
//! Tokens can only be used or saved as [`tokens::Tokens`], and its identity can only be a
//! [`id_token::ValidatedIdToken`].

pub mod advice;
pub mod assertion;
pub mod authorize;
pub mod callback;
pub mod denial;
pub mod device;
pub mod discovery;
pub mod errors;
pub mod flow;
pub mod grant;
pub mod id_token;
pub mod jwks;
pub mod jwt;
pub mod pkce;
pub(crate) mod report;
pub mod scope;
#[cfg(test)]
mod testing;
pub mod token;
pub mod tokens;
mod wire;
