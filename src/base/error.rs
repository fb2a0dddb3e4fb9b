//! Errors: what failed, why, what to run next, and the exit code.
//!
//! | exit | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | anything else |
//! | 2 | usage, or a profile or config file that cannot be used |
//! | 3 | not signed in: no token, expired, refresh refused, 401, login failed or denied |
//! | 4 | refused: 403 |
//! | 5 | no such thing: 404, or a name that matches nothing, or several |
//! | 6 | rate limit: retries used up |
//! | 7 | network, TLS, timeout, or a server's 5xx |
//! | 8 | rejected by the API: 400, 409, 422 |
//! | 9 | `auth0-tenant diff`: there are differences |
//! | 126 | `auth0-token exec`: the command cannot be executed |
//! | 127 | `auth0-token exec`: the command is not found |
//! | 130 | interrupted |

mod kind;

use std::fmt;

use crate::base::text::Hint;

pub use self::kind::ErrorKind;

/// An error for people and scripts. It contains no secrets: messages are made from names, addresses
/// and server messages, never from tokens.
///
/// Message and causes may contain foreign text, which is escaped where they are printed. The hint
/// may not, which its type enforces.
#[derive(Debug)]
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: ErrorKind,
    code: Option<String>,
    message: String,
    cause: Option<Box<Cause>>,
    hint: Option<Hint>,
    status: Option<u16>,
    in_doubt: bool,
}

