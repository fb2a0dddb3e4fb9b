//! The authorization response (RFC 6749 §4.1.2, RFC 9207).

use crate::secret::Secret;

/// An authorization response that is well formed and not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The request's state, as it came back.
    pub state: String,
    /// The issuer (RFC 9207), where the server sends it.
    pub iss: Option<String>,
    /// What the server decided.
    pub outcome: Outcome,
}

/// The two authorization responses there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An authorization code.
    Code(Secret),
    /// An error response.
    Denied {
        /// The error code.
        error: String,
        /// Prose from the server.
        description: Option<String>,
        /// A page about the error.
        uri: Option<String>,
    },
}
