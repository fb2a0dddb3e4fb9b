//! A tenant's configuration as data: read, written as files, and compared with another.
//!
//! ```text
//! API ── read ──▶ raw rows ── shape ──▶ Snapshot ── compare ──▶ Comparison ── report ──▶ text, Markdown, JSON
//!                                        ▲    │
//!                                        │    ▼
//!                                     folder of files
//! ```
//!
//! [`table`] says of each kind what to read, what identifies a resource, what to leave out, and
//! which IDs become names. Everything but `read` and `folder` is pure.

pub(crate) mod compare;
pub(crate) mod files;
pub(crate) mod folder;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod path;
pub(crate) mod read;
pub(crate) mod report;
pub(crate) mod shape;
pub mod table;

pub use self::compare::{Comparison, compare};
pub use self::model::{Snapshot, Unread};
pub use self::table::Entry;
