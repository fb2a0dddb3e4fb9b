//! OAuth 2.0 and OpenID Connect as decisions over data: no sockets, files, clock, environment or
//! randomness. Whoever drives a flow brings those, and each step consumes the one before it:
//!
//! ```text
//! AuthorizationRequest::start ─→ AwaitingCallback::callback ─→ Exchange::received ─┐
//! DeviceAuthorization::parse ──→ DevicePoll::next … Tokens(TokenResponse) ─────────┤
//! token::Grant::RefreshToken ──→ TokenResponse ────────────────────────────────────┤
//!                                     AwaitingValidation::validate ←───────────────┘
//!                                                 │
//! token::Grant::ClientCredentials ─→ TokenResponse::without_identity ─→ Tokens
//! ```
//!
//! A [`flow::Tokens`] is the only thing that can be saved, and its identity can only come from a
//! [`id_token::ValidatedIdToken`].

pub mod assertion;
pub mod authorize;
pub mod callback;
pub mod denial;
pub mod device;
pub mod discovery;
pub mod errors;
pub mod flow;
pub mod id_token;
pub mod jwks;
pub mod jwt;
pub mod pkce;
pub mod scope;
#[cfg(test)]
mod testing;
pub mod token;
mod url;
mod wire;
