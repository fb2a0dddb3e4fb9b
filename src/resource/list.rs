//! Lists, printed as their pages arrive.

use crate::base::error::Error;
use crate::base::near::Near;
use crate::management::Query;
use crate::management::paging::{CUT_OFF, Listing};
use crate::profile::cache::{self, CachedName};
use crate::resource::kinds::IdForm;
use crate::resource::naming::{ResourceRef, reference};
use crate::resource::{ResourceContext, fields_query};
use crate::term::progress::Progress;

/// Rows between two looks at the progress and the reader.
const BATCH: usize = 100;

/// Which rows of a list are printed.
#[derive(Default)]
pub struct ListOptions {
    /// What the API filters by.
    pub query: Query,
    /// What the API is asked for although it leaves out no resource that a person means.
    pub always: Query,
    /// Only names that contain this, ignoring case; the API cannot do that.
    pub named: Option<String>,
    /// Rows wanted, at most.
    pub limit: Option<usize>,
}

/// A warning about a name that is not among the known ones, or `None` if it is. `what` says what
/// the name is for, such as "field of a client".
pub fn unknown_name(what: &str, name: &str, known: &[&str]) -> Option<String> {
    if known.is_empty() || known.contains(&name) {
        return None;
    }
    let mut near = Near::new(name);
    known.iter().for_each(|known| near.offer(known));
    let meant = match near.names().first() {
        Some(near) => format!("; did you mean '{near}'?"),
        None => String::new(),
    };
    Some(format!("'{name}' is not a known {what}{meant}"))
}

impl ResourceContext<'_> {
    /// Prints the list.
    ///
    /// # Errors
    /// Usage, if the API does not list this kind; the API's refusal; or if stdout fails.
    pub fn list(&mut self, options: ListOptions) -> Result<(), Error> {
        let kind = self.kind;
        let operation = kind
            .list()
            .ok_or_else(|| Error::usage(format!("the API does not list {}", kind.plural)))?;
        let mut wanted = self.view.wanted(self.columns);
        let named = options.named.map(|text| text.to_lowercase());
        let needed = [kind.id, kind.name_field];
        if let (Some(fields), true) = (&mut wanted, named.is_some()) {
            for needed in needed {
                if !fields.iter().any(|field| field == needed) {
                    fields.push(needed.to_owned());
                }
            }
        }
        self.view.warn_of_fields(kind, self.io);
        let fields = fields_query(kind, &operation, wanted.as_deref(), self.view.reveal_secrets);
        // A list that shows no names says nothing about what there is.
        let shows_names = fields.is_empty()
            || wanted.as_deref().is_none_or(|wanted| {
                needed.iter().all(|needed| wanted.iter().any(|field| field == needed))
            });
        let limit = options.limit;
        let whole = limit.is_none() && options.query.is_empty();
        let query = options.query.into_iter().chain(options.always).chain(fields).collect();
        let listing = Listing {
            what: &format!("list the {}", kind.plural),
            path: kind.path,
            operation,
            query,
            // Filtered on our side, so the API cannot apply the limit.
            limit: limit.filter(|limit| named.is_none() || *limit == 0),
        };
        let api = self.api;
        let mut seen = Vec::new();
        // Names of people stay off the disk.
        let is_kept = shows_names && kind.id_form != IdForm::User;
        let tenant = api.tenant_of_profile().filter(|_| is_kept);
        self.print(&listing, kind.plural, limit, |row| {
            let wants_name = named.is_some();
            let wants_entry = tenant.is_some() && seen.len() < cache::MAX_ENTRIES;
            if !wants_name && !wants_entry {
                return true;
            }
            let Some(ResourceRef { id, name: Some(name) }) = reference(kind, row) else {
                return !wants_name;
            };
            if wants_entry {
                seen.extend(CachedName::new(&id, &name));
            }
            named.as_ref().is_none_or(|part| name.to_lowercase().contains(part))
        })?;
        if let Some(tenant) = tenant {
            // Completions without it are poorer, and that is all.
            let _ = cache::remember(self.io.env, tenant, kind.name, &seen, whole);
        }
        Ok(())
    }

    /// Prints the rows of a listing that `keep` keeps, up to `limit`. `plural` is what they are.
    ///
    /// # Errors
    /// The API's refusal; or if stdout fails.
    pub fn print(
        &mut self,
        listing: &Listing<'_>,
        plural: &str,
        limit: Option<usize>,
        mut keep: impl FnMut(&str) -> bool,
    ) -> Result<(), Error> {
        let mut renderer = self.view.renderer(listing.path, self.columns);
        let on_terminal = self.io.width().is_some();
        let mut progress = Progress::new(&self.io.ui);
        let (mut seen, mut printed) = (0_usize, 0_usize);
        let out = &mut self.io.out;
        let read = listing.each(self.api, |row| {
            progress.begun();
            if keep(row) {
                // Rows that stream onto the same terminal are progress enough.
                if on_terminal && !renderer.holds_next() {
                    progress.end();
                }
                out.with(|out| renderer.row(out, row))?;
                printed += 1;
            }
            if seen % BATCH == 0 {
                // A reader in a pipe sees the first row at once, and every page as it comes.
                out.flush()?;
            }
            seen += 1;
            if seen.is_multiple_of(BATCH) {
                progress.at(|| format!("{seen} {plural}"));
            }
            Ok(limit.is_none_or(|limit| printed < limit))
        });
        drop(progress);
        match read {
            Err(error) if error.code_text() != CUT_OFF => Err(error),
            Err(cut_off) => {
                self.io.out.with(|out| renderer.finish(out))?;
                Err(cut_off)
            }
            Ok(()) => renderer.end(self.io, &format!("no {plural} to show")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::kinds::{CLIENTS, CONNECTIONS};

    #[test]
    fn an_unknown_name_is_told_with_the_nearest() {
        assert_eq!(unknown_name("field", "name", &CLIENTS.fields()), None);
        assert_eq!(
            unknown_name("field of a client", "nme", &CLIENTS.fields()).unwrap(),
            "'nme' is not a known field of a client; did you mean 'name'?"
        );
        let strategies = CONNECTIONS.values("strategy");
        assert_eq!(
            unknown_name("strategy", "sampl", &strategies).unwrap(),
            "'sampl' is not a known strategy; did you mean 'samlp'?"
        );
        assert!(!unknown_name("strategy", "zzzzzzzz", &strategies).unwrap().contains("did you"));
    }
}
