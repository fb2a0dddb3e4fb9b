//! What a token may not read, where the rest is worth showing without it.

use serde_json::Value;

use crate::base::error::{Error, ErrorKind};
use crate::management::catalog::{self, Method};
use crate::management::paging::Listing;
use crate::management::paging::PageBody;
use crate::management::{Call, Management, Query, refusal};
use crate::term::Io;

/// What could not be read.
#[derive(Debug, Default)]
pub struct Hidden {
    /// What the token may not read, and the scope that shows it.
    refused: Vec<(&'static str, &'static str)>,
    /// What the server failed to give.
    failed: Vec<(&'static str, Error)>,
}

impl Hidden {
    /// What was read, or `None` with a note if the token may not read it or the server failed.
    ///
    /// # Errors
    /// Any failure but a refusal and a server's 5xx.
    pub fn or_none<T>(
        &mut self,
        what: &'static str,
        scope: &'static str,
        read: Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == ErrorKind::Refused => {
                if !self.refused.contains(&(what, scope)) {
                    self.refused.push((what, scope));
                }
                Ok(None)
            }
            Err(error) if error.http_status().is_some_and(|status| status >= 500) => {
                self.failed.push((what, error));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// One line for each thing that could not be read.
    pub fn lines(&self) -> Vec<String> {
        let refused = self.refused.iter().map(|(what, scope)| format!("{what}: scope {scope}"));
        let failed = self.failed.iter().map(|(what, error)| format!("{what}: {error}"));
        refused.chain(failed).collect()
    }

    /// Warns about each thing that could not be read, with the command that gets the scope.
    ///
    /// # Errors
    /// The last failure of the server, which the command ends with.
    pub fn warn(self, api: &Management<'_>, io: &Io) -> Result<(), Error> {
        for (what, scope) in &self.refused {
            io.ui.warn_with(
                format_args!("{what} could not be read: the token lacks the scope {scope}"),
                refusal::how_to_get(scope, api.identity()),
            );
        }
        let mut failed = self.failed.into_iter().map(|(_, error)| error);
        let Some(last) = failed.next_back() else { return Ok(()) };
        failed.for_each(|error| io.ui.report(&error));
        Err(last)
    }
}

/// The rows of a list below one resource, up to `limit`. The template of its path is in the catalog,
/// and `id` fills it.
///
/// # Errors
/// The API's.
pub fn whole_list(
    api: &Management<'_>,
    what: &str,
    (template, id): (&str, &str),
    query: Query,
    limit: Option<usize>,
) -> Result<Vec<Value>, Error> {
    let path = catalog::fill(template, [id])?;
    let found = catalog::find(Method::Get, template);
    let unknown =
        || Error::new(ErrorKind::Failure, format!("cannot {what}: the API has no such list"));
    let operation = found.ok_or_else(unknown)?.operation;
    let mut rows = Vec::new();
    Listing { what, path: &path, operation, query, limit }.each(api, |row| {
        rows.extend(serde_json::from_str::<Value>(row).ok());
        Ok(true)
    })?;
    Ok(rows)
}

/// The rows of a list's first page: enough for lists that are short by their nature. None if what
/// they belong to does not exist.
///
/// # Errors
/// The API's.
pub fn short_list(
    api: &Management<'_>,
    what: &str,
    path: &str,
    query: &[(String, String)],
    key: &str,
) -> Result<Vec<Value>, Error> {
    let answer = match api.call(&Call { query, ..Call::get(what, path) }) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        answer => answer?,
    };
    let body = PageBody::parse(answer.text()?, Some(key))?;
    Ok(body.items.iter().filter_map(|row| serde_json::from_str(row).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: ErrorKind, status: u16) -> Result<u8, Error> {
        Err(Error::new(kind, "no").status(status))
    }

    #[test]
    fn only_refusals_and_server_errors_are_left_out() {
        let mut hidden = Hidden::default();
        let mut read = |what, result| hidden.or_none(what, "read:logs", result);
        assert_eq!(read("the log", Ok(5)).unwrap(), Some(5));
        assert_eq!(read("the log", failed(ErrorKind::Refused, 403)).unwrap(), None);
        assert_eq!(read("the log", failed(ErrorKind::Refused, 403)).unwrap(), None);
        assert_eq!(read("the roles", failed(ErrorKind::Unavailable, 500)).unwrap(), None);
        for (kind, status) in [
            (ErrorKind::NotFound, 404),
            (ErrorKind::Rejected, 499),
            (ErrorKind::NotSignedIn, 401),
            (ErrorKind::RateLimited, 429),
        ] {
            assert!(read("it", failed(kind, status)).is_err(), "{status}");
        }
        let lost = Error::new(ErrorKind::Unavailable, "the connection broke off");
        assert!(read("it", Err(lost)).is_err(), "there is no answer");
        assert_eq!(hidden.lines(), ["the log: scope read:logs", "the roles: no"]);
    }
}