/// A cause, and the causes below it.
#[derive(Debug)]
struct Cause {
    text: String,
    cause: Option<Box<Cause>>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl Error {
    /// An error of the given kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            code: None,
            message: message.into(),
            cause: None,
            hint: None,
            status: None,
            in_doubt: false,
        }))
    }

    /// An unusable command line or file: exit 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// A failed write to stdout. If the reader has closed the pipe, the command ends quietly.
    pub fn stdout(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::new(ErrorKind::Closed, "standard output is closed")
        } else {
            Self::new(ErrorKind::Failure, "cannot write to standard output").caused_by(error)
        }
    }

    /// Sets the next command to run or the setting to change: a literal, or made with
    /// [`hint!`](crate::hint). Replaces an existing hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Like [`Error::hint`], but keeps an existing hint.
    #[must_use]
    pub fn or_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.0.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// Adds context: `message` becomes the message, and the old message the first cause. The kind,
    /// status, code, hint and the other causes stay.
    #[must_use]
    pub fn within(mut self, message: impl Into<String>) -> Self {
        let text = std::mem::replace(&mut self.0.message, message.into());
        self.0.cause = Some(Box::new(Cause { text, cause: self.0.cause.take() }));
        self
    }

    /// Appends a cause, outermost first, with its own chain of causes. If the cause is an
    /// [`Error`], its code, status, hint and doubt are adopted unless this error has its own.
    #[must_use]
    pub fn caused_by(mut self, cause: &(dyn std::error::Error + 'static)) -> Self {
        if let Some(Self(inner)) = cause.downcast_ref() {
            self.0.code = self.0.code.take().or_else(|| inner.code.clone());
            self.0.status = self.0.status.or(inner.status);
            self.0.hint = self.0.hint.take().or_else(|| inner.hint.clone());
            self.0.in_doubt |= inner.in_doubt;
        }
        let mut next = Some(cause);
        while let Some(cause) = next {
            self = self.because(cause.to_string());
            next = cause.source();
        }
        self
    }

    /// Appends a cause in words, unless it repeats the previous cause or the message.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        let text = cause.into();
        // A message is not its own cause.
        let mut repeated = self.message() == text;
        let mut end = &mut self.0.cause;
        while let Some(cause) = end {
            repeated = cause.text.contains(&text);
            end = &mut cause.cause;
        }
        if !repeated {
            *end = Some(Box::new(Cause { text, cause: None }));
        }
        self
    }

    /// Sets the server's own error code, for the JSON form.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Sets the HTTP status that caused the error.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Marks the outcome as unknown: the request was sent, and the server may have carried it out.
    #[must_use]
    pub fn in_doubt(mut self) -> Self {
        self.0.in_doubt = true;
        self
    }

    /// Whether the server may have carried out the request despite the error.
    pub fn is_in_doubt(&self) -> bool {
        self.0.in_doubt
    }

    /// Its row in the exit-code table.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What failed.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The causes, outermost first.
    pub fn causes(&self) -> Vec<&str> {
        let first = self.0.cause.as_deref();
        std::iter::successors(first, |cause| cause.cause.as_deref())
            .map(|cause| cause.text.as_str())
            .collect()
    }

    /// What to run next.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_ref().map(Hint::as_str)
    }

    /// What to run next, as it is printed.
    pub(crate) fn hint_ref(&self) -> Option<&Hint> {
        self.0.hint.as_ref()
    }

    /// The HTTP status that caused the error, if any.
    pub fn http_status(&self) -> Option<u16> {
        self.0.status
    }

    /// The machine-readable code: the server's, or else the default of the kind.
    pub fn code_text(&self) -> &str {
        self.0.code.as_deref().unwrap_or(self.0.kind.code())
    }

    /// The JSON form: `{"error":{"code","message","hint","status","causes"}}`.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({"error": {
            "code": self.code_text(),
            "message": self.0.message,
            "hint": self.hint_text(),
            "status": self.0.status,
            "causes": self.causes(),
        }})
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_message_is_not_its_own_cause() {
        let error =
            Error::new(ErrorKind::Unavailable, "the time ran out").because("the time ran out");
        assert!(error.source().is_none());
        assert!(error.because("another").source().is_some());
    }

    fn refused() -> Error {
        Error::new(ErrorKind::NotSignedIn, "the login could not be renewed")
            .because("invalid_grant: the token was revoked")
            .because("see https://auth0.com/docs")
            .code("invalid_grant")
            .status(403)
            .hint("sign in")
            .in_doubt()
    }

    #[test]
    fn only_a_request_that_was_sent_leaves_doubt() {
        assert!(refused().is_in_doubt() && refused().within("x").is_in_doubt());
        assert!(!Error::usage("no name was given").is_in_doubt());
    }

    #[test]
    fn source_returns_each_cause_in_turn() {
        let error = refused();
        let first = error.source().unwrap();
        assert_eq!(first.to_string(), "invalid_grant: the token was revoked");
        let second = first.source().unwrap();
        assert_eq!(second.to_string(), "see https://auth0.com/docs");
        assert!(second.source().is_none());
        assert_eq!(error.causes(), [first.to_string(), second.to_string()]);
    }

    #[test]
    fn a_wrapped_error_keeps_code_status_hint_and_causes() {
        let wrapped = refused().within("profile 'p' cannot be used");
        let caused =
            Error::new(ErrorKind::NotSignedIn, "profile 'p' cannot be used").caused_by(&refused());
        for error in [wrapped, caused] {
            assert_eq!(error.kind(), ErrorKind::NotSignedIn);
            assert_eq!(error.message(), "profile 'p' cannot be used");
            assert_eq!(
                error.causes(),
                [
                    "the login could not be renewed",
                    "invalid_grant: the token was revoked",
                    "see https://auth0.com/docs"
                ]
            );
            assert_eq!(error.code_text(), "invalid_grant");
            assert_eq!(error.http_status(), Some(403));
            assert_eq!(error.hint_text(), Some("sign in"));
            assert!(error.is_in_doubt());
        }
    }

    #[test]
    fn hint_replaces_and_or_hint_keeps_the_existing_hint() {
        assert_eq!(refused().or_hint("x").hint_text(), Some("sign in"));
        assert_eq!(refused().hint("x").hint_text(), Some("x"));
        assert_eq!(Error::usage("no").or_hint("x").hint_text(), Some("x"));
    }

    #[test]
    fn a_cause_that_repeats_the_last_is_dropped() {
        let error = Error::usage("no").because("a: b").because("b").because("c").because("b");
        assert_eq!(error.causes(), ["a: b", "c", "b"]);
    }

    #[test]
    fn json_lists_each_cause_separately() {
        assert_eq!(
            refused().to_json(),
            serde_json::json!({"error": {
                "code": "invalid_grant",
                "message": "the login could not be renewed",
                "hint": "sign in",
                "status": 403,
                "causes": ["invalid_grant: the token was revoked", "see https://auth0.com/docs"],
            }})
        );
    }
}
