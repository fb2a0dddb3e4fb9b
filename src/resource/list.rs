//! Lists, printed as their pages arrive.

use crate::base::error::Error;
use crate::cmd::resource_args::Cut;
use crate::management::Query;
use crate::management::listing::{Listing, PAGE_SIZE, Paging};
use crate::management::naming::Found;
use crate::profile::cache::{self, Entry};
use crate::resource::Desk;
use crate::term::progress::Progress;

use crate::output::Format;

/// What the API sifts a list by.
const SIFTS: [&str; 4] = ["app_type", "is_first_party", "strategy", "name"];

/// Which rows of a list are printed.
#[derive(Default)]
pub struct Filter {
    /// What the API filters by.
    pub query: Query,
    /// Only names with this in them, whatever the case; the API cannot do that.
    pub named: Option<String>,
    /// `--limit` and its like.
    pub cut: Cut,
}

impl Desk<'_> {
    /// Prints the list.
    ///
    /// # Errors
    /// The API's; or when stdout fails.
    pub fn list(&mut self, filter: Filter) -> Result<(), Error> {
        let resource = self.resource;
        let mut wanted = self.view.wanted(self.columns);
        let named = filter.named.map(|text| text.to_lowercase());
        if let (Some(fields), true) = (&mut wanted, named.is_some()) {
            for needed in [resource.id, "name"] {
                if !fields.iter().any(|field| field == needed) {
                    fields.push(needed.to_owned());
                }
            }
        }
        self.view.warn_of_fields(resource, self.io);
        let mut query = filter.query;
        query.extend(resource.fields(wanted.as_deref(), self.view.reveal_secrets));
        let limit = filter.cut.limit;
        let listing = Listing {
            what: &format!("list the {}", resource.plural),
            path: resource.path,
            key: resource.key,
            query,
            // Filtered on our side, so the API cannot apply the limit.
            limit: limit.filter(|limit| named.is_none() || *limit == 0),
            paging: Paging::Either,
        };
        // `is_global` leaves out the one client that is no application.
        let whole =
            limit.is_none() && listing.query.iter().all(|(key, _)| !SIFTS.contains(&key.as_str()));
        // A list that shows no names says nothing about what there is.
        let shows_names = resource.shows_names(wanted.as_deref());
        let api = self.api;
        let mut seen = Vec::new();
        let tenant = api.tenant_of_profile().filter(|_| shows_names);
        self.print(&listing, limit, |row| {
            let wants_name = named.is_some();
            let wants_entry = tenant.is_some() && seen.len() < cache::MOST;
            if !wants_name && !wants_entry {
                return true;
            }
            let Some(Found { id, name: Some(name) }) = resource.found(row) else {
                return !wants_name;
            };
            if wants_entry {
                seen.extend(Entry::new(&id, &name));
            }
            named.as_ref().is_none_or(|part| name.to_lowercase().contains(part))
        })?;
        if let Some(tenant) = tenant {
            // Completions without it are poorer, and that is all.
            let _ = cache::remember(self.io.env, tenant, resource.key, &seen, whole);
        }
        Ok(())
    }

    /// Prints the rows of a listing that `keep` keeps, up to `limit`.
    ///
    /// # Errors
    /// The API's; or when stdout fails.
    pub fn print(
        &mut self,
        listing: &Listing<'_>,
        limit: Option<usize>,
        mut keep: impl FnMut(&str) -> bool,
    ) -> Result<(), Error> {
        let mut renderer = self.view.renderer(listing.path, self.columns, self.io);
        let on_terminal = self.io.width().is_some();
        let mut progress = Progress::new(&self.io.ui);
        let (mut seen, mut printed) = (0_usize, 0_usize);
        let out = &mut self.io.out;
        listing.each(self.api, |row| {
            progress.begun();
            if keep(row) {
                // Rows that stream onto the same terminal are progress enough.
                if on_terminal && !renderer.holds_next() {
                    progress.end();
                }
                out.with(|out| renderer.row(out, row))?;
                printed += 1;
            }
            if seen % PAGE_SIZE == 0 {
                // A reader in a pipe sees the first row at once, and every page as it comes.
                out.flush()?;
            }
            seen += 1;
            if seen.is_multiple_of(PAGE_SIZE) {
                progress.at(|| format!("{seen} {}", listing.key));
            }
            Ok(limit.is_none_or(|limit| printed < limit))
        })?;
        drop(progress);
        self.io.out.with(|out| renderer.finish(out))?;
        if printed == 0 && self.view.format == Format::Table {
            self.io.ui.say(format_args!("no {} to show", listing.key));
        }
        Ok(())
    }
}
