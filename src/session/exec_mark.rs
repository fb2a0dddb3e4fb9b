//! What `auth0-token exec` leaves in its child's environment, so that the suite's own commands there
//! know which variables it has set.
//!
//! The token that a child gets may be for any API. A command of the suite that runs in the child
//! uses the profile instead, unless the child has set another token itself.

use sha2::{Digest, Sha256};

use crate::base::error::Error;
use crate::base::secret::Secret;
use crate::term::Env;

/// The variable that holds the mark.
pub const VARIABLE: &str = "AUTH0_TOKEN_EXEC";

/// Digests of the variables that `exec` has set.
#[derive(Debug, Default)]
pub struct ExecMark(Option<String>);

impl ExecMark {
    /// Reads the mark; empty outside of an `exec`.
    ///
    /// # Errors
    /// Usage, if the variable is not UTF-8.
    pub fn read(env: Env) -> Result<Self, Error> {
        Ok(Self(env.get(VARIABLE)?))
    }

    /// The value of the mark for these values of `AUTH0_ACCESS_TOKEN`, `AUTH0_DOMAIN` and
    /// `AUTH0_AUDIENCE`.
    pub fn of(token: &Secret, domain: &str, audience: Option<&str>) -> String {
        [Some(token.expose()), Some(domain), audience]
            .into_iter()
            .flatten()
            .map(digest)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether `exec` has set a variable to this value.
    pub fn has_set(&self, value: &str) -> bool {
        self.0.as_ref().is_some_and(|mark| mark.split(' ').any(|part| part == digest(value)))
    }
}

/// Half of a SHA-256, in hexadecimal digits. Nobody can find a token from it.
fn digest(value: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in Sha256::digest(value.as_bytes()).iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
