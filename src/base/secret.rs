//! A string that cannot be printed.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A token, code, verifier, client secret or private key.
///
/// It has no `Display`, no `Serialize` and a redacted `Debug`, so it can only be read through
/// [`Secret::expose`]. Search for that word to review every place where a secret leaves memory.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a string.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret text, for a request, the profile file, or the output of `auth0-token`.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in constant time for texts of equal length.
    pub fn matches(&self, other: &str) -> bool {
        let (a, b) = (self.0.as_bytes(), other.as_bytes());
        let differing = a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y));
        // `black_box` keeps the optimizer from turning the fold into an early exit.
        a.len() == b.len() && std::hint::black_box(differing) == 0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[redacted]");
    }

    #[test]
    fn matches_only_the_same_text() {
        let state = Secret::new("abc");
        assert!(state.matches("abc"));
        for other in ["", "ab", "abd", "abcd", "ABC"] {
            assert!(!state.matches(other), "{other:?}");
        }
    }

    #[test]
    fn only_the_caller_who_asks_sees_the_text() {
        assert_eq!(Secret::new("hunter2").expose(), "hunter2");
        assert!(Secret::default().is_empty() && !Secret::new(" ").is_empty());
    }
}
