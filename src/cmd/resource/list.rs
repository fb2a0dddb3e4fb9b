//! Lists, printed as their pages arrive.

use super::Desk;
use super::args::Cut;
use super::progress::Progress;
use crate::error::{Error, Kind};
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
        let mut wanted = self.view.wanted(resource.columns);
        let named = filter.named.map(|text| text.to_lowercase());
        if let (Some(fields), Some(_)) = (&mut wanted, &named) {
            for needed in [resource.id, "name"] {
                if !fields.iter().any(|field| field == needed) {
                    fields.push(needed.to_owned());
                }
            }
        }
        let mut query = filter.query;
        query.extend(resource.fields(wanted.as_deref(), self.view.reveal_secrets));
        let listing = Listing {
            what: &format!("list the {}", resource.plural),
            path: resource.path,
            key: resource.key,
            query,
            // What is sifted here cannot be counted there.
            limit: if named.is_some() { None } else { filter.cut.limit },
            paging: Paging::Either,
        };
        let mut left = filter.cut.limit.unwrap_or(usize::MAX);
        self.print(&listing, |row| {
            if left == 0 {
                return Keep::Stop;
            }
            let fits = named.as_ref().is_none_or(|text| {
                resource.found(row).and_then(|found| found.name).is_some_and(|name| name.to_lowercase().contains(text))
            });
            left -= usize::from(fits);
            if fits { Keep::Row } else { Keep::Nothing }
        })
    }

    /// Prints the rows of a listing that `keep` keeps.
    fn print(&mut self, listing: &Listing<'_>, mut keep: impl FnMut(&str) -> Keep) -> Result<(), Error> {
        let mut renderer = self.view.renderer(self.resource.columns, self.io);
        // Rows that stream onto the same terminal are progress enough.
        let quiet = self.io.width().is_some() && self.view.format != Format::Table;
        let mut progress = Progress::new(&self.io.talk);
        let (mut seen, mut printed) = (0_usize, 0_usize);
        let out = &mut self.io.out;
        let walked = listing.each(self.api, |row| {
            seen += 1;
            match keep(row) {
                Keep::Stop => return Err(Error::new(Kind::Closed, STOPPED)),
                Keep::Nothing => {}
                Keep::Row => {
                    printed += 1;
                    out.with(|out| renderer.row(out, row))?;
                }
            }
            if seen % PAGE_SIZE == 1 {
                // A reader in a pipe sees the first row at once, and every page as it comes.
                out.flush()?;
            }
            if !quiet {
                progress.at(|| format!("{seen} {}", listing.key));
            }
            Ok(())
        });
        match walked {
            Err(error) if error.message() == STOPPED => {}
            walked => walked?,
        }
        drop(progress);
        self.io.out.with(|out| renderer.finish(out))?;
        if printed == 0 && self.view.format == Format::Table {
            self.io.talk.say(format_args!("no {} to show", listing.key));
        }
        Ok(())
    }
}

/// What becomes of a row.
enum Keep {
    Row,
    Nothing,
    Stop,
}

const STOPPED: &str = "enough rows";
