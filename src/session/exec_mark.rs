//! The mark that `auth0-token exec` sets in its child's environment. It tells the suite's own
//! commands in the child which variables `exec` has set.
//!
//! The token that a child gets may be for any API. A command of the suite that runs in the child
//! uses the profile instead, unless the child has set another token itself.

use sha2::{Digest, Sha256};

use crate::base::error::Error;
use crate::term::Env;

/// The variable that holds the mark.
pub(crate) const VARIABLE: &str = "AUTH0_TOKEN_EXEC";

/// Digests of the variables that `exec` has set.
#[derive(Debug, Default)]
pub(crate) struct ExecMark(Option<String>);

impl ExecMark {
    /// Reads the mark. It is empty outside of `exec`.
    ///
    /// # Errors
    /// Usage error if the variable is not UTF-8.
    pub(crate) fn read(env: Env) -> Result<Self, Error> {
        Ok(Self(env.get(VARIABLE)?))
    }

    /// The value of the mark for these variables: pairs of name and value.
    pub(crate) fn of(variables: &[(&str, &str)]) -> String {
        let digests: Vec<String> =
            variables.iter().map(|(name, value)| digest(name, value)).collect();
        digests.join(" ")
    }

    /// Whether `exec` has set a variable to this value.
    pub(crate) fn has_set(&self, name: &str, value: &str) -> bool {
        let wanted = digest(name, value);
        self.0.as_ref().is_some_and(|mark| mark.split(' ').any(|part| part == wanted))
    }
}

/// The first 16 bytes of the SHA-256 of `NAME=VALUE`, as hexadecimal digits. The value, which may
/// be a token, cannot be derived from it.
fn digest(name: &str, value: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in Sha256::digest(format!("{name}={value}")).iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
