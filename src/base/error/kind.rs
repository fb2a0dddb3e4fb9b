//! The kinds of errors, which are the exit codes.

/// The row of the exit-code table that an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Everything without an exit code of its own.
    Failure,
    /// The command line, a profile or a config file cannot be used.
    Usage,
    /// No valid token, and only a person can sign in for one.
    NotSignedIn,
    /// The API refused: 403.
    Refused,
    /// No such thing, or a name that matches nothing or several.
    NotFound,
    /// The API kept answering 429 until the retries were used up.
    RateLimited,
    /// Network, TLS, timeout, or a server's 5xx.
    Unavailable,
    /// The API rejected the request: 400, 409, 422.
    Rejected,
    /// A comparison found differences. This is not a failure, so no error message is printed.
    Differs,
    /// The command of `auth0-token exec` is not executable: as in shells.
    NoProgram,
    /// The command of `auth0-token exec` was not found: as in shells.
    NoCommand,
    /// Ctrl-C.
    Interrupted,
    /// The reader of stdout has closed it. This is not a failure, and no message is printed.
    Closed,
}

impl ErrorKind {
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
            Self::Differs => 9,
            Self::NoProgram => 126,
            Self::NoCommand => 127,
            Self::Interrupted => 130,
            Self::Closed => 0,
        }
    }

    /// The machine-readable code for errors to which the server gave none.
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
            Self::Differs => "differs",
            Self::NoProgram => "not_executable",
            Self::NoCommand => "command_not_found",
            Self::Interrupted => "interrupted",
            Self::Closed => "closed",
        }
    }

    /// The kind that an HTTP status of the Management API stands for.
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
