//! Every kind of resource, worked on in one way: look up, list, show, create, update, delete, and the
//! members below it.
//!
//! What tells the kinds apart is data in [`kinds`]; nothing here names one.

mod act;
mod batch;
pub(crate) mod changes;
pub(crate) mod choose;
pub(crate) mod confirm;
mod delete;
mod each;
mod find;
mod hidden;
pub(crate) mod jobs;
pub mod kinds;
mod list;
pub mod logs;
mod members;
pub(crate) mod naming;
mod open;
pub(crate) mod report;
mod show;
pub mod snapshot;
mod update;
pub(crate) mod user_lookup;
mod write;
mod write_only;

use serde_json::Value;

use crate::base::error::{Error, ErrorKind};
use crate::http::Answer;
use crate::management::Management;
use crate::management::change::Object;
use crate::output::Column;
use crate::resource::kinds::Kind;
use crate::term::Io;

pub use batch::Failures;
pub use each::{NOT_SENT, Work};
pub use find::{Lookup, fields_query};
pub(crate) mod query;
pub use hidden::{Hidden, short_list, whole_list};
pub use list::{ListOptions, unknown_name};
pub use show::View;
pub use write::Write;

/// One kind of resource of one tenant, and the edges to work on it.
pub struct ResourceContext<'a> {
    /// The kind.
    pub kind: &'static Kind,
    /// What a list shows unless told otherwise.
    pub columns: &'static [Column],
    /// The tenant's API.
    pub api: &'a Management<'a>,
    /// Where data and messages go.
    pub io: &'a mut Io,
    /// How data is shown.
    pub view: View,
    /// Print requests that write instead of sending them.
    pub dry_run: bool,
    /// Refuse what the API does not document, instead of warning about it.
    pub strict: bool,
}

impl ResourceContext<'_> {
    /// Looks up resources of this kind.
    pub fn lookup(&self) -> Lookup<'_> {
        self.lookup_of(self.kind)
    }

    /// Looks up resources of another kind.
    pub fn lookup_of(&self, kind: &'static Kind) -> Lookup<'_> {
        Lookup { kind, api: self.api, io: self.io }
    }
}

/// An answer that must be one JSON object.
///
/// # Errors
/// Unavailable, when it is not: the API never answers so.
pub fn object(answer: &Answer, what: &str) -> Result<Object, Error> {
    let malformed = || {
        Error::new(
            ErrorKind::Unavailable,
            format!("cannot {what}: the answer is not what the API promises"),
        )
        .status(answer.status)
    };
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(malformed().because("it is not a JSON object")),
        Err(e) => Err(malformed().caused_by(&e)),
    }
}

/// An answer that holds one resource of a kind. A bare array becomes the field that stands for it.
///
/// # Errors
/// Unavailable, if it is neither.
pub fn object_of(kind: &Kind, answer: &Answer, what: &str) -> Result<Object, Error> {
    if !kind.bare.is_empty()
        && let Ok(list @ Value::Array(_)) = serde_json::from_slice(&answer.body)
    {
        return Ok(std::iter::once((kind.bare.to_owned(), list)).collect());
    }
    let mut object = object(answer, what)?;
    if let Some((shown, taken)) = kind.renamed
        && let Some(value) = object.shift_remove(shown)
    {
        object.insert(taken.to_owned(), value);
    }
    Ok(object)
}
