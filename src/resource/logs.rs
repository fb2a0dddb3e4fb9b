//! The tenant's log: event types, filters, and how to follow it without losing an event.
//!
//! Nothing here sends anything. `follow::Follower` says what to ask next and reads the answers;
//! `filter::Filter` is a search for the API and a test for events on this side.

pub(crate) mod codes;
pub(crate) mod diagnose;
pub(crate) mod event;
pub(crate) mod filter;
pub(crate) mod follow;
pub mod lucene;
pub(crate) mod pace;
pub(crate) mod reason;
pub(crate) mod when;

/// The path of the log below `/api/v2`.
pub const PATH: &str = "/logs";

/// Events on one page, at most: the API's maximum.
pub const PAGE: usize = 100;

/// Events that a search can reach, at most.
pub const WINDOW: usize = 1_000;
