//! What `auth0-clients` and `auth0-connections` do alike: look up, list, show, write.

mod batch;
mod delete;
mod find;
pub mod kinds;
pub mod legacy;
mod list;
pub mod report;
mod show;
mod write;

use serde_json::Value;

use crate::base::error::{Error, Kind};
use crate::http::Answer;
use crate::management::change::Object;
use crate::management::{Call, Management, Query};
use crate::output::Column;
use crate::resource::legacy::Resource;
use crate::term::Io;
use crate::term::progress::Waiting;

pub use batch::Failures;
pub use list::Filter;
pub use show::View;
pub use write::Write;

/// One kind of resource of one tenant, and the edges to work on it.
pub struct Desk<'a> {
    /// The kind.
    pub resource: &'static Resource,
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
}

impl Desk<'_> {
    /// One of them, by its ID.
    ///
    /// # Errors
    /// The API's.
    pub fn get(&self, id: &str, query: &Query) -> Result<Object, Error> {
        let what = format!("read the {} {id}", self.resource.singular);
        let path = self.resource.path_of(id);
        let _waiting = Waiting::new(&self.io.ui);
        let answer = self.api.call(&Call { query, ..Call::get(&what, &path) })?;
        object(&answer, &what)
    }
}

/// An answer that must be one JSON object.
///
/// # Errors
/// Unavailable, when it is not: the API never answers so.
pub fn object(answer: &Answer, what: &str) -> Result<Object, Error> {
    let malformed = || {
        Error::new(
            Kind::Unavailable,
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
