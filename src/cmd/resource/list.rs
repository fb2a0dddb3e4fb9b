//! Lists, printed as their pages arrive.

use super::Desk;
use super::args::Cut;
use super::progress::Progress;
use crate::error::Error;
use crate::management::Query;
use crate::management::listing::{Listing, PAGE_SIZE, Paging};
use crate::output::Format;

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
        let mut query = filter.query;
        query.extend(resource.fields(wanted.as_deref(), self.view.reveal_secrets));
        let limit = filter.cut.limit;
        let listing = Listing {
            what: &format!("list the {}", resource.plural),
            path: resource.path,
            key: resource.key,
            query,
            // What is sifted here cannot be counted there.
            limit: if named.is_some() { None } else { limit },
            paging: Paging::Either,
        };
        self.print(&listing, limit, |row| {
            named.as_ref().is_none_or(|part| {
                let name = resource.found(row).and_then(|found| found.name);
                name.is_some_and(|name| name.to_lowercase().contains(part))
            })
        })
    }

    /// Prints the rows of a listing that `keep` keeps, up to `limit`.
    ///
    /// # Errors
    /// The API's; or when stdout fails.
    pub fn print(
        &mut self,
        listing: &Listing<'_>,
        limit: Option<usize>,
        keep: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let mut renderer = self.view.renderer(self.columns, self.io);
        // Rows that stream onto the same terminal are progress enough.
        let silent = self.io.width().is_some() && self.view.format != Format::Table;
        let mut progress = Progress::new(&self.io.talk);
        let (mut seen, mut printed) = (0_usize, 0_usize);
        let out = &mut self.io.out;
        listing.each(self.api, |row| {
            if keep(row) {
                out.with(|out| renderer.row(out, row))?;
                printed += 1;
            }
            if seen % PAGE_SIZE == 0 {
                // A reader in a pipe sees the first row at once, and every page as it comes.
                out.flush()?;
            }
            seen += 1;
            if !silent {
                progress.at(|| format!("{seen} {}", listing.key));
            }
            Ok(limit.is_none_or(|limit| printed < limit))
        })?;
        drop(progress);
        self.io.out.with(|out| renderer.finish(out))?;
        if printed == 0 && self.view.format == Format::Table {
            self.io.talk.say(format_args!("no {} to show", listing.key));
        }
        Ok(())
    }
}
