//! What went wrong, why, and what to run next: and the exit code that says so to a script.
//!
//! | exit | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | anything else |
//! | 2 | usage, or a profile or config file that cannot be used |
//! | 3 | not signed in: no token, expired, refresh refused, 401, login failed or denied |
//! | 4 | refused: 403 |
//! | 5 | no such thing: 404, or a name that fits nothing, or several |
//! | 6 | rate limit: retries used up |
//! | 7 | network, TLS, timeout, or a server's 5xx |
//! | 8 | rejected by the API: 400, 409, 422 |
//! | 130 | interrupted |

use std::fmt;

/// The exit-code table, as a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything that has no code of its own.
    Failure,
    /// The command line, a profile or a config file cannot be used.
    Usage,
    /// No token that is valid now, and no way to get one without a person.
    NotSignedIn,
    /// The API refused: 403.
    Refused,
    /// No such thing, or a name that does not name one thing.
    NotFound,
    /// The rate limit outlasted the retries.
    RateLimited,
    /// Network, TLS, timeout, or a server's 5xx.
    Unavailable,
    /// The API rejected the request: 400, 409, 422.
    Rejected,
    /// Ctrl-C.
    Interrupted,
    /// Whoever read stdout has gone: not a failure, and nothing is said.
    Closed,
}

impl Kind {
    /// The process exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NotSignedIn => 3,
            Self::Refused => 4,
            Self::NotFound => 5,
            Self::RateLimited => 6,
            Self::Unavailable => 7,
            Self::Rejected => 8,
            Self::Interrupted => 130,
            Self::Closed => 0,
        }
    }

    /// The default machine-readable code, where the server gave none.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Failure => "failed",
            Self::Usage => "usage",
            Self::NotSignedIn => "not_signed_in",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Rejected => "rejected",
            Self::Interrupted => "interrupted",
            Self::Closed => "closed",
        }
    }

    /// What an HTTP status of the Management API means to a script.
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::NotSignedIn,
            403 => Self::Refused,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            408 | 500..=599 => Self::Unavailable,
            400..=499 => Self::Rejected,
            _ => Self::Failure,
        }
    }
}

/// An error for a person and for a script. It carries no secret: messages are made from names,
/// addresses and what a server said, never from tokens.
#[derive(Debug)]
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: Kind,
    code: Option<String>,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    status: Option<u16>,
    in_doubt: bool,
}

impl Error {
    /// An error of the given kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            code: None,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            status: None,
            in_doubt: false,
        }))
    }

    /// A command line or a file that cannot be used: exit 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// What became of a write to stdout: a reader that has gone ends the command quietly.
    pub fn stdout(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::new(Kind::Closed, "standard output is closed")
        } else {
            Self::new(Kind::Failure, "cannot write to standard output").caused_by(error)
        }
    }

    /// The next command to run, or the setting to change.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Appends a cause, outermost first, with all that stands behind it.
    #[must_use]
    pub fn caused_by(mut self, cause: &(dyn std::error::Error + '_)) -> Self {
        let mut next = Some(cause);
        while let Some(cause) = next {
            self = self.because(cause.to_string());
            next = cause.source();
        }
        self
    }

    /// Appends a cause in words. A cause that repeats the one before it is dropped.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        if self.0.causes.last().is_none_or(|last| !last.contains(&cause)) {
            self.0.causes.push(cause);
        }
        self
    }

    /// The server's own error code, for the JSON form.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// The HTTP status behind the error.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The request went out, and what became of it is not known: it may have been carried out.
    #[must_use]
    pub fn in_doubt(mut self) -> Self {
        self.0.in_doubt = true;
        self
    }

    /// Whether the request may have been carried out all the same.
    pub fn is_in_doubt(&self) -> bool {
        self.0.in_doubt
    }

    /// The row of the exit-code table.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What failed.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Why, outermost first.
    pub fn causes(&self) -> &[String] {
        &self.0.causes
    }

    /// What to run next.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The HTTP status, where one is behind it.
    pub fn http_status(&self) -> Option<u16> {
        self.0.status
    }

    /// The machine-readable code: the server's, else the kind's.
    pub fn code_text(&self) -> &str {
        self.0.code.as_deref().unwrap_or(self.0.kind.code())
    }

    /// The form for software: `{"error":{"code","message","hint","status"}}`.
    pub fn to_json(&self) -> serde_json::Value {
        let mut message = self.0.message.clone();
        for cause in &self.0.causes {
            message.push_str(": ");
            message.push_str(cause);
        }
        serde_json::json!({"error": {
            "code": self.code_text(),
            "message": message,
            "hint": self.0.hint,
            "status": self.0.status,
        }})
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}
