//! The secrets that this process knows, which no message may contain.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use crate::base::secret::Secret;

/// Shorter secrets are not redacted, because they could be part of any word.
const SHORTEST_SECRET: usize = 8;

/// The most secrets that one process handles: tokens of a profile, a client secret, codes.
const MOST_SECRETS: usize = 64;

/// How many bytes identify a secret. Messages are cut, so only its start may be there.
const KNOWN_BY: usize = 16;

/// Texts that are replaced by `[redacted]`.
#[derive(Default)]
pub(super) struct KnownSecrets(Mutex<Vec<Secret>>);

impl KnownSecrets {
    /// Remembers a secret, unless it is too short to be told from other words.
    pub(super) fn add(&self, secret: &Secret) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.expose().len() >= SHORTEST_SECRET
            && known.len() < MOST_SECRETS
            && !known.contains(secret)
        {
            known.push(secret.clone());
        }
    }

    /// The text without the secrets.
    pub(super) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().fold(Cow::Borrowed(text), |text, secret| redacted(text, secret))
    }
}

/// Replaces every occurrence of the secret, or of at least its first [`KNOWN_BY`] bytes.
pub(super) fn redacted<'t>(text: Cow<'t, str>, secret: &Secret) -> Cow<'t, str> {
    let secret = secret.expose();
    let mut known_by = secret.len().min(KNOWN_BY);
    while !secret.is_char_boundary(known_by) {
        known_by += 1;
    }
    let start = secret.get(..known_by).unwrap_or(secret);
    if start.is_empty() || !text.contains(start) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(start) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        out.push_str("[redacted]");
        let same: usize = found
            .chars()
            .zip(secret.chars())
            .take_while(|(a, b)| a == b)
            .map(|(c, _)| c.len_utf8())
            .sum();
        rest = found.get(same..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}
