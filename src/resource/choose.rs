//! Which resource a command without a name means: a person at a terminal chooses from a list.

use std::borrow::Cow;

use crate::base::error::Error;
use crate::base::text::foreign;
use crate::hint;
use crate::management::paging::Listing;
use crate::resource::Lookup;
use crate::resource::naming::reference;
use crate::term::pick::{Choice, MOST};
use crate::term::progress::Progress;

/// Stands for a name that was not given. No command line can contain it, because arguments have no
/// NUL.
pub(crate) const NOT_GIVEN: &str = "\0";

impl Lookup<'_> {
    /// `text`, or the ID of the one that a person chooses if it is [`NOT_GIVEN`].
    ///
    /// # Errors
    /// Usage error if nothing is chosen or no question may be asked; the API's refusal.
    pub(super) fn given_or_chosen<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, Error> {
        if text != NOT_GIVEN {
            return Ok(Cow::Borrowed(text));
        }
        let chosen = if self.io.interactive { self.choose()? } else { None };
        chosen.map(Cow::Owned).ok_or_else(|| {
            Error::usage(format!("no {} is named", self.kind.singular))
                .hint(hint!("see what there is: {} list", self.kind.command()))
        })
    }

    fn choose(&self) -> Result<Option<String>, Error> {
        let singular = self.kind.singular;
        let what = format!("list the {}", self.kind.plural);
        let only = self.kind.only.iter().map(|(key, value)| ((*key).into(), (*value).into()));
        let only = only.collect();
        let mut found = Vec::new();
        if let Some(listing) = self.listing(&what, only) {
            let mut progress = Progress::new(&self.io.ui);
            let listing = Listing { limit: Some(MOST + 1), ..listing };
            listing.each(self.api, |row| {
                found.extend(reference(self.kind, row));
                progress.at(|| format!("{} {}", found.len(), self.kind.plural));
                Ok(true)
            })?;
            if found.is_empty() {
                self.io.ui.warn(format_args!("the tenant has no {}", self.kind.plural));
                return Ok(None);
            }
        }
        if found.is_empty() || found.len() > MOST {
            return self.io.ask(&format!("Which {singular} (ID or name): "));
        }
        let choices: Vec<Choice> = found
            .iter()
            .map(|it| match &it.name {
                Some(name) => {
                    Choice { name: name.clone(), note: foreign(&it.id).named().to_string() }
                }
                None => Choice { name: it.id.clone(), note: String::new() },
            })
            .collect();
        let chosen = self.io.pick(&format!("Which {singular}"), &choices)?;
        Ok(chosen.map(|at| found.swap_remove(at).id))
    }
}
