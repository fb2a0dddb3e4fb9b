//! What a check found.

use crate::base::error::Error;
use crate::base::text::Hint;
use crate::term::style;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckStatus {
    /// As it should be.
    Ok,
    /// It works, but not always or not as well as it could.
    Warning,
    /// Something that the profile is for does not work.
    Fault,
    /// No available token can read it.
    Unknown,
}

impl CheckStatus {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::Unknown => "unknown",
        }
    }

    /// Its style. The word says the same.
    pub(super) const fn style(self) -> &'static str {
        match self {
            Self::Ok => style::GREEN,
            Self::Warning => style::YELLOW,
            Self::Fault => style::RED,
            Self::Unknown => style::BOLD,
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) status: CheckStatus,
    /// What is so, and why.
    pub(super) message: String,
    /// What mends it: a command, or a setting in the dashboard.
    pub(super) hint: Option<Hint>,
}

impl Finding {
    fn new(check: &'static str, status: CheckStatus, message: impl Into<String>) -> Self {
        Self { check, status, message: message.into(), hint: None }
    }

    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, CheckStatus::Ok, message)
    }

    pub(super) fn warning(
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<Hint>,
    ) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, CheckStatus::Warning, message) }
    }

    pub(super) fn fault(
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<Hint>,
    ) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, CheckStatus::Fault, message) }
    }

    pub(super) fn unknown(
        check: &'static str,
        message: impl Into<String>,
        hint: Option<Hint>,
    ) -> Self {
        Self { hint, ..Self::new(check, CheckStatus::Unknown, message) }
    }

    /// An error as a fault: its message with its causes, and its hint.
    pub(super) fn of_error(check: &'static str, error: &Error) -> Self {
        let mut message = error.message().to_owned();
        for cause in error.causes() {
            message.push_str(": ");
            message.push_str(cause);
        }
        Self { hint: error.hint_ref().cloned(), ..Self::new(check, CheckStatus::Fault, message) }
    }
}
