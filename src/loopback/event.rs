//! Events for the thread that waits for the callback.

use std::fmt;

use crate::base::secret::Secret;
use crate::oauth::callback::QueryError;

/// What ends or interrupts the wait.
pub(super) enum WaitEvent {
    /// The callback has arrived. It is stored with the connections.
    Settled,
    /// A person should be told something.
    Notice(Notice),
    /// A person pasted a line.
    Pasted(Secret),
    /// The wait was cancelled.
    Cancelled,
}

/// What to tell a person about requests from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// An answer with another state.
    Stale,
    /// A callback that is not an authorization response.
    Malformed(QueryError),
    /// A TLS handshake.
    Tls,
    /// Another user asked for the one-time address.
    OtherUser,
    /// The one-time address was requested, and the system does not report by which user.
    UnknownUser,
}

impl Notice {
    /// Whether the person must now open the login page's address by hand.
    pub(super) fn needs_address(self) -> bool {
        matches!(self, Self::OtherUser | Self::UnknownUser)
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale => f.write_str(
                "ignored an answer that belongs to another login, perhaps of an older tab; still waiting",
            ),
            Self::Malformed(error) => write!(
                f,
                "ignored a call of the callback URL that does not answer a login ({error}); still waiting"
            ),
            Self::OtherUser => f.write_str(
                "another user of this computer asked for your login page and did not get it",
            ),
            Self::UnknownUser => f.write_str(
                "the login page was not shown, because the system does not report which user asked for it",
            ),
            Self::Tls => f.write_str(
                "something tried https:// on the callback port; the callback URL begins with http://",
            ),
        }
    }
}
